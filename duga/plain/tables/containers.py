"""What kind of file is this, and is it safe to open? Decided from the bytes, never from the name.

Spreadsheets are archives or old compound files that strangers may have built to exhaust the machine.
Everything is measured here before the spreadsheet reader sees it, and the reader is given an archive
written anew from the measured parts only, so that two programs cannot disagree about what is inside.
"""

import io
import re
import struct
import zipfile
import zlib

from duga.plain.errors import Unreadable, gettext_noop

MAX_BYTES = 25 * 2**20  # of the file as sent
MAX_UNPACKED = 150 * 2**20  # of all its parts together
MAX_RATIO = 250  # unpacked to packed, for files that unpack to more than RATIO_FREE
RATIO_FREE = 10 * 2**20
MAX_ENTRIES = 2_000
MAX_ROWS = 100_000
MAX_CELLS = 2_000_000  # rows times columns of the used area, for each sheet
MAX_TEXT = 100 * 2**20  # of all cells together, counting a shared text each time it is used

EMPTY = gettext_noop("The file is empty. Save the spreadsheet again, look that it has rows, and send it anew.")
TOO_LARGE = gettext_noop(
    "The file is larger than %(limit)s MB. Remove pictures and other sheets, or split the rows over several files."
)
TOO_MANY_CELLS = gettext_noop(
    "The sheet is too large: at most %(rows)s rows and %(cells)s cells. "
    "Copy only the rows with data into a new spreadsheet, or split them over several files."
)
BOMB = gettext_noop(
    "This file unpacks to far more than a spreadsheet holds, so it was not opened. "
    "Copy the rows into a new spreadsheet, save it as .xlsx and send that."
)
DAMAGED = gettext_noop(
    "The file is damaged or cut off, often by an interrupted download. "
    "Open it in your spreadsheet program, save it again as .xlsx and send that; or ask for the file anew."
)
PROTECTED = gettext_noop(
    "The file is protected by a password. Open it, remove the password (File, Info, Protect), save it "
    "and send it again."
)
MACROS = gettext_noop(
    "The file contains macros (small programs), so it was not opened. Save it as “Excel workbook (.xlsx)”, "
    "without macros, and send that."
)
BINARY_EXCEL = gettext_noop(
    "This is a binary Excel workbook (.xlsb). Open it in Excel, save it as “Excel workbook (.xlsx)” and send that."
)
ARCHIVE = gettext_noop("This is an archive of files. Unpack it and send the spreadsheet that is inside.")
PICTURE = gettext_noop(
    "This is a picture, whatever its name says. Send the table itself, as .xlsx, .xls, .ods or .csv."
)
DOCUMENT = gettext_noop(
    "This is a document (PDF or text), not a spreadsheet. Copy its table into a spreadsheet, save it as .xlsx "
    "and send that."
)
WEB_PAGE = gettext_noop(
    "This is a web page or an XML file that only looks like a spreadsheet. Open it in Excel or LibreOffice, "
    "save it as .xlsx and send that."
)
NUMBERS = gettext_noop("This is a Numbers document. Export it from Numbers as Excel (.xlsx) and send that.")
UNKNOWN = gettext_noop("This file is not a spreadsheet. Send the table as .xlsx, .xls, .ods or .csv.")
UNSAFE_XML = gettext_noop(
    "The file contains definitions that no spreadsheet program writes, so it was not opened. "
    "Copy the rows into a new spreadsheet, save it as .xlsx and send that."
)

_SIGNATURES = [
    *((start, PICTURE) for start in (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"RIFF")),
    *((start, DOCUMENT) for start in (b"%PDF", b"{\\rtf")),
    *((start, ARCHIVE) for start in (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")),
    *((start, UNKNOWN) for start in (b"MZ", b"\x7fELF", b"SQLite format 3", b"ID3", b"PAR1")),
]
_MARKUP = re.compile(rb"<(!doctype html|html|table|head|meta|body|\?xml|workbook)\b|MIME-Version:", re.I)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def identify(data: bytes) -> str:
    """Return xlsx, ods, xls or text, or raise `Unreadable` saying what the file is and what to send instead."""
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise Unreadable(EMPTY)
    if len(data) > MAX_BYTES:
        raise Unreadable(TOO_LARGE, limit=MAX_BYTES // 2**20)
    for signature, message in _SIGNATURES:
        if data.startswith(signature) and (len(signature) > 3 or b"\0" in data[:64]):
            raise Unreadable(message)
    if data[4:8] == b"ftyp":  # HEIC and other pictures of phones
        raise Unreadable(PICTURE)
    if data.startswith(_OLE):
        return _old_office(data)
    if data.startswith((b"PK\3\4", b"PK\5\6", b"PK\7\x08")):
        return _archive_kind(_directory(data))
    start = data[:400].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if _MARKUP.match(start):
        raise Unreadable(WEB_PAGE)
    return "text"


def _old_office(data: bytes) -> str:
    def holds(stream: str) -> bool:  # names in a compound file are UTF-16
        return stream.encode("utf-16-le") in data

    if holds("EncryptedPackage"):
        raise Unreadable(PROTECTED)
    if holds("_VBA_PROJECT"):
        raise Unreadable(MACROS)
    if holds("Workbook") or holds("Book"):
        return "xls"
    if holds("WordDocument"):
        raise Unreadable(DOCUMENT)
    raise Unreadable(DAMAGED if len(data) < 4096 else UNKNOWN)


def _directory(data: bytes) -> list[zipfile.ZipInfo]:
    """Return the entries of an archive, having looked at their number, sizes and encryption."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, EOFError, OSError, NotImplementedError, struct.error):
        raise Unreadable(DAMAGED) from None
    if not entries:
        raise Unreadable(EMPTY)
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise Unreadable(PROTECTED)
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    too_dense = unpacked > RATIO_FREE and unpacked > MAX_RATIO * len(data)
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED or too_dense or packed > len(data):
        raise Unreadable(BOMB)
    return entries


def _archive_kind(entries: list[zipfile.ZipInfo]) -> str:
    names = {entry.filename.replace("\\", "/").lower() for entry in entries}
    folders = {name.split("/")[0] for name in names}
    if any(name.endswith("vbaproject.bin") for name in names) or "basic" in folders:
        raise Unreadable(MACROS)
    if "encrypted-package" in names:
        raise Unreadable(PROTECTED)
    if "xl/workbook.bin" in names:
        raise Unreadable(BINARY_EXCEL)
    if "xl" in folders and "[content_types].xml" in names:
        return "xlsx"
    if "content.xml" in names and "mimetype" in names:
        return "ods"
    if folders & {"word", "ppt", "visio"}:
        raise Unreadable(DOCUMENT)
    if "index" in folders:
        raise Unreadable(NUMBERS)
    raise Unreadable(ARCHIVE)


# Parts that hold no cells and are not handed on: pictures, links, caches, programs.
_NOT_NEEDED = (
    *("xl/media/", "xl/drawings/", "xl/embeddings/", "xl/pivot", "xl/charts/", "xl/externallinks/", "xl/theme/"),
    *("xl/printersettings/", "xl/comments", "xl/threadedcomments/", "xl/ctrlprops/", "xl/activex/", "docprops/"),
    *("customxml/", "pictures/", "thumbnails/", "configurations2/", "object ", "objectreplacements/"),
)
_FORBIDDEN = re.compile(rb"<!(DOCTYPE|ENTITY)", re.I)


def clean_archive(data: bytes, kind: str) -> bytes:
    """Return an xlsx or ods archive written anew from its parts that hold cells, each measured first.

    Raises `Unreadable` when a part is not as long as it says, declares entities, or spans more cells than
    anyone types.
    """
    out, sheets, shared = io.BytesIO(), [], [0]
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as clean:
        for entry in _directory(data):
            name = entry.filename.replace("\\", "/")
            lower = name.lower()
            if lower.startswith(_NOT_NEEDED) or not (lower.endswith((".xml", ".rels")) or lower == "mimetype"):
                continue
            part = _inflate(data, entry)
            if lower.endswith((".xml", ".rels")):
                _look_at_xml(part, lower, kind)
            if kind == "xlsx" and b"sheetData" in part:
                measure_excel_sheet(part)
                sheets.append(part)
            elif lower.endswith("sharedstrings.xml"):
                shared = [len(text) for text in part.split(b"<si")]
            elif lower == "content.xml":
                measure_open_document(part)
            clean.writestr(zipfile.ZipInfo(name), part)
    for sheet in sheets:
        _refuse_repeated_text(sheet, shared)
    return out.getvalue()


def _inflate(data: bytes, entry: zipfile.ZipInfo) -> bytes:
    """Return one part, which must be exactly as long as the directory says."""
    header = data[entry.header_offset : entry.header_offset + 30]
    if len(header) < 30 or header[:4] != b"PK\3\4":
        raise Unreadable(DAMAGED)
    name_length, extra_length = struct.unpack("<HH", header[26:30])
    start = entry.header_offset + 30 + name_length + extra_length
    packed = data[start : start + entry.compress_size]
    if entry.compress_type == zipfile.ZIP_STORED:
        part, complete = packed, True
    elif entry.compress_type == zipfile.ZIP_DEFLATED:
        stream = zlib.decompressobj(-15)
        try:
            part = stream.decompress(packed, entry.file_size + 1)
        except zlib.error:
            raise Unreadable(DAMAGED) from None
        complete = stream.eof or not part
    else:
        raise Unreadable(DAMAGED)
    if len(part) > entry.file_size:
        raise Unreadable(BOMB)
    if len(part) < entry.file_size or not complete or zlib.crc32(part) != entry.CRC:
        raise Unreadable(DAMAGED)
    return part


def _look_at_xml(part: bytes, name: str, kind: str) -> None:
    if b"\0" in part[:1000] or _FORBIDDEN.search(part):  # UTF-16 would hide the words looked for
        raise Unreadable(UNSAFE_XML)
    if name == "[content_types].xml" and b"macroEnabled" in part:
        raise Unreadable(MACROS)
    if kind == "ods" and name == "meta-inf/manifest.xml" and b"encryption-data" in part:
        raise Unreadable(PROTECTED)


# A cell that holds something, with its address when it has one; a row, with its number when it has one.
_CELL = re.compile(rb'<(?:\w+:)?c(?=[\s>])(?:[^>]*?\br=["\']([A-Za-z]{1,3})(\d{1,7})["\'])?[^>]*(?<!/)>')
_ROW_START = re.compile(rb"<(?:\w+:)?row\b")
_ROW_NUMBER = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br=["\'](\d{1,7})["\']')


def measure_excel_sheet(part: bytes) -> None:
    """Raise `Unreadable` when the used area of a sheet is larger than anyone types."""
    cells = _CELL.findall(part)
    letters = {letters for letters, _ in cells}
    columns = max((_column_number(name.upper()) for name in letters), default=0)
    rows = max(map(int, {row or b"0" for _, row in cells}), default=0)
    if b"" in letters:  # cells without an address stand after one another
        columns = max(columns, *(len(_CELL.findall(row)) for row in _ROW_START.split(part)))
        rows = max(rows, len(_ROW_START.findall(part)), *map(int, _ROW_NUMBER.findall(part)), 0)
    _refuse_area(rows, columns)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


_ODS_ROW = re.compile(rb"<table:table-row\b([^>]*?)(?:/>|>(.*?)</table:table-row>)", re.S)
_ODS_CELL = re.compile(rb"<table:(?:covered-)?table-cell\b([^>]*?)(?:/>|>(.*?)</table:(?:covered-)?table-cell>)", re.S)
_ROWS_REPEATED = re.compile(rb'number-rows-repeated="(\d{1,9})"')
_ROWS_SPANNED = re.compile(rb'number-rows-spanned="(\d{1,6})"')
_COLUMNS_SPANNED = re.compile(rb'number-columns-spanned="(\d{1,6})"')
_COLUMNS_REPEATED = re.compile(rb'number-columns-repeated="(\d{1,9})"')


def measure_open_document(part: bytes) -> None:
    """Raise `Unreadable` when repeated cells and rows of any sheet make more than anyone types."""
    for sheet in part.split(b"<table:table ")[1:]:
        rows, used, columns, text = 0, 0, 0, 0
        for match in _ODS_ROW.finditer(sheet):
            repeated = _repeat(_ROWS_REPEATED, match[1])
            rows += repeated
            width, size = _ods_width(match[2] or b"")
            if width:
                used, columns, text = rows, max(columns, width), text + size * repeated
        _refuse_area(used, columns)
        if text > MAX_TEXT:
            raise Unreadable(BOMB)


def open_document_merges(part: bytes) -> list[list[tuple[tuple[int, int], tuple[int, int]]]]:
    """Return the merged ranges of each sheet of an ods, ((top, left), (bottom, right)) from 0.

    Only for parts that `measure_open_document` let pass.
    """
    sheets = []
    for sheet in part.split(b"<table:table ")[1:]:
        merged, top = [], 0
        for row in _ODS_ROW.finditer(sheet) if b"-spanned=" in sheet else ():
            left = 0
            for cell in _ODS_CELL.finditer(row[2] or b"") if b"-spanned=" in (row[2] or b"") else ():
                down, across = _repeat(_ROWS_SPANNED, cell[1]), _repeat(_COLUMNS_SPANNED, cell[1])
                if down > 1 or across > 1:
                    merged.append(((top, left), (top + down - 1, left + across - 1)))
                left += _repeat(_COLUMNS_REPEATED, cell[1])
            top += _repeat(_ROWS_REPEATED, row[1])
        sheets.append(merged)
    return sheets


def _ods_width(row: bytes) -> tuple[int, int]:
    """Return up to which column a row is filled, and how much text repeating its cells makes."""
    position, width, size = 0, 0, 0
    for match in _ODS_CELL.finditer(row):
        repeated = _repeat(_COLUMNS_REPEATED, match[1])
        position += repeated
        if match[2] or b"office:" in match[1]:
            width, size = position, size + len(match[2] or b"") * repeated
    return width, size


def _repeat(pattern: re.Pattern, attributes: bytes) -> int:
    found = pattern.search(attributes)
    return int(found[1]) if found else 1


def _refuse_area(rows: int, columns: int) -> None:
    if rows > MAX_ROWS or rows * columns > MAX_CELLS:
        raise Unreadable(TOO_MANY_CELLS, rows=MAX_ROWS, cells=MAX_CELLS)


_SHARED_USE = re.compile(rb'\bt=["\']s["\'][^>]*>\s*<(?:\w+:)?v>(\d{1,7})<')


def _refuse_repeated_text(sheet: bytes, shared: list[int]) -> None:
    """Raise `Unreadable` when long shared texts are used so often that the cells would fill the memory."""
    if max(shared) * len(sheet) < MAX_TEXT * 10:  # a use takes ten bytes and more
        return
    last = len(shared) - 1
    if sum(shared[min(int(use) + 1, last)] for use in _SHARED_USE.findall(sheet)) > MAX_TEXT:
        raise Unreadable(BOMB)
