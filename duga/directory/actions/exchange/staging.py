"""Files on their way in by the screen: kept sealed for their owner until they are brought in, a day at most."""

import base64
import json
import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from duga.directory.actions.exchange.outcome import Outcome
from duga.directory.actions.exchange.run import SET_ASIDE, import_hsds, import_list
from duga.directory.rules.hsds.files import is_list
from duga.members.queries import network_by_id, require
from duga.members.rules import Permission, Viewer
from duga.plain.errors import NotFound, gettext_noop
from duga.plain.files import write_whole
from duga.plain.ids import uuid7
from duga.vault import sealing

__all__ = ["bring_staged", "discard_old_staged", "discard_staged", "stage_file"]

FIELD = "directory.exchange.file"
HOURS = 24
_LATE = gettext_noop("This file waited too long and was destroyed. Choose it once more.")


@dataclass(frozen=True)
class Staged:
    """A file that waits: its name, where it goes, what its source is called."""

    id: str
    name: str
    told: dict
    data: bytes


def _folder() -> Path:
    folder = Path(settings.MEDIA_ROOT) / "exchange"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _path(key) -> Path:
    return _folder() / f"{key}.sealed"


def stage_file(*, by: Viewer, network_id, name: str, data: bytes, told: dict) -> str:
    """Keeps a file for whoever brought it; returns under which id. `told`: source, country, kind."""
    network = network_by_id(by, network_id)
    require(by, Permission.CURATE_DIRECTORY, network)
    key = str(uuid7())
    value = {
        "account": str(by.account_id), "network": str(network.pk), "name": name[:200], "told": told,
        "data": base64.b64encode(data).decode(),
    }  # fmt: skip
    box = sealing.derived("directory exchange")
    write_whole(_path(key), sealing.seal(owner=key, field=FIELD, value=json.dumps(value), key=box))
    return key


def _staged(by: Viewer, key) -> tuple[Staged, str]:
    try:
        sealed = _path(key).read_bytes()
    except FileNotFoundError:
        raise NotFound(_LATE) from None
    box = sealing.derived("directory exchange")
    value = json.loads(sealing.unseal(owner=str(key), field=FIELD, data=sealed, key=box))
    if value["account"] != str(by.account_id):
        raise NotFound(_LATE)
    return Staged(str(key), value["name"], value["told"], base64.b64decode(value["data"])), value["network"]


def bring_staged(*, by: Viewer, key, mapping: dict | None = None, dry_run: bool = True, bad_rows=SET_ASIDE) -> Outcome:
    """Checks a file that waits, or brings it in (`dry_run` False) and destroys it. NotFound when it is gone."""
    staged, network_id = _staged(by, key)
    told = {"by": by, "network_id": network_id, "name": staged.name, "data": staged.data, **staged.told}
    told |= {"dry_run": dry_run, "bad_rows": bad_rows}
    outcome = import_list(mapping=mapping, **told) if is_list(staged.name, staged.data) else import_hsds(**told)
    if not dry_run and not outcome.stopped:
        _path(key).unlink(missing_ok=True)
    return outcome


def discard_staged(*, by: Viewer, key) -> None:
    """Destroys a file that waits."""
    _staged(by, key)
    _path(key).unlink(missing_ok=True)


def discard_old_staged(*, by: Viewer) -> int:
    """Destroys the files that waited too long; the clock asks for it. Returns how many."""
    if not by.system:
        raise NotFound(_LATE)
    old = [path for path in _folder().glob("*.sealed") if path.stat().st_mtime < time.time() - 3600 * HOURS]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
