"""Forms as they are read: an organisation's own, filled from its protected tables, and a country's, from releases."""

import datetime as dt
from collections.abc import Callable, Mapping
from functools import cached_property

from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from duga.casework.queries.work import work_since
from duga.evidence.model import ALL, Period
from duga.indicators.models import Report
from duga.indicators.queries.cells import place_of
from duga.indicators.queries.own import countable_organisation, own_span
from duga.indicators.queries.releases import country_documents, network_grant, released_countries
from duga.indicators.queries.reports.words import unit_word, word_of
from duga.indicators.rules.reports import (
    TOLD_MONTHS,
    Counted,
    Figure,
    Filled,
    Need,
    Numbers,
    Told,
    definition,
    fill,
    find_layout,
    load_layouts,
    parse_layout,
)
from duga.members.rules import Permission, Viewer
from duga.places.queries import country_name, region_names
from duga.plain.errors import NOT_HERE, NotFound, gettext_noop

_GONE = gettext_noop("This form is not here any more. Fill it again: it takes seconds.")


def forms_for(who: str) -> list:
    """The forms that are filled for an organisation, or for a network, in order of their code."""
    return [layout for _code, layout in sorted(load_layouts().items()) if who in layout.who]


# --- An organisation's own ----------------------------------------------------------------------------------


def own_since(viewer: Viewer, organisation, today: dt.date) -> dt.date:
    """The first day that an organisation's forms can be about: its first delivery or other work, else 1 January."""
    days = [own_span(viewer, organisation).first, work_since(organisation.pk), today.replace(month=1, day=1)]
    return min(day for day in days if day)


def own_reports(viewer: Viewer, slug: str, limit: int = 12) -> list[Report]:
    """The last forms an organisation asked for."""
    organisation = countable_organisation(viewer, slug)
    return list(Report.objects.filter(organisation=organisation).defer("result", "layout")[:limit])


def own_report(viewer: Viewer, slug: str, report_id) -> Report:
    """One filled form, through the organisation's door."""
    organisation = countable_organisation(viewer, slug)
    found = Report.objects.select_related("organisation").filter(pk=report_id, organisation=organisation).first()
    if found is None:
        raise NotFound(_GONE)
    return found


def told_before(asked: Report) -> list[dict]:
    """The tables that an organisation's forms of the same year told before this one, oldest first; of states at the
    end of a time those of all years."""
    rows = Report.objects.filter(organisation=asked.organisation_id, state="done").exclude(pk=asked.pk)
    results = rows.order_by("done_at", "pk").values_list("period", "result")
    return [
        table
        for period, result in results
        for table in result.get("tables", ())
        if period[:4] == asked.period[:4] or table["kind"] == "stock"
    ]


def filled_report(report: Report, *, donor: bool, language: str) -> Filled:
    """The form: as protected for who asked for it (`donor`), or as counted, for the organisation's own eyes."""
    return fill(parse_layout(report.layout), OwnSource(report, donor=donor, language=language), language)


class _Source:
    """What sources share: numbers from tables, words in a language, when and where."""

    period: Period
    language: str
    made_on: dt.date
    table: Callable[[Need], Counted | None]

    @cached_property
    def numbers(self) -> Numbers:
        return Numbers(self.table)

    def told(self, figure: Figure) -> Told:
        return self.numbers.told(figure)

    def words(self, dimension: str, figures: list[Figure]) -> list[str]:
        found = self.numbers.words(dimension, figures)
        return sorted(found, key=lambda word: place_of(dimension, word))

    @cached_property
    def _regions(self) -> dict[str, str]:
        return {}

    def label(self, dimension: str, word: str) -> str:
        if dimension == "area":
            if word not in self._regions:  # a country's regions in one query
                self._regions.update({word: ""} | region_names(word[:2], self.language))
            return self._regions[word] or word_of(dimension, word, self.language)
        return word_of(dimension, word, self.language)

    def say(self, what: str, figure: Figure | None = None) -> str:
        if what == "period":
            return period_words(self.period)
        if what == "made_on":
            return format_date(self.made_on, "j. n. Y")
        if what in ("unit", "source") and figure is not None and figure.code not in TOLD_MONTHS:
            indicator = definition(figure.code)
            return unit_word(indicator.unit or "") if what == "unit" else f"{indicator.code} v{indicator.version}"
        return ""


class OwnSource(_Source):
    """The tables of one of an organisation's filled forms."""

    def __init__(self, report: Report, *, donor: bool, language: str):
        self.report, self.donor, self.language = report, donor, language
        self.period, self.made_on = Period.read(report.period), timezone.localdate(report.done_at)

    def say(self, what, figure=None):
        if what in ("organisation", "place"):
            organisation = self.report.organisation
            return organisation.name if what == "organisation" else country_name(organisation.country, self.language)
        return super().say(what, figure)

    def table(self, need):
        if need.code in TOLD_MONTHS:
            return _told_month(self.report.result.get("months", ()), need)
        found = [each for each in self.report.result["tables"] if _holds(each["by"], each["no_total"], need, each)]
        best = min(found, key=lambda each: len(each["by"]), default=None)
        if best is None or (self.donor and best["note"] == "overlaps"):
            return None
        at = [best["by"].index(name) for name in need.by]
        cells = {}
        for key, counted, told, qualifier, _known in best["cells"]:
            if all(word == ALL for n, word in enumerate(key) if n not in at):
                value = told if self.donor and not best["note"] else None if self.donor else counted
                cells[tuple(key[n] for n in at)] = (value, qualifier)
        if self.donor and best["note"]:
            cells = _Hidden(cells)
        return Counted(need, best["unit"], cells, self._note(need))

    def _note(self, need: Need) -> dict:
        fingerprints = self.report.result["fingerprints"]
        return _definition(need) | {
            "fingerprint": fingerprints["work" if definition(need.code).of_work else "facts"],
            "protected": self.donor,
        }


class _Hidden(dict):
    """Cells of a table of which nothing is told: what is not there is hidden, too."""

    def get(self, key, default=None):
        return super().get(key, (None, "exact"))


def _holds(by, no_total, need: Need, table: Mapping) -> bool:
    """Whether a kept table has the numbers of a need: itself, or as its totals."""
    rest = set(by) - set(need.by)
    return table["code"] == need.code and set(need.by) <= set(by) and not rest & set(no_total)


def _definition(need: Need) -> dict:
    indicator = definition(need.code)
    return {
        "code": indicator.code, "version": indicator.version, "definition": indicator.fingerprint,
        "title": dict(indicator.title), "rule": dict(indicator.counting_rule), "limits": dict(indicator.limits),
        "by": list(need.by),
    }  # fmt: skip


def _told_month(months: list, need: Need) -> Counted | None:
    """What was told of a month on written request, added where several programmes told it."""
    name = need.by[0] if need.by else ""
    tables = [
        table for month in months for table in month["tables"]
        if table["measure"] == need.code and (not name or table["dimensions"] == [name])
    ]  # fmt: skip
    tables = tables if name else tables[: len(months)] and [
        next(table for table in month["tables"] if table["measure"] == need.code) for month in months
    ]  # fmt: skip
    if not tables:
        return None
    cells: dict = {}
    for table in tables:
        for cell in table["cells"]:
            word = cell[table["dimensions"][0]]
            if name or word == ALL:
                key, known = (word,) if name else (), cells.get((word,) if name else (), (0, "exact"))[0]
                lost = cell["value"] is None or known is None
                cells[key] = (None if lost else known + cell["value"], "exact")
    return Counted(need, tables[0]["unit"], cells, {"code": need.code, "told_month": True, "by": list(need.by)})


def period_words(period: Period) -> str:
    """ "April 2020", "April 2020 – June 2020", "2020" in the language in force."""
    if period.length == 12 and period.start[1] == 1:
        return f"{period.start[0]}"
    months = [format_date(dt.date(*each, 1), "F Y") for each in (period.start, period.end)]
    return months[0] if period.length == 1 else " – ".join(months)


# --- A country's, from releases -----------------------------------------------------------------------------


def require_network_forms(viewer: Viewer) -> None:
    """The door to forms filled from releases: who works for the network."""
    if not network_grant(viewer, Permission.SEE_ORGANISATION):
        raise NotFound(NOT_HERE)


def network_places(viewer: Viewer) -> dict[str, list[int]]:
    """{country: years with figures in force} that forms can be filled for."""
    require_network_forms(viewer)
    return released_countries()


def network_form(viewer: Viewer, form: str, country: str, year: int, language: str) -> Filled:
    """A form filled from the figures in force of a country and year; NotFound where there are none."""
    require_network_forms(viewer)
    layout = find_layout(form)
    if "network" not in layout.who or "year" not in layout.periods:
        raise NotFound(_GONE)
    documents = country_documents(country, year)
    if not documents:
        raise NotFound(gettext_noop("No figures of this country and year are in force. Choose another year."))
    return fill(layout, ReleaseSource(documents, country, year, language), language)


class ReleaseSource(_Source):
    """The figures in force of a country and year. What is not among the public tables is not known here."""

    def __init__(self, documents: Mapping, country: str, year: int, language: str):
        self.documents, self.country, self.language = documents, country, language
        self.period = Period.read(str(year))
        self.made_on = max(timezone.localdate(shown.released_at) for shown in documents.values())

    def say(self, what, figure=None):
        if what == "place":
            return country_name(self.country, self.language)
        if what == "organisation":
            return _("All member organisations together")
        return super().say(what, figure)

    def table(self, need):
        for shown in sorted(self.documents.values(), key=lambda each: len(each.document["breakdown"])):
            document = shown.document
            rest = set(document["breakdown"]) - set(need.by)
            if document["indicator"]["code"] != need.code or not set(need.by) <= set(document["breakdown"]):
                continue
            cells = {
                tuple(cell[name] for name in need.by): (cell["value"], cell["qualifier"])
                for cell in document["cells"]
                if all(cell[name] == ALL for name in rest)
            }
            if cells:
                told = document["indicator"]
                note = {
                    "code": told["code"], "version": told["version"], "definition": told["definition_sha256"],
                    "title": told["title"], "by": list(need.by), "protected": True, "release": document["id"],
                    "fingerprint": document["snapshot"]["fingerprint"],
                }  # fmt: skip
                return Counted(need, told["unit"], cells, note)
        return None
