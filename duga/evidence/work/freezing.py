"""Freezing the work beside deliveries, beside a snapshot's facts as `work/<16 digits>/` (`evidence.beside`)."""

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path

from duga.evidence import beside as frozen
from duga.evidence.beside import Frozen
from duga.evidence.snapshot import Snapshot
from duga.evidence.work.words import TABLES, WORDS, check_row
from duga.plain.errors import gettext_noop

VERSION = 1
FOLDER = "work"

KIND = frozen.Kind(
    format="duga work",
    folder=FOLDER,
    version=VERSION,
    tables=TABLES,
    words=WORDS,
    missing=gettext_noop(
        "The snapshot %(name)s holds no referrals, requests, cases or feedback. Take a new one with `duga snapshot`."
    ),
    check=check_row,
)


def freeze(tables: Mapping[str, Iterable[Mapping]], beside: str | Path, *, as_of: dt.date) -> Frozen:
    """Freezes tables of work (dicts with the columns of `TABLES`) into a snapshot's folder `beside`."""
    return frozen.freeze(KIND, tables, beside, as_of=as_of)


def open_work(path: str | Path) -> Frozen:
    """What was frozen of the work in a folder of its own, or last in a snapshot's folder or a folder of those."""
    return frozen.open_frozen(KIND, path)


def of(snapshot: Snapshot | Frozen, fingerprint: str = "") -> Frozen:
    """What was frozen of the work beside a snapshot: last, or under a fingerprint."""
    return frozen.of(KIND, snapshot, fingerprint)


def verify(work: Frozen) -> list[str]:
    """Recomputes the fingerprint from the files; gives the tables that differ (none: it is whole)."""
    return frozen.verify(KIND, work)


def read(work: Frozen, name: str) -> list[dict]:
    """All rows of a table as plain values: the slow way, for checks and slow twins."""
    return frozen.read(KIND, work, name)
