"""The attacker: knows every shown cell, the rule, that zeros are shown, and what adds up; solves for the rest.

A hidden cell is safe when the numbers published fit tables in which it is `need` apart (lowest and highest value
he must think possible). One linear programme pushes many cells at once and settles most of them; the others are pushed
one by one. Solutions must be whole numbers (else an integer programme is solved), because a table of people is one:
what passes here is a real table that could have been published in this form.
"""

from dataclasses import dataclass
from functools import cached_property

from duga.evidence.disclosure.moves import Moves
from duga.evidence.disclosure.system import System

EPS = 1e-6
TINY = 1e-7

FEW = 3
"""So few cells are pushed one by one."""


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
    """Solves for hidden cells of a system. Columns are given to the solver when a cell is first hidden.

    `moves` are what is known already, and what is found is added to them.
    """

    def __init__(self, system: System, moves: Moves | None = None):
        import highspy
        import numpy as np

        self.system, self.inf = system, highspy.kHighsInf
        self.moves, self.linear = moves if moves is not None else Moves(system), Moves(system, whole=False)
        self.column = np.full(system.n, -1, dtype=np.int64)
        self.cells = np.zeros(0, dtype=np.int64)
        self.level = np.zeros(system.n)
        self.last = np.zeros(0)
        self.steps = self.work = 0
        self.asks = True

    @cached_property
    def highs(self):
        """The solver, begun where a programme is asked for."""
        import highspy
        import numpy as np

        system = self.system
        highs = highspy.Highs()
        for option, value in (
            ("output_flag", False), ("threads", 1), ("random_seed", 1), ("presolve", "off"),
            ("simplex_scale_strategy", 0), ("simplex_strategy", 4),
        ):  # fmt: skip
            highs.setOptionValue(option, value)
        nothing, none = np.zeros(0, dtype=np.int32), np.zeros(0)
        if system.m:
            highs.addRows(
                system.m, system.low, np.where(np.isinf(system.high), self.inf, system.high), 0,
                np.zeros(system.m, dtype=np.int32), nothing, none,
            )  # fmt: skip
        return highs

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

    def open_cells(self, *, whole: bool = False, among=None, first: bool = False, sure: bool = True) -> list[int]:
        """The hidden cells (of `among`) that can be known too well, without proof.

        `whole`: in whole numbers; `first`: stops at the first one. Not `sure`: no integer programme is asked, and cells
        for whom the linear answer is not whole are among those given.
        """
        self.asks = sure
        up, down = self.reached(self.level >= 1.0, whole)
        wanted = self._wanted(among)
        self.push_many(wanted, up, down, whole)
        found = []
        for cell in self._short(wanted, up, down):
            for side in (1, -1):
                if up[cell] + down[cell] < self._enough(cell):
                    self._push(cell, side, up, down, whole)
            if up[cell] + down[cell] < self._enough(cell):
                found.append(int(cell))
                if first:
                    break
        return found

    def breaches(self, among=None, *, whole: bool = True) -> list[Breach]:
        """The same with proofs: what must be hidden for the breach to end. None: nobody can find out anything."""
        up, down = self.reached(self.level >= 1.0, whole)
        wanted = self._wanted(among)
        self.push_many(wanted, up, down, whole)
        found = []
        for cell in self._short(wanted, up, down):
            bounds = []
            for side in (1, -1):
                if up[cell] + down[cell] >= self._enough(cell):
                    break
                bounds.append(self._push(cell, side, up, down, whole))
            if up[cell] + down[cell] < self._enough(cell):
                found.append(self._breach(int(cell), bounds))
        return found

    def reached(self, hidden, whole: bool) -> tuple:
        """How far up and down every cell is known to move while these are hidden."""
        import numpy as np

        known = self.moves.reach(hidden)
        if not whole and self.linear.count:
            known = tuple(np.maximum(*pair) for pair in zip(known, self.linear.reach(hidden), strict=True))
        return known

    def _enough(self, cells):
        return self.system.need[cells] * self.level[cells] - EPS

    def _wanted(self, among):
        import numpy as np

        hidden = self.level > 0
        if among is not None:
            hidden = hidden & among
        return np.flatnonzero(hidden & (self.system.need > 0))

    def _short(self, wanted, up, down):
        return wanted[up[wanted] + down[wanted] < self._enough(wanted)]

    def push_many(self, wanted, up, down, whole: bool) -> None:
        """Pushes all that lack room at once, up and down in turn, while that settles many."""
        import numpy as np

        short = self._short(wanted, up, down)
        while len(short) > FEW:
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
            if len(short) > 0.95 * before:
                return

    def _note(self, values, up, down, whole: bool) -> bool:
        """Keeps what a solution tells, and what it adds to the one before, which is a smaller move; tells if the
        solution is in whole numbers."""
        import numpy as np

        near = np.rint(values)
        values = np.where(np.abs(values - near) < EPS, near, values)
        before = np.zeros(len(values))
        before[: len(self.last)] = self.last
        self.last = values
        for move in (values - before, values):
            touched = np.flatnonzero(np.abs(move) > EPS)
            cells, steps = self.cells[touched], move[touched]
            is_whole = bool((np.abs(steps - np.rint(steps)) < EPS).all())
            if (self.level[cells] >= 1.0).all():
                if is_whole:
                    self.moves.add(cells, steps, (up, down))
                elif not whole:
                    self.linear.add(cells, steps, (up, down))
        if is_whole or not whole:
            up[cells], down[cells] = np.maximum(up[cells], steps), np.maximum(down[cells], -steps)
        return is_whole

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
        """The same question in whole numbers, for the rare table whose linear answer is not whole.

        HiGHS 1.15 stops too early on some integer programmes it presolves; too early means too little doubt here, so
        that more is hidden and never less.
        """
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
