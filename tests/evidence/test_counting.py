"""Counts against the slow twin, and what a count must refuse."""

import itertools
import pathlib
import shutil
import sys
from dataclasses import replace
from decimal import Decimal

import pytest

from duga.evidence import engines, snapshot
from duga.evidence.model import ALL, DIMENSIONS, Period, precision
from duga.plain.errors import Refused
from tests.evidence import invented, twin

QUESTIONS = [
    (),
    ("country",),
    ("sex", "age_band"),
    ("country", "area"),
    ("area",),
    ("month",),
    ("year", "month"),
    ("quarter", "sex"),
    ("year", "quarter", "month", "country", "area"),
    ("service_type", "month"),
    ("organisation", "target_group"),
    ("channel", "sex", "country"),
    ("country", "month", "sex", "age_band"),
]


@pytest.mark.parametrize("by", QUESTIONS, ids="-".join)
@pytest.mark.parametrize("code", ["people_assisted", "households_reached"])
def test_distinct_counts_equal_the_twin(code, by, facts, frozen, definitions):
    by = tuple(name for name in by if name in definitions[code].breakdowns)
    table = engines.count(definitions[code], frozen, by=by)
    assert {key: cell.value for key, cell in table.cells.items()} == twin.distinct(facts, code, by)


@pytest.mark.parametrize(
    "where, period",
    [
        ({"country": ["ME"]}, None),
        ({"country": ["ME", "RS"], "sex": ["female"]}, "2020"),
        ({"service_type": ["legal_aid"]}, "2019-11..2020-02"),
        ({"area": ["ME-01"]}, "2020-Q2"),
        ({"organisation": ["2"]}, "2019"),
        ({"age_band": ["80+"]}, "2020-03"),
    ],
)
@pytest.mark.parametrize("by", [(), ("country", "sex"), ("month", "age_band"), ("year", "area", "sex"), ("quarter",)])
def test_filters_and_periods_equal_the_twin(by, where, period, facts, frozen, definitions):
    table = engines.count(definitions["people_assisted"], frozen, by=by, where=where, period=period)
    span = Period.read(period) or frozen.period
    expected = twin.distinct(facts, "people_assisted", by, where, span.start, span.end)
    assert {key: cell.value for key, cell in table.cells.items() if cell.value} == expected


def test_without_totals_only_the_innermost_cells(facts, frozen, definitions):
    by = ("country", "month", "sex", "age_band")
    table = engines.count(definitions["people_assisted"], frozen, by=by, totals=False)
    expected = {key: n for key, n in twin.distinct(facts, "people_assisted", by).items() if ALL not in key}
    assert {key: cell.value for key, cell in table.cells.items()} == expected


def test_people_in_unexpected_places_are_counted_as_known(facts, frozen, definitions):
    by = ("country", "area", "age_band", "month")
    table = engines.count(definitions["people_assisted"], frozen, by=by)
    assert table.repeating == "month"
    expected = twin.repeated(facts, by, [("country", "area"), ("age_band",)])
    assert {key: cell.repeated for key, cell in table.cells.items() if cell.repeated} == expected


@pytest.mark.parametrize("by", [("unit",), ("country", "unit"), ("unit", "month", "country", "area")])
def test_sums_equal_the_twin(by, facts, frozen, definitions):
    table = engines.count(definitions["assistance_delivered"], frozen, by=by)
    expected = twin.sums(facts, by)
    assert table.cells.keys() == expected.keys()
    for key, (total, words) in expected.items():
        assert Decimal(table.cells[key].value) == total
        assert table.cells[key].qualifier == precision(words)
    assert all(key[by.index("unit")] != ALL for key in table.cells)


def test_tallies_and_institutions_stand_beside(facts, frozen, definitions):
    table = engines.count(definitions["people_assisted"], frozen, by=["country"])
    groups, institutions = table.beside
    for country in invented.COUNTRIES:
        tallies = [f["size"] for f in facts if f["recipient"] == "tally" and f["country"] == country]
        assert groups.value(country=country) == sum(tallies)
        records = [f for f in facts if f["recipient"] == "institution" and f["country"] == country]
        assert institutions.value(country=country) == len(records)
    people = {f["person"] for f in facts if f["recipient"] == "person"}
    assert table.value() == len(people), "people in groups are never added to people"


def test_a_part_never_exceeds_its_whole_and_wholes_never_exceed_their_parts(frozen, definitions):
    table = engines.count(definitions["people_assisted"], frozen, by=["country", "month", "sex"])
    for key, cell in table.cells.items():
        for i in range(3):
            if key[i] != ALL:
                whole = key[:i] + (ALL,) + key[i + 1 :]
                assert cell.value <= table.cells[whole].value
    for key, cell in table.cells.items():
        for i in range(3):
            if key[i] == ALL:
                parts = [c.value for k, c in table.cells.items() if k[:i] + (ALL,) + k[i + 1 :] == key and k[i] != ALL]
                assert cell.value <= sum(parts)


def test_order_and_batches_of_rows_never_matter(facts, frozen, definitions, tmp_path):
    turned = list(reversed(facts))
    batches = [turned[:10], [], turned[10:300], turned[300:]]
    manifest = snapshot.freeze(batches, tmp_path)
    assert manifest.fingerprint == frozen.fingerprint
    again = snapshot.open_snapshot(tmp_path)
    for code, by in itertools.product(["people_assisted", "households_reached"], [("country", "month"), ("quarter",)]):
        assert engines.count(definitions[code], again, by=by) == engines.count(definitions[code], frozen, by=by)


@pytest.mark.parametrize(
    "question, words",
    [
        ({"by": ["contry"]}, "country"),
        ({"by": ["unit"]}, "people_assisted"),
        ({"by": ["sex", "sex"]}, "twice"),
        ({"where": {"sexx": "female"}}, "sex"),
        ({"where": {"sex": "femal"}}, "female"),
        ({"where": {"month": "2020-03"}}, "filter"),
        ({"period": "2020-13"}, "not a period"),
        ({"period": "2020..2019"}, "before it begins"),
        ({"engine": "spork"}, "engine"),
    ],
)
def test_unknown_words_are_refused_with_the_near_ones(question, words, frozen, definitions):
    with pytest.raises(Refused, match=words):
        engines.count(definitions["people_assisted"], frozen, **question)


@pytest.mark.parametrize("where", [None, {"unit": ["parcel", "talk"]}, {"country": "ME"}])
def test_unlike_units_are_never_added(where, frozen, definitions):
    with pytest.raises(Refused, match="Unlike units"):
        engines.count(definitions["assistance_delivered"], frozen, by=["country"], where=where)


def test_one_unit_may_be_added(facts, frozen, definitions):
    table = engines.count(definitions["assistance_delivered"], frozen, by=["country"], where={"unit": "parcel"})
    assert table.unit == "parcel"
    assert Decimal(table.value()) == sum(Decimal(str(f["quantity"])) for f in facts if f["unit"] == "parcel")


@pytest.mark.parametrize("by", [(), ("sex", "age_band"), ("month", "service_type", "age_band"), ("area",)])
def test_slices_equal_single_counts(by, frozen, definitions):
    people = definitions["people_assisted"]
    tables = engines.count_each(people, frozen, by=by, each=("country", "year"))
    assert len(tables) == 6
    for (country, year), table in tables.items():
        assert table == engines.count(people, frozen, by=by, where={"country": country}, period=year)


LAYERED = [
    {"by": ("year", "area", "sex")},
    {"by": ("country", "area", "month", "age_band")},
    {"by": ("month",), "where": {"sex": ["female"]}, "period": "2019-06..2020-02"},
    {"by": ("sex",), "where": {"country": ["ME", "RS"]}},
    {"by": ("country", "quarter"), "where": {"area": ["ME-01", "ME-02"]}},
]


@pytest.mark.parametrize("code", ["people_assisted", "households_reached"])
def test_the_counting_layer_says_what_the_facts_say(code, facts, frozen, definitions, tmp_path):
    without = snapshot.open_snapshot(shutil.copytree(frozen.path, tmp_path / "without"))
    shutil.rmtree(without.path / "visits")
    definition = replace(definitions[code], breakdowns=DIMENSIONS)
    for question in LAYERED:
        quick = engines.count(definition, frozen, **question)
        assert quick == engines.count(definition, without, **question), question
    slices = {"by": ("sex",), "each": ("country", "year")}
    assert engines.count_each(definition, frozen, **slices) == engines.count_each(definition, without, **slices)


def test_the_counting_layer_is_used(frozen, definitions, tmp_path):
    """People and households by place, sex, age and time are counted without opening the facts."""
    without = snapshot.open_snapshot(shutil.copytree(frozen.path, tmp_path / "without"))
    shutil.rmtree(without.path / "facts")
    by = ("country", "area", "month", "sex")
    assert engines.count(definitions["households_reached"], without, by=("country", "area", "month")).value()
    people = replace(definitions["people_assisted"], beside=())
    assert engines.count(people, without, by=by) == replace(
        engines.count(definitions["people_assisted"], frozen, by=by), beside=()
    )


def test_a_period_without_facts_counts_zero(frozen, definitions):
    table = engines.count(definitions["people_assisted"], frozen, by=["country"], period="1999")
    assert table.value() == 0
    assert engines.count(definitions["assistance_delivered"], frozen, by=["unit"], period="1999").cells == {}


def test_without_pyspark_or_java_counting_on_spark_says_what_to_install(frozen, definitions, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark", None)
    monkeypatch.setenv("JAVA_HOME", "")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(Refused, match=r"pyspark and Java\. Install both: pip install 'duga\[spark\]'"):
        engines.count(definitions["people_assisted"], frozen, engine="spark")


def test_counting_keeps_to_the_memory_it_is_given(facts, frozen, definitions, monkeypatch):
    monkeypatch.setenv(engines.MEMORY, "100MB")
    with engines._connection("duckdb") as con:
        assert con.raw_sql("SELECT current_setting('memory_limit')").fetchone()[0] == "95.3 MiB"
        spill = con.raw_sql("SELECT current_setting('temp_directory')").fetchone()[0]
    assert not pathlib.Path(spill).exists()
