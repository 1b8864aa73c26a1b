"""The read log: who opened whose data, and which of it deserves a look. Case codes, never names of those helped."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from duga.casework.models import Assistance, BreakGlass, CaseWorker, Person, ReadQuestion, ReadReview
from duga.casework.queries.programmes import visible
from duga.casework.rules.accountability import NEAR_DAYS, READS, Read, unusual
from duga.members.queries import account_names, events_numbered, events_since, organisation_by_id
from duga.members.rules import Permission, Viewer

MOST = 2_000  #: reads looked at in one go
#: What the trail tells of somebody's work with a person, beside the ledger's entries.
_WORK = ("person.registered", "person.changed", "person.basis_stated")


@dataclass(frozen=True)
class ReadLine:
    """One read as the officer sees it: the rule's `Read`, the reader's name, the case code, why it deserves a look."""

    read: Read
    reader: str
    code: str
    unusual: tuple


@dataclass(frozen=True)
class ReadLog:
    """Reads since the last review, oldest first.

    `more` tells that there are still more after these; `asked` are the numbers somebody was asked about.
    """

    lines: list[ReadLine]
    since: ReadReview | None
    more: bool
    asked: frozenset[int]


def reads(viewer: Viewer, organisation) -> ReadLog:
    """What was read since the log was last reviewed, at most 2,000 reads; for who protects the organisation's data."""
    organisation_by_id(viewer, organisation.pk, Permission.PROTECT_DATA)
    last = ReadReview.objects.filter(organisation=organisation).first()
    after = last.up_to if last else 0
    entries = events_since(organisation.pk, after=after, events=[*READS, *_WORK], most=MOST * 3)
    found = [_read(entry) for entry in entries if entry.event in READS and entry.actor_id]
    more, found = len(found) > MOST, found[:MOST]
    told = unusual(found, _work(found, entries))
    asked = ReadQuestion.objects.filter(organisation=organisation, number__gt=after).values_list("number", flat=True)
    return ReadLog(_lines(viewer, found, told), last, more, frozenset(asked))


def _lines(viewer, found, told) -> list[ReadLine]:
    """Reads with the reader's name, the case code and what was `told` of each ({number: why it deserves a look}).

    No code of a sealed programme for who is not named for it: it is what breaking the glass asks for.
    """
    readers = dict(account_names({read.reader for read in found}))
    people = Person.objects.filter(visible(viewer), pk__in={read.person for read in found} - {None})
    codes = dict(people.values_list("pk", "code"))
    return [
        ReadLine(read, readers.get(read.reader, ""), codes.get(read.person, ""), told.get(read.number, ()))
        for read in found
    ]


def _read(entry) -> Read:
    person = entry.subject_id if entry.subject_label == "casework.Person" else entry.detail.get("person")
    at = timezone.localtime(entry.at)
    return Read(entry.number, at, entry.actor_id, entry.event, uuid.UUID(str(person)) if person else None)


def _work(found, entries) -> dict[tuple, list[dt.date]]:
    """{(reader, person): days on which they are known to have worked together}."""
    days: dict[tuple, list[dt.date]] = {}
    people, readers = {read.person for read in found} - {None}, {read.reader for read in found}
    if not people:
        return days
    since = min(read.at for read in found).date() - dt.timedelta(days=NEAR_DAYS)
    mine = Assistance.objects.filter(Q(recorded_by__in=readers) | Q(delivered_by__in=readers), date__gte=since)
    theirs = Q(person__in=people) | Q(household__head__in=people)
    columns = ("recorded_by_id", "delivered_by_id", "person_id", "household__head_id", "date")
    for recorded, delivered, person, head, day in mine.filter(theirs).values_list(*columns):
        for reader in {recorded, delivered} - {None}:
            days.setdefault((reader, person or head), []).append(day)
    for entry in entries:
        if entry.event in _WORK and entry.actor_id:
            key = (entry.actor_id, uuid.UUID(entry.subject_id))
            days.setdefault(key, []).append(timezone.localtime(entry.at).date())
    teams = CaseWorker.objects.filter(case__person__in=people, account__in=readers)
    for person, reader, joined, until in teams.values_list("case__person_id", "account_id", "created_at", "until"):
        days.setdefault((reader, person), []).extend(
            read.at.date() for read in found
            if read.person == person and read.reader == reader and joined <= read.at and (not until or read.at <= until)
        )  # fmt: skip
    return days


def questions(viewer: Viewer, organisation) -> list[ReadQuestion]:
    """Reads that were asked about and not decided yet, newest first."""
    organisation_by_id(viewer, organisation.pk, Permission.PROTECT_DATA)
    rows = ReadQuestion.objects.filter(organisation=organisation, verdict="")
    return _with_reads(viewer, list(rows.select_related("reader", "by")[:200]))


def _with_reads(viewer, rows) -> list[ReadQuestion]:
    """The same questions, each with the read it is about as `line`."""
    entries = {}
    for organisation_id in {row.organisation_id for row in rows}:
        numbers = [row.number for row in rows if row.organisation_id == organisation_id]
        for number, entry in events_numbered(organisation_id, numbers).items():
            entries[organisation_id, number] = _read(entry)
    lines = {id(line.read): line for line in _lines(viewer, list(entries.values()), {})}
    for row in rows:
        row.line = lines[id(entries[row.organisation_id, row.number])]
    return rows


def questions_to_me(viewer: Viewer) -> list[ReadQuestion]:
    """What one is asked about one's own reads and has not answered."""
    rows = ReadQuestion.objects.filter(reader_id=viewer.account_id, answered_at=None, verdict="")
    return _with_reads(viewer, list(rows.select_related("organisation")))


def glass_to_review(viewer: Viewer, organisation) -> list[BreakGlass]:
    """Every broken glass that nobody has judged yet, newest first."""
    organisation_by_id(viewer, organisation.pk, Permission.PROTECT_DATA)
    rows = BreakGlass.objects.filter(organisation=organisation, verdict="")
    found = list(rows.select_related("by", "person")[:200])
    seen = set(rows.filter(visible(viewer, "person__")).values_list("pk", flat=True))
    for row in found:
        row.shown_code = row.person.code if row.pk in seen else ""
    return found
