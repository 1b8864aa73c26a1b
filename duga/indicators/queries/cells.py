"""The cells of documents: how a number, a hidden one and a nought are written down, and in which order they stand.

`question` is a `counting.Question`.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from duga.evidence.model import ALL, ProtectedTable
from duga.places.queries import boundaries, codes


def is_total(told: Mapping, breakdown: Iterable[str]) -> bool:
    """Whether a cell is the total of its whole table."""
    return all(told[name] == ALL for name in breakdown)


def hide_cell(told: Mapping) -> dict:
    """The cell, hidden."""
    return dict(told) | {"value": None, "status": "hidden", "qualifier": "exact"}


def as_cell(labels: Mapping[str, str], value, qualifier: str = "exact") -> dict:
    if isinstance(value, Decimal):
        value = int(value) if value == value.to_integral_value() else float(value)
    status = "hidden" if value is None else "shown"
    return dict(labels) | {"value": value, "status": status, "qualifier": "exact" if value is None else qualifier}


def cells_of(safe: ProtectedTable) -> list[dict]:
    """The document's cells of a protected table."""
    return [
        as_cell(dict(zip(safe.dimensions, key, strict=True)), each.value, each.qualifier)
        for key, each in safe.cells.items()
    ]


def filled(question, wanted, cells: list[dict]) -> list[dict]:
    """The cells in the order people expect, with the zeros of a single breakdown (months, areas) said openly."""
    if len(wanted.breakdown) == 1:
        name = wanted.breakdown[0]
        known = {cell[name] for cell in cells}
        cells = cells + [as_cell({name: word}, 0) for word in _words(question, name) if word not in known]
    return sorted(cells, key=lambda cell: [place_of(name, cell[name]) for name in wanted.breakdown])


def filled_months(question, cells: list[dict]) -> list[dict]:
    """A table of unit × month with every month of the period, zeros said openly."""
    units = sorted({each["unit"] for each in cells}, key=lambda word: place_of("unit", word))
    known = {(each["unit"], each["month"]): each for each in cells}
    months = [*question.months, ALL]
    if not any(each["month"] != ALL for each in cells):
        months = [ALL]
    return [known.get((u, m)) or as_cell({"unit": u, "month": m}, 0) for u in units for m in months]


def _words(question, name: str) -> list[str]:
    """Every value a dimension has on its own, whether anything was recorded there or not."""
    if name == "month":
        return question.months
    if name == "country":
        return list(question.opened.manifest.words.get("country", []))
    if name == "area":
        return [feature["properties"]["code"] for feature in boundaries(question.country)["features"]]
    return []


def place_of(name: str, word: str) -> tuple:
    """Where a label stands among its like: lists in their own order, totals last."""
    lists = {"sex": "sexes", "age_band": "age_bands", "service_type": "service_types", "unit": "units"}
    order = [entry.code for entry in codes(lists[name], retired=True)] if name in lists else []
    return (word == ALL, order.index(word) if word in order else len(order), word)
