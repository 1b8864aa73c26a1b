"""Older tables that stay readable: what they and a new one say together; and linked tables whose labels nest.

Whoever has both subtracts them. If nothing that the older table shows has changed, he takes the two for
the same people: what is hidden in one must then be hidden in both. If numbers have only grown, he knows that no cell
of today lies under its older one, and a cell that grew by fewer than the minimum tells of those few people. Otherwise
cells say nothing certain about each other, but a small difference is small all the same. All this holds for cells that
he can add up to (`nested`): a quarter of last year's table beside the months of today's.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, permutations

from duga.evidence.disclosure.attacker import Attacker
from duga.evidence.disclosure.fitting import fit
from duga.evidence.disclosure.grid import Grid
from duga.evidence.disclosure.nested import Layer, Nesting, Side, common
from duga.evidence.disclosure.pieces import Ring, rings
from duga.evidence.disclosure.system import System
from duga.evidence.model import Cell, ProtectedTable, Table

SAME, GROWN, OTHER = "same", "grown", "other"


@dataclass
class Older(Layer):
    """An older table as published. `true`: its own numbers are at hand, else the grid's stand in for them."""

    safe: ProtectedTable | None = None
    true: bool = False
    hidden: tuple[int, ...] = field(default=(), init=False)

    def __post_init__(self):
        super().__post_init__()
        self.hidden = tuple(i for i in self.grid.nonzero if self.safe.cells[self.grid.keys[i]].hidden)


def join(system: System, published: Iterable, tables: Sequence[Table], changes: bool) -> tuple[list, list]:
    """Adds to a system of `tables`, before it is closed, what older ones and nested labels say.

    `published`: older tables, each a `ProtectedTable` or a pair of it and the `Table` it was made of (a derived table
    tells the counts it rests on). Gives (older, cell, unknown) of every cell hidden there and not in doubt through
    today's, and (older, cell) of those that the older ones alone give away already.
    """
    measures = {grid.table.measure for grid in system.grids}
    if published:
        from duga.evidence.derived_safety import counts_of

        published = counts_of(published)
    read = [each if isinstance(each, tuple) else (each, None) for each in published]
    read = [each for each in read if each[0].measure in measures and each[0].rule.get("method") != "none"]
    if not read and len(system.grids) < 2:
        return [], []
    nesting = Nesting([*tables, *(safe for safe, _ in read)])
    today = [Layer(grid, nesting, dict(of)) for grid, of in zip(system.grids, system.of, strict=True)]
    for one, other in combinations(today, 2):
        for mine, theirs in common(one, other):
            below = mine.least(one.grid) <= theirs.value(other.grid)
            above = theirs.least(other.grid) <= mine.value(one.grid)
            if below and above and max(len(mine.cells), len(theirs.cells)) > 1:
                _same(system, one, other, mine, theirs)
    older, bound = _read(read, today, nesting)
    weak = _weak(older, system.width, bound)
    placed = _place(system, older, today, changes, bound)
    for each, i, unknown in placed:
        if (each, i) in weak:
            system.need[unknown] = 0.0
    return placed, weak


# --- Reading --------------------------------------------------------------------------------------------------


def _read(read: Sequence[tuple], today: Sequence[Layer], nesting: Nesting) -> tuple[list[Older], list[Ring]]:
    """Older tables with their own numbers, or with numbers that fit all that is published; the rings they make."""
    again = {layer.grid.table.repeating for layer in today}
    found = []
    for safe, table in read:
        if table is None:
            axis = next((name for name in safe.dimensions if name in again), None)
            axis = safe.rule.get("repeating", axis)
            grid = Grid(_blank(safe, axis), check=False)
        else:
            grid = Grid(replace(table, beside=()))
        found.append(Older(grid, nesting, safe=safe, true=table is not None))
    layers = [*found, *today]
    bound = rings(layers, _word)
    if all(each.true for each in found):
        return found, fit(found, (), bound)
    links = [
        (one, other, relation, tuple(sides))
        for one, other in permutations(layers, 2)
        if isinstance(one, Older) and not (isinstance(other, Older) and one.true and other.true)
        for relation, sides in [_relation(one, other)]
        if relation != OTHER and not (one.true and other in today)
    ]
    return found, fit(found, links, bound)


def _word(one: Layer, other: Layer) -> str:
    """How two tables stand to one another, as far as anybody may know."""
    if isinstance(other, Older) and not isinstance(one, Older):
        return OTHER
    relation, sides = _relation(one, other)
    return relation if sides else OTHER


def _blank(safe: ProtectedTable, repeating: str | None) -> Table:
    """A published table with ones where it hides."""
    cells = {key: Cell(1 if cell.hidden else int(cell.value)) for key, cell in safe.cells.items()}
    return Table(
        safe.measure, safe.unit, safe.dimensions, cells, within=safe.within, no_total=safe.no_total, repeating=repeating
    )


def _shown(layer: Layer, side: Side) -> bool:
    return not isinstance(layer, Older) or not any(layer.safe.cells[layer.grid.keys[i]].hidden for i in side.cells)


def _readable(layer: Layer, side: Side) -> bool:
    return getattr(layer, "true", True) or _shown(layer, side)


def _relation(one: Layer, other: Layer, known: bool = False) -> tuple[str, list[tuple[Side, Side]]]:
    """How an older table stands to another: by what they show, and by their own numbers where these are at hand (what
    contradicts them, nobody can hold with success); `known`: by those that stand in for others, too."""
    same = grown = True
    sides = list(common(one, other))
    for mine, theirs in sides:
        if known or _readable(one, mine) and _readable(other, theirs):
            low, high = mine.least(one.grid), mine.value(one.grid)
            least, most = theirs.least(other.grid), theirs.value(other.grid)
            same = same and low <= most and least <= high
            grown = grown and low <= most
        elif not mine.cells or not theirs.cells:  # a hidden number is one at least
            same = False
            grown = grown and not mine.cells
    return SAME if same else GROWN if grown else OTHER, sides


# --- Placing --------------------------------------------------------------------------------------------------


def _place(
    system: System, older: Sequence[Older], today: Sequence[Layer], changes: bool, bound: Sequence[Ring]
) -> list[tuple]:
    """Gives every cell hidden in an older table its unknown, and adds all that is known of them."""
    relations = {
        (n, k): _relation(each, other, known=True)
        for n, each in enumerate(older)
        for k, other in enumerate([*older, *today])
        if n != k
    }
    placed = []
    for n, each in enumerate(older):
        each.of = {}
        for k, layer in enumerate(today, start=len(older)):
            relation, sides = relations[n, k]
            if relation == SAME:
                pairs = (pair for pair in sides if len(pair[0].cells) == len(pair[1].cells) == 1)
                each.of |= {mine.cells[0]: layer.of[theirs.cells[0]] for mine, theirs in pairs}
        each.of = {i: each.of[i] for i in each.hidden if i in each.of}
        rest = [i for i in each.hidden if i not in each.of]
        grid = each.grid
        first = system.extend([grid.values[i] for i in rest], [grid.room_below(i) for i in rest])
        each.of |= {i: first + n for n, i in enumerate(rest)}
        for j in each.of.values():
            system.primary[j] = True
        _rows(system, grid, each.of)
        placed += [(each, i, each.of[i]) for i in rest]
    for (n, k), (relation, sides) in relations.items():
        other = older[k] if k < len(older) else today[k - len(older)]
        if k < len(older) and relation == SAME and n > k:
            continue
        for mine, theirs in sides:
            if relation == SAME:
                _same(system, older[n], other, mine, theirs)
            elif relation == GROWN:
                _grown(system, older[n], other, mine, theirs)
            if changes and k >= len(older):
                _changed(system, older[n], other, mine, theirs)
    for ring in bound:
        ring.place(system, [*older, *today])
    return placed


def _same(system: System, one: Layer, other: Layer, mine: Side, theirs: Side) -> None:
    """Two tables count the same people: their numbers move together."""
    left, right = _unknowns(one, mine), _unknowns(other, theirs)
    if left == right:
        return
    system.row([*left, *right], [1.0] * len(left) + [-1.0] * len(right))
    for known, layer, side in ((left, other, theirs), (right, one, mine)):
        if not known and len(side.cells) == 1 and not isinstance(layer, Older):
            (j,) = _unknowns(layer, side)  # shown in the older table: to hide it now would hide nothing
            system.kept[j] = system.kept[j] or not system.primary[j]
    _parts(system, one, other, mine, theirs)
    _parts(system, other, one, theirs, mine)


def _grown(system: System, one: Older, other: Layer, mine: Side, theirs: Side) -> None:
    """No number of the one exceeds the other's."""
    left, right = _unknowns(one, mine), _unknowns(other, theirs)
    if left == right:
        return
    room = float(theirs.least(other.grid) - mine.value(one.grid))
    if mine.loose or theirs.loose:
        room = max(room, 0.0)
    if not left and len(right) == 1:
        system.below[right[0]] = min(system.below[right[0]], room)
    else:
        system.row([*left, *right], [1.0] * len(left) + [-1.0] * len(right), -float("inf"), room)
    _parts(system, one, other, mine, theirs)


def _parts(system: System, one: Layer, other: Layer, mine: Side, theirs: Side) -> None:
    """Where people are met in several of the cells that are added up, none passes the whole."""
    if not mine.loose or theirs.loose:
        return
    whole, total = _unknowns(other, theirs), theirs.value(other.grid)
    for i in mine.cells:
        part = [one.of[i]] if i in one.of else []
        if part or whole:
            room = float(max(total - one.grid.values[i], 0))
            system.row([*part, *whole], [1.0] * len(part) + [-1.0] * len(whole), -float("inf"), room)


def _changed(system: System, one: Older, other: Layer, mine: Side, theirs: Side) -> None:
    """A number that differs from an older one by fewer than the minimum tells of those few."""
    if not _shown(one, mine) or not mine.cells or mine.loose or theirs.loose:
        return
    value, before = theirs.value(other.grid), mine.value(one.grid)
    if not 0 < abs(value - before) < system.width:
        return
    cells = _unknowns(other, theirs)
    if len(cells) == 1:
        system.primary[cells[0]] = True
    elif cells:  # a sum that nobody prints: what hides it hides some of its parts
        room = min(value - 1, max(value - before, 0)) if value > before else value - 1
        whole = system.extend([value], [room])
        system.row([whole, *cells], [1.0] + [-1.0] * len(cells))


def _unknowns(layer: Layer, side: Side) -> list[int]:
    return [layer.of[i] for i in side.cells if i in layer.of]


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


def _weak(older: Sequence[Older], width: int, bound: Sequence[Ring]) -> list[tuple[Older, int]]:
    """The cells that older tables alone give away too closely already: no newer one can mend them."""
    import numpy as np

    if not any(each.hidden for each in older):
        return []
    alone = System([], width)
    placed = _place(alone, older, (), changes=False, bound=bound)
    alone.close()
    attacker = Attacker(alone)
    attacker.hide(np.ones(alone.n, dtype=bool))
    weak = set(attacker.open_cells())
    return [(each, i) for each, i, unknown in placed if unknown in weak]
