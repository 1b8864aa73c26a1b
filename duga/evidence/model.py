"""Words and shapes of the evidence core: the facts, the closed vocabulary, periods, tables.

Nothing here computes much and nothing imports an engine, so that any part of the house may use it.
"""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import product

from duga.evidence.periods import Period as Period
from duga.plain.errors import Refused, gettext_noop

ALL = "(all)"
"""Marks a total in a dimension's column."""

HIDDEN_LABEL = gettext_noop("small, or hidden to protect a small one")
"""All that a hidden cell ever says. "<5" would be false for half of them, and which is which is a clue."""

RECIPIENTS = ("person", "household", "tally", "institution")
UNIT_KINDS = ("person", "household", "contact", "item", "service", "organisation", "money")
QUALIFIERS = ("exact", "about", "at_least", "at_most")
"""How exactly a recorded quantity is known."""
RESULT_QUALIFIERS = (*QUALIFIERS, "unknown")
"""What a cell may say of itself: a number worked out from others may also be unknown, which is never zero."""

FACTS = {
    "person": "uint32?",
    "household": "uint32?",
    "recipient": "word",
    "size": "uint32?",
    "organisation": "uint32",
    "country": "word",
    "area": "word",
    "month": "month",
    "sex": "word",
    "age_band": "word",
    "target_group": "word",
    "service_type": "word",
    "unit": "word",
    "unit_kind": "word",
    "channel": "word",
    "quantity": "decimal",
    "qualifier": "word",
}
"""The columns of a fact, in order; "?" may be empty. There are no others and there never will be a name."""

TIME = ("year", "quarter", "month")
DIMENSIONS = (
    "country",
    "area",
    *TIME,
    "sex",
    "age_band",
    "target_group",
    "service_type",
    "unit",
    "channel",
    "organisation",
)
"""What a count may be broken down by, or kept to with `where`."""

TOTALS = {
    **dict.fromkeys(
        ("mean", "ratio", "share", "rate"),
        gettext_noop("Totals are worked out from the totals; they are neither sums nor means of their parts."),
    ),
    "change": gettext_noop("Totals compare the totals; they are neither sums nor means of their parts."),
    "cumulative": gettext_noop(
        "Each number counts everything since the start; numbers of several periods never add up."
    ),
    "highest": gettext_noop(
        "In one area the highest count stands for all, never the sum; totals add the areas' highest counts."
    ),
}
"""What the totals of a derived table are, by its kind."""

UNKNOWN_IF_ABSENT = ("mean", "ratio", "share", "rate", "change")
"""Kinds in which a cell that is not there is not known, rather than zero."""

CHAINS = (("country", "area"), ("year", "quarter", "month"))
"""Dimensions that lie within one another when both are asked for: a month within its year."""

REPEATING = ("time", "service_type", "unit", "channel")
"""Where one person is commonly met several times, so that a total is usually lower than the sum of its parts.
The others (country, area, age band, sex, group, organisation) are attributes that hardly ever change inside a
period: anybody would guess that their parts add up, so protection never relies on the contrary."""


def known_word(word: str, words: Iterable[str], what: str) -> str:
    """Gives `word` back if it is one of `words`; else refuses and offers the nearest.

    >>> known_word("country", DIMENSIONS, "breakdown")
    'country'
    """
    words = [str(each) for each in words]
    if word in words:
        return word
    codes = max(map(len, words), default=0) <= 2  # of two letters any other two are near
    near = [] if codes else difflib.get_close_matches(str(word), words, n=3, cutoff=0.5)
    if near:
        raise Refused(
            gettext_noop("%(word)s is not a known %(what)s. Did you mean %(near)s?"),
            word=repr(word),
            what=what,
            near=_or(near),
        )
    raise Refused(
        gettext_noop("%(word)s is not a known %(what)s. Known: %(words)s."),
        word=repr(word),
        what=what,
        words=", ".join(words[:40]) or "nothing",
    )


def _or(words: list[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " or " + words[-1]


def within_of(by: Iterable[str]) -> dict[str, str]:
    """Area within country, month within quarter within year, where both are asked for."""
    by, found = tuple(by), {}
    for chain in CHAINS:
        asked = [name for name in chain if name in by]
        found |= dict(zip(asked[1:], asked, strict=False))
    return found


@dataclass(frozen=True, slots=True)
class Cell:
    """One number of a table.

    A number worked out from others (a mean, say) has `terms`, named by the table's `terms`, and may be None where it
    is not known. `repeated` counts those of its people who stand in more than one value of a dimension in which
    people are not expected to (two regions in a year, say): protection assumes that an attacker knows them all.
    """

    value: int | Decimal | None
    qualifier: str = "exact"
    repeated: int = 0
    terms: tuple[int | Decimal | None, ...] = ()


@dataclass(frozen=True)
class Table:
    """Counts for every combination of the dimensions, totals included; cells left out are zero.

    `cells` maps one label per dimension (`(all)` for a total) to a `Cell`. `within` says which dimension lies
    within which (`{"area": "country"}`). `repeating` names the one axis along which a person may be met again,
    so that a total is at most, not exactly, the sum of its parts. Dimensions in `no_total` are never added up
    (parcels and visits). `protected` says whether the indicator's
    sensitivity asks for protection before the table leaves the house.
    A table worked out from others (`derived`) has `kind` (mean, ratio, …), names its cells' `terms`, and carries the
    tables it rests on as `parts`: they are what protection looks at. `kept` says of such a part what it is kept to
    beyond its measure (`{"service_type": ("legal_aid",)}`), `later` by how many months its labels were moved.
    """

    measure: str
    unit: str
    dimensions: tuple[str, ...]
    cells: Mapping[tuple[str, ...], Cell]
    within: Mapping[str, str] = field(default_factory=dict)
    repeating: str | None = None
    no_total: tuple[str, ...] = ()
    protected: bool = True
    distinct: bool = True
    notes: tuple[str, ...] = ()
    beside: tuple["Table", ...] = ()
    kind: str = "count"
    terms: tuple[str, ...] = ()
    parts: tuple["Table", ...] = ()
    kept: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    later: int = 0

    def __post_init__(self):
        for key in self.cells:
            if len(key) != len(self.dimensions):
                raise Refused(gettext_noop("A cell needs one label for each dimension."))

    @property
    def totals(self) -> str:
        """What the totals are, in words."""
        if self.kind in TOTALS:
            return TOTALS[self.kind]
        if self.distinct:
            return gettext_noop("Totals count each one once; they are not the sums of their parts.")
        return gettext_noop("Totals are the sums of their parts.")

    @property
    def derived(self) -> bool:
        """Whether its numbers are worked out from those of other tables."""
        return self.kind != "count"

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of `rows`: dimensions, value, qualifier, and the terms that the value is worked out from."""
        return (*self.dimensions, "value", "qualifier", *self.terms)

    def value(self, **labels: str) -> int | Decimal | None:
        """The number for these labels; dimensions not named are totals.

        A count that is not there is zero; a mean, ratio or change that is not there is not known (None).
        """
        for name in labels:
            known_word(name, self.dimensions, "dimension of this table")
        cell = self.cells.get(tuple(str(labels.get(name, ALL)) for name in self.dimensions))
        return cell.value if cell else None if self.kind in UNKNOWN_IF_ABSENT else 0

    def innermost(self) -> dict[tuple[str, ...], Cell]:
        """The cells without any total."""
        return {key: cell for key, cell in self.cells.items() if ALL not in key}

    def rows(self) -> list[dict]:
        """One dict a cell, sorted, with `value` and `qualifier`; totals come last in their line."""
        return [
            dict(zip(self.dimensions, key, strict=True))
            | {"value": cell.value, "qualifier": cell.qualifier}
            | dict(zip(self.terms, cell.terms, strict=False))
            for key, cell in sorted(self.cells.items(), key=lambda pair: order(pair[0]))
        ]

    def without_totals(self) -> "Table":
        return replace(self, cells=self.innermost())


@dataclass(frozen=True, slots=True)
class SafeCell:
    """One number as it may be published; `value` None: hidden, and nothing else is said about it.

    In tables worked out from others a value may also be not known (qualifier "unknown"), which hides nothing.
    """

    value: int | Decimal | None
    qualifier: str = "exact"
    terms: tuple[int | Decimal | None, ...] = ()

    @property
    def hidden(self) -> bool:
        return self.value is None and self.qualifier != "unknown"

    @property
    def status(self) -> str:
        if self.hidden:
            return "hidden"
        return "unknown" if self.value is None else "shown"


@dataclass(frozen=True)
class ProtectedTable:
    """A table with what must be hidden hidden, every cell and total present, zeros too.

    `rule` is the rule used, in words and numbers. `reasons` (which hidden cell was small and which protects another)
    are for the owner alone: `to_dict` leaves them out.
    """

    measure: str
    unit: str
    dimensions: tuple[str, ...]
    cells: Mapping[tuple[str, ...], SafeCell]
    rule: Mapping[str, object]
    within: Mapping[str, str] = field(default_factory=dict)
    no_total: tuple[str, ...] = ()
    distinct: bool = True
    notes: tuple[str, ...] = ()
    beside: tuple["ProtectedTable", ...] = ()
    reasons: Mapping[tuple[str, ...], str] = field(default_factory=dict, repr=False, compare=False)
    kind: str = "count"
    terms: tuple[str, ...] = ()

    totals = Table.totals
    derived = Table.derived

    def cell(self, **labels: str) -> SafeCell:
        """The cell for these labels; dimensions not named are totals.

        A combination never met counts zero; a mean, ratio or change of it is not known.
        """
        absent = SafeCell(None, "unknown") if self.kind in UNKNOWN_IF_ABSENT else SafeCell(0)
        return self.cells.get(tuple(str(labels.get(name, ALL)) for name in self.dimensions), absent)

    def rows(self) -> list[dict]:
        """One dict a cell, totals last in their line: labels, `value` (None if hidden), `status`, `qualifier`."""
        return [
            dict(zip(self.dimensions, key, strict=True))
            | {"value": cell.value, "status": cell.status, "qualifier": None if cell.hidden else cell.qualifier}
            | dict(zip(self.terms, cell.terms or (None,) * len(self.terms), strict=True))
            for key, cell in sorted(self.cells.items(), key=lambda pair: order(pair[0]))
        ]

    def to_dict(self) -> dict:
        """The table in types that JSON knows; `from_dict` reads it back. Reasons stay out."""
        return {
            "measure": self.measure,
            "unit": self.unit,
            "dimensions": list(self.dimensions),
            "within": dict(self.within),
            "no_total": list(self.no_total),
            "distinct": self.distinct,
            "rule": dict(self.rule),
            "hidden_means": HIDDEN_LABEL,
            "totals": self.totals,
            "notes": list(self.notes),
            "cells": [row | {name: _number(row[name]) for name in ("value", *self.terms)} for row in self.rows()],
            "beside": [each.to_dict() for each in self.beside],
        } | ({"kind": self.kind, "terms": list(self.terms)} if self.derived else {})

    @classmethod
    def from_dict(cls, data: Mapping) -> "ProtectedTable":
        """Reads what `to_dict` wrote."""
        dimensions, terms = tuple(data["dimensions"]), tuple(data.get("terms", ()))
        cells = {
            tuple(row[name] for name in dimensions): SafeCell(
                _unnumber(row["value"]),
                row["qualifier"] or "exact",
                () if row["qualifier"] is None else tuple(_unnumber(row[name]) for name in terms),
            )
            for row in data["cells"]
        }
        return cls(
            measure=data["measure"],
            unit=data["unit"],
            dimensions=dimensions,
            cells=cells,
            rule=data["rule"],
            within=data["within"],
            no_total=tuple(data["no_total"]),
            distinct=data["distinct"],
            notes=tuple(data["notes"]),
            beside=tuple(cls.from_dict(each) for each in data["beside"]),
            kind=data.get("kind", "count"),
            terms=terms,
        )


def _number(value):
    """Whole numbers as they are, decimals as text: no float ever rounds a published number."""
    return str(value) if isinstance(value, Decimal) else value


def _unnumber(value):
    return Decimal(value) if isinstance(value, str) else value


def order(key: tuple[str, ...]) -> tuple:
    """Sorts labels with totals last."""
    return tuple((label == ALL, label) for label in key)


def chains(dimensions: Iterable[str], within: Mapping[str, str]) -> list[tuple[str, ...]]:
    """The axes of a table: each a dimension, or dimensions that lie within one another, outermost first.

    >>> chains(["sex", "area", "country"], {"area": "country"})
    [('sex',), ('country', 'area')]
    """
    dimensions = tuple(dimensions)
    inner = {outer: name for name, outer in within.items()}
    if len(inner) != len(within):
        raise Refused(gettext_noop("Two dimensions cannot both lie within the same one."))
    for name, outer in within.items():
        for each in (name, outer):
            if each not in dimensions:
                raise Refused(
                    gettext_noop("%(name)s is not among the dimensions, so nothing lies within it."), name=each
                )
    axes, done = [], set()
    for name in dimensions:
        if name in done:
            continue
        seen = {name}
        while name in within:
            name = within[name]
            if name in seen:
                raise Refused(gettext_noop("Dimensions lie within one another in a circle."))
            seen.add(name)
        axis = [name]
        while axis[-1] in inner:
            axis.append(inner[axis[-1]])
        axes.append(tuple(axis))
        done.update(axis)
    return axes


def levels(by, within, totals, no_total=()) -> list[tuple[int, ...]]:
    """The sets of dimensions (by position) that have cells: all of them for a table without totals.

    >>> levels(("country", "area"), {"area": "country"}, True)
    [(0, 1), (0,), ()]
    """
    if not totals:
        return [tuple(range(len(by)))]
    options = []
    for axis in chains(by, within):
        positions = [by.index(name) for name in axis]
        least = max((place + 1 for place, name in enumerate(axis) if name in no_total), default=0)
        options.append([tuple(positions[:n]) for n in range(len(positions), least - 1, -1)])
    return [tuple(sorted(sum(choice, ()))) for choice in product(*options)]


def roll_up(inner: Mapping, by, within, totals=True, no_total=()) -> dict[tuple[str, ...], Cell]:
    """Adds innermost (value, qualifiers met) into every total; the qualifiers of all parts decide the total's."""
    sums: dict[tuple[str, ...], tuple] = {}
    for level in levels(tuple(by), within, totals, [name for name in no_total if name in by]):
        keep = set(level)
        for key, (value, met) in inner.items():
            label = tuple(word if i in keep else ALL for i, word in enumerate(key))
            old, before = sums.get(label, (0, frozenset()))
            sums[label] = (old + value, before | met)
    return {label: Cell(plain_number(value), precision(met)) for label, (value, met) in sums.items()}


def precision(met: Iterable[str]) -> str:
    """The qualifier of a sum from those met among its parts.

    A part that is "at least" makes the sum "at least", "at most" likewise, also beside parts that are "about":
    the open end says more than the rounding. Where "at least" meets "at most" neither bound holds: "about".

    >>> precision({"at_least", "about", "exact"})
    'at_least'
    """
    low, high = "at_least" in met, "at_most" in met
    if low and high:
        return "about"
    if low or high:
        return "at_least" if low else "at_most"
    return "about" if "about" in met else "exact"


def plain_number(value) -> int | Decimal:
    """Whole numbers as int, others as Decimal without trailing zeros."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else value.normalize()
    return int(value)
