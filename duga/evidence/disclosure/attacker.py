"""The attacker: knows every shown cell, the rule, that zeros are shown, and what adds up; solves for the rest.

For each hidden cell two linear programmes give the lowest and the highest value that agree with everything
published. Their solutions are checked to be whole numbers (else an integer programme is solved), because a table of
people is one: what passes here is a real table that could have been published in this form.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from duga.evidence.disclosure.grid import Grid

EPS = 1e-6
TINY = 1e-7
REMEMBERED = 3_000
"""How many moves of a table are kept, to spare solving again."""


@dataclass(frozen=True)
class Breach:
    """A hidden cell that can be known too well: it lies between `low` and `high`.

    `cut` gives weights by cell and `need`: the breach stays as long as the weights of the hidden
    cells sum to less than `need` (Fischetti and Salazar 2001, with protection needed by every hidden cell).
    Not `proved`: no weights were found, only that some other cell must be hidden too.
    """

    cell: int
    low: int
    high: int
    cut: dict[int, float]
    need: float
    level: float = 1.0
    proved: bool = True


def rows_of(grid: Grid, inf: float):
    """Rows over the deviations from the true values (by position among the nonzero cells), and each row's slack.

    A total's deviation is the sum of its parts'. On the axis that repeats, too: the attacker is taken to know how
    often people were met again, else a part hidden alone would be known to be small, and from below by subtraction.
    There no part's deviation passes the total's by more than there is room.
    """
    column = {cell: j for j, cell in enumerate(grid.nonzero)}
    loose = {cell: grid.values[cell] - grid.known[cell] for cell in grid.nonzero}
    rows, slack = [], []
    for line in grid.lines:
        total = column[line.total]
        parts = {column[cell]: -1.0 for cell in line.parts}
        rows.append(({total: 1.0} | parts, 0.0, 0.0))
        slack.append(0.0)
        if line.sum_known:
            rows.append((parts, 0.0, 0.0))
            slack.append(0.0)
        if not line.exact:
            for cell in line.parts:
                room = float(loose[line.total] - loose[cell])
                rows.append(({column[cell]: 1.0, total: -1.0}, -inf, room))
                slack.append(room)
    return rows, slack


class Attacker:
    """Solves for hidden cells of one grid. `width`: how wide every hidden cell's interval must be (high - low)."""

    def __init__(self, grid: Grid, width: int):
        import highspy
        import numpy as np

        self.grid, self.width, self.inf = grid, width, highspy.kHighsInf
        self.column = {cell: j for j, cell in enumerate(grid.nonzero)}
        self.below = np.array([grid.room_below(cell) for cell in grid.nonzero], dtype=float)
        self.levels: dict[int, float] = {}
        self.moves: list = []
        rows, slack = rows_of(grid, self.inf)
        self.slack = np.array(slack)
        self.highs = highspy.Highs()
        for option, value in (("output_flag", False), ("threads", 1), ("random_seed", 1), ("presolve", "off")):
            self.highs.setOptionValue(option, value)
        n = len(grid.nonzero)
        nothing, none = np.zeros(0, dtype=np.int32), np.zeros(0)
        self.highs.addCols(n, np.zeros(n), np.zeros(n), np.zeros(n), 0, nothing, nothing, none)
        starts, index, value, low, high = [], [], [], [], []
        for entries, least, most in rows:
            starts.append(len(index))
            index.extend(entries)
            value.extend(entries.values())
            low.append(least)
            high.append(most)
        self.highs.addRows(
            len(rows), np.array(low, dtype=float), np.array(high, dtype=float), len(index),
            np.array(starts, dtype=np.int32), np.array(index, dtype=np.int32), np.array(value, dtype=float),
        )  # fmt: skip

    def hide(self, hidden: Iterable[int]) -> None:
        """Sets which cells are hidden (positions in the grid)."""
        self.hide_partly(dict.fromkeys(hidden, 1.0))

    def hide_partly(self, levels: Mapping[int, float]) -> None:
        """Hides cells to a degree between 0 and 1: how the relaxed integer programme asks for cuts."""
        for cell in self.levels.keys() | levels.keys():
            level = levels.get(cell, 0.0)
            if level != self.levels.get(cell, 0.0):
                self.highs.changeColBounds(self.column[cell], *self._bounds(cell, level))
        self.levels = dict(levels)

    def _bounds(self, cell: int, level: float) -> tuple[float, float]:
        j = self.column[cell]
        high = self.inf if level >= 1.0 else self.width * level
        return -self.below[j] * level, high

    def breaches(self, cells: Iterable[int] | None = None, *, whole: bool = True, first: bool = False) -> list[Breach]:
        """The hidden cells (of `cells`) whose interval is too narrow. None: nobody can find out anything.

        `whole` False leaves out the check for whole numbers; `first` stops at the first breach.
        """
        up, down = self._remembered(whole)
        found = []
        for cell in self.levels if cells is None else cells:
            j = self.column[cell]
            enough = self.width * self.levels[cell] - EPS
            bounds = []
            for side in (1, -1):
                if up[j] + down[j] >= enough:
                    break
                bounds.append(self._push(cell, side, up, down, whole))
            if up[j] + down[j] < enough:
                found.append(self._breach(cell, bounds))
                if first:
                    break
        return found

    def _remembered(self, whole: bool):
        """How far each cell is known to move up and down, from moves found before that touch hidden cells only."""
        import numpy as np

        n = len(self.below)
        shown = np.ones(n, dtype=bool)
        shown[[self.column[cell] for cell, level in self.levels.items() if level >= 1.0]] = False
        if not self.moves or not shown.sum() < n:
            return np.zeros(n), np.zeros(n)
        moves = np.array(self.moves[-REMEMBERED:])
        fit = ~(np.abs(moves[:, shown]) > 0).any(axis=1)
        if whole:
            fit &= (moves == np.rint(moves)).all(axis=1)
        moves = moves[fit]
        return moves.max(axis=0, initial=0.0), (-moves).max(axis=0, initial=0.0)

    def _push(self, cell: int, side: int, up, down, whole: bool):
        """Pushes one cell up (or down) as far as `width`; remembers how far every cell moved on the way."""
        import numpy as np

        j = self.column[cell]
        low, high = self._bounds(cell, self.levels[cell])
        self.highs.changeColBounds(j, low, min(high, float(self.width)))
        self.highs.changeColCost(j, -float(side))
        self._run()
        solution = self.highs.getSolution()
        values, duals = np.array(solution.col_value), (solution.row_dual, solution.col_dual)
        near = np.rint(values)
        values = np.where(np.abs(values - near) < EPS, near, values)
        if whole and (values != near).any():
            self.moves.append(values)
            values = self._whole_solution()
        self.moves.append(values)
        self.highs.changeColCost(j, 0.0)
        self.highs.changeColBounds(j, low, high)
        np.maximum(up, values, out=up)
        np.maximum(down, -values, out=down)
        return abs(values[j]), *duals

    def _run(self) -> None:
        import highspy

        self.highs.run()
        if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            self.highs.clearSolver()
            self.highs.run()
        status = self.highs.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            raise RuntimeError(f"The solver stopped with {status}; nothing was published.")

    def _whole_solution(self):
        """The same question in whole numbers, for the rare table whose linear answer is not whole."""
        import highspy
        import numpy as np

        whole, real = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
        columns = [self.column[cell] for cell in self.levels]
        for j in columns:
            self.highs.changeColIntegrality(j, whole)
        self.highs.setOptionValue("presolve", "on")
        self._run()
        self.highs.setOptionValue("presolve", "off")
        values = np.rint(self.highs.getSolution().col_value)
        for j in columns:
            self.highs.changeColIntegrality(j, real)
        self.highs.clearSolver()
        return values

    def _breach(self, cell: int, bounds) -> Breach:
        """The cut that both programmes prove: by weak duality the interval is at most the weights hidden."""
        import numpy as np

        weights, constant = np.zeros(len(self.below)), 0.0
        for _, row_dual, col_dual in bounds:
            constant += float(np.abs(row_dual) @ self.slack)
            reduced = np.array(col_dual)
            weights += np.where(reduced > TINY, reduced * self.below, np.where(reduced < -TINY, self.inf, 0.0))
        need = self.width - constant
        level = self.levels[cell]
        value, up, down = self.grid.values[cell], bounds[0][0], bounds[1][0]
        cut = {self.grid.nonzero[j]: min(float(weights[j]), need) for j in np.flatnonzero(weights)}
        if need < EPS or sum(w * self.levels.get(other, 0.0) for other, w in cut.items()) > need * level - EPS:
            # no linear proof (the doubt ends at whole numbers): something else must be hidden too
            cut, need = {c: 1.0 for c in self.grid.nonzero if c not in self.levels}, 1.0
            return Breach(cell, round(value - down), round(value + up), cut, need, level, proved=False)
        return Breach(cell, round(value - down), round(value + up), cut, need, level)
