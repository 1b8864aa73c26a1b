"""Nobody learns who has an account; recovery writes to its owner only."""

import re

import pytest
from django.core import mail
from django.test import Client

from duga.members.models import Notice, TrailEntry
from tests.conftest import PASSWORD
from tests.members.signin import HOME, STRANGER, enter, guess, inside


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
