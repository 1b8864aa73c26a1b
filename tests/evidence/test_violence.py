"""Violence: never below country and month, never by organisation, whatever indicator or filter it comes by."""

import pytest

from duga.evidence import engines, indicators, snapshot, violence, vocabulary
from duga.plain.errors import Refused
from tests.evidence import invented

INDICATOR = """
code: survivors_assisted
version: 1
title: {en: Survivors}
definition: {en: People who were assisted after violence.}
counting_rule: {en: Each once.}
limits: {en: None.}
measure: distinct persons
unit: person
of: {recipient: person}
breakdowns: [BREAKDOWNS]
sensitivity: SENSITIVITY
author: A
reviewed: 2026-11-22
next_review: 2027-11-22
"""


def survivors(breakdowns="country, month, sex", sensitivity="violence"):
    return indicators.parse(INDICATOR.replace("BREAKDOWNS", breakdowns).replace("SENSITIVITY", sensitivity))


@pytest.fixture(scope="module")
def frozen(tmp_path_factory):
    """Facts among which shelters are."""
    facts = invented.facts(seed=3, rows=300)
    for number, fact in enumerate(facts):
        fact["service_type"] = "shelter" if number % 3 == 0 else "legal_aid"
    folder = tmp_path_factory.mktemp("snapshots")
    snapshot.freeze([facts], folder)
    return snapshot.open_snapshot(folder)


def test_the_code_lists_say_what_is_about_violence():
    marked = vocabulary.about("violence")
    assert {"shelter", "helpline"} <= marked["service_type"]
    assert all(marked[name] <= set(vocabulary.lists()[name]) for name in marked)


def test_an_indicator_about_violence_offers_no_places_and_no_organisations():
    assert survivors().protected
    for word in ("area", "organisation"):
        with pytest.raises(Refused, match="never published by"):
            survivors(f"country, {word}")


@pytest.mark.parametrize(
    "by, where, period",
    [
        (["area"], {"service_type": "shelter"}, None),
        (["area"], {"service_type": ["shelter", "legal_aid"]}, "2020"),
        (["organisation"], {"service_type": "shelter"}, None),
        (["area", "service_type"], {}, None),
        (["month"], {"service_type": "helpline", "area": "ME-01"}, None),
        (["service_type"], {"organisation": "1"}, None),
    ],
)
def test_a_word_about_violence_brings_the_limits_on_by_itself(by, where, period, frozen):
    people = indicators.find("people_assisted")
    with pytest.raises(Refused, match=r"about violence.*Ask for them by country, month"):
        engines.count(people, frozen, by=by, where=where, period=period)
    with pytest.raises(Refused, match="about violence"):
        each = [name for name in by if name in ("area", "organisation")] or ["country"]
        rest = [name for name in by if name not in each]
        engines.count_each(people, frozen, by=rest, where=where, each=each, period=period)


@pytest.mark.parametrize(
    "by, where",
    [
        (["country", "month", "sex"], {"service_type": "shelter"}),
        (["service_type", "month"], {"country": "ME"}),
        (["area", "service_type"], {"service_type": "legal_aid"}),
        (["area", "organisation"], {}),
    ],
)
def test_what_may_be_asked_is_counted(by, where, frozen):
    assert engines.count(indicators.find("people_assisted"), frozen, by=by, where=where).cells


def test_where_a_snapshot_holds_nothing_of_it_all_may_be_asked(tmp_path):
    snapshot.freeze([invented.facts(seed=1, rows=50)], tmp_path)
    opened = snapshot.open_snapshot(tmp_path)
    assert engines.count(indicators.find("people_assisted"), opened, by=["area", "service_type"]).cells


def test_things_are_kept_to_it_too(frozen):
    with pytest.raises(Refused, match="about violence"):
        engines.count(
            indicators.find("assistance_delivered"), frozen, by=["unit", "area"], where={"service_type": "shelter"}
        )


def test_what_rests_on_it_is_about_it_too(tmp_path, frozen):
    (tmp_path / "survivors_assisted.yaml").write_text(
        INDICATOR.replace("BREAKDOWNS", "country, month").replace("SENSITIVITY", "violence")
    )
    text = (
        INDICATOR.replace("survivors_assisted", "survivors_change").replace("BREAKDOWNS", "month")
        .replace("measure: distinct persons\nunit: person\nof: {recipient: person}\n",
                 "measure: change\ncounted: survivors_assisted\ncompare: year before\nshow: difference\n")
    )  # fmt: skip
    with pytest.raises(Refused, match="violence"):
        indicators.parse(text.replace("SENSITIVITY", "persons"), folder=tmp_path)
    change = indicators.parse(text.replace("SENSITIVITY", "violence"), folder=tmp_path)
    assert violence.is_about_violence(change)
    with pytest.raises(Refused, match="is about violence"):
        engines.count(change, frozen, by=["month"], where={"area": "ME-01"}, period="2020")
    share = indicators.parse(
        INDICATOR.replace("BREAKDOWNS", "area").replace("SENSITIVITY", "persons")
        .replace("measure: distinct persons\nunit: person\nof: {recipient: person}\n",
                 "measure: share\nnumerator: {indicator: people_assisted, of: {service_type: shelter}}\n"
                 "denominator: people_assisted\n")
    )  # fmt: skip
    with pytest.raises(Refused, match="about violence"):
        engines.count(share, frozen, by=["area"])


def test_another_network_marks_its_own_codes(tmp_path):
    (tmp_path / "target_groups.csv").write_text("code,about\nwomen,\nsurvivors,violence\n")
    assert vocabulary.about("violence", tmp_path) == {"target_group": frozenset({"survivors"})}
