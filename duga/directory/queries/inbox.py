"""What waits for a decision: proposals, readers' reports, sources that disagree; for who may decide."""

from dataclasses import dataclass

from django.db.models import Q

from duga.directory.models import Disagreement, Proposal, Report, Service, ServiceCapacity, Source, Translation
from duga.directory.queries.access import curated_by, may_edit, may_update, provider_of
from duga.directory.queries.bundles import bundles
from duga.directory.queries.offers import offer_in, offer_of
from duga.directory.queries.truth import FactState, facts_of
from duga.directory.rules.comparing import Difference, differences
from duga.directory.rules.texts import Version
from duga.members.queries import NOT_HERE
from duga.members.rules import Viewer
from duga.plain.errors import NotFound


def _ours(viewer, prefix="provider"):
    organisations, networks = curated_by(viewer)
    return Q(**{f"{prefix}__organisation__in": organisations}) | Q(**{f"{prefix}__network__in": networks})


@dataclass(frozen=True)
class Waiting:
    """A proposal with what it would change today."""

    proposal: Proposal
    differences: tuple[Difference, ...]
    outdated: bool  #: the service changed since it was written


def proposals_for(viewer: Viewer, *, limit: int = 50) -> list[Waiting]:
    """The open proposals the viewer decides on, oldest first, each with its diff against today's offer."""
    rows = Proposal.objects.filter(_ours(viewer), state="open").select_related(
        "provider", "service__provider", "by", "link"
    )
    found = list(rows.order_by("created_at")[:limit])
    told = {each.service.pk: offer_in(each) for each in bundles(row.service_id for row in found if row.service_id)}
    return [_waiting(row, told.get(row.service_id, {})) for row in found]


def proposal_by_id(viewer: Viewer, proposal_id) -> Waiting:
    """The door to a proposal: for who decides, and who made it."""
    row = (
        Proposal.objects.filter(pk=proposal_id)
        .select_related("provider__organisation", "provider__network", "service__provider", "by", "link")
        .first()
    )
    if row is None or not (may_edit(viewer, row.provider) or (viewer.account_id and viewer.account_id == row.by_id)):
        raise NotFound(NOT_HERE)
    return _waiting(row, offer_of(row.service) if row.service else {})


def _waiting(row, now):
    outdated = row.service is not None and row.service.version != row.version
    return Waiting(row, tuple(differences(now, row.changes)), outdated)


def own_proposals(viewer: Viewer, *, limit: int = 50) -> list[Proposal]:
    """What the viewer proposed, newest first."""
    rows = Proposal.objects.filter(by_id=viewer.account_id).select_related("provider", "service")
    return list(rows.order_by("-created_at")[:limit]) if viewer.account_id else []


def reports_for(viewer: Viewer, *, limit: int = 100) -> list[Report]:
    """Readers' open reports about services the viewer keeps, oldest first; what they wrote stays sealed."""
    rows = Report.objects.filter(_ours(viewer, "service__provider"), state="open").select_related("service__provider")
    return list(rows.order_by("created_at")[:limit])


def disagreements_for(viewer: Viewer, *, state="open", limit: int = 100) -> list[Disagreement]:
    """Where sources disagree about entries the viewer keeps, oldest first."""
    rows = Disagreement.objects.filter(_ours(viewer), state=state).select_related(
        "service", "provider", "their_source", "our_source"
    )
    return list(rows.order_by("seen_at")[:limit])


def disagreement_by_id(viewer: Viewer, disagreement_id) -> Disagreement:
    """The door to one of them."""
    found = (
        Disagreement.objects.filter(pk=disagreement_id)
        .select_related("provider__organisation", "provider__network", "service", "their_source", "our_source")
        .first()
    )
    if found is None or not may_edit(viewer, found.provider):
        raise NotFound(NOT_HERE)
    return found


def waiting_numbers(viewer: Viewer) -> dict[str, int]:
    """How many of each wait for the viewer."""
    return {
        "proposals": Proposal.objects.filter(_ours(viewer), state="open").count(),
        "reports": Report.objects.filter(_ours(viewer, "service__provider"), state="open").count(),
        "disagreements": Disagreement.objects.filter(_ours(viewer), state="open").count(),
    }


def source_by_id(source_id) -> Source:
    """A source of entries."""
    found = Source.objects.filter(pk=source_id).select_related("network").first()
    if found is None:
        raise NotFound(NOT_HERE)
    return found


@dataclass(frozen=True)
class Kept:
    """A service as who keeps it sees it in a list: its facts' age, free places, what waits."""

    service: Service
    facts: tuple[FactState, ...]
    capacities: tuple[ServiceCapacity, ...]
    waiting: int


def services_kept(viewer: Viewer, *, organisation=None, provider_id=None, today) -> list[Kept]:
    """The services of an organisation (or a provider) the viewer may confirm, by name; none where they may not."""
    provider = provider_of(organisation.pk) if organisation is not None else None
    rows = Service.objects.filter(merged_into=None).exclude(status="defunct").select_related("provider")
    rows = rows.filter(provider_id=provider.pk if provider else provider_id)
    first = rows.select_related("provider__organisation", "provider__network").first()
    if first is None or not may_update(viewer, first.provider):
        return []
    ids = list(rows.order_by("name").values_list("pk", flat=True))
    waiting = list(Proposal.objects.filter(service_id__in=ids, state="open").values_list("service_id", flat=True))
    waiting += Report.objects.filter(service_id__in=ids, state="open").values_list("service_id", flat=True)
    return [
        Kept(
            told.service, tuple(facts_of(told.service, today, told.facts)), tuple(told.capacities),
            waiting.count(told.service.pk),
        )
        for told in bundles(ids)
    ]  # fmt: skip


def translations_of(entity: str, record_id) -> dict[str, dict[str, Version]]:
    """{field: {language: Version}} of what was translated of an entry."""
    found: dict[str, dict[str, Version]] = {}
    for row in Translation.objects.filter(entity=entity, record_id=record_id):
        found.setdefault(row.field, {})[row.language] = Version(row.text, row.of, row.machine)
    return found


def changed_since(service: Service, version: int) -> list[str]:
    """The fields of a service that changed after a version."""
    return list(service.changes.filter(entity="service", version__gt=version).values_list("field", flat=True))
