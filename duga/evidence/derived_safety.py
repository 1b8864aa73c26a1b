"""Protecting numbers worked out from counts: a mean, share or rate never gives a hidden count back.

A ratio with decimals and its n is two counts: so it is shown only where both may be. For a share the rest (the whole
less the part) is a count too: 98 % of 200 people tells of four. The attacker here knows every denominator that its own
protected table shows, every ratio shown with its terms, that zeros are shown, that everything adds up along every line
(of people met again he is taken to know the overlap), and that a part is at most its whole. Cells are hidden until he
can narrow no hidden denominator, part or rest to less than the rule's width.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from duga.evidence import disclosure
from duga.evidence.model import ALL, TIME, ProtectedTable, SafeCell, Table, chains
from duga.plain.errors import Refused, gettext_noop

EPS = 1e-6
FAR = 1e7
PRUNED = 200
"""How many cells that protect others are tried again at the end, the heaviest first."""


def protect(table: Table, rule=None, **more) -> ProtectedTable:
    """What `disclosure.protect` calls for a table that rests on `parts`: every cell shown, hidden or not known.

    Terms (n, numerator …) are shown where the value is. `CannotProtect` where nothing could be shown.
    """
    rule = rule or disclosure.Rule()
    if not table.protected:
        return _safe(table, rule, set(), method="none")
    if table.kind in ("mean", "ratio", "share") or table.kind == "count":
        numerator, denominator = (table, table.parts[0]) if table.kind == "count" else table.parts
        hidden = _linked(numerator, denominator, rule, share=table.kind == "share", more=more)
    elif table.kind == "cumulative":
        hidden = _cumulative(table, rule, more)
    else:
        hidden = set().union(*(_hidden(part, rule, more) for part in table.parts))
    return _safe(table, rule, hidden)


def audit(safe: ProtectedTable, table: Table, **more):
    """Compares a derived table with what `protect` shows of it today.

    Every cell must be there, every number shown must be true and must be one that `protect` shows. It is no attack of
    its own: what `protect` overlooked, this overlooks too, and tables published before are not looked at.
    """
    rule = disclosure.Rule(minimum=safe.rule["minimum"])
    findings, hidden = [], 0
    allowed = protect(table, rule, **more)
    for key, cell in table.cells.items():
        shown = safe.cells.get(key)
        if shown is None:
            findings.append(disclosure.Finding(key, "missing"))
        elif shown.hidden:
            hidden += 1
        elif shown.value != cell.value:
            findings.append(disclosure.Finding(key, "not the true value"))
        elif allowed.cells[key].hidden:
            findings.append(disclosure.Finding(key, "rests on a number that must be hidden"))
    return disclosure.Audit(tuple(findings), len(safe.cells), hidden, 0)


def _safe(table: Table, rule, hidden: set, method: str = "suppression of what it is worked out from") -> ProtectedTable:
    """The protected table; a hidden cell shows neither its value nor a term, the highest no plain sum beside it."""
    terms = () if table.kind == "highest" and table.protected else table.terms
    cells = {
        key: SafeCell(None) if key in hidden else SafeCell(cell.value, cell.qualifier, cell.terms[: len(terms)])
        for key, cell in table.cells.items()
    }
    return ProtectedTable(
        measure=table.measure,
        unit=table.unit,
        dimensions=table.dimensions,
        cells=cells,
        rule=rule.to_dict() | {"method": method},
        within=dict(table.within),
        no_total=table.no_total,
        distinct=table.distinct,
        notes=table.notes,
        reasons=dict.fromkeys(hidden, "rests on a hidden number"),
        kind=table.kind,
        terms=terms,
    )


def _hidden(part: Table, rule, more: Mapping) -> set:
    """The cells that a part's own protection hides."""
    safe = disclosure.protect(replace(part, protected=True), rule, **more)
    return {key for key, cell in safe.cells.items() if cell.hidden}


def _cumulative(table: Table, rule, more: Mapping) -> set:
    """A cumulative count is shown where it follows from steps (who was met for the first time) that may be shown."""
    (steps,) = table.parts
    try:
        shut = _hidden(steps, rule, more)
    except Refused as error:
        raise disclosure.CannotProtect(
            gettext_noop(
                "A cumulative count in which people change between the values of a breakdown cannot be protected. "
                "Break it down by time alone, or by what does not change (sex)."
            )
        ) from error
    by, hidden = table.dimensions, set()
    lines: dict[tuple, list] = {}
    for key in table.cells:
        times = [word for name, word in zip(by, key, strict=True) if name in TIME and word != ALL]
        rest = tuple(word for name, word in zip(by, key, strict=True) if name not in TIME)
        lines.setdefault((len(times), rest), []).append((times[-1] if times else ALL, key))
    for (depth, rest), line in lines.items():
        line.sort()
        (_, whole) = lines[0, rest][0]
        first = next((i for i, (_, key) in enumerate(line) if key in shut), len(line))
        last = max((i for i, (_, key) in enumerate(line) if key in shut), default=-1)
        for i, (_, key) in enumerate(line):
            from_the_end = whole not in shut and i >= last and depth
            if not (i < first or from_the_end):
                hidden.add(key)
    return hidden


@dataclass
class _Linked:
    """The system an attacker solves: unknown denominators and unknown numerators, as deviations from the truth."""

    above: Table
    below: Table
    share: bool
    minimum: int
    shut: set
    hidden: set

    def __post_init__(self):
        self.lines = _lines(self.above.dimensions, self.above.within, self.above.cells.keys() | self.below.cells.keys())
        tops = [self.top(key) for key in self.below.cells]
        self.covers = not self.share and all(
            top >= self.bottom(key) for top, key in zip(tops, self.below.cells, strict=True)
        )

    def beside(self, key) -> set:
        """The cells on a line with this one."""
        return {cell for total, parts in self.lines if key in (total, *parts) for cell in (total, *parts)}

    def top(self, key) -> float:
        cell = self.above.cells.get(key)
        return float(cell.value) if cell else 0.0

    def bottom(self, key) -> float:
        cell = self.below.cells.get(key)
        return float(cell.value) if cell else 0.0

    def solve(self, keys: Iterable | None = None, *, first: bool = False) -> list[tuple]:
        """Of the hidden cells (or only of `keys`) those of which he finds out too much, as (key, which).

        `first`: stops at one.
        """
        model, place = self._model()
        found, seen = [], []  # every way in which the table could be otherwise serves all cells
        for key in sorted(self.hidden) if keys is None else keys:
            if found and first:
                break
            for which, entries in self._targets(key, place):
                if _width(model, entries, self.minimum, seen) < self.minimum - EPS:
                    found.append((key, which))
                    break
        return found

    def _targets(self, key, place):
        """What must stay in doubt: the denominator, the numerator, and for a share the rest."""
        below, above = place.get(("below", key)), place.get(("above", key))
        if below is not None:
            yield "below", [(below, 1.0)]
        if above is not None:
            yield "above", [(above, 1.0)]
        if self.share and above is not None and self.bottom(key) > self.top(key):
            yield "rest", [(above, -1.0), *([(below, 1.0)] if below is not None else [])]

    def _model(self):
        import highspy

        model, place = highspy.Highs(), {}
        model.silent()
        model.setOptionValue("presolve", "off")
        for which, keys, value, table in (
            ("below", self.shut, self.bottom, self.below),
            ("above", self.hidden, self.top, self.above),
        ):
            for key in sorted(keys):
                if value(key):
                    place[which, key] = len(place)
                    known = table.cells[key].repeated
                    model.addVar(-min(value(key) - known, value(key) - 1), FAR)
        for which in ("below", "above"):
            for total, parts in self.lines:
                entries = [(place[which, total], 1.0)] if (which, total) in place else []
                entries += [(place[which, part], -1.0) for part in parts if (which, part) in place]
                _row(model, entries, 0.0, 0.0)
        for key in self.hidden:
            below, above = place.get(("below", key)), place.get(("above", key))
            entries = [(i, sign) for i, sign in ((above, 1.0), (below, -1.0)) if i is not None]
            gap = self.bottom(key) - self.top(key)
            if self.share:
                _row(model, entries, -FAR, gap)
            elif self.covers:
                _row(model, entries, gap, FAR)
        return model, place


def _linked(above: Table, below: Table, rule, *, share: bool, more: Mapping) -> set:
    """Which cells of a ratio to hide: those whose counts are small, and as many more as the attack needs."""
    minimum = rule.minimum
    shut = _hidden(below, rule, more)
    system = _Linked(above, below, share, minimum, shut, set(shut))
    keys = above.cells.keys() | below.cells.keys()
    for key in keys:
        counts = [system.bottom(key), system.top(key)]
        if share:
            counts.append(system.bottom(key) - system.top(key))
        if any(0 < count < minimum for count in counts):
            system.hidden.add(key)
    must, narrow = set(system.hidden), system.solve()
    while narrow:
        partner = _partner(system, narrow[0][0])
        if partner is None:
            raise disclosure.CannotProtect(
                gettext_noop("So little may be shown that no number can be worked out safely. Take a coarser table.")
            )
        system.hidden.add(partner)
        narrow = system.solve([key for key, _ in narrow]) or system.solve()
    for key in sorted(system.hidden - must, key=system.top, reverse=True)[:PRUNED]:
        system.hidden.remove(key)  # chosen early, and perhaps no longer needed
        near = system.hidden & system.beside(key)
        if system.solve([*sorted(near), *sorted(system.hidden - near)], first=True):
            system.hidden.add(key)
    return system.hidden


def _partner(system: _Linked, key):
    """The lightest cell not yet hidden on a line through this one; else the lightest of all."""
    for cells in (system.beside(key), system.above.cells.keys()):
        free = [cell for cell in cells if cell not in system.hidden and system.top(cell)]
        if free:
            return min(free, key=lambda cell: (system.top(cell), cell))
    return None


def _row(model, entries: Iterable[tuple[int, float]], low: float, high: float) -> None:
    import numpy as np

    entries = list(entries)
    if entries:
        index = np.array([i for i, _ in entries], dtype=np.int32)
        model.addRow(low, high, len(entries), index, np.array([sign for _, sign in entries]))


def _width(model, entries, enough: float, seen: list) -> float:
    """How far apart two values lie that fit everything published: at least `enough`, or as far as they can."""
    import highspy

    def told(values) -> float:
        return sum(weight * values[i] for i, weight in entries)

    ends = [0.0, *(told(values) for values in seen)]
    for sign in (1.0, -1.0):
        if max(ends) - min(ends) >= enough:
            break
        for i, weight in entries:
            model.changeColCost(i, -sign * weight)
        model.run()
        if model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise RuntimeError(f"The solver stopped with {model.getModelStatus()}; nothing was published.")
        seen.append(list(model.getSolution().col_value))
        ends.append(told(seen[-1]))
        for i, _ in entries:
            model.changeColCost(i, 0.0)
    return max(ends) - min(ends)


def _lines(dimensions: tuple[str, ...], within: Mapping[str, str], keys: Iterable[tuple]) -> list[tuple]:
    """Every total with its parts, along every axis."""
    parts: dict[tuple, list] = {}
    axes = [[dimensions.index(name) for name in axis] for axis in chains(dimensions, within)]
    for key in keys:
        for n, axis in enumerate(axes):
            deepest = next((place for place in reversed(axis) if key[place] != ALL), None)
            if deepest is not None:
                total = tuple(ALL if i == deepest else word for i, word in enumerate(key))
                parts.setdefault((n, total), []).append(key)
    return [(total, tuple(found)) for (_, total), found in parts.items()]
