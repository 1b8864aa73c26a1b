"""A scheme of areas that someone brings: how its file becomes rows, and what a row must say before it is loaded."""

import json
from collections import Counter
from statistics import fmean

from duga.places.rules.areas import KINDS, AreaRow, RowError
from duga.places.rules.codes import LANGUAGES
from duga.plain.errors import Unreadable, gettext_noop
from duga.plain.numbers import read_number
from duga.plain.tables import FieldSpec, SheetTable, SourceRow, best_table, read_tables

NAME_LIMIT, CODE_LIMIT = 200, 40
MAX_GEOMETRY = 200_000  # characters: an outline for a map, not a survey


#: What the fields of a file of areas are called on screen, in the order in which they are asked for.
FIELD_LABELS = {
    "code": gettext_noop("Code"),
    "name": gettext_noop("Name"),
    "parent": gettext_noop("Code of the area it lies in"),
    "kind": gettext_noop("Kind of area"),
    "name_en": gettext_noop("English name"),
    "name_sr": gettext_noop("Serbian name"),
    "name_sq": gettext_noop("Albanian name"),
    "name_mk": gettext_noop("Macedonian name"),
    "name_bs": gettext_noop("Bosnian name"),
    "latitude": gettext_noop("Latitude"),
    "longitude": gettext_noop("Longitude"),
    "population": gettext_noop("Population"),
    "iso": gettext_noop("ISO 3166-2 code"),
    "pcode": gettext_noop("Humanitarian p-code"),
    "national": gettext_noop("National code"),
}


def scheme_fields() -> list[FieldSpec]:
    """The fields a file of areas may have, with the words that columns bear for them."""
    spec = FieldSpec
    names = {"en": "english", "sr": "srpski", "sq": "shqip", "mk": "makedonski", "bs": "bosanski"}
    return [
        spec("code", ("code", "pcode", "p-code", "id", "sifra", "kod", "kodi", "sifra opstine", "maticni broj"),
             "code", True),
        spec("name", ("name", "naziv", "ime", "emri", "naziv opstine", "opstina", "municipality"), "name", True),
        spec("parent", ("parent", "parent code", "nadredjena", "region code", "okrug sifra", "prind"), "code", False),
        spec("kind", ("kind", "type", "level", "tip", "vrsta", "lloji"), "text", False),
        *[spec(f"name_{language}", (f"name_{language}", word), "name", False) for language, word in names.items()],
        spec("latitude", ("latitude", "lat", "y", "geografska sirina"), "number", False),
        spec("longitude", ("longitude", "lon", "lng", "long", "x", "geografska duzina"), "number", False),
        spec("population", ("population", "pop", "stanovnika", "broj stanovnika", "popullsia"), "number", False),
        spec("iso", ("iso", "iso 3166-2", "iso_3166_2"), "code", False),
        spec("pcode", ("pcode", "p-code", "p code", "adm2_pcode", "adm1_pcode"), "code", False),
        spec("national", ("national code", "national", "nuts", "maticni broj"), "code", False),
    ]  # fmt: skip


def read_scheme(data: bytes, name: str) -> tuple[SheetTable, dict[int, dict]]:
    """A file's table and, of GeoJSON, the outline of each row by its number; Unreadable says what to send instead."""
    if name.lower().endswith((".geojson", ".json")):
        return _read_geojson(data, name)
    return best_table(read_tables(data, name)), {}


def _read_geojson(data: bytes, name: str) -> tuple[SheetTable, dict[int, dict]]:
    try:
        features = json.loads(data.decode("utf-8-sig"))["features"]
        properties = [dict(feature.get("properties") or {}) for feature in features]
        geometries = [feature.get("geometry") for feature in features]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Unreadable(
            gettext_noop("%(name)s is not a GeoJSON file of areas: it should hold a FeatureCollection."), name=name
        ) from None
    columns = list(dict.fromkeys(str(key) for row in properties for key in row))
    rows = [
        SourceRow(number=number, cells=[row.get(column) for column in columns])
        for number, row in enumerate(properties, start=1)
    ]
    outlines = {number: shape for number, shape in enumerate(geometries, start=1) if shape}
    return SheetTable(name=name, columns=columns, rows=rows), outlines


def rows_of(
    table: SheetTable, outlines: dict[int, dict], mapping: dict[str, int], *, kind: str
) -> tuple[list[AreaRow], list[RowError]]:
    """The rows a mapping {field: column index} makes of a table, and what in single cells cannot be read."""
    rows, errors = [], []
    for source in table.rows:
        told = {f: source.cells[i] for f, i in mapping.items() if i is not None and i < len(source.cells)}
        row, wrong = _row_of(source.number, told, outlines.get(source.number), kind)
        rows.append(row)
        errors += wrong
    return rows, errors


def _row_of(number: int, told: dict, geometry: dict | None, kind: str) -> tuple[AreaRow, list[RowError]]:
    errors = []

    def amount(column, low, high):
        if told.get(column) in (None, ""):
            return None
        try:
            value = float(read_number(told[column]))
        except Unreadable:
            value = None
        if value is None or not low <= value <= high:
            message = gettext_noop("%(value)s is no %(column)s: between %(low)s and %(high)s.")
            errors.append(RowError(number, column, message, _told(told[column], column, low, high)))
            return None
        return value

    text = {key: _text(value) for key, value in told.items()}
    latitude, longitude = amount("latitude", -90, 90), amount("longitude", -180, 180)
    geometry, point, wrong = _outline(number, geometry)
    errors += wrong
    if point and latitude is None:
        longitude, latitude = point
    population = amount("population", 0, 2_000_000_000)
    row = AreaRow(
        number=number,
        code=text.get("code", ""),
        name=text.get("name", ""),
        kind=text.get("kind", "").lower() if text.get("kind", "").lower() in KINDS else kind,
        names={language: text[f"name_{language}"] for language in LANGUAGES if text.get(f"name_{language}")},
        parent=text.get("parent", ""),
        codes={scheme: text[key] for key, scheme in OTHER_CODES.items() if text.get(key)},
        latitude=latitude,
        longitude=longitude,
        population=int(population) if population is not None else None,
        geometry=geometry,
    )
    return row, errors


OTHER_CODES = {"iso": "iso-3166-2", "pcode": "p-code", "national": "national"}


def _told(value, column, low, high):
    return {"value": value, "column": column, "low": low, "high": high}


def _text(value) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else " ".join(str(value).split())


def _outline(number: int, geometry: dict | None):
    """An outline worth keeping, its middle as (longitude, latitude), and what is wrong with it."""
    if geometry is None:
        return None, None, []
    try:
        corners = list(_corners(geometry["coordinates"]))
        fits = bool(corners) and all(-180 <= x <= 180 and -90 <= y <= 90 for x, y in corners)
        kind = geometry["type"]
    except (KeyError, TypeError, ValueError, RecursionError):
        fits, kind = False, ""
    if not fits or kind not in ("Point", "Polygon", "MultiPolygon"):
        message = gettext_noop("The outline cannot be used: send points or polygons in degrees (WGS 84).")
        return None, None, [RowError(number, "geometry", message)]
    middle = (fmean(x for x, _y in corners), fmean(y for _x, y in corners))
    if kind == "Point":
        return None, middle, []
    if len(corners) * 18 > MAX_GEOMETRY:
        message = gettext_noop("The outline is too detailed (%(corners)s corners): simplify it before sending.")
        return None, middle, [RowError(number, "geometry", message, {"corners": len(corners)})]
    return {"type": kind, "coordinates": _rounded(geometry["coordinates"])}, middle, []


def _corners(shape):
    if shape and isinstance(shape[0], int | float):
        x, y, *_height = shape
        yield float(x), float(y)
        return
    for part in shape:
        yield from _corners(part)


def _rounded(shape):
    if isinstance(shape[0], int | float):
        return [round(float(shape[0]), 4), round(float(shape[1]), 4)]
    return [_rounded(part) for part in shape]


def check_rows(rows: list[AreaRow], known_codes: set[str]) -> list[RowError]:
    """What stands against loading these rows: missing or doubled codes, unknown parents, a circle of parents.

    `known_codes` are the codes of any scheme the country already has, for parents loaded earlier.
    """
    errors = []
    counted = Counter(row.code for row in rows)
    own = {row.code: row for row in rows}
    for row in rows:
        errors += _check_texts(row)
        if row.code and counted[row.code] > 1:
            errors.append(_doubled(row, [other.number for other in rows if other.code == row.code]))
        if row.parent and row.parent not in own and row.parent not in known_codes:
            message = gettext_noop("No area has the code %(parent)s: load the level above first, or mend the code.")
            errors.append(RowError(row.number, "parent", message, {"parent": row.parent}))
        elif row.parent and _in_circle(row, own):
            message = gettext_noop("%(code)s lies inside itself: its parents lead back to it.")
            errors.append(RowError(row.number, "parent", message, {"code": row.code}))
    return sorted(errors, key=lambda error: error.row)


def _check_texts(row: AreaRow) -> list[RowError]:
    errors = []
    for column, value, limit in (("code", row.code, CODE_LIMIT), ("name", row.name, NAME_LIMIT)):
        if not value:
            errors.append(RowError(row.number, column, gettext_noop("The %(column)s is missing."), {"column": column}))
        elif len(value) > limit:
            message = gettext_noop("The %(column)s is longer than %(limit)s characters.")
            errors.append(RowError(row.number, column, message, {"column": column, "limit": limit}))
    return errors


def _doubled(row: AreaRow, numbers: list[int]) -> RowError:
    message = gettext_noop("The code %(code)s stands in rows %(rows)s: each area needs its own.")
    return RowError(
        row.number, "code", message, {"code": row.code, "rows": ", ".join(str(number) for number in numbers)}
    )


def _in_circle(row: AreaRow, own: dict[str, AreaRow]) -> bool:
    seen, parent = {row.code}, row.parent
    while parent in own:
        if parent in seen:
            return parent == row.code
        seen.add(parent)
        parent = own[parent].parent
    return False
