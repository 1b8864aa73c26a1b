"""The places that come with the house, as rows to load: regions, municipalities, settlements, outermost first."""

from collections.abc import Iterator

from duga.places.rules.areas import AreaRow
from duga.places.rules.countries import read_rows

LANGUAGES = ("en", "sr", "sq", "mk")
#: Spellings people use that follow from no table: what a town is called for short.
ALSO = {
    "XK-3": ("Kosovska Mitrovica",),
    "RS-00": ("Bgd", "BG"),
    "BA-10": ("Hercegbosanska županija", "Livanjski kanton", "West Bosnia"),
}


def shipped_rows() -> Iterator[tuple[str, str, list[AreaRow]]]:
    """(country, scheme, rows) in an order in which parents come first; names by language, Serbian in Cyrillic."""
    for file in ("regions.csv", "municipalities.csv"):
        groups: dict[tuple[str, str], list[AreaRow]] = {}
        for told in read_rows(file):
            groups.setdefault((told["country"], told["scheme"]), []).append(
                _unit(told, is_region=file == "regions.csv")
            )
        for (country, scheme), rows in groups.items():
            yield country, scheme, rows
    settlements: dict[str, list[AreaRow]] = {}
    for told in read_rows("places.csv"):
        settlements.setdefault(told["country"], []).append(_settlement(told))
    for country, rows in settlements.items():
        yield country, "geonames", rows


def _unit(told: dict[str, str], *, is_region: bool) -> AreaRow:
    return AreaRow(
        number=0,
        code=told["code"],
        name=told["name"],
        kind=told["kind"],
        names={language: told[language] for language in LANGUAGES if told[language]},
        other_names=ALSO.get(told["code"], ()),
        parent=told.get("parent", ""),
        is_region=is_region,
    )


def _settlement(told: dict[str, str]) -> AreaRow:
    names = {language: told[language] for language in ("en", "sr", "sq", "mk", "ar") if told.get(language)}
    return AreaRow(
        number=0,
        code=told["geonameid"],
        name=told["name"],
        kind="settlement",
        names=names,
        other_names=tuple(name for name in told["others"].split("|") if name),
        parent=told["parent"],
        latitude=float(told["lat"]),
        longitude=float(told["lon"]),
        population=int(told["population"]) or None,
    )
