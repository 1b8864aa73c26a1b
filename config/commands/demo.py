"""`duga demo`: the demo network, built once and served on this machine only."""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import click

from config.cli import django_ready
from duga.plain.errors import Refused, gettext_noop

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
#: A demo is a folder and nothing else: what points elsewhere does not count for it.
ELSEWHERE = ("DATABASE_URL", "DUGA_KEY", "DUGA_KEY_FILE", "DUGA_KEYS", "DUGA_BACKUPS")
MARK = "demo.json"  # only a folder that holds it is ever deleted


def data_folder() -> Path:
    """Where the demo lives: DUGA_DATA, or var/ beside the code."""
    return Path(os.environ.get("DUGA_DATA") or ROOT / "var").resolve()


def is_demo(folder: Path) -> bool:
    """Whether `duga demo` made this folder."""
    return (folder / MARK).is_file()


def remove_demo(folder: Path) -> None:
    """Deletes a demo; its mark goes last, so that what is cut off can be deleted again."""
    if not is_demo(folder):
        raise Refused(gettext_noop("%(folder)s is not a demo: nothing was deleted."), folder=folder)
    for path in folder.iterdir():
        if path.name != MARK:
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    (folder / MARK).unlink()
    folder.rmdir()


def build(data: Path, small: bool = False) -> None:
    """Builds beside `data` and puts it there in one step: a demo is whole, or not there at all."""
    work = data.with_name(f".{data.name}.building")
    work.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = os.open(work, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Refused(gettext_noop("Another `make demo` is building here: wait for it, or stop it.")) from None
    try:
        _build_in(work, small)
        if data.is_dir() and not any(data.iterdir()):
            data.rmdir()
        if data.exists():
            raise Refused(gettext_noop("%(folder)s appeared meanwhile: nothing there was touched."), folder=data)
        work.rename(data)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
    finally:
        os.close(lock)


def _build_in(work, small):
    """Runs the builder in a process of its own, which ends with this one; Refused when it fails."""
    for path in work.iterdir():  # what a killed build left
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    environment = os.environ | {"DUGA_DATA": str(work), "DJANGO_SETTINGS_MODULE": "config.settings"}
    for name in ELSEWHERE:
        environment.pop(name, None)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    command = [sys.executable, "-m", "demo", *(["--small"] if small else [])]
    builder = subprocess.Popen(command, cwd=ROOT, env=environment)  # noqa: S603 our own
    try:
        code = builder.wait()
    except BaseException:
        builder.terminate()
        builder.wait()
        raise
    if code:
        raise Refused(gettext_noop("The demo could not be built; nothing half-made is left. The reason stands above."))


def require_place(data: Path, fresh: bool) -> None:
    """Refused when the folder holds something that is not a demo; a demo goes when asked for a fresh one."""
    if data.exists() and not is_demo(data) and any(data.iterdir()):
        raise Refused(
            gettext_noop(
                "%(folder)s holds something that is no demo: nothing there was touched. "
                "Name another folder: DUGA_DATA=/path/to/demo make demo"
            ),
            folder=data,
        )
    if fresh and is_demo(data):
        click.echo("Starting over: the old demo is deleted.")
        remove_demo(data)


def greet(data: Path, port: int) -> None:
    """The address, and a sign-in for each part there is to play."""
    told = json.loads((data / MARK).read_text())
    click.echo(f"\n  Duga, the demo network:  {click.style(f'http://localhost:{port}/', bold=True)}\n")
    click.echo(f"  Sign in at http://localhost:{port}/workspace/ with the password  {told['password']}")
    for person in told["people"]:
        click.echo(f"    {person['email']:32} {person['role'].replace('_', ' ')}")
    click.echo("\n  A demo: people and organisations marked so are invented, and the second factor (TOTP),")
    click.echo("  without which nobody sees people's data for real, is off. Ctrl-C stops it.\n")


@click.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--fresh", is_flag=True, help="Delete the demo that is there and build it anew.")
@click.option("--build-only", is_flag=True, help="Build it, and do not serve.")
@click.option("--small", is_flag=True, help="A fortieth of the people, and releases of one country: for tests.")
def demo(port, fresh, build_only, small):
    """Build the demo network (the first time) and serve it on this machine. Ctrl-C stops it."""
    from config import serving

    data = data_folder()
    if not build_only:
        serving.require_free_port(HOST, port, f"make demo PORT={port + 1}")
    require_place(data, fresh)
    if not is_demo(data):
        click.echo("Building the demo network; it is kept, and starts in seconds from then on.")
        build(data, small)
    if build_only:
        return
    os.environ["DUGA_DATA"] = str(data)
    for name in (*ELSEWHERE, "DUGA_HOSTS", "DUGA_HTTPS", "DUGA_DEBUG"):
        os.environ.pop(name, None)
    django_ready()
    missing = serving.unapplied_migrations()
    if missing:
        click.echo(f"Bringing the demo to this version ({len(missing)} changes) …")
        serving.migrate()
    serving.collect_static()
    greet(data, port)
    serving.start_server(HOST, port)
