"""Requests for help, who was given them, visits that come round, and who is told when something waits."""

from django.db import models
from django.db.models import Q

from duga.casework.rules import (
    LIVE,
    OPEN_STATES,
    OVERDUE,
    AskedBy,
    AssignmentState,
    RequestState,
    Rhythm,
    Tell,
    Urgency,
)
from duga.vault.fields import SealedField
from duga.vault.models import Record
from duga.vault.sensitivity import Sensitivity as S

_ACCOUNT = "members.Account"


def _values(words):
    return [word.value for word in words]


def _someone(**more):
    return models.ForeignKey(
        _ACCOUNT, models.PROTECT, null=True, blank=True, related_name="+", **{"db_index": False, **more}
    )


class RecurringVisit(Record):
    """A visit that was agreed on and comes round; the clock makes the requests and assignments ahead.

    `person` is also the head of `household`. `skipped` are single days left out, {"2026-05-01": why}.
    """

    organisation = models.ForeignKey("members.Organisation", models.PROTECT, related_name="+")
    programme = models.ForeignKey("casework.Programme", models.PROTECT, null=True, blank=True, related_name="+")
    person = models.ForeignKey("casework.Person", models.PROTECT, null=True, blank=True, related_name="+")
    household = models.ForeignKey("casework.Household", models.PROTECT, null=True, blank=True, related_name="+")
    need = models.CharField(max_length=40)  # code list needs
    service_type = models.CharField(max_length=40)  # code list service_types
    rhythm = models.CharField(max_length=12)
    weekdays = models.CharField(max_length=7)  # digits from Monday 0: "03" is Monday and Thursday
    begins_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    at = models.TimeField(null=True, blank=True)
    on_holidays = models.BooleanField(default=False)
    account = _someone()
    volunteer = models.ForeignKey(
        "casework.Volunteer", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    area = models.ForeignKey("places.Area", models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    details = SealedField()
    skipped = models.JSONField(default=dict, blank=True)
    made_until = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(null=True, blank=True)
    changed_by = _someone()

    SENSITIVITY = {
        **dict.fromkeys(
            ["organisation", "programme", "need", "service_type", "on_holidays", "made_until", "ended_at", "version",
             "changed_at"],
            S.INTERNAL,
        ),
        **dict.fromkeys(
            ["person", "household", "rhythm", "weekdays", "begins_on", "ends_on", "at", "area", "skipped"], S.COARSE
        ),
        **dict.fromkeys(["account", "volunteer", "changed_by"], S.STAFF),
        "details": S.IDENTITY,
    }  # fmt: skip

    class Meta:
        ordering = ["begins_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False) | Q(household__isnull=False), name="visit_is_to_someone"
            ),
            models.CheckConstraint(
                condition=Q(account__isnull=False, volunteer=None) | Q(account=None, volunteer__isnull=False),
                name="visit_is_by_one",
            ),
            models.CheckConstraint(condition=Q(rhythm__in=_values(Rhythm)), name="known_rhythm"),
        ]


class Request(Record):
    """One request for help, from a call or however it came.

    `caller` (name, phone, relation) and `details` open with the person's key once it is known whom it is about, before
    that with the organisation's. `phone_token` recognises the same phone inside the organisation and tells nobody
    which it is. `person` is also the head of `household`. A draft keeps what was typed so far in `details`. `holder`
    works on it now, until `held_until`. `look_at` is when someone is told next that it waits, `told` and `told_late`
    how many steps of the escalation table were told.
    """

    organisation = models.ForeignKey("members.Organisation", models.PROTECT, related_name="+", db_index=False)
    programme = models.ForeignKey("casework.Programme", models.PROTECT, null=True, blank=True, related_name="+")
    code = models.CharField(max_length=12)
    state = models.CharField(max_length=12, default=RequestState.RECEIVED.value)
    state_since = models.DateTimeField()
    state_before = models.CharField(max_length=12, blank=True)  # of one joined to another: to part them again
    channel = models.CharField(max_length=20, default="phone")  # code list channels
    need = models.CharField(max_length=40, blank=True)  # code list needs
    service_type = models.CharField(max_length=40, blank=True)  # code list service_types
    quantity = models.DecimalField(max_digits=8, decimal_places=2, default=1)
    urgency = models.CharField(max_length=10, default=Urgency.NORMAL.value)
    language = models.CharField(max_length=10, blank=True)  # code list languages
    asked_by = models.CharField(max_length=12, default=AskedBy.SELF.value)
    caller = SealedField()
    phone_token = models.BigIntegerField(null=True, blank=True)
    person = models.ForeignKey("casework.Person", models.PROTECT, null=True, blank=True, related_name="+")
    household = models.ForeignKey("casework.Household", models.PROTECT, null=True, blank=True, related_name="+")
    area = models.ForeignKey("places.Area", models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    place = models.CharField(max_length=120, blank=True)  # a village or a part of town, never an address
    details = SealedField()
    received_at = models.DateTimeField()
    due_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=40, blank=True)  # code list request_reasons
    reason_words = models.CharField(max_length=300, blank=True)
    joined_to = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="joined")
    callback_at = models.DateTimeField(null=True, blank=True)
    callback_tries = models.PositiveSmallIntegerField(default=0)
    visit = models.ForeignKey(RecurringVisit, models.PROTECT, null=True, blank=True, related_name="requests")
    visit_on = models.DateField(null=True, blank=True)
    taken_by = _someone()
    holder = _someone()
    held_until = models.DateTimeField(null=True, blank=True)
    look_at = models.DateTimeField(null=True, blank=True)
    told = models.PositiveSmallIntegerField(default=0)
    told_late = models.PositiveSmallIntegerField(default=0)
    mark = models.BinaryField(max_length=16, null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(null=True, blank=True)
    changed_by = _someone()

    SENSITIVITY = {
        **dict.fromkeys(["caller", "details"], S.IDENTITY),
        **dict.fromkeys(["phone_token", "mark"], S.SECRET),
        **dict.fromkeys(
            ["organisation", "programme", "code", "state", "state_since", "state_before", "channel", "service_type",
             "quantity", "received_at", "due_at", "delivered_at", "reason", "reason_words", "joined_to", "callback_at",
             "callback_tries", "visit", "visit_on", "held_until", "look_at", "told", "told_late", "version",
             "changed_at"],
            S.INTERNAL,
        ),
        **dict.fromkeys(
            ["need", "urgency", "language", "asked_by", "person", "household", "area", "place"], S.COARSE
        ),
        **dict.fromkeys(["taken_by", "holder", "changed_by"], S.STAFF),
    }  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "code"], name="one_request_per_code"),
            models.UniqueConstraint(fields=["organisation", "mark"], name="request_never_twice"),
            models.UniqueConstraint(fields=["visit", "visit_on"], name="one_request_per_visit_and_day"),
            models.CheckConstraint(condition=Q(state__in=_values(RequestState)), name="known_request_state"),
            models.CheckConstraint(condition=Q(urgency__in=_values(Urgency)), name="known_urgency"),
            models.CheckConstraint(
                condition=Q(state="duplicate", joined_to__isnull=False) | (~Q(state="duplicate") & Q(joined_to=None)),
                name="a_duplicate_is_of_another",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "state", "due_at"], name="request_by_state"),
            models.Index(
                fields=["organisation", "callback_at"], name="request_callback",
                condition=Q(callback_at__isnull=False),
            ),
            models.Index(
                fields=["organisation", "phone_token"], name="request_phone", condition=Q(phone_token__isnull=False)
            ),
            models.Index(fields=["look_at"], name="request_waits", condition=Q(look_at__isnull=False)),
            models.Index(fields=["organisation", "received_at"], name="request_day"),
        ]  # fmt: skip


class RequestStep(Record):
    """One step in the history of a request, for those who work on it: what, when, by whom, why. No names of people."""

    request = models.ForeignKey(Request, models.PROTECT, related_name="steps")
    what = models.CharField(max_length=16)
    state = models.CharField(max_length=12)  # the state it was in after
    by = _someone()
    who = models.CharField(max_length=120, blank=True)  # whom it concerned: a worker's name, a volunteer's code
    reason = models.CharField(max_length=40, blank=True)  # code list request_reasons
    words = models.CharField(max_length=300, blank=True)

    SENSITIVITY = {
        **dict.fromkeys(["request", "what", "state", "reason", "words"], S.INTERNAL),
        **dict.fromkeys(["by", "who"], S.STAFF),
    }


class Assignment(Record):
    """A request in somebody's hands: a worker's or a volunteer's. `assistance` is the entry of the ledger it became,
    one at most, so that nothing counts twice."""

    organisation = models.ForeignKey("members.Organisation", models.PROTECT, related_name="+", db_index=False)
    request = models.ForeignKey(Request, models.PROTECT, related_name="assignments")
    account = _someone()
    volunteer = models.ForeignKey(
        "casework.Volunteer", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    planned_for = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=12, default=AssignmentState.OFFERED.value)
    reason = models.CharField(max_length=40, blank=True)  # code list request_reasons
    assistance = models.OneToOneField("casework.Assistance", models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    assigned_by = _someone()

    SENSITIVITY = {
        **dict.fromkeys(
            ["organisation", "request", "planned_for", "state", "reason", "assistance", "ended_at"], S.INTERNAL
        ),
        **dict.fromkeys(["account", "volunteer", "assigned_by"], S.STAFF),
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(account__isnull=False, volunteer=None) | Q(account=None, volunteer__isnull=False),
                name="assigned_to_one",
            ),
            models.CheckConstraint(condition=Q(state__in=_values(AssignmentState)), name="known_assignment_state"),
            models.UniqueConstraint(fields=["request"], condition=Q(state__in=_values(LIVE)), name="one_has_a_request"),
        ]
        indexes = [
            models.Index(fields=["account", "state", "planned_for"], name="work_of_account"),
            models.Index(fields=["volunteer", "state", "planned_for"], name="work_of_volunteer"),
        ]


class EscalationStep(Record):
    """One line of an organisation's own escalation table, in place of the working defaults."""

    organisation = models.ForeignKey("members.Organisation", models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=12)  # a state in which requests wait, or "overdue"
    urgency = models.CharField(max_length=10)
    number = models.PositiveSmallIntegerField()  # who is told first, who next
    hours = models.DecimalField(max_digits=7, decimal_places=2)
    tell = models.CharField(max_length=14)

    SENSITIVITY = dict.fromkeys(["organisation", "state", "urgency", "number", "hours", "tell"], S.INTERNAL)

    class Meta:
        ordering = ["organisation", "state", "urgency", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "state", "urgency", "number"], name="one_escalation_step_per_number"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[*_values(OPEN_STATES), OVERDUE], tell__in=_values(Tell)),
                name="known_escalation_step",
            ),
        ]
