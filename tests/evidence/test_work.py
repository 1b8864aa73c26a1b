"""Work beside deliveries: frozen by content, counted as a plain loop counts it, nothing about violence."""

import datetime as dt
import itertools
import random
from decimal import Decimal
from statistics import fmean

import pytest

from duga.evidence import disclosure, engines, indicators, work
from duga.evidence.model import ALL, Period
from duga.evidence.work.words import MEASURES, TABLES, WORDS, dimensions_of
from duga.plain.errors import NotFound, Refused

DAY = dt.date(2021, 5, 20)
OPEN_WORDS = {"country": ["ME", "RS"], "area": ["ME-12", "ME-05", "RS-20"], "need": ["food", "legal", "unknown"],
              "channel": ["phone", "in_person"], "outcome": ["reached", "partly"]}  # fmt: skip


def invented(number=160, seed=5):
    """Tables of work with every word of the closed lists, stocks month by month."""
    dice, tables = random.Random(seed), {}
    for name, columns in TABLES.items():
        rows = []
        for _n in range(number):
            row = {}
            for column, kind in columns.items():
                words = WORDS.get(column) or OPEN_WORDS.get(column, [])
                if kind == "word":
                    row[column] = dice.choice(words)
                elif kind == "month":
                    row[column] = dt.date(dice.choice([2020, 2021]), dice.randint(1, 5), 1)
                elif kind == "number":
                    row[column] = dice.randint(1, 9)
                else:
                    row[column] = Decimal(dice.randint(0, 900)) / 4 if dice.random() < 0.8 else None
            rows.append(row)
        tables[name] = rows
    for row in tables["cases"]:
        row["outcome"] = dice.choice(OPEN_WORDS["outcome"]) if row["step"] == "closed" else "none"
    return tables


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    tables = invented()
    return tables, work.freeze(tables, tmp_path_factory.mktemp("work"), as_of=DAY)


def labels_of(row):
    month = row["month"]
    time = {"year": f"{month:%Y}", "quarter": f"{month:%Y}-Q{(month.month + 2) // 3}", "month": f"{month:%Y-%m}"}
    return row | time


def slowly(tables, measure, by, labels, period):
    """One cell, row by row."""
    told = MEASURES[measure]
    rows = [row for row in tables[told.table] if all(row[name] == word for name, word in (told.of or {}).items())]
    rows = [row for row in rows if (row["month"].year, row["month"].month) in period]
    want = {name: word for name, word in zip(by, labels, strict=True) if word != ALL}
    rows = [row for row in rows if all(labels_of(row)[name] == word for name, word in want.items())]
    if told.stock:
        time = next((want[name] for name in ("month", "quarter", "year") if name in want), None)
        end = min((Period.read(time) if time else period).end, period.end, (DAY.year, DAY.month))
        rows = [row for row in rows if (row["month"].year, row["month"].month) == end]
    if told.key:
        return len({row[told.key] for row in rows})
    return sum((row[told.value] or 0) for row in rows) if told.value else len(rows)


def test_every_measure_is_counted_as_a_loop_counts_it(world):
    tables, frozen = world
    dice, period, cells = random.Random(1), Period.read("2020-02..2021-04"), 0
    definitions = [each for each in indicators.load_all().values() if each.of_work and not each.composite]
    assert {each.measure for each in definitions} >= set(MEASURES) - {"hours to delivery", "stars given"}
    for each in definitions:
        for by in [(), ("month",), ("year", "quarter"), *(dice.sample(each.breakdowns, 2) for _n in range(3))]:
            by = tuple(by)
            table = engines.count(each, frozen, by=by, period=period)
            words = [sorted({labels_of(row)[name] for row in tables[MEASURES[each.measure].table]}) for name in by]
            for labels in itertools.product(*([*every, ALL] for every in words)):
                inner_of_all = any(table.within.get(name) and labels[by.index(table.within[name])] == ALL
                                   and word != ALL for name, word in zip(by, labels, strict=True))  # fmt: skip
                if not inner_of_all:
                    found = table.cells.get(labels)
                    assert (found.value if found else 0) == slowly(tables, each.measure, by, labels, period), (
                        by,
                        labels,
                    )
                    cells += 1
    assert cells > 500


def test_what_is_worked_out_rests_on_the_same_counts(world):
    tables, frozen = world
    mean = engines.count(indicators.find("mean_hours_to_answer"), frozen, by=("receiver",))
    for receiver in ("member", "state"):
        kept = [row for row in tables["referrals"] if row["receiver"] == receiver and row["answer"] != "none"]
        hours = sum(row["hours"] or 0 for row in kept)
        assert mean.value(receiver=receiver) == pytest.approx(float(hours) / len(kept), abs=0.51)
    share = engines.count(indicators.find("share_of_referrals_confirmed"), frozen)
    closed = [row["end"] for row in tables["referrals"] if row["end"] not in ("open", "revoked")]
    assert float(share.value()) == pytest.approx(100 * fmean(end == "confirmed" for end in closed), abs=0.51)


def test_counts_of_work_are_protected_like_people(world):
    _tables, frozen = world
    table = engines.count(indicators.find("referrals_sent"), frozen, by=("receiver", "answer"))
    safe = disclosure.protect(table)
    assert any(cell.hidden for cell in safe.cells.values()) and disclosure.audit(safe, table).passed


def test_frozen_by_content_and_refused_where_it_is_about_violence(world, tmp_path):
    tables, frozen = world
    again = work.freeze({name: rows[::-1] for name, rows in tables.items()}, tmp_path, as_of=DAY)
    assert again.fingerprint == frozen.fingerprint and work.verify(again) == []
    row = tables["referrals"][0]
    with pytest.raises(Refused, match="violence"):
        work.freeze({"referrals": [row | {"need": "protection"}]}, tmp_path, as_of=DAY)
    for wrong in ({"end": "happily"}, {"month": dt.date(2020, 5, 9)}, {"area": "Village street 9"}):
        with pytest.raises(Refused, match="does not belong"):
            work.freeze({"referrals": [row | wrong]}, tmp_path, as_of=DAY)
    with pytest.raises(Refused, match="other columns"):
        work.freeze({"referrals": [row | {"name": "x"}]}, tmp_path, as_of=DAY)
    with pytest.raises(NotFound, match="holds no referrals"):
        work.of(type("Snapshot", (), {"path": tmp_path / "none", "fingerprint": "0" * 64}))


def test_unknown_words_are_refused_with_the_near_ones(world):
    _tables, frozen = world
    sent = indicators.find("referrals_sent")
    with pytest.raises(Refused, match="receiver"):
        engines.count(sent, frozen, by=("reciever",))
    with pytest.raises(Refused, match="confirmed"):
        engines.count(sent, frozen, where={"end": "confirmd"})
    with pytest.raises(Refused, match="filter"):
        engines.count(sent, frozen, where={"sex": "female"})
    with pytest.raises(Refused, match="twice"):
        engines.count(sent, frozen, by=("need", "need"))
    text = sent.text.replace("measure: referrals sent", "measure: referrals send")
    with pytest.raises(Refused, match="referrals sent"):
        indicators.parse(text)
    with pytest.raises(Refused, match="joins"):
        indicators.parse(
            indicators.find("open_cases_per_worker").text
            .replace("denominator: case_workers", "denominator: people_assisted")
            .replace("[country, area, year, quarter, month, about]", "[country]")
        )  # fmt: skip
    assert "step" not in dimensions_of("cases closed")
