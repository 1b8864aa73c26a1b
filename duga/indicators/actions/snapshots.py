"""Taking a snapshot: the ledger's facts, without names, frozen into Parquet under their fingerprint."""

from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from duga.casework.queries import facts
from duga.evidence import snapshot as frozen
from duga.indicators.models import Snapshot
from duga.indicators.queries.facts import numbered
from duga.indicators.queries.releases import network_grant, require_one_network, snapshot_folder
from duga.members.actions import write_trail
from duga.members.rules import Permission, Viewer
from duga.plain.errors import Refused, gettext_noop

BATCH = 50_000


def take_snapshot(*, by: Viewer, out: Path | None = None, progress=None) -> Snapshot:
    """Freezes every organisation's facts, sealed programmes left out, into `out` (default: DUGA_DATA/snapshots).

    The same facts again give the snapshot that is there already. Imports the engines: never called by the server.
    `progress(rows)` is told how many facts were read so far.
    """
    require_one_network()
    if not network_grant(by, Permission.COUNT):
        raise Refused(
            gettext_noop(
                "A snapshot holds the facts of all organisations: the secretariat or a national coordinator takes it."
            )
        )
    manifest = frozen.freeze(_batches(facts(), progress), Path(out) if out else snapshot_folder())
    return _keep(by, manifest)


def _batches(rows, progress):
    read, rows = 0, numbered(rows)
    while batch := list(islice(rows, BATCH)):
        read += len(batch)
        if progress:
            progress(read)
        yield batch


@transaction.atomic
def _keep(by: Viewer, manifest) -> Snapshot:
    path = manifest.path.resolve()
    if path.is_relative_to(settings.DATA):
        path = path.relative_to(settings.DATA)
    months = manifest.periods
    known, new = Snapshot.objects.get_or_create(
        fingerprint=manifest.fingerprint,
        defaults={
            "schema_version": manifest.schema_version,
            "rows": manifest.rows,
            "first_month": months[0] if months else "",
            "last_month": months[-1] if months else "",
            "path": str(path),
            "taken_at": timezone.now(),
            "taken_by": by.label,
        },
    )
    if not new:
        known.path, known.taken_at = str(path), timezone.now()
        known.save(update_fields=["path", "taken_at"])
    write_trail(
        by=by, event="indicators.snapshot_taken", subject=("indicators.Snapshot", known.pk),
        detail={"fingerprint": manifest.fingerprint, "rows": manifest.rows},
    )  # fmt: skip
    return known
