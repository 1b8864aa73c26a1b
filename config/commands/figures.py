"""duga check-figures: whether published figures hold together. No database, secret or settings needed."""

import json
import sys
from pathlib import Path

import click


@click.command("check-figures")
@click.argument("source", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Findings, proposals and notices as JSON.")
@click.option("--findings-only", is_flag=True, help="Look for no relations that nobody declared.")
def check_figures(source, as_json, findings_only):
    """Check the published figures of FILE: sums, shares, changes, means, running counts, conflicting sources.

    FILE is a CSV with the columns id, claim, value, qualifier, unit, place, period, source, relation (only id and value
    are needed, others are passed over), or a text whose figures are marked [[id: value unit place period =
    relation]]; - reads standard input. Relations: sum(a,b,…), share(part,whole), change(new,old), mean(total,count),
    partial(whole), same(other), cumulative(earlier), restates(earlier), with ids or numbers.

    Exit code 0 when nothing is wrong, 1 when there are findings, 2 when FILE cannot be used. Proposals and notices
    never count as findings.
    """
    from duga.evidence import figures
    from duga.plain.errors import DugaError

    try:
        if str(source) == "-":
            read = figures.read_bytes(sys.stdin.buffer.read(), "-")
        else:
            read = figures.read(source)
    except DugaError as error:
        _unusable(str(error))
    except OSError as error:
        _unusable(f"{source} cannot be read: {error.strerror or error}.")
    result = figures.check(read, propose=not findings_only)
    if as_json:
        click.echo(json.dumps(result.to_dict(), ensure_ascii=False, indent=1))
    else:
        _say(result)
    sys.exit(1 if result.findings else 0)


def _unusable(message: str):
    click.echo(message, err=True)
    sys.exit(2)


def _say(result) -> None:
    for each in result.findings:
        where = f" (row {each.row})" if each.row else ""
        click.echo(f"{', '.join(each.figures)}{where}: {each.kind}\n  {each.message}")
    if result.findings:
        click.echo()
    click.echo(
        f"{result.figures} figures, {result.relations} relations: "
        f"{len(result.findings) or 'no'} finding{'' if len(result.findings) == 1 else 's'}."
    )
    for title, lines in (
        ("Worth a question (no findings):", [str(each.phrase) for each in result.notices]),
        ("Relations nobody declared (no findings):", [str(each.phrase) for each in result.proposals]),
    ):
        if lines:
            click.echo("\n" + title)
            for line in lines:
                click.echo(f"  {line}")
