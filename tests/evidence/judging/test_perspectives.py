"""The gap between two groups, held against published examples and a slow twin that integrates and sums by the book."""

import math
import random
from fractions import Fraction
from statistics import mean, variance

import pytest

from duga.evidence.perspectives import compare, compare_pairs, compare_shares, ranked, student, summarise, wilson
from duga.plain.errors import Refused


def answers(yes, of):
    return [1] * yes + [0] * (of - yes)


def probability(t, freedom, steps=4000):
    """The chance that |T| stays below t, by Simpson's rule over the density."""
    scale = math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)) / math.sqrt(freedom * math.pi)
    width = t / steps
    heights = [scale * (1 + (n * width) ** 2 / freedom) ** (-(freedom + 1) / 2) for n in range(steps + 1)]
    return 2 * width / 3 * (heights[0] + heights[-1] + 4 * sum(heights[1:-1:2]) + 2 * sum(heights[2:-1:2]))


@pytest.mark.parametrize(
    ("freedom", "level", "quantile"),
    [(1, 0.95, 12.706), (2, 0.95, 4.303), (10, 0.95, 2.228), (10, 0.99, 3.169), (30, 0.9, 1.697), (120, 0.95, 1.980)],
)
def test_students_quantiles_are_those_of_the_printed_tables(freedom, level, quantile):
    assert round(student(freedom, level), 3) == quantile


@pytest.mark.parametrize("freedom", [1.3, 4.7, 17.25, 88.8, 900])
def test_students_quantiles_between_the_tables_hold_what_they_say(freedom):
    assert probability(student(freedom, 0.95), freedom) == pytest.approx(0.95, abs=1e-6)


def test_wilsons_and_newcombes_published_examples():
    assert [round(end, 4) for end in wilson(81 / 263, 263)] == [0.2553, 0.3662]
    found = compare_shares("trust", answers(56, 70), answers(48, 80))
    assert (round(found.gap, 4), round(found.low, 4), round(found.high, 4)) == (0.2, 0.0524, 0.3339)


@pytest.mark.parametrize("seed", range(20))
def test_the_gap_of_two_groups_equals_its_textbook_twin(seed):
    luck = random.Random(seed)
    one = [luck.randint(1, 5) for _ in range(luck.randint(5, 60))]
    other = [luck.randint(1, 5) for _ in range(luck.randint(5, 60))]
    found = compare("reach", one, other)
    v, w = variance(one) / len(one), variance(other) / len(other)
    freedom = (v + w) ** 2 / (v**2 / (len(one) - 1) + w**2 / (len(other) - 1))
    assert found.gap == pytest.approx(float(Fraction(sum(one), len(one)) - Fraction(sum(other), len(other))))
    # the interval holds 95 % of Student's distribution around the gap, measured in standard errors
    assert found.high - found.gap == pytest.approx(found.gap - found.low)
    assert probability((found.high - found.gap) / math.sqrt(v + w), freedom) == pytest.approx(0.95, abs=1e-5)
    # 3 / (4 f - 1) is the printed approximation of the exact correction
    f = len(one) + len(other) - 2
    pooled = ((len(one) - 1) * variance(one) + (len(other) - 1) * variance(other)) / f
    assert found.effect == pytest.approx(found.gap / math.sqrt(pooled) * (1 - 3 / (4 * f - 1)), abs=2e-3)


def test_weights_count_as_so_many_answers_at_most():
    plain, weighed = summarise([1, 2, 2, 3]), summarise([(1, 1), (2, 2), (3, 1)])
    assert (weighed.mean, plain.mean) == (2, 2)
    assert weighed.effective == pytest.approx(16 / 6) and weighed.effective < plain.effective
    assert summarise([(value, 7.5) for value in (1, 2, 2, 3)]).variance == pytest.approx(plain.variance)


def test_nobody_is_told_of_in_a_group_too_small():
    found = compare("respect", [1, 2, 3, 4], [3] * 40)
    assert found.hidden == ("one",)
    assert (found.n, found.means, found.gap, found.low, found.high, found.effect) == (None,) * 6
    assert compare_pairs("respect", [(1, 2)] * 4).hidden == ("one", "other")
    # 98 of 100 tells of the two who said no
    assert compare_shares("voice", answers(98, 100), answers(50, 100)).hidden == ("one",)
    assert compare_shares("voice", answers(100, 100), answers(50, 100)).hidden == ()


def test_pairs_are_compared_within_and_not_across():
    pairs = [(n, n + 1 + n % 2) for n in range(10)]
    within = compare_pairs("access", pairs)
    across = compare("access", [one for one, _ in pairs], [other for _, other in pairs])
    assert within.gap == pytest.approx(across.gap) == pytest.approx(-1.5)
    changes = [one - other for one, other in pairs]
    assert within.effect == pytest.approx(mean(changes) / math.sqrt(variance(changes)))
    assert within.certain and not across.certain


def test_where_nothing_varies_the_interval_is_the_gap_itself():
    found = compare("voice", [4] * 6, [2] * 6)
    assert (found.gap, found.low, found.high, found.effect) == (2, 2, 2, None)


def test_the_widest_gap_comes_first_and_the_hidden_last():
    items = [
        compare("few", [1], [2] * 9), compare("narrow", [3, 3, 3, 3, 4], [3] * 9), compare("wide", [1] * 9, [5] * 9),
    ]  # fmt: skip
    assert [each.item for each in ranked(items)] == ["wide", "narrow", "few"]


@pytest.mark.parametrize("wrong", [[math.nan] * 6, [(3, 0)] * 6, [(3, -1)] * 6, [math.inf] * 6])
def test_what_is_no_answer_is_refused(wrong):
    with pytest.raises(Refused):
        compare("trust", wrong, [1, 2, 3, 4, 5])


def test_a_share_is_made_of_yes_and_no():
    with pytest.raises(Refused, match="1 .yes. or 0"):
        compare_shares("trust", [2] * 9, [1] * 9)
