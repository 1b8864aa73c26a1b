"""Backups: two files, kept apart, because erasing a person must reach every copy.

* `duga-<moment>.tar.gz`: the database, stored files, snapshots, releases, and a manifest with the SHA-256 of each.
  Names in it are sealed.
* `keys/keys-<moment>.sqlite3`: the key store. It never stays 30 days, so that a destroyed key is gone everywhere.
* `erasures.jsonl`: which keys were destroyed and when (ids, no names), so that a restore destroys them again.

The installation's key is in none of them.
"""

import datetime as dt
import errno
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection

from duga import __version__
from duga.plain.errors import Refused, gettext_noop
from duga.vault import sealing

KEY_BACKUP_DAYS = 29  # one less than promised: the clock looks once a day
FOLDERS = ("files", "snapshots", "releases")
#: In them, but made anew when asked for: what it tells may have become confidential since.
MADE_ANEW = "files/downloads/"
MOMENT = "%Y%m%dT%H%M%SZ"
FORMAT = 1


@dataclass(frozen=True)
class Backup:
    """The two files of one backup."""

    archive: Path
    keys: Path
    size: int  # bytes of both


def sha256_of(path: Path) -> str:
    """Hex SHA-256 of a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def back_up(to: Path) -> Backup:
    """Makes a backup in folder `to`, while Duga may be in use; Refused when it cannot be whole."""
    _require_database()
    to.mkdir(parents=True, exist_ok=True, mode=0o700)
    (to / "keys").mkdir(exist_ok=True, mode=0o700)
    moment = dt.datetime.now(dt.UTC).strftime(MOMENT)
    work = to / f".{moment}.part"
    work.mkdir(mode=0o700)
    try:
        _require_room(to)
        return _write(to, moment, work)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise Refused(gettext_noop("The disk of %(folder)s is full: nothing was written."), folder=to) from None
        raise
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _write(to, moment, work):
    """Database first, keys after it: whoever is in the database then has a key in the store's copy."""
    dump = work / database_file()
    _dump_database(dump)
    keys = work / "keys.sqlite3"
    sealing.store().backup(keys)
    note_erasures(to)
    members = {dump.name: dump, **_stored_files()}
    told = {name: {"size": path.stat().st_size, "sha256": sha256_of(path)} for name, path in members.items()}
    manifest = work / "manifest.json"
    manifest.write_text(json.dumps(_manifest(moment, told, keys), indent=1, sort_keys=True))
    archive = work / "archive"
    # Snapshots share the files of unchanged months: each stands whole in the archive, none as a link to another.
    with tarfile.open(archive, "w:gz", compresslevel=3, dereference=True) as tar:
        for name, path in {"manifest.json": manifest, **members}.items():
            tar.add(path, arcname=name, recursive=False)
    final = Backup(to / f"duga-{moment}.tar.gz", to / "keys" / f"keys-{moment}.sqlite3", 0)
    size = archive.stat().st_size + keys.stat().st_size
    for path, target in ((keys, final.keys), (archive, final.archive)):  # an archive always finds its keys
        _sync(path)
        path.replace(target)
        _sync(target.parent)
    return Backup(final.archive, final.keys, size)


def _manifest(moment, told, keys):
    return {
        "format": FORMAT, "made": moment, "duga": __version__, "database": connection.vendor,
        "migrations": sorted(applied_migrations()), "files": told,
        "keys": {"file": f"keys-{moment}.sqlite3", "sha256": sha256_of(keys)},
        "trail": _trail_heads(),
    }  # fmt: skip


def _trail_heads():
    """A witness outside the database: a trail rewritten later shows against it. None before `duga upgrade`."""
    from duga.members.queries import trail_heads

    try:
        return trail_heads()
    except DatabaseError:
        return None


def applied_migrations() -> list[str]:
    """ "app.name" of each change this database has."""
    from django.db.migrations.recorder import MigrationRecorder

    return [".".join(each) for each in MigrationRecorder(connection).applied_migrations()]


def database_file() -> str:
    """The name of the database in an archive."""
    return "database.sqlite3" if connection.vendor == "sqlite" else "database.pgdump"


def _dump_database(target: Path) -> None:
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with sqlite3.connect(target) as copy:
            connection.connection.backup(copy)
        copy.close()
    else:
        run_postgres("pg_dump", "--format=custom", "--no-owner", f"--file={target}", connection.settings_dict["NAME"])


def run_postgres(program: str, *arguments) -> None:
    """Runs PostgreSQL's own tool against the configured database; Refused with what to install when it is not here."""
    if shutil.which(program) is None:
        raise Refused(
            gettext_noop("%(program)s is not installed here: sudo apt install postgresql-client"), program=program
        )
    known = connection.settings_dict
    where = {
        "PGHOST": known["HOST"] or known["OPTIONS"].get("host", ""), "PGPORT": known["PORT"],
        "PGUSER": known["USER"], "PGPASSWORD": known["PASSWORD"],
    }  # fmt: skip
    environment = os.environ | {name: str(value) for name, value in where.items() if value}
    done = subprocess.run([program, *arguments], env=environment, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        raise Refused(gettext_noop("%(program)s failed: %(why)s"), program=program, why=done.stderr.strip()[-800:])


def _stored_files() -> dict[str, Path]:
    """{name in the archive: path} of everything stored beside the database."""
    found = {}
    for folder in FOLDERS:
        for path in sorted((settings.DATA / folder).rglob("*")):
            name = path.relative_to(settings.DATA).as_posix()
            if path.is_file() and not name.startswith(MADE_ANEW):
                found[name] = path
    return found


def _require_database() -> None:
    if connection.vendor == "sqlite" and not Path(connection.settings_dict["NAME"]).exists():
        raise Refused(gettext_noop("There is nothing to back up in %(folder)s yet."), folder=settings.DATA)


def _database_size() -> int:
    if connection.vendor == "sqlite":
        return Path(connection.settings_dict["NAME"]).stat().st_size
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return cursor.fetchone()[0]


def _require_room(to: Path) -> None:
    """A whole copy must fit, compressed or not, with a little to spare."""
    needed = sum(path.stat().st_size for path in _stored_files().values()) + 50_000_000
    needed += 2 * _database_size()
    free = shutil.disk_usage(to).free
    if free < needed:
        raise Refused(
            gettext_noop("%(folder)s has %(free)d MB free and a backup may need %(needed)d MB: make room first."),
            folder=to, free=free // 1_000_000, needed=needed // 1_000_000,
        )  # fmt: skip


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def note_erasures(to: Path) -> int:
    """Adds erasures not yet noted to `erasures.jsonl`; returns how many are noted in all."""
    path = to / "erasures.jsonl"
    noted = set(read_erasures(to))
    new = [each for each in sealing.store().erasures() if (each[0], each[1]) not in {(n[0], n[1]) for n in noted}]
    if new:
        with open(path, "a") as file:
            for id_, kind, at in new:
                file.write(json.dumps({"id": id_.hex(), "kind": kind, "at": at}) + "\n")
            file.flush()
            os.fsync(file.fileno())
    return len(noted) + len(new)


def read_erasures(folder: Path) -> list[tuple[bytes, str, int]]:
    """What `erasures.jsonl` of a folder says; a line cut off by a crash is left out, it is noted again."""
    try:
        lines = (folder / "erasures.jsonl").read_text().splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        try:
            told = json.loads(line)
            found.append((bytes.fromhex(told["id"]), told["kind"], int(told["at"])))
        except (ValueError, KeyError, TypeError):
            continue
    return found


def moment_of(path: Path) -> dt.datetime | None:
    """When a backup file was made, by its name."""
    try:
        return dt.datetime.strptime(path.name.split("-", 1)[1].split(".")[0], MOMENT).replace(tzinfo=dt.UTC)
    except (IndexError, ValueError):
        return None


def archives(folder: Path) -> list[Path]:
    """Archives of a folder, oldest first."""
    return sorted(path for path in folder.glob("duga-*.tar.gz") if moment_of(path))


def key_backups(folder: Path) -> list[Path]:
    """Copies of the key store beside them, oldest first."""
    return sorted(path for path in (folder / "keys").glob("keys-*.sqlite3") if moment_of(path))


def prune(folder: Path, now: dt.datetime | None = None) -> list[Path]:
    """Removes key store backups before their 30th day, and archives older than DUGA_BACKUP_DAYS; the newest stays."""
    now = now or dt.datetime.now(dt.UTC)
    old = [path for path in key_backups(folder) if now - moment_of(path) >= dt.timedelta(days=KEY_BACKUP_DAYS)]
    if settings.BACKUP_DAYS:
        limit = dt.timedelta(days=settings.BACKUP_DAYS)
        old += [path for path in archives(folder)[:-1] if now - moment_of(path) >= limit]
    for path in old:
        path.unlink()
    return old
