"""A sheet as it stands in the file, before anyone asked what its rows mean."""

import datetime as dt
from dataclasses import dataclass, field


@dataclass
class Grid:
    """`rows` from the first row of the file, all equally long after `squared`.

    `merged` holds ranges as ((top, left), (bottom, right)), both from 0 and inclusive.
    Cells are None (empty), text, int, float, bool, date, datetime, time or timedelta.
    """

    name: str
    rows: list[list]
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)
    visible: bool = True

    def squared(self) -> "Grid":
        width = max(map(len, self.rows), default=0)
        rows = [[_tidy(cell) for cell in row] + [None] * (width - len(row)) for row in self.rows]
        return Grid(self.name, rows, self.merged, self.visible)


_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet program could run this text, spaces and apostrophes in front of it aside."""
    return text.lstrip(" \t\r\n\u00a0'").startswith(_FORMULA_STARTS)


def _tidy(cell: object) -> object:
    """Return None for what looks empty, whole numbers as int, text trimmed."""
    if cell == "" or cell is None:
        return None
    if isinstance(cell, str):
        cell = cell.strip(" \t\r\n\u00a0\ufeff\u200b")
        if cell[:1] == "'" and looks_like_formula(cell):
            cell = cell[1:].strip()  # the mark that `safe_cell` puts before what could be a formula
        return cell or None
    if isinstance(cell, float):
        if cell != cell or cell in (float("inf"), float("-inf")):
            return None
        return int(cell) if cell.is_integer() and abs(cell) < 1e15 else cell
    if isinstance(cell, dt.datetime) and cell.tzinfo is not None:
        return cell.replace(tzinfo=None)
    return cell
