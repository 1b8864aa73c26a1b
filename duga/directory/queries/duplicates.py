"""Pairs that may be one: found among services anyone may see, judged by who keeps both."""

from dataclasses import dataclass, field
from itertools import islice

from duga.directory.models import Duplicate, Provider, Service
from duga.directory.queries.access import may_edit
from duga.directory.queries.bundles import Bundle, bundles
from duga.directory.queries.offers import offer_in, provider_fields
from duga.directory.rules import FOUND
from duga.directory.rules.likeness import Seen, reach_of
from duga.directory.rules.search import words_of
from duga.members.queries import NOT_HERE
from duga.members.rules import Viewer
from duga.plain.errors import NotFound


def seen_of(told: Bundle) -> Seen:
    """What is compared of a service."""
    service = told.service
    phones = [row.number for row in told.phones] + [
        row.number for rows in told.location_phones.values() for row in rows
    ]
    points = [(each.latitude, each.longitude) for each in told.locations if each.latitude is not None]
    streets = [f"{row.address_1} {row.city}" for rows in told.addresses.values() for row in rows]
    return Seen(
        service.name, service.provider.name, reach_of(phones, [service.email], [service.url]), tuple(points),
        frozenset(word for street in streets for word in words_of(street)),
        frozenset(f"{key}:{term.code}" for key, terms in told.terms.items() for term in terms),
    )  # fmt: skip


def all_seen(country: str) -> dict:
    """{service id: what is compared of it} of a country's services."""
    ids = Service.objects.filter(country=country, merged_into=None, status__in=FOUND).values_list("pk", flat=True)
    return {told.service.pk: seen_of(told) for told in bundles(list(ids))}


def all_providers_seen(country: str) -> dict:
    """{provider id: what is compared of it} of a country's providers."""
    rows = Provider.objects.filter(country=country, merged_into=None).prefetch_related("phones")
    return {
        row.pk: Seen(row.name, reach=reach_of((phone.number for phone in row.phones.all()), [row.email], [row.website]))
        for row in rows
    }


@dataclass(frozen=True)
class Pair:
    """A pair side by side: two services, or two providers, with what is told of each."""

    row: Duplicate
    first: Service | Provider
    second: Service | Provider
    first_offer: dict = field(default_factory=dict)
    second_offer: dict = field(default_factory=dict)


def duplicates_for(viewer: Viewer, *, state: str = "open", limit: int = 100, entity: str = "service") -> list[Pair]:
    """The pairs the viewer may decide on (`entity` "service" or "organization"), without what is told of them: open
    ones likest first, merged ones newest first. Pairs of two keepers are for who curates both."""
    order = ("-likeness", "id") if state == "open" else ("-decided_at",)
    rows = list(Duplicate.objects.filter(state=state, entity=entity).order_by(*order)[: 4 * limit])
    ids = {pk for row in rows for pk in (row.first_id, row.second_id)}
    if entity == "service":
        there = Service.objects.filter(pk__in=ids).select_related("provider__organisation", "provider__network")
    else:
        there = Provider.objects.filter(pk__in=ids).select_related("organisation", "network")
    mine = {each.pk: each for each in there if may_edit(viewer, getattr(each, "provider", each))}
    found = (row for row in rows if {row.first_id, row.second_id} <= mine.keys())
    return [Pair(row, mine[row.first_id], mine[row.second_id]) for row in islice(found, limit)]


def duplicate_by_id(viewer: Viewer, duplicate_id) -> Duplicate:
    """The door to a pair, whatever its state."""
    found = Duplicate.objects.filter(pk=duplicate_id).first()
    if found is None or not all(may_edit(viewer, provider) for provider in _providers(found)):
        raise NotFound(NOT_HERE)
    return found


def _providers(row):
    ids = (row.first_id, row.second_id)
    rows = Provider.objects.select_related("organisation", "network")
    if row.entity == "organization":
        return list(rows.filter(pk__in=ids))
    return list(rows.filter(services__in=ids).distinct())


def _provided(provider) -> dict:
    """A provider's fields, with the names of its services and the numbers it is reached by."""
    services = Service.objects.filter(provider=provider, merged_into=None).order_by("name")
    return provider_fields(provider) | {
        "area": provider.area.name if provider.area else "",
        "phones": [{"number": row.number} for row in provider.phones.order_by("pk")],
        "services": ", ".join(services.values_list("name", flat=True)[:20]),
    }


def pair(viewer: Viewer, duplicate_id) -> Pair:
    """A pair to be looked at side by side: two services with their offers, or two providers with theirs."""
    row = duplicate_by_id(viewer, duplicate_id)
    if row.entity == "organization":
        both = Provider.objects.select_related("organisation", "network", "area").in_bulk([row.first_id, row.second_id])
        first, second = both[row.first_id], both[row.second_id]
        return Pair(row, first, second, _provided(first), _provided(second))
    told = {each.service.pk: each for each in bundles([row.first_id, row.second_id])}
    if len(told) < 2:
        raise NotFound(NOT_HERE)
    first, second = told[row.first_id], told[row.second_id]
    return Pair(row, first.service, second.service, offer_in(first), offer_in(second))
