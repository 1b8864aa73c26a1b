"""Protection of what is read together: linked tables, successive releases, contributors; and what may be proposed."""

import itertools
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duga.evidence.disclosure import (
    VIOLENCE,
    CannotProtect,
    Dominance,
    Rule,
    audit,
    audit_together,
    propose,
    protect,
    protect_together,
    table_of,
)
from duga.evidence.model import ALL, Cell, ProtectedTable, SafeCell, Table
from duga.plain.errors import Refused
from tests.evidence.attackers import Together

VALUES = [0, 0, 1, 2, 3, 4, 5, 6, 7, 9, 12, 20, 45, 130]
SETS = [("ab", "bc"), ("ab", "bc", "ac"), ("ab", "c"), ("a", "bc"), ("abc", "ab")]


def people(seed, sizes=(2, 3, 2)):
    """How many people stand in each cell of a, b and c."""
    luck = random.Random(seed)
    places = itertools.product(*([f"{name}{i}" for i in range(n)] for name, n in zip("abc", sizes, strict=True)))
    return {place: luck.choice(VALUES) for place in places}


def table(cells, kept):
    """The people by some of a, b and c."""
    sums = {}
    for key, value in cells.items():
        label = tuple(word for word, name in zip(key, "abc", strict=True) if name in kept)
        sums[label] = sums.get(label, 0) + value
    return table_of(sums, list(kept))


def width(*published, **known):
    """How wide the doubt about the best known hidden cell is; `published` are (release, protected table)."""
    attack = Together([(n, safe.rows(), safe.dimensions, safe.within) for n, safe in published], **known)
    found = attack.narrowest()
    return float("inf") if found is None else found[0]


@pytest.mark.parametrize("seed", range(10))
def test_linked_tables_are_hidden_as_one(seed):
    cells, kept = people(seed), SETS[seed % len(SETS)]
    tables = [table(cells, each) for each in kept]
    safe = protect_together(tables, Rule(5))
    assert width(*((0, each) for each in safe)) >= 5 - 1e-6
    assert audit_together(safe, tables).passed
    for one, other in itertools.combinations(safe, 2):
        for key, cell in one.cells.items():
            labels = {name: word for name, word in zip(one.dimensions, key, strict=True) if word != ALL}
            if labels.keys() <= set(other.dimensions):
                assert other.cell(**labels).hidden == cell.hidden, "hidden in one, hidden where it reappears"


def test_tables_protected_apart_are_found_open_together():
    cells = {("a0", "b0"): 3, ("a0", "b1"): 30, ("a1", "b0"): 50, ("a1", "b1"): 9}
    cells = {(*key, "c0"): value for key, value in cells.items()} | {
        (*key, "c1"): 20 for key in (("a0", "b0"), ("a1", "b1"))
    }
    found = 0
    for seed in range(12):
        tables = [table(people(seed), "ab"), table(people(seed), "bc")]
        apart = [protect(each) for each in tables]
        if not audit_together(apart, tables).passed:
            found += 1
            assert width(*((0, each) for each in apart)) < 5
    assert found


def test_linked_tables_that_disagree_are_refused():
    with pytest.raises(Refused, match="does not agree"):
        protect_together([table_of({("a0",): 9}, ["a"]), table_of({("a0",): 8}, ["a"])])


def later(seed):
    """Today's people: nobody taken away, a few more in some cells."""
    luck = random.Random(1000 + seed)
    return {key: value + luck.choice([0, 0, 0, 1, 2, 6, 15]) for key, value in people(seed).items()}


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("kept", ["ab", "abc"])
def test_a_new_release_opens_no_cell_of_an_old_one(seed, kept):
    first, second = table(people(seed), "ab"), table(later(seed), kept)
    old = protect(first, Rule(5))
    published = [old if seed % 2 else (old, first)]
    new = protect(second, Rule(5), published=published)
    assert audit(new, second, published=published).passed
    assert width((0, old), (1, new), grown=True) >= 5 - 1e-6
    for key, cell in old.cells.items():
        now = new.cell(**dict(zip(old.dimensions, key, strict=True)))
        if cell.value and not now.hidden:
            assert not 0 < now.value - cell.value < 5, "the difference tells of fewer than five"


@pytest.mark.parametrize(("seed", "middle"), [(28, "ab"), (32, "ab"), (45, "abc")])
def test_three_releases_together_open_none(seed, middle):
    """Older tables are joined with each other too: each of these was narrower than five without."""
    first, luck = people(seed, (3, 3, 2)), random.Random(seed + 99)

    def grown(cells):
        return {key: value + luck.choice([0, 0, 0, 1, 2, 6, 15]) for key, value in cells.items()}

    second = grown(first)
    tables = [table(first, "ab"), table(second, middle), table(grown(second), "ab")]
    safe = []
    for each in tables:
        known = safe if seed % 2 else list(zip(safe, tables, strict=False))
        safe.append(protect(each, Rule(5), published=list(known)))
    assert width(*enumerate(safe), grown=True) >= 5 - 1e-6


def test_the_same_people_again_are_hidden_again():
    first = table(people(3), "ab")
    old = protect(first, Rule(5))
    new = protect(first, Rule(5), published=[old], secret=b"another way to choose")
    assert {key for key, cell in new.cells.items() if cell.hidden} == {
        key for key, cell in old.cells.items() if cell.hidden
    }


def test_without_the_guard_a_second_release_opens_the_first():
    opened = 0
    for seed in range(20):
        first, second = table(people(seed), "ab"), table(later(seed), "ab")
        old, new = protect(first), protect(second)
        if not audit(new, second, published=[old]).passed:
            opened += width((0, old), (1, new), grown=True) < 5 - 1e-6
    assert opened


@pytest.mark.parametrize("paired", [False, True])
def test_what_published_tables_alone_give_away_is_told(paired):
    """One number hidden alone follows by subtraction: no finding against today's table, but its owner is told."""
    true = table_of({("f",): 3, ("m",): 40}, ["sex"])
    careless = replace(protect(true, Rule(5)), cells={
        key: SafeCell(None if key == ("f",) else cell.value) for key, cell in true.cells.items()
    })  # fmt: skip
    later = table_of({("f",): 30, ("m",): 90}, ["sex"])
    for older, opened in ((careless, [("f",)]), (protect(true, Rule(5)), [])):
        published = [(older, true) if paired else older]
        found = audit(protect(later, Rule(5), published=published), later, published=published)
        assert found.passed
        assert [each.key for each in found.opened] == opened
        assert all("published tables alone" in each.problem for each in found.opened)
    assert not audit(protect(later, Rule(5)), later).opened


def test_a_kept_total_that_grew_by_one_is_refused():
    cells = {("x",): 30, ("y",): 40}
    old = protect(table_of(cells, ["a"]))
    with pytest.raises(CannotProtect):
        protect(table_of(cells | {("x",): 31}, ["a"]), keep=[(ALL,)], published=[old])


def test_numbers_that_fell_are_no_contradiction():
    old = protect(table_of({("x",): 30, ("y",): 3, ("z",): 50}, ["a"]))
    new = protect(table_of({("x",): 12, ("y",): 9, ("z",): 20}, ["a"]), published=[old])
    assert width((0, old), (1, new)) >= 5


FIGURES = {
    ("x",): {"one": 40, "two": 30, "three": 20, "four": 10},
    ("y",): {"one": 90, "two": 3, "three": 2},
    ("z",): {"two": 30, "three": 25, "four": 25},
    ("w",): {"one": 60},
}


def test_contributors_are_protected_where_asked():
    true = table_of({key: sum(each.values()) for key, each in FIGURES.items()}, ["place"])
    assert not any(cell.hidden for cell in protect(true, Rule(5)).cells.values()), "off by default"
    rule = Rule(5, dominance=Dominance(contributors=3, percent=10))
    safe = protect(true, rule, figures=FIGURES)
    assert safe.cell(place="w").hidden, "one contributor"
    assert safe.cell(place="y").hidden, "the second largest knows the largest to within 3 %"
    assert audit(safe, true, figures=FIGURES).passed
    hidden = [key for key, cell in safe.cells.items() if cell.hidden]
    assert len(hidden) >= 3, "who fills w alone must not be left with y"
    spoiled = ProtectedTable(**{**vars(safe), "cells": {**safe.cells, ("y",): SafeCell(95)}})
    assert not audit(spoiled, true, figures=FIGURES).passed


def test_protecting_contributors_needs_their_figures():
    with pytest.raises(Refused, match="figure of each"):
        protect(table_of({("x",): 9}, ["place"]), Rule(5, dominance=Dominance()))


@pytest.mark.parametrize(
    "rule, figures, need",
    [
        (Dominance(1, None), [7], None),
        (Dominance(2, None), [7], 1),
        (Dominance(1, 10), [100, 50, 2], 16),
        (Dominance(1, 10), [100, 50, 10], None),
        (Dominance(1, None, 2, 80), [50, 40, 10], 1),
        (Dominance(1, None, 2, 80), [40, 35, 25], None),
        (Dominance(), [], None),
    ],
)
def test_the_rules_for_contributors_by_hand(rule, figures, need):
    assert rule.need(figures) == need


@pytest.mark.parametrize("dimensions", [["month", "area"], ["country", "organisation"], ["municipality"]])
def test_violence_is_never_told_by_place_or_organisation(dimensions):
    true = table_of({("x",) * len(dimensions): 90}, dimensions)
    with pytest.raises(Refused, match="never published by"):
        protect(true, Rule(5, limits=VIOLENCE))
    protect(table_of({("ME", "2020-01"): 90}, ["country", "month"]), Rule(5, limits=VIOLENCE))


def test_the_secret_decides_between_equal_choices_and_nothing_else():
    true = table_of({(f"x{i}",): 20 for i in range(9)} | {("small",): 4}, ["a"])
    ways = {frozenset(k for k, c in protect(true, secret=bytes([n])).cells.items() if c.hidden) for n in range(12)}
    assert len(ways) > 3, "nobody can run the choice again without it"
    assert protect(true, secret=b"k") == protect(true, secret=b"k")
    assert all(audit(protect(true, secret=bytes([n])), true).passed for n in range(3))


def test_coarser_tables_are_proposed_side_by_side():
    areas = {f"town{i}": f"region{i // 3}" for i in range(6)}
    luck = random.Random(4)
    cells = {(town, sex): luck.choice([1, 2, 3, 9, 14]) for town in areas for sex in ("female", "male", "other")}
    found = propose(table_of(cells, ["area", "sex"]), Rule(5), coarser={"area": areas, "sex": None})
    assert {each.coarser for each in found} == {(), ("area",), ("sex",), ("area", "sex")}
    assert [each.lost for each in found] == sorted(each.lost for each in found)
    whole = next(each for each in found if each.coarser == ())
    assert found[0].lost < whole.lost and whole.hidden == sum(c.hidden for c in whole.safe.cells.values())
    for each in found:
        assert each.table.value() == sum(cells.values()) and audit(each.safe, each.table).passed


def test_months_are_not_added_up_but_counted_again():
    cells = {("m1",): Cell(3), ("m2",): Cell(30), ("m3",): Cell(9), (ALL,): Cell(40)}
    months = Table("people", "person", ("month",), cells, repeating="month")
    with pytest.raises(Refused, match="Count again"):
        propose(months, coarser={"month": {"m1": "q1", "m2": "q1", "m3": "q1"}})
    quarter = Table("people", "person", ("month",), {("q1",): Cell(40), (ALL,): Cell(40)}, repeating="month")
    found = propose(months, coarser={"month": {"m1": "q1"}}, recount=lambda names: quarter)
    assert found[0].table is quarter and found[0].hidden == 0
    with pytest.raises(Refused):
        propose(months, coarser={"year": {}})


cells = st.dictionaries(
    st.tuples(st.sampled_from("abcd"), st.sampled_from("xyz")), st.integers(0, 40), min_size=1, max_size=12
)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(cells, st.integers(1, 8), st.randoms(use_true_random=False))
def test_protection_never_reveals_and_the_order_of_rows_never_matters(inner, minimum, luck):
    true = table_of(inner, ["one", "two"])
    safe = protect(true, Rule(minimum))
    assert width((0, safe)) >= minimum - 1e-6
    assert all(cell.hidden == (cell.value is None) for cell in safe.cells.values())
    assert not any(0 < (cell.value or 0) < minimum for cell in safe.cells.values())
    turned = list(inner.items())
    luck.shuffle(turned)
    assert protect(table_of(dict(turned), ["one", "two"]), Rule(minimum)).to_dict() == safe.to_dict()


@settings(max_examples=15, deadline=None, derandomize=True)
@given(cells, cells)
def test_two_releases_never_reveal_either(first, second):
    one, two = table_of(first, ["one", "two"]), table_of(second, ["one", "two"])
    old = protect(one)
    try:
        new = protect(two, published=[old])
    except CannotProtect:
        return
    assert width((0, new)) >= 5 - 1e-6
    assert audit(new, two, published=[old]).passed
