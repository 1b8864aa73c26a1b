"""Releasing figures: counted, protected, audited and drawn, then frozen together in one transaction."""

from collections.abc import Iterable

from django.db import transaction

from duga.indicators import rules
from duga.indicators.actions._freezing import _freeze, _keep, _move, _new, _tell
from duga.indicators.actions._making import _counts, _make, _make_all
from duga.indicators.models import Release, Snapshot
from duga.indicators.queries.releases import (
    folder_of,
    network_grant,
    newest_snapshot,
    readable_release,
    require_one_network,
)
from duga.indicators.rules import PublicTable, ReleaseState
from duga.members.rules import Permission, Viewer
from duga.plain.errors import Refused, gettext_noop


def draft_release(
    *, by: Viewer, country: str, year: int, tables: Iterable[PublicTable] = (), snapshot: Snapshot | None = None
) -> list[Release]:
    """Counts, protects, audits and draws tables of one country (empty: all side by side) and year; keeps drafts.

    `tables` empty: all that are public there. The list is empty where nothing was recorded, or so few people were
    helped that nothing can be shown. Imports the engines: never called by the server.
    """
    _require(by, Permission.COUNT)
    snapshot = snapshot or newest_snapshot()
    made = _make(folder_of(snapshot), country, year, tables)
    with transaction.atomic():
        drafts = _keep(by, snapshot, made)
        _tell(by, "indicators.release_drafted", drafts)
    return drafts


def freeze_release(*, by: Viewer, release_id) -> Release:
    """Makes a draft public. It takes the place of the release in force, which stays readable as superseded."""
    _require(by, Permission.RELEASE)
    with transaction.atomic():
        return _freeze(by, [_locked(release_id)])[0]


def release_tables(
    *, by: Viewer, country: str, year: int, tables: Iterable[PublicTable] = (), snapshot: Snapshot | None = None
) -> list[Release]:
    """Drafts and freezes a country's tables of one year together; what is in force and says the same stays."""
    _require(by, Permission.RELEASE)
    snapshot = snapshot or newest_snapshot()
    return _release(by, snapshot, country, year, _make(folder_of(snapshot), country, year, tables))


def release_all(
    *, by: Viewer, years: Iterable[int], countries: Iterable[str] | None = None, side_by_side: bool = True,
    snapshot: Snapshot | None = None, processes: int = 1, progress=None,
) -> list[Release]:  # fmt: skip
    """Releases every public table of these years and countries (None: all of the snapshot), and all side by side.

    `progress(done, of, words)` is told after each country and year. Again: nothing happens where the same is in
    force, or where too little has changed since to tell (`rules.check_difference`). `processes` count and draw at
    the same time (a program that asks for several must be importable).
    """
    _require(by, Permission.RELEASE)
    snapshot = snapshot or newest_snapshot()
    folder, years = folder_of(snapshot), list(years)
    if countries is None:
        countries = sorted(_counts(folder).opened.manifest.words.get("country", []))
    scopes = [(country, year) for country in ([""] if side_by_side else []) + list(countries) for year in years]
    made = []
    for done, (country, year, tables) in enumerate(_make_all(folder, scopes, processes), 1):
        try:
            new = _release(by, snapshot, country, year, tables)
            words = f"{len(new)} tables"
        except rules.TooLittleChanged:
            new, words = [], "too little has changed, the figures in force stay"
        made += new
        if progress:
            progress(done, len(scopes), f"{country or 'all countries'} {year}: {words}")
    return made


def withdraw_release(*, by: Viewer, release_id, reason: str) -> Release:
    """Takes a release out of force without another in its place; it stays readable, marked, with the reason."""
    _require(by, Permission.RELEASE)
    if not reason.strip():
        raise Refused(gettext_noop("Say why the release is withdrawn: readers who cited it will ask."))
    with transaction.atomic():
        release = _locked(release_id)
        _move(release, ReleaseState.WITHDRAWN, reason=reason.strip()[: rules.LONGEST_REASON])
        _tell(by, "indicators.release_withdrawn", [release])
    return release


def _require(by: Viewer, permission: Permission) -> None:
    require_one_network()
    if not network_grant(by, permission):
        raise Refused(gettext_noop("Figures of a network are counted and released by its secretariat."))


@transaction.atomic
def _release(by: Viewer, snapshot: Snapshot, country: str, year: int, made) -> list[Release]:
    """Keeps and freezes together what is not in force already."""
    return _freeze(by, _keep(by, snapshot, _new(made, country, year)))


def _locked(release_id) -> Release:
    found = Release.objects.select_for_update().filter(pk=release_id).first()
    return found or readable_release(Viewer(), release_id)  # raises NotFound
