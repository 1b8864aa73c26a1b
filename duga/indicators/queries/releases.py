"""Reading releases: public ones for anybody, drafts for those who count."""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from duga.evidence.model import ALL
from duga.evidence.snapshot import open_snapshot
from duga.indicators import rules
from duga.indicators.models import Release, ReleaseFile, Snapshot
from duga.indicators.rules import READABLE, ReleaseState
from duga.members.queries import may, organisations_of, separate_network_ids, separate_networks
from duga.members.rules import Permission, Viewer
from duga.plain.errors import NotFound, Refused, gettext_noop


def snapshot_folder() -> Path:
    """Where snapshots lie."""
    return settings.DATA / "snapshots"


def folder_of(snapshot: Snapshot) -> Path:
    """The folder of one snapshot; NotFound when it is gone from the disk."""
    folder = Path(snapshot.path)
    folder = folder if folder.is_absolute() else settings.DATA / folder
    if not (folder / "manifest.json").is_file():
        raise NotFound(
            gettext_noop("The snapshot %(name)s is not on this machine any more: restore it, or take one."),
            name=snapshot.fingerprint[:16],
        )
    return folder


def last_snapshot() -> Snapshot | None:
    """The snapshot taken last, if any."""
    return Snapshot.objects.order_by("-taken_at").first()


def newest_snapshot() -> Snapshot:
    """The snapshot taken last; NotFound with what to do when there is none."""
    found = last_snapshot()
    if found is None:
        raise NotFound(gettext_noop("No snapshot was taken yet. Run `duga snapshot --as EMAIL` first."))
    return found


def snapshot_by_fingerprint(start: str) -> Snapshot:
    """The one snapshot whose fingerprint begins so."""
    found = list(Snapshot.objects.filter(fingerprint__startswith=start.strip().lower())[:2])
    if len(found) != 1:
        raise NotFound(
            gettext_noop("%(count)s snapshots have a fingerprint that begins with %(start)s."),
            count="No" if not found else "Several",
            start=start,
        )
    return found[0]


def words_of(snapshot: Snapshot, dimension: str) -> list[str]:
    """The words that a dimension has in a snapshot, in order: the countries with facts, for one."""
    return sorted(open_snapshot(folder_of(snapshot)).manifest.words.get(dimension, []))


def network_grant(viewer: Viewer, permission: Permission) -> bool:
    """Whether a viewer holds a permission for the network of this installation: figures of all are its to make.

    Where several networks that know nothing of each other share an installation, one must not publish or read the
    other's figures: then nobody counts them, and each is given an installation of its own (see the operators' guide).
    """
    if viewer.system:
        return True
    if separate_networks() > 1:
        return False
    network_roles = Viewer(grants=tuple(grant for grant in viewer.grants if grant.network_id))
    return may(network_roles, permission)


def require_one_network() -> None:
    """Refused where several networks share the installation: figures of one must not hold the other's people."""
    if separate_networks() > 1:
        raise Refused(
            gettext_noop(
                "Several networks share this installation, and figures would mix them. Put them under one common "
                "network, or give each an installation of its own."
            )
        )


def counting_network_id():
    """The network whose figures this installation counts: the one that stands above all; None where there is none."""
    found = separate_network_ids()
    return found[0] if len(found) == 1 else None


def is_ready_to_count(viewer: Viewer) -> bool:
    """Whether the viewer counts for a network."""
    return network_grant(viewer, Permission.COUNT)


def readable_release(viewer: Viewer, release_id) -> Release:
    """The door to a release: anybody for what was released, those who count or review for drafts."""
    found = Release.objects.select_related("snapshot", "supersedes").filter(pk=release_id).first()
    allowed = found and (
        ReleaseState(found.state) in READABLE
        and found.released_at is not None
        or network_grant(viewer, Permission.COUNT)
        or network_grant(viewer, Permission.REVIEW)
    )
    if not allowed:
        raise NotFound(
            gettext_noop("There is no such release. Addresses of figures never change: check it was copied whole.")
        )
    return found


def newer_release(release: Release) -> Release | None:
    """The release that took this one's place, if any."""
    return Release.objects.filter(supersedes=release).exclude(state=ReleaseState.DRAFT).first()


def files_of(release: Release) -> list[ReleaseFile]:
    """A release's files without their bytes."""
    return list(release.files.defer("data").order_by("kind"))


def file_of(viewer: Viewer, release_id, name: str) -> ReleaseFile:
    """One file with its bytes, through the release's door."""
    release = readable_release(viewer, release_id)
    found = release.files.filter(name=name).first()
    if found is None:
        raise NotFound(gettext_noop("This release has no such file."))
    return found


def all_releases(viewer: Viewer, *, country: str = "", states: Iterable[ReleaseState] = READABLE) -> list[Release]:
    """Releases with their snapshots, newest year first; drafts only for those who count."""
    states = [state for state in states if state in READABLE or network_grant(viewer, Permission.COUNT)]
    found = Release.objects.filter(state__in=states).select_related("snapshot").defer("definition", "table")
    return list(found.filter(country=country) if country else found)


def released_countries() -> dict[str, list[int]]:
    """{country: years with figures in force, newest first}."""
    found: dict[str, list[int]] = {}
    rows = Release.objects.filter(state=ReleaseState.RELEASED).exclude(country="")
    for country, year in rows.order_by("country", "-year").values_list("country", "year").distinct():
        found.setdefault(country, []).append(year)
    return found


def released_years(country: str = "") -> list[int]:
    """Years with figures in force of a country, or of all countries side by side; newest first."""
    rows = Release.objects.filter(state=ReleaseState.RELEASED, country=country)
    return sorted(set(rows.values_list("year", flat=True)), reverse=True)


@dataclass(frozen=True)
class Shown:
    """A release in force as a page needs it: its document and its drawing."""

    id: str
    document: dict
    svg: str
    released_at: object

    def cell(self, *key: str) -> dict | None:
        return rules.find_cell(self.document, key)


def country_documents(country: str, year: int) -> dict[str, Shown]:
    """A country's figures in force of one year, by the name of the public table ("people_assisted:sex,age_band")."""
    return _shown(Release.objects.filter(state=ReleaseState.RELEASED, country=country, year=year))


def network_documents() -> dict[int, Shown]:
    """People assisted by country, of each year."""
    return _by_year("people_assisted")


def network_supply() -> dict[str, Shown]:
    """What is on offer, countries side by side, of the newest year, by the name of the public table."""
    rows = Release.objects.filter(state=ReleaseState.RELEASED, country="", indicator__in=rules.SUPPLY)
    newest = rows.order_by("-year").values_list("year", flat=True).first()
    return _shown(rows.filter(year=newest)) if newest else {}


def network_rates() -> dict[int, Shown]:
    """People assisted per 10,000 inhabitants by country, of each year."""
    return _by_year("people_assisted_per_10000")


def _by_year(indicator: str) -> dict[int, Shown]:
    rows = Release.objects.filter(state=ReleaseState.RELEASED, country="", indicator=indicator)
    return dict(sorted(_shown(rows, key=lambda row: row.year).items(), reverse=True))


def side_by_side_is_older(viewer: Viewer, year: int) -> bool:
    """Whether who counts might draft a year's table of all countries too: none rests on the newest snapshot yet."""
    if not network_grant(viewer, Permission.COUNT):
        return False
    drafted = Release.objects.filter(country="", year=year, state__in=[*rules.OPEN, ReleaseState.RELEASED])
    newest = last_snapshot()
    return newest is not None and not drafted.filter(snapshot=newest).exists()


def newer_than_side_by_side() -> dict[str, list[int]]:
    """{country: years, newest first} whose own figures rest on a newer snapshot than those of all side by side."""
    rows = Release.objects.filter(state=ReleaseState.RELEASED, indicator="people_assisted")
    together = dict(rows.filter(country="").values_list("year", "snapshot__taken_at"))
    alone = rows.filter(breakdown="sex,age_band").exclude(country="").order_by("country", "-year")
    found: dict[str, list[int]] = {}
    for country, year, taken in alone.values_list("country", "year", "snapshot__taken_at"):
        if year in together and taken > together[year]:
            found.setdefault(country, []).append(year)
    return found


def totals_by_year(country: str) -> list[tuple[int, str, dict]]:
    """(year, release id, cell of the grand total of people) of each year in force, oldest first."""
    rows = Release.objects.filter(
        state=ReleaseState.RELEASED, country=country, indicator="people_assisted", breakdown="sex,age_band"
    ).order_by("year")
    return [(row.year, str(row.pk), rules.grand_total(row.table)) for row in rows]


def _shown(rows, key=lambda row: f"{row.indicator}:{row.breakdown}") -> dict:
    rows = list(rows.defer("definition"))
    drawings = dict(
        ReleaseFile.objects.filter(release__in=[row.pk for row in rows], kind="svg").values_list("release_id", "data")
    )
    return {
        key(row): Shown(str(row.pk), row.table, bytes(drawings.get(row.pk, b"")).decode(), row.released_at)
        for row in rows
    }


@dataclass(frozen=True)
class OwnRecords:
    """Where a member of an organisation finds its own records behind a cell."""

    organisation: object
    filters: dict[str, str]


def records_behind(viewer: Viewer, release: Release, key: Iterable[str]) -> list[OwnRecords]:
    """For each organisation whose ledger this viewer may see and that works in the release's country: the filters.

    Own organisations only, never through a network role; sealed programmes are not in the ledger's list either.
    """
    if not viewer.known or viewer.system or release.indicator in rules.SUPPLY:
        return []
    own = {grant.organisation_id for grant in viewer.grants if grant.organisation_id}
    found = [each for each in organisations_of(viewer, Permission.SEE_RECORDS) if each.pk in own]
    filters = ledger_filters(release.table, key)
    return [OwnRecords(each, filters) for each in found if release.country in ("", each.country)]


def ledger_filters(document: dict, key: Iterable[str]) -> dict[str, str]:
    """The words of a cell as the ledger's filters: first and last day, codes for the rest."""
    words = dict(zip(document["breakdown"], key, strict=True))
    start, _dots, end = document["period"].partition("..")
    if words.get("month", ALL) != ALL:
        start = end = words["month"]
    last = calendar.monthrange(int(end[:4]), int(end[5:]))[1]
    filters = {"since": f"{start}-01", "until": f"{end}-{last}"}
    names = {"area": "region"}
    for name, word in words.items():
        if word != ALL and name not in ("month", "country"):
            filters[names.get(name, name)] = word
    if document["indicator"]["unit"] in ("person", "household"):
        filters["recipient"] = document["indicator"]["unit"]
    return filters
