"""Files that came with answers: sealed in pieces on disk, so that a long video never lies in memory or in the clear.

A file is a first byte (2), seven bytes of chance, then pieces of 64 KiB, each under AES-256-GCM with the organisation's
key, its number and whether it is the last: cut, turned round or moved to another row it does not open (the STREAM
construction, Hoang, Reyhanitabar, Rogaway and Vizár 2015).
"""

import os
from collections.abc import Iterator
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from duga.plain.errors import NOT_HERE, NotFound, Refused, gettext_noop
from duga.surveys.queries.sealed import organisation_box

FORMAT, PIECE, TAG = b"\x02", 64 * 1024, 16
_BROKEN = gettext_noop("This file does not belong to its row, or was cut: it was tampered with. Run `duga doctor`.")


def file_path(file_id) -> Path:
    """Where a file lies, by the id of its row."""
    return Path(settings.MEDIA_ROOT) / "surveys" / "answers" / file_id.hex[-2:] / f"{file_id.hex}.sealed"


def _nonce(chance: bytes, number: int, last: bool) -> bytes:
    return chance + number.to_bytes(4, "big") + bytes([last])


class Sealer:
    """Writes one file, piece by piece, as it comes in; nothing larger than a piece is held."""

    def __init__(self, organisation_id, file_id):
        self._path = file_path(file_id)
        self._box, self._label = AESGCM(organisation_box(organisation_id)), file_id.bytes
        self._chance, self._number, self._held = os.urandom(7), 0, b""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._out = open(self._path, "xb")  # noqa: SIM115 (closed by close or drop)
        self._out.write(FORMAT + self._chance)

    def _piece(self, data, last=False):
        self._out.write(self._box.encrypt(_nonce(self._chance, self._number, last), data, self._label))
        self._number += 1

    def write(self, data: bytes) -> None:
        """Takes some more of the file."""
        self._held += data
        while len(self._held) > PIECE:
            self._piece(self._held[:PIECE])
            self._held = self._held[PIECE:]

    def close(self) -> None:
        """Ends the file; when this returns it is on the disk, and so is its name."""
        self._piece(self._held, last=True)
        self._out.flush()
        os.fsync(self._out.fileno())
        self._out.close()
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def drop(self) -> None:
        """Leaves nothing of it behind."""
        self._out.close()
        self._path.unlink(missing_ok=True)


def open_file(organisation_id, file_id) -> Iterator[bytes]:
    """The pieces of a file in the clear; NotFound when it is not there, Refused when it is not whole."""
    try:
        source = open(file_path(file_id), "rb")  # noqa: SIM115 (closed when the pieces end)
    except OSError:
        raise NotFound(NOT_HERE) from None
    return _pieces(source, AESGCM(organisation_box(organisation_id)), file_id.bytes)


def _pieces(source, box, label):
    with source:
        head = source.read(8)
        if head[:1] != FORMAT:
            raise Refused(_BROKEN)
        number, piece = 0, source.read(PIECE + TAG)
        while piece:
            after = source.read(PIECE + TAG)
            try:
                yield box.decrypt(_nonce(head[1:], number, not after), piece, label)
            except InvalidTag:
                raise Refused(_BROKEN) from None
            number, piece = number + 1, after
