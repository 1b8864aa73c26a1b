"""Definitions: readable, complete, and strict about words."""

import datetime
import doctest

import pytest

from duga.evidence import indicators, model
from duga.evidence.model import Period
from duga.plain.errors import NotFound, Refused

TEXT = (indicators.FOLDER / "people_assisted.yaml").read_text("utf-8")


def test_every_definition_is_complete(definitions):
    assert {"people_assisted", "households_reached", "assistance_delivered"} < set(definitions)
    for code, each in definitions.items():
        assert each.code == code
        for texts in (each.title, each.definition, each.counting_rule, each.limits):
            assert {"en", "sr", "sq", "mk", "bs"} <= texts.keys(), code
        assert each.author and each.reviewed < each.next_review


@pytest.mark.parametrize(
    "old, new, words",
    [
        ("measure: distinct persons", "measure: distinct person", "distinct persons"),
        ("breakdowns: [country", "breakdowns: [county", "country"),
        ("recipient: person", "recipient: persons", "person"),
        ("unit: person\nmeasure", "unit: beneficiary\nmeasure", "Known: person"),
        ("sensitivity: persons\n\n#", "sensitivity: secret\n\n#", "items, persons, violence"),
        ("limits:", "limit:", "limits"),
        ("author: Duga evidence group", "", "lacks: author"),
        ("reviewed: 2026-11-22", "reviewed: last week", "date"),
        ("  en: People assisted\n", "", "English"),
        ("version: 1", "version: one", "whole number"),
        ("version: 1", "version: [1", "YAML"),
    ],
)
def test_what_is_wrong_in_a_definition_is_said(old, new, words):
    assert old in TEXT
    with pytest.raises(Refused, match=words):
        indicators.parse(TEXT.replace(old, new, 1), name="people_assisted.yaml")


def test_without_a_unit_the_question_must_name_it():
    text = (indicators.FOLDER / "assistance_delivered.yaml").read_text("utf-8").replace("one_of: [unit]", "")
    with pytest.raises(Refused, match="one_of"):
        indicators.parse(text)


def test_a_lapsed_review_shows(definitions):
    people = definitions["people_assisted"]
    assert not people.lapsed(people.next_review)
    assert people.lapsed(people.next_review + datetime.timedelta(days=1))


def test_words_fall_back_to_english(definitions):
    people = definitions["people_assisted"]
    assert people.words("title", "sr-Latn") == people.title["sr"]
    assert people.words("title", "hr") == "People assisted"


def test_unknown_indicators_are_refused_with_the_near_ones(tmp_path):
    with pytest.raises(Refused, match="Did you mean people_assisted"):
        indicators.find("people_asisted")
    with pytest.raises(NotFound):
        indicators.find(str(tmp_path / "mine.yaml"))


@pytest.mark.parametrize(
    "text, meant",
    [
        ("2020", "2020-01..2020-12"),
        ("2020-03", "2020-03..2020-03"),
        ("2020-Q2", "2020-04..2020-06"),
        ("2019..2021", "2019-01..2021-12"),
        ("2020-03..2020-05", "2020-03..2020-05"),
    ],
)
def test_periods(text, meant):
    assert str(Period.read(text)) == meant
    assert Period.read(meant) == Period.read(text)


def test_the_examples_in_the_words_are_true():
    assert doctest.testmod(model).failed == 0
