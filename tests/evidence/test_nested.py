"""Labels that lie within one another: quarters and months, ages by their bounds, regions and countries.

The attacker here writes every published number as a sum over the smallest pieces of all tables together, which is
more than the library claims to look at, and asks for the lowest and highest value of each hidden one.
"""

import itertools
import random

import pytest

from duga.evidence.disclosure import CannotProtect, Rule, audit, audit_together, protect, protect_together, table_of
from duga.evidence.disclosure.nested import Nesting, overlap
from duga.evidence.model import ALL, Cell, Table

AGES = ["0-5", "6-13", "14-17", "18-29", "30-59", "60-79", "80+"]
WIDER = {"0-5": "0-17", "6-13": "0-17", "14-17": "0-17", "18-29": "18-59", "30-59": "18-59", "60-79": "60+",
         "80+": "60+"}  # fmt: skip
OTHER = {"0-5": "0-13", "6-13": "0-13", "14-17": "14-29", "18-29": "14-29", "30-59": "30+", "60-79": "30+",
         "80+": "30+"}  # fmt: skip
MONTHS = [f"2020-{n:02}" for n in range(1, 7)]
QUARTERS = {month: f"2020-Q{(int(month[-2:]) + 2) // 3}" for month in MONTHS}
VALUES = [*[0] * 14, 1, 1, 2, 3, 9]


def people(seed):
    """How many people stand in each month, age and sex; each once."""
    luck = random.Random(seed)
    return {key: luck.choice(VALUES) for key in itertools.product(MONTHS, AGES, ("female", "male"))}


def table(cells, time, age, sex):
    """The people by month or quarter, by one of three ways to cut ages, by sex; "" leaves a dimension out."""
    maps = {"month": {}, "quarter": QUARTERS, "": None}[time], {"age": {}, "wide": WIDER, "other": OTHER, "": None}[age]
    names = [name for name in (time, age and "age_band", sex) if name]
    sums = {}
    for (month, band, one), value in cells.items():
        label = [] if maps[0] is None else [maps[0].get(month, month)]
        label += [] if maps[1] is None else [maps[1].get(band, band)]
        label += [one] if sex else []
        sums[tuple(label)] = sums.get(tuple(label), 0) + value
    return table_of(sums, names)


def stands(dimension, label, piece):
    """Whether a smallest piece (month, age, sex) stands in a label."""
    month, band, sex = piece
    if label == ALL:
        return True
    if dimension == "age_band":
        return label in (band, WIDER.get(band), OTHER.get(band))
    return label in {"month": (month,), "quarter": (QUARTERS.get(month),), "sex": (sex,)}[dimension]


class Pieces:
    """Lowest and highest of each hidden number; `published`: (release, protected table). Releases have only grown."""

    def __init__(self, published):
        import highspy

        self.model, self.inf = highspy.Highs(), highspy.kHighsInf
        self.optimal = highspy.HighsModelStatus.kOptimal
        self.model.silent()
        used = sorted({name for _, safe in published for name in safe.dimensions})
        keep = [("month" in used or "quarter" in used), "age_band" in used, "sex" in used]
        every = itertools.product(MONTHS, AGES, ("female", "male"))
        pieces = sorted({tuple(w if k else ALL for w, k in zip(each, keep, strict=True)) for each in every})
        self.place = {}
        for release in sorted({release for release, _ in published}):
            for piece in pieces:
                self.place[release, piece] = len(self.place)
                self.model.addVar(0.0, self.inf)
                if (release - 1, piece) in self.place:
                    self._row([self.place[release, piece]], [self.place[release - 1, piece]], 0.0, self.inf)
        self.hidden = []
        for release, safe in published:
            for key, cell in safe.cells.items():
                labels = list(zip(safe.dimensions, key, strict=True))
                here = [piece for piece in pieces if all(stands(*each, piece) for each in labels)]
                inside = [self.place[release, piece] for piece in here]
                if cell.hidden:
                    self.hidden.append((release, key, inside))
                    self._row(inside, [], 1.0, self.inf)
                else:
                    self._row(inside, [], cell.value, cell.value)

    def _row(self, plus, minus, low, high):
        import numpy as np

        index = np.array([*plus, *minus], dtype=np.int32)
        self.model.addRow(low, high, len(index), index, np.array([1.0] * len(plus) + [-1.0] * len(minus)))

    def narrowest(self):
        import highspy

        found = [(float("inf"), None, None)]
        for release, key, inside in self.hidden:
            ends = []
            for sign in (1.0, -1.0):
                for i in inside:
                    self.model.changeColCost(i, sign)
                self.model.run()
                status = self.model.getModelStatus()
                if status in (highspy.HighsModelStatus.kUnbounded, highspy.HighsModelStatus.kUnboundedOrInfeasible):
                    ends.append(self.inf)
                else:
                    assert status == self.optimal, status
                    values = self.model.getSolution().col_value
                    ends.append(sum(values[i] for i in inside))
                for i in inside:
                    self.model.changeColCost(i, 0.0)
            found.append((ends[1] - ends[0], release, key))
        return min(found, key=lambda each: each[0])


SHAPES = [
    *(("month", "", ""), ("quarter", "", ""), ("quarter", "", "sex"), ("month", "wide", ""), ("quarter", "age", "")),
    *(("", "age", "sex"), ("", "wide", "sex"), ("", "other", "sex"), ("", "wide", ""), ("", "other", "")),
]
PAIRS = [(one, other) for one, other in itertools.permutations(SHAPES, 2) if one[0] and other[0] or one[1] and other[1]]


@pytest.mark.parametrize("grown", [False, True])
@pytest.mark.parametrize("n", range(24))
def test_tables_with_other_labels_open_nothing_of_the_same_people_or_later(n, grown):
    luck = random.Random(n)
    before = people(n)
    now = {key: value + luck.choice([0, 0, 0, 0, 1, 2, 6]) for key, value in before.items()} if grown else before
    shapes = luck.choice(PAIRS)
    one, other = table(before, *shapes[0]), table(now, *shapes[1])
    old = protect(one, Rule(5))
    published = [old if n % 2 else (old, one)]
    try:
        new = protect(other, Rule(5), published=published)
    except CannotProtect:
        return
    assert audit(new, other, published=published).passed
    assert Pieces([(0, old), (int(grown), new)]).narrowest()[0] >= 5 - 1e-6


@pytest.mark.parametrize("n", range(12))
def test_linked_tables_with_other_labels_are_hidden_as_one(n):
    tables = [table(people(n), *shape) for shape in random.Random(n).choice(PAIRS)]
    safe = protect_together(tables, Rule(5))
    assert audit_together(safe, tables).passed
    assert Pieces([(0, each) for each in safe]).narrowest()[0] >= 5 - 1e-6
    assert not any(0 < (cell.value or 0) < 5 for each in safe for cell in each.cells.values())


def test_without_the_joint_a_quarter_opens_a_month():
    cells = {(month, "0-5", "female"): value for month, value in zip(MONTHS, (3, 30, 40, 50, 9, 20), strict=True)}
    months, quarters = table(cells, "month", "", ""), table(cells, "quarter", "", "")
    apart = [protect(months), protect(quarters)]
    assert not any(cell.hidden for cell in apart[1].cells.values())
    both = protect(quarters, published=[apart[0]])
    hidden = {key for key, cell in both.cells.items() if cell.hidden}
    assert Pieces([(0, apart[0]), (0, both)]).narrowest()[0] >= 5 - 1e-6
    assert not audit(apart[1], quarters, published=[apart[0]]).passed or not hidden


def test_people_met_again_in_another_month_are_no_sum():
    """Of a quarter in which people are met again the attacker is taken to know how often."""
    months = {("2020-01",): Cell(3), ("2020-02",): Cell(30), ("2020-03",): Cell(20), (ALL,): Cell(41)}
    months = Table("people", "person", ("month",), months, repeating="month")
    quarter = Table("people", "person", ("quarter",), {("2020-Q1",): Cell(41), (ALL,): Cell(41)}, repeating="quarter")
    old = protect(months)
    new = protect(quarter, published=[(old, months)])
    assert new.cells["2020-Q1",].hidden == old.cells[ALL,].hidden
    again = protect(months, published=[new])
    assert audit(again, months, published=[new]).passed


def test_a_wider_band_that_grew_by_one_hides_a_part():
    before = dict.fromkeys(people(0), 10)
    now = before | {("2020-01", "0-5", "female"): 11}
    old = protect(table(before, "", "wide", ""))
    new = protect(table(now, "", "age", ""), published=[old])
    children = [new.cells[band,].hidden for band in ("0-5", "6-13", "14-17")]
    assert any(children), "their sum less last year's 0-17 would tell of one child"


def test_what_nests_and_what_does_not():
    countries = table_of({("ME",): 5, ("RS",): 7}, ["country"])
    areas = table_of({("ME", "Bar"): 5, ("RS", "Bor"): 7}, ["country", "area"], {"area": "country"})
    nesting = Nesting([countries, areas])
    name = nesting.name("n", {"area": "Bar"})
    assert name == nesting.name("n", {"country": "ME", "area": "Bar"}), "its country is known from the tables"
    assert nesting.name("n", {"year": "2020", "month": "2020-03"}) == nesting.name("n", {"month": "2020-03"})
    node = {axis: where for axis, where in name if axis != "measure"}["country"]
    assert overlap(node, dict(nesting.name("n", {"country": "ME"}))["country"])
    assert not overlap(node, dict(nesting.name("n", {"country": "RS"}))["country"])
    bands = [dict(nesting.name("n", {"age_band": band}))["age_band"] for band in ("0-17", "14-17", "80+", "unknown")]
    assert overlap(*bands[:2]) and not overlap(bands[0], bands[2]) and not overlap(bands[0], bands[3])
    assert dict(nesting.name("n", {"area": "ME-16"}))["country"] == ("path", "ME", "ME-16")


@pytest.mark.parametrize("n", range(8))
def test_regions_beside_countries(n):
    luck = random.Random(n)
    inner = {(f"{c}-{i:02}",): luck.choice(VALUES) for c in ("ME", "RS") for i in range(4)}
    countries = {}
    for (area,), value in inner.items():
        countries[area[:2],] = countries.get((area[:2],), 0) + value
    areas, whole = table_of(inner, ["area"]), table_of(countries, ["country"])
    old = protect(areas)
    new = protect(whole, published=[old])
    assert audit(new, whole, published=[old]).passed
    lost = {area[0][:2] for area, cell in old.cells.items() if cell.hidden and area != (ALL,)}
    for country in lost:
        hidden = [value for (area,), value in inner.items() if area[:2] == country and old.cells[area,].hidden]
        assert new.cells[country,].hidden or len(hidden) > 1, "a region alone follows from its country"
