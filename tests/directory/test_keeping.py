"""One thing at a time on a phone: hours in a language, holidays, texts in other languages, recordings, free places."""

import datetime as dt
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from duga.directory import actions, queries
from duga.directory.forms.keeping import shown_hours
from duga.directory.forms.words import value_words
from duga.directory.models import (
    Funding,
    Program,
    Proposal,
    Recording,
    Schedule,
    SearchEntry,
    Service,
    ServiceCapacity,
)
from duga.directory.queries.hsds import nesting, shelf
from duga.directory.rules.hsds import formats
from duga.directory.rules.hsds.formats import hours_in_words
from duga.places.actions import load_shipped_places
from duga.plain.errors import Refused
from tests.directory import build

pytestmark = pytest.mark.django_db
TODAY = dt.date.today()


@pytest.fixture
def offered(cast, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    build.terms()
    return build.service(cast, build.provider(cast), capacities=[{"unit": "beds", "available": 2, "maximum": 3}])


def at(service, page):
    return f"/workspace/directory/services/{service.pk}/{page}/"


def hours(service):
    return queries.offer_of(queries.service_by_id(service.pk))["schedules"]


def test_hours_in_a_language_stand_beside_those_for_all_and_are_changed_alone(offered, sign_in):
    page, address = sign_in("coordinator"), at(offered, "times")
    told = {"do": "hours", "days": ["TU", "TH"], "opens_at": "10:00", "closes_at": "14:00", "language": "sq"}
    assert page.post(address, told).status_code == 302
    plain, albanian = hours(offered)
    assert (plain["byday"], plain["language"]) == ("MO,TU,WE,TH,FR", "")
    assert (albanian["byday"], albanian["language"], albanian["opens_at"]) == ("TU,TH", "sq", "10:00")
    shown = page.get(f"{address}?row={albanian['id']}").content.decode()
    assert "Tuesday, Thursday, 10:00 – 14:00, Albanian" in shown and 'value="14:00"' in shown
    monthly = {**told, "row": albanian["id"], "days": ["TH"], "week": "1", "valid_from": "1. 9. 2026."}
    page.post(address, monthly)
    changed = hours(offered)[1]
    assert (changed["id"], changed["byday"], changed["freq"]) == (albanian["id"], "1TH", "MONTHLY")
    assert "Thursday (the first of the month), 10:00 – 14:00, 1. 9. 2026., Albanian" in value_words(
        "schedules", hours(offered)
    )
    assert shown_hours(changed)["week"] == "1" and shown_hours({**changed, "bymonthday": "15"}) is None
    for wrong in ({"closes_at": ""}, {"opens_at": "ten"}, {"days": [], "week": "1"}):
        assert page.post(address, {**told, **wrong}).status_code == 422
    page.post(address, {"do": "no_hours", "row": albanian["id"]})
    assert [row["id"] for row in hours(offered)] == [plain["id"]]


def test_holidays_and_closed_today(offered, sign_in):
    page, address = sign_in("coordinator"), at(offered, "times")
    first, last = TODAY + dt.timedelta(days=20), TODAY + dt.timedelta(days=30)
    days = {"first_day": f"{first:%d.%m.%Y}", "last_day": f"{last:%d.%m.%Y}", "reason": "godišnji odmor"}
    page.post(address, {"do": "closure", **days})
    page.post(address, {"do": "today"})
    closures = queries.offer_of(offered)["closures"]
    assert [(row["first_day"], row["last_day"]) for row in closures] == [
        (first.isoformat(), last.isoformat()), (TODAY.isoformat(), TODAY.isoformat()),
    ]  # fmt: skip
    assert "godišnji odmor" in page.get(address).content.decode()
    assert page.post(address, {"do": "closure", **days, "last_day": "1.1.2020"}).status_code == 422
    page.post(address, {"do": "no_closure", "row": closures[0]["id"]})
    assert [row["id"] for row in queries.offer_of(offered)["closures"]] == [closures[1]["id"]]


def test_who_does_not_keep_it_proposes(cast, offered, sign_in):
    sign_in("other_worker").post(at(offered, "times"), {"do": "today"})
    assert Proposal.objects.get().changes["closures"][0]["first_day"] == TODAY.isoformat()
    assert queries.offer_of(offered)["closures"] == []
    with pytest.raises(Refused, match="Only who keeps"):
        actions.propose(by=cast.viewer("worker"), service_id=offered.pk, changes={"emergency": True})


def test_texts_of_another_language_are_written_and_spoken(offered, sign_in):
    page, address = sign_in("coordinator"), at(offered, "texts")
    assert "Albanian" in page.get(address).content.decode()
    sound = SimpleUploadedFile("opis.ogg", build.SOUND, "audio/ogg")
    told = {"name": "Ndihmë juridike falas", "description": "Këshillim.", "sound_description": sound}
    assert page.post(f"{address}?language=sq", told).status_code == 302
    kept = queries.translations_of("service", offered.pk)
    assert (kept["name"]["sq"].text, kept["description"]["sq"].text) == ("Ndihmë juridike falas", "Këshillim.")
    recording = Recording.objects.get()
    heard = page.get(f"/workspace/directory/recordings/{recording.pk}/")
    assert heard.content == build.SOUND and heard["Content-Type"] == "audio/ogg"
    assert "<audio" in page.get(f"{address}?language=sq").content.decode()
    wrong = SimpleUploadedFile("opis.ogg", b"<html>", "audio/ogg")
    answer = page.post(f"{address}?language=cnr", {"sound_description": wrong})
    assert answer.status_code == 422 and "MP3, OGG" in answer.content.decode()
    page.post(f"{address}?language=sq", {"do": "silence", "recording": str(recording.pk)})
    assert not Recording.objects.exists()


def test_needs_are_spoken_by_the_network(offered, sign_in):
    page, address = sign_in("national"), "/workspace/directory/spoken/?language=fa"
    sound = SimpleUploadedFile("hrana.ogg", build.SOUND, "audio/ogg")
    assert page.post(address, {"code": "food", "sound": sound}).status_code == 302
    assert Recording.objects.get().term.code == "food" and "<audio" in page.get(address).content.decode()


def test_free_places_in_one_tap_with_the_time_they_were_told(cast, offered, sign_in):
    page, address = sign_in("worker"), f"/workspace/organisations/{cast.niksic.slug}/services/"
    row = ServiceCapacity.objects.get()
    tap = {"do": "capacity", "capacity": str(row.pk), "available": "2"}
    for step, free in (("1", 3), ("-1", 2), ("none", 0), ("-1", 0)):
        page.post(address, {**tap, "step": step})
        row.refresh_from_db()
        assert row.available == free
    shown = page.get(address).content.decode()
    assert f"told {row.updated.day}. {row.updated.month}. {row.updated.year}." in shown
    for wrong in ("nan", "inf", "-1", "many", ""):
        page.post(address, {**tap, "available": wrong})
    row.refresh_from_db()
    assert row.available == 0
    told = page.post(f"/workspace/directory/services/{offered.pk}/", {"kinds": ["foo"]})
    assert told.status_code == 422  # a mistyped kind is told, not a crash


def test_papers_areas_costs_interpreters_and_contacts_are_told_and_kept(cast, offered, sign_in):
    load_shipped_places(by=build.HOUSE)
    page, address = sign_in("coordinator"), at(offered, "more")
    told = {
        "required_documents": "lična karta\nuput ljekara", "service_areas": "Podgorica\nsela oko jezera",
        "cost_options_option_0": "zaposleni", "cost_options_amount_0": "5,5", "cost_options_currency_0": "EUR",
        "contacts_name_0": "Ana Anić", "contacts_title_0": "koordinatorka", "interpreted": ["cnr"],
        "accessibility": ["step_free"], "funding": "Opština Nikšić\nfond",
        "referral_conditions": "pismeni uput", "interpretation_services": "po dogovoru",
    }  # fmt: skip
    assert page.post(address, told).status_code == 302
    offer = queries.offer_of(queries.service_by_id(offered.pk))
    assert [row["document"] for row in offer["required_documents"]] == ["lična karta", "uput ljekara"]
    assert [bool(row["area"]) for row in offer["service_areas"]] == [True, False]
    assert offer["cost_options"][0]["amount"] == 5.5 and offer["contacts"][0]["published"] is False
    assert [row["source_name"] for row in offer["funding"]] == ["Opština Nikšić", "fond"]
    assert {row["code"]: bool(row["interpreted"]) for row in offer["languages"]} == {"cnr": True, "sq": False}
    assert offer["locations"][0]["accessibility"] == ["step_free"] and offer["locations"][0]["city"] == "Nikšić"
    shown = page.get(address).content.decode()
    assert "Podgorica\nsela oko jezera" in shown
    page.post(address, {**told, "required_documents": "uput ljekara"})
    again = queries.offer_of(queries.service_by_id(offered.pk))
    assert [row["id"] for row in again["required_documents"]] == [offer["required_documents"][1]["id"]]
    assert again["service_areas"] == offer["service_areas"]  # what was not touched is the same rows
    assert page.post(address, {**told, "cost_options_amount_0": "skupo"}).status_code == 422
    for name, wrong in (("amount", "-5"), ("currency", "ZZZ")):
        assert page.post(address, {**told, f"cost_options_{name}_0": wrong}).status_code == 422
    assert "contacts_name_0" not in sign_in("other_worker").get(address).content.decode()


def test_a_service_at_several_places_told_one_by_one(cast, offered, sign_in):
    load_shipped_places(by=build.HOUSE)
    page, address = sign_in("coordinator"), at(offered, "where")
    new = {"do": "place", "address_1": "Druga 2", "city": "Bar", "latitude": "42,09", "longitude": "19,1"}
    assert page.post(address, new).status_code == 302
    places = queries.offer_of(queries.service_by_id(offered.pk))["locations"]
    assert {row["city"] for row in places} == {"Nikšić", "Bar"}
    bar = next(row for row in places if row["city"] == "Bar")
    assert bar["area"] and bar["latitude"] == 42.09  # found under its municipality, and by distance
    asked = build.ask(position=(42.09, 19.1), within=1)
    assert [hit.service_id for hit in queries.search(asked, build.NOW).hits] == [offered.pk]
    shown = page.get(f"{address}?row={bar['id']}").content.decode()
    assert 'value="Druga 2"' in shown and "Change this place" in shown
    page.post(address, {**new, "row": bar["id"], "address_1": "Treća 3", "latitude": "", "longitude": ""})
    again = {row["id"]: row for row in queries.offer_of(queries.service_by_id(offered.pk))["locations"]}
    assert again[bar["id"]]["address_1"] == "Treća 3" and len(again) == 2
    # another service is offered there too, and leaves it
    second = build.service(cast, offered.provider, name="Druga usluga", locations=[])
    assert "Treća 3" in page.get(at(second, "where")).content.decode()
    page.post(at(second, "where"), {"do": "also", "row": bar["id"]})
    assert [row["id"] for row in queries.offer_of(second)["locations"]] == [bar["id"]]
    page.post(at(second, "where"), {"do": "leave", "row": bar["id"]})
    assert queries.offer_of(second)["locations"] == []
    assert len(queries.offer_of(queries.service_by_id(offered.pk))["locations"]) == 2
    assert page.post(address, {"do": "place"}).status_code == 422
    assert page.post(address, {"do": "also", "row": "00000000-0000-0000-0000-000000000000"}).status_code in (302, 409)


def test_hours_of_one_of_several_places(cast, offered, sign_in):
    page, address = sign_in("coordinator"), at(offered, "times")
    assert "without hours of its own" not in page.get(address).content.decode()  # one place: nothing to choose
    page.post(at(offered, "where"), {"do": "place", "address_1": "Druga 2", "city": "Bar"})
    bar = next(row["id"] for row in queries.offer_of(offered)["locations"] if row["city"] == "Bar")
    told = {"do": "hours", "days": ["SU"], "opens_at": "10:00", "closes_at": "14:00", "at": bar}
    assert page.post(address, told).status_code == 302
    plain, apart = hours(offered)
    assert (plain["at"], apart["at"]) == (None, bar)
    shown = page.get(f"{address}?row={apart['id']}").content.decode()
    assert "Sunday, 10:00 – 14:00, only at Druga 2, Bar" in shown
    assert re.search(rf'<input[^>]*value="{bar}"[^>]*checked', shown)
    # readers see them under the place; the search finds it open then; HSDS has them at the service at that location
    assert "Druga 2, Bar" in page.get(f"/services/{offered.pk}/").content.decode().split("Opening hours")[1]
    assert any(slot.startswith("open:6") for slot in SearchEntry.objects.get(service=offered).words)
    out = nesting.full_service(Service.objects.get(pk=offered.pk), shelf.fill([offered.pk]))
    pair = next(each for each in out["service_at_locations"] if each["location"]["id"] == bar)
    assert [row["byday"] for row in pair["schedules"]] == ["SU"] and len(out["schedules"]) == 1
    assert hours_in_words(formats._schedules(out)) == "MO,TU,WE,TH,FR 09:00-15:00; SU 10:00-14:00"
    # the week of the whole service leaves them alone; they move to all places, and go with theirs
    page.post(address, {**told, "row": apart["id"], "days": ["SA"]})
    assert [row["byday"] for row in hours(offered)] == ["MO,TU,WE,TH,FR", "SA"]
    page.post(address, {**told, "row": apart["id"], "at": ""})
    assert [row["at"] for row in hours(offered)] == [None, None]
    page.post(address, {**told, "row": apart["id"]})
    assert page.post(address, {**told, "at": "00000000-0000-0000-0000-000000000000"}).status_code == 422
    page.post(at(offered, "where"), {"do": "leave", "row": bar})
    assert [row["id"] for row in hours(offered)] == [plain["id"]] and Schedule.objects.count() == 1


def test_programmes_hold_services_and_say_who_pays(cast, offered, sign_in):
    page, address = sign_in("coordinator"), f"/workspace/directory/providers/{offered.provider_id}/programmes/"
    told = {"do": "keep", "name": "Blizu ljudi", "description": "Za sela.", "services": [str(offered.pk)]}
    assert page.post(address, told).status_code == 302
    row = Program.objects.get()
    told = {"do": "funding", "sources": "Opština Nikšić\n Opština  Nikšić\nmembers' fees"}
    assert page.post(address, told).status_code == 302
    out = nesting.full_service(Service.objects.get(pk=offered.pk), shelf.fill([offered.pk]))
    assert out["program"]["name"] == "Blizu ljudi"
    assert set(Funding.objects.values_list("source_name", flat=True)) == {"Opština Nikšić", "members' fees"}
    at_row = f"{address}?programme={row.pk}"
    assert "Za sela." in page.get(at_row).content.decode()
    page.post(at_row, {"do": "keep", "name": "Blizu ljudi", "services": []})
    assert Service.objects.get(pk=offered.pk).program is None
    assert page.post(address, {"do": "keep", "name": ""}).status_code == 422
    with pytest.raises(Refused, match="own provider"):
        theirs = build.service(cast, build.state(cast), "national", name="Drugi", locations=[])
        by = cast.viewer("coordinator")
        actions.keep_programme(by=by, provider_id=offered.provider_id, told={"name": "x"}, service_ids=[theirs.pk])
    page.post(at_row, {"do": "remove"})
    assert not Program.objects.exists() and Service.objects.filter(pk=offered.pk).exists()
    assert sign_in("other_coordinator").get(address).status_code == 403
