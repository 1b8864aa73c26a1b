"""Quantities: a number, its unit, and how exactly it is known. Unlike units refuse to be added, with the reason.

A quantity lies between `low` and `high`. Exact: both are the number. "At least" has no upper end, "at most" no lower
one but nought, a range has both, "about" is a number whose distance from the truth nobody told. Sums, differences,
shares and ratios carry the ends along; where neither end is left, the result is unknown and says so.
"""

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Context, Decimal

from duga.evidence.model import UNIT_KINDS, known_word, plain_number
from duga.plain.errors import Refused, gettext_noop

_CONTEXT = Context(prec=40, rounding=ROUND_HALF_EVEN)

WHY_NOT = {
    frozenset({"person", "household"}): gettext_noop(
        "a household is several people; count people, or households times their real size"
    ),
    frozenset({"person", "contact"}): gettext_noop("one person is often met several times"),
    frozenset({"person", "item"}): gettext_noop("one person may receive many things, or none"),
    frozenset({"person", "service"}): gettext_noop("one person may receive many services"),
    frozenset({"household", "item"}): gettext_noop("one household may receive many things"),
    frozenset({"item", "service"}): gettext_noop("a parcel and a visit make two of nothing"),
    frozenset({"money", "item"}): gettext_noop("a thing and its price are counted apart"),
}
"""Why two kinds of units make no sum."""


@dataclass(frozen=True)
class Unit:
    """What a number counts: a kind, which one of it where that matters (parcel, EUR), and what it is worked out per.

    `Unit("person")`, `Unit("item", "parcel")`, `Unit("money", "EUR")`; money without its currency is refused.
    """

    kind: str
    name: str = ""
    per: "Unit | None" = None
    scale: int = 1

    def __post_init__(self):
        known_word(self.kind, (*UNIT_KINDS, "percent"), "unit")
        if self.kind == "money" and not self.name:
            raise Refused(gettext_noop("Money needs its currency: money EUR, money RSD, money ALL."))

    @classmethod
    def read(cls, text: "str | Unit") -> "Unit":
        """Reads `person`, `item parcel` or `money EUR`.

        >>> str(Unit.read("money EUR"))
        'EUR'
        """
        if isinstance(text, Unit):
            return text
        kind, _, name = str(text).strip().partition(" ")
        return cls(kind, name.strip())

    def __str__(self) -> str:
        word = self.name or self.kind
        if not self.per:
            return word
        return f"{word} per {self.scale:,} {self.per}" if self.scale != 1 else f"{word} per {self.per}"

    def same(self, other: "Unit", doing: str) -> None:
        """Refuses unlike units; `doing` is what was tried, for the message (added, compared)."""
        if self == other:
            return
        if self.per or other.per or "percent" in (self.kind, other.kind):
            why = gettext_noop("shares, means and rates have wholes of their own; work them out anew from the totals")
        elif self.kind == other.kind:
            why = gettext_noop("they are not the same thing")
        else:
            why = WHY_NOT.get(frozenset({self.kind, other.kind}), gettext_noop("they count unlike things"))
        raise Refused(
            gettext_noop("%(one)s and %(other)s cannot be %(doing)s: %(why)s."),
            one=str(self),
            other=str(other),
            doing=doing,
            why=why,
        )


@dataclass(frozen=True)
class Quantity:
    """A number of a unit, known to lie between `low` and `high` (None: no end). `value` is what one would say.

    >>> people = Unit("person")
    >>> str(Quantity.of(100, people, "at_least") + Quantity.of(20, people))
    'at least 120 person'
    >>> str(Quantity.of(100, people, "at_least") - Quantity.of(20, people, "at_most"))
    'at least 80 person'
    """

    value: Decimal | None
    unit: Unit
    low: Decimal | None
    high: Decimal | None
    about: bool = False

    @classmethod
    def of(cls, value, unit: "Unit | str", qualifier: str = "exact", high=None) -> "Quantity":
        """A quantity of zero or more from a number and its qualifier; `range` takes the upper end as `high`."""
        known_word(qualifier, ("exact", "about", "at_least", "at_most", "range"), "qualifier")
        number = _decimal(value)
        unit = Unit.read(unit)
        if qualifier == "range":
            ends = number, _decimal(high)
            if ends[1] < ends[0]:
                raise Refused(gettext_noop("A range goes from the lower to the higher number."))
            return cls((ends[0] + ends[1]) / 2, unit, *ends)
        low = Decimal(0) if qualifier == "at_most" else number
        return cls(number, unit, low, None if qualifier == "at_least" else number, qualifier == "about")

    @property
    def qualifier(self) -> str:
        """exact, about, at_least, at_most, range or unknown."""
        if self.value is None or (self.low is None and self.high is None):
            return "unknown"
        if self.high is None:
            return "at_least"
        if self.low is None or (self.low < self.high and self.low == 0):
            return "at_most"
        if self.low < self.high:
            return "range"
        return "about" if self.about else "exact"

    def said(self) -> tuple[Decimal | None, str]:
        """The number to print and its qualifier: the end that holds; "about" the middle for a range."""
        word = self.qualifier
        if word == "unknown":
            return None, "unknown"
        return {"at_least": self.low, "at_most": self.high}.get(word, self.value), "about" if word == "range" else word

    def __str__(self) -> str:
        word = self.qualifier
        if word == "range":
            return f"{plain_number(self.low)} to {plain_number(self.high)} {self.unit}"
        if word == "unknown":
            return f"unknown {self.unit}"
        number = {"at_least": self.low, "at_most": self.high}.get(word, self.value)
        return f"{'' if word == 'exact' else word.replace('_', ' ') + ' '}{plain_number(number)} {self.unit}"

    def __add__(self, other: "Quantity") -> "Quantity":
        self.unit.same(other.unit, gettext_noop("added"))
        return self._with(
            _sum(self.value, other.value), _sum(self.low, other.low), _sum(self.high, other.high), self.unit, other
        )

    def __sub__(self, other: "Quantity") -> "Quantity":
        """The difference: the least is our least less their most."""
        self.unit.same(other.unit, gettext_noop("compared"))
        return self._with(
            _sum(self.value, other.value, -1),
            _sum(self.low, other.high, -1),
            _sum(self.high, other.low, -1),
            self.unit,
            other,
        )

    def __neg__(self) -> "Quantity":
        turned = [None if end is None else -end for end in (self.value, self.high, self.low)]
        return Quantity(turned[0], self.unit, turned[1], turned[2], self.about)

    def over(self, other: "Quantity", *, per: int = 1) -> "Quantity":
        """The ratio, `per` so many of the other: 1 a mean, 1000 a rate. Unknown where the other may be nought."""
        return self._ratio(other, Unit(self.unit.kind, self.unit.name, other.unit, per), per)

    def share_of(self, whole: "Quantity") -> "Quantity":
        """Per cent of a whole of the same unit."""
        self.unit.same(whole.unit, gettext_noop("put into a share"))
        return self._ratio(whole, Unit("percent", "%"), 100)

    def change_from(self, before: "Quantity") -> "Quantity":
        """The change since `before`, in per cent of it: +100 is twice as many."""
        self.unit.same(before.unit, gettext_noop("compared"))
        ratio = self._ratio(before, Unit("percent", "%"), 100)
        ends = [None if end is None else end - 100 for end in (ratio.value, ratio.low, ratio.high)]
        return replace(ratio, value=ends[0], low=ends[1], high=ends[2])

    def rounded(self, places: int) -> "Quantity":
        """Rounded, half to even; an open end is rounded so that it still holds."""
        step = Decimal(1).scaleb(-places)
        value = None if self.value is None else self.value.quantize(step, ROUND_HALF_EVEN)
        exact = self.low == self.high
        low = self.low if self.low is None else self.low.quantize(step, ROUND_HALF_EVEN if exact else "ROUND_FLOOR")
        high = (
            self.high if self.high is None else self.high.quantize(step, ROUND_HALF_EVEN if exact else "ROUND_CEILING")
        )
        return replace(self, value=value, low=low, high=high)

    def places(self, usual: int) -> int:
        """To how many decimals it is told: as usual, but so many that what is more than nought never reads as 0."""
        if not self.value or abs(self.value) >= Decimal(5).scaleb(-usual - 1):
            return usual
        return 1 - self.value.adjusted()

    def _ratio(self, other: "Quantity", unit: Unit, per: int) -> "Quantity":
        if any(end is not None and end < 0 for end in (self.low, other.low)) or None in (self.low, other.low):
            raise Refused(gettext_noop("A ratio needs two numbers that are zero or more."))
        value = None if None in (self.value, other.value) else _divide(self.value * per, other.value)
        low = Decimal(0) if other.high is None else _divide(self.low * per, other.high)
        high = None if self.high is None else _divide(self.high * per, other.low)
        if other.value == 0 or (other.high is None and high is None):
            value = low = high = None
        if low == 0 and high is None:  # at least nothing: not known
            value = low = None
        return self._with(value, low, high, unit, other)

    def _with(self, value, low, high, unit: Unit, other: "Quantity") -> "Quantity":
        return Quantity(value, unit, low, high, self.about or other.about)


def _decimal(value) -> Decimal:
    if isinstance(value, float):
        value = repr(value)
    number = Decimal(value)
    if not number.is_finite() or number < 0:
        raise Refused(gettext_noop("A quantity is a number of zero or more, not %(value)s."), value=value)
    return number


def _sum(one: Decimal | None, other: Decimal | None, sign: int = 1) -> Decimal | None:
    return None if one is None or other is None else one + sign * other


def _divide(one: Decimal, other: Decimal) -> Decimal | None:
    return _CONTEXT.divide(one, other) if other else None
