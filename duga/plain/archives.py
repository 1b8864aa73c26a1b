"""Unpacking what strangers packed: bounded in number and size, whatever an archive says of itself."""

import io
import zipfile

from duga.plain.errors import Unreadable
from duga.plain.errors import gettext_noop as _

TOO_LARGE = _("Unpacked, this is larger than %(size)s MB. Split it and bring in each part.")
DAMAGED = _("This zip file is damaged. Fetch or make it once more.")


def unzip(data: bytes, *, most: int, too_many: str, largest: int) -> dict[str, bytes]:
    """{name: bytes} of the files in a zip, at most `most` of them and `largest` bytes in all.

    Unreadable for a damaged one, one that holds more (`too_many` says it, with %(most)s), or that unpacks to more than
    it told.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [each for each in archive.infolist() if not each.is_dir()]
            if len(entries) > most:
                raise Unreadable(too_many, most=most)
            if sum(each.file_size for each in entries) > largest:
                raise Unreadable(TOO_LARGE, size=largest // 2**20)
            return {each.filename: _inflate(archive, each) for each in entries}
    # NotImplementedError is how zipfile tells of a compression it does not know, RuntimeError of a password
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError):
        raise Unreadable(DAMAGED) from None


def _inflate(archive, entry) -> bytes:
    with archive.open(entry) as file:
        data = file.read(entry.file_size + 1)
    if len(data) > entry.file_size:
        raise Unreadable(DAMAGED)
    return data
