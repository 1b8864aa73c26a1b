"""Older tables that stay readable: what they and a new one say together.

Whoever has both subtracts them. If nothing that the older table shows has changed, he takes the two for
the same people: what is hidden in one must then be hidden in both. If numbers have only grown, he knows that no cell
of today lies under its older one, and a cell that grew by fewer than the minimum tells of those few people. Otherwise
cells say nothing certain about each other, but a small difference is small all the same.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from duga.evidence.disclosure.attacker import Attacker
from duga.evidence.disclosure.grid import Grid
from duga.evidence.disclosure.system import System
from duga.evidence.model import ALL, Cell, ProtectedTable, Table
from duga.plain.errors import Refused, gettext_noop

SAME, GROWN, OTHER = "same", "grown", "other"


@dataclass(frozen=True)
class Older:
    """An older table as published, the numbers behind it (or a stand-in that fits), and how it relates to today."""

    safe: ProtectedTable
    grid: Grid
    relation: str
    told: Mapping[frozenset, int | None]


def read(published: Iterable, tables: Iterable[Table]) -> list[Older]:
    """Reads older tables, each a `ProtectedTable` or a pair of it and the `Table` it was made of."""
    today = {}
    repeating = set()
    for table in tables:
        if table.protected:
            repeating.add(table.repeating)
            for key, cell in table.cells.items():
                today[_name(table.measure, table.dimensions, key)] = int(cell.value)
    measures = {table.measure for table in tables}
    found = []
    for each in published:
        safe, table = each if isinstance(each, tuple) else (each, None)
        if safe.measure in measures and safe.rule.get("method") != "none":
            found.append(_older(safe, table, today, repeating))
    return found


def _name(measure, dimensions, key) -> frozenset:
    return frozenset((measure, *((n, w) for n, w in zip(dimensions, key, strict=True) if w != ALL)))


def _older(safe: ProtectedTable, table: Table | None, today: Mapping, repeating: set) -> Older:
    told = {_name(safe.measure, safe.dimensions, key): cell.value for key, cell in safe.cells.items()}
    now = {name: today.get(name, 0) for name in told if name in today or _whole_space(name, today)}
    shown = [(int(told[name]), value) for name, value in now.items() if told[name] is not None]
    same = all(a == b for a, b in shown)
    grown = all(a <= b for a, b in shown)
    if table is not None:
        grid = Grid(replace(table, beside=()))
        true = {_name(table.measure, table.dimensions, key): int(cell.value) for key, cell in table.cells.items()}
        same = same and all(true.get(name, 0) == value for name, value in now.items())
        grown = grown and all(true.get(name, 0) <= value for name, value in now.items())
    else:
        relation = SAME if same else GROWN if grown else OTHER
        grid = _stand_in(safe, now, repeating, relation) or _stand_in(safe, now, repeating, OTHER)
        if grid is None:
            raise Refused(gettext_noop("A table published before does not add up; recount it, or withdraw it."))
        fitted = {_name(safe.measure, safe.dimensions, grid.keys[i]): grid.values[i] for i in grid.nonzero}
        same = same and all(fitted.get(name, 0) == value for name, value in now.items())
        grown = grown and all(fitted.get(name, 0) <= value for name, value in now.items())
    return Older(safe, grid, SAME if same else GROWN if grown else OTHER, told)


def _whole_space(name: frozenset, today: Mapping) -> bool:
    """Whether a cell would stand in today's tables were it not zero: its dimensions are among theirs."""
    asked = {part[0] for part in name if isinstance(part, tuple)}
    return any(asked == {part[0] for part in other if isinstance(part, tuple)} for other in today)


def _stand_in(safe: ProtectedTable, now: Mapping, repeating: set, relation: str) -> Grid | None:
    """Whole numbers that fit an older table whose own are not at hand; None if there are none.

    How wide a doubt is does not depend on which of the possible tables was the true one.
    """
    import highspy
    import numpy as np

    axis = next((name for name in safe.dimensions if name in repeating), None)
    axis = safe.rule.get("repeating", axis)
    blank = {key: Cell(1 if cell.hidden else int(cell.value)) for key, cell in safe.cells.items()}
    table = Table(
        safe.measure, safe.unit, safe.dimensions, blank, within=safe.within, no_total=safe.no_total, repeating=axis
    )
    grid = Grid(table, check=False)
    highs = highspy.Highs()
    for option, value in (("output_flag", False), ("threads", 1), ("random_seed", 1)):
        highs.setOptionValue(option, value)
    column = {}
    for i in grid.nonzero:
        if safe.cells[grid.keys[i]].hidden:
            name = _name(safe.measure, safe.dimensions, grid.keys[i])
            low, high = 1.0, highspy.kHighsInf
            if relation != OTHER and name in now:
                low, high = (now[name], now[name]) if relation == SAME else (1.0, now[name])
                if high < 1:
                    return None
            column[i] = highs.numVariables
            highs.addVar(float(low), float(high))
            highs.changeColIntegrality(column[i], highspy.HighsVarType.kInteger)

    def row(entries, low, high):
        known = sum(sign * grid.values[i] for i, sign in entries if i not in column)
        free = [(column[i], float(sign)) for i, sign in entries if i in column]
        if not free:
            return
        index, value = zip(*free, strict=True)
        highs.addRow(low - known, high - known, len(free), np.array(index, dtype=np.int32), np.array(value))

    for line in grid.lines:
        parts = [(i, 1) for i in line.parts]
        over = sum(grid.values[i] for i in line.parts) - grid.values[line.total]
        settled = not any(i in column for i in (line.total, *line.parts))
        exact = line.exact and not (settled and over)
        row([*parts, (line.total, -1)], 0.0, 0.0 if exact else highspy.kHighsInf)
        for i, _ in parts:
            row([(line.total, 1), (i, -1)], 0.0, highspy.kHighsInf)
    if column:
        highs.run()
        if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        solution = highs.getSolution().col_value
        for i, j in column.items():
            blank[grid.keys[i]] = Cell(round(solution[j]))
    return Grid(replace(table, cells=blank), check=False)


def join(system: System, names: Mapping[frozenset, int], older: Iterable[Older], changes: bool) -> list[tuple]:
    """Adds older tables to a system, before it is closed. Gives (older, cell, unknown) of every cell hidden there."""
    placed, before = [], []
    for each in older:
        grid = each.grid
        hidden = [i for i in grid.nonzero if each.safe.cells[grid.keys[i]].hidden]
        name = {i: _name(each.safe.measure, each.safe.dimensions, grid.keys[i]) for i in hidden}
        of = {i: names[name[i]] for i in hidden if each.relation == SAME and name[i] in names}
        rest = [i for i in hidden if i not in of]
        first = system.extend([grid.values[i] for i in rest], [grid.room_below(i) for i in rest])
        of |= {i: first + n for n, i in enumerate(rest)}
        for j in (of[i] for i in hidden):
            system.primary[j] = True
        _link(system, names, each, {name[i]: of[i] for i in rest}, changes)
        unknown = {name[i]: of[i] for i in hidden}
        for other, theirs in before:
            _grown(system, each, unknown, other, theirs)
            _grown(system, other, theirs, each, unknown)
        before.append((each, unknown))
        _rows(system, grid, of)
        weak = _weak(each, hidden)
        system.need[[of[i] for i in rest if i in weak]] = 0.0
        placed += [(each, i, of[i]) for i in rest]
    return placed


def _link(system: System, names: Mapping, each: Older, rest: Mapping, changes: bool) -> None:
    """What an older cell says of today's."""
    for name, j in names.items():
        if name in rest and each.relation == GROWN:
            system.row([rest[name], j], [1.0, -1.0], -float("inf"), system.value[j] - system.value[rest[name]])
        before = each.told.get(name)
        if before is None:
            continue
        grown = system.value[j] - int(before)
        if each.relation == SAME:
            system.kept[j] = system.kept[j] or not system.primary[j]
        elif each.relation == GROWN:
            system.below[j] = min(system.below[j], grown)
        if changes and before and 0 < abs(grown) < system.width:
            system.primary[j] = True


def _grown(system: System, one: Older, ones: Mapping, other: Older, others: Mapping) -> None:
    """Two older tables of which all that both show has only grown: no cell of the one exceeds the other's."""
    common = one.told.keys() & other.told.keys()
    shown = [(one.told[name], other.told[name]) for name in common]
    if any(a is not None and b is not None and a > b for a, b in shown):
        return
    for name in common & (ones.keys() | others.keys()):
        a, b = ones.get(name), others.get(name)
        if a == b:
            continue
        before = system.value[a] if a is not None else int(one.told[name] or 0)
        after = system.value[b] if b is not None else int(other.told[name] or 0)
        entries = [(j, sign) for j, sign in ((a, 1.0), (b, -1.0)) if j is not None]
        room = max(float(after - before), 0.0)  # where a stand-in fell, the true one did not
        system.row([j for j, _ in entries], [sign for _, sign in entries], -float("inf"), room)


def _rows(system: System, grid: Grid, of: Mapping[int, int]) -> None:
    """The lines of an older table, over the cells that it hides."""
    for line in grid.lines:
        parts = [of[i] for i in line.parts if i in of]
        total = [of[line.total]] if line.total in of else []
        if parts or total:
            system.row(total + parts, [1.0] * len(total) + [-1.0] * len(parts))
        if not line.exact:
            for i in line.parts:
                if i in of:
                    room = float(grid.values[line.total] - grid.values[i])
                    system.row([of[i], *total], [1.0] + [-1.0] * len(total), -float("inf"), max(room, 0.0))


def _weak(each: Older, hidden: list[int]) -> set[int]:
    """The cells that the older table alone gives away too closely already: no newer one can mend them."""
    import numpy as np

    if not hidden:
        return set()
    alone = System([each.grid], int(each.safe.rule.get("width", 1)))
    alone.close()
    attacker = Attacker(alone)
    mask = np.zeros(alone.n, dtype=bool)
    mask[[alone.of[0][i] for i in hidden]] = True
    attacker.hide(mask)
    back = {j: i for i, j in alone.of[0].items()}
    return {back[j] for j in attacker.open_cells()}
