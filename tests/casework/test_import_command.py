"""`duga import assistance FILE`, as others script against it: exit codes, JSON keys, rows handed back."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from config.commands.casework import import_
from duga.casework.models import Assistance
from duga.members.rules import Viewer
from duga.places.actions import load_shipped_places
from duga.plain.tables import read_tables, write_xlsx
from tests.plain import messy

MESSY = Path(__file__).resolve().parents[1] / "data" / "messy.xlsx"


@pytest.fixture
def run(cast, tmp_path):
    """`run(FILE, *options)` → (exit code, JSON or text), as the coordinator of Nikšić."""

    def run(file, *options, as_json=True):
        who = [] if "--as" in options else ["--as", "coordinator@example.org"]
        told = CliRunner().invoke(
            import_,
            ["assistance", str(file), "--organisation", "niksic", *who, *map(str, options)]
            + (["--json"] if as_json else []),
        )
        if told.exception and not isinstance(told.exception, SystemExit):
            raise told.exception
        return told.exit_code, json.loads(told.stdout) if as_json else told.output

    return run


@pytest.fixture
def places(db):
    load_shipped_places(by=Viewer(system="test"))


def counts(told):
    return told["read"], told["imported"], told["already"], told["rejected"]


def test_a_messy_file_refused_then_set_aside_then_nothing_doubled(run, places, tmp_path):
    rejects = tmp_path / "back.xlsx"
    code, told = run(MESSY)
    assert code == 1 and counts(told) == (messy.GOOD + messy.BAD, 0, 0, messy.BAD)
    assert len(told["errors"]) == messy.BAD and all({"row", "column", "message"} == set(e) for e in told["errors"])
    assert not Assistance.objects.exists()
    code, told = run(MESSY, "--bad-rows", "set-aside", "--rejects", rejects)
    assert code == 0 and counts(told) == (messy.GOOD + messy.BAD, messy.GOOD, 0, messy.BAD)
    (back,) = read_tables(rejects.read_bytes(), "back.xlsx")
    assert len(back.rows) == messy.BAD and all(row.cells[-1] for row in back.rows)
    for options in (["--bad-rows", "set-aside", "--rejects", rejects], [], ["--dry-run"]):
        code, told = run(MESSY, *options)
        assert code == 0 and counts(told) == (messy.GOOD + messy.BAD, 0, messy.GOOD, messy.BAD)
    assert Assistance.objects.count() == messy.GOOD
    assert "stay out" in run(MESSY, "--dry-run", as_json=False)[1]
    assert not MESSY.with_name("messy.rejects.xlsx").exists()
    for wrong in (MESSY, tmp_path / "nowhere" / "back.xlsx"):
        with pytest.raises(Exception, match="--rejects PATH"):
            run(MESSY, "--bad-rows", "set-aside", "--rejects", wrong)


def test_without_a_path_the_rejects_lie_beside_the_file(run, tmp_path):
    file = tmp_path / "april.xlsx"
    file.write_bytes(
        write_xlsx(["Ime", "Usluga", "Datum"], [["Ana Ilić", "paket", "31.2.2020"], ["Ana", "paket", "1.2.2020"]])
    )
    code, told = run(file, "--bad-rows", "set-aside", as_json=False)
    assert code == 0 and "april.rejects.xlsx" in told and (tmp_path / "april.rejects.xlsx").exists()


def test_a_dry_run_and_a_mapping(run, tmp_path):
    file, mapping = tmp_path / "list.xlsx", tmp_path / "mapping.json"
    file.write_bytes(write_xlsx(["A", "B"], [["Ana Ilić", "3.4.2020"]]))
    with pytest.raises(Exception, match="A, B"):
        run(file)
    mapping.write_text(json.dumps({"full_name": "A", "date": "B", "unit": "=parcel"}))
    assert run(file, "--mapping", mapping, "--dry-run")[1]["imported"] == 1
    assert not Assistance.objects.exists()
    assert run(file, "--mapping", mapping)[1]["imported"] == 1
    assert Assistance.objects.get().unit == "parcel"
    mapping.write_text("{")
    with pytest.raises(Exception, match="not JSON"):
        run(file, "--mapping", mapping)


def test_who_may_not_import_is_told_so(run, tmp_path):
    file = tmp_path / "list.xlsx"
    file.write_bytes(write_xlsx(["Ime", "Usluga", "Datum"], [["Ana Ilić", "paket", "1.2.2020"]]))
    for who in ("worker@example.org", "other_coordinator@example.org", "stranger@example.org"):
        with pytest.raises(Exception, match="."):
            run(file, "--as", who)
    assert not Assistance.objects.exists()
