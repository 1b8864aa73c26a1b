"""Taking a snapshot: the ledger's facts, without names, frozen into Parquet under their fingerprint."""

import os
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from duga.casework.queries.work import work_tables
from duga.directory.queries.supply import supply_tables
from duga.evidence import snapshot as frozen
from duga.evidence import supply as frozen_supply
from duga.evidence import work as frozen_work
from duga.indicators.models import Snapshot
from duga.indicators.queries.ledger import FILE, Reading, read_ledger
from duga.indicators.queries.releases import counting_network_id, network_grant, require_one_network, snapshot_folder
from duga.members.actions import write_trail
from duga.members.queries import require
from duga.members.rules import Permission, Viewer
from duga.places.queries import POPULATION_HEAD, population_csv
from duga.plain.errors import NotFound, Refused, gettext_noop
from duga.plain.files import write_whole

BATCH = 50_000


def take_snapshot(*, by: Viewer, out: Path | None = None, anew: bool = False, progress=None) -> Snapshot:
    """Freezes every organisation's facts, sealed programmes left out, into `out` (default: DUGA_DATA/snapshots).

    Months in which nothing was written since the snapshot before are taken over from it, unless `anew`; the result is
    the same. The same facts again give the snapshot that is there already. Imports the engines: never called by the
    server. `progress(rows)` is told how many facts were read so far. The snapshot's `reused` names the months taken
    over, `read` those that were read; its `supply` is what was frozen of the directory beside (None: nothing listed).
    """
    require_one_network()
    if not network_grant(by, Permission.COUNT):
        raise Refused(
            gettext_noop(
                "A snapshot holds the facts of all organisations: the secretariat or a national coordinator takes it."
            )
        )
    folder = Path(out) if out else snapshot_folder()
    before = None if anew else _newest(folder)
    reading = read_ledger(before and before.path, before.manifest.months if before else ())
    manifest = _freeze(reading, folder, before, progress)
    if manifest is None:  # what lies there is not whole: nothing of it is trusted
        reading = read_ledger(None)
        manifest = _freeze(reading, folder, None, progress)
    if not out:  # a folder named with `out` may be handed on: how many people there are in all stays here
        moment = os.stat(manifest.path / "manifest.json")
        write_whole(manifest.path / FILE, reading.told().encode())
        os.utime(manifest.path / "manifest.json", ns=(moment.st_atime_ns, moment.st_mtime_ns))
    _put_population(folder)
    supply = _freeze_supply(manifest)
    _freeze_work(manifest)
    kept = _keep(by, manifest, supply)
    kept.supply = supply
    kept.reused, kept.read = manifest.reused, tuple(sorted(manifest.months.keys() - set(manifest.reused)))
    return kept


def put_population_beside(*, by: Viewer) -> None:
    """Puts the populations that rates divide by beside snapshots, where `duga count` looks for them.

    Every snapshot does; this is for a table of population that was loaded since. A file that somebody else put there
    stays.
    """
    require(by, Permission.MANAGE_PLACES)
    _put_population(snapshot_folder())


def _put_population(folder: Path) -> None:
    path, told = folder / "population.csv", population_csv()
    ours = not path.exists() or path.read_bytes().startswith(POPULATION_HEAD.encode())
    if told and ours:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, told.encode())


def _newest(folder: Path):
    """The snapshot taken last into a folder, if there is one whose months can be taken over."""
    try:
        found = frozen.open_snapshot(folder)
    except (NotFound, Refused):
        return None
    return found if found.manifest.layout >= frozen.LAYOUT else None


def _freeze(reading: Reading, folder: Path, before, progress):
    """The manifest; None where months to be taken over are not whole."""
    try:
        return frozen.freeze(_batches(reading.facts(), progress), folder, previous=before, unchanged=reading.unchanged)
    except frozen.NotWhole:
        return None


def _batches(rows, progress):
    read = 0
    while batch := list(islice(rows, BATCH)):
        read += len(batch)
        if progress:
            progress(read)
        yield batch


def _freeze_supply(manifest) -> frozen_supply.Supply | None:
    """What the directory offers today, beside the facts."""
    today = timezone.localdate()
    tables = supply_tables(today)
    return frozen_supply.freeze(tables, manifest.path, as_of=today) if tables else None


def _freeze_work(manifest) -> None:
    """Referrals, requests, cases and feedback of all, beside the facts, where there are any."""
    today = timezone.localdate()
    tables = {name: list(rows) for name, rows in work_tables(today).items()}
    if any(tables.values()):
        frozen_work.freeze(tables, manifest.path, as_of=today)


@transaction.atomic
def _keep(by: Viewer, manifest, supply) -> Snapshot:
    path = manifest.path.resolve()
    if path.is_relative_to(settings.DATA):
        path = path.relative_to(settings.DATA)
    months = manifest.periods
    known, new = Snapshot.objects.get_or_create(
        fingerprint=manifest.fingerprint,
        defaults={
            "owner_id": counting_network_id(),
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
        detail={"fingerprint": manifest.fingerprint, "rows": manifest.rows, "months_taken_over": len(manifest.reused)}
        | ({"supply": supply.fingerprint} if supply else {}),
    )  # fmt: skip
    return known
