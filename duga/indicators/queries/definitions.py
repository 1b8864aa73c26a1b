"""Definitions of indicators, and whether a second person has checked them as they stand."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from duga.evidence.indicators import Indicator, load_all
from duga.indicators.models import DefinitionCheck
from duga.indicators.queries.releases import network_grant
from duga.members.rules import Permission, Viewer
from duga.plain.errors import NOT_HERE, NotFound, gettext_noop


@dataclass(frozen=True)
class Defined:
    """A definition with the newest check of it as it stands; `due`: the day of its next review."""

    indicator: Indicator
    check: DefinitionCheck | None

    @property
    def due(self) -> dt.date | None:
        return self.check.next_review if self.check else self.indicator.next_review

    def lapsed(self, today: dt.date) -> bool:
        """Whether its review is overdue."""
        return self.due is None or self.due < today


def checks_of(fingerprints: Iterable[str]) -> dict[str, DefinitionCheck]:
    """The newest check of each of these definitions, by fingerprint; those nobody checked are left out."""
    found = DefinitionCheck.objects.filter(fingerprint__in=set(fingerprints)).order_by("checked_at")
    return {each.fingerprint: each for each in found}


def defined(indicators: Iterable[Indicator]) -> list[Defined]:
    """These definitions with their checks, in one query."""
    indicators = list(indicators)
    checks = checks_of(each.fingerprint for each in indicators)
    return [Defined(each, checks.get(each.fingerprint)) for each in indicators]


def definitions(viewer: Viewer) -> list[Defined]:
    """All definitions in force, for whoever counts or reviews for a network."""
    if not (network_grant(viewer, Permission.COUNT) or network_grant(viewer, Permission.REVIEW)):
        raise NotFound(NOT_HERE)
    return defined(load_all().values())


def definition(viewer: Viewer, code: str) -> Defined:
    """One of them."""
    found = next((each for each in definitions(viewer) if each.indicator.code == code), None)
    if found is None:
        raise NotFound(gettext_noop("There is no indicator of that name."))
    return found


def may_check_definitions(viewer: Viewer) -> bool:
    """Whether a viewer may be the second person of a definition: who checks drafts."""
    return network_grant(viewer, Permission.REVIEW)
