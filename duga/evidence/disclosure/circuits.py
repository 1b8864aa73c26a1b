"""Finding cheap cells to hide: for one cell at a time, the lightest way in which the table could be otherwise.

If the true table may be moved along deviations that agree with everything shown, one raising and one lowering a hidden
cell, and together by its need, then nobody knows the cell better than that; the cells that the lightest such moves
touch are hidden with it. A linear programme prices moves by the values of the cells they touch (hidden ones cost
next to nothing). It is kept small: first it has only the labels on which the cheapest boxes around the cell stand, and
what it finds there tells how heavy a cell may be to be worth looking at in the whole table. Tables of two axes are
networks: there flows (`rings`) take the place of programmes.
"""

import hashlib
import hmac
import random
from collections.abc import Iterator
from functools import cached_property

from duga.evidence.disclosure.boxes import Boxes
from duga.evidence.disclosure.networks import Network
from duga.evidence.disclosure.rings import FREE, KNOTS, Rings
from duga.evidence.disclosure.system import System

PART = 150
"""About how many cells the first programme has."""

LIGHT = 4
"""Moves that hide no more than so many times the need are taken without looking further."""

WHOLE = 2_500
"""Up to this many unknowns the whole table is looked at where that may be lighter; above, where it must be."""

TRIED = 48
"""How many of the cheapest boxes are asked for their labels."""

SPLITS = 8
"""Ways of sharing the need between falling and rising that are tried where the usual ones do not go."""

EPS = 1e-6


class Circuits:
    """Lightest moves for the cells of one system, given what is hidden already (that costs nothing more)."""

    def __init__(self, system: System):
        import highspy
        import numpy as np

        self.system, self.inf = system, highspy.kHighsInf
        self.network = Network(system) if Network.fit(system) else None
        few = self.network and self.network.size <= KNOTS
        self.rings = Rings(system, self.network) if few else None
        self.boxes = Boxes(system) if system.alone and system.ways and not self.rings else None
        self.base = np.where(system.kept, np.inf, np.maximum(system.weight, FREE))
        self.steps = self.work = 0
        self.begin(0)

    @cached_property
    def highs(self):
        """The solver, begun where a programme is asked for."""
        import highspy

        highs = highspy.Highs()
        for option, value in (
            ("output_flag", False), ("threads", 1), ("random_seed", 1), ("presolve", "off"),
            ("simplex_scale_strategy", 0), ("dual_simplex_cost_perturbation_multiplier", 0.0),
        ):  # fmt: skip
            highs.setOptionValue(option, value)
        return highs

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
        self.cost = self.base * tilt
        self.laid = self.boxes.spread(self.cost, np.inf) if self.boxes else None
        self.prices = self.rings.prices(self.cost) if self.rings else None

    def free(self, cells) -> None:
        """These are hidden now: moving them costs (almost) nothing."""
        import numpy as np

        cells = np.asarray(cells, dtype=np.int64)
        self.cost[cells] = FREE
        if self.boxes:
            self.laid.reshape(-1)[self.boxes.flat[cells]] = FREE
        if self.rings:
            self.rings.free(self.prices, cells)

    def around(self, cell: int) -> list | None:
        """The lightest moves for `cell`, as (cells, deviations) each; None if there are none."""
        import numpy as np

        best, weight = None, float("inf")
        if self.rings:
            known: dict = {}
            return self._lightest(cell, lambda side, far: self.rings.flow(cell, side, far, self.prices, known))[0]
        if self.boxes:
            best, weight = self.among(cell, self.near(cell, self.laid))
        if weight > LIGHT * self.system.need[cell] and (best is None or self.system.n <= WHOLE):
            found, lighter = self.among(cell, np.flatnonzero(self.cost < weight))
            best = found if lighter < weight else best
        return best

    def near(self, cell: int, cost, share: float = 1.0):
        """Cells that can be had of the labels on which the cheapest boxes around a cell stand, for the width that they
        give. `cost` is laid out as a table; about `share` of the cells can be had."""
        import numpy as np

        boxes = self.boxes
        weights, up, down = boxes.around(cell, cost)
        width = np.minimum(up + down, self.system.need[cell])
        price = np.where(width > 0, weights / np.maximum(width, 1), np.inf)
        few = min(TRIED, len(price))
        cheapest = np.argpartition(price, few - 1)[:few]
        cheapest = cheapest[np.lexsort((cheapest, price[cheapest]))]
        ways = max(1, sum(size > 2 for size in boxes.shape))
        most = max(3, round((PART / share) ** (1 / ways)))
        chosen = []
        for axis, labels in enumerate(boxes.labels(cheapest)):
            some = {int(boxes.place[cell][axis]), boxes.steps[axis].total}
            for label in labels:
                if len(some) > most:
                    break
                some |= set(label.tolist())
            chosen.append(sorted(some - {boxes.shape[axis] - 1}))
        found = boxes.unknown[np.ix_(*chosen)].reshape(-1)
        return found[(found >= 0) & np.isfinite(self.cost[found])]

    def among(self, cell: int, cells, whole: bool = False) -> tuple:
        """The lightest moves that touch these cells only, in whole numbers if asked, and the weight they would hide;
        (None, infinity) if there are none."""
        import numpy as np

        if cell not in cells:
            return None, np.inf
        self._pose(cells, float(self.system.need[cell]))
        return self._posed(cell, cells, whole)

    def among_each(self, some, cells) -> Iterator[tuple]:
        """The same for some cells one after the other, with the moves of each: one programme serves equal needs."""
        posed = None
        for cell in some:
            need = float(self.system.need[cell])
            if need != posed:
                self._pose(cells, need)
                posed = need
            yield cell, self._posed(cell, cells, False)[0]

    def _posed(self, cell: int, cells, whole: bool) -> tuple:
        """The lightest moves of a cell in the programme posed."""
        import numpy as np

        at, below = int(np.flatnonzero(cells == cell)[0]), float(self.system.below[cell])

        def move(side: int, far: float):
            steps = self._move(at, side, far, len(cells), whole, below)
            if steps is None:
                return None
            touched = np.flatnonzero(np.abs(steps) > EPS)
            return cells[touched], steps[touched]

        return self._lightest(cell, move)

    def _lightest(self, cell: int, move) -> tuple:
        """The lightest way of sharing a need between falling and rising, and its weight; `move` gives a side's."""
        import numpy as np

        system, need = self.system, float(self.system.need[cell])
        best, weight = None, np.inf
        most = min(int(system.below[cell]), int(need))
        for falls in (0, *range(most, 0, -max(1, most // SPLITS))):
            if best is not None and (weight < EPS or falls < most):
                break
            moves = []
            for side, far in ((-1, falls), (1, need - falls)):
                found = move(side, far) if far > 0 else (np.zeros(0, dtype=np.int64), np.zeros(0))
                if found is None:
                    break
                moves.append(found)
            if len(moves) == 2:
                touched = np.unique(np.concatenate([each for each, _ in moves]))
                hides = float(self.cost[touched[self.cost[touched] > 2 * FREE]].sum())
                if hides < weight:
                    best, weight = moves, hides
        return best, weight

    def _pose(self, cells, need: float) -> None:
        """The programme over some cells, each raised by one column and lowered by another."""
        import highspy
        import numpy as np

        system, k = self.system, len(cells)
        starts, rows, values = system.columns(cells)
        rows, back = np.unique(rows, return_inverse=True)
        below = system.below[cells]
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = 2 * k, len(rows)
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_ = np.concatenate([starts, starts + len(back), [2 * len(back)]])
        model.a_matrix_.index_ = np.concatenate([back, back])
        model.a_matrix_.value_ = np.concatenate([values, -values])
        model.row_lower_ = system.low[rows]
        model.row_upper_ = np.where(np.isinf(system.high[rows]), self.inf, system.high[rows])
        model.col_cost_ = np.concatenate([self.cost[cells] / need, self.cost[cells] / np.clip(below, 0.5, need)])
        model.col_lower_, model.col_upper_ = np.zeros(2 * k), np.concatenate([np.full(k, self.inf), below])
        self.highs.passModel(model)

    def _move(self, at: int, side: int, far: float, k: int, whole: bool, below: float):
        """The cheapest move of the programme posed that raises (1) or lowers (-1) its cell number `at` so far."""
        import numpy as np

        column, other = (at, at + k) if side > 0 else (at + k, at)
        self.highs.changeColBounds(column, far, far)
        self.highs.changeColBounds(other, 0.0, 0.0)
        values = self._solution()
        if whole and values is not None and (np.abs(values - np.rint(values)) > EPS).any():
            self._integral(2 * k, True)
            values = self._solution()
            self._integral(2 * k, False)
        for each, most in ((at, self.inf), (at + k, below)):
            self.highs.changeColBounds(each, 0.0, most)
        return None if values is None else np.round(values[:k] - values[k:], 6)

    def _solution(self):
        import highspy
        import numpy as np

        self.highs.run()
        self.steps += 1
        self.work += max(0, self.highs.getInfo().simplex_iteration_count)
        if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return np.array(self.highs.getSolution().col_value)

    def _integral(self, n: int, yes: bool) -> None:
        import highspy
        import numpy as np

        kind = highspy.HighsVarType.kInteger if yes else highspy.HighsVarType.kContinuous
        self.highs.changeColsIntegrality(n, np.arange(n, dtype=np.int32), np.array([kind] * n))
