"""What a printed number can mean: intervals of exact fractions, their arithmetic, and correct rounding.

Every end is exact: no float decides whether a published figure is right.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

INFINITY = None
"""An end that is not known: at least 100 runs from 100 to INFINITY."""


@dataclass(frozen=True, slots=True)
class Interval:
    """All values from `low` to `high`; None: without end. `closed` says whether the ends themselves belong to it.

    24.1 printed with one decimal means [24.05, 24.15], ends not included (they round elsewhere, or may); an exact
    count is the point [302, 302].
    """

    low: Fraction | None
    high: Fraction | None
    closed: bool = True

    @classmethod
    def point(cls, value) -> "Interval":
        """One value, known exactly."""
        value = Fraction(value)
        return cls(value, value)

    @classmethod
    def around(cls, value, half, closed: bool = False) -> "Interval":
        """`half` to either side; a half of nothing is the point itself."""
        value, half = Fraction(value), Fraction(half)
        return cls(value - half, value + half, closed or not half)

    @property
    def is_point(self) -> bool:
        return self.low is not None and self.low == self.high

    @property
    def is_bounded(self) -> bool:
        return self.low is not None and self.high is not None

    def __contains__(self, value) -> bool:
        if self.closed:
            return (self.low is None or self.low <= value) and (self.high is None or value <= self.high)
        return (self.low is None or self.low < value) and (self.high is None or value < self.high)

    def __add__(self, other: "Interval") -> "Interval":
        return Interval(_add(self.low, other.low), _add(self.high, other.high), self.closed and other.closed)

    def __sub__(self, other: "Interval") -> "Interval":
        return Interval(_take(self.low, other.high), _take(self.high, other.low), self.closed and other.closed)

    def scaled(self, factor) -> "Interval":
        """Every value times `factor`, which is positive."""
        factor = Fraction(factor)
        return Interval(*(None if end is None else end * factor for end in (self.low, self.high)), self.closed)

    def shifted(self, by) -> "Interval":
        """Every value plus `by`."""
        by = Fraction(by)
        return Interval(*(None if end is None else end + by for end in (self.low, self.high)), self.closed)

    def mirrored(self) -> "Interval":
        """Every value with the other sign."""
        low, high = (None if end is None else -end for end in (self.high, self.low))
        return Interval(low, high, self.closed)

    def over(self, other: "Interval") -> "Interval | None":
        """All quotients; None when the divisor can be zero only. A divisor that may be zero leaves an end open."""
        if other.is_point and other.low == 0:
            return None
        if not _positive(other):
            return _over_any(self, other)
        ends = (other.low, other.high)
        low = None if self.low is None else min(_divide(self.low, end) for end in ends)
        high = None if self.high is None else max(_divide(self.high, end) for end in ends)
        return Interval(low, high, self.closed and other.closed)

    def meets(self, other: "Interval") -> bool:
        """Whether some value lies in both; two roundings that only touch do not meet."""
        low = self.low if other.low is None else other.low if self.low is None else max(self.low, other.low)
        high = self.high if other.high is None else other.high if self.high is None else min(self.high, other.high)
        if low is None or high is None or low < high:
            return True
        return low == high and low in self and low in other


def _positive(divisor: Interval) -> bool:
    return divisor.low is not None and divisor.low > 0


def _add(a, b):
    return None if a is None or b is None else a + b


def _take(a, b):
    return None if a is None or b is None else a - b


def _divide(top, bottom):
    return Fraction(0) if bottom is None else top / bottom


def _over_any(top: Interval, bottom: Interval) -> Interval:
    """Quotients by a divisor that may be zero or negative: only counts from zero up say something."""
    closed = top.closed and bottom.closed
    if bottom.low == 0 and top.low is not None and top.low >= 0:
        low = Fraction(0) if bottom.high is None else top.low / bottom.high
        return Interval(low, None, closed)
    return Interval(None, None, closed)


def half_up(value: Fraction, decimals: int) -> Fraction:
    """`value` rounded to `decimals`, halves away from zero: 0.125 → 0.13, −0.125 → −0.13."""
    unit = Fraction(1, 10**decimals)
    whole = abs(value) / unit + Fraction(1, 2)
    return (whole.numerator // whole.denominator) * unit * (1 if value >= 0 else -1)


def half_even(value: Fraction, decimals: int) -> Fraction:
    """`value` rounded to `decimals`, halves to the even digit: 0.125 → 0.12."""
    unit = Fraction(1, 10**decimals)
    return round(value / unit) * unit


def is_rounding(printed: Fraction, truth: Fraction, decimals: int) -> bool:
    """Whether `printed` is `truth` correctly rounded to `decimals`; either custom for halves will do."""
    off = abs(printed - truth) * 2 * 10**decimals
    if off != 1:
        return off < 1 and (printed * 10**decimals).denominator == 1
    return printed in (half_up(truth, decimals), half_even(truth, decimals))


def to_decimal(value: Fraction, decimals: int) -> Decimal:
    """A fraction as a decimal number with so many decimals, halves away from zero."""
    whole, rest = divmod(abs(value.numerator) * 10**decimals, value.denominator)
    whole += 2 * rest >= value.denominator
    return Decimal(-whole if value < 0 else whole).scaleb(-decimals)
