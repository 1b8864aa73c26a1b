"""Protection beside pytauargus OPT and beside a greedy one-pass rule, attacked by a solver written apart from both.

    python -m benchmarks.protect [TABLES]        (default 2000 small tables; then tables of 1,000 cells and more)

Generated tables: two- and three-way, areas within countries, linked tables of one release, successive releases. The
attacker (tests/evidence/attackers.py) has the published rows alone and linear programmes of its own. The greedy rule
hides what is under five and, in one pass, one complementary cell in each row and column that hides only one. pytauargus
0.6.0 (the engine of tau-ARGUS on HiGHS) is given the same cells, sums, bounds and weights and the same width of
protection, split above and below each cell in two ways, the lighter result and the quicker run counting; its time is
that of its engine alone, in a process of its own, ours that of the whole call of `protect`, certificate included. Times
are seconds of processor, which other work on the machine disturbs least (the engine's threads together at most what
the clock says), and of either the quickest of six runs where a run takes less than a second. Where pytauargus has not
finished within the limit (20 seconds by the clock, 60 for two tables) what it used till then counts.
"""

import itertools
import math
import multiprocessing
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from benchmarks import row

MINIMUM = 5
LIMIT = 20
PATIENCE = 60
RUNS = 3
SHORT = 1.0
COMMAND = "python -m benchmarks.protect"
VALUES = (0, 0, 1, 2, 3, 4, 5, 6, 7, 9, 12, 20, 45, 130)


# --- tables -----------------------------------------------------------------------------------------------------


def plain(shape, mean: float, seed: int) -> dict[tuple[str, ...], int]:
    """Innermost cells as registers give them: rates that differ by label, a little noise, a tenth of zeros."""
    luck = random.Random(f"{shape}{mean}{seed}")
    rates = [[luck.lognormvariate(0, 0.7) for _ in range(n)] for n in shape]
    cells = {}
    for at in itertools.product(*map(range, shape)):
        rate = mean * math.prod(rates[d][i] for d, i in enumerate(at)) * luck.lognormvariate(0, 0.6)
        value = 0 if luck.random() < 0.1 else max(0, round(luck.gauss(rate, rate**0.5)))
        cells[tuple(f"{'abcd'[d]}{i:02}" for d, i in enumerate(at))] = value
    return cells


def table(shape: str, mean: float, seed: int):
    """`31x31`, `9x9x9`, or `4.6x5`: four countries of six areas, by five."""
    from duga.evidence.disclosure import table_of

    first, *rest = shape.split("x")
    countries, _, areas = first.partition(".")
    if not areas:
        sizes = [int(n) for n in (first, *rest)]
        return table_of(plain(sizes, mean, seed), list("abcd"[: len(sizes)]))
    sizes = [int(countries) * int(areas), *map(int, rest)]
    cells = {(f"c{int(key[0][1:]) // int(areas)}", *key): value for key, value in plain(sizes, mean, seed).items()}
    names = ["country", "area", "x", "y"][: len(sizes) + 1]
    return table_of(cells, names, {"area": "country"})


def small_table(luck: random.Random, kind: str):
    """A small table with many small numbers: what protection is hardest for."""
    from duga.evidence.disclosure import table_of

    values = VALUES if luck.random() < 0.7 else (0, 0, 0, 0, 0, 2, 8, 30)
    if kind == "hierarchical":
        places = [(f"c{c}", f"a{c}{a}") for c in range(luck.randrange(1, 4)) for a in range(luck.randrange(1, 5))]
        others = [f"x{i}" for i in range(luck.randrange(1, 5))]
        cells = {(*place, other): luck.choice(values) for place in places for other in others}
        return table_of(cells, ["country", "area", "x"], {"area": "country"})
    shape = [luck.randrange(2, 7), luck.randrange(2, 7)] if kind == "two-way" else [luck.randrange(2, 4) for _ in "abc"]
    cells = itertools.product(*([f"{'abc'[d]}{i}" for i in range(n)] for d, n in enumerate(shape)))
    return table_of({key: luck.choice(values) for key in cells}, list("abc"[: len(shape)]))


def margins(cells: dict, sets) -> list:
    """Linked tables of the same people: each of `sets` names the dimensions that one keeps."""
    from duga.evidence.disclosure import table_of

    found = []
    for kept in sets:
        sums: dict[tuple, int] = {}
        for key, value in cells.items():
            label = tuple(word for word, name in zip(key, "abc", strict=True) if name in kept)
            sums[label] = sums.get(label, 0) + value
        found.append(table_of(sums, list(kept)))
    return found


LINKS = (("ab", "bc"), ("ab", "bc", "ac"), ("ab", "c"), ("a", "bc"), ("abc", "ab"))


def linked(luck: random.Random) -> dict:
    cells = itertools.product(*([f"{d}{i}" for i in range(luck.randrange(2, 4))] for d in "abc"))
    return {key: luck.choice(VALUES) for key in cells}


# --- attacks ----------------------------------------------------------------------------------------------------


@dataclass
class Toll:
    """What the attacker found in how many tables."""

    tables: int = 0
    hidden: int = 0
    exact: int = 0
    narrow: int = 0
    false: int = 0

    def attack(self, published, tables, *, grown=False, same=False) -> None:
        """`published`: (release, protected table) each; `tables` the true ones beside them."""
        from tests.evidence.attackers import Together

        self.tables += 1
        attacker = Together(
            [(n, safe.rows(), safe.dimensions, safe.within) for n, safe in published], grown=grown, same=same
        )
        found = attacker.narrow(MINIMUM)
        self.hidden += len(attacker.hidden)
        self.exact += sum(bool(high - low < 1e-6) for low, high in found.values())
        self.narrow += len(found)
        for (_, safe), true in zip(published, tables, strict=True):
            for key, cell in safe.cells.items():
                value = true.cells[key].value if key in true.cells else 0
                lies = value == 0 if cell.hidden else cell.value != value or 0 < value < MINIMUM
                self.false += lies

    def __iadd__(self, other: "Toll") -> "Toll":
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)
        return self


def greedy(true):
    """The rule that attackers love: small cells, and in one pass one complementary cell a row and column."""
    from duga.evidence.disclosure.grid import Grid
    from duga.evidence.model import ProtectedTable, SafeCell

    grid = Grid(true)
    hidden = {i for i in grid.nonzero if grid.values[i] < MINIMUM}
    for line in grid.lines:
        inside = [i for i in line.parts if i in hidden]
        others = [i for i in line.parts if i not in hidden]
        if len(inside) == 1 and others:
            hidden.add(min(others, key=lambda i: (grid.values[i], i)))
    cells = {key: SafeCell(None if i in hidden else grid.values[i]) for i, key in enumerate(grid.keys)}
    return ProtectedTable("value", "person", true.dimensions, cells, {}, within=dict(true.within))


KINDS = ("two-way", "three-way", "hierarchical", "linked", "successive")


def attacked(seeds: range) -> tuple[dict[str, Toll], Toll, int]:
    """The tables of these numbers, protected and attacked: what was found by kind, in the greedy rule, and how many
    successive releases were refused."""
    from duga.evidence.disclosure import CannotProtect, Rule, protect, protect_together

    ours, theirs, refused = {kind: Toll() for kind in KINDS}, Toll(), 0
    for seed in seeds:
        luck, kind = random.Random(seed), KINDS[seed % len(KINDS)]
        if kind == "linked":
            tables = margins(linked(luck), luck.choice(LINKS))
            safe = protect_together(tables, Rule(MINIMUM))
            ours[kind].attack([(0, each) for each in safe], tables)
        elif kind == "successive":
            before = linked(luck)
            now = {key: value + luck.choice((0, 0, 0, 1, 3, 9)) for key, value in before.items()}
            (first,), (second,) = margins(before, ("ab",)), margins(now, luck.choice((("ab",), ("abc",))))
            old = protect(first, Rule(MINIMUM))
            try:
                new = protect(second, Rule(MINIMUM), published=[luck.choice((old, (old, first)))])
            except CannotProtect:
                refused += 1
                continue
            ours[kind].attack([(0, old), (1, new)], (first, second), grown=True, same=before == now)
        else:
            true = small_table(luck, kind)
            ours[kind].attack([(0, protect(true, Rule(MINIMUM)))], [true])
            theirs.attack([(0, greedy(true))], [true])
    return ours, theirs, refused


def attacks(count: int) -> None:
    """Thousands of small tables, attacked, in two processes."""
    ours, theirs, refused, start = {kind: Toll() for kind in KINDS}, Toll(), 0, time.perf_counter()
    parts = [range(n, min(n + 50, count)) for n in range(0, count, 50)]
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        for found, greedily, no in pool.map(attacked, parts):
            for kind in KINDS:
                ours[kind] += found[kind]
            theirs += greedily
            refused += no
    took = time.perf_counter() - start
    for kind, toll in ours.items():
        name = f"{toll.tables:,} {kind} tables, {toll.hidden:,} hidden cells"
        row(f"{name}: known exactly", ours=f"{toll.exact}", bar="0", met=not toll.exact, command=COMMAND)
        row(f"{name}: narrower than {MINIMUM}", ours=f"{toll.narrow}", bar="0", met=not toll.narrow, command=COMMAND)
        row(f"{name}: false labels", ours=f"{toll.false}", bar="0", met=not toll.false, command=COMMAND)
    opened = theirs.narrow / max(1, theirs.hidden)
    row(
        "greedy one-pass rule (k = 5): hidden cells narrower than 5",
        ours="0 %",
        peer=f"{opened:.0%}, {theirs.exact / max(1, theirs.hidden):.0%} exactly",
        command=COMMAND,
    )
    row("successive releases refused as too close", ours=f"{refused}", command=COMMAND)
    row("protecting and attacking them all", ours=f"{took:.0f} s", command=COMMAND)


# --- beside pytauargus --------------------------------------------------------------------------------------------


def write_jj(grid, path: Path, split: int) -> None:
    """The table as tau-ARGUS's solver reads it: each small cell protected by `MINIMUM`, below and above together."""
    place = {cell: n for n, cell in enumerate(grid.nonzero)}
    most = 10 * max(grid.values) + 100
    out = ["0", str(len(place))]
    for cell, n in place.items():
        value = grid.values[cell]
        small = value < MINIMUM
        below = min(value - 1, MINIMUM) if small and split else 0
        above = MINIMUM - below if small else 0
        out.append(f"{n} {value} {value} {'u' if small else 's'} 1 {most} {below} {above} 0")
    out.append(str(len(grid.lines)))
    for line in grid.lines:
        parts = " ".join(f"{place[cell]} (1)" for cell in line.parts)
        out.append(f"0 {len(line.parts) + 1} : {place[line.total]} (-1) {parts} ")
    path.write_text("\n".join(out) + "\n")


def solve_jj(source: str, result: str, limit: str) -> None:
    """Runs in a process of its own: pytauargus' engine on one file; prints its code and seconds of processor."""
    import pytauargus._tauargus as engine

    control = engine.HiTaSCtrl()
    start, used = time.perf_counter(), time.process_time()
    code = control.full_jj(in_file_jj=source, out_file=result, max_time=int(limit))
    took = time.perf_counter() - start
    print(f"\n{code if took < int(limit) else 9} {min(took, time.process_time() - used)}")


def _children() -> float:
    """Seconds of processor that processes begun here and ended have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _run_jj(source: Path, result: Path, limit: int) -> tuple[str, float]:
    """One run of pytauargus' engine: its code ("0": finished) and seconds."""
    before = _children()
    command = [sys.executable, "-m", "benchmarks.protect", "--peer", str(source), str(result), str(limit)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=limit + 5, cwd=source.parent,
            env={"PYTHONPATH": str(Path(__file__).parents[1]), "PATH": "/usr/bin:/bin"},
        )  # fmt: skip
        code, seconds = done.stdout.split()[-2:]
        return code, float(seconds)
    except (subprocess.TimeoutExpired, ValueError):
        return "9", min(limit, _children() - before)


def argus(grid, limit: int, runs: int) -> tuple[float | None, float]:
    """Weight hidden by pytauargus OPT (None: not finished) and the seconds of its engine, the quickest of its runs."""
    best, took = None, []
    with tempfile.TemporaryDirectory(prefix="duga-argus-") as folder:
        for split in (0, 1):
            source, result = Path(folder, f"{split}.jj"), Path(folder, f"{split}.out")
            write_jj(grid, source, split)
            for _ in range(runs):
                code, seconds = _run_jj(source, result, limit)
                took.append(seconds)
                if code != "0" or seconds > SHORT:
                    break
            if code != "0":
                break
            extra = {int(line.split()[0]) for line in result.read_text().splitlines() if line.strip()}
            hidden = {grid.nonzero[n] for n in extra} | {i for i in grid.nonzero if grid.values[i] < MINIMUM}
            weight = sum(grid.values[i] for i in hidden)
            best = weight if best is None else min(best, weight)
    return best, min(took)


SMALLER = [
    *(("8x8", 20, n) for n in range(3)), *(("12x12", 20, n) for n in range(3)), *(("20x20", 30, n) for n in range(3)),
    *(("20x20", 8, n) for n in range(2)), *(("4x4x4", 20, n) for n in range(3)), *(("6x6x6", 80, n) for n in range(3)),
    *(("8x8x8", 200, n) for n in range(3)), *(("3.5x6", 20, n) for n in range(3)),
    *(("4.8x6", 20, n) for n in range(3)),
]  # fmt: skip
LARGER = [
    *(("31x31", 40, n) for n in range(3)), *(("31x31", 12, n) for n in range(3)), *(("32x40", 80, n) for n in range(2)),
    ("50x40", 15, 0), ("70x70", 50, 0), ("70x70", 15, 0), ("5.10x20", 30, 0), ("5.10x20", 10, 0),
    *(("10x10x10", 100, n) for n in range(3)), ("10x10x10", 15, 0), ("12x12x6", 15, 0), ("5.8x8x3", 30, 0),
]  # fmt: skip
PATIENT = [("10x10x10", 15, 0), ("5.8x8x3", 30, 0)]
LARGEST = [("70x70", 50, 1), ("17x17x17", 300, 0), ("17x17x17", 60, 0), ("8.20x28", 30, 0), ("6.13x7x7", 80, 0)]


def _timed(call, runs: int) -> tuple:
    """What a call gives, and the seconds of processor of the quickest of some runs, of one if it takes long."""
    took = []
    while len(took) < runs and (not took or took[-1] < SHORT):
        start = time.process_time()
        found = call()
        took.append(time.process_time() - start)
    return found, min(took)


def measured(cases, limit: int, runs: int = 1) -> Iterator[tuple]:
    """(name, cells, our weight, our seconds, pytauargus' weight, its seconds) of each table."""
    from duga.evidence.disclosure import Rule, protect
    from duga.evidence.disclosure.grid import Grid

    protect(table("5x5", 10, 0), Rule(MINIMUM))  # what is loaded once is loaded
    for shape, mean, seed in cases:
        true = table(shape, mean, seed)
        safe, took = _timed(lambda true=true: protect(true, Rule(MINIMUM)), runs)
        ours = sum(true.cells[key].value for key, cell in safe.cells.items() if cell.hidden)
        grid = Grid(true)
        peer, seconds = argus(grid, limit, runs) if limit else (None, 0.0)
        if took < SHORT and runs > 1:  # as many runs as of both splits, and as far apart
            took = min(took, _timed(lambda true=true: protect(true, Rule(MINIMUM)), runs)[1])
        yield f"{shape} mean {mean}", len(grid.keys), ours, took, peer, seconds


def beside_argus(cases, limit: int, title: str, speed: bool) -> None:
    found = list(measured([case for case in cases if case not in PATIENT], limit, RUNS if speed else 1))
    if speed:
        found += measured(PATIENT, PATIENCE)
    for name, cells, ours, took, peer, seconds in found if speed else ():
        row(
            f"{name}: {cells:,} cells",
            ours=f"{took:.3f} s, {ours:,}",
            peer=f"{seconds:.3f} s, {peer:,}" if peer is not None else f"> {seconds:.0f} s",
            ratio=f"{seconds / took:.1f}x",
            command=COMMAND,
        )
    both = [(ours, peer) for _, _, ours, _, peer, *_ in found if peer]
    if both:
        ratio = sum(ours for ours, _ in both) / sum(peer for _, peer in both)
        worst = max(ours / peer for ours, peer in both)
        row(
            f"weight hidden beside pytauargus OPT, {len(both)} {title}",
            ours=f"{sum(ours for ours, _ in both):,}",
            peer=f"{sum(peer for _, peer in both):,}",
            ratio=f"{ratio:.3f}, worst {worst:.2f}",
            bar="<=1.05",
            met=ratio <= 1.05,
            command=COMMAND,
        )
    if speed:
        whole = sum(each[5] for each in found) / sum(each[3] for each in found)
        times = [each[5] / each[3] for each in found]
        middle = statistics.median(times)
        row(
            f"time beside pytauargus OPT, {len(found)} {title}, all together (median of each)",
            ours=f"{sum(each[3] for each in found):.1f} s",
            peer=f">= {sum(each[5] for each in found):.1f} s",
            ratio=f"{whole:.1f}x ({middle:.1f}x)",
            bar=">=5x",
            met=min(whole, middle) >= 5,
            command=COMMAND,
        )
        row(
            "of these at least five times as fast (the slowest)",
            ours=f"{sum(each >= 5 for each in times)} of {len(times)}",
            ratio=f"{min(times):.1f}x",
            bar="all",
            met=min(times) >= 5,
            command=COMMAND,
        )


def main() -> int:
    if "--peer" in sys.argv:
        solve_jj(*sys.argv[2:5])
        return 0
    count = next((int(word) for word in sys.argv[1:] if word.isdigit()), 2000)
    beside_argus(SMALLER, 10, "smaller tables", speed=False)
    beside_argus(LARGER, LIMIT, "tables of 1,000 cells and more", speed=True)
    for name, cells, _, took, _, _ in measured(LARGEST, 0):
        row(f"{name}: {cells:,} cells", ours=f"{took:.1f} s", bar="seconds", met=took < 15, command=COMMAND)
    attacks(count)
    return 0


if __name__ == "__main__":
    sys.exit(main())
