"""What the search has to know of services, read as bare columns: thousands at a time, without an object for each row.

Confidential places are not among it: nothing here reads what is sealed.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from duga.directory.models import (
    Attribute,
    Fact,
    Language,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    TaxonomyTerm,
    TermMapping,
    Translation,
)
from duga.directory.queries.bundles import parts

#: Columns of a schedule that say when it holds.
WHEN = (
    "byday", "bymonthday", "opens_at", "closes_at", "freq", "interval", "dtstart", "valid_from", "valid_to", "until",
    "timezone", "language",
)  # fmt: skip
PART = 2000  #: services read together
_OWN = (
    "id", "created_at", "country", "status", "listed", "merged_into_id", "emergency", "discreet", "minimum_age",
    "maximum_age", "name", "alternate_name", "description", "eligibility_description", "alert", "provider__kind",
    "provider__name", "provider__alternate_name",
)  # fmt: skip


@dataclass(slots=True)
class Seen:
    """A service as the search sees it. `hours` are rows in the order of WHEN, as `Bundle.hours` tells them."""

    id: object
    created_at: dt.datetime
    country: str
    status: str
    listed: bool
    merged_into: object
    emergency: bool
    discreet: bool
    minimum_age: int | None
    maximum_age: int | None
    name: str
    alternate_name: str
    description: str
    eligibility_description: str
    alert: str
    provider_kind: str
    provider_name: str
    provider_alternate_name: str
    translated: list = field(default_factory=list)  #: its names in other languages
    keys: set = field(default_factory=set)  #: of its terms, its languages, what its places have
    facts: dict = field(default_factory=dict)  #: {kind: moment it was verified, or None}
    serves: list = field(default_factory=list)  #: (area, name, country) of each service area
    places: list = field(default_factory=list)  #: (name, latitude, longitude, area) of each open location
    hours: list = field(default_factory=list)


def seen(service_ids: Iterable) -> list[Seen]:
    """These services, those that are there, in no order."""
    found = {}
    for part in parts(service_ids, PART):
        rows = Service.objects.filter(pk__in=part).values_list(*_OWN)
        new = {row[0]: Seen(*row) for row in rows}
        _hanging(new)
        _places(new)
        found |= new
    return list(found.values())


def _hanging(found):
    """What hangs on the services themselves."""
    ids = list(found)
    for pk, code in Language.objects.filter(service_id__in=ids).exclude(code="").values_list("service_id", "code"):
        found[pk].keys.add(f"lang:{code}")
    for pk, key in _terms("service", ids):
        found[pk].keys.add(key)
    for pk, *told in ServiceArea.objects.filter(service_id__in=ids).values_list(
        "service_id", "area_id", "name", "country"
    ):
        found[pk].serves.append(told)
    for pk, kind, moment in Fact.objects.filter(service_id__in=ids).values_list("service_id", "kind", "verified_at"):
        found[pk].facts[kind] = moment
    for pk, *row in Schedule.objects.filter(service_id__in=ids).values_list("service_id", *WHEN):
        found[pk].hours.append(tuple(row))
    names = Translation.objects.filter(entity="service", record_id__in=ids, field__in=("name", "alternate_name"))
    for pk, text in names.values_list("record_id", "text"):
        found[pk].translated.append(text)


def _terms(entity, ids):
    """(what bears it, "list:code") of the terms of our own taxonomies, and of others' that somebody said mean ours."""
    own = TaxonomyTerm.objects.exclude(taxonomy__key="").exclude(taxonomy=None)
    keys = {pk: f"{key}:{code}" for pk, key, code in own.values_list("pk", "taxonomy__key", "code")}
    foreign = TermMapping.objects.exclude(match="narrow").exclude(term__in=own).values_list("term_id", "means_id")
    keys |= {term: keys[means] for term, means in foreign if means in keys}
    rows = Attribute.objects.filter(link_entity=entity, link_id__in=ids).values_list("link_id", "term_id")
    return [(pk, keys[term]) for pk, term in rows if term in keys]


def _places(found):
    """What their open locations add."""
    at, pairs = defaultdict(list), {}
    rows = ServiceAtLocation.objects.filter(service_id__in=list(found)).values_list(
        "pk", "service_id", "location_id", "location__merged_into_id", "location__name", "location__latitude",
        "location__longitude", "location__area_id",
    )  # fmt: skip
    for pair, service_id, location_id, merged, *told in rows:
        at[location_id].append(found[service_id])
        pairs[pair] = found[service_id]
        if merged is None:
            found[service_id].places.append(told)
    if not at:
        return
    places = list(at)
    spoken = Language.objects.filter(location_id__in=places).exclude(code="")
    for pk, code in spoken.values_list("location_id", "code"):
        for each in at[pk]:
            each.keys.add(f"lang:{code}")
    for pk, key in _terms("location", places):
        for each in at[pk]:
            each.keys.add(key)
    _hours_of_places(at, pairs)


def _hours_of_places(at, pairs):
    rows = Schedule.objects.filter(service_at_location_id__in=list(pairs), service=None)
    for pk, *row in rows.values_list("service_at_location_id", *WHEN):
        pairs[pk].hours.append(tuple(row))
    hours = defaultdict(list)
    for pk, *row in Schedule.objects.filter(location_id__in=list(at)).values_list("location_id", *WHEN):
        for each in at[pk]:
            hours[each.id].append(tuple(row))
    for each in {each.id: each for told in at.values() for each in told}.values():
        each.hours = each.hours or hours[each.id]
