"""Loading schemes: any level and depth, from tables and GeoJSON; wrong rows named; the same file changes nothing."""

import json
import time

import pytest

from duga.places import actions, queries
from duga.places.models import Area, AreaCode, AreaName
from duga.plain.errors import NotFound, Refused, Unreadable

pytestmark = pytest.mark.django_db

LEVELS = """code,name,parent,kind
A,Gornja zemlja,,region
A1,Прва општина,A,municipality
A11,Malo Selo,A1,settlement
A111,Zaselak,A11,quarter
"""
BY_NAME = {"code": 0, "name": 1, "parent": 2, "kind": 3}


def load(system, text, mapping=None, country="SI", scheme="national", kind="municipality", **more):
    return actions.load_scheme(
        by=system, country_code=country, scheme=scheme, kind=kind, name=more.pop("name", "areas.csv"),
        data=text.encode() if isinstance(text, str) else text, mapping=mapping or BY_NAME, **more,
    )  # fmt: skip


# --- what is shipped --------------------------------------------------------------------------------


def test_shipped_places_load_fast_and_only_once(system):
    begun = time.process_time()
    outcome = actions.load_shipped_places(by=system)
    taken = time.process_time() - begun
    assert outcome.created == outcome.read == Area.objects.count() == 112 + 122 + 2881
    assert taken < 8, f"{taken:.1f} s of processor time; about 1.3 s without coverage"
    names, codes = AreaName.objects.count(), AreaCode.objects.count()
    again = actions.load_shipped_places(by=system)
    assert (again.created, again.updated, again.unchanged) == (0, 0, outcome.read)
    assert (AreaName.objects.count(), AreaCode.objects.count()) == (names, codes)


def test_shipped_places_load_in_few_statements(system, django_assert_max_num_queries):
    with django_assert_max_num_queries(500):
        actions.load_shipped_places(by=system)


# --- any scheme, any depth --------------------------------------------------------------------------


def test_four_levels_in_one_file_whatever_their_order(system):
    lines = LEVELS.splitlines(keepends=True)
    outcome = load(system, "".join([lines[0], *reversed(lines[1:])]))
    assert (outcome.created, outcome.errors) == (4, ())
    hamlet = queries.area_by_code("national", "A111")
    assert [hamlet.level, hamlet.parent.level, hamlet.kind] == [4, 3, "quarter"]
    assert queries.region_of(hamlet).code == "national:SI:A"
    town = queries.find_area("Prva opstina").area
    assert (town.name, town.names["sr"]) == ("Prva opština", "Прва општина")


def test_the_same_file_again_changes_nothing(system):
    load(system, LEVELS)
    names = AreaName.objects.count()
    again = load(system, LEVELS)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 4)
    assert AreaName.objects.count() == names


def test_geojson_brings_outlines_and_a_map_for_a_new_country(system):
    square = [[[14.0, 46.0], [15.0, 46.0], [15.0, 47.0], [14.0, 47.0], [14.0, 46.0]]]
    shapes = [{"type": "Polygon", "coordinates": square}, {"type": "Point", "coordinates": [14.5, 45.5]}]
    features = [
        {"type": "Feature", "properties": {"id": number, "ime": name}, "geometry": shape}
        for number, name, shape in zip((1, 2), ("Sever", "Jug"), shapes, strict=True)
    ]
    data = json.dumps({"type": "FeatureCollection", "features": features})
    load(system, data, {"code": 0, "name": 1}, name="areas.geojson", kind="region")
    drawn = queries.boundaries("SI")["features"]
    assert [f["properties"] for f in drawn] == [{"code": "national:SI:1", "name": "Sever"}]
    assert queries.area_by_code("national", "2").latitude == 45.5


# --- bad input --------------------------------------------------------------------------------------

WRONG = """code,name,parent,kind
A,Gornja,,region
,Bez šifre,A,
B,,A,
A,Ponovljena,,
C,Siroče,Z9,
D,U krugu,E,
E,U krugu 2,D,
F,Dobra,A,
G,Dete siročeta,C,
"""


def test_wrong_rows_are_named_and_nothing_is_loaded(system):
    outcome = load(system, WRONG)
    assert not outcome.loaded
    told = {(error.row, error.column): str(error) for error in outcome.errors}
    assert told[2, "code"] == told[5, "code"] == "The code A stands in rows 2, 5: each area needs its own."
    assert told[3, "code"] == "The code is missing."
    assert told[4, "name"] == "The name is missing."
    assert "No area has the code Z9" in told[6, "parent"]
    assert "lies inside itself" in told[7, "parent"]
    assert "lies inside itself" in told[8, "parent"]
    assert {row for row, _column in told} == {2, 3, 4, 5, 6, 7, 8}
    assert Area.objects.count() == 0


def test_good_rows_load_without_what_hangs_on_bad_ones(system):
    text = WRONG.replace("A,Ponovljena,,\n", "")
    outcome = load(system, text, bad_rows="set-aside")
    assert outcome.loaded
    assert sorted(Area.objects.values_list("code", flat=True)) == ["national:SI:A", "national:SI:F"]


@pytest.mark.parametrize("lat, lon", [("97", "20"), ("44", "200"), ("abc", "20")])
def test_points_off_the_earth_are_wrong_rows(system, lat, lon):
    outcome = load(
        system, f"code,name,lat,lon\nA,Selo,{lat},{lon}\n", {"code": 0, "name": 1, "latitude": 2, "longitude": 3}
    )
    assert [error.row for error in outcome.errors] == [2]
    assert "between" in str(outcome.errors[0])


def test_a_dry_run_loads_nothing(system):
    outcome = load(system, LEVELS, dry_run=True)
    assert (outcome.read, outcome.errors, outcome.loaded) == (4, (), False)
    assert Area.objects.count() == 0


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b'{"features": 3}', b'{"features": [3]}', b"\xff\xfe{", b'{"a":' * 50_000]
)
def test_what_is_no_geojson_is_refused_in_words(system, data):
    with pytest.raises(Unreadable, match="not a GeoJSON file"):
        load(system, data, {"code": 0, "name": 1}, name="x.geojson")


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Polygon"},
        {"type": "Polygon", "coordinates": [[["a", "b"]]]},
        {"type": "LineString", "coordinates": [[1, 2], [3, 4]]},
        {"type": "Polygon", "coordinates": [[[4_500_000, 5_000_000], [1, 1], [2, 2]]]},  # metres, not degrees
        {"type": "Polygon", "coordinates": []},
    ],
)
def test_outlines_that_cannot_be_drawn_are_wrong_rows(system, geometry):
    feature = {"type": "Feature", "properties": {"code": "A", "name": "A"}, "geometry": geometry}
    outcome = load(system, json.dumps({"features": [feature]}), {"code": 0, "name": 1}, name="x.json")
    assert [(error.row, error.column) for error in outcome.errors] == [(1, "geometry")]


def test_only_those_who_look_after_places_may_load(cast):
    for name in ("worker", "coordinator", "national", "observer", "administrator", "nobody"):
        with pytest.raises(Refused, match="role does not allow"):
            load(cast.viewer(name), LEVELS)
    assert load(cast.viewer("secretariat"), LEVELS).created == 4


def test_an_unknown_country_is_refused(system):
    with pytest.raises(NotFound):
        load(system, LEVELS, country="ZZ")


# --- the file that waits ----------------------------------------------------------------------------


def test_an_upload_waits_and_goes_when_it_is_loaded(cast):
    by = cast.viewer("secretariat")
    upload = actions.keep_upload(
        by=by, country_code="SI", scheme="national", kind="region", name="a.csv", data=LEVELS.encode()
    )
    refused = actions.load_upload(by=by, upload_id=upload.pk, mapping={"code": 1, "name": 1, "parent": 3})
    assert not refused.loaded
    assert queries.upload_by_id(by, upload.pk) == upload
    assert actions.load_upload(by=by, upload_id=upload.pk, mapping=BY_NAME).created == 4
    with pytest.raises(NotFound):
        queries.upload_by_id(by, upload.pk)
