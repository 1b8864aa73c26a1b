"""Tables as files: what `count` and `protect` write and read. Plain CSV, JSON and Parquet."""

import csv
import io
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path

from duga.evidence.model import ALL, ProtectedTable, Table, order
from duga.plain.errors import NotFound, Refused, gettext_noop

FORMATS = ("csv", "json", "parquet")


def table_bytes(table: Table, form: str, about: Mapping | None = None) -> bytes:
    """An internal table as CSV (dimensions, value, qualifier), JSON (with `about`) or Parquet."""
    rows = table.rows()
    if form == "json":
        data = dict(about or {}) | _as_dict(table)
        return (json.dumps(data, ensure_ascii=False, indent=1, default=str) + "\n").encode()
    columns = table.columns
    return parquet_bytes(columns, rows) if form == "parquet" else csv_bytes(columns, rows)


def _as_dict(table: Table) -> dict:
    return {
        "measure": table.measure,
        "unit": table.unit,
        "dimensions": list(table.dimensions),
        "totals": table.totals,
        "protected": False,
        "rows": [{name: _plain(value) for name, value in row.items()} for row in table.rows()],
        "beside": [_as_dict(each) for each in table.beside],
    }


def _plain(value):
    return str(value) if isinstance(value, Decimal) else value


def csv_bytes(columns: Iterable[str], rows: Iterable[Mapping], *, bom: bool = False) -> bytes:
    """CSV in UTF-8; an empty value is an empty field. With `bom` spreadsheets read č, ш and ë as they are."""
    columns = list(columns)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n" if bom else "\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow(["" if row.get(name) is None else row[name] for name in columns])
    return out.getvalue().encode("utf-8-sig" if bom else "utf-8")


def parquet_bytes(columns: Iterable[str], rows: Iterable[Mapping]) -> bytes:
    """Parquet with text dimensions; `value` whole numbers where all are, else decimals with three places."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = list(rows)
    arrays = {}
    for name in columns:
        values = [row.get(name) for row in rows]
        if name != "value" and any(isinstance(v, str) for v in values):
            arrays[name] = pa.array([None if v is None else str(v) for v in values], pa.string())
        elif any(isinstance(v, Decimal) for v in values):
            places = Decimal("0.001")
            arrays[name] = pa.array(
                [None if v is None else Decimal(v).quantize(places) for v in values], pa.decimal128(18, 3)
            )
        else:
            arrays[name] = pa.array(values, pa.int64())
    sink = io.BytesIO()
    pq.write_table(pa.table(arrays), sink, compression="zstd")
    return sink.getvalue()


def read_cells(
    path: str | Path, dimensions: Iterable[str], value: str, contributor: str | None = None
) -> dict[tuple[str, ...], int]:
    """Innermost cells of a CSV: one row a cell, or one row a cell and contributor, which are added up.

    Comma, semicolon or tab; UTF-8. Refuses missing columns, totals among the rows, a cell that comes twice and
    anything that is not a count, naming the row.
    """
    path, dimensions = Path(path), tuple(dimensions)
    reader = csv.DictReader(io.StringIO(_text(path)), delimiter=_delimiter(path))
    asked = [*dimensions, value, *([contributor] if contributor else [])]
    missing = [name for name in asked if name not in (reader.fieldnames or [])]
    if missing:
        raise Refused(
            gettext_noop("%(file)s has no column %(missing)s. Its columns: %(columns)s."),
            file=path.name,
            missing=", ".join(missing),
            columns=", ".join(reader.fieldnames or []) or "-",
        )
    cells: dict[tuple[str, ...], int] = {}
    seen = set()
    for number, row in enumerate(reader, start=2):
        key = tuple((row[name] or "").strip() for name in dimensions)
        if ALL in key or "" in key:
            raise Refused(
                gettext_noop(
                    "Row %(row)s is a total or lacks a label. Give innermost cells only; totals are worked out."
                ),
                row=number,
            )
        who = (key, row[contributor] if contributor else None)
        if who in seen:
            raise Refused(
                gettext_noop(
                    "Row %(row)s repeats a cell (%(cell)s). Each cell has one row; "
                    "rows by contributor need --contributor."
                ),
                row=number,
                cell=" / ".join(key),
            )
        seen.add(who)
        cells[key] = cells.get(key, 0) + _count(row[value], number)
    if not cells:
        raise Refused(gettext_noop("%(file)s has no rows."), file=path.name)
    return cells


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except FileNotFoundError as error:
        raise NotFound(gettext_noop("There is no file %(file)s."), file=str(path)) from error
    except UnicodeDecodeError as error:
        raise Refused(gettext_noop("%(file)s is not UTF-8 text. Save it as CSV UTF-8."), file=path.name) from error


def _delimiter(path: Path) -> str:
    header = _text(path).split("\n", 1)[0]
    return max(",;\t", key=header.count)


def _count(text: str | None, row: int) -> int:
    try:
        number = Decimal((text or "").strip())
        if number >= 0 and number == number.to_integral_value():
            return int(number)
    except ArithmeticError:
        pass
    raise Refused(
        gettext_noop("Row %(row)s: %(value)s is not a count (a whole number of zero or more)."),
        row=row,
        value=repr(text),
    )


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


def write_whole(path: str | Path, data: bytes) -> None:
    """Writes a file whole or not at all."""
    path = Path(path)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(data)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def link(old: str | Path, new: str | Path) -> None:
    """The same file in a second place: without a copy where the disk can do that, else a copy."""
    try:
        os.link(old, new)
    except OSError:
        shutil.copyfile(old, new)
