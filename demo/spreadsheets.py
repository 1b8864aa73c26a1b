"""Spreadsheets as organisations really keep them, for the import door: made here, the same every time.

Both scripts, three kinds of files, titles above the header, merged headers, decimal commas, dates as people write
them, sums below, a few rows nobody can read. People in them are invented.
"""

import datetime as dt
import io
import random
import re
import zipfile
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from demo.names import BACKGROUNDS, choose, in_script, region_name
from demo.organisations import UNITS


@dataclass(frozen=True)
class Spreadsheet:
    """A file an organisation sends: whose, its name, its bytes, and how many of its rows nobody can read.

    `said` is what its coordinator says once on the mapping screen, because the file does not: the rest is guessed.
    """

    organisation: str
    name: str
    data: bytes
    rows: int
    unreadable: int
    said: dict = field(default_factory=dict)


def _people(slug, profile, number, script=None):
    unit = next(unit for unit in UNITS if (unit.slug, unit.profile) == (slug, profile))
    rng = random.Random(f"spreadsheet {slug} {profile}")
    for _ in range(number):
        sex = "female" if rng.random() < 0.6 else "male"
        given, family, father = region_name(rng, choose(rng, BACKGROUNDS[unit.country]), sex)
        yield rng, in_script(given, script or unit.script), in_script(family, script or unit.script), father, sex


def _saved(book) -> bytes:
    """The workbook without the moment it was saved, so that the same rows give the same bytes."""
    stream, fixed = io.BytesIO(), io.BytesIO()
    book.save(stream)
    with zipfile.ZipFile(stream) as made, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in made.namelist():
            data = re.sub(rb"<dcterms:(created|modified)[^>]*>[^<]*</dcterms:\1>", b"", made.read(name))
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return fixed.getvalue()


def _dotted(day):
    return f"{day.day}.{day.month}.{day.year}."


def parcels_niksic() -> Spreadsheet:
    """CSV from an old Excel: Windows-1250, semicolons, dates as 3.4.2020., quantities as 1,0, one sum below."""
    lines = [
        "Rb.;Ime i prezime;God. rođenja;Pol;Mjesto;Datum podjele;Vrsta pomoći;Količina;"
        "Broj članova domaćinstva;Napomena"
    ]
    people = list(_people("dc-topli-prag-niksic", "families", 180))
    for number, (rng, given, family, _, sex) in enumerate(people, start=1):
        day = dt.date(2020, 3, 20) + dt.timedelta(days=rng.randrange(90))
        cells = [
            f"{number}.", f"{given} {family}", rng.randint(1938, 1998), "Ž" if sex == "female" else "M", "Nikšić",
            _dotted(day), rng.choice(["paket hrane", "paket hrane", "higijenski paket"]),
            rng.choice(["1", "1", "2", "1,0"]), rng.randint(1, 7), rng.choice(["", "", "hitno", "po pozivu"]),
        ]  # fmt: skip
        lines.append(";".join(map(str, cells)))
    lines[40] = lines[40].replace("2020.", "202O.")  # a letter O where a zero belongs
    lines.append(";UKUPNO;;;;;;212;;")
    data = "\r\n".join(lines).encode("cp1250")
    return Spreadsheet("dc-topli-prag-niksic", "Podjela paketa proljece 2020.csv", data, len(people), 1)


def home_visits_beograd() -> Spreadsheet:
    """Excel in Cyrillic: a title over everything, a header in two rows with merged cells, real dates, a signature."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.title = "Посете"
    sheet["A1"] = "ВОЛОНТЕРСКИ КРУГ КРУГ ДОБРОТЕ – БЕОГРАД"
    sheet["A2"] = "Евиденција кућних посета старијим лицима, 2024. година"
    sheet.merge_cells("A1:H1")
    sheet.merge_cells("A2:H2")
    sheet.append([])
    sheet.append(["Р. бр.", "Корисник", None, "Датум рођења", "Пол", "Посета", None, "Напомена"])
    sheet.append([None, "Име", "Презиме", None, None, "Датум", "Број", None])
    for cells in ("A4:A5", "B4:C4", "D4:D5", "E4:E5", "F4:G4", "H4:H5"):
        sheet.merge_cells(cells)
    number = 0
    for number, (rng, given, family, _, sex) in enumerate(_people("krug-dobrote-beograd", "older", 260), start=1):
        day = dt.datetime(2024, 1, 8) + dt.timedelta(days=rng.randrange(330))
        born = dt.datetime(rng.randint(1932, 1957), rng.randint(1, 12), rng.randint(1, 28))
        sheet.append(
            [number, given, family, born, "Ж" if sex == "female" else "М", day, rng.choice([1, 1, 1, 2]), None]
        )
    sheet.append([])
    sheet.append([None, "УКУПНО", None, None, None, None, number, None])
    sheet.append([None, "Листу водила: О. П."])
    return Spreadsheet(
        "krug-dobrote-beograd",
        "Кућне посете 2024.xlsx",
        _saved(book),
        number,
        0,
        {"service": "=home_visit", "target_group": "=older_people"},
    )


def families_skopje() -> Spreadsheet:
    """Excel in Macedonian: text dates, "oko" quantities, one family name missing."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.title = "Список"
    sheet.append(
        ["Име", "Презиме", "Година на раѓање", "Пол", "Општина", "Датум", "Услуга", "Единица", "Количина",
         "Број на членови"]
    )  # fmt: skip
    people = list(_people("zaednicka-masa-skopje", "families", 200))
    for rng, given, family, _, sex in people:
        day = dt.date(2022, 11, 2) + dt.timedelta(days=rng.randrange(100))
        sheet.append([
            given, family, rng.randint(1960, 2002), "женски" if sex == "female" else "машки", "Скопје",
            f"{day.day}.{day.month}.{day.year}", "пакети", "пакет", rng.choice([1, 1, 2]), rng.randint(1, 8),
        ])  # fmt: skip
    return Spreadsheet("zaednicka-masa-skopje", "Пакети зима 2022-23.xlsx", _saved(book), len(people), 0)


def attendance_brcko() -> Spreadsheet:
    """LibreOffice: one row a child and month, names in one column, family name first."""
    rows = [["DNEVNI CENTAR – POHAĐANJE 2023"], []]
    rows.append(["Prezime i ime", "Godina rođenja", "Spol", "Mjesec", "Dana prisutan", "Usluga"])
    number = 0
    for rng, given, family, _, sex in _people("sareni-konac-brcko", "day_centre", 60):
        born = rng.randint(2008, 2016)
        for month in (2, 3, 4, 5):
            number += 1
            rows.append([
                f"{family} {given}", born, "Ž" if sex == "female" else "M", dt.date(2023, month, 28),
                rng.randint(4, 20), "Dnevni centar",
            ])  # fmt: skip
    return Spreadsheet("sareni-konac-brcko", "Pohadjanje 2023.ods", ods("Pohađanje", rows), number, 0)


def parcels_tirana() -> Spreadsheet:
    """CSV as a survey tool exports it: UTF-8 with BOM, commas, ISO dates, technical columns around."""
    lines = ["start,end,emri,mbiemri,viti_lindjes,gjinia,bashkia,data,sherbimi,sasia,anetaret,_id,_uuid"]
    number = 0
    for number, (rng, given, family, _, sex) in enumerate(_people("sofra-jone-tirane", "families", 220), start=1):
        day = dt.date(2021, 2, 1) + dt.timedelta(days=rng.randrange(300))
        lines.append(
            f"{day}T09:{number % 60:02d}:00,{day}T09:{number % 60:02d}:40,{given},{family},{rng.randint(1955, 2001)},"
            f"{'femër' if sex == 'female' else 'mashkull'},Tiranë,{day},pako ushqimore,{rng.choice([1, 1, 2])},"
            f"{rng.randint(1, 7)},{88000 + number},demo-{number:05d}"
        )
    data = "\n".join(lines).encode("utf-8-sig")
    return Spreadsheet("sofra-jone-tirane", "shperndarja_2021_export.csv", data, number, 0)


def all_spreadsheets() -> list[Spreadsheet]:
    """Every file of the demo, oldest work first."""
    return [parcels_niksic(), parcels_tirana(), families_skopje(), attendance_brcko(), home_visits_beograd()]


# --- OpenDocument -----------------------------------------------------------------------------------------

_NAMESPACES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in (("office", "office"), ("table", "table"), ("text", "text"))
)
_MIME = "application/vnd.oasis.opendocument.spreadsheet"


def _cell(value):
    if value is None or value == "":
        return "<table:table-cell/>"
    if isinstance(value, dt.date):
        said = f'office:value-type="date" office:date-value="{value}"'
    elif isinstance(value, int | float):
        said = f'office:value-type="float" office:value="{value}"'
    else:
        said = 'office:value-type="string"'
    return f"<table:table-cell {said}><text:p>{escape(str(value))}</text:p></table:table-cell>"


def ods(title: str, rows: list[list]) -> bytes:
    """A plain OpenDocument spreadsheet with one sheet."""
    body = "".join(f"<table:table-row>{''.join(map(_cell, row))}</table:table-row>" for row in rows)
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_NAMESPACES} office:version="1.2">'
        f'<office:body><office:spreadsheet><table:table table:name="{escape(title)}">{body}</table:table>'
        f"</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest manifest:version="1.2" '
        'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_MIME}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (("mimetype", _MIME), ("content.xml", content), ("META-INF/manifest.xml", manifest)):
            info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return stream.getvalue()
