"""duga count: the evidence core from the command line. No database, secret or settings needed."""

import datetime
import os
import re
import sys
from pathlib import Path

import click

from config.commands.options import words

ROOT = Path(__file__).resolve().parents[2]


def _pairs(items, option: str) -> dict[str, str]:
    """{name: its words, comma between} of `name=one,two`, given several times or as `name=one,other=two`."""
    pairs = {}
    for item in [each for text in items for each in re.split(r",(?=[^,=]*=)", text)]:
        name, equals, word = item.partition("=")
        if not equals or not name.strip() or not word.strip():
            raise click.UsageError(f"{option} is written {option} name=word, not {item!r}.")
        if name.strip() in pairs:
            raise click.UsageError(f"{option} names {name.strip()} twice; write {name.strip()}=one,two.")
        pairs[name.strip()] = word.strip()
    return pairs


@click.command()
@click.argument("indicator")
@click.option("--by", help="Dimensions to break down by, e.g. country,sex.")
@click.option(
    "--where",
    multiple=True,
    metavar="K=V",
    help="Keep to one word (or several, comma between) of a dimension; of another too: K=V,L=W, or --where again.",
)
@click.option("--period", help="2020, 2020-03, 2020-Q2 or 2020-03..2020-05. Default: all the snapshot holds.")
@click.option("--snapshot", "folder", type=click.Path(path_type=Path), help="Default: the newest under DUGA_DATA.")
@click.option("--engine", default="duckdb", show_default=True, help="What counts: duckdb, or spark on a cluster.")
@click.option("--format", "form", type=click.Choice(["csv", "json", "parquet"]), default="csv", show_default=True)
@click.option(
    "--population",
    type=click.Path(path_type=Path),
    help="For rates: a CSV with country, area, population. Default: population.csv beside the snapshots.",
)
def count(indicator, by, where, period, folder, engine, form, population):
    """Count INDICATOR (people_assisted, or a YAML file) on a snapshot, for work inside the house.

    Every combination of --by and every total, marked (all). People are counted once in each cell and each total:
    a total is not the sum of its parts. The figures go to standard output and are NOT protected; what a reader must
    know beside them goes to standard error.
    """
    from duga.evidence import derived, engines, files, indicators, snapshot, supply

    definition = indicators.find(indicator)
    folder = folder or Path(os.environ.get("DUGA_DATA") or ROOT / "var") / "snapshots"
    frozen = supply.open_supply(folder) if definition.of_supply else snapshot.open_snapshot(folder)
    if definition.measure == "rate":
        population = population or next((p for p in _tables_of_population(folder) if p.is_file()), None)
        definition = definition.with_population(population) if population else definition
    where = {name: words(told) for name, told in _pairs(where, "--where").items()}
    partly = None if definition.of_supply else derived.coverage(frozen, period)
    table = engines.count(definition, frozen, by=words(by), where=where, period=period, engine=engine)
    about = {
        "indicator": _defined(definition),
        "snapshot": frozen.fingerprint,
        "period": period or str(frozen.period),
        "in_snapshot": str(frozen.as_of if definition.of_supply else frozen.period),
        "notes": [note for note in (partly, *table.notes) if note],
        "where": where,
        "limits": definition.words("limits", "en"),
    }
    data = files.table_bytes(table, form, about)
    if form == "parquet" and sys.stdout.isatty():
        raise click.UsageError("Parquet is not for the screen: send it to a file with > table.parquet")
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
    _say(definition, frozen, table, partly)


def _defined(definition) -> dict:
    """Which definition was counted by, who answers for it, and whether its review has lapsed."""
    return {
        "code": definition.code,
        "version": definition.version,
        "sha256": definition.fingerprint,
        "author": definition.author,
        "checker": definition.checker,
        "reviewed": definition.reviewed,
        "next_review": definition.next_review,
        "review_lapsed": definition.lapsed(datetime.date.today()),
    }


def _tables_of_population(folder: Path) -> list[Path]:
    """Where a table of population is looked for: in the folder of snapshots, and beside it."""
    return [place / "population.csv" for place in (folder, folder.parent, folder.parent.parent)]


def _say(definition, frozen, table, partly) -> None:
    """What the reader must know beside the figures, on standard error."""
    from duga.evidence import indicators

    unit = "each in its unit" if table.unit == "by unit" else f"in {table.unit}"
    frozen_on = f" of {frozen.as_of}" if definition.of_supply else ""
    click.echo(f"{definition.title['en']}, {unit}; snapshot {frozen.fingerprint[:16]}{frozen_on}.", err=True)
    click.echo(f"{table.totals} {definition.words('limits', 'en')}", err=True)
    lapsed = indicators.lapsed_note(definition, datetime.date.today())
    unchecked = None if definition.checker else "Nobody but its author has checked this definition yet."
    for note in (partly, *table.notes, lapsed, unchecked):
        if note:
            click.echo(note, err=True)
    for other, shown in zip(definition.beside, table.beside, strict=True):
        if shown.value():
            click.echo(f"Beside, never added: {other.title['en']}: {shown.value():,}.", err=True)
    if table.protected:
        click.echo(
            "INTERNAL: small numbers are not protected. What leaves the house goes through `duga release`, "
            "or `duga protect` for a table of your own.",
            err=True,
        )
