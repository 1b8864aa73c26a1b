"""Numbers worked out from counts: means with n, ratios, shares, rates, changes, cumulative counts, the highest.

Each is a composition of base counts of `engines`: the parts are counted by the same question, totals anew, and each
cell is worked out from its own parts. So a total is the ratio of the totals, never a sum or mean of ratios.
A table keeps its parts: they are what protection looks at (`derived_safety`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from duga.evidence import engines
from duga.evidence.indicators import COMPARE, Indicator
from duga.evidence.model import (
    ALL,
    TIME,
    Cell,
    Period,
    Table,
    levels,
    plain_number,
    within_of,
)
from duga.evidence.periods import time_label
from duga.evidence.quantities import Quantity, Unit
from duga.evidence.snapshot import Snapshot
from duga.plain.errors import Refused, gettext_noop

TERMS = {
    "mean": ("sum", "n"),
    "ratio": ("numerator", "denominator"),
    "share": ("part", "whole"),
    "rate": ("count", "inhabitants"),
    "change": ("before", "now"),
    "cumulative": (),
    "highest": ("plain_sum",),
}
"""What each kind's number is worked out from, as columns beside it."""

NOT_THERE = gettext_noop("Not known where the time before is not wholly in the snapshot.")
SAME_MONTHS = gettext_noop(
    "Of a year or quarter that is not wholly in the snapshot, its months are compared with the same months before."
)
OTHER_THAN_LINKED = gettext_noop(
    "The plain sum claims that nobody was helped by two of the sources; the highest that all were."
)


@dataclass(frozen=True)
class Asked:
    """A question to a composite indicator; `base` counts a part by the same or another question."""

    indicator: Indicator
    snapshot: Snapshot
    by: tuple[str, ...]
    where: Mapping[str, tuple[str, ...]]
    period: Period
    base: Callable[..., Table]
    engine: str = "duckdb"

    def part(self, role: str, **other) -> Table:
        """The table of one of the indicators it rests on."""
        return self.base(
            self.indicator.parts[role], **{"by": self.by, "where": self.where, "period": self.period, **other}
        )

    def unit(self, role: str) -> Unit:
        return self.indicator.parts[role].typed

    def kept(self, labels: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
        """What a cell is kept to: its labels, else the question's filter."""
        return {**self.where, **{name: (word,) for name, word in labels.items() if word != ALL}}


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
    """Works out a composite indicator: what `engines.count` calls for one.

    The table has a cell wherever one of its parts has; `value` is None, the qualifier "unknown", where a
    denominator is nought, inhabitants are not given, or a time compared is not in the snapshot.
    """
    if indicator.measure == "size of households":
        question = {"by": by, "where": where, "period": period, "totals": totals, "engine": engine}
        sized, households = (engines.count(each, snapshot, **question) for each in _with_households(indicator))
        return replace(sized, parts=(households,))
    by, where = engines.check_question(indicator, by, where, snapshot)
    period = Period.read(period) or snapshot.period

    def base(part: Indicator, **question) -> Table:
        return engines.count(part, snapshot, engine=engine, **question)

    table = _WORKED_OUT[indicator.measure](Asked(indicator, snapshot, by, where, period, base, engine))
    return table if totals else table.without_totals()


def count_each(
    indicator: Indicator,
    snapshot: Snapshot,
    *,
    by: Sequence[str] = (),
    each: Sequence[str] = ("country", "year"),
    where: Mapping[str, str | Iterable[str]] | None = None,
    period: Period | str | None = None,
) -> dict[tuple[str, ...], Table]:
    """One table for every combination of `each` that occurs: the same as `count` gives with it as filter or period."""
    if indicator.measure == "size of households":
        question = {"by": by, "each": each, "where": where, "period": period}
        sized, households = (engines.count_each(part, snapshot, **question) for part in _with_households(indicator))
        return {labels: replace(table, parts=(households[labels],)) for labels, table in sized.items()}
    by, where = engines.check_question(indicator, by, where, snapshot)
    period = Period.read(period) or snapshot.period
    first = next(iter(indicator.parts.values()))
    while first.composite:
        first = next(iter(first.parts.values()))
    found = {}
    for labels in engines.count_each(first, snapshot, each=each, where=where, period=period):
        kept, span = dict(where), period
        for name, word in zip(each, labels, strict=True):
            if name in TIME:
                span = span.shared(Period.read(word))
            else:
                kept[name] = (word,)
        found[labels] = count(indicator, snapshot, by=by, where=kept, period=span)
    return found


def _with_households(indicator: Indicator) -> tuple[Indicator, Indicator]:
    """A size of households and the households themselves: protection looks at both."""
    households = replace(indicator, measure="distinct households", unit="household", beside=())
    return replace(indicator, alone=True), households


def _table(ask: Asked, cells: Mapping, parts: Iterable[Table], notes: tuple[str, ...] = ()) -> Table:
    indicator = ask.indicator
    return Table(
        measure=indicator.code,
        unit=indicator.unit,
        dimensions=ask.by,
        cells=cells,
        within=within_of(ask.by),
        protected=indicator.protected,
        distinct=False,
        notes=notes,
        kind=indicator.measure,
        terms=TERMS[indicator.measure],
        parts=tuple(parts),
    )


def _known(cell: Cell | None, unit: Unit) -> Quantity | None:
    """A part's cell as a quantity: nought where there is none, None where it is not known."""
    if cell is None:
        return Quantity.of(0, unit)
    return None if cell.value is None else Quantity.of(cell.value, unit, cell.qualifier)


def _cell(worked: Quantity | None, decimals: int | None, *terms: Decimal | int | None) -> Cell:
    """A worked-out number as a cell: rounded to so many decimals, which stay (3.0); None: as exact as it is."""
    if worked is None:
        return Cell(None, "unknown", terms=terms)
    value, qualifier = (worked if decimals is None else worked.rounded(decimals)).said()
    return Cell(value if decimals or value is None else plain_number(value), qualifier, terms=terms)


def _ratio(ask: Asked) -> Table:
    """Means, ratios and shares: numerator by denominator in every cell and every total."""
    above, below = ask.part("numerator"), ask.part("denominator")
    units, per = (ask.unit("numerator"), ask.unit("denominator")), ask.indicator.per
    cells = {}
    for key in above.cells.keys() | below.cells.keys():
        one, other = _known(above.cells.get(key), units[0]), _known(below.cells.get(key), units[1])
        worked = one.share_of(other) if ask.indicator.measure == "share" else one.over(other, per=per)
        cells[key] = _cell(worked, ask.indicator.decimals, plain_number(one.value), plain_number(other.value))
    return _table(ask, cells, (above, below))


def _rate(ask: Asked) -> Table:
    """So many per 10,000 inhabitants of the same places, sexes and ages."""
    inhabitants = ask.indicator.inhabitants
    if inhabitants is None:
        raise Refused(
            gettext_noop(
                "%(code)s needs a table of population: a CSV with country, area, population (and year, sex, age_band "
                "where known). Name it with --population, or with indicator.with_population(…)."
            ),
            code=ask.indicator.code,
        )
    inhabitants.must_know([*ask.by, *ask.where])
    above, cells = ask.part("numerator"), {}
    people = Unit("person", "inhabitants")
    for key, cell in above.cells.items():
        kept = ask.kept(dict(zip(ask.by, key, strict=True)))
        number = inhabitants.of({**kept, "year": (_year_of(kept, ask.period),)})
        worked = None
        if number:
            worked = _known(cell, ask.unit("numerator")).over(Quantity.of(number, people), per=ask.indicator.per)
        cells[key] = _cell(worked, ask.indicator.decimals, cell.value, number)
    return _table(ask, cells, (above,))


def _year_of(kept: Mapping, period: Period) -> str:
    """The year whose inhabitants count: the cell's, else the last of the period."""
    for name in TIME:
        if name in kept:
            return kept[name][0][:4]
    return f"{period.end[0]:04}"


def _change(ask: Asked) -> Table:
    """What is counted now against the same a year, quarter or month before: always the same months of both."""
    months, unit, known = COMPARE[ask.indicator.compare], ask.unit("counted"), ask.snapshot.period
    asked, ask = ask.period, replace(ask, period=ask.period.shared(known) or ask.period)
    for name in ask.by:
        if name in TIME and {"year": 12, "quarter": 3, "month": 1}[name] > months:
            raise Refused(
                gettext_noop("A comparison with a %(compare)s cannot be broken down by %(name)s."),
                compare=ask.indicator.compare,
                name=name,
            )
    now, before = ask.part("counted"), ask.part("counted", period=ask.period.shifted(-months))
    moved = _moved_table(before, months).cells
    counts = ask.indicator.show == "difference" and not ask.indicator.parts["counted"].parts
    decimals = None if counts else ask.indicator.decimals
    cells, notes = {}, {SAME_MONTHS} if asked != ask.period else set()
    for key in now.cells.keys() | moved.keys():
        span = _span(dict(zip(ask.by, key, strict=True)), ask.period)
        if span.length > months:  # a total of two years is not compared with a total of two years, one later
            continue
        then = span.shifted(-months)
        whole = then.shared(known) == then and span.shared(known) == span
        new, old = _known(now.cells.get(key), unit), _known(moved.get(key), unit)
        worked = _compared(new, old, ask.indicator.show) if whole and new and old else None
        notes |= set() if whole else {NOT_THERE}
        notes |= {SAME_MONTHS} if _cut(dict(zip(ask.by, key, strict=True)), span) else set()
        terms = [
            plain_number(each.value) if each and part.shared(known) == part else None
            for each, part in ((old, then), (new, span))
        ]
        cells[key] = _cell(worked, decimals, *terms)
    if not cells:
        raise Refused(
            gettext_noop(
                "The period %(period)s is longer than what it is compared with. "
                "Name a shorter one, or break it down by time."
            ),
            period=str(ask.period),
        )
    return _table(ask, cells, (now, _moved_table(before, months)), tuple(sorted(notes)))


def _compared(now: Quantity, before: Quantity, show: str) -> Quantity:
    return now.change_from(before) if show == "percent" else now - before


def _moved(key: tuple[str, ...], by: tuple[str, ...], months: int) -> tuple[str, ...]:
    """The labels of a cell so many months later."""
    return tuple(
        time_label(name, Period.read(word).shifted(months).start) if name in TIME and word != ALL else word
        for name, word in zip(by, key, strict=True)
    )


def _moved_table(table: Table, months: int) -> Table:
    cells = {_moved(key, table.dimensions, months): cell for key, cell in table.cells.items()}
    return replace(table, cells=cells, parts=tuple(_moved_table(part, months) for part in table.parts))


def _span(labels: Mapping[str, str], period: Period) -> Period:
    """The months a cell is about."""
    for name in reversed(TIME):
        if labels.get(name, ALL) != ALL:
            return Period.read(labels[name]).shared(period) or Period.read(labels[name])
    return period


def _cut(labels: Mapping[str, str], span: Period) -> bool:
    """Whether a cell's year or quarter has months that the question leaves out."""
    finest = next((labels[name] for name in reversed(TIME) if labels.get(name, ALL) != ALL), None)
    return finest is not None and Period.read(finest) != span


def _cumulative(ask: Asked) -> Table:
    """Everything counted from the start to the end of each year, quarter or month asked for.

    Each person is counted once since the start, so it is counted anew for each end and not added up.
    """
    times = tuple(name for name in TIME if name in ask.by)
    others = tuple(name for name in ask.by if name not in TIME)
    start = ask.indicator.since.start if ask.indicator.since else ask.snapshot.period.start
    known = Period(start, ask.period.end).shared(ask.snapshot.period)
    shown = known and known.shared(ask.period)
    if not shown:
        return _table(ask, {(ALL,) * len(ask.by): Cell(0)}, ())
    ends: dict[tuple[str, ...], tuple[int, int]] = {(ALL,) * len(times): shown.end}
    for name in times:
        for part in shown.parts(name):
            labels = (time_label(each, part.end) if TIME.index(each) <= TIME.index(name) else ALL for each in times)
            ends[tuple(labels)] = part.end
    counted = _up_to_each(ask, others, known.start, set(ends.values()))
    cells, places = {}, [*times, *others]
    for labels, end in ends.items():
        for key, cell in counted[end].items():
            words = dict(zip(places, (*labels, *key), strict=True))
            cells[tuple(words[name] for name in ask.by)] = Cell(cell.value, cell.qualifier)
    table = _table(ask, cells, ())
    return replace(table, parts=(_steps(table),))


def _up_to_each(ask: Asked, by: tuple[str, ...], start, ends: Iterable) -> dict[tuple, dict[tuple, Cell]]:
    """The cells of everything counted from the start to each end.

    Who is counted once stands in the month in which she was first met: one question for all ends. Other measures are
    counted anew for each.
    """
    part = ask.indicator.parts["counted"]
    if part.measure not in engines._KEYS:
        return {end: dict(ask.part("counted", by=by, period=Period(start, end)).cells) for end in ends}
    first = _first_met(ask, part, by, Period(start, max(ends)))
    found = {end: {(ALL,) * len(by): Cell(0)} for end in ends}
    for (year, month), cells in found.items():
        for label, months in first.items():
            number = sum(n for met, n in months.items() if met <= year * 100 + month)
            if number:
                cells[label] = Cell(number)
    return found


def _first_met(ask: Asked, part: Indicator, by: tuple[str, ...], period: Period) -> dict[tuple, dict[int, int]]:
    """How many were met for the first time in each month (202003), in every cell and every total."""
    question = engines._Question((*by, "month"), dict(ask.where), period, True)
    key, month, found = engines._KEYS[part.measure], f"d{len(by)}", {}
    with engines._connection(ask.engine) as con:
        facts = engines._facts(con, part, ask.snapshot, question)
        if facts is None:
            return {}
        met = facts.filter(facts[key].notnull())
        for level in levels(by, within_of(by), True):
            names = question.columns(level)
            first = met.group_by([*names, key]).agg(first=met[month].min())
            rows = first.group_by([*names, "first"]).agg(n=first.count())
            for row in rows.to_pyarrow().to_pylist():
                found.setdefault(question.label_of(row, level)[:-1], {})[row["first"]] = row["n"]
    return found


def _steps(table: Table) -> Table:
    """Who was met for the first time in each year, quarter or month: a cumulative table's steps."""
    by, cells = table.dimensions, {}
    lines: dict[tuple, list] = {}
    for key, cell in table.cells.items():
        time = [word for name, word in zip(by, key, strict=True) if name in TIME and word != ALL]
        depth = len(time)
        rest = tuple(word for name, word in zip(by, key, strict=True) if name not in TIME)
        lines.setdefault((depth, rest), []).append((time[-1] if time else ALL, key, cell))
    for line in lines.values():
        before = 0
        for _, key, cell in sorted(line, key=lambda each: each[0]):
            cells[key] = Cell(plain_number(cell.value - before), cell.qualifier)
            before = cell.value
    return replace(table, cells={key: cell for key, cell in cells.items() if cell.value}, kind="count", parts=())


def _highest(ask: Asked) -> Table:
    """In one area the highest of the sources, never the sum; areas are added (a sum of maxima per place).

    "At least" where several sources worked in one area; "about" where areas are added, because nobody knows who was met
    in two of them.
    """
    over = ask.indicator.over
    if over in ask.by:
        raise Refused(gettext_noop("The highest is taken over %(name)s, so it cannot be broken down by it."), name=over)
    extra = [name for name in ("country", "area") if name not in ask.by]
    counted = ask.part("counted", by=(*ask.by, *extra, over))
    names = (*ask.by, *extra, over)
    sources: dict[tuple, dict[tuple, list[Cell]]] = {}
    for key, cell in counted.cells.items():
        labels = dict(zip(names, key, strict=True))
        place = (labels["country"], labels["area"])
        if ALL not in (*place, labels[over]):
            rest = tuple(labels[name] for name in ask.by if name not in ("country", "area"))
            sources.setdefault(rest, {}).setdefault(place, []).append(cell)
    cells: dict[tuple[str, ...], Cell] = {}
    for level in levels(ask.by, within_of(ask.by), True):
        shown = {ask.by[i] for i in level}
        for rest, places in sources.items():
            if any((word == ALL) == (name in shown) for name, word in _not_places(ask.by, rest)):
                continue
            for key, met in _gathered(ask.by, shown, rest, places).items():
                cells[key] = _highest_cell(met)
    if not cells:
        cells = {(ALL,) * len(ask.by): Cell(0, terms=(0,))}
    table = _table(ask, cells, (), (OTHER_THAN_LINKED,))
    repeating = next((name for name in ask.by if name in TIME), None)
    inner = {key: Cell(cell.value) for key, cell in cells.items()}
    return replace(table, parts=(replace(table, cells=inner, kind="count", parts=(), terms=(), repeating=repeating),))


def _not_places(by: tuple[str, ...], rest: tuple[str, ...]):
    return zip((name for name in by if name not in ("country", "area")), rest, strict=True)


def _gathered(by, shown: set[str], rest, places) -> dict[tuple[str, ...], list[list[Cell]]]:
    """The sources of every place that stands behind each cell."""
    found: dict[tuple[str, ...], list[list[Cell]]] = {}
    words = dict(_not_places(by, rest))
    for (country, area), met in places.items():
        here = {"country": country, "area": area, **words}
        key = tuple(here[name] if name in shown else ALL for name in by)
        found.setdefault(key, []).append(met)
    return found


def _highest_cell(places: list[list[Cell]]) -> Cell:
    value = sum(max(cell.value for cell in met) for met in places)
    plain = sum(cell.value for met in places for cell in met)
    exact = all(cell.qualifier == "exact" for met in places for cell in met)
    if len(places) > 1:
        qualifier = "about"
    else:
        qualifier = ("exact" if exact else "about") if len(places[0]) == 1 else "at_least"
    return Cell(plain_number(value), qualifier, terms=(plain_number(plain),))


def highest_of(tables: Iterable[Table]) -> Table:
    """The same count from several sources without linkage: in each area the highest, never the sum.

    For tables of other installations or reports: same measure, unit and breakdown, which must hold `area` (else
    each cell is taken as one area). Totals over areas add the areas' highest.
    """
    tables = list(tables)
    first = tables[0]
    for other in tables[1:]:
        if other.unit != first.unit:
            raise Refused(
                gettext_noop("%(one)s and %(other)s cannot be compared: they count unlike things."),
                one=first.unit,
                other=other.unit,
            )
        if other.dimensions != first.dimensions:
            raise Refused(gettext_noop("The highest is taken of tables with the same breakdown."))
    by, cells = first.dimensions, {}
    for key in {key for table in tables for key in table.cells}:
        at = by.index("area") if "area" in by else None
        if at is None or key[at] != ALL:
            met = [table.cells[key] for table in tables if key in table.cells]
            cells[key] = _highest_cell([met])
    if "area" in by:
        summed: dict[tuple, list[list[Cell]]] = {}
        for key in list(cells):
            met = [table.cells[key] for table in tables if key in table.cells]
            upper = [tuple(ALL if name == "area" else word for name, word in zip(by, key, strict=True))]
            if "country" in by:
                upper.append(tuple(ALL if name in ("area", "country") else w for name, w in zip(by, key, strict=True)))
            for label in upper:
                summed.setdefault(label, []).append(met)
        cells |= {label: _highest_cell(places) for label, places in summed.items()}
    return replace(
        first, cells=cells, distinct=False, kind="highest", terms=TERMS["highest"], notes=(OTHER_THAN_LINKED,)
    )


def coverage(snapshot: Snapshot, period: Period | str | None) -> str | None:
    """What to say of a period that is not wholly in the snapshot; None if it is. Refuses one wholly outside.

    Months between the first and the last of a snapshot in which nothing was recorded are known to be nought; months
    before and after are not known at all.
    """
    period = Period.read(period)
    known = snapshot.period
    if period is None or period.shared(known) == period:
        return None
    if not period.shared(known):
        raise Refused(
            gettext_noop("The period %(period)s is not in this snapshot, which holds %(known)s."),
            period=str(period),
            known=str(known),
        )
    return f"Only {period.shared(known)} of {period} is in this snapshot: the rest is not known, and not counted."


def one_by_one(facts):
    """The people of households: every household row once for each of its members, as different `person` keys.

    The members of one household are nested sets, so counting different members counts each household's largest
    recorded size once, in a cell and in a total alike. A household without a size stands for one person.
    """
    import ibis

    met = facts.filter(facts.household.notnull())
    size = ibis.greatest(met["size"].cast("int64").fill_null(1), 1)
    met = met.mutate(member=ibis.range(0, size).unnest())
    return met.mutate(person=met.household.cast("int64") * 1_000_000 + met.member).drop("member")


def sizes(facts, ask) -> dict[tuple, tuple[dict, str | None]]:
    """The real size of each household once, in every cell and total; "at least" where a size is not recorded.

    For `engines`: facts and question as they are there.
    """
    members = one_by_one(facts)
    found = engines._distinct(engines._Met("person", ask, lambda: members))
    unknown = facts.filter(facts.household.notnull() & facts["size"].isnull())
    if unknown.count().execute():
        for slice_, label in _without_size(facts, ask):
            cells = found[slice_][0]
            if label in cells:
                cells[label] = replace(cells[label], qualifier="at_least")
    return found


def _without_size(facts, ask):
    """Yields (slice, label) of the cells in which some household's size is nowhere recorded."""
    met = facts.filter(facts.household.notnull())
    for level in levels(ask.by, ask.within, ask.totals):
        names = [*ask.slices, *ask.columns(level)]
        each = met.group_by([*names, "household"]).agg(largest=met["size"].max())
        flag = each.largest.isnull().any()
        rows = each.group_by(names).agg(n=flag) if names else each.agg(n=flag)
        for row in rows.to_pyarrow().to_pylist():
            if row["n"]:
                yield ask.slice_of(row), ask.label_of(row, level)


_WORKED_OUT = {
    "mean": _ratio,
    "ratio": _ratio,
    "share": _ratio,
    "rate": _rate,
    "change": _change,
    "cumulative": _cumulative,
    "highest": _highest,
}
