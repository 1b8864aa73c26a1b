"""Taking one submission: whole, once, and on the disk before anybody is told that it came.

The order: files are sealed and flushed first (incoming.py), then all rows in one transaction, whose commit is on the
disk when it returns (SQLite: synchronous=FULL; PostgreSQL: its default), then the answer. A server that is killed in
between leaves nothing, or everything; the phone, not having been told, sends again and finds it here.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from duga.members.actions import write_trail
from duga.plain.errors import Conflict, DugaError, gettext_noop
from duga.plain.ids import uuid7
from duga.surveys.actions.receiving.incoming import Incoming
from duga.surveys.models import (
    FormVersion,
    Submission,
    SubmissionAnswers,
    SubmissionEdit,
    SubmissionFile,
)
from duga.surveys.queries.receiving import (
    answered_before,
    assignments_open,
    judge_of,
    mark_of,
    name_mark,
    open_answers,
    seal_answers,
    seal_box,
    seal_xml,
    version_for,
)
from duga.surveys.queries.receiving.versions import Place
from duga.surveys.rules import Source, SubmissionState, VersionState
from duga.surveys.rules.openrosa import ALREADY_DIFFERENT
from duga.surveys.rules.receiving import Flag, Received, content_of, flag, read_submission
from duga.surveys.rules.receiving.duplicates import alike
from duga.surveys.rules.receiving.reading import sent_version
from duga.vault.rows import put, read

FILE_NAME, EDIT_XML, CHANGES = (
    "surveys.SubmissionFile.name", "surveys.SubmissionEdit.xml", "surveys.SubmissionEdit.changes",
)  # fmt: skip
LOOKED_AT = 3  #: earlier submissions of the same phone that a new one is held against
_DIFFERENT = gettext_noop(ALREADY_DIFFERENT)


class News(StrEnum):
    """What became of a post."""

    NEW = "new"
    AGAIN = "again"  #: it was here already, byte for byte
    MENDED = "mended"  #: the phone sent an earlier one anew, changed


@dataclass(frozen=True)
class Taken:
    """A submission that is on the disk."""

    submission: Submission
    news: News


@dataclass(frozen=True)
class Post:
    """One post, read: what it says, where it belongs, who sent it."""

    organisation_id: object
    xml: bytes = field(repr=False)
    told: Received = field(repr=False)
    place: Place
    files: Sequence[Incoming]
    flags: list[str]
    mark: bytes
    content: bytes
    phone: bytes
    test: bool
    whole: bool
    way: dict


def receive(
    *, by, organisation_id, xml: bytes, files: Sequence[Incoming] = (), source: Source = Source.COLLECT, device=None,
    link=None, assignment=None, phone: str = "", incomplete: bool = False, test: bool = False,
    consent_version: int | None = None,
) -> Taken:  # fmt: skip
    """Takes a submission's XML as it came, with files that already lie sealed. Whoever calls has let the sender in.

    The same XML again is the same submission (more files may come with it); Conflict when another XML bears its number.
    NotFound when no such form is used here, Unreadable when it is no whole XML. Nothing else is refused: what looks
    wrong gets a flag. `phone`: what the phone calls itself, `incomplete`: it will post more files;
    `consent_version`: of the round's words that were agreed to.
    """
    try:
        form_id, version = sent_version(xml)
        place = _trial(device) if device is not None and device.trial_id else None
        place = place or version_for(organisation_id, form_id, version)
        judge = judge_of(place.version_id, place.md5)
        told, mark = read_submission(xml, judge.repeats), mark_of(organisation_id, "xml", xml)
        if not told.instance_id:
            told = replace(told, instance_id=f"unnumbered:{mark.hex()}")
        post = Post(
            organisation_id, xml, told, place, files, _flags(judge, told, place), mark,
            mark_of(organisation_id, "content", content_of(told.answers), 16),
            _phone(organisation_id, phone or told.phone, device),
            test or place.state == VersionState.DRAFT or bool(device is not None and device.trial_id), not incomplete,
            {"source": source, "device": device, "link": link, "assignment": assignment,
             "consent_version": consent_version},
        )  # fmt: skip
        return _take(by, post, judge)
    except DugaError:
        for file in files:  # nothing was taken: nothing is left behind. After a broken commit, whether it was taken
            file.drop()  # is not known: what no row tells of is swept away a day later
        raise


def _trial(device) -> Place:
    row = FormVersion.objects.only("pk", "form_id", "md5", "state").get(pk=device.trial_id)
    return Place(row.form_id, row.pk, row.md5, VersionState.DRAFT, False)


def _phone(organisation_id, told, device) -> bytes:
    told = told or (str(device.pk) if device is not None else "")
    return mark_of(organisation_id, "phone", told.encode(), 16) if told else b""


def _flags(judge, told, place) -> list[str]:
    """What is wrong with these answers by themselves; never an error, whatever they hold."""
    found = []
    if told.encrypted:
        found.append(flag(Flag.ENCRYPTED))
    else:
        try:
            found += judge.flags(told.answers, timezone.localtime().replace(tzinfo=None), told.root)
        except Exception:  # a form's own rule may do what nobody thought of: its answers are taken all the same
            found.append(flag(Flag.NOT_JUDGED))
    if not place.known:
        found.append(flag(Flag.UNKNOWN_VERSION))
    if place.state == VersionState.WITHDRAWN:
        found.append(flag(Flag.WITHDRAWN_VERSION))
    if place.closed:
        found.append(flag(Flag.FORM_CLOSED))
    return found


def _take(by, post: Post, judge) -> Taken:
    for _try in (1, 2):
        try:
            with transaction.atomic():
                return _write(by, post, judge)
        except IntegrityError:  # the same post came twice at the same moment: the other one won
            if _try == 2:
                raise
    raise AssertionError("not reached")


def _write(by, post: Post, judge) -> Taken:
    instance, here = post.told.instance_id, {"organisation_id": post.organisation_id, "form_id": post.place.form_id}
    if same := read(Submission, "id", "mark", **here, instance_id=instance):
        return _again(*same[0], post)
    if post.told.deprecated_id:
        mine = Submission.objects.filter(**here)
        edit = SubmissionEdit.objects.filter(submission__in=mine, instance_id=instance).first()
        if edit is not None:
            return _again(edit.submission_id, edit.mark, post)
        if earlier := _deprecated(mine, post.told.deprecated_id):
            return _mend(by, earlier, post)
    doubles = [flag(Flag.SAME_CONTENT)] if answered_before(content=post.content, **here) else _doubles(post)
    return _new(by, post, judge, doubles)


def _deprecated(mine, instance_id):
    known = Q(instance_id=instance_id) | Q(edits__instance_id=instance_id)
    found = mine.filter(known).values_list("pk", flat=True).first()
    return mine.select_for_update().get(pk=found) if found else None


def _again(submission_id, mark, post: Post) -> Taken:
    if bytes(mark) != post.mark:
        raise Conflict(_DIFFERENT)
    row = Submission.objects.select_for_update().defer("xml").get(pk=submission_id)
    if post.files or (post.whole and not row.complete):
        _keep_files(row, post)
    return Taken(row, News.AGAIN)


def _new(by, post: Post, judge, doubles) -> Taken:
    flags = [*post.flags, *doubles]
    row = Submission(
        pk=uuid7(), organisation_id=post.organisation_id, form_id=post.place.form_id,
        form_version_id=post.place.version_id, instance_id=post.told.instance_id, mark=post.mark, content=post.content,
        phone=post.phone, received_at=timezone.now(), flags=flags, test=post.test, account_id=by.account_id,
        round_id=None, **post.way,
    )  # fmt: skip
    if row.assignment_id is None and not (row.link_id and row.link.round_id):
        row.assignment = _asked_for(row, by)
    row.round_id = row.assignment.round_id if row.assignment_id else getattr(row.link, "round_id", None)
    row.xml = seal_xml(row.organisation_id, row.pk, post.xml)
    row.complete = post.whole
    put(row)
    put(
        SubmissionAnswers(
            submission=row, answers=seal_answers(row.organisation_id, row.pk, post.told.answers), number=1
        )
    )
    _expect(row, judge.files(post.told.answers), post)
    _trail(by, "submission.received", row)
    return Taken(row, News.NEW)


def _asked_for(row, by):
    """The open assignment these answers belong to, if it is one alone."""
    open_ = assignments_open(row.organisation_id, row.form_id)
    own = [each for each in open_ if each.account_id and each.account_id == by.account_id]
    found = own or [each for each in open_ if each.account_id is None]
    return found[0] if len(found) == 1 else None


def _doubles(post: Post) -> list[str]:
    """Flags of what seems to be here already."""
    if not post.phone or not (post.told.began or post.told.ended):
        return []
    lately = Submission.objects.filter(
        organisation_id=post.organisation_id, form_id=post.place.form_id, phone=post.phone,
        received_at__gte=timezone.now() - dt.timedelta(days=3),
    )  # fmt: skip
    rows = lately.order_by("-received_at").values_list("pk", "answers__answers")[:LOOKED_AT]
    for pk, sealed in rows:
        if sealed and alike(open_answers(post.organisation_id, pk, sealed), post.told):
            return [flag(Flag.SAME_PHONE)]
    return []


def _mend(by, row, post: Post) -> Taken:
    """The phone sends an earlier submission anew, changed: what came first stays as it was received."""
    kept = SubmissionAnswers.objects.get(submission=row)
    before = open_answers(row.organisation_id, row.pk, kept.answers)
    row.version += 1
    edit = SubmissionEdit(
        pk=uuid7(), submission=row, number=row.version, instance_id=post.told.instance_id, mark=post.mark,
        by_id=by.account_id, device=post.way["device"],
    )  # fmt: skip
    edit.xml = seal_xml(row.organisation_id, edit.pk, post.xml, EDIT_XML)
    edit.changes = seal_box(row.organisation_id, edit.pk, CHANGES, changes_of(before, post.told.answers))
    edit.save(force_insert=True)
    kept.answers, kept.number = seal_answers(row.organisation_id, row.pk, post.told.answers), row.version
    kept.save(update_fields=["answers", "number"])
    row.state, row.content, row.changed_at = SubmissionState.EDITED, post.content, timezone.now()
    row.flags = [*post.flags, flag(Flag.EDIT_OF)]
    row.changed_by_id = by.account_id
    row.save(update_fields=["state", "content", "changed_at", "flags", "changed_by", "version"])
    _expect(row, judge_of(post.place.version_id, post.place.md5).files(post.told.answers), post)
    _trail(by, "submission.mended", row)
    return Taken(row, News.MENDED)


def changes_of(before: dict, after: dict) -> dict:
    """{path: [before, after]} of what differs between two sets of answers; a repeat whole, a phone's numbers not."""
    paths = {path for path in (*before, *after) if not path.startswith("/meta/")}
    return {path: [before.get(path), after.get(path)] for path in sorted(paths) if before.get(path) != after.get(path)}


# --- Files ---------------------------------------------------------------------------------------------


def _expect(row, names, post: Post) -> None:
    """Notes the files that answers name, those still to come too, and keeps those that came along."""
    if not names and not post.files:
        return
    known = {bytes(mark) for mark in row.files.values_list("name_mark", flat=True)}
    for name in dict.fromkeys(names):
        if (mark := name_mark(row.organisation_id, name)) not in known:
            _file_row(row, name, mark).save(force_insert=True)
    _keep_files(row, post)


def _file_row(row, name, mark, pk=None) -> SubmissionFile:
    pk = pk or uuid7()
    sealed = seal_box(row.organisation_id, pk, FILE_NAME, name)
    return SubmissionFile(pk=pk, submission=row, name=sealed, name_mark=mark)


def _keep_files(row, post: Post) -> None:
    """Puts files that came to their submission. Twice the same is one; another under the same name is kept beside."""
    here = {bytes(file.name_mark): file for file in row.files.all()}
    for came in post.files:
        name, number = came.name, 1
        while True:
            mark = name_mark(row.organisation_id, name)
            there = here.get(mark)
            if there is None or not there.mark or bytes(there.mark) == came.mark:
                break
            number += 1
            stem, dot, ending = came.name.rpartition(".")
            name = f"{stem} ({number}).{ending}" if dot else f"{came.name} ({number})"
        if there is not None and bytes(there.mark) == came.mark:
            came.drop()
            continue
        if number > 1 and flag(Flag.FILES_DIFFER) not in row.flags:
            row.flags = [*row.flags, flag(Flag.FILES_DIFFER)]
        if there is not None:
            there.delete()  # it was only awaited: the row that bears the file's own id takes its place
        kept = _file_row(row, name, mark, came.file_id)
        kept.mark, kept.media_type, kept.size = came.mark, came.media_type, came.size
        kept.received_at = timezone.now()
        kept.save(force_insert=True)
        here[mark] = kept
    row.complete = all(file.mark for file in here.values()) and (post.whole or row.complete)
    row.save(update_fields=["complete", "flags"])


def _trail(by, event, row, **detail) -> None:
    write_trail(
        by=by, event=event, subject=("surveys.Submission", row.pk), organisation_id=row.organisation_id, detail=detail
    )
