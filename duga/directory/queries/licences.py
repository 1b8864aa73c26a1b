"""Licences: who may look at one, how ready a service is, what is due, and the network's picture."""

import datetime as dt
import hashlib
import hmac
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from django.db.models import Q

from duga.directory.models import (
    Assessment,
    Attribute,
    Criterion,
    Licence,
    LicenceDocument,
    LicenceKind,
    LicenceStep,
    LicenceTask,
    Provider,
    Service,
)
from duga.directory.queries.access import keeps
from duga.directory.rules.licences import (
    DUE_LABELS,
    IN_FORCE,
    RUNS_OUT,
    Deadline,
    DueKind,
    Finding,
    Grants,
    LicenceState,
    Readiness,
    Verdict,
    applies,
    in_force,
    readiness,
)
from duga.members.queries import NOT_HERE, may, networks_of, organisations_of
from duga.members.rules import MemberStatus, Permission, Viewer
from duga.plain.errors import NotAllowed, NotFound, gettext_noop
from duga.vault import sealing

_NOT_YOURS = gettext_noop("Your role does not allow this. Ask your organisation's coordinator.")
_PAPERS = gettext_noop("The documents belong to the organisation: only its own coordinator opens them.")


# --- Doors ------------------------------------------------------------------------------------------


def stands(organisation) -> bool:
    """Whether an organisation is a member of a network now."""
    return organisation.memberships.filter(until=None, status=MemberStatus.MEMBER).exists()


def is_mentor(viewer: Viewer, licence: Licence) -> bool:
    """Whether the viewer coordinates the member organisation that helps this one on its way; one that left does not."""
    if licence.mentor_id is None or not may(viewer, Permission.EDIT_SERVICES, licence.mentor):
        return False
    return stands(licence.mentor)


def licence_to_see(viewer: Viewer, licence_id) -> Licence:
    """The door to a service's way to a licence: its own coordinator, who curates its network, its mentor."""
    rows = Licence.objects.select_related(
        "service__provider__organisation", "service__provider__network", "mentor", "kind"
    )
    found = rows.filter(pk=licence_id).first()
    if found is None:
        raise NotFound(NOT_HERE)
    provider = found.service.provider
    if keeps(viewer, provider) or is_mentor(viewer, found):
        return found
    if provider.organisation_id and may(viewer, Permission.SEE_ORGANISATION, provider.organisation):
        raise NotAllowed(_NOT_YOURS)
    raise NotFound(NOT_HERE)


def licence_to_edit(viewer: Viewer, licence_id) -> Licence:
    """The door to changing it: a mentor reads, and leaves tasks."""
    found = licence_to_see(viewer, licence_id)
    if not keeps(viewer, found.service.provider):
        raise NotAllowed(_NOT_YOURS)
    return found


def may_open_papers(viewer: Viewer, licence: Licence) -> bool:
    """Whether the viewer opens and hands in the documents: the organisation itself, nobody of the network."""
    organisation = licence.service.provider.organisation
    return organisation is not None and may(viewer, Permission.EDIT_SERVICES, organisation)


def document_to_open(viewer: Viewer, document_id) -> LicenceDocument:
    """The door to one document, still sealed."""
    found = LicenceDocument.objects.filter(pk=document_id, removed_at=None).first()
    if found is None:
        raise NotFound(NOT_HERE)
    licence = licence_to_see(viewer, found.licence_id)
    if not may_open_papers(viewer, licence):
        raise NotAllowed(_PAPERS)
    found.licence = licence
    return found


def paper_key(licence: Licence) -> bytes:
    """The key of an organisation's licensing documents."""
    organisation = licence.service.provider.organisation_id
    return hmac.digest(sealing.store().organisation_key(organisation), b"licensing papers", hashlib.sha256)


# --- What a country asks ----------------------------------------------------------------------------


def service_types_of(service_ids) -> dict:
    """{service id: set of codes of its kinds of service}."""
    rows = Attribute.objects.filter(
        link_entity="service", link_id__in=list(service_ids), term__taxonomy__key="service_types"
    )
    found = defaultdict(set)
    for service, code in rows.values_list("link_id", "term__code"):
        found[service].add(code)
    return found


def licence_kinds(country: str) -> list[LicenceKind]:
    """The kinds of licence one applies for in a country; none where no rules are known.

    What is given instead of one applied for (a limited licence) is not among them.
    """
    return list(LicenceKind.objects.filter(country=country, retired=False, grants=LicenceState.LICENSED))


def grants_of(licence: Licence) -> dict[LicenceState, Grants]:
    """What this way may end in: the licence applied for, and the country's limited one where there is one."""
    rows = LicenceKind.objects.filter(country=licence.kind.country, retired=False, grants=LicenceState.LIMITED)
    found = {LicenceState.LICENSED: Grants(licence.kind.years, licence.kind.at_most)}
    limited = rows.first()
    if limited:
        found[LicenceState.LIMITED] = Grants(limited.years, limited.at_most)
    return found


def criteria_for(country: str, types) -> list[Criterion]:
    """The criteria in force for a service of these kinds in a country, in the order of its standards."""
    rows = Criterion.objects.filter(standard__country=country, retired=False).select_related("standard")
    return [row for row in rows if applies(row.standard.service_types, types)]


# --- One service ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Checked:
    """A criterion with what was found of it, and what was handed in for it."""

    criterion: Criterion
    assessment: Assessment | None
    finding: Finding
    documents: tuple = ()
    outdated: bool = False

    @property
    def missing(self) -> bool:
        """Whether it still has to be met."""
        return self.outdated or self.finding.verdict in (Verdict.NOT_MET, Verdict.UNKNOWN)


@dataclass(frozen=True)
class LicencePage:
    """All that the page of a licence shows."""

    licence: Licence
    service: Service
    readiness: Readiness
    checked: tuple[Checked, ...]
    deadlines: tuple[Deadline, ...]
    steps: tuple[LicenceStep, ...]
    tasks: tuple[LicenceTask, ...]
    documents: tuple[LicenceDocument, ...]
    edits: bool
    papers: bool
    types: frozenset = frozenset()

    @property
    def missing(self) -> list[Checked]:
        """Criteria that still have to be met."""
        return [row for row in self.checked if row.missing]


def checked_of(licence: Licence, today: dt.date, documents=()) -> list[Checked]:
    """Every criterion that a service is measured by, with what was found of it."""
    types = service_types_of([licence.service_id])[licence.service_id]
    known = {row.criterion_id: row for row in Assessment.objects.filter(licence=licence)}
    papers = defaultdict(list)
    for document in documents:
        papers[document.criterion_id].append(document)
    found = []
    for criterion in criteria_for(licence.kind.country, types):
        assessment = known.get(criterion.pk)
        finding = _finding(assessment)
        old = finding.verdict is Verdict.MET and finding.good_until is not None and finding.good_until < today
        found.append(Checked(criterion, assessment, finding, tuple(papers[criterion.pk]), old))
    return found


def _finding(assessment) -> Finding:
    if assessment is None:
        return Finding(Verdict.UNKNOWN)
    return Finding(Verdict(assessment.verdict), assessment.good_until)


def licence_page(viewer: Viewer, licence_id, today: dt.date) -> LicencePage:
    """What the page of a licence shows to who may see it."""
    licence = licence_to_see(viewer, licence_id)
    documents = tuple(LicenceDocument.objects.filter(licence=licence, removed_at=None))
    checked = checked_of(licence, today, documents)
    tasks = tuple(LicenceTask.objects.filter(licence=licence).select_related("criterion"))
    return LicencePage(
        licence=licence, service=licence.service, readiness=readiness((row.finding for row in checked), today),
        checked=tuple(checked), deadlines=tuple(deadlines_of(licence, [row.assessment for row in checked], tasks)),
        steps=tuple(licence.steps.all()), tasks=tasks, documents=documents,
        edits=keeps(viewer, licence.service.provider), papers=may_open_papers(viewer, licence),
    )  # fmt: skip


def deadlines_of(licence: Licence, assessments, tasks) -> list[Deadline]:
    """What is due: the licence's last day while no renewal runs, evidence that gets old, open tasks; soonest first."""
    found = []
    if licence.valid_until and licence.state in RUNS_OUT - {LicenceState.RENEWING}:
        day = licence.valid_until
        found.append(Deadline(DueKind.LICENCE, day, DUE_LABELS[DueKind.LICENCE], f"licence:{day}"))
    for row in assessments:
        if row is not None and row.good_until and row.verdict == Verdict.MET:
            key, what = f"evidence:{row.criterion_id}:{row.good_until}", DUE_LABELS[DueKind.EVIDENCE]
            found.append(Deadline(DueKind.EVIDENCE, row.good_until, what, key, row.criterion.names))
    for task in tasks:
        if task.done_on is None:
            key, names = f"task:{task.pk}:{task.due_on}", task.criterion.names if task.made_from_criterion else None
            found.append(Deadline(DueKind.TASK, task.due_on, task.what, key, names))
    return sorted(found, key=lambda deadline: (deadline.on, deadline.key))


# --- An organisation's, and the public's -------------------------------------------------------------


@dataclass(frozen=True)
class OnTheWay:
    """A service and where it stands; `licence` None: nobody began."""

    service: Service
    licence: Licence | None
    readiness: Readiness | None
    kinds: tuple[LicenceKind, ...] = ()


def _ready(licences, today) -> dict:
    """{licence id: Readiness}, in a handful of queries however many there are."""
    types = service_types_of([row.service_id for row in licences])
    countries = {row.kind.country for row in licences}
    criteria = defaultdict(list)
    rows = Criterion.objects.filter(standard__country__in=countries, retired=False).select_related("standard")
    for row in rows:
        criteria[row.standard.country].append(row)
    known = {
        (row.licence_id, row.criterion_id): row
        for row in Assessment.objects.filter(licence__in=[licence.pk for licence in licences])
    }
    return {
        licence.pk: readiness(
            (
                _finding(known.get((licence.pk, row.pk)))
                for row in criteria[licence.kind.country]
                if applies(row.standard.service_types, types[licence.service_id])
            ),
            today,
        )
        for licence in licences
    }


def organisation_licences(viewer: Viewer, organisation, today: dt.date) -> list[OnTheWay]:
    """The services of an organisation by name, each with its way to a licence; for who may edit them."""
    provider = Provider.objects.filter(organisation=organisation).select_related("organisation").first()
    if not (
        may(viewer, Permission.EDIT_SERVICES, organisation) or may(viewer, Permission.CURATE_DIRECTORY, organisation)
    ):
        if not may(viewer, Permission.SEE_ORGANISATION, organisation):
            raise NotFound(NOT_HERE)
        raise NotAllowed(_NOT_YOURS)
    if provider is None:
        return []
    rows = Service.objects.filter(provider=provider).order_by("name")  # a merged one only with a way of its own
    services = list(rows.filter(Q(merged_into=None) | Q(licence_ways__isnull=False)))
    ways = {row.service_id: row for row in _ways(service__in=services)}
    ready, types = _ready(list(ways.values()), today), service_types_of([service.pk for service in services])
    kinds = {country: licence_kinds(country) for country in {service.country for service in services}}
    found = []
    for service in services:
        if way := ways.get(service.pk):
            found.append(OnTheWay(service, way, ready.get(way.pk)))
        else:
            fit = (kind for kind in kinds[service.country] if applies(kind.service_types, types[service.pk]))
            found.append(OnTheWay(service, None, None, tuple(fit)))
    return found


def _ways(**which):
    return Licence.objects.filter(**which).select_related("service", "kind", "mentor")


def mentored_by(viewer: Viewer, organisation, today: dt.date) -> list[OnTheWay]:
    """The services of others that an organisation helps on their way."""
    if not may(viewer, Permission.EDIT_SERVICES, organisation) or not stands(organisation):
        return []
    rows = list(_ways(mentor=organisation).select_related("service__provider__organisation", "kind"))
    ready = _ready(rows, today)
    return [OnTheWay(row.service, row, ready[row.pk]) for row in rows]


@dataclass(frozen=True)
class PublicLicence:
    """What anybody may know: that a licence is in force, its number, its last day, whether it is a limited one."""

    number: str
    valid_until: dt.date
    limited: bool


def licences_in_force(service_ids, today: dt.date) -> dict:
    """{service id: PublicLicence} of the services that hold a licence on a day; who is on the way is not told."""
    rows = Licence.objects.filter(service__in=list(service_ids), state__in=IN_FORCE, valid_until__gte=today)
    return {
        row.service_id: PublicLicence(row.number, row.valid_until, row.state == LicenceState.LIMITED) for row in rows
    }


# --- The network's picture --------------------------------------------------------------------------

#: Columns of the picture: what is counted on a day.
PICTURE = ("services", "begun", "applied", "in_force", "limited", "ended")
ON_THE_WAY = frozenset({LicenceState.STARTED, LicenceState.GATHERED})
ASKED = frozenset({LicenceState.APPLIED, LicenceState.INSPECTED, LicenceState.RENEWING})
ENDED = frozenset({LicenceState.REFUSED, LicenceState.SUSPENDED, LicenceState.WITHDRAWN, LicenceState.EXPIRED})


@dataclass
class Picture:
    """How far a network's services are: by country today, and what happened in each year."""

    today: dict[str, Counter] = field(default_factory=dict)  #: {country: counts by PICTURE}
    years: dict[tuple[int, str], Counter] = field(default_factory=dict)  #: {(year, country): steps by state}
    unknown: tuple[str, ...] = ()  #: countries of which no rules are known


def sees_picture(viewer: Viewer) -> bool:
    """Whether the viewer works for a network."""
    return bool(viewer.system or networks_of(viewer, Permission.SEE_ORGANISATION))


def licence_picture(viewer: Viewer, today: dt.date) -> Picture:
    """How many services of the viewer's networks began, applied, hold a licence: a working view, no released number.

    Services that nobody lists and merged ones are left out; a licence past its last day is not in force, whatever
    its state still says.
    """
    if not sees_picture(viewer):
        raise NotAllowed(_NOT_YOURS)
    here = [row.pk for row in organisations_of(viewer, Permission.SEE_ORGANISATION)]
    networks = [row.pk for row in networks_of(viewer, Permission.SEE_ORGANISATION)]
    providers = Provider.objects.filter(organisation__in=here) | Provider.objects.filter(network__in=networks)
    services = Service.objects.filter(provider__in=providers, merged_into=None, listed=True)
    picture = Picture()
    for country in services.order_by().values_list("country", flat=True):
        picture.today.setdefault(country, Counter())["services"] += 1
    rows = Licence.objects.filter(service__in=services)
    for country, state, until in rows.values_list("service__country", "state", "valid_until"):
        _count(picture.today[country], LicenceState(state), until, today)
    steps = LicenceStep.objects.filter(licence__service__in=services)
    for country, state, on in steps.order_by().values_list("licence__service__country", "state", "on"):
        picture.years.setdefault((on.year, country), Counter())[LicenceState(state)] += 1
    known = set(LicenceKind.objects.filter(retired=False).values_list("country", flat=True))
    picture.unknown = tuple(sorted(set(picture.today) - known))
    return picture


def _count(counts: Counter, state: LicenceState, until, today) -> None:
    if in_force(state, until, today):
        counts["in_force"] += 1
        counts["limited"] += state is LicenceState.LIMITED
    elif state in ENDED or state in IN_FORCE:  # in force once, and its last day is past
        counts["ended"] += 1
    counts["begun"] += state in ON_THE_WAY
    counts["applied"] += state in ASKED
