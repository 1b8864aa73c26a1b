"""`duga serve`, `duga worker`, `duga upgrade`: Duga for real use; settings come from the environment."""

import signal
import threading

import click

from config.cli import django_ready
from duga.plain.errors import Refused, gettext_noop


def refuse_unsafe() -> None:
    """Refused, with everything that is wrong at once, unless these settings are safe for real people's data."""
    from config import settings

    found = settings.insecurities()
    if settings.DEMO:
        found.insert(0, f"{settings.DATA} holds a demo: say another folder in DUGA_DATA, or run `make demo`.")
    if found:
        raise Refused(
            gettext_noop("Duga does not start like this:\n%(found)s\nThe operator's guide: docs/guide/operators.md"),
            found="\n".join(f"  - {each}" for each in found),
        )


def refuse_unready() -> None:
    """Refused when the database lacks changes of this version, or the keys do not open."""
    from config.serving import unapplied_migrations
    from duga.vault import sealing

    missing = unapplied_migrations()
    if missing:
        raise Refused(
            gettext_noop(
                "The database lacks %(number)d changes of this version. First `duga backup`, then `duga upgrade`; "
                "on a new installation: `duga begin`."
            ),
            number=len(missing),
        )
    sealing.store()


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--clock/--no-clock", default=True, help="Whether queue and clock run inside (else: `duga worker`).")
def serve(host, port, clock):
    """Serve Duga for real use, behind a proxy that ends HTTPS. See docs/guide/operators.md."""
    from config import serving

    django_ready()
    refuse_unsafe()
    serving.require_free_port(host, port, f"duga serve --port {port + 1}")
    refuse_unready()
    serving.collect_static()
    click.echo(f"Duga serves http://{host}:{port}/ (Ctrl-C stops it)")
    serving.start_server(host, port, clock=clock)


@click.command()
def worker():
    """Run the queue and the clock apart from the server (`duga serve --no-clock`), once per installation."""
    django_ready()
    refuse_unsafe()
    refuse_unready()
    from config import clock

    if clock.only_one() is None:
        raise Refused(gettext_noop("A clock already runs for this installation: one is enough."))
    stop = threading.Event()
    for which in (signal.SIGINT, signal.SIGTERM):
        signal.signal(which, lambda *_: stop.set())
    click.echo("The clock ticks (Ctrl-C stops it)")
    clock.run_for_ever(stop)


def bring_lists(by) -> None:
    """The directory's terms, and what countries ask of a licence, as this version of Duga ships them."""
    from duga.directory.actions import load_licensing, load_terms

    load_terms(by=by)
    load_licensing(by=by)


@click.command()
def upgrade():
    """Bring the database and the static files to this version of Duga. Make a backup first."""
    from config import restoring, serving
    from duga.members.rules import Viewer

    django_ready()
    missing = serving.unapplied_migrations()
    for each in missing:
        click.echo(f"  {each}")
    serving.migrate()
    bring_lists(Viewer(system="upgrade"))
    restoring.erase_again()  # of a backup restored from before these changes
    restoring.end_lost_rounds()
    serving.collect_static()
    click.echo(f"Up to date ({len(missing)} changes made).")
