"""Quantities: units that refuse to be mixed, bounds that survive arithmetic."""

import doctest
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duga.evidence import quantities, vocabulary
from duga.evidence.quantities import Quantity, Unit
from duga.places.rules.codes import codes
from duga.plain.errors import Refused

PERSON = Unit("person")


def q(value, qualifier="exact", high=None, unit=PERSON):
    return Quantity.of(value, unit, qualifier, high)


@pytest.mark.parametrize(
    "worked, says",
    [
        (q(100, "at_least") + q(20, "exact"), "at least 120 person"),
        (q(100, "at_least") + q(20, "at_most"), "at least 100 person"),
        (q(100, "at_most") + q(20, "at_most"), "at most 120 person"),
        (q(100, "about") + q(20), "about 120 person"),
        (q(100, "about") + q(20, "at_least"), "at least 120 person"),
        (q(10, "range", 20) + q(5), "15 to 25 person"),
        (q(100, "at_least") - q(20, "at_most"), "at least 80 person"),
        (q(100, "at_most") - q(20, "at_least"), "at most 80 person"),
        (q(100, "at_least") - q(20, "at_least"), "unknown person"),
        (q(100) - q(20, "at_least"), "at most 80 person"),
        (q(10, "range", 20) - q(5, "range", 8), "2 to 15 person"),
        (q(5).share_of(q(20)), "25 %"),
        (q(5, "at_least").share_of(q(20)), "at least 25 %"),
        (q(5).share_of(q(20, "at_least")), "at most 25 %"),
        (q(5, "at_least").share_of(q(20, "at_least")), "unknown %"),
        (q(5, "at_least").share_of(q(20, "at_most")), "at least 25 %"),
        (q(150).change_from(q(100)), "50 %"),
        (q(150).change_from(q(100, "at_most")), "at least 50 %"),
        (q(0).over(q(5)), "0 person per person"),
        (q(5).over(q(0)), "unknown person per person"),
        (q(7).over(q(2), per=1000), "3500 person per 1,000 person"),
    ],
    ids=str,
)
def test_bounds_are_kept(worked, says):
    assert str(worked) == says


@pytest.mark.parametrize(
    "one, other, why",
    [
        ("person", "household", "several people"),
        ("person", "contact", "met several times"),
        ("item parcel", "service visit", "two of nothing"),
        ("item parcel", "item blanket", "not the same thing"),
        ("money EUR", "money RSD", "not the same thing"),
        ("money EUR", "item parcel", "price"),
        ("organisation", "person", "unlike"),
    ],
)
def test_unlike_units_are_never_added_and_it_says_why(one, other, why):
    with pytest.raises(Refused, match=why):
        Quantity.of(1, one) + Quantity.of(1, other)
    with pytest.raises(Refused, match="compared"):
        Quantity.of(1, one) - Quantity.of(1, other)


def test_shares_and_means_are_not_added():
    share = q(1).share_of(q(4))
    with pytest.raises(Refused, match="from the totals"):
        share + q(3)
    with pytest.raises(Refused, match="currency"):
        Unit("money")
    with pytest.raises(Refused, match="Did you mean person"):
        Unit("persons")
    with pytest.raises(Refused, match="zero or more"):
        q(-1)
    with pytest.raises(Refused, match="lower to the higher"):
        q(5, "range", 3)


QUALIFIERS = st.sampled_from(["exact", "at_least", "at_most", "range"])


@st.composite
def known(draw):
    """A true number and what someone said of it."""
    truth, off = draw(st.integers(1, 500)), draw(st.integers(0, 50))
    word = draw(QUALIFIERS)
    said = {"exact": (truth,), "at_least": (max(truth - off, 0),), "at_most": (truth + off,)}.get(word)
    if word == "range":
        return Decimal(truth), q(max(truth - off, 0), "range", truth + off)
    return Decimal(truth), q(*said, word)


@settings(max_examples=150, deadline=None)
@given(one=known(), other=known())
def test_the_truth_never_lies_outside_the_bounds(one, other):
    (a, first), (b, second) = one, other
    for truth, worked in [
        (a + b, first + second),
        (a - b, first - second),
        (100 * a / b, first.share_of(second)),
        (100 * (a - b) / b, first.change_from(second)),
        (1000 * a / b, first.over(second, per=1000).rounded(1)),
    ]:
        if worked.qualifier == "unknown":
            assert worked.said() == (None, "unknown")
            continue
        assert worked.low is None or worked.low <= truth + Decimal("0.05")
        assert worked.high is None or worked.high >= truth - Decimal("0.05")
        assert worked.qualifier != "exact" or abs(worked.value - truth) <= Decimal("0.05")


def test_the_closed_words_are_the_shared_code_lists():
    for dimension, name in vocabulary.LISTS.items():
        assert list(vocabulary.lists()[dimension]) == [entry.code for entry in codes(name, retired=True)]
    assert vocabulary.kind_of("parcel") == "item"


def test_the_examples_in_the_words_are_true():
    assert doctest.testmod(quantities).failed == 0 and doctest.testmod(vocabulary).failed == 0


def test_a_tiny_rate_keeps_digits_that_are_not_nought():
    """7 of 2.9 million are 0.024 in 10,000, not 0.0."""
    rate = Quantity.of(7, Unit("person", "people")).over(
        Quantity.of(2_900_000, Unit("person", "inhabitants")), per=10_000
    )
    assert rate.rounded(rate.places(1)).said()[0] == Decimal("0.024")
    assert rate.places(2) == 2 and Quantity.of(0, Unit("person", "people")).places(1) == 1
