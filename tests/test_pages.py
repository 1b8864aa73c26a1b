"""Every page × every persona, taken from the URL resolver: a page nobody judged fails the build."""

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.pages import EVERYONE, NOT_OPENED, PAGES, SIGNED_IN

pytestmark = pytest.mark.django_db

REFUSED = (403, 404)


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
def test_each_persona_gets_in_or_not(name, client, world):
    page = PAGES[name]
    address = reverse(name, kwargs=page.args(world))
    everyone = {"visitor", *world.accounts}
    allowed = {
        EVERYONE: everyone,
        SIGNED_IN: everyone - {"visitor"},
    }.get(page.who, set(page.who.split()))
    assert allowed <= everyone, f"{name}: no such persona: {allowed - everyone}"
    wrong = []
    for persona in sorted(everyone):
        client.logout()
        if persona != "visitor":
            client.force_login(world.accounts[persona], backend="allauth.account.auth_backends.AuthenticationBackend")
        answer = getattr(client, page.method)(address, page.data)
        to_sign_in = answer.status_code == 302 and answer.headers["Location"].startswith("/accounts/login/")
        if persona in allowed:
            fine = answer.status_code not in REFUSED and answer.status_code < 500 and not to_sign_in
        elif persona == "visitor":
            fine = to_sign_in or answer.status_code == 404
        else:
            fine = answer.status_code in REFUSED
        if not fine:
            wrong.append(f"{persona}: {answer.status_code} {answer.headers.get('Location', '')}")
    assert wrong == [], f"{name} ({address})"
