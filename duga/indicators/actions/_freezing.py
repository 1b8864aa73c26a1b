"""Keeping what was made, and the one step in which a release changes its state."""

import hashlib
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from duga.indicators import rules
from duga.indicators.actions._making import _Made
from duga.indicators.models import Release, ReleaseFile, Snapshot
from duga.indicators.rules import ReleaseState
from duga.members.actions import write_trail
from duga.members.rules import Viewer
from duga.plain.errors import Conflict, Refused, gettext_noop


@transaction.atomic
def _keep(by: Viewer, snapshot: Snapshot, made: Iterable[_Made]) -> list[Release]:
    """Drafts with their files."""
    drafts, files = [], []
    for each in made:
        draft = _draft(by, snapshot, each)
        drafts.append(draft)
        files += [
            ReleaseFile(
                release=draft, kind=kind, name=f"{rules.stem(each.document)}.{kind}", data=data, size=len(data),
                sha256=hashlib.sha256(data).hexdigest(),
            )
            for kind, data in each.files.items()
        ]  # fmt: skip
    Release.objects.bulk_create(drafts)
    ReleaseFile.objects.bulk_create(files)
    return drafts


def _draft(by: Viewer, snapshot: Snapshot, made: _Made) -> Release:
    document = made.document
    return Release(
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


@transaction.atomic
def _freeze(by: Viewer, drafts: list[Release]) -> list[Release]:
    """Puts drafts of one country and year in force together; what they replace is superseded."""
    if not drafts:
        return []
    for draft in drafts:
        rules.check_move(draft.state, ReleaseState.RELEASED)
        if not draft.protection.get("audit", {}).get("passed"):
            raise Refused(gettext_noop("The audit of this draft did not pass: it cannot be released."))
    _same_bytes(drafts)
    old = _in_force(drafts[0].country, drafts[0].year)
    _fit_together(drafts, old)
    rules.check_difference([each.table for each in old.values()], [each.table for each in drafts])
    for draft in drafts:
        before = old.get((draft.indicator, draft.breakdown))
        if before:
            _move(before, ReleaseState.SUPERSEDED)
            draft.supersedes = before
        _move(draft, ReleaseState.RELEASED, by=by)
    _tell(by, "indicators.released", drafts)
    return drafts


def _same_bytes(drafts: list[Release]) -> None:
    """What goes out is what was audited: the kept document still is the file, byte for byte."""
    kept = dict(ReleaseFile.objects.filter(release__in=drafts, kind="json").values_list("release_id", "data"))
    for draft in drafts:
        if bytes(kept.get(draft.pk, b"")) != rules.canonical(draft.table):
            raise Conflict(gettext_noop("The draft and its file differ: someone changed it. Make it anew."))


def _fit_together(drafts: list[Release], old: Mapping) -> None:
    """All tables of one country and year that will be in force rest on one snapshot and share their total."""
    new = {(draft.indicator, draft.breakdown): draft for draft in drafts}
    together = list((dict(old) | new).values())
    if len({each.snapshot_id for each in together}) > 1:
        raise Refused(
            gettext_noop(
                "Tables of %(country)s %(year)s from another snapshot are in force and could be compared with "
                "these. Release all tables of that year together."
            ),
            country=drafts[0].country,
            year=drafts[0].year,
        )
    rules.same_total(each.table for each in together)


def _in_force(country: str, year: int) -> dict[tuple[str, str], Release]:
    """What is public of a country and year now, by indicator and breakdown."""
    rows = Release.objects.filter(country=country, year=year, state=ReleaseState.RELEASED)
    return {(row.indicator, row.breakdown): row for row in rows}


def _new(made: Iterable[_Made], country: str, year: int) -> list[_Made]:
    """What is not in force already, from the same snapshot by the same definition."""
    old, new = _in_force(country, year), []
    for each in made:
        document = each.document
        before = old.get((document["indicator"]["code"], ",".join(document["breakdown"])))
        same = before and _says(before.table) == _says(document) and before.definition == each.definition
        if not same:
            new.append(each)
    return new


def _says(document: Mapping) -> dict:
    """What a document tells readers, without its id and what it was counted with."""
    return {name: document[name] for name in ("cells", "beside", "notes", "snapshot", "protection")}


def _move(release: Release, to: ReleaseState, by: Viewer | None = None, reason: str = "") -> None:
    """The only place where a release changes its state; its figures never change."""
    rules.check_move(release.state, to)
    release.state = to
    if to == ReleaseState.RELEASED:
        release.released_at, release.released_by = timezone.now(), by.label
    else:
        release.closed_at, release.reason = timezone.now(), reason
    release.save(update_fields=["state", "released_at", "released_by", "closed_at", "reason", "supersedes"])


def _tell(by: Viewer, event: str, releases: list[Release]) -> None:
    """One trail entry for what was done together."""
    if not releases:
        return
    first = releases[0]
    write_trail(
        by=by, event=event, subject=("indicators.Release", first.pk),
        detail={
            "country": first.country, "period": first.period,
            "snapshot": first.table["snapshot"]["fingerprint"][:16],
            "tables": {str(each.pk): f"{each.indicator}:{each.breakdown}" for each in releases},
        },
    )  # fmt: skip
