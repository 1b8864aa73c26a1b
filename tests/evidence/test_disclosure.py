"""Protection against attackers written apart from it."""

import itertools
import random

import pytest

from duga.evidence import disclosure, engines, snapshot
from duga.evidence.disclosure import CannotProtect, Rule, audit, protect, table_of
from duga.evidence.model import ALL, HIDDEN_LABEL, Cell, ProtectedTable, SafeCell, Table
from duga.plain.errors import Refused
from tests.evidence import invented
from tests.evidence.attackers import Solver, every_table

VALUES = [0, 0, 1, 2, 3, 4, 5, 6, 7, 9, 12, 20, 45, 130]


def invented_table(seed: int) -> Table:
    """A table of one, two or three dimensions, sometimes areas within countries, sometimes mostly zeros."""
    rnd = random.Random(seed)
    values = VALUES if rnd.random() < 0.7 else [0, 0, 0, 0, 0, 0, 2, 8, 30]
    if rnd.random() < 0.3:
        places = [(f"c{c}", f"a{a}") for c in range(rnd.randrange(1, 4)) for a in range(rnd.randrange(1, 4))]
        others = [f"x{i}" for i in range(rnd.randrange(1, 5))]
        cells = {(*place, other): rnd.choice(values) for place in places for other in others}
        return table_of(cells, ["country", "area", "sex"], {"area": "country"})
    shape = [rnd.randrange(1, 6) for _ in range(rnd.choice([1, 2, 2, 2, 3]))]
    if len(shape) == 3:
        shape = [min(n, 3) for n in shape]
    names = ["sex", "age", "service"][: len(shape)]
    cells = itertools.product(*([f"{names[i]}{k}" for k in range(n)] for i, n in enumerate(shape)))
    return table_of({key: rnd.choice(values) for key in cells}, names)


def assert_nothing_found(table: Table, safe: ProtectedTable, minimum: int, repeats=()) -> int:
    """The attacker of `attackers` narrows no hidden cell, and no label lies. Gives the number of hidden cells."""
    rows = safe.rows()
    true = {key: cell.value for key, cell in table.cells.items()}
    for row in rows:
        key = tuple(row[name] for name in table.dimensions)
        assert set(row) == {*table.dimensions, "value", "status", "qualifier"}
        if row["status"] == "shown":
            assert row["value"] == true.get(key, 0)
            assert not 0 < row["value"] < minimum
        else:
            assert row["value"] is None and true[key] > 0
    solver = Solver(rows, table.dimensions, table.within, repeats)
    for key in solver.hidden:
        low, high = solver.interval(key)
        assert low <= true[key] <= high
        assert high - low >= minimum - 1e-6, (key, low, high)
    return len(solver.hidden)


@pytest.mark.parametrize("start", range(0, 240, 60))
def test_an_attacker_finds_nothing_on_invented_tables(start):
    hidden = 0
    for seed in range(start, start + 60):
        table = invented_table(seed)
        safe = protect(table, Rule(5))
        hidden += assert_nothing_found(table, safe, 5)
        assert audit(safe, table).passed
    assert hidden > 40


@pytest.mark.parametrize("minimum", [2, 3, 10])
def test_other_minimum_counts(minimum):
    for seed in range(300, 320):
        table = invented_table(seed)
        assert_nothing_found(table, protect(table, Rule(minimum)), minimum)


@pytest.mark.parametrize("seed", range(12))
def test_trying_every_table_finds_no_hidden_number(seed):
    rnd = random.Random(seed)
    cells = {(a, b): rnd.choice([0, 1, 2, 3, 6, 7, 9]) for a in "ab" for b in "xyz"[: rnd.choice([2, 3])]}
    table = table_of(cells, ["one", "two"])
    safe = protect(table, Rule(3))
    inner = sum(1 for key, cell in safe.cells.items() if cell.hidden and ALL not in key)
    highest = {0: 1, 1: 40, 2: 40, 3: 30, 4: 20, 5: 13, 6: 12}[inner]
    possible = every_table(safe.rows(), table.dimensions, highest)
    for key, values in possible.items():
        assert table.cells[key].value in values
        assert max(values) - min(values) >= 3, (key, sorted(values))


@pytest.mark.parametrize(
    "cells",
    [
        {("a",): 3},
        {("a",): 3, ("b",): 0},
        {("a",): 3, ("b",): 40},
        {("a",): 1, ("b",): 1, ("c",): 1},
        {("a",): 4, ("b",): 5},
        {("a",): 0, ("b",): 0},
        {("a",): 0, ("b",): 900},
        {("a",): 2, ("b",): 5, ("c",): 5, ("d",): 1000},
    ],
)
def test_small_and_lonely_rows(cells):
    table = table_of(cells, ["what"])
    assert_nothing_found(table, protect(table, Rule(5)), 5)


def test_a_lonely_small_cell_takes_its_totals_along():
    """The only cell of its row that is not zero: the row's total would give it away, zeros being shown."""
    table = table_of({("f", "a"): 3, ("f", "b"): 0, ("m", "a"): 50, ("m", "b"): 60}, ["sex", "place"])
    safe = protect(table, Rule(5))
    assert safe.cell(sex="f").hidden and safe.cell(sex="f", place="a").hidden
    assert_nothing_found(table, safe, 5)


def test_nothing_small_nothing_hidden():
    table = table_of({("f", "a"): 9, ("f", "b"): 0, ("m", "a"): 50, ("m", "b"): 60}, ["sex", "place"])
    safe = protect(table)
    assert not any(cell.hidden for cell in safe.cells.values())
    assert safe.cell(sex="f", place="b").value == 0, "zeros are shown openly"


def test_minimum_one_hides_nothing():
    table = table_of({("a",): 1, ("b",): 2}, ["what"])
    assert not any(cell.hidden for cell in protect(table, Rule(1)).cells.values())


def test_a_hidden_cell_says_one_thing_only():
    table = table_of({("f", "a"): 3, ("f", "b"): 30, ("m", "a"): 50, ("m", "b"): 60}, ["sex", "place"])
    safe = protect(table)
    hidden = [row for row in safe.to_dict()["cells"] if row["status"] == "hidden"]
    assert {
        tuple(sorted(row.items(), key=str)) for row in [{k: row[k] for k in ("value", "qualifier")} for row in hidden]
    }
    assert all(row["value"] is None and row["qualifier"] is None for row in hidden)
    assert set(safe.reasons.values()) == {"small", "complementary"}
    assert "complementary" not in str(safe.to_dict()) and safe.to_dict()["hidden_means"] == HIDDEN_LABEL
    assert disclosure.without_reasons(safe).reasons == {}


def test_the_same_table_gives_the_same_protection():
    table = invented_table(11)
    turned = Table(**{**vars(table), "cells": dict(reversed(table.cells.items()))})
    assert protect(table).to_dict() == protect(turned).to_dict()


def test_to_dict_and_back():
    safe = protect(invented_table(5))
    assert ProtectedTable.from_dict(safe.to_dict()) == safe


def test_cells_that_must_stay_shown_stay_shown():
    cells = {("f", "a"): 3, ("f", "b"): 30, ("m", "a"): 50, ("m", "b"): 60}
    table = table_of(cells, ["sex", "place"])
    safe = protect(table, keep=[(ALL, ALL)])
    assert safe.cell().value == 143
    assert_nothing_found(table, safe, 5)


@pytest.mark.parametrize("cells", [{("a",): 3}, {("a",): 3, ("b",): 3}, {("a",): 4, ("b",): 1, ("c",): 1}])
def test_a_total_too_small_to_keep_is_told_apart(cells):
    with pytest.raises(CannotProtect):
        protect(table_of(cells, ["what"]), keep=[(ALL,)])


@pytest.mark.parametrize(
    "change, problem",
    [
        ({("f", "a"): SafeCell(3)}, "a small number is shown"),
        ({("m", "a"): SafeCell(50)}, "too narrow"),
        ({("m", "b"): SafeCell(61)}, "not the true value"),
        ({("z", "a"): SafeCell(None)}, "a zero is hidden"),
    ],
)
def test_the_audit_sees_every_fault(change, problem):
    cells = {("f", "a"): 3, ("f", "b"): 30, ("m", "a"): 50, ("m", "b"): 60, ("z", "a"): 0, ("z", "b"): 900}
    table = table_of(cells, ["sex", "place"])
    safe = protect(table)
    spoiled = ProtectedTable(**{**vars(safe), "cells": {**safe.cells, **change}})
    assert audit(safe, table).passed
    assert problem in {finding.problem for finding in audit(spoiled, table).findings}


def test_tables_that_contradict_themselves_are_refused():
    table = Table("value", "person", ("what",), {("a",): Cell(3), ("b",): Cell(9), (ALL,): Cell(13)})
    with pytest.raises(Refused, match="does not agree"):
        protect(table)
    with pytest.raises(Refused, match="does not agree"):
        protect(table_of({("a",): 3, ("b",): 9}, ["what"]).without_totals())


def test_items_are_not_protected(frozen, definitions):
    table = engines.count(definitions["assistance_delivered"], frozen, by=["unit", "sex", "age_band"])
    safe = protect(table)
    assert not any(cell.hidden for cell in safe.cells.values())
    assert safe.rule["method"] == "none"


COUNTED = [
    ("month",),
    ("service_type", "sex"),
    ("month", "sex"),
    ("country", "area", "sex"),
    ("year", "quarter", "country"),
    ("age_band", "area"),
]


@pytest.mark.parametrize("by", COUNTED, ids="-".join)
@pytest.mark.parametrize("people", [25, 120])
def test_counted_tables_are_safe_where_totals_are_no_sums(by, people, tmp_path, definitions):
    snapshot.freeze([invented.facts(seed=people, rows=400, people=people)], tmp_path)
    table = engines.count(definitions["people_assisted"], snapshot.open_snapshot(tmp_path), by=by)
    safe = protect(table)
    repeats = set(by) if table.repeating else {"country", "area", "age_band"}
    assert assert_nothing_found(table, safe, 5, repeats) + 1
    assert audit(safe, table).passed
    for safe_beside, beside in zip(safe.beside, table.beside, strict=True):
        assert audit(safe_beside, beside).passed


@pytest.fixture(scope="module")
def every_dataset():
    """Every set of up to 7 people over 2 months and 2 services, as the 9 numbers its table would show."""
    import numpy as np

    places = list(itertools.product((0, 1), (0, 1)))
    kinds = [set(kind) for n in range(1, 5) for kind in itertools.combinations(places, n)]
    cells = [(month, service) for month in (0, 1, ALL) for service in (0, 1, ALL)]
    shows = np.array([[any(_inside(p, cell) for p in kind) for cell in cells] for kind in kinds], dtype=np.int8)
    tables = set()
    for people in range(8):
        for choice in itertools.combinations_with_replacement(range(len(kinds)), people):
            tables.add(tuple(shows[list(choice)].sum(axis=0)) if choice else (0,) * 9)
    return cells, np.array(sorted(tables))


def _inside(place, cell):
    return all(part in (ALL, word) for word, part in zip(place, cell, strict=True))


@pytest.mark.parametrize("seed", range(8))
def test_no_set_of_people_gives_a_hidden_number_away(seed, every_dataset, tmp_path, definitions):
    """Months and services both repeat: only trying all sets of people shows what an attacker could know."""
    rnd = random.Random(seed)
    services = ["home_visit", "legal_aid"]
    facts = []
    for person in range(1, rnd.randrange(3, 7)):
        for month, service in rnd.sample(list(itertools.product((0, 1), (0, 1))), rnd.choice([1, 1, 2, 3, 4])):
            fact = next(each for each in invented.facts(seed=person) if each["recipient"] == "person")
            month = fact["month"].replace(year=2020, month=month + 1)
            facts.append(fact | {"person": person, "month": month, "service_type": services[service]})
    snapshot.freeze([facts], tmp_path)
    table = engines.count(
        definitions["people_assisted"], snapshot.open_snapshot(tmp_path), by=["month", "service_type"]
    )
    safe = protect(table, Rule(2))
    cells, tables = every_dataset
    labels = {0: {0: "2020-01", 1: "2020-02", ALL: ALL}, 1: {0: services[0], 1: services[1], ALL: ALL}}
    published = [safe.cells.get((labels[0][m], labels[1][s]), SafeCell(0)) for m, s in cells]
    for i, cell in enumerate(published):
        tables = tables[tables[:, i] >= 1] if cell.hidden else tables[tables[:, i] == cell.value]
    for i, cell in enumerate(published):
        if cell.hidden:
            assert tables[:, i].max() - tables[:, i].min() >= 2, cells[i]


def test_on_the_axis_that_repeats_no_part_is_hidden_alone():
    """A month hidden alone is small, for nothing else is hidden without one: 84 - 80 would be its lower bound."""
    cells = {("m1",): Cell(50), ("m2",): Cell(30), ("m3",): Cell(4), (ALL,): Cell(84)}
    safe = protect(Table("people", "person", ("month",), cells, repeating="month"))
    assert sum(cell.hidden for cell in safe.cells.values()) >= 2


def test_beside_tables_are_protected_too(tmp_path, definitions):
    facts = [dict(fact, size=3) if fact["recipient"] == "tally" else fact for fact in invented.facts(rows=60)]
    snapshot.freeze([facts], tmp_path)
    safe = protect(engines.count(definitions["people_assisted"], snapshot.open_snapshot(tmp_path), by=["area", "sex"]))
    groups = safe.beside[0]
    assert groups.measure == "people_in_groups" and any(cell.hidden for cell in groups.cells.values())
