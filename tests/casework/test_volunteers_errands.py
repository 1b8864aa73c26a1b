"""A volunteer's day on her phone: her own errands of today and overdue, nobody else's, and no other page."""

import datetime as dt
import json
import uuid

import pytest
from django.urls import get_resolver

from duga.casework import actions
from duga.casework.models import Assistance, DeviceRecord, VolunteerHours
from duga.members.models import TrailEntry
from duga.members.rules import VISITOR
from duga.plain.errors import NotFound, Refused
from duga.vault.letters import write_letter
from tests.casework.volunteering import DEVICE, OPEN, PIN, errand, her_viewer, phone_of, recruit
from tests.test_pages import names


@pytest.fixture
def jelena(cast):
    return recruit(cast)


@pytest.fixture
def her(cast, jelena, client):
    """Her phone in the test client, and who acts on it."""
    return her_viewer(phone_of(cast, jelena, client))


def test_what_she_sees_today(cast, jelena, her, add, client):
    ana = add("Ana", "Kovač", phone="069 222 333")
    today, overdue = errand(cast, jelena, person_id=ana.pk), errand(cast, jelena, days=-1, caller={"name": "Petar"})
    errand(cast, jelena, days=1, caller={"name": "Tomorrow"})
    errand(cast, recruit(cast, "Other"), caller={"name": "Another"})
    opened = actions.open_errands(by=her)
    assert [(row.assignment, row.name) for row in opened] == [(overdue, "Petar"), (today, "Ana Kovač")]
    assert (opened[1].phone, opened[1].details) == ("069 222 333", "Bread and milk")
    entry = TrailEntry.objects.order_by("number").last()
    assert (entry.event, entry.actor) == ("people.listed", f"volunteer {jelena.code}")
    assert entry.detail["shown"] == [str(ana.pk)]
    page = client.get("/v/").content.decode()
    assert "Ana Kovač" in page and "tel:069222333" in page and "Bread and milk" in page
    assert "Tomorrow" not in page and "Another" not in page
    assert len(page.encode()) < 30 * 1024 and "<script" not in page.split("</head>")[1].replace('<script id="day"', "")


def test_from_offered_to_done_each_tap_counts_once(cast, jelena, her, add, client):
    row = errand(cast, jelena, person_id=add("Ana", "Kovač").pk)
    address = f"/v/errands/{row.pk}/"
    for answer in ("accepted", "accepted", "on_the_way", "on_the_way"):
        assert client.post(address, {"answer": answer}).status_code == 302
    for _ in range(2):
        client.post(address, {"answer": "done", "hours": "1,5"})
    row.refresh_from_db()
    entry = Assistance.objects.get()
    assert (row.state, row.assistance, entry.worker, entry.service_type) == ("done", entry, jelena.code, "errands")
    given = VolunteerHours.objects.get()
    assert (given.hours, given.assignment_id, given.by_id) == (1.5, row.pk, None)
    assert actions.open_errands(by=her) == []
    assert entry.recorded_by_id is None


def test_could_not_needs_a_reason(cast, jelena, her):
    first, second = errand(cast, jelena), errand(cast, jelena)
    with pytest.raises(Refused):
        actions.tick_errand(by=her, assignment_id=first.pk, answer="could_not")
    actions.tick_errand(by=her, assignment_id=first.pk, answer="could_not", reason="ill")
    actions.tick_errand(by=her, assignment_id=second.pk, answer="on_the_way")
    actions.tick_errand(by=her, assignment_id=second.pk, answer="could_not", reason="nobody_home")
    for row, state in ((first, "declined"), (second, "not_done")):
        row.refresh_from_db()
        assert row.state == state
    with pytest.raises(Refused):
        actions.tick_errand(by=her, assignment_id=first.pk, answer="fly")


def test_nobody_elses_and_none_of_tomorrow(cast, jelena, her, client):
    other = recruit(cast, "Other")
    for row in (errand(cast, other), errand(cast, jelena, days=1)):
        for answer in ("accepted", "on_the_way", "done", "could_not"):
            with pytest.raises(NotFound):
                actions.tick_errand(by=her, assignment_id=row.pk, answer=answer, reason="ill")
        page = client.post(f"/v/errands/{row.pk}/", {"answer": "done"}, follow=True).content.decode()
        assert "no longer yours" in page
        row.refresh_from_db()
        assert row.state == "offered"
    assert not Assistance.objects.exists()


def test_a_sealed_person_is_not_on_her_phone(cast, jelena, her, add, shelter):
    person = add("Mila", "Skrivena", by="operator")
    row = errand(cast, jelena, person_id=person.pk)
    assert len(actions.open_errands(by=her)) == 1
    actions.seal_person(by=cast.viewer("operator"), person_id=person.pk, programme_id=shelter.pk)
    assert actions.open_errands(by=her) == []
    with pytest.raises(NotFound):
        actions.tick_errand(by=her, assignment_id=row.pk, answer="done")


def test_a_paused_volunteer_has_no_errands(cast, jelena, her, client):
    row = errand(cast, jelena)
    actions.set_volunteer_state(by=cast.viewer("manager"), volunteer_id=jelena.pk, state="paused")
    for call in (
        lambda: actions.open_errands(by=her),
        lambda: actions.tick_errand(by=her, assignment_id=row.pk, answer="accepted"),
    ):
        with pytest.raises(NotFound):
            call()
    assert client.get("/v/").status_code == 200


def test_her_phone_opens_no_other_page(cast, her, client):
    """Every page of the workspace sends her to sign in, as it does a visitor."""
    for address in (
        "/workspace/", f"/workspace/organisations/{cast.niksic.slug}/find/",
        f"/workspace/organisations/{cast.niksic.slug}/volunteers/", f"/workspace/volunteers/{her.volunteer_id}/",
        f"/workspace/organisations/{cast.niksic.slug}/stock/",
    ):  # fmt: skip
        answer = client.get(address)
        assert answer.status_code == 302 and answer.headers["Location"].startswith("/accounts/login/"), address
    assert {name for name in names(get_resolver()) if name.startswith("casework:phone")} == {
        "casework:phone", "casework:phone_in", "casework:phone_card", "casework:phone_tick", "casework:phone_hours",
        "casework:phone_lock", "casework:phone_day", "casework:phone_worker", "casework:phone_manifest",
        "casework:phone_contact",
    }  # fmt: skip


def test_a_stolen_cookie_after_it_was_ended(cast, jelena, her, client):
    row = errand(cast, jelena)
    phone = jelena.accesses.get()
    actions.end_device(by=cast.viewer("manager"), access_id=phone.pk)
    for answer in (
        client.get("/v/"),
        client.post(f"/v/errands/{row.pk}/", {"answer": "done"}),
        client.post("/v/lock/"),
    ):
        assert answer.status_code == 302 and answer.headers["Location"] == "/v/card/"
    row.refresh_from_db()
    assert row.state == "offered"


def test_a_tap_that_met_a_locked_phone_is_done_after_the_pin(cast, jelena, her, client):
    row = errand(cast, jelena)
    client.post("/v/lock/")
    address = f"/v/errands/{row.pk}/"
    page = client.post(address, {"answer": "accepted"}).content.decode()
    assert 'name="answer" value="accepted"' in page and "Your PIN" in page
    wrong = client.post(address, {"answer": "accepted", "pin": "111222"})
    assert wrong.status_code == 422 and "PIN is wrong" in wrong.content.decode()
    assert client.post(address, {"answer": "accepted", "pin": PIN}).headers["Location"] == "/v/"
    row.refresh_from_db()
    assert row.state == "accepted"
    assert client.get("/v/").status_code == 200


def test_in_by_the_camera_and_cookies_that_go_nowhere_else(cast, jelena, client):
    _row, code = actions.make_card(by=cast.viewer("manager"), volunteer_id=jelena.pk)
    assert code in client.get(f"/v/card/{code}/").content.decode()
    assert "not-a-code" not in client.get("/v/card/not-a-code/").content.decode()
    answer = client.post("/v/card/", {"code": code, "pin": PIN, "again": PIN})
    assert answer.headers["Location"] == "/v/"
    for name in (DEVICE, OPEN):
        cookie = answer.cookies[name]
        assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["path"] == "/v/"
    assert answer.cookies[DEVICE]["max-age"] and not answer.cookies[OPEN]["max-age"]
    page = client.get("/v/")
    assert page.status_code == 200 and "no-store" in page.headers["Cache-Control"]


def test_guessing_codes_from_one_address_is_slowed(client, db, key_store):
    told = {"code": "0000-0000-0000", "pin": PIN, "again": PIN}
    answers = [client.post("/v/card/", told, REMOTE_ADDR="10.9.8.7") for _ in range(22)]
    assert all(answer.status_code == 422 for answer in answers)
    assert "opens nothing" in answers[19].content.decode()
    assert "opens nothing" not in answers[-1].content.decode() and "five minutes" in answers[-1].content.decode()


def test_hours_by_herself(jelena, her, client):
    told = {"once": "n", "activity": "errands", "date": f"{dt.date.today():%d.%m.%Y}", "hours": "2"}
    for _ in range(2):
        assert client.post("/v/hours/", told).status_code == 302
    assert client.post("/v/hours/", told | {"once": "o", "hours": "30"}).status_code == 422
    assert [row.hours for row in jelena.hours.all()] == [2]


def test_taps_without_a_connection_come_as_letters_each_once(cast, jelena, her, client):
    """What her page sealed of the day is what she saw; her phone hands in what she tapped, open or locked."""
    row, device = errand(cast, jelena, caller={"name": "Petar"}), client.cookies[DEVICE].value
    page = client.get("/v/").content.decode()
    day = json.loads(page.split('<script id="day" type="application/json">')[1].split("</script>")[0])
    assert [each["name"] for each in day["errands"]] == ["Petar"]

    def letter(answer, secret=day["secret"], **more):
        record = {"nonce": str(uuid.uuid4()), "made_at": "2026-03-04T10:00:00Z", "about": str(row.pk), "answer": answer}
        sealed = write_letter({"secret": secret, "record": record | more}, day["server"])
        return {"nonce": record["nonce"], "letter": sealed}

    def hand_in(*letters):
        answer = client.post("/v/contact/", json.dumps({"letters": letters}), content_type="application/json").json()
        return answer["order"], [each["sent"] for each in answer["records"]], answer["records"]

    taps = [letter("on_the_way"), letter("done", hours="1,5")]
    wrong = [letter("done", secret="guessed"), letter("done", hours="many"), {"nonce": "x", "letter": "y"}]
    client.cookies[OPEN] = ""  # locked
    order, sent, told = hand_in(*taps, *wrong)
    assert (order, sent) == ("stay", ["done", "done", "refused", "refused", "refused"])
    assert all(set(each) == {"nonce", "sent"} for each in told), "a locked phone is told no more"
    assert hand_in(*taps)[1] == ["again", "again"]
    assert (Assistance.objects.count(), VolunteerHours.objects.count(), DeviceRecord.objects.count()) == (1, 1, 2)
    client.cookies[OPEN] = actions.unlock_phone(by=VISITOR, device=device, pin=PIN)
    late = letter("could_not", reason="not_at_home")
    _order, [sent], [told] = hand_in(late)
    assert (
        sent in ("refused", "conflict") and told["error"] and told["here"] and told["record"]["answer"] == "could_not"
    )
    client.cookies[DEVICE] = ""
    assert hand_in()[0] == "letters", "cookies that were cleared lose no letter"
    client.cookies[DEVICE] = device
    actions.end_device(by=cast.viewer("manager"), access_id=jelena.accesses.get().pk)
    assert hand_in(letter("done"))[0] == "all"
