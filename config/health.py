"""The checks of `duga doctor`, each a function that yields what it found and what to do about it."""

import datetime as dt
import json
import os
import shutil
import stat
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection

from config import backups, restoring, serving
from duga.plain.errors import DugaError
from duga.vault.keystore import rounds_file

LOW_DISK = 2_000_000_000  # bytes


@dataclass
class Finding:
    """One check: ok, a hint, or wrong; what was seen, and what to do."""

    check: str
    state: str
    message: str
    todo: str = ""


def ok(check, message):
    return Finding(check, "ok", message)


def hint(check, message, todo):
    return Finding(check, "hint", message, todo)


def wrong(check, message, todo):
    return Finding(check, "wrong", message, todo)


def examine(witness=None):
    """Yields the Finding of every check; one that breaks is itself a finding."""
    yield from _guarded("settings", _settings)
    reached = list(_guarded("database", _database))
    yield from reached
    yield from _guarded("keys", _keys)
    if all(finding.state != "wrong" for finding in reached):
        yield from _guarded("migrations", _migrations)
        if not serving.unapplied_migrations():
            yield from _guarded("people's keys", _key_gaps)
            yield from _guarded("trail", lambda: _trail(witness))
            yield from _guarded("snapshots", _snapshots)
            yield from _guarded("queue", _queue)
    for name, check in (
        ("static files", _static), ("backups", _backups), ("restore", _unfinished), ("disk", _disk),
        ("permissions", _permissions), ("clock", _clock), ("tools", _tools),
    ):  # fmt: skip
        yield from _guarded(name, check)


def _guarded(name, check):
    try:
        yield from check()
    except DugaError as error:
        yield wrong(name, str(error), "")
    except (DatabaseError, OSError) as error:
        yield wrong(name, f"{type(error).__name__}: {error}", "")


def _settings():
    from config.settings import insecurities

    found = insecurities()
    for each in found:
        what, _, todo = each.partition(": ")
        yield wrong("settings", what, todo)
    if settings.DEMO:
        yield hint(
            "settings", "this is a demo: second factor off, one password for all", "never use it for real people"
        )
    elif not found:
        yield ok("settings", "safe to serve")
    if not settings.HTTPS and not settings.DEMO:
        yield hint(
            "settings", "DUGA_HTTPS is off: passwords travel in the open", "only on a machine nobody else reaches"
        )
    elif settings.HTTPS and not settings.PROXIES:
        yield hint(
            "settings", "HTTPS is on, and DUGA_PROXIES says that no proxy stands in front: every page would redirect",
            "behind Caddy or nginx: DUGA_PROXIES=1",
        )  # fmt: skip
    if not settings.HAS_MAIL:
        yield ok("mail", "no mail server: invitations and links are printed or copied")


def _database():
    if connection.vendor == "sqlite":
        path = Path(connection.settings_dict["NAME"])
        if not path.exists():
            yield wrong("database", f"{path} is not there", "new installation: `duga begin`; else `duga restore FILE`")
            return
    with connection.cursor() as cursor:
        if connection.vendor != "sqlite":
            cursor.execute("SHOW server_version")
            yield ok("database", f"PostgreSQL {cursor.fetchone()[0]} answers")
            return
        cursor.execute("PRAGMA integrity_check(5)")
        problems = [row[0] for row in cursor.fetchall()]
        cursor.execute("PRAGMA journal_mode")
        mode = cursor.fetchone()[0]
        cursor.execute("PRAGMA foreign_key_check")
        loose = len(cursor.fetchall())
    if problems != ["ok"]:
        yield wrong(
            "database", f"SQLite's own check fails: {'; '.join(problems)}", "stop Duga, `duga restore` the last backup"
        )
    elif loose:
        yield wrong("database", f"{loose} rows point to rows that are not there", "ask for help before going on")
    else:
        yield ok("database", f"SQLite, {path.stat().st_size / 1e6:.0f} MB, whole")
    if mode != "wal":
        yield wrong("database", f"journal mode is {mode}, not wal", "is the disk a network share? Use a local one")


def _keys():
    from duga.vault import sealing

    sealing.store()
    yield ok("keys", "the installation key opens the key store")


def _key_gaps():
    from duga.casework import queries as casework

    without, unused = casework.key_gaps()
    if without:
        yield wrong(
            "people's keys", f"{without} people have no key and were not erased: their names cannot be read",
            "`duga restore FILE --keys …` with a newer copy of the key store",
        )  # fmt: skip
    if unused:
        yield hint("people's keys", f"{unused} keys open nobody", "an import may have been cut off; they do no harm")
    if not without and not unused:
        yield ok("people's keys", "one for each person")


def _migrations():
    missing = serving.unapplied_migrations()
    if missing:
        yield wrong("migrations", f"the database lacks {len(missing)} changes", "`duga backup`, then `duga upgrade`")
    else:
        yield ok("migrations", "the database is of this version")


def _trail(witness):
    from duga.members import queries

    newest = newest_witness() if witness is None else witness
    reports = queries.verify_all(witness=newest)
    for report in reports:
        for problem in report.problems:
            whose = report.organisation_id or "no organisation"
            yield wrong("trail", f"{whose}: {problem}", "someone changed the database: compare with the backups")
    if all(report.sound for report in reports):
        entries = sum(report.entries for report in reports)
        yield ok("trail", f"{entries} entries in {len(reports)} chains, unbroken")


def newest_witness():
    """The ends of the trail's chains as the newest backup noted them, or None."""
    import tarfile

    for archive in reversed(backups.archives(settings.BACKUPS)):
        try:
            with tarfile.open(archive, "r:gz") as tar:
                return json.load(tar.extractfile(tar.next()))["trail"]
        except (tarfile.TarError, OSError, EOFError, ValueError, KeyError, TypeError):
            continue
    return None


def _snapshots():
    from duga.indicators import queries

    broken = queries.damaged_snapshots()
    for each in broken:
        yield wrong("snapshots", f"{each} is not what it was when frozen", "take it back from a backup (snapshots/)")
    if not broken:
        yield ok("snapshots", "each is what it was when frozen")


def _queue():
    from django_tasks_db.models import DBTaskResult

    failed = DBTaskResult.objects.filter(status="FAILED").count()
    if failed:
        yield hint("queue", f"{failed} tasks failed", "the server's log says why")
    late = dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
    waiting = DBTaskResult.objects.filter(status="READY", enqueued_at__lt=late).count()
    if waiting:
        yield wrong("queue", f"{waiting} tasks wait for over an hour", "is `duga serve` or `duga worker` running?")
    elif not failed:
        yield ok("queue", "nothing waits")


def _static():
    if serving.static_is_stale():
        yield hint(
            "static files", "not those of this version", "`duga upgrade`, or start `duga serve`: it collects them"
        )
    else:
        yield ok("static files", "collected")


def _backups():
    if settings.DEMO:
        yield ok("backups", "none are made of a demo")
        return
    made = backups.archives(settings.BACKUPS)
    if not made:
        yield hint("backups", f"none in {settings.BACKUPS}", "`duga backup`; `duga serve` makes one a day")
    else:
        age = dt.datetime.now(dt.UTC) - backups.moment_of(made[-1])
        if age > dt.timedelta(days=2):
            yield wrong(
                "backups", f"the newest is {age.days} days old", "is the clock running? `duga backup` makes one now"
            )
        else:
            yield ok("backups", f"the newest is {age.total_seconds() / 3600:.0f} hours old; copy it off this machine")
    overdue = restoring.key_backups_overdue(settings.BACKUPS)
    if overdue:
        yield wrong(
            "backups", f"{len(overdue)} copies of the key store are over 30 days old: erased people could be read",
            f"remove them: {overdue[0].parent}",
        )  # fmt: skip


def _unfinished():
    if (settings.DATA / restoring.UNFINISHED).exists():
        yield wrong("restore", "a restore was cut off", "run the same `duga restore FILE --over` again")


def _disk():
    if not settings.DATA.exists():
        yield wrong("disk", f"{settings.DATA} is not there", "is the disk mounted? Else `duga begin` makes it")
        return
    free = shutil.disk_usage(settings.DATA).free
    if free < LOW_DISK:
        yield wrong("disk", f"{free / 1e9:.1f} GB free", "make room: a full disk stops recording")
    else:
        yield ok("disk", f"{free / 1e9:.0f} GB free")


def _permissions():
    secret = [settings.INSTALLATION_KEY_FILE, settings.KEY_STORE, rounds_file(settings.KEY_STORE)]
    secret.append(settings.DATA / "secret.key")
    if connection.vendor == "sqlite":
        secret.append(Path(connection.settings_dict["NAME"]))
    open_ones = [path for path in secret if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077]
    for path in open_ones:
        yield wrong("permissions", f"others on this machine may read {path}", f"chmod 600 {path}")
    if not open_ones:
        yield ok("permissions", "keys and database are their owner's alone")
    if hasattr(os, "geteuid") and os.geteuid() == 0 and not settings.DEMO:
        yield hint("permissions", "running as root", "give Duga a user of its own (operator's guide)")


def _clock():
    if time.time() < dt.datetime(2026, 1, 1, tzinfo=dt.UTC).timestamp():
        yield wrong("clock", f"this machine thinks it is {dt.date.today()}", "set its clock: timedatectl set-ntp true")
    last = max((path.stat().st_mtime for path in [settings.DATA / "clock.json"] if path.exists()), default=0)
    if last > time.time() + 300:
        yield wrong("clock", "something was written in the future", "set the clock: timedatectl set-ntp true")
    else:
        yield ok("clock", dt.datetime.now().astimezone().isoformat(timespec="seconds"))


def _tools():
    needed = {"pg_dump": "postgresql-client"} if connection.vendor == "postgresql" else {}
    for tool, package in needed.items():
        if shutil.which(tool) is None:
            yield wrong("tools", f"{tool} is not installed: no backups", f"sudo apt install {package}")
    yield ok("python", f"{sys.version.split()[0]}, {connection.vendor}")
