"""Who can be asked: services of the directory for a need and an area, with how fast they answered who asked from here.

Confidential places stand in the directory only as it allows; nothing here tells more of them than the public finder.
"""

import datetime as dt
from dataclasses import dataclass

from duga.casework.queries.referrals import answers_here, experience
from duga.casework.rules.referrals import Measured
from duga.directory.queries import bundles, finder
from duga.directory.rules.asked import Asked
from duga.members.queries import account_names, accounts_with, fellows_of, require
from duga.members.rules import Permission, Viewer

EXPERIENCE = dt.timedelta(days=365)


@dataclass(frozen=True)
class Way:
    """A service one can refer to: as the finder tells it, whether its people sign in here, how fast they answered."""

    card: object
    takes_referrals: bool | None
    conditions: str
    here: bool
    measured: Measured | None


@dataclass(frozen=True)
class Pathways:
    """For one need and area: numbers to call in danger, then services near, then those further off."""

    lines: list
    near: list[Way]
    far: list[Way]


def pathways(viewer: Viewer, organisation, *, need: str, area, language: str, now: dt.datetime) -> Pathways:
    """The ways a worker can follow from here, in the order they are tried. `area`: a places.Area, or None."""
    require(viewer, Permission.REFER, of=organisation)
    country = area.country if area else organisation.country
    region = area.region.code if area and area.region else ""
    wide = finder.find(Asked(need=need, country=country), language, now)
    near = finder.find(Asked(need=need, country=country, area=region), language, now).cards if region else []
    close = {card.id for card in near}
    cards = [*near, *(card for card in wide.cards if card.id not in close)]
    known = experience(viewer, organisation, now.date() - EXPERIENCE)
    ways = _ways(cards, organisation, known)
    return Pathways(
        wide.first_lines, [way for way in ways if way.card.id in close] if region else ways,
        [way for way in ways if way.card.id not in close] if region else [],
    )  # fmt: skip


def _ways(cards, organisation, known) -> list[Way]:
    told = {each.service.pk: each.service for each in bundles([card.id for card in cards])}
    houses = {service.provider.organisation_id for service in told.values()} - {None, organisation.pk}
    here = answers_here(houses)
    ways = []
    for card in cards:
        service = told.get(card.id)
        if service is None or service.provider.organisation_id == organisation.pk:
            continue
        ways.append(
            Way(card, service.takes_referrals, service.referral_conditions,
                service.provider.organisation_id in here, known.get(service.pk))
        )  # fmt: skip
    return ways


def houses_to_ask(viewer: Viewer, organisation, text: str) -> list:
    """Member organisations by a part of their name or town, those first whose people sign in: (organisation, here)."""
    require(viewer, Permission.REFER, of=organisation)
    found = fellows_of(viewer, organisation, text)[:40] if text.strip() else []
    here = answers_here([each.pk for each in found])
    return sorted(((each, each.pk in here) for each in found), key=lambda pair: not pair[1])


def colleagues(viewer: Viewer, organisation) -> list:
    """(account id, name) of who can be given a person inside the house."""
    require(viewer, Permission.REFER, of=organisation)
    ids = accounts_with(Permission.REFER, [organisation.pk]).get(organisation.pk, [])
    return [(pk, name) for pk, name in account_names(ids) if pk != viewer.account_id]
