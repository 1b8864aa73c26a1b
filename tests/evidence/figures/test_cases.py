"""Every defect is found, and nothing else: case by case, and over the field's own figures."""

import csv
from pathlib import Path

import pytest

from duga.evidence import figures
from tests.evidence.figures import cases

HERE = Path(__file__).resolve().parent
FACTS = HERE.parents[3] / "shared" / "facts" / "figures.csv"
CASES = cases.read()


@pytest.mark.parametrize("lines, expected", [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_case(lines, expected):
    found = figures.check(cases.figures(lines)).findings
    assert sorted(f"{each.figures[0]} {each.kind}" for each in found) == sorted(expected), [e.message for e in found]


def test_the_cases_were_all_read():
    assert len(CASES) > 190
    assert sum(bool(case[2]) for case in CASES) > 80


@pytest.mark.parametrize("path", [HERE / "field.csv", FACTS], ids=["ours", "shared"])
def test_the_figures_of_the_field(path):
    """The verdict column says what is wrong with a figure; every such finding, and no other."""
    if not path.exists():
        pytest.skip("the shared figures of the field are not on this machine")
    with open(path, encoding="utf-8", newline="") as file:
        verdicts = {row["id"]: row["verdict"] for row in csv.DictReader(file)}
    result = figures.check(figures.read(path))
    assert {each.figures[0]: each.kind for each in result.findings} == {
        key: verdict for key, verdict in verdicts.items() if verdict != "ok"
    }
    assert result.figures == len(verdicts)


def test_what_is_right_is_told():
    found = {each.figures[0]: each for each in figures.check(figures.read(HERE / "field.csv")).findings}
    assert found["sos-change"].to_dict()["right"] == 54.7
    assert found["sos-towns"].to_dict()["right"] == [301, 302]
    assert found["sos-towns"].against == ("sos-calls",)
    assert "divides by the new value" in found["sos-change"].message


RIGHT = {
    "one call short": 302,
    "thousands wrong in any style": 3869,
    "percentages that cannot make 100": 95,
    "a bound lost": "at least 150",
    "less than the bounds allow": "at least 150",
    "about lost": "about 550",
    "rounded wrongly": 24.1,
    "divided by the rest": 24.1,
    "share of at least, above it": "at most 25",
    "callers, as published": 54.7,
    "a fall by the new value": 35.3,
    "points as percent": 25,
    "percent as points": 6,
    "change of rounded thousands, wrong": 43,
    "mean grant cut off": 13826.62,
    "mean over the wrong count": 13826.62,
    "two sources disagree": [55, 54],
    "a counter falls": "at least 47366",
    "restated otherwise": [54, 51],
    "listed twice": 15,
    "an id nobody has": None,
}


@pytest.mark.parametrize("title", RIGHT)
def test_the_right_value(title):
    lines = next(case[1] for case in CASES if case[0] == title)
    (finding,) = figures.check(cases.figures(lines)).findings
    assert finding.to_dict()["right"] == RIGHT[title]
