"""Releasing figures: count, protect, audit, draw, write the files, and freeze it all in one transaction."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from duga import __version__
from duga.evidence import snapshot as frozen
from duga.indicators import rules
from duga.indicators.models import Release, ReleaseFile, Snapshot
from duga.indicators.queries import counting, drawing
from duga.indicators.queries.releases import folder_of, network_grant, newest_snapshot, readable_release
from duga.indicators.rules import PublicTable, ReleaseState
from duga.members.actions import write_trail
from duga.members.rules import Permission, Viewer
from duga.plain.errors import Conflict, Refused, gettext_noop
from duga.plain.ids import uuid7


def draft_release(
    *, by: Viewer, country: str, year: int, tables: Iterable[PublicTable] = (), snapshot: Snapshot | None = None
) -> list[Release]:
    """Counts, protects, audits and draws tables of one country (empty: all side by side) and year; keeps drafts.

    `tables` empty: all that are public there. The list is empty where nothing was recorded, or so few people were
    helped that nothing can be shown. Imports the engines: never called by the server.
    """
    _require(by, Permission.COUNT)
    snapshot = snapshot or newest_snapshot()
    made = _make(_counts(snapshot), country, year, tables)
    with transaction.atomic():
        drafts = [_store(by, snapshot, each) for each in made]
        for draft in drafts:
            _trail(by, "indicators.release_drafted", draft)
        return drafts


def freeze_release(*, by: Viewer, release_id) -> Release:
    """Makes a draft public. It takes the place of the release in force, which stays readable as superseded."""
    return _freeze_together(by, [release_id])[0]


def release_tables(
    *, by: Viewer, country: str, year: int, tables: Iterable[PublicTable] = (), snapshot: Snapshot | None = None
) -> list[Release]:
    """Drafts and freezes a country's tables of one year together; what is in force and says the same stays."""
    _require(by, Permission.RELEASE)
    snapshot = snapshot or newest_snapshot()
    made = _make(_counts(snapshot), country, year, tables)
    return _release(by, snapshot, made)


def release_all(
    *, by: Viewer, years: Iterable[int], countries: Iterable[str] | None = None, side_by_side: bool = True,
    snapshot: Snapshot | None = None, progress=None,
) -> list[Release]:  # fmt: skip
    """Releases every public table of these years and countries (None: all of the snapshot), and all side by side.

    `progress(done, of, words)` is told after each. Again: nothing happens where the same is in force. Several
    processes may each release countries of their own; only one of them with `side_by_side`.
    """
    _require(by, Permission.RELEASE)
    snapshot = snapshot or newest_snapshot()
    counts = _counts(snapshot)
    if countries is None:
        countries = sorted(counts.opened.manifest.words.get("country", []))
    first = [""] if side_by_side else []
    scopes = [(country, year) for year in years for country in (*first, *countries)]
    made = []
    for done, (country, year) in enumerate(scopes, 1):
        new = _release(by, snapshot, _make(counts, country, year, ()))
        made += new
        if progress:
            progress(done, len(scopes), f"{country or 'all countries'} {year}: {len(new)} tables")
    return made


def withdraw_release(*, by: Viewer, release_id, reason: str) -> Release:
    """Takes a release out of force without another in its place; it stays readable, marked, with the reason."""
    _require(by, Permission.RELEASE)
    if not reason.strip():
        raise Refused(gettext_noop("Say why the release is withdrawn: readers who cited it will ask."))
    with transaction.atomic():
        release = _locked(release_id)
        _move(release, ReleaseState.WITHDRAWN, reason=reason.strip()[:300])
        _trail(by, "indicators.release_withdrawn", release)
    return release


def _require(by: Viewer, permission: Permission) -> None:
    if not network_grant(by, permission):
        raise Refused(gettext_noop("Figures of a network are counted and released by its secretariat."))


# --- Making ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Made:
    """A release before it is kept: its document, definition and files."""

    document: dict
    definition: str
    files: dict[str, bytes]


def _counts(snapshot: Snapshot) -> counting.Counts:
    return counting.Counts(frozen.open_snapshot(folder_of(snapshot)))


def _make(counts: counting.Counts, country: str, year: int, tables: Iterable[PublicTable]) -> list[_Made]:
    """Counts, protects, audits and draws; writes nothing yet."""
    question = counting.Question.of(counts, country, year)
    count = counting.count_country if country else counting.count_network
    tables = tuple(tables) or (rules.COUNTRY_TABLES if country else rules.NETWORK_TABLES)
    return [_made(each, question) for each in count(question, tables)]


@transaction.atomic
def _release(by: Viewer, snapshot: Snapshot, made: Iterable[_Made]) -> list[Release]:
    """Keeps and freezes together what is not in force already."""
    new = [each for each in made if not _known(each)]
    return _freeze_together(by, [_store(by, snapshot, each).pk for each in new])


def _known(made: _Made) -> bool:
    """Whether the release in force says the same already, from the same snapshot by the same definition."""
    document = made.document
    old = _in_force(
        document["indicator"]["code"], ",".join(document["breakdown"]), document["country"], document["period"]
    )
    return bool(old) and _says(old.table) == _says(document) and old.definition == made.definition


def _made(counted: counting.Counted, question: counting.Question) -> _Made:
    document = counting.document(counted, release_id=uuid7(), question=question, code_version=__version__)
    files = {"json": rules.canonical(document), "csv": rules.as_csv(document), "parquet": drawing.as_parquet(document)}
    svg = drawing.draw(document, counted.wanted.chart)
    if svg:
        files["svg"] = svg.encode()
    return _Made(document, counted.indicator.text, files)


def _store(by: Viewer, snapshot: Snapshot, made: _Made) -> Release:
    document = made.document
    release = Release.objects.create(
        id=UUID(document["id"]),
        indicator=document["indicator"]["code"],
        definition_version=document["indicator"]["version"],
        definition=made.definition,
        breakdown=",".join(document["breakdown"]),
        country=document["country"],
        period=document["period"],
        year=int(document["period"][:4]),
        snapshot=snapshot,
        code_version=document["code_version"],
        protection=document["protection"],
        table=document,
        state=ReleaseState.DRAFT,
        drafted_by=by.label,
    )
    ReleaseFile.objects.bulk_create(
        ReleaseFile(
            release=release, kind=kind, name=f"{rules.stem(document)}.{kind}", data=data, size=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
        )
        for kind, data in made.files.items()
    )  # fmt: skip
    return release


# --- Freezing ----------------------------------------------------------------------------------------------


@transaction.atomic
def _freeze_together(by: Viewer, ids: Iterable) -> list[Release]:
    _require(by, Permission.RELEASE)
    drafts = [_locked(each) for each in ids]
    if not drafts:
        return []
    for draft in drafts:
        rules.check_move(draft.state, ReleaseState.RELEASED)
        if not draft.protection.get("audit", {}).get("passed"):
            raise Refused(gettext_noop("The audit of this draft did not pass: it cannot be released."))
        _same_bytes(draft)
    old = {each.pk: _in_force(each.indicator, each.breakdown, each.country, each.period) for each in drafts}
    _fit_together(drafts, old)
    for draft in drafts:
        if old[draft.pk]:
            _move(old[draft.pk], ReleaseState.SUPERSEDED)
            draft.supersedes = old[draft.pk]
        _move(draft, ReleaseState.RELEASED, by=by)
        _trail(by, "indicators.released", draft)
    return drafts


def _same_bytes(draft: Release) -> None:
    """What goes out is what was audited: the kept document still is the file, byte for byte."""
    kept = draft.files.get(kind="json")
    if bytes(kept.data) != rules.canonical(draft.table):
        raise Conflict(gettext_noop("The draft and its file differ: someone changed it. Make it anew."))


def _fit_together(drafts: list[Release], old: Mapping) -> None:
    """All tables of one country and year that will be in force must share their total."""
    replaced = {each.pk for each in old.values() if each}
    for country, year in {(draft.country, draft.year) for draft in drafts}:
        in_force = Release.objects.filter(country=country, year=year, state=ReleaseState.RELEASED).exclude(
            pk__in=replaced
        )
        together = [*in_force, *(draft for draft in drafts if (draft.country, draft.year) == (country, year))]
        if len({each.snapshot_id for each in together}) > 1:
            raise Refused(
                gettext_noop(
                    "Tables of %(country)s %(year)s from another snapshot are in force and could be compared with "
                    "these. Release all tables of that year together."
                ),
                country=country,
                year=year,
            )
        rules.same_total(each.table for each in together)


def _locked(release_id) -> Release:
    found = Release.objects.select_for_update().filter(pk=release_id).first()
    return found or readable_release(Viewer(), release_id)  # raises NotFound


def _in_force(indicator: str, breakdown: str, country: str, period: str) -> Release | None:
    return Release.objects.filter(
        indicator=indicator, breakdown=breakdown, country=country, period=period, state=ReleaseState.RELEASED
    ).first()


def _move(release: Release, to: ReleaseState, by: Viewer | None = None, reason: str = "") -> None:
    """The only place where a release changes its state; its figures never change."""
    rules.check_move(release.state, to)
    release.state = to
    if to == ReleaseState.RELEASED:
        release.released_at, release.released_by = timezone.now(), by.label
    else:
        release.closed_at, release.reason = timezone.now(), reason
    release.save(update_fields=["state", "released_at", "released_by", "closed_at", "reason", "supersedes"])


def _says(document: Mapping) -> dict:
    """What a document tells readers, without its id and what it was counted with."""
    return {name: document[name] for name in ("cells", "beside", "notes", "snapshot", "protection")}


def _trail(by: Viewer, event: str, release: Release) -> None:
    write_trail(
        by=by, event=event, subject=("indicators.Release", release.pk),
        detail={"indicator": release.indicator, "breakdown": release.breakdown, "country": release.country,
                "period": release.period, "snapshot": release.table["snapshot"]["fingerprint"][:16]},
    )  # fmt: skip
