"""Every read of places. All of it is public: places belong to nobody."""

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.core.paginator import Paginator
from django.db.models import Count, F, Prefetch, Q

from duga.evidence.model import ALL
from duga.evidence.population import Population
from duga.members.queries import require
from duga.members.rules import Permission, Viewer
from duga.places import rules
from duga.places.models import Area, AreaBoundary, AreaCode, AreaName, AreaUpload, PopulationTable
from duga.places.rules import (
    KINDS,
    age_band,
    codes,
    countries,
    country,
    country_name,
    country_note,
    find_code,
    find_country,
    label,
    name_key,
)
from duga.places.rules.codes import pick
from duga.places.rules.populations import POPULATION_LABELS, population_of
from duga.places.rules.schemes import FIELD_LABELS, read_scheme, scheme_fields
from duga.plain.errors import NotFound, gettext_noop
from duga.plain.tables import SheetTable, guess_mapping
from duga.plain.text import to_cyrillic

__all__ = [
    "FIELD_LABELS",
    "KINDS",
    "POPULATION_HEAD",
    "POPULATION_LABELS",
    "AreaMatch",
    "age_band",
    "area_by_code",
    "area_by_id",
    "area_finder",
    "area_name",
    "areas_in",
    "boundaries",
    "codes",
    "countries",
    "country",
    "country_choices",
    "country_name",
    "country_note",
    "find_area",
    "find_code",
    "label",
    "population_csv",
    "population_rows_for",
    "population_table",
    "populations_in_force",
    "region_names",
    "region_of",
    "search_areas",
    "settlements",
]

#: The first line of the file of populations that is put beside snapshots.
POPULATION_HEAD = "country,area,year,sex,age_band,population,source,licence,note\n"
#: Words around a name that say what it is, not which; folded.
NOISE = re.compile(
    r"^(?:\d{4,5}\s+)?(?:(?:opstina|opcina|grad|komuna e|komuna|bashkia|qyteti i|qyteti|municipality of|city of|selo|"
    r"naselje|mz|fshati)\s+)?(.*?)(?:\s+(?:okrug|municipality|opstina|komuna|grad))?$"
)
#: A town this much larger than every other of its name is the one people mean when they say no more.
DOMINANT, LARGE = 10, 10_000


@dataclass(frozen=True)
class AreaMatch:
    """What a name may mean. `area` is None when nothing fits or several do; then `candidates` are those.

    `region` is the region all candidates share, so that a doubtful village may still be counted where it lies.
    """

    area: Area | None
    candidates: tuple[Area, ...] = ()
    region: Area | None = None

    @property
    def ambiguous(self) -> bool:
        """Several areas bear this name: say the country, or choose."""
        return self.area is None and len(self.candidates) > 1


def area_by_code(scheme: str, code: str, country: str | None = None) -> Area:
    """The area with a code in a scheme ("iso-3166-2", "p-code"…); NotFound when none, or one in several countries."""
    found = AreaCode.objects.filter(scheme=scheme, code=code.strip()).select_related("area__region")
    if country:
        found = found.filter(country=country)
    areas = {row.area_id: row.area for row in found}
    if len(areas) != 1:
        raise NotFound(gettext_noop("No area has the %(scheme)s code %(code)s."), scheme=scheme, code=code)
    return areas.popitem()[1]


def area_by_id(area_id) -> Area:
    """An area with its region and parent; NotFound when it is not there."""
    found = Area.objects.filter(pk=area_id).select_related("region", "parent").first()
    if found is None:
        raise NotFound(gettext_noop("There is no such area. It may have been replaced: search for its name."))
    return found


def areas_by_ids(ids) -> list[Area]:
    """Areas by their ids, in one query, by name; ids that are empty or gone are passed over."""
    return list(Area.objects.filter(pk__in=[pk for pk in ids if pk]).order_by("name"))


def area_by_code_of_figures(code: str) -> Area:
    """The area that goes by a code in figures ("RS-20", "geonames:787657"); NotFound when none does."""
    found = Area.objects.filter(code=code).select_related("region", "parent").first()
    if found is None:
        raise NotFound(gettext_noop("No area has the code %(code)s."), code=code)
    return found


def lineage(area: Area | None) -> list[Area]:
    """An area and all it lies in, outermost first."""
    line = []
    while area is not None:
        line.insert(0, area)
        area = area.parent
    return line


def region_of(area: Area | None) -> Area | None:
    """The region an area is counted in: the district, county, canton or municipality of the country's map."""
    return area.region if area is not None else None


def country_choices(language: str = "en") -> list[tuple[str, str]]:
    """(code, name in a language) of every country we know: those the network works in first, then those around."""
    return [(each.code, country_name(each.code, language)) for each in countries(all_known=True)]


def region_names(country_code: str, language: str = "en") -> dict[str, str]:
    """{code in figures: name} of the regions a country is counted by, in a language, by name."""
    regions = Area.objects.filter(country=country_code, region_id=F("id"))
    return dict(sorted(((area.code, area_name(area, language)) for area in regions), key=lambda pair: pair[1]))


def area_name(area: Area, language: str = "en") -> str:
    """An area's name in a language: told, or written in its script; else as it is written in its own country."""
    language = language.lower().replace("_", "-")
    if area.names.get(language) or (language == "sr-latn" and area.names.get("sr")):
        return pick(area.names, language)
    if language == "sr" and area.country in ("RS", "ME", "BA"):
        return to_cyrillic(area.name)
    return area.name


def boundaries(country: str) -> dict:
    """A country's regions as GeoJSON, each feature with `code` and `name`: the shipped map, or a loaded scheme's."""
    shipped = rules.boundaries(country)
    if shipped["features"]:
        return shipped
    rows = AreaBoundary.objects.filter(area__country=country, area__region_id=F("area_id")).select_related("area")
    features = [
        {
            "type": "Feature",
            "id": row.area.code,
            "properties": {"code": row.area.code, "name": row.area.name},
            "geometry": row.geometry,
        }
        for row in rows
    ]
    return {"type": "FeatureCollection", "features": features}


# --- Finding by name --------------------------------------------------------------------------------


def find_area(text: str, country: str | None = None) -> AreaMatch:
    """The area someone wrote, blind to script, diacritics and case; `country` (ISO) narrows it.

    "21000 Novi Sad, Srbija" and "Opština Нови Сад" are understood. For thousands of names use `area_finder`.
    """
    keys, country = _keys(text, country)
    rows = AreaName.objects.filter(folded__in=keys).select_related("area__region", "area__parent")
    if country:
        rows = rows.filter(area__country=country)
    return _match(keys, [(row.folded, row.main, row.area) for row in rows])


def area_finder(country: str | None = None) -> Callable[..., AreaMatch]:
    """`find_area` with all names read once, for imports: finder(text) or finder(text, country)."""
    only = {"country": country} if country else {}
    areas = {area.pk: area for area in Area.objects.filter(**only)}
    for area in areas.values():
        area.region, area.parent = areas.get(area.region_id), areas.get(area.parent_id)
    spellings = AreaName.objects.filter(**{f"area__{key}": value for key, value in only.items()})
    by_name: dict[str, list] = {}
    for folded, main, area_id in spellings.values_list("folded", "main", "area_id"):
        by_name.setdefault(folded, []).append((folded, main, areas[area_id]))

    @lru_cache(maxsize=20_000)
    def find(text: str, country: str | None = country) -> AreaMatch:
        keys, country = _keys(text, country)
        found = [hit for key in keys for hit in by_name.get(key, ()) if country in (None, hit[2].country)]
        return _match(keys, found)

    return find


def _keys(text: str, country: str | None) -> tuple[list[str], str | None]:
    """Folded readings of a text, best first, and the country: the one given, or one named after a comma."""
    whole, *rest = [key for key in map(name_key, re.split(r"[,;(/)]", str(text))) if key] or [""]
    for part in rest:
        country = country or find_country(part) or None
    return [key for key in dict.fromkeys([whole, NOISE.match(whole).group(1)]) if key], country


def _match(keys: list[str], hits: list[tuple[str, bool, Area]]) -> AreaMatch:
    for key in keys:
        for main in (True, False):
            areas = list({hit[2].pk: hit[2] for hit in hits if hit[0] == key and (hit[1] or not main)}.values())
            if areas:
                return _choose(areas)
    return AreaMatch(None)


def _choose(areas: list[Area]) -> AreaMatch:
    """One area out of those of one name: the innermost of a nest, or a town far larger than its namesakes."""
    ids = {area.pk for area in areas}
    outer = {pk for area in areas for pk in (area.parent_id, area.region_id) if pk in ids and pk != area.pk}
    inner = [area for area in areas if area.pk not in outer]
    regions = {area.region_id for area in inner}
    region = inner[0].region if len(regions) == 1 else None
    ordered = sorted(inner, key=lambda area: -(area.population or 0))
    first = ordered[0]
    if len(ordered) > 1 and (first.population or 0) < max(LARGE, DOMINANT * (ordered[1].population or 0)):
        return AreaMatch(None, tuple(ordered), region)
    return AreaMatch(first, tuple(ordered), first.region)


def search_areas(text: str, country: str | None = None, limit: int = 12) -> list[Area]:
    """Areas whose name begins with a text, largest first, for a list to choose from."""
    key = name_key(text)
    if len(key) < 2:
        return []
    found = Area.objects.filter(spellings__folded__startswith=key).select_related("region", "parent").distinct()
    if country:
        found = found.filter(country=country)
    return sorted(found[:200], key=lambda area: (-(area.population or 0), area.level, area.name))[:limit]


# --- For the screen ---------------------------------------------------------------------------------


def country_overview() -> list[tuple[rules.Country, dict[str, int]]]:
    """Each country the network works in, or has areas of, with how many areas of each kind it has."""
    counted: dict[str, dict[str, int]] = {}
    for row in Area.objects.values("country", "kind").annotate(areas=Count("id")).order_by("country", "kind"):
        counted.setdefault(row["country"], {})[row["kind"]] = row["areas"]
    known = [found for found in countries(all_known=True) if found.here or found.code in counted]
    return [(found, counted.get(found.code, {})) for found in known]


def areas_in(country_code: str, *, parent: Area | None = None, text: str = "", page: int = 1, size: int = 100):
    """A page of a country's areas: its top level, those right inside `parent`, or those a text finds."""
    found = Area.objects.filter(country=country_code).select_related("region", "parent")
    if text:
        found = found.filter(Q(spellings__folded__startswith=name_key(text)) | Q(codes__code__iexact=text.strip()))
        found = found.distinct()
    else:
        found = found.filter(parent=parent)
    found = found.annotate(inside=Count("children", distinct=True)).prefetch_related(
        Prefetch("codes", AreaCode.objects.order_by("scheme"))
    )
    return Paginator(found.order_by("level", "name"), size).get_page(page)


def settlements(country_codes: Iterable[str]) -> Iterable[tuple]:
    """(country, region's code or None, latitude, longitude, inhabitants or None) of the settlements of countries."""
    rows = Area.objects.filter(country__in=list(country_codes), kind="settlement", latitude__isnull=False)
    return rows.order_by("pk").values_list("country", "region__code", "latitude", "longitude", "population")


def upload_by_id(viewer: Viewer, upload_id) -> AreaUpload:
    """A file one is about to load; only the person who sent it sees it."""
    require(viewer, Permission.MANAGE_PLACES)
    found = AreaUpload.objects.filter(pk=upload_id, account_id=viewer.account_id).first()
    if found is None:
        raise NotFound(gettext_noop("There is no such file any more. Send it again."))
    return found


def upload_table(upload: AreaUpload) -> tuple[SheetTable, dict[str, int]]:
    """A kept file as a table, and the columns guessed (or chosen before) for its fields."""
    table, _outlines = read_scheme(bytes(upload.data), upload.name)
    return table, upload.mapping or dict(guess_mapping(table, scheme_fields()))


def codes_of(country: str) -> dict[str, dict[str, object]]:
    """{scheme: {code: area id}} of a country."""
    found: dict[str, dict[str, object]] = {}
    for scheme, code, area in AreaCode.objects.filter(country=country).values_list("scheme", "code", "area_id"):
        found.setdefault(scheme, {})[code] = area
    return found


def parent_codes(by_scheme: dict[str, dict[str, object]]) -> dict[str, object]:
    """{code: area id} by which a row may name its parent: any scheme's, but not the mere numbers of settlements."""
    found: dict[str, object] = {}
    for scheme in sorted(by_scheme.keys() - {"geonames"}):
        found = {**by_scheme[scheme], **found}
    return found


def fingerprint() -> str:
    """A short hash of all areas and codes: a release says with which places it was counted."""
    rows = Area.objects.order_by("code").values_list("code", "region__code", "name")
    return hashlib.sha256(json.dumps(list(rows), ensure_ascii=False).encode()).hexdigest()[:16]


# --- How many people live where ----------------------------------------------------------------------


def _in_force() -> dict[tuple[str, str], tuple[PopulationTable, list]]:
    """{(country, year): (table, its rows)}: of each country and year the table that was loaded last."""
    found: dict[tuple[str, str], tuple[PopulationTable, list]] = {}
    for table in PopulationTable.objects.order_by("loaded_at", "pk"):
        groups: dict[tuple[str, str], list] = {}
        for row in table.rows:
            groups.setdefault((row[0], row[2]), []).append(row)
        found |= {key: (table, rows) for key, rows in groups.items()}
    return found


def _divisor(known) -> Population | None:
    return population_of([row for _table, rows in known.values() for row in rows]) if known else None


def population_table() -> Population | None:
    """What rates divide by: inhabitants by country and year (and region, sex, age where known); None without any."""
    return _divisor(_in_force())


def population_rows_for(codes: Iterable[str], year: str) -> list[dict]:
    """What a rate of these countries and year divides by: country, its year, inhabitants, source, licence and note.

    The year is the one asked for or the last before it; a country without one is left out.
    """
    known = _in_force()
    told = _divisor(known)
    years = {code: told.year_of(code, year) for code in codes} if told else {}
    return [_people(told, known, code, used) for code, used in years.items() if used is not None]


def _people(told, known, code, year) -> dict:
    table = known[code, year][0]
    return {
        "country": code, "year": year, "population": told.of({"country": (code,), "year": (year,)}),
        "source": table.source, "licence": table.licence, "note": table.note,
    }  # fmt: skip


def populations_in_force() -> list[dict]:
    """What is known of each country and year, as `population_rows_for` tells it; by country, the newest year first."""
    known = _in_force()
    told = _divisor(known)
    return [_people(told, known, *key) for key in sorted(known, key=lambda key: (key[0], -int(key[1])))]


def population_csv() -> str:
    """The tables in force as the CSV that `duga count` reads beside snapshots; empty without any."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    known = sorted(_in_force().items())
    for _key, (table, rows) in known:
        for *labels, people in rows:
            words = ["" if word == ALL else word for word in labels]
            writer.writerow([*words, people, table.source, table.licence, table.note])
    return POPULATION_HEAD + text.getvalue() if known else ""


def region_codes() -> dict[str, dict[str, str]]:
    """{country: {any code of a region: the code it goes by in figures}}, of all countries."""
    found: dict[str, dict[str, str]] = {}
    regions = {area.pk: area for area in Area.objects.filter(region_id=F("id"))}
    for area in regions.values():
        found.setdefault(area.country, {})[area.code] = area.code
    for pk, code in AreaCode.objects.filter(area_id__in=regions).values_list("area_id", "code"):
        found[regions[pk].country].setdefault(code, regions[pk].code)
    return found
