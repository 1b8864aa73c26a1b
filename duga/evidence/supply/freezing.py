"""Freezing what a directory says on a day, beside a snapshot's facts as `supply/<16 digits>/` (`evidence.beside`)."""

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path

from duga.evidence import beside as frozen
from duga.evidence.beside import BETWEEN as BETWEEN
from duga.evidence.beside import Frozen as Supply
from duga.evidence.snapshot import Snapshot
from duga.evidence.supply.words import NOT_REGIONS, TABLES, WITHHELD, WORDS, is_about_violence
from duga.plain.errors import Refused, gettext_noop

VERSION = 1
FOLDER = "supply"


def _check(table: str, row: Mapping) -> None:
    """Refuses a service about violence in a region."""
    areas = {row["area"]} if isinstance(row.get("area"), str) else set(row.get("area", ()))
    types = row.get("service_type", ())
    types = [types] if isinstance(types, str) else types
    if (areas - set(NOT_REGIONS) or len(areas) > 1) and (
        WITHHELD in areas or is_about_violence(types, row.get("target_group", ()))
    ):
        raise Refused(gettext_noop("A service about violence is frozen without its region."))


KIND = frozen.Kind(
    format="duga supply",
    folder=FOLDER,
    version=VERSION,
    tables=TABLES,
    words=WORDS,
    missing=gettext_noop(
        "The snapshot %(name)s holds nothing of the directory. Take a new one with `duga snapshot`, after "
        "services were listed."
    ),
    check=_check,
)


def freeze(tables: Mapping[str, Iterable[Mapping]], beside: str | Path, *, as_of: dt.date) -> Supply:
    """Freezes a directory's tables (dicts with the columns of `TABLES`) into a snapshot's folder `beside`."""
    return frozen.freeze(KIND, tables, beside, as_of=as_of)


def open_supply(path: str | Path) -> Supply:
    """What was frozen of a directory in a folder of its own, or last in a snapshot's folder or a folder of those."""
    return frozen.open_frozen(KIND, path)


def of(snapshot: Snapshot | Supply, fingerprint: str = "") -> Supply:
    """What was frozen of the directory beside a snapshot: last, or under a fingerprint."""
    return frozen.of(KIND, snapshot, fingerprint)


def verify(supply: Supply) -> list[str]:
    """Recomputes the fingerprint from the files; gives the tables that differ (none: it is whole)."""
    return frozen.verify(KIND, supply)


def read(supply: Supply, name: str) -> list[dict]:
    """All rows of a table as plain values: the slow way, for checks and slow twins."""
    return frozen.read(KIND, supply, name)
