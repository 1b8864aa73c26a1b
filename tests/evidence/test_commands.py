"""duga count and duga protect, as others script against them: in any folder, with no settings and no database."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from duga.evidence import engines, snapshot
from tests.evidence import twin

ROOT = Path(__file__).resolve().parents[2]
CELLS = [("f", "a", 3), ("f", "b", 40), ("f", "c", 0), ("m", "a", 12), ("m", "b", 21), ("m", "c", 30)]


def duga(folder, *words, **more):
    names = {"PATH", "HOME", "LANG"}
    environment = {k: v for k, v in os.environ.items() if k in names} | {"PYTHONPATH": str(ROOT)} | more
    command = [sys.executable, "-m", "config.cli", *map(str, words)]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=120)


def read(path):
    return list(csv.DictReader(io.StringIO(Path(path).read_text("utf-8"))))


@pytest.fixture
def table(tmp_path):
    lines = ["sex,place,n", *(f"{sex},{place},{n}" for sex, place, n in CELLS)]
    (tmp_path / "in.csv").write_text("\n".join(lines) + "\n")
    return tmp_path


def test_protect_writes_every_cell_and_total(table):
    done = duga(
        table, "protect", "in.csv", "--by", "sex,place", "--value", "n", "--out", "out.csv", "--explain", "why.csv"
    )
    assert done.returncode == 0, done.stderr
    rows = read(table / "out.csv")
    assert list(rows[0]) == ["sex", "place", "value", "status"]
    assert len(rows) == 12
    hidden = {(row["sex"], row["place"]) for row in rows if row["status"] == "hidden"}
    assert ("f", "a") in hidden and all(row["value"] == "" for row in rows if row["status"] == "hidden")
    assert {row["status"] for row in rows} == {"shown", "hidden"}
    reasons = read(table / "why.csv")
    assert {(row["sex"], row["place"]) for row in reasons} == hidden
    assert {row["reason"] for row in reasons} == {"small", "complementary"}
    assert b"audit passed" in done.stderr and done.stdout == b""


def test_protect_within(table):
    (table / "in.csv").write_text("country,area,n\nME,x,3\nME,y,20\nRS,x,9\nRS,z,8\n")
    words = ("--by", "country,area", "--value", "n", "--within", "area=country", "--out", "out.csv")
    assert duga(table, "protect", "in.csv", *words).returncode == 0
    rows = {(row["country"], row["area"]): row for row in read(table / "out.csv")}
    expected = {
        ("ME", "x"),
        ("ME", "y"),
        ("RS", "x"),
        ("RS", "z"),
        ("ME", "(all)"),
        ("RS", "(all)"),
        ("(all)", "(all)"),
    }
    assert rows.keys() == expected
    assert rows["ME", "x"]["status"] == "hidden"


def test_protect_adds_contributors_up(table):
    (table / "in.csv").write_text("place;org;n\na;one;2\na;two;2\nb;one;9\nc;two;30\n", "utf-8-sig")
    words = ("--by", "place", "--value", "n", "--contributor", "org", "--out", "out.csv")
    done = duga(table, "protect", "in.csv", *words)
    assert done.returncode == 0 and b"no contributor is protected" in done.stderr
    rows = {row["place"]: row for row in read(table / "out.csv")}
    assert rows["a"]["status"] == "hidden" and rows["(all)"]["value"] in ("43", "")


@pytest.mark.parametrize(
    "text, by, words",
    [
        ("sex,n\nf,3\nf,4\n", "sex", b"repeats a cell"),
        ("sex,n\nf,3.5\n", "sex", b"not a count"),
        ("sex,n\nf,\n", "sex", b"not a count"),
        ("sex,n\nf,-1\n", "sex", b"not a count"),
        ("sex,n\n(all),9\n", "sex", b"is a total"),
        ("sex,n\nf,3\n", "sex,age", b"no column age"),
        ("sex,n\n", "sex", b"no rows"),
    ],
)
def test_protect_refuses_what_it_cannot_read(text, by, words, tmp_path):
    (tmp_path / "in.csv").write_text(text)
    done = duga(tmp_path, "protect", "in.csv", "--by", by, "--value", "n", "--out", "out.csv")
    assert done.returncode != 0 and words in done.stderr
    assert b"Traceback" not in done.stderr
    assert not (tmp_path / "out.csv").exists()


@pytest.fixture
def data(facts, tmp_path):
    snapshot.freeze([facts], tmp_path / "snapshots")
    return tmp_path


def test_count_prints_pure_csv_and_the_rest_beside(data, facts):
    done = duga("/", "count", "people_assisted", "--by", "country,sex", "--period", "2020", DUGA_DATA=str(data))
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(io.StringIO(done.stdout.decode())))
    found = {(row["country"], row["sex"]): int(row["value"]) for row in rows}
    assert found == twin.distinct(facts, "people_assisted", ("country", "sex"), {}, (2020, 1), (2020, 12))
    assert b"INTERNAL" in done.stderr and b"never added" in done.stderr


def test_count_json_and_parquet(data, facts, frozen, definitions):
    words = ("count", "assistance_delivered", "--where", "unit=parcel", "--where", "country=ME,RS", "--snapshot")
    done = duga("/", *words, data / "snapshots", "--format", "json")
    answer = json.loads(done.stdout)
    where = {"unit": "parcel", "country": ["ME", "RS"]}
    total = engines.count(definitions["assistance_delivered"], frozen, where=where).value()
    assert answer["snapshot"] == frozen.fingerprint and answer["rows"] == [
        {"value": str(total) if not isinstance(total, int) else total, "qualifier": answer["rows"][0]["qualifier"]}
    ]
    import pyarrow.parquet as pq

    done = duga("/", *words, data / "snapshots", "--format", "parquet")
    assert pq.read_table(io.BytesIO(done.stdout)).column_names == ["value", "qualifier"]


@pytest.mark.parametrize(
    "words, says",
    [
        (["people_asisted"], b"Did you mean people_assisted"),
        (["people_assisted", "--by", "contry"], b"country"),
        (["people_assisted", "--where", "country"], b"name=word"),
        (["assistance_delivered"], b"Unlike units"),
        (["people_assisted", "--engine", "spork"], b"engine"),
    ],
)
def test_count_refuses_in_one_sentence(words, says, data):
    done = duga("/", "count", *words, DUGA_DATA=str(data))
    assert done.returncode != 0 and says in done.stderr and b"Traceback" not in done.stderr
    assert done.stdout == b""


def test_count_without_a_snapshot_says_what_to_do(tmp_path):
    done = duga(tmp_path, "count", "people_assisted", DUGA_DATA=str(tmp_path))
    assert done.returncode == 1 and b"duga snapshot" in done.stderr


def test_importing_the_core_is_light():
    heavy = ["duckdb", "ibis", "pyarrow", "highspy", "pandas", "numpy", "django"]
    code = (
        "import duga.evidence, sys; from duga.evidence import model, indicators, snapshot, engines, disclosure, files; "
    )
    code += f"print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
