"""Tables of codes and numbers frozen beside a snapshot's facts, under the fingerprint of their content.

They lie in the snapshot's folder as `<folder>/<first 16 digits>/`: a manifest and one Parquet file a table. The facts
about people and their fingerprint do not change with them, so a snapshot may hold several, of several days. What a
directory offers (`evidence.supply`) and what is done beside deliveries (`evidence.work`) are kept so.
"""

import datetime as dt
import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from duga.evidence.model import Period
from duga.evidence.snapshot import Snapshot, _workplace, open_snapshot
from duga.evidence.staging import WORD
from duga.plain.errors import NotFound, Refused, gettext_noop

SEPARATOR, BETWEEN = "\x1f", "|"

_WORD = re.compile(WORD)


@dataclass(frozen=True)
class Kind:
    """What is frozen: the folder's name, columns by table, closed lists by column.

    Columns are `word`, `words` (several, each once), `number`, `amount` or `month`; "?": may be empty, which is unknown
    and not nought. `check(table, row)` refuses a row that must not be kept; `missing` is said where nothing was frozen.
    """

    format: str
    folder: str
    version: int
    tables: Mapping[str, Mapping[str, str]]
    words: Mapping[str, tuple[str, ...]]
    missing: str
    check: Callable[[str, Mapping], None]


@dataclass(frozen=True)
class Frozen:
    """Frozen tables of one kind and day, opened. `words` {table: {dimension: words}} are those that occur."""

    path: Path
    fingerprint: str
    as_of: dt.date
    tables: Mapping[str, Mapping]
    words: Mapping[str, Mapping[str, list]]

    @property
    def period(self) -> Period:
        """The month of its day."""
        return Period.read(f"{self.as_of:%Y-%m}")


def freeze(kind: Kind, tables: Mapping[str, Iterable[Mapping]], beside: str | Path, *, as_of: dt.date) -> Frozen:
    """Freezes tables (dicts with the columns of the kind) into a snapshot's folder `beside`.

    Refused: other columns, words that are no codes, and what the kind's own check refuses. The same rows of the same
    day give the same folder again. A freeze that fails leaves nothing.
    """
    out = Path(beside) / kind.folder
    out.mkdir(exist_ok=True)
    with _workplace(out) as work:
        told, words = {}, {}
        for name, columns in kind.tables.items():
            rows = [_checked(kind, name, row) for row in tables.get(name, ())]
            told[name] = {"rows": len(rows), "sha256": _sha256(columns, rows)}
            words[name] = _words(columns, rows)
            _write(columns, rows, work / f"{name}.parquet")
        manifest = {
            "format": kind.format, "version": kind.version, "as_of": as_of.isoformat(), "tables": told,
            "words": words, "fingerprint": _whole(kind, as_of, told),
        }  # fmt: skip
        (work / "manifest.json").write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n", "utf-8")
        target = out / manifest["fingerprint"][:16]
        if not (target / "manifest.json").is_file():
            shutil.rmtree(target, ignore_errors=True)
            work.rename(target)
        (target / "manifest.json").touch()
    return _open(kind, target)


def open_frozen(kind: Kind, path: str | Path) -> Frozen:
    """What was frozen in a folder of its own, or last in a snapshot's folder or a folder of those."""
    path = Path(path)
    if _is(kind, path / "manifest.json"):
        return _open(kind, path)
    return of(kind, open_snapshot(path))


def of(kind: Kind, snapshot: "Snapshot | Frozen", fingerprint: str = "") -> Frozen:
    """What was frozen beside a snapshot: last, or under a fingerprint."""
    if isinstance(snapshot, Frozen):
        return snapshot
    found = sorted(
        (snapshot.path / kind.folder).glob("[!.]*/manifest.json"), key=lambda file: (file.stat().st_mtime_ns, str(file))
    )
    found = [file for file in found if file.parent.name == fingerprint[:16] or not fingerprint]
    if not found:
        raise NotFound(kind.missing, name=snapshot.fingerprint[:16])
    return _open(kind, found[-1].parent)


def verify(kind: Kind, frozen: Frozen) -> list[str]:
    """Recomputes the fingerprint from the files; gives the tables that differ (none: it is whole)."""
    import pyarrow as pa

    found = {}
    for name, columns in kind.tables.items():
        try:
            found[name] = _sha256(columns, read(kind, frozen, name))
        except (OSError, pa.ArrowException):
            found[name] = ""
    wrong = [name for name in kind.tables if frozen.tables[name]["sha256"] != found[name]]
    return wrong or ([] if _whole(kind, frozen.as_of, frozen.tables) == frozen.fingerprint else ["manifest"])


def read(kind: Kind, frozen: Frozen, name: str) -> list[dict]:
    """All rows of a table as plain values: the slow way, for checks and slow twins."""
    import pyarrow.parquet as pq

    rows = pq.read_table(frozen.path / f"{name}.parquet").to_pylist()
    lists = [column for column, fits in kind.tables[name].items() if fits == "words"]
    return [row | {column: row[column].split(BETWEEN) for column in lists} for row in rows]


def _is(kind: Kind, file: Path) -> bool:
    return file.is_file() and json.loads(file.read_text("utf-8")).get("format") == kind.format


def _open(kind: Kind, path: Path) -> Frozen:
    data = json.loads((path / "manifest.json").read_text("utf-8"))
    if data.get("format") != kind.format or data.get("version") != kind.version:
        raise Refused(gettext_noop("%(path)s was frozen by another version of Duga."), path=str(path))
    as_of = dt.date.fromisoformat(data["as_of"])
    return Frozen(path, data["fingerprint"], as_of, data["tables"], data["words"])


def _checked(kind: Kind, table: str, row: Mapping) -> dict:
    """A row with its lists in order; refused with the column that does not fit, never with a value."""
    columns = kind.tables[table]
    if row.keys() != columns.keys():
        raise Refused(gettext_noop("A row of %(table)s has other columns than it should."), table=table)
    found = {}
    for column, fits in columns.items():
        value = row[column]
        if fits == "words":
            value = sorted(set(value))
        right = _FITS[fits.rstrip("?")](value) if value is not None else fits.endswith("?")
        if right and column in kind.words:
            right = value in kind.words[column]
        if not right:
            raise Refused(
                gettext_noop("Column %(column)s of %(table)s holds what does not belong there."),
                column=column,
                table=table,
            )
        found[column] = value
    kind.check(table, found)
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


def _sha256(columns: Mapping[str, str], rows: Iterable[Mapping]) -> str:
    digest = hashlib.sha256()
    for line in sorted(SEPARATOR.join(_text(row[column]) for column in columns) for row in rows):
        digest.update(line.encode() + b"\n")
    return digest.hexdigest()


def _whole(kind: Kind, as_of: dt.date, told: Mapping[str, Mapping]) -> str:
    lines = [
        f"{kind.format} {kind.version}",
        as_of.isoformat(),
        *(f"{name} {told[name]['sha256']}" for name in sorted(told)),
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _words(columns: Mapping[str, str], rows: list[dict]) -> dict[str, list[str]]:
    """The words that occur, by column."""
    found: dict[str, set[str]] = {column: set() for column, fits in columns.items() if fits in ("word", "words")}
    for row in rows:
        for column, words in found.items():
            value = row[column]
            words.update(value if isinstance(value, list) else [value])
    return {column: sorted(words) for column, words in found.items()}


def _write(columns: Mapping[str, str], rows: list[dict], file: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {
        "number": pa.uint32(), "word": pa.string(), "words": pa.string(), "month": pa.date32(),
        "amount": pa.decimal128(20, 3),
    }  # fmt: skip
    told = {}
    for column, fits in columns.items():
        values = [row[column] for row in rows]
        if fits == "words":
            values = [BETWEEN.join(value) for value in values]
        elif fits.startswith("amount"):
            values = [None if value is None else Decimal(value) for value in values]
        told[column] = pa.array(values, types[fits.rstrip("?")])
    pq.write_table(pa.table(told), file, compression="zstd")
