"""Whether there are more calls than usual: an exact range from what came before. Values in, values out.

Counts of calls are taken as Poisson with an unknown mean. After counts y₁…y_k over e₁…e_k days the mean is known only
as well as those days tell it, so the next count over e days follows a negative binomial with mean μ = e·Σy/Σe and
variance μ·(1 + e/Σe) (the gamma–Poisson predictive; Gelman and others, Bayesian Data Analysis, 3rd ed., 2.6). Where
the earlier counts vary more among themselves than Poisson counts do, the variance is widened by
φ = max(1, Pearson's χ²/(k − 1)), as Farrington and others (1996) do in outbreak detection.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

LEAST = 3  #: so many earlier periods are needed
OUTSIDE = 0.05  #: of a hundred usual periods five lie outside the range, half of them above
SMALL = 5  #: counts from 1 to 4 are told to nobody


@dataclass(frozen=True)
class Usual:
    """The range within which 95 of 100 usual periods lie, ends included; `expected` is its mean, `spread` φ."""

    low: int
    high: int
    expected: float
    spread: float


def usual_range(earlier: Sequence[tuple[int, int]], days: int) -> Usual | None:
    """The usual range of calls in `days` days after `earlier` (calls, days); None where too little came before."""
    total, exposure = sum(calls for calls, _ in earlier), sum(length for _, length in earlier)
    if len(earlier) < LEAST or not total or not exposure or days <= 0:
        return None
    rate = total / exposure
    spread = sum((calls - rate * length) ** 2 / (rate * length) for calls, length in earlier if length)
    spread = max(1.0, spread / (len(earlier) - 1))
    expected = rate * days
    variance = spread * expected * (1 + days / exposure)
    size = expected**2 / (variance - expected)  # variance exceeds the mean: something came before
    return Usual(_quantile(OUTSIDE / 2, expected, size), _quantile(1 - OUTSIDE / 2, expected, size), expected, spread)


def _quantile(share, mean, size) -> int:
    """The smallest count that at least `share` of a negative binomial's weight lies at or below."""
    ratio = math.log(mean / (mean + size))
    start = size * math.log(size / (mean + size)) - math.lgamma(size)
    below, count = 0.0, -1
    while below < share - 1e-12:
        count += 1
        below += math.exp(start + math.lgamma(count + size) - math.lgamma(count + 1) + count * ratio)
        if count > 10 * mean + 1000:  # rounding cannot hold the last of the weight
            break
    return count


@dataclass(frozen=True)
class Change:
    """A count beside what is usual; `calls` and `before` None where they are too small to be told."""

    calls: int | None
    before: int | None  #: the same days a year ago; None also where nothing was kept then
    usual: Usual | None
    rising: bool


def change(calls: int, days: int, earlier: Sequence[tuple[int, int]], last_year: int | None = None) -> Change:
    """A period's calls beside last year and the usual range. Small numbers are told neither here nor by the range."""
    usual = usual_range(earlier, days)
    small = 0 < calls < SMALL
    rising = bool(usual) and calls > usual.high and not small
    if usual and usual.expected < SMALL:
        usual = None  # a range around three would tell the periods before; that there are more now does not
    told_before = last_year if last_year is None or not 0 < last_year < SMALL else None
    return Change(None if small else calls, told_before, usual, rising)
