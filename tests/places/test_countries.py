"""Countries, their names and the map: complete, small enough for a page, and told with care."""

import json

import pytest

from duga.places.rules import boundaries, countries, country, country_name, country_note, region_at
from duga.places.rules.countries import FOLDER, LANGUAGES, read_rows
from duga.places.rules.shipped import shipped_rows
from duga.plain.errors import NotFound
from duga.plain.text import fold, to_latin

SEVEN = ["AL", "BA", "HR", "XK", "ME", "MK", "RS"]
UNITS = {"AL": 12, "BA": 18, "HR": 21, "ME": 21, "MK": 8, "RS": 25, "XK": 7}


def corners(feature):
    shapes = feature["geometry"]["coordinates"]
    shapes = shapes if feature["geometry"]["type"] == "MultiPolygon" else [shapes]
    return [corner for shape in shapes for ring in shape for corner in ring]


def test_the_seven_countries_with_names_in_every_language():
    assert [found.code for found in countries()] == SEVEN
    for found in countries(all_known=True):
        assert set(found.names) == set(LANGUAGES)
        assert all(found.names.values())


def test_names_follow_language_and_script():
    assert country_name("RS", "sr") == "Србија"
    assert country_name("rs", "sr-latn") == "Srbija"
    assert country_name("MK", "sq") == "Maqedonia e Veriut"
    assert country_name("ME", "hr") == "Crna Gora"
    assert country_name("ZZ") == "ZZ"


def test_kosovo_bears_its_star_in_every_language_and_its_note():
    for language in (*LANGUAGES, "sr-latn", "hr"):
        assert country_name("XK", language).endswith("*")
    note = country_note("XK")
    assert note.startswith("*")
    assert "1244/1999" in note
    assert [found.code for found in countries(all_known=True) if found.note] == ["XK"]
    assert country_note("RS") == country_note("ZZ") == ""


def test_an_unknown_country_is_not_found():
    with pytest.raises(NotFound, match="no country ZZ"):
        country("ZZ")


@pytest.mark.parametrize("code", SEVEN)
def test_the_map_draws_every_region_and_only_those(code):
    drawn = boundaries(code)["features"]
    told = {row["code"] for row in read_rows("regions.csv") if row["country"] == code}
    assert {feature["properties"]["code"] for feature in drawn} == told
    assert len(drawn) == UNITS[code]
    assert all(feature["properties"]["name"] for feature in drawn)
    for feature in drawn:
        assert all(12 < x < 24 and 38 < y < 48 for x, y in corners(feature))


def test_the_map_is_small():
    sizes = {path.stem: path.stat().st_size for path in (FOLDER / "boundaries").glob("*.geojson")}
    assert sorted(sizes) == sorted(SEVEN)
    assert sum(sizes.values()) <= 150_000
    for code in SEVEN:
        # a corner is some eleven characters of an SVG path at a tenth of a pixel
        assert sum(len(corners(feature)) for feature in boundaries(code)["features"]) * 11 <= 15_000


def test_a_country_without_a_map_has_no_features():
    assert boundaries("SI") == {"type": "FeatureCollection", "features": []}
    assert boundaries("../countries")["features"] == []


@pytest.mark.parametrize(
    "code, longitude, latitude, region",
    [
        ("RS", 21.903, 43.325, "RS-20"),  # Niš
        ("RS", 19.837, 45.252, "RS-06"),  # Novi Sad
        ("RS", 21.326, 43.58, "RS-19"),  # Kruševac: Natural Earth misnames this district
        ("HR", 17.674, 45.34, "HR-11"),  # Požega: it bears its neighbour's code there
        ("HR", 18.016, 45.16, "HR-12"),  # Slavonski Brod
        ("MK", 21.431, 41.996, "MK008"),
        ("MK", 20.801, 41.117, "MK003"),  # Ohrid
        ("BA", 17.808, 43.343, "BA-07"),  # Mostar
        ("BA", 17.186, 44.778, "BA-SRP-1"),  # Banja Luka
        ("XK", 20.739, 42.214, "XK-5"),  # Prizren
        ("AL", 19.455, 41.324, "AL-02"),  # Durrës, on the shore
        ("RS", 12.5, 41.9, None),  # Rome
    ],
)
def test_a_point_lies_in_its_region(code, longitude, latitude, region):
    assert region_at(code, longitude, latitude) == region


def test_shipped_places_hang_together():
    known, numbers = set(), []
    for country_code, scheme, rows in shipped_rows():
        assert country_code in SEVEN
        for row in rows:
            assert row.name
            assert not row.parent or row.parent in known, f"{row.code} lies in {row.parent}, which is told later"
            numbers.append((scheme, row.code))
        known |= {row.code for row in rows}
    assert len(numbers) == len(set(numbers))
    assert sum(scheme == "geonames" for scheme, _code in numbers) > 2800


def test_names_are_written_in_their_own_scripts():
    cyrillic = set("абвгдђежзијклљмнњопрстћуфхцчџшѓќѕ")
    for file in ("regions.csv", "municipalities.csv"):
        for row in read_rows(file):
            assert not set(row["name"].lower()) & cyrillic
            assert set(row["sr"].lower()) & cyrillic, row
            assert not set("ѓќѕ") & set(row["sr"].lower()), row
            if row["mk"]:
                assert not set("ђћ") & set(row["mk"].lower()), row
    for row in read_rows("regions.csv"):
        if row["country"] == "RS":
            assert fold(to_latin(row["sr"])) == fold(row["name"])


def test_shipped_files_need_nothing_outside():
    for path in FOLDER.rglob("*.geojson"):
        assert json.loads(path.read_text(encoding="utf-8"))["features"]
