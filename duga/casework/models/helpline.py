"""Helplines: lines, calls, questions about safety, months told on written request; all of it in sealed programmes."""

from django.db import models
from django.db.models import Q

from duga.casework.rules.helpline import CallState, MonthState
from duga.vault.fields import SealedField
from duga.vault.models import Record
from duga.vault.sensitivity import Sensitivity as S


class HelplineLine(Record):
    """A line people call. Its number is that of its service in the directory, never typed a second time.

    `hours` are its own [{language, byday, opens_at, closes_at}], in the directory's words, for a line that the
    directory does not list or lists without hours.
    """

    organisation = models.ForeignKey("members.Organisation", models.PROTECT, related_name="+")
    programme = models.ForeignKey("casework.Programme", models.PROTECT, related_name="lines")
    service = models.ForeignKey("directory.Service", models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=120)
    hours = models.JSONField(default=list, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    SENSITIVITY = {
        "organisation": S.INTERNAL, "programme": S.INTERNAL, "service": S.INTERNAL, "name": S.INTERNAL,
        "hours": S.INTERNAL, "closed_at": S.INTERNAL,
    }  # fmt: skip

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="one_line_per_name")]


class Call(Record):
    """One call. It needs no person: `person` is set only where the caller is one the programme knows already.

    While a draft, all that was typed lies in `draft`; the other columns are written when it is finished. `mark` is a
    keyed blind of the code a returning caller chose. What is sealed opens with the person's key where there is one,
    else with the organisation's.
    """

    line = models.ForeignKey(HelplineLine, models.PROTECT, related_name="calls", db_index=False)
    operator = models.ForeignKey("members.Account", models.PROTECT, related_name="+")
    person = models.ForeignKey("casework.Person", models.PROTECT, null=True, blank=True, related_name="calls")
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in CallState], default="draft")
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    draft = SealedField()
    mark = models.BinaryField(default=b"", blank=True)
    tries = models.PositiveSmallIntegerField(default=0)  # codes asked for in this call that nobody bears
    anonymous = models.BooleanField(default=True)
    caller = models.CharField(max_length=12, blank=True)  # rules.Caller
    relation = models.CharField(max_length=20, blank=True)  # code list caller_relations
    language = models.CharField(max_length=12, blank=True)
    channel = models.CharField(max_length=20, blank=True)
    area = models.ForeignKey("places.Area", models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    sex = models.CharField(max_length=10, blank=True)
    age_band = models.CharField(max_length=10, blank=True)
    services = models.JSONField(default=dict, blank=True)  # {code of call_services: how often in this call}
    safe = SealedField()  # rules.SAFE_FIELDS
    note = SealedField()
    callback = models.CharField(max_length=10, blank=True)  # rules.Callback

    SENSITIVITY = {
        "line": S.INTERNAL, "operator": S.STAFF, "person": S.COARSE, "state": S.INTERNAL, "version": S.INTERNAL,
        "changed_at": S.INTERNAL, "started_at": S.COARSE, "ended_at": S.COARSE, "draft": S.SPECIAL, "mark": S.SECRET,
        "tries": S.INTERNAL, "anonymous": S.COARSE, "caller": S.COARSE, "relation": S.COARSE, "language": S.COARSE,
        "channel": S.COARSE, "area": S.COARSE, "sex": S.COARSE, "age_band": S.COARSE, "services": S.COARSE,
        "safe": S.IDENTITY, "note": S.SPECIAL, "callback": S.COARSE,
    }  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="call_ended_unless_draft", condition=Q(state="draft") | Q(ended_at__isnull=False)
            ),
            models.CheckConstraint(
                name="call_not_before_itself", condition=Q(ended_at=None) | Q(ended_at__gte=models.F("started_at"))
            ),
            models.CheckConstraint(name="anonymous_call_of_nobody", condition=Q(anonymous=False) | Q(person=None)),
        ]
        indexes = [
            models.Index(fields=["line", "started_at"], name="call_line_started"),
            models.Index(fields=["mark"], name="call_mark", condition=~Q(mark=b"")),
        ]

    @property
    def organisation_id(self):
        """Whose call it is: its line's organisation."""
        return self.line.organisation_id


class RiskInstrument(Record):
    """Questions about safety with their scores and what each score obliges to do, as data (rules.read_instrument)."""

    organisation = models.ForeignKey("members.Organisation", models.PROTECT, related_name="+")
    code = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=160)
    licence = models.CharField(max_length=200)
    source = models.CharField(max_length=300)
    data = models.JSONField()
    retired_at = models.DateTimeField(null=True, blank=True)

    SENSITIVITY = {
        "organisation": S.INTERNAL, "code": S.INTERNAL, "version": S.INTERNAL, "name": S.INTERNAL,
        "licence": S.INTERNAL, "source": S.INTERNAL, "data": S.INTERNAL, "retired_at": S.INTERNAL,
    }  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "code", "version"], name="one_instrument_per_version"),
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(retired_at=None), name="one_instrument_in_use"
            ),
        ]


class RiskAssessment(Record):
    """Answers to an instrument in one call, or about one person; what the score obliges to do, and what was done.

    `obligations`: [{code, due (ISO), done (ISO or ""), by (account id or "")}]; `undone` counts those not done.
    """

    instrument = models.ForeignKey(RiskInstrument, models.PROTECT, related_name="assessments")
    programme = models.ForeignKey("casework.Programme", models.PROTECT, related_name="+")
    call = models.OneToOneField(Call, models.PROTECT, null=True, blank=True, related_name="assessment")
    person = models.ForeignKey("casework.Person", models.PROTECT, null=True, blank=True, related_name="assessments")
    by = models.ForeignKey("members.Account", models.PROTECT, related_name="+", db_index=False)
    answers = SealedField()  # {question: answer}
    score = models.PositiveSmallIntegerField()
    level = models.CharField(max_length=40)
    obligations = models.JSONField(default=list)
    undone = models.PositiveSmallIntegerField(default=0)

    SENSITIVITY = {
        "instrument": S.INTERNAL, "programme": S.INTERNAL, "call": S.COARSE, "person": S.COARSE, "by": S.STAFF,
        "answers": S.SPECIAL, "score": S.COARSE, "level": S.COARSE, "obligations": S.COARSE, "undone": S.COARSE,
    }  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="assessment_of_somebody", condition=Q(call__isnull=False) | Q(person__isnull=False)
            )
        ]
        indexes = [models.Index(fields=["programme", "undone"], name="assessment_undone")]

    @property
    def organisation_id(self):
        """Whose it is: its instrument's organisation."""
        return self.instrument.organisation_id


class MonthlyRequest(Record):
    """Somebody outside asks in writing for a month's numbers. `table` is what was told: protected, nobody's name.

    A month is protected once; who asks later is told the very same table (`same_as`).
    """

    programme = models.ForeignKey("casework.Programme", models.PROTECT, related_name="+")
    asked_by = models.CharField(max_length=200)
    asked_on = models.DateField()
    letter = models.CharField(max_length=80, blank=True)  # its number in the book of letters
    purpose = models.CharField(max_length=300)
    month = models.DateField()  # the first of it
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in MonthState], default="asked")
    reason = models.CharField(max_length=300, blank=True)
    noted_by = models.ForeignKey("members.Account", models.PROTECT, related_name="+", db_index=False)
    decided_by = models.ForeignKey(
        "members.Account", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    table = models.JSONField(default=dict, blank=True)
    same_as = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")

    SENSITIVITY = {
        "programme": S.INTERNAL, "asked_by": S.STAFF, "asked_on": S.INTERNAL, "letter": S.INTERNAL,
        "purpose": S.INTERNAL, "month": S.INTERNAL, "state": S.INTERNAL, "reason": S.INTERNAL, "noted_by": S.STAFF,
        "decided_by": S.STAFF, "decided_at": S.INTERNAL, "table": S.PUBLIC, "same_as": S.INTERNAL,
    }  # fmt: skip

    class Meta:
        ordering = ["-asked_on", "-id"]
        constraints = [
            models.CheckConstraint(name="month_is_its_first_day", condition=Q(month__day=1)),
            models.CheckConstraint(
                name="month_decided_by_somebody",
                condition=Q(state="asked") | Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
        ]

    @property
    def organisation_id(self):
        """Whose programme was asked."""
        return self.programme.organisation_id
