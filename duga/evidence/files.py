"""Tables as files: what `count` writes. Plain CSV, JSON and Parquet."""

import csv
import io
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path

from duga.evidence.model import Table
from duga.plain.files import write_whole

FORMATS = ("csv", "json", "parquet")

__all__ = ["FORMATS", "csv_bytes", "link", "parquet_bytes", "table_bytes", "write_whole"]


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


def link(old: str | Path, new: str | Path) -> None:
    """The same file in a second place: without a copy where the disk can do that, else a copy."""
    try:
        os.link(old, new)
    except OSError:
        shutil.copyfile(old, new)
