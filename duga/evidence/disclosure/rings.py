"""Rings: the moves of a table of two axes, found without a programme.

Rows and columns of such a table, totals among them, are the knots of a network and its cells the links: what goes round
a ring of cells, rising and falling in turn, leaves all sums right. A cell's lightest moves are cheapest flows from its
row to its column (successive shortest paths, in whole numbers), and a flow at its most tells what an attacker knows.
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

    def links(self, cells) -> tuple:
        """The network of these cells only: for each row its (column, cell) pairs, for each column its rows."""
        rows: list[list] = [[] for _ in range(self.shape[0])]
        cols: list[list] = [[] for _ in range(self.shape[1])]
        for cell, row, col in zip(cells.tolist(), self.row[cells].tolist(), self.col[cells].tolist(), strict=True):
            rows[row].append((col, cell))
            cols[col].append((row, cell))
        return rows, cols

    def most_of(self, cell: int, side: int, links: tuple) -> tuple:
        """Raises (1) or lowers (-1) a cell as far as it needs or goes by these links: the cells touched and their
        deviations."""
        import numpy as np

        sign = self.sign_of
        side *= sign[cell]
        falling, rising = self.rooms[-side], self.rooms[side]
        far, gone, moved = rising[cell], 0.0, {cell: -self.most}  # not by itself
        while gone < far:
            path = _any(links, self.row_of[cell], self.col_of[cell], falling, rising, moved)
            if not path:
                break
            room = far - gone
            for n, each in enumerate(path):
                z = moved.get(each, 0.0)
                room = min(room, rising[each] - z if n % 2 else falling[each] + z)
            for n, each in enumerate(path):
                moved[each] = moved.get(each, 0.0) + (room if n % 2 else -room)
            gone += room
        moved[cell] = gone
        steps = [(each, side * sign[each] * z) for each, z in moved.items() if z]
        return np.array([each for each, _ in steps], dtype=np.int64), np.array([z for _, z in steps])

    def prices(self, cost) -> dict:
        """What a deviation of one costs on each link, up (1) and down (-1), if touching each unknown costs so much:
        infinite where it must not be touched or cannot go."""
        import numpy as np

        cost = self._laid(cost, np.inf)
        return {side: np.where(room > 0, cost * self.share[side], np.inf) for side, room in self.room.items()}

    def flow(self, cell: int, side: int, far: float, prices: dict) -> tuple | None:
        """Raises (1) or lowers (-1) a cell so far: the cells touched and their deviations; None if it does not go."""
        import numpy as np

        row, col = self.row[cell], self.col[cell]
        side *= self.sign[cell]
        falling, rising = self.room[-side], self.room[side]
        if far > rising[row, col]:
            return None
        moved = np.zeros(self.shape)
        gone = 0.0
        falls, rises = prices[-side].copy(), prices[side].copy()
        falls[row, col] = rises[row, col] = np.inf
        while gone < far:
            path = _shortest(falls, rises, row, col)
            if not path:
                return None
            down, up = tuple(np.array(path[0::2]).T), tuple(np.array(path[1::2]).reshape(-1, 2).T)
            room = min(np.where(moved[down] > 0, moved[down], falling[down] + moved[down]).min(), far - gone)
            if up[0].size:
                room = min(room, np.where(moved[up] < 0, -moved[up], rising[up] - moved[up]).min())
            moved[down] -= room
            moved[up] += room
            gone += room
            for at in (down, up):  # what is touched costs nothing more, and taking back even less
                here = moved[at]
                falls[at] = np.where(here > 0, FREE / 9, np.where(falling[at] + here > 0, FREE / 5, np.inf))
                rises[at] = np.where(here < 0, FREE / 9, np.where(rising[at] - here > 0, FREE / 5, np.inf))
        moved[row, col] = gone
        cells = self.unknown[moved != 0]
        return cells, side * self.sign[cells] * moved[moved != 0]


def _any(links, row: int, col: int, falling, rising, moved) -> list:
    """A way of fewest links from a row to a column, by falling cells to columns and by rising ones back to rows: its
    cells, the last first; empty if there is none."""
    by_row, by_col = links
    to_col: dict[int, tuple] = {}
    to_row: dict[int, tuple] = {row: ()}
    rows = [row]
    while rows:
        cols = []
        for at in rows:
            for over, cell in by_row[at]:
                if over not in to_col and falling[cell] + moved.get(cell, 0.0) > 0:
                    to_col[over] = (at, cell)
                    cols.append(over)
        if col in to_col:
            path, over = [], col
            while True:
                at, cell = to_col[over]
                path.append(cell)
                if at == row:
                    return path
                over, cell = to_row[at]
                path.append(cell)
        rows = []
        for over in cols:
            for at, cell in by_col[over]:
                if at not in to_row and rising[cell] - moved.get(cell, 0.0) > 0:
                    to_row[at] = (over, cell)
                    rows.append(at)
    return []


def _shortest(falls, rises, row: int, col: int) -> list:
    """The cheapest way from a row to a column, by falling cells to columns and by rising ones back to rows: its cells,
    the last first; empty if there is none."""
    import numpy as np

    rows = np.full(len(falls), np.inf)
    rows[row] = 0.0
    cols = falls[row]
    while True:
        nearer = np.minimum(rows, (rises + cols).min(axis=1))
        changed = np.flatnonzero((nearer < rows) & (nearer < cols[col]))
        if not len(changed):
            break
        rows = nearer
        cols = np.minimum(cols, (falls[changed] + rows[changed, None]).min(axis=0))
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
