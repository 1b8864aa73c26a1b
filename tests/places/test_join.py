"""Schemes that come on top of what is shipped: they join the areas that are there, by code, name or point."""

import csv
from io import StringIO
from pathlib import Path

import pytest

from duga.members.models import TrailEntry
from duga.places import actions, queries

pytestmark = pytest.mark.django_db
SHARED = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "boundaries"


def load(system, text, mapping, country, scheme, kind="municipality", name="areas.csv", **more):
    return actions.load_scheme(
        by=system, country_code=country, scheme=scheme, kind=kind, name=name,
        data=text.encode() if isinstance(text, str) else text, mapping=mapping, **more,
    )  # fmt: skip


def shared(name):
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"reference data {name} is not beside this checkout")
    return path.read_bytes()


def test_a_trail_entry_says_who_loaded(shipped):
    entry = TrailEntry.objects.get(event="places.shipped_loaded")
    assert entry.detail["created"] == shipped.created
    assert entry.organisation_id is None


def test_codes_of_several_schemes_stand_side_by_side(shipped, system):
    text = "pc;iso;naziv\nRS20;RS-20;Nišavski\nRS24;RS-24;Pčinjski\n"
    outcome = load(system, text, {"code": 0, "iso": 1, "name": 2}, country="RS", scheme="p-code", kind="district")
    assert outcome.created == 0
    area = queries.area_by_code("p-code", "RS20")
    assert area == queries.area_by_code("iso-3166-2", "RS-20")
    assert area.name == "Nišavski okrug"
    assert sorted(code.scheme for code in area.codes.all()) == ["iso-3166-2", "p-code"]


def test_an_area_already_there_is_met_by_name_among_its_siblings(shipped, system):
    text = "code,name,parent\nX1,Куманово,MK007\n"
    outcome = load(system, text, {"code": 0, "name": 1, "parent": 2}, country="MK", scheme="p-code")
    assert outcome.created == 0
    assert queries.area_by_code("p-code", "X1").code == "MK-703"


def test_points_put_new_areas_into_their_region(shipped, system):
    text = "code,name,lat,lon\nV1,Novo Naselje Test,43.33,21.90\n"
    mapping = {"code": 0, "name": 1, "latitude": 2, "longitude": 3}
    load(system, text, mapping, country="RS", scheme="own", kind="settlement")
    assert queries.find_area("novo naselje test").region.code == "RS-20"


def test_humanitarian_p_codes_of_north_macedonia_join_what_is_shipped(shipped, system):
    regions, municipalities = shared("mkd_cod_ab_adm1_regions.csv"), shared("mkd_cod_ab_municipalities.csv")
    head = next(csv.reader(StringIO(regions.decode())))
    mapping = {"code": head.index("SHN3"), "name": head.index("Name3_L")}
    top = load(system, regions, mapping, country="MK", scheme="p-code", kind="region", name="r.csv")
    assert top.loaded
    head = next(csv.reader(StringIO(municipalities.decode())))
    mapping = {"code": head.index("SHN4"), "name": head.index("Name4_L"), "parent": head.index("SHN3")}
    # fifteen rows of the file share two codes: units merged into Kičevo, and the ten of Skopje
    refused = load(system, municipalities, mapping, country="MK", scheme="p-code", name="m.csv")
    assert not refused.loaded
    assert {error.column for error in refused.errors} == {"code"}
    outcome = load(system, municipalities, mapping, country="MK", scheme="p-code", name="m.csv", bad_rows="set-aside")
    assert outcome.created == 2  # Debarca and Mavrovo and Rostusha, spelled otherwise there: a person joins them
    assert queries.area_by_code("p-code", "MK00703") == queries.area_by_code("iso-3166-2", "MK-703")
    assert queries.area_by_code("p-code", "MK00703").region.code == "MK007"
