"""What is worked out from counts, against slow twins; what it refuses; and what must hold whatever the records are."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duga.evidence import derived, disclosure, engines, files, indicators, snapshot
from duga.evidence.model import ALL, Cell, Period, Table, precision
from duga.evidence.population import Population
from duga.plain.errors import NotFound, Refused
from tests.evidence import derived_twin as twin
from tests.evidence import invented

FEW = settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

TEXTS = "".join(
    f"{name}:\n  en: words\n" for name in ("title", "definition", "counting_rule", "limits")
)  # what a definition must say, in no words at all
FOOT = "sensitivity: persons\nauthor: tests\nchecker: null\nreviewed: 2026-11-22\nnext_review: 2027-11-22\n"


def defined(lines: str, breakdowns: str = "[country, area, year, quarter, month, sex, organisation]", folder=None):
    text = f"code: mine\nversion: 1\n{TEXTS}{lines}\nbreakdowns: {breakdowns}\n{FOOT}"
    return indicators.parse(text, folder=folder or indicators.FOLDER)


def shown(table) -> dict:
    return {key: (cell.value, *cell.terms) for key, cell in table.cells.items()}


@pytest.mark.parametrize(
    "by", [(), ("country",), ("sex", "age_band"), ("country", "area", "year"), ("month",)], ids=str
)
def test_means_equal_the_twin_in_every_cell_and_total(by, facts, frozen, definitions):
    table = engines.count(definitions["deliveries_per_person"], frozen, by=by)
    assert shown(table) == twin.means(facts, by)
    assert table.terms == ("sum", "n") and table.unit == "contact per person"


def test_a_total_is_the_mean_of_the_people_and_not_of_the_means(frozen, definitions):
    table = engines.count(definitions["deliveries_per_person"], frozen, by=["month"])
    cells = [cell for key, cell in table.cells.items() if key != (ALL,)]
    assert table.value() == (Decimal(table.cells[(ALL,)].terms[0]) / table.cells[(ALL,)].terms[1]).quantize(
        Decimal("0.1")
    )
    assert table.value() > sum(cell.value for cell in cells) / len(cells), "months hold few deliveries a person"
    assert "neither sums nor means" in table.totals


@pytest.mark.parametrize("by, period", [((), None), (("country", "sex"), "2020"), (("quarter",), "2019-11..2020-06")])
def test_shares_equal_the_twin(by, period, facts, frozen):
    share = defined(
        "measure: share\nnumerator: {indicator: people_assisted, of: {service_type: legal_aid}}\n"
        "denominator: people_assisted"
    )
    table = engines.count(share, frozen, by=by, period=period)
    span = Period.read(period) or frozen.period
    assert shown(table) == twin.shares(facts, by, "legal_aid", span=(span.start, span.end))
    assert table.unit == "%"


@pytest.mark.parametrize(
    "by", [(), ("country",), ("country", "area"), ("month", "country"), ("service_type",)], ids=str
)
def test_households_count_with_their_real_size_once(by, facts, frozen, definitions):
    facts = [dict(fact) for fact in facts]
    table = engines.count(definitions["people_in_households"], frozen, by=by)
    expected = twin.people_in_households(facts, by)
    assert {key: cell.value for key, cell in table.cells.items()} == {key: n for key, (n, _) in expected.items()}
    summed = sum(f["size"] for f in facts if f["recipient"] == "household")
    assert table.value() < summed, "not the sum over deliveries"


def test_a_household_of_unknown_size_makes_it_at_least(facts, tmp_path, definitions):
    def forgotten(fact):
        return fact["recipient"] == "household" and fact["household"] % 3 == 0

    facts = [{**fact, "size": None if forgotten(fact) else fact["size"]} for fact in facts]
    snapshot.freeze([facts], tmp_path)
    opened = snapshot.open_snapshot(tmp_path)
    for by in [("country", "area"), ("month",)]:
        table = engines.count(definitions["people_in_households"], opened, by=by)
        expected = twin.people_in_households(facts, by)
        found = {key: (cell.value, cell.qualifier == "at_least") for key, cell in table.cells.items()}
        assert found == expected
        assert table.totals.startswith("Totals count each one once")


@pytest.mark.parametrize("time, period", [("year", None), ("quarter", "2019"), ("month", "2020-03..2020-05")])
def test_cumulative_counts_equal_the_twin(time, period, facts, frozen, definitions):
    table = engines.count(definitions["people_assisted_since_start"], frozen, by=[time], period=period)
    span = Period.read(period) or frozen.period
    expected = twin.since_start(facts, time, span.end)
    found = {key[0]: cell.value for key, cell in table.cells.items() if key != (ALL,)}
    assert found == {name: expected[name] for name in found}
    assert set(found) == {engines.ALL and name for name in expected if Period.read(name).shared(span)}
    assert table.value() == max(found.values())


def test_cumulative_years_and_quarters_agree(frozen, definitions):
    table = engines.count(definitions["people_assisted_since_start"], frozen, by=["year", "quarter", "country"])
    assert table.value(year="2019") == table.value(year="2019", quarter="2019-Q4")
    assert table.value(year="2020", country="ME") == table.value(year="2020", quarter="2020-Q4", country="ME")
    assert table.value() == table.value(year="2020")
    spring = engines.count(definitions["people_assisted"], frozen, by=["country"], period="2019-01..2020-03")
    for (country,), cell in spring.cells.items():
        assert table.value(year="2020", quarter="2020-Q1", country=country) == cell.value


def test_cumulative_sums_and_households(frozen, definitions):
    """Measures that are not distinct persons are counted anew for each end."""
    since = defined("measure: cumulative\ncounted: people_in_households\nsince: 2019-03", "[country, year, quarter]")
    table = engines.count(since, frozen, by=["year", "country"])
    again = engines.count(definitions["people_in_households"], frozen, by=["country"], period="2019-03..2019-12")
    assert {key[1]: cell.value for key, cell in table.cells.items() if key[0] == "2019"} == {
        key[0]: cell.value for key, cell in again.cells.items()
    }


@pytest.mark.parametrize("by", [("country", "area"), ("area",), ("country",), (), ("year", "country")], ids=str)
def test_overlapping_services_count_as_the_highest_never_the_sum(by, facts, frozen, definitions):
    table = engines.count(definitions["people_assisted_at_least"], frozen, by=by)
    assert shown(table) == twin.highest(facts, by)
    if by == ("country", "area"):
        assert {cell.qualifier for key, cell in table.cells.items() if ALL not in key} <= {"at_least", "exact"}
        assert table.cells["ME", ALL].qualifier == table.cells[ALL, ALL].qualifier == "about"


def test_the_highest_of_several_sources_without_linkage():
    def source(**numbers):
        cells = {("ME", area): Cell(n) for area, n in numbers.items()}
        cells |= {("ME", ALL): Cell(sum(numbers.values())), (ALL, ALL): Cell(sum(numbers.values()))}
        return Table("people", "person", ("country", "area"), cells, within={"area": "country"})

    table = derived.highest_of([source(north=30, south=10), source(north=20, south=25, east=5)])
    assert {key[1]: cell.value for key, cell in table.cells.items() if key[1] != ALL} == {
        "north": 30,
        "south": 25,
        "east": 5,
    }
    assert table.value(country="ME") == table.value() == 60
    assert table.cells["ME", "north"].terms == (50,) and table.cells["ME", "north"].qualifier == "at_least"
    with pytest.raises(Refused, match="unlike"):
        derived.highest_of([source(a=1), replace(source(a=1), unit="household")])


POPULATION = Population.of_text(
    "country,area,year,population\nME,ME-01,2019,4000\nME,ME-01,2020,5000\nME,ME-02,2019,3000\nME,ME-03,2019,2000\n"
    "RS,(all),2019,70000\nRS,RS-00,2019,50000\n"
)


def test_rates_divide_by_the_inhabitants_of_the_same_places(frozen, definitions):
    rate = definitions["people_assisted_per_10000"].with_population(POPULATION)
    people = engines.count(definitions["people_assisted"], frozen, by=["country", "area"], period="2020")
    table = engines.count(rate, frozen, by=["country", "area"], period="2020")
    assert table.cells["ME", "ME-01"].terms == (people.value(country="ME", area="ME-01"), 5000)
    assert table.value(country="ME", area="ME-01") == (
        Decimal(people.value(country="ME", area="ME-01")) * 10000 / 5000
    ).quantize(Decimal("0.1"))
    assert table.cells["ME", ALL].terms == (people.value(country="ME"), 10000)
    assert table.cells["RS", ALL].terms[1] == 70000, "a total that is given is taken"
    for key in [("RS", "RS-20"), ("XK", ALL)]:
        assert table.cells[key].value is None and table.cells[key].qualifier == "unknown", "unknown is never zero"
    assert table.unit == "person per 10,000 inhabitants"


def test_a_rate_by_what_the_population_is_not_counted_by_is_refused(frozen, definitions):
    rate = definitions["people_assisted_per_10000"]
    with pytest.raises(Refused, match="--population"):
        engines.count(rate, frozen, by=["country"])
    with pytest.raises(Refused, match="not by sex"):
        engines.count(rate.with_population(POPULATION), frozen, by=["country", "sex"])
    with pytest.raises(Refused, match="not by sex"):
        engines.count(rate.with_population({"ME": 1}), frozen, where={"sex": "female"})
    by_service = engines.count(rate.with_population({"ME": 620000, "RS": 1, "XK": 1}), frozen, by=["service_type"])
    assert {cell.terms[1] for cell in by_service.cells.values()} == {620002}


@pytest.mark.parametrize(
    "text, words",
    [
        ("country,popluation\nME,1\n", "Did you mean population"),
        ("country,area\nME,1\n", "no column population"),
        ("country,population\nME,1\nME,2\n", "twice"),
        ("country,population\nME,many\n", "whole number"),
    ],
)
def test_a_table_of_population_is_read_strictly(text, words, tmp_path):
    with pytest.raises(Refused, match=words):
        Population.of_text(text)
    with pytest.raises(NotFound):
        Population.read(tmp_path / "none.csv")


def test_changes_compare_the_same_months_a_year_before(facts, frozen, definitions):
    change = definitions["people_assisted_change"]
    table = engines.count(change, frozen, by=["month", "country"], period="2020")
    people = engines.count(definitions["people_assisted"], frozen, by=["month", "country"])
    for (month, country), cell in table.cells.items():
        if month == ALL:
            continue
        before = people.value(month=f"2019-{month[-2:]}", country=country)
        now = people.value(month=month, country=country)
        assert cell.terms == (before, now)
        if before:
            assert cell.value == (Decimal(100 * (now - before)) / before).quantize(Decimal("0.1"))
        else:
            assert (cell.value, cell.qualifier) == (None, "unknown")
    years = engines.count(definitions["people_assisted"], frozen, by=["year"])
    assert table.cells[ALL, ALL].terms == (years.value(year="2019"), years.value(year="2020"))


def test_what_was_not_recorded_yet_is_no_growth(frozen, definitions):
    table = engines.count(definitions["people_assisted_change"], frozen, by=["year"])
    assert table.cells[("2019",)].value is None and table.cells[("2019",)].terms[0] is None
    assert table.notes and (ALL,) not in table.cells, "two years are not compared with the two before"
    with pytest.raises(Refused, match="longer than"):
        engines.count(definitions["people_assisted_change"], frozen)


def test_half_a_year_is_compared_with_half_a_year(facts, tmp_path, definitions):
    half = [fact for fact in facts if (fact["month"].year, fact["month"].month) <= (2020, 6)]
    snapshot.freeze([half], tmp_path)
    opened = snapshot.open_snapshot(tmp_path)
    people = engines.count(definitions["people_assisted"], opened, period="2019-01..2019-06").value()
    for period in (None, "2020", "2020..2021"):
        table = engines.count(definitions["people_assisted_change"], opened, by=["year"], period=period)
        assert table.cells[("2020",)].terms[0] == people
        assert derived.SAME_MONTHS in table.notes


def test_quarters_and_differences(frozen, definitions):
    change = defined("measure: change\ncounted: people_assisted\ncompare: quarter before\nshow: difference")
    table = engines.count(change, frozen, by=["quarter"], period="2020")
    people = engines.count(definitions["people_assisted"], frozen, by=["quarter"])
    assert table.value(quarter="2020-Q1") == people.value(quarter="2020-Q1") - people.value(quarter="2019-Q4")
    with pytest.raises(Refused, match="broken down by year"):
        engines.count(change, frozen, by=["year"])


def test_a_change_of_a_mean(frozen, definitions):
    change = defined("measure: change\ncounted: deliveries_per_person\ncompare: year before\nshow: percent")
    table = engines.count(change, frozen, period="2020")
    means = engines.count(definitions["deliveries_per_person"], frozen, by=["year"])
    assert table.cells[()].terms == (means.value(year="2019"), means.value(year="2020"))


def test_a_difference_of_shares_is_in_percentage_points_and_keeps_its_decimals(frozen, definitions):
    change = defined(
        "measure: change\ncounted: share_with_psychosocial_support\ncompare: year before\nshow: difference",
        "[sex, year]",
    )
    table = engines.count(change, frozen, by=["sex"], period="2020")
    assert table.unit == "percentage points"
    for cell in table.cells.values():
        assert cell.value == (None if None in cell.terms else cell.terms[1] - cell.terms[0])
    safe = disclosure.protect(table)
    assert disclosure.audit(safe, table).passed


def test_nothing_is_cumulated_before_the_start(frozen):
    since = defined("measure: cumulative\ncounted: people_assisted\nsince: 2020-01", "[country, year]")
    assert engines.count(since, frozen, by=["country"], period="2019").value() == 0
    assert engines.count(since, frozen, by=["year"]).value(year="2020") > 0


def test_a_table_of_population_knows_what_it_does_not_know():
    by_age = Population.of_text("area,age_band,population\nx,0-5,10\nx,80+,20\ny,0-5,5\n")
    assert by_age.of({}) == 35 and by_age.of({"area": ["x"]}) == 30 and by_age.of({"area": ["x", "y"]}) == 35
    assert by_age.of({"area": ["x"], "age_band": ["80+"]}) == 20
    assert by_age.of({"area": ["x", "nowhere"]}) is None and by_age.of({"area": ["y"], "age_band": ["80+"]}) is None
    assert Population.read({("ME", "x"): 7, ("RS", "y"): 8}).of({"country": ["ME"], "area": ["y"]}) is None
    assert POPULATION.of({"country": ["ME"], "year": ["2018"]}) is None, "no year before it"
    assert POPULATION.of({"area": ["ME-01"], "year": ["2026"]}) == 5000, "the last one known"


def test_sums_of_one_unit_make_ratios_with_their_bounds(facts, frozen):
    ratio = defined(
        "measure: ratio\nnumerator: {indicator: assistance_delivered, of: {unit: parcel, recipient: person}}\n"
        "denominator: people_assisted\nper: 100"
    )
    assert ratio.unit == "parcel per 100 person"
    table = engines.count(ratio, frozen, by=["sex"])
    for key, met in twin.cells(facts, ("sex",), twin.to_person).items():
        parcels = [fact for fact in met if fact["unit"] == "parcel"]
        total = sum(Decimal(str(fact["quantity"])) for fact in parcels)
        assert abs(table.cells[key].value - total * 100 / twin.people(met)) < Decimal("0.1")
        assert table.cells[key].qualifier == precision({fact["qualifier"] for fact in parcels})


def test_slices_of_derived_tables_equal_single_counts(frozen, definitions):
    for code in ("deliveries_per_person", "people_in_households"):
        tables = engines.count_each(definitions[code], frozen, by=["channel"], each=("country",), period="2020")
        assert set(tables) == {("ME",), ("RS",), ("XK",)}
        question = {"by": ["channel"], "where": {"country": "RS"}, "period": "2020"}
        assert tables[("RS",)] == engines.count(definitions[code], frozen, **question)


def test_without_totals_only_the_innermost_cells(frozen, definitions):
    table = engines.count(definitions["deliveries_per_person"], frozen, by=["country", "sex"], totals=False)
    assert table.cells and all(ALL not in key for key in table.cells)


def test_files_carry_what_a_number_is_worked_out_from(frozen, definitions):
    import io
    import json

    import pyarrow.parquet as pq

    table = engines.count(definitions["deliveries_per_person"], frozen, by=["country"])
    assert files.table_bytes(table, "csv").decode().splitlines()[0] == "country,value,qualifier,sum,n"
    row = json.loads(files.table_bytes(table, "json"))["rows"][0]
    assert set(row) == {"country", "value", "qualifier", "sum", "n"}
    read = pq.read_table(io.BytesIO(files.table_bytes(table, "parquet")))
    assert read.column("n").to_pylist() == [row["n"] for row in table.rows()]


def test_a_period_outside_the_snapshot_is_never_a_silent_nought(frozen):
    with pytest.raises(Refused, match=r"1999-01\.\.1999-12 is not in this snapshot, which holds 2019-01\.\.2020-12"):
        derived.coverage(frozen, "1999")
    assert "2019-01..2019-06" in derived.coverage(frozen, "2018-07..2019-06")
    assert derived.coverage(frozen, "2019-03") is None and derived.coverage(frozen, None) is None


def test_a_code_that_a_snapshot_lacks_counts_zero_and_a_misspelt_one_is_refused(frozen, definitions):
    people = definitions["people_assisted"]
    assert engines.count(people, frozen, where={"service_type": "shelter"}).value() == 0
    assert engines.count(people, frozen, by=["sex"], where={"service_type": ["shelter", "legal_aid"]}).value() > 0
    with pytest.raises(Refused, match="Did you mean .*legal_aid"):
        engines.count(people, frozen, where={"service_type": "legal_ajd"})


@pytest.mark.parametrize(
    "lines, words",
    [
        ("measure: mean\nnumerator: people_assisted", "lacks: denominator"),
        ("measure: mean\nnumerator: people_asisted\ndenominator: people_assisted", "Did you mean people_assisted"),
        ("measure: meen\nnumerator: people_assisted\ndenominator: people_assisted", "Did you mean mean"),
        ("measure: mean\nnumerator: people_assisted\ndenominator: people_assisted\nper: 3", "known field"),
        ("measure: mean\nnumerator: people_assisted\ndenominator: mine", "rests on itself"),
        ("measure: mean\nnumerator: deliveries_per_person\ndenominator: people_assisted", "Only a change may"),
        ("measure: share\nnumerator: people_assisted\ndenominator: people_assisted", "part of its denominator"),
        ("measure: share\nnumerator: people_in_households\ndenominator: people_assisted", "breakdown of people_in"),
        ("measure: share\nnumerator: deliveries_to_people\ndenominator: people_assisted", "part of its denominator"),
        ("measure: ratio\nnumerator: people_assisted\ndenominator: people_assisted\nper: none", "whole number"),
        ("measure: change\ncounted: people_assisted\ncompare: yaer before\nshow: percent", "Did you mean year before"),
        ("measure: change\ncounted: people_assisted\ncompare: year before\nshow: percents", "Did you mean percent"),
        ("measure: highest\ncounted: people_assisted\nover: organization", "Did you mean organisation"),
        ("measure: cumulative\ncounted: people_assisted\nsince: spring", "not a period"),
        (
            "measure: mean\nnumerator: {indicator: people_assisted, of: {service_type: legal_ajd}}\n"
            "denominator: people_assisted",
            "Did you mean .*legal_aid",
        ),
        (
            "measure: mean\nnumerator: {indicator: people_assisted, ofs: {sex: female}}\ndenominator: people_assisted",
            "Did you mean of",
        ),
        ("measure: distinct persons\nof: {}\nunit: household", "unit person, not household"),
    ],
)
def test_what_is_wrong_in_a_composite_definition_is_said(lines, words):
    with pytest.raises(Refused, match=words):
        defined(lines)


def test_a_composite_cannot_be_broken_down_finer_or_be_less_sensitive_than_its_parts():
    mean = "measure: mean\nnumerator: deliveries_to_people\ndenominator: people_assisted"
    with pytest.raises(Refused, match="breakdown of deliveries_to_people"):
        defined(mean, breakdowns="[unit]")
    text = f"code: mine\nversion: 1\n{TEXTS}{mean}\nbreakdowns: [sex]\n{FOOT}".replace("persons\na", "items\na")
    with pytest.raises(Refused, match="of sensitivity persons, so its own"):
        indicators.parse(text)


def test_definitions_that_rest_on_themselves_are_refused(tmp_path):
    for code, other in (("one", "two"), ("two", "one")):
        text = (
            f"code: {code}\nversion: 1\n{TEXTS}measure: change\ncounted: {other}\ncompare: year before\nshow: percent\n"
        )
        (tmp_path / f"{code}.yaml").write_text(f"{text}breakdowns: [sex]\n{FOOT}", "utf-8")
    with pytest.raises(Refused, match="rests on itself"):
        indicators.load(tmp_path / "one.yaml")


def test_a_change_in_what_it_rests_on_changes_the_fingerprint(tmp_path):
    base = (indicators.FOLDER / "people_assisted.yaml").read_text("utf-8")
    (tmp_path / "people_assisted.yaml").write_text(base, "utf-8")
    text = (indicators.FOLDER / "deliveries_per_person.yaml").read_text("utf-8")
    (tmp_path / "deliveries_per_person.yaml").write_text(text, "utf-8")
    before = indicators.find("deliveries_per_person", tmp_path).fingerprint
    (tmp_path / "people_assisted.yaml").write_text(base.replace("version: 1", "version: 2"), "utf-8")
    assert indicators.find("deliveries_per_person", tmp_path).fingerprint != before


@FEW
@given(seed=st.integers(0, 10_000), rows=st.integers(1, 60))
def test_whatever_the_records_are(seed, rows, tmp_path_factory):
    """A part never exceeds its whole, the order of rows never matters, what is cumulative never falls."""
    definitions, opened = indicators.load_all(), []
    facts = invented.facts(seed=seed, rows=rows, people=25)
    for each in (facts, list(reversed(facts))):
        folder = tmp_path_factory.mktemp("facts")
        snapshot.freeze([each], folder)
        opened.append(snapshot.open_snapshot(folder))
    for code in ("people_in_households", "people_assisted_at_least"):
        table = engines.count(definitions[code], opened[0], by=["country", "quarter"])
        assert table == engines.count(definitions[code], opened[1], by=["country", "quarter"])
        for (country, quarter), cell in table.cells.items():
            assert cell.value <= table.value(quarter=quarter) and cell.value <= table.value(country=country)
    table = engines.count(definitions["people_assisted_since_start"], opened[0], by=["quarter"])
    steps = [cell.value for key, cell in sorted(table.cells.items()) if key != (ALL,)]
    assert steps == sorted(steps) and table.value() == max(steps, default=0)
    share = engines.count(definitions["share_with_psychosocial_support"], opened[0], by=["sex"])
    for cell in share.cells.values():
        part, whole = cell.terms
        assert part <= whole and (0 <= cell.value <= 100 if whole else cell.qualifier == "unknown")
