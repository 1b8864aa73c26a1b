"""What the directory offers, as rows for a snapshot: as a reader of its entries would tell, and no place given away."""

import datetime as dt
import json
from decimal import Decimal

import pytest

from duga.directory import actions
from duga.directory.queries import bundles
from duga.directory.queries import funds as funds_queries
from duga.directory.queries.supply import _Reading, supply_tables
from duga.directory.rules.hours import read
from duga.directory.rules.supply import capacity_unit, hours_word
from duga.evidence import supply
from duga.evidence.supply.words import TABLES, WITHHELD
from duga.places.actions import load_shipped_places
from duga.places.queries import find_area, settlements
from tests.directory import build
from tests.directory.test_confidential import SECRET, TRACES, shelter

TODAY = dt.date.today()
__all__ = ["shelter"]


def week(*days, opens="09:00", closes="15:00", **more):
    return read({"freq": "WEEKLY", "byday": ",".join(days), "opens_at": opens, "closes_at": closes, **more})


@pytest.mark.parametrize(
    "hours, word",
    [
        ([], "unknown"),
        ([week("MO", "FR")], "office"),
        ([week("MO", opens="07:00", closes="17:00")], "office"),
        ([week("MO", opens="09:00", closes="17:30")], "longer"),
        ([week("MO", opens="06:30")], "longer"),
        ([week("MO"), week("SA")], "longer"),
        ([week("FR", opens="00:00", closes="00:00")], "longer"),
        ([week("MO", freq="MONTHLY")], "unknown"),
        ([week("MO", interval=2)], "unknown"),
        ([week("SA", valid_to=dt.date(2020, 1, 1))], "unknown"),
    ],
)
def test_hours_of_a_week_in_a_word(hours, word):
    assert hours_word(hours) == word


def test_units_of_capacity_are_those_we_know():
    assert [capacity_unit(name) for name in ("Beds", "Ležajevi", "места", "parcels")] == ["bed", "", "place", ""]


@pytest.mark.django_db
def test_rows_say_what_entries_and_budgets_say(cast):
    """With all places, which take long to load: services, their reach, funds."""
    load_shipped_places(by=build.HOUSE)
    rows_of_funds_are_the_lines_in_force(cast)
    build.terms()
    rows_say_what_entries_say(cast)


def rows_say_what_entries_say(cast):
    """One service of everything, beside one that tells as little as it may."""
    kotor = find_area("Kotor", "ME").area
    told = build.provider(cast)
    full = build.service(
        cast, told, terms={"needs": ["legal"], "service_types": ["legal_aid"], "target_groups": ["roma", "general"]},
        locations=[{"city": "Kotor", "area": str(kotor.pk), "latitude": 42.42, "longitude": 18.77,
                    "accessibility": ["step_free"]}],
        capacities=[{"unit": "beds", "available": 2, "maximum": 5}, {"unit": "bed", "maximum": 1.5},
                    {"unit": "elephants", "maximum": 9}],
    )  # fmt: skip
    bare = build.service(
        cast, told, name="Razgovor", locations=[], languages=[], schedules=[], terms={"needs": ["information"]}
    )
    unlisted = build.service(cast, told, name="Interno", listed=False)
    actions.verify(by=cast.viewer("coordinator"), service_id=full.pk)
    build.licence(cast, full)
    tables = supply_tables(TODAY)
    one, two = tables["services"]
    assert (one["country"], one["area"], one["provider"]) == ("ME", [kotor.region.code], two["provider"])
    assert (one["service_type"], one["target_group"]) == (["legal_aid"], ["general", "roma"])
    assert (one["language"], one["hours"], one["accessible"]) == (["cnr", "sq"], "office", ["step_free"])
    assert (one["licence"], one["verified"]) == ("none", "fresh")  # that it began is told by no service's row
    assert (two["area"], two["service_type"], two["language"]) == (["unknown"], ["unknown"], ["unknown"])
    assert (two["hours"], two["accessible"]) == ("unknown", ["unknown"])
    assert [(row["unit"], row["places"], row["free"]) for row in tables["capacities"]] == [("bed", Decimal("6.5"), 2)]
    assert [(row["step"], row["month"]) for row in tables["licences"]] == [("begun", TODAY.replace(day=1))]
    assert {row["service"] for row in tables["services"]}.isdisjoint({3}) and unlisted.pk != bare.pk
    later = supply_tables(TODAY + dt.timedelta(days=20))
    assert [row["free"] for row in later["capacities"]] == [None]  # free places of three weeks ago are unknown
    assert supply_tables(TODAY + dt.timedelta(days=800))["services"] == []  # hidden for their age: not on offer
    people = sum(row[4] or 0 for row in settlements(["ME"]))
    for kind in ("legal_aid", "any"):
        rows = [row for row in tables["reach"] if row["service_type"] == kind]
        assert sum(row["people"] or 0 for row in rows) == people > 300_000
        assert kotor.region.code in {row["area"] for row in rows if row["distance"] == "0-5"}


def rows_of_funds_are_the_lines_in_force(cast):
    """And bear no region where they are for what is about violence."""
    by = cast.viewer("national")
    for text in (build.FUNDS, build.FUNDS.replace("12.000,00", "13.000,00") + "Bar;smještaj;2024;opština;70;;9\n"):
        table = build.funds(cast, text=text)
        actions.load_funds(by=by, table_id=table.pk, mapping={**funds_queries.sheet_of(table)[1], "currency": "=EUR"})
    told = funds_queries.funds_found(by).totals[0]
    rows = supply_tables(TODAY)["funds"]
    assert sum(row["planned"] or 0 for row in rows) == told.planned == Decimal(21070)
    assert sum(row["spent"] or 0 for row in rows) == told.spent
    assert {row["area"] for row in rows if row["service_type"] == "shelter"} == {WITHHELD, "whole_country"}
    assert next(row for row in rows if row["service_type"] == "home_visit")["spent"] is None


@pytest.mark.django_db
def test_a_confidential_place_is_in_no_row_file_or_reach(cast, shelter, tmp_path):
    """The attack on all that is frozen: rows, files, and the places that reach is worked out from."""
    build.service(cast, shelter[0].provider)
    build.service(cast, shelter[0].provider, name="Savjetovalište", discreet=True, locations=[
        {"address_1": "Trg 1", "city": "Nikšić", "latitude": 42.773, "longitude": 18.944}
    ], terms={"service_types": ["psychosocial_support"]})  # fmt: skip
    tables = supply_tables(TODAY)
    frozen = supply.freeze(tables, tmp_path, as_of=TODAY)
    hidden = [row for row in tables["services"] if row["area"] == [WITHHELD]]
    assert len(hidden) == 2 and len(tables["services"]) == 3
    assert [place[1] for place in _Reading(TODAY).places()] == [["legal_aid"]]
    kept = b"".join(file.read_bytes() for file in frozen.path.rglob("*") if file.is_file())
    said = json.dumps(tables, default=str, ensure_ascii=False)
    assert [trace for trace in (*TRACES, *map(str, SECRET.values())) if trace in said or trace.encode() in kept] == []
    for name in TABLES:
        for row in tables[name]:
            secret = "shelter" in str(row.get("service_type")) or "psychosocial_support" in str(row.get("service_type"))
            assert not secret or row.get("area") in (None, [WITHHELD])


@pytest.mark.django_db
def test_every_row_fits_the_bundle_that_pages_are_made_of(cast):
    """The slow twin: read service by service, as a page reads them."""
    build.terms()
    provider = build.provider(cast)
    for number in range(4):
        terms = {"service_types": ["legal_aid", "day_centre"][: number % 3], "target_groups": ["roma"][: number % 2]}
        build.service(cast, provider, name=f"Usluga {number}", terms=terms, languages=[{"code": "sq"}] * (number % 2))
    rows = supply_tables(TODAY)["services"]
    from duga.directory.models import Service

    for row, told in zip(rows, bundles(Service.objects.order_by("pk").values_list("pk", flat=True)), strict=True):
        codes = {key: sorted(term.code for term in terms) for key, terms in told.terms.items()}
        for name, key in (("service_type", "service_types"), ("target_group", "target_groups")):
            assert sorted(row[name]) == (codes.get(key) or ["unknown"])
        assert row["language"] == (sorted({each.code for each in told.languages}) or ["unknown"])
        assert row["area"] == ["ME-12"] and row["provider_kind"] == told.service.provider.kind
