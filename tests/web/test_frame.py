"""Home, workspace, navigation and language: what every page shows around itself."""

import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.urls import reverse
from django.utils.timezone import localdate

from duga.members.models import RoleGrant
from duga.members.rules import Role
from duga.plain.ids import uuid7
from duga.web import queries

pytestmark = pytest.mark.django_db


def page(answer):
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def nav(html):
    return re.findall(r'<a href="([^"]+)"', re.search(r'<nav class="nav(?: nav-long)?".*?</nav>', html, re.S)[0])


def tiles(html):
    return re.findall(r'class="tile[^"]*" href="([^"]+)"', html)


def test_home_asks_the_database_little_of_a_visitor_and_other_pages_nothing(
    client, django_assert_max_num_queries, django_assert_num_queries
):
    with django_assert_max_num_queries(2):
        assert "Sign in" in page(client.get("/"))
    with django_assert_num_queries(0):
        page(client.get("/about/"))


def test_home_shows_the_newest_years_that_are_over_and_may_be_shown(client, monkeypatch):
    def shown(year, value):
        cells = [{"labels": ["ALL"], "value": value}]
        return SimpleNamespace(id=uuid7(), document={"breakdown": ["country"], "cells": cells, "year": year})

    this_year = localdate().year
    years = {this_year - ago: shown(this_year - ago, value) for ago, value in enumerate((99, 1212, None, 433))}
    monkeypatch.setattr(queries.indicators, "network_documents", lambda: years)
    monkeypatch.setattr(queries, "grand_total", lambda document: document["cells"][0])
    assert [(each.year, each.value) for each in queries.headlines()] == [(this_year - 1, 1212), (this_year - 3, 433)]
    html = page(client.get("/"))
    assert "1,212" in html
    assert f"/evidence/release/{years[this_year - 1].id}/#" in html


def test_a_visitor_is_sent_to_sign_in_and_back(client):
    answer = client.get("/workspace/?organisation=niksic")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/accounts/login/?next=/workspace/%3Forganisation%3Dniksic"


def test_each_persona_begins_with_what_they_do(client, sign_in, cast):
    at = "/workspace/organisations/niksic/"
    worker = tiles(page(sign_in("worker").get("/workspace/")))
    assert worker[0] == reverse("casework:find", kwargs={"slug": "niksic"})
    assert f"{at}ledger/" not in worker
    coordinator = tiles(page(sign_in("coordinator").get("/workspace/")))
    assert {f"{at}import/", f"{at}ledger/"} <= set(coordinator)
    secretariat = tiles(page(sign_in("secretariat").get("/workspace/")))
    assert "/workspace/organisations/" in secretariat
    assert not any(address.startswith(at) for address in secretariat)
    assert "/workspace/administration/" in page(sign_in("administrator").get("/workspace/"))
    assert "no role yet" in page(sign_in("nobody").get("/workspace/"))


@pytest.mark.parametrize(
    "name", ["worker", "operator", "manager", "coordinator", "national", "secretariat", "observer"]
)
def test_nobody_is_shown_a_door_that_is_shut(client, sign_in, cast, name):
    client = sign_in(name)
    html = page(client.get("/workspace/"))
    shut = {address: client.get(address).status_code for address in {*nav(html), *tiles(html)}}
    assert {address for address, status in shut.items() if status in (403, 404)} == set()


def test_an_empty_organisation_is_told_where_to_begin(client, sign_in, cast):
    html = page(sign_in("coordinator").get("/workspace/"))
    assert "Begin here" in html
    assert "/workspace/organisations/niksic/import/" in html
    assert "Begin here" not in page(sign_in("worker").get("/workspace/"))


def test_who_works_in_two_organisations_changes_between_them(client, sign_in, cast):
    RoleGrant.objects.create(account=cast.accounts["worker"], role=Role.FIELD_WORKER, organisation=cast.nis)
    html = page(sign_in("worker").get("/workspace/"))
    assert "/workspace/?organisation=nis" in html
    assert "/workspace/?organisation=niksic" in html
    find = reverse("casework:find", kwargs={"slug": "nis"})
    assert tiles(page(client.get("/workspace/?organisation=nis")))[0] == find
    assert nav(page(client.get(find)))[1] == find


def test_another_organisation_in_the_address_changes_nothing(client, sign_in, cast):
    html = page(sign_in("worker").get("/workspace/?organisation=nis"))
    assert "/workspace/organisations/nis/" not in html


def test_who_is_signed_in_stands_on_every_page_and_can_sign_out(client, sign_in, cast):
    html = page(sign_in("worker").get("/about/"))
    assert "worker@example.org" in html
    assert "Field worker" in html
    assert 'action="/accounts/logout/"' in html


def test_the_demo_says_so(client, settings):
    assert "the people are invented" not in page(client.get("/"))
    settings.DEMO = True
    assert "the people are invented" in page(client.get("/"))


def test_the_sign_in_page_of_a_demo_names_its_people_and_no_password(client, settings, tmp_path):
    assert "Who you may be" not in page(client.get("/accounts/login/"))
    settings.DEMO, settings.DATA = True, tmp_path
    assert "Who you may be" not in page(client.get("/accounts/login/"))
    people = [{"email": "worker@demo.example", "name": "M", "role": "field_worker"}]
    (tmp_path / "demo.json").write_text(json.dumps({"password": "rainbow", "people": people}))
    html = page(client.get("/accounts/login/"))
    assert "worker@demo.example" in html
    assert "Field worker" in html
    assert "rainbow" not in html


class TestLanguage:
    @pytest.mark.parametrize("code", [code for code, _ in settings.SITE_LANGUAGES])
    def test_a_link_switches_keeps_the_place_and_is_remembered(self, client, code):
        html = page(client.get(f"/about/?year=2020&lang={code}"))
        tag = {"sr": "sr-Cyrl", "sr-latn": "sr-Latn"}.get(code, code)
        assert f'<html lang="{tag}" dir="{"rtl" if code == "ar" else "ltr"}">' in html
        for other, _ in settings.SITE_LANGUAGES:
            assert f"?year=2020&amp;lang={other}" in html
        assert f'<html lang="{tag}"' in page(client.get("/"))

    @pytest.mark.parametrize("code", [code for code, _ in settings.FINDER_LANGUAGES])
    def test_languages_of_the_finder_are_spoken_there_only(self, client, code):
        way = "rtl" if code in settings.LANGUAGES_BIDI else "ltr"
        assert f'<html lang="{code}" dir="{way}">' in page(client.get(f"/services/?lang={code}"))
        assert '<html lang="en" dir="ltr">' in page(client.get("/about/"))
        assert f'<html lang="{code}"' in page(client.get("/services/"))

    def test_an_unknown_language_changes_nothing(self, client):
        assert '<html lang="en"' in page(client.get("/?lang=tlh"))
        assert settings.LANGUAGE_COOKIE_NAME not in client.cookies

    def test_the_browser_is_asked_first(self, client):
        assert '<html lang="mk"' in page(client.get("/", headers={"accept-language": "mk,en;q=0.5"}))

    def test_the_account_is_asked_when_nothing_was_chosen_here(self, client, sign_in, cast):
        account = cast.accounts["worker"]
        account.language = "sq"
        account.save()
        assert '<html lang="sq"' in page(sign_in("worker").get("/workspace/"))
        assert '<html lang="sr-Cyrl"' in page(client.get("/workspace/?lang=sr"))
        assert '<html lang="sr-Cyrl"' in page(client.get("/workspace/"))

    def test_arabic_runs_from_right_to_left_in_real_words(self, client):
        html = page(client.get("/about/?lang=ar"))
        assert 'dir="rtl"' in html
        assert "قوس قزح" in html
        text = re.sub(r"<[^>]+>", " ", re.split(r"<main[^>]*>", html)[1].split("</main>")[0])
        assert not re.search(r"[A-Za-z]{3,}", text), "no English left in the page itself"


def test_public_pages_are_light(client):
    """HTML, stylesheet and script of a page, compressed as they are sent: at most 50 KB."""
    import brotli

    shared = b"".join(Path(finders.find(f"ui/duga.{end}")).read_bytes() for end in ("css", "js", "svg"))
    for path in ("/", "/about/", "/about/?lang=ar", "/accounts/login/"):
        assert len(brotli.compress(client.get(path).content)) + len(brotli.compress(shared)) < 15_000, path


def test_the_policy_is_strict_everywhere(client):
    for path in ("/", "/nothing-here/", "/accounts/login/"):
        policy = client.get(path).headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
