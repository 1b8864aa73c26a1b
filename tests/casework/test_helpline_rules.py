"""Helplines without tables: safe contact, codes, scoring, the usual range beside a textbook twin, a month's tables."""

import datetime as dt
import math
import random

import pytest

from duga.casework.queries.helpline import starter_instrument
from duga.casework.rules import helpline as rules
from duga.casework.rules import rise, risk
from duga.casework.rules.helpline import CallState, MonthState
from duga.evidence.model import ALL
from duga.plain.errors import Refused
from tests.casework.helpline import HERE, SAFE, TUESDAY


def test_nobody_is_contacted_unless_all_is_told_and_the_hour_is_safe():
    rules.check_contact(SAFE, TUESDAY, HERE)
    for name, what in (("number", "a safe number"), ("opens", "from when"), ("voicemail", "voicemail")):
        with pytest.raises(Refused, match=what):
            rules.check_contact({**SAFE, name: ""}, TUESDAY, HERE)
    for empty in ({}, {"number": "069"}, {"contact": "", "number": "069"}):
        with pytest.raises(Refused, match="Missing"):
            rules.check_contact(empty, TUESDAY, HERE)
    with pytest.raises(Refused, match="must not be contacted"):
        rules.check_contact({**SAFE, "contact": "no"}, TUESDAY, HERE)
    for late in (dt.timedelta(hours=2), dt.timedelta(days=1), -dt.timedelta(hours=1)):
        with pytest.raises(Refused, match="not safe to call now"):
            rules.check_contact(SAFE, TUESDAY + late, HERE)
    assert rules.safe_now({**SAFE, "days": []}, TUESDAY + dt.timedelta(days=1), HERE).open


def test_a_safe_contact_keeps_nothing_of_who_must_not_be_called_and_refuses_what_is_none():
    assert rules.clean_safe({"contact": "no", "number": "069"}) == {"contact": "no"}
    assert rules.clean_safe({"contact": "", "number": "", "evil": "x"}) == {}
    assert rules.clean_safe({**SAFE, "days": ["TH", "TU"]})["days"] == ["TU", "TH"]
    for name, value in (
        ("contact", "maybe"), ("days", ["XX"]), ("opens", "25:00"), ("message", "1"), ("number", "1" * 41),
    ):  # fmt: skip
        with pytest.raises(Refused, match="cannot be read"):
            rules.clean_safe({**SAFE, name: value})


def test_a_code_is_the_same_in_any_script_and_never_too_easy():
    assert rules.read_code("Žuta kuća 7") == rules.read_code("жута КУЋА 7") == rules.read_code(" zuta-kuca7 ")
    for easy in ("", "ana", "111111", "ababab", "12345"):
        with pytest.raises(Refused, match="too easily guessed"):
            rules.read_code(easy)
    rules.check_tries(rules.TRIES - 1)
    with pytest.raises(Refused):
        rules.check_tries(rules.TRIES)


def test_states_are_the_tables():
    now = dt.datetime(2026, 11, 17, tzinfo=HERE)
    rules.check_call("draft", CallState.KEPT, ended=None, at=now)
    rules.check_call("kept", CallState.DRAFT, ended=now - dt.timedelta(hours=23), at=now)
    for state, wanted, ended in (
        ("kept", CallState.DRAFT, now - dt.timedelta(hours=25)), ("kept", CallState.DISCARDED, now),
        ("draft", CallState.DRAFT, None),
    ):  # fmt: skip
        with pytest.raises(Refused):
            rules.check_call(state, wanted, ended=ended, at=now)
    with pytest.raises(Refused, match="Somebody else"):
        rules.check_month_decision("asked", MonthState.RELEASED, noted_by=1, by=1)
    with pytest.raises(Refused, match="already"):
        rules.check_month_decision("refused", MonthState.RELEASED, noted_by=1, by=2)
    october = dt.date(2026, 10, 1)
    rules.check_month_over(october, dt.datetime(2026, 11, 2, tzinfo=HERE))
    with pytest.raises(Refused, match="not over"):
        rules.check_month_over(october, dt.datetime(2026, 11, 1, 23, tzinfo=HERE))
    with pytest.raises(Refused, match="3 calls"):
        rules.check_month_over(october, dt.datetime(2026, 11, 2, tzinfo=HERE), unfinished=3)


# --- Questions about safety -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def starter():
    return risk.read_instrument(starter_instrument())


def test_the_starter_says_that_it_is_one_and_scores(starter):
    assert "to be replaced by your instrument" in starter.name["en"] and "not validated" in starter.source
    assert all({"en", "sr"} <= set(words) for words in (each.text for each in starter.questions))
    none = risk.score(starter, {})
    assert (none.total, none.level.code, none.unanswered) == (0, "low", len(starter.questions))
    some = risk.score(starter, {"worse": "yes", "pregnant": "yes", "weapon": "no"})
    assert (some.total, some.level.code) == (3, "raised") and "plan" in {each.code for each in some.obligations}
    assert risk.score(starter, {"now": "yes"}).level.code == "high"  # alone, whatever the sum
    every = {each.code: max(each.answers, key=lambda one: one.score).code for each in starter.questions}
    assert risk.score(starter, every).total == sum(max(a.score for a in q.answers) for q in starter.questions)
    with pytest.raises(Refused, match="no answer"):
        risk.score(starter, {"now": "perhaps"})


def test_what_is_owed_is_owed_by_a_moment(starter):
    since = dt.datetime(2026, 11, 17, 10, tzinfo=dt.UTC)
    due = {each["code"]: each["due"] for each in risk.obligations_due(risk.score(starter, {"now": "yes"}), since)}
    assert due["supervisor"] == "2026-11-17T12:00:00+00:00" and due["again"] == "2026-11-18T10:00:00+00:00"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda told: told.pop("licence"), lambda told: told.update(licence=" "), lambda told: told.update(questions=[]),
        lambda told: told["levels"][0].update({"from": 1}), lambda told: told["levels"][2].update({"from": 3}),
        lambda told: told["levels"][1]["obliges"].append("nothing"), lambda told: told.update(version="x"),
        lambda told: told["questions"][0]["answers"].pop(), lambda told: told["questions"].append(5),
        lambda told: told["questions"][0]["answers"][0].update(least="worst"), lambda told: told.update(name="x"),
        lambda told: told["questions"][0]["answers"][0].update(score=-1),
        lambda told: told["questions"][1].update(code="now"), lambda told: told["obligations"][0].update(hours=-1),
        lambda told: told["questions"][0]["text"].pop("en"),
    ],
)  # fmt: skip
def test_an_instrument_that_cannot_be_is_refused_with_what_is_wrong(spoil):
    told = starter_instrument()
    spoil(told)
    with pytest.raises(Refused, match="no instrument that can be read"):
        risk.read_instrument(told)


# --- A rise -----------------------------------------------------------------------------------------------


def by_hand(total, exposure, days, count):
    """P(count) of the next `days` days: Poisson, added up over the rate's posterior, Gamma(total, exposure)."""
    steps, top = 4000, (total + 12 * math.sqrt(total) + 12) / exposure
    weight = 0.0
    for number in range(steps):
        rate = (number + 0.5) * top / steps
        posterior = math.exp(
            total * math.log(exposure) + (total - 1) * math.log(rate) - exposure * rate - math.lgamma(total)
        )
        mean = rate * days
        weight += posterior * math.exp(count * math.log(mean) - mean - math.lgamma(count + 1)) * top / steps
    return weight


@pytest.mark.parametrize("earlier", [[10, 10, 10, 10], [3, 4, 3], [20, 21, 19, 20, 20, 20, 20, 20]])
def test_the_range_is_that_of_the_textbook(earlier):
    periods = [(calls, 7) for calls in earlier]
    usual = rise.usual_range(periods, 7)
    assert usual.spread == 1
    total, exposure = sum(earlier), 7 * len(earlier)
    below, low = 0.0, None
    for count in range(200):
        below += by_hand(total, exposure, 7, count)
        low = count if low is None and below >= 0.025 else low
        if below >= 0.975:
            break
    assert (usual.low, usual.high) == (low, count)


def test_what_varies_more_than_chance_widens_the_range():
    calm, wild = [(20, 7)] * 8, [(5, 7), (35, 7)] * 4
    assert rise.usual_range(wild, 7).high > rise.usual_range(calm, 7).high
    assert rise.usual_range(wild, 7).low < rise.usual_range(calm, 7).low
    assert rise.usual_range([(10, 7)] * 2, 7) is None and rise.usual_range([(0, 7)] * 5, 7) is None


def test_one_usual_period_in_forty_lies_above():
    chance, above, tries = random.Random(5), 0, 1500

    def poisson(mean):
        left, count = math.exp(-mean), 0
        drawn = chance.random()
        while drawn > left:
            drawn, count = drawn * chance.random(), count + 1
        return count

    for _ in range(tries):
        usual = rise.usual_range([(poisson(12), 7) for _ in range(8)], 7)
        above += poisson(12) > usual.high
    assert above / tries < 0.035


def test_a_rise_is_told_and_small_numbers_never_are():
    usual = [(20, 7)] * 8
    assert rise.change(45, 7, usual).rising and not rise.change(22, 7, usual).rising
    small = rise.change(3, 7, usual, 2)
    assert (small.calls, small.before, small.rising) == (None, None, False)
    assert rise.change(0, 7, usual, 0).calls == 0
    few = rise.change(9, 7, [(1, 7)] * 8)
    assert few.usual is None and few.rising  # a range of one to three would tell the weeks before
    assert rise.usual_range([(3000, 30)] * 5, 30).low > 2800  # large numbers do not overflow


def test_the_tables_of_a_month_add_up_and_never_mix_units():
    calls = [
        {"caller": "self", "channel": "phone", "language": "", "sex": "", "age_band": "", "services": {"talk": 2}},
        {"caller": "third_party", "channel": "phone", "language": "sq", "sex": "female", "age_band": "30-59",
         "services": {"talk": 1, "information": 1}},
    ]  # fmt: skip
    tables = rules.month_tables(calls)
    assert {(table.unit, table.cells[ALL,].value) for table in tables} == {("contact", 2), ("service", 4)}
    for table in tables:
        assert sum(cell.value for cell in table.innermost().values()) == table.cells[ALL,].value
    assert not {"area", "organisation", "day"} & {name for table in tables for name in table.dimensions}
    assert tables[2].cells["unknown",].value == 1
