"""Means, shares and rates against an attacker who has only what is published: no hidden count comes back."""

import random
from dataclasses import replace
from decimal import Decimal

import pytest

from duga.evidence import disclosure, engines, snapshot
from duga.evidence.model import ALL, Cell, ProtectedTable, SafeCell, Table, roll_up
from duga.evidence.quantities import Quantity
from duga.plain.errors import Refused
from tests.evidence.attackers import Together, lines

PERSON = "person"
BY, WITHIN = ("country", "area", "sex"), {"area": "country"}


def invented(seed: int, kind: str) -> Table:
    """A share (or mean) by country, area and sex: mostly large counts, here and there a small part, rest or whole."""
    rnd = random.Random(seed)
    above, below = {}, {}
    for country, areas in (("ME", "abc"), ("RS", "de")):
        for area in areas:
            for sex in ("female", "male"):
                whole = rnd.choice([40, 60, 75, 90, 120, 200, 300, 0, 4, 12])
                part = rnd.choice([whole // 2, whole // 3, whole // 4, whole // 5, 0, 2, max(whole - 2, 0)])
                key = (country, area, sex)
                below[key] = whole
                further = rnd.choice([0, 0, 1, 2, whole, 3 * whole]) if whole else 0
                above[key] = min(part, whole) if kind == "share" else whole + further
    return ratio(above, below, kind)


def ratio(above: dict, below: dict, kind: str) -> Table:
    """A share of two counts, from their innermost cells."""
    counts = []
    for name, inner in (("part", above), ("whole", below)):
        cells = roll_up({key: (n, frozenset()) for key, n in inner.items()}, BY, WITHIN)
        cells = {key: cell for key, cell in cells.items() if cell.value}
        counts.append(Table(name, PERSON, BY, cells, within=WITHIN))
    return worked_out(counts, kind)


def worked_out(counts: list[Table], kind: str) -> Table:
    cells = {}
    for key in counts[0].cells.keys() | counts[1].cells.keys():
        one, other = (Quantity.of(part.cells[key].value if key in part.cells else 0, PERSON) for part in counts)
        worked = one.share_of(other) if kind == "share" else one.over(other)
        value, qualifier = worked.rounded(1).said()
        cells[key] = Cell(value, qualifier, terms=(int(one.value), int(other.value)))
    return Table(
        "mine", "%", BY, cells, within=WITHIN, distinct=False, kind=kind, terms=("part", "whole"), parts=tuple(counts)
    )


class Attacker:
    """Writes down everything published as equations over two unknowns a cell, and asks for lowest and highest."""

    def __init__(self, safe: ProtectedTable, denominators: ProtectedTable):
        import highspy

        self.model, self.inf = highspy.Highs(), highspy.kHighsInf
        self.model.silent()
        self.optimal = highspy.HighsModelStatus.kOptimal
        self.rows = safe.rows()
        self.place: dict = {}
        shown = {tuple(row[n] for n in BY): row for row in self.rows}
        known = {key: cell.value for key, cell in denominators.cells.items() if not cell.hidden}
        for key, row in shown.items():
            for which in ("above", "below"):
                self.place[which, key] = len(self.place)
                low, high = 0.0, 1e7
                if row["status"] != "hidden":
                    low = high = float(row["part" if which == "above" else "whole"])
                elif which == "below" and key in known:
                    low = high = float(known[key])
                elif which == "below":
                    low = 1.0
                self.model.addVar(low, high)
        for total, parts in lines(self.rows, BY, WITHIN):
            for which in ("above", "below"):
                self._row([(self.place[which, total], 1.0), *((self.place[which, p], -1.0) for p in parts)], 0, 0)
        for key in shown:
            pair = [(self.place["below", key], 1.0), (self.place["above", key], -1.0)]
            self._row(pair, 0.0, self.inf) if safe.kind == "share" else self._row(pair, -self.inf, 0.0)

    def _row(self, entries, low, high):
        import numpy as np

        index = np.array([i for i, _ in entries], dtype=np.int32)
        self.model.addRow(low, high, len(entries), index, np.array([sign for _, sign in entries]))

    def interval(self, *entries):
        ends = []
        for sign in (1.0, -1.0):
            for place, weight in entries:
                self.model.changeColCost(self.place[place], sign * weight)
            self.model.run()
            assert self.model.getModelStatus() == self.optimal, "the truth itself is possible"
            values = self.model.getSolution().col_value
            ends.append(sum(weight * values[self.place[place]] for place, weight in entries))
            for place, _ in entries:
                self.model.changeColCost(self.place[place], 0.0)
        return ends


@pytest.mark.parametrize("kind", ["share", "mean"])
@pytest.mark.parametrize("seed", range(12))
def test_no_hidden_count_comes_back_through_a_ratio(kind, seed):
    table = invented(seed, kind)
    above, below = table.parts
    try:
        safe = disclosure.protect(table)
    except disclosure.CannotProtect:
        return
    assert disclosure.audit(safe, table).passed
    denominators = disclosure.protect(below)
    attacker = Attacker(safe, denominators)
    for key, cell in safe.cells.items():
        part, whole = above.value(**dict(zip(BY, key, strict=True))), below.value(**dict(zip(BY, key, strict=True)))
        small = [n for n in (part, whole, whole - part if kind == "share" else 0) if 0 < n < 5]
        if not cell.hidden:
            assert not small and cell.terms == (part, whole)
            continue
        if denominators.cells[key].hidden:
            low, high = attacker.interval((("below", key), 1.0))
            assert low <= whole <= high and high - low > 4.9, (key, "whole", low, high)
        if part:
            low, high = attacker.interval((("above", key), 1.0))
            assert low <= part <= high and high - low > 4.9, (key, "part", low, high)
        if kind == "share" and whole > part > 0:
            low, high = attacker.interval((("below", key), 1.0), (("above", key), -1.0))
            assert low <= whole - part <= high and high - low > 4.9, (key, "rest", low, high)


def later(table: Table, seed: int) -> Table:
    """The same table a year later: here and there a few more people, in the part or beside it."""
    rnd, inner = random.Random(seed), [{}, {}]
    for key in sorted(key for key in table.parts[1].cells if ALL not in key):
        more = rnd.choice([0, 0, 0, 1, 2, 6, 15])
        for n, further in enumerate((more if rnd.random() < 0.5 else 0, more)):
            cell = table.parts[n].cells.get(key)
            inner[n][key] = (int(cell.value) if cell else 0) + further
    return ratio(*inner, "share")


@pytest.mark.parametrize("seed", range(10))
def test_a_share_beside_older_counts_opens_neither(seed):
    """The denominators of last year, hidden by another choice, and this year's shares."""
    table = invented(seed, "share")
    now = later(table, seed) if seed % 2 else table
    below = table.parts[1]
    old = disclosure.protect(below, secret=b"another choice")
    published = [old if seed % 3 else (old, below)]
    try:
        safe = disclosure.protect(now, published=published)
    except disclosure.CannotProtect:
        return
    assert disclosure.audit(safe, now, published=published).passed
    rows = [_as_count(row, "whole") for row in safe.rows()]
    attack = Together([(0, old.rows(), BY, WITHIN), (seed % 2, rows, BY, WITHIN)], grown=True)
    must = {(0, key) for key, cell in old.cells.items() if cell.hidden}
    must |= {(seed % 2, key) for key, cell in now.parts[1].cells.items() if 0 < cell.value < 5}
    assert _least_doubt(attack, must) > 4.9
    if not seed % 2:
        both = Attacker(safe, old)
        for key, cell in safe.cells.items():
            part = now.parts[0].value(**dict(zip(BY, key, strict=True)))
            if cell.hidden and part:
                low, high = both.interval((("above", key), 1.0))
                assert low <= part <= high and high - low > 4.9, (key, low, high)


@pytest.mark.parametrize("seed", range(8))
def test_counts_beside_an_older_share_open_neither(seed):
    table = invented(seed, "share")
    now = later(table, seed)
    try:
        old = disclosure.protect(table)
    except disclosure.CannotProtect:
        return
    published = [(old, table)]
    new = disclosure.protect(now.parts[1], published=published)
    assert disclosure.audit(new, now.parts[1], published=published).passed
    rows = [_as_count(row, "whole") for row in old.rows()]
    attack = Together([(0, rows, BY, WITHIN), (1, new.rows(), BY, WITHIN)], grown=True)
    must = {(1, key) for key, cell in new.cells.items() if cell.hidden}
    must |= {(0, key) for key, cell in table.parts[1].cells.items() if 0 < cell.value < 5}
    assert _least_doubt(attack, must) > 4.9
    assert not any(0 < (cell.value or 0) < 5 for cell in new.cells.values())


def _least_doubt(attack: Together, must: set) -> float:
    """How wide the doubt is about the best known of these cells."""
    names = [(release, frozenset((n, w) for n, w in zip(BY, key, strict=True) if w != ALL)) for release, key in must]
    return min((high - low for low, high in map(attack.interval, names)), default=float("inf"))


def _as_count(row, term):
    """A row of a share as a row of one of its counts: hidden unless nought."""
    return row | {"value": row[term], "status": "hidden" if row["status"] == "hidden" else "shown"}


def test_without_the_guard_a_share_opens_last_years_counts():
    opened = 0
    for seed in range(12):
        table = invented(seed, "share")
        now = later(table, seed)
        old = disclosure.protect(table.parts[1], secret=bytes([seed]))
        try:
            safe = disclosure.protect(now)
        except disclosure.CannotProtect:
            continue
        opened += not disclosure.audit(safe, now, published=[old]).passed
    assert opened


@pytest.mark.parametrize("kind", ["share", "mean", "highest"])
def test_what_older_counts_alone_give_away_is_told_of_a_derived_table_too(kind):
    """One count hidden alone follows by subtraction: no finding against today's number, but its owner is told."""
    places = [("ME", "a"), ("ME", "b"), ("RS", "d"), ("RS", "e")]
    below = {(*place, sex): 40 + 7 * n for n, place in enumerate(places) for sex in ("female", "male")}
    if kind == "highest":
        inner = {key: (n, frozenset()) for key, n in below.items()}
        part = Table("whole", PERSON, BY, roll_up(inner, BY, WITHIN), within=WITHIN)
        table = replace(part, measure="mine", kind="highest", parts=(part,))
    else:
        table = ratio({key: n // 2 if kind == "share" else 2 * n for key, n in below.items()}, below, kind)
    before = disclosure.table_of(dict.fromkeys(below, 12), BY, WITHIN, measure="whole")
    key = ("ME", "a", "female")
    careless = disclosure.protect(before)
    careless = replace(careless, cells=careless.cells | {key: SafeCell(None)})
    for older, told in ((careless, {key}), (disclosure.protect(before), set())):
        published = [(older, before)]
        safe = disclosure.protect(table, published=published)
        found = disclosure.audit(safe, table, published=published)
        assert found.passed and {each.key for each in found.opened} == told
    assert not disclosure.audit(disclosure.protect(table), table).opened


def test_the_audit_of_derived_tables_attacks_and_does_not_compare():
    """Hiding more than protection would is no finding; hiding less is, whichever cell is shown."""
    table = invented(1, "share")
    safe = disclosure.protect(table)
    spared = next(key for key, cell in safe.cells.items() if not cell.hidden and key != (ALL,) * 3)
    more = replace(safe, cells={**safe.cells, spared: SafeCell(None)})
    findings = disclosure.audit(more, table).findings
    assert all(each.problem == "too narrow" for each in findings)
    for key, cell in safe.cells.items():
        if cell.hidden:
            true = table.cells[key]
            open_ = replace(safe, cells={**safe.cells, key: SafeCell(true.value, true.qualifier, true.terms)})
            counts = [part.cells[key].value for part in table.parts if key in part.cells]
            if any(0 < n < 5 for n in counts):
                assert not disclosure.audit(open_, table).passed


def test_an_older_derived_table_is_given_with_what_it_was_made_of():
    table = invented(2, "mean")
    safe = disclosure.protect(table)
    with pytest.raises(Refused, match="give it with the table"):
        disclosure.protect(table, published=[safe])


AGAIN = {
    "people_assisted_change": ["month"],
    "people_assisted_since_start": ["quarter"],
    "people_assisted_at_least": ["country", "area"],
    "deliveries_per_person": ["sex"],
    "share_with_psychosocial_support": ["sex"],
}


@pytest.mark.parametrize("code, by", AGAIN.items())
def test_released_again_with_a_few_more_records(code, by, facts, frozen, definitions, tmp_path):
    from tests.evidence import invented as more

    snapshot.freeze([facts + more.facts(seed=11, rows=12)], tmp_path)
    before = engines.count(definitions[code], frozen, by=by, period="2020")
    now = engines.count(definitions[code], snapshot.open_snapshot(tmp_path), by=by, period="2020")
    old = disclosure.protect(before)
    try:
        safe = disclosure.protect(now, published=[(old, before)])
    except disclosure.CannotProtect:
        return
    assert disclosure.audit(safe, now, published=[(old, before)]).passed
    for key, cell in safe.cells.items():
        then = old.cells.get(key)
        if then and not (cell.hidden or then.hidden):
            for one, other in zip(cell.terms, then.terms, strict=True):
                assert one is None or other is None or not 0 < abs(one - other) < 5


def test_what_a_part_is_kept_to_is_said_by_its_labels(frozen):
    from duga.evidence import derived_safety, indicators

    share = engines.count(indicators.find("share_with_psychosocial_support"), frozen, by=["sex"])
    named = derived_safety._named(share.parts[0])
    assert named.dimensions[0] == "service_type" and next(iter(named.cells))[0] == "psychosocial_support"
    change = engines.count(indicators.find("people_assisted_change"), frozen, by=["month"], period="2020")
    assert {key[0][:4] for key in derived_safety._named(change.parts[1]).cells if key != (ALL,)} == {"2019"}


def test_something_is_still_shown():
    shown = hidden = 0
    for seed in range(12):
        safe = disclosure.protect(invented(seed, ("mean", "share")[seed % 2]))
        shown += sum(not cell.hidden for cell in safe.cells.values())
        hidden += sum(cell.hidden for cell in safe.cells.values())
    assert shown > hidden / 2


def test_decimals_of_a_share_do_not_tell_a_hidden_count():
    """Two areas, 98 % of 200 and half of 100: four people are the rest of the first; one share and n would say so."""
    inner = {"part": {"a": 196, "b": 50}, "whole": {"a": 200, "b": 100}}
    parts = [
        Table(name, PERSON, ("area",), roll_up({(k,): (n, frozenset()) for k, n in cells.items()}, ("area",), {}))
        for name, cells in inner.items()
    ]
    cells = {
        key: Cell(Decimal(100 * cell.value) / parts[1].cells[key].value, terms=(cell.value, parts[1].cells[key].value))
        for key, cell in parts[0].cells.items()
    }
    table = Table("s", "%", ("area",), cells, kind="share", terms=("part", "whole"), parts=tuple(parts))
    safe = disclosure.protect(table)
    assert safe.cell(area="a").hidden and safe.cell(area="b").hidden and not safe.cell().hidden
    assert safe.to_dict()["cells"][0]["part"] is None
    assert ProtectedTable.from_dict(safe.to_dict()).cells == safe.cells


@pytest.mark.parametrize(
    "code, by",
    [
        ("deliveries_per_person", ["area", "age_band"]),
        ("people_in_households", ["country", "area"]),
        ("share_with_psychosocial_support", ["quarter"]),
        ("people_assisted_change", ["month"]),
        ("people_assisted_at_least", ["country", "area"]),
    ],
)
def test_what_is_counted_from_records_is_protected_too(code, by, frozen, definitions):
    table = engines.count(definitions[code], frozen, by=by, period="2020")
    safe = disclosure.protect(table)
    assert disclosure.audit(safe, table).passed
    smallest = [part.cells[key].value for part in table.parts for key in part.cells if not _hidden(safe, key)]
    assert not [n for n in smallest if n and 0 < n < 5]
    for key, cell in safe.cells.items():
        assert cell.hidden or cell.value == table.cells[key].value
        assert not cell.hidden or not cell.terms


def _hidden(safe, key):
    return key in safe.cells and safe.cells[key].hidden


def test_households_of_a_hidden_number_hide_their_people(frozen, definitions):
    table = engines.count(definitions["people_in_households"], frozen, by=["country", "area", "month"], period="2020")
    safe = disclosure.protect(table)
    few = [key for key, cell in table.parts[0].cells.items() if cell.value < 5 and table.cells[key].value >= 5]
    assert few, "a single large household is in the invented facts"
    assert all(safe.cells[key].hidden for key in few)


def test_cumulative_counts_show_no_step_of_a_few(frozen, definitions):
    table = engines.count(definitions["people_assisted_since_start"], frozen, by=["quarter"])
    safe = disclosure.protect(table)
    values = [safe.cells[key].value for key in sorted(safe.cells) if key != (ALL,)]
    known = [n for n in values if n is not None]
    steps = [b - a for a, b in zip(known, known[1:], strict=False)]
    assert all(step == 0 or step >= 5 for step in steps)


def test_a_table_that_passes_no_audit_is_found(frozen, definitions):
    table = engines.count(definitions["deliveries_per_person"], frozen, by=["area", "age_band"], period="2020")
    safe = disclosure.protect(table)
    hidden = next(key for key, cell in safe.cells.items() if cell.hidden)
    safe.cells[hidden] = type(safe.cells[hidden])(table.cells[hidden].value)
    assert not disclosure.audit(safe, table).passed


def test_tables_of_what_is_not_sensitive_are_shown(frozen, definitions):
    table = replace(engines.count(definitions["deliveries_per_person"], frozen, by=["area"]), protected=False)
    assert not any(cell.hidden for cell in disclosure.protect(table).cells.values())


def test_linked_tables_of_a_release_do_not_take_derived_ones_for_counts(frozen, definitions):
    table = engines.count(definitions["deliveries_per_person"], frozen, by=["area"])
    with pytest.raises(Refused, match="worked out from other counts"):
        disclosure.protect_together([table, table])
