"""The finder's map: drawn here, light, with nothing on it that nobody may find."""

import gzip
import math
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.contrib.staticfiles import finders

from duga.directory import actions
from duga.directory.rules.map import APART, WIDTH, Plane, marks_of, path_of
from tests.directory import build

NIKSIC = "42.773,18.944"


def card(*points, **more):
    return SimpleNamespace(points=" ".join(points), **more)


def test_a_plane_keeps_shapes_and_takes_points_back_to_where_they_are():
    plane = Plane.around([(18.5, 41.9), (20.3, 43.5)])
    x, y = plane.at(18.944, 42.773)
    assert 0 < x < WIDTH and 0 < y < plane.height
    assert math.isclose(plane.west + x / plane.x, 18.944, abs_tol=0.003)
    assert math.isclose(plane.north - y / plane.y, 42.773, abs_tol=0.003)
    across = plane.x / math.cos(math.radians(42.7))
    assert math.isclose(plane.y, across, rel_tol=0.001)  # a kilometre is as long to the north as to the east
    assert not plane.holds(25, 42)


def test_services_near_one_another_share_a_mark_and_those_without_a_place_have_none():
    plane = Plane.around([(18.5, 41.9), (20.3, 43.5)])
    one, two, far = card(NIKSIC), card("42.774,18.945", NIKSIC), card("42.1,19.1")
    nowhere, abroad = card(), card("48.2,16.4")
    marks, rest = marks_of([one, far, two, nowhere, abroad], plane)
    assert [(mark.number, mark.cards) for mark in marks] == [(1, [one, two]), (2, [far])]
    assert rest == [nowhere, abroad]
    for mark in marks:
        for other in marks:
            assert mark is other or math.dist((mark.x, mark.y), (other.x, other.y)) >= APART


def test_a_path_says_no_point_twice_and_drops_what_has_no_surface():
    plane = Plane.around([(0, 0), (10, 10)])
    square = [[1, 1], [1, 1.0001], [1, 5], [5, 5], [5, 1], [1, 1]]
    speck = [[8, 8], [8.0001, 8], [8, 8.0001], [8, 8]]
    path = path_of({"geometry": {"type": "Polygon", "coordinates": [square, speck]}}, plane)
    assert path.count("M") == path.count("Z") == 1 and path.count("L") == 4


@pytest.mark.django_db
def test_the_page_draws_what_was_found_and_nothing_that_is_secret(cast, client):
    build.terms()
    provider = build.provider(cast)
    build.service(cast, provider)
    build.service(cast, provider, name="Svuda", locations=[])
    build.service(
        cast, provider, name="Savjetovalište", discreet=True,
        locations=[{"city": "Nikšić", "latitude": 42.111, "longitude": 19.222}],
    )  # fmt: skip
    shelter = build.service(cast, provider, name="Sigurna kuća", locations=[])
    told = {"address": "Nevidljiva 3", "city": "Nikšić", "latitude": 42.55, "longitude": 19.01}
    actions.keep_place(by=cast.viewer("coordinator"), service_id=shelter.pk, kind="shelter", told=told)
    answer = client.get("/services/map/?need=legal&country=ME", headers={"Accept-Encoding": "gzip"})
    page = gzip.decompress(answer.content).decode()
    assert page.count("<circle") == 1 and page.count("data-at=") == 1 and 'data-at="42.773,18.944"' in page
    assert "Svuda" in page and "Sigurna kuća" in page  # in the list, without a mark
    assert not [trace for trace in ("42.111", "42.55", "Savjetovalište", "Nevidljiva") if trace in page]
    sheets = [
        finders.find(name) for name in ("directory/finder.css", "directory/map.css", "directory/map.js", "ui/duga.css")
    ]
    weight = len(answer.content) + sum(len(gzip.compress(Path(name).read_bytes())) for name in sheets)
    assert weight < 50_000
    assert "maplibre" not in re.sub(r"data-\w+=\"[^\"]*\"", "", page)  # named for a tap, loaded by none
    assert b"/services/map/?need=legal" in client.get("/services/?need=legal&country=ME").content


@pytest.mark.django_db
@pytest.mark.parametrize("ask", ["need=protection&country=ME", "need=legal", "need=legal&country=DE"])
def test_there_is_no_map_about_violence_or_where_no_outline_is_known(cast, client, ask):
    assert client.get(f"/services/map/?{ask}").status_code == 302
