"""Messy spreadsheets, as organisations really keep them, built the same way every time.

`python -m tests.plain.messy` writes tests/data/messy.xlsx anew. Every name in it is invented: common given
and family names of the region, put together by a seeded generator.
"""

import datetime as dt
import io
import random
import sys
import zipfile
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from xml.sax.saxutils import escape

MESSY = Path(__file__).parent.parent / "data" / "messy.xlsx"

_GIVEN = {
    "female": ["Милица", "Јелена", "Dragana", "Љиљана", "Amra", "Ђурђа", "Zumra", "Snežana", "Њежана", "Nevenka"],
    "male": ["Ђорђе", "Marko", "Жељко", "Džemal", "Bekim", "Љубиша", "Haris", "Čedomir", "Миливоје", "Rexhep"],
}
_FAMILY = ["Петровић", "Đokić", "Живковић", "Hodžić", "Џаковић", "Šćepanović", "Ljumović", "Krasniqi"]
_FAMILY += ["Његован", "Vujošević", "Чабаркапа", "Ibrahimović", "Kovačević", "Милутиновић", "Perišić", "Ђурђевац"]
_TOWNS = ["Nikšić", "Никшић", "Podgorica", "ПОДГОРИЦА", "Bar", "Бијело Поље", "Bijelo Polje", "Berane ", "Пљевља"]
_SEX = {"female": ["ž", "Ж", "женски", "Ž"], "male": ["m", "М", "мушки", "M"]}
_AID = [("Подела пакета", "пакет"), ("podjela paketa", "paket"), ("Podjela paketa", "higijenski paket")]
_AID += [("Набавка", "набавка"), ("Kućna posjeta", "posjeta"), ("podjela paketa", "ПАКЕТ")]
TITLES = ["УДРУЖЕЊЕ „ПРИМЕР“ — евиденција подељене помоћи", "Period: april – jun 2020. godine"]
GROUPS = ["R.br.", "Корисник", None, None, None, None, "Pomoć", None, None, None, None, "Napomena"]
HEADER = [None, "Ime i prezime", "Pol", "Godište", "Br. članova domaćinstva", "Општина"]
HEADER += ["Usluga", "Jedinica", "Količina", "Datum podjele", None, None]
EMPTY_COLUMN = 10  # a column nobody filled, between the help and the remarks
GOOD, BAD = 37, 3


@dataclass
class Sheet:
    """Rows of cells as they stand in the file, and merged ranges ((top, left), (bottom, right)) from 0."""

    rows: list[list]
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)
    name: str = "Evidencija"


def assistance(seed: int = 2020, good: int = GOOD) -> Sheet:
    """Return a list of help given: titles, a merged two-row header, forty records, a sum, a signature.

    Three records are bad on purpose: one on the 31st of June, one with “nekoliko” for a quantity, one
    without a date. Dates come as text in several forms and as real dates, quantities as numbers and as text with a
    decimal comma, names in both scripts.
    """
    chance = random.Random(seed)
    records = [_record(chance, number) for number in range(1, good + BAD + 1)]
    records[11][9] = "31.6.2020"
    records[19][8] = "nekoliko"
    records[33][9] = None
    total = sum(Decimal(str(record[8]).replace(",", ".")) for record in records if record[8] != "nekoliko")
    width = len(HEADER)
    rows = [[TITLES[0]], [TITLES[1]], [], GROUPS, HEADER, *records]
    rows.append([None] * 7 + ["UKUPNO:", float(total)])
    rows += [[], [None, "Sastavila: koordinatorka programa"]]
    rows = [[*row, *[None] * (width - len(row))] for row in rows]
    merged = [((0, 0), (0, width - 1)), ((3, 0), (4, 0)), ((3, 1), (3, 5)), ((3, 6), (3, 9)), ((3, 11), (4, 11))]
    return Sheet(rows, merged)


def _record(chance: random.Random, number: int) -> list:
    sex = chance.choice(["female", "male"])
    name = f"{chance.choice(_GIVEN[sex])} {chance.choice(_FAMILY)}"
    day = dt.date(2020, 4, 1) + dt.timedelta(days=chance.randrange(90))
    quantity = chance.choice([1, 1, 2, 3, "1", "2", "1,5", "2,0"])
    service, unit = chance.choice(_AID)
    born, members = chance.randrange(1928, 1990), chance.randrange(1, 7)
    remark = chance.choice([None, None, None, "donijeti na vrata", "хитно"])
    when = _written(chance, day)
    town = chance.choice(_TOWNS)
    return [number, name, chance.choice(_SEX[sex]), born, members, town, service, unit, quantity, when, None, remark]


def _written(chance: random.Random, day: dt.date) -> object:
    """Return a date in one of the ways in which one column of one file holds them."""
    forms = [day, dt.datetime(day.year, day.month, day.day), f"{day.day}.{day.month}.{day.year}"]
    forms += [f"{day:%d.%m.%Y}.", f"{day.day}. {day.month}. {day.year}.", day.isoformat(), f"{day:%d/%m/%Y}"]
    return chance.choice(forms)


# --- the formats -----------------------------------------------------------------------------------


def xlsx(sheet: Sheet, *more: Sheet) -> bytes:
    """Return the sheet as xlsx, the same bytes every time for the same versions of openpyxl and zlib."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for one in (sheet, *more):
        page = book.create_sheet(one.name)
        for top, row in enumerate(one.rows, start=1):
            for left, value in enumerate(row, start=1):
                if value is not None:
                    page.cell(top, left, value)
        for (top, left), (bottom, right) in one.merged:
            page.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)
    book.properties.created = book.properties.modified = dt.datetime(2020, 7, 1)
    out = io.BytesIO()
    book.save(out)
    return _settled(out.getvalue())


def _settled(data: bytes) -> bytes:
    """Return an archive with the times of day taken out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as settled:
        for name in source.namelist():
            part = source.read(name)
            if name == "docProps/core.xml":
                head, _, rest = part.partition(b"<dcterms:modified")
                _, _, tail = rest.partition(b"</dcterms:modified>")
                part = head + tail
            settled.writestr(zipfile.ZipInfo(name, (2020, 7, 1, 0, 0, 0)), part, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def ods(sheet: Sheet) -> bytes:
    """Return the sheet as LibreOffice writes it, with its million of empty rows below."""
    covered = {
        (row, column)
        for (top, left), (bottom, right) in sheet.merged
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
        if (row, column) != (top, left)
    }
    spans = {start: (end[0] - start[0] + 1, end[1] - start[1] + 1) for start, end in sheet.merged}
    body = []
    for top, row in enumerate(sheet.rows):
        cells = [_ods_cell(value, spans.get((top, left)), (top, left) in covered) for left, value in enumerate(row)]
        rest = f'<table:table-cell table:number-columns-repeated="{16384 - len(row)}"/>'
        body.append(f'<table:table-row table:style-name="ro1">{"".join(cells)}{rest}</table:table-row>')
    empty = 1_048_576 - len(sheet.rows)
    body.append(
        f'<table:table-row table:number-rows-repeated="{empty}">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    return ods_archive(f'<table:table table:name="{escape(sheet.name)}">{"".join(body)}</table:table>')


def _ods_cell(value: object, span: tuple[int, int] | None, covered: bool) -> str:
    if covered:
        return "<table:covered-table-cell/>"
    attributes = f' table:number-rows-spanned="{span[0]}" table:number-columns-spanned="{span[1]}"' if span else ""
    if value is None:
        return f"<table:table-cell{attributes}/>"
    if isinstance(value, dt.date):
        attributes += f' office:value-type="date" office:date-value="{value.isoformat()}"'
    elif isinstance(value, (int, float, Decimal)):
        attributes += f' office:value-type="float" office:value="{value}"'
    else:
        attributes += ' office:value-type="string"'
    return f"<table:table-cell{attributes}><text:p>{escape(str(value))}</text:p></table:table-cell>"


def ods_archive(tables: str, *, manifest: str = "") -> bytes:
    """Return an ods around the XML of its tables."""
    names = ("office", "table", "text", "manifest")
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in names)
    parts = {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "META-INF/manifest.xml": f"<manifest:manifest {spaces}>{manifest}</manifest:manifest>",
        "content.xml": f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}><office:body>'
        f"<office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>",
    }
    return archive(parts)


def archive(parts: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for name, part in parts.items():
            book.writestr(zipfile.ZipInfo(name, (2020, 7, 1, 0, 0, 0)), part, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def delimited(sheet: Sheet, *, encoding: str = "utf-8-sig", delimiter: str = ";", end: str = "\r\n") -> bytes:
    """Return the sheet as CSV, dates and numbers as a spreadsheet of the region shows them."""
    lines = [delimiter.join(_csv_cell(cell, delimiter) for cell in row) for row in sheet.rows]
    return (end.join(lines) + end).encode(encoding)


def _csv_cell(value: object, delimiter: str) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.date):
        return f"{value:%d.%m.%Y}"
    text = str(value).replace(".", ",") if isinstance(value, (float, Decimal)) else str(value)
    if any(mark in text for mark in (delimiter, '"', "\n")):
        return '"' + text.replace('"', '""') + '"'
    return text


def main() -> int:
    MESSY.write_bytes(xlsx(assistance()))
    print(MESSY)
    return 0


if __name__ == "__main__":
    sys.exit(main())
