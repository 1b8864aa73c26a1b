"""Rates of releases: worked out from what a protected table of people shows, so they tell no more than it does."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from duga.evidence.indicators import Indicator
from duga.evidence.model import ALL
from duga.evidence.quantities import Quantity, Unit
from duga.plain.errors import Refused, gettext_noop

#: What a rate's cell is worked out from, shown beside it.
TERMS = ("count", "inhabitants")


def check_numerator(indicator: Indicator, shown: Indicator) -> None:
    """Refuses a public rate of other people than those of the public table: that would be a table of its own."""
    part = indicator.parts["numerator"]
    if (part.code, part.measure, dict(part.of)) != (shown.code, shown.measure, dict(shown.of)):
        raise Refused(
            gettext_noop("The public rate %(code)s may only be of people whom a public table counts."),
            code=indicator.code,
        )


def worked_out(people, wanted, indicator: Indicator, inhabitants: Iterable[Mapping], country: str):
    """The rate of a counted table: shown where its count is, not known where inhabitants are not.

    people: the numerator as `counting.Counted`; inhabitants: rows with country and population; country "": by country.
    """
    rows = list(inhabitants)
    return replace(
        people, wanted=wanted, indicator=indicator, cells=divided(people.cells, indicator, rows, country), beside=[],
        rests_on=people.indicator.code,
        population=rows, consulted={people.indicator.code: people.indicator.text},
    )  # fmt: skip


def divided(cells: Iterable[Mapping], indicator: Indicator, inhabitants: Iterable[Mapping], country: str) -> list[dict]:
    """Cells of a count as cells of its rate; the rate of all countries only where the inhabitants of each are known."""
    cells, known = list(cells), {row["country"]: row["population"] for row in inhabitants}
    shown = {cell["country"] for cell in cells if cell.get("country", ALL) != ALL}
    known[ALL] = sum(known[code] for code in shown) if shown and shown <= known.keys() else known.get(country)
    return [_cell(cell, known.get(cell.get("country", ALL)), indicator) for cell in cells]


def _cell(cell: Mapping, people: int | None, indicator: Indicator) -> dict:
    if cell["status"] == "hidden":
        return dict(cell) | {"value": None, **dict.fromkeys(TERMS)}
    told = dict(cell) | {"count": cell["value"], "inhabitants": people}
    if not people:
        return told | {"value": None, "status": "unknown", "qualifier": "unknown"}
    count = Quantity.of(cell["value"], indicator.parts["numerator"].typed, cell["qualifier"])
    rate = count.over(Quantity.of(people, Unit("person", "inhabitants")), per=indicator.per)
    value, qualifier = rate.rounded(rate.places(indicator.decimals)).said()
    return told | {"value": float(value), "qualifier": qualifier}
