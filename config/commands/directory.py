"""`duga import directory FILE`: another directory's services, as HSDS, into a network's own."""

import json
import sys
from pathlib import Path

import click

from config.cli import django_ready
from config.commands.options import AS_JSON, BAD_ROWS, DRY_RUN, REJECTS, mapping_in, rejects_beside
from duga.plain.errors import Refused

STAGES = {"read": "Reading", "match": "Matching", "write": "Writing", "search": "Indexing"}
SHOWN = 50  #: faults printed; all stand in the rejects


@click.command("directory")
@click.argument("file", type=click.Path(exists=True, path_type=Path), required=False)
@click.option("--feed", metavar="URL", help="Instead of FILE: the HSDS API of another directory (https).")
@click.option("--network", required=True, metavar="SLUG", help="The network whose directory it is for.")
@click.option("--as", "email", required=True, metavar="EMAIL", help="Who acts: someone who curates that directory.")
@click.option("--source", default="", metavar="NAME", help="What the source is called. Default: the file's name.")
@click.option("--licence", default="", metavar="TEXT", help="Under which licence the source gives it, as CC BY 4.0.")
@click.option("--country", default="", metavar="ISO2", help="Country of services whose address tells none.")
@click.option("--kind", default="other", show_default=True, help="What the providers are: association, state, …")
@click.option(
    "--mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
    help='For a spreadsheet: JSON that says which column is what: {"organisation": "Ustanova", "kind": "=state"}.',
)  # fmt: skip
@BAD_ROWS
@REJECTS
@DRY_RUN
@AS_JSON
def directory(file, feed, network, email, source, licence, country, kind, mapping, bad_rows, rejects, dry_run, as_json):
    """Import services and organisations from HSDS 3.1 (JSON, lines of JSON, a data package as zip or folder) or from
    any spreadsheet, one service a row (xlsx, xls, ods, csv).

    Nothing comes in twice: what is here already is compared, changed where only this source has spoken, and noted
    where people said otherwise. Exit code 1 when a bad row kept the file out, or it cannot be read.
    """
    django_ready()
    from duga.directory.actions import exchange
    from duga.directory.rules.hsds.files import is_list
    from duga.members.queries import network_by_slug, viewer_by_email

    if (file is None) == (feed is None):
        raise click.UsageError("Give a FILE or a --feed.")
    by = viewer_by_email(email)
    told = {
        "by": by, "network_id": network_by_slug(by, network).pk, "source": source, "licence": licence,
        "country": country, "kind": kind, "bad_rows": bad_rows, "dry_run": dry_run,
        "progress": None if as_json or not sys.stderr.isatty() else _progress(),
    }  # fmt: skip
    if feed:
        outcome = exchange.import_feed(url=feed, **told)
    else:
        if bad_rows == "set-aside" or rejects:
            rejects = rejects_beside(rejects, file)
        if file.is_file() and is_list(file.name, file.read_bytes()):
            outcome = exchange.import_list(
                name=file.name, data=file.read_bytes(), mapping=mapping_in(mapping), **told
            )  # fmt: skip
            click.echo("Columns: " + ", ".join(f"{name} = {at}" for name, at in outcome.columns.items()), err=True)
        else:
            outcome = exchange.import_hsds(name=file.name, data=_data(file), **told)
    if outcome.rejects and rejects and not dry_run:
        rejects.write_bytes(outcome.rejects)
    if as_json:
        click.echo(json.dumps(_as_json(outcome), ensure_ascii=False, indent=1))
    else:
        _print(outcome, rejects if outcome.rejects and not dry_run else None, dry_run)
    if outcome.stopped:
        sys.exit(1)


def _data(path):
    """A file's bytes, or those of the files in a folder."""
    if path.is_file():
        return path.read_bytes()
    files = {each.name: each.read_bytes() for each in sorted(path.iterdir()) if each.suffix in (".csv", ".json")}
    if not files:
        raise Refused("There are no CSV files in %(path)s.", path=path)
    return files


@click.command()
@click.option("--as", "email", required=True, metavar="EMAIL", help="Who acts: someone who curates the directory.")
def reindex(email):
    """Make the search index of the directory anew, while people search and write: when it finds wrong things, and
    after an upgrade whose notes say so."""
    django_ready()
    from duga.directory import actions
    from duga.members.queries import viewer_by_email

    tell = _progress() if sys.stderr.isatty() else (lambda words, share: None)
    number = actions.reindex(by=viewer_by_email(email), progress=lambda share: tell("search", share))
    click.echo(f"{number:,} services can be found.")


def _progress():
    last = [None]

    def tell(words, share):
        if last[0] not in (None, words):
            click.echo(err=True)
        last[0] = words
        click.echo(f"\r{STAGES.get(words, words)}… {share:.0%}   ", nl=False, err=True)
        if share >= 1:
            click.echo(err=True)

    return tell


def _as_json(outcome) -> dict:
    names = ("read", "imported", "already", "rejected", "changed", "disagreements", "loose")
    return {name: getattr(outcome, name) for name in names} | {
        "numbers": dict(outcome.numbers),
        "errors": [_fault(fault) for fault in outcome.errors],
        "notes": [_fault(fault) for fault in outcome.notes],
    }


def _fault(fault) -> dict:
    place = fault.place
    told = {"file": place.file, "row": place.row, "path": place.path, "entity": fault.entity, "column": fault.column}
    return told | {"message": str(fault)}


def _where(fault) -> str:
    where = f"{fault.place.file}, row {fault.place.row}{fault.place.path}: {fault.entity}"
    return f"{where}.{fault.column}" if fault.column else where


def _print(outcome, written, dry_run):
    for fault in [*outcome.notes[:SHOWN], *outcome.errors[:SHOWN]]:
        click.echo(f"{_where(fault)}: {fault}", err=outcome.stopped)
    more = max(0, len(outcome.errors) - SHOWN)
    if more:
        click.echo(f"… and {more:,} more.", err=outcome.stopped)
    if outcome.stopped:
        click.echo(
            f"Nothing was imported: {outcome.rejected:,} of {outcome.read:,} rows are bad. Mend them, or import the "
            "good ones with --bad-rows set-aside.", err=True,
        )  # fmt: skip
    else:
        verb = "would come in" if dry_run else "came in"
        click.echo(
            f"{outcome.read:,} rows read: {outcome.imported:,} {verb} ({outcome.numbers['service']:,} services, "
            f"{outcome.numbers['organization']:,} organisations), {outcome.already:,} were there already, "
            f"{outcome.rejected:,} stayed out. {outcome.changed:,} fields changed, {outcome.disagreements:,} disagree "
            "with what people here said."
        )
    if written:
        click.echo(f"The bad rows are in {written}, each with its reason.", err=outcome.stopped)
