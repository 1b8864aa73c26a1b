"""`duga places`: the areas figures are shown by."""

from pathlib import Path

import click

from config.cli import django_ready


@click.group()
def places():
    """Countries and areas: what comes with Duga, and schemes of your own."""


@places.command()
@click.option("--as", "email", required=True, metavar="EMAIL", help="Who does this.")
def shipped(email):
    """Load the regions, municipalities and settlements that come with Duga (again: only what is new)."""
    django_ready()
    from duga.members.queries import viewer_by_email
    from duga.places.actions import load_shipped_places

    outcome = load_shipped_places(by=viewer_by_email(email))
    click.echo(_told(outcome))


@places.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--scheme", required=True, help="The codes' scheme: iso-3166-2, nuts-3, p-code, national, or your word.")
@click.option("--country", required=True, metavar="ISO2", help="The country, for example RS; Kosovo* is XK.")
@click.option("--as", "email", required=True, metavar="EMAIL", help="Who does this.")
@click.option("--kind", default="municipality", show_default=True, help="What an area of this file is called.")
@click.option("--column", "columns", multiple=True, metavar="FIELD=COLUMN", help="Say a column yourself; repeatable.")
@click.option("--bad-rows", type=click.Choice(["refuse", "set-aside"]), default="refuse", show_default=True)
@click.option("--dry-run", is_flag=True, help="Check every row, load nothing.")
def load(file, scheme, country, email, kind, columns, bad_rows, dry_run):
    """Load areas from a spreadsheet, CSV or GeoJSON FILE into a scheme.

    Rows meet areas that are there by code or name, so codes of several schemes stand side by side. With wrong rows
    nothing is loaded (exit 1), unless --bad-rows set-aside.
    """
    django_ready()
    from duga.members.queries import viewer_by_email
    from duga.places.actions import load_scheme
    from duga.places.rules.areas import KINDS
    from duga.places.rules.schemes import read_scheme, scheme_fields
    from duga.plain.tables import apply_names, guess_mapping

    if kind not in KINDS:
        raise click.BadParameter(f"one of {', '.join(KINDS)}", param_hint="--kind")
    by, data = viewer_by_email(email), file.read_bytes()
    table, _outlines = read_scheme(data, file.name)
    said = dict(pair.split("=", 1) for pair in columns if "=" in pair)
    mapping = {**guess_mapping(table, scheme_fields()), **apply_names(table, said)}
    click.echo("Columns: " + ", ".join(f"{name} = {table.columns[index]}" for name, index in mapping.items()))
    outcome = load_scheme(
        by=by, country_code=country, scheme=scheme, kind=kind, name=file.name, data=data, mapping=mapping,
        bad_rows=bad_rows, dry_run=dry_run,
    )  # fmt: skip
    for error in outcome.errors:
        click.echo(f"Row {error.row}, {error.column}: {error}", err=True)
    click.echo(_told(outcome))
    if outcome.errors and bad_rows == "refuse":
        click.echo("Nothing was loaded. Mend the rows, or take the good ones with --bad-rows set-aside.", err=True)
        raise SystemExit(1)


@places.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", required=True, help="Who published these figures, and where: rates will say so.")
@click.option("--licence", required=True, help="Under which licence, for example CC BY 4.0.")
@click.option("--note", default="", help="What readers must know beside them, for example what they leave out.")
@click.option("--as", "email", required=True, metavar="EMAIL", help="Who does this.")
@click.option("--dry-run", is_flag=True, help="Check every row, load nothing.")
def population(file, source, licence, note, email, dry_run):
    """Load how many people live where from a spreadsheet or CSV FILE: what rates divide by.

    Columns: country, year, population, and where known area, sex, age_band (empty in a total). Of each country and
    year the table loaded last counts. With a wrong row nothing is loaded (exit 1).
    """
    django_ready()
    from duga.members.queries import viewer_by_email
    from duga.places.actions import load_population

    by = viewer_by_email(email)
    outcome = load_population(
        by=by, name=file.name, data=file.read_bytes(), source=source, licence=licence, note=note,
        dry_run=dry_run,
    )  # fmt: skip
    for error in outcome.errors:
        click.echo(f"Row {error.row}, {error.column}: {error}", err=True)
    wrong = len({error.row for error in outcome.errors})
    click.echo(f"{'Loaded' if outcome.loaded else 'Not loaded'}: {outcome.read} rows read, {wrong} wrong.")
    if wrong:
        click.echo("Nothing was loaded. Mend the rows and load the file again.", err=True)
        raise SystemExit(1)
    if outcome.loaded:
        from duga.indicators.actions import put_population_beside

        put_population_beside(by=by)  # at once: `duga count` may come next, with no worker running


def _told(outcome) -> str:
    head = "Loaded" if outcome.loaded else "Not loaded"
    return (
        f"{head}: {outcome.read} rows read, {outcome.created} new areas, {outcome.updated} changed, "
        f"{outcome.unchanged} as they were, {len({error.row for error in outcome.errors})} wrong."
    )
