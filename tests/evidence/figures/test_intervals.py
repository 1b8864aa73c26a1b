"""Intervals against their slow twin, and rounding against Python's own decimal arithmetic."""

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duga.evidence import figures
from duga.evidence.figures.intervals import Interval, half_even, half_up, is_rounding, to_decimal
from tests.evidence.figures import twin

fractions = st.fractions(min_value=-50, max_value=50, max_denominator=40)
counts = st.integers(1, 400)


@given(fractions, st.integers(0, 3))
def test_rounding_is_that_of_decimal_arithmetic(value, decimals):
    exact, unit = Decimal(value.numerator) / Decimal(value.denominator), Decimal(1).scaleb(-decimals)
    if Fraction(exact) != value:
        return  # a third has no decimal to round
    up, even = exact.quantize(unit, ROUND_HALF_UP), exact.quantize(unit, ROUND_HALF_EVEN)
    assert (half_up(value, decimals), half_even(value, decimals)) == (Fraction(up), Fraction(even))
    assert to_decimal(value, decimals) == up
    for off in (-1, 0, 1):
        candidate = Fraction(up) + off * Fraction(unit)
        assert is_rounding(candidate, value, decimals) == (candidate in (Fraction(up), Fraction(even)))


@given(fractions, fractions, fractions, fractions, st.integers(0, 6), st.integers(0, 6))
def test_results_hold_every_result_of_their_values(a, b, c, d, i, j):
    one, other = Interval(min(a, b), max(a, b)), Interval(min(c, d), max(c, d))
    x = one.low + (one.high - one.low) * Fraction(i, 6)
    y = other.low + (other.high - other.low) * Fraction(j, 6)
    assert x + y in one + other
    assert x - y in one - other
    assert x * 3 in one.scaled(3)
    if y and (quotients := one.over(other)):
        assert x / y in quotients
    if x == y:
        assert one.meets(other)


@given(fractions, fractions, counts, counts)
def test_quotients_reach_their_ends_and_no_further(a, b, c, d):
    one, other = Interval(min(a, b), max(a, b)), Interval(Fraction(min(c, d)), Fraction(max(c, d)))
    corners = [x / y for x in (one.low, one.high) for y in (other.low, other.high)]
    found = one.over(other)
    assert (found.low, found.high) == (min(corners), max(corners))


def test_ends_that_are_not_known():
    at_least = Interval(Fraction(100), None)
    assert (at_least + Interval.point(50)).low == 150 and (at_least + Interval.point(50)).high is None
    assert Interval.point(50).over(at_least) == Interval(Fraction(0), Fraction(1, 2))
    assert at_least.over(Interval.point(200)) == Interval(Fraction(1, 2), None)
    assert Interval.point(5).over(Interval.point(0)) is None
    assert Interval.point(5).over(Interval(Fraction(0), Fraction(10))).low == Fraction(1, 2)


def test_two_roundings_that_only_touch_do_not_meet():
    half = Fraction(1, 20)
    assert not Interval.around(Fraction("33.1"), half).meets(Interval.around(Fraction("33.2"), half))
    assert Interval.around(Fraction("33.1"), half).meets(Interval.around(Fraction("33.14"), Fraction(1, 200)))
    assert Interval.point(302).meets(Interval.point(302)) and not Interval.point(302).meets(Interval.point(301))


@st.composite
def cases(draw):
    """A relation of two or three prints, some of them rounded, and a value that is right, near or far off."""
    name = draw(st.sampled_from(["sum", "share", "change", "mean"]))
    operands = []
    for _ in range(2):
        decimals = draw(st.integers(0, 2))
        number = draw(st.integers(3 * 10**decimals, 400 * 10**decimals))
        operands.append((Decimal(number).scaleb(-decimals), decimals, decimals > 0))
    low, high = twin.extremes(name, operands)
    decimals = draw(st.integers(0, 2))
    at = low + (high - low) * Fraction(draw(st.integers(0, 10)), 10)
    near = min(twin.printed_as(at, decimals))
    value = near + Decimal(draw(st.integers(-3, 3))).scaleb(-decimals)
    return name, value, decimals, operands


@settings(max_examples=300, deadline=None)
@given(cases())
def test_a_value_is_right_exactly_when_some_truth_is_printed_so(case):
    name, value, decimals, operands = case
    expected = twin.holds(name, value, decimals, operands)
    if expected is None:
        return
    unit = {"share": "percent", "change": "percent"}.get(name, "thing")
    table = [
        figures.Figure("x", f"{value:f}", unit=unit, relation=f"{name}(a,b)"),
        *(figures.Figure(key, f"{each[0]:f}", unit="thing") for key, each in zip("ab", operands, strict=True)),
    ]
    if any(len(str(each.value).partition(".")[2]) == 3 for each in table):
        return
    found = [each for each in figures.check(table, propose=False).findings if each.kind != "part"]
    assert bool(found) != expected, found


@pytest.mark.parametrize(
    "value, low, high",
    [("about 450", "427.5", "472.5"), ("about 500", 450, 550), ("about 1000", 900, 1100), ("about 3", "2.5", "3.5")],
)
def test_how_far_about_reaches(value, low, high):
    from duga.evidence.figures.numbers import read_printed

    found = read_printed(value).interval()
    assert (found.low, found.high) == (Fraction(low), Fraction(high))
