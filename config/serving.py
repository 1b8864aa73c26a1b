"""What stands between a command and a running server: port, database, static files, and the server itself."""

import errno
import fcntl
import hashlib
import json
import os
import socket
import sys
import urllib.request

from duga.plain.errors import Refused, gettext_noop

#: One worker process with a few threads: SQLite has one writer, and memory stays small on a small machine.
GRANIAN = [
    "--interface", "wsgi", "--workers", "1", "--blocking-threads", "4", "--http", "1", "--no-ws",
    "--respawn-failed-workers", "--workers-kill-timeout", "15s", "--log-level", "warning",
]  # fmt: skip


def require_free_port(host: str, port: int, again: str) -> None:
    """Refused when something already listens there; `again` is the command with another port, to copy."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EACCES:
                raise Refused(
                    gettext_noop("Port %(port)s is for administrators only: take one above 1023, %(again)s"),
                    port=port, again=again,
                ) from None  # fmt: skip
            if error.errno != errno.EADDRINUSE:
                raise Refused(
                    gettext_noop("Cannot listen on %(host)s port %(port)s: %(why)s."),
                    host=host, port=port, why=error.strerror,
                ) from None  # fmt: skip
        else:
            return
    who = gettext_noop("A Duga already answers there.") if _duga_answers(host, port) else ""
    raise Refused(
        gettext_noop("Port %(port)s is taken by another program. %(who)s Stop it, or use another port: %(again)s"),
        port=port, who=who, again=again,
    )  # fmt: skip


def _duga_answers(host, port):
    try:
        with urllib.request.urlopen(f"http://{host}:{port}/health", timeout=2) as answer:
            return isinstance(json.load(answer), dict)
    except (OSError, ValueError):
        return False


def unapplied_migrations() -> list[str]:
    """Names of the changes the database still lacks; Refused when it cannot be reached."""
    from django.conf import settings
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor
    from django.db.utils import OperationalError

    settings.DATA.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        executor = MigrationExecutor(connection)
    except OperationalError as error:
        raise Refused(gettext_noop("The database cannot be reached: %(why)s"), why=str(error).strip()) from None
    return [str(migration) for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]


def migrate() -> None:
    """Brings the database to what this version of Duga needs."""
    from django.core.management import call_command
    from django.db import connection

    if not connection.introspection.table_names():
        _make_tables()
    call_command("migrate", verbosity=0, interactive=False)


def _make_tables() -> None:
    """All tables of an empty database at once, from the models, in one transaction; migrations are told as carried out.

    It is ten times faster than walking through them, and the same: tests/config/test_migrations.py compares both.
    """
    from django.apps import apps
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.recorder import MigrationRecorder

    told = MigrationRecorder.Migration
    with connection.schema_editor() as editor:
        for model in (told, *apps.get_models()):
            if model._meta.managed and not model._meta.proxy and not model._meta.swapped:
                editor.create_model(model)
        names = MigrationLoader(None).disk_migrations
        told.objects.using(connection.alias).bulk_create(told(app=app, name=name) for app, name in sorted(names))


def _static_sources() -> str:
    """A digest of every static file's path, size and time: changes when collecting would."""
    from django.contrib.staticfiles.finders import get_finders

    told = []
    for finder in get_finders():
        for path, storage in finder.list([]):
            stat = os.stat(storage.path(path))
            told.append((path, stat.st_size, stat.st_mtime_ns))
    return hashlib.sha256(json.dumps(sorted(told)).encode()).hexdigest()


def static_is_stale() -> bool:
    """Whether the collected static files are not those of this version."""
    from django.conf import settings

    stamp = settings.STATIC_ROOT / "collected"
    return not stamp.exists() or stamp.read_text() != _static_sources()


def collect_static() -> None:
    """Collects and compresses static files beside the data, unless they are up to date."""
    from django.conf import settings
    from django.core.management import call_command

    if static_is_stale():
        call_command("collectstatic", verbosity=0, interactive=False)
        (settings.STATIC_ROOT / "collected").write_text(_static_sources())


def hold_data(*, alone: bool) -> int | None:
    """An open lock on the data folder: shared by servers, held alone by a restore; None when it cannot be had now.

    It is let go when whoever holds it ends, however that comes about.
    """
    from django.conf import settings

    settings.DATA.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = os.open(settings.DATA / "serving.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock


def start_server(host: str, port: int, *, clock: bool = True) -> None:
    """Becomes the server: this process is replaced, so that nothing of the preparations stays in memory."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DUGA_CLOCK": "1" if clock else "0",
        "MALLOC_ARENA_MAX": os.environ.get("MALLOC_ARENA_MAX", "2"),
    }
    lock = hold_data(alone=False)
    if lock is None:
        raise Refused(gettext_noop("A backup is being restored into this data: wait until it is done."))
    os.set_inheritable(lock, True)  # it stays with the server that this process becomes
    sys.stdout.flush()
    sys.stderr.flush()
    arguments = ["granian", *GRANIAN, "--host", host, "--port", str(port), "config.wsgi:application"]
    os.execve(sys.executable, [sys.executable, "-m", *arguments], environment)  # noqa: S606 no shell
