"""What a phone takes along and sends back: one's own people, nothing under a seal, each record once."""

import uuid

import pytest
from django.utils import timezone

from duga.casework import actions, queries
from duga.casework.models import Assistance, Device
from duga.casework.rules.devices import Sent
from duga.plain.errors import NotAllowed, NotFound, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(cast):
    """The cast, a person `worker` helped today, one she never met, one under a seal she is not named for."""
    here = {"organisation_id": cast.niksic.pk}
    cast.ana = actions.register_person(by=cast.viewer("worker"), identity={"given": "Ana"}, **here)
    cast.vera = actions.register_person(by=cast.viewer("manager"), identity={"given": "Vera"}, **here)
    coordinator = cast.viewer("coordinator")
    programme = actions.add_programme(by=coordinator, name="SOS", kind="helpline", sealed=True, **here)
    cast.zora = actions.register_person(by=cast.viewer("worker"), identity={"given": "Zora"}, **here)
    told = {"by": cast.viewer("worker"), "service_type": "home_visit", "date": timezone.localdate(), **here}
    for person in (cast.ana, cast.zora):
        actions.record_assistance(person_id=person.pk, **told)
    actions.name_worker(by=coordinator, programme_id=programme.pk, email=cast.accounts["worker"].email)
    actions.seal_person(by=cast.viewer("worker"), person_id=cast.zora.pk, programme_id=programme.pk)
    cast.phone, cast.secret = actions.add_device(by=cast.viewer("worker"), name="Android", **here)
    return cast


def told(person, **more):
    return {
        "nonce": str(uuid.uuid4()), "kind": "assistance", "about": str(person.pk), "made_at": "2026-03-04T10:00:00Z",
        "date": timezone.localdate().isoformat(), "service_type": "home_visit", "quantity": "2", **more,
    }  # fmt: skip


def test_a_shift_is_ones_own_people_and_never_those_under_a_seal(house):
    pack = actions.take_shift(by=house.viewer("worker"), secret=house.secret)
    assert [person["name"] for person in pack["people"]] == ["Ana"], "not Vera; not Zora though she is named for her"


def test_each_record_comes_in_once_and_what_cannot_is_told(house):
    worker, record, before = house.viewer("worker"), told(house.ana), Assistance.objects.count()
    batch = [record, record, told(house.ana, quantity="-1"), told(house.ana, kind="?"), {"nonce": 7}]
    sent = [each.sent for each in actions.receive_records(by=worker, secret=house.secret, records=batch)]
    assert sent == [Sent.DONE, Sent.AGAIN, Sent.REFUSED, Sent.REFUSED, Sent.REFUSED]
    assert actions.receive_records(by=worker, secret=house.secret, records=[record])[0].sent is Sent.AGAIN
    assert Assistance.objects.count() == before + 1
    for wrong in ("text", {"a": 1}, [1], [record] * 201):
        with pytest.raises(Refused):
            actions.receive_records(by=worker, secret=house.secret, records=wrong)


def test_an_errand_somebody_else_ended_is_a_conflict_and_is_kept(house):
    coordinator, worker = house.viewer("coordinator"), house.viewer("worker")
    request = actions.take_request(
        by=coordinator, organisation_id=house.niksic.pk, need="food", service_type="errands", person_id=house.ana.pk
    )
    request = actions.assess_request(by=coordinator, request_id=request.pk, version=request.version)
    row = actions.assign_request(
        by=coordinator, request_id=request.pk, version=request.version, account_id=house.accounts["worker"].pk
    )
    pack = actions.take_shift(by=worker, secret=house.secret)
    assert [errand["id"] for errand in pack["errands"]] == [str(row.pk)]
    record = told(house.ana, kind="errand", about=str(row.pk))
    actions.deliver(by=worker, assignment_id=row.pk)
    outcome = actions.receive_records(by=worker, secret=house.secret, records=[record])[0]
    assert (outcome.sent, outcome.here) == (Sent.CONFLICT, "done")


def test_a_phone_speaks_for_its_owner_alone_and_an_emptied_one_for_nobody(house):
    for other in ("manager", "coordinator", "other_worker", "nobody"):
        with pytest.raises(NotFound):
            actions.take_shift(by=house.viewer(other), secret=house.secret)
    with pytest.raises(NotFound):
        actions.take_shift(by=house.viewer("worker"), secret="guessed")
    foreign = told(house.vera)
    foreign["about"] = str(uuid.uuid4())
    assert actions.receive_records(by=house.viewer("worker"), secret=house.secret, records=[foreign])[0].error
    with pytest.raises((NotFound, NotAllowed)):
        actions.wipe_device(by=house.viewer("manager"), device_id=house.phone.pk)
    actions.wipe_device(by=house.viewer("coordinator"), device_id=house.phone.pk)
    with pytest.raises(actions.Emptied):
        actions.receive_records(by=house.viewer("worker"), secret=house.secret, records=[told(house.ana)])
    assert Device.objects.get().told_at
    assert queries.devices_of(house.viewer("manager"), house.niksic) == []
    assert queries.devices_of(house.viewer("coordinator"), house.niksic) == [Device.objects.get()]


def test_addresses_answer_in_json_and_leak_nothing(house, client, sign_in):
    shell = client.get("/workspace/shift/")
    assert shell.status_code == 200 and b"csrf" not in shell.content.lower()
    assert client.get("/workspace/shift/hello/").json()["name"] == ""
    for what in ("device", "take", "records"):
        assert client.post(f"/workspace/shift/{what}/", {}, content_type="application/json").status_code == 401
    sign_in("worker")
    for body in ("", "[", "[]", '"x"', "{}"):
        answer = client.post("/workspace/shift/take/", body, content_type="application/json")
        assert answer.status_code in (400, 410)
    answer = client.post("/workspace/shift/take/", {"secret": house.secret}, content_type="application/json")
    assert answer.json()["people"][0]["name"] == "Ana"
    assert "no-store" in answer["Cache-Control"]
