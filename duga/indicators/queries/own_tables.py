"""An organisation's own figures as three tables in words: on screen, as a workbook, as CSV."""

import datetime as dt
import io
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import override

from duga.evidence.model import ALL
from duga.indicators.models import OwnFigures
from duga.indicators.queries.words import word_finder
from duga.places.queries import label
from duga.places.rules.codes import pick
from duga.plain.tables import safe_cell, write_csv
from duga.ui.html import HIDDEN, Cell, Column, Row

MOST_UNITS = 6  # columns beside the months; with more of them the table would no longer be read


@dataclass(frozen=True)
class OwnTable:
    """One table for a donor: its title, what it says of itself, and its cells."""

    title: str
    note: str
    columns: list[Column]
    rows: list[Row]


def own_tables(figures: OwnFigures, *, donor: bool, language: str) -> list[OwnTable]:
    """Persons once; by unit; by month. `donor`: as protected; else as counted, for the organisation's own eyes."""
    which = "donor" if donor else "own"
    tables = figures.result["tables"]
    made = [
        _people(tables["people"], which, language),
        _apart(tables, which, language),
        _units(tables["units"], which, language),
        _months(tables["months"], tables["units"], which, language),
    ]
    return [table for table in made if table.rows]


def has_hidden(tables: list[OwnTable]) -> bool:
    """Whether the legend of hidden numbers is needed."""
    return any(cell is HIDDEN for table in tables for row in table.rows for cell in row.cells)


def total_people(figures: OwnFigures) -> int:
    """How many different people were helped, as counted."""
    cells = figures.result["tables"]["people"]["own"]
    return next((c["value"] for c in cells if c["sex"] == c["age_band"] == ALL), 0)


def period_text(figures: OwnFigures) -> str:
    """ "April 2020 – May 2020" in the language in force."""
    start, _dots, end = figures.period.partition("..")
    months = [format_date(dt.date.fromisoformat(f"{each}-01"), "F Y") for each in (start, end)]
    return months[0] if start == end else " – ".join(months)


def method_lines(figures: OwnFigures, *, donor: bool) -> list[str]:
    """How these numbers were made, in plain sentences that may stand in a report."""
    result = figures.result
    lines = [
        _("Counted with Duga from the records of %(organisation)s, %(period)s, on %(day)s.")
        % {
            "organisation": figures.organisation.name,
            "period": period_text(figures),
            "day": format_date(figures.done_at, "j. n. Y"),
        },
        _(
            "Each person is counted once in every number and in every total, however often she was helped: "
            "totals are not sums of their parts."
        ),
        _(
            "Groups that nobody named, and institutions, are counted apart and never added to people. "
            "Unlike units are never added to one another."
        ),
        _("Records of sealed programmes are not in these numbers."),
    ]  # fmt: skip
    if donor:
        lines.append(
            _(
                "Numbers under %(minimum)s are hidden, and others where they would give those away: "
                "small, or hidden to protect a small one."
            )
            % result
        )  # fmt: skip
    else:
        lines.append(_("Internal: not for publication. Small numbers may point to people."))
    return lines


def _people(table: Mapping, which: str, language: str) -> OwnTable:
    names = word_finder({"breakdown": table["breakdown"], "country": ""}, language)
    cells = {(c["sex"], c["age_band"]): c for c in table[which]}
    sexes = list(dict.fromkeys(key[0] for key in cells))
    bands = list(dict.fromkeys(key[1] for key in cells))
    rows = [
        Row((names("age_band", band), *(_shown(cells.get((sex, band))) for sex in sexes)), total=band == ALL)
        for band in bands
    ]
    columns = [Column(_("Age")), *(Column(names("sex", sex), numeric=True) for sex in sexes)]
    return OwnTable(_("People, each counted once"), _("Different people, by age and sex"), columns, rows)


def _apart(tables: Mapping, which: str, language: str) -> OwnTable:
    """Households, groups, institutions: each its own line, nothing added."""
    rows = []
    households = tables["households"][which][-1:]
    if households and (households[0]["value"] is None or households[0]["value"]):
        rows.append(Row((_("Households helped as a whole"), _shown(households[0]))))
    for other in tables["people"]["beside" if which == "own" else "beside_donor"]:
        if other["value"] is None or other["value"]:
            rows.append(Row((pick(other["title"], language), _shown(other))))
    columns = [Column(_("What")), Column(_("Number"), numeric=True)]
    return OwnTable(_("Counted apart"), _("Never added to people"), columns, rows)


def _units(table: Mapping, which: str, language: str) -> OwnTable:
    rows = [
        Row((label("units", cell["unit"], language), _shown(cell))) for cell in table[which] if cell["month"] == ALL
    ]
    columns = [Column(_("Unit")), Column(_("Quantity"), numeric=True)]
    return OwnTable(
        _("What was delivered, by unit"), _("Quantities of one unit added; unlike units never"), columns, rows
    )


def _months(people: Mapping, units: Mapping, which: str, language: str) -> OwnTable:
    quantities = {(c["unit"], c["month"]): c for c in units[which]}
    by_size = sorted(
        {unit for unit, month in quantities if month != ALL}, key=lambda u: -_size(quantities.get((u, ALL)))
    )
    kept = by_size[:MOST_UNITS]
    rows = []
    for cell in people[which]:
        month = cell["month"]
        words = _("All") if month == ALL else format_date(dt.date.fromisoformat(f"{month}-01"), "F Y")
        rows.append(Row((words, _shown(cell), *(_shown(quantities.get((u, month))) for u in kept)), total=month == ALL))
    columns = [
        Column(_("Month")),
        Column(_("People"), numeric=True),
        *(Column(label("units", unit, language), numeric=True) for unit in kept),
    ]
    return OwnTable(_("Month by month"), _("People once in each month, and quantities by unit"), columns, rows)


def _size(cell) -> float:
    return float(cell["value"] or 0) if cell else 0.0


def _shown(cell: Mapping | None):
    if cell is None:
        return Cell(0)
    if cell["status"] == "hidden":
        return HIDDEN
    return Cell(cell["value"], qualifier="" if cell["qualifier"] == "exact" else cell["qualifier"])


# --- Files -------------------------------------------------------------------------------------------------


def own_workbook(figures: OwnFigures, *, donor: bool, language: str) -> bytes:
    """The tables as an xlsx, one below the other on one sheet, the method beneath them."""
    import openpyxl
    from openpyxl.styles import Font

    with override(language):
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.title = _("Figures")[:31]
        bold, large = Font(bold=True), Font(bold=True, size=14)
        sheet.append([safe_cell(f"{figures.organisation.name}: {period_text(figures)}")])
        sheet.cell(sheet.max_row, 1).font = large
        for table in own_tables(figures, donor=donor, language=language):
            sheet.append([])
            sheet.append([safe_cell(table.title), safe_cell(table.note)])
            sheet.cell(sheet.max_row, 1).font = bold
            sheet.append([safe_cell(column.label) for column in table.columns])
            for place in range(1, len(table.columns) + 1):
                sheet.cell(sheet.max_row, place).font = bold
            for row in table.rows:
                sheet.append([_plain(cell) for cell in row.cells])
        sheet.append([])
        for line in method_lines(figures, donor=donor):
            sheet.append([safe_cell(line)])
        sheet.column_dimensions["A"].width = 34
        for letter in "BCDEFGHI":
            sheet.column_dimensions[letter].width = 16
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()


def own_csv(figures: OwnFigures, *, donor: bool, language: str) -> bytes:
    """The tables in one long CSV: table, row, column, value; a hidden number says so."""
    with override(language):
        rows = [
            [table.title, str(row.cells[0]), column.label, _plain(cell)]
            for table in own_tables(figures, donor=donor, language=language)
            for row in table.rows
            for column, cell in zip(table.columns[1:], row.cells[1:], strict=True)
        ]
        return write_csv([_("Table"), _("Row"), _("Column"), _("Value")], rows)


def _plain(cell):
    """A cell as a spreadsheet holds it: a number, or words."""
    if cell is HIDDEN:
        return _("small, or hidden to protect a small one")
    if not isinstance(cell, Cell):
        return safe_cell(str(cell))
    if not cell.qualifier:
        return cell.value
    words = {"about": _("about %(n)s"), "at_least": _("at least %(n)s"), "at_most": _("at most %(n)s")}
    return words[cell.qualifier] % {"n": cell.value}
