"""A snapshot that takes unchanged months over is the same as one frozen anew: facts, counts, words, counting layer."""

import os
import random
import shutil
from dataclasses import replace

import pytest

from duga.evidence import engines, snapshot, visits
from duga.evidence.model import DIMENSIONS
from duga.plain.errors import Refused
from tests.evidence import invented, twin

QUESTIONS = [("country", "area", "month"), ("year", "sex", "age_band"), ("quarter", "country")]


def month_of(fact) -> str:
    return f"{fact['month']:%Y-%m}"


def changed_months(before, after) -> set[str]:
    def by_month(facts):
        found = {}
        for fact in facts:
            found.setdefault(month_of(fact), []).append(tuple(sorted(fact.items(), key=str)))
        return {month: sorted(rows, key=str) for month, rows in found.items()}

    one, other = by_month(before), by_month(after)
    return {month for month in one.keys() | other.keys() if one.get(month) != other.get(month)}


def one_added(facts, rnd):
    return [*facts, next(each for each in invented.facts(seed=rnd.random(), rows=1, people=400))]


def one_taken_back(facts, rnd):
    gone = rnd.randrange(len(facts))
    return facts[:gone] + facts[gone + 1 :]


def somebody_moves(facts, rnd):
    """All her facts of a few months lie elsewhere now; an area nobody knew before is among the words."""
    person = rnd.choice([fact["person"] for fact in facts if fact["person"]])
    months = {month_of(fact) for fact in facts if fact["person"] == person}
    chosen = set(rnd.sample(sorted(months), min(2, len(months))))
    return [
        fact | {"country": "AL", "area": "AL-11"} if fact["person"] == person and month_of(fact) in chosen else fact
        for fact in facts
    ]


def a_month_vanishes(facts, rnd):
    gone = rnd.choice(sorted({month_of(fact) for fact in facts}))
    return [fact for fact in facts if month_of(fact) != gone]


def a_month_comes(facts, rnd):
    return [*facts, *(fact | {"month": fact["month"].replace(year=2021)} for fact in facts[:40])]


CHANGES = [one_added, one_taken_back, somebody_moves, a_month_vanishes, a_month_comes]


def same(one, other) -> None:
    """Everything a reader can see of two snapshots is equal."""
    left, right = one.manifest, other.manifest
    for name in ("fingerprint", "rows", "months", "words", "month_words", "visits"):
        assert getattr(left, name) == getattr(right, name), name
    assert not visits.differ(one.path / "visits", other.path / "visits")


@pytest.mark.parametrize("seed", range(2))
def test_month_after_month_equals_freezing_everything_anew(seed, definitions, tmp_path):
    rnd = random.Random(seed)
    facts = invented.facts(seed=seed, rows=250, people=60)
    snapshot.freeze([facts], tmp_path / "kept")
    for step, change in enumerate(rnd.sample(CHANGES, len(CHANGES))):
        before, facts = facts, change(facts, rnd)
        previous = snapshot.open_snapshot(tmp_path / "kept")
        dirty = changed_months(before, facts)
        unchanged = previous.manifest.months.keys() - dirty
        batch = [fact for fact in facts if month_of(fact) in dirty]
        rnd.shuffle(batch)
        made = snapshot.freeze([batch], tmp_path / "kept", previous=previous, unchanged=unchanged)
        assert set(made.reused) == unchanged
        snapshot.freeze([facts], tmp_path / f"anew-{step}")
        kept = snapshot.open_snapshot(made.path)
        same(kept, snapshot.open_snapshot(tmp_path / f"anew-{step}"))
    people = replace(definitions["people_assisted"], beside=())
    by = ("country", "area", "month")
    counted = {key: cell.value for key, cell in engines.count(people, kept, by=by).cells.items()}
    assert counted == twin.distinct(facts, "people_assisted", by)
    assert snapshot.verify(kept) == []


def test_unchanged_months_are_not_written_again(facts, frozen, tmp_path):
    folder = shutil.copytree(frozen.path, tmp_path / frozen.path.name)
    previous = snapshot.open_snapshot(folder)
    month = previous.manifest.periods[-1]
    batch = [fact for fact in facts if month_of(fact) == month][1:]
    made = snapshot.freeze([batch], tmp_path, previous=previous, unchanged=previous.manifest.periods[:-1])
    for file in sorted((folder / "facts").iterdir()):
        other = made.path / "facts" / file.name
        assert (os.stat(file).st_ino == os.stat(other).st_ino) == (file.stem != month)


def test_months_that_cannot_be_taken_over_are_refused(facts, frozen, tmp_path):
    months = frozen.manifest.periods
    with pytest.raises(Refused, match="said to be unchanged"):
        snapshot.freeze([facts], tmp_path, previous=frozen, unchanged=months[:1])
    with pytest.raises(Refused, match="no month 1999-01"):
        snapshot.freeze([], tmp_path, previous=frozen, unchanged=["1999-01"])
    with pytest.raises(Refused, match="need the snapshot"):
        snapshot.freeze([], tmp_path, unchanged=months[:1])
    broken = shutil.copytree(frozen.path, tmp_path / "broken")
    (broken / "facts" / f"{months[0]}.parquet").write_bytes(b"half a file")
    with pytest.raises(Refused, match="not whole"):
        snapshot.freeze([], tmp_path / "out", previous=snapshot.open_snapshot(broken), unchanged=months[:1])
    assert not list((tmp_path / "out").glob("[!.]*"))


def test_a_snapshot_of_the_layout_before_is_read_and_verified_but_not_continued(facts, frozen, definitions, tmp_path):
    old = yearly(frozen, tmp_path / "old")
    assert snapshot.verify(old) == []
    definition = replace(definitions["people_assisted"], breakdowns=DIMENSIONS)
    for by in QUESTIONS[:2]:
        assert engines.count(definition, old, by=by) == engines.count(definition, frozen, by=by)
    period = {"by": ("month",), "period": "2019-11..2020-02"}
    assert engines.count(definition, old, **period) == engines.count(definition, frozen, **period)
    with pytest.raises(Refused, match="Freeze everything anew"):
        snapshot.freeze([], tmp_path, previous=old, unchanged=["2019-01"])


def yearly(frozen, folder):
    """The same facts as the first layout kept them: a file a year, another counting layer."""
    import json

    import duckdb

    shutil.copytree(frozen.path, folder)
    for year in sorted({month[:4] for month in frozen.manifest.periods}):
        files = f"{frozen.path}/facts/{year}-*.parquet"
        with duckdb.connect() as con:
            con.execute(f"COPY (FROM read_parquet('{files}')) TO '{folder}/facts/{year}.parquet'")
    for file in (folder / "facts").glob("*-*.parquet"):
        file.unlink()
    shutil.rmtree(folder / "visits")
    manifest = json.loads((folder / "manifest.json").read_text())
    for name in ("layout", "month_words"):
        del manifest[name]
    manifest["visits"] = {"people": {"rows": 1, "constant": ["sex"], "seen": {"": "seen_0"}, "places": []}}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return snapshot.open_snapshot(folder)


def test_a_counting_layer_that_does_not_follow_from_the_facts_shows(frozen, tmp_path):
    import duckdb

    copy = snapshot.open_snapshot(shutil.copytree(frozen.path, tmp_path / "copy"))
    file = copy.path / "visits" / "people" / "country-sex.parquet"
    with duckdb.connect() as con:
        source = f"{frozen.path}/visits/people/{file.name}"
        con.execute(f"COPY (SELECT * REPLACE (n + 1 AS n) FROM read_parquet('{source}')) TO '{file}' (FORMAT parquet)")
    assert snapshot.verify(copy) == ["visits"]


def test_many_parts_of_the_people_count_the_same(facts, frozen, monkeypatch, tmp_path):
    monkeypatch.setattr(visits.writing, "PART", 50)
    made = snapshot.freeze([facts], tmp_path)
    assert not visits.differ(made.path / "visits", frozen.path / "visits")
