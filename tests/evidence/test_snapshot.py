"""Snapshots: what may enter, fingerprints, and that there is a whole one or none."""

import datetime
import json
import multiprocessing
import os
import signal
import time
from decimal import Decimal

import pytest

from duga.evidence import fingerprint, snapshot
from duga.evidence.model import FACTS
from duga.plain.errors import NotFound, Refused
from tests.evidence import invented


def slow_fingerprint(facts) -> str:
    months = {}
    for fact in facts:
        fact = fact | {"quantity": Decimal(str(fact["quantity"]))}
        months.setdefault(f"{fact['month']:%Y-%m}", []).append(fingerprint.line_of(fact))
    return fingerprint.of_months({m: fingerprint.of_lines(lines) for m, lines in months.items()}, 1)


def test_the_fingerprint_equals_its_slow_twin(facts, frozen):
    assert frozen.fingerprint == slow_fingerprint(facts)
    assert frozen.manifest.rows == len(facts)
    assert snapshot.verify(frozen) == []


def test_the_fingerprint_is_stable():
    """Written down once: if this changes, every published release loses its proof."""
    assert slow_fingerprint(invented.facts(seed=1, rows=50)) == STABLE


STABLE = "671e49d61504dbefd191da9402fb9c04308800fb5c0a654784679954c956c63e"


def test_doubled_rows_count(facts, frozen, tmp_path):
    assert snapshot.freeze([facts + facts[:2]], tmp_path).fingerprint != frozen.fingerprint


def test_a_month_that_changes_changes_only_itself(facts, frozen, tmp_path):
    changed = [dict(fact) for fact in facts]
    changed[0]["quantity"] = 99
    manifest = snapshot.freeze([changed], tmp_path)
    before, after = frozen.manifest.months, manifest.months
    assert [m for m in before if before[m] != after[m]] == [f"{changed[0]['month']:%Y-%m}"]


def test_the_same_facts_freeze_to_the_same_folder(facts, tmp_path):
    first = snapshot.freeze([facts], tmp_path)
    assert snapshot.freeze([facts], tmp_path).path == first.path
    assert [path.name for path in tmp_path.iterdir()] == [first.fingerprint[:16]]


def test_tuples_dicts_and_arrow_are_the_same(facts, frozen, tmp_path):
    import pyarrow.parquet as pq

    tuples = [tuple(fact[name] for name in FACTS) for fact in facts]
    assert snapshot.freeze([tuples], tmp_path / "a").fingerprint == frozen.fingerprint
    tables = [pq.read_table(file) for file in frozen.files()]
    assert snapshot.freeze(tables, tmp_path / "b").fingerprint == frozen.fingerprint


@pytest.mark.parametrize(
    "change, words",
    [
        ({"name": "somebody"}, "exactly the columns"),
        ({"month": datetime.date(2020, 3, 17)}, "no day"),
        ({"area": "Donja Reka"}, "area is a short code"),
        ({"area": "Ријека"}, "area is a short code"),
        ({"sex": ""}, "sex is a short code"),
        ({"sex": None}, "sex is a short code"),
        ({"recipient": "cat"}, "recipient"),
        ({"qualifier": "roughly"}, "qualifier"),
        ({"unit_kind": "thing"}, "unit_kind"),
        ({"quantity": -1}, "quantity"),
        ({"quantity": None}, "quantity"),
        ({"quantity": "many"}, "does not fit"),
        ({"organisation": None}, "organisation"),
        ({"recipient": "person", "person": None, "household": None}, "person's key"),
        ({"recipient": "household", "person": 4, "household": 4}, "household's key"),
        ({"recipient": "tally", "person": None, "household": None, "size": None}, "number of people"),
        ({"recipient": "institution", "person": 1, "household": None}, "no key"),
        ({"person": -4}, "does not fit"),
        ({"person": 2**33}, "does not fit"),
    ],
)
def test_what_does_not_belong_is_refused_and_nothing_is_frozen(change, words, facts, tmp_path):
    with pytest.raises(Refused, match=words):
        snapshot.freeze([facts[:5] + [facts[5] | change]], tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_column_left_out_is_refused(facts, tmp_path):
    with pytest.raises(Refused, match="Missing: quantity"):
        snapshot.freeze([[{k: v for k, v in fact.items() if k != "quantity"} for fact in facts]], tmp_path)


def test_a_batch_that_breaks_leaves_nothing(facts, tmp_path):
    def batches():
        yield facts
        raise OSError("No space left on device")

    with pytest.raises(OSError, match="space"):
        snapshot.freeze(batches(), tmp_path)
    assert list(tmp_path.iterdir()) == []


def _freeze_and_wait(folder):
    def batches():
        yield invented.facts()
        time.sleep(60)

    snapshot.freeze(batches(), folder)


def test_a_killed_freeze_leaves_no_snapshot_and_the_next_one_sweeps(facts, tmp_path):
    process = multiprocessing.get_context("spawn").Process(target=_freeze_and_wait, args=(tmp_path,))
    process.start()
    deadline = time.monotonic() + 30
    while not list(tmp_path.glob(".freezing-*/staging/*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert list(tmp_path.glob(".freezing-*"))
    with pytest.raises(NotFound):
        snapshot.open_snapshot(tmp_path)
    manifest = snapshot.freeze([facts], tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [manifest.fingerprint[:16]]


def test_tampering_shows(facts, tmp_path):
    import duckdb

    snapshot.freeze([facts], tmp_path)
    opened = snapshot.open_snapshot(tmp_path)
    file = opened.files()[0]
    changed = f"SELECT * REPLACE (quantity + 1 AS quantity) FROM read_parquet('{file}')"
    duckdb.sql(f"COPY ({changed}) TO '{file}.new' (FORMAT parquet)")
    os.replace(f"{file}.new", file)
    assert snapshot.verify(opened)[0].startswith("2019-")


def test_the_newest_snapshot_is_opened(facts, tmp_path):
    first = snapshot.freeze([facts], tmp_path)
    second = snapshot.freeze([facts[1:]], tmp_path)
    assert snapshot.open_snapshot(tmp_path).fingerprint == second.fingerprint
    assert snapshot.open_snapshot(first.path).fingerprint == first.fingerprint


def test_a_newer_schema_is_refused(facts, tmp_path):
    path = snapshot.freeze([facts], tmp_path).path / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"schema_version": 2}))
    with pytest.raises(Refused, match="not a snapshot this version"):
        snapshot.open_snapshot(tmp_path)


def test_an_empty_snapshot_is_a_snapshot(tmp_path):
    manifest = snapshot.freeze([], tmp_path)
    assert (manifest.rows, manifest.periods) == (0, [])
    with pytest.raises(Refused, match="empty"):
        _ = snapshot.open_snapshot(tmp_path).period
