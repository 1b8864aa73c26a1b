"""A spreadsheet of volunteers brought in: every row checked, all or nothing, nobody twice."""

from django.db import transaction
from django.utils import timezone

from duga.casework import queries
from duga.casework.actions._help import _new_codes, _organisation
from duga.casework.actions.imports.outcome import ImportOutcome, Preview, RowError
from duga.casework.actions.imports.reading import Job, _areas, _choose_table, _column, _heading
from duga.casework.actions.imports.run import REFUSE, _rejects
from duga.casework.actions.volunteers._door import _identity
from duga.casework.models import Volunteer
from duga.casework.rules import VolunteerState, clean_available
from duga.casework.rules.importing.rows import BadRow
from duga.casework.rules.importing.volunteers import (
    VOLUNTEER_COLUMN_LABELS,
    VOLUNTEER_COLUMNS,
    VolunteerReader,
    VolunteerRow,
    check_volunteer_columns,
    volunteer_mark,
)
from duga.members.actions import remember_mapping, write_trail
from duga.members.queries import remembered_mapping
from duga.members.rules import Permission
from duga.plain.tables import guess_mapping, names_of
from duga.vault import sealing

PURPOSE = "volunteers"


def _allowed(by, organisation_id):
    """Whoever brings volunteers in keeps volunteers and brings in spreadsheets."""
    _organisation(by, organisation_id, Permission.ASSIGN_WORK)
    return _organisation(by, organisation_id, Permission.IMPORT_RECORDS)


def _columns(table, organisation, mapping) -> tuple[dict[str, int], dict[str, float], bool]:
    """({field: index}, {field: confidence}, remembered?) from what was said, else remembered, else guessed."""
    said = {name: value for name, value in (mapping or {}).items() if name != "sheet"}
    if said:
        columns = {name: _column(table, name, value) for name, value in said.items() if value not in (None, "")}
        return columns, {}, False
    memory = remembered_mapping(organisation, PURPOSE, table.signature) or {}
    guess = guess_mapping(table, VOLUNTEER_COLUMNS, memory.get("columns", {}))
    return dict(guess.items()), guess.confidence, bool(memory)


def preview_volunteers(*, by, organisation_id, name, data: bytes, mapping=None, first=5) -> Preview:
    """Reads a file and guesses what its columns mean; writes nothing."""
    organisation = _allowed(by, organisation_id)
    table, tables, notes = _choose_table(data, name, (mapping or {}).get("sheet"))
    columns, confidence, remembered = _columns(table, organisation, mapping)
    missing = (
        [] if {"full_name", "given", "family"} & set(columns) else [("full_name", VOLUNTEER_COLUMN_LABELS["full_name"])]
    )
    return Preview(
        sheets=[each.name for each in tables], sheet=table.name, columns=table.columns, mapping=columns,
        confidence=confidence, constants={}, first_rows=table.rows[:first], rows=len(table.rows), missing=missing,
        remembered=remembered, unknown={}, values={}, said={}, notes=notes,
    )  # fmt: skip


def import_volunteers(
    *, by, organisation_id, name, data: bytes, mapping=None, bad_rows=REFUSE, dry_run=False, progress=None
) -> ImportOutcome:
    """Brings a spreadsheet of volunteers in: name, phone, skills, languages, areas, times.

    `mapping` {field: column name or index}, `bad_rows` and `progress` as in `import_assistance`. Who is here by the
    same name and phone is `already` there. Of minors a parent's written yes must be told; ages are not kept.
    """
    organisation = _allowed(by, organisation_id)
    table, _tables, notes = _choose_table(data, name, (mapping or {}).get("sheet"))
    columns, _confidence, _remembered = _columns(table, organisation, mapping)
    check_volunteer_columns(columns, table.columns)
    job = Job(by, organisation, None, name, table, "", columns, {}, {}, notes=notes, progress=progress)
    outcome = ImportOutcome(read=len(table.rows), notes=notes)
    with transaction.atomic():
        rows = _new_rows(job, outcome)
        refused = bool(job.bad) and bad_rows == REFUSE
        if refused:
            return outcome
        outcome.imported = outcome.people_new = len(rows)
        if not dry_run:
            _write(job, rows, outcome)
    if job.bad:
        outcome.rejects = _rejects(job)
    return outcome


def _new_rows(job, outcome) -> list[VolunteerRow]:
    """The good rows of volunteers who are not here yet; bad ones and those known are put into job and outcome."""
    reader = VolunteerReader(job.columns, today=timezone.localdate(), find_area=_areas(job.organisation.country))
    known = Volunteer.objects.filter(organisation=job.organisation, forgotten_at=None)
    marks = {volunteer_mark(_identity(row)) for row in known.exclude(state=VolunteerState.ENDED)}
    rows, total = [], len(job.table.rows)
    for at, source in enumerate(job.table.rows):
        try:
            row = reader.read(source.number, source.cells)
        except BadRow as bad:
            job.bad[source.number] = [
                RowError(source.number, _heading(job, field), message, params) for field, message, params in bad.faults
            ]
            continue
        finally:
            if at % 500 == 0:
                job.tell(at, total, "check")
        if row.mark in marks:
            outcome.already += 1
        else:
            marks.add(row.mark)
            rows.append(row)
    job.tell(total, total, "check")
    outcome.errors = [fault for number in sorted(job.bad) for fault in job.bad[number]]
    outcome.rejected = len(job.bad)
    return rows


def _write(job, rows, outcome) -> None:
    organisation, today = job.organisation, timezone.localdate()
    codes = iter(_new_codes(Volunteer, organisation.pk, len(rows)))
    box, made = queries.organisation_box(organisation.pk), []
    for row in rows:
        told = dict(row.details)
        volunteer = Volunteer(
            organisation=organisation, code=next(codes), since=row.since or today, skills=sorted(set(told["skills"])),
            languages=sorted(set(told["languages"])), areas=sorted({str(pk) for pk in told["area_ids"]}),
            available=clean_available(told["available"]), drives=told["drives"], insured_until=told["insured_until"],
        )  # fmt: skip
        volunteer.identity = sealing.seal(
            owner=volunteer.pk, field=queries.VOLUNTEER_IDENTITY, value=row.identity, key=box
        )
        made.append(volunteer)
    Volunteer.objects.bulk_create(made, batch_size=500)
    remember_mapping(
        by=job.by, organisation=organisation, purpose=PURPOSE, signature=job.table.signature,
        mapping={"columns": names_of(job.table, job.columns)},
    )  # fmt: skip
    write_trail(
        by=job.by, event="volunteers.imported", subject=("members.Organisation", organisation.pk),
        organisation_id=organisation.pk,
        detail={"imported": len(made), "already": outcome.already, "rejected": outcome.rejected},
    )  # fmt: skip
    job.tell(len(made), len(made), "write")
