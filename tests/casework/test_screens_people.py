"""The field worker's screens, clicked through: find, add, record, undo; names stand in no address."""

import re
import time

import pytest

from duga.casework.models import Assistance, Person

pytestmark = pytest.mark.django_db


def add(client, slug="niksic", **more):
    data = {"given": "Ђорђе", "family": "Петровић", "birth": "3.4.1956", "sex": "male", **more}
    return client.post(f"/workspace/organisations/{slug}/find/add/", data)


def test_a_person_is_added_recorded_for_and_taken_back(sign_in):
    client = sign_in("worker")
    answer = add(client)
    person = Person.objects.get()
    assert answer.headers["Location"] == f"/workspace/people/{person.pk}/record/"
    form = client.get(answer.headers["Location"])
    once = form.context["form"]["once"].value()
    data = {"service_type": "home_visit", "quantity": "1", "date": "3.4.2020", "once": once}
    for _twice in range(2):  # a nervous finger
        done = client.post(answer.headers["Location"], data)
    entry = Assistance.objects.get()
    assert done.headers["Location"] == f"/workspace/entries/{entry.pk}/recorded/"
    assert (entry.age_band, entry.unit, entry.date.isoformat()) == ("60-79", "visit", "2020-04-03")
    assert client.get(done.headers["Location"]).context["undo_until"]
    client.post(f"/workspace/entries/{entry.pk}/undo/")
    entry.refresh_from_db()
    assert entry.state == "withdrawn"


def test_she_is_found_however_she_is_spelled_and_no_name_is_in_the_address(sign_in):
    client = sign_in("worker")
    add(client)
    for spelled in ("Đorđe Petrović", "djordje petrovic", "Petrovic Dorde", "ЂОРЂЕ"):
        results = client.post("/workspace/organisations/niksic/find/", {"q": spelled}).headers["Location"]
        assert re.fullmatch(r"/workspace/organisations/niksic/find/\?s=[\w-]{8}", results)
        page = client.get(results)
        assert [person.name for person in page.context["found"]] == ["Ђорђе Петровић"], spelled
    assert page.headers["Cache-Control"].startswith("max-age=0")


def test_results_can_be_gone_back_to_by_who_looked_and_for_a_while_only(sign_in, monkeypatch):
    client = sign_in("worker")
    add(client)
    find = "/workspace/organisations/niksic/find/"
    results = client.post(find, {"q": "Ђорђе Петровић"}).headers["Location"]
    for _again in range(2):
        assert len(client.get(results).context["found"]) == 1
    assert 'value="Ђорђе Петровић"' in client.get(results).content.decode()
    added = client.get(f"{find}add/{results.removeprefix(find)}")
    assert added.context["form"]["family"].value() == "Петровић"
    kept = str(dict(client.session))
    assert "Ђорђе" not in kept and "dorde" not in kept  # a row of the database
    stolen = client.session["searches"]
    sign_in("manager")
    session = client.session
    session["searches"] = stolen
    session.save()
    assert client.get(results).context["found"] is None
    sign_in("worker")
    session = client.session
    session["searches"] = stolen
    session.save()
    assert len(client.get(results).context["found"]) == 1
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 16 * 60)
    assert client.get(results).context["found"] is None
    assert client.get(f"{find}?s=nothing").context["found"] is None
    for number in range(12):
        client.post(find, {"q": f"Ana {number}"})
    assert len(client.session["searches"]) == 8


def test_a_likely_duplicate_is_offered_and_the_worker_decides(sign_in):
    client = sign_in("worker")
    add(client)
    page = add(client, given="Djordje", family="Petrovic")
    assert page.status_code == 200
    assert [person.name for person in page.context["alike"]] == ["Ђорђе Петровић"]
    assert Person.objects.count() == 1
    add(client, given="Djordje", family="Petrovic", same="1")
    assert Person.objects.count() == 2


def test_what_cannot_be_understood_is_said_and_nothing_is_lost(sign_in):
    client = sign_in("worker")
    page = add(client, birth="31.2.1956", area="Nowhere at all")
    assert page.status_code in (200, 422)
    assert Person.objects.count() == 0
    text = page.content.decode()
    assert "Петровић" in text and page.context["form"].errors.keys() >= {"birth", "area"}


def test_a_faster_colleague_is_named_and_not_overwritten(sign_in, cast):
    client = sign_in("worker")
    add(client)
    person = Person.objects.get()
    address = f"/workspace/people/{person.pk}/change/"
    data = {"given": "Ђорђе", "family": "Петровић", "birth": "1956", "sex": "male", "version": "1"}
    assert client.post(address, {**data, "phone": "one"}).status_code == 302
    sign_in("manager")
    assert client.post(address, {**data, "phone": "two"}).status_code == 409


def test_groups_and_institutions_are_recorded_apart(sign_in):
    client = sign_in("worker")
    data = {"service_type": "home_visit", "quantity": "1", "date": "3.4.2020", "size": "oko 320", "once": "a"}
    assert client.post("/workspace/organisations/niksic/record/group/", data).status_code == 302
    data = {"service_type": "parcel_distribution", "unit": "bed", "quantity": "40", "date": "3.4.2020", "once": "b",
            "institution": "Karantin Nikšić"}  # fmt: skip
    assert client.post("/workspace/organisations/niksic/record/institution/", data).status_code == 302
    kinds = {entry.recipient: entry for entry in Assistance.objects.all()}
    assert (kinds["tally"].size, kinds["tally"].size_qualifier) == (320, "about")
    assert kinds["institution"].institution.name == "Karantin Nikšić"


def test_not_yours_is_not_there(sign_in):
    add(sign_in("worker"))
    person = Person.objects.get()
    client = sign_in("other_worker")
    for address in (f"/workspace/people/{person.pk}/", f"/workspace/people/{person.pk}/record/"):
        assert client.get(address).status_code == 404
    assert client.get("/workspace/organisations/niksic/find/").status_code == 404


def test_a_place_is_said_by_its_name_in_either_script(sign_in, area):
    client = sign_in("worker")
    assert add(client, area="Никшић").status_code == 302
    person = Person.objects.get()
    assert person.area == area.town
    form = {"service_type": "home_visit", "quantity": "1", "date": "3.4.2020", "once": "x", "area": "Grahovo"}
    assert client.post(f"/workspace/people/{person.pk}/record/", form).status_code == 302
    assert Assistance.objects.get().area == area.village
    form = {"name": "Prijepodne", "service_type": "day_centre", "unit": "day_centre_attendance",
            "target_group": "children", "area": "niksic"}  # fmt: skip
    assert client.post("/workspace/organisations/niksic/groups/", form).status_code == 302
    form = {"title": "Maj", "date": "3.5.2024", "service_type": "parcel_distribution", "unit": "parcel",
            "quantity": "2", "who": "area", "area": "Nikšić"}  # fmt: skip
    assert client.post("/workspace/organisations/niksic/lists/", form).status_code == 302
    page = client.get(f"/workspace/people/{person.pk}/change/")
    assert page.context["form"]["area"].value() == "Nikšić"
