"""What places decide without a database: code lists, age bands, countries (schemes of areas: `rules.schemes`)."""

from duga.places.rules.ages import age_band, age_on
from duga.places.rules.areas import KINDS, SCHEMES, AreaRow, RowError, name_key
from duga.places.rules.codes import LISTS, Code, code, codes, find_code, label, table, versions
from duga.places.rules.countries import (
    COUNTRY_NOTES,
    Country,
    boundaries,
    countries,
    country,
    country_name,
    country_note,
    find_country,
    region_at,
)

__all__ = [
    "COUNTRY_NOTES",
    "KINDS",
    "LISTS",
    "SCHEMES",
    "AreaRow",
    "Code",
    "Country",
    "RowError",
    "age_band",
    "age_on",
    "boundaries",
    "code",
    "codes",
    "countries",
    "country",
    "country_name",
    "country_note",
    "find_code",
    "find_country",
    "label",
    "name_key",
    "region_at",
    "table",
    "versions",
]
