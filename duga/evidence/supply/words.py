"""What is frozen of a directory, and the words in which it may be asked: tables, columns, measures, closed lists.

A service is no person: what the directory tells everybody is not hidden in a table. Its place may be a secret, though:
services that are confidential or about violence bear `WITHHELD` instead of a region, and no table says otherwise.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from duga.evidence import vocabulary
from duga.evidence.model import DIMENSIONS as FACT_DIMENSIONS
from duga.evidence.model import known_word

WITHHELD = "withheld"
"""Stands for the region of a service whose place nobody may find: it is counted in its country only."""
WHOLE_COUNTRY = "whole_country"
UNKNOWN = "unknown"
NOT_REGIONS = (WITHHELD, WHOLE_COUNTRY, UNKNOWN)

ANY = "any"
"""In `reach`: services of any kind."""

TABLES = {
    "services": {
        "service": "number",
        "provider": "number",
        "country": "word",
        "area": "words",
        "service_type": "words",
        "target_group": "words",
        "provider_kind": "word",
        "licence": "word",
        "verified": "word",
        "language": "words",
        "hours": "word",
        "accessible": "words",
    },
    "capacities": {
        "service": "number",
        "country": "word",
        "area": "words",
        "service_type": "words",
        "target_group": "words",
        "provider_kind": "word",
        "unit": "word",
        "places": "amount?",
        "free": "amount?",
    },
    "licences": {
        "service": "number",
        "country": "word",
        "step": "word",
        "month": "month",
    },
    "reach": {
        "country": "word",
        "area": "word",
        "service_type": "word",
        "distance": "word",
        "people": "amount?",
        "settlements": "number",
        "unknown": "number",
    },
    "funds": {
        "country": "word",
        "area": "word",
        "service_type": "word",
        "year": "number",
        "payer": "word",
        "unit": "word",
        "planned": "amount?",
        "spent": "amount?",
    },
}
"""The columns of each table, in order. `words`: several, each once; "?": may be empty, which is unknown and not nought.

services: one row a service that the public is shown. capacities: one row a service and unit of its places. licences:
one row a step on a way to a licence, under numbers of its own and without kind or region, as who is on the way is told
to nobody. reach: people of settlements by how far the nearest service of a kind is. funds: one row a line in force.
"""

WORDS = {
    "licence": ("in_force", "limited", "none", "no_rules"),
    "verified": ("fresh", "due", "stale", "never"),
    "hours": ("office", "longer", UNKNOWN),
    "distance": ("0-5", "5-10", "10-25", "25-50", "50+"),
    "step": ("begun", "applied", "licensed", "ended"),
}
"""Closed lists of supply's own dimensions. A distance is in kilometres, its upper end not included."""
DISTANCES = (5, 10, 25, 50)
"""Upper ends of the bands of distance, kilometres; the last band is open."""

DIMENSIONS = {
    "services": (
        "country", "area", "service_type", "target_group", "provider_kind", "licence", "verified", "language",
        "hours", "accessible",
    ),
    "capacities": ("country", "area", "service_type", "target_group", "provider_kind", "unit"),
    "licences": ("country", "step", "year", "quarter", "month"),
    "reach": ("country", "area", "service_type", "distance"),
    "funds": ("country", "area", "service_type", "year", "payer", "unit"),
}  # fmt: skip
"""What a count may be broken down by, or kept to, by table."""

OWN = tuple(dict.fromkeys(name for names in DIMENSIONS.values() for name in names if name not in FACT_DIMENSIONS))
"""Dimensions that deliveries do not have."""


@dataclass(frozen=True)
class Measure:
    """What is counted: different keys, or a value added; `unit` None: the unit is one of the question's words."""

    table: str
    says: str
    unit: str | None = None
    key: str = ""
    value: str = ""


MEASURES = {
    "distinct services": Measure("services", "each service once", "service", key="service"),
    "distinct providers": Measure("services", "each provider once", "organisation", key="provider"),
    "places": Measure("capacities", "places of each service once, one unit at a time", value="places"),
    "free places": Measure("capacities", "free places of each service once, one unit at a time", value="free"),
    "services by step": Measure("licences", "each service once that took the step", "service", key="service"),
    "people by distance": Measure("reach", "people by how far the nearest service is", "person", value="people"),
    "funds planned": Measure("funds", "amounts planned, one currency at a time", value="planned"),
    "funds spent": Measure("funds", "amounts spent, one currency at a time", value="spent"),
}

NEEDED = {
    "places": ("unit",),
    "free places": ("unit",),
    "people by distance": ("service_type",),
    "funds planned": ("unit",),
    "funds spent": ("unit",),
}
"""What a measure must be broken down by or kept to one word of: unlike units, and kinds of service, are never added."""


def dimensions_of(measure: str) -> tuple[str, ...]:
    """What a measure of supply may be broken down by."""
    return DIMENSIONS[MEASURES[measure].table]


def check_word(dimension: str, word: str) -> str:
    """Gives a definition's filter value back, or refuses it with the near ones."""
    if dimension in WORDS:
        return known_word(word, WORDS[dimension], dimension)
    if dimension == "service_type" and word == ANY:
        return word
    return vocabulary.check(dimension, word)


def is_about_violence(types: Iterable[str], groups: Iterable[str] = ()) -> bool:
    """Whether kinds of service or target groups are marked in their code lists as being about violence."""
    marked = vocabulary.about("violence")
    return bool(
        marked.get("service_type", frozenset()).intersection(types)
        or marked.get("target_group", frozenset()).intersection(groups)
    )
