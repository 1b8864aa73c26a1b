"""The counting layer of a snapshot: how many people were met where in which month, by the month they were met before.

For a set of words (say country and sex) a file has one row for each country, sex, month and *month before*: the month
in which the same person was last met under the same words (0: never). `n` says how many people. So different people
need no looking for: those of March to May are the rows of these months whose month before lies before March, added up;
those of each month are all its rows. Adding up some thousand numbers replaces a distinct count over millions of facts.

There is a file for every set of country, area, sex and age band, for people and for households. Most people stand under
the same words all their life and are counted through the finest set; the few who move, age or change their band are
looked at set by set, and named by number in `movers.parquet`. `met/<month>.parquet` (who was met, under which words)
lets a new month be added without reading the others anew.

Derived from the facts and left out of the fingerprint; without it everything is counted from the facts.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

from duga.evidence.fingerprint import combined
from duga.evidence.model import TIME
from duga.evidence.staging import month_number

LAYOUT = 2
KINDS = {"person": "people", "household": "households"}
"""Whom a layer counts, and its folder."""

DIMENSIONS = ("country", "area", "sex", "age_band")
SETS = [
    (*place, *sex, *band)
    for place, sex, band in product(((), ("country",), ("country", "area")), ((), ("sex",)), ((), ("age_band",)))
]
FINEST = SETS[-1]
MOST_WORDS = 1 << 20
"""More combinations of words than this have no layer."""

PART = 16_000_000
"""Meetings looked at together: people are taken in as many parts as that needs, so that memory stays bounded."""


def file_of(names: Iterable[str]) -> str:
    """The file that answers for these dimensions.

    >>> file_of({"area", "sex"})
    'country-area-sex.parquet'
    """
    names = {*names, *(["country"] if "area" in names else [])}
    return "-".join(name for name in DIMENSIONS if name in names) + ".parquet" if names else "all.parquet"


@dataclass
class Meetings:
    """Who was met in one month: numbers of people, and for each the place in `words` (country, area, sex, age band)."""

    who: object
    place: object
    words: list[tuple[str, ...]]


def meetings(table) -> dict[str, Meetings]:
    """From one month's facts (words as dictionaries): people and households, each once under each combination."""
    import numpy as np
    import pyarrow.compute as pc

    found = {}
    for key in KINDS:
        chosen = table.filter(pc.equal(table["recipient"].cast("string"), key)).select([key, *DIMENSIONS])
        if not chosen.num_rows:
            continue
        columns = [chosen[name].combine_chunks() for name in DIMENSIONS]
        which = combined([(column.indices.to_numpy(), len(column.dictionary)) for column in columns])
        different, first, place = np.unique(which, return_index=True, return_inverse=True)
        values = [column.take(first).to_pylist() for column in columns]
        packed = np.unique(place.ravel().astype(np.int64) << 32 | chosen[key].to_numpy().astype(np.int64))
        found[key] = Meetings(
            who=(packed & 0xFFFFFFFF).astype(np.uint32),
            place=(packed >> 32).astype(np.int32),
            words=list(zip(*values, strict=True)),
        )
    return found


class Words:
    """The combinations of words that occur, each with a number that never changes from snapshot to snapshot."""

    def __init__(self, known: Iterable[tuple[str, ...]] = ()):
        self.number = {words: i for i, words in enumerate(known)}

    def numbers(self, words: Iterable[tuple[str, ...]]):
        import numpy as np

        return np.array([self.number.setdefault(each, len(self.number)) for each in words], np.int32)

    def write(self, file: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        columns = list(zip(*self.number, strict=True)) or [()] * len(DIMENSIONS)
        arrays = {name: pa.array(column, pa.string()) for name, column in zip(DIMENSIONS, columns, strict=True)}
        pq.write_table(pa.table(arrays), file)

    @classmethod
    def read(cls, file: Path) -> "Words":
        import pyarrow.parquet as pq

        return cls(tuple(row.values()) for row in pq.read_table(file).to_pylist())

    def within(self, names: Sequence[str]):
        """(number of the narrower combination for each of ours, the narrower combinations in order)."""
        import numpy as np

        kept = [DIMENSIONS.index(name) for name in names]
        narrow = [tuple(words[i] for i in kept) for words in self.number]
        order = {words: i for i, words in enumerate(sorted(set(narrow)))}
        return np.array([order[words] for words in narrow], np.int32), list(order)


@dataclass
class Counts:
    """Rows of one file of the layer: the combination of words, the month, the month before, how many."""

    words: object
    month: object
    before: object
    n: object

    def table(self, names: Sequence[str], combinations: Sequence[tuple[str, ...]]):
        import numpy as np
        import pyarrow as pa

        columns = {}
        for i, name in enumerate(names):
            values, codes = np.unique([words[i] for words in combinations] or [""], return_inverse=True)
            codes = codes.ravel().astype(np.int32)[self.words]
            columns[name] = pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(values, pa.string())).cast(
                "string"
            )
        for name in ("month", "before", "n"):
            columns[name] = pa.array(getattr(self, name), pa.int64() if name == "n" else pa.int32())
        return pa.table(columns)


@dataclass
class Layer:
    """All counts over some meetings, to be written, added or taken away; by set, and the meetings of movers."""

    counts: dict[tuple[str, ...], list[Counts]] = field(default_factory=lambda: {names: [] for names in SETS})
    movers: list[tuple] = field(default_factory=list)

    def add(self, key, month, place, words: Words) -> None:
        """Counts these meetings (arrays of equal length); a person's meetings must all come in one call."""
        import numpy as np

        if not len(key):
            return
        key, place, month, before = _spells(key, place, month)
        moving = _movers(key, place)
        steady = _tally(place[~moving], month[~moving], before[~moving])
        key, place, month = key[moving], place[moving], month[moving]
        self.movers.append((key, place, month))
        for names in SETS:
            narrow, _ = words.within(names)
            rolled = _tally(narrow[steady.words], steady.month, steady.before, steady.n)
            self.counts[names].append(rolled)
            if len(key):
                _, what, when, before = _spells(key, narrow[place], month)
                self.counts[names].append(_tally(what, when, before))
        self.counts = {names: [_joined(parts)] for names, parts in self.counts.items()}
        self.movers = [tuple(np.concatenate(each) for each in zip(*self.movers, strict=True))]


def _spells(key, what, month):
    """Different (person, words, month) in order, with the month before of each (0: never)."""
    import numpy as np

    first = int(month.min())
    bits_month = int(month.max() - first + 1).bit_length()
    bits_what = int(what.max() + 1).bit_length()
    packed = key.astype(np.uint64) << np.uint64(bits_what + bits_month)
    packed |= what.astype(np.uint64) << np.uint64(bits_month)
    packed |= (month - first).astype(np.uint64)
    packed.sort()
    packed = packed[np.append(True, packed[1:] != packed[:-1])]
    when = (packed & np.uint64((1 << bits_month) - 1)).astype(np.int32) + first
    spell = packed >> np.uint64(bits_month)
    before = np.zeros(len(packed), np.int32)
    before[1:] = np.where(spell[1:] == spell[:-1], when[:-1], 0)
    what = (spell & np.uint64((1 << bits_what) - 1)).astype(np.int32)
    return (spell >> np.uint64(bits_what)).astype(np.uint32), what, when, before


def fits(people: int, words: int, months: int) -> bool:
    """Whether the three numbers of a meeting fit into 64 bits together."""
    return words <= MOST_WORDS and people.bit_length() + (words + 1).bit_length() + (months + 1).bit_length() <= 64


def _movers(key, place):
    """Which rows (in order of person and words) are of people met under several combinations."""
    import numpy as np

    starts = np.flatnonzero(np.append(True, key[1:] != key[:-1]))
    ends = np.append(starts[1:], len(key))
    return np.repeat(place[starts] != place[ends - 1], ends - starts)


def _tally(words, month, before, n=None) -> Counts:
    """How many for each different (words, month, month before)."""
    import numpy as np

    packed = words.astype(np.int64) << 34 | month.astype(np.int64) << 17 | before.astype(np.int64)
    if n is None:
        different, numbers = np.unique(packed, return_counts=True)
    else:
        order = np.argsort(packed, kind="stable")
        packed = packed[order]
        starts = np.flatnonzero(np.append(True, packed[1:] != packed[:-1])) if len(packed) else np.array([], np.int64)
        different = packed[starts]
        numbers = np.add.reduceat(n[order], starts) if len(starts) else n[:0]
    low = (1 << 17) - 1
    return Counts(different >> 34, different >> 17 & low, different & low, numbers.astype(np.int64))


def _joined(parts: Sequence[Counts]) -> Counts:
    """Several counts of the same set added up."""
    import numpy as np

    names = ("words", "month", "before", "n")
    return _tally(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


# --- writing ----------------------------------------------------------------------------------------------


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
        from duga.evidence.files import link

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
        table = _joined(layer.counts[names]).table(names, combinations)
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


# --- reading ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Quick:
    """The layer opened for one question."""

    con: object
    folder: Path
    constant: frozenset[str]
    ask: object

    def counts(self, names: Iterable[str]):
        """(rows with `n` to be added up by the columns of `names` and slices); None if the facts must be asked.

        A filter to several words of a dimension that is not among `names` would count twice who stands under two.
        """
        import ibis

        ask = self.ask
        wanted = {*names, *ask.each}
        open_ = {name for name, words in ask.where.items() if len(words) > 1 and name not in wanted}
        if "area" in wanted:
            open_.discard("country")
        if open_ - self.constant:
            return None
        dimensions = (wanted | set(ask.where)) - set(TIME)
        rows = _kept(self.con.read_parquet(str(self.folder / file_of(dimensions))), ask)
        start, month = ask.period.start[0] * 12 + ask.period.start[1] - 1, rows.month
        since = ibis.literal(start, "int32")
        for name, length in (("month", 1), ("quarter", 3), ("year", 12)):
            if name in wanted:
                since = ibis.greatest(since, (month - month % length).cast("int32"))
                break
        return rows.filter(rows.before < since).select(*_columns(rows, ask, wanted), "n")

    def movers(self):
        """Who stands under several words, where she was met: the columns of the question and `who`."""
        rows = _kept(self.con.read_parquet(str(self.folder / "movers.parquet")), self.ask)
        return rows.select(*_columns(rows, self.ask, {*self.ask.by, *self.ask.each}), "who").distinct()


def open_layer(con, indicator, snapshot, ask) -> Quick | None:
    """The layer for a question about different people or households, if it knows every dimension asked for."""
    about = snapshot.manifest.visits
    asked = {*ask.by, *ask.each, *ask.where}
    key = {"distinct persons": "person", "distinct households": "household"}.get(indicator.measure)
    if about.get("layout") != LAYOUT or not asked <= {*DIMENSIONS, *TIME} or key is None:
        return None
    name = KINDS[key]
    if dict(indicator.of) != {"recipient": (key,)} or name not in about:
        return None
    folder = snapshot.path / "visits" / name
    if not all((folder / file).is_file() for file in ("movers.parquet", *map(file_of, SETS))):
        return None
    if "area" in asked and "country" not in {*ask.by, *ask.each} and not _one_country_each(folder):
        return None
    return Quick(con, folder, frozenset(about[name]["constant"]), ask)


def _one_country_each(folder: Path) -> bool:
    """Whether an area's code alone names the place (no "unknown" in two countries)."""
    places = {words[:2] for words in Words.read(folder / "words.parquet").number}
    return len({area for _, area in places}) == len(places)


def _kept(rows, ask):
    """The rows of the question's period and filters."""
    start, end = (year * 12 + month - 1 for year, month in (ask.period.start, ask.period.end))
    rows = rows.filter(rows.month.between(start, end))
    for name, words in ask.where.items():
        rows = rows.filter(rows[name] == words[0] if len(words) == 1 else rows[name].isin(words))
    return rows


def _columns(rows, ask, wanted: set[str]) -> list:
    """The columns d0, d1 … and s0, s1 … of the question, as far as they are wanted."""
    times = {
        "year": lambda month: (month // 12).cast("int32"),
        "quarter": lambda month: (month // 12).cast("int32") * 10 + (month % 12) // 3 + 1,
        "month": lambda month: (month // 12).cast("int32") * 100 + month % 12 + 1,
    }
    named = {f"d{i}": name for i, name in enumerate(ask.by)} | {f"s{i}": name for i, name in enumerate(ask.each)}
    return [
        (times[name](rows.month) if name in times else rows[name]).name(column)
        for column, name in named.items()
        if name in wanted
    ]
