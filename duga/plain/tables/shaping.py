"""Finds the table in a sheet: the header under titles, merged header rows, sum rows, footers, empty columns."""

import datetime as dt
import re
from collections import Counter
from functools import lru_cache
from statistics import median

from duga.plain.dates import read_date
from duga.plain.errors import Unreadable, gettext_noop
from duga.plain.numbers import read_number
from duga.plain.tables import limits
from duga.plain.tables.grid import Grid
from duga.plain.tables.model import Note, SheetTable, SourceRow, cell_text, column_letter
from duga.plain.text import fold

_LOOK = 40  # rows among which the header is looked for
_BODY = 60  # rows below a candidate that it is judged by

SUM_ROW = gettext_noop("Row %(row)s was left out: it is a sum (“%(text)s”).")
BARE_SUM_ROW = gettext_noop("Row %(row)s was left out: its numbers are the sums of the rows above.")
FOOTER = gettext_noop("Row %(row)s was left out: it stands below the table (“%(text)s”).")
HEADING = gettext_noop("Row %(row)s was left out: it is a heading inside the table (“%(text)s”).")
REPEATED_HEADER = gettext_noop("Row %(row)s was left out: it repeats the header.")
COLUMN_NUMBERS = gettext_noop("Row %(row)s was left out: it only numbers the columns.")
TAGS = gettext_noop("Row %(row)s was left out: it holds tags of the columns.")
TITLES = gettext_noop("The header was found in row %(row)s; what stands above it was left out.")
JOINED_HEADER = gettext_noop("The header takes rows %(first)s to %(last)s; its parts were joined.")
MORE = gettext_noop("%(count)s more rows were left out for the same reasons.")
FILLED = gettext_noop("Merged cells of column “%(column)s” were filled down.")

_SUM_WORDS = re.compile(
    r"(sve ?ukupno|s ?v ?e ?g ?a|u ?k ?u ?p ?n ?o|zbir|zbroj|suma|total|totali|gjithsej|shuma|vkupno|se vkupno|sum"
    r"|grand total|subtotal|meduzbir|nenshuma|σ)\b.{0,40}"
)
_LABEL = 300  # characters of a header
_NOTES_SHOWN = 10  # of one kind


def shape(grid: Grid) -> SheetTable | None:
    """Return the table of a sheet, or None when the sheet holds nothing that looks like one."""
    grid = grid.squared()
    filled = [index for index, row in enumerate(grid.rows) if any(cell is not None for cell in row)]
    if not filled:
        return None
    first, last = _header(grid, filled)
    if first == last and _is_record(grid, first, filled):
        last = first - 1  # nobody wrote a header: the row is the first record, its names are no columns' names
    columns, positions = _columns(grid, first, last, filled)
    if not columns:
        return None
    table = SheetTable(grid.name, columns, [], positions, tuple(range(first + 1, last + 2)))
    if first > filled[0]:
        table.notes.append(Note(TITLES, {"row": first + 1}))
    if last > first:
        table.notes.append(Note(JOINED_HEADER, {"first": first + 1, "last": last + 1}))
    _fill_down(grid, last, table)
    _take_rows(grid, last, table)
    table.notes = _few(table.notes)
    return table


def _few(notes: list[Note]) -> list[Note]:
    """Return the notes with those of one kind cut to the first ones, and a count of the rest."""
    shown, count = [], Counter()
    for note in notes:
        count[note.message] += 1
        if count[note.message] <= _NOTES_SHOWN:
            shown.append(note)
    more = sum(max(number - _NOTES_SHOWN, 0) for number in count.values())
    return [*shown, Note(MORE, {"count": more})] if more else shown


# --- the header ------------------------------------------------------------------------------------


def _header(grid: Grid, filled: list[int]) -> tuple[int, int]:
    """Return the first and last row (from 0) of the header."""
    rows = grid.rows
    candidates = filled[:_LOOK]
    best = max(candidates, key=lambda index: (_header_score(rows, index, filled), -index))
    best = next(index for index in candidates if rows[index] == rows[best])  # printed lists repeat it on each page
    first = last = best
    body = [rows[index] for index in filled if index > best][:_BODY]
    while (below := _next(filled, last)) is not None and _continues(grid, last, below, body[1:]):
        last = below
        body = body[1:]
    while (above := _previous(filled, first)) is not None and above == first - 1 and _groups(grid, above, first):
        first = above
    return first, last


def _is_record(grid: Grid, index: int, filled: list[int]) -> bool:
    """Whether the row taken for a header is a record itself: a day stands in it where the rows below have days."""
    below = [grid.rows[other] for other in filled if other > index][:_BODY]
    for position, cell in enumerate(grid.rows[index]):
        values = [row[position] for row in below if row[position] is not None]
        if _is_day(cell) and values and sum(map(_is_day, values)) > 0.8 * len(values):
            return True
    return False


def _is_day(cell: object) -> bool:
    if not isinstance(cell, str):
        return isinstance(cell, dt.date)
    if len(re.findall(r"\d+", cell)) < 3 or len(cell) > 40:
        return False
    try:
        read_date(cell)
    except Unreadable:
        return False
    return True


def _header_score(rows: list[list], index: int, filled: list[int]) -> float:
    """Say how much a row looks like a header: text in many different cells, with a fuller body of data below."""
    cells = [cell for cell in rows[index] if cell is not None]
    below = [rows[other] for other in filled if other > index][:_BODY]
    if not below:
        return 0.0 if len(cells) < 2 else 0.1
    widths = [sum(cell is not None for cell in row) for row in below]
    usual = max(median(widths), 1)
    labels = [cell for cell in cells if _is_label(cell)]
    different = len({fold(cell) for cell in labels})
    share = different / max(len(cells), 1)
    coverage = min(different / usual, 1.0)
    short = sum(len(label) <= 60 for label in labels) / max(len(labels), 1)
    contrast = _contrast(rows[index], below)
    covers = sum(cell is not None for cell in rows[index])
    orphan = sum(
        cell is None and sum(row[position] is not None for row in below) > len(below) / 2
        for position, cell in enumerate(rows[index])
    )
    fullness = [sum(cell is not None for cell in rows[other]) for other in filled if other < index]
    records_above = sum(width >= 2 and width > usual / 2 for width in fullness)  # titles are narrower
    prior = 0.6 ** min(records_above, 20)
    return share * (0.5 + 0.5 * short) * coverage * (1 + contrast) * covers / (covers + orphan) * prior


def _is_label(cell: object) -> bool:
    return isinstance(cell, str) and not _is_data(cell)


def _is_data(cell: object) -> bool:
    """Whether a cell holds a number or a date rather than words."""
    if not isinstance(cell, str):
        return cell is not None
    return len(cell) <= 40 and _reads_as_data(cell)


@lru_cache(maxsize=2048)
def _reads_as_data(text: str) -> bool:
    if not any(letter.isdigit() for letter in text):
        return False
    for read in (read_number, read_date):
        try:
            read(text)
        except Unreadable:
            continue
        return True
    return False


def _contrast(head: list, body: list[list]) -> float:
    """Return the share of the head's columns whose body differs from a label: data, codes, repeated words."""
    differs = counted = 0
    for position, label in enumerate(head):
        values = [row[position] for row in body[:20] if row[position] is not None]
        if label is None or not values:
            continue
        counted += 1
        data = sum(map(_is_data, values)) / len(values)
        repeated = 1 - len({fold(str(value)) for value in values}) / len(values)
        differs += _is_label(label) and (data > 0.5 or (repeated > 0.3 and label not in values))
    return differs / counted if counted else 0.0


def _next(filled: list[int], index: int) -> int | None:
    return next((other for other in filled if other > index), None)


def _previous(filled: list[int], index: int) -> int | None:
    return next((other for other in reversed(filled) if other < index), None)


def _continues(grid: Grid, head: int, below: int, body: list[list]) -> bool:
    """Whether the row under a header row belongs to the header too."""
    upper, lower = grid.rows[head], grid.rows[below]
    if below != head + 1 or not body or not all(_is_label(cell) for cell in lower if cell is not None):
        return False
    if any(top <= head < bottom and bottom == below for (top, _), (bottom, _) in grid.merged):
        return True
    fills_gap = any(cell is not None and upper[position] is None for position, cell in enumerate(lower))
    in_data = blank_where_full = 0
    for position, cell in enumerate(lower):
        values = [row[position] for row in body if row[position] is not None]
        if cell is not None and values and sum(map(_is_data, values)) > 0.6 * len(values):
            in_data += 1
        if cell is None and upper[position] is not None and len(values) > 0.9 * len(body):
            blank_where_full += 1
    return in_data > 0 and (fills_gap or blank_where_full > 0) or (fills_gap and blank_where_full > 0)


def _groups(grid: Grid, above: int, head: int) -> bool:
    """Whether the row above a header row holds names of groups of its columns (and no title)."""
    upper, lower = grid.rows[above], grid.rows[head]
    labels = [position for position, cell in enumerate(upper) if cell is not None]
    if len(labels) < 2 or not all(_is_label(upper[position]) for position in labels):
        return False
    if any(top <= above and bottom >= head for (top, _), (bottom, _) in grid.merged):
        return True
    ranges = [(left, right) for (top, left), (bottom, right) in grid.merged if top == above and right > left]
    under = sum(lower[position] is not None for position in labels)
    if ranges:
        return under >= len(labels) / 2
    # Without merged ranges (CSV, ODS): several short labels, with gaps that the row below fills.
    gaps = sum(upper[position] is None and cell is not None for position, cell in enumerate(lower))
    short = all(len(str(upper[position])) <= 40 for position in labels)
    no_title = not any(re.search(r"[:\d]|\d{4}", str(upper[position])) for position in labels)
    beneath = grid.rows[head + 1 : head + 1 + _BODY]
    in_use = all(any(row[position] is not None for row in beneath) for position in labels)
    return gaps > 0 and under >= len(labels) / 2 and in_use and short and no_title


def _columns(grid: Grid, first: int, last: int, filled: list[int]) -> tuple[list[str], list[int]]:
    """Return the joined headers of the columns that hold anything, and where these columns stand."""
    body = [grid.rows[index] for index in filled if index > last]
    parts = _header_parts(grid, first, last)
    columns, positions = [], []
    for position, labels in enumerate(parts):
        if not any(row[position] is not None for row in body) and (not labels or len(body) == 0 and not labels):
            continue
        label = " / ".join(dict.fromkeys(labels)) or f"[{column_letter(position)}]"
        name, again = label, 2
        while name in columns:
            name, again = f"{label} ({again})", again + 1
        columns.append(name)
        positions.append(position)
    return columns, positions


def _header_parts(grid: Grid, first: int, last: int) -> list[list[str]]:
    width = len(grid.rows[first])
    parts: list[list[str]] = [[] for _ in range(width)]
    for index in range(first, last + 1):
        row = [_label(cell) for cell in grid.rows[index]]
        for (top, left), (bottom, right) in grid.merged:
            if top <= index <= bottom and left < width:
                source = grid.rows[top][left]
                row[left : right + 1] = [_label(source)] * (min(right, width - 1) - left + 1)
        if index < last and not grid.merged:
            row = _spread(row, grid.rows[index + 1])
        for position, label in enumerate(row):
            if label:
                parts[position].append(label)
    return parts


def _label(cell: object) -> str | None:
    return None if cell is None else " ".join(cell_text(cell)[:_LABEL].split())


def _spread(groups: list, below: list) -> list:
    """Repeat a group's name over the columns to its right that only the row below names."""
    spread, current = [], None
    for label, lower in zip(groups, below, strict=True):
        if label is not None:
            current = label if lower is not None else None
            spread.append(label)
        else:
            spread.append(current if lower is not None else None)
    return spread


# --- the rows --------------------------------------------------------------------------------------


def _fill_down(grid: Grid, last: int, table: SheetTable) -> None:
    """Write the value of a cell merged over several rows into each of them."""
    steps = 0
    for (top, left), (bottom, right) in grid.merged:
        if top <= last or bottom == top or left != right or left not in table.positions:
            continue
        steps += bottom - top
        if steps > limits.MAX_CELLS:  # ranges that lie over one another: nobody made these by hand
            raise Unreadable(limits.BOMB)
        for index in range(top + 1, min(bottom + 1, len(grid.rows))):
            if grid.rows[index][left] is None:
                grid.rows[index][left] = grid.rows[top][left]
        note = Note(FILLED, {"column": table.columns[table.positions.index(left)]})
        if note not in table.notes:
            table.notes.append(note)


def _take_rows(grid: Grid, last: int, table: SheetTable) -> None:
    head = [fold(column.rsplit(" / ", 1)[-1]) for column in table.columns]
    wide = {top: right - left + 1 for (top, left), (_, right) in grid.merged if right > left}
    rows = []
    for index in range(last + 1, len(grid.rows)):
        cells = [grid.rows[index][position] for position in table.positions]
        if any(cell is not None for cell in cells):
            rows.append(SourceRow(index + 1, cells))
    widths = [sum(cell is not None for cell in row.cells) for row in rows]
    usual = median([width for width in widths if width > 1] or [1])
    for order, row in enumerate(rows):
        note = _not_a_record(row, order, head, usual, wide.get(row.number - 1, 0))
        if note:
            table.notes.append(note)
        else:
            table.rows.append(row)
    _drop_footers(table, usual)
    _drop_bare_sum(table, usual)


def _not_a_record(row: SourceRow, order: int, head: list[str], usual: float, merged: int) -> Note | None:
    """Return the note for a row that is no record: column numbers, tags, a repeated header, a sum, a heading."""
    cells = [cell for cell in row.cells if cell is not None]
    text = next((cell for cell in cells if isinstance(cell, str)), "")
    shown = {"row": row.number, "text": text[:60]}
    if order == 0 and len(cells) >= 3 and _only_numbers_columns(cells):
        return Note(COLUMN_NUMBERS, {"row": row.number})
    if order == 0 and all(isinstance(cell, str) and re.fullmatch(r"#[a-z].*", cell) for cell in cells):
        return Note(TAGS, {"row": row.number})
    if len(cells) >= 2 and _repeats(row.cells, head):
        return Note(REPEATED_HEADER, {"row": row.number})
    if any(isinstance(cell, str) and len(cell) <= 80 and _SUM_WORDS.fullmatch(fold(cell)) for cell in cells[:3]):
        others = [cell for cell in cells if cell is not text]
        if len(cells) <= max(usual * 0.6, 2) or all(map(_is_data, others)):
            return Note(SUM_ROW, shown)
    if len(cells) == 1 and usual >= 3 and text and merged >= min(len(head), 3):
        return Note(HEADING, shown)
    return None


def _repeats(cells: list, head: list[str]) -> bool:
    pairs = zip(cells, head, strict=True)
    return all(cell is None or (isinstance(cell, str) and fold(cell) == name) for cell, name in pairs)


def _only_numbers_columns(cells: list) -> bool:
    numbers = [cell_text(cell).strip("().") for cell in cells]
    start = 0 if numbers[0] == "0" else 1
    return numbers == [str(number) for number in range(start, start + len(cells))]


def _drop_footers(table: SheetTable, usual: float) -> None:
    """Leave out notes and signatures at the very end: rows of one or two cells of words that no record would be.

    They stand apart by a blank row, or read like a sentence or a label; a last record of which only the name was
    typed stays, to be refused with a reason.
    """
    allowed = 2 if usual >= 6 else 1
    start = len(table.rows)
    while start > 1 and usual >= 3:
        cells = [cell for cell in table.rows[start - 1].cells if cell is not None]
        if len(cells) > allowed or not all(_is_label(cell) for cell in cells):
            break
        start -= 1
    while start < len(table.rows):
        row, before = table.rows[start], table.rows[start - 1]
        text = next(cell for cell in row.cells if cell is not None)
        if row.number > before.number + 1 or ":" in text or "_" in text or len(text) > 40:
            break
        start += 1
    for row in table.rows[start:]:
        text = next(cell for cell in row.cells if cell is not None)
        table.notes.append(Note(FOOTER, {"row": row.number, "text": text[:60]}))
    del table.rows[start:]


def _drop_bare_sum(table: SheetTable, usual: float) -> None:
    """Leave out a last row of nothing but the sums of the columns above."""
    if len(table.rows) < 4:
        return
    *above, last = table.rows
    filled = [position for position, cell in enumerate(last.cells) if cell is not None]
    if len(filled) > max(usual * 0.6, 1):
        return
    for position in filled:
        total = _number(last.cells[position])
        parts = [_number(row.cells[position]) for row in above]
        if total is None or sum(1 for part in parts if part) < 2 or sum(part or 0 for part in parts) != total:
            return
    table.rows.pop()
    table.notes.append(Note(BARE_SUM_ROW, {"row": last.number}))


def _number(cell: object):
    if isinstance(cell, (dt.date, dt.time, dt.timedelta)):
        return None
    try:
        return read_number(cell)
    except Unreadable:
        return None
