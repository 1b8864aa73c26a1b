"""Which cells to hide: the least weight that leaves an attacker in doubt.

First good choices are found quickly (`circuits`: one hidden cell after another is given the lightest way to be
otherwise; what turned out needless is shown again), each from another beginning. Then an integer programme seeks the
least weight among the cells that any of them hides (among all cells, where a table is small): its master picks cells,
the attacker proves by a cut which of them he still knows too well, the cut goes into the master, until he finds
nothing or the work allowed is used up. Work is measured in steps of the solver, never in seconds, so that the same
table gives the same answer on any machine.
"""

from duga.evidence.disclosure.attacker import Attacker
from duga.evidence.disclosure.circuits import Circuits
from duga.evidence.disclosure.system import System

STARTS = 8
"""Ways of beginning that are tried at most, the best being kept."""

BEGINNING = 4_000
"""Solver iterations after which no further beginning is tried."""

LARGE = 800
"""From this many unknowns on, tables of one or two axes are begun once: that is near enough."""

SHOWING = 400_000
"""Work (programmes solved, times their size) allowed for showing again what need not be hidden."""

EXACT = 120
"""Up to this many unknowns the least weight is sought among all of them."""

SMALL = 400
"""The same in tables of one or two axes, where it is easy."""

STEPS = 3_000
"""Solver steps allowed for seeking the least weight."""

NODES = 40
"""Branching nodes for each integer programme."""

ROUNDS = 40
"""Rounds of cuts for the relaxed programme."""

GAP = 0.01
"""How near to the least weight is near enough."""


class Infeasible(Exception):
    """No choice of cells protects the table, because some must stay shown."""


class Search:
    """One system being protected: the attacker and the finders of moves that all ways of choosing share.

    `sure`: cells whose doubt is proved elsewhere. `left`: cells that cannot be protected here, which is an error
    unless `lenient`.
    """

    def __init__(self, system: System, secret: bytes | None = None, lenient: bool = False):
        import numpy as np

        self.lenient = lenient
        self.system, self.secret = system, secret
        self.attacker = Attacker(system)
        self.circuits = Circuits(system)
        self.must = system.primary | system.always
        self.left = np.zeros(system.n, dtype=bool)
        self.sure = np.zeros(system.n, dtype=bool)
        self.owner: dict[int, int] = {}

    def around(self, cell: int) -> set[int]:
        """The lightest cells that put `cell` in doubt. Raises `Infeasible`."""
        touched = self.circuits.around(cell)
        if touched is None:
            if not self.lenient:
                raise Infeasible
            self.left[cell] = True
            return set()
        return touched

    def grow(self, start, *, whole: bool = False, programmes: bool = True):
        """Hides more until nothing is known too well; in whole numbers if `whole`, as far as moves show them to be
        where integer `programmes` would take too long."""
        hidden, done = start.copy(), self.sure.copy()
        self.circuits.free(hidden.nonzero()[0].tolist())
        stage = 0  # 0: linear; 1: whole numbers, by moves; 2: whole numbers, by integer programmes
        while True:
            lonely = sorted(set(self.system.lonely(hidden)[0].tolist()))
            lonely = [cell for cell in lonely if self.system.need[cell] > 0 and not self.left[cell]]
            if not lonely:
                self.attacker.hide(hidden)
                lonely = self.attacker.open_cells(among=~done & ~self.left, whole=stage > 0, sure=stage > 1)
                done = hidden.copy()
                done[lonely] = False
            if not lonely:
                if stage or not whole:
                    return hidden
                stage, done = 1, self.sure.copy()
                continue
            if stage == 1:
                stage = 2
                self._teach(lonely, hidden)
                if not programmes:
                    return hidden
                continue
            before, helped, lost = hidden.sum(), set(), self.left.sum()
            for cell in lonely:
                if cell in helped:
                    continue
                touched = self.around(cell)
                helped |= touched
                fresh = [other for other in sorted(touched) if not hidden[other]]
                self.circuits.free(fresh)
                hidden[fresh] = True
                self.owner |= dict.fromkeys(fresh, cell)
            if hidden.sum() == before and self.left.sum() == lost:
                self._satisfy(lonely[0], hidden)

    def _teach(self, cells: list[int], hidden) -> None:
        """The lightest moves are mostly whole: they spare integer programmes."""
        for cell in cells:
            if self.circuits.around(cell) is not None:
                self.attacker.learn(self.circuits.active, self.circuits.moves)

    def _satisfy(self, cell: int, hidden) -> None:
        """Where moves in whole numbers are in the way of one another: hides what its cut asks for."""
        import numpy as np

        system = self.system
        self.attacker.hide(hidden)
        among = np.zeros(system.n, dtype=bool)
        among[cell] = True
        for breach in self.attacker.breaches(among):
            open_cells = [other for other in breach.cut if not hidden[other] and not system.kept[other]]
            if not breach.proved:
                near = {int(other) for row in system.rows_of(cell) for other in system.cells_of(row)}
                open_cells = [other for other in open_cells if other in near] or open_cells
            missing = breach.need - sum(weight for other, weight in breach.cut.items() if hidden[other])
            while missing > 1e-6:
                if not open_cells:
                    if not self.lenient:
                        raise Infeasible
                    self.left[cell] = True
                    return
                best = min(open_cells, key=lambda c: (system.weight[c] / min(breach.cut[c], missing), c))
                hidden[best] = True
                open_cells.remove(best)
                missing -= breach.cut[best]

    def prune(self, hidden):
        """Shows again what need not be hidden, the largest first, as far as the work allowed goes.

        Asked first is the cell for whose sake another was hidden. Whole numbers are looked at by whoever calls.
        """
        import numpy as np

        system, attacker = self.system, self.attacker
        extra = np.flatnonzero(hidden & ~self.must)
        most = attacker.steps + SHOWING // (system.m + int(hidden.sum()) + 1)
        for cell in extra[np.lexsort((extra, -system.weight[extra]))]:
            if attacker.steps > most:
                break
            fewer = hidden.copy()
            fewer[cell] = False
            if not self.left[system.lonely(fewer)[0]].all():
                continue
            attacker.hide(fewer)
            owner = np.zeros(system.n, dtype=bool)
            owner[self.owner.get(int(cell), int(cell))] = True
            if attacker.open_cells(among=owner & fewer & ~self.left):
                continue
            found = attacker.open_cells(among=~self.left, first=True)
            if found:
                self.owner[int(cell)] = found[0]
            else:
                hidden = fewer
        return hidden


def choose(system: System, secret: bytes | None = None):
    """What to hide, yes or no for each unknown (the primary cells and the complementary ones), and the attackers who
    tried it, each with the unknowns he looked at and all the moves that he found. Raises `Infeasible`."""
    import numpy as np

    if (system.primary & system.kept).any():
        raise Infeasible
    must = system.primary | system.always
    if not must.any():
        return must, []
    blocks = system.blocks()
    if blocks:
        return _by_blocks(system, blocks, secret)
    search = Search(system, secret)
    found = []
    most = STARTS if system.ways > 2 or system.n < LARGE else 1
    for start in range(most):
        search.circuits.begin(start, secret)
        hidden = search.prune(search.grow(must))
        found.append(hidden)
        if (hidden == must).all() or search.circuits.work + search.attacker.work > BEGINNING:
            break
    best = min(found, key=lambda hidden: (system.cost(hidden), tuple(hidden.nonzero()[0])))
    if (best != must).any():
        best = _better(search, found, best)
    search.circuits.begin(0, secret)
    return search.grow(best, whole=True), [(np.arange(system.n), search.attacker)]


def _by_blocks(system: System, blocks: list, secret: bytes | None):
    """Large tables: part after part, then what no part could settle in the whole."""
    import numpy as np

    hidden, attackers = system.primary | system.always, []
    sure = np.zeros(system.n, dtype=bool)
    for block in blocks:
        part = system.part(block)
        part.primary = hidden[block]
        if not part.primary.any():
            continue
        search = Search(part, secret, lenient=True)
        search.circuits.begin(0, secret)
        here = search.grow(search.prune(search.grow(part.primary)), whole=True)
        hidden[block] |= here
        sure[block] |= here & ~search.left
        attackers.append((block, search.attacker))
    search = Search(system, secret)
    search.sure = sure
    search.circuits.begin(0, secret)
    hidden = search.grow(hidden, whole=True, programmes=False)
    return hidden, [*attackers, (np.arange(system.n), search.attacker)]


def _better(search: Search, found: list, best):
    """The least weight among the cells that some choice hides; then among all cells, where there are few."""
    import numpy as np

    system = search.system
    if len(found) > 1:
        best = _exact(search, np.logical_or.reduce(found), best)
    if system.n <= (SMALL if system.ways <= 2 else EXACT):
        best = _exact(search, ~system.kept, best)
    return best


def _exact(search: Search, allowed, best):
    """The least weight among the allowed cells, or `best` where the work allowed does not suffice to beat it."""
    system, attacker = search.system, search.attacker
    master = _Master(system, allowed, best, search.must)
    if system.cost(best) * (1 - GAP) <= _relaxed(attacker, master, search.must):
        return best
    while master.steps < STEPS:
        hidden = master.solve() > 0.5
        if system.cost(hidden) >= system.cost(best) * (1 - GAP):
            return best
        cells, rows = system.lonely(hidden)
        lonely = [(int(c), int(r)) for c, r in zip(cells, rows, strict=True) if system.need[c] > 0]
        for cell, row in lonely:
            master.add({int(other): 1.0 for other in system.cells_of(row) if other != cell}, 1.0, cell)
        if lonely:
            continue
        attacker.hide(hidden)
        breaches = attacker.breaches(whole=False) or attacker.breaches()
        if not breaches:
            return hidden
        for breach in breaches:
            master.add(breach.cut, breach.need, breach.cell)
    return best


def _relaxed(attacker: Attacker, master: "_Master", must) -> float:
    """Cuts for cells that are hidden in part: they make the integer programme that follows short. Gives what
    must be hidden at the very least."""
    least = 0.0
    for _ in range(ROUNDS):
        level = master.solve(relaxed=True)
        least = master.value
        added = 0
        attacker.hide_partly(level)
        for breach in attacker.breaches(must, whole=False):
            weight = sum(w * level[cell] for cell, w in breach.cut.items())
            if breach.proved and weight < breach.need * breach.level * 0.98:
                master.add(breach.cut, breach.need, breach.cell)
                added += 1
        if not added:
            break
    return least


class _Master:
    """Minimise the weight hidden among the allowed cells, subject to the cuts so far."""

    def __init__(self, system: System, allowed, start, must):
        import highspy
        import numpy as np

        self.system = system
        self.cells = np.flatnonzero((allowed | must) & ~system.kept)
        self.column = {int(cell): j for j, cell in enumerate(self.cells)}
        self.highs = highspy.Highs()
        for option, value in (
            ("output_flag", False),
            ("threads", 1),
            ("random_seed", 1),
            ("mip_rel_gap", GAP),
            ("mip_heuristic_effort", 0.0),
            ("mip_allow_restart", False),
            ("mip_max_nodes", NODES),
        ):
            self.highs.setOptionValue(option, value)
        n = len(self.cells)
        nothing, none = np.zeros(0, dtype=np.int32), np.zeros(0)
        cost = system.weight[self.cells] + 1e-3
        self.highs.addCols(n, cost, must[self.cells].astype(float), np.ones(n), 0, nothing, nothing, none)
        self.highs.changeColsIntegrality(n, np.arange(n, dtype=np.int32), np.array([highspy.HighsVarType.kInteger] * n))
        self.inf = highspy.kHighsInf
        self.start = highspy.HighsSolution()
        self.start.col_value = start[self.cells].astype(float).tolist()
        self.steps, self.value = 0, 0.0

    def add(self, weights: dict[int, float], need: float, cell: int) -> None:
        """If `cell` is hidden, the weights of the hidden cells sum to `need` at least."""
        import numpy as np

        row = {self.column[other]: weight / need for other, weight in weights.items() if other in self.column}
        row[self.column[cell]] = row.get(self.column[cell], 0.0) - 1.0
        row = {j: weight for j, weight in row.items() if abs(weight) > 1e-9}
        index, value = np.array(list(row), dtype=np.int32), np.array(list(row.values()))
        self.highs.addRow(0.0, self.inf, len(row), index, value)

    def solve(self, relaxed: bool = False):
        """How far each unknown is hidden: 1, or anything above 0 if `relaxed`."""
        import highspy
        import numpy as np

        self.highs.setOptionValue("solve_relaxation", relaxed)
        if not relaxed:
            self.highs.setSolution(self.start)
        self.highs.run()
        status = self.highs.getModelStatus()
        info = self.highs.getInfo()
        self.steps += max(info.simplex_iteration_count, 30)
        self.value = info.objective_function_value
        if status == highspy.HighsModelStatus.kInfeasible or info.primal_solution_status != 2:
            raise Infeasible
        values = np.array(self.highs.getSolution().col_value)
        level = np.zeros(self.system.n)
        level[self.cells] = np.where(values > 1e-6, np.minimum(values, 1.0), 0.0) if relaxed else values > 0.5
        return level
