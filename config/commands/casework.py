"""`duga import assistance FILE`: the spreadsheet an organisation already has, into its ledger."""

import json
import sys
from pathlib import Path

import click

from config.cli import django_ready
from config.commands.options import AS_JSON, BAD_ROWS, DRY_RUN, REJECTS, mapping_in, organisation_named, rejects_beside

STAGES = {
    "read": "Reading",
    "check": "Checking",
    "match": "Matching people",
    "people": "Adding people",
    "write": "Writing",
}
SHOWN = 20


@click.group("import")
def import_():
    """Bring records in from files."""


@import_.command("assistance")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--organisation", required=True, metavar="SLUG", help="Whose ledger it is for.")
@click.option("--as", "email", required=True, metavar="EMAIL", help="Who acts: someone who may import there.")
@click.option(
    "--mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
    help='JSON that says which column is what: {"date": "Datum", "unit": "=parcel", "note": null}. "=" gives one value '
    "for all rows, null leaves a field out.",
)  # fmt: skip
@BAD_ROWS
@REJECTS
@DRY_RUN
@AS_JSON
def assistance(file, organisation, email, mapping, bad_rows, rejects, dry_run, as_json):
    """Import a spreadsheet of assistance (xlsx, xls, ods, csv), every row checked, nothing ever twice.

    Exit code 0 when what could come in is in, also when all of it was there already and the bad rows are those left
    out before; 1 when a bad row kept the file out, or it cannot be read: then nothing was imported. With --dry-run
    the same, of what would be.
    """
    django_ready()
    from duga.casework.actions import import_assistance
    from duga.members.queries import viewer_by_email

    if bad_rows == "set-aside":
        rejects = rejects_beside(rejects, file)
    by = viewer_by_email(email)
    outcome = import_assistance(
        by=by, organisation_id=organisation_named(by, organisation).pk, name=file.name, data=file.read_bytes(),
        mapping=mapping_in(mapping), bad_rows=bad_rows, dry_run=dry_run,
        progress=None if as_json or not sys.stderr.isatty() else _progress(),
    )  # fmt: skip
    written = None
    if outcome.rejects and rejects and not dry_run:
        written = rejects
        written.write_bytes(outcome.rejects)
    if as_json:
        click.echo(json.dumps(_as_json(outcome), ensure_ascii=False, indent=1))
    else:
        _print(outcome, written, dry_run, bad_rows == "refuse")
    if outcome.stopped:
        sys.exit(1)


def _progress():
    last = [None]

    def tell(done, total, stage):
        if last[0] not in (None, stage):
            click.echo(err=True)
        last[0] = stage
        share = f" {done:,} of {total:,}" if total > 1 else ""
        click.echo(f"\r{STAGES.get(stage, stage)}…{share}   ", nl=False, err=True)
        if stage == "write" and done >= total:
            click.echo(err=True)

    return tell


def _as_json(outcome) -> dict:
    return {
        "read": outcome.read,
        "imported": outcome.imported,
        "already": outcome.already,
        "rejected": outcome.rejected,
        "errors": [{"row": fault.row, "column": fault.column, "message": str(fault)} for fault in outcome.errors],
        "people_new": outcome.people_new,
        "people_known": outcome.people_known,
        "perhaps_known": [row for row, _, _ in outcome.doubts],
        "notes": [str(note) for note in outcome.notes],
    }


def _print(outcome, written, dry_run, refuse):
    for note in outcome.notes:
        click.echo(str(note))
    for fault in outcome.errors:
        click.echo(f"Row {fault.row}, {fault.column}: {fault}", err=outcome.stopped)
    if outcome.stopped:
        click.echo(
            f"Nothing was imported: {outcome.rejected} of {outcome.read} rows are bad. Mend them, or import the good "
            "ones with --bad-rows set-aside.", err=True,
        )  # fmt: skip
        return
    verb, aside = "would come in" if dry_run else "came in", "bad" if refuse else "set aside"
    click.echo(
        f"{outcome.read:,} rows read: {outcome.imported:,} {verb}, {outcome.already:,} were there already, "
        f"{outcome.rejected:,} {aside}. {outcome.people_new:,} people are new, {outcome.people_known:,} were known."
    )
    if outcome.doubts:
        rows = ", ".join(str(row) for row, _, _ in outcome.doubts[:SHOWN])
        more = f" and {len(outcome.doubts) - SHOWN} more" if len(outcome.doubts) > SHOWN else ""
        click.echo(f"Added as new people, though they may be known under the same name: rows {rows}{more}.")
    if outcome.rejected and refuse:
        click.echo("They are bad as before and stay out: bring them in mended, or take them with --bad-rows set-aside.")
    if written:
        click.echo(f"The rows set aside are in {written}, each with its reason.")
