"""Small values that components draw: columns, cells, marks."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """A table's column: its heading, and whether it holds numbers (which stand at the end, in figures of one width)."""

    label: str
    numeric: bool = False


@dataclass(frozen=True)
class Cell:
    """A cell that is more than text: a link, a hidden number, a badge.

    `value` is text or a number; `hidden` says that protection hid it (then `value` is ignored and never shown).
    """

    value: object = ""
    url: str = ""
    hidden: bool = False
    badge: str = ""  #: good, warn, bad, accent or plain
    unit: str = ""
    qualifier: str = ""


#: A number that protection hid, for tables and figures.
HIDDEN = Cell(hidden=True)


@dataclass(frozen=True)
class Row:
    """A table's row; `total` rows stand out."""

    cells: tuple
    total: bool = False


#: Shown as "unknown": never as nought.
UNKNOWN = Cell(value=None)
