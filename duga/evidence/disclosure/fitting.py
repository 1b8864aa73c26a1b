"""Numbers that stand in for those of older tables which are not at hand.

How wide a doubt is does not depend on which of the possible tables was the true one: any whole numbers that
fit everything published, all older tables together, serve as well as the true ones.
"""

from collections.abc import Sequence
from dataclasses import replace

from duga.evidence.disclosure.grid import Grid
from duga.evidence.model import Cell
from duga.plain.errors import Refused, gettext_noop


def fit(older: Sequence, links: Sequence[tuple]) -> None:
    """Fills the hidden cells of tables without numbers of their own, by one integer programme.

    `links` are (table, table, "same" or "grown", pairs of sides): what holds between them as far as they show. Where no
    numbers fit all links, the tables are filled each for itself.
    """
    if not _fit([each for each in older if not each.true], links):
        for each in older:
            alone = [link for link in links if {id(link[0]), id(link[1])} & {id(each)} and _known(link, each)]
            if not each.true and not (_fit([each], alone) or _fit([each], [])):
                raise Refused(gettext_noop("A table published before does not add up; recount it, or withdraw it."))


def _known(link: tuple, each) -> bool:
    """Whether all but this table of a link have numbers of their own."""
    return all(layer is each or getattr(layer, "true", True) for layer in link[:2])


class _Programme:
    """Whole numbers for the hidden cells of some tables."""

    def __init__(self, tables: Sequence):
        import highspy

        self.inf = highspy.kHighsInf
        self.highs = highspy.Highs()
        for option, value in (("output_flag", False), ("threads", 1), ("random_seed", 1)):
            self.highs.setOptionValue(option, value)
        self.column: dict[tuple[int, int], int] = {}
        for each in tables:
            for i in each.hidden:
                self.column[id(each), i] = self.highs.numVariables
                self.highs.addVar(1.0, self.inf)
                self.highs.changeColIntegrality(self.highs.numVariables - 1, highspy.HighsVarType.kInteger)

    def row(self, entries, low: float, high: float) -> bool:
        """Σ sign × number of (layer, cell, sign) lies between; False where known numbers alone contradict it."""
        import numpy as np

        known, free = 0, {}
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

    def solved(self) -> bool:
        import highspy

        self.highs.run()
        return self.highs.getModelStatus() == highspy.HighsModelStatus.kOptimal


def _fit(tables: Sequence, links: Sequence[tuple]) -> bool:
    """Fills these tables if there are numbers that fit."""
    programme = _Programme(tables)
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
    if programme.column and not programme.solved():
        return False
    solution = programme.highs.getSolution().col_value
    for each in tables:
        cells = dict(each.grid.table.cells)
        for i in each.hidden:
            cells[each.grid.keys[i]] = Cell(round(solution[programme.column[id(each), i]]))
        each.grid = Grid(replace(each.grid.table, cells=cells), check=False)
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
