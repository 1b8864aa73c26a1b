"""The three doors of import: look at a file, bring it in, take it out again; and rows that are no file."""

import hashlib
import json

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext

from duga.casework.actions._help import _organisation, _programme
from duga.casework.actions.imports.outcome import ImportOutcome, Preview
from duga.casework.actions.imports.reading import (
    OURS,
    Job,
    _choose_table,
    _map_columns,
    _read_rows,
)
from duga.casework.actions.imports.understood import _said_words, _sample, _understood, _unknown_words
from duga.casework.actions.imports.writing import _batch_of, _bring_in, _plan
from duga.casework.models import Assistance, Correction, ImportBatch
from duga.casework.queries import door, visible
from duga.casework.rules import FIELDS, State, missing_fields, split_constants
from duga.members.actions import write_trail
from duga.members.rules import Permission
from duga.plain.errors import Refused, gettext_noop
from duga.plain.tables import SheetTable, SourceRow, write_rejects

REFUSE, SET_ASIDE = "refuse", "set-aside"

_CHOICE = gettext_noop("Bad rows are either refused or set aside.")
_ROW = gettext_noop("Row")
_REASON = gettext_noop("Reason")
_UNDONE = gettext_noop("This import was taken back already.")
_WHY = gettext_noop("Say why, in a few words and without names.")


def preview_import(
    *, by, organisation_id, name, data: bytes, mapping=None, sheet=None, defaults=None, first=5
) -> Preview:  # fmt: skip
    """Reads a file and guesses what its columns mean; writes nothing. `mapping` as in `import_assistance`."""
    organisation = _organisation(by, organisation_id, Permission.IMPORT_RECORDS)
    sheet = sheet or (mapping or {}).get("sheet")
    table, tables, notes = _choose_table(data, name, sheet)
    columns, constants, values, guess, remembered = _map_columns(table, organisation, mapping, defaults)
    return Preview(
        sheets=[each.name for each in tables], sheet=table.name, columns=table.columns, mapping=columns,
        confidence=guess.confidence if guess else {}, constants=constants, rows=len(table.rows),
        first_rows=table.rows[:first], missing=missing_fields({*columns, *constants}), remembered=remembered,
        unknown=_unknown_words(table, columns, values), values=values, said=_said_words(table, columns, values),
        notes=notes,
    )  # fmt: skip


def import_assistance(
    *, by, organisation_id, name, data: bytes, mapping=None, sheet=None, defaults=None, programme_id=None,
    bad_rows=REFUSE, dry_run=False, progress=None,
) -> ImportOutcome:  # fmt: skip
    """Brings a spreadsheet of assistance into an organisation's ledger: every row checked, all or nothing, never twice.

    `mapping` is {field: column name or index}; "=parcel" is one value for all rows; None leaves a field out; "sheet"
    is a sheet's name; "values" may hold {field: {word: code}}, where the code "-" means: pay no attention to this word,
    as if the cell were empty.
    What is not said is remembered from the last file of this shape, or guessed; a word of a code column that nobody
    knows makes its row bad. With `bad_rows` "refuse" one bad row keeps the whole file out; with "set-aside" the good
    ones come in and the bad ones come back in `rejects`, which may be mended and brought in like the file itself.
    `progress(done, total, stage)` is called with the stages read, check, match, people, write. The same file again, or
    rows of an overlapping one, are `already` there. Raises Unreadable for a file that is no table, Refused when the
    mapping lacks something or the disk is full: nothing was imported.
    """
    if bad_rows not in (REFUSE, SET_ASIDE):
        raise Refused(_CHOICE)
    organisation = _organisation(by, organisation_id, Permission.IMPORT_RECORDS)
    programme = _programme(by, organisation.pk, programme_id)
    if progress is not None:
        progress(0, 1, "read")
    table, _, notes = _choose_table(data, name, sheet or (mapping or {}).get("sheet"))
    columns, constants, values, _, _ = _map_columns(table, organisation, mapping, defaults)
    digest = hashlib.sha256(data + b"\0" + table.name.encode()).hexdigest()
    job = Job(
        by, organisation, programme, name, table, digest, columns, constants, values, remember=True, notes=notes,
        progress=progress,
    )  # fmt: skip
    return _run(job, bad_rows, dry_run)


def import_rows(
    *, by, organisation_id, rows: list[dict], source, programme_id=None, bad_rows=REFUSE, progress=None
) -> ImportOutcome:
    """The same for rows that are no file: dicts with the field names of rules.FIELDS as keys (date, full_name, unit…).

    Values may be texts as in a spreadsheet, dates, numbers or codes. `source` names where they come from; the same rows
    from the same source again are `already` there.
    """
    organisation = _organisation(by, organisation_id, Permission.IMPORT_RECORDS)
    programme = _programme(by, organisation.pk, programme_id)
    split_constants(dict.fromkeys((key for row in rows for key in row), "x"))  # refuses an unknown field
    names = [spec.name for spec in FIELDS if any(spec.name in row for row in rows)]
    table = SheetTable(
        source, names, [SourceRow(at, [row.get(name) for name in names]) for at, row in enumerate(rows, start=1)]
    )
    digest = hashlib.sha256(json.dumps([source, rows], default=str, sort_keys=True).encode()).hexdigest()
    columns = {name: at for at, name in enumerate(names)}
    job = Job(by, organisation, programme, source, table, digest, columns, {}, {}, progress=progress)
    return _run(job, bad_rows, False)


def _run(job: Job, bad_rows, dry_run) -> ImportOutcome:
    outcome = ImportOutcome(read=len(job.table.rows), notes=job.notes)
    known = _batch_of(job)
    if known is not None and not known.rejected:  # the very same file, and all of it is in
        outcome.already, outcome.batch_id = outcome.read, known.pk
        return outcome
    _read_rows(job)
    outcome.errors = [fault for number in sorted(job.bad) for fault in job.bad[number]]
    outcome.rejected = len(job.bad)
    outcome.words, outcome.sample = _understood(job), _sample(job.rows)
    refused = job.bad and bad_rows == REFUSE
    if refused and known is None:
        return outcome
    plan = _plan(job) if dry_run or refused else _bring_in(job)
    if refused and plan.rows:  # known but for rows that are good by now: they wait for the bad ones, as asked
        return outcome
    outcome.imported, outcome.already = len(plan.rows), plan.already
    outcome.people_new, outcome.people_known = len(plan.people.new), len(plan.people.known)
    outcome.doubts = plan.people.doubts
    outcome.batch_id = job.batch.pk if job.batch else plan.batch and plan.batch.pk
    if job.bad:
        outcome.rejects = _rejects(job)
    return outcome


def _rejects(job: Job) -> bytes:
    """The bad rows as they came, with their number and all reasons in the reader's language."""

    def reason(number):
        faults = job.bad[number]
        return "; ".join(f"{fault.column}: {_translated(fault)}" for fault in faults)

    bad = ((row, reason(row.number)) for row in job.table.rows if row.number in job.bad)
    row_label, reason_label = (f"{gettext(label)} {OURS}" for label in (_ROW, _REASON))
    return write_rejects(job.table, bad, row_label=row_label, reason_label=reason_label)


def _translated(fault) -> str:
    params = {
        name: gettext(value) if isinstance(value, str) and value else value for name, value in fault.params.items()
    }
    return gettext(fault.message) % params if params else gettext(fault.message)


@transaction.atomic
def undo_import(*, by, batch_id, reason) -> int:
    """Takes a whole import out again: its entries are withdrawn and its file may come in anew. Returns how many.

    The people it brought stay in the register: others may have worked with them meanwhile. What was moved under a seal
    since is taken out by those named for it only.
    """
    if not str(reason).strip():
        raise Refused(_WHY)
    rows = ImportBatch.objects.select_for_update(of=("self",))
    batch = door(by, rows, batch_id, Permission.IMPORT_RECORDS)
    if batch.undone_at:
        raise Refused(_UNDONE)
    theirs = Assistance.objects.filter(visible(by), batch=batch)
    entries = theirs.filter(state=State.RECORDED)
    now, gone = timezone.now(), list(entries.values_list("pk", "version"))
    Correction.objects.bulk_create(
        Correction(
            assistance_id=pk, by_id=by.account_id, version=version + 1, reason=str(reason).strip()[:300],
            changes={"state": [State.RECORDED, State.WITHDRAWN]},
        )
        for pk, version in gone
    )  # fmt: skip
    entries.update(
        state=State.WITHDRAWN,
        version=F("version") + 1,
        reason=str(reason).strip()[:300],
        changed_at=now,
        changed_by_id=by.account_id,
    )
    theirs.update(mark=None)
    batch.undone_at = now
    batch.save(update_fields=["undone_at"])
    write_trail(
        by=by, event="import.undone", subject=("casework.ImportBatch", batch.pk),
        organisation_id=batch.organisation_id, detail={"withdrawn": len(gone)},
    )  # fmt: skip
    return len(gone)
