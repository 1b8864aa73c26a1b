"""Two groups asked the same thing: the gap between them, its interval and size of effect; small groups hidden.

Users and organisations answer items that share their meaning and their scale. Independent groups are compared by
Welch's interval (unequal variances, Satterthwaite's degrees of freedom) and Hedges' g; yes-and-no items by Newcombe's
interval from Wilson's two and Cohen's h; matched pairs by Student's interval of their differences. Weights enter means
and variances, and the number of answers counts as Kish's effective number. Groups below the minimum show nothing but
that they are too few: no mean, no gap, no interval from which a single answer could be worked out.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

from duga.plain.errors import Refused, gettext_noop

MINIMUM = 5
"""Answers a group needs before anything about it is told."""


@dataclass(frozen=True)
class Side:
    """One group's answers to one item: `n` of them, worth `effective` unweighted ones, their mean and variance."""

    n: int
    effective: float
    mean: float
    variance: float


@dataclass(frozen=True)
class Comparison:
    """One item asked of two groups. `gap` is one less the other, between `low` and `high` at `level`.

    Too few answers: `hidden` names the groups ("one", "other"), and every number but the level is None.
    `effect` is Hedges' g, Cohen's h for shares, Cohen's d of the differences for pairs; None where nothing varies.
    """

    item: str
    kind: str
    level: float
    hidden: tuple[str, ...] = ()
    n: tuple[int, int] | None = None
    means: tuple[float, float] | None = None
    gap: float | None = None
    low: float | None = None
    high: float | None = None
    effect: float | None = None

    @property
    def certain(self) -> bool | None:
        """Whether the interval leaves out nought; None where nothing is told."""
        return None if self.gap is None else not self.low <= 0 <= self.high


Answers = Sequence[float] | Sequence[tuple[float, float]]


def summarise(answers: Answers) -> Side:
    """A group's answers: numbers, or pairs (number, weight above nought). `Refused` for what is neither."""
    pairs = [each if isinstance(each, tuple) else (each, 1.0) for each in answers]
    for value, weight in pairs:
        if not (math.isfinite(value) and math.isfinite(weight) and weight > 0):
            raise Refused(gettext_noop("An answer is a number, and its weight a number above nought."))
    if not pairs:
        return Side(0, 0.0, math.nan, math.nan)
    total = math.fsum(weight for _, weight in pairs)
    effective = total**2 / math.fsum(weight**2 for _, weight in pairs)
    mean = math.fsum(value * weight for value, weight in pairs) / total
    squares = math.fsum(weight * (value - mean) ** 2 for value, weight in pairs) / total
    variance = squares * effective / (effective - 1) if effective > 1 else math.nan
    return Side(len(pairs), effective, mean, variance)


def compare(item: str, one: Answers, other: Answers, *, minimum: int = MINIMUM, level: float = 0.95) -> Comparison:
    """The gap between the means of two independent groups, by Welch.

    >>> found = compare("trust", [4, 5, 4, 5, 4], [2, 3, 2, 3, 2])
    >>> round(found.gap, 2), found.certain
    (2.0, True)
    """
    sides = summarise(one), summarise(other)
    if few := _few(sides, minimum):
        return Comparison(item, "means", level, hidden=few)
    a, b = sides
    gap, reach = a.mean - b.mean, 0.0
    spread = [side.variance / side.effective for side in sides]
    if sum(spread):
        parts = zip(spread, sides, strict=True)
        freedom = sum(spread) ** 2 / sum(part**2 / (side.effective - 1) for part, side in parts)
        reach = student(freedom, level) * math.sqrt(sum(spread))
    pooled_freedom = a.effective + b.effective - 2
    pooled = ((a.effective - 1) * a.variance + (b.effective - 1) * b.variance) / pooled_freedom
    effect = _small_sample(pooled_freedom) * gap / math.sqrt(pooled) if pooled else None
    return _told(item, "means", level, sides, gap, (gap - reach, gap + reach), effect)


def compare_shares(item: str, one: Answers, other: Answers, *, minimum=MINIMUM, level=0.95) -> Comparison:
    """The gap between two shares, answers being 1 (yes) and 0 (no); the interval stays within -1 and 1."""
    sides = summarise(one), summarise(other)
    for answers in (one, other):
        if any((each[0] if isinstance(each, tuple) else each) not in (0, 1) for each in answers):
            raise Refused(gettext_noop("A share is worked out from answers that are 1 (yes) or 0 (no)."))
    # A share of 2 answers in 100 tells of two people: what is rarer than the minimum is hidden like a small group.
    if few := _few(sides, minimum) or _rare(sides, minimum):
        return Comparison(item, "shares", level, hidden=few)
    a, b = sides
    (low_a, high_a), (low_b, high_b) = (wilson(side.mean, side.effective, level) for side in sides)
    gap = a.mean - b.mean
    low = gap - math.hypot(a.mean - low_a, high_b - b.mean)
    high = gap + math.hypot(high_a - a.mean, b.mean - low_b)
    effect = 2 * math.asin(math.sqrt(a.mean)) - 2 * math.asin(math.sqrt(b.mean))
    return _told(item, "shares", level, sides, gap, (low, high), effect)


def compare_pairs(item: str, pairs: Iterable[tuple[float, float]], *, minimum=MINIMUM, level=0.95) -> Comparison:
    """The gap within matched pairs (one organisation's users and its staff), by the differences."""
    pairs = list(pairs)
    sides = tuple(summarise([pair[at] for pair in pairs]) for at in (0, 1))
    if few := _few(sides, minimum):
        return Comparison(item, "pairs", level, hidden=few)
    change = summarise([one - other for one, other in pairs])
    reach = student(change.n - 1, level) * math.sqrt(change.variance / change.n)
    effect = change.mean / math.sqrt(change.variance) if change.variance else None
    return _told(item, "pairs", level, sides, change.mean, (change.mean - reach, change.mean + reach), effect)


def ranked(found: Iterable[Comparison]) -> list[Comparison]:
    """Widest gap first; what is hidden last, in the order it came."""
    return sorted(found, key=lambda each: (each.gap is None, -abs(each.gap or 0)))


def wilson(share: float, n: float, level: float = 0.95) -> tuple[float, float]:
    """Wilson's interval of a share (0 to 1) among `n` answers."""
    z = NormalDist().inv_cdf((1 + level) / 2)
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    reach = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def student(freedom: float, level: float = 0.95) -> float:
    """How many standard errors hold `level` of Student's distribution: the two-sided quantile.

    >>> round(student(10), 3)
    2.228
    """
    if not (freedom > 0 and 0 < level < 1):
        raise Refused(gettext_noop("An interval needs at least two answers, and a level between 0 and 1."))
    low, high = 0.0, 1.0
    while _outside(high, freedom) > 1 - level:
        low, high = high, high * 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _outside(middle, freedom) > 1 - level else (low, middle)
    return high


def _outside(t: float, freedom: float) -> float:
    """The probability that |T| exceeds t: the regularised incomplete beta function at f / (f + t²)."""
    return _beta(freedom / (freedom + t * t), freedom / 2, 0.5)


def _beta(x: float, a: float, b: float) -> float:
    """I_x(a, b), from the end of its continued fraction forwards (Abramowitz and Stegun 26.5.8)."""
    if x > (a + 1) / (a + b + 2):  # on this side the fraction converges in few terms
        return 1 - _beta(1 - x, b, a)
    value = 1.0
    for m in range(120, -1, -1):
        value = 1 - (a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)) / value
        if m:
            value = 1 + m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)) / value
    return math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)) / (
        a * value
    )


def _small_sample(freedom: float) -> float:
    """Hedges' exact correction: a g from few answers is too large by this factor."""
    if freedom > 300:  # the two gammas overflow; the correction is 1 to three digits
        return 1 - 3 / (4 * freedom - 1)
    return math.exp(math.lgamma(freedom / 2) - math.lgamma((freedom - 1) / 2)) / math.sqrt(freedom / 2)


def _few(sides: tuple[Side, Side], minimum: int) -> tuple[str, ...]:
    return tuple(name for name, side in zip(("one", "other"), sides, strict=True) if side.n < max(minimum, 2))


def _rare(sides: tuple[Side, Side], minimum: int) -> tuple[str, ...]:
    def rare(side):
        yes = round(side.mean * side.n)
        return any(0 < count < minimum for count in (yes, side.n - yes))

    return tuple(name for name, side in zip(("one", "other"), sides, strict=True) if rare(side))


def _told(item, kind, level, sides, gap, ends, effect) -> Comparison:
    numbers = {"n": (sides[0].n, sides[1].n), "means": (sides[0].mean, sides[1].mean)}
    return Comparison(item, kind, level, gap=gap, low=ends[0], high=ends[1], effect=effect, **numbers)
