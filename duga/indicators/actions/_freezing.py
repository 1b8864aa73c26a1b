"""Keeping what was made, auditing it, and the one step in which a release changes its state."""

import hashlib
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from duga.indicators import rules
from duga.indicators.actions._making import _Made
from duga.indicators.models import Release, ReleaseFile, Snapshot
from duga.indicators.queries.guard import readable_since
from duga.indicators.queries.verifying import figures_network, provenance_of
from duga.indicators.rules import ReleaseState
from duga.members.actions import write_trail
from duga.members.rules import Viewer
from duga.plain.errors import Conflict, DugaError, Refused, gettext_noop
from duga.plain.ids import uuid7

#: Why what was counted before something else became readable goes no further.
COUNTED_BEFORE = gettext_noop(
    "Figures of the same indicator and year were released or kept since this table was counted. Count "
    "it again, so that it is protected together with them."
)
#: Why a draft is set aside when the same figures are drafted again.
ANEW = gettext_noop("drafted anew")


@transaction.atomic
def _keep(by: Viewer, snapshot: Snapshot, made: Iterable[_Made]) -> list[Release]:
    """Drafts with their files, of one batch: drafted, checked and released together."""
    drafts, files, batch, network = [], [], uuid7(), figures_network()
    for each in made:
        draft = _draft(by, snapshot, each)
        draft.batch, draft.network = batch, network
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
        consulted=made.consulted,
        breakdown=",".join(document["breakdown"]),
        country=document["country"],
        period=document["period"],
        year=int(document["period"][:4]),
        snapshot=snapshot,
        owner_id=snapshot.owner_id,
        code_version=document["code_version"],
        protection=document["protection"],
        table=document,
        state=ReleaseState.DRAFT,
        drafted_by=by.label,
        audit={"opened": made.opened} if made.opened else {},
    )


@transaction.atomic
def _set_aside(country: str, year: int, made: Iterable[_Made]) -> None:
    """Open drafts of the same tables give way to those made now."""
    wanted = {(each.document["indicator"]["code"], ",".join(each.document["breakdown"])) for each in made}
    for old in Release.objects.filter(country=country, year=year, state__in=rules.OPEN):
        if (old.indicator, old.breakdown) in wanted:
            _move(old, ReleaseState.WITHDRAWN, reason=ANEW)


@transaction.atomic
def _audit(by: Viewer, drafts: list[Release]) -> list[dict]:
    """Looks for what would keep drafts from being released together; without findings they wait for their check.

    Each table was attacked when it was made (`protection.audit`). Here: that this attack found nothing, that the kept
    bytes are the table's, that all tables rest on one snapshot and share their total, and that the difference to what
    is in force opens nothing. Gives the findings: `[{"text", "params"}]`.
    """
    findings = []
    for draft in drafts:
        if not rules.passed(draft.protection):
            findings.append(_finding(rules.AuditFailed(_name(draft))))
    old = _in_force(drafts[0].country, drafts[0].year) if drafts else {}
    for look in (
        lambda: _same_bytes(drafts),
        lambda: _fit_together(drafts, old),
        lambda: rules.check_difference([each.table for each in old.values()], [each.table for each in drafts]),
    ):
        try:
            look()
        except DugaError as error:
            findings.append(_finding(error))
    for draft in drafts:
        draft.audit |= {"passed": not findings, "findings": findings}
        if findings:
            draft.save(update_fields=["audit"])
        else:
            _move(draft, ReleaseState.AUDITED)
    _tell(by, "indicators.release_audited" if not findings else "indicators.release_audit_failed", drafts)
    return findings


def _finding(error: DugaError) -> dict:
    return {"text": error.message, "params": {name: str(value) for name, value in error.params.items()}}


def _name(release: Release) -> str:
    return f"{release.indicator}:{release.breakdown}"


@transaction.atomic
def _freeze(by: Viewer, drafts: list[Release]) -> list[Release]:
    """Puts drafts of one country and year in force together; what they replace is superseded.

    Everything the audit looked at is looked at again: what is in force may have changed since.
    """
    if not drafts:
        return []
    for draft in drafts:
        rules.check_move(draft.state, ReleaseState.RELEASED, alone=not settings.SECOND_PERSON)
        if not rules.passed(draft.protection) or not draft.audit.get("passed"):
            raise Refused(gettext_noop("The audit of this draft did not pass: it cannot be released."))
    _same_bytes(drafts)
    _nothing_kept_since(drafts)
    old = _in_force(drafts[0].country, drafts[0].year)
    _fit_together(drafts, old)
    rules.check_difference([each.table for each in old.values()], [each.table for each in drafts])
    for draft in drafts:
        before = old.get((draft.indicator, draft.breakdown))
        if before:
            _move(before, ReleaseState.SUPERSEDED)
            draft.supersedes = before
        _move(draft, ReleaseState.RELEASED, by=by)
    _say_where_from(drafts)
    _tell(by, "indicators.released", drafts)
    return drafts


def _say_where_from(releases: list[Release]) -> None:
    """Puts the provenance for machines beside each release's other files: their sums, and what was done when."""
    ReleaseFile.objects.filter(release__in=releases, kind="prov").delete()
    files: dict = {}
    told = ReleaseFile.objects.filter(release__in=releases).values_list("release_id", "name", "sha256", "size")
    for release_id, *file in told:
        files.setdefault(release_id, []).append(tuple(file))
    new = []
    for release in releases:
        data = provenance_of(release, files[release.pk])
        new.append(
            ReleaseFile(
                release=release, kind="prov", name=f"{rules.stem(release.table)}.prov.json", data=data, size=len(data),
                sha256=hashlib.sha256(data).hexdigest(),
            )
        )  # fmt: skip
    ReleaseFile.objects.bulk_create(new)


def _same_bytes(drafts: list[Release]) -> None:
    """What goes out is what was audited: the kept document still is the file, byte for byte."""
    kept = dict(ReleaseFile.objects.filter(release__in=drafts, kind="json").values_list("release_id", "data"))
    for draft in drafts:
        if bytes(kept.get(draft.pk, b"")) != rules.canonical(draft.table):
            raise Conflict(gettext_noop("The draft and its file differ: someone changed it. Make it anew."))


def _nothing_kept_since(drafts: list[Release]) -> None:
    """Drafts were protected together with the tables that analysts had kept by then, and with no later one."""
    for draft in drafts:
        counted = [(draft.table.get("rests_on", draft.indicator), draft.year)]
        if readable_since(counted, draft.created_at, releases=False):
            raise Refused(COUNTED_BEFORE)


def _fit_together(drafts: list[Release], old: Mapping) -> None:
    """All tables of one country and year that will be in force rest on one snapshot and share their total.

    Not those of what is on offer: they say nothing of people, so nothing of people follows by comparing them.
    """
    new = {(draft.indicator, draft.breakdown): draft for draft in drafts}
    together = [each for each in (dict(old) | new).values() if each.indicator not in rules.SUPPLY]
    if len({each.snapshot_id for each in together}) > 1:
        raise Refused(
            gettext_noop(
                "Tables of %(country)s %(year)s from another snapshot are in force and could be compared with "
                "these. Release all tables of that year together."
            )
            if drafts[0].country
            else gettext_noop(
                "Tables of all countries, %(year)s, from another snapshot are in force and could be compared with "
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
    return {name: document.get(name) for name in ("cells", "beside", "notes", "snapshot", "protection", "population")}


def _move(release: Release, to: ReleaseState, by: Viewer | None = None, reason: str = "") -> None:
    """The only place where a release changes its state; its figures never change."""
    rules.check_move(release.state, to, alone=not settings.SECOND_PERSON)
    release.state = to
    now = timezone.now()
    if to == ReleaseState.AUDITED:
        release.audited_at = now
    elif to == ReleaseState.CHECKED:
        release.checked_at, release.checked_by = now, by.label
    elif to == ReleaseState.RETURNED:
        release.checked_at, release.checked_by, release.reason = now, by.label, reason
    elif to == ReleaseState.RELEASED:
        release.released_at, release.released_by = now, by.label
    else:
        release.closed_at, release.reason = now, reason or release.reason
    release.save(
        update_fields=[
            "state", "audited_at", "checked_at", "checked_by", "released_at", "released_by", "closed_at", "reason",
            "supersedes", "audit",
        ]
    )  # fmt: skip


def _tell(by: Viewer, event: str, releases: list[Release], **more) -> None:
    """One trail entry for what was done together."""
    if not releases:
        return
    first = releases[0]
    write_trail(
        by=by, event=event, subject=("indicators.Release", first.pk),
        detail={
            "country": first.country, "period": first.period,
            "snapshot": first.table["snapshot"]["fingerprint"][:16],
            "tables": {str(each.pk): _name(each) for each in releases},
            **more,
        },
    )  # fmt: skip
