"""An organisation's own figures: for its donor, and for itself."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from duga.casework.queries import ledger
from duga.evidence import disclosure, indicators, snapshot
from duga.evidence.model import ALL, Period, Table
from duga.indicators import rules
from duga.indicators.models import OwnFigures
from duga.indicators.queries import counting
from duga.indicators.queries.cells import as_cell, filled, filled_months, hide_cell, is_total
from duga.indicators.rules import PublicTable
from duga.members.queries import may, organisation_by_slug, organisations_of
from duga.members.rules import Permission, Viewer
from duga.plain.errors import NOT_HERE, NotFound, gettext_noop

PEOPLE = PublicTable("people_assisted", ("sex", "age_band"))
MONTHS = PublicTable("people_assisted", ("month",))
UNITS = PublicTable("assistance_delivered", ("unit", "month"))
HOUSEHOLDS = PublicTable("households_reached", ())


@dataclass(frozen=True)
class Span:
    """How much an organisation has recorded: number of entries, first and last day (None without any)."""

    entries: int
    first: dt.date | None
    last: dt.date | None


def countable_organisations(viewer: Viewer) -> list:
    """The organisations whose own figures this viewer may make: those whose ledger she sees and may count."""
    own = {grant.organisation_id for grant in viewer.grants if grant.organisation_id}
    return [
        each
        for each in organisations_of(viewer, Permission.COUNT)
        if each.pk in own and may(viewer, Permission.SEE_RECORDS, each)
    ]


def countable_organisation(viewer: Viewer, slug: str):
    """The door to one of them: a network's role counts for all, never one organisation's inside."""
    found = organisation_by_slug(viewer, slug)
    if found not in countable_organisations(viewer):
        organisation_by_slug(viewer, slug, Permission.SEE_RECORDS)
        raise NotFound(NOT_HERE)
    return found


def own_span(viewer: Viewer, organisation) -> Span:
    """How much there is to count."""
    newest = ledger(viewer, organisation, size=1)
    count = newest.paginator.count
    if not count:
        return Span(0, None, None)
    oldest = ledger(viewer, organisation, page=count, size=1)
    return Span(count, oldest.object_list[0].date, newest.object_list[0].date)


def own_figures(viewer: Viewer, slug: str, figures_id) -> OwnFigures:
    """One set of own figures, through the organisation's door."""
    organisation = countable_organisation(viewer, slug)
    found = OwnFigures.objects.filter(pk=figures_id, organisation=organisation).first()
    if found is None:
        raise NotFound(gettext_noop("These figures are not here any more. Count them again: it takes seconds."))
    return found


def own_figures_of(viewer: Viewer, slug: str, limit: int = 10) -> list[OwnFigures]:
    """The last sets an organisation asked for."""
    organisation = countable_organisation(viewer, slug)
    return list(OwnFigures.objects.filter(organisation=organisation).defer("result")[:limit])


# --- Counting: in a process of its own ----------------------------------------------------------------------


def count_own(folder: Path, period: Period, until: str) -> dict:
    """The tables of one organisation's snapshot: each as counted ("own") and as protected ("donor").

    Imports the engines: never called by the server.
    """
    opened = snapshot.open_snapshot(folder)
    question = counting.Question(opened, "", period, until)
    rule = disclosure.Rule(rules.MINIMUM)
    tables = {
        name: _people(question, wanted, rule)
        for name, wanted in (("people", PEOPLE), ("months", MONTHS), ("households", HOUSEHOLDS))
    }
    tables["units"] = _units(question, tables, rule)
    return {
        "period": str(period),
        "until": until,
        "rows": opened.manifest.rows,
        "fingerprint": opened.fingerprint,
        "minimum": rule.minimum,
        "tables": tables,
    }


def _people(question: counting.Question, wanted: PublicTable, rule) -> dict:
    indicator = indicators.find(wanted.indicator)
    counted = counting.with_totals_beside(question.count(indicator, wanted.breakdown), wanted)
    shown = filled(question, wanted, _open(counted))
    top = (ALL,) * len(wanted.breakdown)
    total = counted.cells[top].value if top in counted.cells else 0
    small = 0 < total < rule.minimum
    donor = counting.protected(question, wanted, indicator, counted, rule, keep=() if small else [top])
    cells = [cell for cell in donor.cells if not small or is_total(cell, wanted.breakdown)]
    return {
        "indicator": indicator.code,
        "version": indicator.version,
        "breakdown": list(wanted.breakdown),
        "own": shown,
        "donor": [hide_cell(cell) for cell in cells] if small else cells,
        "beside": [
            as_cell({"code": each.code, "title": dict(each.title), "unit": each.unit}, table.value())
            for each, table in zip(indicator.beside, counted.beside, strict=False)
        ],
        "beside_donor": donor.beside,
    }


def _units(question: counting.Question, people: Mapping, rule) -> dict:
    """Assistance by unit and month; for the donor so that no quantity bounds a hidden number of people closely."""
    indicator = indicators.find(UNITS.indicator)
    own = filled_months(question, _open(question.count(indicator, UNITS.breakdown)))
    hidden = {cell["month"] for cell in people["months"]["donor"] if cell["status"] == "hidden"} - {ALL}
    kept_back = _months_kept_back(own, hidden, rule.minimum)
    return {
        "indicator": indicator.code,
        "version": indicator.version,
        "breakdown": list(UNITS.breakdown),
        "own": own,
        "donor": [hide_cell(cell) if cell["month"] in kept_back else cell for cell in own],
        "beside": [],
        "beside_donor": [],
    }


def _months_kept_back(cells: Iterable[Mapping], hidden: set[str], minimum: int) -> set[str]:
    """The months whose quantities a donor does not see.

    Nobody received help without receiving at least one of some unit, so a month's quantities bound its people. In
    months whose people are hidden all quantities are, noughts too; and in as many more (the smallest) as it takes
    that what is hidden altogether, which the totals tell, stays above the minimum.
    """
    quantities: dict[str, float] = {}
    for cell in cells:
        if cell["month"] != ALL:
            quantities[cell["month"]] = quantities.get(cell["month"], 0) + cell["value"]
    kept, rest = set(hidden), sorted((q, month) for month, q in quantities.items() if month not in hidden and q)
    while kept and rest and sum(quantities.get(month, 0) for month in kept) <= minimum:
        kept.add(rest.pop(0)[1])
    return kept


def _open(counted: Table) -> list[dict]:
    """The cells as counted: internal."""
    return [
        as_cell(dict(zip(counted.dimensions, key, strict=True)), each.value, each.qualifier)
        for key, each in counted.cells.items()
    ]
