"""Answers out of other programs' exports: KoboToolbox (labels or names), ODK Central (CSV, ZIP), and our own.

A column is known by its question's path ("home/rooms", "home-rooms"), by its name alone where that is only one, or by
its label; a mapping may say otherwise. Repeats come as sheets (or files of a ZIP) that name the row they stand in.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from duga.plain.errors import Refused
from duga.plain.errors import gettext_noop as _
from duga.plain.tables import SheetTable, cell_text
from duga.plain.text import fold
from duga.surveys.rules.exports.columns import CHOICES, PLACE_PARTS, Column, Form, Table

#: By what other programs call the number of a submission, the surest first.
KEYS = ("meta/instanceid", "meta-instanceid", "instanceid", "key", "__id", "_uuid", "_id")
PARENT_KEYS = ("_submission__uuid", "_submission_uuid", "parent_key", "_id")
_YES = frozenset({"1", "true", "yes", "x"})
_PLACE = {f"{mark}{part}": number for number, part in enumerate(PLACE_PARTS) for mark in ("/", "-", "_")}

_NO_COLUMNS = _("No column of this file is a question of this form. Its first row should hold the questions.")
_NO_PATH = _("The mapping names “%(path)s”, which is no question of this form.")


@dataclass(frozen=True)
class Target:
    """What a column of the file is: a question, one of its choices (`word`), or a part of its place (`part`)."""

    column: Column
    word: str = ""
    part: int | None = None


@dataclass(frozen=True)
class Filled:
    """One row of a file as answers; `number` is its row there, `key` the submission's number ("" where it has none)."""

    number: int
    key: str
    answers: dict = field(repr=False)


def targets(table: Table, heads: Sequence[str], mapping: Mapping[str, str] | None = None) -> dict[int, Target]:
    """{place of a column: what it is} of those that are understood; `mapping` {heading: path or ""} goes first."""
    mapping, known = mapping or {}, _known(table)
    by_path = {column.name: column for column in table.columns}
    told = {}
    for place, head in enumerate(heads):
        if head in mapping:
            if mapping[head]:
                if mapping[head].strip("/") not in by_path:
                    raise Refused(_NO_PATH, path=mapping[head][:80])
                told[place] = Target(by_path[mapping[head].strip("/")])
        elif found := known.get(_bare(head)):
            told[place] = found
    return told


def _bare(head: str) -> str:
    return fold(re.sub(r"\s+", " ", head.replace("-", "/")).strip().lower())


def _known(table) -> dict[str, Target]:
    told: dict[str, Target] = {}
    last: dict[str, list] = {}
    for column in table.columns:
        below = column.path[len(table.path) :].strip("/")
        names = [column.name, below, *column.labels.values()]
        for name in names:
            told.setdefault(_bare(name), Target(column))
        last.setdefault(_bare(below.rpartition("/")[2]), []).append(column)
        for name in {column.name, below, *column.labels.values()}:
            for word, labels in column.choices.items() if column.kind == "select_multiple" else ():
                for told_as in (word, *labels.values()):
                    told.setdefault(_bare(f"{name}/{told_as}"), Target(column, word=word))
            if column.kind == "geopoint":
                for part, number in _PLACE.items():
                    told.setdefault(_bare(f"{name}{part}"), Target(column, part=number))
                    told.setdefault(_bare(f"_{name}{part}"), Target(column, part=number))
    for name, columns in last.items():
        if len(columns) == 1:
            told.setdefault(name, Target(columns[0]))
    return told


def filled(form: Form, tables: Sequence[SheetTable], mapping: Mapping[str, str] | None = None):
    """(rows as answers, headings that were not understood) of a file's tables; Refused where nothing is understood."""
    main = max(tables, key=lambda each: len(targets(form.tables[0], each.columns, mapping)))
    known = targets(form.tables[0], main.columns, mapping)
    if not known:
        raise Refused(_NO_COLUMNS)
    keys, index = _place(main.columns, KEYS), _place(main.columns, ("_index",))
    rows = [
        Filled(row.number, _key(row.cells, keys), _answers(row.cells, known)) for row in main.rows if any(row.cells)
    ]
    by_key = {row.key: row for row in rows if row.key}
    numbered = {} if index is None else {cell_text(row.cells[index]): fill for row, fill in _pairs(main, rows)}
    for sheet in tables:
        table = next((each for each in form.tables[1:] if not each.above and _is(each, sheet.name)), None)
        if sheet is not main and table is not None:
            _put_below(table, sheet, by_key, numbered, mapping)
    left = [head for place, head in enumerate(main.columns) if place not in known and not head.startswith("_")]
    return rows, [head for head in left if head.lower() not in KEYS]


def _pairs(main, rows):
    by_number = {row.number: row for row in rows}
    return [(row, by_number[row.number]) for row in main.rows if row.number in by_number]


def _is(table, name) -> bool:
    last = _bare(table.path.rpartition("/")[2])
    return _bare(name.rpartition(".")[0] or name).endswith(last) or _bare(name) == last


def _place(heads, names) -> int | None:
    lower = [head.lower() for head in heads]
    return next((lower.index(name) for name in names if name in lower), None)


def _key(cells, place) -> str:
    told = cell_text(cells[place]) if place is not None else ""
    if told and re.fullmatch(r"[0-9a-f]{8}-[0-9a-f-]{27}", told):
        return f"uuid:{told}"
    return told[:200]


def _put_below(table, sheet, by_key, numbered, mapping) -> None:
    known = targets(table, sheet.columns, mapping)
    key, index = _place(sheet.columns, PARENT_KEYS), _place(sheet.columns, ("_parent_index",))
    for row in sheet.rows:
        above = by_key.get(_key(row.cells, key)) if key is not None else None
        if above is None and index is not None:
            above = numbered.get(cell_text(row.cells[index]))
        if above is not None and (answers := _answers(row.cells, known)):
            above.answers.setdefault(table.path, []).append(answers)


def _answers(cells, known) -> dict:
    told: dict[str, str] = {}
    words: dict[str, list[str]] = {}
    places: dict[str, list[str]] = {}
    for at, target in known.items():
        text, path = cell_text(cells[at]), target.column.path
        if not text:
            continue
        if target.word:
            if text.lower() in _YES or _bare(text) in map(_bare, (target.word, *_labels(target))):
                words.setdefault(path, []).append(target.word)
        elif target.part is not None:
            places.setdefault(path, [""] * 4)[target.part] = text
        else:
            told[path] = _coded(target.column, text)
    for path, chosen in words.items():
        told.setdefault(path, " ".join(chosen))
    for path, parts in places.items():
        if parts[0] and parts[1]:
            told.setdefault(path, " ".join(part or "0" for part in parts))
    return told


def _labels(target):
    return target.column.choices.get(target.word, {}).values()


def _coded(column, text) -> str:
    """An answer as its code, where a file told the label."""
    if column.kind not in CHOICES or not column.choices:
        return text
    by_label = {_bare(label): word for word, labels in column.choices.items() for label in (word, *labels.values())}
    if column.kind == "select_one":
        return by_label.get(_bare(text), text)
    if column.choices.keys() >= set(text.split()):
        return text
    parts = [part.strip() for part in re.split(r"[;,]", text)]
    return " ".join(by_label.get(_bare(part), part) for part in parts if part)


def as_xml(form: Form, row: Filled, *, version: str, nth: int = 1) -> bytes:
    """The XML of a row, as a phone would have sent it. `nth`: of equal rows without a number, which one."""
    from lxml import etree

    root = etree.Element("data", id=form.slug, version=version)
    if nth > 1:
        root.set("nth", str(nth))
    _plant(root, row.answers, "", etree)
    if row.key:
        meta = etree.SubElement(root, "meta")
        etree.SubElement(meta, "instanceID").text = row.key
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _plant(element, answers, below, etree) -> None:
    made = {below: element}

    def at(path):
        if path not in made:
            made[path] = etree.SubElement(at(path.rpartition("/")[0]), path.rpartition("/")[2])
        return made[path]

    for path, told in answers.items():
        if isinstance(told, list):
            for row in told:
                each = etree.SubElement(at(path.rpartition("/")[0]), path.rpartition("/")[2])
                _plant(each, row, path, etree)
        else:
            at(path).text = "".join(letter for letter in told if letter >= " " or letter in "\n\t")
