"""`duga answers`: the answers to a form as a file, as large as they may be."""

import sys

import click

from config.cli import django_ready

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
