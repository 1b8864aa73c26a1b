"""What keeps the directory true, read: facts and their age, links, campaigns and their progress."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from duga.directory.models import Campaign, Change, ConfirmLink, Fact, Provider, Service, Verification
from duga.directory.queries.access import curated_by
from duga.directory.queries.bundles import bundles, parts
from duga.directory.queries.offers import offer_in
from duga.directory.rules import FOUND, Age, FactKind, age_of
from duga.members.queries import NOT_HERE, digest_of, networks_below, networks_of, organisations_of, token_of
from duga.members.rules import Permission, Viewer
from duga.plain.errors import NotFound, Refused, gettext_noop

_LINK_OVER = gettext_noop("This link does not work any more. Ask whoever sent it to you for a new one.")


@dataclass(frozen=True)
class FactState:
    """How old one kind of fact of a service is today."""

    kind: FactKind
    age: Age
    verified_on: dt.date | None
    due_on: dt.date
    how: str


def facts_of(service: Service, today: dt.date, facts=None) -> list[FactState]:
    """The kinds of facts a service tells, with their age; `facts`: its rows where they were read already."""
    rows = Fact.objects.filter(service=service) if facts is None else facts
    since = timezone.localdate(service.created_at)
    states = []
    for row in rows:
        kind, day = FactKind(row.kind), timezone.localdate(row.verified_at) if row.verified_at else None
        age = age_of(kind, day, today, since=since, emergency=service.emergency)
        states.append(FactState(kind, age, day, row.due_on, row.how))
    order = list(FactKind)
    return sorted(states, key=lambda state: order.index(state.kind))


@dataclass(frozen=True)
class Asked:
    """A service as the page behind a link asks about it."""

    service: Service
    offer: dict
    facts: tuple[FactState, ...]


def asked_by(link: ConfirmLink, today: dt.date) -> list[Asked]:
    """All services of a link's provider with what is told of them and how old that is, by name."""
    ids = [service.pk for service in services_of_provider(link.provider_id)]
    return [
        Asked(told.service, offer_in(told), tuple(facts_of(told.service, today, told.facts))) for told in bundles(ids)
    ]


def services_of_provider(provider_id) -> list[Service]:
    """The services of a provider that are offered or closed for a time, by name."""
    rows = Service.objects.filter(provider_id=provider_id, merged_into=None, status__in=FOUND)
    return list(rows.select_related("provider__organisation", "provider__network").order_by("name"))


# --- Links ------------------------------------------------------------------------------------------


def link_token(link: ConfirmLink) -> str:
    """The secret part of a link, the same each time."""
    return token_of("directory.confirm", link.pk)


def link_by_token(token: str) -> ConfirmLink:
    """The door by link; Refused, with what to do, when it is over."""
    link = ConfirmLink.objects.filter(digest=digest_of(token)).select_related("provider").first()
    if link is None:
        raise NotFound(NOT_HERE)
    if link.revoked_at or link.expires_at < timezone.now():
        raise Refused(_LINK_OVER)
    return link


# --- Campaigns --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Progress:
    """How far a campaign is in one country: services in it, verified since it began, providers who used their link."""

    country: str
    services: int
    verified: int
    links: int
    used: int

    @property
    def share(self) -> int:
        """Verified services of all, in whole per cent, rounded down."""
        return self.verified * 100 // self.services if self.services else 100


def campaigns(viewer: Viewer) -> list[Campaign]:
    """The campaigns of the networks whose directory the viewer curates, newest first."""
    networks = networks_of(viewer, Permission.CURATE_DIRECTORY)
    return list(Campaign.objects.filter(network__in=networks).select_related("network"))


def campaign_by_id(viewer: Viewer, campaign_id) -> Campaign:
    """The door to a campaign."""
    found = next((each for each in campaigns(viewer) if str(each.pk) == str(campaign_id)), None)
    if found is None:
        raise NotFound(NOT_HERE)
    return found


def _services_in(viewer, campaign):
    """Services of a campaign's countries that the viewer's network looks after."""
    organisations = [each.pk for each in organisations_of(viewer, Permission.CURATE_DIRECTORY)]
    networks = [each.pk for each in networks_of(viewer, Permission.CURATE_DIRECTORY)]
    ours = Q(provider__organisation_id__in=organisations) | Q(provider__network_id__in=networks)
    return Service.objects.filter(ours, country__in=campaign.countries, merged_into=None, status__in=FOUND)


def providers_in_campaign(viewer: Viewer, campaign: Campaign) -> list:
    """Ids of the providers a campaign asks."""
    rows = _services_in(viewer, campaign).values_list("provider_id", flat=True).order_by("provider_id")
    return list(rows.distinct())


def campaign_progress(viewer: Viewer, campaign: Campaign) -> list[Progress]:
    """How far a campaign is, by country."""
    begun = timezone.make_aware(dt.datetime.combine(campaign.starts_on, dt.time.min))
    done = Verification.objects.filter(service=OuterRef("pk"), at__gte=begun)
    if campaign.closed_at:
        done = done.filter(at__lte=campaign.closed_at)
    rows = _services_in(viewer, campaign).annotate(done=Exists(done)).order_by("country").values("country")
    services = {
        row["country"]: row for row in rows.annotate(all=Count("pk"), verified=Count("pk", filter=Q(done=True)))
    }
    links = ConfirmLink.objects.filter(campaign=campaign, revoked_at=None).order_by("provider__country")
    sent = {
        row["provider__country"]: row
        for row in links.values("provider__country").annotate(
            all=Count("pk"), used=Count("pk", filter=Q(used_at__isnull=False))
        )
    }
    none = {"all": 0, "verified": 0, "used": 0}
    return [
        Progress(
            code, services.get(code, none)["all"], services.get(code, none)["verified"], sent.get(code, none)["all"],
            sent.get(code, none)["used"],
        )
        for code in campaign.countries
    ]  # fmt: skip


def links_of(viewer: Viewer, campaign: Campaign) -> list[ConfirmLink]:
    """The links of a campaign, by provider, to be printed; the viewer is checked by `campaign_by_id`."""
    rows = ConfirmLink.objects.filter(campaign=campaign, revoked_at=None).select_related("provider")
    return list(rows.order_by("provider__country", "provider__name"))


def asked_in(campaign: Campaign) -> list:
    """The provider of each service that a campaign asks and nobody verified since it began, whoever looks."""
    here = [campaign.network_id, *networks_below([campaign.network_id])]
    member = Q(provider__organisation__memberships__network__in=here, provider__organisation__memberships__until=None)
    begun = timezone.make_aware(dt.datetime.combine(campaign.starts_on, dt.time.min))
    done = Verification.objects.filter(service=OuterRef("pk"), at__gte=begun)
    rows = Service.objects.filter(
        member | Q(provider__network__in=here), ~Exists(done), country__in=campaign.countries, merged_into=None,
        status__in=FOUND,
    )  # fmt: skip
    return [provider for _service, provider in rows.order_by().values_list("pk", "provider_id").distinct()]


def providers_by_id(ids) -> list[Provider]:
    """Providers with who keeps them, by name."""
    return [
        provider
        for part in parts(ids)
        for provider in Provider.objects.filter(pk__in=part).select_related("organisation", "network").order_by("name")
    ]


# --- Letters ----------------------------------------------------------------------------------------


def waiting_letters(viewer: Viewer, campaign: Campaign | None = None) -> list[ConfirmLink]:
    """Links that nobody could mail and nobody used, of providers the viewer curates, by country and name: to print.

    Those the clock made, or a campaign's.
    """
    organisations, networks = curated_by(viewer)
    ours = Q(provider__organisation__in=organisations) | Q(provider__network__in=networks)
    rows = ConfirmLink.objects.filter(
        ours, mailed_at=None, used_at=None, revoked_at=None, expires_at__gt=timezone.now(), campaign=campaign
    )
    rows = rows.filter(made_by=None) if campaign is None else rows
    return list(rows.select_related("provider").order_by("provider__country", "provider__name"))


@dataclass(frozen=True)
class Letter:
    """What a letter to a provider says: the link, and each service with the kinds of facts that are to be checked."""

    link: ConfirmLink
    token: str
    services: tuple[tuple[str, tuple[FactState, ...]], ...]


def letters(links: list[ConfirmLink], today: dt.date) -> list[Letter]:
    """The letters that go with links."""
    ids = Service.objects.filter(
        provider__in=[link.provider_id for link in links], merged_into=None, status__in=FOUND
    ).order_by("name")
    told: dict = {}
    for each in bundles(list(ids.values_list("pk", flat=True))):
        states = tuple(state for state in facts_of(each.service, today, each.facts) if state.age is not Age.FRESH)
        told.setdefault(each.service.provider_id, []).append((each.service.name, states))
    return [Letter(link, link_token(link), tuple(told.get(link.provider_id, ()))) for link in links]


# --- History ----------------------------------------------------------------------------------------


def history_of(service: Service, *, limit: int = 100) -> list[Change]:
    """What changed in a service, newest first."""
    rows = Change.objects.filter(service=service).select_related("by", "source")
    return list(rows.order_by("-at", "-id")[:limit])


def providers_of(viewer: Viewer) -> list[Provider]:
    """The providers whose entries the viewer may change, by name."""
    organisations, networks = curated_by(viewer)
    rows = Provider.objects.filter(Q(organisation__in=organisations) | Q(network__in=networks), merged_into=None)
    return list(rows.select_related("organisation", "network", "area").order_by("name"))
