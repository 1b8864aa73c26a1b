"""Writing the counting layer: whole, or from the one before by difference."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from duga.evidence.files import link
from duga.evidence.staging import month_number
from duga.evidence.visits.counting import (
    DIMENSIONS,
    KINDS,
    LAYOUT,
    SETS,
    Layer,
    Meetings,
    Words,
    file_of,
    fits,
    joined,
)

PART = 16_000_000
"""Meetings looked at together: people are taken in as many parts as that needs, so that memory stays bounded."""


@dataclass
class Writer:
    """Writes the layer of a snapshot: `take` each new month's meetings, `keep` unchanged ones, `finish`."""

    folder: Path
    previous: Path | None = None
    words: dict[str, Words] = field(default_factory=dict)
    months: dict[str, set[str]] = field(default_factory=lambda: {key: set() for key in KINDS})
    fresh: set[str] = field(default_factory=set)
    largest: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))

    def __post_init__(self):
        for key, name in KINDS.items():
            (self.folder / name / "met").mkdir(parents=True)
            old = self.previous / name / "words.parquet" if self.previous else None
            self.words[key] = Words.read(old) if old and old.is_file() else Words()

    def take(self, month: str, found: Mapping[str, Meetings]) -> None:
        """Writes who was met in a month that is new or has changed."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        self.fresh.add(month)
        for key, met in found.items():
            place = self.words[key].numbers(met.words)[met.place]
            table = pa.table({"who": pa.array(met.who), "place": pa.array(place)})
            pq.write_table(
                table, self._met(key, month), compression="zstd", use_dictionary=["place"],
                column_encoding={"who": "DELTA_BINARY_PACKED"},
            )  # fmt: skip
            self.months[key].add(month)

    def keep(self, month: str) -> None:
        """Takes over who was met in an unchanged month."""
        for key, name in KINDS.items():
            old = self.previous / name / "met" / f"{month}.parquet"
            if old.is_file():
                link(old, self._met(key, month))
                self.months[key].add(month)

    def finish(self) -> dict:
        """Counts, writes the files, and gives what the manifest says of the layer."""
        about = {"layout": LAYOUT}
        for key, name in KINDS.items():
            told = self._finish(key, self.folder / name)
            if told:
                about[name] = told
        return about

    def _finish(self, key: str, folder: Path) -> dict:
        months = sorted(self.months[key])
        if not months:
            return {}
        if not fits(0xFFFFFFFF, len(self.words[key].number), month_number(months[-1]) - month_number(months[0]) + 1):
            return {}
        words = self.words[key]
        words.write(folder / "words.parquet")
        old = self.previous / KINDS[key] if self.previous else None
        if old and (old / "all.parquet").is_file() and len(self.fresh) < len(months):
            _update(folder, old, words, self.fresh)
        else:
            layer = Layer()
            for part in _parts(folder, months):
                layer.add(*part, words)
            _write(folder, layer, words)
        return {"constant": _constant(folder / "movers.parquet")}

    def _met(self, key: str, month: str) -> Path:
        return self.folder / KINDS[key] / "met" / f"{month}.parquet"


def _parts(folder: Path, months: Sequence[str]) -> Iterator[tuple]:
    """(person, month, words) of all meetings, a share of the people at a time."""
    import pyarrow.parquet as pq

    files = {month: folder / "met" / f"{month}.parquet" for month in months}
    rows = sum(pq.read_metadata(file).num_rows for file in files.values())
    parts = rows // PART + 1
    for part in range(parts):
        yield _read(files, (lambda who, part=part: who % parts == part) if parts > 1 else None)


def _read(files: Mapping[str, Path], chosen=None) -> tuple:
    """Meetings of these months, of everybody or of those whom `chosen` (numbers -> yes or no) picks."""
    import numpy as np
    import pyarrow.parquet as pq

    who, month, place = [], [], []
    for name, file in files.items():
        table = pq.read_table(file)
        numbers, places = table["who"].to_numpy(), table["place"].to_numpy()
        if chosen is not None:
            mine = chosen(numbers)
            numbers, places = numbers[mine], places[mine]
        who.append(numbers)
        place.append(places)
        month.append(np.full(len(numbers), month_number(name), np.int32))
    none = np.array([], np.int32)
    return tuple(np.concatenate(each) if each else none for each in (who, month, place))


def _write(folder: Path, layer: Layer, words: Words) -> None:
    import pyarrow.parquet as pq

    for names in SETS:
        _, combinations = words.within(names)
        table = joined(layer.counts[names]).table(names, combinations)
        pq.write_table(_sorted(table), folder / file_of(names), compression="zstd")
    pq.write_table(_mover_table(layer, words), folder / "movers.parquet", compression="zstd")


def _sorted(table):
    return table.sort_by([(name, "ascending") for name in ("month", *table.column_names) if name != "n"][:-1])


def _mover_table(layer: Layer, words: Words):
    """Who moves, where she was met when: words in columns of their own."""
    import numpy as np
    import pyarrow as pa

    key, place, month = layer.movers[0] if layer.movers else (np.array([], np.int64),) * 3
    columns = {"who": pa.array(key, pa.int64()), "month": pa.array(month, pa.int32())}
    for name, values in zip(DIMENSIONS, list(zip(*words.number, strict=True)) or [()] * 4, strict=True):
        columns[name] = pa.array(values, pa.string()).take(pa.array(place, pa.int64()))
    return pa.table(columns)


def _update(folder: Path, old: Path, words: Words, fresh: set[str]) -> None:
    """The layer from the one before: who was or is met in a fresh month is taken out as was and put in as is."""
    import duckdb
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    before = {file.stem: file for file in sorted((old / "met").glob("*.parquet"))}
    now = {file.stem: file for file in sorted((folder / "met").glob("*.parquet"))}
    touched = [files[month] for files in (before, now) for month in sorted(fresh & files.keys())]
    touched += [before[month] for month in before.keys() - now.keys()]
    numbers = np.unique(
        np.concatenate([pq.read_table(file)["who"].to_numpy() for file in touched] or [np.zeros(0, "u4")])
    )
    marked = np.zeros(int(numbers.max()) + 2 if len(numbers) else 1, bool)
    marked[numbers] = True

    def chosen(who):
        return marked[np.minimum(who, len(marked) - 1)]

    out, into = Layer(), Layer()
    out.add(*_read(before, chosen), words)
    into.add(*_read(now, chosen), words)
    with duckdb.connect() as con:
        for names in SETS:
            _, combinations = words.within(names)
            changes = []
            for layer, sign in ((out, -1), (into, 1)):
                if layer.counts[names]:
                    counts = layer.counts[names][0]
                    counts.n *= sign
                    changes.append(counts.table(names, combinations))
            _merge(con, old / file_of(names), changes, folder / file_of(names), names)
        moved = _mover_table(into, words)
        con.register("moved", moved)
        con.register("touched", pa.table({"who": numbers.astype(np.int64)}))
        con.execute(
            f"COPY (SELECT * FROM read_parquet({_quoted(old / 'movers.parquet')}) ANTI JOIN touched USING (who) "
            f"UNION ALL SELECT * FROM moved) TO {_quoted(folder / 'movers.parquet')} (FORMAT parquet, COMPRESSION zstd)"
        )


def _merge(con, old: Path, changes: list, new: Path, names: Sequence[str]) -> None:
    columns = ", ".join(("month", *names, "before"))
    sources = [f"SELECT * FROM read_parquet({_quoted(old)})"]
    for i, table in enumerate(changes):
        con.register(f"change_{i}", table)
        sources.append(f"SELECT * FROM change_{i}")
    con.execute(
        f"COPY (SELECT {', '.join((*names, 'month', 'before'))}, sum(n)::BIGINT AS n FROM "
        f"({' UNION ALL '.join(sources)}) GROUP BY {columns} HAVING sum(n) <> 0 ORDER BY {columns}) "
        f"TO {_quoted(new)} (FORMAT parquet, COMPRESSION zstd)"
    )


def differ(one: Path, other: Path) -> bool:
    """Whether two layers say different things."""
    import pyarrow.parquet as pq

    for name in KINDS.values():
        if (one / name / "all.parquet").is_file() != (other / name / "all.parquet").is_file():
            return True
        if (one / name / "all.parquet").is_file():
            for file in map(file_of, SETS):
                if not pq.read_table(one / name / file).equals(pq.read_table(other / name / file)):
                    return True
    return False


def _quoted(path: str | Path) -> str:
    """A path as an SQL text literal."""
    return "'" + str(path).replace("'", "''") + "'"


def _constant(movers: Path) -> list[str]:
    """Dimensions in which nobody ever stands under two words."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    different = pq.read_table(movers).group_by("who").aggregate([(name, "count_distinct") for name in DIMENSIONS])
    moves = {name: (pc.max(different[f"{name}_count_distinct"]).as_py() or 0) > 1 for name in DIMENSIONS}
    moves["area"] |= moves["country"]  # the same code in two countries is two areas
    return [name for name in DIMENSIONS if not moves[name]]
