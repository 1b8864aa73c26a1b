"""Rounds of asking: who asks whom, where, until when, by which links; and the phones that answers come from."""

from django.db import models
from django.db.models import F, Q

from duga.surveys.models.forms import MAYBE, Form, FormVersion, by_account, one_of
from duga.surveys.rules import LinkKind
from duga.vault.fields import SealedField
from duga.vault.models import Record
from duga.vault.sensitivity import Sensitivity as S


class Round(Record):
    """One asking with one form, between two days. Asked by a network or by an organisation.

    consent: {language: text}, the version counted up at every change; targets: {area id or "": answers wanted};
    languages: in which it is asked; closed_at: closed before or at its last day.
    """

    form = models.ForeignKey(Form, models.PROTECT, related_name="rounds")
    network = models.ForeignKey("members.Network", models.PROTECT, null=True, blank=True, related_name="+")
    organisation = models.ForeignKey("members.Organisation", models.PROTECT, null=True, blank=True, related_name="+")
    title = models.CharField(max_length=200)
    opens_on = models.DateField()
    closes_on = models.DateField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    consent = models.JSONField(default=dict, blank=True)
    consent_version = models.PositiveIntegerField(default=1)
    sample_plan = models.TextField(blank=True)
    targets = models.JSONField(default=dict, blank=True)
    languages = models.JSONField(default=list, blank=True)
    remind_days = models.PositiveSmallIntegerField(null=True, blank=True)  # before its last day
    reminded_at = models.DateTimeField(null=True, blank=True)
    by = by_account(**MAYBE)

    SENSITIVITY = {
        **dict.fromkeys(
            ["form", "network", "organisation", "title", "opens_on", "closes_on", "closed_at", "consent",
             "consent_version", "sample_plan", "targets", "languages", "remind_days", "reminded_at"],
            S.INTERNAL,
        ),
        "by": S.STAFF,
    }  # fmt: skip

    class Meta:
        ordering = ["-opens_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(network__isnull=False, organisation=None) | Q(network=None, organisation__isnull=False),
                name="one_asks_in_a_round",
            ),
            models.CheckConstraint(
                condition=Q(closes_on=None) | Q(closes_on__gte=F("opens_on")), name="rounds_end_later"
            ),
        ]


class RoundAssignment(Record):
    """Who asks in a round: an organisation, or one of its people (account), in an area, so many answers (target)."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="assignments")
    organisation = models.ForeignKey("members.Organisation", models.PROTECT, related_name="+")
    account = by_account(null=True, blank=True)
    area = models.ForeignKey("places.Area", models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    target = models.PositiveIntegerField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)  # taken back

    SENSITIVITY = {
        **dict.fromkeys(["round", "organisation", "area", "target", "until"], S.INTERNAL), "account": S.STAFF,
    }  # fmt: skip

    class Meta:
        constraints = [
            # null is no value to a database: each way of leaving one out has a rule of its own
            models.UniqueConstraint(
                fields=["round", "organisation", "account", "area"], condition=Q(until=None), name="assigned_once"
            ),
            models.UniqueConstraint(
                fields=["round", "organisation", "account"],
                condition=Q(until=None, area=None),
                name="assigned_once_anywhere",
            ),
            models.UniqueConstraint(
                fields=["round", "organisation", "area"],
                condition=Q(until=None, account=None),
                name="assigned_once_to_all",
            ),
            models.UniqueConstraint(
                fields=["round", "organisation"],
                condition=Q(until=None, account=None, area=None),
                name="assigned_once_to_all_anywhere",
            ),
        ]


class FillLink(Record):
    """A link by which somebody fills a form without an account, for a round or a form; only its keyed hash is kept.

    organisation: under whose key the answers lie. test: opens the draft, and what is sent counts nowhere.
    """

    organisation = models.ForeignKey("members.Organisation", models.PROTECT, related_name="+")
    round = models.ForeignKey(Round, models.PROTECT, null=True, blank=True, related_name="links")
    form = models.ForeignKey(Form, models.PROTECT, null=True, blank=True, related_name="links")
    assignment = models.ForeignKey(RoundAssignment, models.PROTECT, null=True, blank=True, related_name="links")
    token = models.BinaryField(max_length=32, unique=True)
    kind = models.CharField(max_length=6)
    language = models.CharField(max_length=40, blank=True)
    test = models.BooleanField(default=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)  # a one-time link: when its answers came
    revoked_at = models.DateTimeField(null=True, blank=True)
    by = by_account(**MAYBE)

    SENSITIVITY = {
        **dict.fromkeys(
            ["organisation", "round", "form", "assignment", "kind", "language", "test", "expires_at", "used_at",
             "revoked_at"],
            S.INTERNAL,
        ),
        "token": S.SECRET, "by": S.STAFF,
    }  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(round__isnull=False, form=None) | Q(round=None, form__isnull=False),
                name="link_to_round_or_form",
            ),
            models.CheckConstraint(condition=one_of("kind", LinkKind), name="known_link_kind"),
            models.CheckConstraint(condition=Q(used_at=None) | Q(kind="once"), name="only_once_links_are_used_up"),
        ]


class CollectDevice(Record):
    """A phone with ODK Collect or KoboCollect, or a script: it signs in by token in its address, or by digest.

    token: keyed hash of the token; username: for digest, `digest` its HA1 under the organisation's seal.
    trial: a phone that tries a draft; it sees that version alone and what it sends counts nowhere.
    """

    organisation = models.ForeignKey("members.Organisation", models.PROTECT, related_name="+")
    account = by_account(null=True, blank=True)
    name = models.CharField(max_length=80)
    token = models.BinaryField(max_length=32, unique=True)
    username = models.CharField(max_length=40, unique=True)
    digest = SealedField()
    trial = models.ForeignKey(FormVersion, models.CASCADE, null=True, blank=True, related_name="+")
    seen_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    by = by_account(**MAYBE)

    SENSITIVITY = {
        **dict.fromkeys(["organisation", "trial", "revoked_at"], S.INTERNAL),
        **dict.fromkeys(["account", "name", "username", "seen_at", "by"], S.STAFF),
        "token": S.SECRET, "digest": S.SECRET,
    }  # fmt: skip

    class Meta:
        ordering = ["-created_at"]
