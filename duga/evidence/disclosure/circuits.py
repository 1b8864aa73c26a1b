"""Finding cheap cells to hide: for one cell at a time, the lightest way in which the table could be otherwise.

If the true table may be moved along two sets of deviations that agree with everything shown, one raising and one
lowering a hidden cell, and together by the width asked for, then nobody knows the cell better than that. The linear
programme here finds the lightest such pair of moves; the cells they touch are hidden with it.
"""

import random

from duga.evidence.disclosure.attacker import EPS, rows_of
from duga.evidence.disclosure.grid import Grid


class Circuits:
    """Lightest moves for the cells of one grid, given what is hidden already (that costs nothing more)."""

    def __init__(self, grid: Grid, width: int, keep: set[int]):
        import highspy
        import numpy as np

        self.grid, self.width = grid, width
        self.n = n = len(grid.nonzero)
        self.column = {cell: j for j, cell in enumerate(grid.nonzero)}
        inf = highspy.kHighsInf
        below = np.array([grid.room_below(cell) for cell in grid.nonzero], dtype=float)
        kept = np.array([cell in keep for cell in grid.nonzero])
        up, down = np.where(kept, 0.0, inf), np.where(kept, 0.0, below)
        weight = np.array([grid.values[cell] for cell in grid.nonzero], dtype=float)
        self.cost_up = weight / width
        self.cost_down = weight / np.clip(below, 0.5, width)
        self.highs = highspy.Highs()
        for option, value in (("output_flag", False), ("threads", 1), ("random_seed", 1), ("presolve", "off")):
            self.highs.setOptionValue(option, value)
        # columns: raise in the first move, lower in the first, raise in the second, lower in the second
        nothing, none = np.zeros(0, dtype=np.int32), np.zeros(0)
        high = np.concatenate([up, down, up, down])
        cost = np.concatenate([self.cost_up, self.cost_down] * 2)
        self.highs.addCols(4 * n, cost, np.zeros(4 * n), high, 0, nothing, nothing, none)
        rows, _ = rows_of(grid, inf)
        starts, index, value, low, most = [], [], [], [], []
        for shift in (0, 2 * n):
            for entries, least, room in rows:
                starts.append(len(index))
                for j, factor in entries.items():
                    index += (j + shift, j + n + shift)
                    value += (factor, -factor)
                low.append(least)
                most.append(room)
        self.highs.addRows(
            len(low), np.array(low), np.array(most), len(index),
            np.array(starts, dtype=np.int32), np.array(index, dtype=np.int32), np.array(value),
        )  # fmt: skip
        self.demand = len(low)
        self.highs.addRow(float(width), inf, 0, nothing, none)
        self.asked: int | None = None

    def begin(self, start: int) -> None:
        """Begins anew; every start but the first sees the weights a little differently and so goes another way."""
        import numpy as np

        luck = random.Random(start)  # noqa: S311 - another way to begin, the same on every machine
        tilt = np.array([luck.uniform(0.6, 1.7) if start else 1.0 for _ in range(self.n)])
        cost = np.concatenate([self.cost_up * tilt, self.cost_down * tilt] * 2)
        self.highs.changeColsCost(4 * self.n, np.arange(4 * self.n, dtype=np.int32), cost)

    def free(self, cells) -> None:
        """These are hidden now: moving them costs (almost) nothing."""
        for cell in cells:
            j = self.column[cell]
            for shift in range(4):
                self.highs.changeColCost(j + shift * self.n, 1e-4)

    def around(self, cell: int) -> set[int] | None:
        """The cells that the lightest moves for `cell` touch, itself among them; None if there are no such moves."""
        import highspy

        if self.asked is not None:
            self._ask(self.asked, 0.0)
        self._ask(self.column[cell], 1.0)
        self.asked = self.column[cell]
        self.highs.run()
        if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        moved = self.highs.getSolution().col_value
        return {self.grid.nonzero[j % self.n] for j, value in enumerate(moved) if value > EPS}

    def _ask(self, j: int, factor: float) -> None:
        for shift, sign in enumerate((1.0, -1.0, -1.0, 1.0)):
            self.highs.changeCoeff(self.demand, j + shift * self.n, sign * factor)
