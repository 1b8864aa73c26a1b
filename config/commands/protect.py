"""duga protect: anybody's table of counts, protected. No database, secret or settings needed."""

from pathlib import Path

import click

from config.commands.options import check_places, to_hand_on, words
from duga.plain.errors import Refused


def _within(items) -> dict[str, str]:
    pairs = {}
    for item in [each for text in items for each in text.split(",")]:
        inner, equals, outer = (part.strip() for part in item.partition("="))
        if not equals or not inner or not outer:
            raise click.UsageError(f"--within is written --within area=country, not {item!r}.")
        if inner in pairs:
            raise click.UsageError(f"--within says twice what {inner} lies within.")
        pairs[inner] = outer
    return pairs


@click.command()
@click.argument("source", metavar="TABLE", type=click.Path(path_type=Path))
@click.option("--by", required=True, help="The columns that make a cell, e.g. sex,age,area.")
@click.option("--value", required=True, help="The column with the count.")
@click.option(
    "--min", "minimum", type=click.IntRange(min=1), default=5, show_default=True, help="Smallest count to show."
)
@click.option("--within", multiple=True, metavar="INNER=OUTER", help="area=country: areas lie within countries.")
@click.option(
    "--contributor",
    help="The column that says who contributed a row; rows are added up per cell. Contributors are not protected "
    "unless --protect-contributors is given.",
)
@click.option(
    "--protect-contributors",
    is_flag=True,
    help="Hide cells that would tell one contributor's figure: fewer than three contributors, or the largest known to "
    "within 10 %.",
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Where the protected table goes: a CSV.")
@click.option(
    "--explain", type=click.Path(path_type=Path), help="Why each cell is hidden: for the owner, never to publish."
)
@click.option(
    "--secret-file",
    type=click.Path(path_type=Path),
    help="A file only you have: its bytes decide between nearly equal choices, so that nobody can repeat them.",
)
def protect(
    source, by, value, minimum, within, contributor, protect_contributors, out, explain, secret_file
):  # one argument for each option
    """Hide small counts in TABLE, and as few others as needed so that nobody can work them out.

    TABLE is a CSV, or a workbook (xlsx, ods, xls) of one sheet, its header in the first row. It has one row per
    innermost cell (with --contributor: per cell and contributor); totals are worked out here and protected too. OUT, a
    CSV, has every cell and every total ((all) marks a total) with value (empty where hidden) and status (shown or
    hidden). A combination that TABLE lacks counts zero, and zeros are shown. A hidden cell is small, or hidden to
    protect a small one: nothing more is said. Exit code 0 only if the audit passed.
    """
    from duga.evidence import disclosure
    from duga.evidence.disclosure import given

    dimensions, nested = words(by), _within(within)
    if protect_contributors and not contributor:
        raise click.UsageError("--protect-contributors needs --contributor: which column says who contributed.")
    for path in (out, explain):
        if path and path.suffix.lower() in (".xlsx", ".xls", ".ods"):
            raise click.UsageError(f"The result is a CSV, which spreadsheet programs open: not {path.name}, but .csv.")
    check_places((out, explain), (source, secret_file))
    figures = given.read_figures(source, dimensions, value, contributor, nested)
    table = disclosure.table_of({key: sum(each.values()) for key, each in figures.items()}, dimensions, nested)
    rule = disclosure.Rule(minimum, dominance=disclosure.Dominance() if protect_contributors else None)
    figures = figures if protect_contributors else None
    secret = secret_file.read_bytes() if secret_file else None
    try:
        safe = disclosure.protect(table, rule, figures=figures, secret=secret)  # audited before it is given back
    except RuntimeError as error:
        raise Refused(str(error)) from error
    if explain:
        given.write_reasons(safe, table, explain)
    given.write_protected(safe, out)
    to_hand_on(out)
    _say(table, safe, figures is None and contributor)
    for inner, outer in given.turned_round(table):
        click.echo(
            f"Each {outer} lies in one {inner}, and {inner} in several of {outer}: did you mean "
            f"--within {outer}={inner}?", err=True,
        )  # fmt: skip


def _say(table, safe, added_up) -> None:
    """What the owner should know beside the table, on standard error."""
    cells, hidden = len(safe.cells), sum(cell.hidden for cell in safe.cells.values())
    missing = cells - len(table.cells)
    click.echo(f"{cells} cells and totals, {hidden} hidden. The audit passed.", err=True)
    if missing:
        click.echo(f"{missing} combinations stood in no row: they count zero and are shown as 0.", err=True)
    if added_up:
        click.echo(
            "Contributors were added up. The people counted are protected; no contributor is protected.", err=True
        )
    if hidden * 3 > cells:
        click.echo(
            "More than a third is hidden. A coarser table (regions, quarters, wider age bands) would tell more.",
            err=True,
        )
