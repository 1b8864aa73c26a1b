"""Numbers worked out from counts, over time and over sources: cumulative counts, and the highest of several sources.

`derived` calls them for the measures of these names; `highest_of` compares tables of other installations or reports.
"""

from collections.abc import Iterable
from dataclasses import replace

from duga.evidence import engines
from duga.evidence.composed import TERMS, Asked, composed
from duga.evidence.indicators import Indicator
from duga.evidence.model import ALL, TIME, Cell, Period, Table, levels, plain_number, within_of
from duga.evidence.periods import time_label
from duga.plain.errors import Refused, gettext_noop

OTHER_THAN_LINKED = gettext_noop(
    "The plain sum claims that nobody was helped by two of the sources; the highest that all were."
)


def cumulative(ask: Asked) -> Table:
    """Everything counted from the start to the end of each year, quarter or month asked for.

    Each person is counted once since the start, so it is counted anew for each end and not added up.
    """
    times = tuple(name for name in TIME if name in ask.by)
    others = tuple(name for name in ask.by if name not in TIME)
    start = ask.indicator.since.start if ask.indicator.since else ask.snapshot.period.start
    known = Period(start, ask.period.end).shared(ask.snapshot.period)
    shown = known and known.shared(ask.period)
    if not shown:
        return composed(ask, {(ALL,) * len(ask.by): Cell(0)}, ())
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
    table = composed(ask, cells, ())
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


def highest(ask: Asked) -> Table:
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
    table = composed(ask, cells, (), (OTHER_THAN_LINKED,))
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
