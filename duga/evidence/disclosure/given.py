"""Anybody's table of counts, in a file: read with every fault named by its row; what is protected goes out as CSV."""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path

from duga.evidence.files import csv_bytes, write_whole
from duga.evidence.model import ALL, ProtectedTable, Table, order
from duga.plain.errors import NotFound, Refused, gettext_noop
from duga.plain.tables.containers import identify
from duga.plain.tables.delimited import decode, delimiter_of
from duga.plain.tables.workbooks import read_workbook

LARGEST_COUNT = 10**12
"""Beyond this no count of people lies, and sums would lose their last digit in the solver."""

WORKBOOKS = (b"PK\3\4", b"\xd0\xcf\x11\xe0")
"""How the bytes of xlsx and ods, and of xls, begin."""

Figures = dict[tuple[str, ...], dict[str, int]]


def read_figures(
    path: str | Path,
    dimensions: Iterable[str],
    value: str,
    contributor: str | None = None,
    within: Mapping[str, str] | None = None,
) -> Figures:
    """Innermost cells of a table: {cell: {contributor: figure}}; without a contributor's column one figure a cell.

    CSV (comma, semicolon or tab; UTF-8, UTF-16, Windows-1250 or Windows-1251), or a workbook (xlsx, ods, xls) with
    one sheet that holds something; the header is its first row. Refuses, naming the row: a missing column or label,
    totals among the rows, a cell (and contributor) that comes twice, anything that is not a count.
    """
    path, dimensions = Path(path), tuple(dimensions)
    _check_names(dimensions, value, contributor, within or {})
    rows = _rows(path)
    try:
        header = [name.strip() for name in next(rows, [])]
        places = _places(path, header, [*dimensions, value, *([contributor] if contributor else [])])
        found: Figures = {}
        for number, row in enumerate(rows, start=2):
            if any(field.strip() for field in row[len(header) :]):
                raise Refused(
                    gettext_noop("Row %(row)s has more fields than the header. Write counts in digits alone (1200)."),
                    row=number,
                )
            if any(field.strip() for field in row):
                _take(found, row, number, places, contributor is not None)
    except csv.Error as error:
        raise Refused(gettext_noop("%(file)s is not a CSV: %(why)s."), file=path.name, why=str(error)) from error
    if not found:
        raise Refused(gettext_noop("%(file)s has no rows."), file=path.name)
    return found


def _check_names(dimensions, value, contributor, within) -> None:
    names = [*dimensions, value, *([contributor] if contributor else [])]
    if not dimensions:
        raise Refused(gettext_noop("Say which columns make a cell."))
    for name in names:
        if names.count(name) > 1:
            raise Refused(gettext_noop("The column %(name)s is asked for twice."), name=name)
    for name in dimensions:
        if name in ("value", "status"):
            raise Refused(
                gettext_noop("A dimension cannot be called %(name)s: the protected table has a column of that name."),
                name=name,
            )
    for inner, outer in within.items():
        for name in (inner, outer):
            if name not in dimensions:
                raise Refused(
                    gettext_noop("%(name)s is not among the dimensions, so nothing lies within it."), name=name
                )


def _places(path: Path, header: list[str], asked: list[str]) -> list[int]:
    if not any(header):
        raise Refused(gettext_noop("%(file)s has no header with the names of its columns."), file=path.name)
    for name in asked:
        if header.count(name) > 1:
            raise Refused(gettext_noop("%(file)s has two columns called %(name)s."), file=path.name, name=name)
    missing = [name for name in asked if name not in header]
    if missing:
        raise Refused(
            gettext_noop("%(file)s has no column %(missing)s. Its columns: %(columns)s."),
            file=path.name,
            missing=", ".join(missing),
            columns=", ".join(header),
        )
    return [header.index(name) for name in asked]


def _take(found: Figures, row: list[str], number: int, places: list[int], by_contributor: bool) -> None:
    """One row into the figures."""
    if len(row) <= max(places):
        raise Refused(gettext_noop("Row %(row)s has fewer fields than the header."), row=number)
    fields = [row[place].strip() for place in places]
    who = fields.pop() if by_contributor else ""
    key, text = tuple(fields[:-1]), fields[-1]
    if ALL in key or "" in key:
        raise Refused(
            gettext_noop("Row %(row)s is a total or lacks a label. Give innermost cells only; totals are worked out."),
            row=number,
        )
    if by_contributor and not who:
        raise Refused(gettext_noop("Row %(row)s does not say who contributed it."), row=number)
    into = found.setdefault(key, {})
    if who in into:
        raise Refused(
            gettext_noop(
                "Row %(row)s repeats a cell (%(cell)s). Each cell has one row; rows by contributor need --contributor."
            ),
            row=number,
            cell=" / ".join([*key, who] if who else key),
        )
    into[who] = _count(text, number)


def turned_round(table: Table) -> list[tuple[str, str]]:
    """(inner, outer) said to lie within one another that look the other way round: each outer label in one inner one,
    an inner one in several outer ones."""
    found = []
    for inner, outer in table.within.items():
        at, above = table.dimensions.index(inner), table.dimensions.index(outer)
        pairs = {(key[at], key[above]) for key in table.cells if ALL not in (key[at], key[above])}
        if len(pairs) == len({wide for _narrow, wide in pairs}) > len({narrow for narrow, _wide in pairs}):
            found.append((inner, outer))
    return found


def _count(text: str, row: int) -> int:
    if re.fullmatch(r"\d{1,3}([.,\u202f\u00a0 ']\d{3})+", text):  # 3.000 is three, or three thousand: who knows
        raise Refused(
            gettext_noop("Row %(row)s: %(value)s can be read in two ways. Write counts in digits alone: %(digits)s."),
            row=row,
            value=repr(text),
            digits=re.sub(r"\D", "", text),
        )
    try:
        number = Decimal(re.sub(r"^(\d+),(0{1,2})$", r"\1.\2", text))
        if 0 <= number <= LARGEST_COUNT and number == number.to_integral_value():
            return int(number)
        if number.is_finite() and number > LARGEST_COUNT:
            raise Refused(
                gettext_noop("Row %(row)s: %(value)s is too large. Counts up to %(largest)s can be protected."),
                row=row,
                value=repr(text),
                largest=f"{LARGEST_COUNT:,}",
            )
    except (InvalidOperation, ValueError):
        pass
    raise Refused(
        gettext_noop("Row %(row)s: %(value)s is not a count: a whole number of zero or more, in digits alone (1200)."),
        row=row,
        value=repr(text),
    )


def _rows(path: Path) -> Iterator[list[str]]:
    """The rows of a file as text, header first; of a workbook those of the only sheet that holds any."""
    data = _bytes(path)
    try:
        if not data.startswith(WORKBOOKS):
            text = decode(data) if data.strip() else ""
            return csv.reader(io.StringIO(text), delimiter=delimiter_of(text))
        sheets = [grid.squared() for grid in read_workbook(data, identify(data)) if any(map(any, grid.rows))]
    except Refused as error:
        raise Refused(gettext_noop("%(file)s: %(why)s"), file=path.name, why=str(error)) from error
    if len(sheets) > 1:
        raise Refused(
            gettext_noop(
                "%(file)s has several sheets: %(sheets)s. Save the sheet with the counts as a file of its own."
            ),
            file=path.name,
            sheets=", ".join(sheet.name for sheet in sheets),
        )
    return iter([[_words(cell) for cell in row] for sheet in sheets for row in sheet.rows])


def _words(cell) -> str:
    """A cell of a workbook as its row in a CSV would say it; a day without its midnight."""
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        cell = cell.date()
    return "" if cell is None else str(cell)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise NotFound(gettext_noop("There is no file %(file)s."), file=str(path)) from error
    except OSError as error:
        raise Refused(
            gettext_noop("%(file)s cannot be read: %(why)s."), file=str(path), why=error.strerror or "?"
        ) from error


def write_protected(safe: ProtectedTable, path: str | Path) -> None:
    """Writes every cell and every total: the dimensions, `value` (empty where hidden), `status`."""
    write_whole(path, csv_bytes((*safe.dimensions, "value", "status"), safe.rows()))


def write_reasons(safe: ProtectedTable, table: Table, path: str | Path) -> None:
    """Writes, for the owner alone, each hidden cell with its true value and why it is hidden."""
    rows = [
        dict(zip(safe.dimensions, key, strict=True)) | {"value": table.cells[key].value, "reason": reason}
        for key, reason in sorted(safe.reasons.items(), key=lambda pair: order(pair[0]))
    ]
    write_whole(path, csv_bytes((*safe.dimensions, "value", "reason"), rows))
