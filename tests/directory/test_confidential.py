"""Attacks on a confidential shelter: by every table, door, search, text, history and backup of words there is."""

import ast
import datetime as dt
import io
import json
import zipfile
from pathlib import Path

import pytest
from django.apps import apps
from django.core import serializers

from duga.directory import actions, queries
from duga.directory.models import Change, ConfidentialPlace, Location, Proposal, SearchEntry
from duga.directory.queries.supply import supply_tables
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


def test_no_kept_download_outlives_it(cast, client, settings, tmp_path, django_capture_on_commit_callbacks):
    settings.MEDIA_ROOT = tmp_path
    build.terms()
    shelter = build.service(cast, build.provider(cast), locations=[{"address_1": SECRET["address"], "city": "Nikšić"}])
    b"".join(client.get("/services/data/services.ndjson").streaming_content)
    assert any(SECRET["address"] in file.read_text() for file in (tmp_path / "downloads").iterdir())
    with django_capture_on_commit_callbacks(execute=True):
        actions.keep_place(by=cast.viewer("coordinator"), service_id=shelter.pk, kind="shelter", told=SECRET)
    assert list((tmp_path / "downloads").iterdir()) == []


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


#: Every public address, with what somebody who looks for the shelter would ask.
DOORS = (
    "/services/?need=shelter&country=ME", "/services/?need=protection&country=ME&open=1", "/services/list/?country=ME",
    "/services/list/?need=shelter&country=ME", "/services/{id}/", "/services/{id}/card.vcf", "/services/{id}/save/",
    "/services/{id}/report/", "/services/data/", "/services/data/services.zip", "/services/data/services.csv",
    "/services/data/services.geojson", "/services/data/services.ndjson", "/api/hsds/services?full=true",
    "/api/hsds/services/{id}", "/api/hsds/organizations/{provider}", "/api/hsds/organizations?full=true",
    "/api/hsds/service_at_locations?full=true", "/api/hsds/services?format=ndjson&full=true",
    "/api/hsds/services?proximity=42.79,18.93&full=true", "/api/hsds/services?postal_code=81400",
    "/services/confirm/{token}/", "/services/confirm/{token}/{id}/", "/services/map/?need=shelter&country=ME",
    "/services/map/?need=protection&country=ME&q=Tajnovita",
)  # fmt: skip
#: And what people of the network look at.
INSIDE = (
    "/workspace/directory/services/{id}/", "/workspace/directory/services/{id}/change/", "/workspace/directory/inbox/",
    "/workspace/directory/duplicates/", "/workspace/directory/duplicates/{pair}/",
    "/workspace/directory/campaigns/{campaign}/", "/workspace/directory/providers/{provider}/",
)  # fmt: skip


def bytes_of(answer) -> str:
    """All an answer says: packed files unpacked."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            body = b"\n".join(archive.read(name) for name in archive.namelist())
    return body.decode("utf-8", "replace")


def test_no_public_door_leads_there(cast, client, sign_in, shelter):
    """Downloads, cards, API, printed lists, confirmation pages; and what the network sees of it."""
    service, _place = shelter
    by, national = cast.viewer("coordinator"), cast.viewer("national")
    near = build.service(cast, service.provider, name="Skloniste, sigurna kuca", discreet=True, locations=[])
    told = {"entity": "service", "first_id": service.pk, "second_id": near.pk, "likeness": 1.0}
    ids = {
        "id": service.pk, "provider": service.provider_id,
        "token": actions.make_confirm_link(by=by, provider_id=service.provider_id)[1],
        "pair": actions.note_duplicate(by=by, **told).pk,
        "campaign": actions.open_campaign(
            by=national, network_id=cast.me.pk, name="Jesen", countries=["ME"], due_on=NOW.date()
        ).pk,
    }  # fmt: skip
    for address in DOORS:
        answer = client.get(address.format(**ids))
        assert answer.status_code in (200, 302, 400, 404), address
        said = bytes_of(answer)
        assert [trace for trace in TRACES if trace in said and trace not in address] == [], address
    for position in ("42.79,18.93", "42.0,19.0"):
        said = bytes_of(client.post("/services/", {"need": "shelter", "country": "ME", "position": position}))
        assert [trace for trace in TRACES if trace in said and trace not in position] == []
    opened = 0
    for who in ("national", "secretariat", "worker"):
        staff = sign_in(who)
        for address in INSIDE:
            answer = staff.get(address.format(**ids))
            said, opened = bytes_of(answer), opened + (answer.status_code == 200)
            assert [trace for trace in TRACES if trace in said] == [], (who, address)
    assert opened >= len(INSIDE)


def test_no_figure_on_offer_holds_its_place(shelter):
    """What is frozen of the directory for the supply side: no position and no word of it."""
    told = json.dumps(supply_tables(NOW.date()), default=str, ensure_ascii=False)
    assert [trace for trace in TRACES if trace in told] == []


def test_duplicates_are_not_found_by_what_is_sealed(cast, shelter):
    """Somebody who guesses adds an entry at the address and asks whether it is the same."""
    office = build.state(cast, name="Ured")
    guess = {"name": "Probni unos", "phones": [{"number": SECRET["phone"]}]}
    place = {"address_1": SECRET["address"], "city": "Nikšić", "latitude": 42.79, "longitude": 18.93}
    build.service(cast, office, "national", **guess, locations=[place])
    assert actions.find_duplicates(by=cast.viewer("national"), network_id=cast.me.pk) == 0


def test_what_tells_it_beside_the_service_is_refused_too(cast, shelter):
    """Translations, guides, other services and the organisation's own entry, while a place is open."""
    service, _place = shelter
    by, provider = cast.viewer("coordinator"), service.provider
    text = "Dođite u Tajnovitu, Tajnovita 17"
    other = build.service(cast, provider, name="Drugo", locations=[])
    for tell in (
        lambda: actions.change_provider(by=by, provider_id=provider.pk, changes={"description": text}),
        lambda: actions.translate(by=by, entity="service", record_id=service.pk, language="sq", texts={"alert": text}),
        lambda: actions.translate(
            by=by, entity="organization", record_id=provider.pk, language="sq", texts={"name": text}
        ),
        lambda: actions.add_service(by=by, provider_id=provider.pk, offer={"name": "Treće", "description": text}),
        lambda: actions.change_service(by=by, service_id=other.pk, changes={"locations": [{"address_1": text}]}),
        lambda: build.guide(cast, provider, other, steps=[text]),
        lambda: actions.propose(by=cast.viewer("worker"), provider_id=provider.pk, changes={"name": text}),
        lambda: actions.close_days(by=by, service_id=service.pk, first=NOW.date(), reason=text),
    ):
        with pytest.raises(Refused):
            tell()


@pytest.mark.parametrize("where", ["translation", "guide", "provider", "service"])
def test_a_place_is_not_sealed_while_something_beside_it_tells(cast, where):
    build.terms()
    by, provider = cast.viewer("coordinator"), build.provider(cast)
    service = build.service(cast, provider, name="Sigurna kuća", locations=[])
    text = "Idite u Tajnovitu, Tajnovita 17."
    if where == "translation":
        actions.translate(by=by, entity="service", record_id=service.pk, language="sq", texts={"alert": text})
    elif where == "guide":
        build.guide(cast, provider, service, steps=["Pozovite.", text])
    elif where == "provider":
        actions.change_provider(by=by, provider_id=provider.pk, changes={"description": text})
    else:
        build.service(cast, provider, name="Drugo", description=text, locations=[])
    with pytest.raises(Refused, match="Take it out there first|Leave that out"):
        actions.keep_place(by=by, service_id=service.pk, kind="shelter", told=SECRET)


def test_a_place_is_told_anew_through_its_own_service_only(cast, shelter):
    service, place = shelter
    by = cast.viewer("coordinator")
    other = build.service(cast, service.provider, name="Drugo", locations=[])
    with pytest.raises(NotFound):
        actions.close_place(by=cast.viewer("operator"), place_id=place.pk)  # who opens it does not destroy it
    with pytest.raises(NotFound):
        actions.keep_place(by=by, service_id=other.pk, kind="shelter", told=SECRET, place_id=place.pk)
    actions.close_place(by=by, place_id=place.pk)
    with pytest.raises(Refused, match="destroyed"):
        actions.open_place(by=by, place_id=place.pk)


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
