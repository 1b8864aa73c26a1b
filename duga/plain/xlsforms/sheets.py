"""From the bytes of an XLSForm to its sheets of text: xlsx, xls, ods, Markdown tables, CSV with sheet names."""

import csv
import io
import re

from duga.plain.errors import Unreadable
from duga.plain.errors import gettext_noop as _
from duga.plain.tables import containers, workbooks
from duga.plain.tables.delimited import decode
from duga.plain.xlsforms.findings import Faulty, Finding, letters

MOST_BYTES = 5 * 2**20
#: Rows of one sheet; longer lists of choices belong into an attached CSV, where phones search them fast.
MOST_ROWS = {"survey": 3_000, "choices": 6_000, "external_choices": 20_000}
MOST_ROWS_ELSE = 1_000
MOST_COLUMNS = 300
MOST_LETTERS = 20_000  #: of one cell
#: The sheets of an XLSForm; others (notes, a read-me) stay out.
KNOWN = ("survey", "choices", "settings", "external_choices", "entities", "osm", "cascades")

_LARGE = _("The file is larger than %(limit)s MB. A form holds words only: remove pictures and other sheets.")
_ROWS = _(
    "The sheet has %(rows)s rows, of at most %(most)s. Put long lists into a CSV file, attach it to the form and ask "
    "with select_one_from_file; split what is asked over several forms."
)
_COLUMNS = _("The sheet has %(columns)s columns, of at most %(most)s. Delete those that are not needed.")
_LETTERS = _("This cell holds %(letters)s letters, of at most %(most)s. Shorten it.")
_TWICE = _("The heading “%(heading)s” stands twice. Rename or delete one of the columns.")
_NO_FORM = _(
    "This is no XLSForm: it has no sheet called survey with the columns type and name. Send the form itself "
    "(.xlsx, .xls, .ods or .md), or an XForm (.xml)."
)
_SHEETS = _("There is no sheet called survey. Its sheets are: %(sheets)s. Rename the one with the questions.")
_NOT_TEXT = _(
    "The letters of this file are damaged, or in an encoding that is not known. Save it as UTF-8, or as .xlsx."
)


def read_sheets(data: bytes, name: str) -> dict[str, list[list[str]]]:
    """{sheet: rows of texts, the heading first}; Faulty or Unreadable where this is no XLSForm."""
    if len(data) > MOST_BYTES:
        raise Unreadable(_LARGE, limit=MOST_BYTES // 2**20)
    kind = containers.identify(data)
    if kind == "text":
        raw = _text_sheets(data, name)
    else:
        grids = workbooks.read_workbook(data, kind, hidden=True)
        raw = {grid.name: [[_cell(cell) for cell in row] for row in grid.rows] for grid in grids}
    found = {sheet: _trimmed(rows) for sheet, rows in raw.items()}
    found = {sheet: rows for sheet, rows in found.items() if rows}
    known = {sheet: rows for sheet, rows in found.items() if sheet.strip().lower() in KNOWN}
    if len(found) == 1 and not known:
        known = found  # the only sheet is the survey, whatever it is called
    _check(known, [] if kind == "text" else list(found))
    return known


def _cell(value) -> str:
    """A cell as XLSForm's converters read it: no spaces around, whole numbers without a point, TRUE and FALSE."""
    if value is None:
        return ""
    if value is True or value is False:
        return str(value).upper()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).replace("\u00a0", " ").strip()


def _trimmed(rows):
    rows = [row[: max((at + 1 for at, cell in enumerate(row) if cell), default=0)] for row in rows]
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _text_sheets(data, name):
    try:
        text = decode(data)
    except Unreadable:
        raise Unreadable(_NOT_TEXT) from None
    lines = text.splitlines()
    if any(re.match(r"\s*\|.*\|\s*$", line) for line in lines):
        rows = [_markdown(line) for line in lines if line.strip().startswith("|")]
        rows = [
            row for row in rows if not all(re.fullmatch(r":?-{3,}:?", cell) or not cell for cell in row) or not any(row)
        ]
    else:
        try:
            rows = list(csv.reader(io.StringIO(text), strict=False))
        except csv.Error:
            raise Unreadable(_NO_FORM) from None
    return _split(rows)


def _markdown(line):
    """The cells of a line of a Markdown table; \\| is a bar inside a cell."""
    inner = line.strip()[1:]
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    return [cell.replace("\\|", "|").strip() for cell in re.split(r"(?<!\\)\|", inner)]


def _split(rows):
    """Sheets that stand one below the other, each begun by its name in the first column."""
    found, current = {}, None
    for row in rows:
        name = row[0].strip() if row else ""
        if name:
            current = found.setdefault(name, [])
        rest = [_cell(cell) for cell in row[1:]]
        if current is not None and any(rest):
            current.append(rest)
    return found


def _check(sheets, titles):
    lower = {name.strip().lower(): rows for name, rows in sheets.items()}
    if "survey" not in lower and len(sheets) != 1:
        if titles:
            raise Unreadable(_SHEETS, sheets=", ".join(titles))
        raise Faulty(Finding(_NO_FORM, row=1, cell="A1"))
    survey = lower.get("survey") or next(iter(sheets.values()))
    headings = {str(cell).strip().lower() for cell in survey[0]}
    if not headings & {"type", "command"}:
        raise Faulty(Finding(_NO_FORM, sheet=next((name for name in sheets if sheets[name] is survey), ""), row=1))
    problems = []
    for name, rows in sheets.items():
        most = MOST_ROWS.get(name.lower(), MOST_ROWS_ELSE)
        if len(rows) - 1 > most:
            problems.append(Finding(_ROWS, {"rows": len(rows) - 1, "most": most}, sheet=name, row=most + 2))
        width = max(map(len, rows))
        if width > MOST_COLUMNS:
            problems.append(Finding(_COLUMNS, {"columns": width, "most": MOST_COLUMNS}, sheet=name, row=1))
        problems += _headings(name, rows[0])
        for number, row in enumerate(rows, start=1):
            problems += [
                Finding(
                    _LETTERS, {"letters": len(cell), "most": MOST_LETTERS}, sheet=name, row=number,
                    cell=f"{letters(at)}{number}",
                )
                for at, cell in enumerate(row) if len(cell) > MOST_LETTERS
            ]  # fmt: skip
    if problems:
        raise Faulty(*problems)


def _headings(sheet, headings):
    seen = set()
    for at, heading in enumerate(headings):
        if heading and heading in seen:
            yield Finding(_TWICE, {"heading": heading}, sheet=sheet, row=1, column=heading, cell=f"{letters(at)}1")
        seen.add(heading)
