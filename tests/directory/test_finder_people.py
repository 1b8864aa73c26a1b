"""The finder as the people who need it meet it: what each of them reads, hears, takes along, and types wrongly."""

import re

import pytest

from duga.directory import actions
from duga.directory.queries import finder as found_by
from duga.directory.rules.asked import Asked
from duga.places.queries import find_area
from tests.directory import build
from tests.directory.test_finder import A_SERVICE, MONDAY, checked, helpline, places, shelf, text_of  # noqa: F401
from tests.journeys.test_finding_help import Strict

pytestmark = pytest.mark.django_db
CYRILLIC = re.compile("[\u0400-\u04ff]")


def said(answer):
    """What a reader sees of a page, without its markup and its lists to choose from."""
    main = text_of(answer).split("<main")[1].split("</main>")[0]
    main = re.sub(r"<select.*?</select>", "", main, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


# --- A mother in Belgrade, who reads Serbian in Latin letters --------------------------------------------


def test_a_mother_in_belgrade(cast, client, shelf, places):  # noqa: F811
    nis = build.provider(cast, "other_coordinator", cast.nis)
    build.service(
        cast, nis, "other_coordinator", name="Дневни боравак за децу", language="sr", languages=[{"code": "sr"}],
        description="Сваког радног дана.", terms={"needs": ["care"], "service_types": ["day_centre"]},
        locations=[{"city": "Београд", "latitude": 44.843, "longitude": 20.401,
                    "area": str(find_area("Beograd", "RS").area.pk)}],
    )  # fmt: skip
    answer = client.post("/services/?lang=sr-latn", {"need": "care", "country": "RS", "place": "beograd"}, follow=True)
    page = said(answer)
    assert "Beograd" in page and "Beograd, Beograd" not in page
    assert "Dnevni boravak za decu" in page and "Govore srpski" in page and "Jezici: Srpski" in page
    assert re.search(r"\d,\d km", page)  # a decimal comma, as she writes it
    assert not CYRILLIC.search(page)
    assert not CYRILLIC.search(said(client.get(A_SERVICE.search(text_of(answer)).group())))
    assert "Дневни боравак" in said(client.get(A_SERVICE.search(text_of(answer)).group() + "?lang=sr"))


# --- An older man in Shkodër, who reads Albanian ---------------------------------------------------------


def test_an_older_man_in_shkoder(client, shelf, places):  # noqa: F811
    for place in ("Shkodër", "shkoder", "  SHKODRA "):
        told = {"need": "care", "country": "AL", "place": place}
        answer = client.post("/services/?lang=sq", told, follow=True)
        assert "area=" in answer.redirect_chain[-1][0]
        page = said(answer)
        assert "Shkodër" in page and "Shkodër, Shkodër" not in page
        assert "Nuk u gjet asgjë" in page and "linjë urgjence" not in page  # no line is listed: none is promised


def test_a_place_nobody_knows_is_said(client, shelf, places):  # noqa: F811
    for place in ("qwertyuiop", "<b>", "12", "a" * 130, "x\x00y"):
        answer = client.post("/services/", {"need": "care", "country": "AL", "place": place})
        assert answer.status_code == 200 and "<b>" not in text_of(answer).split("<main")[1]
        assert "Choose an area, or write a larger town near you." in said(answer)
        if place == "qwertyuiop":
            assert "We do not know the place “qwertyuiop”." in said(answer)


# --- A woman who looks for a shelter ---------------------------------------------------------------------


def test_a_shelter_tells_where_by_phone_only(cast, client, shelf):  # noqa: F811
    shelter = build.service(
        cast, shelf, name="Sigurna kuća", locations=[], service_areas=[{"name": "Nikšić"}],
        terms={"needs": ["shelter"], "service_types": ["shelter"]},
    )  # fmt: skip
    team = build.service(cast, shelf, name="Mobilni tim", locations=[], service_areas=[{"name": "Nikšić"}],
                         terms={"needs": ["food"]})  # fmt: skip
    page = client.get(f"/services/{shelter.pk}/")
    assert "They tell you where when you call." in said(page) and page["Cache-Control"] == "no-store"
    assert "By phone or online" not in said(page)
    assert f"Nikšić, {'Montenegro'}" in said(client.get(f"/services/{team.pk}/"))


def test_lines_stand_first_where_it_is_about_violence(cast, client, shelf):  # noqa: F811
    for number in range(3):
        helpline(cast, shelf, name=f"SOS {number}")
    calm = text_of(client.get("/services/?need=food&country=ME"))
    urgent = text_of(client.post("/services/", {"need": "protection", "country": "ME"}))
    first = [page.split('class="urgent"')[1].split("<details")[0] for page in (calm, urgent)]
    assert [each.count('<a class="call"') for each in first] == [1, 3]


# --- A field worker who passes a service on --------------------------------------------------------------


def test_a_worker_passes_a_service_on(cast, client, shelf):  # noqa: F811
    apps = [{"number": "+382 67 111 222", "apps": ["viber", "whatsapp", "sms"]}]
    service = build.service(cast, shelf, phones=apps, languages=[{"code": "fa", "interpreted": True}, {"code": "sq"}])
    page = text_of(client.get(f"/services/{service.pk}/"))
    address = f"http://testserver/services/{service.pk}/"
    for told in ("tel:+38267111222", "viber://chat?number=%2B38267111222", "https://wa.me/38267111222",
                 "sms:+38267111222", "sms:?&amp;body=http", "mailto:?body=http", f'data-share="{address}"',
                 '<svg class="qr"', "save/", "card.vcf", "data-print"):  # fmt: skip
        assert told in page, told
    assert "<bdi>فارسی</bdi> (with an interpreter), <bdi>Shqip</bdi>" in page
    assert "<bdi>فارسی</bdi> (با مترجم)، <bdi>Shqip</bdi>" in text_of(client.get(f"/services/{service.pk}/?lang=fa"))


def test_a_list_on_paper_is_by_place(cast, client, shelf):  # noqa: F811
    for name, city in (("B", "Nikšić"), ("A", "Nikšić"), ("C", "Bar")):
        build.service(cast, shelf, name=f"Pomoć {name}", locations=[{"city": city}])
    page = text_of(client.get("/services/list/?country=ME"))
    assert re.findall(r"Pomoć ([ABC])", page) == ["C", "A", "B"]


def test_free_places_are_told_in_words(cast, client, shelf):  # noqa: F811
    beds = [{"unit": "beds", "available": 2, "maximum": 5}]
    service = build.service(cast, shelf, capacities=beds)
    assert "beds: 2 of 5 (less than an hour ago)" in said(client.get(f"/services/{service.pk}/"))
    assert "кревети: 2 од 5" in said(client.get(f"/services/{service.pk}/?lang=sr"))


def test_an_age_is_said_once_where_all_are_of_one_day(cast, client, shelf):  # noqa: F811
    service = build.service(cast, shelf)
    checked(service, 21)
    assert said(client.get(f"/services/{service.pk}/")).count("Checked: 3 weeks ago") == 1
    checked(service, 250, "hours")
    page = said(client.get(f"/services/{service.pk}/"))
    assert (page.count("Checked: 3 weeks ago"), page.count("Last checked: 8 months ago")) == (1, 1)


def test_nothing_found_offers_what_helps(cast, client, shelf):  # noqa: F811
    build.service(cast, shelf)
    page = text_of(client.post("/services/", {"q": "xxyyzz"}))
    assert "Not everyone who helps is listed: look wider." in page and "Without the filters" not in page
    assert '<a class="button" href="/services/">What do you need?</a>' in page and "Not translated" not in page
    helpline(cast, shelf)
    page = text_of(client.post("/services/", {"q": "pravna", "groups": "women", "age": "3"}))
    assert "Without the filters" in page or "Besplatna" in page


def test_the_age_of_a_translation_is_no_matter_of_lists(cast, shelf):  # noqa: F811
    build.service(cast, shelf)
    found = found_by.find(Asked(need="legal", country="ME"), "tr", MONDAY)
    assert [line.startswith("Not translated yet") for line in found.honesty] == [True]
    assert found_by.find(Asked(need="food", country="ME"), "tr", MONDAY).honesty == []


# --- Spoken texts, and guides ----------------------------------------------------------------------------


def test_who_cannot_read_can_listen(cast, client, shelf, settings, tmp_path):  # noqa: F811
    settings.MEDIA_ROOT = tmp_path
    service = build.service(cast, shelf)
    spoken = build.recording(cast, service, language="cnr")
    page = text_of(client.get(f"/services/{service.pk}/?lang=bs"))  # who reads Bosnian understands it
    address = f"/services/recordings/{spoken.pk}/"
    assert f'<audio controls preload="none" src="{address}"' in page
    assert "<audio" not in text_of(client.get(f"/services/{service.pk}/?lang=fa"))
    whole = client.get(address)
    sound = whole.content
    assert (whole["Content-Type"], whole["Accept-Ranges"], len(sound)) == ("audio/ogg", "bytes", spoken.size)
    for asked, status, told in (
        ("bytes=0-3", 206, sound[:4]), ("bytes=60-", 206, sound[60:]), ("bytes=-4", 206, sound[-4:]),
        ("bytes=2-999999", 206, sound[2:]), ("bytes=9999-", 416, b""), ("bytes=5-2", 416, b""),
    ):  # fmt: skip
        part = client.get(address, headers={"Range": asked})
        assert (part.status_code, part.content) == (status, told), asked
    assert part["Content-Range"] == f"bytes */{len(sound)}"
    for odd in ("bytes=0-1,3-4", "lines=1-2", "bytes=-"):
        assert client.get(address, headers={"Range": odd}).status_code == 200
    changes = {"discreet": True}
    actions.change_service(by=cast.viewer("coordinator"), service_id=service.pk, changes=changes)
    assert client.get(address)["Cache-Control"] == "no-store"
    actions.change_service(by=cast.viewer("coordinator"), service_id=service.pk, changes={"listed": False})
    assert client.get(address).status_code == 404


def test_a_guide_is_as_public_as_what_it_stands_beside(cast, client, shelf, sign_in):  # noqa: F811
    service = build.service(cast, shelf)
    guide = build.guide(cast, shelf, service)
    address = f"/services/guides/{guide.pk}/"
    page = text_of(client.get(address))
    assert "data-exit" not in page and "Not translated yet" not in page
    assert "Ende nuk është përkthyer. Teksti është në gjuhën: English." in said(client.get(f"{address}?lang=sq"))
    client.get("/?lang=en")
    by = cast.viewer("coordinator")
    actions.change_service(by=by, service_id=service.pk, changes={"discreet": True})
    answer = client.get(address)
    assert "data-exit" in text_of(answer) and answer["Cache-Control"] == "no-store"
    actions.change_service(by=by, service_id=service.pk, changes={"listed": False})
    assert client.get(address).status_code == 404
    assert sign_in("coordinator").get(address).status_code == 200  # who wrote it


def test_cards_are_of_public_services_only(cast, shelf):  # noqa: F811
    kept = [build.service(cast, shelf, **more) for more in ({}, {"listed": False}, {"status": "inactive"})]
    old = build.service(cast, shelf)
    checked(old, 1500)
    cards = found_by.cards_of([row.pk for row in (*kept, old)], "en", MONDAY)
    assert [card.id for card in cards] == [kept[0].pk]


def test_every_language_is_whole(cast, client, shelf, settings):  # noqa: F811
    """No page of any language has a hole for a value, or markup that browsers must forgive."""
    service = build.service(cast, shelf, capacities=[{"unit": "beds", "available": 2, "maximum": 5}])
    checked(service, 250, "hours")
    helpline(cast, shelf)
    addresses = ("/services/", "/services/?need=legal&country=ME", f"/services/{service.pk}/")
    for language in dict(settings.LANGUAGES):
        for address in addresses:
            page = text_of(client.get(f"{address}{'&' if '?' in address else '?'}lang={language}"))
            strict = Strict()
            strict.feed(page)
            assert (strict.found(), re.findall(r"%\(|\{\{|\{%", page)) == ([], []), (language, address)
