"""A volunteer's phone: in by a printed card and a PIN, and nowhere else. Guesses, stolen secrets, locked phones."""

import datetime as dt
import hashlib

import pytest
from django.utils import timezone

from duga.casework import actions, queries
from duga.casework.models import VolunteerAccess
from duga.casework.rules import VOLUNTEER_MAY, VolunteerMay, VolunteerState, is_weak, read_card, wait_after
from duga.casework.rules.pins import card_text, device_words
from duga.members.models import TrailEntry
from duga.members.queries import may
from duga.members.rules import VISITOR, Permission
from duga.plain.errors import NotFound, Refused
from tests.casework.parallel import at_once, real_database

PIN = "402918"


@pytest.fixture
def volunteer(cast):
    return actions.add_volunteer(by=cast.viewer("manager"), organisation_id=cast.niksic.pk, identity={"name": "Jelena"})


@pytest.fixture
def card(cast, volunteer):
    """`card()` prints one and gives its code."""
    return lambda: actions.make_card(by=cast.viewer("manager"), volunteer_id=volunteer.pk)[1]


def redeem(code, pin=PIN, **more):
    return actions.redeem_card(by=VISITOR, code=code, pin=pin, again=more.pop("again", pin), **more)


def enter(keys, open_key=None):
    return actions.enter_phone(by=VISITOR, device=keys.device, open_key=open_key or keys.open)


def unlock(keys, pin=PIN):
    return actions.unlock_phone(by=VISITOR, device=keys.device, pin=pin)


def test_in_by_card_and_pin_then_by_pin_alone(cast, volunteer, card):
    keys = redeem(card().replace("-", " "), agent="Mozilla/5.0 (Linux; Android 8.0) Chrome/100 Mobile Safari/537")
    known, viewer = enter(keys)
    assert known and viewer.volunteer_id == volunteer.pk and viewer.account_id is None and not viewer.known
    assert not any(may(viewer, permission, of=cast.niksic) for permission in Permission)
    actions.lock_phone(by=viewer, device=keys.device)
    assert enter(keys) == (True, None)
    assert enter(keys, unlock(keys))[1] == viewer
    [phone] = queries.phones_of(cast.viewer("manager"), volunteer.pk)
    assert phone.device_name == "Chrome, Android"
    labels = set(TrailEntry.objects.filter(event__startswith="volunteer.phone").values_list("actor", flat=True))
    assert labels == {f"volunteer {volunteer.code}"}


def test_only_hashes_lie_in_the_database(card):
    code = card()
    keys = redeem(code)
    stored = repr([[bytes(v) if isinstance(v, memoryview) else v for v in row]
                   for row in VolunteerAccess.objects.values_list()])  # fmt: skip
    for secret in (code, read_card(code), PIN, keys.device, keys.open):
        assert secret not in stored
        assert repr(hashlib.sha256(secret.encode()).digest())[2:-1] not in stored  # keyed, so no table of codes helps


def test_a_card_is_good_once_for_a_fortnight_and_until_the_next(cast, card, volunteer):
    first = card()
    second = card()
    for used in (first, "0000-0000-0000", "", "word", second + "1"):
        with pytest.raises(Refused, match="opens nothing"):
            redeem(used)
    with pytest.raises(Refused, match="easy to guess"):
        redeem(second, "123456")  # a weak PIN does not use the card up
    with pytest.raises(Refused, match="differ"):
        redeem(second, again="402919")
    redeem(second)
    with pytest.raises(Refused, match="opens nothing"):
        redeem(second)
    third = card()
    VolunteerAccess.objects.filter(used_at=None).update(code_until=timezone.now())
    with pytest.raises(Refused, match="opens nothing"):
        redeem(third)
    assert len(queries.phones_of(cast.viewer("manager"), volunteer.pk)) == 1


def test_wrong_pins_make_one_wait_ever_longer(card):
    keys = redeem(card())
    for _ in range(4):
        with pytest.raises(Refused, match="PIN is wrong"):
            unlock(keys, "000000")
    with pytest.raises(Refused, match="Wait until"):
        unlock(keys, "000000")
    with pytest.raises(Refused, match="Wait until"):
        unlock(keys)  # the right one waits too
    row = VolunteerAccess.objects.get()
    assert dt.timedelta(0) < row.locked_until - timezone.now() <= dt.timedelta(minutes=1)
    VolunteerAccess.objects.update(locked_until=timezone.now())
    with pytest.raises(Refused, match="Wait until"):
        unlock(keys, "111111")
    assert VolunteerAccess.objects.get().locked_until - timezone.now() > dt.timedelta(seconds=100)
    VolunteerAccess.objects.update(locked_until=timezone.now())
    unlock(keys)
    assert VolunteerAccess.objects.get().tries == 0
    assert TrailEntry.objects.filter(event="volunteer.phone_waits").count() == 3


def test_a_phone_that_was_ended_opens_nothing_any_more(cast, card, volunteer):
    keys, coordinator = redeem(card()), cast.viewer("coordinator")
    with pytest.raises(NotFound):
        actions.end_device(by=cast.viewer("other_coordinator"), access_id=VolunteerAccess.objects.get().pk)
    actions.end_device(by=coordinator, access_id=VolunteerAccess.objects.get().pk)
    assert enter(keys) == (False, None)
    with pytest.raises(NotFound):
        unlock(keys)
    row = VolunteerAccess.objects.get()
    assert (row.device, row.pin, row.open_key) == (None, "", None)
    with pytest.raises(NotFound):
        actions.end_device(by=coordinator, access_id=row.pk)


def test_one_who_ended_is_out_at_once_and_a_paused_one_gives_hours_only(cast, card, volunteer):
    keys, manager = redeem(card()), cast.viewer("manager")
    viewer = enter(keys)[1]
    told = {"by": viewer, "date": dt.date.today(), "activity": "errands", "once": "n"}
    assert actions.give_hours(**told, hours=2) == actions.give_hours(**told, hours=2)
    actions.set_volunteer_state(by=manager, volunteer_id=volunteer.pk, state="paused")
    actions.give_hours(**(told | {"once": "o"}), hours=1)
    assert [row.hours for row in queries.own_hours(viewer)] == [1, 2]
    actions.end_volunteer(by=manager, volunteer_id=volunteer.pk, until=dt.date.today())
    assert enter(keys) == (False, None)
    with pytest.raises(NotFound):
        actions.give_hours(**(told | {"once": "p"}), hours=1)


def test_an_idle_phone_asks_for_its_pin(card):
    keys = redeem(card())
    VolunteerAccess.objects.update(open_until=timezone.now())
    assert enter(keys) == (True, None)
    other = unlock(keys)
    assert enter(keys) == (True, None) and enter(keys, other)[1]  # the key of before is void


def test_nobody_else_is_a_volunteer(cast, volunteer):
    for name in ("coordinator", "manager", "worker"):
        with pytest.raises(NotFound):
            actions.give_hours(by=cast.viewer(name), date=dt.date.today(), hours=1, activity="errands")
    for secret in ("", "guess", str(volunteer.pk)):
        assert actions.enter_phone(by=VISITOR, device=secret, open_key=secret) == (False, None)


def test_what_is_open_to_a_volunteer_stands_in_one_table():
    assert set(VOLUNTEER_MAY) == set(VolunteerMay)
    assert VolunteerState.ENDED not in {
        state for what, states in VOLUNTEER_MAY.items() if what != VolunteerMay.LOCK for state in states
    }


@pytest.mark.django_db(transaction=True)
def test_many_guesses_at_once_are_no_more_than_one_after_the_other(card, tmp_path):
    keys, codes = redeem(card()), card()
    with real_database(tmp_path):
        told = at_once(lambda number: unlock(keys, f"{number:06d}"), 24)
        assert sum("PIN is wrong" in str(each) for each in told) == 4  # the fifth waits, and so do all after it
        made = at_once(lambda _: redeem(codes), 6)
    assert sum(not isinstance(each, Refused) for each in made) == 1


def test_weak_pins():
    for weak in ("111111", "123456", "654321", "246802", "121212", "123123", "112233", "112112", "890123"):
        assert is_weak(weak), weak
    assert not any(map(is_weak, (PIN, "730461", "195038")))


def test_waits_double_to_half_a_day():
    minutes = [wait_after(tries).total_seconds() / 60 for tries in (4, 5, 6, 7, 20, 500)]
    assert minutes == [0, 1, 2, 4, 720, 720]


def test_codes_as_people_type_them():
    assert card_text("472109835512") == "4721-0983-5512"
    assert read_card(" 4721 0983/5512 ") == read_card("٤٧٢١٠٩٨٣٥٥١٢") == "472109835512"
    assert read_card("4721") == ""
    assert device_words("Mozilla/5.0 (iPhone; …) Safari/604") == "Safari, iPhone" and device_words("x") == ""
