"""How large the sheets of a workbook are, told from their XML before anything is unfolded in memory.

A few bytes may address the last cell of a sheet, repeat a row a million times, or use one long text in
every cell. The parts are read by a true XML parser (expat, entities refused before), for a pattern can be fooled
by quotes and comments; only sheets written exactly as Excel and openpyxl write them take a faster way.
"""

import re
from pyexpat import ExpatError, ParserCreate

from duga.plain.errors import Unreadable
from duga.plain.tables import limits

Range = tuple[tuple[int, int], tuple[int, int]]

_ANY_CELL = re.compile(rb"[<:]c[\s/>]")
_PLAIN_CELL = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"(?: [a-z]{1,4}="[\w.]{0,20}")*+(/?)>')
_ADDRESS = re.compile(r"([A-Za-z]{1,3})(\d{1,7})")


def measure_excel_sheet(part: bytes) -> tuple[int, int]:
    """Return the used area (rows times columns) and the number of filled cells of a worksheet."""
    cells = _PLAIN_CELL.findall(part)
    if len(cells) != len(_ANY_CELL.findall(part)):
        sheet = _ExcelSheet()
        _parse(part, sheet)
        return area(sheet.rows, sheet.columns), sheet.filled
    filled = [(letters, row) for letters, row, closed in cells if not closed]
    columns = max(map(_column_number, {letters.decode() for letters, _ in filled}), default=0)
    return area(max(map(int, {row for _, row in filled}), default=0), columns), len(filled)


def area(rows: int, columns: int) -> int:
    """Return rows times columns; raise `Unreadable` when nobody types that many."""
    if rows > limits.MAX_ROWS or rows * columns > limits.MAX_CELLS:
        raise limits.too_many()
    return rows * columns


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def _parse(part: bytes, handler) -> None:
    parser = ParserCreate()
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    parser.CharacterDataHandler = handler.text
    parser.buffer_text = True
    try:
        parser.Parse(part, True)
    except ExpatError:
        raise Unreadable(limits.DAMAGED) from None


class _ExcelSheet:
    """Follows a worksheet: which cells hold anything, with or without an address, and which shared texts they use."""

    def __init__(self):
        self.rows = self.columns = self.filled = 0
        self.uses: list[int] = []
        self._row = self._column = 0
        self._open = self._counted = self._shared = False
        self._value = ""

    def start(self, name: str, attributes: dict) -> None:
        name = name.rpartition(":")[2]
        if name == "row":
            number = attributes.get("r", "")
            self._row = int(number) if number.isdecimal() and len(number) < 8 else self._row + 1
            self._column = 0
        elif name == "c":
            address = _ADDRESS.fullmatch(attributes.get("r", ""))
            self._column = _column_number(address[1]) if address else self._column + 1
            self._row = int(address[2]) if address else max(self._row, 1)
            self._open, self._counted, self._shared = True, False, attributes.get("t") == "s"
        elif self._open and not self._counted:
            self._counted = True
            self.filled += 1
            self.rows, self.columns = max(self.rows, self._row), max(self.columns, self._column)

    def end(self, name: str) -> None:
        name = name.rpartition(":")[2]
        if name == "c":
            self._open = False
        elif name == "v" and self._shared and self._value.strip().isdecimal():
            self.uses.append(int(self._value))
        self._value = ""

    def text(self, text: str) -> None:
        if self._shared and self._open and len(self._value) < 12:
            self._value += text


class _SharedTexts:
    """Follows the shared texts of an Excel workbook: how long each is."""

    def __init__(self):
        self.lengths: list[int] = []

    def start(self, name: str, attributes: dict) -> None:
        if name.rpartition(":")[2] == "si":
            self.lengths.append(0)

    def end(self, name: str) -> None:
        pass

    def text(self, text: str) -> None:
        if self.lengths:
            self.lengths[-1] += len(text)


def shared_text_used(sheets: list[bytes], shared: bytes) -> int:
    """Return how many characters all cells together hold when each has its own copy of its shared text."""
    texts = _SharedTexts()
    _parse(shared, texts)
    total = 0
    for part in sheets:
        sheet = _ExcelSheet()
        _parse(part, sheet)
        total += sum(texts.lengths[use] for use in sheet.uses if use < len(texts.lengths))
    return total


class _OpenDocument:
    """Follows content.xml of an ods: the used area of each sheet, its text with repetition, its merged cells."""

    def __init__(self):
        self.area = self.characters = 0
        self.merged: list[list[Range]] = []
        self._row = self._used = self._columns = self._position = self._width = self._size = 0
        self._repeat_row = self._repeat_cell = 1
        self._in_cell = 0

    def start(self, name: str, attributes: dict) -> None:
        if name.endswith("table-cell"):  # covered ones too
            self._cell(attributes)
        elif self._in_cell:
            self._width = self._position
        elif name.endswith("table-row"):
            self._repeat_row = _counts(attributes).get("number-rows-repeated", 1)
            self._position = self._width = self._size = 0
        elif name.endswith(":table") or name == "table":
            self._row = self._used = self._columns = 0
            self.merged.append([])

    def _cell(self, attributes: dict) -> None:
        counts = _counts(attributes)
        self._in_cell += 1
        self._repeat_cell = counts.get("number-columns-repeated", 1)
        down, across = counts.get("number-rows-spanned", 1), counts.get("number-columns-spanned", 1)
        if (down > 1 or across > 1) and self.merged:
            left = self._position
            self.merged[-1].append(((self._row, left), (self._row + down - 1, left + across - 1)))
        self._position += self._repeat_cell
        if any("value" in key or "formula" in key for key in attributes):
            self._width = self._position

    def end(self, name: str) -> None:
        if name.endswith("table-cell"):
            self._in_cell -= 1
        elif name.endswith("table-row"):
            self._row += self._repeat_row
            if self._width:
                self._used, self._columns = self._row, max(self._columns, self._width)
                self.characters += self._size * self._repeat_row
        elif name.endswith(":table") or name == "table":
            self.area += area(self._used, self._columns)

    def text(self, text: str) -> None:
        if self._in_cell:
            self._size += len(text) * self._repeat_cell


def _counts(attributes: dict) -> dict[str, int]:
    """Return the numbers of repeated and merged cells that an element tells, the larger of two under one name."""
    counts: dict[str, int] = {}
    for key, value in attributes.items():
        if "number-" in key and value.isdecimal() and len(value) < 10:
            name = key.rpartition(":")[2]
            counts[name] = max(int(value), counts.get(name, 1))
    return counts


def measure_open_document(part: bytes) -> tuple[int, int, list[list[Range]]]:
    """Return the used area of all sheets, their characters, and the merged ranges of each sheet (from 0)."""
    content = _OpenDocument()
    _parse(part, content)
    return content.area, content.characters, content.merged
