"""How long a fact of a service stays true, and what becomes of it when nobody looks: ranked lower, shown, hidden.

Hours change sooner than addresses, free places sooner than anything. What is stale says so to the reader; what nobody
verified for long is hidden: that fact, or the whole service when nobody knows whether it is still offered. An emergency
line is never hidden: it is shown with its age.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from duga.plain.errors import gettext_noop as _


class FactKind(StrEnum):
    """What of a service is verified together."""

    OFFERED = "offered"  #: that it is there at all
    HOURS = "hours"
    PHONE = "phone"  #: phones, e-mail, website
    ADDRESS = "address"
    ELIGIBILITY = "eligibility"  #: for whom, documents
    COSTS = "costs"
    LANGUAGES = "languages"
    CAPACITY = "capacity"
    TEXT = "text"  #: name and description


FACT_LABELS = {
    FactKind.OFFERED: _("that it is offered"),
    FactKind.HOURS: _("hours"),
    FactKind.PHONE: _("phone and e-mail"),
    FactKind.ADDRESS: _("address"),
    FactKind.ELIGIBILITY: _("for whom"),
    FactKind.COSTS: _("costs"),
    FactKind.LANGUAGES: _("languages"),
    FactKind.CAPACITY: _("free places"),
    FactKind.TEXT: _("description"),
}


class Age(StrEnum):
    """How old a fact is to its reader."""

    FRESH = "fresh"
    DUE = "due"  #: to be asked again; nothing is said to the reader
    STALE = "stale"  #: ranked lower and said
    HIDDEN = "hidden"
    UNKNOWN = "unknown"  #: nobody ever verified it; treated as stale, and hidden when that lasts


@dataclass(frozen=True)
class Staleness:
    """Days since the last verification: after `due` it is asked for, after `stale` said, after `hidden` not shown."""

    due: int
    stale: int
    hidden: int


#: Duga's own choice, to be changed here by a network: no standard gives them. Decision 19 says why.
STALENESS: dict[FactKind, Staleness] = {
    FactKind.CAPACITY: Staleness(1, 3, 14),
    FactKind.HOURS: Staleness(90, 180, 400),
    FactKind.PHONE: Staleness(90, 180, 400),
    FactKind.OFFERED: Staleness(180, 270, 550),
    FactKind.COSTS: Staleness(180, 365, 730),
    FactKind.ELIGIBILITY: Staleness(180, 365, 730),
    FactKind.LANGUAGES: Staleness(180, 365, 730),
    FactKind.ADDRESS: Staleness(365, 550, 1100),
    FactKind.TEXT: Staleness(365, 730, 1500),
}
#: What a confirmation of "all of it is still so" covers: free places are always told as a number.
CONFIRMABLE = tuple(kind for kind in FactKind if kind is not FactKind.CAPACITY)
#: Those whose age ranks a service lower: without them one cannot get there.
RANKING = (FactKind.OFFERED, FactKind.HOURS, FactKind.PHONE)


def due_on(kind: FactKind, verified_on: dt.date | None, since: dt.date) -> dt.date:
    """The day a fact is to be asked again: at once (`since`, its first day here) when nobody ever verified it."""
    return since if verified_on is None else verified_on + dt.timedelta(days=STALENESS[kind].due)


def age_of(kind: FactKind, verified_on: dt.date | None, today: dt.date, *, since: dt.date, emergency=False) -> Age:
    """How old a fact is to its reader. `since`: its first day here, from which an unverified one ages."""
    rule = STALENESS[kind]
    days = (today - (verified_on or since)).days
    if days >= rule.hidden and not (emergency and kind is not FactKind.CAPACITY):
        return Age.HIDDEN
    if verified_on is None:
        return Age.UNKNOWN
    if days >= rule.stale:
        return Age.STALE
    return Age.DUE if days >= rule.due else Age.FRESH


#: What falls due within so many days is told along with what is due: one reminder, one tap.
TOGETHER = dt.timedelta(days=14)


def remind_after(kind: FactKind) -> dt.timedelta:
    """How long after its due day keepers are reminded of a fact: free places only when readers see them as old."""
    rule = STALENESS[kind]
    return dt.timedelta(days=rule.stale - rule.due if kind is FactKind.CAPACITY else 0)


class CampaignReminder(StrEnum):
    """What is told of a campaign, each once."""

    BEGUN = "begun"
    WEEK = "week"  #: it ends within a week
    LAST = "last"  #: its last day
    OVER = "over"


def campaign_reminder(starts_on: dt.date, last_day: dt.date, today: dt.date) -> CampaignReminder | None:
    """What is to be told of a campaign on a day; None before it begins.

    >>> campaign_reminder(dt.date(2026, 3, 1), dt.date(2026, 3, 31), dt.date(2026, 3, 24))
    <CampaignReminder.WEEK: 'week'>
    """
    if today < starts_on:
        return None
    left = (last_day - today).days
    if left < 0:
        return CampaignReminder.OVER
    if left == 0:
        return CampaignReminder.LAST
    return CampaignReminder.WEEK if left <= 7 else CampaignReminder.BEGUN


@dataclass(frozen=True)
class Standing:
    """The days on which a service begins to rank lower and to be hidden; None: never."""

    older_on: dt.date
    hidden_on: dt.date | None


def standing(verified: Mapping[FactKind, dt.date | None], *, since: dt.date, emergency: bool) -> Standing:
    """When a service ranks lower, and when it is hidden, if nobody verifies it again.

    `verified` holds the kinds that the service has facts of: what is not told cannot be old. None: never verified,
    so its age counts from `since`.
    """
    older = [
        since if verified[kind] is None else verified[kind] + dt.timedelta(days=STALENESS[kind].stale)
        for kind in RANKING
        if kind in verified
    ]
    offered = verified.get(FactKind.OFFERED) or since
    hidden = None if emergency else offered + dt.timedelta(days=STALENESS[FactKind.OFFERED].hidden)
    return Standing(min(older, default=since), hidden)
