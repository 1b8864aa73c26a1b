"""duga count beyond the figures: what it says of periods, reviews and definitions, and where it finds populations."""

import csv
import io
import json

import pytest
from click.testing import CliRunner

from config.cli import duga
from duga.evidence import indicators
from duga.plain.errors import DugaError


@pytest.fixture
def count(frozen, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DUGA_DATA", str(tmp_path / "nothing"))

    def run(*words):
        result = CliRunner().invoke(duga, ["count", *words, "--snapshot", str(frozen.path)], prog_name="duga")
        if result.exception and not isinstance(result.exception, (SystemExit, DugaError)):
            raise result.exception
        return result

    return run


def values(result) -> list[str]:
    return [row["value"] for row in csv.DictReader(io.StringIO(result.stdout))]


def test_a_period_outside_says_so_and_fails(count):
    result = count("people_assisted", "--period", "1999")
    assert result.exit_code == 1 and "is not in this snapshot" in str(result.exception) and not result.stdout
    partly = count("people_assisted", "--period", "2020-06..2021-03")
    assert partly.exit_code == 0 and "Only 2020-06..2020-12 of 2020-06..2021-03" in partly.stderr
    assert values(partly) == values(count("people_assisted", "--period", "2020-06..2020-12"))


def test_where_takes_either_of_several_words(count):
    either = int(values(count("people_assisted", "--where", "service_type=legal_aid,day_centre"))[0])
    each = [
        int(values(count("people_assisted", "--where", f"service_type={w}"))[0]) for w in ("legal_aid", "day_centre")
    ]
    assert max(each) < either < sum(each), "someone received both, and is counted once"


def test_where_takes_several_dimensions_at_once_or_one_after_the_other(count):
    together = count("people_assisted", "--where", "country=ME,service_type=legal_aid,day_centre,sex=female")
    apart = ["--where", "country=ME", "--where", "service_type=legal_aid,day_centre", "--where", "sex=female"]
    assert values(together) == values(count("people_assisted", *apart)) != values(count("people_assisted"))
    twice = count("people_assisted", "--where", "country=ME,country=RS")
    assert twice.exit_code and "names country twice; write country=one,two" in twice.output
    for half in ("country=ME,sex=", "country=ME,=female", "country"):
        told = count("people_assisted", "--where", half)
        assert told.exit_code and "is written --where name=word" in told.output


def test_a_definition_of_ones_own_and_its_review(count, tmp_path):
    text = (indicators.FOLDER / "people_assisted.yaml").read_text("utf-8")
    (tmp_path / "mine.yaml").write_text(text.replace("next_review: 2027-11-22", "next_review: 2021-01-01"), "utf-8")
    result = count("mine.yaml", "--format", "json")
    assert "The review of this definition has lapsed: it was due on 2021-01-01." in result.stderr
    assert "Nobody but its author has checked" in result.stderr
    about = json.loads(result.stdout)["indicator"]
    assert about["review_lapsed"] and about["author"] == "Duga evidence group" and about["checker"] is None
    assert "lapsed" not in count("people_assisted").stderr


def test_a_rate_finds_its_population(count, tmp_path):
    missing = count("people_assisted_per_10000", "--by", "country")
    assert missing.exit_code == 1 and "--population" in str(missing.exception)
    (tmp_path / "people.csv").write_text("country,population\nME,1000\nRS,2000\nXK,3000\n", "utf-8")
    found = count("people_assisted_per_10000", "--by", "country", "--population", "people.csv")
    assert found.exit_code == 0 and "inhabitants" in found.stdout.splitlines()[0]
    assert found.stdout.splitlines()[-1].endswith(",6000")


def test_json_tells_what_a_number_is_worked_out_from(count):
    answer = json.loads(count("people_assisted_at_least", "--by", "country", "--format", "json").stdout)
    assert answer["notes"] and answer["rows"][0]["plain_sum"] >= int(answer["rows"][0]["value"])
    assert "never the sum" in answer["totals"]


@pytest.mark.parametrize(
    "words",
    [
        ["people_assisted", "--by", "sexx"],
        ["people_assisted", "--where", "sexx=female"],
        ["people_assisted", "--where", "sex=femal"],
        ["people_assisted", "--engine", "duckdbb"],
        ["deliveries_per_persn"],
    ],
)
def test_an_unknown_word_anywhere_offers_the_near_ones(words, count):
    result = count(*words)
    assert result.exit_code == 1 and "Did you mean" in str(result.exception) and not result.stdout
