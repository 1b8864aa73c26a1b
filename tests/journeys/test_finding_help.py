"""Finding help on a poor phone: in Farsi with scripts off, and about violence without a trace."""

import os
import re
import subprocess
from collections import Counter
from html.parser import HTMLParser

import pytest

from duga.directory.actions import indexing
from duga.directory.models import Translation
from duga.directory.rules.texts import mark
from duga.members.rules import Viewer
from duga.places.actions import load_shipped_places
from tests.directory import build
from tests.journeys.conftest import no_violations, nothing_hangs_over, press

pytestmark = pytest.mark.django_db(transaction=True)
#: The Nu HTML checker (npm's vnu-jar), where somebody has one: DUGA_VNU=…/vnu.jar.
CHECKER = os.environ.get("DUGA_VNU", "")
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
WEEK = {"freq": "WEEKLY", "byday": "MO,TU,WE,TH,FR", "opens_at": "08:00", "closes_at": "16:00"}


@pytest.fixture
def centre(transactional_db, cast, settings, tmp_path):
    """A day centre in Nikšić where an interpreter for Farsi comes twice a week, and an emergency line."""
    load_shipped_places(by=Viewer(system="tests"))
    build.terms()
    here = build.provider(cast)
    centre = build.service(
        cast, here, name="Dnevni centar", description="Topli obrok i tuš.",
        terms={"needs": ["food", "hygiene"], "service_types": ["day_centre"], "conditions": ["free_of_charge"]},
        languages=[{"code": "cnr"}, {"code": "fa", "interpreted": True}],
        schedules=[WEEK, {**WEEK, "byday": "TU,TH", "opens_at": "10:00", "closes_at": "14:00", "language": "fa"}],
    )  # fmt: skip
    build.service(cast, here, name="Narodna kuhinja", terms={"needs": ["food"]}, languages=[{"code": "cnr"}])
    build.service(
        cast, here, name="SOS telefon", emergency=True, discreet=True, locations=[],
        terms={"needs": ["protection"], "service_types": ["helpline"]}, phones=[{"number": "0800 111 222"}],
    )  # fmt: skip
    told = {"entity": "service", "record_id": centre.pk, "field": "name", "language": "fa", "text": "مرکز روزانه"}
    Translation.objects.create(**told, of=mark("Dnevni centar"))
    indexing._index([centre.pk])
    return centre


def test_who_speaks_farsi_finds_a_day_centre_and_its_hours(centre, open_page):
    page = open_page(phone=True, java_script_enabled=False, locale="fa-IR")
    page.goto("/services/")
    assert page.get_attribute("html", "dir") == "rtl"
    assert page.inner_text("h1") == "به چه چیزی نیاز دارید؟"
    press(page, "text=غذا")
    assert page.inner_text("h1") == "کجا هستید؟"
    press(page, "text=مونته‌نگرو")
    press(page, "text=به فارسی صحبت می‌کنند")
    assert page.url.endswith("/services/?need=food&country=ME&mine=1")
    assert page.locator(".found > li").count() == 1  # the kitchen speaks no Farsi
    press(page, ".found h2 a")
    assert page.inner_text("h1") == "مرکز روزانه"
    hours = page.inner_text(".hours")
    assert "سه‌شنبه، پنجشنبه" in hours and "10:00 – 14:00" in hours
    assert "هنوز ترجمه نشده است" in page.inner_text("main")  # the description is Montenegrin, and it says so
    assert page.get_attribute("a.call", "href") == "tel:+38240000001"
    page.go_back()
    assert page.locator(".found > li").count() == 1
    page.fill("#q", "دوش")  # a shower
    press(page, "form[role=search] button")
    assert "مرکز روزانه" in page.inner_text(".found")
    assert "q=" not in page.url


def test_a_search_about_violence_leaves_no_trace(centre, open_page):
    page = open_page(phone=True)
    page.goto("/about/?lang=en")
    page.goto("/services/")
    press(page, "text=Safety and protection")
    press(page, "text=Montenegro")
    assert "SOS telefon" in page.inner_text(".found")
    assert page.url.endswith("/services/") and page.title().startswith("Services")
    nothing_hangs_over(page)
    no_violations(page)
    press(page, ".found h2 a")
    assert page.title().startswith("Services")
    no_violations(page)
    press(page, "main a[href$='/report/']")
    press(page, ".reports button >> nth=0")
    assert page.inner_text("h1") == "Thank you"
    page.goto("/services/")
    press(page, "text=Safety and protection")
    before = page.evaluate("() => history.length")
    page.route("**/*", lambda route: route.fulfill(body="<title>Elsewhere</title>", content_type="text/html"))
    page.click("[data-exit]")
    page.wait_for_url("https://www.wikipedia.org/")
    assert page.evaluate("() => history.length") == before  # it took the page's place
    page.unroute("**/*")


#: Languages the pages are looked at in: two scripts, light and dark, left and right. axe judges a template once in each
#: direction; what else may differ between languages is how wide their words are, and the markup.
LOOKED_AT = {"sr": "dark", "fa": "light", "sr-latn": "light"}
JUDGED = ("sr", "fa")


def test_pages_are_accessible_and_well_made(centre, open_page, tmp_path):
    page = open_page(phone=True)
    pages = {
        "needs": "/services/", "where": "/services/?need=food", "results": "/services/?need=food&country=ME",
        "service": f"/services/{centre.pk}/", "report": f"/services/{centre.pk}/report/",
        "list": "/services/list/?country=ME",
    }  # fmt: skip
    for language, scheme in LOOKED_AT.items():
        page.emulate_media(color_scheme=scheme)
        for name, address in pages.items():
            answer = page.goto(f"{address}{'&' if '?' in address else '?'}lang={language}", wait_until="load")
            (tmp_path / f"{name}-{language}.html").write_bytes(answer.body())
            nothing_hangs_over(page)
            if language in JUDGED:
                no_violations(page)
    for name, address in pages.items():
        answer = page.request.get(f"{address}{'&' if '?' in address else '?'}lang=en")
        (tmp_path / f"{name}-en.html").write_bytes(answer.body())
    well_made(sorted(tmp_path.glob("*.html")))


class Strict(HTMLParser):
    """Notes what browsers forgive: elements not closed in their order, attributes and ids said twice, dead labels."""

    def __init__(self):
        super().__init__()
        self.open, self.ids, self.pointed, self.wrong = [], Counter(), set(), []

    def handle_starttag(self, tag, attrs):
        names = Counter(name for name, _value in attrs)
        self.wrong += [f"{tag} says {name} twice" for name, number in names.items() if number > 1]
        told = dict(attrs)
        self.ids.update([told["id"]] if "id" in told else [])
        self.pointed |= {told["for"]} if "for" in told else set()
        self.pointed |= set(told.get("aria-labelledby", "").split())
        if (
            tag not in VOID
            and self.getpos()
            and not (self.open and self.open[-1] == "svg" and tag in ("path", "circle"))
        ):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        if tag not in VOID and "svg" not in self.open:
            self.wrong.append(f"<{tag}/> closes nothing")

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> at {self.getpos()} closes another")

    def found(self):
        """All that is wrong on the page that was fed."""
        twice = [f"id {name} twice" for name, number in self.ids.items() if number > 1]
        return self.wrong + twice + [f"no id {name}" for name in self.pointed - set(self.ids)] + self.open


def well_made(files):
    """The Nu HTML checker, where there is one, finds no error; our own strict reading never does."""
    for file in files:
        strict = Strict()
        strict.feed(file.read_text())
        assert strict.found() == [], file.name
    if CHECKER:
        told = subprocess.run(
            ["java", "-jar", CHECKER, "--errors-only", *files], capture_output=True, text=True, timeout=120, check=False
        )  # fmt: skip
        assert told.returncode == 0, told.stderr


def test_what_a_phone_does_by_itself(centre, open_page, tmp_path):
    """Nearest first without telling anyone, share, keep for when there is no network, print on one page."""
    page = open_page(phone=True, permissions=["geolocation"], geolocation={"latitude": 42.78, "longitude": 18.95})
    page.add_init_script("navigator.share = (told) => { window.shared = told; return Promise.resolve(); }")
    page.goto("/services/?need=food&country=ME&lang=sr-latn")
    sent = []
    page.on("request", lambda request: sent.append(request.url))
    page.click("[data-near]")
    page.wait_for_function("() => document.querySelector('[data-far]').textContent.includes('km')")
    assert page.inner_text("[data-far] >> nth=0") == "0,9 km"
    assert [address for address in sent if "/static/" not in address] == []
    page.goto(f"/services/{centre.pk}/?lang=en")
    page.click("[data-share]")
    assert page.evaluate("() => window.shared.url").endswith(f"/services/{centre.pk}/")
    assert pages_of(page.pdf(format="A4")) == 1
    with page.expect_download() as kept:
        page.click("a[download][href$='/save/']")
    kept.value.save_as(tmp_path / "kept.html")
    page.context.set_offline(True)
    page.goto((tmp_path / "kept.html").as_uri())
    assert page.get_attribute("a.call", "href") == "tel:+38240000001" and "call before you go" in page.inner_text(
        "main"
    )
    nothing_hangs_over(page)


def pages_of(pdf):
    """How many pages a PDF has."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf))
