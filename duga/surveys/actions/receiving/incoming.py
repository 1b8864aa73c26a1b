"""Files on their way in: sealed on disk before any row tells of them, and swept away when no row ever did."""

import hashlib
import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from duga.plain.ids import uuid7
from duga.surveys.models import SubmissionFile
from duga.surveys.queries.receiving import file_path, mark_of
from duga.surveys.queries.receiving.files import Sealer
from duga.surveys.rules.receiving import safe_name

ORPHAN_HOURS = 24


@dataclass(frozen=True)
class Incoming:
    """A file that lies sealed under `file_id`, and belongs to nothing yet."""

    file_id: object
    name: str
    media_type: str
    size: int
    mark: bytes

    @classmethod
    def of(cls, organisation_id, name: str, media_type: str, data: bytes) -> "Incoming":
        """A file that is whole in memory, put on disk."""
        writer = Writer(organisation_id, name, media_type)
        writer.write(data)
        return writer.close()

    def drop(self) -> None:
        """Leaves nothing of it: it was here already."""
        file_path(self.file_id).unlink(missing_ok=True)


class Writer:
    """A file that comes in piece by piece."""

    def __init__(self, organisation_id, name: str, media_type: str):
        self._organisation_id, self._name, self._media_type = organisation_id, safe_name(name), media_type
        self._file_id, self._size, self._hash = uuid7(), 0, hashlib.sha256()
        self._sealer = Sealer(organisation_id, self._file_id)

    def write(self, data: bytes) -> None:
        """Takes some more."""
        self._size += len(data)
        self._hash.update(data)
        self._sealer.write(data)

    def close(self) -> Incoming:
        """The file, safe on disk."""
        self._sealer.close()
        mark = mark_of(self._organisation_id, "file", self._hash.digest())
        return Incoming(self._file_id, self._name, self._media_type[:60], self._size, mark)

    def drop(self) -> None:
        """Leaves nothing of it."""
        self._sealer.drop()


def drop_orphans(*, by) -> int:
    """Removes files that no row tells of, a day after they were written: a server was stopped in between.

    Nothing was said to have been received of them, so the phone sends them again. Returns how many went.
    """
    folder, gone = Path(settings.MEDIA_ROOT) / "surveys" / "answers", 0
    before = time.time() - ORPHAN_HOURS * 3600
    for part in sorted(folder.glob("??")):
        old = {path.stem: path for path in part.glob("*.sealed") if path.stat().st_mtime < before}
        names = list(old)
        for start in range(0, len(names), 500):
            some = names[start : start + 500]
            known = {pk.hex for pk in SubmissionFile.objects.filter(pk__in=some).values_list("pk", flat=True)}
            for name in set(some) - known:
                old[name].unlink(missing_ok=True)
                gone += 1
    return gone
