"""Reading, mending and judging answers: each opening leaves an entry, and what was received stays as it was."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from duga.members.actions import write_trail
from duga.plain.errors import NOT_HERE, Conflict, NotFound, Refused, gettext_noop
from duga.plain.ids import uuid7
from duga.surveys.actions.receiving.taking import CHANGES, EDIT_XML, FILE_NAME, changes_of
from duga.surveys.models import Submission, SubmissionAnswers, SubmissionComment, SubmissionEdit, SubmissionFile
from duga.surveys.queries.receiving import (
    judge_of,
    mark_of,
    open_answers,
    open_box,
    open_file,
    open_xml,
    seal_answers,
    seal_box,
    seal_xml,
)
from duga.surveys.queries.receiving.lists import submission_door
from duga.surveys.rules import SUBMISSION_TRANSITIONS, SubmissionState
from duga.surveys.rules.receiving import (
    EDITABLE,
    Flag,
    check_reason,
    content_of,
    flag_of,
    read_submission,
    with_answers,
)

REASON, COMMENT = "surveys.SubmissionEdit.reason", "surveys.SubmissionComment.text"
#: Flags that an edit does not work out anew: they tell how answers came.
_STAY = frozenset({
    Flag.SAME_CONTENT, Flag.SAME_PHONE, Flag.EDIT_OF, Flag.WITHDRAWN_VERSION, Flag.UNKNOWN_VERSION, Flag.FORM_CLOSED,
    Flag.FILES_DIFFER, Flag.ENCRYPTED,
})  # fmt: skip

_FASTER = gettext_noop(
    "Somebody changed these answers after you opened them. Nothing of yours was saved over it: look at them again."
)
_STEP = gettext_noop("These answers stand there already. Choose another state, or write a comment.")
_REASON = gettext_noop("Say why these answers are rejected or have issues: whoever collected them reads it.")
_COMMENT = gettext_noop("Write the comment first.")
_ENCRYPTED = gettext_noop("The phone encrypted these answers: they cannot be mended here.")


@dataclass(frozen=True)
class Opened:
    """A submission, opened: its answers as they stand, as they were received, its files, edits and comments.

    edits: (number, at, who, reason, {path: [before, after]}); files: (id, name, media type, size, whether it is here);
    comments: (at, who, text).
    """

    submission: Submission
    answers: dict
    received: dict
    files: list[tuple]
    edits: list[tuple]
    comments: list[tuple]
    sha256: str


@transaction.atomic
def open_submission(*, by, submission_id) -> Opened:
    """Opens one submission for who may review it; the trail says who did."""
    import hashlib

    row = submission_door(by, submission_id)
    here, judge = row.organisation_id, judge_of(row.form_version_id, row.form_version.md5)
    xml = open_xml(here, row.pk, row.xml)
    kept = SubmissionAnswers.objects.get(submission=row)
    files = [
        (file.pk, open_box(here, file.pk, FILE_NAME, file.name), file.media_type, file.size, bool(file.mark))
        for file in row.files.all()
    ]
    edits = [
        (edit.number, edit.created_at, edit.by, open_box(here, edit.pk, REASON, edit.reason) or "",
         open_box(here, edit.pk, CHANGES, edit.changes) or {})
        for edit in row.edits.select_related("by")
    ]  # fmt: skip
    comments = [
        (each.created_at, each.by, open_box(here, each.pk, COMMENT, each.text))
        for each in row.comments.select_related("by")
    ]
    _tell(by, "submission.opened", row)
    return Opened(
        row, open_answers(here, row.pk, kept.answers), read_submission(xml, judge.repeats).answers,
        sorted(files, key=lambda file: file[1]), edits, comments, hashlib.sha256(xml).hexdigest(),
    )  # fmt: skip


@transaction.atomic
def open_attachment(*, by, submission_id, file_id) -> tuple[str, str, int, Iterator[bytes]]:
    """(name, media type, bytes, its pieces in the clear) of a file that came with answers; an entry tells of it."""
    row = submission_door(by, submission_id)
    file = SubmissionFile.objects.filter(submission=row, pk=file_id).first()
    if file is None or not file.mark:
        raise NotFound(NOT_HERE)
    pieces = open_file(row.organisation_id, file.pk)
    _tell(by, "submission.file_opened", row, file=str(file.pk))
    return open_box(row.organisation_id, file.pk, FILE_NAME, file.name), file.media_type, file.size, pieces


def _locked(by, submission_id, version: int) -> Submission:
    submission_door(by, submission_id)
    row = Submission.objects.select_for_update().get(pk=submission_id)
    if row.version != int(version):
        raise Conflict(_FASTER)
    return row


@transaction.atomic
def edit_submission(*, by, submission_id, version: int, changed: dict[str, str], reason: str) -> Submission:
    """Mends answers by path, with a reason. The XML as it was received stays; a new one stands beside it.

    `version` is the one that was looked at: Conflict when somebody was faster.
    """
    reason, row = check_reason(reason), _locked(by, submission_id, version)
    if any(flag_of(each)[0] is Flag.ENCRYPTED for each in row.flags):
        raise Refused(_ENCRYPTED)
    judge = judge_of(row.form_version_id, row.form_version.md5)
    changed = {path: text for path, text in changed.items() if judge.kinds.get(path) in EDITABLE}
    xml, _changes = with_answers(_newest(row), changed)
    told, kept = read_submission(xml, judge.repeats), SubmissionAnswers.objects.get(submission=row)
    before = open_answers(row.organisation_id, row.pk, kept.answers)
    row.version += 1
    edit = SubmissionEdit(
        pk=uuid7(), submission=row, number=row.version, instance_id=row.instance_id, by_id=by.account_id,
        mark=mark_of(row.organisation_id, "xml", xml),
    )  # fmt: skip
    edit.xml = seal_xml(row.organisation_id, edit.pk, xml, EDIT_XML)
    edit.changes = seal_box(row.organisation_id, edit.pk, CHANGES, changes_of(before, told.answers))
    edit.reason = seal_box(row.organisation_id, edit.pk, REASON, reason)
    edit.save(force_insert=True)
    kept.answers, kept.number = seal_answers(row.organisation_id, row.pk, told.answers), row.version
    kept.save(update_fields=["answers", "number"])
    stay = [each for each in row.flags if flag_of(each)[0] in _STAY]
    row.flags = [*stay, *judge.flags(told.answers, timezone.localtime().replace(tzinfo=None), told.root)]
    row.content = mark_of(row.organisation_id, "content", content_of(told.answers), 16)
    row.state = SubmissionState.EDITED
    _changed(by, row, "flags", "content", "state")
    _tell(by, "submission.edited", row, answers=len(_changes))
    return row


def _newest(row) -> bytes:
    """The XML as it stands now: the newest edit's, else what was received."""
    edit = row.edits.order_by("-number").first()
    if edit is not None:
        return open_xml(row.organisation_id, edit.pk, edit.xml, EDIT_XML)
    return open_xml(row.organisation_id, row.pk, row.xml)


@transaction.atomic
def review_submission(*, by, submission_id, version: int, state: SubmissionState, comment: str = "") -> Submission:
    """Approves answers, rejects them, or says that they have issues; with a comment, which the last two need."""
    row, state = _locked(by, submission_id, version), SubmissionState(state)
    if state is SubmissionState.EDITED or state not in SUBMISSION_TRANSITIONS[SubmissionState(row.state)]:
        raise Refused(_STEP)
    if state is not SubmissionState.APPROVED and not comment.strip():
        raise Refused(_REASON)
    row.version += 1
    row.state, row.decided_at, row.decided_by_id = state, timezone.now(), by.account_id
    _changed(by, row, "state", "decided_at", "decided_by")
    if comment.strip():
        _comment(by, row, comment)
    _tell(by, "submission.reviewed", row, state=state.value)
    return row


@transaction.atomic
def comment_submission(*, by, submission_id, text: str) -> SubmissionComment:
    """Adds a comment to answers; it lies under the organisation's seal."""
    row = submission_door(by, submission_id)
    if not text.strip():
        raise Refused(_COMMENT)
    comment = _comment(by, row, text)
    _tell(by, "submission.commented", row)
    return comment


def _comment(by, row, text) -> SubmissionComment:
    comment = SubmissionComment(pk=uuid7(), submission=row, by_id=by.account_id)
    comment.text = seal_box(row.organisation_id, comment.pk, COMMENT, text.strip()[:5000])
    comment.save(force_insert=True)
    return comment


def _changed(by, row, *fields) -> None:
    row.changed_at, row.changed_by_id = timezone.now(), by.account_id
    row.save(update_fields=[*fields, "version", "changed_at", "changed_by"])


def _tell(by, event, row, **detail) -> None:
    write_trail(
        by=by, event=event, subject=("surveys.Submission", row.pk), organisation_id=row.organisation_id, detail=detail
    )
