"""Whole moves: ways in which a table could be otherwise, kept as proofs that cells are in doubt.

A move gives some cells a whole number to be added each (or taken away, the other way round) so that everything else
agrees as before. It holds for an attacker as long as all its cells are hidden. How often it can be made in either
direction is worked out here from the rows of the system by plain arithmetic, whoever found the move: what `reach`
says of a cell needs no solver to be believed.
"""

import math

from duga.evidence.disclosure.system import System

EPS = 1e-6

FEW = 32
"""Moves of so many cells are looked at cell by cell."""

FAR = 1_000_000
"""More times no move needs to be made."""


class Moves:
    """The moves known of one system: `cells` and `steps`, one after the other, each from its `start`."""

    def __init__(self, system: System, whole: bool = True):
        import numpy as np

        self.system, self.whole = system, whole
        self.count = self._used = 0
        self._columns: dict[int, list] = {}
        self._start = np.zeros(64, dtype=np.int64)
        self._cell = np.zeros(512, dtype=np.int64)
        self._up, self._down = np.zeros(512), np.zeros(512)

    def add(self, cells, steps, reached=None) -> tuple[int, int]:
        """Keeps a move, if it is one, and tells how many times it can be made, and how many times the other way.

        `reached`: how far up and down every cell goes by what is known; brought up to date here. A move that tells
        nothing new then is not kept: (0, 0).
        """
        import numpy as np

        if len(cells) <= FEW:
            return self._add_few(cells, steps, reached) if len(cells) else (0, 0)
        if reached is not None and (reached[0][cells] + reached[1][cells] >= self.system.need[cells]).all():
            return 0, 0
        if self.whole:
            steps = np.rint(steps)
            steps /= max(1, int(np.gcd.reduce(np.abs(steps).astype(np.int64))))
        times = self._times(cells, steps)
        if max(times) <= 0:
            return times
        up, down = (np.where(steps > 0, steps * a, -steps * b) for a, b in (times, times[::-1]))
        if reached is not None:
            before = np.minimum(reached[0][cells] + reached[1][cells], self.system.need[cells])
            for far, each in zip(reached, (up, down), strict=True):
                far[cells] = np.maximum(far[cells], each)
            after = np.minimum(reached[0][cells] + reached[1][cells], self.system.need[cells])
            if (after == before).all():
                return times
        self._keep(cells, up, down)
        return times

    def add_all(self, moves: list[tuple[list[int], list[int]]]) -> None:
        """Keeps moves of a system in which everything adds up, the cells of each and their whole steps; refuses what
        is no move."""
        import numpy as np

        if not moves:
            return
        system, sizes = self.system, np.array([len(cells) for cells, _ in moves])
        first = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        cells = np.array([cell for some, _ in moves for cell in some], dtype=np.int64)
        steps = np.array([step for _, some in moves for step in some], dtype=float)
        steps /= np.repeat(np.gcd.reduceat(np.abs(steps).astype(np.int64), first), sizes)
        _, rows, values = system.columns(cells)
        entries = system.cstart[cells + 1] - system.cstart[cells]
        place = np.repeat(np.repeat(np.arange(len(moves)), sizes), entries) * system.m + rows
        _, place = np.unique(place, return_inverse=True)
        if np.abs(np.bincount(place, weights=values * np.repeat(steps, entries))).max() > EPS:
            raise RuntimeError("A way round the table leaves its sums wrong; nothing was published.")
        below, far = system.below[cells], []
        for sign in (1.0, -1.0):
            room = np.where(sign * steps < 0, below // np.maximum(-sign * steps, 1.0), FAR)
            far.append(np.repeat(np.minimum.reduceat(room, first), sizes))
        on, back = far
        self._keep(
            cells, np.where(steps > 0, steps * on, -steps * back), np.where(steps > 0, steps * back, -steps * on), first
        )

    def _times(self, cells, steps) -> tuple[int, int]:
        """By the rows of the system: how many times a move can be made, and its opposite; (0, 0) if it is none."""
        import numpy as np

        system = self.system
        _, rows, values = system.columns(cells)
        sizes = system.cstart[cells + 1] - system.cstart[cells]
        sums = np.bincount(rows, weights=values * np.repeat(steps, sizes), minlength=system.m)
        rows = np.flatnonzero(np.abs(sums) > EPS)
        if system.equal[rows].any():
            return 0, 0
        below, room, sums = system.below[cells], system.high[rows], sums[rows]
        times = []
        for sign in (1.0, -1.0):
            falls, tight = sign * steps < 0, sign * sums > 0
            most = np.concatenate([below[falls] / -(sign * steps[falls]), room[tight] / (sign * sums[tight])])
            times.append(most.min(initial=FAR))
        return tuple(int(each) for each in times) if self.whole else tuple(times)

    def _add_few(self, cells, steps, reached) -> tuple[int, int]:
        """The same, cell by cell, which is quicker for a few."""
        need, known = self.system.need[cells].tolist(), None
        if reached is not None:
            known = [far[cells].tolist() for far in reached]
            before = _doubt(*known, need)
            if before == need:
                return 0, 0
        steps = steps.tolist()
        if self.whole:
            steps = [round(step) for step in steps]
            common = max(1, math.gcd(*steps))
            steps = [step // common for step in steps]
        times = self._times_few(cells.tolist(), steps, self.system.below[cells].tolist())
        if max(times) <= 0:
            return times
        up, down = ([step * a if step > 0 else -step * b for step in steps] for a, b in (times, times[::-1]))
        if known:
            for far, was, each in zip(reached, known, (up, down), strict=True):
                was[:] = map(max, was, each)
                far[cells] = was
            if _doubt(*known, need) == before:
                return times
        self._keep(cells, up, down)
        return times

    def _times_few(self, cells: list, steps: list, below: list) -> tuple[float, float]:
        """`_times`, cell by cell."""
        sums: dict[int, float] = {}
        for cell, step in zip(cells, steps, strict=True):
            for row, value in self._column(cell):
                sums[row] = sums.get(row, 0.0) + value * step
        rooms = list(zip([-step for step in steps], below, strict=True))
        for row, more in sums.items():
            if abs(more) > EPS:
                if self.system.equal[row]:
                    return 0, 0
                rooms.append((more, self.system.high[row]))
        up = min([room / more for more, room in rooms if more > 0], default=FAR)
        down = min([room / -more for more, room in rooms if more < 0], default=FAR)
        return (int(up), int(down)) if self.whole else (up, down)

    def _column(self, cell: int) -> list[tuple[int, float]]:
        """The rows that a cell stands in, with its values there."""
        if cell not in self._columns:
            system = self.system
            first, last = system.cstart[cell], system.cstart[cell + 1]
            rows, values = system.crow[first:last].tolist(), system.cval[first:last].tolist()
            self._columns[cell] = list(zip(rows, values, strict=True))
        return self._columns[cell]

    def _keep(self, cells, up, down, starts=(0,)) -> None:
        """Moves one after the other, each from its start on."""
        import numpy as np

        first, self._used = self._used, self._used + len(cells)
        while self._used > len(self._cell):
            self._cell, self._up, self._down = (
                np.concatenate([each, np.zeros_like(each)]) for each in (self._cell, self._up, self._down)
            )
        last, self.count = self.count, self.count + len(starts)
        while self.count > len(self._start):
            self._start = np.concatenate([self._start, np.zeros_like(self._start)])
        self._start[last : self.count] = np.add(starts, first)
        self._cell[first : self._used], self._up[first : self._used] = cells, up
        self._down[first : self._used] = down

    def reach(self, hidden) -> tuple:
        """How far up and down every cell is known to move while these are hidden (yes or no for each)."""
        import numpy as np

        up, down = np.zeros(self.system.n), np.zeros(self.system.n)
        if self.count:
            start, cell = self._start[: self.count], self._cell[: self._used]
            whole = np.logical_and.reduceat(hidden[cell], start)
            inside = np.repeat(whole, np.diff(np.append(start, self._used)))
            np.maximum.at(up, cell[inside], self._up[: self._used][inside])
            np.maximum.at(down, cell[inside], self._down[: self._used][inside])
        return up, down


def _doubt(up: list, down: list, need: list) -> list:
    """How wide the doubt about each cell is, as far as it is needed."""
    return [min(a + b, most) for a, b, most in zip(up, down, need, strict=True)]
