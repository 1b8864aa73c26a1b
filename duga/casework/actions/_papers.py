"""Scanned papers: PDF, JPEG or PNG, sealed on disk beside the database."""

import base64
import os
import tempfile
from pathlib import Path

from django.conf import settings

from duga.plain.errors import Refused, gettext_noop
from duga.vault import sealing

KINDS = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n": "image/png"}
MOST = 10 * 1024 * 1024

_SCAN = gettext_noop("Attach the scan as PDF, JPEG or PNG, of at most 10 MB.")


def _paper_path(folder: str, pk) -> Path:
    """Where the sealed paper of a row lies."""
    return Path(settings.MEDIA_ROOT) / folder / f"{pk}.sealed"


def _store_paper(path: Path, *, owner, field: str, data: bytes, key: bytes | None = None) -> str:
    """Seals a paper for its row and puts it at `path`, whole or not at all; returns its media type."""
    kind = next((kind for start, kind in KINDS.items() if data.startswith(start)), None)
    if kind is None or len(data) > MOST:
        raise Refused(_SCAN)
    sealed = sealing.seal(owner=owner, field=field, value=base64.b64encode(data).decode(), key=key)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    os.replace(file.name, path)
    return kind


def _read_paper(path: Path, *, owner, field: str, key: bytes | None = None) -> bytes:
    """The paper again."""
    return base64.b64decode(sealing.unseal(owner=owner, field=field, data=path.read_bytes(), key=key))
