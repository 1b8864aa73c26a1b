"""Referrals: the sender's row, the receiver's own copy of what was told, links for who has no account.

What is told lies sealed three times, never once for all: for the sender under the person's key, for the receiver under
its organisation's key (later under the key of the person it registers), for a guest under a key that link and code make
(decision 22). Each side's erasure, and the sender's revoking, therefore takes away exactly one of them.
"""

from django.db import models
from django.db.models import Q

from duga.casework.rules.referrals import ReferralKind, ReferralState, SentTo
from duga.vault.fields import SealedField
from duga.vault.models import Record
from duga.vault.sensitivity import Sensitivity as S


def _account():
    return models.ForeignKey("members.Account", models.PROTECT, null=True, blank=True, related_name="+", db_index=False)


class Referral(Record):
    """A person sent on: what was asked, until when an answer is owed, what came of it."""

    organisation = models.ForeignKey("members.Organisation", models.PROTECT, related_name="+")
    person = models.ForeignKey("casework.Person", models.PROTECT, related_name="referrals")
    code = models.CharField(max_length=12)  # what both sides call it on the phone
    kind = models.CharField(max_length=12)  # rules.ReferralKind
    priority = models.CharField(max_length=12)  # rules.Priority
    state = models.CharField(max_length=12, default=ReferralState.DRAFT.value)
    sent_to = models.CharField(max_length=12)  # rules.SentTo
    to_organisation = models.ForeignKey("members.Organisation", models.PROTECT, null=True, blank=True, related_name="+")
    to_account = _account()
    to_service = models.ForeignKey("directory.Service", models.SET_NULL, null=True, blank=True, related_name="+")
    need = models.CharField(max_length=40, blank=True)  # code list needs
    area = models.ForeignKey("places.Area", models.PROTECT, null=True, blank=True, related_name="+")
    language = models.CharField(max_length=12)  # the receiver's half of the form
    content = SealedField()  # rules.clean_content: reason, exactly what is told, to whom outside
    basis = models.CharField(max_length=40, blank=True)  # code list lawful_bases, as it stood when it was sent
    agreed = models.BooleanField(default=False)  # to exactly this being told
    child_protection = models.BooleanField(default=False)
    missing = models.JSONField(default=list, blank=True)  # rules.STEP_LABELS that wait to be done
    overridden_by = _account()
    reviewed_by = _account()
    reviewed_at = models.DateTimeField(null=True, blank=True)
    made_by = _account()
    sent_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)  # first opened by the receiver
    answered_at = models.DateTimeField(null=True, blank=True)
    began_at = models.DateTimeField(null=True, blank=True)  # the service
    ended_at = models.DateTimeField(null=True, blank=True)
    told_by = models.CharField(max_length=12, blank=True)  # rules.Told: whose word the newest answer is
    rejection = models.CharField(max_length=40, blank=True)  # code list referral_rejections
    successful = models.BooleanField(null=True, blank=True)
    outcome = models.CharField(max_length=40, blank=True)  # code list referral_failures: why not
    reminded = models.PositiveSmallIntegerField(default=0)  # steps of rules.REFERRAL_CLOCK that went out
    follows = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    case = models.ForeignKey("casework.Case", models.PROTECT, null=True, blank=True, related_name="+")
    guardian = models.ForeignKey("casework.Guardianship", models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(null=True, blank=True)
    changed_by = _account()

    SENSITIVITY = {
        **dict.fromkeys(
            ["organisation", "code", "kind", "priority", "state", "sent_to", "to_organisation", "to_service",
             "language", "missing", "reviewed_at", "sent_at", "due_at", "seen_at", "answered_at", "began_at",
             "ended_at", "told_by", "rejection", "reminded", "follows", "version", "changed_at"],
            S.INTERNAL,
        ),
        **dict.fromkeys(
            ["person", "need", "area", "basis", "agreed", "child_protection", "successful", "outcome", "case",
             "guardian"],
            S.COARSE,
        ),
        **dict.fromkeys(["to_account", "overridden_by", "reviewed_by", "made_by", "changed_by"], S.STAFF),
        "content": S.SPECIAL,
    }  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "code"], name="one_referral_per_code"),
            models.CheckConstraint(
                name="referral_has_one_receiver",
                condition=Q(sent_to=SentTo.ORGANISATION.value, to_organisation__isnull=False, to_account=None)
                | Q(
                    sent_to=SentTo.COLLEAGUE.value,
                    to_account__isnull=False,
                    to_organisation=None,
                    kind=ReferralKind.ASSIGNMENT.value,
                )
                | Q(sent_to=SentTo.OUTSIDE.value, to_organisation=None, to_account=None),
            ),
            models.CheckConstraint(
                name="referral_sent_is_due",
                condition=Q(state=ReferralState.DRAFT.value, sent_at=None)
                | Q(sent_at__isnull=False, due_at__gte=models.F("sent_at")),
            ),
            models.CheckConstraint(
                name="referral_rejected_says_why", condition=~Q(state=ReferralState.REJECTED.value) | ~Q(rejection="")
            ),
            models.CheckConstraint(
                name="referral_done_says_how",
                condition=~Q(state=ReferralState.DONE.value)
                | Q(successful=True, outcome="")
                | (Q(successful=False) & ~Q(outcome="")),
            ),
        ]
        indexes = [models.Index(fields=["state", "due_at"], name="referral_due")]


class ReferralService(Record):
    """One kind of service a referral asks for, and whether it was given."""

    referral = models.ForeignKey(Referral, models.CASCADE, related_name="services")
    service_type = models.CharField(max_length=40)  # code list service_types
    given = models.BooleanField(null=True, blank=True)

    SENSITIVITY = {"referral": S.COARSE, "service_type": S.COARSE, "given": S.COARSE}

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["referral", "service_type"], name="service_asked_once_per_referral")
        ]


class ReferralCopy(Record):
    """What the receiver holds of a referral: its own row under its own seal, and the person it made of it.

    `confidential`: it came from a sealed programme. Then it lies in a sealed programme here, or, until it has one,
    with those who approve cases.
    """

    referral = models.OneToOneField(Referral, models.PROTECT, related_name="copy")
    organisation = models.ForeignKey("members.Organisation", models.PROTECT, related_name="+")
    programme = models.ForeignKey("casework.Programme", models.PROTECT, null=True, blank=True, related_name="+")
    confidential = models.BooleanField(default=False)
    person = models.ForeignKey("casework.Person", models.PROTECT, null=True, blank=True, related_name="+")
    content = SealedField()
    closed_at = models.DateTimeField(null=True, blank=True)  # revoked or rejected: nothing of it is left

    SENSITIVITY = {
        "referral": S.INTERNAL, "organisation": S.INTERNAL, "programme": S.INTERNAL, "confidential": S.INTERNAL,
        "person": S.COARSE, "content": S.SPECIAL, "closed_at": S.INTERNAL,
    }  # fmt: skip


class ReferralMessage(Record):
    """A question or answer between the two sides: a row for each side, under that side's own seal."""

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="messages")
    organisation = models.ForeignKey("members.Organisation", models.PROTECT, related_name="+")
    person = models.ForeignKey("casework.Person", models.PROTECT, null=True, blank=True, related_name="+")
    from_receiver = models.BooleanField()
    by = _account()
    text = SealedField()

    SENSITIVITY = {
        "referral": S.INTERNAL, "organisation": S.INTERNAL, "person": S.COARSE, "from_receiver": S.INTERNAL,
        "by": S.STAFF, "text": S.SPECIAL,
    }  # fmt: skip

    class Meta:
        ordering = ["created_at", "pk"]


class ReferralGuest(Record):
    """A link for a receiver without an account. Its copy opens with link and code together, and with nothing else.

    The code that was told works once: whoever opens first is given a code of their own to come back with.
    """

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="guests")
    digest = models.CharField(max_length=64, unique=True)  # of the link's token
    code_digest = models.CharField(max_length=64)
    content = SealedField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)  # wrong codes since the last right one
    opened_at = models.DateTimeField(null=True, blank=True)  # first
    seen = models.JSONField(default=list, blank=True)  # every moment it was shown; what is shown never changes
    closed_at = models.DateTimeField(null=True, blank=True)
    made_by = _account()

    SENSITIVITY = {
        "referral": S.INTERNAL, "digest": S.SECRET, "code_digest": S.SECRET, "content": S.SPECIAL,
        "expires_at": S.INTERNAL, "tries": S.INTERNAL, "opened_at": S.INTERNAL, "seen": S.INTERNAL,
        "closed_at": S.INTERNAL, "made_by": S.STAFF,
    }  # fmt: skip
