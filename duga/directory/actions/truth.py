"""Keeping it true: confirmed by who runs it, by a link without an account, in a campaign; free places in one tap."""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from duga.directory import queries
from duga.directory.actions._help import _how, _set_facts, _tell
from duga.directory.actions.indexing import _index
from duga.directory.actions.services import change_service
from duga.directory.models import Campaign, Change, ConfirmLink, Fact, Provider, Service, ServiceCapacity
from duga.directory.queries.bundles import parts
from duga.directory.queries.offers import offer_of, plain
from duga.directory.queries.truth import link_by_token, link_token
from duga.directory.rules import CONFIRMABLE, FactKind, How
from duga.directory.rules.cleaning import clean
from duga.directory.rules.fields import ROWS
from duga.directory.rules.texts import screen_language
from duga.members.actions import mail_to
from duga.members.queries import digest_of, network_by_id, require
from duga.members.rules import Permission, Viewer
from duga.places.queries import country
from duga.plain.errors import NOT_HERE, Conflict, NotFound, Refused, gettext_noop

__all__ = [
    "close_campaign", "close_days", "confirm_by_link", "make_campaign_links", "make_confirm_link", "open_campaign",
    "revoke_confirm_link", "update_capacity", "verify",
]  # fmt: skip

LINK_DAYS = 60
#: How long a link of a campaign still works after the campaign's last day.
AFTERWARDS = 14
_NEGATIVE = gettext_noop("Give how many are free as a number from 0.")
_TOO_MANY = gettext_noop("More are free than there are in all.")
_NO_KIND = gettext_noop("Nothing of a service is called %(kind)s. Open the page again and tick what is still so.")
_NO_SUCH = gettext_noop("This service is not among those of this link.")


@transaction.atomic
def verify(*, by: Viewer, service_id, kinds=CONFIRMABLE, how: How | None = None) -> Service:
    """Says of a service: this is so today. Only what it tells anything of is confirmed."""
    service = queries.service_to_update(by, service_id)
    return _verify(by, service, kinds, how or _how(by, service.provider))


def _verify(by, service, kinds, how, link=None):
    if unknown := set(kinds) - set(FactKind):
        raise Refused(_NO_KIND, kind=min(unknown))
    kinds = {FactKind(kind) for kind in kinds}
    told = {FactKind(kind) for kind in Fact.objects.filter(service=service).values_list("kind", flat=True)}
    _set_facts(service, told, kinds & told, how=how, by=by, link=link)
    _index([service.pk])
    _tell(by, "verified", service, service.provider, kinds=sorted(kinds & told), how=how)
    return service


@transaction.atomic
def update_capacity(*, by: Viewer, capacity_id, available=None, maximum=None, step: str = "") -> ServiceCapacity:
    """Says how many places are free now, and, where that changed, how many there are in all; as numbers or typed.

    `step`: one more ("1"), one fewer ("-1") than was told last, or none at all ("none"), instead of a number.
    """
    row = ServiceCapacity.objects.select_for_update().filter(pk=capacity_id).first()
    if row is None:
        raise NotFound(NOT_HERE)
    service = queries.service_to_update(by, row.service_id)
    columns = ROWS["capacities"].columns
    if step:
        available = max(0, (row.available or 0) + int(step)) if step in ("1", "-1") else 0
    available, maximum = clean(columns["available"], available), clean(columns["maximum"], maximum)
    maximum = row.maximum if maximum is None else maximum
    if available is None or available < 0:
        raise Refused(_NEGATIVE)
    if maximum is not None and available > maximum:
        raise Refused(_TOO_MANY)
    before = {"available": plain(row.available), "maximum": plain(row.maximum)}
    row.available, row.maximum, row.updated = available, maximum, timezone.now()
    row.save(update_fields=["available", "maximum", "updated"])
    now = {"available": plain(row.available), "maximum": plain(row.maximum)}
    Service.objects.filter(pk=service.pk).update(changed_at=row.updated)
    if before != now:
        Change.objects.create(
            entity="service_capacity", record_id=row.pk, service=service, provider=service.provider, field="capacities",
            before=before, after=now, at=row.updated, by_id=by.account_id, version=service.version,
        )  # fmt: skip
    told = {FactKind(kind) for kind in Fact.objects.filter(service=service).values_list("kind", flat=True)}
    _set_facts(service, told | {FactKind.CAPACITY}, {FactKind.CAPACITY}, how=_how(by, service.provider), by=by)
    _tell(by, "capacity_updated", service, service.provider, **now)
    return row


def close_days(*, by: Viewer, service_id, first: dt.date, last: dt.date | None = None, reason: str = "") -> Service:
    """Closes a service on some days, both included, whatever its hours say."""
    service = queries.service_to_edit(by, service_id)
    closures = [*offer_of(service)["closures"]]
    closures.append({"first_day": first.isoformat(), "last_day": (last or first).isoformat(), "reason": reason})
    return change_service(by=by, service_id=service.pk, changes={"closures": closures})


# --- By link, without an account --------------------------------------------------------------------


@transaction.atomic
def make_confirm_link(
    *, by: Viewer, provider_id, campaign_id=None, mail: bool = False, days: int = LINK_DAYS
) -> tuple[ConfirmLink, str]:
    """A link by which a provider confirms all its services, to be mailed or printed: (link, its secret part)."""
    provider = queries.provider_to_edit(by, provider_id)
    campaign = queries.campaign_by_id(by, campaign_id) if campaign_id else None
    link = _new_link(by, provider, campaign, timezone.now() + dt.timedelta(days=days))
    if mail:
        _mail(by, link, provider)
    link.save(force_insert=True)
    _tell(by, "link_made", link, provider, mailed=link.mailed_at is not None)
    return link, link_token(link)


def _new_link(by, provider, campaign, until):
    link = ConfirmLink(provider=provider, campaign=campaign, made_by_id=by.account_id, expires_at=until)
    link.digest = digest_of(link_token(link))
    return link


def _mail(by, link, provider):
    """Mails a link where there is an address and a mail server; else it is for printing, and nothing is noted."""
    if not (settings.HAS_MAIL and provider.email):
        return
    link.mailed_at = timezone.now()
    mail_to(
        by=by, to=provider.email, language=screen_language(provider.language, dict(settings.LANGUAGES)),
        subject=gettext_noop("Is what people read about you still so?"),
        text=gettext_noop("Open this link to see what the directory says about %(name)s. One tap confirms it."),
        params={"name": provider.name}, path=f"/services/confirm/{link_token(link)}/",
    )  # fmt: skip


@transaction.atomic
def revoke_confirm_link(*, by: Viewer, link_id) -> None:
    """Makes a link open nothing any more."""
    link = ConfirmLink.objects.filter(pk=link_id).select_related("provider").first()
    if link is None:
        raise NotFound(NOT_HERE)
    queries.provider_to_edit(by, link.provider_id)
    if link.revoked_at is None:
        link.revoked_at = timezone.now()
        link.save(update_fields=["revoked_at"])
        _tell(by, "link_revoked", link, link.provider)


@transaction.atomic
def confirm_by_link(*, by: Viewer, token: str, service_ids, kinds=CONFIRMABLE) -> int:
    """Confirms services of the link's provider: whoever holds the link speaks for it. Returns how many."""
    link = link_by_token(token)
    wanted = set(map(str, service_ids))
    services = [row for row in queries.services_of_provider(link.provider_id) if str(row.pk) in wanted]
    if len(services) < len(wanted):
        raise Refused(_NO_SUCH)
    for service in services:
        _verify(by, service, kinds, How.LINK, link)
    link.used_at = timezone.now()
    link.save(update_fields=["used_at"])
    return len(services)


# --- Campaigns --------------------------------------------------------------------------------------


@transaction.atomic
def open_campaign(
    *, by: Viewer, network_id, name: str, countries, due_on: dt.date, starts_on: dt.date | None = None,
    kinds=CONFIRMABLE,
) -> Campaign:  # fmt: skip
    """Asks all services of some countries to be verified between two days."""
    network = network_by_id(by, network_id)
    require(by, Permission.CURATE_DIRECTORY, network)
    name = " ".join(str(name).split())[:200]
    starts_on = starts_on or timezone.localdate()
    countries = sorted({country(code).code for code in countries})
    if not name or not countries or due_on < starts_on:
        raise Refused(gettext_noop("A campaign needs a name, a country, and a last day that lies after its first."))
    campaign = Campaign.objects.create(
        network=network, name=name, countries=countries, kinds=sorted(FactKind(kind) for kind in kinds),
        starts_on=starts_on, due_on=due_on,
    )  # fmt: skip
    _tell(by, "campaign_opened", campaign, None, countries=countries)
    return campaign


@transaction.atomic
def make_campaign_links(*, by: Viewer, campaign_id, mail: bool = False) -> int:
    """A link for every provider of the campaign that has none in it yet; returns how many were made."""
    campaign = _campaign(by, campaign_id)
    have = set(campaign.links.filter(revoked_at=None).values_list("provider_id", flat=True))
    ids = queries.providers_in_campaign(by, campaign)
    until = timezone.make_aware(dt.datetime.combine(campaign.due_on, dt.time.max)) + dt.timedelta(days=AFTERWARDS)
    made = 0
    for part in parts(pk for pk in ids if pk not in have):
        links = []
        for provider in Provider.objects.filter(pk__in=part):
            link = _new_link(by, provider, campaign, until)
            if mail:
                _mail(by, link, provider)
            links.append(link)
        made += len(ConfirmLink.objects.bulk_create(links))
    _tell(by, "link_made", campaign, None, links=made)
    return made


@transaction.atomic
def close_campaign(*, by: Viewer, campaign_id) -> Campaign:
    """Ends a campaign; what was verified in it stays."""
    campaign = _campaign(by, campaign_id)
    if campaign.closed_at is not None:
        raise Conflict(gettext_noop("This campaign was closed already."))
    campaign.closed_at = timezone.now()
    campaign.save(update_fields=["closed_at"])
    _tell(by, "campaign_closed", campaign, None)
    return campaign


def _campaign(by, campaign_id):
    campaign = queries.campaign_by_id(by, campaign_id)
    require(by, Permission.CURATE_DIRECTORY, campaign.network)
    return campaign
