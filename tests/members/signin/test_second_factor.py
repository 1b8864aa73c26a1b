"""A second factor where roles ask for it: set up first, asked each time, never switched off."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import hotp_value
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from duga.members import actions, queries
from duga.members.models import Notice, TrailEntry
from tests.members.signin import enter


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
