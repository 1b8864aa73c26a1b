"""Files that people attach, made harmless: PDF, JPEG and PNG, told by their bytes and never by their name.

Pictures are written anew from the parts a picture needs: what hangs on behind their end, comments and what a phone
writes into them (the place where it was taken) fall away; which way up stays. A PDF is kept as it is, or refused where
it holds something that runs, hides other files, or cannot be looked into.
"""

import re
import struct
import zlib

from duga.plain.errors import Unreadable, gettext_noop

MOST = 10 * 1024 * 1024  #: bytes of a file
MOST_PIXELS = 60_000_000  #: of a picture: a few kilobytes can unfold to gigabytes
MOST_UNPACKED = 40 * 1024 * 1024  #: bytes of a PDF's packed parts that are looked into; pictures are not
DICTIONARY = 600  #: so many bytes before a packed part tell what it is
ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}

_KIND = gettext_noop("Attach a PDF, JPEG or PNG file. Save or photograph other documents as one of these.")
_SIZE = gettext_noop("This file is larger than 10 MB. Attach a smaller one: fewer pages, or a smaller picture.")
_BROKEN = gettext_noop("This file is damaged and cannot be kept. Save or photograph it again.")
_PIXELS = gettext_noop("This picture is too large to be opened safely. Save it smaller and attach it again.")
_ACTIVE = gettext_noop(
    "This PDF holds something that runs or other files inside it. Print it to a new PDF and attach that one."
)
_LOCKED = gettext_noop("This PDF is locked with a password. Save it without one and attach it again.")

#: Names in a PDF that run something, fetch something or carry files. What a page does when it is opened is looked for
#: by what it runs: most programs write /OpenAction only to say how large the page is shown.
_RUNS = frozenset({
    b"JavaScript", b"Launch", b"EmbeddedFile", b"EmbeddedFiles", b"RichMedia", b"XFA", b"SubmitForm", b"ImportData",
    b"GoToE", b"GoToR", b"Movie", b"Sound", b"Rendition",
})  # fmt: skip
_NAME = re.compile(rb"/([^\x00\s()<>\[\]{}/%]+)")
_HEX = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"stream\r?\n")


def harmless(data: bytes) -> tuple[str, bytes]:
    """(media type, the bytes to keep) of a file; Unreadable says what to do with what is not kept."""
    if len(data) > MOST:
        raise Unreadable(_SIZE)
    for start, read in _READERS.items():
        if data.startswith(start):
            try:
                return read(data)
            except (struct.error, IndexError, zlib.error):
                raise Unreadable(_BROKEN) from None
    raise Unreadable(_KIND)


def file_name(told: str, media_type: str) -> str:
    """What a file is called from now on: the last part of its name, without what steers, with its true ending."""
    last = re.split(r"[/\\]", told)[-1]
    bare = "".join(c for c in last if c.isprintable() and c not in '<>:"|?*\u202e\u202d')
    stem = bare.rsplit(".", 1)[0].strip(" .")[:80]
    return f"{stem or 'document'}.{ENDINGS[media_type]}"


# --- Pictures -----------------------------------------------------------------------------------------


def _check_pixels(width, height):
    if not width or not height:
        raise Unreadable(_BROKEN)
    if width * height > MOST_PIXELS:
        raise Unreadable(_PIXELS)


#: Chunks of a PNG that make the picture; all others fall away.
_CHUNKS = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"sRGB", b"cHRM", b"pHYs", b"sBIT"})


def _png(data: bytes) -> tuple[str, bytes]:
    out, at, seen = [data[:8]], 8, []
    while not seen or seen[-1] != b"IEND":
        (length,) = struct.unpack_from(">I", data, at)
        kind, end = data[at + 4 : at + 8], at + 12 + length
        if end > len(data) or zlib.crc32(data[at + 4 : end - 4]) != struct.unpack_from(">I", data, end - 4)[0]:
            raise Unreadable(_BROKEN)
        if (not seen) != (kind == b"IHDR"):
            raise Unreadable(_BROKEN)
        if kind == b"IHDR":
            _check_pixels(*struct.unpack_from(">II", data, at + 8))
        if kind in _CHUNKS:
            out.append(data[at:end])
        seen.append(kind)
        at = end
    if b"IDAT" not in seen:
        raise Unreadable(_BROKEN)
    return "image/png", b"".join(out)


_ALONE = {0x01, *range(0xD0, 0xD8)}  #: markers of a JPEG without a length
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_KEPT = {0xE0, 0xE2, 0xEE}  #: of the application's parts: the basic one, colours, Adobe's transform


def _jpeg(data: bytes) -> tuple[str, bytes]:
    out, at, framed = [b"\xff\xd8"], 2, False
    while True:
        if data[at] != 0xFF:
            raise Unreadable(_BROKEN)
        while data[at + 1] == 0xFF:
            at += 1
        marker = data[at + 1]
        if marker == 0xD9:
            out.append(b"\xff\xd9")
            break
        if marker in _ALONE:
            out.append(data[at : at + 2])
            at += 2
            continue
        (length,) = struct.unpack_from(">H", data, at + 2)
        end = at + 2 + length
        if length < 2 or end > len(data):
            raise Unreadable(_BROKEN)
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", data, at + 5)
            _check_pixels(width, height)
            framed = True
        if marker == 0xE1 and (way := _way_up(data[at + 4 : end])) > 1:
            out.append(_exif(way))
        if not 0xE0 <= marker <= 0xEF and marker != 0xFE or marker in _KEPT:
            out.append(data[at:end])
        at = end
        if marker == 0xDA:  # what is scanned runs to the next marker that is none of its own
            scanned = at
            while data[at] != 0xFF or data[at + 1] == 0 or 0xD0 <= data[at + 1] <= 0xD7:
                at += 1
            out.append(data[scanned:at])
    if not framed:
        raise Unreadable(_BROKEN)
    return "image/jpeg", b"".join(out)


def _way_up(exif: bytes) -> int:
    """Which way up a photo is (1 to 8), out of what the phone wrote; 1 where it does not say."""
    if not exif.startswith(b"Exif\0\0"):
        return 1
    body = exif[6:]
    order = {b"II": "<", b"MM": ">"}.get(body[:2])
    try:
        (first,) = struct.unpack_from(f"{order}I", body, 4)
        (entries,) = struct.unpack_from(f"{order}H", body, first)
        for number in range(min(entries, 100)):
            tag, kind = struct.unpack_from(f"{order}HH", body, first + 2 + number * 12)
            if (tag, kind) == (0x0112, 3):
                (way,) = struct.unpack_from(f"{order}H", body, first + 10 + number * 12)
                return way if 1 <= way <= 8 else 1
    except struct.error:
        pass
    return 1


def _exif(way: int) -> bytes:
    """A part of a JPEG that says which way up, and nothing else."""
    body = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01" + struct.pack(">HHIHH", 0x0112, 3, 1, way, 0) + b"\0\0\0\0"
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


# --- PDF ----------------------------------------------------------------------------------------------


def _pdf(data: bytes) -> tuple[str, bytes]:
    if b"%%EOF" not in data[-1024:]:
        raise Unreadable(_BROKEN)
    tail = data[data.rindex(b"%%EOF") + 5 :]
    if tail.strip(b"\r\n \t\0"):
        raise Unreadable(_ACTIVE)  # another file hangs on behind its end
    _check_names(data)
    view, left = memoryview(data), MOST_UNPACKED
    for match in _STREAM.finditer(data):
        about = _names(data[max(0, match.start() - DICTIONARY) : match.start()])
        if b"Image" in about and b"ObjStm" not in about:
            continue
        end = data.find(b"endstream", match.end())
        try:
            part = zlib.decompressobj().decompress(view[match.end() : end if end > 0 else len(data)], left)
        except zlib.error:
            if b"ObjStm" in about:
                raise Unreadable(_ACTIVE) from None  # objects packed so that nobody looks into them
            continue
        left -= len(part)
        if left <= 0:
            raise Unreadable(_BROKEN)
        _check_names(part)
    return "application/pdf", data


def _names(part: bytes) -> set[bytes]:
    """The names in a part of a PDF, also where letters are written as numbers (/J#61vaScript)."""
    return {_HEX.sub(lambda found: bytes([int(found[1], 16)]), name) for name in _NAME.findall(part)}


def _check_names(part: bytes) -> None:
    """Refuses what runs something, and what is locked."""
    names = _names(part)
    if b"Encrypt" in names:
        raise Unreadable(_LOCKED)
    if names & _RUNS:
        raise Unreadable(_ACTIVE)


_READERS = {b"%PDF-": _pdf, b"\xff\xd8\xff": _jpeg, b"\x89PNG\r\n\x1a\n": _png}
