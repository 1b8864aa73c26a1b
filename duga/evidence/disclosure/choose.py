"""Which cells to hide: the least weight that leaves an attacker in doubt.

First a good choice is found quickly (`circuits`: one hidden cell after another is given the lightest way to be
otherwise; what turned out needless is shown again). Then, for tables that are not large, an integer programme seeks the
least weight: its master picks cells, the attacker proves by a cut which of them he still knows too well, the cut
goes into the master, until he finds nothing or the work allowed is used up. Work is measured in steps of the solver,
never in seconds, so that the same table gives the same answer on any machine.
"""

from collections.abc import Iterable

from duga.evidence.disclosure.attacker import Attacker, Breach
from duga.evidence.disclosure.circuits import Circuits
from duga.evidence.disclosure.grid import Grid

STARTS = 6
"""Ways of beginning that are tried on small tables (fewer as tables grow), the best being kept."""

EXACT = 120
"""Up to this many cells that are not zero the least weight is sought."""

SMALL = 600
"""The same in tables of one or two axes, where it is easy."""

PRUNE = 4_000
"""Up to this many cells every complementary cell is tried for being needless."""

STEPS = 6_000
"""Solver steps allowed for seeking the least weight."""

NODES = 40
"""Branching nodes for each integer programme."""

ROUNDS = 40
"""Rounds of cuts for the relaxed programme."""

GAP = 0.005
"""How near to the least weight is near enough."""


class Infeasible(Exception):
    """No choice of cells protects the table, because some must stay shown."""


def choose(grid: Grid, primary: Iterable[int], width: int, keep: Iterable[int] = ()) -> set[int]:
    """Positions to hide: `primary` and the complementary ones, never one of `keep`. Raises `Infeasible`."""
    primary, keep = set(primary), set(keep)
    if primary & keep:
        raise Infeasible
    if not primary:
        return set()
    attacker = Attacker(grid, width)
    circuits = Circuits(grid, width, keep)
    size = len(grid.nonzero)
    found = []
    for start in range(max(1, min(STARTS, STARTS * 200 // size))):
        circuits.begin(start)
        hidden = _by_circuits(grid, attacker, circuits, primary, keep)
        if size <= PRUNE:
            hidden = _prune(grid, attacker, hidden, primary)
        found.append(hidden)
        if hidden == primary:
            return hidden
    best = min(found, key=lambda hidden: (weight(grid, hidden), sorted(hidden)))
    if size <= (SMALL if grid.ways <= 2 else EXACT):
        best = _exact(grid, attacker, primary, keep, best)
    circuits.begin(0)
    return _by_circuits(grid, attacker, circuits, best, keep, whole=True)


def weight(grid: Grid, hidden: Iterable[int]) -> float:
    """What hiding costs: the values hidden, and a little for each cell."""
    return sum(grid.values[cell] + 1e-3 for cell in hidden)


def _exact(grid: Grid, attacker: Attacker, primary: set[int], keep: set[int], best: set[int]) -> set[int]:
    """The least weight, or `best` where the work allowed does not suffice to beat it."""
    master = _Master(grid, primary, keep, best)
    _relaxed(attacker, master, primary)
    while master.steps < STEPS:
        hidden = set(master.solve())
        if weight(grid, hidden) >= weight(grid, best) * (1 - GAP):
            return best
        lonely = list(_lonely(grid, hidden))
        if lonely:
            for cell, others in lonely:
                master.add(dict.fromkeys(others, 1.0), 1.0, cell)
            continue
        attacker.hide(hidden)
        breaches = attacker.breaches(whole=False) or attacker.breaches()
        if not breaches:
            return hidden
        for breach in breaches:
            master.add(breach.cut, breach.need, breach.cell)
    return best


def _relaxed(attacker: Attacker, master: "_Master", primary: set[int]) -> None:
    """Cuts for cells that are hidden in part: they make the integer programme that follows short."""
    for _ in range(ROUNDS):
        levels = master.solve(relaxed=True)
        added = 0
        attacker.hide_partly(levels)
        for breach in attacker.breaches(primary, whole=False):
            weight = sum(w * levels.get(cell, 0.0) for cell, w in breach.cut.items())
            if breach.proved and weight < breach.need * breach.level * 0.98:
                master.add(breach.cut, breach.need, breach.cell)
                added += 1
        if not added:
            break


def _lonely(grid: Grid, hidden: set[int]) -> Iterable[tuple[int, list[int]]]:
    """Lines that add up and hide one cell only: subtraction gives it away. Found without solving anything."""
    for line in grid.lines:
        groups = [(line.total, *line.parts)] + ([line.parts] if line.sum_known else [])
        for members in groups:
            inside = [cell for cell in members if cell in hidden]
            if len(inside) == 1:
                yield inside[0], [cell for cell in members if cell != inside[0]]


class _Master:
    """Minimise the weight hidden, subject to the cuts so far."""

    def __init__(self, grid: Grid, primary: set[int], keep: set[int], start: set[int]):
        import highspy
        import numpy as np

        self.cells = grid.nonzero
        self.column = {cell: j for j, cell in enumerate(self.cells)}
        self.keep = keep
        self.highs = highspy.Highs()
        for option, value in (
            ("output_flag", False),
            ("threads", 1),
            ("random_seed", 1),
            ("mip_rel_gap", GAP),
            ("mip_heuristic_effort", 0.0),
            ("mip_allow_restart", False),
        ):
            self.highs.setOptionValue(option, value)
        self.highs.setOptionValue("mip_max_nodes", NODES)
        for cell in self.cells:
            low, high = (1.0 if cell in primary else 0.0), (0.0 if cell in keep else 1.0)
            self.highs.addVar(low, high)
        n = len(self.cells)
        every = np.arange(n, dtype=np.int32)
        cost = np.array([grid.values[cell] + 1e-3 for cell in self.cells])
        self.highs.changeColsCost(n, every, cost)
        self.highs.changeColsIntegrality(n, every, np.array([highspy.HighsVarType.kInteger] * n))
        self.inf = highspy.kHighsInf
        self.start = highspy.HighsSolution()
        self.start.col_value = [1.0 if cell in start else 0.0 for cell in self.cells]
        self.steps = 0

    def add(self, weights: dict[int, float], need: float, cell: int) -> None:
        """If `cell` is hidden, the weights of the hidden cells sum to `need` at least."""
        import numpy as np

        row = {self.column[other]: weight / need for other, weight in weights.items() if other not in self.keep}
        row[self.column[cell]] = row.get(self.column[cell], 0.0) - 1.0
        row = {j: weight for j, weight in row.items() if abs(weight) > 1e-9}
        index, value = np.array(list(row), dtype=np.int32), np.array(list(row.values()))
        self.highs.addRow(0.0, self.inf, len(row), index, value)

    def solve(self, relaxed: bool = False) -> dict[int, float]:
        """The cells to hide, each with its level: 1, or anything above 0 if `relaxed`."""
        import highspy

        self.highs.setOptionValue("solve_relaxation", relaxed)
        if not relaxed:
            self.highs.setSolution(self.start)
        self.highs.run()
        status = self.highs.getModelStatus()
        info = self.highs.getInfo()
        self.steps += max(info.simplex_iteration_count, 100)
        if status == highspy.HighsModelStatus.kInfeasible or info.primal_solution_status != 2:
            raise Infeasible
        values = self.highs.getSolution().col_value
        if relaxed:
            return {cell: min(value, 1.0) for cell, value in zip(self.cells, values, strict=True) if value > 1e-6}
        return {cell: 1.0 for cell, value in zip(self.cells, values, strict=True) if value > 0.5}


def _by_circuits(
    grid: Grid, attacker: Attacker, circuits: Circuits, start: set[int], keep: set[int], whole: bool = False
) -> set[int]:
    """Hides more until nothing is known too well: for each breach the lightest moves, given what is hidden."""
    hidden = set(start)
    circuits.free(hidden)
    while True:
        attacker.hide(hidden)
        breaches = attacker.breaches(whole=False) or (attacker.breaches() if whole else [])
        if not breaches:
            return hidden
        grown = False
        for breach in breaches:
            touched = circuits.around(breach.cell) if breach.proved else set()
            if touched is None:
                raise Infeasible
            fresh = touched - hidden
            grown = grown or bool(fresh)
            circuits.free(fresh)
            hidden |= fresh
        if not grown:
            _satisfy(grid, breaches[0], hidden, keep)


def _satisfy(grid: Grid, breach: Breach, hidden: set[int], keep: set[int]) -> None:
    """Hides the cells that meet a cut at least cost for what they add."""
    missing = breach.need - sum(weight for cell, weight in breach.cut.items() if cell in hidden)
    open_cells = [cell for cell in breach.cut if cell not in hidden and cell not in keep]
    if not breach.proved:
        near = {
            cell
            for line in grid.lines
            if breach.cell in (line.total, *line.parts)
            for cell in (line.total, *line.parts)
        }
        open_cells = [cell for cell in open_cells if cell in near] or open_cells
    while missing > 1e-6:
        if not open_cells:
            raise Infeasible
        best = min(open_cells, key=lambda cell: (grid.values[cell] / min(breach.cut[cell], missing), cell))
        hidden.add(best)
        open_cells.remove(best)
        missing -= breach.cut[best]


def _prune(grid: Grid, attacker: Attacker, hidden: set[int], primary: set[int]) -> set[int]:
    """Shows again what need not be hidden, the largest first. Whole numbers are looked at by whoever calls."""
    for cell in sorted(hidden - primary, key=lambda cell: (-grid.values[cell], cell)):
        fewer = hidden - {cell}
        if any(True for _ in _lonely(grid, fewer)):
            continue
        attacker.hide(fewer)
        if not attacker.breaches(whole=False, first=True):
            hidden = fewer
    return hidden
