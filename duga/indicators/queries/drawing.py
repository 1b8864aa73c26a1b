"""Drawings and files of a document. `draw` and `as_parquet` import the heavy libraries: never called by the server.

A drawing is made once, neutral: numbers, months and words are slots. `spoken` fills them in a language when
a page is served, which needs no library.
"""

import datetime as dt
import io
from collections.abc import Mapping

from duga.evidence.model import ALL
from duga.indicators import rules
from duga.places.queries import boundaries, label
from duga.ui import charts

LISTS = {
    "sex": "sexes", "age_band": "age_bands", "service_type": "service_types", "unit": "units", "channel": "channels",
    "target_group": "target_groups",
}  # fmt: skip


def draw(document: Mapping, chart: str) -> str:
    """The drawing that goes with a public table, neutral in language; empty where there is nothing to draw.

    Wherever it is copied to, it says inside which release it draws and on which snapshot that rests.
    """
    if not chart or document["withheld"]:
        return ""
    svg, _end, _rest = _drawn(document, chart).rpartition("</svg>")
    if not svg:
        return ""
    return (
        f"{svg}<metadata>duga release {document['id']} snapshot {document['snapshot']['fingerprint']}</metadata></svg>"
    )


def _drawn(document: Mapping, chart: str) -> str:
    if chart == "map":
        features = boundaries(document["country"])["features"]
        values = {cell["area"]: cell["value"] for cell in document["cells"] if cell["area"] not in (ALL, "unknown")}
        slots = [
            feature
            | {
                "properties": {
                    "code": feature["properties"]["code"],
                    "name": charts.word(feature["properties"]["code"]),
                }
            }
            for feature in features
        ]
        return charts.choropleth(slots, values, unit=charts.word("unit"), language=None) if features else ""
    marks = marks_of(document, chart)
    if not any(mark.value for mark in marks):
        return ""
    if chart == "trend":
        return charts.trend(marks, unit=charts.word("unit"), language=None)
    return charts.bar(marks, unit=charts.word("unit"), language=None)


def marks_of(document: Mapping, chart: str, language: str | None = None) -> list[charts.Mark]:
    """What a bar chart or trend shows; labels as slots, or in a language."""

    def told(list_name, code):
        return label(list_name, code, language) if language else charts.word(f"{list_name}:{code}")

    cells = document["cells"]
    if chart == "trend":
        return [
            charts.Mark(dt.date.fromisoformat(f"{cell['month']}-01"), cell["value"])
            for cell in cells
            if cell["month"] != ALL
        ]
    if chart == "map":
        return [charts.Mark(cell["area"], cell["value"]) for cell in cells if cell["area"] not in (ALL, "unknown")]
    name = {"ages": "age_band", "services": "service_type"}[chart]
    kept = [cell for cell in cells if cell[name] != ALL and cell.get("sex", ALL) == ALL]
    kept = [cell for cell in kept if cell["status"] == "hidden" or cell["value"]]
    if chart == "services":
        kept.sort(key=lambda cell: -(cell["value"] or 0))
    return [charts.Mark(told(LISTS[name], cell[name]), cell["value"]) for cell in kept]


def as_parquet(document: Mapping) -> bytes:
    """The rows as Parquet, with the document's provenance in the file's own metadata."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns, found = rules.rows(document)
    data = {name: [row[place] for row in found] for place, name in enumerate(columns)}
    types = {name: pa.string() for name in columns} | dict.fromkeys(("value", *document.get("terms", ())), pa.float64())
    table = pa.table({name: pa.array(values, type=types[name]) for name, values in data.items()})
    table = table.replace_schema_metadata(
        {"duga": rules.canonical({k: v for k, v in document.items() if k != "cells"})}
    )
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd")
    return out.getvalue()
