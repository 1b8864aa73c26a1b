"""The public evidence pages: what they show is what was released, explained, light, and safe."""

import gzip
import html
import re

import pytest
from django.urls import reverse

from duga.evidence.model import ALL
from duga.indicators import actions, rules

pytestmark = pytest.mark.django_db

NUMBER = re.compile(r'<a href="(/evidence/release/[0-9a-f-]{36}/#[^"]+)"><span class="number">(.*?)</a>')


def shown(answer):
    """{provenance address: number} of every linked number on a page."""
    text = html.unescape(answer.content.decode())
    return {url: re.sub(r"<[^>]*>|\D", "", number) for url, number in NUMBER.findall(text)}


def test_numbers_on_the_page_are_those_of_the_release(client, released):
    found = shown(client.get("/evidence/me/2020/"))
    expected = {}
    for name, release in released.items():
        if name == "households_reached:":
            continue
        for cell in release.table["cells"]:
            if cell["status"] == "shown":
                key = rules.cell_key(release.table, cell)
                expected[f"/evidence/release/{release.pk}/#{rules.anchor(key)}"] = str(cell["value"])
    assert found == expected


def test_every_number_leads_to_its_place_on_a_provenance_page(client, released):
    answer = client.get("/evidence/me/")
    pages = {}
    for url in shown(answer):
        address, _, anchor = url.partition("#")
        text = pages.setdefault(address, client.get(address).content.decode())
        assert f'id="{anchor}"' in text


def test_no_number_in_a_table_without_its_provenance(client, released):
    text = client.get("/evidence/me/2020/").content.decode()
    for table in re.findall(r"<tbody>(.*?)</tbody>", text, re.S):
        for cell in re.findall(r'<td class="num"[^>]*>(.*?)</td>', table, re.S):
            assert cell.startswith('<a href="/evidence/release/') or "hidden-cell" in cell, cell


def test_hidden_cells_say_one_thing_only(client, released):
    text = client.get("/evidence/me/2020/").content.decode()
    hidden = sum(cell["status"] == "hidden" for name, r in released.items() if r.breakdown for cell in r.table["cells"])
    assert text.count('<td class="num"><span class="hidden-cell"') == hidden > 0
    assert "small, or hidden to protect a small one" in text
    assert "&lt;5" not in text and "complementary" not in text


def test_the_page_says_how_far_people_are_unduplicated(client, released):
    text = client.get("/evidence/me/2020/").content.decode()
    assert "counted once inside an organisation" in text
    assert "Not unduplicated" in text and "320" in text  # tallies apart


def test_drawings_are_inline_with_words(client, released):
    told = {
        name: (release.state, release.table["withheld"], sorted(file.kind for file in release.files.all()))
        for name, release in released.items()
    }
    assert sum("svg" in kinds for _state, _withheld, kinds in told.values()) >= 3, told
    text = client.get("/evidence/me/2020/").content.decode()
    assert text.count('role="img"') >= 3
    assert text.count("<title") >= 3 and "<desc" in text
    assert "⟦" not in text
    assert "<script>" not in text and " style=" not in text


def test_the_page_stands_in_every_language(client, released):
    for language in ("en", "sr", "sr-latn", "sq", "mk", "bs", "hr", "ar"):
        answer = client.get(f"/evidence/me/2020/?lang={language}", follow=True)
        assert answer.status_code == 200
        assert "⟦" not in answer.content.decode(), language


def test_pages_are_light(client, cast, released):
    actions.release_all(by=cast.viewer("secretariat"), years=[2020])
    addresses = ["/evidence/", "/evidence/me/2020/", *(reverse("release", args=[r.pk]) for r in released.values())]
    for address in addresses:
        size = len(gzip.compress(client.get(address).content))
        assert size <= 42_000, (address, size)  # the stylesheet needs the rest of 50 KB


def test_downloads_are_the_frozen_bytes(client, released):
    release = released["people_assisted:sex,age_band"]
    for file in release.files.exclude(kind="svg"):
        answer = client.get(reverse("release_file", args=[release.pk, file.name]))
        assert answer.content == bytes(file.data)
        assert file.name in answer["Content-Disposition"]
    assert client.get(reverse("release_file", args=[release.pk, "other.csv"])).status_code == 404


def test_provenance_says_all_it_rests_on(client, released):
    release = released["people_assisted:sex,age_band"]
    text = html.unescape(client.get(reverse("release", args=[release.pk])).content.decode())
    for words in (
        release.table["snapshot"]["fingerprint"],
        "duga count people_assisted --by sex,age_band --where country=ME --period 2020 --snapshot snapshots/",
        "Different people who received at least one delivery",
        "code: people_assisted",
        *release.files.exclude(kind="svg").values_list("sha256", flat=True),
    ):
        assert words in text, words


def test_only_ones_own_records_are_led_to(client, cast, sign_in, released):
    address = reverse("release", args=[released["people_assisted:month"].pk])
    ledger = "/workspace/organisations/niksic/"
    assert ledger not in client.get(address).content.decode()
    assert f'href="{ledger}' in sign_in("coordinator").get(address).content.decode()
    for name in ("worker", "other_coordinator", "secretariat", "national", "administrator"):
        assert "/workspace/organisations/" not in sign_in(name).get(address).content.decode(), name


def test_superseded_pages_stay_and_say_so(client, cast, released):
    from tests.indicators.ledgers import fill

    old = released["people_assisted:month"]
    fill(cast, people=100, seed=5)
    actions.take_snapshot(by=cast.viewer("secretariat"))
    new = {
        each.breakdown: each for each in actions.release_tables(by=cast.viewer("secretariat"), country="ME", year=2020)
    }
    text = client.get(reverse("release", args=[old.pk])).content.decode()
    assert "There is a newer release" in text and str(new["month"].pk) in text
    page = client.get("/evidence/me/2020/").content.decode()
    assert str(old.pk) not in page and str(new["month"].pk) in page


def test_a_country_with_newer_figures_than_the_table_of_all_is_named(client, cast, released):
    from tests.indicators.ledgers import fill

    by = cast.viewer("secretariat")
    actions.release_all(by=by, years=[2020], countries=[])
    note = "Newer figures than in this table"
    assert note not in client.get("/evidence/").content.decode()
    fill(cast, people=100, seed=5)
    actions.take_snapshot(by=by)
    actions.release_tables(by=by, country="ME", year=2020)
    page = client.get("/evidence/").content.decode()
    assert note in page and '<a href="/evidence/me/2020/">Montenegro 2020</a>' in page
    actions.release_all(by=by, years=[2020], countries=[])
    assert note not in client.get("/evidence/").content.decode()


def test_a_lapsed_review_shows_where_a_number_comes_from(client, released):
    release = released["people_assisted:month"]
    for day, lapsed in (("9999-01-01", False), ("2021-01-01", True)):
        release.definition = re.sub(r"next_review: \S+", f"next_review: {day}", release.definition)
        release.save(update_fields=["definition"])
        page = client.get(reverse("release", args=[release.pk])).content.decode()
        assert ("has lapsed: it was due on 1. 1. 2021" in page) == ("has lapsed" in page) == lapsed


def test_years_and_countries_that_are_not_there(client, released):
    assert client.get("/evidence/me/2031/").status_code == 404
    assert client.get("/evidence/al/").status_code == 404
    assert client.get("/evidence/").status_code == 200


def test_too_few_people_is_said_and_nothing_more(client, cast, data):
    from tests.indicators.ledgers import fill

    fill(cast, people=12, seed=3, years=(2020,))
    by = cast.viewer("secretariat")
    actions.take_snapshot(by=by)
    actions.release_all(by=by, years=[2020])
    text = client.get("/evidence/rs/").content.decode()
    assert "Nothing can be shown of this year" in text
    home = client.get("/evidence/").content.decode()
    assert home.count("hidden-cell") >= 2  # Serbia, and the sum that would give it away
    assert ALL not in home


def test_figures_of_others_stand_apart(client, cast, released):
    from duga.publishing.actions import load_published_figures

    row = {
        "code": "rc-parcels", "claim": "humanitarian parcels distributed", "value": "47366", "qualifier": "exact",
        "unit": "item", "place": "ME", "period": "2020-03-19/2020-05-14", "source": "Red Cross of Montenegro",
    }  # fmt: skip
    for _ in range(2):
        assert load_published_figures(by=cast.viewer("secretariat"), rows=[row]) == 1
    text = client.get("/evidence/me/2020/").content.decode()
    ours, _, theirs = text.partition("Figures others published")
    assert "47,366" in theirs and "47,366" not in ours and "Red Cross of Montenegro" in theirs
    assert "19. 3. 2020 – 14. 5. 2020" in theirs
    assert "47,366" not in client.get("/evidence/me/2019/").content.decode()


def test_dates_stand_as_people_write_them():
    from duga.publishing.queries.tables import date_words, translated

    assert [date_words(text) for text in ("2020-03/2020-05", "2020", "", "spring of 2020")] == [
        "3/2020 – 5/2020", "2020", "", "spring of 2020",
    ]  # fmt: skip
    assert "Counted up to 10/2026:" in translated("Counted up to %(month)s: the period", {"month": "2026-10"})


def test_figures_of_others_need_a_source():
    from duga.plain.errors import Unreadable
    from duga.publishing.rules import read_figure, touches_year

    with pytest.raises(Unreadable, match="source"):
        read_figure({"code": "a", "claim": "b", "unit": "c", "value": "1"})
    with pytest.raises(Unreadable):
        read_figure({"code": "a", "claim": "b", "unit": "c", "value": "many", "source": "d"})
    assert touches_year("2020-03-19/2020-05-14", 2020) and not touches_year("2020-03-19/2020-05-14", 2021)
    assert touches_year("2020-05", 2020) and touches_year("2019", 2019) and not touches_year("", 2020)


def test_pages_ask_the_same_few_questions_however_much_was_released(
    client, cast, released, django_assert_max_num_queries
):
    client.get("/evidence/me/2020/")
    with django_assert_max_num_queries(14):
        client.get("/evidence/me/2020/")
