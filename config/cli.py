"""The duga command: one lazy group, so that `duga count` never waits for Django."""

import importlib
import os
import sys

import click

from config.commands import COMMANDS, options
from duga import __version__
from duga.plain.errors import DugaError


class Lazy(click.Group):
    """Imports a command's file only when that command is asked for."""

    def list_commands(self, ctx):
        return sorted(COMMANDS)

    def get_command(self, ctx, name):
        if name not in COMMANDS:
            return None
        module, attribute = COMMANDS[name].split(":")
        return getattr(importlib.import_module(module), attribute)

    def resolve_command(self, ctx, args):
        import difflib

        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            hint = f" Did you mean `duga {near[0]}`?" if near else " `duga --help` lists them."
            ctx.fail(f"There is no command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="duga")
def duga():
    """Duga: record the work once, protect people, publish numbers that hold up."""


def django_ready():
    """Loads settings and tables; commands that need them call this first."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()


def main():
    """Runs a command; errors of the house are one plain sentence and exit code 1, never a traceback."""
    options.users_umask = os.umask(0o077)  # what Duga keeps is its owner's alone
    try:
        duga(standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except DugaError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    except OSError as error:
        click.echo(f"{error.filename or 'A file'} cannot be used: {error.strerror or error}.", err=True)
        sys.exit(1)
    except Exception as error:
        if not _is_database_trouble(error):
            raise
        click.echo(f"The database does not answer as it should ({error}).", err=True)
        click.echo(
            "Is DUGA_DATA (or DATABASE_URL) the right one? `duga doctor` says more, `duga upgrade` brings it", err=True
        )
        click.echo("up to date, `duga begin` or `make demo` makes a new one.", err=True)
        sys.exit(1)


def _is_database_trouble(error) -> bool:
    """Whether a database is missing, locked or of another version; asked without loading Django."""
    return any(
        kind.__module__ == "django.db.utils" and kind.__name__ in ("OperationalError", "ProgrammingError")
        for kind in type(error).__mro__
    )


if __name__ == "__main__":
    main()
