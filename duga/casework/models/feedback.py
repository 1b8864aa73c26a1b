"""What people, and other organisations, say of an organisation's work: no row leads to who wrote it."""

from django.db import models
from django.db.models import Q

from duga.casework.rules.feedback import FeedbackChannel, FeedbackKind, FeedbackState
from duga.vault.fields import SealedField
from duga.vault.models import Record
from duga.vault.sensitivity import Sensitivity as S


class Feedback(Record):
    """One message. Words, contact and answer are sealed under the key of the organisation it was told.

    `told` is {words, about, contact}. `code` is a keyed hash of what opens the answer; the code itself is nowhere.
    `may_count`: who wrote agreed that it counts in figures.
    """

    organisation = models.ForeignKey("members.Organisation", models.PROTECT, related_name="+")
    sender = models.ForeignKey("members.Organisation", models.PROTECT, null=True, blank=True, related_name="+")
    service = models.ForeignKey(
        "directory.Service", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=12, choices=[(k.value, k.value) for k in FeedbackKind])
    channel = models.CharField(max_length=12, choices=[(c.value, c.value) for c in FeedbackChannel])
    state = models.CharField(max_length=12, choices=[(s.value, s.value) for s in FeedbackState], default="received")
    rating = models.PositiveSmallIntegerField(null=True, blank=True)
    language = models.CharField(max_length=12)
    may_count = models.BooleanField(default=False)
    wants_contact = models.BooleanField(default=False)
    told = SealedField()
    answer = SealedField()
    code = models.BinaryField(default=b"", blank=True)
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    reminders = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(null=True, blank=True)
    changed_by = models.ForeignKey(
        "members.Account", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    SENSITIVITY = {
        **dict.fromkeys(
            ["organisation", "sender", "service", "kind", "channel", "state", "rating", "language", "may_count",
             "wants_contact", "due_at", "answered_at", "closed_at", "reminders", "version", "changed_at"],
            S.INTERNAL,
        ),
        "told": S.SPECIAL, "answer": S.SPECIAL, "code": S.SECRET, "changed_by": S.STAFF,
    }  # fmt: skip

    class Meta:
        verbose_name = "feedback"
        ordering = ["due_at", "id"]
        constraints = [
            models.CheckConstraint(name="feedback_rating", condition=Q(rating=None) | Q(rating__range=(1, 5))),
            models.CheckConstraint(
                name="feedback_sender_is_another", condition=Q(sender=None) | ~Q(sender=models.F("organisation"))
            ),
            models.UniqueConstraint(fields=["code"], name="one_feedback_per_code", condition=~Q(code=b"")),
        ]
        indexes = [models.Index(fields=["organisation", "state"], name="feedback_organisation_state")]


class FeedbackKeptFrom(Record):
    """A colleague whom a message may be about: to her it is not there."""

    feedback = models.ForeignKey(Feedback, models.CASCADE, related_name="kept_from", db_index=False)
    account = models.ForeignKey("members.Account", models.PROTECT, related_name="+")

    SENSITIVITY = {"feedback": S.INTERNAL, "account": S.STAFF}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["feedback", "account"], name="kept_from_once")]
