"""Reads CSV and its relatives: finds the encoding and the delimiter from the bytes."""

import csv
import io
import re

from duga.plain.errors import Unreadable, gettext_noop
from duga.plain.tables import limits
from duga.plain.tables.grid import Grid

MIXED = gettext_noop(
    "The letters of this file are damaged: parts are in one encoding, parts in another. "
    "Open the original in Excel or LibreOffice, save it as .xlsx and send that."
)
NOT_TEXT = gettext_noop("This file is not a table in text form. Send the table as .xlsx, .xls, .ods or .csv.")
BROKEN_QUOTES = gettext_noop(
    "A quotation mark in this file is opened and never closed, near row %(row)s. Save the table as .xlsx and send that."
)

_DELIMITERS = ";,\t|"
_SAMPLE = 60  # records the delimiter is judged by

# Letters that texts of the region hold in each encoding of one byte a letter.
_LATIN = frozenset("šđčćžŠĐČĆŽëçËÇäöüÄÖÜßśźŚŹéáóôíľńřěý–—„“”’°§«»…")
_CYRILLIC = frozenset("абвгдђежзијклљмнњопрстћуфхцчџшѓќѕАБВГДЂЕЖЗИЈКЛЉМНЊОПРСТЋУФХЦЧЏШЃЌЅ–—„“”’…№")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_WORD = re.compile(rb"[A-Za-z\x80-\xff]+")


def decode(data: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16, Windows-1250 or Windows-1251, whichever it is in.

    Raises `Unreadable` for bytes that are no text and for UTF-8 with damaged places (reading those as a
    Windows encoding would spoil every name in silence).
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _checked(_strict(data, "utf-16"))
    nulls = data[:2000].count(0)
    if nulls:
        odd = data[1:2000:2].count(0) > nulls * 0.9
        even = data[0:2000:2].count(0) > nulls * 0.9
        if nulls < len(data[:2000]) * 0.2 or not (odd or even):
            raise Unreadable(NOT_TEXT)
        return _checked(_strict(data, "utf-16-le" if odd else "utf-16-be"))
    try:
        return _checked(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        pass
    if data.startswith(b"\xef\xbb\xbf") or len(re.findall(rb"[\xc3-\xc5\xd0\xd1][\x80-\xbf]", data)) > 0.5 * len(
        re.findall(rb"[\x80-\xff]+", data)
    ):
        raise Unreadable(MIXED)
    return _checked(_windows(data))


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise Unreadable(limits.DAMAGED) from None


def _windows(data: bytes) -> str:
    """Choose between the two Windows encodings of the region by which one gives words of its letters."""
    words = [word for word in _WORD.findall(data[:500_000]) if not word.isascii()][:5000]
    scores = {"cp1250": _score(words, "cp1250", _LATIN), "cp1251": _score(words, "cp1251", _CYRILLIC)}
    encoding = max(scores, key=scores.get)
    if scores[encoding] < 0:
        raise Unreadable(NOT_TEXT)
    return data.decode(encoding, errors="replace")


def _score(words: list[bytes], encoding: str, letters: frozenset) -> float:
    score = 0.0
    for word in words:
        text = word.decode(encoding, errors="replace")
        known = sum(letter in letters for letter in text)
        plain = sum(letter.isascii() for letter in text)
        unknown = len(text) - known - plain
        score += known - 3 * unknown
        if encoding == "cp1251" and plain and known:
            score -= 2 * known  # one word in two scripts
        elif encoding == "cp1250" and known >= 3 and not plain:
            score -= 2 * known  # a word of nothing but letters with marks
    return score


def _checked(text: str) -> str:
    sample = text[:200_000]
    if len(_CONTROL.findall(sample)) > len(sample) // 2000:
        raise Unreadable(NOT_TEXT)
    if not text.strip():
        raise Unreadable(limits.EMPTY)
    return _CONTROL.sub("", text) if _CONTROL.search(text) else text


def read_delimited(data: bytes, name: str) -> Grid:
    """Return the rows of a CSV or TSV file. Row numbers are those a spreadsheet program shows."""
    text = decode(data)
    delimiter = None
    if hint := re.match(r'"?sep=(.)"?\r?\n', text):  # Excel's own hint, which Excel does not show as a row
        delimiter, text = hint[1], text[hint.end() :]
    rows = list(_records(text, delimiter or delimiter_of(text)))
    return Grid(name, rows)


def delimiter_of(text: str) -> str:
    """Return the delimiter that cuts the first records into the most equal number of cells."""
    sample = "\n".join(text.splitlines()[: _SAMPLE * 2])

    def evenness(delimiter: str) -> float:
        try:
            reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
            widths = [len(row) for _, row in zip(range(_SAMPLE), reader, strict=False) if any(row)]
        except csv.Error:
            return 0
        usual = max(set(widths), key=widths.count, default=1)
        return 0 if usual < 2 else widths.count(usual) / len(widths) * min(usual, 20) ** 0.5

    best = max(_DELIMITERS, key=evenness)
    return best if evenness(best) else ","


def _records(text: str, delimiter: str):
    lines = list(io.StringIO(text, newline=""))
    reader = csv.reader(lines, delimiter=delimiter)
    cells, row = 0, 0
    while True:
        row += 1
        before = reader.line_num
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise Unreadable(BROKEN_QUOTES, row=row) from None
        cells += len(record)
        if row > limits.MAX_ROWS or cells > limits.MAX_CELLS:
            raise limits.too_many()
        own = lines[before : reader.line_num]
        if len(own) > 1 and (len(own) > 200 or reader.line_num == len(lines) and _stays_open(own, delimiter)):
            raise Unreadable(BROKEN_QUOTES, row=row)
        yield record


def _stays_open(lines: list[str], delimiter: str) -> bool:
    """Whether a quotation mark swallowed the rest of the file."""
    try:
        list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error as fault:
        return "end of data" in str(fault)
    return False
