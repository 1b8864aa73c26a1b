"""Attacks on a confidential shelter: by every table, door, search, text, history and backup of words there is."""

import ast
import datetime as dt
import json
from pathlib import Path

import pytest
from django.apps import apps
from django.core import serializers

from duga.directory import actions, queries
from duga.directory.models import Change, ConfidentialPlace, Location, Proposal, SearchEntry
from duga.directory.rules.confidential import gives_away
from duga.directory.rules.search import Ask
from duga.members.models import TrailEntry
from duga.plain.errors import NotFound, Refused
from tests.directory import build

pytestmark = pytest.mark.django_db
NOW = dt.datetime.now(dt.UTC)
SECRET = {
    "name": "Kuća Breza", "address": "Tajnovita 17", "city": "Nikšić", "latitude": 42.79, "longitude": 18.93,
    "phone": "+382 40 777 333", "directions": "Iza pekare, žuta kapija.",
}  # fmt: skip
#: What of it must stand nowhere, folded and not.
TRACES = ("Tajnovita", "tajnovita", "Kuća Breza", "42.79", "18.93", "777 333", "žuta kapija")


@pytest.fixture
def shelter(cast):
    """A shelter that once had a public address, with history and a proposal of it, and then became confidential."""
    build.terms()
    by = cast.viewer("coordinator")
    shelter = build.service(
        cast, build.provider(cast), name="Sigurna kuća", discreet=True, description="Sklonište za žene i djecu.",
        locations=[{"name": SECRET["name"], "address_1": SECRET["address"], "city": "Nikšić", "latitude": 42.79,
                    "longitude": 18.93}],
        terms={"needs": ["protection", "shelter"], "service_types": ["shelter"], "target_groups": ["women"]},
    )  # fmt: skip
    told = queries.offer_of(shelter)["locations"]
    actions.change_service(by=by, service_id=shelter.pk, changes={"locations": [{**told[0], "transportation": "bus"}]})
    actions.propose(
        by=cast.viewer("worker"),
        service_id=shelter.pk,
        changes={"application_process": "Dođite u Tajnovitu, Tajnovita 17"},
    )
    place = actions.keep_place(by=by, service_id=shelter.pk, kind="shelter", told=SECRET)
    return shelter, place


def test_it_stands_in_no_table_but_sealed(shelter):
    told = "".join(
        serializers.serialize("json", model._default_manager.all(), ensure_ascii=False) for model in apps.get_models()
    )
    assert [trace for trace in TRACES if trace in told] == []
    assert Location.objects.count() == 0
    assert not Change.objects.filter(field="locations").exists() and not Proposal.objects.exists()


def test_the_search_knows_no_point_and_no_distance_tells_it(shelter):
    service, _place = shelter
    entry = SearchEntry.objects.get(service=service)
    assert entry.points == [] and not [key for key in entry.words if key.startswith("cell") or "tajnovit" in key]
    near, far = (queries.search(Ask(position=position), NOW).hits for position in ((42.79, 18.93), (41.0, 21.0)))
    assert [hit.kilometres for hit in near] == [hit.kilometres for hit in far] == [None]
    assert queries.search(Ask(text="Tajnovita"), NOW).total == 0


def test_public_reads_never_hold_it(shelter):
    service, _place = shelter
    told = json.dumps(queries.offer_of(service), ensure_ascii=False) + repr(queries.bundle(service))
    assert [trace for trace in TRACES if trace in told] == []


def test_who_needs_it_opens_it_and_leaves_an_entry(cast, shelter):
    service, place = shelter
    for who in ("coordinator", "manager", "operator"):
        before = TrailEntry.objects.filter(event="directory.place_opened").count()
        assert actions.open_place(by=cast.viewer(who), place_id=place.pk)["address"] == "Tajnovita 17"
        assert TrailEntry.objects.filter(event="directory.place_opened").count() == before + 1


@pytest.mark.parametrize(
    "who", ["worker", "national", "secretariat", "observer", "reviewer", "other_coordinator", "administrator", "nobody"]
)
def test_nobody_else_learns_that_there_is_one(cast, shelter, who):
    service, place = shelter
    assert queries.places_of(cast.viewer(who), service) == []
    for act in (actions.open_place, actions.close_place):
        with pytest.raises(NotFound):
            act(by=cast.viewer(who), place_id=place.pk)
    with pytest.raises(NotFound):
        actions.keep_place(by=cast.viewer(who), service_id=service.pk, kind="shelter", told=SECRET)


@pytest.mark.parametrize(
    "changes",
    [
        {"locations": [{"city": "Nikšić"}]},
        {"locations": [{"latitude": 42.8, "longitude": 18.9}]},
        {"description": "Nalazimo se u ulici Tajnovita broj 17."},
        {"description": "ТАЈНОВИТА 17"},
        {"alert": "Zovite 040 777 333"},
        {"phones": [{"number": "+382 40 777 333", "description": "kapija"}]},
        {"service_areas": [{"country": "ME", "name": "kuca breza"}]},
    ],
)
def test_no_edit_or_proposal_brings_it_back(cast, shelter, changes):
    service, _place = shelter
    with pytest.raises(Refused):
        actions.change_service(by=cast.viewer("coordinator"), service_id=service.pk, changes=changes)
    with pytest.raises(Refused):
        actions.propose(by=cast.viewer("worker"), service_id=service.pk, changes=changes)


def test_no_import_brings_it_back(cast, shelter):
    service, _place = shelter
    location = {"id": "0190b7e2-0000-7000-8000-000000000001", "provider_id": service.provider_id, "latitude": 42.79,
                "longitude": 18.93}  # fmt: skip
    pair = {"id": "0190b7e2-0000-7000-8000-000000000002", "service_id": service.pk, "location_id": location["id"]}
    with pytest.raises(Refused, match="confidential"):
        actions.load_entries(
            by=cast.viewer("national"), network_id=cast.me.pk,
            rows={"location": [location], "service_at_location": [pair]},
        )  # fmt: skip
    assert Location.objects.count() == 0


def test_closing_a_place_destroys_what_was_sealed(cast, shelter):
    _service, place = shelter
    actions.close_place(by=cast.viewer("coordinator"), place_id=place.pk)
    assert bytes(ConfidentialPlace.objects.get().told) == b""


def test_a_text_that_tells_is_known_in_any_spelling_and_others_are_not():
    place = [{"address": "Ulica Tajnovita bb", "phone": "040 777 333"}]
    assert gives_away(place, ["u ulici TAJNOVITA"]) and gives_away(place, ["tel. +382(0)40-777-333"])
    assert not gives_away(place, ["Nikšić, ulica Druga bb", "040 777 334"])
    assert not gives_away([{"address": "Ulica bb"}], ["ulica bb"])


def test_public_code_does_not_know_the_table():
    """Only the sealed doors, and the three writers that keep it apart, name the table or its queries."""
    folder = Path(actions.__file__).parents[1]
    allowed = {
        "models/places.py", "models/__init__.py", "queries/confidential.py", "queries/__init__.py",
        "actions/confidential.py", "actions/_sealed.py", "actions/indexing.py", "actions/loading.py",
    }  # fmt: skip
    for path in folder.rglob("*.py"):
        if "migrations" in path.parts or str(path.relative_to(folder)) in allowed:
            continue
        names = {node.id for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Name)}
        names |= {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}
        assert "ConfidentialPlace" not in names, path
