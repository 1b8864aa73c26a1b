"""Counting the tables of a form from one organisation's records, protected with all that it told before.

Runs in a process of its own. A form may be filled for months, quarters and years, which lie within one another: so once
another time was told that shares months with this one, a count is protected for the whole calendar year with its
quarters and months as one table, together with every number told before, and only the time asked for is told. Where a
person may be met in several words of another dimension too (kinds of help), that cannot be done: such a table is told
for times that do not overlap those told before. Quantities are held back where people are hidden, and states at the end
of a time where they would give hidden steps back.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from duga.evidence import disclosure, engines, snapshot
from duga.evidence.model import ALL, Cell, Period, ProtectedTable, SafeCell, Table
from duga.evidence.periods import time_label
from duga.evidence.work.words import MEASURES
from duga.indicators import rules
from duga.indicators.queries import counting, leaving_out
from duga.indicators.queries.guard import lifted
from duga.indicators.queries.reports.quantities import follows, held_back
from duga.indicators.rules.reports import TOLD_MONTHS, Need, definition
from duga.plain.errors import Refused

CHAIN = ("quarter", "month")
MET_AGAIN = ("service_type", "channel", "target_group")
"""Dimensions beside time in which a person is commonly met again."""


@dataclass(frozen=True)
class Asked:
    """What is asked: a snapshot (None: no deliveries), the work beside it, a period and its word (month, year…)."""

    opened: snapshot.Snapshot | None
    work: object
    period: Period
    word: str

    @property
    def year(self) -> str:
        return f"{self.period.start[0]:04}"

    @property
    def labels(self) -> tuple[str, str]:
        """Where in a year's quarters and months the period stands."""
        quarter, month = (time_label(name, self.period.start) for name in CHAIN)
        return {"month": (quarter, month), "quarter": (quarter, ALL), "year": (ALL, ALL)}[self.word]


@dataclass
class Made:
    """One table of the asked time: as counted and as it may be told; `note`: why it is not told at all."""

    need: Need
    table: Table
    safe: dict[tuple[str, ...], object] = field(default_factory=dict)
    kind: str = "counts"
    note: str = ""

    def to_dict(self, period: str) -> dict:
        """The table as kept: cells [labels, counted, told or None, qualifier, known repeats]."""
        table = self.table
        return {
            "code": self.need.code, "by": list(self.need.by), "unit": table.unit, "period": period,
            "kind": self.kind, "note": self.note, "within": dict(table.within), "no_total": list(table.no_total),
            "distinct": table.distinct, "repeating": table.repeating,
            "cells": [
                [list(key), _number(cell.value), _number(self.safe.get(key)), cell.qualifier, cell.repeated]
                for key, cell in sorted(table.cells.items())
            ],
        }  # fmt: skip


def _number(value):
    return value if value is None or isinstance(value, int) else float(value)


def count_form(asked: Asked, needs: Iterable[Need], told: Iterable[Mapping]) -> list[dict]:
    """The tables that a form needs, counted and protected. `told`: tables that were told before, as kept.

    Tables of other things than an organisation's own records (supply, months told on written request) are left out.
    """
    needs, told = _largest(needs), list(told)
    groups: dict[str, list[Need]] = {}
    for need in needs:
        groups.setdefault(need.code, []).append(need)
    made: list[Made] = []
    for code in groups:
        indicator = definition(code)
        if indicator.of_supply or indicator.composite or not (indicator.of_work or asked.opened):
            continue  # unknown here: nothing of it was counted
        measure = MEASURES.get(indicator.measure)
        if measure and measure.stock:
            made += [_stock(asked, indicator, need) for need in groups[code]]
        elif measure and measure.value:
            made += [_plain(asked, indicator, need, "worked out only") for need in groups[code]]
        elif indicator.protected:
            made += _counts(asked, indicator, groups[code], told)
    _tell_stocks(asked, made, told)
    if "assistance_delivered" in groups and asked.opened:
        made += _quantities(asked, groups["assistance_delivered"], made, told)
    return [each.to_dict(str(asked.period)) for each in made]


def _largest(needs: Iterable[Need]) -> list[Need]:
    """The tables of which the others are totals; people by kind of help and region have no total over kinds."""
    needs = [need for need in needs if need.code not in TOLD_MONTHS]
    people = {Need("people_assisted", tuple(n for n in need.by if n != "unit")) for need in needs
              if need.code == "assistance_delivered"}  # fmt: skip
    needs = list(dict.fromkeys([*needs, *sorted(people, key=lambda need: need.by)]))
    return [need for need in needs if not any(_is_total_of(need, other) for other in needs)]


def _is_total_of(need: Need, other: Need) -> bool:
    inside = need.code == other.code and set(need.by) < set(other.by)
    return inside and not ({"area", "service_type"} <= set(other.by))


def _source(asked: Asked, indicator):
    return asked.work if indicator.of_work else asked.opened


def _plain(asked: Asked, indicator, need: Need, kind: str, period: Period | None = None) -> Made:
    table = engines.count(indicator, _source(asked, indicator), by=need.by, period=str(period or asked.period))
    table = replace(table, beside=())
    return Made(need, table, {key: cell.value for key, cell in table.cells.items()}, kind)


# --- Counts -----------------------------------------------------------------------------------------------


def _counts(asked: Asked, indicator, needs: list[Need], told: list[Mapping]) -> list[Made]:
    """All tables of one count, protected together: with one another and with what was told before."""
    made = [_counted(asked, indicator, need) for need in needs]
    mine = [each for each in told if each["code"] == indicator.code and not each["note"]]
    if _told_already(asked, made, mine):
        return made
    pairs, period = [pair_of(each) for each in mine], str(asked.period)
    chained = [each for each in made if not each.note and not set(each.need.by) & set(MET_AGAIN)]
    alone = [each for each in made if not each.note and each not in chained]
    if any(_cuts(asked, each) for each in mine):
        tables = [_chain(asked, indicator, each.need) for each in chained]
    else:
        tables = [lifted(each.table, {"year": period}) for each in chained]
    _protect(chained, tables, pairs, asked)
    pairs += [pair_of(each.to_dict(str(asked.period))) for each in chained if not each.note]
    for each in alone:
        if _overlaps(asked, each.need, mine):
            each.safe, each.note = {}, OVERLAPS
            continue
        _protect([each], [lifted(each.table, {"year": str(asked.period)})], pairs, asked)
        pairs += [pair_of(each.to_dict(str(asked.period)))] if not each.note else []
    return made


OVERLAPS = "overlaps"
"""Kept as a table's note: it was told for a time that this one cuts or lies in."""
WITHHELD = "withheld"
"""So little is known that nothing of the table can be told."""
FOLLOWS = "follows"
"""Beside the whole of each region it would tell who had help about violence."""
STOCK = "stock"
"""A state at the end of a time that is told for whole years in which the steps to it are shown."""


def _counted(asked: Asked, indicator, need: Need) -> Made:
    """A table of the asked time, before protection; of kinds of help by region, without those about violence."""
    names, opened = need.by, _source(asked, indicator)
    if indicator.of_work or not {"area", "service_type"} <= set(names):
        table = engines.count(indicator, opened, by=names, period=str(asked.period))
        return Made(need, replace(table, beside=()))
    where, out = leaving_out.kept_to_others(indicator, opened, names, {})
    table = engines.count(indicator, opened, by=names, where=where, period=str(asked.period))
    made = Made(need, leaving_out.without_totals_over(replace(table, beside=()), out))
    try:
        leaving_out.check_accounted_for(indicator, opened, names, {}, str(asked.period))
    except Refused:
        made.note = FOLLOWS
    return made


def _chain(asked: Asked, indicator, need: Need) -> Table:
    """The same for the whole year with its quarters and months."""
    table = engines.count(indicator, _source(asked, indicator), by=(*CHAIN, *need.by), period=asked.year)
    return lifted(replace(table, beside=()), {"year": asked.year})


def _protect(made: list[Made], tables: list[Table], pairs: list, asked: Asked) -> None:
    """Fills in what may be told of each; where they cannot be protected together, the last are left untold."""
    rule = disclosure.Rule(rules.MINIMUM)
    while made:
        try:
            safe = disclosure.protect_together(tables, rule, published=pairs, secret=counting.secret())
        except (disclosure.CannotProtect, Refused):
            last, tables = made.pop(), tables[:-1]
            last.safe, last.note = {}, WITHHELD
            continue
        for each, found in zip(made, safe, strict=True):
            at = (str(asked.year), *asked.labels) if CHAIN[0] in found.dimensions else (str(asked.period),)
            each.safe = {key: _of(found, (*at, *key)) for key in each.table.cells}
        return


def _of(safe: ProtectedTable, key: tuple[str, ...]):
    cell = safe.cells.get(key)
    return cell.value if cell is not None else None


def _told_already(asked: Asked, made: list[Made], told: list[Mapping]) -> bool:
    """Whether the very same tables were told before: then they are told again, as they were."""
    known = {(tuple(each["by"]), each["period"]): each for each in told}
    for each in made:
        before = known.get((each.need.by, str(asked.period)))
        now = [[list(key), _number(cell.value)] for key, cell in sorted(each.table.cells.items())]
        if each.note or before is None or [cell[:2] for cell in before["cells"]] != now:
            return False
    for each in made:
        before = known[each.need.by, str(asked.period)]
        each.safe = {tuple(key): value for key, _counted, value, *_rest in before["cells"]}
    return True


def _overlaps(asked: Asked, need: Need, told: list[Mapping]) -> bool:
    """Whether a table by these words was told of another time that shares months with this one."""
    return any(set(need.by) & set(each["by"]) & set(MET_AGAIN) and _cuts(asked, each) for each in told)


def _cuts(asked: Asked, told: Mapping) -> bool:
    """Whether a table was told of another time that shares months with this one."""
    return told["period"] != str(asked.period) and bool(Period.read(told["period"]).shared(asked.period))


def pair_of(told: Mapping) -> tuple[ProtectedTable, Table]:
    """A table that was told, as an attacker reads it and as it was counted, labelled with its time."""
    dimensions = tuple(told["by"])
    cells = {tuple(key): Cell(value, qualifier, repeated) for key, value, _t, qualifier, repeated in told["cells"]}
    table = Table(
        told["code"], told["unit"], dimensions, cells, within=told["within"], repeating=told["repeating"],
        no_total=tuple(told["no_total"]), distinct=told["distinct"],
    )  # fmt: skip
    safe = ProtectedTable(
        told["code"], told["unit"], dimensions,
        {tuple(key): SafeCell(value) for key, _c, value, *_rest in told["cells"]},
        disclosure.Rule(rules.MINIMUM).to_dict(), within=told["within"], no_total=tuple(told["no_total"]),
    )  # fmt: skip
    return lifted(safe, {"year": told["period"]}), lifted(table, {"year": told["period"]})


# --- States at the end ------------------------------------------------------------------------------------

FLOWS = ("cases_opened", "cases_closed")


def _stock(asked: Asked, indicator, need: Need) -> Made:
    made = _plain(asked, indicator, need, "stock")
    made.safe, made.note = {}, STOCK
    return made


def _tell_stocks(asked: Asked, made: list[Made], told: list[Mapping]) -> None:
    """Tells how many cases were open at the end of a year, where that says no more than the steps that are told.

    Two such numbers differ by the cases opened less those closed between them. So one is told only of a whole year
    whose opened and closed cases are shown, as the first ever, or after the year before's was told too.
    """
    stocks = [each for each in made if each.kind == "stock" and not each.need.by]
    flows = {each.need.code: each.safe.get((ALL,) * len(each.need.by)) for each in made if each.need.code in FLOWS}
    before = {each["period"] for each in told if each["kind"] == "stock" and not each["note"]}
    last = str(asked.period.shifted(-12))
    if asked.word != "year" or any(flows.get(code) is None for code in FLOWS):
        return
    if before - {str(asked.period)} and last not in before:
        return
    for each in stocks:
        value = each.table.value()
        if value == 0 or value >= rules.MINIMUM:
            each.safe, each.note = {(): value}, ""


# --- Quantities -------------------------------------------------------------------------------------------


def _quantities(asked: Asked, needs: list[Need], made: list[Made], told: list[Mapping]) -> list[Made]:
    """Quantities by unit, held back where the people behind them are hidden."""
    indicator, found = definition("assistance_delivered"), []
    for need in needs:
        if "unit" not in need.by:
            continue
        each = _plain(asked, indicator, need, "quantities")
        rest = tuple(name for name in need.by if name != "unit")
        people = [one for one in made if one.need.code in ("people_assisted", "households_reached")]
        each.safe = held_back(each.table, rest, people, rules.MINIMUM)
        mine = [one for one in told if one["kind"] == "quantities"]
        for key in follows(each.to_dict(str(asked.period)), mine, rules.MINIMUM):
            each.safe[tuple(key)] = None
        found.append(each)
    return found
