"""Rings: the moves of a table of two axes, found without a programme.

Rows and columns of such a table, totals among them, are the knots of a network and its cells the links: what goes round
a ring of cells, rising and falling in turn, leaves all sums right. A cell's lightest moves are cheapest flows from its
row to its column (successive shortest paths, in whole numbers). What an attacker knows is told by `networks`.
"""

from duga.evidence.disclosure.system import System

FREE = 1e-4
"""What moving a hidden cell costs."""


class Rings:
    """The network of one table of two axes with their totals."""

    def __init__(self, system: System):
        import numpy as np

        grid = system.grids[0]
        self.system, self.shape = system, tuple(len(axis.nodes) for axis in grid.axes)
        self.flat = np.array(grid.nonzero, dtype=np.int64)
        self.row, self.col = np.unravel_index(self.flat, self.shape)
        self.unknown = np.full(self.shape, -1)
        self.unknown.reshape(-1)[self.flat] = np.arange(len(self.flat))
        # a total's deviation is told the other way round, so that each row and each column sums to nothing
        ends = [np.array([bool(node) for node in axis.nodes]) for axis in grid.axes]
        self.sign = np.where(ends[0][self.row] == ends[1][self.col], 1, -1)
        self.most = float(system.need.max(initial=0))
        below = np.clip(system.below, 0, self.most)
        up, down = np.where(self.sign > 0, self.most, below), np.where(self.sign > 0, below, self.most)
        self.rooms = {1: up.tolist(), -1: down.tolist()}
        self.room = {1: self._laid(up), -1: self._laid(down)}
        self.sign_of, self.row_of, self.col_of = self.sign.tolist(), self.row.tolist(), self.col.tolist()
        self.at = self.unknown.tolist()
        self.share = {side: 1.0 / np.maximum(room, 0.5) for side, room in self.room.items()}

    @staticmethod
    def fit(system: System) -> bool:
        """Whether a system is one such table and nothing else."""
        axes = system.grids[0].axes if system.alone else ()
        return len(axes) == 2 and not system.loose and all(list(axis.children) == [()] for axis in axes)

    def _laid(self, values, nothing: float = 0.0):
        import numpy as np

        laid = np.full(self.shape, nothing)
        laid.reshape(-1)[self.flat] = values
        return laid

    def prices(self, cost) -> dict:
        """What a deviation of one costs on each link, up (1) and down (-1), if touching each unknown costs so much:
        infinite where it must not be touched or cannot go."""
        import numpy as np

        cost = self._laid(cost, np.inf)
        return {side: np.where(room > 0, cost * self.share[side], np.inf) for side, room in self.room.items()}

    def free(self, prices: dict, cells) -> None:
        """Touching these costs (almost) nothing now."""
        import numpy as np

        for side, price in prices.items():
            at = self.row[cells], self.col[cells]
            price[at] = np.where(self.room[side][at] > 0, FREE * self.share[side][at], np.inf)

    def flow(self, cell: int, side: int, far: float, prices: dict) -> tuple | None:
        """Raises (1) or lowers (-1) a cell so far: the cells touched and their deviations; None if it does not go."""
        side *= self.sign_of[cell]
        if far > self.rooms[side][cell]:
            return None
        falls, rises = prices[-side], prices[side]
        start = self.row_of[cell], self.col_of[cell]
        before = {start: (falls[start], rises[start])}
        falls[start] = rises[start] = float("inf")
        moved = self._flow(start, side, far, falls, rises, before)
        for at, (fall, rise) in before.items():
            falls[at], rises[at] = fall, rise
        return moved

    def _flow(self, start: tuple, side: int, far: float, falls, rises, before: dict) -> tuple | None:
        """The same on prices that are changed on the way; `before` keeps what they were."""
        import numpy as np

        falling, rising, moved, gone = self.rooms[-side], self.rooms[side], {}, 0.0
        while gone < far:
            path = _shortest(falls, rises, *start)
            if not path:
                return None
            room, cells = far - gone, [self.at[row][col] for row, col in path]
            for n, each in enumerate(cells):
                z = moved.get(each, 0.0)
                back, on = (-z, rising[each] - z) if n % 2 else (z, falling[each] + z)
                room = min(room, back if back > 0 else on)
            gone += room
            for n, (at, each) in enumerate(zip(path, cells, strict=True)):
                z = moved[each] = moved.get(each, 0.0) + (room if n % 2 else -room)
                before.setdefault(at, (falls[at], rises[at]))
                # what is touched costs nothing more, and taking back even less
                falls[at] = FREE / 9 if z > 0 else FREE / 5 if falling[each] + z > 0 else np.inf
                rises[at] = FREE / 9 if z < 0 else FREE / 5 if rising[each] - z > 0 else np.inf
        moved[self.at[start[0]][start[1]]] = gone
        cells = np.array([each for each, z in moved.items() if z], dtype=np.int64)
        return cells, side * self.sign[cells] * np.array([z for z in moved.values() if z])


def _shortest(falls, rises, row: int, col: int) -> list:
    """The cheapest way from a row to a column, by falling cells to columns and by rising ones back to rows: its cells,
    the last first; empty if there is none."""
    import numpy as np

    rows = np.full(len(falls), np.inf)
    rows[row] = 0.0
    cols = falls[row]
    while True:
        nearer = np.minimum(rows, np.minimum.reduce(rises + cols, axis=1))
        (changed,) = (nearer < np.minimum(rows, cols[col])).nonzero()
        if not len(changed):
            break
        rows = nearer
        cols = np.minimum(cols, np.minimum.reduce(falls[changed] + rows[changed, None], axis=0))
    if not np.isfinite(cols[col]):
        return []
    path, at = [], col
    while True:
        over = int((rows + falls[:, at]).argmin())
        path.append((over, at))
        if over == row:
            return path
        at = int((cols + rises[over]).argmin())
        path.append((over, at))
