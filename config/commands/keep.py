"""`duga backup` and `duga restore`: what a machine that burns must not take with it."""

from pathlib import Path

import click

from config.cli import django_ready
from config.commands.doctor import tell


@click.command()
@click.option("--to", type=click.Path(file_okay=False, path_type=Path), help="The folder (default: DUGA_BACKUPS).")
def backup(to):
    """Back up database, files, snapshots and releases in one file, and the key store in another.

    Works while Duga is in use. The installation key is in neither: two people keep it, in two places.
    """
    django_ready()
    from django.conf import settings

    from config import backups

    made = backups.back_up(to or settings.BACKUPS)
    click.echo(f"{made.archive}\n{made.keys}  (keep it apart; remove it within 30 days)\n{made.size / 1e6:.1f} MB")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--keys", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The key store to use.")
@click.option("--over", is_flag=True, help="Put it in place of what is there, which is set aside.")
def restore(file, keys, over):
    """Restore a backup made by `duga backup`. Whoever was erased since stays erased."""
    django_ready()
    from config import restoring

    done = restoring.restore(file, keys=keys, over=over, say=click.echo)
    click.echo(f"Restored what was backed up at {done['made']}.")
    if done["people_erased_again"]:
        click.echo(f"{done['people_erased_again']} people erased since are erased again.")
    if done["rounds_lost"]:
        click.echo("Counting rounds that were under way are ended: no backup holds their keys. Open others on screen.")
    if done["aside"]:
        click.echo(f"What was there before lies in {done['aside']}: remove it when all is well.")
    tell(witness=done["trail"])
