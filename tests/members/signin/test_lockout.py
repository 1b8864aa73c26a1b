"""Guessers are stopped, owners are not, whatever addresses and proxies say."""

import pytest
from django.test import Client

from duga.members.adapters.lockout import address_block, client_address
from tests.conftest import PASSWORD
from tests.members.signin import HOME, OFFICE, STRANGER, enter, guess, inside


def test_the_guesser_is_stopped(cast):
    assert guess("worker@example.org", 6, STRANGER)[-1] == 429
    assert enter(Client(), "worker@example.org", PASSWORD, STRANGER).status_code == 429  # even when he hits it


def test_a_stranger_elsewhere_never_stops_the_owner(cast):
    guess("worker@example.org", 40, STRANGER)
    assert inside(enter(Client(), "worker@example.org"))


def test_in_a_shared_office_the_owner_gets_in_with_a_browser_known_before(cast):
    own = Client()
    assert inside(enter(own, "worker@example.org", address=OFFICE))
    own.post("/accounts/logout/")
    guess("worker@example.org", 40, OFFICE)
    assert enter(Client(), "worker@example.org", address=OFFICE).status_code != 302  # an unknown browser: stopped
    assert inside(enter(own, "worker@example.org", address=OFFICE))
    own.post("/accounts/logout/")
    assert inside(enter(own, "worker@example.org", address=HOME))  # the browser may travel


def test_one_colleagues_guesses_do_not_stop_another_colleague(cast):
    guess("worker@example.org", 12, OFFICE)
    assert inside(enter(Client(), "operator@example.org", address=OFFICE))


def test_spraying_many_accounts_from_one_address_is_stopped_and_known_browsers_are_not(cast):
    own = Client()
    enter(own, "worker@example.org", address=OFFICE)
    own.post("/accounts/logout/")
    for number in range(31):
        enter(Client(), f"somebody{number}@example.org", "wrong", OFFICE)
    assert enter(Client(), "operator@example.org", address=OFFICE).status_code != 302
    assert inside(enter(own, "worker@example.org", address=OFFICE))


def test_a_stolen_cookie_allows_five_guesses_and_then_stops_wherever_it_goes(cast):
    own = Client()
    enter(own, "worker@example.org", address=OFFICE)
    thief = Client()
    thief.cookies["duga_device"] = own.cookies["duga_device"].value
    codes = [guess("worker@example.org", 1, f"203.0.113.{i}", thief)[0] for i in range(1, 8)]
    assert codes[-1] == 429
    assert inside(enter(Client(), "worker@example.org", address=HOME))


def test_a_cookie_made_up_or_for_someone_else_counts_for_nothing(cast):
    own = Client()
    enter(own, "operator@example.org", address=OFFICE)
    guess("worker@example.org", 6, OFFICE)
    for value in ("rubbish", own.cookies["duga_device"].value):
        client = Client()
        client.cookies["duga_device"] = value
        assert enter(client, "worker@example.org", address=OFFICE).status_code == 429


@pytest.mark.parametrize("typed", ["WORKER@example.org", " worker@example.org ", "Worker@Example.Org"])
def test_capitals_and_blanks_are_no_second_account_to_guess_at(cast, typed):
    guess("worker@example.org", 5, STRANGER)
    assert enter(Client(), typed, PASSWORD, STRANGER).status_code == 429


def test_another_browser_name_is_no_second_guesser(cast):
    for number in range(6):
        code = guess("worker@example.org", 1, STRANGER, HTTP_USER_AGENT=f"Browser {number}")[0]
    assert code == 429


def test_an_ipv6_household_is_one_address(cast):
    for number in range(6):
        code = guess("worker@example.org", 1, f"2001:db8:1:2::{number:x}")[0]
    assert code == 429
    assert inside(enter(Client(), "worker@example.org", address="2001:db8:1:3::1"))


def test_asking_for_the_password_again_is_counted_too(cast):
    client = Client()
    enter(client, "worker@example.org")
    again = [
        client.post("/accounts/reauthenticate/", {"password": f"x{i}"}, REMOTE_ADDR=HOME).status_code for i in range(7)
    ]
    assert again[-1] == 429


@pytest.mark.parametrize(
    "proxies, direct, told, seen",
    [
        (0, STRANGER, "10.1.1.1", STRANGER),  # nobody vouches for what the visitor says
        (1, "127.0.0.1", STRANGER, STRANGER),
        (1, "127.0.0.1", f"10.1.1.1, {STRANGER}", STRANGER),  # the left part is the visitor's own invention
        (2, "127.0.0.1", f"10.1.1.1, {STRANGER}, 10.0.0.2", STRANGER),
        (2, "127.0.0.1", "10.0.0.2", "127.0.0.1"),  # fewer than there should be: believe none
        (1, "127.0.0.1", "nonsense", "127.0.0.1"),
        (1, "127.0.0.1", f"{STRANGER}:4711", STRANGER),
        (1, "127.0.0.1", "[2001:db8::1]:443", "2001:db8::1"),
        (0, "::ffff:203.0.113.66", "", STRANGER),
        (0, "", "", "0.0.0.0"),
    ],
)
def test_the_address_is_what_our_own_proxies_saw(rf, settings, proxies, direct, told, seen):
    settings.PROXIES = proxies
    assert client_address(rf.get("/", REMOTE_ADDR=direct, HTTP_X_FORWARDED_FOR=told)) == seen


def test_forwarded_addresses_cannot_be_invented_to_guess_on(cast, settings):
    settings.PROXIES = 0
    for number in range(6):
        code = guess("worker@example.org", 1, STRANGER, HTTP_X_FORWARDED_FOR=f"10.0.0.{number}")[0]
    assert code == 429


def test_behind_a_proxy_the_stranger_does_not_stop_the_owner(cast, settings):
    settings.PROXIES = 1
    guess("worker@example.org", 12, "127.0.0.1", HTTP_X_FORWARDED_FOR=STRANGER)
    assert inside(enter(Client(), "worker@example.org", address="127.0.0.1", HTTP_X_FORWARDED_FOR=HOME))


def test_blocks(rf):
    assert address_block(rf.get("/", REMOTE_ADDR="2001:db8:1:2:3::9")) == "2001:db8:1:2::"
    assert address_block(rf.get("/", REMOTE_ADDR=HOME)) == HOME
