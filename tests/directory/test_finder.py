"""The finder: every state an address, violence by POST, what is told and how old it is, how much it weighs."""

import csv
import datetime as dt
import gzip
import json
import logging
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from config.serving import GRANIAN
from duga.directory import actions
from duga.directory.actions import indexing
from duga.directory.models import Fact, GuidedService, Report, SavedList, SavedService, Translation
from duga.directory.queries import finder as found_by
from duga.directory.queries.finder.telling import ago
from duga.directory.rules.asked import Asked, about_violence
from duga.directory.rules.terms import terms
from duga.directory.rules.texts import mark
from duga.directory.rules.words import FILE, label_of
from duga.members.rules import Viewer
from duga.places.actions import load_shipped_places
from duga.places.queries import codes, countries
from duga.plain.errors import NotAllowed, Refused
from tests.directory import build

pytestmark = pytest.mark.django_db
A_SERVICE = re.compile(r"/services/[0-9a-f-]{36}/")
MONDAY = dt.datetime(2026, 11, 23, 10, 0, tzinfo=dt.UTC)  #: eleven o'clock in Podgorica


@pytest.fixture
def shelf(cast):
    build.terms()
    return build.provider(cast)


@pytest.fixture
def places(db):
    load_shipped_places(by=Viewer(system="tests"))


def text_of(answer):
    return answer.content.decode()


def helpline(cast, provider, **changes):
    """An emergency line about violence."""
    told = {
        "name": "SOS telefon", "emergency": True, "discreet": True, "locations": [],
        "terms": {"needs": ["protection"], "service_types": ["helpline"]},
        "phones": [{"number": "0800 111 222", "free": True}],
    }  # fmt: skip
    return build.service(cast, provider, **{**told, **changes})


# --- The way ------------------------------------------------------------------------------------------


def test_need_then_place_then_services(client, cast, shelf):
    build.service(cast, shelf)
    assert "What do you need?" in text_of(client.get("/services/"))
    assert "Where are you?" in text_of(client.get("/services/?need=legal"))
    found = text_of(client.get("/services/?need=legal&country=ME"))
    assert "Besplatna pravna" in found
    page = text_of(client.get(A_SERVICE.search(found).group()))
    for told in ("Besplatna pravna", "tel:+38240000001", "9:00 – 15:00", "Monday – Friday", "Free of charge"):
        assert told in page


def test_every_need_has_a_pictogram_and_its_own_address(client, shelf):
    page = text_of(client.get("/services/"))
    assert page.count('<svg class="pictogram"') == len(codes("needs")) == 12
    for need in codes("needs"):
        asked = Asked(need=need.code)
        assert (f'href="{asked.address}"' in page) is (need.code not in about_violence("needs"))


def test_a_typed_town_becomes_a_coarse_address(client, shelf, places):
    answer = client.post("/services/", {"need": "legal", "country": "RS", "place": "нови сад"})
    assert answer.status_code == 302
    assert re.fullmatch(r"/services/\?need=legal&country=RS&area=(geonames%3A\d+|RS-06)", answer.headers["Location"])
    assert client.get(answer.headers["Location"]).status_code == 200
    village = client.post("/services/", {"need": "legal", "country": "RS", "place": "Nowhere at all"})
    assert "We do not know the place" in text_of(village)


def test_an_address_that_says_too_much_is_not_heard(cast, client, shelf):
    build.service(cast, shelf)
    page = text_of(client.get("/services/?need=legal&country=ME&q=secret&groups=women&age=17&area=ME-99"))
    assert "secret" not in re.sub(r"lang=[a-z-]+", "", page.split("<main")[1])
    assert "Besplatna" in page  # an area that is not there is left out
    for wrong in ("need=drugs", "country=QQ", "page=0", "page=x", "need=legal&country=ME&page=4000"):
        assert client.get(f"/services/?{wrong}").status_code == 200


def test_who_one_is_goes_by_post_and_never_into_an_address(cast, client, shelf):
    build.service(cast, shelf, terms={"needs": ["legal"], "target_groups": ["women"]}, minimum_age=18)
    asked = {"need": "legal", "country": "ME", "groups": ["women"], "age": "30"}
    answer = client.post("/services/", asked)
    assert answer.status_code == 200 and "Besplatna" in text_of(answer)
    assert "age=30" not in text_of(answer) and "groups=women" not in text_of(answer)
    assert "Besplatna" not in text_of(client.post("/services/", asked | {"age": "12"}))
    plain = client.post("/services/", {"need": "legal", "country": "ME"})
    assert plain.headers["Location"] == "/services/?need=legal&country=ME"


@pytest.mark.parametrize("said", ["Đorđe", "djordje", "Ђорђе", "DORDE"])
def test_the_search_is_blind_to_script_and_spelling(cast, client, shelf, said):
    build.service(cast, shelf, name="Savjetovalište Đorđe")
    assert "Savjetovalište Đorđe" in text_of(client.post("/services/", {"q": said}))


@pytest.mark.parametrize("said", ["وکیل", "محامي", "avukat", "avocat", "parêzer", "پارێزەر", "lawyer legal", "zzzzz"])
def test_words_of_the_route_find_what_they_mean(cast, client, shelf, said):
    build.service(cast, shelf)
    assert ("Besplatna" in text_of(client.post("/services/", {"q": said}))) is (said != "zzzzz")


def test_open_now_and_my_language(cast, shelf):
    build.service(cast, shelf)
    now = found_by.find(Asked(need="legal", country="ME", open=True), "en", MONDAY)
    later = found_by.find(Asked(need="legal", country="ME", open=True), "en", MONDAY + dt.timedelta(hours=9))
    assert [len(found.cards) for found in (now, later)] == [1, 0]
    assert now.cards[0].open.text == "Open now, until 15:00"
    assert found_by.find(Asked(need="legal", country="ME", mine=True), "sq", MONDAY).cards[0].in_mine
    assert found_by.find(Asked(need="legal", country="ME", mine=True), "sr-latn", MONDAY).cards
    assert not found_by.find(Asked(need="legal", country="ME", mine=True), "fa", MONDAY).cards


# --- Violence ---------------------------------------------------------------------------------------------


def test_violence_is_asked_by_post_and_leaves_nothing(cast, client, shelf):
    helpline(cast, shelf)
    assert client.get("/services/?need=protection&country=ME").headers["Location"] == "/services/"
    for asked in ({"need": "protection"}, {"need": "protection", "country": "ME"}):
        answer = client.post("/services/", asked)
        assert answer.status_code == 200
        assert answer["Cache-Control"] == "no-store" and answer["Referrer-Policy"] == "same-origin"
        page = text_of(answer)
        assert "data-exit" in page and "protection" not in "".join(re.findall(r'href="[^"]*"', page))
        assert "<title>Services" in page  # what a history shows
        assert answer.cookies == {}
    assert "SOS telefon" in page
    service = client.get(A_SERVICE.search(page).group())
    assert service["Cache-Control"] == "no-store"
    page = text_of(service)
    assert "data-exit" in page and "<title>Services" in page and '<svg class="qr"' not in page
    assert service.cookies == {}
    assert client.get(A_SERVICE.search(text_of(client.post("/services/", asked))).group() + "save/").status_code == 404


def test_a_shelters_kind_makes_its_page_discreet(cast, client, shelf):
    told = {"terms": {"needs": ["shelter"], "service_types": ["shelter"]}, "discreet": False, "locations": []}
    service = build.service(cast, shelf, **told)
    assert "data-exit" in text_of(client.get(f"/services/{service.pk}/"))
    assert "data-exit" in text_of(client.get("/services/?need=shelter&country=ME"))


def test_searches_are_not_logged(cast, client, shelf, caplog, django_assert_max_num_queries):
    assert not [word for word in GRANIAN if "access" in word]
    with caplog.at_level(logging.DEBUG):
        client.get("/services/?need=legal&country=ME")
        client.get("/services/?need=legal&country=QQ")
        client.post("/services/", {"need": "protection", "country": "ME", "q": "nasilje"})
    told = [f"{r.name} {r.getMessage()}" for r in caplog.records if not r.name.startswith(("django.db", "django.tem"))]
    assert not [line for line in told if "need" in line or "services/" in line]


# --- What is told, and how old it is --------------------------------------------------------------------


def checked(service, days, *kinds):
    """Its facts (these kinds; all without any) were checked so many days ago."""
    rows = Fact.objects.filter(service=service, **({"kind__in": kinds} if kinds else {}))
    rows.update(verified_at=None if days is None else timezone.now() - dt.timedelta(days=days))
    indexing._index([service.pk])


@pytest.mark.parametrize(
    ("days", "said", "phone"),
    [(21, "Checked: 3 weeks ago", True), (250, "Last checked: 8 months ago. Ask before", True),
     (450, "Not shown, because it is too old", False), (None, "Nobody has checked this yet", True)],
)  # fmt: skip
def test_each_fact_says_its_age(cast, client, shelf, days, said, phone):
    service = build.service(cast, shelf)
    checked(service, days, "phone", "hours")
    page = text_of(client.get(f"/services/{service.pk}/"))
    assert said in page
    assert ("tel:" in page) is phone
    assert ("Monday – Friday" in page) is phone


def test_an_emergency_line_is_never_hidden(cast, client, shelf):
    line, other = helpline(cast, shelf), build.service(cast, shelf)
    checked(line, 1500)
    checked(other, 1500)
    for page in (client.get("/services/"), client.get("/services/?need=food&country=ME")):
        assert "0800 111 222" in text_of(page) and "Last checked: 4 years ago" in text_of(page)
    assert "Besplatna" not in text_of(client.get("/services/?need=legal&country=ME"))
    assert client.get(f"/services/{other.pk}/").status_code == 404


def test_texts_say_honestly_how_they_are_translated(cast, client, shelf):
    service = build.service(cast, shelf)
    page = text_of(client.get(f"/services/{service.pk}/?lang=tr"))
    assert "Henüz çevrilmedi" in page and "Crnogorski" in page
    told = {"entity": "service", "record_id": service.pk, "field": "name", "language": "tr", "text": "Hukuki yardım"}
    row = Translation.objects.create(**told, of=mark(service.name))
    assert "Hukuki yardım" in text_of(client.get(f"/services/{service.pk}/"))
    Translation.objects.filter(pk=row.pk).update(of="older")
    assert "asıl metin değişti" in text_of(client.get(f"/services/{service.pk}/"))
    Translation.objects.filter(pk=row.pk).update(machine=True)
    assert "Makine çevirisi" in text_of(client.get(f"/services/{service.pk}/"))


def test_time_in_words():
    said = {0: "today", 1: "1 day ago", 13: "13 days ago", 21: "3 weeks ago", 75: "2 months ago", 800: "2 years ago"}
    with override("en"):
        assert {days: ago(days) for days in said} == said
    with override("sr"):
        assert [ago(days) for days in (1, 3, 5, 21)] == ["пре 1 дан", "пре 3 дана", "пре 5 дана", "пре 3 недеље"]


def test_hours_of_a_language_stand_apart(cast, client, shelf):
    week = {"freq": "WEEKLY", "opens_at": "10:00", "closes_at": "12:00"}
    hours = [{**week, "byday": "MO,TU,WE"}, {**week, "byday": "SA"}, {**week, "byday": "TU", "language": "fa"},
             {"freq": "MONTHLY", "byday": "1SU", "opens_at": "09:00", "closes_at": "10:00"}]  # fmt: skip
    page = text_of(client.get(f"/services/{build.service(cast, shelf, schedules=hours).pk}/"))
    assert "Monday – Wednesday, Saturday" in page
    assert "<bdi>فارسی</bdi>" in page
    assert re.search(r"\d+\. \d+\. \d{4}\., \d+\. \d+\. \d{4}\.", page)  # the first Sundays, as dates


def test_what_is_not_public_is_not_there(cast, client, shelf):
    for changes in ({"listed": False}, {"status": "inactive"}):
        service = build.service(cast, shelf, **changes)
        assert client.get(f"/services/{service.pk}/").status_code == 404
        assert client.get(f"/services/{service.pk}/save/").status_code == 404
        assert client.post(f"/services/{service.pk}/report/", {"kind": "hours"}).status_code == 404


# --- Reports, keeping, printing --------------------------------------------------------------------------


def test_one_tap_reports_and_nobody_is_asked_who(cast, shelf):
    service = build.service(cast, shelf)
    client = Client(enforce_csrf_checks=True)
    page = text_of(client.get(f"/services/{service.pk}/"))
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page).group(1)
    answer = client.post(f"/services/{service.pk}/report/", {"kind": "hours", "csrfmiddlewaretoken": token})
    assert answer.status_code == 302
    assert "Thank you" in text_of(client.get(answer.headers["Location"]))
    assert Report.objects.get().kind == "hours"
    assert client.post(f"/services/{service.pk}/report/", {"kind": "hours"}).status_code == 403
    wrong = client.post(f"/services/{service.pk}/report/", {"kind": "nonsense", "csrfmiddlewaretoken": token})
    assert wrong.status_code == 200 and Report.objects.count() == 1


def test_a_saved_page_needs_nothing_else(cast, client, shelf):
    answer = client.get(f"/services/{build.service(cast, shelf).pk}/save/")
    page = text_of(answer)
    assert "attachment" in answer["Content-Disposition"]
    assert "--ground" in page and "tel:+38240000001" in page
    assert not re.search(r'(?:src|<link[^>]*href)="', page)


def test_machines_read_the_page_and_no_text_leaves_its_data(cast, client, shelf):
    service = build.service(cast, shelf, name="Pomoć </script><b>&")
    page = text_of(client.get(f"/services/{service.pk}/"))
    data = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S).group(1)
    assert json.loads(data)["name"] == "Pomoć </script><b>&"
    assert "<" not in data
    assert "ld+json" not in text_of(client.get(f"/services/{helpline(cast, shelf).pk}/"))


def test_a_list_for_paper(cast, client, shelf):
    build.service(cast, shelf)
    helpline(cast, shelf)
    page = text_of(client.get("/services/list/?need=legal&country=ME"))
    assert "+382 40 000 001" in page and "0800 111 222" in page
    assert client.get("/services/list/?need=protection&country=ME").status_code == 302
    assert client.get("/services/list/").status_code == 302


def test_a_guide_stands_beside_its_service(cast, client, shelf):
    service = build.service(cast, shelf)
    guide = build.guide(cast, shelf, service, steps=["Open the page.", "  ", "Choose a day."])
    assert f"/services/guides/{guide.pk}/" in text_of(client.get(f"/services/{service.pk}/"))
    page = text_of(client.get(f"/services/guides/{guide.pk}/"))
    assert "<li>Choose a day.</li>" in page and page.count("<li>") >= 2
    changed = build.guide(cast, shelf, service, guide_id=guide.pk, title="Another title")
    assert changed.pk == guide.pk and GuidedService.objects.count() == 1
    for wrong in ({"steps": [" "]}, {"title": " "}, {"video": "http://example.org/v"}, {"video": "javascript:1"}):
        with pytest.raises(Refused):
            build.guide(cast, shelf, service, **wrong)
    with pytest.raises(NotAllowed):
        build.guide(cast, shelf, service, who="other_coordinator")
    actions.remove_guide(by=cast.viewer("coordinator"), guide_id=guide.pk)
    assert client.get(f"/services/guides/{guide.pk}/").status_code == 404


def test_a_guide_tells_no_confidential_place(cast, shelf):
    service = helpline(cast, shelf, emergency=False)
    place = {"address": "Tajna ulica 77"}
    actions.keep_place(by=cast.viewer("coordinator"), service_id=service.pk, kind="shelter", told=place)
    with pytest.raises(Refused):
        build.guide(cast, shelf, service, steps=["Come to Tajna ulica 77."])


def test_a_worker_keeps_lists_of_her_own(cast, sign_in, shelf):
    service = build.service(cast, shelf)
    client = sign_in("worker")
    assert "Keep in a list" in text_of(client.get(f"/services/{service.pk}/"))
    answer = client.post("/workspace/directory/lists/", {"name": "Legal help", "service": str(service.pk)})
    page = answer.headers["Location"]
    assert "+382 40 000 001" in text_of(client.get(page))
    client.post("/workspace/directory/lists/", {"name": "Legal help", "service": str(service.pk)})
    assert (SavedList.objects.count(), SavedService.objects.count()) == (1, 1)
    assert sign_in("coordinator").get(page).status_code == 404  # not hers
    client = sign_in("worker")
    client.post(page, {"leave_out": str(service.pk)})
    assert "Nothing in it yet" in text_of(client.get(page))
    client.post(page, {"do": "remove"})
    assert client.get(page).status_code == 404
    assert client.post("/workspace/directory/lists/", {"name": " "}).status_code == 422


# --- Weight and cost --------------------------------------------------------------------------------------


def many(cast, provider, number):
    for count in range(number):
        build.service(cast, provider, name=f"Pravna pomoć broj {count}")


def weight(client, address, accept="gzip"):
    """Bytes that travel for a first visit: the page, its style sheets, script and icon, compressed as they are sent."""
    answer = client.get(address, headers={"accept-encoding": accept})
    assert answer.headers.get("Content-Encoding") == "gzip"
    page = gzip.decompress(answer.content).decode()
    files = set(re.findall(r'(?:href|src)="/static/([^"]+)"', page))
    assert {"ui/duga.css", "directory/finder.css"} <= files
    assert "<img" not in page and "@font-face" not in page
    return len(answer.content) + sum(len(gzip.compress(Path(finders.find(name)).read_bytes())) for name in files)


def test_pages_weigh_less_than_fifty_kilobytes(cast, client, shelf):
    many(cast, shelf, 22)
    helpline(cast, shelf)
    service = A_SERVICE.search(text_of(client.get("/services/?need=legal&country=ME"))).group()
    heavy = {}
    for language in ("en", "sr", "fa"):
        for address in ("/services/?", "/services/?need=legal&", "/services/?need=legal&country=ME&", f"{service}?",
                        "/services/list/?country=ME&"):  # fmt: skip
            heavy[address, language] = weight(client, f"{address}lang={language}")
    print({f"{address}{language}": f"{size / 1000:.1f} KB" for (address, language), size in heavy.items()})
    assert max(heavy.values()) < 50_000


def test_queries_do_not_grow_with_rows(cast, client, shelf, django_assert_max_num_queries):
    many(cast, shelf, 2)
    helpline(cast, shelf)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count(address):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    pages = ("/services/", "/services/?need=legal&country=ME", "/services/list/?need=legal&country=ME")
    before = [count(address) for address in pages]
    many(cast, shelf, 12)
    helpline(cast, shelf)
    assert [count(address) for address in pages] == before


# --- Words ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ar", *(code for code, _name in settings.FINDER_LANGUAGES)])
def test_every_word_is_there_in_the_languages_of_the_route(language):
    with open(FILE, encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["language"] == language]
    told = {(row["list"], row["code"]) for row in rows if row["label"]}
    lists = ("needs", "target_groups", "conditions", "accessibility")
    wanted = {(key, term.code) for key in lists for term in terms(key)}
    wanted |= {("countries", country.code) for country in countries()}
    assert wanted - told == set()
    assert label_of("needs", "food", language) != label_of("needs", "food", "en")
