"""Bringing answers in from another program's export: each row a submission of its own, and never twice."""

from collections import Counter
from dataclasses import dataclass, field

from duga.members.actions import write_trail
from duga.plain.archives import unzip
from duga.plain.errors import DugaError, Unreadable, gettext_noop
from duga.plain.tables import read_tables
from duga.surveys.actions.receiving import News, receive
from duga.surveys.models import FormVersion
from duga.surveys.queries.exports import form_tables
from duga.surveys.queries.receiving.lists import form_of, review_door
from duga.surveys.rules import Source, VersionState
from duga.surveys.rules.exports.importing import as_xml, filled

MOST_FILES, MOST_BYTES = 60, 200 * 1024 * 1024  #: in a ZIP of CSVs, unpacked
_ZIP = gettext_noop("This ZIP holds too much, or no CSV. Send the ZIP of CSV files as ODK Central exports it.")
_NO_VERSION = gettext_noop("Publish the form first: answers belong to one of its versions.")


@dataclass
class Imported:
    """What became of a file: rows read, new, here already, refused [(row, error)]; headings not understood."""

    read: int = 0
    new: int = 0
    already: int = 0
    refused: list[tuple[int, DugaError]] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def import_answers(
    *, by, organisation_id, form_id, data: bytes, name: str = "", mapping: dict | None = None, dry_run: bool = False
) -> Imported:
    """Brings the rows of a file (xlsx, xls, ods, CSV, or a ZIP of CSVs) in as answers to a form.

    mapping: {heading: path of a question, or "" to leave it out}. dry_run: reads and counts, writes nothing. A row
    that was brought in before is known by its number, or by all its answers where it has none.
    """
    form = form_of(by, review_door(by, organisation_id), form_id)
    version = _version(form)
    tables = form_tables(form)
    rows, left = filled(tables, _tables(data, name), mapping)
    told, seen = Imported(read=len(rows), left=left), Counter()
    for row in rows:
        same = as_xml(tables, row, version=version)
        seen[same] += 1
        if dry_run:
            continue
        xml = as_xml(tables, row, version=version, nth=seen[same]) if seen[same] > 1 and not row.key else same
        try:
            taken = receive(by=by, organisation_id=organisation_id, xml=xml, source=Source.IMPORTED)
        except DugaError as error:
            told.refused.append((row.number, error))
            continue
        told.new += taken.news is News.NEW
        told.already += taken.news is News.AGAIN
    if not dry_run:
        write_trail(
            by=by, event="answers.imported", subject=("surveys.Form", form.pk), organisation_id=organisation_id,
            detail={"read": told.read, "new": told.new, "already": told.already, "refused": len(told.refused)},
        )  # fmt: skip
    return told


def _version(form) -> str:
    found = FormVersion.objects.filter(form=form, state=VersionState.PUBLISHED).order_by("-number")
    version = found.values_list("version", flat=True).first()
    if version is None:
        raise Unreadable(_NO_VERSION)
    return version


def _tables(data: bytes, name: str):
    if not data.startswith(b"PK") or b"[Content_Types].xml" in data[:4000] or b"mimetype" in data[:60]:
        return read_tables(data, name)
    files = unzip(data, most=MOST_FILES, too_many=_ZIP, largest=MOST_BYTES)
    if "xl/workbook.xml" in files:
        return read_tables(data, name)
    tables = {each: content for each, content in files.items() if each.lower().endswith(".csv")}
    if not tables:
        raise Unreadable(_ZIP)
    return [table for each, content in tables.items() for table in read_tables(content, each)]
