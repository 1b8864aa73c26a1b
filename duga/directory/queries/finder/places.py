"""Where somebody is: countries and areas to choose from, and what a typed place means, told no closer than a town."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from duga.directory.rules.asked import TOWN, Asked
from duga.directory.rules.words import label_of
from duga.places.queries import area_by_code_of_figures, area_name, countries, find_area, region_names
from duga.plain.errors import NotFound


@dataclass(frozen=True)
class Where:
    """The area asked for. `position` is the middle of a town; `region` the code that is searched in."""

    name: str = ""
    region: str = ""
    position: tuple[float, float] | None = None


def where_of(asked: Asked, language: str) -> tuple[Asked, Where]:
    """What was asked, without an area that is not there, and where that is."""
    if not asked.area:
        return asked, Where()
    try:
        area = area_by_code_of_figures(asked.area)
    except NotFound:
        return asked.but(area=""), Where()
    asked = asked.but(country=area.country, page=asked.page)
    name = area_name(area, language)
    if area.region_id in (None, area.pk):
        return asked, Where(name, area.code)
    position = (area.latitude, area.longitude) if area.latitude is not None else None
    return asked, Where(_within(name, area, language), area.region.code, position)


def _within(name, area, language) -> str:
    """A place with the region it lies in, where that is called otherwise."""
    region = area_name(area.region, language)
    return name if region == name else f"{name}, {region}"


def coarse(area) -> str:
    """The code that may stand in an address for an area: its own, or its region's where few people live there."""
    if area.kind == "settlement" and (area.population or 0) < TOWN and area.region is not None:
        return area.region.code
    return area.code


def typed(text: str, country: str, language: str) -> list[tuple[str, str, str]]:
    """[(country, code for the address, name)] of what a typed place may mean; one when it is clear."""
    found = find_area(text, country or None)
    areas = [found.area] if found.area else list(found.candidates)[:8]
    told = {}
    for area in areas:
        name = area_name(area, language)
        if area.region is not None and area.region_id != area.pk:
            name = _within(name, area, language)
        told.setdefault((area.country, coarse(area)), name)
    return [(country_code, code, name) for (country_code, code), name in told.items()]


def country_choices(language: str) -> list[tuple[str, str]]:
    """(code, name) of the countries the network works in."""
    return [(each.code, label_of("countries", each.code, language)) for each in countries()]


def area_choices(country: str, language: str) -> list[tuple[str, str]]:
    """(code, name) of a country's regions, by name."""
    return list(region_names(country, language).items()) if country else []


def country_words(country: str, language: str) -> str:
    """A country's name, or what is said where none was chosen."""
    return label_of("countries", country, language) if country else _("everywhere")
