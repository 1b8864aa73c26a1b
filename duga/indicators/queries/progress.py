"""What is being counted for the network, and how far it is."""

import datetime as dt

from duga.indicators.models import Counting
from duga.indicators.queries.releases import last_snapshot, network_grant, newest_snapshot, words_of
from duga.members.rules import Permission, Viewer
from duga.plain.errors import NOT_HERE, DugaError, NotAllowed, NotFound, gettext_noop

#: So long after its last sign of life a process that counts is believed to be at work.
QUIET = dt.timedelta(minutes=10)


def require_counting(viewer: Viewer) -> None:
    """The door to counting for the network: not there for others, not allowed for those who only review."""
    if network_grant(viewer, Permission.COUNT):
        return
    if network_grant(viewer, Permission.REVIEW):
        raise NotAllowed(gettext_noop("Figures of a network are counted and released by its secretariat."))
    raise NotFound(NOT_HERE)


def counting_asked(viewer: Viewer, counting_id) -> Counting:
    """Something that was asked for, through the door of those who count."""
    found = Counting.objects.filter(pk=counting_id).first()
    if found is None or not network_grant(viewer, Permission.COUNT):
        raise NotFound(NOT_HERE)
    return found


def snapshot_countries() -> list[str]:
    """The countries in which the newest snapshot has facts; empty without one."""
    taken = last_snapshot()
    try:
        return words_of(taken, "country") if taken else []
    except DugaError:
        return []


def drafted_scopes(country: str, year: int) -> list[tuple[str, int]]:
    """(country, year) of everything that is drafted together: "*" is every country, and all side by side."""
    newest_snapshot()  # NotFound with what to do, without one
    return [(each, int(year)) for each in (["", *snapshot_countries()] if country == "*" else [country])]
