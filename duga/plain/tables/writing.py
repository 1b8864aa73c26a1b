"""Spreadsheets that people get back: no cell of them can act as a formula."""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable
from decimal import Decimal

from duga.plain.tables.grid import looks_like_formula
from duga.plain.tables.model import SheetTable, SourceRow

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_CELL_LIMIT = 32_000  # characters; Excel holds 32,767


def safe_cell(value: object) -> object:
    """Return a cell that no spreadsheet program runs as a formula.

    Text that begins with = + - @ (or their wide forms, or hides them behind spaces, tabs or an apostrophe)
    gets an apostrophe in front, which `read_tables` takes off again. Numbers, dates and truth values stay.
    """
    if not isinstance(value, str):
        return value
    value = _CONTROL.sub("", value)
    return f"'{value}" if looks_like_formula(value) or value.startswith(("\t", "\r")) else value


def write_csv(columns: Iterable[str], rows: Iterable[Iterable]) -> bytes:
    """Return a CSV that Excel opens with its letters intact: UTF-8 with BOM, commas, one line a row."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    for row in (columns, *rows):
        writer.writerow([_as_text(safe_cell(cell)) for cell in row])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _as_text(cell: object) -> object:
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    return "" if cell is None else cell


def write_xlsx(columns: Iterable[str], rows: Iterable[Iterable], *, sheet: str = "1") -> bytes:
    """Return an xlsx of one sheet: a bold header that stays in view, dates as dates, numbers as numbers."""
    import openpyxl
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet(re.sub(r"[\\/*?:\[\]]", " ", sheet)[:31] or "1")
    page.freeze_panes = "A2"
    columns = [str(column) for column in columns]
    for position, column in enumerate(columns, start=1):
        page.column_dimensions[openpyxl.utils.get_column_letter(position)].width = min(max(len(column) + 2, 10), 60)
    head = []
    for column in columns:
        cell = WriteOnlyCell(page, value=_for_excel(column))
        cell.font = Font(bold=True)
        head.append(cell)
    page.append(head)
    for row in rows:
        page.append([_for_excel(cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _for_excel(cell: object) -> object:
    cell = safe_cell(cell)
    if isinstance(cell, str):
        return cell[:_CELL_LIMIT]
    if isinstance(cell, dt.datetime) and cell.tzinfo is not None:
        return cell.replace(tzinfo=None)
    if isinstance(cell, (int, Decimal)) and not isinstance(cell, bool) and len(str(cell)) > 15:
        return str(cell)  # Excel would round it
    if cell is None or isinstance(cell, (bool, int, float, Decimal, dt.date, dt.time, dt.timedelta)):
        return cell
    return safe_cell(str(cell))


def write_rejects(
    table: SheetTable, bad: Iterable[tuple[SourceRow, str]], *, row_label: str, reason_label: str
) -> bytes:
    """Return an xlsx of the rows that were refused, as they came, with their row number and the reason.

    The labels come from the caller, in the reader's language. The columns keep their names, so that the
    mended file is understood as the first one was.
    """
    rows = ([row.number, *row.cells, reason] for row, reason in bad)
    return write_xlsx([row_label, *table.columns, reason_label], rows, sheet=table.name)
