"""The offer of a service, read: the shape in which it is edited, proposed and compared (rules.fields)."""

import datetime as dt
from decimal import Decimal
from uuid import UUID

from duga.directory.models import Location, Provider, Service, ServiceAtLocation, Taxonomy, TaxonomyTerm
from duga.directory.queries.bundles import Bundle, bundle
from duga.directory.rules.fields import PROVIDER, ROWS, SERVICE, TERMS


def plain(value):
    """A column's value as JSON tells it."""
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Decimal):
        value = float(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def offer_of(service: Service) -> dict:
    """The offer of a service: {field: value}, terms as "terms.needs", rows with their `id`."""
    return offer_in(bundle(service))


def offer_in(told: Bundle) -> dict:
    """The offer in a bundle."""
    offer = {name: plain(getattr(told.service, name)) for name in SERVICE}
    terms = told.terms
    offer |= {f"terms.{key}": sorted(term.code for term in terms.get(key, ())) for key in TERMS}
    for name, rows in ROWS.items():
        if name == "locations":
            offer[name] = [_location(told, location) for location in told.locations]
        elif name == "schedules":
            offer[name] = [_row(row, rows.columns) for row in told.schedules]
            offer[name] += [_row(row, rows.columns, at) for at, found in told.hours_at().items() for row in found]
        else:
            offer[name] = [_row(row, rows.columns) for row in getattr(told, name)]
    return offer


def other_places(service: Service) -> list[dict]:
    """The provider's places at which this service is not offered, as rows of `locations`."""
    here = ServiceAtLocation.objects.filter(service=service).values("location")
    rows = Location.objects.filter(provider=service.provider_id, merged_into=None).exclude(pk__in=here)
    found = list(rows.select_related("area").prefetch_related("addresses").order_by("name", "pk")[:50])
    told = Bundle(service, addresses={row.pk: list(row.addresses.all()) for row in found})
    return [_location(told, row) for row in found]


def place_of(location_id) -> dict:
    """A place as a row of `locations`; {} when it is not there any more."""
    row = Location.objects.filter(pk=location_id, merged_into=None).prefetch_related("addresses").first()
    return _location(Bundle(None, addresses={row.pk: list(row.addresses.all())}), row) if row else {}


def _row(row, columns, at=None):
    told = {"id": str(row.pk)}
    for name in columns:
        if name == "at":
            told[name] = plain(at)
        elif name == "area":
            told[name] = plain(row.area_id)
        elif name == "unit":
            told[name] = row.unit.name
        else:
            told[name] = plain(getattr(row, name))
    return told


def _location(told, location):
    addresses = told.addresses.get(location.pk, [])
    address = next((row for row in addresses if row.address_type == "physical"), next(iter(addresses), None))
    row = {"id": str(location.pk)}
    for name in ROWS["locations"].columns:
        if name == "area":
            row[name] = plain(location.area_id)
        elif name == "accessibility":
            row[name] = sorted(attribute.term.code for attribute in told.location_terms.get(location.pk, ()))
        elif name in ("address_1", "address_2", "city", "postal_code"):
            row[name] = getattr(address, name) if address else ""
        else:
            row[name] = plain(getattr(location, name))
    return row


def provider_fields(provider: Provider) -> dict:
    """A provider's fields as they are edited."""
    return {name: plain(provider.area_id if name == "area" else getattr(provider, name)) for name in PROVIDER}


def known_codes(*keys: str) -> dict[str, frozenset[str]]:
    """{taxonomy key: its codes} of our own taxonomies."""
    rows = TaxonomyTerm.objects.filter(taxonomy__key__in=keys or [*TERMS, "accessibility"])
    found: dict[str, set] = {key: set() for key in keys or [*TERMS, "accessibility"]}
    for key, code in rows.values_list("taxonomy__key", "code"):
        found[key].add(code)
    return {key: frozenset(codes) for key, codes in found.items()}


def terms_of(key: str) -> list[TaxonomyTerm]:
    """The terms of one of our own taxonomies, in their order."""
    return list(TaxonomyTerm.objects.filter(taxonomy__key=key).order_by("created_at", "id"))


def taxonomy(key: str) -> Taxonomy | None:
    """One of our own taxonomies."""
    return Taxonomy.objects.filter(key=key).first()
