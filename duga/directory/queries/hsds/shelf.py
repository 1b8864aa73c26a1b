"""Everything HSDS says of some services, providers or places, read in a fixed number of queries.

Confidential places are in no table that is read here, contacts come only when they agreed to be shown, and only what
the public may see is begun from: so what leaves the house is redacted by what is never read.
"""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q

from duga.directory import models
from duga.directory.queries.hsds.ages import hide
from duga.directory.rules.hsds.tables import TABLES

MODELS = {
    "organization": models.Provider, "program": models.Program, "service": models.Service,
    "service_at_location": models.ServiceAtLocation, "location": models.Location, "contact": models.Contact,
    "phone": models.Phone, "address": models.Address, "schedule": models.Schedule, "funding": models.Funding,
    "service_area": models.ServiceArea, "required_document": models.RequiredDocument, "language": models.Language,
    "accessibility": models.Accessibility, "attribute": models.Attribute, "taxonomy_term": models.TaxonomyTerm,
    "taxonomy": models.Taxonomy, "cost_option": models.CostOption, "unit": models.Unit,
    "organization_identifier": models.OrganizationIdentifier, "service_capacity": models.ServiceCapacity,
    "url": models.Url,
}  # fmt: skip
#: Rows that hang on others, in the order in which they can be found, with what is read along.
HANGING = {
    "program": (), "organization_identifier": (), "contact": (), "phone": (), "language": (), "schedule": (),
    "address": (), "accessibility": (), "service_area": ("area",), "cost_option": (), "required_document": (),
    "service_capacity": ("unit",), "funding": (), "url": (),
}  # fmt: skip
#: What rows hang on.
HELD = frozenset({"organization", "program", "service", "service_at_location", "location", "contact", "phone"})


class Shelf:
    """Rows by entity and key, and by what they hang on."""

    def __init__(self):
        self.rows: dict[str, dict] = {entity: {} for entity in MODELS}
        self.under: dict[tuple[str, str], dict] = defaultdict(lambda: defaultdict(list))
        self.closures: dict = defaultdict(list)
        self.facts: dict = defaultdict(list)
        self.ask_first: dict = {}  #: {service: kinds of facts that are too old, or of emergency lines doubtful}
        self.told: dict = {}  #: what was nested already and is the same everywhere (organisations, places)

    def put(self, entity: str, rows: Iterable) -> list:
        """Puts rows in their place; returns those that were not there."""
        new = [row for row in rows if row.pk not in self.rows[entity]]
        for row in new:
            self.rows[entity][row.pk] = row
            for column in TABLES[entity].refs.values():
                if (parent := getattr(row, column.ours, None)) is not None:
                    self.under[entity, column.ours][parent].append(row)
            if entity == "attribute":
                self.under[entity, "link_id"][row.link_id].append(row)
        return new

    def take(self, entity: str, row) -> None:
        """Takes a row off again, with what hangs on nothing else here."""
        self.rows[entity].pop(row.pk, None)
        for column in TABLES[entity].refs.values():
            rows = self.under[entity, column.ours].get(getattr(row, column.ours, None), [])
            rows[:] = [each for each in rows if each.pk != row.pk]
        for child in HANGING:
            refs = TABLES[child].refs.values()
            for column in (each for each in refs if each.to == entity):
                for each in list(self.children(child, column.ours, row.pk)):
                    if not any(getattr(each, ref.ours) in self.rows[ref.to] for ref in refs if ref.to in HELD):
                        self.take(child, each)

    def children(self, entity: str, ours: str, parent) -> list:
        """Rows of an entity that hang on a row by one of our references."""
        return self.under[entity, ours].get(parent, [])


def public_services():
    """The services everyone may know of."""
    return models.Service.objects.filter(listed=True, merged_into=None)


def public_pairs():
    """Services at locations everyone may know of."""
    return models.ServiceAtLocation.objects.filter(
        service__listed=True, service__merged_into=None, location__merged_into=None
    )


def fill(
    services: Iterable = (), providers: Iterable = (), *, pairs: Iterable = (), locations: Iterable = (), inside=False,
    stale=False,
) -> Shelf:  # fmt: skip
    """The shelf of these rows (keys) with everything that hangs on them; about 25 queries, however many they are.

    `inside`: also services that are not listed; for comparing only, never to be shown. `stale`: also what nobody
    verified for so long that readers are not shown it.
    """
    shelf = Shelf()
    services, pairs = list(services), list(pairs)
    if pairs:
        shelf.put("service_at_location", public_pairs().filter(pk__in=pairs))
        services = [*services, *{row.service_id for row in shelf.rows["service_at_location"].values()}]
    open_ones = models.Service.objects.all() if inside else public_services()
    shelf.put("service", open_ones.filter(pk__in=services))
    found = shelf.rows["service"].values()
    if not pairs:
        shelf.put("service_at_location", public_pairs().filter(service_id__in=[row.pk for row in found]))
    keepers = {*providers, *(row.provider_id for row in found)}
    shelf.put("organization", models.Provider.objects.filter(pk__in=keepers).select_related("area"))
    at = {row.location_id for row in shelf.rows["service_at_location"].values()} | set(locations)
    theirs = Q(provider_id__in=list(shelf.rows["organization"])) & (Q() if inside else _open_places())
    rows = models.Location.objects.filter(Q(pk__in=at) | theirs, merged_into=None)
    shelf.put("location", rows.select_related("area"))
    for entity, along in HANGING.items():
        _hang(shelf, entity, along)
    _attributes(shelf)
    for row in models.Closure.objects.filter(service_id__in=[row.pk for row in found]).order_by("first_day"):
        shelf.closures[row.service_id].append(row)
    _ages(shelf, stale=stale or inside)
    return shelf


def _ages(shelf, *, stale):
    """Reads how old facts are, and takes off what is too old to be told."""
    for row in models.Fact.objects.filter(service_id__in=list(shelf.rows["service"])).order_by("created_at", "id"):
        shelf.facts[row.service_id].append(row)
    hide(shelf, stale=stale)


def _open_places() -> Q:
    """Places of a provider that everyone may know: where a public service is, or none at all (a seat)."""
    anyone = models.ServiceAtLocation.objects.filter(location=OuterRef("pk"))
    return ~Q(Exists(anyone)) | Q(Exists(public_pairs().filter(location=OuterRef("pk"))))


def _hang(shelf, entity, along):
    on = Q()
    for column in TABLES[entity].refs.values():
        if column.to in ("unit", entity):
            continue
        if keys := list(shelf.rows[column.to]):
            on |= Q(**{f"{column.ours}__in": keys})
    if not on:
        return
    rows = MODELS[entity].objects.filter(on).order_by("created_at", "id")
    if entity == "contact":
        rows = rows.filter(published=True)
    shelf.put(entity, rows.select_related(*along) if along else rows)
    if entity == "service_capacity":
        shelf.put("unit", {row.unit_id: row.unit for row in shelf.rows[entity].values()}.values())


def _attributes(shelf):
    keys = [pk for entity, rows in shelf.rows.items() if entity not in ("taxonomy", "taxonomy_term") for pk in rows]
    rows = []
    for at in range(0, len(keys), 20_000):
        found = models.Attribute.objects.filter(link_id__in=keys[at : at + 20_000]).order_by("created_at", "id")
        rows += found.select_related("term__taxonomy")
    shelf.put("attribute", rows)
    terms = {row.term_id: row.term for row in rows}
    shelf.put("taxonomy_term", terms.values())
    shelf.put("taxonomy", {term.taxonomy_id: term.taxonomy for term in terms.values() if term.taxonomy_id}.values())


def fill_simple(services: Iterable = (), *, pairs: Iterable = (), stale=False) -> Shelf:
    """The shelf of the simple lists: services with organisation and programme, at their location; nothing else."""
    shelf = Shelf()
    services, pairs = list(services), list(pairs)
    if pairs:
        rows = public_pairs().filter(pk__in=pairs).select_related("location")
        shelf.put("service_at_location", rows)
        shelf.put(
            "location", {row.location_id: row.location for row in shelf.rows["service_at_location"].values()}.values()
        )
        services = [*services, *{row.service_id for row in shelf.rows["service_at_location"].values()}]
    rows = list(public_services().filter(pk__in=services).select_related("provider", "program"))
    shelf.put("service", rows)
    shelf.put("organization", {row.provider_id: row.provider for row in rows}.values())
    shelf.put("program", {row.program_id: row.program for row in rows if row.program_id}.values())
    _ages(shelf, stale=stale)
    return shelf
