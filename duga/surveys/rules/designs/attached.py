"""Files that a form brings along: pictures, sounds, videos, lists. What they are is seen from their bytes."""

import csv
import io
import json
import re
from enum import StrEnum

from duga.plain.errors import Unreadable
from duga.plain.errors import gettext_noop as _
from duga.plain.tables.delimited import decode
from duga.plain.text import fold


class AttachmentKind(StrEnum):
    """Kinds of files that forms name."""

    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    CSV = "csv"
    FILE = "file"  #: GeoJSON and XML lists


ATTACHMENT_KINDS = {
    AttachmentKind.IMAGE: _("picture"),
    AttachmentKind.AUDIO: _("sound"),
    AttachmentKind.VIDEO: _("video"),
    AttachmentKind.CSV: _("list (CSV)"),
    AttachmentKind.FILE: _("list (GeoJSON)"),
}
MOST = {
    AttachmentKind.IMAGE: 2 * 2**20, AttachmentKind.AUDIO: 5 * 2**20, AttachmentKind.VIDEO: 10 * 2**20,
    AttachmentKind.CSV: 5 * 2**20, AttachmentKind.FILE: 5 * 2**20,
}  # fmt: skip

_STARTS = (
    (AttachmentKind.IMAGE, "image/png", (b"\x89PNG\r\n\x1a\n",)),
    (AttachmentKind.IMAGE, "image/jpeg", (b"\xff\xd8\xff",)),
    (AttachmentKind.AUDIO, "audio/mpeg", (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")),
    (AttachmentKind.AUDIO, "audio/ogg", (b"OggS",)),
    (AttachmentKind.VIDEO, "video/webm", (b"\x1a\x45\xdf\xa3",)),
)
#: What a name may end with, by kind of content.
_ENDINGS = {
    "image/png": (".png",), "image/jpeg": (".jpg", ".jpeg"), "audio/mpeg": (".mp3",), "audio/ogg": (".ogg", ".oga"),
    "video/webm": (".webm",), "audio/mp4": (".m4a", ".mp4"), "video/mp4": (".mp4", ".m4v"), "text/csv": (".csv",),
    "application/geo+json": (".geojson", ".json"), "audio/wav": (".wav",),
}  # fmt: skip

_NAME = _(
    "“%(name)s” is no name for a form's file. Use letters, digits, points, - and _ only, without a folder in front."
)
_WRONG_KIND = _("“%(name)s” should be a %(kind)s, but this file is something else. Attach the file that is meant.")
_ENDING = _("This file is %(media)s, so its name must end with %(endings)s, in the form as well.")
_SIZE = _("“%(name)s” is larger than %(limit)s MB. Phones load it over weak connections: make it smaller.")
_LIST = _("The list “%(name)s” needs a column called name (or key) and one called label in its first row.")
_RAGGED = _("Row %(row)s of “%(name)s” has more cells than the first row has headings.")
_GEO = _("“%(name)s” is no GeoJSON with features. Save it as a FeatureCollection.")

_SAFE = re.compile(r"^[\w\-][\w\-. ]{0,198}$")
_PEOPLE = frozenset({
    "ime", "prezime", "ime i prezime", "first name", "last name", "surname", "full name", "phone", "telefon", "jmbg",
    "email", "e mail", "adresa", "address", "emri", "mbiemri", "date of birth", "datum rodjenja", "passport",
})  # fmt: skip


def kind_of(data: bytes) -> tuple[AttachmentKind, str]:
    """(kind, media type) of a file, told by its bytes; text is taken for a list."""
    for kind, media, starts in _STARTS:
        if data.startswith(starts):
            return kind, media
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return AttachmentKind.AUDIO, "audio/wav"
    if data[4:8] == b"ftyp":
        return (AttachmentKind.AUDIO, "audio/mp4") if data[8:11] == b"M4A" else (AttachmentKind.VIDEO, "video/mp4")
    if data.lstrip()[:1] == b"{":
        return AttachmentKind.FILE, "application/geo+json"
    return AttachmentKind.CSV, "text/csv"


def check_attachment(name: str, data: bytes, wanted: str = "") -> tuple[AttachmentKind, str]:
    """(kind, media type) of a file to keep under this name; Unreadable says what to do with one that is not kept."""
    if not _SAFE.match(name) or ".." in name:
        raise Unreadable(_NAME, name=name[:80])
    kind, media = kind_of(data)
    if wanted and kind != wanted:
        raise Unreadable(_WRONG_KIND, name=name, kind=ATTACHMENT_KINDS[AttachmentKind(wanted)])
    if len(data) > MOST[kind]:
        raise Unreadable(_SIZE, name=name, limit=MOST[kind] // 2**20)
    if not name.lower().endswith(_ENDINGS[media]):
        raise Unreadable(_ENDING, media=media, endings=", ".join(_ENDINGS[media]))
    if kind is AttachmentKind.CSV:
        _check_list(name, data)
    elif kind is AttachmentKind.FILE:
        _check_geo(name, data)
    return kind, media


def _rows(data):
    text = decode(data)
    try:
        return list(csv.reader(io.StringIO(text)))
    except csv.Error:
        return []


def _check_list(name, data):
    rows = _rows(data)
    heads = [cell.strip().lower().lstrip("\ufeff") for cell in rows[0]] if rows else []
    if not heads or not any(head in ("name", "key") or head.endswith("_key") for head in heads):
        raise Unreadable(_LIST, name=name)
    for number, row in enumerate(rows[1:], start=2):
        if len(row) > len(heads):
            raise Unreadable(_RAGGED, name=name, row=number)


def _check_geo(name, data):
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise Unreadable(_GEO, name=name) from None
    if not isinstance(found, dict) or not isinstance(found.get("features"), list):
        raise Unreadable(_GEO, name=name)


def looks_personal(data: bytes) -> list[str]:
    """The headings of a list that speak of people: every phone that gets the form would carry them."""
    rows = _rows(data)
    return [cell for cell in (rows[0] if rows else []) if fold(cell.replace("_", " ")) in _PEOPLE]
