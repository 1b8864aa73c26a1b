"""What a phone takes along and sends back: one's own people, nothing under a seal, each record once."""

import datetime as dt
import json
import uuid

import pytest
from django.utils import timezone

from duga.casework import actions, queries
from duga.casework.models import Assistance, Device, DeviceRecord
from duga.casework.rules.devices import Order, Sent
from duga.members.models import RoleGrant
from duga.members.rules import VISITOR
from duga.plain.errors import NotAllowed, NotFound, Refused
from duga.vault.letters import public_key, write_letter
from tests.casework.phones import letter, told
from tests.directory.build import provider, service, terms

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
    given = {"by": cast.viewer("worker"), "service_type": "home_visit", "date": timezone.localdate(), **here}
    for person in (cast.ana, cast.zora):
        actions.record_assistance(person_id=person.pk, **given)
    actions.name_worker(by=coordinator, programme_id=programme.pk, email=cast.accounts["worker"].email)
    actions.seal_person(by=cast.viewer("worker"), person_id=cast.zora.pk, programme_id=programme.pk)
    cast.phone, cast.keys = actions.add_device(by=cast.viewer("worker"), name="Android", **here)
    cast.given = given

    def hear(*letters, keys=cast.keys, **more):
        return actions.hear_device(by=VISITOR, token=keys.token, letters=list(letters), **more)

    cast.hear = hear
    return cast


def errand_of(house):
    """An errand in the worker's hands."""
    coordinator = house.viewer("coordinator")
    request = actions.take_request(
        by=coordinator, organisation_id=house.niksic.pk, need="food", service_type="errands", person_id=house.ana.pk
    )
    request = actions.assess_request(by=coordinator, request_id=request.pk, version=request.version)
    return actions.assign_request(
        by=coordinator, request_id=request.pk, version=request.version, account_id=house.accounts["worker"].pk
    )


def sent(found):
    return [each.sent for each in found]


def test_a_shift_is_ones_own_people_and_never_those_under_a_seal(house):
    pack = actions.take_shift(by=house.viewer("worker"), secret=house.keys.secret)
    assert [person["name"] for person in pack["people"]] == ["Ana"], "not Vera; not Zora though she is named for her"


def test_each_record_comes_in_once_with_or_without_a_session_and_what_cannot_is_told(house):
    worker, before, keys = house.viewer("worker"), Assistance.objects.count(), house.keys
    record = told(house.ana)
    wrong = [told(house.ana, quantity="-1"), told(house.ana, kind="?"), {"nonce": 7}]
    batch = [letter(keys, each) for each in (record, record, *wrong)]
    answer = house.hear(*batch, waiting=5)
    assert answer.order is Order.STAY
    assert sent(answer.outcomes) == [Sent.DONE, Sent.AGAIN, Sent.REFUSED, Sent.REFUSED, Sent.REFUSED]
    assert Device.objects.get().waiting == 3, "the list of phones tells what still waits"
    assert sent(house.hear(batch[0]).outcomes) == [Sent.AGAIN], "a phone put back from a backup sends it once more"
    back = actions.receive_letters(by=worker, token=keys.token, letters=batch)
    assert sent(back)[:2] == [Sent.AGAIN, Sent.AGAIN]
    assert back[2].error and back[2].record["quantity"] == "-1", "to its owner, in her session, it is opened"
    assert Assistance.objects.count() == before + 1
    for strange in ("text", {"a": 1}, [1], [batch[0]] * 201):
        with pytest.raises(Refused):
            house.hear(*strange) if isinstance(strange, list) else actions.hear_device(
                by=VISITOR, token=keys.token, letters=strange
            )


def test_a_letter_is_taken_from_the_phone_that_wrote_it_while_open_and_from_no_other(house):
    here = {"organisation_id": house.niksic.pk, "name": "second"}
    _second, other = actions.add_device(by=house.viewer("worker"), **here)
    record, before = told(house.ana), Assistance.objects.count()
    moved = letter(house.keys, record) | {"nonce": str(uuid.uuid4())}
    stolen = letter(house.keys, record, secret="guessed")  # who took the phone has its token, not what the PIN opens
    foreign = {"nonce": record["nonce"], "letter": write_letter({"record": record}, public_key(
        purpose="shift", owner=uuid.uuid4()))}  # fmt: skip
    for wrong in (moved, stolen, foreign, {"nonce": "1", "letter": "ü"}, {"letter": None}, {"letter": "AAAA"}):
        assert sent(house.hear(wrong).outcomes) == [Sent.REFUSED]
    assert sent(house.hear(letter(house.keys, record), keys=other).outcomes) == [Sent.REFUSED]
    assert Assistance.objects.count() == before and not DeviceRecord.objects.exists()


def test_two_phones_and_the_desk_at_once_stand_side_by_side(house):
    worker, keys = house.viewer("worker"), house.keys
    row, here = errand_of(house), {"organisation_id": house.niksic.pk}
    _second, other = actions.add_device(by=worker, name="second", **here)
    for each in (keys, other):
        pack = actions.take_shift(by=worker, secret=each.secret)
        assert [errand["id"] for errand in pack["errands"]] == [str(row.pk)]
    # Both phones say that the errand is done: the first is taken, the second stands beside it.
    first, second = (letter(each, told(row, kind="errand", quantity=n)) for each, n in ((keys, "2"), (other, "3")))
    assert sent(house.hear(first).outcomes) == [Sent.DONE]
    assert sent(house.hear(second, keys=other).outcomes) == [Sent.CONFLICT]
    [told_] = actions.receive_letters(by=worker, token=other.token, letters=[second])
    assert (told_.here.state, told_.here.quantity, told_.here.by) == ("done", 2, "Worker")
    assert told_.record["quantity"] == "3"
    # The desk writes down a visit that the phone tells, too: both are shown, and who was there decides.
    actions.record_assistance(person_id=house.ana.pk, **house.given | {"by": house.viewer("manager")})
    before, record = Assistance.objects.count(), told(house.ana)
    [told_] = actions.receive_letters(by=worker, token=keys.token, letters=[letter(keys, record)])
    assert (told_.sent, told_.here.by) == (Sent.CONFLICT, "Manager")
    assert Assistance.objects.count() == before
    assert sent(house.hear(letter(keys, record | {"both": True})).outcomes) == [Sent.DONE]
    assert Assistance.objects.count() == before + 1


def test_a_wrong_clock_makes_no_wrong_day_in_silence(house):
    ahead = (timezone.localdate() + dt.timedelta(days=400)).isoformat()
    record = told(house.ana, date=ahead, made_at=f"{ahead}T10:00:00Z")
    assert sent(house.hear(letter(house.keys, record)).outcomes) == [Sent.REFUSED], "no day that is still to come"
    mended = record | {"date": timezone.localdate().isoformat()}
    assert sent(house.hear(letter(house.keys, mended)).outcomes) == [Sent.DONE], "its number was not used up"


def test_a_phone_speaks_for_its_owner_alone_and_an_emptied_one_for_nobody(house):
    worker, keys = house.viewer("worker"), house.keys
    for other in ("manager", "coordinator", "other_worker", "nobody"):
        with pytest.raises(NotFound):
            actions.take_shift(by=house.viewer(other), secret=keys.secret)
        with pytest.raises(NotFound):
            actions.receive_letters(by=house.viewer(other), token=keys.token, letters=[])
    for wrong in ("guessed", keys.token):  # the token lies open on the phone: it must not open what the secret does
        with pytest.raises(NotFound):
            actions.take_shift(by=worker, secret=wrong)
    strange = letter(keys, told(house.vera) | {"about": str(uuid.uuid4())})
    assert sent(house.hear(strange).outcomes) == [Sent.REFUSED]
    with pytest.raises((NotFound, NotAllowed)):
        actions.wipe_device(by=house.viewer("manager"), device_id=house.phone.pk)
    actions.wipe_device(by=house.viewer("coordinator"), device_id=house.phone.pk)
    assert house.hear(letter(keys, told(house.ana)), waiting=1).order is Order.ALL
    phone = Device.objects.get()
    assert phone.told_at and phone.waiting == 1, "what was lost with it is told"
    with pytest.raises(actions.Emptied):
        actions.receive_letters(by=worker, token=keys.token, letters=[])
    assert queries.devices_of(house.viewer("manager"), house.niksic) == []
    assert queries.devices_of(house.viewer("coordinator"), house.niksic) == [phone]


def test_whose_owner_left_or_was_locked_out_it_is_emptied_without_a_session(house):
    house.accounts["worker"].is_active = False
    house.accounts["worker"].save()
    assert house.hear().order is Order.ALL
    house.accounts["worker"].is_active = True
    house.accounts["worker"].save()
    assert house.hear().order is Order.STAY
    RoleGrant.objects.filter(account=house.accounts["worker"]).delete()
    assert house.hear().order is Order.ALL
    assert actions.hear_device(by=VISITOR, token="unknown", letters=[]).order is Order.LETTERS
    assert actions.hear_device(by=VISITOR, token="", letters=[]).order is Order.LETTERS


def test_signed_out_it_keeps_nothing_that_can_be_read_and_its_letters_are_taken(house, client, sign_in):
    sign_in("worker")
    ask = {"content_type": "application/json"}
    token, letters = house.keys.token, [letter(house.keys, told(house.ana))]

    def contact(**more):
        client.cookies.clear()  # a phone asks without its session
        return client.post("/workspace/shift/contact/", json.dumps({"token": token} | more), **ask).json()

    assert contact()["order"] == "stay", "nothing was taken along yet"
    sign_in("worker")
    client.post("/workspace/shift/take/", {"secret": house.keys.secret}, **ask)
    assert contact()["order"] == "stay", "a browser that was closed is not signed out"
    sign_in("worker")
    client.post("/workspace/shift/take/", {"secret": house.keys.secret}, **ask)
    client.post("/accounts/logout/")
    answer = contact(letters=letters, waiting=1)
    assert (answer["order"], [each["sent"] for each in answer["records"]]) == ("letters", ["done"])
    assert set(answer["records"][0]) == {"nonce", "sent"}, "without a session one word, no more"


def test_the_directory_on_the_phone_is_public_bounded_and_says_how_much_there_is(house, monkeypatch):
    terms()
    entry, by = provider(house), {"by": house.viewer("worker"), "secret": house.keys.secret, "language": "en"}
    for number in range(3):
        service(house, entry, name=f"Pomoć {number}")
    service(house, entry, name="Not told", listed=False)
    found = actions.take_directory(**by)
    assert sorted(each["name"] for each in found["services"]) == ["Pomoć 0", "Pomoć 1", "Pomoć 2"]
    assert found["total"] == 3
    one = found["services"][0]
    assert one["phones"] == [["+382 40 000 001", "tel:+38240000001"]] and one["place"] == "Nikšić"
    assert "9:00" in one["hours"][0] and one["kinds"]
    monkeypatch.setattr("duga.casework.queries.carried.LARGEST_DIRECTORY", 2 * len(json.dumps(one)) + 20)
    found = actions.take_directory(**by)
    assert (len(found["services"]), found["total"]) == (2, 3), "what is left out is told"


def test_addresses_answer_in_json_and_leak_nothing(house, client, sign_in):
    shell, ask = client.get("/workspace/shift/"), {"content_type": "application/json"}
    assert shell.status_code == 200 and b"csrf" not in shell.content.lower()
    assert client.get("/workspace/shift/hello/").json()["name"] == ""
    for what in ("device", "take", "records", "directory"):
        assert client.post(f"/workspace/shift/{what}/", {}, **ask).status_code == 401
    assert client.post("/workspace/shift/contact/", "[", **ask).status_code == 400
    assert client.post("/workspace/shift/contact/", {"letters": "x"}, **ask).status_code == 422
    sign_in("worker")
    for body in ("", "[", "[]", '"x"', "{}"):
        answer = client.post("/workspace/shift/take/", body, **ask)
        assert answer.status_code in (400, 410)
    answer = client.post("/workspace/shift/take/", {"secret": house.keys.secret}, **ask)
    assert answer.json()["people"][0]["name"] == "Ana"
    assert "no-store" in answer["Cache-Control"]
