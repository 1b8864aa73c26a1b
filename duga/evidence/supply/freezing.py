"""Freezing what a directory says on a day, under the fingerprint of its content, beside a snapshot's facts.

It lies in the snapshot's folder as `supply/<first 16 digits>/`: a manifest and one Parquet file a table. The facts
about people and their fingerprint do not change with it, so a snapshot may hold several, of several days.
"""

import datetime as dt
import hashlib
import json
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from duga.evidence.model import Period
from duga.evidence.snapshot import Snapshot, _workplace, open_snapshot
from duga.evidence.staging import WORD
from duga.evidence.supply.words import NOT_REGIONS, TABLES, WITHHELD, WORDS, is_about_violence
from duga.plain.errors import NotFound, Refused, gettext_noop

FORMAT = "duga supply"
VERSION = 1
FOLDER = "supply"
SEPARATOR, BETWEEN = "\x1f", "|"

_WORD = re.compile(WORD)


@dataclass(frozen=True)
class Supply:
    """What a directory said on a day, opened. `words` {table: {dimension: words}} are those that occur."""

    path: Path
    fingerprint: str
    as_of: dt.date
    tables: Mapping[str, Mapping]
    words: Mapping[str, Mapping[str, list]]

    @property
    def period(self) -> Period:
        """The month of its day."""
        return Period.read(f"{self.as_of:%Y-%m}")


def freeze(tables: Mapping[str, Iterable[Mapping]], beside: str | Path, *, as_of: dt.date) -> Supply:
    """Freezes a directory's tables (dicts with the columns of `TABLES`) into a snapshot's folder `beside`.

    Refused: other columns, words that are no codes, and a service about violence in a region. The same rows of the same
    day give the same folder again. A freeze that fails leaves nothing.
    """
    out = Path(beside) / FOLDER
    out.mkdir(exist_ok=True)
    with _workplace(out) as work:
        told, words = {}, {}
        for name in TABLES:
            rows = [_checked(name, row) for row in tables.get(name, ())]
            told[name] = {"rows": len(rows), "sha256": _sha256(name, rows)}
            words[name] = _words(name, rows)
            _write(name, rows, work / f"{name}.parquet")
        manifest = {
            "format": FORMAT, "version": VERSION, "as_of": as_of.isoformat(), "tables": told, "words": words,
            "fingerprint": _whole(as_of, told),
        }  # fmt: skip
        (work / "manifest.json").write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n", "utf-8")
        target = out / manifest["fingerprint"][:16]
        if not (target / "manifest.json").is_file():
            shutil.rmtree(target, ignore_errors=True)
            work.rename(target)
        (target / "manifest.json").touch()
    return _open(target)


def open_supply(path: str | Path) -> Supply:
    """What was frozen of a directory in a folder of its own, or last in a snapshot's folder or a folder of those."""
    path = Path(path)
    if _is_supply(path / "manifest.json"):
        return _open(path)
    return of(open_snapshot(path))


def of(snapshot: "Snapshot | Supply", fingerprint: str = "") -> Supply:
    """What was frozen of the directory beside a snapshot: last, or under a fingerprint."""
    if isinstance(snapshot, Supply):
        return snapshot
    found = sorted(
        (snapshot.path / FOLDER).glob("[!.]*/manifest.json"), key=lambda file: (file.stat().st_mtime_ns, str(file))
    )
    found = [file for file in found if file.parent.name == fingerprint[:16] or not fingerprint]
    if not found:
        raise NotFound(
            gettext_noop(
                "The snapshot %(name)s holds nothing of the directory. Take a new one with `duga snapshot`, after "
                "services were listed."
            ),
            name=snapshot.fingerprint[:16],
        )
    return _open(found[-1].parent)


def verify(supply: Supply) -> list[str]:
    """Recomputes the fingerprint from the files; gives the tables that differ (none: it is whole)."""
    import pyarrow as pa

    found = {}
    for name in TABLES:
        try:
            found[name] = _sha256(name, read(supply, name))
        except (OSError, pa.ArrowException):
            found[name] = ""
    wrong = [name for name in TABLES if supply.tables[name]["sha256"] != found[name]]
    return wrong or ([] if _whole(supply.as_of, supply.tables) == supply.fingerprint else ["manifest"])


def read(supply: Supply, name: str) -> list[dict]:
    """All rows of a table as plain values: the slow way, for checks and slow twins."""
    import pyarrow.parquet as pq

    rows = pq.read_table(supply.path / f"{name}.parquet").to_pylist()
    lists = [column for column, kind in TABLES[name].items() if kind == "words"]
    return [row | {column: row[column].split(BETWEEN) for column in lists} for row in rows]


def _is_supply(file: Path) -> bool:
    return file.is_file() and json.loads(file.read_text("utf-8")).get("format") == FORMAT


def _open(path: Path) -> Supply:
    data = json.loads((path / "manifest.json").read_text("utf-8"))
    if data.get("format") != FORMAT or data.get("version") != VERSION:
        raise Refused(gettext_noop("%(path)s was frozen by another version of Duga."), path=str(path))
    as_of = dt.date.fromisoformat(data["as_of"])
    return Supply(path, data["fingerprint"], as_of, data["tables"], data["words"])


def _checked(table: str, row: Mapping) -> dict:
    """A row with its lists in order; refused with the column that does not fit, never with a value."""
    if row.keys() != TABLES[table].keys():
        raise Refused(gettext_noop("A row of %(table)s has other columns than it should."), table=table)
    found = {}
    for column, kind in TABLES[table].items():
        value = row[column]
        if kind == "words":
            value = sorted(set(value))
        fits = _FITS[kind.rstrip("?")](value) if value is not None else kind.endswith("?")
        if fits and column in WORDS:
            fits = value in WORDS[column]
        if not fits:
            raise Refused(
                gettext_noop("Column %(column)s of %(table)s holds what does not belong there."),
                column=column,
                table=table,
            )
        found[column] = value
    areas = {found["area"]} if isinstance(found.get("area"), str) else set(found.get("area", ()))
    types = found.get("service_type", ())
    types = [types] if isinstance(types, str) else types
    if (areas - set(NOT_REGIONS) or len(areas) > 1) and (
        WITHHELD in areas or is_about_violence(types, found.get("target_group", ()))
    ):
        raise Refused(gettext_noop("A service about violence is frozen without its region."))
    return found


def _is_word(value) -> bool:
    return isinstance(value, str) and bool(_WORD.fullmatch(value))


_FITS = {
    "number": lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= 0,
    "word": _is_word,
    "words": lambda value: bool(value) and all(map(_is_word, value)),
    "amount": lambda value: isinstance(value, int | Decimal) and value >= 0,
    "month": lambda value: isinstance(value, dt.date) and value.day == 1,
}


def _text(value) -> str:
    """A value in the one form in which it is hashed."""
    if value is None:
        return ""
    if isinstance(value, list):
        return BETWEEN.join(value)
    if isinstance(value, dt.date):
        return f"{value:%Y-%m}"
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(value)


def _sha256(table: str, rows: Iterable[Mapping]) -> str:
    digest = hashlib.sha256()
    for line in sorted(SEPARATOR.join(_text(row[column]) for column in TABLES[table]) for row in rows):
        digest.update(line.encode() + b"\n")
    return digest.hexdigest()


def _whole(as_of: dt.date, told: Mapping[str, Mapping]) -> str:
    lines = [f"{FORMAT} {VERSION}", as_of.isoformat(), *(f"{name} {told[name]['sha256']}" for name in sorted(told))]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _words(table: str, rows: list[dict]) -> dict[str, list[str]]:
    """The words that occur, by column."""
    found: dict[str, set[str]] = {column: set() for column, kind in TABLES[table].items() if kind in ("word", "words")}
    for row in rows:
        for column, words in found.items():
            value = row[column]
            words.update(value if isinstance(value, list) else [value])
    return {column: sorted(words) for column, words in found.items()}


def _write(table: str, rows: list[dict], file: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {
        "number": pa.uint32(), "word": pa.string(), "words": pa.string(), "month": pa.date32(),
        "amount": pa.decimal128(20, 3),
    }  # fmt: skip
    columns = {}
    for column, kind in TABLES[table].items():
        values = [row[column] for row in rows]
        if kind == "words":
            values = [BETWEEN.join(value) for value in values]
        elif kind.startswith("amount"):
            values = [None if value is None else Decimal(value) for value in values]
        columns[column] = pa.array(values, types[kind.rstrip("?")])
    pq.write_table(pa.table(columns), file, compression="zstd")
