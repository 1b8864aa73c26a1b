"""Numbers that stand in for those of older tables which are not at hand.

How wide a doubt is does not depend on which of the possible tables was the true one: any whole numbers that
fit everything published, all older tables together, serve as well as the true ones.
"""

from collections.abc import Sequence
from dataclasses import replace

from duga.evidence.disclosure.grid import Grid
from duga.evidence.disclosure.pieces import Group, Ring, refuse
from duga.evidence.model import Cell
from duga.plain.errors import Refused, gettext_noop

NODES = 2_000
"""Branching nodes allowed for finding numbers; on any machine the same."""


def fit(older: Sequence, links: Sequence[tuple], rings: Sequence[Ring] = ()) -> list[Ring]:
    """Fills the hidden cells of tables without numbers of their own, and the pieces of rings, by one integer programme.

    `links` are (table, table, "same" or "grown", pairs of sides): what holds between them as far as they show. Where no
    numbers fit all links, those that seem the same are taken to have grown; where none fit then, the tables are filled
    each for itself. The pieces are then filled apart. Gives the rings whose
    tables do count the same people: those whose pieces can be filled.
    """
    blank = [each for each in older if not each.true]
    if (blank or rings) and _fit(blank, links, rings):
        return list(rings)
    if not rings:
        _fit_apart(older, links)
        return []
    fit(older, links)
    return [part for ring in rings for part in _apart(ring) if _fit([], (), [part])]


def _apart(ring: Ring) -> list[Ring]:
    """A ring whole where it can be filled, else by its groups."""
    return [ring] if _fit([], (), [ring]) else [Ring([group], []) for group in ring.groups]


def _fit_apart(older: Sequence, links: Sequence[tuple]) -> None:
    """Each table for itself, where no numbers fit all of them."""
    blank, loose = [each for each in older if not each.true], _grown(older, links)
    if _fit(blank, links) or _fit(blank, loose):
        return
    for each in blank:
        tried = ([link for link in some if _joins(link, each)] for some in (links, loose, ()))
        if not any(_fit([each], some) for some in tried):
            raise Refused(gettext_noop("A table published before does not add up; recount it, or withdraw it."))


def _grown(older: Sequence, links: Sequence[tuple]) -> list[tuple]:
    """The links without any that says "same": the one published later has grown instead."""
    order = {id(each): n for n, each in enumerate(older)}
    return [
        (one, other, "grown", sides)
        for one, other, relation, sides in links
        if relation == "grown" or order[id(one)] < order.get(id(other), len(order))
    ]


def _joins(link: tuple, each) -> bool:
    """Whether a link is of this table with one that has numbers."""
    return any(layer is each for layer in link[:2]) and all(
        layer is each or getattr(layer, "true", True) for layer in link[:2]
    )


class _Programme:
    """Whole numbers for the hidden cells of some tables."""

    def __init__(self, tables: Sequence):
        import highspy

        self.inf = highspy.kHighsInf
        self.highs = highspy.Highs()
        # HiGHS 1.15 answers some integer programmes wrongly when it presolves them
        for option, value in (("output_flag", False), ("threads", 1), ("random_seed", 1), ("presolve", "off")):
            self.highs.setOptionValue(option, value)
        self.column: dict[tuple[int, int], int] = {}
        for each in tables:
            for i in each.hidden:
                self.column[id(each), i] = self._add(1.0)
        self.pieces: dict[int, list[int]] = {}

    def _add(self, least: float) -> int:
        import highspy

        number = self.highs.numVariables
        self.highs.addVar(least, self.inf)
        self.highs.changeColIntegrality(number, highspy.HighsVarType.kInteger)
        return number

    def add_group(self, group: Group, loose: bool) -> bool:
        """The pieces of a group: what a cell counts is their sum; where people are met again, no more than that."""
        columns = self.pieces[id(group)] = [self._add(0.0) for _ in group.at]
        for column in columns if loose else ():
            self.highs.changeColCost(column, 1.0)
        for layer, cells, pieces in group.rows:
            entries = [(layer, i, -1) for i in cells]
            if not self.row(entries, 0.0, self.inf if loose else 0.0, [columns[piece] for piece in pieces]):
                return False
        return True

    def row(self, entries, low: float, high: float, pieces: Sequence[int] = ()) -> bool:
        """Σ sign × number of (layer, cell, sign), and of pieces, lies between; False where known numbers alone
        contradict it."""
        import numpy as np

        known, free = 0, dict.fromkeys(pieces, 1.0)
        for layer, i, sign in entries:
            column = self.column.get((id(layer), i))
            if column is None:
                known += sign * layer.grid.values[i]
            else:
                free[column] = free.get(column, 0.0) + sign
        if not free:
            return low <= known <= high
        index = np.array(list(free), dtype=np.int32)
        self.highs.addRow(low - known, high - known, len(free), index, np.array(list(free.values()), dtype=float))
        return True

    def grow(self, ring: Ring) -> None:
        """No piece has become smaller."""
        import numpy as np

        for early, late in ring.grown:
            one, other = ring.groups[early], ring.groups[late]
            for atoms, i in one.at.items():
                index = [self.pieces[id(one)][i], self.pieces[id(other)][other.at[atoms]]]
                self.highs.addRow(0.0, self.inf, 2, np.array(index, dtype=np.int32), np.array([-1.0, 1.0]))

    def solved(self) -> bool:
        import highspy

        status = highspy.HighsModelStatus
        if self.pieces:
            self.highs.setOptionValue("mip_max_nodes", NODES)
        self.highs.run()
        found = self.highs.getModelStatus()
        if self.pieces and found != status.kInfeasible and self.highs.getInfo().primal_solution_status != 2:
            refuse()  # whether anything fits is not known
        return found != status.kInfeasible and self.highs.getInfo().primal_solution_status == 2


def _fit(tables: Sequence, links: Sequence[tuple], rings: Sequence[Ring] = ()) -> bool:
    """Fills these tables and pieces if there are numbers that fit."""
    programme = _Programme(tables)
    for ring in rings:
        loose = any(group.loose for group in ring.groups)
        if not all(programme.add_group(group, loose) for group in ring.groups):
            return False
        programme.grow(ring)
    for each in tables:
        _lines(programme, each)
    for one, other, relation, pairs in links:
        for mine, theirs in pairs:
            left = [(one, i, 1) for i in mine.cells]
            right = [(other, i, -1) for i in theirs.cells]
            exact = relation == "same" and not (mine.loose or theirs.loose)
            rows = [] if mine.loose else [(left + right, 0.0 if exact else -programme.inf)]
            if relation == "same" and mine.loose and not theirs.loose:
                rows.append((([(layer, i, -sign) for layer, i, sign in left + right]), -programme.inf))
            rows += [([part, *right], -programme.inf) for part in left if mine.loose]
            if relation == "same":
                rows += [([(one, i, -1) for i in mine.cells] + [(*part[:2], 1)], -programme.inf) for part in right
                         if theirs.loose and not mine.loose]  # fmt: skip
            if not all(programme.row(entries, low, 0.0) for entries, low in rows):
                return False
    if (programme.column or programme.pieces) and not programme.solved():
        return False
    solution = programme.highs.getSolution().col_value
    for each in tables:
        cells = dict(each.grid.table.cells)
        for i in each.hidden:
            cells[each.grid.keys[i]] = Cell(round(solution[programme.column[id(each), i]]))
        each.grid = Grid(replace(each.grid.table, cells=cells), check=False)
    for ring in rings:
        for group in ring.groups:
            group.values = [round(solution[column]) for column in programme.pieces[id(group)]]
    return True


def _lines(programme: _Programme, each) -> None:
    """What adds up in a table. A line that was shown not to add up (people met twice) binds nothing."""
    grid, hidden = each.grid, set(each.hidden)
    for line in grid.lines:
        parts, total = [(each, i, 1) for i in line.parts], (each, line.total, -1)
        over = sum(grid.values[i] for i in line.parts) - grid.values[line.total]
        settled = not hidden.intersection((line.total, *line.parts))
        exact = line.exact and not (settled and over)
        programme.row([*parts, total], 0.0, 0.0 if exact else programme.inf)
        for part in parts:
            programme.row([(each, line.total, 1), (each, part[1], -1)], 0.0, programme.inf)
