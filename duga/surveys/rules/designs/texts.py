"""The words of a form, side by side in its languages: which there are, which are missing, writing new ones.

Texts stand in an XLSForm's sheets under headings such as `label::English (en)`; a heading without a language is the
language called default.
"""

import re
from dataclasses import dataclass

from duga.plain.errors import Refused
from duga.plain.errors import gettext_noop as _
from duga.plain.xlsforms.findings import Cells

#: What is said to people, by sheet. Media are files, chosen elsewhere.
SAID = {
    "survey": ("label", "hint", "guidance_hint", "constraint_message", "required_message"),
    "choices": ("label",),
}
LANGUAGES = {
    "en": "English (en)", "sr": "Српски (sr)", "sr-Latn": "Srpski (sr-Latn)", "bs": "Bosanski (bs)",
    "hr": "Hrvatski (hr)", "cnr": "Crnogorski (cnr)", "mk": "Македонски (mk)", "sq": "Shqip (sq)",
    "ar": "العربية (ar)", "fa": "فارسی (fa)", "ps": "پښتو (ps)", "ur": "اردو (ur)", "ckb": "کوردی (ckb)",
    "kmr": "Kurmancî (kmr)", "tr": "Türkçe (tr)", "fr": "Français (fr)", "rom": "Romani (rom)",
}  # fmt: skip

_UNKNOWN = _("There is no language “%(code)s” to choose. Take one of the list.")
_THERE = _("The form already speaks this language.")
_GONE = _("This text is no longer in the form: somebody uploaded another draft. Look at the page again.")


@dataclass(frozen=True)
class Piece:
    """One text of a form: where it stands (sheet, row, column), whose it is, and what it says in each language."""

    sheet: str
    row: int
    column: str
    name: str
    texts: dict


def language_name(heading: str) -> tuple[str, str]:
    """(column, language) of a heading: ("label", "English (en)") of "label::English (en)"; "default" for none."""
    parts = re.split(r"\s*::?\s*", str(heading).strip(), maxsplit=1)
    column = parts[0].lower().replace(" ", "_")
    return column, parts[1].strip() if len(parts) > 1 and parts[1].strip() else "default"


def language_code(language: str) -> str:
    """The code in a language's name: "sr" of "Српски (sr)"; empty where it bears none."""
    match = re.search(r"\(([A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*)\)\s*$", language)
    if match:
        return match[1]
    return language if re.fullmatch(r"[a-z]{2,3}", language) else ""


def short_name(language: str) -> str:
    """A language's name without its code."""
    return re.sub(r"\s*\([^)]*\)\s*$", "", language) or language


def _columns(rows, said):
    """{(column, language): index} of the headings that hold what is said."""
    found = {}
    for at, heading in enumerate(rows[0] if rows else []):
        column, language = language_name(heading)
        if column in said:
            found.setdefault((column, language), at)
    return found


def languages_of(sheets: dict) -> list[str]:
    """The languages of a form's texts, in the order of its headings."""
    cells, found = Cells(sheets), {}
    for sheet, said in SAID.items():
        for _column, language in _columns(sheets.get(cells.sheet(sheet), []), said):
            found[language] = True
    if len(found) > 1:
        rows = [row for sheet, said in SAID.items() for row in _default_texts(sheets.get(cells.sheet(sheet), []), said)]
        if "default" in found and not any(rows):
            del found["default"]
    return list(found)


def _default_texts(rows, said):
    at = [index for (_column, language), index in _columns(rows, said).items() if language == "default"]
    return [any(index < len(row) and row[index] for index in at) for row in rows[1:]]


def pieces(sheets: dict) -> list[Piece]:
    """Every text of a form that is said to somebody, with an empty string for each language that lacks it.

    A text that no language has is left out: nothing is missing where nothing was ever said.
    """
    cells, languages, found = Cells(sheets), languages_of(sheets), []
    for sheet, said in SAID.items():
        name = cells.sheet(sheet)
        rows = sheets.get(name, [])
        where = _columns(rows, said)
        for row in range(2, len(rows) + 1):
            whose = cells.value(sheet, row, "name")
            if sheet == "choices":
                whose = f"{cells.value(sheet, row, 'list_name')}: {whose}"
            for column in said:
                texts = {each: _at(rows[row - 1], where.get((column, each))) for each in languages}
                if any(texts.values()):
                    found.append(Piece(name, row, column, whose, texts))
    return found


def _at(row, index):
    return str(row[index] or "") if index is not None and index < len(row) else ""


def missing(sheets: dict) -> dict[str, int]:
    """{language: how many texts it lacks} that another language has."""
    found = pieces(sheets)
    return {language: sum(1 for piece in found if not piece.texts[language]) for language in languages_of(sheets)}


def add_language(sheets: dict, code: str) -> tuple[dict, str]:
    """The sheets with columns for one more language, empty, and its name as headings write it."""
    if code not in LANGUAGES:
        raise Refused(_UNKNOWN, code=code)
    language = LANGUAGES[code]
    if any(language_code(each) == code or each == language for each in languages_of(sheets)):
        raise Refused(_THERE)
    sheets = {name: [list(row) for row in rows] for name, rows in sheets.items()}
    cells = Cells(sheets)
    for sheet, said in SAID.items():
        rows = sheets.get(cells.sheet(sheet), [])
        used = dict.fromkeys(column for column, _language in _columns(rows, said))
        for column in used:
            rows[0].append(f"{column}::{language}")
    return sheets, language


def retold(sheets: dict, language: str, texts: dict) -> dict:
    """The sheets with new texts in one language: {(sheet, row, column): text}. Refused where one has no place."""
    sheets = {name: [list(row) for row in rows] for name, rows in sheets.items()}
    for (sheet, row, column), text in texts.items():
        rows = sheets.get(sheet, [])
        index = _columns(rows, (column,)).get((column, language))
        if index is None and rows:
            rows[0].append(f"{column}::{language}" if language != "default" else column)
            index = len(rows[0]) - 1
        if not 1 < row <= len(rows):
            raise Refused(_GONE)
        cells = rows[row - 1]
        cells += [""] * (index + 1 - len(cells))
        cells[index] = " ".join(text.split()) if column != "label" else text.strip()
    return sheets


def with_setting(sheets: dict, column: str, value: str) -> dict:
    """The sheets with one value of the settings sheet set, which is added where there is none."""
    sheets = {name: [list(row) for row in rows] for name, rows in sheets.items()}
    cells = Cells(sheets)
    name = cells.sheet("settings")
    rows = sheets.setdefault(name, [[]])
    index = cells.index("settings", column) if rows[0] else None
    if index is None:
        rows[0].append(column)
        index = len(rows[0]) - 1
    if len(rows) < 2:
        rows.append([])
    rows[1] += [""] * (index + 1 - len(rows[1]))
    rows[1][index] = value
    return sheets


def only_languages(sheets: dict, wanted: list[str]) -> dict:
    """The sheets without the columns of languages that are not wanted; headings without a language stay."""
    kept = {}
    for name, rows in sheets.items():
        at = [
            index for index, heading in enumerate(rows[0] if rows else [])
            if language_name(heading)[1] in ("default", *wanted)
        ]  # fmt: skip
        kept[name] = [[row[index] if index < len(row) else "" for index in at] for row in rows]
    return kept
