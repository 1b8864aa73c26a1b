"""Which cells to hide: the least weight that leaves an attacker in doubt.

Good choices are found quickly: one hidden cell after another is given the lightest way to be otherwise (`circuits`),
what turned out needless is shown again, and in small tables this is done from several beginnings. There an integer
programme then seeks the least weight among the cells that any of them hides: its master picks cells, the attacker
proves by a cut which of them he still knows too well, the cut goes into the master, until he finds nothing or the work
allowed is used up. Every move found on the way is remembered (`moves`): it proves cells to be in doubt by arithmetic,
so solvers are asked only about the others, and what is published is proved by such moves in whole numbers. Work is
measured in steps of the solver, never in seconds, so that the same table gives the same answer on any machine.
"""

from collections.abc import Iterator
from functools import cached_property

from duga.evidence.disclosure.attacker import Attacker, Breach
from duga.evidence.disclosure.circuits import Circuits
from duga.evidence.disclosure.moves import Moves
from duga.evidence.disclosure.networks import Among, Network
from duga.evidence.disclosure.system import System, mask

STARTS = 4
"""Ways of beginning that are tried at most, the best being kept; in networks, where they are quick, twice as many."""

BEGINNING = 4_000
"""Solver iterations after which no further beginning is tried."""

SHOWING = 150_000
"""Work (programmes solved, times their size) allowed for showing again what need not be hidden."""

LARGE = 800
"""From this many unknowns on tables are begun once."""

EXACT = 30
"""Up to this many unknowns the least weight is sought among all of them."""

SMALL = 90
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
    """One system being protected: the attacker and the finders of moves, and the moves that all of them know."""

    def __init__(self, system: System, moves: Moves | None = None):
        self.system, self.moves = system, moves if moves is not None else Moves(system)
        self.attacker = Attacker(system, self.moves)
        self.circuits = Circuits(system)
        self.must = system.primary | system.always
        self.owner: dict[int, int] = {}

    @property
    def network(self) -> Network | None:
        """The system as a network, if it is one."""
        return self.circuits.network

    @cached_property
    def inside(self) -> Among:
        """The network of what is hidden."""
        return Among(self.network)

    @property
    def work(self) -> int:
        """Solver iterations so far."""
        return self.circuits.work + self.attacker.work

    def grow(self, start, finish: bool = True):
        """Hides more until an attacker can know nothing too well; to `finish`, until moves in whole numbers show it.

        Gives what is hidden.
        """
        import numpy as np

        system, hidden = self.system, start.copy()
        self.circuits.free(np.flatnonzero(hidden))
        nobody = np.zeros(system.n, dtype=bool)
        done, whole = nobody, False
        while True:
            short = self.short(hidden) & ~done
            cells = np.flatnonzero(short & system.narrow(hidden)).tolist()
            if not cells and short.any():
                cells = self.open(hidden, short, whole=whole and not system.large)
                done = hidden & ~mask(system, cells)
            if cells:
                if not self._hide(cells, hidden):
                    self._satisfy(cells[0], hidden)
            elif whole or not finish or not self.short(hidden).any():
                return hidden
            else:  # linear programmes leave some in doubt without a whole move; integer programmes are asked last
                self.settle(hidden)
                done, whole = nobody, True

    def settle(self, hidden) -> None:
        """Looks for whole moves of the hidden cells that none is known of, near them and among what is hidden."""
        import numpy as np

        reached, circuits, need = self.moves.reach(hidden), self.circuits, self.system.need
        cells, boxes = np.flatnonzero(hidden), circuits.boxes

        def short() -> Iterator[int]:
            for cell in np.flatnonzero(hidden & (reached[0] + reached[1] < need)).tolist():
                if reached[0][cell] + reached[1][cell] < need[cell]:
                    yield cell

        for _, found in circuits.among_each(short(), cells):
            for move in found or ():
                self.moves.add(*move, reached)
        if not boxes:
            return
        cost, share = boxes.spread(np.where(hidden, 0.0, 1.0), np.inf), max(0.05, len(cells) / self.system.n)
        for cell in short():
            near = np.intersect1d(circuits.near(cell, cost, share), cells)
            for move in circuits.among(cell, near, whole=True)[0] or ():
                self.moves.add(*move, reached)

    def open(self, hidden, among, *, first: bool = False, whole: bool = False) -> list[int]:
        """The hidden cells, of `among`, that can be known too well (`first`: stops at the first one); what is found on
        the way is remembered. Networks answer in whole numbers always, linear programmes if `whole`."""
        import numpy as np

        if not self.network:
            self.attacker.hide(hidden)
            return self.attacker.open_cells(among=among, first=first, whole=whole)
        up, down = self.moves.reach(hidden)
        cells = np.flatnonzero(among & (up + down < self.system.need)).tolist()
        self.inside.hide(hidden)
        found, moves = self.inside.doubt(cells, up.tolist(), down.tolist(), first)
        self.moves.add_all(moves)
        return found

    def short(self, hidden, whole: bool = True):
        """The hidden cells that no move known (in whole numbers, if `whole`) puts in doubt."""
        up, down = self.attacker.reached(hidden, whole)
        return hidden & (up + down < self.system.need)

    def _hide(self, cells: list[int], hidden) -> bool:
        """Hides with each of these cells what its lightest moves touch; tells if that was anything new."""
        import numpy as np

        helped, before = np.zeros(self.system.n, dtype=bool), hidden.sum()
        for cell in cells:
            if helped[cell]:
                continue
            moves = self.circuits.around(cell)
            if moves is None:
                raise Infeasible
            for touched, steps in moves:
                helped[touched] = True
                fresh = touched[~hidden[touched]]
                self.circuits.free(fresh)
                hidden[fresh] = True
                self.owner |= dict.fromkeys(fresh.tolist(), cell)
                self.moves.add(touched, steps)
        return bool(hidden.sum() > before)

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
                    raise Infeasible
                best = min(open_cells, key=lambda c: (system.weight[c] / min(breach.cut[c], missing), c))
                hidden[best] = True
                open_cells.remove(best)
                missing -= breach.cut[best]

    def prune(self, hidden):
        """Shows again what need not be hidden, the largest first; what stays hidden keeps its moves.

        Many are shown at once, for one proof then serves all of them; where it fails, half as many are.
        """
        import numpy as np

        system = self.system
        extra = np.flatnonzero(hidden & ~self.must)
        extra = extra[np.lexsort((extra, -system.weight[extra]))].tolist()
        most = 0 if system.large else self.attacker.steps + SHOWING // (system.m + int(hidden.sum()) + 1)
        done, many = 0, len(extra)
        while done < len(extra):
            asks = bool(self.network) or self.attacker.steps < most
            many = many if asks else 1
            some = extra[done : done + many]
            fewer = self._without(some, hidden, asks)
            short = self.short(fewer, whole=most == 0)
            found = short.any() and (not asks or self.open(fewer, short, first=True))
            if found and many > 1:
                many //= 2
                continue
            if not found:
                hidden = fewer
            elif asks:
                self.owner[some[0]] = found[0]
            done, many = done + many, 2 * many
        return hidden

    def _without(self, cells: list[int], hidden, asks: bool):
        """What is hidden without these cells, but for those of whom it is plain that they are needed: by a single sum,
        or (if anybody may be asked) for the cell for whose sake they were hidden."""
        fewer = hidden.copy()
        for cell in cells:
            fewer[cell] = False
            owner = self.owner.get(cell, cell)
            if self.system.narrow(fewer).any() or (
                asks and fewer[owner] and self.open(fewer, mask(self.system, [owner]) & self.short(fewer))
            ):
                fewer[cell] = True
        return fewer


def attack(system: System, hidden, moves: Moves | None = None) -> list[Breach]:
    """What an attacker can know too well, in whole numbers, when these are hidden; `moves` are known already.

    In systems too large for integer programmes a cell that no whole move is found for is left to the linear ones.
    """
    if not hidden.any():
        return []
    moves = moves if moves is not None else Moves(system)
    short = hidden & (sum(moves.reach(hidden)) < system.need)
    if not short.any():
        return []
    search = Search(system, moves)
    if search.network and not search.open(hidden, short):
        return []
    search.attacker.hide(hidden)
    found = search.attacker.breaches(search.short(hidden), whole=False)
    if not found and search.short(hidden).any():
        search.circuits.free(hidden.nonzero()[0])
        search.settle(hidden)
        if not system.large:
            found = search.attacker.breaches(search.short(hidden))
    return found


def choose(system: System, secret: bytes | None = None):
    """What to hide, yes or no for each unknown (the primary cells and the complementary ones), and the moves that
    prove every hidden cell to be in doubt. Raises `Infeasible`."""
    if (system.primary & system.kept).any():
        raise Infeasible
    search = Search(system)
    must = search.must
    if not must.any():
        return must, search.moves
    found = []
    starts = STARTS * (2 if search.circuits.rings else 1)
    for start in range(starts if system.n < LARGE else 1):
        search.circuits.begin(start, secret)
        hidden = search.prune(search.grow(must, finish=system.large))
        found.append(hidden)
        if (hidden == must).all() or search.work > BEGINNING:
            break
    best = min(found, key=lambda hidden: (system.cost(hidden), tuple(hidden.nonzero()[0])))
    if (best != must).any():
        best = _better(search, found, best)
    search.circuits.begin(0, secret)
    return search.grow(best), search.moves


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
