"""Licences and standards: what a country asks, how far a service is, and what was handed in for it."""

from django.db import models
from django.db.models import Q

from duga.directory.models.base import words
from duga.vault.models import Record
from duga.vault.sensitivity import Sensitivity as S


class LicenceKind(Record):
    """A kind of licence a country gives: for how many years, once or again, for which kinds of service."""

    country = models.CharField(max_length=2)
    code = models.CharField(max_length=40)
    grants = models.CharField(max_length=12)  # rules.LicenceState: licensed or limited
    years = models.PositiveSmallIntegerField(null=True, blank=True)  # None: the decision says until when
    at_most = models.BooleanField(default=False)
    once = models.BooleanField(default=False)
    service_types = models.JSONField(default=list, blank=True)  # none: any; "!kind": any but that
    from_year = models.PositiveSmallIntegerField(null=True, blank=True)
    authority = models.CharField(max_length=200, blank=True)
    names = models.JSONField(default=dict)  # {language: name}
    source = models.CharField(max_length=300)
    url = models.CharField(max_length=300, blank=True)
    read_on = models.DateField()
    retired = models.BooleanField(default=False)

    SENSITIVITY = dict.fromkeys(
        ["country", "code", "grants", "years", "at_most", "once", "service_types", "from_year", "authority", "names",
         "source", "url", "read_on", "retired"],
        S.PUBLIC,
    )  # fmt: skip

    class Meta:
        ordering = ["country", "created_at"]
        constraints = [models.UniqueConstraint(fields=["country", "code"], name="one_licence_kind_per_code")]


class Standard(Record):
    """A standard a country sets: common to all services, or special to some kinds."""

    country = models.CharField(max_length=2)
    code = models.CharField(max_length=40)
    service_types = models.JSONField(default=list, blank=True)
    names = models.JSONField(default=dict)
    source = models.CharField(max_length=300)
    url = models.CharField(max_length=300, blank=True)

    SENSITIVITY = dict.fromkeys(["country", "code", "service_types", "names", "source", "url"], S.PUBLIC)

    class Meta:
        ordering = ["country", "created_at"]
        constraints = [models.UniqueConstraint(fields=["country", "code"], name="one_standard_per_code")]


class Criterion(Record):
    """One criterion of a standard: the evidence it asks for, and after how many months that is old."""

    standard = models.ForeignKey(Standard, models.PROTECT, related_name="criteria")
    code = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField()
    aspect = models.CharField(max_length=20)  # rules.ASPECT_LABELS
    evidence = models.CharField(max_length=20)  # rules.EVIDENCE_LABELS
    months = models.PositiveSmallIntegerField(null=True, blank=True)  # None: it does not get old
    basis = models.CharField(max_length=10)  # "source" lists it; "duga": our heading, to be checked with the rule book
    cite = models.CharField(max_length=200, blank=True, default="")  # where in the source of its standard
    names = models.JSONField(default=dict)
    retired = models.BooleanField(default=False)

    SENSITIVITY = dict.fromkeys(
        ["standard", "code", "position", "aspect", "evidence", "months", "basis", "cite", "names", "retired"],
        S.PUBLIC,
    )

    class Meta:
        ordering = ["standard__created_at", "position"]
        constraints = [models.UniqueConstraint(fields=["standard", "code"], name="one_criterion_per_code")]


class Licence(Record):
    """The way of one service to one kind of licence, and the licence itself once it is there.

    That a licence is in force is public, as in the countries' registers; how far somebody is on the way is not.
    """

    service = models.ForeignKey("directory.Service", models.PROTECT, related_name="licence_ways")
    kind = models.ForeignKey(LicenceKind, models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, default="started")  # rules.LicenceState
    since = models.DateField()  # the day of the last step
    number = models.CharField(max_length=80, blank=True)
    valid_until = models.DateField(null=True, blank=True)  # its last day
    was_limited = models.BooleanField(default=False)
    mentor = models.ForeignKey("members.Organisation", models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    SENSITIVITY = {
        **dict.fromkeys(["service", "kind", "number", "valid_until"], S.PUBLIC),
        **dict.fromkeys(["state", "since", "was_limited", "mentor", "version"], S.INTERNAL),
    }

    class Meta:
        ordering = ["created_at"]
        constraints = [models.UniqueConstraint(fields=["service"], name="one_way_to_a_licence_per_service")]
        indexes = [models.Index(fields=["state", "valid_until"])]


class LicenceStep(Record):
    """A step on the way: into which state, on which day, with what said. Never edited; corrected by a further step."""

    licence = models.ForeignKey(Licence, models.CASCADE, related_name="steps")
    state = models.CharField(max_length=12)
    on = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    number = models.CharField(max_length=80, blank=True)
    why = words()
    by = models.ForeignKey("members.Account", models.PROTECT, null=True, blank=True, related_name="+")

    SENSITIVITY = {
        **dict.fromkeys(["licence", "state", "on", "valid_until", "number", "why"], S.INTERNAL),
        "by": S.STAFF,
    }

    class Meta:
        ordering = ["on", "created_at"]
        indexes = [models.Index(fields=["state", "on"])]


class Assessment(Record):
    """What was found of one criterion: by whom, when, and until when its evidence is good."""

    licence = models.ForeignKey(Licence, models.CASCADE, related_name="assessments")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=16, default="unknown")  # rules.Verdict
    on = models.DateField()
    good_until = models.DateField(null=True, blank=True)
    note = words()
    by = models.ForeignKey("members.Account", models.PROTECT, null=True, blank=True, related_name="+")

    SENSITIVITY = {
        **dict.fromkeys(["licence", "criterion", "verdict", "on", "good_until", "note"], S.INTERNAL),
        "by": S.STAFF,
    }

    class Meta:
        constraints = [models.UniqueConstraint(fields=["licence", "criterion"], name="one_assessment_per_criterion")]


class LicenceDocument(Record):
    """A document handed in as evidence. The file lies sealed with the organisation's key; its own name is not kept."""

    licence = models.ForeignKey(Licence, models.PROTECT, related_name="documents")
    criterion = models.ForeignKey(Criterion, models.PROTECT, null=True, blank=True, related_name="+")
    title = models.CharField(max_length=200)
    media_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()  # bytes
    by = models.ForeignKey("members.Account", models.PROTECT, null=True, blank=True, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)  # the file is gone, that there was one stays

    SENSITIVITY = {
        **dict.fromkeys(["licence", "criterion", "title", "media_type", "size", "removed_at"], S.INTERNAL),
        "by": S.STAFF,
    }

    class Meta:
        ordering = ["created_at"]


class LicenceTask(Record):
    """Something to be done on the way, by a day."""

    licence = models.ForeignKey(Licence, models.CASCADE, related_name="tasks")
    criterion = models.ForeignKey(Criterion, models.PROTECT, null=True, blank=True, related_name="+")
    what = models.CharField(max_length=300)
    due_on = models.DateField()
    done_on = models.DateField(null=True, blank=True)
    by = models.ForeignKey("members.Account", models.PROTECT, null=True, blank=True, related_name="+")

    SENSITIVITY = {
        **dict.fromkeys(["licence", "criterion", "what", "due_on", "done_on"], S.INTERNAL),
        "by": S.STAFF,
    }

    @property
    def made_from_criterion(self) -> bool:
        """Whether it only says a criterion's name, which is then told in the reader's language."""
        return self.criterion is not None and self.what == self.criterion.names.get("en", "")[:300]

    class Meta:
        ordering = ["due_on", "created_at"]
        constraints = [models.CheckConstraint(name="task_says_something", condition=~Q(what=""))]


class LicenceReminder(Record):
    """That a reminder of a deadline went out, so that the clock sends each once."""

    licence = models.ForeignKey(Licence, models.CASCADE, related_name="reminders")
    key = models.CharField(max_length=120)  # rules.Deadline.key
    days = models.PositiveSmallIntegerField()  # before the deadline

    SENSITIVITY = dict.fromkeys(["licence", "key", "days"], S.INTERNAL)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["licence", "key", "days"], name="each_reminder_once")]
