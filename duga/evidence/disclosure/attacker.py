"""The attacker: knows every shown cell, the rule, that zeros are shown, and what adds up; solves for the rest.

A hidden cell is safe when the numbers published fit tables in which it is `need` apart (lowest and highest value
he must think possible). One linear programme pushes many cells at once and settles most of them; the others are pushed
one by one. Solutions must be whole numbers (else an integer programme is solved), because a table of people is one:
what passes here is a real table that could have been published in this form.
"""

from dataclasses import dataclass

from duga.evidence.disclosure.system import System

EPS = 1e-6
TINY = 1e-7
REMEMBERED = 1_500
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


class Attacker:
    """Solves for hidden cells of a system. Columns are given to the solver when a cell is first hidden."""

    def __init__(self, system: System):
        import highspy
        import numpy as np

        self.system, self.inf = system, highspy.kHighsInf
        self.column = np.full(system.n, -1, dtype=np.int64)
        self.cells = np.zeros(0, dtype=np.int64)
        self.level = np.zeros(system.n)
        self.moves = np.zeros((0, 0))
        self.kept = 0
        self.steps = self.work = 0
        self.asks = True
        self.highs = highspy.Highs()
        for option, value in (
            ("output_flag", False), ("threads", 1), ("random_seed", 1), ("presolve", "off"),
            ("simplex_scale_strategy", 0), ("simplex_strategy", 4),
        ):  # fmt: skip
            self.highs.setOptionValue(option, value)
        nothing, none = np.zeros(0, dtype=np.int32), np.zeros(0)
        if system.m:
            self.highs.addRows(
                system.m, system.low, np.where(np.isinf(system.high), self.inf, system.high), 0,
                np.zeros(system.m, dtype=np.int32), nothing, none,
            )  # fmt: skip

    def hide(self, hidden) -> None:
        """Sets which cells are hidden (yes or no for each)."""
        self.hide_partly(hidden.astype(float))

    def hide_partly(self, level) -> None:
        """Hides cells to a degree between 0 and 1: how the relaxed integer programme asks for cuts."""
        import numpy as np

        fresh = np.flatnonzero((level > 0) & (self.column < 0))
        if len(fresh):
            starts, rows, values = self.system.columns(fresh)
            zero = np.zeros(len(fresh))
            self.highs.addCols(len(fresh), zero, zero, zero, len(rows), starts, rows, values)
            self.column[fresh] = np.arange(len(self.cells), len(self.cells) + len(fresh))
            self.cells = np.concatenate([self.cells, fresh])
            wide = np.zeros((max(64, len(self.moves)), len(self.cells)))
            wide[: len(self.moves), : self.moves.shape[1]] = self.moves
            self.moves = wide
        changed = np.flatnonzero((level != self.level) & (self.column >= 0))
        self.level = level.copy()
        if len(changed):
            low, high = self._bounds(changed)
            self.highs.changeColsBounds(len(changed), self.column[changed].astype(np.int32), low, high)

    def _bounds(self, cells):
        import numpy as np

        level = self.level[cells]
        return -self.system.below[cells] * level, np.where(
            level >= 1.0, self.inf, np.maximum(self.system.need[cells] * level, 0.0)
        )

    def learn(self, cells, moves) -> None:
        """Moves found elsewhere, over some of the hidden cells."""
        import numpy as np

        up, down = np.zeros(len(self.cells)), np.zeros(len(self.cells))
        for move in moves:
            there = np.abs(move) > EPS
            if there.any() and (self.level[cells[there]] >= 1.0).all():
                values = np.zeros(len(self.cells))
                values[self.column[cells[there]]] = move[there]
                self._note(values, up, down, True)

    def open_cells(self, *, whole: bool = False, among=None, first: bool = False, sure: bool = True) -> list[int]:
        """The hidden cells (of `among`) that can be known too well, without proof.

        `whole`: in whole numbers; `first`: stops at the first one. Not `sure`: no integer programme is asked, and cells
        for whom the linear answer is not whole are among those given.
        """
        self.asks = sure
        up, down = self._reached(whole)
        wanted = self._wanted(among)
        self._push_many(wanted, up, down, whole)
        found = []
        for cell in self._short(wanted, up, down):
            j = self.column[cell]
            if up[j] + down[j] < self._enough(cell):
                self._push(cell, 1, up, down, whole)
            if up[j] + down[j] < self._enough(cell):
                self._push(cell, -1, up, down, whole)
            if up[j] + down[j] < self._enough(cell):
                found.append(int(cell))
                if first:
                    break
        return found

    def breaches(self, among=None, *, whole: bool = True) -> list[Breach]:
        """The same with proofs: what must be hidden for the breach to end. None: nobody can find out anything."""
        up, down = self._reached(whole)
        wanted = self._wanted(among)
        self._push_many(wanted, up, down, whole)
        found = []
        for cell in self._short(wanted, up, down):
            j = self.column[cell]
            bounds = []
            for side in (1, -1):
                if up[j] + down[j] >= self._enough(cell):
                    break
                bounds.append(self._push(cell, side, up, down, whole))
            if up[j] + down[j] < self._enough(cell):
                found.append(self._breach(int(cell), bounds))
        return found

    def interval(self, cell: int) -> tuple[int, int]:
        """How far a hidden cell can move down and up, up to its need."""
        up, down = self._reached(True)
        moved = [self._push(cell, side, up, down, True)[0] for side in (-1, 1)]
        return round(moved[0]), round(moved[1])

    def check_moves(self) -> None:
        """Forgets every remembered move that does not by plain arithmetic agree with all that is published.

        What is left proves, without trusting a solver, how far hidden cells may lie from their values.
        """
        import numpy as np

        system, moves = self.system, self.moves[: self.kept]
        starts, rows, values = system.columns(self.cells)
        at = np.repeat(np.arange(len(self.cells)), np.diff(np.append(starts, len(rows))))
        right = (moves == np.rint(moves)).all(axis=1) & (moves >= -system.below[self.cells]).all(axis=1)
        for n in np.flatnonzero(right):
            sums = np.bincount(rows, weights=moves[n, at] * values, minlength=system.m)
            right[n] = bool(((sums >= system.low) & (sums <= system.high)).all())
        self.kept = int(right.sum())
        self.moves[: self.kept] = moves[right]

    def _enough(self, cells):
        return self.system.need[cells] * self.level[cells] - EPS

    def _wanted(self, among):
        import numpy as np

        hidden = self.level > 0
        if among is not None:
            hidden = hidden & among
        return np.flatnonzero(hidden & (self.system.need > 0))

    def _short(self, wanted, up, down):
        j = self.column[wanted]
        return wanted[up[j] + down[j] < self._enough(wanted)]

    def _reached(self, whole: bool):
        """How far each cell is known to move up and down, from moves found before that touch hidden cells only."""
        import numpy as np

        n = len(self.cells)
        if not self.kept or not n:
            return np.zeros(n), np.zeros(n)
        moves = self.moves[: self.kept]
        shown = self.level[self.cells] < 1.0
        fit = ~(moves[:, shown] != 0).any(axis=1)
        moves = moves[fit]
        return moves.max(axis=0, initial=0.0), (-moves).max(axis=0, initial=0.0)

    def _push_many(self, wanted, up, down, whole: bool) -> None:
        """Pushes all cells that lack room at once, up and down in turn, as long as it settles many."""
        import numpy as np

        short = self._short(wanted, up, down)
        while len(short) > 3:
            before = len(short)
            for side in (1, -1):
                if not len(short):
                    break
                index = self.column[short].astype(np.int32)
                low, high = self._bounds(short)
                self.highs.changeColsBounds(len(index), index, low, np.minimum(high, self.system.need[short]))
                self.highs.changeColsCost(len(index), index, np.full(len(index), -float(side)))
                self._run()
                self._note(np.array(self.highs.getSolution().col_value), up, down, whole)
                self.highs.changeColsCost(len(index), index, np.zeros(len(index)))
                self.highs.changeColsBounds(len(index), index, low, high)
                short = self._short(short, up, down)
            if len(short) > 0.8 * before:
                return

    def _note(self, values, up, down, whole: bool) -> bool:
        """Keeps a move found, with its opposite and its multiples where they are possible; tells if it is whole."""
        import numpy as np

        near = np.rint(values)
        values = np.where(np.abs(values - near) < EPS, near, values)
        is_whole = bool((values == near).all())
        if is_whole or not whole:
            np.maximum(up, values, out=up)
            np.maximum(down, -values, out=down)
        if is_whole:
            self._remember(values)
            if not self.system.loose and values.any():
                self._opposite(values, up, down)
        return is_whole

    def _opposite(self, values, up, down) -> None:
        """The same move the other way round, as far as there is room below the cells that it raised."""
        import numpy as np

        raised = values > 0
        step = values / max(1.0, float(np.gcd.reduce(np.abs(values[values != 0]).astype(np.int64))))
        below = self.system.below[self.cells] * (self.level[self.cells] >= 1.0)
        if not raised.any():
            far = self.system.width
        else:
            far = min(np.floor(below[raised] / step[raised]).min(), 1e6)
        if far >= 1:
            other = -step * far
            np.maximum(up, other, out=up)
            np.maximum(down, -other, out=down)
            self._remember(other)

    def _remember(self, values) -> None:
        if self.kept >= REMEMBERED:
            self.moves[: REMEMBERED // 2] = self.moves[REMEMBERED // 2 : REMEMBERED]
            self.kept = REMEMBERED // 2
        if self.kept >= len(self.moves):
            import numpy as np

            self.moves = np.concatenate([self.moves, np.zeros((max(64, len(self.moves)), self.moves.shape[1]))])
        self.moves[self.kept, : len(values)] = values
        self.moves[self.kept, len(values) :] = 0
        self.kept += 1

    def _push(self, cell: int, side: int, up, down, whole: bool):
        """Pushes one cell up (or down) as far as its need; gives how far, and what proves it."""
        import numpy as np

        j = int(self.column[cell])
        (low,), (high,) = self._bounds(np.array([cell]))
        self.highs.changeColBounds(j, low, min(high, float(self.system.need[cell])))
        self.highs.changeColCost(j, -float(side))
        self._run()
        solution = self.highs.getSolution()
        values, dual = np.array(solution.col_value), solution.row_dual
        if not self._note(values, up, down, whole) and whole:
            values = self._whole_solution() if self.asks else np.zeros(len(values))
            self._note(values, up, down, whole)
        self.highs.changeColCost(j, 0.0)
        self.highs.changeColBounds(j, low, high)
        return abs(values[j]), dual

    def _run(self) -> None:
        import highspy

        self.highs.run()
        if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            self.highs.clearSolver()
            self.highs.run()
        status = self.highs.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            raise RuntimeError(f"The solver stopped with {status}; nothing was published.")
        self.steps += 1
        self.work += max(0, self.highs.getInfo().simplex_iteration_count)

    def _whole_solution(self):
        """The same question in whole numbers, for the rare table whose linear answer is not whole."""
        import highspy
        import numpy as np

        n = len(self.cells)
        every = np.arange(n, dtype=np.int32)
        whole, real = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
        self.highs.changeColsIntegrality(n, every, np.array([whole] * n))
        self.highs.setOptionValue("presolve", "on")
        self._run()
        self.highs.setOptionValue("presolve", "off")
        values = np.rint(self.highs.getSolution().col_value)
        self.highs.changeColsIntegrality(n, every, np.array([real] * n))
        self.highs.clearSolver()
        return values

    def _breach(self, cell: int, bounds) -> Breach:
        """The cut that both programmes prove: by weak duality the interval is at most the weights hidden."""
        import numpy as np

        system = self.system
        weights, constant = np.zeros(system.n), 0.0
        for side, (_, row_dual) in zip((1.0, -1.0), bounds, strict=True):
            dual = np.array(row_dual)
            constant += float(np.abs(dual) @ system.slack)
            reduced = -system.times(dual)
            reduced[cell] -= side
            weights += np.where(reduced > TINY, reduced * system.below, np.where(reduced < -TINY, self.inf, 0.0))
        need = float(system.need[cell]) - constant
        level = float(self.level[cell])
        value, up, down = system.value[cell], bounds[0][0], bounds[1][0]
        low, high = round(value - down), round(value + up)
        cut = {int(j): min(float(weights[j]), need) for j in np.flatnonzero(weights)}
        if need < EPS or sum(w * self.level[other] for other, w in cut.items()) > need * level - EPS:
            # no linear proof (the doubt ends at whole numbers): something else must be hidden too
            cut = {int(c): 1.0 for c in np.flatnonzero((self.level <= 0) & ~system.kept)}
            return Breach(cell, low, high, cut, 1.0, level, proved=False)
        return Breach(cell, low, high, cut, need, level)
