"""Files on their way in, and those that came in."""

import json
from pathlib import Path

from django.conf import settings

from duga.casework.models import ImportBatch, StagedImport
from duga.casework.queries.programmes import door, visible
from duga.members.queries import NOT_HERE, organisation_by_id, require
from duga.members.rules import Permission, Viewer
from duga.plain.errors import NotFound


def staged(viewer: Viewer, staged_id) -> StagedImport:
    """The door to a file on its way in: only for who brought it."""
    found = StagedImport.objects.filter(pk=staged_id, by_id=viewer.account_id).select_related("organisation").first()
    if found is None:
        raise NotFound(NOT_HERE)
    organisation_by_id(viewer, found.organisation_id, Permission.IMPORT_RECORDS)
    return found


def staged_of(viewer: Viewer, organisation) -> list[StagedImport]:
    """The viewer's own files on their way in, newest first."""
    require(viewer, Permission.IMPORT_RECORDS, of=organisation)
    return list(StagedImport.objects.filter(organisation=organisation, by_id=viewer.account_id).order_by("-pk")[:10])


def imported_files(viewer: Viewer, organisation, limit: int = 50) -> list[ImportBatch]:
    """The files that came into an organisation's ledger, newest first."""
    require(viewer, Permission.IMPORT_RECORDS, of=organisation)
    rows = ImportBatch.objects.filter(visible(viewer), organisation=organisation)
    return list(rows.select_related("by").order_by("-pk")[:limit])


def import_batch(viewer: Viewer, batch_id) -> ImportBatch:
    """One file that came in."""
    rows = ImportBatch.objects.select_related("organisation", "programme")
    return door(viewer, rows, batch_id, Permission.IMPORT_RECORDS)


def staged_path(staged_id, ending: str = "sealed") -> Path:
    """Where a staged file, its bad rows or its progress lies."""
    return Path(settings.MEDIA_ROOT) / "staged" / f"{staged_id}.{ending}"


def staged_progress(staged_id) -> dict:
    """{"done", "total", "stage"} of a check or an import under way; empty when none is known."""
    try:
        return json.loads(staged_path(staged_id, "progress").read_text())
    except (OSError, ValueError):
        return {}
