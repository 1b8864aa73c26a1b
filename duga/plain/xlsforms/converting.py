"""From sheets to an XForm, by pyxform. Runs in a process of its own: pyxform takes long to load and memory to work."""

from pathlib import PurePath

from duga.plain.errors import gettext_noop as _
from duga.plain.xlsforms import checks
from duga.plain.xlsforms.findings import ERROR, WARNING, Cells, Faulty, paths
from duga.plain.xlsforms.sheets import KNOWN
from duga.plain.xlsforms.words import tell
from duga.plain.xlsforms.xforms import parse

_UNREADABLE = _("The sheets cannot be read as a form. The converter says: %(detail)s")
MOST_REMARKS = 60


def convert(sheets: dict, name: str) -> dict:
    """{xform, itemsets, warnings, parsed} of an XLSForm's sheets; Faulty with its findings where it is wrong."""
    from pyxform.errors import PyXFormError
    from pyxform.xls2xform import convert as pyxform_convert

    cells = Cells(sheets)
    if found := checks.circles(cells):
        raise Faulty(*found)
    try:
        done = pyxform_convert(xlsform=_workbook(sheets, name))
    except PyXFormError as error:
        raise Faulty(tell(str(error), cells, ERROR)) from None
    except (TypeError, KeyError, IndexError, AttributeError, ValueError, RecursionError) as error:
        # pyxform stumbles over sheets nobody foresaw: whoever sent them is told what it stumbled over
        detail = f"{type(error).__name__}: {error}"[:200]
        raise Faulty(cells.finding(_UNREADABLE, said=repr(error), params={"detail": detail})) from None
    xform = done.xform.encode()
    parsed = parse(xform)
    _number(parsed, cells)
    remarks = [tell(text, cells, WARNING) for text in done.warnings[:MOST_REMARKS]]
    return {"xform": xform, "itemsets": done.itemsets or "", "parsed": parsed, "warnings": list(filter(None, remarks))}


def _workbook(sheets, name):
    """The sheets as pyxform takes them from a program: rows as dicts under their headings."""
    book = {"sheet_names": list(sheets), "fallback_form_name": PurePath(name).stem or "form"}
    for title, rows in sheets.items():
        sheet = title.strip().lower()
        if sheet not in KNOWN:
            if len(sheets) > 1:
                continue
            sheet = "survey"
        if sheet == "cascades":
            continue
        headings = [" ".join(str(each).split()) for each in rows[0]]
        book[sheet] = [
            {heading: cell for heading, cell in zip(headings, row, strict=False) if heading and cell}
            for row in rows[1:]
        ]  # fmt: skip
        book[f"{sheet}_header"] = [dict.fromkeys(heading for heading in headings if heading)]
    return book


def _number(parsed, cells) -> None:
    """Tells each question the row of the sheet that it stands in."""
    where = paths(cells, parsed.root)
    for question in parsed.questions:
        question["row"] = where.get(f"/{parsed.root}{question['path']}", 0)
