"""Implementation rates, points, targets, lateness and disagreement, as the field works them out."""

import datetime as dt
from decimal import Decimal

import pytest

from duga.evidence.monitoring import (
    STATUSES,
    Activity,
    Claim,
    Rate,
    Scale,
    Target,
    average_points,
    contradictions,
    disagreement,
    implementation_rate,
    overdue,
    points,
    targets_rate,
)
from duga.plain.errors import Refused

END = dt.date(2017, 12, 31)


def activity(status, due=dt.date(2017, 6, 30), finished=None):
    return Activity("1.1", due, status, finished)


@pytest.mark.parametrize(
    ("rate", "scored"), [("0", "0"), ("25", "0"), ("57.5", "7.5"), ("90", "15"), ("100", "15"), ("24.99", "0")]
)
def test_points_of_the_implementation_rate(rate, scored):
    assert points(Decimal(rate)) == Decimal(scored)


def test_points_rise_evenly_between_the_ends_and_no_report_scores_nothing():
    scored = [points(Decimal(rate) / 4) for rate in range(401)]
    steps = {later - earlier for earlier, later in zip(scored[100:360], scored[101:361], strict=True)}
    assert max(steps) - min(steps) < Decimal("1e-20")
    assert points(None) == 0
    assert average_points([Decimal(90), None, Decimal(90)]) == 10  # three strategies weigh alike
    assert average_points([]) is None
    for impossible in ("-1", "100.1"):
        with pytest.raises(Refused):
            points(Decimal(impossible))
    with pytest.raises(Refused, match="sigma-2017"):
        points(Decimal(50), "sigma-2071")


def test_serbias_open_government_plan_adds_up():
    scale = Scale(
        {
            "fully": "implemented",
            "substantial": "substantially",
            "limited": "partly",
            "not started": "not_implemented",
        }
    )
    told = ["fully"] * 11 + ["substantial"] * 9 + ["limited"] * 3 + ["not started"] * 2
    assert scale.counts(told) == {"fully": 11, "substantial": 9, "limited": 3, "not started": 2}
    rate = implementation_rate([activity(scale.status(word)) for word in told], 2017)
    assert (rate.done, rate.due, rate.unknown, rate.credited) == (11, 25, 0, Decimal(44))
    with pytest.raises(Refused, match="limited"):
        scale.status("limitd")


def test_only_what_had_to_be_finished_by_the_end_of_the_year_is_counted():
    counted = [
        activity("implemented"),
        activity("implemented", dt.date(2016, 5, 1), dt.date(2017, 2, 1)),  # late from before, done in the year
        activity("partly", dt.date(2016, 5, 1)),  # late from before, still not done
        activity("dropped"),  # it was promised when the year began
        activity("implemented", END, dt.date(2018, 1, 9)),  # done, but after the year
    ]
    left_out = [
        activity("continuous"),
        activity("implemented", dt.date(2018, 1, 1)),
        activity("implemented", dt.date(2016, 5, 1), dt.date(2016, 4, 1)),
        activity("implemented", dt.date(2016, 5, 1)),  # nobody told when: before
        activity("implemented", None),
    ]
    rate = implementation_rate([*counted, *left_out], 2017)
    assert (rate.done, rate.due) == (2, 5)
    assert implementation_rate(left_out, 2017).credited is None


def test_what_nobody_reported_is_not_credited_and_leaves_the_share_open():
    rate = implementation_rate([activity("implemented")] * 2 + [activity("unknown")] * 2, 2017)
    assert rate == Rate(2, 4, 2)
    assert (rate.credited, str(rate.share)) == (Decimal(50), "50 to 100 %")
    assert Rate(0, 0, 0).share.qualifier == "unknown"


@pytest.mark.parametrize(
    ("status", "days"), [("partly", 184), ("unknown", 184), ("implemented", 0), ("dropped", 0), ("continuous", 0)]
)
def test_late_is_what_should_be_finished_and_is_not(status, days):
    assert overdue(activity(status), END) == days
    assert overdue(activity(status, END), END) == 0  # its day has not passed
    assert overdue(activity(status, None), END) == 0


@pytest.mark.parametrize(
    ("baseline", "target", "value", "met", "fulfilled"),
    [
        ("10", "20", "15", False, "50"), ("10", "20", "25", True, "100"), ("20", "10", "15", False, "50"),
        ("20", "10", "9", True, "100"), ("10", "20", "5", False, "0"), ("10", "10", "10", True, "100"),
        (None, "20", "20", True, None), ("10", "20", None, None, None), ("10", None, "15", None, None),
    ],
)  # fmt: skip
def test_targets_in_both_directions(baseline, target, value, met, fulfilled):
    number = [None if each is None else Decimal(each) for each in (baseline, target, value)]
    found = Target(*number)
    assert (found.met, found.fulfilled) == (met, None if fulfilled is None else Decimal(fulfilled))


def test_targets_are_scored_like_activities():
    told = [Target(None, Decimal(1), value) for value in (Decimal(2), Decimal(0), None, Decimal(1))]
    assert targets_rate(told) == Rate(2, 4, 1)


def test_official_and_independent_side_by_side():
    assert disagreement("implemented", "partly") == ("worse", 2)
    assert disagreement("partly", "substantially") == ("better", 1)
    assert disagreement("partly", "partly") == ("agrees", 0)
    assert disagreement("continuous", "not_implemented") == ("differs", None)
    assert disagreement("implemented", "unknown") == ("not_known", None)
    for one in STATUSES:
        for other in STATUSES:
            word, steps = disagreement(one, other)
            back, again = disagreement(other, one)
            assert steps == again and {word, back} in ({"worse", "better"}, {word})


def test_contradictions_are_raised_by_what_is_known_and_by_nothing_else():
    target = Target(Decimal(10), Decimal(20), Decimal(15))
    wrong = Claim("implemented", END, Decimal(5000), Decimal(0), target, figures_wrong=1)
    assert contradictions(wrong, END) == ("below_target", "nothing_spent", "figures_wrong")
    assert contradictions(Claim("partly", dt.date(2017, 1, 1), Decimal(10), Decimal(12)), END) == (
        "overspent", "deadline_passed",
    )  # fmt: skip
    assert contradictions(Claim("implemented"), END) == ()
    assert contradictions(Claim("not_implemented", budget=Decimal(10), spent=Decimal(0)), END) == ()
