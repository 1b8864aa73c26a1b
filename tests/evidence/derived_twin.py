"""Slow, obvious twins of what is worked out from counts: sets and loops over facts, nothing shared with the engine."""

from collections import defaultdict
from decimal import Decimal

from tests.evidence.twin import ALL, all_labels, label, within_question

EVER = ((1, 1), (9999, 12))
TIMES = ("year", "quarter", "month")


def cells(facts, by, keep, where=None, span=EVER) -> dict[tuple, list]:
    """The facts that stand behind every cell and total."""
    found = defaultdict(list)
    for fact in within_question(facts, where or {}, *span):
        if keep(fact):
            for cell in all_labels(tuple(label(fact, name) for name in by), by):
                found[cell].append(fact)
    return found


def to_person(fact) -> bool:
    return fact["recipient"] == "person"


def people(facts) -> int:
    return len({fact["person"] for fact in facts})


def rounded(number: Decimal, places: int = 1) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-places))


def means(facts, by, **more):
    """Deliveries to people by different people: value, sum, n."""
    found = cells(facts, by, to_person, **more)
    return {key: (rounded(Decimal(len(met)) / people(met)), len(met), people(met)) for key, met in found.items()}


def shares(facts, by, service, **more):
    found = {}
    for key, met in cells(facts, by, to_person, **more).items():
        part = people([fact for fact in met if fact["service_type"] == service])
        found[key] = (rounded(Decimal(100 * part) / people(met)), part, people(met))
    return found


def people_in_households(facts, by, **more):
    """Each household's largest recorded size; one where none is recorded, and then "at least"."""
    found = {}
    for key, met in cells(facts, by, lambda fact: fact["recipient"] == "household", **more).items():
        sizes = defaultdict(list)
        for fact in met:
            sizes[fact["household"]].append(fact["size"])
        largest = [max((size for size in each if size is not None), default=None) for each in sizes.values()]
        found[key] = (sum(1 if size is None else size for size in largest), None in largest)
    return found


def since_start(facts, time, last) -> dict[str, int]:
    """Different people met up to the end of each year, quarter or month, up to the month `last`."""
    met = [fact for fact in facts if to_person(fact)]
    months = sorted({(fact["month"].year, fact["month"].month) for fact in facts})
    found = {}
    for year, month in all_months(months[0], last):
        name = label({"month": _Day(year, month)}, time)
        found[name] = people([f for f in met if (f["month"].year, f["month"].month) <= (year, month)])
    return found


class _Day:
    def __init__(self, year, month):
        self.year, self.month = year, month


def all_months(first, last):
    year, month = first
    while (year, month) <= last:
        yield year, month
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def highest(facts, by, span=EVER):
    """In each area the organisation with most people; areas added. Also what the plain sum claims."""
    found = {}
    for key, met in cells(facts, by, to_person, span=span).items():
        sources = defaultdict(lambda: defaultdict(set))
        for fact in met:
            sources[fact["country"], fact["area"]][fact["organisation"]].add(fact["person"])
        value = sum(max(len(each) for each in place.values()) for place in sources.values())
        plain = sum(len(each) for place in sources.values() for each in place.values())
        found[key] = (value, plain)
    return found


__all__ = ["ALL", "cells", "highest", "means", "people_in_households", "shares", "since_start"]
