"""The bulk door: many entries at once, for imports and for the demo. Inserts only; facts and search index follow."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping

from django.db import transaction
from django.utils import timezone

from duga.directory import models
from duga.directory.actions._bulk import _Aside
from duga.directory.actions.indexing import _index
from duga.directory.queries.access import may_edit
from duga.directory.queries.bundles import parts
from duga.directory.rules import FactKind, How, due_on
from duga.directory.rules.fields import QUIET, ROWS, SERVICE, TERMS
from duga.members.actions import write_trail
from duga.members.queries import network_by_id, require
from duga.members.rules import Permission, Viewer
from duga.plain.errors import NotAllowed, Refused, gettext_noop

__all__ = ["load_entries"]

#: HSDS's name of each table and ours, in the order in which one needs the other. Closures and translations are ours.
TABLES = {
    "organization": models.Provider, "program": models.Program, "service": models.Service,
    "location": models.Location, "address": models.Address, "service_at_location": models.ServiceAtLocation,
    "contact": models.Contact, "phone": models.Phone, "language": models.Language, "schedule": models.Schedule,
    "closure": models.Closure, "service_area": models.ServiceArea, "cost_option": models.CostOption,
    "required_document": models.RequiredDocument, "unit": models.Unit, "service_capacity": models.ServiceCapacity,
    "funding": models.Funding, "organization_identifier": models.OrganizationIdentifier, "url": models.Url,
    "accessibility": models.Accessibility, "taxonomy": models.Taxonomy, "taxonomy_term": models.TaxonomyTerm,
    "attribute": models.Attribute, "translation": models.Translation,
}  # fmt: skip
#: Which list of the offer the rows of a table are.
AS_ROWS = {
    "phone": "phones", "language": "languages", "schedule": "schedules", "closure": "closures",
    "service_at_location": "locations", "service_area": "service_areas", "cost_option": "cost_options",
    "required_document": "required_documents", "service_capacity": "capacities", "contact": "contacts",
}  # fmt: skip
_UNKNOWN = gettext_noop("There is no table called %(name)s. These are there: %(known)s.")
_NOT_YOURS = gettext_noop("Some of these entries belong to providers that another organisation keeps.")
_CONFIDENTIAL = gettext_noop(
    "%(number)s of these services have a confidential place: they can have no location. Leave their locations out."
)


def load_entries(
    *, by: Viewer, network_id, rows: Mapping[str, list[dict]], source_id=None, how: How = How.SOURCE,
    verified: Mapping | None = None, progress: Callable[[str, float], None] | None = None,
) -> dict[str, int]:  # fmt: skip
    """Inserts many entries; returns {table: how many}.

    `rows` {HSDS's name of a table: [{column of our model: value}]}, ids already chosen by the caller; a provider
    without an organisation is kept by the network. `verified` {service id: moment, or {FactKind: moment}}: what was
    verified when, told with `how`; the rest is due at once. `progress(words, share)` hears how far it is, 0 to 1.
    """
    say = progress or (lambda words, share: None)
    told = {"source_id": source_id, "how": how, "verified": verified or {}}
    ready = _Ready(by, network_id, rows, **told, say=lambda words, share: say(words, 0.6 * share))
    with ready, transaction.atomic():
        number = ready.write()
        _index(ready.services, lambda share: say("search", 0.6 + 0.4 * share))
    return number


class _Ready:
    """Entries made ready outside any transaction; `write()` puts them in, in the caller's. `services`: their ids."""

    def __init__(self, by, network_id, rows, *, source_id, how, verified, say):
        network = network_by_id(by, network_id)
        require(by, Permission.CURATE_DIRECTORY, network)
        if unknown := set(rows) - set(TABLES):
            raise Refused(_UNKNOWN, name=min(unknown), known=", ".join(TABLES))
        self.by, self.network, self.rows, self.aside, self.say = by, network, rows, _Aside(), say
        self.services = [row["id"] for row in rows.get("service", ())]
        self.told = {"source_id": source_id, "how": how, "verified": verified}

    def __enter__(self):
        try:
            self._add()
        except BaseException:
            self.aside.__exit__()
            raise
        return self

    def _add(self):
        whole, done = sum(map(len, self.rows.values())) or 1, 0
        for name, model in TABLES.items():
            if told := self.rows.get(name):
                self.aside.add(model, _filled(model, told, self.network, self.told["source_id"]))
                done += len(told)
                self.say(name, done / whole)
        facts, log = _first_facts(self.rows, self.services, self.told["verified"], self.told["how"], self.by)
        self.aside.add(models.Fact, facts)
        self.aside.add(models.Verification, log)

    def __exit__(self, *error):
        self.aside.__exit__(*error)

    def write(self) -> dict[str, int]:
        """Puts all in, with one entry in the trail; {table: how many}."""
        _check_places(self.rows.get("service_at_location", ()))
        self.aside.take_over()
        _check_keepers(self.by, self.rows)
        number = {name: len(self.rows[name]) for name in TABLES if self.rows.get(name)}
        subject = ("members.Network", self.network.pk)
        write_trail(by=self.by, event="directory.loaded", subject=subject, detail=number)
        return number


def _filled(model, told, network, source_id) -> list[dict]:
    """Rows with what goes without saying: their source, who keeps a provider, when they came."""
    now = timezone.now()
    sourced = any(column.attname == "source_id" for column in model._meta.concrete_fields)
    rows = []
    for row in told:
        row = dict(row)
        if sourced and source_id is not None:
            row.setdefault("source_id", source_id)
        if model is models.Provider and not row.get("organisation_id"):
            row["network_id"] = network.pk
            row.setdefault("country", network.country)
        if model in (models.Provider, models.Service, models.Location):
            row.setdefault("changed_at", now)
        rows.append(row)
    return rows


def _check_keepers(by, rows):
    """Every provider that something hangs on is one whose entries the actor may edit."""
    ids = {row["id"] for row in rows.get("organization", ())}
    for told in rows.values():
        ids |= {row["provider_id"] for row in told if row.get("provider_id")}
    checked = set()
    for part in parts(ids):
        found = models.Provider.objects.filter(pk__in=part).select_related("organisation", "network")
        for provider in found:
            keeper = provider.organisation_id or provider.network_id
            if keeper not in checked and not may_edit(by, provider):
                raise NotAllowed(_NOT_YOURS)
            checked.add(keeper)


def _check_places(pairs):
    ids = {row["service_id"] for row in pairs}
    hidden = models.ConfidentialPlace.objects.filter(closed_at=None).values_list("service_id", flat=True)
    if met := ids & set(hidden):
        raise Refused(_CONFIDENTIAL, number=len(met))


def _first_facts(rows, services, verified, how, by):
    """(facts, log of their verifying): of each kind something is told of, when it was verified and when it is due."""
    told = _told(rows)
    today, facts, log = timezone.localdate(), [], []
    places = {row["service_id"]: row["updated"] for row in rows.get("service_capacity", ()) if row.get("updated")}
    for service_id in services:
        moments = verified.get(service_id)
        by_kind = moments if isinstance(moments, Mapping) else dict.fromkeys(FactKind, moments)
        if moments and service_id in places:  # how many were free was true when it was told
            by_kind = {**by_kind, FactKind.CAPACITY: places[service_id]}
        at_once = defaultdict(list)
        for kind in sorted(told[service_id] | {FactKind.OFFERED, FactKind.TEXT}):
            moment = by_kind.get(kind)
            day = timezone.localdate(moment) if moment else None
            facts.append(
                {
                    "service_id": service_id, "kind": kind, "verified_at": moment, "how": how if moment else "",
                    "verified_by_id": by.account_id if moment else None, "due_on": due_on(kind, day, today),
                }
            )  # fmt: skip
            if moment:
                at_once[moment].append(kind)
        log += [
            {"service_id": service_id, "kinds": kinds, "at": moment, "how": how, "by_id": by.account_id}
            for moment, kinds in at_once.items()
        ]
    return facts, log


def _told(rows) -> dict[object, set[FactKind]]:
    """{service id: the kinds of facts these rows tell something of}."""
    found: dict = defaultdict(set)
    for row in rows.get("service", ()):
        found[row["id"]] |= {
            each.fact for name, each in SERVICE.items() if name not in QUIET and row.get(name) not in (None, "", False)
        }
    for name, list_name in AS_ROWS.items():
        for row in rows.get(name, ()):
            if row.get("service_id"):
                found[row["service_id"]].add(ROWS[list_name].fact)
    terms = dict(
        models.TaxonomyTerm.objects.filter(taxonomy__key__in=TERMS).values_list("pk", "taxonomy__key")
    )  # one small query: our own terms are few
    for row in rows.get("attribute", ()):
        if row.get("link_entity") == "service" and row.get("term_id") in terms:
            found[row["link_id"]].add(TERMS[terms[row["term_id"]]])
    return found


def _moment(day: dt.date) -> dt.datetime:
    """Noon of a day: when a source tells a day and no more."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time(12)))
