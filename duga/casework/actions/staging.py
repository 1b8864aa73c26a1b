"""Import on screen: a file is kept sealed, mapped, checked whole, and then brought in, each step when the user says so.

Checking and importing may take longer than a request: they run as tasks. How far they are stands in a small file,
because an import is one transaction and tells nothing before it ends.
"""

import base64
import datetime as dt
import json
import os
import traceback

from django.db import transaction
from django.utils import timezone

from duga.casework import queries
from duga.casework.actions._help import _organisation, _organisation_box
from duga.casework.actions.imports import import_assistance, preview_import
from duga.casework.actions.volunteers.importing import import_volunteers, preview_volunteers
from duga.casework.models import StagedImport
from duga.casework.queries import staged_path
from duga.casework.rules import STAGED_HOURS, StagedKind, StagedState, check_step
from duga.members.rules import Permission
from duga.plain.errors import NotFound, Refused, gettext_noop
from duga.vault import sealing

FILE = "casework.StagedImport.file"
#: How a file of each kind is looked at, and brought in.
READERS = {
    StagedKind.ASSISTANCE: (preview_import, import_assistance),
    StagedKind.VOLUNTEERS: (preview_volunteers, import_volunteers),
}
SHOWN = 200  #: so many faults are shown on screen; all of them stand in the file of bad rows

_LATE = gettext_noop("This file waited too long and was destroyed. Choose it once more.")
_BROKE = gettext_noop("The import stopped half way and nothing came in. Try once more; if it stays, run `duga doctor`.")


class _Broken(Exception):
    """What went wrong while a file was read: which error, and where in the code; nothing that it said."""

    def __init__(self, error):
        *_, last = traceback.extract_tb(error.__traceback__)
        super().__init__(f"{type(error).__name__} at {last.filename}:{last.lineno}")


def _keep(staged, data: bytes, ending="sealed"):
    path = staged_path(staged.pk, ending)
    path.parent.mkdir(parents=True, exist_ok=True)
    box = _organisation_box(staged.organisation_id)
    sealed = sealing.seal(owner=staged.pk, field=f"{FILE}.{ending}", value=base64.b64encode(data).decode(), key=box)
    part = path.with_suffix(".part")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _kept(staged, ending="sealed") -> bytes:
    try:
        sealed = staged_path(staged.pk, ending).read_bytes()
    except FileNotFoundError:
        raise Refused(_LATE) from None
    box = _organisation_box(staged.organisation_id)
    return base64.b64decode(sealing.unseal(owner=staged.pk, field=f"{FILE}.{ending}", data=sealed, key=box))


def _destroy(staged):
    for ending in ("sealed", "rejects", "report", "progress", "part", "telling"):
        staged_path(staged.pk, ending).unlink(missing_ok=True)


def stage_import(*, by, organisation_id, name, data: bytes, kind=StagedKind.ASSISTANCE) -> StagedImport:
    """Takes a file in, sealed, if it is a table at all; Unreadable says what else it is and what to do."""
    organisation = _organisation(by, organisation_id, Permission.IMPORT_RECORDS)
    preview, _bring_in = READERS[StagedKind(kind)]
    preview(by=by, organisation_id=organisation.pk, name=name, data=data)
    staged = StagedImport(organisation=organisation, by_id=by.account_id, kind=StagedKind(kind))
    staged.title = queries.seal_title(staged, name)
    _keep(staged, data)
    staged.save(force_insert=True)
    return staged


def preview_staged(*, by, staged_id, mapping=None):
    """The file's columns, first rows and what they are taken for (see `preview_import`)."""
    staged = queries.staged(by, staged_id)
    mapping = staged.mapping if mapping is None else mapping
    preview, _bring_in = READERS[staged.kind]
    return preview(
        by=by, organisation_id=staged.organisation_id, name=staged.name, data=_kept(staged), mapping=mapping or None
    )


@transaction.atomic
def _step(by, staged_id, after, **changes) -> StagedImport:
    StagedImport.objects.select_for_update().filter(pk=staged_id).first()
    staged = queries.staged(by, staged_id)
    check_step(staged.state, after)
    for name, value in {**changes, "state": after, "changed_at": timezone.now()}.items():
        setattr(staged, name, value)
    staged.save()
    return staged


def check_staged(*, by, staged_id, mapping) -> StagedImport:
    """Begins to check every row under this mapping; nothing comes in yet."""
    staged = queries.staged(by, staged_id)
    preview_staged(by=by, staged_id=staged_id, mapping=mapping)  # a mapping that cannot be is refused at once
    staged = _step(by, staged_id, StagedState.CHECKING, mapping=mapping, outcome={})
    staged_path(staged.pk, "progress").unlink(missing_ok=True)
    return staged


def begin_import(*, by, staged_id, bad_rows) -> StagedImport:
    """Begins to bring a checked file in: whole ("refuse") or without its bad rows ("set-aside")."""
    staged = _step(by, staged_id, StagedState.IMPORTING, bad_rows=bad_rows)
    staged_path(staged.pk, "progress").unlink(missing_ok=True)
    return staged


def run_staged(*, by, staged_id) -> StagedImport:
    """Does what a file on its way in waits for: the check or the import. Called again, it does no harm."""
    staged = queries.staged(by, staged_id)
    if staged.state not in (StagedState.CHECKING, StagedState.IMPORTING):
        return staged
    checking, (_preview, bring_in) = staged.state == StagedState.CHECKING, READERS[staged.kind]
    try:
        outcome = bring_in(
            by=by, organisation_id=staged.organisation_id, name=staged.name, data=_kept(staged),
            mapping=staged.mapping or None, bad_rows="set-aside" if checking else staged.bad_rows, dry_run=checking,
            progress=_teller(staged),
        )  # fmt: skip
    except Refused as error:
        return _failed(by, staged, error)
    except Exception as error:
        _failed(by, staged, Refused(_BROKE))
        raise _Broken(error) from None  # its own words may hold a cell: they would stand in the queue and the log
    _keep(staged, _report(outcome), "report")
    if outcome.rejects:
        _keep(staged, outcome.rejects, "rejects")
    if checking:
        return _step(by, staged_id, StagedState.CHECKED, outcome=_told(outcome))
    staged_path(staged.pk).unlink(missing_ok=True)
    return _step(by, staged_id, StagedState.DONE, outcome=_told(outcome), batch_id=outcome.batch_id)


def _failed(by, staged, error) -> StagedImport:
    params = {key: str(value) for key, value in error.params.items()}
    said = {"errors": [], "more": 0, "notes": [], "failed": {"message": error.message, "params": params}}
    _keep(staged, json.dumps(said).encode(), "report")
    return _step(by, staged.pk, StagedState.FAILED)


def _told(outcome) -> dict:
    """An outcome's counts; what it says of rows may hold cells of the file, and is kept sealed (see `_report`)."""
    names = ("read", "imported", "already", "rejected", "people_new", "people_known")
    return {name: getattr(outcome, name) for name in names} | {"doubts": len(outcome.doubts)}


def _report(outcome) -> bytes:
    def said(each):
        return {"message": each.message, "params": {key: str(value) for key, value in each.params.items()}}

    errors = [said(fault) | {"row": fault.row, "column": fault.column} for fault in outcome.errors[:SHOWN]]
    more = max(0, len(outcome.errors) - SHOWN)
    notes = [said(note) for note in outcome.notes]
    told = {"errors": errors, "more": more, "notes": notes, "words": outcome.words, "sample": outcome.sample}
    return json.dumps(told).encode()


def _teller(staged):
    path = staged_path(staged.pk, "progress")

    def tell(done, total, stage):
        part = path.with_suffix(".telling")
        part.write_text(json.dumps({"done": done, "total": total, "stage": stage}))
        part.replace(path)

    return tell


def open_report(*, by, staged_id) -> dict:
    """What a check or an import said: `errors` (row, column, message, params), how many `more`, `notes`, `failed`;

    `words` and `sample` tell how the file was understood (see `ImportOutcome`).
    """
    staged = queries.staged(by, staged_id)
    if not staged_path(staged.pk, "report").exists():
        return {"errors": [], "more": 0, "notes": []}
    return json.loads(_kept(staged, "report"))


def open_rejects(*, by, staged_id) -> tuple[str, bytes]:
    """The bad rows with their reasons, as a spreadsheet: (file name, bytes)."""
    staged = queries.staged(by, staged_id)
    if not staged_path(staged.pk, "rejects").exists():
        raise NotFound(_LATE)
    return f"{staged.name.rsplit('.', 1)[0]} - bad rows.xlsx", _kept(staged, "rejects")


@transaction.atomic
def discard_staged(*, by, staged_id) -> None:
    """Destroys a file on its way in."""
    staged = queries.staged(by, staged_id)
    _destroy(staged)
    staged.delete()


def discard_old_staged(*, by) -> int:
    """Destroys the files that waited too long; the clock asks for it. Returns how many."""
    if not by.system:
        raise NotFound(_LATE)
    old = StagedImport.objects.filter(created_at__lt=timezone.now() - dt.timedelta(hours=STAGED_HOURS))
    for staged in old:
        _destroy(staged)
    return old.delete()[0]
