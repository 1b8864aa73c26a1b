"""The slow, obvious way: every print is tried out as each of many true values, and every true value is printed."""

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from itertools import product

GRID = 8


def printed_as(truth: Fraction, decimals: int) -> set[Decimal]:
    """All that a truth may be printed as, with so many decimals."""
    with localcontext() as context:
        context.prec = 60
        value = Decimal(truth.numerator) / Decimal(truth.denominator)
        unit = Decimal(1).scaleb(-decimals)
        return {value.quantize(unit, ROUND_HALF_UP), value.quantize(unit, ROUND_HALF_EVEN)}


def meanings(value: Decimal, decimals: int, rounded: bool) -> list[Fraction]:
    """True values that a print may stand for: itself only for a count, else a grid inside its rounding interval."""
    middle = Fraction(value)
    if not rounded:
        return [middle]
    step = Fraction(1, 10**decimals)
    grid = [middle - step / 2 + step * Fraction(k, GRID) for k in range(1, GRID)]
    return [each for each in grid if value in printed_as(each, decimals)]


WORK = {
    "sum": lambda *parts: sum(parts),
    "share": lambda part, whole: part / whole * 100,
    "change": lambda new, old: (new - old) / old * 100,
    "mean": lambda total, count: total / count,
}


def extremes(name: str, operands: list[tuple[Decimal, int, bool]]) -> tuple[Fraction, Fraction]:
    """Least and greatest result over all that the operands may stand for."""
    results = [WORK[name](*values) for values in product(*(meanings(*each) for each in operands))]
    return min(results), max(results)


def holds(name: str, value: Decimal, decimals: int, operands: list[tuple[Decimal, int, bool]]) -> bool | None:
    """Whether some truth behind the operands is printed as `value`; None where the grid is too coarse to tell."""
    results = sorted(WORK[name](*values) for values in product(*(meanings(*each) for each in operands)))
    if any(value in printed_as(each, decimals) for each in results):
        return True
    low, high = printed_edges(value, decimals)
    if any(a < high and low < b for a, b in zip(results, results[1:], strict=False)):
        return None
    reach = (results[-1] - results[0]) / (GRID - 2)  # the grid stops short of the ends by about so much
    near = min(abs(results[0] - high), abs(results[-1] - low))
    return None if near <= reach else False


def printed_edges(value: Decimal, decimals: int) -> tuple[Fraction, Fraction]:
    step = Fraction(1, 10**decimals)
    return Fraction(value) - step / 2, Fraction(value) + step / 2
