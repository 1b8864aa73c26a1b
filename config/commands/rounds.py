"""`duga round`: what counting rounds do in processes of their own, and how a result is checked. Screens start it."""

import json
import sys
from pathlib import Path

import click

from config.cli import django_ready


@click.group("round", context_settings={"help_option_names": ["-h", "--help"]})
def round_():
    """Counting rounds: people helped by several organisations counted once, without names.

    Rounds are opened, answered and ended on screen (/workspace/rounds/).
    """


def _house():
    from duga.members.rules import Viewer

    return Viewer(system="counting round")


@round_.command("encode")
@click.argument("round_id", type=click.UUID)
def encode(round_id):
    """Encode the organisations that agreed, each inside its own walls. Started by the screen of the round."""
    django_ready()
    from duga.indicators.actions import encode_parts

    done = encode_parts(by=_house(), round_id=round_id, progress=lambda n, of: click.echo(f"  {n} of {of}", err=True))
    click.echo(f"{done} organisations encoded")


@round_.command("link")
@click.argument("round_id", type=click.UUID)
def link(round_id):
    """Link what was encoded, in a process that holds no key. Started by the screen of the round."""
    django_ready()
    from duga.indicators.actions import link_round

    done = link_round(
        by=_house(), round_id=round_id, progress=lambda words, done: click.echo(f"  {done:3} % {words}", err=True)
    )
    if done.message:
        raise click.ClickException(done.message)
    click.echo(f"{done.fingerprint}  {len(done.result)} numbers")


@round_.command("apart", hidden=True)
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
def apart(folder):
    """Links a folder of encodings; needs no settings, database or key, and has none. JSON on standard output."""
    from duga.evidence.across import count_round

    out, sys.stdout = sys.stdout, sys.stderr  # whatever a library prints is no part of the answer

    def say(words, share=None):
        click.echo(f"· {words}" if share is None else f"· {share:.3f} {words}", err=True)

    result = count_round(folder, progress=say)
    json.dump(result, out)


@round_.command("verify")
@click.argument("round_id", type=click.UUID)
def verify(round_id):
    """Check a round's released numbers against its sealed counts and, while it lasts, its sealed map."""
    django_ready()
    from duga.indicators.queries import differences_of_round, released_round

    found = differences_of_round(released_round(round_id))
    for each in found:
        click.echo(each)
    if found:
        raise SystemExit(1)
    click.echo("The numbers are those that were counted.")
