"""One thing at a time on a phone: hours in a language, holidays, texts in other languages, recordings, free places."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from duga.directory import actions, queries
from duga.directory.forms.keeping import shown_hours
from duga.directory.forms.words import value_words
from duga.directory.models import Proposal, Recording, ServiceCapacity
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
        "accessibility": ["step_free"], "referral_conditions": "pismeni uput", "interpretation_services": "po dogovoru",
    }  # fmt: skip
    assert page.post(address, told).status_code == 302
    offer = queries.offer_of(queries.service_by_id(offered.pk))
    assert [row["document"] for row in offer["required_documents"]] == ["lična karta", "uput ljekara"]
    assert [bool(row["area"]) for row in offer["service_areas"]] == [True, False]
    assert offer["cost_options"][0]["amount"] == 5.5 and offer["contacts"][0]["published"] is False
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
