"""What the clock does to keep the directory true: whoever keeps an entry is asked once for each due day.

Keepers with an account get a notice. Others get their link by mail where there is an address and a mail server; else a
letter waits to be printed by who curates their network.
"""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from duga.directory.actions._help import _let_others_write, _tell
from duga.directory.actions.truth import LINK_DAYS, _mail, _new_link
from duga.directory.models import Campaign, ConfirmLink, Fact, Provider
from duga.directory.queries.bundles import parts
from duga.directory.queries.truth import asked_in, campaign_by_id, providers_by_id, waiting_letters
from duga.directory.rules import FOUND, CampaignReminder, FactKind, campaign_reminder, remind_after
from duga.directory.rules.freshness import TOGETHER
from duga.members.actions import notify
from duga.members.queries import keepers_of_each, network_keepers
from duga.members.rules import Viewer
from duga.plain.errors import gettext_noop

__all__ = ["look_after_services", "note_letters_sent"]

_CHECK = gettext_noop("Services to check again: %(number)s. One tap says that it is all still so.")
_LETTERS = gettext_noop("Letters to print for providers without an account: %(number)s.")
_ASKED = gettext_noop("%(campaign)s: is it still so? Services to confirm: %(number)s.")
_WEEK = gettext_noop("%(campaign)s ends within a week. Services not confirmed yet: %(number)s.")
_LAST = gettext_noop("%(campaign)s ends today. Services not confirmed yet: %(number)s.")
_OVER = gettext_noop("%(campaign)s is over. Look at what was verified, and close it.")
TITLES = {CampaignReminder.BEGUN: _ASKED, CampaignReminder.WEEK: _WEEK, CampaignReminder.LAST: _LAST}
AT_ONCE = 20  #: providers told in one transaction
LETTERS = "/workspace/directory/letters/"


@dataclass
class Reminded:
    """What went out: notices to keepers, mails and letters to providers without one."""

    keepers: int = 0
    mailed: int = 0
    letters: int = 0
    _by_network: dict = field(default_factory=lambda: defaultdict(int), repr=False)


def look_after_services(*, by: Viewer, today: dt.date | None = None) -> Reminded:
    """Reminds keepers of facts that are due and of campaigns: each due day once, however often it runs.

    A few providers in each transaction: nobody else waits long to write, and what was told stays told.
    """
    today, told = today or timezone.localdate(), Reminded()
    due = _due_facts(today).order_by().values_list("service__provider_id", flat=True)
    for part in parts(sorted(set(due)), AT_ONCE):
        _remind_of_facts(by, today, told, part)
        _let_others_write()
    for campaign in Campaign.objects.filter(closed_at=None).values_list("pk", flat=True):
        _remind_in(by, campaign, today, told)
    with transaction.atomic():
        keepers = network_keepers(told._by_network)
        for network, number in told._by_network.items():
            notify(by=by, to=keepers.get(network, ()), title=_LETTERS, params={"number": number}, path=LETTERS)
    return told


@transaction.atomic
def _remind_in(by, campaign_id, today, told) -> None:
    campaign = Campaign.objects.select_for_update(of=("self",)).select_related("network").get(pk=campaign_id)
    kind = campaign_reminder(campaign.starts_on, campaign.due_on, today)
    if kind and kind not in campaign.reminded and campaign.closed_at is None:
        _remind_of_campaign(by, campaign, kind, told)
        campaign.reminded = [*campaign.reminded, kind]
        campaign.save(update_fields=["reminded"])


def _due_facts(until: dt.date):
    """Facts of what is offered whose keepers were not reminded of their due day."""
    due = Q()
    for kind in FactKind:
        due |= Q(kind=kind, due_on__lte=until - remind_after(kind))
    here = Fact.objects.filter(due, service__merged_into=None, service__status__in=FOUND, service__listed=True)
    return here.filter(Q(reminded_for=None) | ~Q(reminded_for=F("due_on")))


@transaction.atomic
def _remind_of_facts(by, today, told, providers) -> None:
    """Of these providers; what another run told meanwhile is not due any more."""
    services = defaultdict(set)
    due = _due_facts(today).filter(service__provider__in=providers)
    for provider, service in due.values_list("service__provider_id", "service_id"):
        services[provider].add(service)
    soon = list(_due_facts(today + TOGETHER).filter(service__provider__in=list(services)).values_list("pk", flat=True))
    for start in range(0, len(soon), 500):
        Fact.objects.filter(pk__in=soon[start : start + 500]).update(reminded_for=F("due_on"))
    _ask(by, {pk: len(found) for pk, found in services.items()}, _CHECK, {}, told)


def _remind_of_campaign(by, campaign, kind, told) -> None:
    if kind is CampaignReminder.OVER:
        to = network_keepers([campaign.network_id]).get(campaign.network_id, ())
        path = f"/workspace/directory/campaigns/{campaign.pk}/"
        notify(by=by, to=to, title=_OVER, params={"campaign": campaign.name}, path=path)
        return
    numbers: dict = defaultdict(int)
    for provider in asked_in(campaign):
        numbers[provider] += 1
    _ask(by, numbers, TITLES[kind], {"campaign": campaign.name}, told, campaign)


def _ask(by, numbers, title, params, told, campaign=None) -> None:
    """Tells the keepers of providers ({id: number of services}), or prepares their link."""
    providers = providers_by_id(numbers)
    keepers = keepers_of_each([each.organisation_id for each in providers if each.organisation_id])
    links = _open_links(providers, campaign)
    for provider in providers:
        to = keepers.get(provider.organisation_id, ())
        if to:
            path = f"/workspace/organisations/{provider.organisation.slug}/services/"
            notify(by=by, to=to, title=title, params={**params, "number": numbers[provider.pk]}, path=path)
            told.keepers += 1
        else:
            _write_to(by, provider, links.get(provider.pk), campaign, told)


def _open_links(providers, campaign) -> dict:
    """{provider id: the link it has already} that works for a while still."""
    soon = timezone.now() + TOGETHER
    rows = ConfirmLink.objects.filter(provider__in=providers, campaign=campaign, revoked_at=None, used_at=None)
    rows = rows.filter(made_by=None) if campaign is None else rows
    return {link.provider_id: link for link in rows.filter(expires_at__gt=soon)}


def _write_to(by, provider, link, campaign, told) -> None:
    """A provider nobody here keeps: its link by mail, or as a letter that waits to be printed."""
    if link is None:
        days = max(LINK_DAYS, (campaign.due_on - timezone.localdate()).days + 30) if campaign else LINK_DAYS
        link = _new_link(by, provider, campaign, timezone.now() + dt.timedelta(days=days))
        link.save(force_insert=True)
        _tell(by, "link_made", link, provider)
    link.mailed_at = None
    _mail(by, link, provider)
    link.save(update_fields=["mailed_at"])
    if link.mailed_at:
        told.mailed += 1
        return
    told.letters += 1
    for network in _networks_of(provider):
        told._by_network[network] += 1


def _networks_of(provider: Provider) -> list:
    if provider.network_id:
        return [provider.network_id]
    return list(provider.organisation.memberships.filter(until=None).values_list("network_id", flat=True))


@transaction.atomic
def note_letters_sent(*, by: Viewer, link_ids, campaign_id=None) -> int:
    """Says that letters (of a campaign) are on their way; returns how many. They wait no more."""
    campaign, wanted = campaign_by_id(by, campaign_id) if campaign_id else None, set(map(str, link_ids))
    rows = [letter for letter in waiting_letters(by, campaign) if str(letter.pk) in wanted]
    ConfirmLink.objects.filter(pk__in=[row.pk for row in rows]).update(mailed_at=timezone.now())
    for row in rows:
        _tell(by, "letter_sent", row, row.provider)
    return len(rows)
