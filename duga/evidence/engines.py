"""Counting: a definition, a snapshot and a question give a `Table`.

The expression is written once in Ibis; DuckDB answers it in memory over the snapshot's Parquet files. A total of
people is counted anew from the people, never added up from its parts.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from itertools import product

from duga.evidence.indicators import Indicator
from duga.evidence.model import (
    ALL,
    CHAINS,
    DIMENSIONS,
    REPEATING,
    TIME,
    Cell,
    Period,
    Table,
    chains,
    known_word,
)
from duga.evidence.snapshot import Snapshot
from duga.plain.errors import Refused, gettext_noop

ENGINES = ("duckdb",)
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
    if engine not in ENGINES:
        known_word(engine, ENGINES, "engine")
    by, where = check_question(indicator, by, where, snapshot)
    period = Period.read(period) or snapshot.period
    with _connection() as con:
        return _count(con, indicator, snapshot, by, where, period, totals)


def check_question(
    indicator: Indicator, by: Sequence[str], where: Mapping | None, snapshot: Snapshot | None = None
) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """Refuses what the definition does not allow; gives the question in a clean form."""
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
                known_word(word, snapshot.manifest.words[name], f"{name} in this snapshot")
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
def _connection():
    """An Ibis connection to DuckDB in memory, closed afterwards."""
    import ibis

    con = ibis.duckdb.connect()
    try:
        yield con
    finally:
        con.disconnect()


def _count(con, indicator, snapshot, by, where, period, totals) -> Table:
    facts = _facts(con, indicator, snapshot, by, where, period)
    within = _within(by)
    key = _KEYS.get(indicator.measure)
    if facts is None:
        cells, repeating = {}, None
    elif key:
        cells, repeating = _distinct(facts, key, by, within, totals)
    else:
        cells, repeating = _sums(facts, indicator, by, within, totals), None
    beside = tuple(_count(con, other, snapshot, by, where, period, totals) for other in indicator.beside)
    if totals and not all(name in by for name in indicator.one_of):
        cells = cells or {(ALL,) * len(by): Cell(0)}
    return Table(
        measure=indicator.code,
        unit=indicator.unit or " ".join(where.get("unit", ("by unit",))),
        dimensions=by,
        cells=cells,
        within=within,
        repeating=repeating,
        no_total=tuple(name for name in indicator.one_of if name in by),
        protected=indicator.protected,
        distinct=bool(key),
        beside=beside,
    )


def _within(by: tuple[str, ...]) -> dict[str, str]:
    """Area within country, month within quarter within year, where both are asked for."""
    found = {}
    for chain in CHAINS:
        asked = [name for name in chain if name in by]
        found |= dict(zip(asked[1:], asked, strict=False))
    return found


def _facts(con, indicator, snapshot, by, where, period):
    """The facts the question is about, with the columns it needs; None where no file holds any."""
    import ibis

    files = snapshot.files(period)
    if not files:
        return None
    facts = con.read_parquet(files)
    start, end = (ibis.date(year, month, 1) for year, month in (period.start, period.end))
    facts = facts.filter(facts.month.between(start, end))
    for name, words in (*indicator.of.items(), *where.items()):
        column = facts[name].cast("string") if name == "organisation" else facts[name]
        facts = facts.filter(column == words[0] if len(words) == 1 else column.isin(words))
    times = {
        "year": lambda t: t.month.year(),
        "quarter": lambda t: t.month.year() * 10 + t.month.quarter(),
        "month": lambda t: t.month.year() * 100 + t.month.month(),
    }
    columns = {f"d{i}": times[name](facts) if name in times else facts[name] for i, name in enumerate(by)}
    rest = [facts[name] for name in ("person", "household", "size", "quantity", "qualifier")]
    return facts.select(*rest, **columns)


def _levels(by, within, totals, no_total=()) -> list[tuple[int, ...]]:
    """The sets of dimensions (by position) that have cells: all of them for a table without totals.

    >>> _levels(("country", "area"), {"area": "country"}, True)
    [(0, 1), (0,), ()]
    """
    if not totals:
        return [tuple(range(len(by)))]
    options = []
    for axis in chains(by, within):
        positions = [by.index(name) for name in axis]
        least = max((place + 1 for place, name in enumerate(axis) if name in no_total), default=0)
        options.append([tuple(positions[:n]) for n in range(len(positions), least - 1, -1)])
    return [tuple(sorted(sum(choice, ()))) for choice in product(*options)]


def _distinct(facts, key, by, within, totals) -> tuple[dict, str | None]:
    """Counts different keys in every cell and total, and how many of them stand in places nobody would expect."""
    names = [f"d{i}" for i in range(len(by))]
    met = facts.filter(facts[key].notnull()).select(*names, key).distinct()
    if not totals:
        return {label: Cell(n) for label, n in _grouped(met, key, by, range(len(by)))}, None
    met = met.cache()
    repeating, people = _repeated(met, key, by, within)
    cells, repeats = {}, {}
    for level in _levels(by, within, totals):
        cells |= dict(_grouped(met, key, by, level))
        if people is not None:
            repeats |= dict(_grouped(people, key, by, level))
    return {label: Cell(n, repeated=repeats.get(label, 0)) for label, n in cells.items()}, repeating


def _repeated(met, key, by, within):
    """Which axis people repeat along, and the rows of those who stand in several values of another one.

    Of the axes on which people are met again by nature (time, service, unit, channel) the one with most repeats is
    chosen; everybody who repeats along any other axis is taken as known to an attacker.
    """
    axes = chains(by, within)
    spread = {}
    each = met.group_by(key).agg(**{name: met[name].nunique() for name in met.columns if name != key})
    for axis in axes:
        several = None
        for name in axis:
            more = each[f"d{by.index(name)}"] > 1
            several = more if several is None else several | more
        spread[axis] = several
    if not axes:
        return None, None
    counted = each.agg(**{f"a{i}": spread[axis].sum() for i, axis in enumerate(axes)}).to_pyarrow().to_pylist()[0]
    numbers = {axis: counted[f"a{i}"] or 0 for i, axis in enumerate(axes)}
    free = [axis for axis in axes if axis[0] in REPEATING or axis[0] in TIME]
    chosen = max(free, key=lambda axis: numbers[axis]) if free else None
    others = [axis for axis in axes if axis != chosen and numbers[axis]]
    if not others:
        return chosen and chosen[0], None
    test = spread[others[0]]
    for axis in others[1:]:
        test = test | spread[axis]
    known = each.filter(test).select(key)
    return chosen and chosen[0], met.semi_join(known, key).cache()


def _grouped(met, key, by, level):
    """Yields (label, number of different keys) for one set of dimensions."""
    names = [f"d{i}" for i in level]
    if len(names) == len(by):
        counts = met.group_by(names).agg(n=met.count()) if names else met.agg(n=met.count())
    else:
        counts = met.group_by(names).agg(n=met[key].nunique()) if names else met.agg(n=met[key].nunique())
    for row in counts.to_pyarrow().to_pylist():
        yield _label(row, by, level), row["n"]


def _label(row: Mapping, by: tuple[str, ...], level: Iterable[int]) -> tuple[str, ...]:
    """A cell's labels: words, years, 2020-Q1, 2020-03; `(all)` where a dimension is not in the level."""
    level = set(level)
    return tuple(_word(by[i], row[f"d{i}"]) if i in level else ALL for i in range(len(by)))


def _word(name: str, value) -> str:
    if name == "quarter":
        return f"{value // 10:04}-Q{value % 10}"
    if name == "month":
        return f"{value // 100:04}-{value % 100:02}"
    return str(value)


def _sums(facts, indicator, by, within, totals) -> dict:
    """Adds quantities (or sizes, or records) and carries what is known of their precision."""
    names = [f"d{i}" for i in range(len(by))]
    if indicator.measure == "deliveries":
        value, word = facts.count(), None
    elif indicator.measure == "sum of size":
        value, word = facts["size"].sum(), facts.qualifier
    else:
        value, word = facts.quantity.sum(), facts.qualifier
    measures = {"n": value}
    if word is not None:
        measures |= {each: (word == each).any() for each in ("about", "at_least", "at_most")}
    grouped = facts.group_by(names).agg(**measures) if names else facts.agg(**measures)
    inner = {}
    for row in grouped.to_pyarrow().to_pylist():
        if row["n"] is not None:
            inner[_label(row, by, range(len(by)))] = Cell(plain_number(row["n"]), precision(row))
    return roll_up(inner, by, within, totals, indicator.one_of)


def roll_up(inner: Mapping, by, within, totals=True, no_total=()) -> dict:
    """Adds innermost cells into every total; qualifiers go along."""
    cells = {}
    for level in _levels(tuple(by), within, totals, [name for name in no_total if name in by]):
        keep = set(level)
        for key, cell in inner.items():
            label = tuple(word if i in keep else ALL for i, word in enumerate(key))
            old = cells.get(label)
            cells[label] = cell if old is None else _plus(old, cell)
    return cells


def _plus(one: Cell, other: Cell) -> Cell:
    flags = {one.qualifier: True, other.qualifier: True}
    return Cell(plain_number(one.value + other.value), precision(flags))


def precision(flags: Mapping[str, object]) -> str:
    """The qualifier of a sum from those of its parts.

    A part that is "at least" makes the sum "at least", "at most" likewise, also beside parts that are "about":
    the open end says more than the rounding. Where "at least" meets "at most" neither bound holds: "about".

    >>> precision({"at_least": True, "about": True})
    'at_least'
    """
    low, high = flags.get("at_least"), flags.get("at_most")
    if low and high:
        return "about"
    if low or high:
        return "at_least" if low else "at_most"
    return "about" if flags.get("about") else "exact"


def plain_number(value) -> int | Decimal:
    """Whole numbers as int, others as Decimal without trailing zeros."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else value.normalize()
    return int(value)
