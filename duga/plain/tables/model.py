"""The shapes in which a spreadsheet reaches the rest of the house."""

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from decimal import Decimal

from duga.plain.text import fold


@dataclass(frozen=True)
class Note:
    """Something that was done to a sheet while reading it: `message` (gettext id) and `params`."""

    message: str
    params: dict = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One record of a sheet. `number` is the row number the user sees in the file, from 1.

    `cells` stand in the order of the table's columns; each is None (empty), text, int, float, bool,
    date, datetime, time or timedelta.
    """

    number: int
    cells: list


@dataclass
class SheetTable:
    """One sheet, freed from titles, sum rows and empty columns.

    `columns` are the headers (all different, never empty), `positions` the column of the file each stands
    in (from 0), `header` the row numbers of the header (from 1), `notes` what was left out and why.
    """

    name: str
    columns: list[str]
    rows: list[SourceRow]
    positions: list[int] = field(default_factory=list)
    header: tuple[int, ...] = ()
    notes: list[Note] = field(default_factory=list)

    def letter(self, index: int) -> str:
        """Return the letter above a column as spreadsheet programs show it, for example C."""
        return column_letter(self.positions[index] if self.positions else index)

    @property
    def signature(self) -> str:
        """A key of the headers, blind to case, script, order and dates: the same form next month has the same."""
        heads = sorted({fold(column) for column in self.columns})
        return hashlib.sha256("\n".join(heads).encode()).hexdigest()[:32]

    def values(self, index: int):
        """Yield the cells of one column that are not empty, from the top."""
        return (row.cells[index] for row in self.rows if row.cells[index] is not None)


def column_letter(position: int) -> str:
    """Return A for 0, Z for 25, AA for 26."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_text(cell: object) -> str:
    """Return a cell as text, the way its owner would read it; empty text for an empty cell.

    Whole numbers lose the “.0” that spreadsheets add (a document number stays one), dates become
    2020-04-03, other numbers keep a dot.
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(sep=" ", timespec="minutes")
    if isinstance(cell, Decimal):
        return format(cell, "f")
    return str(cell).strip()
