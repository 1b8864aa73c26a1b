"""What an analyst may ask of a snapshot: indicator, breakdown, one year, one country or all, one word a filter."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from duga.evidence import indicators
from duga.evidence.indicators import Indicator
from duga.evidence.model import ALL, TIME, Period
from duga.plain.errors import Refused, gettext_noop

#: What a table may be broken down by, at most two beside the country.
BREAKDOWNS = ("sex", "age_band", "area", "month", "quarter", "service_type", "target_group", "channel")
#: What tables of what is on offer may go by besides.
SUPPLY_BREAKDOWNS = (
    "provider_kind", "licence", "verified", "language", "hours", "accessible", "unit", "distance", "year", "payer",
)  # fmt: skip
MOST = 2
#: What a table may be kept to, one word each. By sex, age or region tables are broken down, never cut: what was
#: left out would follow by subtraction.
FILTERS = ("service_type", "channel")
#: Wider age bands, for when the usual ones hide too much.
WIDER_AGES = {
    "0-5": "0-17", "6-13": "0-17", "14-17": "0-17", "18-29": "18-59", "30-59": "18-59", "60-79": "60+", "80+": "60+",
}  # fmt: skip


def breakdowns_of(indicator: Indicator) -> tuple[str, ...]:
    """What tables of an indicator may be broken down by: a change with the year before, not by parts of the year; a
    running count, by these alone: its steps (who was met for the first time) are a table too, and often a small one.
    """
    if indicator.measure == "cumulative":
        return tuple(name for name in indicator.breakdowns if name in TIME)
    return tuple(name for name in indicator.breakdowns if indicator.measure != "change" or name not in TIME)


def from_january(indicator: Indicator, year: str) -> Indicator:
    """A running count as tables of a year show it: from the beginning of that year. Any other comes back as it is."""
    return replace(indicator, since=Period.read(f"{year}-01")) if indicator.measure == "cumulative" else indicator


def check_running(indicator: Indicator, breakdown: Iterable[str], country: str) -> None:
    """Refuses a running count of the year without its months or quarters, or of all countries together."""
    if indicator.measure != "cumulative":
        return
    if not country:
        raise Refused(gettext_noop("Running counts are shown of one country at a time: choose the country."))
    if not {"month", "quarter"} & set(breakdown):
        raise Refused(gettext_noop("A running count goes by month or by quarter: choose one of them."))


def check_built(
    allowed: Iterable[str], breakdown: Iterable[str], where: Mapping[str, str], country: str
) -> tuple[str, ...]:
    """The columns of a table that was asked for; refused with what may be asked for instead.

    Of all countries together the country is always the first column: else a country follows by subtraction.
    """
    wanted, allowed = tuple(dict.fromkeys(breakdown)), tuple(allowed)
    for name in wanted:
        if name not in BREAKDOWNS or name not in allowed:
            raise _not_by(name, [each for each in BREAKDOWNS if each in allowed])
    if len(wanted) > MOST:
        raise Refused(gettext_noop("Break down by two things at most: more leaves mostly hidden numbers."))
    if "month" in wanted and "quarter" in wanted:
        raise Refused(gettext_noop("Choose months or quarters, not both."))
    if "area" in wanted and not country:
        raise Refused(gettext_noop("Regions are shown of one country at a time: choose the country."))
    if unknown := [name for name in where if name not in FILTERS]:
        raise Refused(
            gettext_noop("Tables are not cut by %(name)s: what was left out would follow by subtraction."),
            name=unknown[0],
        )
    if unfit := [name for name in where if name not in allowed]:
        raise Refused(gettext_noop("This indicator is not kept to one %(name)s."), name=unfit[0])
    if both := [name for name in where if name in wanted]:
        raise Refused(gettext_noop("Either break down by %(name)s or keep to one of it."), name=both[0])
    return wanted if country else ("country", *wanted)


def _not_by(name, known) -> Refused:
    if not known:
        return Refused(
            gettext_noop("This indicator is not broken down by %(name)s: it is told by country alone."), name=name
        )
    message = gettext_noop("This indicator is not broken down by %(name)s. It goes by: %(known)s.")
    return Refused(message, name=name, known=", ".join(known))


def check_supply(indicator: Indicator, breakdown: Iterable[str], where: Mapping[str, str], country: str) -> tuple:
    """The columns of a table of what is on offer, as `check_built` gives those of people. Nothing in it is hidden, so
    it may be cut as one likes; a region still belongs to a country.
    """
    wanted = tuple(dict.fromkeys(breakdown))
    for name in wanted:
        if name not in (*BREAKDOWNS, *SUPPLY_BREAKDOWNS) or name not in indicator.breakdowns:
            raise _not_by(name, [each for each in (*BREAKDOWNS, *SUPPLY_BREAKDOWNS) if each in indicator.breakdowns])
    if len(wanted) > MOST:
        raise Refused(gettext_noop("Break down by two things at most."))
    if "area" in wanted and not country:
        raise Refused(gettext_noop("Regions are shown of one country at a time: choose the country."))
    for name in where:
        if name not in indicator.breakdowns:
            raise Refused(gettext_noop("This indicator is not kept to one %(name)s."), name=name)
        if name in wanted:
            raise Refused(gettext_noop("Either break down by %(name)s or keep to one of it."), name=name)
    return wanted if country else ("country", *wanted)


#: The counts behind a number that is worked out: (role in its definition, what the number's term is called, years on).
COUNTS = {
    "mean": (("numerator", "sum", 0), ("denominator", "n", 0)),
    "ratio": (("numerator", "numerator", 0), ("denominator", "denominator", 0)),
    "share": (("numerator", "part", 0), ("denominator", "whole", 0)),
    "rate": (("numerator", "count", 0),),
    "change": (("counted", "now", 0), ("counted", "before", -1)),
    "cumulative": (("counted", "met", 0),),
}
FIRST = "first"
"""What the step of a running count is called beside it: of the people met in a month those met for the first time."""


def is_buildable(indicator: Indicator) -> bool:
    """Whether tables are built of an indicator: counts of people or households, and what is worked out from such."""
    if indicator.of_work:  # told by forms (`rules.layouts`), whose tables are protected together
        return False
    if indicator.of_supply:
        return indicator.measure != "rate"
    if not indicator.composite:
        return indicator.unit in ("person", "household")
    if indicator.measure == "rate" and indicator.inhabitants is None:
        return False
    if indicator.measure == "change" and indicator.compare != "year before":
        return False
    if indicator.measure == "cumulative" and not indicator.parts["counted"].measure.startswith("distinct"):
        return False
    return indicator.measure in COUNTS and not any(part.composite for part in indicator.parts.values())


def parts_of(indicator: Indicator, year: str) -> list[dict]:
    """The counts that a table of an indicator and year shows: code, filters of its own, year, term that is the count.

    Of a count that is the count itself (term "value").
    """
    if not indicator.composite:
        return [{"code": indicator.code, "where": {}, "year": year, "term": "value"}]
    found = []
    for role, term, later in COUNTS[indicator.measure]:
        part = indicator.parts[role]
        usual = indicators.find(part.code).of
        where = {name: list(words) for name, words in part.of.items() if usual.get(name) != words}
        found.append({"code": part.code, "where": where, "year": str(int(year) + later), "term": term})
    if indicator.measure == "cumulative":
        found.append({"code": indicator.code, "where": {}, "year": year, "term": FIRST})
    return found


def counts_of(document: Mapping) -> list[dict]:
    """What a document shows of people, as documents of counts: itself, or those its numbers are worked out from."""
    if "of" in document.get("snapshot", {}):  # of the directory
        return []
    parts = document.get("parts") or [
        {"code": document.get("rests_on", document["indicator"]["code"]), "where": {}, "year": document["period"][:4],
         "term": "count" if document.get("rests_on") else "value"},
    ]  # fmt: skip
    if parts[0]["term"] == "value":
        return [dict(document)]
    found = _running(document, parts) if parts[-1]["term"] == FIRST else []
    for part in parts:
        cells = [_counted(cell, document["breakdown"], cell[part["term"]]) for cell in document["cells"]]
        found.append(
            dict(document) | {
                "indicator": {"code": part["code"], "unit": "person"},
                "where": document.get("where", {}) | part["where"],
                "period": part["year"],
                "cells": cells,
            }
        )  # fmt: skip
    return found


def _running(document: Mapping, parts: list[Mapping]) -> list[dict]:
    """What a running count shows as counts of spans of months: from January up to each time, and who was met for the
    first time between two that are shown. Nothing is hidden among them.
    """
    (name,) = document["breakdown"]
    shown = sorted((cell[name], cell["value"]) for cell in document["cells"] if cell["status"] == "shown")
    shown = [pair for pair in shown if pair[0] != ALL]
    told = [[(up_to(time), value) for time, value in shown], between(shown)]
    return [
        dict(document) | {
            "indicator": {"code": part["code"], "unit": "person"}, "terms": [], "running": True,
            "cells": [_counted({name: span}, [name], value) for span, value in pairs],
        }
        for part, pairs in zip(parts, told, strict=True)
    ]  # fmt: skip


def between(shown: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """(months, how many more) between running numbers that are shown, in the order of time.

    >>> between([("2020-02", 6), ("2020-04", 20)])
    [('2020-01..2020-02', 6), ('2020-03..2020-04', 14)]
    """
    found, start, before = [], None, 0
    for time, value in shown:
        span = Period.read(time)
        start = start or (span.end[0], 1)
        found.append((str(Period(start, span.end)), value - before))
        start, before = Period(span.end, span.end).shifted(1).start, value
    return found


def up_to(time: str) -> str:
    """The months from January to the end of a month or quarter.

    >>> up_to("2020-Q2")
    '2020-01..2020-06'
    """
    return str(Period.read(f"{time[:4]}-01..{time}"))


def says_all(document: Mapping) -> bool:
    """Whether nothing stands behind a document of counts but what it shows (`counts_of` a running count)."""
    return bool(document.get("running"))


def _counted(cell: Mapping, breakdown: Iterable[str], value) -> dict:
    labels = {name: cell[name] for name in breakdown}
    hidden = value is None
    return labels | {
        "value": None if hidden else value,
        "status": "hidden" if hidden else "shown",
        "qualifier": "exact",
    }
