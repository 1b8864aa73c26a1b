"""Finding cheap cells to hide: for one cell at a time, the lightest way in which the table could be otherwise.

If the true table may be moved along two sets of deviations that agree with everything shown, one raising and one
lowering a hidden cell, and together by its need, then nobody knows the cell better than that; the cells that the
lightest such pair of moves touches are hidden with it. The linear programme prices moves by the values of the cells
they touch (hidden ones cost nothing more), and takes in only cells that could make them lighter: it starts from light
ones, and asks the others by their prices (column generation).
"""

import hashlib
import hmac
import random

from duga.evidence.disclosure.attacker import EPS
from duga.evidence.disclosure.system import System

LIGHTEST = 6
"""How many cells of each line stand in the programme from the start."""

MORE = 400
"""How many are taken in at a time."""

FREE = 1e-4
"""What moving a hidden cell costs."""


class Circuits:
    """Lightest moves for the cells of one system, given what is hidden already (that costs nothing more)."""

    def __init__(self, system: System):
        import highspy
        import numpy as np

        self.system, self.inf = system, highspy.kHighsInf
        self.base_up = np.maximum(system.weight, FREE) / np.maximum(system.need, 1.0)
        self.base_down = np.maximum(system.weight, FREE) / np.clip(system.below, 0.5, np.maximum(system.need, 1.0))
        self.position = np.full(system.n, -1, dtype=np.int64)
        self.active = np.zeros(0, dtype=np.int64)
        self.index = np.zeros((4, 0), dtype=np.int64)
        self.asked: int | None = None
        self.steps = self.work = 0
        self.highs = highspy.Highs()
        for option, value in (
            ("output_flag", False), ("threads", 1), ("random_seed", 1), ("presolve", "off"),
            ("simplex_scale_strategy", 0),
        ):  # fmt: skip
            self.highs.setOptionValue(option, value)
        nothing, none = np.zeros(0, dtype=np.int32), np.zeros(0)
        high = np.where(np.isinf(system.high), self.inf, system.high)
        zeros = np.zeros(system.m, dtype=np.int32)
        for _ in range(2 if system.m else 0):
            self.highs.addRows(system.m, system.low, high, 0, zeros, nothing, none)
        self.demand = 2 * system.m
        self.highs.addRow(0.0, self.inf, 0, nothing, none)
        self.up, self.down = self.base_up.copy(), self.base_down.copy()
        self._enter(self._light())

    def _light(self):
        """The lightest cells of every row."""
        import numpy as np

        system = self.system
        row = np.repeat(np.arange(system.m), np.diff(system.start))
        order = np.lexsort((system.weight[system.col], row))
        rank = np.arange(len(order)) - system.start[:-1][row[order]]
        chosen = np.unique(system.col[order[rank < LIGHTEST]])
        return chosen[~system.kept[chosen]]

    def _enter(self, cells) -> None:
        """Gives cells to the programme, four columns each: raised and lowered in the first move, and in the second."""
        import numpy as np

        system = self.system
        cells = cells[self.position[cells] < 0]
        if not len(cells):
            return
        starts, rows, values = system.columns(cells)
        k = len(cells)
        zero, far = np.zeros(k), np.full(k, self.inf)
        self.position[cells] = np.arange(len(self.active), len(self.active) + k)
        for shift in (0, system.m):
            self.highs.addCols(k, self.up[cells], zero, far, len(rows), starts, rows + shift, values)
            self.highs.addCols(k, self.down[cells], zero, system.below[cells], len(rows), starts, rows + shift, -values)
        self.index = np.concatenate([self.index, 4 * len(self.active) + np.arange(4 * k).reshape(4, k)], axis=1)
        self.active = np.concatenate([self.active, cells])

    def begin(self, start: int, secret: bytes | None = None) -> None:
        """Begins anew; every start but the first sees the weights a little differently and so goes another way.

        With a secret the first does, too: nobody without it can tell which of nearly equal cells is taken.
        """
        import numpy as np

        n = self.system.n
        seed = hmac.new(secret, str(start).encode(), hashlib.sha256).digest() if secret else start
        luck = random.Random(seed)  # noqa: S311 - another way to begin, the same on every machine
        if start:
            tilt = np.array([luck.uniform(0.6, 1.7) for _ in range(n)])
        elif secret:
            tilt = np.array([luck.uniform(0.9, 1.1) for _ in range(n)])
        else:
            tilt = np.ones(n)
        self.up, self.down = self.base_up * tilt, self.base_down * tilt
        self._price(self.active)

    def _price(self, cells) -> None:
        import numpy as np

        index = self.index[:, self.position[cells[self.position[cells] >= 0]]].reshape(-1).astype(np.int32)
        cells = cells[self.position[cells] >= 0]
        if len(index):
            cost = np.concatenate([self.up[cells], self.down[cells]] * 2)
            self.highs.changeColsCost(len(index), index, cost)

    def free(self, cells) -> None:
        """These are hidden now: moving them costs (almost) nothing."""
        import numpy as np

        cells = np.asarray(sorted(cells), dtype=np.int64)
        if len(cells):
            self.up[cells] = self.down[cells] = FREE
            self._enter(cells)
            self._price(cells)

    def around(self, cell: int) -> set[int] | None:
        """The cells that the lightest moves for `cell` touch, itself among them; None if there are no such moves."""
        import highspy
        import numpy as np

        system, m = self.system, self.system.m
        if self.asked is not None:
            self._ask(self.asked, 0.0)
        self._enter(np.array([cell]))
        self._ask(cell, 1.0)
        self.asked = cell
        self.highs.changeRowBounds(self.demand, float(system.need[cell]), self.inf)
        while True:
            self.highs.run()
            self.steps += 1
            self.work += max(0, self.highs.getInfo().simplex_iteration_count)
            solution = self.highs.getSolution()
            if self.highs.getModelStatus() == highspy.HighsModelStatus.kOptimal:
                dual = np.array(solution.row_dual)
                gain = np.zeros(system.n)
                for worth in (system.times(dual[:m]), system.times(dual[m : 2 * m])):
                    down = np.where(system.below > 0, self.down + worth, 0.0)
                    gain = np.minimum(gain, np.minimum(self.up - worth, down))
                gain[(self.position >= 0) | system.kept] = 0.0
                better = np.flatnonzero(gain < -1e-7)
                if not len(better):
                    break
                self._enter(better[np.argsort(gain[better], kind="stable")[:MORE]])
            else:
                rest = np.flatnonzero((self.position < 0) & ~system.kept)
                if not len(rest):
                    return None
                self._enter(rest)
        parts = np.array(solution.col_value)[self.index]
        self.moves = parts[0] - parts[1], parts[2] - parts[3]
        return set(self.active[parts.sum(axis=0) > EPS].tolist()) | {cell}

    def _ask(self, cell: int, factor: float) -> None:
        """Demands that the cell rises in the first move and falls in the second."""
        for place, sign in zip(self.index[:, self.position[cell]], (1.0, -1.0, -1.0, 1.0), strict=True):
            self.highs.changeCoeff(self.demand, int(place), sign * factor)
