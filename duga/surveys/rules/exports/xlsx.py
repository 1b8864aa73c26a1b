"""An XLSX workbook written as it goes (ECMA-376, SpreadsheetML): no sheet is ever held whole, nothing lies on disk."""

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from xml.sax.saxutils import escape

from duga.surveys.rules.exports.pipe import Pipe

MOST_ROWS = 1_048_575  #: below the heading
MOST_COLUMNS = 16_384
LONGEST = 32_000  #: letters of a cell; Excel holds 32,767
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="2"><font/><font><b/></font></fonts><fills count="2"><fill>'
    '<patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2">'
    '<xf xfId="0"/><xf xfId="0" fontId="1" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def xlsx(sheets: list[tuple[str, list[str], Callable[[], Iterable[list]]]]) -> Iterator[bytes]:
    """The bytes of a workbook of sheets (name, heading, rows), in parts; cells are text or numbers."""
    pipe = Pipe()
    names = _names([name for name, _head, _rows in sheets])
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in _frame(names):
            archive.writestr(path, text)
        for number, (_name, head, rows) in enumerate(sheets, start=1):
            with archive.open(f"xl/worksheets/sheet{number}.xml", "w", force_zip64=True) as out:
                for part in _sheet(head, rows()):
                    out.write(part.encode())
                    yield pipe.take()
    yield pipe.take()


def _names(names) -> list[str]:
    """Names of sheets as Excel takes them: 31 letters, none twice."""
    told: list[str] = []
    for name in names:
        name = re.sub(r"[\\/*?:\[\]]", " ", name).strip()[:28] or "sheet"
        told.append(name if name not in told else f"{name[:25]} {len(told) + 1}")
    return told


def _frame(names):
    numbers = range(1, len(names) + 1)
    sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    yield (
        "[Content_Types].xml",
        (
            f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
            f'ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
            f'ContentType="{sheet}.sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{sheet}.styles+xml"/>'
            + "".join(
                f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{sheet}.worksheet+xml"/>'
                for n in numbers
            )
            + "</Types>"
        ),
    )
    yield (
        "_rels/.rels",
        (
            f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
    )
    told = "".join(
        f'<sheet name="{_text(name)}" sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(names, start=1)
    )
    yield (
        "xl/workbook.xml",
        (f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{told}</sheets></workbook>'),
    )
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        (
            f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{links}<Relationship Id="rIdStyles" '
            f'Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
        ),
    )
    yield "xl/styles.xml", _STYLES


def _text(text: str) -> str:
    return escape(_CONTROL.sub("", text)[:LONGEST], {'"': "&quot;"})


def _sheet(head, rows) -> Iterator[str]:
    yield (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" '
        'topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>'
    )
    cells = "".join(_cell(name, ' s="1"') for name in head[:MOST_COLUMNS])
    held, size = [f"<row>{cells}</row>"], 0
    for number, row in enumerate(rows):
        if number == MOST_ROWS:
            break
        held.append(f"<row>{''.join(map(_cell, row[:MOST_COLUMNS]))}</row>")
        size += len(held[-1])
        if size > 256 * 1024:
            yield "".join(held)
            held, size = [], 0
    yield "".join([*held, "</sheetData></worksheet>"])


def _cell(value, style="") -> str:
    if value == "" or value is None:
        return "<c/>"
    if isinstance(value, int | float):
        return f"<c><v>{value!r}</v></c>"
    return f'<c t="inlineStr"{style}><is><t xml:space="preserve">{_text(value)}</t></is></c>'
