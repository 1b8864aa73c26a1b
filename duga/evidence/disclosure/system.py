"""One linear system of everything an attacker can read: the cells that matter, and what adds up among them.

Tables of one release are put together here: a cell that stands in two tables (the same people: the same labels, totals
left out) is one unknown, so what is hidden in one is hidden wherever it reappears. Older tables that stay
readable join with the cells that they hide. Everything is told as deviations from the true numbers.
"""

from collections.abc import Sequence

from duga.evidence.disclosure.grid import Grid

LARGE = 1_500
"""From this many unknowns on a system is large."""

FLAT = 10_000
"""The same for tables of one or two axes, which are easier."""


class Rows:
    """Sparse rows: Σ value × deviation lies between `low` and `high`."""

    def __init__(self):
        self._sizes, self._cols, self._values, self._low, self._high = ([] for _ in range(5))

    def add(self, cols, values, low=0.0, high=0.0) -> None:
        self._sizes.append(len(cols))
        self._cols += cols
        self._values += values
        self._low.append(low)
        self._high.append(high)

    def add_sums(self, sizes, cols) -> None:
        """Many rows at once: the first of each adds up to the others."""
        import numpy as np

        values = np.full(len(cols), -1.0)
        values[np.cumsum(sizes) - sizes] = 1.0
        nothing = [0.0] * len(sizes)
        self._sizes += sizes.tolist()
        self._cols += cols.tolist()
        self._values += values.tolist()
        self._low += nothing
        self._high += nothing

    def __len__(self) -> int:
        return len(self._low)

    def arrays(self) -> tuple:
        """Where each row begins, unknowns, values, and between what each row lies."""
        import numpy as np

        start = np.concatenate([[0], np.cumsum(self._sizes)]).astype(np.int32)
        low, high = np.array(self._low, dtype=float), np.array(self._high, dtype=float)
        return start, np.array(self._cols, dtype=np.int32), np.array(self._values, dtype=float), low, high


class System:
    """Unknowns and rows of one or several tables, as arrays.

    For each unknown `value`, `below` (how far it may lie under its value in an attacker's eyes), `need` (how wide his
    doubt must be once it is hidden), `weight` (what hiding it costs), `primary` (must be hidden), `kept` (must stay
    shown), `always` (an older table hides it for good). `of[t]` gives for each nonzero cell of table t
    its unknown.
    """

    def __init__(self, grids: Sequence[Grid], width: int):
        import numpy as np

        self.grids, self.width = list(grids), width
        self.of: list[dict[int, int]] = []
        rows = Rows()
        if len(self.grids) == 1:
            grid = self.grids[0]
            self.of.append(dict(zip(grid.nonzero, range(len(grid.nonzero)), strict=True)))
            values, below = grid.rooms()
        else:
            values, below = self._merge()
        self.value = np.array(values, dtype=float)
        self.below = np.array(below, dtype=float)
        self.n = len(values)
        self.weight = self.value.copy()
        self.need = np.full(self.n, float(width))
        self.primary = (self.value > 0) & (self.value < width)
        self.kept = np.zeros(self.n, dtype=bool)
        self.always = np.zeros(self.n, dtype=bool)
        for grid, of in zip(self.grids, self.of, strict=True):
            self._lines(rows, grid, of)
        self._rows, self._own = rows, len(rows)
        self.ways = max((grid.ways for grid in self.grids), default=0) + (len(self.grids) > 1)

    def _merge(self):
        """Cells of all tables, each kind of people once."""
        at: dict[frozenset, int] = {}
        values, below = [], []
        for grid in self.grids:
            of = {}
            for cell in grid.nonzero:
                name = grid.name(cell)
                if name not in at:
                    at[name] = len(values)
                    values.append(grid.values[cell])
                    below.append(grid.room_below(cell))
                j = at[name]
                if values[j] != grid.values[cell]:
                    raise grid.disagrees(cell)
                below[j] = min(below[j], grid.room_below(cell))
                of[cell] = j
            self.of.append(of)
        return values, below

    @staticmethod
    def _lines(rows: Rows, grid: Grid, of: dict[int, int]) -> None:
        """A total's deviation is the sum of its parts'. On the axis that repeats, too: the attacker is taken to know
        how often people were met again, else a part hidden alone would be known to be small, and from below by
        subtraction. There no part's deviation passes the total's by more than there is room.
        """
        import numpy as np

        inf = float("inf")
        laid = np.full(len(grid.keys), -1)
        laid[list(of)] = list(of.values())
        for sums in grid.sums:
            if sums.exact:
                rows.add_sums(*sums.rows(laid))
                continue
            for line in sums.lines():
                parts, total = [of[cell] for cell in line.parts], of[line.total]
                rows.add([total, *parts], [1.0] + [-1.0] * len(parts))
                if line.sum_known:
                    rows.add(parts, [-1.0] * len(parts))
                loose = grid.values[line.total] - grid.known[line.total]
                for cell, part in zip(line.parts, parts, strict=True):
                    rows.add([part, total], [1.0, -1.0], -inf, float(loose - grid.values[cell] + grid.known[cell]))

    def extend(self, values, below) -> int:
        """Adds unknowns that older tables hide for good; gives the first one's number."""
        import numpy as np

        first, more = self.n, len(values)
        self.value = np.concatenate([self.value, np.array(values, dtype=float)])
        self.below = np.concatenate([self.below, np.array(below, dtype=float)])
        self.weight = np.concatenate([self.weight, np.zeros(more)])
        self.need = np.concatenate([self.need, np.full(more, float(self.width))])
        for name, what in (("primary", True), ("kept", False), ("always", True)):
            setattr(self, name, np.concatenate([getattr(self, name), np.full(more, what)]))
        self.n += more
        return first

    def row(self, cols, values, low=0.0, high=0.0) -> None:
        """One more relation."""
        self._rows.add(list(cols), list(values), low, high)

    def close(self) -> "System":
        """Turns the rows into arrays; call once, when everything has been added."""
        self.start, self.col, self.val, self.low, self.high = self._rows.arrays()
        self.m = len(self.low)
        self._index()
        return self

    def _index(self) -> None:
        """The same entries by unknown."""
        import numpy as np

        self.equal = (self.low == 0.0) & (self.high == 0.0)
        self.slack = np.where(self.equal, 0.0, self.high)
        self.loose = bool((~self.equal).any())
        row = np.repeat(np.arange(self.m), np.diff(self.start))
        by = np.argsort(self.col, kind="stable")
        counts = np.bincount(self.col, minlength=self.n) if self.m else np.zeros(self.n, dtype=int)
        self.cstart = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
        self.crow, self.cval = row[by].astype(np.int32), self.val[by]

    @property
    def large(self) -> bool:
        """Whether integer programmes and repeated linear ones over the whole would take too long."""
        return self.n > (FLAT if self.ways <= 2 else LARGE)

    @property
    def alone(self) -> bool:
        """Whether this is one table and nothing else: no other of the release, none published before."""
        return len(self.grids) == 1 and self.n == len(self.of[0])

    @property
    def plain(self) -> bool:
        """Whether this is one table, and rows beyond its lines (those of an older table of the same people) say nothing
        that the lines do not say."""
        lines = {self._said(row) for row in range(self._own)} if self.m > self._own else ()
        return self.alone and all(told in lines or len(told) == 2 for told in map(self._said, range(self._own, self.m)))

    def _said(self, row: int) -> tuple:
        """What a row says of the cells that may be hidden."""
        entries = slice(self.start[row], self.start[row + 1])
        pairs = zip(self.col[entries].tolist(), self.val[entries].tolist(), strict=True)
        told = sorted(pair for pair in pairs if not self.kept[pair[0]])
        sign = told[0][1] if told else 1.0
        return self.low[row], self.high[row], *((col, value * sign) for col, value in told)

    def columns(self, cells):
        """The columns of these unknowns, compressed: starts, rows, values."""
        import numpy as np

        cells = np.asarray(cells, dtype=np.int64)
        sizes = self.cstart[cells + 1] - self.cstart[cells]
        starts = np.concatenate([[0], np.cumsum(sizes)])
        at = np.repeat(self.cstart[cells] - starts[:-1], sizes) + np.arange(starts[-1])
        return starts[:-1].astype(np.int32), self.crow[at], self.cval[at]

    def times(self, dual):
        """Aᵀ dual: what the rows' prices say of every unknown."""
        import numpy as np

        if not len(self.crow):
            return np.zeros(self.n)
        total = np.concatenate([[0.0], np.cumsum(dual[self.crow] * self.cval)])
        return total[self.cstart[1:]] - total[self.cstart[:-1]]

    def lonely(self, hidden) -> tuple:
        """Rows that add up and hide one cell only: (cells known by subtraction, their rows)."""
        import numpy as np

        if not self.m:
            return np.zeros(0, dtype=int), np.zeros(0, dtype=int)
        inside = hidden[self.col]
        count = np.add.reduceat(inside, self.start[:-1])
        rows = np.flatnonzero((count == 1) & self.equal)
        where = np.add.reduceat(np.where(inside, self.col, 0), self.start[:-1])
        return where[rows], rows

    def narrow(self, hidden):
        """The hidden cells, yes or no for each, that single sums tell too closely already: what else is hidden there
        cannot go as far as their need."""
        import numpy as np

        if not self.m:
            return np.zeros(self.n, dtype=bool)
        cells = np.flatnonzero(hidden)
        _, row, value = self.columns(cells)
        col = np.repeat(cells, self.cstart[cells + 1] - self.cstart[cells])
        if self.loose:
            adds = self.equal[row]
            col, row, value = col[adds], row[adds], value[adds]
        size, rises = np.abs(value), value > 0
        most = self.need.max(initial=0.0)
        up, down = size * most, size * np.minimum(self.below[col], most)
        more, less = np.where(rises, up, down), np.where(rises, down, up)
        rest = [np.bincount(row, weights=each, minlength=self.m)[row] - each for each in (less, more)]
        goes, falls = (np.where(rises, *each) for each in (rest, rest[::-1]))
        wide = np.minimum(goes, up) + np.minimum(falls, down)
        found = np.zeros(self.n, dtype=bool)
        found[col[wide < size * self.need[col]]] = True
        return found

    def cost(self, hidden) -> float:
        """What hiding costs: the values hidden, and a little for each cell."""
        return float(self.weight[hidden].sum() + 1e-3 * hidden.sum())

    def rows_of(self, cell: int):
        return self.crow[self.cstart[cell] : self.cstart[cell + 1]]

    def cells_of(self, row: int):
        return self.col[self.start[row] : self.start[row + 1]]


def mask(system: System, cells):
    """Unknowns as an array of yes and no."""
    import numpy as np

    found = np.zeros(system.n, dtype=bool)
    found[cells] = True
    return found
