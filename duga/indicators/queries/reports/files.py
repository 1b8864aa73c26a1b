"""A filled form as a workbook, cell by cell, and as a paper. The same form gives the same bytes."""

import datetime as dt
import io
import re
import zipfile

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from duga.indicators.models import Report
from duga.indicators.queries.reports import filled_report
from duga.indicators.queries.reports.words import unit_word
from duga.indicators.rules.reports import Counted, Filled, FilledPart, Told
from duga.places.rules.codes import pick
from duga.plain.errors import gettext_noop
from duga.plain.papers import Facts, Heading, Paper, Rows, Text, pdf
from duga.plain.tables import safe_cell

#: Every file bears this moment, so that the same form gives the same bytes whenever it is taken.
STILL = dt.datetime(2000, 1, 1)


def told_words(told: Told) -> str:
    """A number in words for a text or a paper: 1,240; what is hidden or not known says so."""
    if told.status == "hidden":
        return _("small, or hidden to protect a small one")
    if told.status == "unknown":
        return _("not known here")
    number = number_format(told.value, use_l10n=True, force_grouping=True)
    words = {"about": _("about %(n)s"), "at_least": _("at least %(n)s"), "at_most": _("at most %(n)s")}
    return words[told.qualifier] % {"n": number} if told.qualifier in words else number


def cell_words(cell) -> str:
    """A cell in words, whatever it is."""
    return told_words(cell) if isinstance(cell, Told) else str(cell)


def method_rows(filled: Filled, language: str) -> list[list[str]]:
    """For each table that the numbers rest on: title, how it goes, definition and version, unit, protection, and the
    fingerprint of what was counted (or the release it is)."""
    return [_method(table, language) for table in filled.tables]


METHOD_HEADS = (
    gettext_noop("Number"), gettext_noop("Broken down by"), gettext_noop("Definition"), gettext_noop("Counted in"),
    gettext_noop("Protection"), gettext_noop("Rests on"),
)  # fmt: skip


def _method(table: Counted, language: str) -> list[str]:
    note = table.note
    if note.get("told_month"):
        return [
            _(MONTH_TITLES[note["code"]]), ", ".join(note["by"]) or "–", note["code"], unit_word(table.unit),
            _("protected when it was told"), _("months told on written request"),
        ]  # fmt: skip
    protection = _("small numbers hidden, and others that would give them away")
    return [
        pick(dict(note["title"]), language), ", ".join(note["by"]) or "–",
        f"{note['code']} v{note['version']} ({note['definition'][:12]})", unit_word(table.unit),
        protection if note["protected"] else _("none: internal, not for publication"),
        _("release %(id)s, snapshot %(fingerprint)s") % {
            "id": note["release"], "fingerprint": note["fingerprint"][:16]
        } if note.get("release") else _("records with fingerprint %(fingerprint)s") % {
            "fingerprint": note["fingerprint"][:16]
        },
    ]  # fmt: skip


MONTH_TITLES = {
    "helpline_calls": gettext_noop("Calls to the helpline"),
    "helpline_services": gettext_noop("Services given in calls"),
}


# --- Workbook ---------------------------------------------------------------------------------------------


def workbook(filled: Filled, language: str) -> bytes:
    """The form on one sheet, each part where the layout says or below the one before; the method on a second."""
    import openpyxl
    from openpyxl.styles import Font

    with override(language):
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.title = _("Form")[:31]
        sheet["A1"] = safe_cell(filled.title)
        sheet["A1"].font = Font(bold=True, size=14)
        row = 3
        for part in filled.parts:
            row = _placed(sheet, part, row, Font(bold=True))
        for letter, width in zip("ABCDEFGHIJ", (38, *([18] * 9)), strict=True):
            sheet.column_dimensions[letter].width = width
        method = book.create_sheet(_("Method")[:31])
        method.append([safe_cell(_(head)) for head in METHOD_HEADS])
        for line in [*method_rows(filled, language), [], [_form_line(filled)], [filled.layout.source]]:
            method.append([safe_cell(each) for each in line])
        return _still(book)


def _form_line(filled: Filled) -> str:
    layout = filled.layout
    return _("Form %(code)s, version %(version)s (%(fingerprint)s)") % {
        "code": layout.code, "version": layout.version, "fingerprint": layout.fingerprint[:12],
    }  # fmt: skip


def _placed(sheet, part: FilledPart, row: int, bold) -> int:
    """Writes a part from its own cell or from the next free row; gives the row after it and a blank one."""
    from openpyxl.utils.cell import column_index_from_string, coordinate_from_string

    column = 1
    if part.at:
        letters, row = coordinate_from_string(part.at)
        column = column_index_from_string(letters)
    lines = [([part.title], True)] if part.title else []
    lines += [(part.heads, True)] if part.heads else []
    lines += [(cells, part.total and n == len(part.rows)) for n, cells in enumerate(part.rows, start=1)]
    lines += [(["".join(map(cell_words, part.text))], False)] if part.text else []
    for cells, strong in lines:
        for n, cell in enumerate(cells):
            place = sheet.cell(row, column + n, _value(cell))
            if strong:
                place.font = bold
        row += 1
    return row + 1


def _value(cell):
    """A cell as a spreadsheet holds it: a number, or words that no program runs."""
    if isinstance(cell, Told) and cell.status == "shown" and cell.qualifier == "exact":
        return float(cell.value) if not isinstance(cell.value, int) else cell.value
    return safe_cell(cell_words(cell))


def _still(book) -> bytes:
    """The workbook's bytes without the moment of writing: openpyxl and zip files put the clock into them."""
    book.properties.created = book.properties.modified = STILL
    book.properties.creator = "Duga"
    out, still = io.BytesIO(), io.BytesIO()
    book.save(out)
    with zipfile.ZipFile(out) as read, zipfile.ZipFile(still, "w", zipfile.ZIP_DEFLATED) as write:
        for name in read.namelist():
            data = read.read(name)
            if name == "docProps/core.xml":
                data = _still_properties(data)
            write.writestr(zipfile.ZipInfo(name, STILL.timetuple()[:6]), data, zipfile.ZIP_DEFLATED)
    return still.getvalue()


def _still_properties(data: bytes) -> bytes:
    moment = f"{STILL:%Y-%m-%dT%H:%M:%SZ}".encode()
    return re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + moment, data)


# --- Paper ------------------------------------------------------------------------------------------------


def paper(filled: Filled, language: str) -> bytes:
    """The form as PDF/UA."""
    with override(language):
        blocks: list = []
        for part in filled.parts:
            blocks += [Heading(part.title)] if part.title else []
            if part.text:
                blocks.append(Text("".join(map(cell_words, part.text))))
            elif part.facts:
                blocks.append(Facts([(str(name), cell_words(cell) or "…………") for name, cell in part.rows]))
            else:
                blocks.append(Rows(part.heads, [[cell_words(cell) for cell in row] for row in part.rows]))
        blocks += [Heading(_("How these numbers were made"))]
        blocks += [Text(" · ".join(line)) for line in method_rows(filled, language)]
        blocks += [Text(filled.layout.source), Text(_form_line(filled))]
        return pdf(Paper(filled.title, language, blocks, foot=filled.title))


FILES = {"xlsx": workbook, "pdf": paper}


def file_of(report: Report, kind: str, *, donor: bool, language: str) -> bytes:
    """An organisation's filled form as a file; its own numbers as counted say that they are internal."""
    with override(language):
        filled = filled_report(report, donor=donor, language=language)
        if not donor:
            filled.parts.append(
                FilledPart("", "", text=[_("Internal: not for publication. Small numbers may point to people.")])
            )
    return FILES[kind](filled, language)
