"""Whole downloads, made when what they tell has changed and kept as files until it changes again."""

import os
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from duga.members.rules import Viewer

__all__ = ["keep_download"]

_making: dict[str, threading.Lock] = {}
_guard = threading.Lock()


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "downloads"


def _forget_downloads() -> None:
    """Destroys all kept files: something they tell must not be told any more. They are made anew when asked for."""
    for file in _folder().glob("*"):
        file.unlink(missing_ok=True)


def keep_download(*, by: Viewer, name: str, mark: str, make: Callable) -> BinaryIO:
    """The file `name` of this mark, opened before another takes its place; made by `make(open file)` if it is not
    there, once however many ask for it.

    `by`: anybody; what is kept is public. `mark`: queries.hsds.marks.mark_of.
    """
    folder = _folder()
    file = folder / f"{mark}-{name}"
    with _guard:
        lock = _making.setdefault(name, threading.Lock())
    with lock:
        if not file.exists():
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=folder, delete=False) as part:
                try:
                    make(part)
                except BaseException:
                    os.unlink(part.name)
                    raise
            for old in folder.glob(f"{'?' * 32}-{name}"):
                old.unlink(missing_ok=True)
            os.replace(part.name, file)
        return file.open("rb")
