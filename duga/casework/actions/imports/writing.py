"""Rows into the ledger: all or nothing, in one transaction, keys first, never the same delivery twice."""

import sqlite3
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import DatabaseError, connection, transaction

from duga.casework.actions._help import IDENTITY, _marked, _new_codes, _scope, _seal_note, _tokens
from duga.casework.actions.imports.bulk import _insert
from duga.casework.actions.imports.people import Others, People, _chunks, _match_others, _match_people
from duga.casework.actions.imports.reading import Job, _memory
from duga.casework.models import Assistance, Household, ImportBatch, Institution, Person, PersonToken
from duga.casework.queries import seal_title
from duga.casework.rules import InstitutionKind, Recipient, token_words
from duga.members.actions import remember_mapping, write_trail
from duga.plain.errors import Conflict, Refused, gettext_noop
from duga.plain.ids import uuid7
from duga.plain.text import fold
from duga.vault import sealing

PART = 2_000  #: rows written, and told of, at a time
ATTEMPTS = 4

_FULL = gettext_noop(
    "The disk of this installation is full, so nothing was imported. Ask whoever runs it to make room, then send the "
    "same file again."
)
_BUSY = gettext_noop("Others are importing into this organisation at the same time. Nothing was imported: try again.")


class _Stale(Exception):
    """While rows were matched, someone else wrote what they depend on: match again."""


@dataclass
class Plan:
    """What is to be written: rows with their marks, the people and others they need, what is known already."""

    batch: ImportBatch | None
    rows: list
    marks: dict
    people: People
    others: Others
    already: int
    last_token: int

    @property
    def nothing(self) -> bool:
        """Whether no row is new."""
        return not self.rows


def _plan(job: Job) -> Plan:
    """Reads only: whose the rows are, and which of them came in before."""
    last = PersonToken.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    batch = _batch_of(job)
    rows = job.rows if batch is None else [row for row in job.rows if row.number in set(batch.rejected)]
    people = _match_people(job.organisation, job.programme, rows)
    others = _match_others(job.organisation, rows, people)
    marks = _marks(job, rows, people, others)
    known = _known_rows(job, rows, people, others, marks)
    fresh = [row for row in rows if row.number not in known]
    return Plan(batch, fresh, marks, people, others, len(job.rows) - len(fresh), last)


def _batch_of(job: Job) -> ImportBatch | None:
    return ImportBatch.objects.filter(organisation=job.organisation, sha256=job.digest, undone_at=None).first()


def _known_marks(job: Job, marks) -> set[bytes]:
    known = set()
    for part in _chunks(sorted(marks)):
        rows = Assistance.objects.filter(organisation=job.organisation, mark__in=part)
        known |= {bytes(mark) for mark in rows.values_list("mark", flat=True)}
    return known


def _marks(job: Job, rows, people: People, others: Others) -> dict[int, bytes]:
    """{row number: mark}. A mark is a keyed hash of recipient, service, unit, day and quantity, and of how many rows
    of this file said the same before: two honest equal rows stay two, the same row in an overlapping file is one."""
    seen, texts = Counter(), []
    for row in rows:
        text = _told(row, people, others)
        seen[text] += 1
        texts.append(f"row:{text}|{seen[text]}")
    return dict(zip((row.number for row in rows), _marked(job.organisation.pk, texts), strict=True))


def _told(row, people: People, others: Others) -> str:
    """What a row says was given to whom: the text of its mark, before equal rows are numbered."""
    told = (
        row.recipient, *_whom(row, people, others), row.service_type, row.unit, row.date.isoformat(),
        f"{row.quantity.normalize():f}",
    )  # fmt: skip
    return "|".join(map(str, told))


def _known_rows(job: Job, rows, people: People, others: Others, marks) -> set[int]:
    """Numbers of the rows that came in before. Of a person two records were made one for, as many equal rows are known
    as came in under either of them."""
    new = {person.id for person in people.new}
    asked = {marks[row.number] for row in rows if people.of_row.get(row.number) not in new}
    older = _older_marks(job, rows, people, others)
    known = _known_marks(job, asked.union(*older.values()))
    found, equal = {row.number for row in rows if marks[row.number] in known}, {}
    for row in rows:
        if row.number in older:
            equal.setdefault(_told(row, people, others), []).append(row.number)
    for numbers in equal.values():
        under_any = sum(len(known & {marks[number], *older[number]}) for number in numbers)
        found |= set(numbers[:under_any])
    return found


def _older_marks(job: Job, rows, people: People, others: Others) -> dict[int, set[bytes]]:
    """{row number: marks} a row would bear under each record that was made one with its person's, and her homes."""
    into, homes = {}, {}
    for part in _chunks(sorted(set(people.of_row.values()))):
        merged = Person.objects.filter(organisation=job.organisation, merged_into_id__in=part)
        for pk, kept in merged.values_list("pk", "merged_into_id"):
            into.setdefault(kept, []).append(pk)
    if not into:
        return {}
    for pk, head in Household.objects.filter(head_id__in=into).values_list("pk", "head_id"):
        homes.setdefault(head, []).append(pk)
    rows, found = [row for row in rows if people.of_row.get(row.number) in into], {}
    for number in range(max(len(each) for each in (*into.values(), *homes.values()))):
        ids = {kept: each[min(number, len(each) - 1)] for kept, each in into.items()}
        home = {ids[head]: each[min(number, len(each) - 1)] for head, each in homes.items()}
        before = People(of_row={row.number: ids[people.of_row[row.number]] for row in rows})
        under = Others(households={pk: home.get(pk) for pk in ids.values()})
        for row_number, mark in _marks(job, rows, before, under).items():
            found.setdefault(row_number, set()).add(mark)
    return found


def _whom(row, people, others) -> tuple:
    if row.recipient == Recipient.PERSON:
        return (people.of_row[row.number],)
    if row.recipient == Recipient.HOUSEHOLD:
        return (others.households[people.of_row[row.number]],)
    if row.recipient == Recipient.INSTITUTION:
        return (fold(row.institution),)
    return row.size, row.area_id, fold(row.place), row.target_group


def _bring_in(job: Job) -> Plan:
    """Plans and writes; plans anew when someone else wrote meanwhile. Nothing stays behind of what fails."""
    for _ in range(ATTEMPTS):
        job.tell(0, 1, "match")
        plan = _plan(job)
        job.tell(1, 1, "match")
        if plan.nothing and plan.batch is not None and set(plan.batch.rejected) <= set(job.bad):
            return plan
        try:
            with _full_disk(), transaction.atomic():
                _queue(job.organisation)
                _check_fresh(job, plan)
                _write(job, plan)
            return plan
        except _Stale:
            continue
    raise Conflict(_BUSY)


def _queue(organisation) -> None:
    """One import at a time in an organisation; on SQLite every writer queues anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [organisation.pk.int & (2**63 - 1)])


def _check_fresh(job: Job, plan: Plan) -> None:
    batch = _batch_of(job)
    if (batch and (batch.pk, batch.rejected)) != (plan.batch and (plan.batch.pk, plan.batch.rejected)):
        raise _Stale
    if _known_marks(job, [plan.marks[row.number] for row in plan.rows]):
        raise _Stale
    since = PersonToken.objects.filter(pk__gt=plan.last_token)
    if since.exists():
        for part in _chunks(plan.people.watched):
            if since.filter(token__in=part, person__organisation=job.organisation).exists():
                raise _Stale


@contextmanager
def _full_disk():
    """A full disk is one plain sentence; the transaction has taken everything back."""
    try:
        yield
    except (DatabaseError, sqlite3.OperationalError, OSError) as error:
        text = str(error).lower()
        if "full" in text or "no space left" in text or getattr(error, "errno", None) == 28:
            raise Refused(_FULL) from error
        raise


def _write(job: Job, plan: Plan) -> None:
    """Everything the plan says, inside the transaction; the keys of new people first."""
    batch = plan.batch or ImportBatch(
        organisation=job.organisation, programme=job.programme, sha256=job.digest, by_id=job.by.account_id,
        mapping=_memory(job),
    )  # fmt: skip
    batch.title = batch.title or seal_title(batch, job.name)
    batch.read = len(job.rows) + len(job.bad)
    batch.imported += len(plan.rows)
    batch.already = batch.read - batch.imported - len(job.bad)
    batch.rejected = sorted(job.bad)
    batch.save()
    job.batch = batch
    _write_people(job, plan)
    _write_others(job, plan)
    _write_rows(job, plan, batch)
    if job.remember:
        remember_mapping(
            by=job.by, organisation=job.organisation, purpose="assistance", signature=job.table.signature,
            mapping=_memory(job),
        )  # fmt: skip
    write_trail(
        by=job.by, event="assistance.imported", subject=("casework.ImportBatch", batch.pk),
        organisation_id=job.organisation.pk,
        detail={
            "read": batch.read, "imported": len(plan.rows), "already": plan.already, "rejected": len(job.bad),
            "people_new": len(plan.people.new), "people_opened": len(plan.people.known), "sha256": job.digest[:16],
        },
    )  # fmt: skip


def _write_people(job: Job, plan: Plan) -> None:
    new = plan.people.new
    if not new:
        return
    store, total = sealing.store(), len(new)
    store.add_people(job.organisation.pk, [person.id for person in new])
    codes = _new_codes(Person, job.organisation.pk, total)
    programme = job.programme if job.programme is not None and job.programme.sealed else None
    fixed = {"organisation_id": job.organisation.pk, "programme_id": programme and programme.pk}
    done = 0
    for part in _chunks(new, PART):
        keys = store.person_keys([person.id for person in part])
        _insert(
            Person, fixed, ["id", "code", "sex", "birth_year", "area_id", "identity"],
            (
                (
                    person.id, codes.pop(), person.row.sex, person.row.birth_year, person.row.area_id,
                    sealing.seal(owner=person.id, field=IDENTITY, value=person.row.identity, key=keys[person.id]),
                )
                for person in part
            ),
        )  # fmt: skip
        _write_tokens(job, programme, part)
        done += len(part)
        job.tell(done, total, "people")


def _write_tokens(job: Job, programme, people) -> None:
    words = {person.id: sorted(token_words(person.terms) | person.surely) for person in people}
    flat = sorted({word for each in words.values() for word in each})
    tokens = dict(zip(flat, _tokens(job.organisation.pk, _scope(programme), flat), strict=True))
    rows = ((person_id, tokens[word]) for person_id, each in words.items() for word in each)
    _insert(PersonToken, {}, ["person_id", "token"], rows)


def _write_others(job: Job, plan: Plan) -> None:
    programme = job.programme if job.programme is not None and job.programme.sealed else None
    households = plan.others.new_households
    codes = _new_codes(Household, job.organisation.pk, len(households))
    Household.objects.bulk_create(
        Household(
            pk=pk, organisation=job.organisation, programme=programme, code=codes.pop(), head_id=head, size=row.size,
            area_id=row.area_id,
        )
        for head, (pk, row) in households.items()
    )  # fmt: skip
    Institution.objects.bulk_create(
        Institution(
            pk=pk, organisation=job.organisation, name=row.institution, folded=folded, kind=InstitutionKind.OTHER,
            area_id=row.area_id,
        )
        for folded, (pk, row) in plan.others.new_institutions.items()
    )  # fmt: skip


_COLUMNS = [
    "id", "recipient", "programme_id", "person_id", "household_id", "institution_id", "size", "size_qualifier",
    "service_type", "unit", "quantity", "qualifier", "date", "area_id", "place", "channel", "target_group", "age_band",
    "worker", "row", "mark", "note",
]  # fmt: skip


def _write_rows(job: Job, plan: Plan, batch: ImportBatch) -> None:
    done, total = 0, len(plan.rows)
    fixed = {
        "organisation_id": job.organisation.pk, "recorded_by_id": job.by.account_id, "batch_id": batch.pk,
        "basis": job.programme.basis if job.programme else "",
    }  # fmt: skip
    for part in _chunks(plan.rows, PART):
        _insert(Assistance, fixed, _COLUMNS, [_entry(job, plan, row) for row in part])
        done += len(part)
        job.tell(done, total, "write")


def _entry(job: Job, plan: Plan, row) -> tuple:
    """One row as the ledger keeps it, in the order of _COLUMNS."""
    who, kind, pk = plan.people.of_row.get(row.number), row.recipient.value, uuid7()
    programme_id = job.programme.pk if job.programme else None
    if not (job.programme and job.programme.sealed):
        programme_id = row.programme_id or programme_id
    note = b""
    if row.note:
        note = _seal_note(Assistance(pk=pk, organisation_id=job.organisation.pk), row.note, about=who)
    return (
        pk, kind, programme_id, who if kind == Recipient.PERSON else None,
        plan.others.households[who] if kind == Recipient.HOUSEHOLD else None,
        plan.others.institutions[fold(row.institution)] if kind == Recipient.INSTITUTION else None,
        row.size if kind in (Recipient.HOUSEHOLD, Recipient.TALLY) else None, row.size_qualifier, row.service_type,
        row.unit, row.quantity, row.qualifier, row.date, row.area_id, row.place, row.channel, row.target_group,
        row.age_band, row.worker, row.number, plan.marks[row.number], note,
    )  # fmt: skip
