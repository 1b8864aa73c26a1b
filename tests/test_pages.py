"""Every page × every persona, taken from the URL resolver: a page nobody judged fails the build."""

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from duga.vault import sealing
from duga.vault.keystore import KeyStore
from tests.conftest import make_cast
from tests.pages import EVERYONE, NOT_OPENED, PAGES, SIGNED_IN
from tests.world import furnish

REFUSED = (403, 404)
#: Asked on PostgreSQL besides all who get in. Everybody is on SQLite: who is refused is decided by the same lines.
ASKED_TWICE = {"visitor", "nobody", "other_worker"}


@pytest.fixture(scope="module")
def standing_world(django_db_setup, django_db_blocker, tmp_path_factory):
    """The cast with something on every shelf, furnished once: each page's test undoes what it does to it."""
    folder = tmp_path_factory.mktemp("world")
    store = KeyStore(folder / "keys.sqlite3", b"\x11" * 32)
    sealing.use_store(store)
    with override_settings(MEDIA_ROOT=folder / "files"), django_db_blocker.unblock(), transaction.atomic():
        cast = make_cast(store)
        furnish(cast)
        cast.sessions = {name: session_of(account) for name, account in cast.accounts.items()}
        yield cast
        transaction.set_rollback(True)
    sealing.use_store(None)
    store.close()


def session_of(account) -> str:
    """The key of a session in which somebody is signed in: begun once, opened for each page."""
    client = Client()
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def world(standing_world, db):
    """The standing world, inside a transaction of this test's own."""
    return standing_world


def names(resolver, namespace=""):
    """Every named address under a resolver, as `reverse` wants it."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from names(entry, inner)
        elif isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name}" if entry.name else f"unnamed: {entry.pattern}"


def test_every_address_is_judged():
    found = set(names(get_resolver()))
    told = set(PAGES) | set(NOT_OPENED)
    assert found - told == set(), "say in tests/pages.py who gets in"
    assert told - found == set(), "in tests/pages.py, but no such address"


@pytest.mark.parametrize("name", sorted(PAGES))
def test_each_persona_gets_in_or_not(name, world):
    page = PAGES[name]
    address = reverse(name, kwargs=page.args(world))
    everyone = {"visitor", *world.accounts}
    allowed = {
        EVERYONE: everyone,
        SIGNED_IN: everyone - {"visitor"},
    }.get(page.who, set(page.who.split()))
    assert allowed <= everyone, f"{name}: no such persona: {allowed - everyone}"
    wrong = []
    for persona in sorted(everyone if connection.vendor == "sqlite" else allowed | ASKED_TWICE):
        client = Client()
        if persona != "visitor":
            client.cookies[settings.SESSION_COOKIE_NAME] = world.sessions[persona]
        answer = getattr(client, page.method)(address, page.data(world) if callable(page.data) else page.data)
        to_sign_in = answer.status_code == 302 and answer.headers["Location"].startswith("/accounts/login/")
        if persona in allowed:
            fine = answer.status_code not in REFUSED and answer.status_code < 500 and not to_sign_in
        elif persona == "visitor":
            fine = to_sign_in or answer.status_code == 404
        else:
            fine = answer.status_code in REFUSED
        if answer.streaming:
            list(answer)  # to its end, which closes the file
        if not fine:
            wrong.append(f"{persona}: {answer.status_code} {answer.headers.get('Location', '')}")
    assert wrong == [], f"{name} ({address})"
