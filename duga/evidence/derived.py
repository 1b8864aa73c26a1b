"""Numbers worked out from counts: means with n, ratios, shares, rates, changes, cumulative counts, the highest.

Each is a composition of base counts of `engines`: the parts are counted by the same question, totals anew, and each
cell is worked out from its own parts. So a total is the ratio of the totals, never a sum or mean of ratios.
A table keeps its parts: they are what protection looks at (`derived_safety`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from duga.evidence import engines
from duga.evidence.composed import TERMS, Asked, composed
from duga.evidence.indicators import COMPARE, Indicator
from duga.evidence.model import ALL, TIME, Cell, Period, Table, levels, plain_number
from duga.evidence.periods import time_label
from duga.evidence.quantities import Quantity, Unit
from duga.evidence.series import cumulative, highest, highest_of
from duga.evidence.snapshot import Snapshot
from duga.plain.errors import Refused, gettext_noop

__all__ = ["TERMS", "count", "count_each", "coverage", "highest_of", "one_by_one", "sizes"]

NOT_THERE = gettext_noop("Not known where the time before is not wholly in the snapshot.")
SAME_MONTHS = gettext_noop(
    "Of a year or quarter that is not wholly in the snapshot, its months are compared with the same months before."
)


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
    period = Period.read(period) or (None if indicator.of_work else snapshot.period)  # None: all that is known

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
    return composed(ask, cells, (above, below))


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
        decimals = worked.places(ask.indicator.decimals) if worked else ask.indicator.decimals
        cells[key] = _cell(worked, decimals, cell.value, number)
    return composed(ask, cells, (above,))


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
    return composed(ask, cells, (now, _moved_table(before, months)), tuple(sorted(notes)))


def _compared(now: Quantity, before: Quantity, show: str) -> Quantity:
    return now.change_from(before) if show == "percent" else now - before


def moved_key(key: tuple[str, ...], by: tuple[str, ...], months: int) -> tuple[str, ...]:
    """The labels of a cell so many months later."""
    return tuple(
        time_label(name, Period.read(word).shifted(months).start) if name in TIME and word != ALL else word
        for name, word in zip(by, key, strict=True)
    )


def _moved_table(table: Table, months: int) -> Table:
    cells = {moved_key(key, table.dimensions, months): cell for key, cell in table.cells.items()}
    parts = tuple(_moved_table(part, months) for part in table.parts)
    return replace(table, cells=cells, parts=parts, later=table.later + months)


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
    "cumulative": cumulative,
    "highest": highest,
}
