"""The call centre's screens, from the call to the confirmed delivery, without any script."""

import re

import pytest
from django.urls import reverse

from duga.casework import actions
from duga.casework.models import Assignment, Assistance, EscalationStep, RecurringVisit, Request
from duga.casework.rules import default_steps


@pytest.fixture
def desk(cast, area):
    """`desk("requests")` is the address of one of the call centre's pages."""
    return lambda name, **more: reverse(f"casework:{name}", kwargs={"slug": cast.niksic.slug} | more)


CALL = {
    "caller_phone": "069 555 123", "caller_name": "Zorka", "asked_by": "neighbour", "need": "food",
    "details": "Third floor", "urgency": "urgent", "area": "Nikšić", "service_type": "parcel_distribution",
    "quantity": "2", "channel": "phone",
}  # fmt: skip


def test_from_the_call_to_the_confirmation(cast, desk, sign_in, add):
    person = add("Ana", "Kovač")
    client = sign_in("manager")
    answer = client.post(desk("request_new"), CALL | {"once": "1", "person": person.code})
    request = Request.objects.get()
    assert answer.headers["Location"] == reverse("casework:request", kwargs={"request_id": request.pk})
    again = client.post(desk("request_new"), CALL | {"once": "2"})
    assert again.status_code == 422 and request.code in again.content.decode()  # the same phone asked before
    typed = {"need": "food", "caller_phone": "abc", "quantity": "-4", "person": "XX-9"}
    wrong = client.post(desk("request_new"), typed)
    assert {"caller_phone", "quantity", "person"} <= set(wrong.context["form"].errors)  # all of it named at once
    told = client.post(desk("request_same"), {"caller_phone": "+382 69 555 123"}).content.decode()
    assert request.code in told and "Zorka" not in told
    board = client.get(desk("requests")).content.decode()
    assert request.code in board and "Zorka" not in board and "Ana Kovač" not in board
    one = reverse("casework:request", kwargs={"request_id": request.pk})
    page = client.get(one).content.decode()
    assert "Zorka" in page and "Third floor" in page and "Ana Kovač" in page
    assess = client.post(f"{one}assess/", CALL | {"person": person.code, "version": 1})
    assert assess.headers["Location"] == f"{one}assign/"
    assert "Worker" in client.get(f"{one}assign/").content.decode()
    client.post(f"{one}assign/", {"who": f"a:{cast.accounts['worker'].pk}", "version": 2})
    given = Assignment.objects.get()
    assert "Worker" in client.get(one).content.decode()
    errand = reverse("casework:assignment", kwargs={"assignment_id": given.pk})
    client = sign_in("worker")
    assert "Ana Kovač" in client.get(desk("work")).content.decode()
    for told in ({"answer": "accepted"}, {"answer": "on_the_way"}):
        assert client.post(errand, told).status_code == 302
    goods = actions.add_stock_item(
        by=cast.viewer("manager"), organisation_id=cast.niksic.pk, name="Food", unit="parcel", store="Cellar"
    )
    assert "Cellar" not in client.get(errand).content.decode()  # nothing is left in it
    today = Request.objects.get().received_at.date()
    actions.receive_stock(by=cast.viewer("manager"), item_id=goods.pk, quantity=3, date=today)
    assert "Cellar: Food (3)" in client.get(errand).content.decode()
    for _twice in range(2):
        client.post(errand, {"answer": "done", "quantity": "2", "date": "today"})
        client.post(errand, {"answer": "done", "quantity": "2", "date": today, "from_stock": goods.pk})
    goods.refresh_from_db()
    assert goods.balance == 1
    assert Assistance.objects.get().quantity == 2
    client = sign_in("manager")
    version = Request.objects.get().version
    assert client.post(f"{one}confirm/", {"how": "call", "version": version}).status_code == 302
    assert Request.objects.get().state == "confirmed" and "100" in client.get(desk("request_day")).content.decode()


def test_steps_say_what_went_wrong(cast, desk, sign_in):
    taken = actions.take_request(by=cast.viewer("worker"), organisation_id=cast.niksic.pk, need="food")
    client, one = sign_in("worker"), reverse("casework:request", kwargs={"request_id": taken.pk})
    actions.hold_request(by=cast.viewer("manager"), request_id=taken.pk)
    assert client.post(f"{one}refuse/", {"version": 1, "reason": "no_capacity"}).status_code == 409
    assert "Manager" in client.get(one).content.decode()
    actions.release_request(by=cast.viewer("manager"), request_id=taken.pk)
    assert client.post(f"{one}refuse/", {"version": 1, "reason": "ill"}).status_code == 422
    assert client.post(f"{one}nonsense/", {"version": 1}).status_code == 404
    assert client.post(f"{one}call/", {"version": 1, "at": "23:59"}).status_code == 302
    assert taken.code in client.get(desk("request_calls")).content.decode()
    client.post(f"{one}not_reached/", {"version": 2})
    client.post(f"{one}called/", {"version": 3})
    other = actions.take_request(by=cast.viewer("worker"), organisation_id=cast.niksic.pk, need="food")
    client.post(f"{one}join/", {"version": 4, "code": other.code})
    assert Request.objects.get(pk=taken.pk).joined_to_id == other.pk
    assert client.post(f"{one}join/", {"version": 5, "code": "XX"}).status_code == 422


def test_half_a_call_is_kept(cast, desk, sign_in):
    client = sign_in("worker")
    draft = client.post(desk("request_keep"), {"details": "Third", "new": "on"}).json()["draft"]
    assert client.post(desk("request_keep"), {"details": "Third floor", "draft": draft}).json()["draft"] == draft
    assert "Third floor" in client.get(f"{desk('request_new')}?draft={draft}").content.decode()
    assert draft in client.get(desk("request_new")).content.decode()
    client.post(desk("request_new"), CALL | {"draft": draft, "once": "1"})
    assert str(Request.objects.get().pk) == draft
    kept = client.post(desk("request_new"), {"details": "x", "keep": "on"})
    assert kept.status_code == 302 and Request.objects.filter(state="draft").count() == 1
    client.post(desk("request_drop", draft_id=Request.objects.get(state="draft").pk))
    assert Request.objects.count() == 1


def test_visits_are_agreed_on_and_the_table_is_written(cast, desk, sign_in, add):
    client, person = sign_in("manager"), add("Ana", "Kovač")
    told = {
        "person": person.code, "service_type": "home_visit", "need": "care", "rhythm": "weekly",
        "weekdays": ["0", "1", "2", "3", "4", "5", "6"], "begins_on": "1.1.2026",
        "who": f"a:{cast.accounts['worker'].pk}",
    }  # fmt: skip
    assert client.post(desk("visits"), told).status_code == 302
    visit = RecurringVisit.objects.get()
    address = reverse("casework:visit", kwargs={"visit_id": visit.pk})
    assert Request.objects.filter(visit=visit).first().code in client.get(address).content.decode()
    client.post(address, {"who": f"a:{cast.accounts['operator'].pk}"})
    client.post(address, {"end": "on"})
    visit.refresh_from_db()
    assert visit.account_id == cast.accounts["operator"].pk and visit.ended_at
    page = client.get(desk("escalation")).content.decode()
    form = dict(re.findall(r'name="([\w-]+-hours)" value="([\d.]+)"', page))
    assert len(form) == len(default_steps())
    form |= {name.replace("-hours", "-tell"): "coordinators" for name in form}
    assert client.post(desk("escalation"), form).status_code == 302
    assert EscalationStep.objects.filter(tell="coordinators").count() == len(default_steps())
    client.post(desk("escalation"), {"default": "on"})
    assert not EscalationStep.objects.exists()
