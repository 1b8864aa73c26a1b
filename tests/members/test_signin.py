"""Signing in: guessers are stopped, owners are not; a second factor where roles ask; nobody learns who is here."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import hotp_value
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from duga.members import actions, queries
from duga.members.adapters.lockout import address_block, client_address
from duga.members.models import Notice, TrailEntry
from tests.conftest import PASSWORD

LOGIN = "/accounts/login/"
OFFICE, HOME, STRANGER = "192.0.2.10", "198.51.100.7", "203.0.113.66"


@pytest.fixture(autouse=True)
def fresh_counters():
    cache.clear()
    yield
    cache.clear()


def enter(client, email, password=PASSWORD, address=HOME, **headers):
    return client.post(LOGIN, {"login": email, "password": password}, REMOTE_ADDR=address, **headers)


def inside(response):
    return response.status_code == 302 and response["Location"].startswith("/workspace/")


def guess(email, times, address, client=None, **headers):
    client = client or Client()
    return [enter(client, email, f"wrong {i}", address, **headers).status_code for i in range(times)]


# --- Lockout ------------------------------------------------------------------------------------------


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


# --- Addresses behind proxies --------------------------------------------------------------------------


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


# --- Nobody learns who has an account ------------------------------------------------------------------


def _bare(response, email):
    text = response.content.decode().replace(email, "EMAIL")
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)


def test_sign_in_says_the_same_for_who_is_here_and_who_is_not(cast):
    known, unknown = "worker@example.org", "no-one@example.org"
    answers = [enter(Client(), email, "wrong password", HOME) for email in (known, unknown)]
    assert answers[0].status_code == answers[1].status_code == 200
    assert _bare(answers[0], known) == _bare(answers[1], unknown)
    locked = [enter_locked(email) for email in (known, unknown)]
    assert _bare(locked[0], known) == _bare(locked[1], unknown)


def enter_locked(email):
    guess(email, 6, STRANGER)
    return enter(Client(), email, "wrong", STRANGER)


def test_an_account_that_is_closed_says_nothing_to_who_guesses(cast):
    account = cast.accounts["worker"]
    account.is_active = False
    account.save()
    answers = [enter(Client(), email, "wrong password", HOME) for email in (account.email, "no-one@example.org")]
    assert _bare(answers[0], account.email) == _bare(answers[1], "no-one@example.org")


def test_recovery_by_mail_says_the_same_for_everyone_and_writes_to_the_owner_only(cast, settings):
    settings.HAS_MAIL = True
    answers = [
        Client().post("/accounts/password/reset/", {"email": email}, REMOTE_ADDR=HOME)
        for email in ("worker@example.org", "no-one@example.org")
    ]
    assert [(a.status_code, a["Location"]) for a in answers] == [(302, "/accounts/password/reset/done/")] * 2
    assert [message.to for message in mail.outbox] == [["worker@example.org"]]


def test_recovery_by_mail_end_to_end(cast, settings):
    settings.HAS_MAIL = True
    client = Client()
    client.post("/accounts/password/reset/", {"email": "worker@example.org"}, REMOTE_ADDR=HOME)
    link = re.search(r"http://[^/]+(/accounts/password/reset/key/\S+)", mail.outbox[0].body).group(1)
    assert "Worker" not in mail.outbox[0].body  # nothing personal in a mail
    page = client.get(link, follow=True)
    done = client.post(page.request["PATH_INFO"], {"password1": "sasvim nova rec", "password2": "sasvim nova rec"})
    assert done.status_code == 302
    assert inside(enter(Client(), "worker@example.org", "sasvim nova rec"))
    assert Client().get(link, follow=True).status_code == 200
    assert not inside(enter(Client(), "worker@example.org", PASSWORD))
    assert Notice.objects.filter(account=cast.accounts["worker"]).exists()
    assert TrailEntry.objects.filter(event="account.password_reset").exists()


def test_without_mail_the_page_says_whom_to_ask_and_pretends_nothing(cast, settings):
    settings.HAS_MAIL = False
    client = Client()
    assert "coordinator" in client.get("/accounts/password/reset/").content.decode()
    assert client.post("/accounts/password/reset/", {"email": "worker@example.org"}).status_code == 200
    assert mail.outbox == []


@pytest.mark.parametrize("path", ["signup/", "email/", "password/set/", "login/code/", "confirm-email/", "3rdparty/"])
def test_nothing_of_the_library_is_open_that_we_do_not_use(client, db, path):
    assert client.get(f"/accounts/{path}").status_code == 404


# --- Second factor -------------------------------------------------------------------------------------


def code_now(secret):
    return f"{hotp_value(secret, int(time.time()) // 30):06d}"


def set_up(client):
    page = client.get("/accounts/2fa/totp/activate/")
    secret = page.context["form"].secret
    answer = client.post("/accounts/2fa/totp/activate/", {"code": code_now(secret)})
    assert answer.status_code == 302, answer.content.decode()
    return secret


@pytest.fixture
def strict(settings):
    settings.REQUIRE_TOTP = True


def test_who_sees_people_sets_up_a_second_factor_before_anything_else(cast, strict):
    client = Client()
    enter(client, "coordinator@example.org")
    for path in ("/workspace/", "/workspace/organisations/niksic/team/", "/accounts/sessions/", "/", "/nowhere/"):
        assert client.get(path)["Location"] == "/accounts/2fa/totp/activate/", path
    assert client.get("/accounts/2fa/totp/activate/?lang=sr").status_code == 200
    assert client.post("/accounts/password/change/", {})["Location"] == "/accounts/2fa/totp/activate/"
    set_up(client)
    assert client.get("/workspace/organisations/niksic/team/").status_code == 200
    assert client.get("/accounts/2fa/recovery-codes/").status_code == 200


def test_signing_out_is_open_while_it_is_missing(cast, strict):
    client = Client()
    enter(client, "coordinator@example.org")
    assert client.post("/accounts/logout/")["Location"] == "/"


@pytest.mark.parametrize(
    "name, asked",
    [("worker", True), ("administrator", True), ("national", True), ("observer", False), ("nobody", False)],
)
def test_which_roles_are_asked(cast, strict, name, asked):
    client = Client()
    enter(client, f"{name}@example.org")
    answer = client.get("/workspace/account/")
    assert (answer.status_code == 302) is asked


def test_the_code_is_asked_at_every_sign_in_and_a_recovery_code_works_once(cast, strict, monkeypatch):
    client = Client()
    enter(client, "coordinator@example.org")
    secret = set_up(client)
    codes = re.findall(r"\b[0-9a-f]{8}\b|\b\d{8}\b", client.get("/accounts/2fa/recovery-codes/").content.decode())
    assert len(codes) >= 8
    client = Client()
    assert enter(client, "coordinator@example.org")["Location"].startswith("/accounts/2fa/authenticate/")
    assert client.get("/workspace/account/")["Location"].startswith("/accounts/login/")  # not in yet
    assert client.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    cache.clear()  # the code of set-up counts as used for half a minute
    assert client.post("/accounts/2fa/authenticate/", {"code": code_now(secret)}).status_code == 302
    assert client.get("/workspace/account/").status_code == 200
    for attempt, works in ((1, True), (2, False)):
        client = Client()
        enter(client, "coordinator@example.org")
        answer = client.post("/accounts/2fa/authenticate/", {"code": codes[0]})
        assert (answer.status_code == 302) is works, attempt


def test_guessing_codes_is_stopped(cast, strict):
    client = Client()
    enter(client, "coordinator@example.org")
    secret = set_up(client)
    cache.clear()
    client = Client()
    enter(client, "coordinator@example.org")
    for number in range(12):
        client.post("/accounts/2fa/authenticate/", {"code": f"{number:06d}"})
    assert client.post("/accounts/2fa/authenticate/", {"code": code_now(secret)}).status_code != 302


def test_seeds_lie_encrypted_and_open_under_this_installations_key_only(cast, strict, tmp_path):
    from duga.plain.errors import Refused
    from duga.vault import sealing
    from duga.vault.keystore import KeyStore

    client = Client()
    enter(client, "coordinator@example.org")
    waiting = client.get("/accounts/2fa/totp/activate/").context["form"].secret
    assert waiting not in str([session.get_decoded() for session in Session.objects.all()])
    client.post("/accounts/2fa/totp/activate/", {"code": "000000"})  # a wrong code keeps the seed
    assert client.post("/accounts/2fa/totp/activate/", {"code": "x"}).context["form"].secret == waiting
    secret = set_up(client)
    stored = Authenticator.objects.get(type="totp").data
    assert secret not in str(stored)
    for session in Session.objects.all():
        assert secret not in str(session.get_decoded())
    from duga.members.adapters import MFAAdapter

    assert MFAAdapter().decrypt(stored["secret"]) == secret
    sealing.use_store(KeyStore(tmp_path / "other.sqlite3", b"\x22" * 32))
    with pytest.raises(Refused):
        MFAAdapter().decrypt(stored["secret"])


def test_whose_role_asks_for_it_cannot_switch_it_off(cast, strict):
    client = Client()
    enter(client, "coordinator@example.org")
    set_up(client)
    client.post("/accounts/2fa/totp/deactivate/")
    assert Authenticator.objects.filter(type="totp").exists()


def test_setting_up_leaves_an_entry_and_a_notice(cast, strict, django_capture_on_commit_callbacks):
    client = Client()
    enter(client, "coordinator@example.org")
    with django_capture_on_commit_callbacks(execute=True):
        set_up(client)
    assert queries.has_second_factor(cast.viewer("coordinator"))
    assert TrailEntry.objects.get(event="account.totp_activated").actor_id == cast.accounts["coordinator"].pk
    assert Notice.objects.get(account=cast.accounts["coordinator"]).title == "Your second factor is set up"


def test_a_lost_phone_ends_sessions_and_begins_anew(cast, strict):
    client = Client()
    enter(client, "worker@example.org")
    set_up(client)
    assert client.get("/workspace/account/").status_code == 200
    actions.reset_second_factor(by=cast.viewer("coordinator"), account=cast.accounts["worker"])
    assert client.get("/workspace/account/")["Location"].startswith("/accounts/login/")
    client = Client()
    enter(client, "worker@example.org")
    assert client.get("/workspace/account/")["Location"] == "/accounts/2fa/totp/activate/"


def test_recovery_without_mail_still_asks_for_the_second_factor(cast, strict):
    client = Client()
    enter(client, "worker@example.org")
    set_up(client)
    token = actions.make_recovery_link(by=cast.viewer("coordinator"), account=cast.accounts["worker"])[1]
    Client().post(reverse("recovery", args=[token]), {"password": "sasvim nova rec"})
    client = Client()
    answer = enter(client, "worker@example.org", "sasvim nova rec")
    assert answer["Location"].startswith("/accounts/2fa/authenticate/")


# --- Passwords and sessions ----------------------------------------------------------------------------


def test_passwords_are_hashed_with_argon2(settings):
    from config import settings as real

    assert real.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    settings.PASSWORD_HASHERS = real.PASSWORD_HASHERS
    from django.contrib.auth.hashers import check_password, make_password

    hashed = make_password("tri zelene lubenice")
    assert hashed.startswith("argon2$argon2id$")
    assert check_password("tri zelene lubenice", hashed)


def test_sessions_are_listed_and_the_others_signed_out(cast):
    here, there = Client(), Client()
    enter(here, "worker@example.org", address=OFFICE)
    enter(there, "worker@example.org", address=HOME)
    page = here.get("/accounts/sessions/", REMOTE_ADDR=OFFICE).content.decode()
    assert HOME in page
    assert OFFICE in page
    here.post("/accounts/sessions/", REMOTE_ADDR=OFFICE)
    assert here.get("/workspace/account/").status_code == 200
    assert there.get("/workspace/account/").status_code == 302


def test_a_new_password_signs_out_every_other_browser(cast):
    here, there = Client(), Client()
    enter(here, "worker@example.org", address=OFFICE)
    enter(there, "worker@example.org", address=HOME)
    new = {"oldpassword": PASSWORD, "password1": "sasvim nova rec", "password2": "sasvim nova rec"}
    assert here.post("/accounts/password/change/", new).status_code == 302
    assert here.get("/workspace/account/").status_code == 200
    assert there.get("/workspace/account/").status_code == 302
    assert TrailEntry.objects.filter(event="account.password_changed").count() == 1


def test_looking_at_a_page_writes_nothing(cast):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = Client()
    enter(client, "worker@example.org")
    client.get("/workspace/account/", REMOTE_ADDR=HOME)
    with CaptureQueriesContext(connection) as seen:
        assert client.get("/workspace/account/", REMOTE_ADDR=HOME).status_code == 200
    assert [q["sql"] for q in seen if not q["sql"].startswith("SELECT")] == []
    assert len(seen) <= 10


@pytest.mark.parametrize(
    ("password", "says"),
    [("short", "at least 12"), ("q1w2e3r4t5y6", "Many people use"), ("worker@example.org", "Your name or address")],
)
def test_a_weak_password_is_told_what_to_do_in_our_words(cast, password, says):
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError, match=says):
        validate_password(password, cast.accounts["worker"])
