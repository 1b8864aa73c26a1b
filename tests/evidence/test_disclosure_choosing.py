"""How the cells to hide are found: boxes, moves proved by arithmetic, and the way of large tables."""

import itertools
import random
from dataclasses import replace

import numpy as np
import pytest

from duga.evidence.disclosure import Rule, audit, protect, system, table_of
from duga.evidence.disclosure import older as past
from duga.evidence.disclosure.attacker import Attacker
from duga.evidence.disclosure.boxes import Boxes
from duga.evidence.disclosure.choose import Search, attack, choose
from duga.evidence.disclosure.grid import Grid
from duga.evidence.disclosure.moves import Moves
from duga.evidence.disclosure.networks import Network
from duga.evidence.disclosure.rings import Rings
from duga.evidence.disclosure.system import System
from duga.evidence.model import ALL
from tests.evidence.test_disclosure import assert_nothing_found, invented_table

PEOPLE = {("f", "x"): 3, ("f", "y"): 30, ("f", "z"): 9, ("m", "x"): 12, ("m", "y"): 7, ("m", "z"): 2}


def posed(table) -> System:
    return System([Grid(table)], 5).close()


def unknowns(of: System) -> dict:
    """The number of each cell that is not zero, by its labels."""
    grid = of.grids[0]
    return {grid.keys[cell]: j for cell, j in of.of[0].items()}


def test_boxes_of_two_axes_are_all_rectangles():
    """The slow twin: every other row and column, totals among them, corner by corner."""
    of = posed(table_of(PEOPLE, ["sex", "place"]))
    at, boxes = unknowns(of), Boxes(of)
    cost = np.arange(1.0, of.n + 1)
    weights, up, down = boxes.around(at["f", "y"], boxes.spread(cost, np.inf))
    slow = set()
    for sex, place in itertools.product(("m", ALL), ("x", "z", ALL)):
        signs = {"f": 1, sex: 1 if sex == ALL else -1}, {"y": 1, place: 1 if place == ALL else -1}
        corners = {at[a, b]: signs[0][a] * signs[1][b] for a, b in itertools.product(*signs)}
        rises = [min(of.below[j], 5) for j, sign in corners.items() if sign > 0]
        falls = [min(of.below[j], 5) for j, sign in corners.items() if sign < 0]
        slow.add((sum(cost[j] for j in corners), min(falls, default=5), min(rises)))
    assert set(zip(weights, up, down, strict=True)) == slow


def test_boxes_of_areas_within_countries_leave_all_sums_right():
    places = [("A", "a1"), ("A", "a2"), ("B", "b1"), ("B", "b2"), ("C", "c1")]
    cells = {(*place, sex): 6 + n for n, (place, sex) in enumerate(itertools.product(places, "fm"))}
    of = posed(table_of(cells, ["country", "area", "sex"], {"area": "country"}))
    boxes, at = Boxes(of), unknowns(of)
    cost = boxes.spread(of.weight, np.inf)
    for key in (("A", "a1", "f"), ("A", ALL, "m"), ("C", "c1", ALL), (ALL, ALL, "f")):
        weights, up, down = boxes.around(at[key], cost)
        assert np.isfinite(weights).any() and (up[np.isfinite(weights)] + down[np.isfinite(weights)] > 0).all()
        for number in np.flatnonzero(np.isfinite(weights)):
            sides = [set(labels[0].tolist()) - {size - 1} for labels, size in
                     zip(boxes.labels(np.array([number])), boxes.shape, strict=True)]  # fmt: skip
            corners = [int(boxes.unknown[corner]) for corner in itertools.product(*sides)]
            assert at[key] in corners and of.weight[corners].sum() == weights[number]


def test_a_move_is_kept_only_if_the_sums_stay_right_and_holds_only_while_its_cells_are_hidden():
    of = posed(table_of(PEOPLE, ["sex", "place"]))
    at, moves = unknowns(of), Moves(of)
    cells = np.array([at["f", "x"], at["f", "y"], at["m", "x"], at["m", "y"]])
    assert moves.add(cells, np.array([1.0, -1.0, -1.0, 2.0])) == (0, 0) and not moves.count
    assert moves.add(cells, np.array([2.0, -2.0, -2.0, 2.0])) == (11, 2), "m x falls by 11, f x by 2: nobody is at zero"
    hidden = np.zeros(of.n, dtype=bool)
    hidden[cells[:3]] = True
    assert not any(far.any() for far in moves.reach(hidden))
    hidden[cells] = True
    up, down = moves.reach(hidden)
    assert up[at["f", "x"]] == 11 and down[at["f", "x"]] == 2 and up[at["f", "y"]] == 2


@pytest.mark.parametrize("whole", [True, False])
def test_moves_of_few_and_of_many_cells_are_kept_alike(whole, monkeypatch):
    """Both ways of checking a move, on moves that are right, wrong, repeated, and tell something new or nothing."""
    luck = random.Random(f"moves{whole}")
    table = table_of({(f"a{i}", f"b{j}"): luck.randrange(1, 20) for i in range(6) for j in range(6)}, ["a", "b"])
    of = posed(replace(table, repeating="b"))
    at, kinds, found, kept = unknowns(of), [Moves(of, whole), Moves(of, whole)], [np.zeros((2, of.n)) for _ in "ab"], 0
    for _ in range(60):
        steps = np.zeros(of.n)
        for _ in range(luck.randrange(1, 4)):  # rectangles, now and then with one corner wrong
            far, rows, cols = luck.choice((1, 2, 0.5)), luck.sample(range(6), 2), luck.sample(range(6), 2)
            for sign, (i, j) in zip((1, -1, -1, luck.choice((1, 1, 1, 3))), itertools.product(rows, cols), strict=True):
                steps[at[f"a{i}", f"b{j}"]] += sign * far
        cells, told = np.flatnonzero(steps), []
        for few, moves, reached in zip((1_000, 0), kinds, found, strict=True):
            monkeypatch.setattr("duga.evidence.disclosure.moves.FEW", few)
            told.append(moves.add(cells, steps[cells], tuple(reached)))
        kept += max(told[0]) > 0
        assert told[0] == pytest.approx(told[1])
    assert 10 < kept < 60
    assert np.allclose(*found) and kinds[0].count == kinds[1].count
    every = np.ones(of.n, dtype=bool)
    assert np.allclose(kinds[0].reach(every), kinds[1].reach(every))


def test_many_moves_at_once_are_kept_as_one_by_one_and_none_that_is_no_move():
    of = posed(table_of(PEOPLE, ["sex", "place"]))
    at, one, all_ = unknowns(of), Moves(of), Moves(of)
    corners = [at[key] for key in (("f", "x"), ("f", "y"), ("m", "x"), ("m", "y"))]
    others = [at[key] for key in (("f", "x"), ("f", "z"), ("m", "x"), ("m", "z"))]
    moves = [(corners, [2, -2, -2, 2]), (others, [-1, 1, 1, -1])]
    for cells, steps in moves:
        one.add(np.array(cells), np.array(steps, dtype=float))
    all_.add_all([])
    all_.add_all(moves)
    every = np.ones(of.n, dtype=bool)
    assert all_.count == one.count == 2 and np.array_equal(all_.reach(every), one.reach(every))
    with pytest.raises(RuntimeError):
        all_.add_all([*moves, (corners, [1, -1, -1, 2])])


@pytest.mark.parametrize("kind", ["flat", "three", "nested", "repeating"])
def test_what_single_sums_tell_the_attacker_finds_too(kind):
    luck, found = random.Random(kind), 0
    for _ in range(6):
        shape = [luck.randrange(2, 5) for _ in ("ab" if kind in ("flat", "repeating") else "abc")]
        labels = [[f"{name}{i}" for i in range(size)] for name, size in zip("abc", shape, strict=False)]
        cells = {key: luck.choice((0, 1, 2, 3, 5, 8, 20)) for key in itertools.product(*labels)} | {
            tuple(each[0] for each in labels): 4
        }
        table = table_of(cells, list("abc"[: len(shape)]))
        if kind == "nested":
            cells = {(a, a + b, c): value for (a, b, c), value in cells.items()}
            table = table_of(cells, ["a", "b", "c"], {"b": "a"})
        of = posed(replace(table, repeating="b") if kind == "repeating" else table)
        hidden = of.primary | np.array([luck.random() < 0.3 for _ in range(of.n)])
        attacker = Attacker(of)
        attacker.hide(hidden)
        told = set(np.flatnonzero(of.narrow(hidden)).tolist())
        found += len(told)
        assert set(of.lonely(hidden)[0].tolist()) <= told <= set(attacker.open_cells())
    assert found


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("seed", range(12))
def test_flows_tell_what_linear_programmes_tell(seed, nested):
    luck = random.Random(f"rings{seed}")
    rows, columns = ([f"{name}{i}" for i in range(luck.randrange(2, 9))] for name in "ab")
    cells = {key: luck.choice((0, 1, 2, 3, 5, 8, 20)) for key in itertools.product(rows, columns)}
    cells |= {("a0", "b0"): 4, ("a1", "b1"): 9}
    if nested:  # countries of several areas or one
        country = {row: f"c{luck.randrange(4)}" for row in rows}
        cells = {(column, country[row], row): value for (row, column), value in cells.items()}
        of = posed(table_of(cells, ["b", "c", "a"], {"a": "c"}))
    else:
        of = posed(table_of(cells, ["a", "b"]))
    hidden = of.primary | np.array([luck.random() < 0.4 for _ in range(of.n)])
    attacker, search = Attacker(of), Search(of)
    attacker.hide(hidden)
    assert search.network and search.circuits.rings
    assert search.open(hidden, hidden) == attacker.open_cells()
    assert not (hidden & ~search.short(hidden)).sum() or search.moves.count, "who is in doubt is so by a move kept"


def test_the_lightest_flow_is_the_lightest_ring_or_several_that_share_the_need():
    of = posed(table_of(PEOPLE, ["sex", "place"]))
    at, rings = unknowns(of), Rings(of, Network(of))
    cells, steps = rings.flow(at["f", "x"], 1, 5.0, rings.prices(of.weight))
    assert {key: step for key, j in at.items() for step in steps[cells == j]} == {
        ("f", "x"): 5, ("f", "z"): -5, ("m", "x"): -5, ("m", "z"): 5,
    }  # fmt: skip
    assert rings.flow(at["f", "x"], -1, 5.0, rings.prices(of.weight)) is None, "three people cannot be five fewer"
    kept = np.where(of.weight == 2, np.inf, of.weight)
    cells, steps = rings.flow(at["f", "x"], 1, 5.0, rings.prices(kept))
    assert Moves(of).add(cells, steps)[0] >= 1 and at["m", "z"] not in cells


def test_only_a_table_of_two_axes_with_their_totals_is_a_network_where_one_nests_at_most():
    flat = table_of(PEOPLE, ["sex", "place"])
    places = {("A", "a1", "f"): 7, ("A", "a2", "m"): 9, ("B", "b1", "f"): 3}
    nested = posed(table_of(places, ["country", "area", "sex"], {"area": "country"}))
    months = {("A", "a1", "2024", "5"): 7, ("A", "a2", "2024", "6"): 9, ("B", "b1", "2025", "1"): 3}
    both = table_of(months, ["country", "area", "year", "month"], {"area": "country", "month": "year"})
    beside = System([Grid(flat), Grid(table_of({("f",): 42, ("m",): 21}, ["sex"]))], 5).close()
    assert Network.fit(posed(flat)) and Network.fit(nested)
    for other in (posed(replace(flat, no_total=("sex",))), posed(both), beside):
        assert not Network.fit(other)


def test_a_table_whose_older_one_says_more_is_no_network():
    """The same people again, their months as quarters: what is added up there binds cells that no line binds."""
    months = {(f"2024-{month:02}", sex): 4 + 3 * month for month in range(1, 7) for sex in "fm"}
    now = table_of(months, ["month", "sex"])
    sums: dict = {}
    for (month, sex), value in months.items():
        key = f"2024-Q{(int(month[-2:]) + 2) // 3}", sex
        sums[key] = sums.get(key, 0) + value
    for older, fits in ((now, True), (table_of(sums, ["quarter", "sex"]), False)):
        of = System([Grid(now)], 5)
        past.join(of, [(protect(older, Rule(12)), older)], [now], True)
        of.close()
        assert of.alone and Network.fit(of) == fits
        assert of.m > len(of.grids[0].lines)


@pytest.fixture()
def everything_is_large(monkeypatch):
    """Small tables take the way of large ones: no integer programmes, little is shown again."""
    monkeypatch.setattr(system, "LARGE", 8)
    monkeypatch.setattr(system, "FLAT", 8)


@pytest.mark.parametrize("start", [400, 425])
def test_large_tables_are_as_safe(start, everything_is_large):
    for seed in range(start, start + 25):
        table = invented_table(seed)
        safe = protect(table, Rule(5))
        assert_nothing_found(table, safe, 5)
        assert audit(safe, table).passed


def test_five_thousand_cells_are_proved_in_whole_numbers():
    """Every hidden cell has whole moves that put it in doubt; a fresh attack finds nothing either."""
    luck = random.Random(5)
    places = itertools.product(*([f"{name}{n:02}" for n in range(16)] for name in "abc"))
    of = posed(table_of({place: round(luck.lognormvariate(4.2, 1.5)) for place in places}, list("abc")))
    assert of.large
    hidden, moves = choose(of)
    up, down = moves.reach(hidden)
    assert (up + down)[hidden].min() >= 5 and hidden[of.primary].all()
    assert not attack(of, hidden)
    hidden[np.flatnonzero(hidden & ~of.primary)[0]] = False
    assert attack(of, hidden), "one cell shown too many"


@pytest.mark.parametrize("people", [3, 30])
def test_a_number_without_dimensions_is_a_table_too(people):
    table = table_of({(): people}, [])
    assert protect(table, Rule(5)).cell().hidden == (people < 5)
