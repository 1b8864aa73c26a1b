"""From bytes to rows: which sheet, which column means what, what each row says."""

from dataclasses import dataclass, field, replace

from django.utils import timezone

from duga.casework import queries
from duga.casework.actions.imports.outcome import RowError
from duga.casework.rules import (
    FIELDS,
    BadRow,
    ParsedRow,
    RowReader,
    check_mapping,
    check_values,
    left_out,
    split_constants,
)
from duga.members.queries import remembered_mapping
from duga.places.queries import area_finder, find_area
from duga.plain.errors import Refused, gettext_noop
from duga.plain.tables import (
    Note,
    SheetTable,
    SourceRow,
    apply_names,
    best_table,
    guess_mapping,
    names_of,
    read_tables,
)
from duga.plain.text import fold

PURPOSE = "assistance"

#: Ends the headings of the two columns that a spreadsheet of bad rows has from us, in whatever language they are.
OURS = "(Duga)"

_NO_SHEET = gettext_noop("There is no sheet “%(sheet)s” in the file. It has: %(known)s.")
_NO_COLUMN = gettext_noop("There is no column “%(column)s” for %(field)s. The columns are: %(columns)s.")
_OTHERS = gettext_noop("The file has more sheets; only “%(sheet)s” was read. Not read: %(others)s.")
_HOUSEHOLDS = gettext_noop(
    "Each row was taken for a household with its head, because the list counts the members and tells nothing else of "
    "the person. If the persons themselves received, say so: recipient “=person”."
)
_PEOPLE = gettext_noop(
    "Each row was taken for the person named; the size of her household was not used. If the households received, "
    "say so: recipient “=household”."
)


@dataclass
class Job:
    """One file on its way in."""

    by: object
    organisation: object
    programme: object
    name: str
    table: SheetTable
    digest: str
    columns: dict[str, int]
    constants: dict[str, str]
    values: dict
    remember: bool = False
    notes: list[Note] = field(default_factory=list)
    rows: list[ParsedRow] = field(default_factory=list)
    bad: dict[int, list[RowError]] = field(default_factory=dict)
    progress: object = None
    batch: object = None

    def tell(self, done: int, total: int, stage: str) -> None:
        """Says how far a stage has come, to whoever waits."""
        if self.progress is not None:
            self.progress(done, total, stage)


def _choose_table(data: bytes, name: str, sheet: str | None) -> tuple[SheetTable, list[SheetTable], list[Note]]:
    tables = [_without_ours(table) for table in read_tables(data, name)]
    if sheet:
        table = next((table for table in tables if fold(table.name) == fold(sheet)), None)
        if table is None:
            raise Refused(_NO_SHEET, sheet=sheet, known=", ".join(table.name for table in tables))
        return table, tables, list(table.notes)
    table = best_table(tables)
    others = [each.name for each in tables if each is not table]
    notes = [Note(_OTHERS, {"sheet": table.name, "others": ", ".join(others)})] if others else []
    return table, tables, [*table.notes, *notes]


def _without_ours(table: SheetTable) -> SheetTable:
    """The sheet without the row number and the reason we added to bad rows: what was said of the file holds for it."""
    keep = [at for at, heading in enumerate(table.columns) if not heading.rstrip().endswith(OURS)]
    if len(keep) == len(table.columns):
        return table
    return replace(
        table, columns=[table.columns[at] for at in keep],
        rows=[SourceRow(row.number, [row.cells[at] for at in keep]) for row in table.rows],
        positions=[table.positions[at] for at in keep] if table.positions else [],
    )  # fmt: skip


def _map_columns(table: SheetTable, organisation, said: dict | None, defaults: dict | None):
    """(columns {field: index}, constants, values, guess, remembered?) from what was said, remembered and guessed."""
    said = dict(said or {})
    values = check_values(said.pop("values", None) or {})
    said.pop("sheet", None)
    without = left_out(said)
    memory = remembered_mapping(organisation, PURPOSE, table.signature) or {}
    named, constants = split_constants({**said, **{name: f"={value}" for name, value in (defaults or {}).items()}})
    fixed = {name: _column(table, name, value) for name, value in named.items()}
    guess = None
    if fixed and (memory.get("columns") == names_of(table, fixed) or _complete(fixed, constants)):
        columns = dict(fixed)  # all was said: nothing is guessed on top
    else:
        remembered = {**memory.get("columns", {}), **names_of(table, fixed)}
        remembered = {name: column for name, column in remembered.items() if name not in without}
        open_fields = [spec for spec in FIELDS if spec.name not in {*constants, *without}]
        guess = guess_mapping(table, open_fields, remembered)
        columns = {**{name: at for name, at in guess.items() if at not in fixed.values()}, **fixed}
        columns = {name: at for name, at in columns.items() if name not in memory.get("without", ()) or name in fixed}
    values = _merged(memory.get("values", {}), values)
    if not defaults and not said:
        constants = {**memory.get("constants", {}), **constants}
    return columns, constants, values, guess, bool(memory)


def _merged(before: dict, said: dict) -> dict:
    """What words mean, as said before and now; a word now said to mean nothing ("") is open again."""
    merged = {}
    for name in {**before, **said}:
        words = {fold(word): (word, code) for each in (before, said) for word, code in each.get(name, {}).items()}
        if kept := {word: code for word, code in words.values() if code}:
            merged[name] = kept
    return merged


def _complete(fixed, constants) -> bool:
    known = {*fixed, *constants}
    who = {"full_name", "given", "family", "group_size", "institution"}
    return bool(known & who and known & {"service", "unit"} and "date" in known)


def _column(table, name, value) -> int:
    if isinstance(value, int) and 0 <= value < len(table.columns):
        return value
    found = apply_names(table, {name: str(value)})
    if not found:
        raise Refused(_NO_COLUMN, column=value, field=name, columns=", ".join(table.columns))
    return found[name]


def _memory(job: Job) -> dict:
    """A mapping as it is remembered: by the names of columns, never with a cell of the file."""
    return {
        "columns": names_of(job.table, job.columns), "constants": job.constants, "values": job.values,
        "without": [spec.name for spec in FIELDS if spec.name not in job.columns],
    }  # fmt: skip


def _reader(job: Job) -> RowReader:
    """The reader of a job's rows, with the places of its country and the programmes its actor may work in."""
    check_mapping({*job.columns, *job.constants}, job.table.columns)
    open_to_all = [row for row in queries.programmes(job.by, job.organisation) if not row.sealed]
    head = job.table.columns[job.columns["full_name"]] if "full_name" in job.columns else ""
    reader = RowReader(
        job.columns, job.constants, today=timezone.localdate(), find_area=_areas(job.organisation.country),
        programmes={fold(row.name): row.pk for row in open_to_all}, values=job.values,
        family_first=fold(head).startswith(("prez", "mbiem", "surname", "last", "family")),
    )  # fmt: skip
    if "household_size" in job.columns and not {"recipient"} & {*job.columns, *job.constants}:
        job.notes.append(Note(_HOUSEHOLDS if reader.households else _PEOPLE))
    return reader


MANY_PLACES = 300  #: different names after which reading all of the country's at once is the shorter way


def _areas(country: str):
    """Finds a place in the organisation's own country first, then anywhere."""
    asked, finder = 0, find_area

    def find(text):
        nonlocal asked, finder
        asked += 1
        if asked == MANY_PLACES:
            finder = area_finder()
        here = finder(text, country)
        return here if here.area or here.candidates else finder(text)

    return find


def _read_rows(job: Job) -> None:
    """Reads every row into `job.rows`, and every bad one, with all its faults, into `job.bad`."""
    reader, total = _reader(job), len(job.table.rows)
    for at, source in enumerate(job.table.rows):
        try:
            job.rows.append(reader.read(source.number, source.cells))
        except BadRow as bad:
            job.bad[source.number] = [
                RowError(source.number, _heading(job, name), message, params) for name, message, params in bad.faults
            ]
        if at % 500 == 0:
            job.tell(at, total, "check")
    job.tell(total, total, "check")


def _heading(job: Job, name: str) -> str:
    at = job.columns.get(name)
    return job.table.columns[at] if at is not None else name
