"""Reads published figures: a CSV with the columns of `COLUMNS`, or a report's text with its figures marked."""

import re
from pathlib import Path

from duga.evidence.figures import marks
from duga.evidence.figures.model import Figure
from duga.plain.errors import NotFound, Unreadable, gettext_noop
from duga.plain.tables.model import cell_text
from duga.plain.text import fold

COLUMNS = ("id", "claim", "value", "qualifier", "unit", "place", "period", "source", "relation")
"""The columns of a file of figures; `id` and `value` must be there, columns of other names are passed over."""

_ALSO = {"code": "id"}
"""Other names under which a column is known."""

NO_FILE = gettext_noop("There is no file %(path)s.")
NO_COLUMNS = gettext_noop(
    "The table has no column %(missing)s. Needed are id and value; known also: %(known)s. Found: %(found)s."
)
TWO_COLUMNS = gettext_noop("The table has two columns %(name)s. Leave one.")
NO_FIGURES = gettext_noop(
    "There are no figures in this: no row below the header, and no mark in the text. A mark stands around a figure: "
    "[[id: value unit place period]], for example [[calls: 302 contact ME 2015-10]]."
)

_LARGEST = 25 * 2**20


def read(path: str | Path) -> list[Figure]:
    """Reads a file of figures, CSV or text with marks, in UTF-8, UTF-16, Windows-1250 or Windows-1251.

    A value that cannot be read stays in its figure as it is; `check` makes a finding of it and checks the others.
    """
    path = Path(path)
    if not path.is_file():
        raise NotFound(NO_FILE, path=path)
    if path.stat().st_size > _LARGEST:
        raise Unreadable(gettext_noop("The file is larger than 25 MB. Split it."))
    return read_bytes(path.read_bytes(), path.name)


def read_bytes(data: bytes, name: str = "") -> list[Figure]:
    """Reads the bytes of a file: text in any encoding `read` knows, or a workbook whose sheet has the columns."""
    from duga.plain.tables import containers, workbooks
    from duga.plain.tables.delimited import decode

    kind = containers.identify(data)
    if kind == "text":
        return read_text(decode(data), name)
    sheets = [grid.rows for grid in workbooks.read_workbook(data, kind)]
    fitting = [rows for rows in sheets if {"id", "value"} <= {_named(cell) for row in rows[:20] for cell in row}]
    figures = _rows((fitting or sheets)[0]) if sheets else []
    if not figures:
        raise Unreadable(NO_FIGURES)
    return figures


def read_text(text: str, name: str = "") -> list[Figure]:
    """Reads text, pasted or from a file: a table if its first line is a header with id and value, else marked text."""
    from duga.plain.tables.delimited import read_delimited

    first = next((line for line in text.splitlines() if line.strip()), "")
    heads = {_named(each) for each in re.split(r"[;,\t|]", first)}
    if not {"id", "value"} <= heads and (marks.OPEN.search(text) or Path(name).suffix.lower() in (".txt", ".md")):
        figures = marks.read_marks(text, name)
    else:
        figures = _rows(read_delimited(text.encode(), name).rows)
    if not figures:
        raise Unreadable(NO_FIGURES)
    return figures


def _named(cell: object) -> str:
    """The column a header means."""
    head = fold(str(cell or "")).strip(" \"'*")
    return _ALSO.get(head, head)


def _rows(rows: list[list]) -> list[Figure]:
    """Figures of a table; row numbers are those a spreadsheet program shows. The header may stand below a title."""
    filled = [number for number, row in enumerate(rows) if any(_text(cell) for cell in row)]
    if not filled:
        raise Unreadable(NO_FIGURES)
    named = (number for number in filled[:20] if {"id", "value"} <= {_named(cell) for cell in rows[number]})
    header = next(named, filled[0])
    heads = [_named(cell) for cell in rows[header]]
    missing = [name for name in ("id", "value") if name not in heads]
    if missing:
        found = ", ".join(head for head in heads if head)[:200] or "-"
        raise Unreadable(NO_COLUMNS, missing=", ".join(missing), known=", ".join(COLUMNS), found=found)
    for name in COLUMNS:
        if heads.count(name) > 1:
            raise Unreadable(TWO_COLUMNS, name=name)
    places = {name: heads.index(name) for name in COLUMNS if name in heads}
    figures = []
    for number, row in enumerate(rows[header + 1 :], header + 2):
        row = _rejoined(row, places.get("relation"), len(heads))
        cells = {name: row[place] if place < len(row) else "" for name, place in places.items()}
        if any(_text(cell) for cell in cells.values()):
            told = {name: _text(cell) for name, cell in cells.items()}
            if isinstance(cells["value"], (int, float)):
                told["value"] = cells["value"]  # a number of a workbook is no print
            figures.append(Figure(**told, row=number))
    return figures


def _text(cell: object) -> str:
    return "" if cell is None else cell_text(cell)


def _rejoined(row: list, relation: int | None, width: int) -> list:
    """A row whose relation was written without quotation marks, sum(2,3): its commas cut it into cells."""
    while relation is not None and len(row) > max(width, relation + 1):
        told = _text(row[relation])
        if told.count("(") <= told.count(")"):
            break
        row = [*row[:relation], f"{told},{_text(row[relation + 1])}", *row[relation + 2 :]]
    return row
