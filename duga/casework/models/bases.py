"""Consent, guardians, decisions about children, and what was told without consent.

What names somebody lies sealed under the person's own key; which purpose, kinds of data, days and deciders stand
open: they are what audit and licence law keep, and they survive withdrawal and the erasure of who she was.
"""

from django.db import models
from django.db.models import F, Q

from duga.casework.models.people import Person
from duga.casework.rules import Answer, GuardianKind, How, ReviewOutcome
from duga.vault.fields import SealedField
from duga.vault.models import Record
from duga.vault.sensitivity import Sensitivity as S


class OfPerson(Record):
    """A row about one registered person; it belongs to her organisation."""

    @property
    def organisation_id(self):
        """Whose row it is: her organisation's."""
        return self.person.organisation_id

    class Meta:
        abstract = True


def _account(**more):
    return models.ForeignKey(
        "members.Account", models.PROTECT, null=True, blank=True, related_name="+", db_index=False, **more
    )


def _known(column, values, name):
    """The check that a column holds one of these words, or nothing."""
    return models.CheckConstraint(condition=Q(**{f"{column}__in": ["", *sorted(v.value for v in values)]}), name=name)


def _one_receiver(name):
    """The check that a receiver is what its kind says, and nothing else."""
    mark = "receiver_mark"
    return models.CheckConstraint(
        condition=(
            Q(receiver_kind="", receiver_organisation=None, receiver_provider=None, **{mark: None})
            | Q(receiver_kind="organisation", receiver_organisation__isnull=False, receiver_provider=None)
            | Q(receiver_kind="institution", receiver_organisation=None, receiver_provider__isnull=False)
            | Q(receiver_kind="named", receiver_organisation=None, receiver_provider=None)
        ),
        name=name,
    )


class ToSomebody(OfPerson):
    """To whom something about a person may be, or was, told; "" kind is nobody outside.

    `receiver_mark` knows a receiver in words again without opening them.
    """

    receiver_kind = models.CharField(max_length=12, blank=True)
    receiver_organisation = models.ForeignKey(
        "members.Organisation", models.PROTECT, null=True, blank=True, related_name="+"
    )
    receiver_provider = models.ForeignKey("directory.Provider", models.PROTECT, null=True, blank=True, related_name="+")
    receiver_name = SealedField()
    receiver_mark = models.BinaryField(max_length=16, null=True, blank=True)
    categories = models.JSONField(default=list, blank=True)  # codes of the list data_categories

    SENSITIVITY = {
        "receiver_kind": S.COARSE, "receiver_organisation": S.COARSE, "receiver_provider": S.COARSE,
        "receiver_name": S.IDENTITY, "receiver_mark": S.SECRET, "categories": S.COARSE,
    }  # fmt: skip

    class Meta:
        abstract = True


class Guardianship(OfPerson):
    """Who looks after a child, from one day to another; `details` (name, phone, paper) open with the child's key.

    `conflicted`: the guardian may be the danger. Such a guardian is shown as no contact, asked for nothing, printed
    nowhere; why is sealed too.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="guardianships")
    kind = models.CharField(max_length=20)
    details = SealedField()
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    conflicted = models.BooleanField(default=False)
    conflict = SealedField()
    conflicted_by = _account()
    recorded_by = _account()

    SENSITIVITY = {
        "person": S.COARSE, "kind": S.COARSE, "details": S.IDENTITY, "since": S.COARSE, "until": S.COARSE,
        "conflicted": S.COARSE, "conflict": S.SPECIAL, "conflicted_by": S.STAFF, "recorded_by": S.STAFF,
    }  # fmt: skip

    class Meta:
        constraints = [
            _known("kind", GuardianKind, "known_guardian_kind"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="guardian_until_after"),
        ]


class ConsentRecord(ToSomebody):
    """What a person answered about one purpose towards one receiver; `act` is one for all that was asked together.

    A no is kept like a yes. Withdrawing never changes what was answered: it adds when, how and who wrote it down.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="consents")
    act = models.UUIDField(db_index=True)
    purpose = models.CharField(max_length=40)  # code list purposes
    answer = models.CharField(max_length=10)
    how = models.CharField(max_length=10)
    with_assent = models.CharField(max_length=3, blank=True)  # yes, no: a child beside her guardian
    guardianship = models.ForeignKey(Guardianship, models.PROTECT, null=True, blank=True, related_name="+")
    given_at = models.DateTimeField()
    taken_by = _account()
    language = models.CharField(max_length=12, blank=True)  # in which she was asked
    notice = models.CharField(max_length=40, blank=True)  # which version of the sentences was read
    witness = SealedField()
    scan_type = models.CharField(max_length=20, blank=True)  # media type of the signed paper, sealed on disk
    expires_on = models.DateField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_how = models.CharField(max_length=10, blank=True)
    withdrawn_by = _account()

    SENSITIVITY = {
        "person": S.COARSE, "act": S.INTERNAL, "purpose": S.COARSE, "answer": S.COARSE, "how": S.COARSE,
        "with_assent": S.COARSE, "guardianship": S.COARSE, "given_at": S.COARSE, "taken_by": S.STAFF,
        "language": S.COARSE, "notice": S.INTERNAL, "witness": S.IDENTITY, "scan_type": S.INTERNAL,
        "expires_on": S.COARSE, "withdrawn_at": S.COARSE, "withdrawn_how": S.COARSE, "withdrawn_by": S.STAFF,
    }  # fmt: skip

    class Meta:
        constraints = [
            _one_receiver("consent_to_one_receiver"),
            _known("answer", Answer, "known_answer"),
            _known("how", How, "known_how"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_how="") | Q(withdrawn_at__isnull=False), name="withdrawn_how"
            ),
        ]
        indexes = [models.Index(fields=["person", "purpose"], name="consent_of_person")]


class BestInterestsDecision(OfPerson):
    """What is best for a child: proposed by one, approved by another who may approve cases.

    `content` holds question, decision, reasons and who else sat at the table, sealed. A decision that waits holds
    nothing up: urgent protection does not ask for it.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="decisions")
    content = SealedField()
    decided_on = models.DateField(null=True, blank=True)
    review_on = models.DateField()
    proposed_by = _account()
    approved_by = _account()
    reminded_on = models.DateField(null=True, blank=True)
    reviewed_on = models.DateField(null=True, blank=True)

    SENSITIVITY = {
        "person": S.COARSE, "content": S.SPECIAL, "decided_on": S.COARSE, "review_on": S.COARSE,
        "proposed_by": S.STAFF, "approved_by": S.STAFF, "reminded_on": S.INTERNAL, "reviewed_on": S.COARSE,
    }  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by=None, decided_on=None)
                | (Q(decided_on__isnull=False) & ~Q(approved_by=F("proposed_by"))),
                name="decided_by_two",
            )
        ]


class Disclosure(ToSomebody):
    """What was told without consent, because the law demands it or a life depends on it, and the review afterwards."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="disclosures")
    basis = models.CharField(max_length=40)  # legal_duty, vital_interests
    duty = models.CharField(max_length=200, blank=True)  # the law and article that demand it
    reason = SealedField()
    told_on = models.DateField()
    decided_by = _account()
    review_due = models.DateField()
    reminded_on = models.DateField(null=True, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = _account()
    outcome = models.CharField(max_length=20, blank=True)
    review_note = SealedField()

    SENSITIVITY = {
        "person": S.COARSE, "basis": S.COARSE, "duty": S.INTERNAL, "reason": S.SPECIAL, "told_on": S.COARSE,
        "decided_by": S.STAFF, "review_due": S.INTERNAL, "reminded_on": S.INTERNAL, "reviewed_at": S.INTERNAL,
        "reviewed_by": S.STAFF, "outcome": S.INTERNAL, "review_note": S.SPECIAL,
    }  # fmt: skip

    class Meta:
        constraints = [
            _one_receiver("disclosed_to_one_receiver"),
            models.CheckConstraint(condition=~Q(receiver_kind=""), name="disclosed_to_somebody"),
            _known("outcome", ReviewOutcome, "known_outcome"),
            models.CheckConstraint(
                condition=Q(reviewed_at=None, reviewed_by=None, outcome="")
                | (Q(reviewed_at__isnull=False) & ~Q(outcome="") & ~Q(reviewed_by=F("decided_by"))),
                name="reviewed_by_another",
            ),
        ]
        indexes = [models.Index(fields=["reviewed_at", "review_due"], name="disclosure_to_review")]
