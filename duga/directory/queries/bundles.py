"""All that is publicly told of many services, read in a fixed number of queries however many they are.

Confidential places are in no bundle: nothing here reads their table.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from django.db.models import Q

from duga.directory.models import (
    Accessibility,
    Address,
    Attribute,
    Closure,
    Contact,
    CostOption,
    Fact,
    Funding,
    Language,
    Phone,
    RequiredDocument,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceCapacity,
    Url,
)

PART = 400  #: services read together: a query names so many at most
#: Tables whose rows hang on a service by `service`: {name in the bundle: (model, related rows read along)}.
OF_SERVICE = {
    "phones": (Phone, ()),
    "contacts": (Contact, ()),
    "languages": (Language, ()),
    "schedules": (Schedule, ()),
    "closures": (Closure, ()),
    "service_areas": (ServiceArea, ("area",)),
    "cost_options": (CostOption, ()),
    "required_documents": (RequiredDocument, ()),
    "capacities": (ServiceCapacity, ("unit",)),
    "funding": (Funding, ()),
    "additional_urls": (Url, ()),
    "service_at_locations": (ServiceAtLocation, ("location__area",)),
    "facts": (Fact, ()),
}


@dataclass
class Bundle:
    """A service with all its rows. `terms` {taxonomy key: [TaxonomyTerm]} of our own taxonomies."""

    service: Service
    phones: list = field(default_factory=list)
    contacts: list = field(default_factory=list)
    languages: list = field(default_factory=list)
    schedules: list = field(default_factory=list)
    closures: list = field(default_factory=list)
    service_areas: list = field(default_factory=list)
    cost_options: list = field(default_factory=list)
    required_documents: list = field(default_factory=list)
    capacities: list = field(default_factory=list)
    funding: list = field(default_factory=list)
    additional_urls: list = field(default_factory=list)
    service_at_locations: list = field(default_factory=list)
    facts: list = field(default_factory=list)
    attributes: list = field(default_factory=list)
    #: Rows that hang on its locations: {location id: [rows]}.
    addresses: dict = field(default_factory=dict)
    accessibility: dict = field(default_factory=dict)
    location_terms: dict = field(default_factory=dict)
    location_schedules: dict = field(default_factory=dict)
    location_phones: dict = field(default_factory=dict)
    location_languages: dict = field(default_factory=dict)

    @property
    def locations(self) -> list:
        """Its open locations."""
        return [at.location for at in self.service_at_locations if at.location.merged_into_id is None]

    @property
    def terms(self) -> dict[str, list]:
        """The terms of our own taxonomies it bears, by key."""
        return _terms(self.attributes)

    def hours_at(self) -> dict:
        """{location id: schedules of this service at that place alone}."""
        found = {
            place: [row for row in rows if row.service_at_location_id and row.service_id is None]
            for place, rows in self.location_schedules.items()
        }
        return {place: rows for place, rows in found.items() if rows}

    def hours(self) -> list:
        """Every schedule that says when it is open: its own and those at one of its places, else its places' own."""
        own = [*self.schedules, *(row for rows in self.hours_at().values() for row in rows)]
        return own or [row for rows in self.location_schedules.values() for row in rows]


def _terms(attributes):
    found = defaultdict(list)
    for attribute in attributes:
        if attribute.term.taxonomy_id and attribute.term.taxonomy.key:
            found[attribute.term.taxonomy.key].append(attribute.term)
    return dict(found)


def parts(ids: Iterable, size: int = PART) -> Iterator[list]:
    """Ids in lists of `size`."""
    ids = iter(ids)
    while part := list(islice(ids, size)):
        yield part


def bundles(service_ids: Iterable) -> Iterator[Bundle]:
    """The bundles of these services, in their order; those that are not there are left out."""
    for part in parts(service_ids):
        yield from _part(part)


def bundle(service: Service) -> Bundle:
    """The bundle of one service."""
    return next(iter(_part([service.pk])))


def _part(ids):
    rows = Service.objects.filter(pk__in=ids).select_related(
        "provider__organisation", "provider__network", "provider__area", "program"
    )
    found = {row.pk: Bundle(row) for row in rows}
    for name, (model, along) in OF_SERVICE.items():
        told = model.objects.filter(service_id__in=ids).order_by("created_at", "id")
        for row in told.select_related(*along) if along else told:
            getattr(found[row.service_id], name).append(row)
    for service_id, attribute in _attributes("service", ids):
        found[service_id].attributes.append(attribute)
    _read_locations(found)
    return [found[pk] for pk in ids if pk in found]


def _attributes(entity, ids):
    rows = Attribute.objects.filter(link_entity=entity, link_id__in=ids).select_related("term__taxonomy")
    return [(row.link_id, row) for row in rows.order_by("created_at", "id")]


def _read_locations(found):
    """Rows of locations and of services at them, put into the bundle of each service that is there."""
    at: dict = defaultdict(list)
    by_pair = {}
    for each in found.values():
        for pair in each.service_at_locations:
            at[pair.location_id].append(each)
            by_pair[pair.pk] = (each, pair.location_id)
    ids = list(at)
    if not ids:
        return
    for name, model in (("addresses", Address), ("accessibility", Accessibility)):
        for row in model.objects.filter(location_id__in=ids).order_by("created_at", "id"):
            _put(at, name, row.location_id, row)
    for location_id, attribute in _attributes("location", ids):
        _put(at, "location_terms", location_id, attribute)
    for name, model in (("location_schedules", Schedule), ("location_phones", Phone)):
        rows = model.objects.filter(Q(location_id__in=ids) | Q(service_at_location_id__in=list(by_pair)))
        for row in rows.filter(service=None).order_by("created_at", "id"):
            if row.service_at_location_id in by_pair:
                each, location_id = by_pair[row.service_at_location_id]
                getattr(each, name).setdefault(location_id, []).append(row)
            elif row.location_id:
                _put(at, name, row.location_id, row)
    for row in Language.objects.filter(location_id__in=ids):
        _put(at, "location_languages", row.location_id, row)


def _put(at, name, location_id, row):
    for each in at[location_id]:
        getattr(each, name).setdefault(location_id, []).append(row)
