"""What nobody verified for long is not told, as the finder does not show it; of emergency lines it is, with its age.

It is taken off the shelf before anything is told of it, so that every door (API, downloads, cards, pages' data) says
the same. Asked for with `stale`, all is told; either way the profile's trait "Ask first" names the kinds of facts.
"""

from django.utils import timezone

from duga.directory.rules import Age, FactKind, age_of
from duga.directory.rules.fields import ROWS, SERVICE
from duga.directory.rules.hsds.tables import TABLES

#: Which fact the rows of a table are verified with, by HSDS's name of the table.
FACTS = {
    "phone": FactKind.PHONE, "contact": FactKind.PHONE, "url": FactKind.PHONE, "schedule": FactKind.HOURS,
    "service_at_location": FactKind.ADDRESS, "language": ROWS["languages"].fact,
    "cost_option": ROWS["cost_options"].fact, "required_document": ROWS["required_documents"].fact,
    "service_area": ROWS["service_areas"].fact,
}  # fmt: skip
#: Rows that a service without its own takes from its places.
OF_PLACES = ("phone", "schedule")
#: What is told of a service that is told at all.
ALWAYS = frozenset({"name", "status"})


def ages_of(service, facts, today) -> dict[FactKind, Age]:
    """{kind: how old it is to a reader} of the facts that are kept of a service."""
    since = timezone.localdate(service.created_at)
    return {
        FactKind(fact.kind): age_of(
            FactKind(fact.kind), timezone.localdate(fact.verified_at) if fact.verified_at else None, today,
            since=since, emergency=service.emergency,
        )
        for fact in facts
    }  # fmt: skip


def hide(shelf, *, stale: bool) -> None:
    """Takes off a shelf what is too old to be shown, and notes on it what a reader must ask first."""
    today = timezone.localdate()
    for service in list(shelf.rows["service"].values()):
        ages = ages_of(service, shelf.facts.get(service.pk, ()), today)
        hidden = {kind for kind, age in ages.items() if age is Age.HIDDEN}
        doubtful = {kind for kind, age in ages.items() if age in (Age.STALE, Age.UNKNOWN)}
        if asked := hidden | (doubtful if service.emergency else set()):
            shelf.ask_first[service.pk] = [kind.value for kind in FactKind if kind in asked]
        if stale or not hidden:
            continue
        if FactKind.OFFERED in hidden:
            shelf.take("service", service)
        _blank(service, hidden)
        _take_rows(shelf, service, hidden)


def _blank(service, hidden):
    """The service's own fields; the row is never saved."""
    for name in TABLES["service"].columns:
        if name in SERVICE and SERVICE[name].fact in hidden and name not in ALWAYS:
            setattr(service, name, None if SERVICE[name].kind == "age" else "")
            service.extra = {key: value for key, value in service.extra.items() if key != name}


def _take_rows(shelf, service, hidden):
    at = list(shelf.children("service_at_location", "service_id", service.pk))
    for entity, kind in FACTS.items():
        if kind in hidden:
            for row in list(shelf.children(entity, "service_id", service.pk)):
                shelf.take(entity, row)
    for pair in at:
        shared = [each for each in shelf.children("service_at_location", "location_id", pair.location_id)
                  if each.service_id != service.pk]  # fmt: skip
        for entity in OF_PLACES:
            if FACTS[entity] in hidden:
                rows = list(shelf.children(entity, "service_at_location_id", pair.pk))
                rows += [] if shared else shelf.children(entity, "location_id", pair.location_id)
                for row in rows:
                    shelf.take(entity, row)
        if FactKind.ADDRESS in hidden and not shared and (place := shelf.rows["location"].get(pair.location_id)):
            shelf.take("location", place)
    if FactKind.HOURS in hidden:
        shelf.closures.pop(service.pk, None)
