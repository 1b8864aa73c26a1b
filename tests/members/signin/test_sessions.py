"""Passwords, and the browsers that are signed in."""

import pytest
from django.test import Client

from duga.members.models import TrailEntry
from tests.conftest import PASSWORD
from tests.members.signin import HOME, OFFICE, enter


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
