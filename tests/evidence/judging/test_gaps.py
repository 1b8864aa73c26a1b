"""Gaps held against a slow twin that tries every value the known ends allow; unknown never turns into nought."""

import doctest
from decimal import Decimal
from itertools import product

import pytest

from duga.evidence import gaps, monitoring, perspectives
from duga.evidence.gaps import (
    PERCENT,
    SEVERITY,
    Gap,
    Severity,
    as_share,
    availability,
    coverage,
    funding_gap,
    mean_score,
    quality_gap,
    unmet_need,
    worst,
)
from duga.evidence.quantities import Quantity
from duga.plain.errors import Refused

FEW, SOME, MANY = 20, 50, 80
EVERY = [(SOME, SOME), (FEW, SOME), (SOME, MANY), (MANY, MANY)]


def people(low, high=None):
    return Quantity.of(low, "person", "range", high) if high not in (None, low) else Quantity.of(low, "person")


@pytest.mark.parametrize(("need", "place"), list(product(EVERY, EVERY)))
def test_unmet_need_lies_where_every_possible_pair_puts_it(need, place):
    found = unmet_need(people(*need), people(*place)).value
    possible = [max(0, n - p) for n in range(need[0], need[1] + 1) for p in range(place[0], place[1] + 1)]
    assert (found.low, found.high) == (min(possible), max(possible))


@pytest.mark.parametrize(("served", "need"), list(product(EVERY, EVERY)))
def test_coverage_lies_where_every_possible_pair_puts_it(served, need):
    found = coverage(people(*served), people(*need)).value
    possible = [Decimal(s * 100) / n for s in served for n in need]
    assert (found.low, found.high) == (min(possible), max(possible))


def test_unknown_stays_unknown_and_says_what_would_settle_it():
    found = unmet_need(None, people(20))
    assert (found.value, found.unknown) == (None, ("need",))
    assert "survey" in found.settle[0]
    assert coverage(None, None).unknown == ("served", "need")
    assert coverage(people(5), Quantity.of(0, "person")).value is None  # nobody needs it: no share of nobody
    assert unmet_need(people(0), people(20)).value.value == 0  # known to be none: not the same as unknown


def test_what_is_at_least_so_many_leaves_at_least_such_a_gap():
    least = Quantity.of(200, "person", "at_least")
    assert str(unmet_need(least, people(60)).value) == "at least 140 person"
    # a need of 20 at least beside 60 places: none, or any number
    assert unmet_need(Quantity.of(20, "person", "at_least"), people(60)).value.low == 0


def test_money_keeps_its_currency():
    gap = funding_gap(Quantity.of(1000, "money EUR"), Quantity.of(250, "money EUR"))
    assert str(gap.value) == "750 EUR"
    assert str(as_share(gap, Quantity.of(1000, "money EUR"))) == "75 %"
    with pytest.raises(Refused):
        funding_gap(Quantity.of(1000, "money EUR"), Quantity.of(250, "money RSD"))


def test_criteria_not_looked_at_make_a_range():
    assert str(quality_gap(6, 2).value) == "25 %"
    assert str(quality_gap(6, 2, 2).value) == "20 to 40 %"
    assert quality_gap(0, 0, 9) == Gap("quality", None, ("criteria",), "criteria unmet / applicable")
    with pytest.raises(Refused):
        quality_gap(-1, 2)


def test_availability_is_the_mean_of_shares_of_benchmarks_none_above_the_whole():
    there = {"beds": (people(30), people(60)), "staff": (people(90), people(60))}
    assert str(availability(there).value) == "75 %"
    more = availability({**there, "vans": (None, people(2))})
    assert (str(more.value), more.unknown) == ("50 to 83.33333333333333333333333333 %", ("capacity",))
    assert availability({"beds": (None, None)}).value is None


def test_readiness_is_the_mean_of_its_domains():
    assert mean_score([Quantity.of(40, PERCENT), Quantity.of(60, PERCENT)]).value == 50
    assert mean_score([None, None]) is None


def test_severity_says_every_word_that_may_be_true():
    assert SEVERITY.of(Quantity.of(50, PERCENT)) == ("high",)
    assert SEVERITY.of(Quantity.of(20, PERCENT, "range", 60)) == ("low", "medium", "high")
    assert SEVERITY.of(Quantity.of(60, PERCENT, "at_least")) == ("high", "critical")
    assert SEVERITY.of(None) == ()
    with pytest.raises(Refused):
        SEVERITY.of(people(3))
    for wrong in ((), (("low", 5),), (("low", 0), ("high", 0))):
        with pytest.raises(Refused):
            Severity("mine", wrong)


def test_the_worst_of_several_knows_what_is_certain():
    assert worst([("low",), ("medium", "high"), ()]) == ("medium", "high")
    assert worst([("high",), ("low", "critical")]) == ("high", "critical")
    assert worst([(), ()]) == ()


def test_the_examples_of_the_three_modules_are_true():
    assert [doctest.testmod(module).failed for module in (gaps, monitoring, perspectives)] == [0, 0, 0]
