"""Countries, their names and the outlines of their regions: shipped files, read once."""

import csv
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from duga.places.rules.areas import name_key
from duga.places.rules.codes import pick
from duga.plain.errors import NotFound, gettext_noop

FOLDER = Path(__file__).resolve().parent.parent / "data"
LANGUAGES = ("en", "sr", "sq", "mk", "bs", "ar")

#: What must stand beside a country's name wherever it is shown; the star in the name points to it.
COUNTRY_NOTES = {
    "kosovo": gettext_noop(
        "* This designation is without prejudice to positions on status, and is in line with UNSCR 1244/1999 "
        "and the ICJ Opinion on the Kosovo declaration of independence."
    ),
}


@dataclass(frozen=True)
class Country:
    """`code` is ISO 3166-1 alpha-2 (XK for Kosovo*), `note` a key of COUNTRY_NOTES or empty."""

    code: str
    alpha3: str
    name: str
    names: dict[str, str]
    note: str
    script: str
    here: bool


def countries(*, all_known: bool = False) -> tuple[Country, ...]:
    """The countries in which the network works, in their order; with `all_known` also those around them."""
    return tuple(found for found in _countries().values() if all_known or found.here)


def country(code: str) -> Country:
    """One country by its ISO code; NotFound when the file does not know it."""
    try:
        return _countries()[code.upper()]
    except KeyError:
        raise NotFound(gettext_noop("There is no country %(code)s."), code=code) from None


def country_name(code: str, language: str = "en") -> str:
    """A country's name in a language, the star of its note included; the code itself for one we do not know."""
    found = _countries().get(code.upper())
    return pick(found.names, language) if found else code


def find_country(text: str) -> str:
    """The code a text means: ISO code of two or three letters, or a name in any of the languages; "" for none."""
    return _country_words().get(name_key(text).strip("*"), "")


def country_note(code: str) -> str:
    """The note (a gettext id) that stands beside a country's name, or nothing."""
    found = _countries().get(code.upper())
    return COUNTRY_NOTES[found.note] if found and found.note else ""


def boundaries(code: str) -> dict:
    """A country's regions as a GeoJSON FeatureCollection (degrees, WGS 84), each feature's id and `code` the region's.

    Empty for a country without a shipped map. Callers must not change what they get.
    """
    return _boundaries(code.upper())


@lru_cache(maxsize=64)
def _boundaries(code: str) -> dict:
    path = FOLDER / "boundaries" / f"{code}.geojson"
    if not code.isalpha() or not path.exists():
        return {"type": "FeatureCollection", "features": []}
    found = json.loads(path.read_text(encoding="utf-8"))
    names = {row["code"]: row for row in read_rows("regions.csv")}
    for feature in found["features"]:
        feature["properties"] = {"code": feature["id"], "name": names[feature["id"]]["name"]}
    return found


def region_at(code: str, longitude: float, latitude: float) -> str | None:
    """The code of the region whose simplified outline holds a point; within a few kilometres the nearest, else None."""
    best, best_distance = None, 0.06**2  # degrees: what simplification and coasts may be off
    for feature in boundaries(code)["features"]:
        shapes = _polygons(feature["geometry"])
        if any(_inside(longitude, latitude, shape) for shape in shapes):
            return feature["id"]
        for x, y in (corner for shape in shapes for corner in shape[0]):
            distance = (x - longitude) ** 2 * 0.5 + (y - latitude) ** 2
            if distance < best_distance:
                best, best_distance = feature["id"], distance
    return best


def read_rows(name: str) -> list[dict[str, str]]:
    """The rows of a shipped CSV of data/."""
    with open(FOLDER / name, encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _polygons(geometry: dict) -> list:
    return geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]


def _inside(x: float, y: float, polygon: list) -> bool:
    """Even-odd rule over all rings, so that holes count as outside."""
    odd = False
    for ring in polygon:
        for (x1, y1), (x2, y2) in zip(ring, ring[1:], strict=False):
            if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
                odd = not odd
    return odd


@lru_cache(maxsize=1)
def _country_words() -> dict[str, str]:
    words = {}
    for known in countries(all_known=True):
        for word in (known.code, known.alpha3, known.name, *known.names.values()):
            words[name_key(word).strip("*")] = known.code
    return words


@lru_cache
def _countries() -> dict[str, Country]:
    rows = sorted(read_rows("countries.csv"), key=lambda row: int(row["order"]))
    return {
        row["code"]: Country(
            code=row["code"],
            alpha3=row["alpha3"],
            name=row["name"],
            names={language: row[language] for language in LANGUAGES},
            note=row["note"],
            script=row["script"],
            here=row["here"] == "yes",
        )
        for row in rows
    }
