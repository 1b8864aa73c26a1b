"""From protected tables to the numbers of a form: a cell looked up, words added, a share worked out of what is shown.

What is worked out here (a share, a mean, a sum of words) rests on numbers that are shown, and is hidden where one of
them is: it tells nothing that they do not tell. Nothing here counts people, and unknown stays unknown.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import product

from duga.evidence.indicators import Indicator
from duga.evidence.model import ALL
from duga.evidence.quantities import Quantity, Unit
from duga.indicators.rules.reports.layouts import TOLD_MONTHS, Figure, Layout, definition

SHOWN, HIDDEN, UNKNOWN = "shown", "hidden", "unknown"


@dataclass(frozen=True)
class Need:
    """A table that a form needs: an indicator that is counted, and what it is broken down by, in order of name."""

    code: str
    by: tuple[str, ...]


@dataclass(frozen=True)
class Counted:
    """A protected table: `cells` {labels: (value, or None where it is hidden, qualifier)}; what is not there is nought.

    `note` says what it rests on: definition, version, fingerprints, protection, period.
    """

    need: Need
    unit: str
    cells: Mapping[tuple[str, ...], tuple[object, str]]
    note: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Told:
    """What stands in a cell: a number, a hidden one, or nothing known; `rests_on` are the tables it comes from."""

    value: object
    status: str = SHOWN
    qualifier: str = "exact"
    unit: str = ""
    figure: Figure | None = None
    rests_on: tuple[Need, ...] = ()


def parts_of(figure: Figure) -> dict[str, Figure]:
    """The counts that a number rests on, by their role: itself, or numerator and denominator of what is worked out."""
    if figure.code in TOLD_MONTHS:
        return {"count": figure}
    indicator = definition(figure.code)
    if not indicator.parts or not indicator.of_work:
        return {"count": figure}
    return {role: Figure(part.code, {**part.of, **figure.of}) for role, part in indicator.parts.items()}


def need_of(figure: Figure) -> Need:
    return Need(figure.code, tuple(sorted(figure.of)))


def needs_of(layout: Layout) -> list[Need]:
    """The tables that a form needs, each once, in order."""
    return sorted({need_of(part) for figure in layout.figures() for part in parts_of(figure).values()}, key=_order)


def _order(need: Need) -> tuple:
    return need.code, len(need.by), need.by


class Numbers:
    """The numbers of a form; `table(need)` gives the protected table, or None where there is none."""

    def __init__(self, table: Callable[[Need], Counted | None]):
        self._table, self._known = table, {}

    def table(self, need: Need) -> Counted | None:
        if need not in self._known:
            self._known[need] = self._table(need)
        return self._known[need]

    def told(self, figure: Figure) -> Told:
        """What stands in the cell of this number."""
        roles = {role: self._count(part) for role, part in parts_of(figure).items()}
        rests_on = tuple(dict.fromkeys(need for told in roles.values() for need in told.rests_on))
        if list(roles) == ["count"]:
            found = roles["count"]
            return Told(found.value, found.status, found.qualifier, found.unit, figure, rests_on)
        indicator = definition(figure.code)
        status = next((s for s in (UNKNOWN, HIDDEN) if any(told.status == s for told in roles.values())), SHOWN)
        if status != SHOWN:
            return Told(None, status, unit=indicator.unit, figure=figure, rests_on=rests_on)
        value, qualifier = worked_out(indicator, roles["numerator"].value, roles["denominator"].value)
        status = UNKNOWN if value is None else SHOWN
        return Told(value, status, qualifier, indicator.unit, figure, rests_on)

    def _count(self, figure: Figure) -> Told:
        """One count: its cell, or the sum of its cells where it is kept to several words of a dimension."""
        need = need_of(figure)
        table = self.table(need)
        if table is None:
            return Told(None, UNKNOWN, figure=figure, rests_on=(need,))
        keys = product(*(figure.of[name] for name in need.by))
        cells = [table.cells.get(key, (0, "exact")) for key in keys]
        if any(value is None for value, _qualifier in cells):
            return Told(None, HIDDEN, unit=table.unit, figure=figure, rests_on=(need,))
        qualifier = next((each for _value, each in cells if each != "exact"), "exact")
        return Told(sum(value for value, _q in cells), SHOWN, qualifier, table.unit, figure, (need,))

    def words(self, dimension: str, figures: list[Figure]) -> set[str]:
        """The words of a dimension for which one of these numbers is more than nought, or hidden."""
        found = set()
        for figure in figures:
            for part in parts_of(figure).values():
                table = self.table(need_of(part))
                at = need_of(part).by.index(dimension)
                found |= {
                    key[at]
                    for key, (value, _q) in (table.cells.items() if table else ())
                    if key[at] != ALL and (value is None or value)
                }
        return found


def worked_out(indicator: Indicator, numerator, denominator) -> tuple[object, str]:
    """(number, qualifier) of a share, ratio or mean, as the engine works it out; (None, unknown) of nothing."""
    above, below = (
        Quantity.of(value, Unit("contact", name))
        for value, name in ((numerator, indicator.parts["numerator"].unit), (denominator, "n"))
    )
    if indicator.measure == "share":
        worked = Quantity.of(numerator, below.unit).share_of(below)
    else:
        worked = above.over(below, per=indicator.per)
    return worked.rounded(indicator.decimals).said() if denominator else (None, UNKNOWN)
