"""What an organisation answers for. Reasons stand open, for they are asked for without names."""

from django.db import models
from django.db.models import Q

from duga.vault.models import Record
from duga.vault.sensitivity import Sensitivity as S


class ReadReview(Record):
    """The read log was looked through up to an entry of the trail: how many reads, how many of them unusual."""

    organisation = models.ForeignKey("members.Organisation", models.PROTECT, related_name="+")
    up_to = models.PositiveBigIntegerField()  # number of the last trail entry that was looked at
    reads = models.PositiveIntegerField()
    unusual = models.PositiveIntegerField()
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey("members.Account", models.PROTECT, related_name="+")

    SENSITIVITY = {
        "organisation": S.INTERNAL, "up_to": S.INTERNAL, "reads": S.INTERNAL, "unusual": S.INTERNAL,
        "note": S.INTERNAL, "by": S.STAFF,
    }  # fmt: skip

    class Meta:
        ordering = ["-up_to"]


class ReadQuestion(Record):
    """The officer asks someone why a record was read; the answer, and what is found of it."""

    organisation = models.ForeignKey("members.Organisation", models.PROTECT, related_name="+")
    number = models.PositiveBigIntegerField()  # the read's entry in the trail
    reader = models.ForeignKey("members.Account", models.PROTECT, related_name="+")
    by = models.ForeignKey("members.Account", models.PROTECT, related_name="+")
    answer = models.CharField(max_length=300, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    verdict = models.CharField(max_length=12, blank=True)
    decided_by = models.ForeignKey("members.Account", models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    SENSITIVITY = {
        "organisation": S.INTERNAL, "number": S.INTERNAL, "reader": S.STAFF, "by": S.STAFF, "answer": S.INTERNAL,
        "answered_at": S.INTERNAL, "verdict": S.INTERNAL, "decided_by": S.STAFF, "decided_at": S.INTERNAL,
    }  # fmt: skip

    class Meta:
        ordering = ["-created_at"]
        constraints = [models.UniqueConstraint(fields=["organisation", "number"], name="one_question_per_read")]


class BreakGlass(Record):
    """Somebody opened a sealed record in an emergency, with a reason, for an hour; reviewed afterwards by another."""

    organisation = models.ForeignKey("members.Organisation", models.PROTECT, related_name="+")
    person = models.ForeignKey("casework.Person", models.PROTECT, related_name="+")
    by = models.ForeignKey("members.Account", models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    until = models.DateTimeField()
    verdict = models.CharField(max_length=12, blank=True)
    note = models.CharField(max_length=300, blank=True)
    reviewed_by = models.ForeignKey("members.Account", models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)

    SENSITIVITY = {
        "organisation": S.INTERNAL, "person": S.COARSE, "by": S.STAFF, "reason": S.INTERNAL, "until": S.INTERNAL,
        "verdict": S.INTERNAL, "note": S.INTERNAL, "reviewed_by": S.STAFF, "reviewed_at": S.INTERNAL,
    }  # fmt: skip

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=models.F("by")), name="glass_reviewed_by_another"
            )
        ]


class RetentionRule(Record):
    """For how many months after its last entry a service type keeps the people it helped; "" for all others."""

    organisation = models.ForeignKey("members.Organisation", models.PROTECT, related_name="+")
    service_type = models.CharField(max_length=40, blank=True)
    months = models.PositiveSmallIntegerField()
    why = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey("members.Account", models.PROTECT, null=True, blank=True, related_name="+")

    SENSITIVITY = {
        "organisation": S.INTERNAL, "service_type": S.INTERNAL, "months": S.INTERNAL, "why": S.INTERNAL, "by": S.STAFF,
    }  # fmt: skip

    class Meta:
        ordering = ["service_type"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "service_type"], name="one_retention_rule_per_service"),
            models.CheckConstraint(condition=Q(months__gte=1, months__lte=360), name="months_that_can_be_kept"),
        ]


class Keeping(Record):
    """A person whose time had come is kept until a day, for a reason."""

    person = models.ForeignKey("casework.Person", models.PROTECT, related_name="keepings")
    until = models.DateField()
    reason = models.CharField(max_length=300)
    by = models.ForeignKey("members.Account", models.PROTECT, related_name="+")

    SENSITIVITY = {"person": S.COARSE, "until": S.COARSE, "reason": S.COARSE, "by": S.STAFF}


class LegalHold(Record):
    """Nothing of a person may be erased while a court, an authority or an audit asks for it."""

    organisation = models.ForeignKey("members.Organisation", models.PROTECT, related_name="+")
    person = models.ForeignKey("casework.Person", models.PROTECT, related_name="holds")
    reason = models.CharField(max_length=300)
    by = models.ForeignKey("members.Account", models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey("members.Account", models.PROTECT, null=True, blank=True, related_name="+")

    SENSITIVITY = {
        "organisation": S.INTERNAL, "person": S.COARSE, "reason": S.COARSE, "by": S.STAFF, "ended_at": S.INTERNAL,
        "ended_by": S.STAFF,
    }  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(ended_at=None), name="one_open_hold_per_person")
        ]


class ErasureCertificate(Record):
    """What an erasure destroyed and what stays and why, without a word about whom: handed to who asked for it."""

    organisation = models.ForeignKey("members.Organisation", models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    person = models.ForeignKey("casework.Person", models.PROTECT, related_name="+")  # the row that is nobody's now
    destroyed = models.JSONField()  # {what: how many}
    kept = models.JSONField()  # {what: how many}
    by = models.ForeignKey("members.Account", models.PROTECT, null=True, blank=True, related_name="+")

    SENSITIVITY = {
        "organisation": S.INTERNAL, "number": S.INTERNAL, "person": S.INTERNAL, "destroyed": S.INTERNAL,
        "kept": S.INTERNAL, "by": S.STAFF,
    }  # fmt: skip

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["organisation", "number"], name="one_certificate_per_number")]


class SubjectRequest(Record):
    """Somebody asked about her own data: what, when, answered by when and how."""

    organisation = models.ForeignKey("members.Organisation", models.PROTECT, related_name="+")
    person = models.ForeignKey("casework.Person", models.PROTECT, related_name="+")
    asked = models.CharField(max_length=12)
    received_on = models.DateField()
    due_on = models.DateField()
    answer = models.CharField(max_length=8, default="open")
    answered_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    reminded = models.BooleanField(default=False)
    by = models.ForeignKey("members.Account", models.PROTECT, related_name="+")
    answered_by = models.ForeignKey("members.Account", models.PROTECT, null=True, blank=True, related_name="+")

    SENSITIVITY = {
        "organisation": S.INTERNAL, "person": S.COARSE, "asked": S.COARSE, "received_on": S.COARSE, "due_on": S.COARSE,
        "answer": S.COARSE, "answered_on": S.COARSE, "reason": S.COARSE, "reminded": S.INTERNAL, "by": S.STAFF,
        "answered_by": S.STAFF,
    }  # fmt: skip

    class Meta:
        ordering = ["due_on"]
        indexes = [models.Index(fields=["organisation", "answer", "due_on"], name="subject_requests_open")]


class Breach(Record):
    """Something happened to people's data: when found, how bad, who was told when."""

    organisation = models.ForeignKey("members.Organisation", models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=16)
    found_at = models.DateTimeField()
    what = models.CharField(max_length=500)  # without names
    people = models.PositiveIntegerField(null=True, blank=True)  # how many are concerned; none: not known
    risk = models.CharField(max_length=8, default="unknown")
    measures = models.CharField(max_length=500, blank=True)
    authority_told_at = models.DateTimeField(null=True, blank=True)
    people_told_at = models.DateTimeField(null=True, blank=True)
    why_not = models.CharField(max_length=300, blank=True)
    reminders = models.PositiveSmallIntegerField(default=0)
    closed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(null=True, blank=True)
    changed_by = models.ForeignKey("members.Account", models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey("members.Account", models.PROTECT, related_name="+")

    SENSITIVITY = {
        **dict.fromkeys(
            ["organisation", "number", "kind", "found_at", "what", "people", "risk", "measures", "authority_told_at",
             "people_told_at", "why_not", "reminders", "closed_at", "version", "changed_at"],
            S.INTERNAL,
        ),
        "changed_by": S.STAFF, "by": S.STAFF,
    }  # fmt: skip

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["organisation", "number"], name="one_breach_per_number")]
