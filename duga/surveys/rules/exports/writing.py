"""Writing tables out, row by row: whatever their length, no more than a few rows are held.

No cell acts as a formula in a spreadsheet; numbers stay numbers, words are words.
"""

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from duga.plain.tables import safe_cell
from duga.surveys.rules.exports.columns import NUMBERS, PLACE_PARTS, SYSTEM, WHOLE, Column, Table
from duga.surveys.rules.exports.pipe import Pipe
from duga.surveys.rules.exports.spss import codebook, syntax
from duga.surveys.rules.exports.xlsx import xlsx

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
    "spss": "application/zip",
    "codebook": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}
KINDS = tuple(MEDIA_TYPES)
ENDINGS = {"spss": "zip", "codebook": "csv"}
BOM = b"\xef\xbb\xbf"
PART = 256 * 1024  #: bytes that go out at once
_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*\Z")
#: In a row's cells put side by side: what may have to be defused. Few rows hold any, so few cells are looked at.
_SUSPECT = re.compile(
    "(?:\\A|\x1f)[\\s'\"]*[=+\\-@\uff1d\uff0b\uff0d\uff20]|[\x00-\x08\x0b\x0c\x0e-\x1e\x7f\t\r\ufffe\uffff]"
)


@dataclass(frozen=True)
class Sheet:
    """A table to be written: `rows` gives (system values, answers) anew each time it is called.

    language: labels in place of codes, "" for codes; split: a column of 0 and 1 for each choice.
    """

    table: Table
    rows: Callable[[], Iterable[tuple[tuple, dict]]]
    language: str = ""
    split: bool = False

    @property
    def system(self) -> list[str]:
        """The names of the first columns."""
        names = [name for name, _kind in SYSTEM]
        return names if not self.table.path else ["_id", "_row"]

    def head(self) -> list[str]:
        """The names of all columns."""
        return [*self.system, *(name for column in self.table.columns for name, _take in self.parts(column))]

    def parts(self, column: Column) -> list[tuple[str, Callable]]:
        """The columns that one question becomes: (name, what it takes out of an answer)."""
        name = column.label(self.language) if self.language else column.name
        if column.kind == "geopoint":
            return [(f"{name}/{part}", _place_part(number)) for number, part in enumerate(PLACE_PARTS)]
        if self.language and column.choices:
            found = [(name, lambda text: column.said(text, self.language))]
        else:
            found = [(name, _same)]
        if self.split and column.kind == "select_multiple":
            found += [(f"{name}/{column.said(word, self.language)}", _chosen(word)) for word in column.choices]
        return found

    def takers(self) -> list[tuple[str, Callable]]:
        """(path, what to take out of its answer) of every column of answers."""
        return [(column.path, take) for column in self.table.columns for _name, take in self.parts(column)]


def _same(text):
    return text


def _place_part(number):
    def take(text):
        parts = text.split()
        return parts[number] if number < len(parts) else ""

    return take


def _chosen(word):
    return lambda text: "1" if word in text.split() else "0"


def write(kind: str, sheets: list[Sheet]) -> Iterator[bytes]:
    """The bytes of an export, in parts; the first sheet is the one that formats of a single table show."""
    if kind == "codebook":
        return iter([BOM + codebook(sheets).encode()])
    return {"csv": _csv, "xlsx": _xlsx, "geojson": _geojson, "spss": _spss, "parquet": _parquet}[kind](sheets)


# --- CSV -----------------------------------------------------------------------------------------------


def _cells(sheet: Sheet) -> Iterator[list[str]]:
    """The rows of a sheet as text."""
    takers = sheet.takers()
    plain = [path for path, take in takers if take is _same]
    simple = len(plain) == len(takers)
    for system, answers in sheet.rows():
        get = answers.get
        if simple:
            told = [get(path, "") for path in plain]
        else:
            told = [take(text) if (text := get(path)) else "" for path, take in takers]
        yield [*system, *told]


def _csv(sheets) -> Iterator[bytes]:
    yield BOM
    yield from _lines(sheets[0], {at for at, column in enumerate(_kinds(sheets[0])) if column in NUMBERS})


def _kinds(sheet) -> list[str]:
    told = [kind for column in sheet.table.columns for kind in [column.kind] * len(sheet.parts(column))]
    kinds = ["decimal" if kind == "geopoint" else kind for kind in told]
    return ["text"] * len(sheet.system) + kinds


def _lines(sheet, numbers) -> Iterator[bytes]:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([safe_cell(name) for name in sheet.head()])
    for row in _cells(sheet):
        if _SUSPECT.search("\x1f".join(row)):
            row = [text if at in numbers and _NUMBER.match(text) else safe_cell(text) for at, text in enumerate(row)]
        writer.writerow(row)
        if out.tell() > PART:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode()


# --- XLSX ----------------------------------------------------------------------------------------------


def _typed(sheet) -> Iterator[list]:
    """The rows of a sheet, numbers as numbers."""
    kinds = _kinds(sheet)
    for row in _cells(sheet):
        yield [
            _number(text) if kind in NUMBERS and text else safe_cell(text)
            for text, kind in zip(row, kinds, strict=True)
        ]  # fmt: skip


def _number(text):
    if not _NUMBER.match(text):
        return safe_cell(text)
    found = float(text)
    return int(found) if found.is_integer() and abs(found) < 1e15 else found


def _xlsx(sheets) -> Iterator[bytes]:
    return xlsx([(sheet.table.name or "answers", sheet.head(), lambda sheet=sheet: _typed(sheet)) for sheet in sheets])


# --- GeoJSON -------------------------------------------------------------------------------------------


def geometry(kind: str, text: str) -> dict | None:
    """The GeoJSON geometry of an answer ("lat lon altitude accuracy; …"); None when it holds none."""
    points = []
    for part in text.split(";"):
        numbers = part.split()
        try:
            place = [float(numbers[1]), float(numbers[0]), *(float(each) for each in numbers[2:3])]
        except (IndexError, ValueError):
            continue
        if abs(place[0]) <= 180 and abs(place[1]) <= 90:
            points.append(place)
    if not points:
        return None
    if kind == "geopoint":
        return {"type": "Point", "coordinates": points[0]}
    if kind == "geotrace" and len(points) > 1:
        return {"type": "LineString", "coordinates": points}
    if kind == "geoshape" and len(points) > 3:
        return {"type": "Polygon", "coordinates": [points]}
    return None


def _geojson(sheets) -> Iterator[bytes]:
    sheet = sheets[0]
    places = [column for column in sheet.table.columns if column.kind in ("geopoint", "geotrace", "geoshape")]
    others = [column for column in sheet.table.columns if column not in places]
    yield b'{"type":"FeatureCollection","features":['
    comma = b""
    for system, answers in sheet.rows():
        properties = dict(zip(sheet.system, system, strict=True))
        for column in others:
            if text := answers.get(column.path):
                properties[column.name] = column.said(text, sheet.language) if sheet.language else text
        found = ((column, geometry(column.kind, answers.get(column.path, ""))) for column in places)
        for column, place in found:
            if place is not None:
                told = {"type": "Feature", "geometry": place, "properties": {**properties, "_question": column.name}}
                yield comma + json.dumps(told, ensure_ascii=False).encode()
                comma = b",\n"
    yield b"]}"


# --- SPSS and Parquet ----------------------------------------------------------------------------------


def _spss(sheets) -> Iterator[bytes]:
    """A ZIP: the data as codes, the syntax that reads and labels it, the codebook."""
    sheet, pipe = sheets[0], Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("read-answers.sps", BOM + syntax(sheet).encode())
        archive.writestr("codebook.csv", BOM + codebook([sheet]).encode())
        with archive.open("answers.csv", "w") as out:
            for part in _csv([sheet]):
                out.write(part)
                yield pipe.take()
    yield pipe.take()


def _parquet(sheets) -> Iterator[bytes]:
    """Apache Parquet: whole numbers and decimals as such, everything else as text; what is no number is empty."""
    import pyarrow as arrow
    from pyarrow import parquet

    sheet, pipe = sheets[0], Pipe()
    kinds = _kinds(sheet)
    of = {**dict.fromkeys(NUMBERS, arrow.float64()), **dict.fromkeys(WHOLE, arrow.int64())}
    types = [of.get(kind, arrow.string()) for kind in kinds]
    names = _apart(sheet.head())
    schema = arrow.schema([arrow.field(name, kind) for name, kind in zip(names, types, strict=True)])
    with parquet.ParquetWriter(pipe, schema, compression="zstd") as writer:
        for rows in _batches(_cells(sheet), 2000):
            told = zip(*rows, strict=True)
            columns = [_array(arrow, each, kind) for each, kind in zip(told, types, strict=True)]
            writer.write_batch(arrow.record_batch(columns, schema=schema))
            yield pipe.take()
    yield pipe.take()


def _array(arrow, told, kind):
    if arrow.types.is_string(kind):
        return arrow.array([text or None for text in told], kind)
    numbers = [float(text) if _NUMBER.match(text) else None for text in told]
    if arrow.types.is_integer(kind):
        fits = [each is not None and each.is_integer() and abs(each) < 2**63 for each in numbers]
        return arrow.array([int(each) if fit else None for each, fit in zip(numbers, fits, strict=True)], kind)
    return arrow.array(numbers, kind)


def _apart(names) -> list[str]:
    """Names none of which stands twice."""
    seen: dict[str, int] = {}
    told = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        told.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return told


def _batches(rows, size) -> Iterator[list]:
    held = []
    for row in rows:
        held.append(row)
        if len(held) == size:
            yield held
            held = []
    if held:
        yield held
