"""Snapshots: facts without names, frozen into Parquet under the fingerprint of their content.

A snapshot is a folder: `manifest.json`, `facts/<month>.parquet` (columns of `model.FACTS`, sorted, zstd) and
`visits/` (people and households counted by month: what makes counting fast; derived from the facts,
not part of the fingerprint). It is written beside its final place and renamed at the end: there is a whole
snapshot or none. A snapshot whose months have hardly changed since the one before takes their files over.
"""

import json
import os
import shutil
import uuid
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from duga.evidence import fingerprint, visits
from duga.evidence.files import link
from duga.evidence.model import DIMENSIONS, FACTS, TIME, Period
from duga.evidence.staging import WORDS, Staging, month_name
from duga.plain.errors import NotFound, Refused, gettext_noop

SCHEMA_VERSION = 1
FORMAT = "duga snapshot"
LAYOUT = 2
"""1: a file a year (still read); 2: a file a month."""

SORT = ("country", "area", "sex", "age_band", "target_group", "service_type", "unit", "channel", "organisation")
"""How a month's facts lie in their file; then people by number, so that equal ones stand together."""


class NotWhole(Refused):
    """A snapshot's file is not what its manifest says."""


@dataclass(frozen=True)
class Manifest:
    """What a snapshot says of itself. `months` maps "2020-03" to its rows and fingerprint.

    `reused` names the months whose files were taken over from the snapshot before (only as `freeze` returns it).
    """

    fingerprint: str
    rows: int
    months: Mapping[str, Mapping]
    words: Mapping[str, list]
    visits: Mapping[str, Mapping]
    schema_version: int
    path: Path
    layout: int = 1
    month_words: Mapping[str, Mapping] = field(default_factory=dict)
    reused: tuple[str, ...] = ()

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
        months = self.manifest.periods
        if period:
            months = [month for month in months if (int(month[:4]), int(month[5:])) in period]
        names = months if self.manifest.layout > 1 else sorted({month[:4] for month in months})
        return [str(self.path / "facts" / f"{name}.parquet") for name in names]


def freeze(
    batches: Iterable,
    out: str | Path,
    schema_version: int = SCHEMA_VERSION,
    *,
    previous: Snapshot | None = None,
    unchanged: Iterable[str] = (),
    memory: str = "4GB",
    threads: int = 0,
) -> Manifest:
    """Freezes facts into `out/<first 16 digits of the fingerprint>/` and returns the manifest.

    `batches` gives Arrow tables or record batches with exactly the columns of `model.FACTS`, or lists of
    tuples in that order, or lists of dicts. Refused: other columns, a day instead of a month, words that are no codes,
    rows that contradict themselves. Months are dates on the first; quantities keep three decimals. Keys of persons and
    households are best dense (1, 2, 3 …) and stable from snapshot to snapshot.
    The same facts frozen again give the same folder. A freeze that fails or is killed leaves no snapshot.

    With `previous`, the months `unchanged` ("2020-03") are taken over from it, and `batches` holds the facts of all
    other months: the result is the same as freezing everything anew, in the time the other months take. Keys must
    mean the same as in `previous`. Memory stays under about `memory` beside what one batch takes.
    """
    if schema_version != SCHEMA_VERSION:
        raise Refused(gettext_noop("This version of Duga writes snapshots of schema 1 only."))
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    _sweep(out)
    kept = _check_kept(previous, unchanged)
    with _workplace(out) as work:
        stage = Staging(work / "staging")
        for batch in batches:
            stage.add(batch)
        stage.check()
        both = sorted(kept & {month_name(month) for month in stage.rows})
        if both:
            raise Refused(
                gettext_noop("%(month)s was said to be unchanged, and facts of it came."), month=", ".join(both)
            )
        manifest = _write(stage, work, previous, kept, _workers(stage, memory, threads))
        shutil.rmtree(work / "staging")
        (work / "manifest.json").write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n", "utf-8")
        return _put_in_place(work, out / manifest["fingerprint"][:16], tuple(sorted(kept)))


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
    """Recomputes the fingerprint from the Parquet files; gives the months that differ (none: it is whole).

    "visits" among them: the facts are whole, but the counting layer does not follow from them. "manifest": the
    fingerprint does not follow from its months.
    """
    manifest = snapshot.manifest
    found = {month: fingerprint.of_table(table) for month, table in _months_of(snapshot)}
    months = manifest.months.keys() | found.keys()
    wrong = sorted(m for m in months if manifest.months.get(m, {}).get("sha256") != found.get(m))
    if wrong:
        return wrong
    total = fingerprint.of_months({m: part["sha256"] for m, part in manifest.months.items()}, manifest.schema_version)
    if total != manifest.fingerprint:
        return ["manifest"]
    return ["visits"] if manifest.visits.get("layout") == visits.LAYOUT and _layer_differs(snapshot) else []


def _layer_differs(snapshot: Snapshot) -> bool:
    """Whether the counting layer is another than the one the facts give."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="duga-verify-") as name:
        writer = visits.Writer(Path(name))
        for month, table in _months_of(snapshot):
            writer.take(month, visits.meetings(table))
        about = writer.finish()
        return about != snapshot.manifest.visits or visits.differ(Path(name), snapshot.path / "visits")


def _months_of(snapshot: Snapshot) -> Iterator[tuple[str, object]]:
    """Every month's facts as an Arrow table, from the files, whatever months they really hold."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    for file in sorted((snapshot.path / "facts").glob("*.parquet")):
        table = pq.read_table(file, read_dictionary=WORDS)
        for day in sorted(pc.unique(table["month"]).to_pylist()):
            yield f"{day:%Y-%m}", _as_dictionaries(table.filter(pc.equal(table["month"], day)))


def _as_dictionaries(table):
    """The table with every word column as one dictionary."""
    import pyarrow as pa
    import pyarrow.compute as pc

    columns = {}
    for name in FACTS:
        column = table[name]
        if name in WORDS and not pa.types.is_dictionary(column.type):
            column = pc.dictionary_encode(column)
        columns[name] = column
    return pa.table(columns).unify_dictionaries().combine_chunks()


def _read_manifest(path: Path) -> Manifest:
    data = json.loads((path / "manifest.json").read_text("utf-8"))
    known = data.get("format") == FORMAT and data.get("schema_version") == SCHEMA_VERSION
    if not known or data.get("layout", 1) > LAYOUT:
        raise Refused(
            gettext_noop(
                "%(path)s is not a snapshot this version of Duga can read. Bring Duga up to date, or take a new "
                "snapshot with `duga snapshot`."
            ),
            path=str(path),
        )
    keys = ("fingerprint", "rows", "months", "words", "visits", "schema_version")
    more = {key: data[key] for key in ("layout", "month_words") if key in data}
    return Manifest(**{key: data[key] for key in keys}, **more, path=path)


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


def _check_kept(previous: Snapshot | None, unchanged: Iterable[str]) -> set[str]:
    """The months to take over, if the snapshot before has them whole."""
    kept = set(unchanged)
    if kept and previous is None:
        raise Refused(gettext_noop("Unchanged months need the snapshot they are unchanged since."))
    if kept and previous.manifest.layout < LAYOUT:
        raise Refused(
            gettext_noop("%(path)s was frozen by an earlier version, a file a year. Freeze everything anew once."),
            path=str(previous.path),
        )
    for month in sorted(kept):
        if month not in previous.manifest.months:
            raise Refused(gettext_noop("%(path)s has no month %(month)s."), path=str(previous.path), month=month)
        if _rows_in(previous.path / "facts" / f"{month}.parquet") != previous.manifest.months[month]["rows"]:
            raise NotWhole(
                gettext_noop("The file of %(month)s in %(path)s is not whole: nothing was taken over from it."),
                path=str(previous.path),
                month=month,
            )
    return kept


def _rows_in(file: Path) -> int | None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.read_metadata(file).num_rows
    except (OSError, pa.ArrowException):
        return None


_BYTES_A_ROW = 700
"""What a fact takes while its month is sorted, hashed and written."""


def _workers(stage: Staging, memory: str, threads: int) -> int:
    """How many months may be worked on at once."""
    largest = max(stage.rows.values(), default=0) * _BYTES_A_ROW
    return max(1, min(threads or os.cpu_count() or 1, size_in_bytes(memory) // max(largest, 1)))


def size_in_bytes(text: str) -> int:
    """
    >>> size_in_bytes("2GB")
    2000000000
    """
    units = {"KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
    number, unit = text[:-2].strip(), text[-2:].upper()
    if unit not in units or not number.replace(".", "", 1).isdigit():
        raise Refused(gettext_noop("%(size)s is no size of memory; write 2GB or 500MB."), size=repr(text))
    return int(float(number) * units[unit])


def _write(stage: Staging, work: Path, previous: Snapshot | None, kept: set[str], workers: int) -> dict:
    """Writes facts and counting layer; gives the manifest."""
    (work / "facts").mkdir()
    months, month_words = {}, {}
    has_layer = bool(kept) and previous.manifest.visits.get("layout") == visits.LAYOUT
    layer = visits.Writer(work / "visits", previous.path / "visits" if has_layer else None)
    for month in sorted(kept):
        link(previous.path / "facts" / f"{month}.parquet", work / "facts" / f"{month}.parquet")
        months[month] = dict(previous.manifest.months[month])
        month_words[month] = previous.manifest.month_words[month]
        if has_layer:
            layer.keep(month)
    if kept and not has_layer:
        for month, table in _months_of(previous):
            if month in kept:
                layer.take(month, visits.meetings(table))
    with ThreadPoolExecutor(workers) as pool:
        for month, told, words, met in _each(pool, workers, lambda m: _write_month(stage, work, m), sorted(stage.rows)):
            months[month], month_words[month] = told, words
            layer.take(month, met)
    told = layer.finish()
    return {
        "format": FORMAT,
        "schema_version": SCHEMA_VERSION,
        "layout": LAYOUT,
        "fingerprint": fingerprint.of_months({m: part["sha256"] for m, part in months.items()}, SCHEMA_VERSION),
        "rows": sum(part["rows"] for part in months.values()),
        "months": months,
        "words": _together(month_words),
        "month_words": month_words,
        "visits": told,
    }


def _each(pool, workers: int, work, items: list) -> Iterator:
    """As `pool.map`, in order, with no more results waiting than there are workers."""
    waiting = []
    for item in items:
        waiting.append(pool.submit(work, item))
        if len(waiting) > workers:
            yield waiting.pop(0).result()
    for one in waiting:
        yield one.result()


def _write_month(stage: Staging, work: Path, month: int) -> tuple:
    """Writes one month's facts, sorted; gives its name, rows and fingerprint, the words in it, and who was met."""
    import pyarrow.parquet as pq

    name, table = month_name(month), _in_order(stage.month(month))
    numbers = [column for column in ("person", "household") if table[column].null_count < table.num_rows]
    pq.write_table(
        table, work / "facts" / f"{name}.parquet", compression="zstd", row_group_size=250_000,
        use_dictionary=[*WORDS, "organisation", "size", "quantity"],
        column_encoding=dict.fromkeys(numbers, "DELTA_BINARY_PACKED"),
    )  # fmt: skip
    told = {"rows": table.num_rows, "sha256": fingerprint.of_table(table)}
    return name, told, _words(table), visits.meetings(table)


def _in_order(table):
    """The table in the order in which it is kept: the same facts give the same file."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    first = [name for name in SORT if name in WORDS]
    rest = [name for name in (*WORDS, "organisation", "size", "quantity") if name not in first]
    coded = []
    for name in (*first, *rest):
        column = table[name].combine_chunks()
        if name not in WORDS:
            column = pc.rank(column, sort_keys="ascending", tiebreaker="dense")
            codes = column.to_numpy()
            coded.append((codes.astype(np.int64), int(codes.max()) + 1))
        else:
            coded.append((column.indices.to_numpy(), len(column.dictionary)))
    place = len(first) + rest.index("organisation")
    coded.insert(len(first), coded.pop(place))
    keys = [
        table[name].combine_chunks().fill_null(0).to_numpy()
        for name in ("household", "person")
        if table[name].null_count < table.num_rows
    ]
    return table.take(pa.array(np.lexsort((*keys, fingerprint.combined(coded)))))


def _words(table) -> dict[str, list]:
    """The words that occur in a month, by dimension."""
    import pyarrow.compute as pc

    found = {}
    for name in DIMENSIONS:
        if name not in TIME:
            column = table[name].combine_chunks()
            found[name] = column.dictionary.to_pylist() if name in WORDS else sorted(pc.unique(column).to_pylist())
    return found


def _together(month_words: Mapping[str, Mapping]) -> dict[str, list]:
    """The words that occur at all, by dimension: what `where` may name."""
    names = [name for name in DIMENSIONS if name not in TIME]
    return {name: sorted({word for words in month_words.values() for word in words[name]}) for name in names}


def _put_in_place(work: Path, target: Path, reused: tuple[str, ...]) -> Manifest:
    if not (target / "manifest.json").is_file():
        shutil.rmtree(target, ignore_errors=True)
        for file in work.rglob("*"):
            if file.is_file() and file.stat().st_nlink == 1:
                with file.open("rb") as handle:
                    os.fsync(handle.fileno())
        work.rename(target)
    os.utime(target / "manifest.json")
    manifest = _read_manifest(target)
    return Manifest(**{**vars(manifest), "reused": reused})
