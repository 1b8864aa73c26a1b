"""Releasing figures: drafted and audited, checked by a second person, then frozen together in one transaction."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.db import transaction

from duga.evidence.supply import FOLDER
from duga.indicators import rules
from duga.indicators.actions._freezing import (
    _audit,
    _freeze,
    _in_force,
    _keep,
    _move,
    _new,
    _set_aside,
    _tell,
)
from duga.indicators.actions._making import _counts, _make, _make_all
from duga.indicators.models import Release, Snapshot
from duga.indicators.queries.releases import (
    folder_of,
    network_grant,
    newest_snapshot,
    readable_release,
    require_one_network,
    snapshot_folder,
)
from duga.indicators.rules import PublicTable, ReleaseState
from duga.members.rules import Permission, Viewer
from duga.plain.errors import NotFound, Refused, gettext_noop


def draft_release(
    *, by: Viewer, country: str, year: int, tables: Iterable[PublicTable] = (), snapshot: Snapshot | None = None
) -> list[Release]:
    """Counts, protects, draws and audits tables of one country (empty: all side by side) and year; keeps drafts.

    `tables` empty: all that are public there. What is in force and says the same is left out, and earlier drafts of
    the same tables are set aside. The list is empty where nothing is new, nothing was recorded, or so few people were
    helped that nothing can be shown. Imports the engines: never called by the server.
    """
    _require(by, Permission.COUNT)
    snapshot = snapshot or newest_snapshot()
    made = _make(_at_home(snapshot), snapshot, country, year, tables)
    with transaction.atomic():
        made = _new(made, country, year)
        if not _say_anything_new(made, country, year):
            return []
        _set_aside(country, year, made)
        drafts = _keep(by, snapshot, made)
        _tell(by, "indicators.release_drafted", drafts)
        _audit(by, drafts)
    return drafts


def check_drafts(*, by: Viewer, batch) -> list[Release]:
    """A second person finds that drafts which belong together may be released."""
    _require(by, Permission.REVIEW)
    with transaction.atomic():
        drafts = _locked_batch(batch)
        rules.check_second_person(drafts[0].drafted_by, by.label)
        for draft in drafts:
            _move(draft, ReleaseState.CHECKED, by=by)
        _tell(by, "indicators.release_checked", drafts)
    return drafts


def return_drafts(*, by: Viewer, batch, reason: str) -> list[Release]:
    """A second person sends drafts back, and says why: they go no further, and may be drafted anew."""
    _require(by, Permission.REVIEW)
    if not reason.strip():
        raise Refused(gettext_noop("Say what is wrong with these figures: whoever drafted them will read it."))
    with transaction.atomic():
        drafts = _locked_batch(batch)
        rules.check_second_person(drafts[0].drafted_by, by.label)
        for draft in drafts:
            _move(draft, ReleaseState.RETURNED, by=by, reason=reason.strip()[: rules.LONGEST_REASON])
        _tell(by, "indicators.release_returned", drafts, reason=drafts[0].reason)
    return drafts


def publish_drafts(*, by: Viewer, batch) -> list[Release]:
    """Makes checked drafts public together. They take the place of what is in force, which stays readable."""
    _require(by, Permission.RELEASE)
    with transaction.atomic():
        return _freeze(by, _locked_batch(batch))


def discard_drafts(*, by: Viewer, batch) -> list[Release]:
    """Throws drafts away that were never released; only who counts for the network does."""
    _require(by, Permission.COUNT)
    with transaction.atomic():
        drafts = _locked_batch(batch)
        for draft in drafts:
            _move(draft, ReleaseState.WITHDRAWN)
        _tell(by, "indicators.release_discarded", drafts)
    return drafts


def freeze_release(*, by: Viewer, release_id) -> Release:
    """Makes a draft public, with those it was drafted with."""
    _require(by, Permission.RELEASE)
    with transaction.atomic():
        release = _locked(release_id)
        together = _locked_batch(release.batch) if release.state in rules.OPEN and release.batch else [release]
        return next(each for each in _freeze(by, together) if each.pk == release.pk)


def release_tables(
    *, by: Viewer, country: str, year: int, tables: Iterable[PublicTable] = (), snapshot: Snapshot | None = None
) -> list[Release]:
    """Drafts, audits and freezes a country's tables of one year in one go; what is in force and says the same stays.

    Only where the installation lets one person release alone (DUGA_SECOND_PERSON=0, or a demo).
    """
    _require_alone(by)
    snapshot = snapshot or newest_snapshot()
    return _release(by, snapshot, country, year, _make(_at_home(snapshot), snapshot, country, year, tables))


def release_all(
    *, by: Viewer, years: Iterable[int], countries: Iterable[str] | None = None, side_by_side: bool = True,
    snapshot: Snapshot | None = None, processes: int = 1, progress=None,
) -> list[Release]:  # fmt: skip
    """Releases every public table of these years and countries (None: all of the snapshot), and all side by side.

    `progress(done, of, words)` is told after each country and year. Again: nothing happens where the same is in
    force, or where too little has changed since to tell (`rules.check_difference`). `processes` count and draw at
    the same time (a program that asks for several must be importable).
    """
    _require_alone(by)
    snapshot = snapshot or newest_snapshot()
    folder, years = _at_home(snapshot), list(years)
    if countries is None:
        countries = sorted(_counts(folder).opened.manifest.words.get("country", []))
    scopes = [(country, year) for country in ([""] if side_by_side else []) + list(countries) for year in years]
    made = []
    for done, (country, year, tables) in enumerate(_make_all(folder, snapshot, scopes, processes), 1):
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


def _at_home(snapshot: Snapshot) -> Path:
    """The folder of a snapshot under DUGA_DATA: figures rest on what backups hold, so one taken elsewhere is copied."""
    folder = folder_of(snapshot)
    if Path(snapshot.path).is_absolute():
        home = snapshot_folder() / folder.name
        if not home.exists():
            half = home.with_name(f".{home.name}.part")
            shutil.rmtree(half, ignore_errors=True)
            shutil.copytree(folder, half)
            half.rename(home)
        for supply in (folder / FOLDER).glob("[!.]*"):  # the same facts may have come home on another day
            if not (home / FOLDER / supply.name).exists():
                shutil.copytree(supply, home / FOLDER / supply.name)
        Snapshot.objects.filter(pk=snapshot.pk).update(path=str(home.relative_to(settings.DATA)))
        folder = home
    return folder


def _require_alone(by: Viewer) -> None:
    _require(by, Permission.RELEASE)
    if settings.SECOND_PERSON:
        raise Refused(
            gettext_noop(
                "Here a second person checks figures before they are released: draft them, let somebody else check "
                "them, then publish."
            )
        )


def _require(by: Viewer, permission: Permission) -> None:
    require_one_network()
    if not network_grant(by, permission):
        raise Refused(gettext_noop("Figures of a network are counted and released by its secretariat."))


@transaction.atomic
def _release(by: Viewer, snapshot: Snapshot, country: str, year: int, made) -> list[Release]:
    """Keeps, audits and freezes together what is not in force already."""
    made = _new(made, country, year)
    old = [each.table for each in _in_force(country, year).values()]
    rules.check_difference(old, [each.document for each in made])  # the commonest reason not to, said for itself
    drafts = _keep(by, snapshot, made)
    if drafts and (findings := _audit(by, drafts)):
        raise Refused(findings[0]["text"], **findings[0]["params"])
    return _freeze(by, drafts)


def _say_anything_new(made, country: str, year: int) -> bool:
    """Whether any table tells readers another number, note or definition than the one in force."""
    old, shown = _in_force(country, year), ("cells", "beside", "notes", "population")
    for each in made:
        before = old.get((each.document["indicator"]["code"], ",".join(each.document["breakdown"])))
        if before is None or before.definition != each.definition:
            return True
        if any(before.table.get(name) != each.document.get(name) for name in shown):
            return True
    return False


def _locked(release_id) -> Release:
    found = Release.objects.select_for_update().filter(pk=release_id).first()
    return found or readable_release(Viewer(), release_id)  # raises NotFound


def _locked_batch(batch) -> list[Release]:
    """Drafts that belong together, in the order in which they were drafted; NotFound when they are none any more."""
    found = list(Release.objects.select_for_update().filter(batch=batch, state__in=rules.OPEN).order_by("pk"))
    if not found:
        raise NotFound(gettext_noop("These drafts are not here any more: released, drafted anew, or thrown away."))
    return found
