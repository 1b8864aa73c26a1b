"""Snapshots: facts without names, frozen into Parquet under the fingerprint of their content.

A snapshot is a folder: `manifest.json`, `facts/<year>.parquet` (columns of `model.FACTS`, sorted, zstd) and
`visits/` (distinct people and households by month, in dense integers: what makes counting fast; derived from the facts,
not part of the fingerprint). It is written beside its final place and renamed at the end: there is a whole
snapshot or none.
"""

import json
import os
import shutil
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from duga.evidence import fingerprint, visits
from duga.evidence.model import DIMENSIONS, FACTS, QUALIFIERS, RECIPIENTS, TIME, UNIT_KINDS, Period
from duga.plain.errors import NotFound, Refused, gettext_noop

SCHEMA_VERSION = 1
FORMAT = "duga snapshot"
WORD = r"[A-Za-z0-9][A-Za-z0-9+_.:-]{0,39}"
"""What a code looks like. No blanks and no letters beyond ASCII: free text and names do not pass."""

SORT = "month, country, area, sex, age_band, target_group, service_type, unit, channel, organisation"

_RULES = [
    (
        "month IS NULL OR day(month) <> 1",
        gettext_noop("months only, as the first of the month: no day ever enters a snapshot"),
    ),
    ("recipient NOT IN {recipients}", gettext_noop("recipient is one of person, household, tally, institution")),
    ("unit_kind NOT IN {kinds}", gettext_noop("unit_kind is one of the seven kinds of unit")),
    ("qualifier NOT IN {qualifiers}", gettext_noop("qualifier is one of exact, about, at_least, at_most")),
    ("quantity IS NULL OR quantity < 0", gettext_noop("quantity is a number of zero or more")),
    ("organisation IS NULL", gettext_noop("organisation is a key, never empty")),
    ("recipient = 'person' AND person IS NULL", gettext_noop("help to a person carries the person's key")),
    (
        "recipient = 'household' AND (household IS NULL OR person IS NOT NULL)",
        gettext_noop("help to a household carries the household's key and no person's"),
    ),
    (
        "recipient IN ('tally', 'institution') AND (person IS NOT NULL OR household IS NOT NULL)",
        gettext_noop("a tally or an institution carries no key of a person or household"),
    ),
    ("recipient = 'tally' AND size IS NULL", gettext_noop("a tally carries the number of people in it as size")),
]


@dataclass(frozen=True)
class Manifest:
    """What a snapshot says of itself. `months` maps "2020-03" to its rows and fingerprint."""

    fingerprint: str
    rows: int
    months: Mapping[str, Mapping]
    words: Mapping[str, list]
    visits: Mapping[str, Mapping]
    schema_version: int
    path: Path

    @property
    def periods(self) -> list[str]:
        return sorted(self.months)


@dataclass(frozen=True)
class Snapshot:
    """An opened snapshot: its folder and manifest. Reading happens in `engines`."""

    path: Path
    manifest: Manifest

    @property
    def fingerprint(self) -> str:
        return self.manifest.fingerprint

    @property
    def period(self) -> Period:
        """From the first month with facts to the last."""
        months = self.manifest.periods
        if not months:
            raise Refused(gettext_noop("The snapshot is empty: there is nothing to count."))
        return Period.read(f"{months[0]}..{months[-1]}")

    def files(self, period: Period | None = None) -> list[str]:
        """The Parquet files of facts that hold months of `period`."""
        years = sorted({int(month[:4]) for month in self.manifest.months})
        if period:
            years = [year for year in years if period.start[0] <= year <= period.end[0]]
        return [str(self.path / "facts" / f"{year}.parquet") for year in years]


def freeze(
    batches: Iterable, out: str | Path, schema_version: int = SCHEMA_VERSION, *, memory: str = "4GB", threads: int = 0
) -> Manifest:
    """Freezes facts into `out/<first 16 digits of the fingerprint>/` and returns the manifest.

    `batches` gives Arrow tables or record batches with exactly the columns of `model.FACTS`, or lists of
    tuples in that order, or lists of dicts. Refused: other columns, a day instead of a month, words that are no codes,
    rows that contradict themselves. Months are dates on the first; quantities keep three decimals. Keys of persons and
    households are best dense (1, 2, 3 …) and stable from snapshot to snapshot.
    The same facts frozen again give the same folder. A freeze that fails or is killed leaves no snapshot.
    """
    if schema_version != SCHEMA_VERSION:
        raise Refused(gettext_noop("This version of Duga writes snapshots of schema 1 only."))
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    _sweep(out)
    with _workplace(out) as work:
        with _staging(work, memory, threads) as con:
            for batch in batches:
                _stage(con, batch)
            _check(con)
            months = _write_facts(con, work)
            words = _words(con)
            visited = visits.write(con, work / "visits", words)
        (work / "staging").exists() and shutil.rmtree(work / "staging")
        total = fingerprint.of_months({month: part["sha256"] for month, part in months.items()}, schema_version)
        manifest = {
            "format": FORMAT,
            "schema_version": schema_version,
            "fingerprint": total,
            "rows": sum(part["rows"] for part in months.values()),
            "months": months,
            "words": words,
            "visits": visited,
        }
        (work / "manifest.json").write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n", "utf-8")
        return _put_in_place(work, out / total[:16])


def open_snapshot(path: str | Path) -> Snapshot:
    """Opens a snapshot folder, or the newest snapshot inside a folder of snapshots."""
    path = Path(path)
    if not (path / "manifest.json").is_file():
        found = sorted(path.glob("[!.]*/manifest.json"), key=lambda file: (file.stat().st_mtime_ns, str(file)))
        if not found:
            raise NotFound(
                gettext_noop(
                    "There is no snapshot in %(path)s. Make one with `duga snapshot`, or name one with --snapshot."
                ),
                path=str(path),
            )
        path = found[-1].parent
    return Snapshot(path=path, manifest=_read_manifest(path))


def verify(snapshot: Snapshot) -> list[str]:
    """Recomputes the fingerprint from the Parquet files; gives the months that differ (none: it is whole)."""
    import duckdb

    manifest, found = snapshot.manifest, {}
    with duckdb.connect() as con:
        for file in snapshot.files():
            if Path(file).is_file():
                con.execute("CREATE OR REPLACE VIEW facts AS SELECT * FROM read_parquet(?)".replace("?", _quoted(file)))
                found.update(_hash_months(con))
    months = manifest.months.keys() | found.keys()
    wrong = [
        month for month in months if manifest.months.get(month, {}).get("sha256") != found.get(month, {}).get("sha256")
    ]
    total = fingerprint.of_months({m: part["sha256"] for m, part in manifest.months.items()}, manifest.schema_version)
    return sorted(wrong) or ([] if total == manifest.fingerprint else ["manifest"])


def _read_manifest(path: Path) -> Manifest:
    data = json.loads((path / "manifest.json").read_text("utf-8"))
    if data.get("format") != FORMAT or data.get("schema_version") != SCHEMA_VERSION:
        raise Refused(gettext_noop("%(path)s is not a snapshot this version of Duga can read."), path=str(path))
    keys = ("fingerprint", "rows", "months", "words", "visits", "schema_version")
    return Manifest(**{key: data[key] for key in keys}, path=path)


@contextmanager
def _workplace(out: Path) -> Iterator[Path]:
    """A folder beside the final place; gone afterwards, whatever happens, unless it was renamed."""
    work = out / f".freezing-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    work.mkdir()
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _sweep(out: Path) -> None:
    """Removes what killed freezes left behind (their process is gone)."""
    for left in out.glob(".freezing-*"):
        pid = left.name.split("-")[1]
        try:
            os.kill(int(pid), 0)
        except (ProcessLookupError, ValueError):
            shutil.rmtree(left, ignore_errors=True)
        except PermissionError:
            continue


@contextmanager
def _staging(work: Path, memory: str, threads: int):
    """A DuckDB on disk inside the workplace, so that memory stays bounded however many facts come."""
    import duckdb

    folder = work / "staging"
    folder.mkdir()
    config = {"memory_limit": memory, "temp_directory": str(folder / "spill"), "preserve_insertion_order": False}
    if threads:
        config["threads"] = threads
    con = duckdb.connect(str(folder / "facts.duckdb"), config=config)
    try:
        con.execute(f"CREATE TABLE facts ({', '.join(f'{name} {_sql_type(kind)}' for name, kind in FACTS.items())})")
        yield con
    finally:
        con.close()


def _sql_type(kind: str) -> str:
    return {"uint32": "UINTEGER", "word": "VARCHAR", "month": "DATE", "decimal": "DECIMAL(18,3)"}[kind.rstrip("?")]


def _stage(con, batch) -> None:
    import pyarrow as pa

    table = _as_arrow(batch)
    if table.num_rows == 0:
        return
    extra = [name for name in table.column_names if name not in FACTS]
    missing = [name for name in FACTS if name not in table.column_names]
    if extra or missing:
        raise Refused(
            gettext_noop("Facts have exactly the columns of the schema. Not allowed: %(extra)s. Missing: %(missing)s."),
            extra=", ".join(extra) or "-",
            missing=", ".join(missing) or "-",
        )
    if pa.types.is_timestamp(table.schema.field("month").type):
        raise Refused(gettext_noop("Facts carry a month as a date on the first, never a time."))
    con.register("batch", table)
    try:
        con.execute(f"INSERT INTO facts SELECT {', '.join(FACTS)} FROM batch")
    except Exception as error:
        raise Refused(
            gettext_noop("A fact does not fit the schema: %(error)s"), error=str(error).splitlines()[0]
        ) from error
    finally:
        con.unregister("batch")


def _as_arrow(batch):
    """Arrow table of a batch; lists are checked for their columns here."""
    import pyarrow as pa

    if isinstance(batch, pa.RecordBatch):
        return pa.Table.from_batches([batch])
    if isinstance(batch, pa.Table):
        return batch
    rows = list(batch)
    if not rows:
        return pa.table({name: [] for name in FACTS})
    if isinstance(rows[0], Mapping):
        names = list(dict.fromkeys(name for row in rows for name in row))
        columns = [[row.get(name) for row in rows] for name in names]
    else:
        if any(len(row) != len(FACTS) for row in rows):
            raise Refused(gettext_noop("A fact has exactly the columns of the schema, in order."))
        names, columns = list(FACTS), list(zip(*rows, strict=True))
    arrays = [_array(name, column) for name, column in zip(names, columns, strict=True)]
    return pa.table(dict(zip(names, arrays, strict=True)))


def _array(name: str, values):
    import pyarrow as pa

    kinds = {"uint32": pa.uint32(), "word": pa.string(), "month": pa.date32()}
    kind = FACTS.get(name, "").rstrip("?")
    try:
        if kind == "decimal":
            return pa.array([None if v is None else str(v) for v in values])
        return pa.array(values, type=kinds.get(kind))
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, TypeError) as error:
        raise Refused(
            gettext_noop("Column %(name)s does not fit the schema: %(error)s"), name=name, error=str(error)
        ) from error


def _check(con) -> None:
    """Refuses facts that break a rule, naming rule and number of rows (never a value)."""
    lists = {"recipients": RECIPIENTS, "kinds": UNIT_KINDS, "qualifiers": QUALIFIERS}
    rules = [(test.format(**lists), says) for test, says in _RULES]
    for name, kind in FACTS.items():
        if kind == "word":
            rules.append(
                (
                    f"{name} IS NULL OR NOT regexp_full_match({name}, '{WORD}')",
                    f"{name} is a short code, never free text",
                )
            )
    counts = con.execute(
        "SELECT " + ", ".join(f"count(*) FILTER (WHERE {test})" for test, _ in rules) + " FROM facts"
    ).fetchone()
    for broken, (_, says) in zip(counts, rules, strict=True):
        if broken:
            raise Refused(
                gettext_noop("%(count)s facts were refused and nothing was frozen: %(rule)s."), count=broken, rule=says
            )


def _write_facts(con, work: Path) -> dict[str, dict]:
    """Writes one sorted Parquet file a year; gives rows and fingerprint by month."""
    (work / "facts").mkdir()
    for (year,) in con.execute("SELECT DISTINCT year(month) FROM facts ORDER BY 1").fetchall():
        file = _quoted(work / "facts" / f"{year}.parquet")
        con.execute(
            f"COPY (SELECT * FROM facts WHERE month BETWEEN DATE '{year:04}-01-01' AND DATE '{year:04}-12-31' "
            f"ORDER BY {SORT}, person, household, size, quantity) TO {file} (FORMAT parquet, COMPRESSION zstd)"
        )
    return dict(sorted(_hash_months(con).items()))


def _hash_months(con) -> dict[str, dict]:
    """Rows and SHA-256 of every month in `facts`, from its lines sorted by their bytes."""
    import hashlib

    found = {}
    for (month,) in con.execute("SELECT DISTINCT month FROM facts ORDER BY 1").fetchall():
        digest, rows = hashlib.sha256(), 0
        lines = con.execute(
            f"SELECT {fingerprint.line_sql()} AS line FROM facts WHERE month = ? ORDER BY line", [month]
        )
        for batch in _arrow_batches(lines):
            column = batch.column(0)
            rows += len(column)
            digest.update(_bytes_of(column))
        found[f"{month:%Y-%m}"] = {"rows": rows, "sha256": digest.hexdigest()}
    return found


def _arrow_batches(result):
    reader = (
        result.to_arrow_reader(100_000) if hasattr(result, "to_arrow_reader") else result.fetch_record_batch(100_000)
    )
    yield from reader


def _bytes_of(column) -> memoryview:
    """All text of an Arrow string column as one run of bytes, without a copy."""
    import pyarrow as pa

    column = column.cast(pa.large_string())
    _, offsets, data = column.buffers()
    ends = memoryview(offsets).cast("q")
    return memoryview(data)[ends[column.offset] : ends[column.offset + len(column)]]


def _words(con) -> dict[str, list]:
    """The words that occur, by dimension: what `where` may name."""
    names = [name for name in DIMENSIONS if name not in TIME]
    return {
        name: [row[0] for row in con.execute(f"SELECT DISTINCT {name} FROM facts ORDER BY 1").fetchall()]
        for name in names
    }


def _put_in_place(work: Path, target: Path) -> Manifest:
    if not (target / "manifest.json").is_file():
        shutil.rmtree(target, ignore_errors=True)
        for file in work.rglob("*"):
            if file.is_file():
                with file.open("rb") as handle:
                    os.fsync(handle.fileno())
        work.rename(target)
    os.utime(target / "manifest.json")
    return _read_manifest(target)


def _quoted(path: str | Path) -> str:
    """A path as an SQL text literal."""
    return "'" + str(path).replace("'", "''") + "'"
