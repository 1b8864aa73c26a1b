"""Files on their way in, and those that came in."""

import hashlib
import hmac
import json
from pathlib import Path

from django.conf import settings

from duga.casework.models import Assistance, ImportBatch, StagedImport
from duga.casework.queries.programmes import door, visible
from duga.casework.rules import State
from duga.members.queries import NOT_HERE, organisation_by_id, require
from duga.members.rules import Permission, Viewer
from duga.plain.errors import NotFound
from duga.vault import sealing

TITLE = "casework.file.title"


def organisation_box(organisation_id) -> bytes:
    """The key for what belongs to an organisation and to no person: names of its files, scans of signed lists."""
    return hmac.digest(sealing.store().organisation_key(organisation_id), b"casework papers", hashlib.sha256)


def seal_title(row, name: str) -> bytes:
    """The name of a file, sealed for its row; the last part of a path, at most 200 letters."""
    name = str(name).replace("\\", "/").rsplit("/", 1)[-1][:200]
    return sealing.seal(owner=row.pk, field=TITLE, value=name, key=organisation_box(row.organisation_id))


def titled(rows) -> list:
    """Rows with the name of their file as `.name`, for who may import here."""
    rows = list(rows)
    for row in rows:
        box = organisation_box(row.organisation_id)
        row.name = sealing.unseal(owner=row.pk, field=TITLE, data=row.title, key=box) if row.title else ""
    return rows


def staged(viewer: Viewer, staged_id) -> StagedImport:
    """The door to a file on its way in: only for who brought it."""
    found = StagedImport.objects.filter(pk=staged_id, by_id=viewer.account_id).select_related("organisation").first()
    if found is None:
        raise NotFound(NOT_HERE)
    organisation_by_id(viewer, found.organisation_id, Permission.IMPORT_RECORDS)
    return titled([found])[0]


def staged_of(viewer: Viewer, organisation) -> list[StagedImport]:
    """The viewer's own files on their way in, newest first."""
    require(viewer, Permission.IMPORT_RECORDS, of=organisation)
    rows = StagedImport.objects.filter(organisation=organisation, by_id=viewer.account_id)
    return titled(rows.order_by("-pk")[:10])


def imported_files(viewer: Viewer, organisation, limit: int | None = 50) -> list[ImportBatch]:
    """The files that came into an organisation's ledger, newest first."""
    require(viewer, Permission.IMPORT_RECORDS, of=organisation)
    rows = ImportBatch.objects.filter(visible(viewer), organisation=organisation)
    return titled(rows.select_related("by").order_by("-pk")[:limit])


def import_batch(viewer: Viewer, batch_id) -> ImportBatch:
    """One file that came in."""
    rows = ImportBatch.objects.select_related("organisation", "programme")
    return door(viewer, rows, batch_id, Permission.IMPORT_RECORDS)


def counting_entries(viewer: Viewer, batch: ImportBatch) -> tuple[int, int]:
    """(entries, different people) of a file that still count, and would no more once it is taken out."""
    rows = Assistance.objects.filter(visible(viewer), batch=batch, state=State.RECORDED)
    return rows.count(), rows.exclude(person=None).values("person").distinct().count()


def staged_path(staged_id, ending: str = "sealed") -> Path:
    """Where a staged file, its bad rows or its progress lies."""
    return Path(settings.MEDIA_ROOT) / "staged" / f"{staged_id}.{ending}"


def staged_progress(staged_id) -> dict:
    """{"done", "total", "stage"} of a check or an import under way; empty when none is known."""
    try:
        return json.loads(staged_path(staged_id, "progress").read_text())
    except (OSError, ValueError):
        return {}
