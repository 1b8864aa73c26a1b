"""The codebook of a form, and SPSS syntax that reads its CSV and labels it (GET DATA, VARIABLE and VALUE LABELS).

PSPP reads the same. Names of variables have at most 64 bytes and no slash; labels at most 255.
"""

import csv
import io
import re

from duga.plain.tables import safe_cell
from duga.surveys.rules.exports.columns import NUMBERS

NAME, LABEL, VALUE_LABEL = 64, 255, 120  #: the most that SPSS takes, in bytes


def codebook(sheets) -> str:
    """CSV: table, variable, question, kind, code and what the code means; a line for each code."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["table", "variable", "question", "kind", "code", "meaning"])
    for sheet in sheets:
        for column in sheet.table.columns:
            about = [sheet.table.name, column.name, column.label(sheet.language), column.kind]
            for code in column.choices or {"": {}}:
                meaning = column.said(code, sheet.language) if code else ""
                writer.writerow([safe_cell(cell) for cell in (*about, code, meaning)])
    return out.getvalue()


def variables(sheet) -> list[tuple[str, str, str, object]]:
    """(variable, format, label, column or None) of every column of a sheet, in the order of its CSV."""
    told, seen = [], set()
    for name in sheet.system:
        told.append((_variable(name, seen), "A200", name.strip("_"), None))
    for column in sheet.table.columns:
        for name, _take in sheet.parts(column):
            kind = "F17.6" if column.kind in NUMBERS or column.kind == "geopoint" else "A2000"
            if column.kind == "select_one":
                kind = "A200"
            elif column.kind == "select_multiple" and name != column.name:
                kind = "F1.0"
            told.append((_variable(name, seen), kind, column.label(sheet.language), column))
    return told


def _variable(name, seen) -> str:
    bare = re.sub(r"[^A-Za-z0-9_.]", "_", name).strip("._") or "v"
    bare = bare if bare[0].isalpha() else f"v{bare}"
    bare = bare[: NAME - 4]
    told, number = bare, 1
    while told.lower() in seen:
        number += 1
        told = f"{bare}_{number}"
    seen.add(told.lower())
    return told


def _quoted(text: str, most: int) -> str:
    text = " ".join(text.split()).encode()[:most].decode(errors="ignore")
    return "'" + text.replace("'", "''") + "'"


def syntax(sheet) -> str:
    """The syntax that reads answers.csv beside it."""
    told = variables(sheet)
    lines = [
        "* Reads answers.csv, which lies beside this file: set its folder with CD first.", "SET UNICODE=ON.",
        "GET DATA /TYPE=TXT /FILE='answers.csv' /ENCODING='UTF8' /ARRANGEMENT=DELIMITED /DELIMITERS=','",
        "  /QUALIFIER='\"' /FIRSTCASE=2 /VARIABLES=",
        *(f"  {name} {kind}" for name, kind, _label, _column in told), ".", "VARIABLE LABELS",
        *(f"  {name} {_quoted(label, LABEL)}" for name, _kind, label, _column in told), ".",
    ]  # fmt: skip
    for name, kind, _label, column in told:
        if column is not None and column.kind == "select_one" and column.choices and kind == "A200":
            lines.append(f"VALUE LABELS {name}")
            lines += [
                f"  {_quoted(code, 200)} {_quoted(column.said(code, sheet.language), VALUE_LABEL)}"
                for code in column.choices
            ]
            lines.append(".")
    lines += ["EXECUTE.", ""]
    return "\r\n".join(lines)
