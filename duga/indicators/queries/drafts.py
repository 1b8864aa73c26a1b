"""Figures on their way to release, as those who count and review see them; and what is in force, page by page."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.core.paginator import Page, Paginator

from duga.evidence.indicators import parse
from duga.evidence.model import ALL
from duga.indicators import rules
from duga.indicators.models import Counting, Release
from duga.indicators.queries.definitions import defined
from duga.indicators.queries.releases import network_grant
from duga.indicators.rules import ReleaseState
from duga.members.rules import Permission, Viewer
from duga.plain.errors import NOT_HERE, NotFound

PAGE = 25


@dataclass(frozen=True)
class Batch:
    """Drafts that are checked and released together."""

    id: str
    country: str
    year: int
    state: ReleaseState
    drafted_by: str
    drafted_at: object
    tables: int
    failed: bool
    too_little: bool = False  #: nothing else was found than that too little has changed since what is in force


@dataclass(frozen=True)
class DraftTable:
    """One drafted table beside the one in force: totals (None where hidden or none) and how many cells are hidden."""

    release: Release
    total: int | None
    before: int | None
    in_force: str
    cells: int
    hidden: int
    hidden_before: int | None


@dataclass(frozen=True)
class DraftSet:
    """A batch with everything that a second person looks at, and what this viewer may do with it."""

    batch: Batch
    first: Release
    tables: list[DraftTable]
    findings: list[dict] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)  #: hidden in older tables, which alone tell them
    lapsed: list[tuple[str, dt.date]] = field(default_factory=list)  #: (indicator, day) of reviews that are overdue
    may_check: bool = False
    may_release: bool = False
    may_discard: bool = False
    own: bool = False


def sees_figures(viewer: Viewer) -> bool:
    """Whether a viewer reads drafts: who counts for the network, and who reviews."""
    return network_grant(viewer, Permission.COUNT) or network_grant(viewer, Permission.REVIEW)


def open_batches(viewer: Viewer) -> list[Batch]:
    """What is on its way, newest first; nothing for those who may not read drafts."""
    if not sees_figures(viewer):
        return []
    rows = Release.objects.filter(state__in=rules.OPEN, batch__isnull=False).order_by("-created_at")
    found: dict = {}
    for row in rows.only("batch", "country", "year", "state", "drafted_by", "created_at", "audit"):
        found.setdefault(row.batch, []).append(row)
    return [_batch(drafts) for drafts in found.values()]


def batches_of(viewer: Viewer, asked: Counting) -> list[Batch]:
    """What was drafted on somebody's asking, in the order in which it was."""
    wanted = asked.result.get("batches", [])
    if not wanted or not sees_figures(viewer):
        return []
    found: dict = {}
    for row in Release.objects.filter(batch__in=wanted).defer("table", "definition", "protection").order_by("pk"):
        found.setdefault(str(row.batch), []).append(row)
    return [_batch(found[batch]) for batch in wanted if batch in found]


def draft_set(viewer: Viewer, batch, *, alone: bool, today: dt.date) -> DraftSet:
    """The door to a batch, also after it was released or thrown away. `alone`: nobody else need check it.

    Beside each table stands what is in force; of tables that were released, what they replaced.
    """
    drafts = list(Release.objects.filter(batch=batch).select_related("snapshot", "supersedes").order_by("pk"))
    if not drafts or not sees_figures(viewer):
        raise NotFound(NOT_HERE)
    first = drafts[0]
    rows = Release.objects.filter(country=first.country, year=first.year, state=ReleaseState.RELEASED)
    in_force = {(row.indicator, row.breakdown): row for row in rows.defer("definition")}
    found, own = _batch(drafts), first.drafted_by == viewer.label
    ready = ReleaseState.AUDITED if alone else ReleaseState.CHECKED
    return DraftSet(
        batch=found,
        first=first,
        tables=[
            _beside(draft, draft.supersedes if draft.released_at else in_force.get((draft.indicator, draft.breakdown)))
            for draft in drafts
        ],
        findings=first.audit.get("findings", []),
        opened=sorted({words for draft in drafts for words in draft.audit.get("opened", [])}),
        lapsed=_lapsed(drafts, today),
        may_check=found.state is ReleaseState.AUDITED and not own and network_grant(viewer, Permission.REVIEW),
        may_release=found.state in (ReleaseState.CHECKED, ready) and network_grant(viewer, Permission.RELEASE),
        may_discard=found.state in rules.OPEN and network_grant(viewer, Permission.COUNT),
        own=own,
    )


def releases_page(viewer: Viewer, *, country: str = "", year: int | None = None, page: int | str = 1) -> Page:
    """Figures in force, a page at a time; country "-" is all countries side by side."""
    if not sees_figures(viewer):
        raise NotFound(NOT_HERE)
    rows = Release.objects.filter(state=ReleaseState.RELEASED).order_by("-year", "country", "indicator", "breakdown")
    if country:
        rows = rows.filter(country="" if country == "-" else country.upper())
    if year:
        rows = rows.filter(year=year)
    light = rows.only("indicator", "breakdown", "country", "year", "state", "released_at", "checked_by")
    return Paginator(light, PAGE).get_page(page)


def released_scopes() -> tuple[list[str], list[int]]:
    """(countries, years newest first) with figures in force, to filter by; "" stands for all side by side."""
    pairs = set(Release.objects.filter(state=ReleaseState.RELEASED).order_by().values_list("country", "year"))
    return sorted({country for country, _year in pairs}), sorted({year for _country, year in pairs}, reverse=True)


def _batch(drafts: list[Release]) -> Batch:
    first = drafts[0]
    findings = first.audit.get("findings", [])
    return Batch(
        id=str(first.batch), country=first.country, year=first.year, state=ReleaseState(first.state),
        drafted_by=first.drafted_by, drafted_at=first.created_at, tables=len(drafts),
        failed=bool(findings), too_little=bool(findings) and all(each["text"] == rules.TOO_LITTLE for each in findings),
    )  # fmt: skip


def _lapsed(drafts: list[Release], today: dt.date) -> list[tuple[str, dt.date]]:
    texts = {draft.indicator: draft.definition for draft in drafts}
    found = defined(parse(text, name=code) for code, text in texts.items())
    return [(each.indicator.code, each.due) for each in found if each.due and each.lapsed(today)]


def _beside(draft: Release, old: Release | None) -> DraftTable:
    old = None if old is None or old.pk == draft.pk else old
    return DraftTable(
        release=draft,
        total=_total(draft.table),
        before=_total(old.table) if old else None,
        in_force=str(old.pk) if old else "",
        cells=len(draft.table["cells"]),
        hidden=_hidden(draft.table),
        hidden_before=_hidden(old.table) if old else None,
    )


def _total(document: Mapping) -> int | None:
    cell = rules.find_cell(document, (ALL,) * len(document["breakdown"]))
    return cell["value"] if cell else None


def _hidden(document: Mapping) -> int:
    return sum(cell["status"] == "hidden" for cell in document["cells"])
