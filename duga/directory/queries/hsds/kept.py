"""Whole downloads, made when what they tell has changed and kept as files until it changes again.

The mark of what is told is read from a few numbers of the tables it is made of, in milliseconds: whoever has that file
already is answered without anything being made. It also holds the day, since facts grow too old with it.
"""

import hashlib
import os
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db.models import Count, Max
from django.utils import timezone

from duga.directory import models

#: Where something is changed, this column is later than before, or there are more or fewer rows.
CHANGES = {
    models.Service: "changed_at", models.Provider: "changed_at", models.Location: "changed_at",
    models.Fact: "verified_at", models.ServiceCapacity: "updated", models.Closure: "created_at",
    models.Attribute: "created_at", models.TaxonomyTerm: "created_at", models.Change: "created_at",
}  # fmt: skip
_making: dict[str, threading.Lock] = {}
_guard = threading.Lock()


def mark_of(*told) -> str:
    """The mark of what the directory tells today; `told`: what else a file depends on (form, country, language…)."""
    numbers = [tuple(model.objects.aggregate(Count("pk"), Max(column)).values()) for model, column in CHANGES.items()]
    public = models.Service.objects.filter(listed=True, merged_into=None).count()
    text = repr((timezone.localdate(), public, numbers, told))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "downloads"


def forget() -> None:
    """Destroys all kept files: something they tell must not be told any more. They are made anew when asked for."""
    for file in _folder().glob("*"):
        file.unlink(missing_ok=True)


def kept(name: str, mark: str, make: Callable) -> Path:
    """The file `name` of this mark; made by `make(open file)` if it is not there, once however many ask for it."""
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
    return file
