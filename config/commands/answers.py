"""`duga answers`: the answers to a form as a file, as large as they may be; `duga import answers`: the way back."""

import sys
from pathlib import Path

import click

from config.cli import django_ready
from config.commands.options import DRY_RUN, mapping_in

KINDS = ("csv", "xlsx", "geojson", "spss", "codebook", "parquet")


@click.command()
@click.argument("organisation")
@click.argument("form")
@click.argument("kind", type=click.Choice(KINDS))
@click.option("--as", "who", required=True, metavar="EMAIL", help="Who acts: an account that may review answers.")
@click.option("--table", default="", help="The name of a repeat, in place of the form itself.")
@click.option("--language", default="", help="Labels in this language in place of codes.")
@click.option("--split", is_flag=True, help="A column of 0 and 1 for each choice.")
@click.option("--trials", is_flag=True, help="What was sent to try the form, in place of answers.")
def answers(organisation, form, kind, who, **told):
    """Write the answers of ORGANISATION to FORM (their ids, or short names) to standard output."""
    django_ready()
    from duga.members.queries import viewer_by_email
    from duga.surveys.actions.exports import export_answers
    from duga.surveys.queries.exports import named_form

    by = viewer_by_email(who)
    organisation_id, form_id = named_form(by, organisation, form)
    parts = export_answers(by=by, organisation_id=organisation_id, form_id=form_id, kind=kind, **told)
    for part in parts:
        sys.stdout.buffer.write(part)
    sys.stdout.buffer.flush()


@click.command("answers")
@click.argument("organisation")
@click.argument("form")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "who", required=True, metavar="EMAIL", help="Who acts: an account that may review answers.")
@click.option(
    "--mapping",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help='JSON: heading to question, "" leaves it out.',
)
@DRY_RUN
def answers_in(organisation, form, file, who, mapping, dry_run):
    """Bring FILE, an export of KoboToolbox, ODK Central or Duga, in as answers of ORGANISATION to FORM."""
    django_ready()
    from duga.members.queries import viewer_by_email
    from duga.plain.errors import Refused, gettext_noop
    from duga.surveys.actions.exports import import_answers
    from duga.surveys.queries.exports import named_form

    by, data = viewer_by_email(who), file.read_bytes()
    organisation_id, form_id = named_form(by, organisation, form)
    told = import_answers(
        by=by, organisation_id=organisation_id, form_id=form_id, data=data, name=file.name,
        mapping=mapping_in(mapping), dry_run=dry_run,
    )  # fmt: skip
    if told.left:
        click.echo(f"Not understood: {', '.join(told.left)}")
    if dry_run:
        return click.echo(f"{told.read} read; nothing was written.")
    click.echo(f"{told.read} read, {told.new} new, {told.already} here already, {len(told.refused)} refused")
    for number, error in told.refused[:20]:
        click.echo(f"  row {number}: {error}", err=True)
    if told.refused:
        raise Refused(gettext_noop("Some rows were not taken. Mend them and bring the file in again."))
