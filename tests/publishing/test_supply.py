"""What is on offer, through the one gate: frozen, drafted, checked by a second person, released, shown, verified."""

import json
import shutil

import pytest
from django.urls import reverse

from duga.directory import actions as directory
from duga.directory.queries.access import provider_of
from duga.directory.queries.funds import sheet_of
from duga.evidence import indicators
from duga.indicators import actions
from duga.indicators.forms import DraftForm
from duga.indicators.models import Release
from duga.indicators.queries import damaged_snapshots
from duga.indicators.queries.cells import as_cell
from duga.indicators.queries.rates import divided
from duga.indicators.queries.verifying import differences
from duga.indicators.rules import SUPPLY, SUPPLY_COUNTRY_TABLES, CountingKind, command, public_table
from duga.members.rules import Viewer
from duga.places.actions import load_population, load_shipped_places
from duga.plain.errors import Refused
from tests.directory import build

pytestmark = pytest.mark.django_db
SOURCE = {"source": "Invented office", "licence": "CC0"}
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def offered(cast, data):
    """Two services of Nikšić and a shelter whose place nobody may know."""
    build.terms()
    provider = build.provider(cast)
    terms = {"needs": ["legal"], "service_types": ["legal_aid"], "target_groups": ["roma"]}
    first = build.service(cast, provider, terms=terms, capacities=[{"unit": "places", "maximum": 12}])
    build.service(cast, provider, name="Savjet", terms=terms)
    shelter = build.service(
        cast, provider, name="Sigurna kuća", locations=[], discreet=True, terms={"service_types": ["shelter"]}
    )
    told = {"address": "Nevidljiva 3", "city": "Nikšić"}
    directory.keep_place(by=cast.viewer("coordinator"), service_id=shelter.pk, kind="shelter", told=told)
    build.licence(cast, first)
    return actions.take_snapshot(by=cast.viewer("secretariat"))


def test_supply_goes_through_the_gate_and_onto_the_pages(cast, offered, client, settings, data):
    told = {"what": "supply", "country": "ME", "year": 2020}
    form = DraftForm(told, countries=["ME"], years=[2020], language="en")
    assert form.is_valid()
    asked = actions.ask_counting(
        by=cast.viewer("secretariat"), kind=CountingKind.DRAFTS, arguments=form.arguments, start=False
    )
    done = actions.run_counting(by=Viewer(system="command"), counting_id=asked.pk)
    assert (done.state, done.message) == ("done", "")
    (batch,) = done.result["batches"]
    drafts = list(Release.objects.filter(batch=batch).order_by("pk"))
    unknown = ("people_within_10_km", "services_per_100000", "funds_planned", "funds_spent")
    named = [table.indicator for table in SUPPLY_COUNTRY_TABLES if table.indicator not in unknown]
    assert [each.indicator for each in drafts] == named  # no settlement, population or budget is known here
    client.force_login(cast.accounts["reviewer"], backend=BACKEND)
    shown = client.get(reverse("drafts", args=[batch]))
    assert shown.status_code == 200 and "Services offered" in shown.content.decode()
    client.logout()
    with pytest.raises(Refused):
        actions.check_drafts(by=cast.viewer("secretariat"), batch=batch)  # nobody checks her own
    year = offered.supply.as_of.year
    assert client.get(reverse("evidence_country", args=["me"])).status_code == 404  # a draft is not public
    actions.check_drafts(by=cast.viewer("reviewer"), batch=batch)
    released = {f"{each.indicator}:{each.breakdown}": each for each in actions.publish_drafts(
        by=cast.viewer("secretariat"), batch=batch)}  # fmt: skip
    table = released["services_offered:area"].table
    assert {cell["area"]: cell["value"] for cell in table["cells"]} == {"ME-12": 2, "withheld": 1, "(all)": 3}
    page = client.get(reverse("evidence_year", args=["me", year])).content.decode()
    assert "What is on offer: where" in page and "Not told: confidential" in page and "Nevidljiva" not in page
    one = released["places_offered:unit"]
    told = client.get(reverse("release", args=[one.pk])).content.decode()
    assert "What the directory offered on" in told and "duga count places_offered" in told
    for each in released.values():
        assert differences(cast.viewer("secretariat"), each.pk) == []
    prov = json.loads(bytes(one.files.get(kind="prov").data))
    assert f"snapshot:{offered.supply.fingerprint}" in prov["entity"]
    assert command(table).endswith(f"snapshots/{offered.fingerprint[:16]}/supply/{offered.supply.path.name}")
    assert actions.draft_supply(by=cast.viewer("secretariat"), country="ME") == []  # it says the same
    assert damaged_snapshots() == []
    (offered.supply.path / "services.parquet").write_bytes(b"changed")
    assert damaged_snapshots() != []


def test_a_rate_of_services_and_funds_go_through_the_gate(cast, offered, client):
    """A rate bears whom it divides by; funds are lines: place, service, year, payer, currency, and no sum of them."""
    load_shipped_places(by=build.HOUSE)
    load_population(by=build.HOUSE, name="p.csv", data=b"country,year,population\nME,2025,600000\n", **SOURCE)
    sent = build.funds(cast)
    mapping = {**sheet_of(sent)[1], "currency": "=EUR"}
    assert directory.load_funds(by=cast.viewer("national"), table_id=sent.pk, mapping=mapping).loaded
    taken = actions.take_snapshot(by=cast.viewer("secretariat"))
    drafts = actions.draft_supply(by=cast.viewer("secretariat"), country="ME", snapshot=taken)
    actions.check_drafts(by=cast.viewer("reviewer"), batch=drafts[0].batch)
    released = {each.indicator: each for each in actions.publish_drafts(
        by=cast.viewer("secretariat"), batch=drafts[0].batch)}  # fmt: skip
    rate = released["services_per_100000"]
    assert [(cell["value"], cell["count"], cell["inhabitants"]) for cell in rate.table["cells"]] == [(0.5, 3, 600000)]
    assert rate.table["population"][0]["source"] == SOURCE["source"]
    assert SOURCE["source"] in client.get(reverse("release", args=[rate.pk])).content.decode()
    lines = {
        code: {(cell["area"], cell["service_type"], cell["year"], cell["payer"], cell["unit"]): cell["value"]
               for cell in released[code].table["cells"]}
        for code in ("funds_planned", "funds_spent")
    }  # fmt: skip
    assert lines["funds_planned"] == {
        ("ME-12", "day_centre", "2024", "municipality", "EUR"): 12000,
        ("ME-12", "home_visit", "2024", "municipality", "EUR"): 8000,
    }
    assert sorted(lines["funds_spent"].values()) == [9500.5, 120000]
    for each in (rate, released["funds_planned"], released["funds_spent"]):
        assert differences(cast.viewer("secretariat"), each.pk) == []
        assert client.get(reverse("release", args=[each.pk])).status_code == 200
        assert json.loads(bytes(each.files.get(kind="prov").data))["entity"]
    page = client.get(reverse("evidence_year", args=["me", taken.supply.as_of.year])).content.decode()
    assert "Services per 100,000 inhabitants" in page and "Funds planned for services, 2024" in page
    assert actions.draft_supply(by=cast.viewer("secretariat"), country="ME", snapshot=taken) == []
    load_population(by=build.HOUSE, name="p.csv", data=b"country,year,population\nME,2026,500000\n", **SOURCE)
    newer = actions.draft_supply(by=cast.viewer("secretariat"), country="ME", snapshot=taken)
    assert [each.indicator for each in newer] == ["services_per_100000"]


def test_the_rate_of_all_countries_needs_the_inhabitants_of_each():
    indicator = indicators.find("services_per_100000")
    cells = [as_cell({"country": word}, count) for word, count in (("ME", 3), ("RS", 7), ("(all)", 10))]
    known = [{"country": "ME", "population": 600_000}, {"country": "AL", "population": 9}]
    told = {cell["country"]: cell["value"] for cell in divided(cells, indicator, known, "")}
    assert told == {"ME": 0.5, "RS": None, "(all)": None}
    known.append({"country": "RS", "population": 400_000})
    assert divided(cells, indicator, known, "")[-1]["value"] == 1.0


def test_people_and_supply_of_one_year_are_released_apart_and_stand_together(cast, rows, client, settings):
    """Figures of people stay in force whatever the directory says the next day, and the other way round."""
    settings.SECOND_PERSON, months = False, [public_table("people_assisted", ("month",), "ME")]
    by = cast.viewer("secretariat")
    build.terms()
    provider = build.provider(cast)
    build.service(cast, provider)
    taken = actions.take_snapshot(by=by)
    year = taken.supply.as_of.year
    actions.release_supply(by=by, country="ME", snapshot=taken)
    people = actions.release_tables(by=by, country="ME", year=2020, tables=months, snapshot=taken)
    before = taken.fingerprint
    build.service(cast, provider, name="Nova usluga")
    again = actions.take_snapshot(by=by)
    assert again.fingerprint == before and again.supply.fingerprint != taken.supply.fingerprint
    assert actions.release_tables(by=by, country="ME", year=2020, tables=months, snapshot=again) == []
    newer = actions.release_supply(by=by, country="ME", snapshot=again)
    assert {each.indicator for each in newer} <= SUPPLY and newer[0].year == year
    old = Release.objects.filter(indicator="services_offered", breakdown="area", state="superseded").get()
    assert differences(by, old.pk) == [] == differences(by, people[0].pk)
    actions.release_supply(by=by, country="", snapshot=again)
    assert "Services offered" in client.get(reverse("evidence")).content.decode()


def test_a_snapshot_without_a_directory_says_so(cast, rows):
    taken = actions.take_snapshot(by=cast.viewer("secretariat"))
    assert taken.supply is None
    with pytest.raises(Exception, match="nothing of the directory"):
        actions.draft_supply(by=cast.viewer("secretariat"), country="ME")


def test_what_was_frozen_elsewhere_comes_home_before_it_is_released(cast, offered, tmp_path_factory, settings):
    settings.SECOND_PERSON = False
    by, elsewhere = cast.viewer("secretariat"), tmp_path_factory.mktemp("elsewhere")
    build.service(cast, provider_of(cast.niksic.pk), name="Novo")
    taken = actions.take_snapshot(by=by, out=elsewhere)
    assert taken.fingerprint == offered.fingerprint and taken.supply.fingerprint != offered.supply.fingerprint
    released = actions.release_supply(by=by, country="ME", snapshot=taken)
    assert released[0].table["snapshot"]["fingerprint"] == taken.supply.fingerprint
    shutil.rmtree(elsewhere)
    assert differences(by, released[0].pk) == []


def test_an_analyst_builds_a_table_of_what_is_on_offer(cast, offered, client):
    by, command = cast.viewer("secretariat"), Viewer(system="command")
    question = {"indicator": "services_offered", "breakdown": ["area", "licence"], "country": "ME", "year": 2020}
    asked = actions.ask_table(by=by, **question, start=False)
    assert actions.run_counting(by=command, counting_id=asked.pk).state == "done"
    table = actions.keep_table(by=by, table_id=asked.arguments["table"], choice=0)
    cells = {(cell["area"], cell["licence"]): cell["value"] for cell in table.proposals[0]["cells"]}
    assert cells["ME-12", "none"] == 2 and cells["withheld", "(all)"] == 1 and ("ME-12", "in_force") not in cells
    client.force_login(cast.accounts["secretariat"], backend=BACKEND)
    page = client.get(reverse("table", args=[table.pk])).content.decode()
    assert "nothing in it is hidden" in page and "Not told: confidential" in page
    assert b"services_offered" in actions.take_table(by=by, table_id=table.pk, kind="csv", language="en")
    new = client.get(reverse("table_new"))
    assert new.status_code == 200
    for wrong in (
        {"breakdown": ["sex"]}, {"breakdown": ["area"], "country": ""}, {"where": {"channel": "phone"}},
        {"indicator": "places_offered", "breakdown": ["area"]},
        {"breakdown": ["area"], "where": {"service_type": "shelter"}}, {"country": "HR"},
    ):  # fmt: skip
        with pytest.raises(Refused):
            actions.ask_table(by=by, **(question | wrong), start=False)
