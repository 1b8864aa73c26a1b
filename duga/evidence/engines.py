"""Counting: a definition, a snapshot and a question give a `Table`.

The expression is written once in Ibis; DuckDB answers it in memory over the snapshot's Parquet files, or Apache Spark
on a cluster. A total of people is counted anew from the people, never added up from its parts.
"""

import os
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import or_

from duga.evidence import supply, violence, visits, vocabulary, work
from duga.evidence.indicators import Indicator
from duga.evidence.model import (
    ALL,
    CHAINS,
    DIMENSIONS,
    QUALIFIERS,
    REPEATING,
    TIME,
    Cell,
    Period,
    Table,
    chains,
    known_word,
    levels,
    roll_up,
)
from duga.evidence.snapshot import Snapshot
from duga.plain.errors import Refused, gettext_noop

ENGINES = ("duckdb", "spark")
MEMORY = "DUGA_COUNT_MEMORY"
"""Environment variable: how much memory DuckDB may take (2GB); default: half of the machine's. Beyond it spills."""

_KEYS = {"distinct persons": "person", "distinct households": "household"}


def count(
    indicator: Indicator,
    snapshot: Snapshot,
    *,
    by: Sequence[str] = (),
    where: Mapping[str, str | Iterable[str]] | None = None,
    period: Period | str | None = None,
    totals: bool = True,
    engine: str = "duckdb",
) -> Table:
    """Counts an indicator by the dimensions of `by`, kept to `where` and `period` (default: all the snapshot holds).

    Gives a `Table` with every combination that occurs and, unless `totals` is False, every total: a
    cell that is not there is zero. Distinct counts are exact. Refuses unknown words, breakdowns the definition
    does not allow, and adding unlike units. The table is internal until `disclosure.protect` has passed it.
    """
    known_word(engine, ENGINES, "engine")
    if indicator.of_supply:
        snapshot = supply.of(snapshot)
        if not indicator.composite:
            return supply.count(indicator, snapshot, by=by, where=where, period=period, totals=totals)
    if indicator.of_work:
        snapshot = work.of(snapshot)
        if not indicator.composite:
            return work.count(indicator, snapshot, by=by, where=where, period=period, totals=totals)
    if indicator.composite:
        from duga.evidence import derived

        with _ready(engine):
            return derived.count(indicator, snapshot, by=by, where=where, period=period, totals=totals, engine=engine)
    by, where = check_question(indicator, by, where, snapshot)
    period = Period.read(period) or snapshot.period
    with _connection(engine) as con:
        return _count(con, indicator, snapshot, _Question(by, where, period, totals))[()]


def count_each(
    indicator: Indicator,
    snapshot: Snapshot,
    *,
    by: Sequence[str] = (),
    each: Sequence[str] = ("country", "year"),
    where: Mapping[str, str | Iterable[str]] | None = None,
    period: Period | str | None = None,
) -> dict[tuple[str, ...], Table]:
    """One table for every combination of `each` that occurs, in a handful of queries.

    The table of ("ME", "2020") is the same as `count` gives with where country=ME and period 2020: people are
    counted once inside each slice.
    """
    if indicator.composite:
        from duga.evidence import derived

        return derived.count_each(indicator, snapshot, by=by, each=each, where=where, period=period)
    by, where = check_question(indicator, by, where, snapshot)
    for name in each:
        known_word(name, [word for word in DIMENSIONS if word not in by], "slice")
    violence.check(indicator, (*by, *each), where, snapshot.manifest.words)
    period = Period.read(period) or snapshot.period
    with _connection("duckdb") as con:
        return _count(con, indicator, snapshot, _Question(by, where, period, True, tuple(each)))


@dataclass(frozen=True)
class _Question:
    """What is asked: dimensions, filters, period, totals or not, and what to slice by (one table each)."""

    by: tuple[str, ...]
    where: dict[str, tuple[str, ...]]
    period: Period
    totals: bool
    each: tuple[str, ...] = ()

    @property
    def within(self) -> dict[str, str]:
        """Area within country, month within quarter within year, where both are asked for."""
        found = {}
        for chain in CHAINS:
            asked = [name for name in chain if name in self.by]
            found |= dict(zip(asked[1:], asked, strict=False))
        return found

    @property
    def axes(self) -> list[tuple[str, ...]]:
        return chains(self.by, self.within)

    @property
    def slices(self) -> list[str]:
        """The slicing columns of the working table."""
        return [f"s{i}" for i in range(len(self.each))]

    def columns(self, level: Iterable[int]) -> list[str]:
        return [f"d{i}" for i in level]

    def slice_of(self, row: Mapping) -> tuple[str, ...]:
        return tuple(_word(name, row[f"s{i}"]) for i, name in enumerate(self.each))

    def label_of(self, row: Mapping, level: Iterable[int]) -> tuple[str, ...]:
        """A cell's labels: words, years, 2020-Q1, 2020-03; `(all)` where a dimension is not in the level."""
        level = set(level)
        words = (_word(name, row[f"d{i}"]) if i in level else ALL for i, name in enumerate(self.by))
        return tuple(words)


def check_question(
    indicator: Indicator, by: Sequence[str], where: Mapping | None, snapshot: Snapshot | None = None
) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """Refuses what the definition does not allow; gives the question in a clean form."""
    if indicator.of_supply:
        return supply.check_question(indicator, by, where, snapshot and supply.of(snapshot))
    if indicator.of_work:
        return work.check_question(indicator, by, where, snapshot and work.of(snapshot))
    by = tuple(by)
    if len(set(by)) != len(by):
        raise Refused(gettext_noop("A dimension was named twice."))
    for name in by:
        known_word(name, DIMENSIONS, "breakdown")
        known_word(name, indicator.breakdowns, f"breakdown of {indicator.code}")
    clean = {}
    for name, words in (where or {}).items():
        known_word(name, [each for each in DIMENSIONS if each not in TIME], "filter")
        words = (words,) if isinstance(words, str | int) else tuple(words)
        clean[name] = tuple(sorted({str(word) for word in words}))
        if snapshot:
            for word in clean[name]:
                known_word(word, vocabulary.words_of(name, snapshot.manifest.words[name]), f"{name} in this snapshot")
    violence.check(indicator, by, clean, snapshot.manifest.words if snapshot else None)
    for name in indicator.one_of:
        if name not in by and len(clean.get(name, ())) != 1:
            raise Refused(
                gettext_noop(
                    "Unlike units cannot be added: a parcel and a visit make two of nothing. "
                    "Break %(code)s down by %(name)s, or keep to one with where %(name)s=…"
                ),
                code=indicator.code,
                name=name,
            )
    return by, clean


@contextmanager
def _connection(engine: str):
    """An Ibis connection to DuckDB in memory, or to Spark; closed afterwards. What outgrows memory goes to disk."""
    import ibis

    if engine == "spark":
        from duga.evidence import spark

        with spark.connection() as con:
            yield con
        return
    memory = os.environ.get(MEMORY) or f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') // 2**21} MB"
    with tempfile.TemporaryDirectory(prefix="duga-count-") as spill:
        con = ibis.duckdb.connect(memory_limit=memory, temp_directory=spill)
        try:
            yield con
        finally:
            con.disconnect()


def _ready(engine: str):
    """What several counts in a row share: a Spark session takes long to begin."""
    if engine != "spark":
        return nullcontext()
    from duga.evidence import spark

    return spark.session()


def _read(con, files: Sequence[str]):
    """Parquet files as one table."""
    if con.name == "duckdb":
        return con.read_parquet(files)
    from duga.evidence import spark

    return spark.read(con, files)


def _count(con, indicator: Indicator, snapshot: Snapshot, ask: _Question) -> dict[tuple, Table]:
    """The tables, one a slice (`()` if there are none)."""
    key = _KEYS.get(indicator.measure)
    quick = visits.open_layer(con, indicator, snapshot, ask) if key else None
    facts = None if quick else _facts(con, indicator, snapshot, ask)
    if quick:
        found = _distinct(_Met(key, ask, lambda: _facts(con, indicator, snapshot, ask), quick))
    elif facts is None:
        found = {}
    elif key:
        found = _distinct(_Met(key, ask, lambda: facts))
    elif indicator.measure == "size of households":
        from duga.evidence import derived

        found = derived.sizes(facts, ask)
    else:
        found = {slice_: (cells, None) for slice_, cells in _sums(facts, indicator, ask).items()}
    beside = [_count(con, other, snapshot, ask) for other in indicator.beside]
    slices = {*found, *(slice_ for tables in beside for slice_ in tables)} or ({()} if not ask.each else set())
    return {
        slice_: _table(
            indicator,
            ask,
            *found.get(slice_, ({}, None)),
            beside=tuple(
                tables.get(slice_) or _table(other, ask) for other, tables in zip(indicator.beside, beside, strict=True)
            ),
        )
        for slice_ in sorted(slices)
    }


def _table(indicator: Indicator, ask: _Question, cells=None, repeating=None, beside=()) -> Table:
    if not cells and ask.totals and not any(name in ask.by for name in indicator.one_of):
        cells = {(ALL,) * len(ask.by): Cell(0)}
    return Table(
        measure=indicator.code,
        unit=indicator.unit or " ".join(ask.where.get("unit", ("by unit",))),
        dimensions=ask.by,
        cells=cells or {},
        within=ask.within,
        repeating=repeating,
        no_total=tuple(name for name in indicator.one_of if name in ask.by),
        protected=indicator.protected,
        distinct=indicator.measure in (*_KEYS, "size of households"),
        beside=beside,
    )


def _facts(con, indicator: Indicator, snapshot: Snapshot, ask: _Question):
    """The facts the question is about, with the columns it needs; None where no file holds any."""
    import ibis

    files = snapshot.files(ask.period)
    if not files:
        return None
    facts = _read(con, files)
    start, end = (ibis.date(year, month, 1) for year, month in (ask.period.start, ask.period.end))
    facts = facts.filter(facts.month.between(start, end))
    for name, words in (*indicator.of.items(), *ask.where.items()):
        column = facts[name].cast("string") if name == "organisation" else facts[name]
        facts = facts.filter(column == words[0] if len(words) == 1 else column.isin(words))
    times = {
        "year": lambda t: t.month.year(),
        "quarter": lambda t: t.month.year() * 10 + t.month.quarter(),
        "month": lambda t: t.month.year() * 100 + t.month.month(),
    }
    named = {f"d{i}": name for i, name in enumerate(ask.by)} | {f"s{i}": name for i, name in enumerate(ask.each)}
    columns = {column: times[name](facts) if name in times else facts[name] for column, name in named.items()}
    rest = [facts[name] for name in ("person", "household", "size", "quantity", "qualifier")]
    return facts.select(*rest, **columns)


class _Met:
    """Who was met where: through the counting layer as far as it knows, else from the facts."""

    def __init__(self, key: str, ask: _Question, facts, quick: visits.Quick | None = None):
        self.key, self.ask, self.quick, self._facts = key, ask, quick, facts

    @cached_property
    def rows(self):
        """Each person (household) once under each combination of the question's words, from the facts."""
        facts, every = self._facts(), range(len(self.ask.by))
        chosen = facts.filter(facts[self.key].notnull())
        met = chosen.select(*self.ask.slices, *self.ask.columns(every), self.key).distinct()
        return met.cache() if self.ask.totals else met

    @cached_property
    def several(self):
        """As `rows`, of nobody who stands under the same words throughout (time apart)."""
        return self.quick.movers().rename({self.key: "who"}) if self.quick else self.rows

    def counted(self, level: Iterable[int]) -> Iterator[tuple]:
        """Yields (slice, label, number of different keys) for one set of dimensions."""
        level = tuple(level)
        counts = self.quick and self.quick.counts([self.ask.by[i] for i in level])
        if counts is None:
            yield from _grouped(self.rows, self.key, self.ask, level)
            return
        names = [*self.ask.slices, *self.ask.columns(level)]
        yield from _labelled(_by(counts, names, counts.n.sum()), self.ask, level)


def _distinct(met: _Met) -> dict[tuple, tuple[dict, str | None]]:
    """Counts different keys in every cell and total, and how many of them stand in places nobody would expect."""
    ask, counts = met.ask, {}
    repeating, repeats = _repeated(met) if ask.totals else (defaultdict(lambda: None), {})
    for level in levels(ask.by, ask.within, ask.totals):
        for slice_, label, n in met.counted(level):
            counts.setdefault(slice_, {})[label] = Cell(n, repeated=repeats.get((slice_, label), 0))
    return {slice_: (cells, repeating[slice_]) for slice_, cells in counts.items()}


def _repeated(met: _Met) -> tuple[defaultdict[tuple, str | None], dict[tuple, int]]:
    """Which axis people repeat along in each slice, and how many in each cell stand in several values of another one.

    Of the axes on which people are met again by nature (time, service, unit, channel) the one with most repeats is
    chosen; everybody who repeats along any other axis is taken as known to an attacker.
    """
    ask, key = met.ask, met.key
    free = [axis for axis in ask.axes if axis[0] in REPEATING or axis[0] in TIME]
    if met.quick:  # it knows one axis at most on which people are met again, and who repeats along the others
        chosen = defaultdict(lambda: free[0][0] if free else None)
    else:
        chosen = defaultdict(lambda: None)
    if not ask.axes or (met.quick and free == ask.axes):
        return chosen, {}
    rows = met.several
    columns = ask.columns(range(len(ask.by)))
    ends = {f"{column}_least": rows[column].min() for column in columns}
    ends |= {f"{column}_most": rows[column].max() for column in columns}
    spread = rows.group_by([*ask.slices, key]).agg(**ends)
    flags = {}
    for axis in ask.axes:
        places = [ask.by.index(name) for name in axis]
        flags[axis] = reduce(or_, [spread[f"d{place}_least"] != spread[f"d{place}_most"] for place in places])
    sums = {f"a{i}": flags[axis].sum() for i, axis in enumerate(ask.axes)}
    known_axes = {}
    for row in _by(spread, ask.slices, **sums).to_pyarrow().to_pylist():
        numbers = {axis: row[f"a{i}"] or 0 for i, axis in enumerate(ask.axes)}
        best = max(free, key=numbers.get) if free else None
        slice_ = ask.slice_of(row)
        if best:
            chosen[slice_] = best[0]
        others = tuple(axis for axis in ask.axes if axis != best)
        if any(numbers[axis] for axis in others):
            known_axes.setdefault(others, set()).add(slice_)
    repeats = {}
    for axes, slices in known_axes.items():
        known = spread.filter(reduce(or_, (flags[axis] for axis in axes))).select(*ask.slices, key)
        people = rows.semi_join(known, [*ask.slices, key]).cache()
        for level in levels(ask.by, ask.within, True):
            for slice_, label, n in _grouped(people, key, ask, level):
                if slice_ in slices:
                    repeats[slice_, label] = n
    return chosen, repeats


def _grouped(rows, key: str, ask: _Question, level: Iterable[int]) -> Iterator[tuple]:
    """Yields (slice, label, number of different keys) for one set of dimensions, by looking for the different ones."""
    level = tuple(level)
    names = [*ask.slices, *ask.columns(level)]
    if len(level) < len(ask.by):  # several times faster than counting different ones while grouping
        rows = rows.select(*names, key).distinct()
    yield from _labelled(_by(rows, names, rows.count()), ask, level)


def _by(rows, names: list[str], number=None, **measures):
    measures = measures if number is None else {"n": number}
    return rows.group_by(names).agg(**measures) if names else rows.agg(**measures)


def _labelled(counts, ask: _Question, level: tuple[int, ...]) -> Iterator[tuple]:
    for row in counts.to_pyarrow().to_pylist():
        if row["n"] or not ask.each:
            yield ask.slice_of(row), ask.label_of(row, level), int(row["n"] or 0)


def _word(name: str, value) -> str:
    if name == "quarter":
        return f"{value // 10:04}-Q{value % 10}"
    if name == "month":
        return f"{value // 100:04}-{value % 100:02}"
    return str(value)


def _sums(facts, indicator: Indicator, ask: _Question) -> dict[tuple, dict]:
    """Adds quantities (or sizes, or records) and carries what is known of their precision."""
    names = [*ask.slices, *ask.columns(range(len(ask.by)))]
    if indicator.measure == "deliveries":
        value, word = facts.count(), None
    elif indicator.measure == "sum of size":
        value, word = facts["size"].sum(), facts.qualifier
    else:
        value, word = facts.quantity.sum(), facts.qualifier
    measures = {"n": value}
    if word is not None:
        measures |= {each: (word == each).any() for each in QUALIFIERS}
    grouped = facts.group_by(names).agg(**measures) if names else facts.agg(**measures)
    inner: dict[tuple, dict] = {}
    for row in grouped.to_pyarrow().to_pylist():
        if row["n"] is not None:
            met = frozenset(each for each in QUALIFIERS if row.get(each))
            label = ask.label_of(row, range(len(ask.by)))
            inner.setdefault(ask.slice_of(row), {})[label] = (row["n"], met)
    return {slice_: roll_up(cells, ask.by, ask.within, ask.totals, indicator.one_of) for slice_, cells in inner.items()}
