"""Restoring a backup: checked whole before anything is touched, and nobody who was erased comes back."""

import datetime as dt
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
import uuid
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.db import connection, connections

from config.backups import (
    FOLDERS,
    FORMAT,
    KEY_BACKUP_DAYS,
    MOMENT,
    database_file,
    key_backups,
    moment_of,
    read_erasures,
    run_postgres,
    sha256_of,
)
from config.serving import hold_data, unapplied_migrations
from duga.members.rules import Viewer
from duga.plain.errors import Refused, gettext_noop
from duga.vault import sealing
from duga.vault.keystore import KeyStore, read_installation_key

UNFINISHED = "restore-unfinished.json"
RESTORE = Viewer(system="restore")  # who the trail names


def restore(archive: Path, *, keys: Path | None = None, over: bool = False, say=print) -> dict:
    """Puts a backup in place of what is there; returns when it was made, and what is not as it was.

    `keys`: the key store to use; without it, the one that is here, else the newest backup of it beside the archive.
    An old database never needs an old key store: keys stay until a person is erased.
    """
    with _quiet():
        return _restore(archive, keys, over, say)


def _restore(archive, keys, over, say) -> dict:
    if not over and _holds_something():
        raise Refused(
            gettext_noop("%(folder)s already holds an installation: add --over to put the backup in its place."),
            folder=settings.DATA,
        )
    settings.DATA.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=settings.DATA, prefix=".restore-") as folder:
        work = Path(folder)
        say("Checking the archive …")
        manifest = unpack(archive, work)
        source = _choose_keys(archive, keys)
        say(f"Keys: {source}")
        erased = _erasures_since(archive, source)
        store = work / "keys.sqlite3"
        _copy_sqlite(source, store)
        _prove(store)
        (settings.DATA / UNFINISHED).write_text(json.dumps({"archive": str(archive), "keys": str(source)}))
        say("Putting it in place …")
        aside = _put_in_place(work)
    from duga.members.actions import write_trail

    again = sealing.store().apply_erasures(erased)
    rounds = sealing.store().destroy_running_rounds() > 0  # whoever declined since the backup must not be in one
    if not unapplied_migrations():  # else `duga upgrade` does it, which the doctor asks for
        erase_again()
        rounds = bool(end_lost_rounds()) or rounds
        write_trail(by=RESTORE, event="installation.restored", subject=("config.Backup", manifest["made"]))
    (settings.DATA / UNFINISHED).unlink()
    return {
        "made": manifest["made"], "people_erased_again": again, "rounds_lost": rounds, "aside": aside,
        "trail": manifest.get("trail"),
    }  # fmt: skip


@contextmanager
def _quiet():
    """Nobody serves this data, and no clock ticks on it, from here to the end of the restore."""
    from config import clock

    locks = [clock.only_one(), hold_data(alone=True)]
    try:
        if None in locks:
            raise Refused(gettext_noop("Duga is running on this data: stop the server (and `duga worker`) first."))
        yield
    finally:
        for lock in locks:
            if lock is not None:
                os.close(lock)


def _holds_something() -> bool:
    if connection.vendor == "sqlite":
        return Path(connection.settings_dict["NAME"]).exists()
    return "django_migrations" in connection.introspection.table_names()


def unpack(archive: Path, work: Path) -> dict:
    """Unpacks an archive into `work` and returns its manifest; Refused unless every file is what it was."""
    try:
        with tarfile.open(archive, "r:gz") as tar:
            for member in tar:
                _extract(tar, member, work)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise Refused(
            gettext_noop("%(file)s cannot be read as a backup (%(why)s): it is damaged or cut short."),
            file=archive, why=error,
        ) from None  # fmt: skip
    try:
        manifest = json.loads((work / "manifest.json").read_text())
        told, kind = manifest["files"], manifest["format"]
    except (OSError, ValueError, KeyError):
        raise Refused(gettext_noop("%(file)s is not a backup of Duga: it has no manifest."), file=archive) from None
    if kind != FORMAT:
        raise Refused(
            gettext_noop("This backup was made by another Duga: install version %(version)s first."),
            version=manifest.get("duga"),
        )
    if database_file() not in told:
        raise Refused(
            gettext_noop("This backup holds a %(kind)s database: set DATABASE_URL to one of that kind."),
            kind=manifest.get("database"),
        )
    for name, expected in told.items():
        path = work / name
        if not path.is_file() or sha256_of(path) != expected["sha256"]:
            raise Refused(gettext_noop("%(name)s in the backup is not what it was: take another backup."), name=name)
    _require_known_migrations(manifest)
    return manifest


def _extract(tar, member, work):
    """Only plain files with plain relative names leave an archive."""
    name = PurePosixPath(member.name)
    if not member.isfile() or name.is_absolute() or ".." in name.parts:
        raise tarfile.TarError(f"unexpected entry {member.name!r}")
    target = work.joinpath(*name.parts)
    target.parent.mkdir(parents=True, exist_ok=True)
    with open(target, "wb") as file:
        shutil.copyfileobj(tar.extractfile(member), file)


def _require_known_migrations(manifest):
    from django.db.migrations.loader import MigrationLoader

    known = {".".join(key) for key in MigrationLoader(None).disk_migrations}
    if set(manifest["migrations"]) - known:
        raise Refused(
            gettext_noop("This backup was made by a newer Duga (%(version)s): install that version first."),
            version=manifest["duga"],
        )


def _choose_keys(archive, keys):
    if keys:
        return keys
    if settings.KEY_STORE.exists():
        return settings.KEY_STORE
    beside = key_backups(archive.parent)
    if not beside:
        raise Refused(
            gettext_noop(
                "No key store: none here, and no keys/keys-….sqlite3 beside %(file)s. Give one with --keys FILE; "
                "without it nobody's data can be read."
            ),
            file=archive,
        )
    return beside[-1]


def _erasures_since(archive, source):
    """Everything ever noted as erased, here and beside the archive: applying one twice does no harm."""
    found = set(read_erasures(archive.parent)) | set(read_erasures(settings.BACKUPS))
    for store in {source, settings.KEY_STORE, *key_backups(archive.parent)}:
        if store.exists():
            db = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
            try:
                found |= {tuple(row) for row in db.execute("SELECT id, kind, at FROM erasure")}
            except sqlite3.DatabaseError:
                pass  # a store that cannot be read says nothing; the one chosen is proven next
            finally:
                db.close()
    return sorted(found, key=lambda each: each[2])


def _copy_sqlite(source, target):
    try:
        origin = sqlite3.connect(f"file:{source}?mode=ro", uri=True)
        with sqlite3.connect(target) as copy:
            origin.backup(copy)
        copy.close()
        origin.close()
    except sqlite3.DatabaseError as error:
        raise Refused(gettext_noop("%(file)s is not a key store (%(why)s)."), file=source, why=error) from None


def _prove(store):
    """The installation's key must open it, before anything is touched."""
    key = read_installation_key(settings.INSTALLATION_KEY, settings.INSTALLATION_KEY_FILE)
    KeyStore(store, key).close()


def _put_in_place(work):
    """What was there is set aside, never deleted; keys are not: they would outlive their erasure."""
    sealing.use_store(None)
    aside = settings.DATA / f"before-restore-{dt.datetime.now(dt.UTC).strftime(MOMENT)}"
    aside.mkdir(mode=0o700)
    for folder in FOLDERS:
        _swap(settings.DATA / folder, work / folder, aside)
    if connection.vendor == "sqlite":
        connections.close_all()
        database = Path(connection.settings_dict["NAME"])
        _fold_wal(database)
        _swap(database, work / database_file(), aside)
    else:
        run_postgres(
            "pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction",
            f"--dbname={connection.settings_dict['NAME']}", str(work / database_file()),
        )  # fmt: skip
        connections.close_all()
    _fold_wal(settings.KEY_STORE)
    (work / "keys.sqlite3").replace(settings.KEY_STORE)
    if not any(aside.iterdir()):
        aside.rmdir()
        return None
    return aside


def _fold_wal(database):
    """Brings what waits in the -wal file into the database file, so that it can be moved as one."""
    if database.exists():
        try:
            db = sqlite3.connect(database)
            db.execute("PRAGMA journal_mode=DELETE")
            db.close()
        except sqlite3.DatabaseError:
            pass  # a wrecked file is moved as it is
    for ending in ("-wal", "-shm"):
        database.with_name(database.name + ending).unlink(missing_ok=True)


def _swap(here, new, aside):
    if here.exists():
        here.rename(aside / here.name)
    if new.exists():
        here.parent.mkdir(parents=True, exist_ok=True)
        new.rename(here)


def erase_again() -> int:
    """Forgets what the database still knows of people whose keys are destroyed; returns how many there were."""
    from duga.casework import actions as casework

    gone = {"person": [], "organisation": []}
    for id_, kind, _ in sealing.store().erasures():
        if kind in gone:
            gone[kind].append(uuid.UUID(bytes=id_))
    destroyed = casework.destroy_again(by=RESTORE, organisations=gone["organisation"])
    return destroyed + casework.erase_again(by=RESTORE, people=gone["person"])


def end_lost_rounds() -> int:
    """Ends counting rounds whose key, encodings or map no backup holds, and says so in them; returns how many."""
    from duga.indicators import actions as indicators

    return len(indicators.end_lost_rounds(by=RESTORE))


def key_backups_overdue(folder: Path) -> list[Path]:
    """Key store backups that should be gone by now."""
    limit = dt.datetime.now(dt.UTC) - dt.timedelta(days=KEY_BACKUP_DAYS + 2)
    return [path for path in key_backups(folder) if moment_of(path) < limit]
