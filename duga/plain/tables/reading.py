"""From the bytes of a file to its tables."""

from duga.plain.errors import Unreadable, gettext_noop
from duga.plain.tables import containers, delimited, limits, workbooks
from duga.plain.tables.model import SheetTable
from duga.plain.tables.shaping import shape

NO_TABLE = gettext_noop(
    "No table was found in this file. A table has one row with the names of its columns and the records below it: "
    "add that row, or send the right file."
)
NO_ROWS = gettext_noop("The table “%(sheet)s” has a header but no rows below it. Is the right file or sheet chosen?")


def read_tables(data: bytes, name: str = "") -> list[SheetTable]:
    """Return the tables of a spreadsheet: one a sheet, sheets without any left out.

    `data` is the file as sent: xlsx, xls, ods, or text with delimiters in UTF-8, UTF-16, Windows-1250 or
    Windows-1251. What it is is seen from the bytes; `name` only names the sheet of a text file. Raises
    `Unreadable`, saying what to send instead, for anything else and for files that are damaged, protected,
    hold macros, or are built to exhaust the machine.
    """
    kind = containers.identify(data)
    if kind == "text":
        grids = [_text(data, name)]
    else:
        grids = workbooks.read_workbook(data, kind)
    tables = [table for grid in grids if (table := shape(grid))]
    if not tables:
        raise Unreadable(NO_TABLE)
    return tables


def _text(data, name):
    """The grid of a text file; what is called a workbook and is neither that nor text is a damaged one."""
    try:
        return delimited.read_delimited(data, name.rsplit("/", 1)[-1].rsplit(".", 1)[0] or "1")
    except Unreadable as error:
        if error.message == delimited.NOT_TEXT and name.lower().endswith((".xlsx", ".xls", ".ods")):
            raise Unreadable(limits.DAMAGED) from None
        raise


def best_table(tables: list[SheetTable]) -> SheetTable:
    """Return the table with the most records (by cells filled); raises `Unreadable` when none has any."""
    best = max(tables, key=lambda table: len(table.rows) * max(len(table.columns), 1))
    if not best.rows:
        raise Unreadable(NO_ROWS, sheet=best.name)
    return best
