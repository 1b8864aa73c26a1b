"""Releasing what is on offer: the tables of one country, or of all side by side, from what was frozen last."""

from duga.indicators.actions.releases import draft_release, release_tables
from duga.indicators.models import Release, Snapshot
from duga.indicators.queries.releases import newest_snapshot
from duga.indicators.queries.supply import require_listed, year_of_supply
from duga.indicators.rules import supply_tables
from duga.members.rules import Viewer


def draft_supply(*, by: Viewer, country: str, snapshot: Snapshot | None = None) -> list[Release]:
    """Drafts the public tables of a country's supply ("": of all countries) for a second person to check.

    They bear the year of the day on which the directory was frozen. Empty where what is in force says the same.
    """
    return _supply(draft_release, by, country, snapshot)


def release_supply(*, by: Viewer, country: str, snapshot: Snapshot | None = None) -> list[Release]:
    """The same, drafted and released in one go, where the installation lets one person do that."""
    return _supply(release_tables, by, country, snapshot)


def _supply(make, by: Viewer, country: str, snapshot: Snapshot | None) -> list[Release]:
    snapshot = snapshot or newest_snapshot()
    require_listed(snapshot, country)
    year = year_of_supply(snapshot)
    return make(by=by, country=country, year=year, tables=supply_tables(country), snapshot=snapshot)
