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

from duga.plain.errors import Unreadable
from duga.plain.tables import limits, measuring

_SIGNATURES = [
    *((start, limits.PICTURE) for start in (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"RIFF")),
    *((start, limits.DOCUMENT) for start in (b"%PDF", b"{\\rtf")),
    *((start, limits.ARCHIVE) for start in (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")),
    *((start, limits.UNKNOWN) for start in (b"MZ", b"\x7fELF", b"SQLite format 3", b"ID3", b"PAR1")),
]
_MARKUP = re.compile(rb"<(!doctype html|html|table|head|meta|body|\?xml|workbook)\b|MIME-Version:", re.I)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def identify(data: bytes) -> str:
    """Return xlsx, ods, xls or text, or raise `Unreadable` saying what the file is and what to send instead."""
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise Unreadable(limits.EMPTY)
    if len(data) > limits.MAX_BYTES:
        raise Unreadable(limits.TOO_LARGE, limit=limits.MAX_BYTES // 2**20)
    for signature, message in _SIGNATURES:
        if data.startswith(signature) and (len(signature) > 3 or b"\0" in data[:64]):
            raise Unreadable(message)
    if data[4:8] == b"ftyp":  # HEIC and other pictures of phones
        raise Unreadable(limits.PICTURE)
    if data.startswith(_OLE):
        return _old_office(data)
    if data.startswith((b"PK\3\4", b"PK\5\6", b"PK\7\x08")):
        return _archive_kind(_directory(data))
    start = data[:400].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if _MARKUP.match(start):
        raise Unreadable(limits.WEB_PAGE)
    return "text"


def _old_office(data: bytes) -> str:
    def holds(stream: str) -> bool:  # names in a compound file are UTF-16
        return stream.encode("utf-16-le") in data

    if holds("EncryptedPackage"):
        raise Unreadable(limits.PROTECTED)
    if holds("_VBA_PROJECT"):
        raise Unreadable(limits.MACROS)
    if holds("Workbook") or holds("Book"):
        return "xls"
    if holds("WordDocument"):
        raise Unreadable(limits.DOCUMENT)
    raise Unreadable(limits.DAMAGED if len(data) < 4096 else limits.UNKNOWN)


def _directory(data: bytes) -> list[zipfile.ZipInfo]:
    """Return the entries of an archive, having looked at their number, sizes and encryption."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, EOFError, OSError, NotImplementedError, struct.error):
        raise Unreadable(limits.DAMAGED) from None
    if not entries:
        raise Unreadable(limits.EMPTY)
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise Unreadable(limits.PROTECTED)
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    too_dense = unpacked > limits.RATIO_FREE and unpacked > limits.MAX_RATIO * len(data)
    if len(entries) > limits.MAX_ENTRIES or unpacked > limits.MAX_UNPACKED or too_dense or packed > len(data):
        raise Unreadable(limits.BOMB)
    return entries


def _archive_kind(entries: list[zipfile.ZipInfo]) -> str:
    names = {entry.filename.replace("\\", "/").lower() for entry in entries}
    folders = {name.split("/")[0] for name in names}
    if any(name.endswith("vbaproject.bin") for name in names) or "basic" in folders:
        raise Unreadable(limits.MACROS)
    if "encrypted-package" in names:
        raise Unreadable(limits.PROTECTED)
    if "xl/workbook.bin" in names:
        raise Unreadable(limits.BINARY_EXCEL)
    if "xl" in folders and "[content_types].xml" in names:
        return "xlsx"
    if "content.xml" in names and "mimetype" in names:
        return "ods"
    if folders & {"word", "ppt", "visio"}:
        raise Unreadable(limits.DOCUMENT)
    if "index" in folders:
        raise Unreadable(limits.NUMBERS)
    raise Unreadable(limits.ARCHIVE)


# Parts that hold no cells and are not handed on: pictures, links, caches, programs.
_NOT_NEEDED = (
    *("xl/media/", "xl/drawings/", "xl/embeddings/", "xl/pivot", "xl/charts/", "xl/externallinks/", "xl/theme/"),
    *("xl/printersettings/", "xl/comments", "xl/threadedcomments/", "xl/ctrlprops/", "xl/activex/", "docprops/"),
    *("customxml/", "pictures/", "thumbnails/", "configurations2/", "object ", "objectreplacements/"),
)
_FORBIDDEN = re.compile(rb"<!(DOCTYPE|ENTITY)", re.I)


def clean_archive(data: bytes, kind: str) -> tuple[bytes, list]:
    """Return an xlsx or ods archive written anew from its parts that hold cells, and the merged ranges of an ods.

    Each part is measured first. Raises `Unreadable` when a part is not as long as it says, declares entities, or
    the sheets span more cells than anyone types.
    """
    out, merged, sheets, shared, cells, filled = io.BytesIO(), [], [], b"", 0, 0
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
                size, count = measuring.measure_excel_sheet(part)
                cells, filled = cells + size, filled + count
                sheets.append(part)
            elif lower.endswith("sharedstrings.xml"):
                shared = part
            elif lower == "content.xml":
                cells, characters, merged = measuring.measure_open_document(part)
                if characters > limits.MAX_TEXT:
                    raise Unreadable(limits.BOMB)
            clean.writestr(zipfile.ZipInfo(name), part)
    if cells > limits.MAX_CELLS:
        raise limits.too_many()
    longest = max(map(len, shared.split(b"<")), default=0)
    if longest * filled > limits.MAX_TEXT and measuring.shared_text_used(sheets, shared) > limits.MAX_TEXT:
        raise Unreadable(limits.BOMB)
    return out.getvalue(), merged


def _inflate(data: bytes, entry: zipfile.ZipInfo) -> bytes:
    """Return one part, which must be exactly as long as the directory says."""
    header = data[entry.header_offset : entry.header_offset + 30]
    if len(header) < 30 or header[:4] != b"PK\3\4":
        raise Unreadable(limits.DAMAGED)
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
            raise Unreadable(limits.DAMAGED) from None
        complete = stream.eof or not part
    else:
        raise Unreadable(limits.DAMAGED)
    if len(part) > entry.file_size:
        raise Unreadable(limits.BOMB)
    if len(part) < entry.file_size or not complete or zlib.crc32(part) != entry.CRC:
        raise Unreadable(limits.DAMAGED)
    return part


def _look_at_xml(part: bytes, name: str, kind: str) -> None:
    if b"\0" in part[:1000] or _FORBIDDEN.search(part):  # UTF-16 would hide the words looked for
        raise Unreadable(limits.UNSAFE_XML)
    if name == "[content_types].xml" and b"macroEnabled" in part:
        raise Unreadable(limits.MACROS)
    if kind == "ods" and name == "meta-inf/manifest.xml" and b"encryption-data" in part:
        raise Unreadable(limits.PROTECTED)
