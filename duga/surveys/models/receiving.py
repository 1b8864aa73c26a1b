"""What was sent, exactly as it was received, under the key of the organisation that asked; and what was said of it.

Answers may name people: nothing of them stands in the open. Hashes are keyed with the organisation's key, because a
plain one of a short form's XML would tell its answers to whoever tries them all.
"""

from django.db import models
from django.db.models import Q

from duga.surveys.models.forms import MAYBE, Form, FormVersion, by_account, one_of
from duga.surveys.models.rounds import CollectDevice, FillLink, Round, RoundAssignment
from duga.surveys.rules import Source, SubmissionState
from duga.vault.fields import SealedField
from duga.vault.models import Record
from duga.vault.sensitivity import Sensitivity as S


class Submission(Record):
    """One filled form. `xml` is what was sent, byte for byte, sealed; `mark` its keyed hash: the same again is one.

    complete: all files it names are here. flags: codes of rules (duplicate, impossible, after closing …), no answers.
    test: from a draft or a phone that tries one; it counts nowhere. version: counted up by every change.
    """

    organisation = models.ForeignKey("members.Organisation", models.PROTECT, related_name="+", db_index=False)
    form = models.ForeignKey(Form, models.PROTECT, related_name="submissions", db_index=False)
    form_version = models.ForeignKey(FormVersion, models.PROTECT, related_name="submissions")
    instance_id = models.CharField(max_length=200)
    xml = SealedField()
    mark = models.BinaryField(max_length=32)
    content = models.BinaryField(max_length=16, default=b"", blank=True)  # keyed hash of what was answered alone
    phone = models.BinaryField(max_length=16, default=b"", blank=True)  # keyed hash of the phone's own number
    source = models.CharField(max_length=10)
    round = models.ForeignKey(Round, models.PROTECT, null=True, blank=True, related_name="submissions")
    assignment = models.ForeignKey(RoundAssignment, models.PROTECT, null=True, blank=True, related_name="submissions")
    device = models.ForeignKey(CollectDevice, models.PROTECT, null=True, blank=True, related_name="submissions")
    link = models.ForeignKey(FillLink, models.PROTECT, null=True, blank=True, related_name="submissions")
    consent_version = models.PositiveIntegerField(null=True, blank=True)  # of the round's words, agreed to
    account = by_account(**MAYBE)
    received_at = models.DateTimeField()
    complete = models.BooleanField(default=True)
    state = models.CharField(max_length=12, default=SubmissionState.RECEIVED.value)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = by_account(**MAYBE)
    flags = models.JSONField(default=list, blank=True)
    test = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(null=True, blank=True)
    changed_by = by_account(**MAYBE)

    SENSITIVITY = {
        **dict.fromkeys(
            ["organisation", "form", "form_version", "instance_id", "mark", "content", "phone", "source", "round",
             "assignment", "device", "link", "consent_version", "received_at", "complete", "state", "decided_at",
             "flags", "test", "version", "changed_at"],
            S.INTERNAL,
        ),
        "xml": S.IDENTITY, **dict.fromkeys(["account", "decided_by", "changed_by"], S.STAFF),
    }  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "form", "instance_id"], name="each_instance_once"),
            models.CheckConstraint(condition=one_of("state", SubmissionState), name="known_submission_state"),
            models.CheckConstraint(condition=one_of("source", Source), name="known_submission_source"),
        ]
        indexes = [
            models.Index(fields=["form", "organisation", "received_at"], name="submission_in_order"),
            models.Index(fields=["organisation", "received_at"], name="submission_newest"),
            models.Index(fields=["organisation", "form", "content"], name="submission_same_content"),
            models.Index(fields=["organisation", "form", "phone", "received_at"], name="submission_same_phone"),
        ]


class SubmissionFile(Record):
    """A file that came with answers, or that they name and that is still to come (empty mark).

    The bytes lie sealed in files storage under the row's id. The name is what a phone called it: it may name somebody.
    """

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="files")
    name = SealedField()
    name_mark = models.BinaryField(max_length=32)
    mark = models.BinaryField(max_length=32, default=b"", blank=True)
    media_type = models.CharField(max_length=60, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    received_at = models.DateTimeField(null=True, blank=True)

    SENSITIVITY = {
        "name": S.IDENTITY,
        **dict.fromkeys(["submission", "name_mark", "mark", "media_type", "size", "received_at"], S.INTERNAL),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["submission", "name_mark"], name="one_file_per_name"),
            models.CheckConstraint(
                condition=Q(received_at=None, size=0) | Q(received_at__isnull=False), name="files_to_come_are_empty"
            ),
        ]


class SubmissionAnswers(Record):
    """The answers as they stand now, read out of the newest XML: {path: value}, sealed. Made again at any time."""

    submission = models.OneToOneField(Submission, models.CASCADE, related_name="answers")
    answers = SealedField()
    number = models.PositiveIntegerField(default=1)  # Submission.version they were read from

    SENSITIVITY = {"submission": S.INTERNAL, "answers": S.IDENTITY, "number": S.INTERNAL}


class SubmissionEdit(Record):
    """A change of answers after they came: by a phone that sent them anew, or by somebody here, with a reason.

    `xml` is the whole new instance, sealed; `changes` {path: [before, after]}, sealed; what came first stays.
    """

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="edits")
    number = models.PositiveIntegerField()
    instance_id = models.CharField(max_length=200)
    xml = SealedField()
    mark = models.BinaryField(max_length=32)
    changes = SealedField()
    reason = SealedField()
    by = by_account(**MAYBE)
    device = models.ForeignKey(CollectDevice, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)

    SENSITIVITY = {
        **dict.fromkeys(["submission", "number", "instance_id", "mark", "device"], S.INTERNAL),
        **dict.fromkeys(["xml", "changes", "reason"], S.IDENTITY), "by": S.STAFF,
    }  # fmt: skip

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["submission", "number"], name="edits_stand_in_order")]
        indexes = [models.Index(fields=["instance_id"], name="edit_by_instance")]


class SubmissionComment(Record):
    """What somebody who reviews says of answers, under the organisation's seal."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="comments")
    text = SealedField()
    by = by_account(**MAYBE)

    SENSITIVITY = {"submission": S.INTERNAL, "text": S.IDENTITY, "by": S.STAFF}

    class Meta:
        ordering = ["created_at"]
