"""`duga export`: everything an organisation owns, in open formats, for the day it leaves."""

import datetime as dt
import json
from itertools import chain
from pathlib import Path

import click

from config.cli import django_ready
from config.commands.options import organisation_named
from duga.plain.errors import Refused, gettext_noop

README = """{organisation}: everything Duga holds of it, as of {day}.

Each table is here twice: NAME.csv opens in Excel and LibreOffice (UTF-8 with BOM, commas), NAME.json is for programs
(a list of objects; dates as 2020-04-03, decimals as texts). Rows point to each other by id. Names and notes are
readable: keep this folder like the case files on paper, on an encrypted disk, and delete copies you do not need.

{tables}

Tables called directory_… use Open Referral's words (HSDS 3.1) where it has them; the documents of licences lie in
licences/, a folder for each.

Not here: people who were erased, {sealed}, what readers wrote in reports about
services, and the keys.
"""


def _texts(value):
    """A cell as JSON has it."""
    if value is None or isinstance(value, str | int | float | bool | list | dict):
        return value
    return value.isoformat() if isinstance(value, dt.date) else str(value)


class Folder:
    """The export as it grows: tables in two formats, papers, and what the README will tell."""

    def __init__(self, path: Path):
        self.path, self.told = path, []
        self.areas: set = set()
        self.scans: list = []
        self.papers = 0

    def table(self, name, columns, rows):
        """Writes one table; remembers areas and scans it names."""
        from duga.plain.tables import write_csv

        columns, rows = list(columns), [[_texts(cell) for cell in row] for row in rows]
        where = {column: at for at, column in enumerate(columns)}
        if "area_id" in where:
            self.areas |= {row[where["area_id"]] for row in rows if row[where["area_id"]]}
        if "scan_type" in where:
            self.scans += [row[where["id"]] for row in rows if row[where["scan_type"]]]
        cells = [[json.dumps(c, ensure_ascii=False) if isinstance(c, list | dict) else c for c in row] for row in rows]
        (self.path / f"{name}.csv").write_bytes(write_csv(columns, cells))
        listed = [dict(zip(columns, row, strict=True)) for row in rows]
        (self.path / f"{name}.json").write_text(json.dumps(listed, ensure_ascii=False, indent=1), encoding="utf-8")
        self.told.append(f"  {name} ({len(rows)} rows): {', '.join(columns)}")

    def paper(self, inside, data):
        """Writes one file that came in as it is, by its path inside the folder."""
        path = self.path / inside
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        self.papers += 1


def _trail(by, organisation):
    from duga.members import queries

    page = queries.trail(by, organisation)
    for number in page.paginator.page_range:
        for entry in queries.trail(by, organisation, number).object_list:
            yield entry.number, entry.at, entry.actor, entry.event, entry.subject_label, entry.subject_id, entry.detail


def export_to(folder: Folder, *, by, organisation) -> None:
    """Fills the folder; Refused or NotFound before anything is written when `by` may not."""
    from duga.casework import actions as casework
    from duga.directory import actions as directory
    from duga.places import queries as places

    tables = casework.export_everything(by=by, organisation_id=organisation.pk)
    folder.path.mkdir(parents=True, exist_ok=True)
    fields = ("slug", "name", "country", "town", "website")
    folder.table("organisation", fields, [[getattr(organisation, field) for field in fields]])
    for name, columns, rows in chain(tables, directory.export_directory(by=by, organisation_id=organisation.pk)):
        folder.table(name, columns, rows)
    found = [places.area_by_id(pk) for pk in sorted(folder.areas)]
    folder.table("areas", ("id", "country", "code", "name"), [(a.pk, a.country, a.code, a.name) for a in found])
    folder.table(
        "trail", ("number", "at", "actor", "event", "subject", "subject_id", "detail"), _trail(by, organisation)
    )
    for list_id in folder.scans:
        data, kind = casework.open_scan(by=by, list_id=list_id)
        folder.paper(f"scans/{list_id}.{kind.rsplit('/', 1)[-1]}", data)
    for inside, data in directory.export_papers(by=by, organisation_id=organisation.pk):
        folder.paper(inside, data)


@click.command()
@click.option("--organisation", "slug", required=True, help="Slug of the organisation.")
@click.option("--to", required=True, type=click.Path(file_okay=False, path_type=Path), help="A new or empty folder.")
@click.option("--as", "as_email", required=True, help="Who exports: the organisation's coordinator.")
def export(slug, to, as_email):
    """Write everything an organisation owns as CSV and JSON, names opened, for the day it leaves."""
    django_ready()
    from duga.members import queries

    if to.exists() and any(to.iterdir()):
        raise Refused(gettext_noop("%(folder)s is not empty: name a new folder."), folder=to)
    by = queries.viewer_by_email(as_email)
    organisation = organisation_named(by, slug)
    folder = Folder(to)
    export_to(folder, by=by, organisation=organisation)
    told = README.format(
        organisation=organisation.name, day=dt.date.today().isoformat(), tables="\n".join(folder.told),
        sealed="records of sealed programmes that the exporting person is not named for",
    )  # fmt: skip
    (to / "README.txt").write_text(told, encoding="utf-8")
    click.echo(f"{to}: {len(folder.told)} tables, {folder.papers} papers. It holds names: keep it encrypted.")


@click.command()
@click.option("--organisation", "slug", required=True, help="Slug of the organisation.")
@click.option("--as", "as_email", required=True, help="Who destroys: the organisation's coordinator.")
@click.option("--confirm", required=True, metavar="SLUG", help="The slug once more: nothing of this can be taken back.")
def destroy(slug, as_email, confirm):
    """Destroy the key of an organisation that has left, after `duga export`: nobody it helped can be read any more.

    Restart the server afterwards: it may still hold the key in memory. Exit code 1, and nothing done, while it stands
    in a network or nothing was exported in the last 30 days.
    """
    django_ready()
    from duga.casework import actions as casework
    from duga.members import queries

    by = queries.viewer_by_email(as_email)
    organisation = organisation_named(by, slug)
    people = casework.destroy_organisation(by=by, organisation_id=organisation.pk, confirm=confirm)
    click.echo(f"{organisation.name}: the key is destroyed, and with it the data of {people} people.")
    click.echo("Restart the server now. Backups of the key store from before go within 30 days.")
