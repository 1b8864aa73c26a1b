"""The slow, obvious twin of every count: plain loops and sets over the facts, nothing shared with the engine."""

from collections import defaultdict
from decimal import Decimal

ALL = "(all)"
KEYS = {"people_assisted": ("person", "person"), "households_reached": ("household", "household")}
OUTER = {"area": ["country"], "month": ["quarter", "year"], "quarter": ["year"]}


def label(fact: dict, name: str) -> str:
    month = fact["month"]
    if name == "year":
        return f"{month.year}"
    if name == "quarter":
        return f"{month.year}-Q{(month.month + 2) // 3}"
    if name == "month":
        return f"{month.year}-{month.month:02}"
    return str(fact[name])


def within_question(facts, where, start, end):
    for fact in facts:
        inside = start <= (fact["month"].year, fact["month"].month) <= end
        if inside and all(str(fact[name]) in words for name, words in where.items()):
            yield fact


def all_labels(inner: tuple, by: tuple):
    """A fact's cell and every total it stands in; an area's total never without its country."""
    found = [()]
    for word in inner:
        found = [(*start, each) for start in found for each in (word, ALL)]
    for key in found:
        outer_hidden = any(
            key[i] != ALL and key[by.index(outer)] == ALL
            for i, name in enumerate(by)
            for outer in OUTER.get(name, [])
            if outer in by
        )
        if not outer_hidden:
            yield key


def distinct(facts, code, by=(), where=None, start=(1, 1), end=(9999, 12)) -> dict[tuple, int]:
    """Number of different people (households) in every cell and total."""
    recipient, key = KEYS[code]
    met = defaultdict(set)
    for fact in within_question(facts, where or {}, start, end):
        if fact["recipient"] == recipient:
            for cell in all_labels(tuple(label(fact, name) for name in by), by):
                met[cell].add(fact[key])
    return {cell: len(keys) for cell, keys in met.items()}


def repeated(facts, by, axes, start=(1, 1), end=(9999, 12)) -> dict[tuple, int]:
    """How many people of every cell stand in more than one value on one of `axes` (tuples of dimensions)."""
    places = defaultdict(lambda: defaultdict(set))
    chosen = list(within_question(facts, {"recipient": ["person"]}, start, end))
    for fact in chosen:
        for axis in axes:
            places[fact["person"]][axis].add(tuple(label(fact, name) for name in axis))
    several = {person for person, seen in places.items() if any(len(values) > 1 for values in seen.values())}
    return distinct([fact for fact in chosen if fact["person"] in several], "people_assisted", by)


def sums(facts, by, where=None, no_total=("unit",)) -> dict[tuple, tuple[Decimal, set]]:
    """Sum of quantities and the set of qualifiers met, in every cell and total that may exist."""
    found = {}
    for fact in within_question(facts, where or {}, (1, 1), (9999, 12)):
        for cell in all_labels(tuple(label(fact, name) for name in by), by):
            if any(cell[by.index(name)] == ALL for name in no_total if name in by):
                continue
            total, words = found.get(cell, (Decimal(0), set()))
            found[cell] = (total + Decimal(str(fact["quantity"])), words | {fact["qualifier"]})
    return found
