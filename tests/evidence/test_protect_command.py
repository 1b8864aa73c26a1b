"""duga protect on the tables that people really have, and on hostile ones: a clear word or a safe table, never half."""

import csv
import datetime as dt
import io
import itertools
import os
import random

import openpyxl
import pytest
from click.testing import CliRunner

from config.cli import main
from config.commands.protect import protect
from duga.plain.errors import DugaError
from tests.evidence.attackers import Together

HEAD = ["--by", "a,b", "--value", "n", "--out", "out.csv"]


def run(words):
    """(exit code, what was said): as the command line does it, refusals told without a traceback."""
    done = CliRunner().invoke(protect, ["in.csv", *words])
    if done.exception and not isinstance(done.exception, SystemExit):
        assert isinstance(done.exception, DugaError), repr(done.exception)
        return 1, str(done.exception)
    return done.exit_code, done.output


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def read(path):
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))


@pytest.mark.parametrize(
    "text, words, said",
    [
        ("", HEAD, "no header"),
        ("\n\n", HEAD, "no header"),
        ("a,b,n\n", HEAD, "has no rows"),
        ("a,b,n\n,,\n", HEAD, "has no rows"),
        ("a,b\nx,y\n", HEAD, "no column n"),
        ("a,b,n,n\nx,y,1,2\n", HEAD, "two columns called n"),
        ("a,b,n\nx,y,3\nx,y,4\n", HEAD, "Row 3 repeats a cell (x / y)"),
        ("a,b,n\nx,y,3\nx , y,4\n", HEAD, "Row 3 repeats"),
        ("a,b,n\nx,y,-3\n", HEAD, "Row 2: '-3' is not a count"),
        ("a,b,n\nx,y,2.5\n", HEAD, "Row 2: '2.5' is not a count"),
        ("a,b,n\nx,y,NaN\n", HEAD, "is not a count"),
        ("a,b,n\nx,y,1e400\n", HEAD, "Row 2: '1e400' is too large"),
        ("a,b,n\nx,y,100000000000000000\n", HEAD, "too large. Counts up to 1,000,000,000,000"),
        ("a,b,n\nx,y,-1e17\n", HEAD, "is not a count"),
        ("a,b,n\nx,y,<5\n", HEAD, "is not a count"),
        ("a,b,n\nx,y,\n", HEAD, "Row 2: '' is not a count"),
        ("a,b,n\nx,(all),9\n", HEAD, "Row 2 is a total"),
        ("a,b,n\nx,y,9\n\nx,,9\n", HEAD, "Row 4 is a total or lacks a label"),
        ("a,b,n\nx,y\n", HEAD, "Row 2 has fewer fields"),
        ("a,b,n,org\nx,y,3,one\nx,y,3,one\n", [*HEAD, "--contributor", "org"], "Row 3 repeats a cell (x / y / one)"),
        ("a,b,n,org\nx,y,3,\n", [*HEAD, "--contributor", "org"], "does not say who contributed"),
        ("a,b,n\nx,y,3\n", ["--by", "a,a", "--value", "n", "--out", "out.csv"], "asked for twice"),
        ("a,b,n\nx,y,3\n", ["--by", "a,n", "--value", "n", "--out", "out.csv"], "asked for twice"),
        ("a,b,n\nx,y,3\n", ["--by", ",", "--value", "n", "--out", "out.csv"], "which columns"),
        ("status,n\nx,3\n", ["--by", "status", "--value", "n", "--out", "out.csv"], "cannot be called status"),
        ("a,b,n\nx,y,3\n", [*HEAD, "--within", "town=a"], "town is not among the dimensions"),
        ("a,b,n\nx,y,3\n", [*HEAD, "--within", "a=b", "--within", "b=a"], "circle"),
        ("a,b,n\nx,y,3\n", [*HEAD, "--within", "a"], "--within area=country"),
        ("a,b,n\nx,y,3\n", [*HEAD, "--min", "0"], "0 is not in the range"),
        ("a,b,n\nx,y,3\n", ["--by", "a,b", "--value", "n", "--out", "no/out.csv"], "no such folder"),
        ("a,b,n\nx,y,3\n", ["--by", "a,b", "--value", "n", "--out", "in.csv"], "is a file that is read"),
        ("a,b,n\nx,y,3\n", ["--by", "a,b", "--value", "n", "--out", "."], "cannot be written"),
        ("a,b,n\nx,y,3\n", [*HEAD, "--secret-file", "in.csv", "--explain", "in.csv"], "is a file that is read"),
        ("a,b,n\nx,y,3\n", [*HEAD, "--explain", "out.csv"], "cannot go into one file"),
        ("a;b;n\nx;y;1.200\n", HEAD, "in two ways. Write counts in digits alone: 1200."),
        ('a,b,n\nx,y,"1,200"\n', HEAD, "in two ways. Write counts in digits alone: 1200."),
        ("a;b;n\nx;y;3.000\n", HEAD, "in two ways. Write counts in digits alone: 3000."),
        ("a,b,n\nx,y,1,200\n", HEAD, "Row 2 has more fields than the header"),
        ("a,b,n\nx,y,3\n", [*HEAD, "--protect-contributors"], "needs --contributor"),
        ('a,b,n\nx,"y,3\n', HEAD, "fewer fields"),
    ],
)
def test_a_bad_table_is_refused_by_its_row_and_nothing_is_written(text, words, said, folder):
    (folder / "in.csv").write_text(text)
    code, told = run(words)
    assert code != 0 and said in told
    assert sorted(path.name for path in folder.iterdir()) == ["in.csv"]
    assert (folder / "in.csv").read_text() == text


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\xff\xfe\x00", b"a,b,n\n\xc4\x8d\xe8,y,3\n", b"a,b,n\nx,\0,3\n"])
def test_what_is_no_text_is_refused(data, folder):
    (folder / "in.csv").write_bytes(data)
    code, told = run(HEAD)
    assert code and ("not a table in text form" in told or "letters of this file are damaged" in told)


def test_a_file_that_is_not_there_or_is_a_folder(folder):
    assert "no file" in run(HEAD)[1]
    (folder / "in.csv").mkdir()
    assert "cannot be read" in run(HEAD)[1]


@pytest.mark.parametrize("how", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_tables_as_spreadsheets_save_them(how, mark, folder):
    rows = [("a", "b", "n"), ("Čačak", "ж", "3"), ("Čačak", "м", "30"), ("Ниш", "ж", "9"), ("Ниш", "м", "8.0")]
    text = "\r\n".join(mark.join(f'"{word}"' for word in row) for row in rows) + "\r\n"
    (folder / "in.csv").write_bytes(text.encode(how))
    assert run(HEAD)[0] == 0
    assert {(row["a"], row["b"]) for row in read(folder / "out.csv")} >= {("Čačak", "ж"), ("Ниш", "(all)")}


@pytest.mark.parametrize(("how", "place"), [("cp1250", "Čačak"), ("cp1251", "Ниш")])
def test_tables_in_windows_letters(how, place, folder):
    (folder / "in.csv").write_bytes(f"a;b;n\r\n{place};x;9\r\n{place};y;12\r\n".encode(how))
    assert run(HEAD)[0] == 0
    assert {row["a"] for row in read(folder / "out.csv")} == {place, "(all)"}


def sheets(path, **tables):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in tables.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)


def test_a_workbook_is_read_as_its_csv_would_be(folder):
    """Numbers, days and empty rows at the end; a second sheet with nothing in it does not matter."""
    rows = [
        ("a", "b", "n"),
        ("Čačak", dt.date(2020, 3, 1), 3),
        ("Čačak", 2019, 1200),
        ("Ниш", 2019, 9.0),
        (None, "", None),
    ]
    sheets(folder / "in.csv", Table=rows, Empty=[])
    assert run(HEAD)[0] == 0
    from_workbook = (folder / "out.csv").read_bytes()
    (folder / "in.csv").write_text("a,b,n\nČačak,2020-03-01,3\nČačak,2019,1200\nНиш,2019,9\n", "utf-8")
    assert run(HEAD)[0] == 0
    assert from_workbook == (folder / "out.csv").read_bytes()


def test_a_workbook_that_cannot_be_meant_is_refused(folder):
    sheets(folder / "in.csv", One=[("a", "b", "n"), ("x", "y", 2.5)])
    assert "Row 2: '2.5' is not a count" in run(HEAD)[1]
    sheets(folder / "in.csv", One=[("a", "b", "n")], Two=[("a", "b", "n")])
    assert "several sheets: One, Two" in run(HEAD)[1]
    (folder / "in.csv").write_bytes((folder / "in.csv").read_bytes()[:-100])
    assert "damaged or cut off" in run(HEAD)[1]
    assert "The result is a CSV" in run([*HEAD[:-1], "out.xlsx"])[1]
    assert [path.name for path in folder.iterdir()] == ["in.csv"]


def published(folder, by, within=None):
    rows = read(folder / "out.csv")
    attack = Together([(0, rows, by, within)])
    found = attack.narrowest()
    return rows, float("inf") if found is None else found[0]


def test_a_count_with_a_decimal_comma_is_read(folder):
    (folder / "in.csv").write_text("a;b;n\nx;y;30,0\nz;y;40,00\n")
    assert run(HEAD)[0] == 0
    assert {row["value"] for row in read(folder / "out.csv")} == {"30", "40", "70"}


def test_within_turned_round_is_asked_about(folder):
    text = "country,area,n\n" + "".join(f"C{n // 3},A{n},{20 + n}\n" for n in range(9))
    (folder / "in.csv").write_text(text)
    by = ["--by", "country,area", "--value", "n", "--out", "out.csv", "--within"]
    code, told = run([*by, "country=area"])
    assert code == 0 and "did you mean --within area=country?" in told
    assert "did you mean" not in run([*by, "area=country"])[1]


def test_what_is_handed_on_is_as_readable_as_the_caller_says(folder, monkeypatch):
    """The reasons are the owner's alone."""
    monkeypatch.setattr("sys.argv", ["duga", "protect", "in.csv", *HEAD, "--explain", "why.csv"])
    (folder / "in.csv").write_text("a,b,n\nx,y,30\nz,y,3\n")
    before = os.umask(0o027)
    try:
        main()
    finally:
        os.umask(before)
        monkeypatch.setattr("config.commands.options.users_umask", None)
    modes = {name: (folder / name).stat().st_mode & 0o777 for name in ("out.csv", "why.csv")}
    assert modes == {"out.csv": 0o640, "why.csv": 0o600}


def test_a_lone_small_number_takes_even_the_grand_total_along(folder):
    (folder / "in.csv").write_text("a,b,n\nx,y,3\n")
    assert run(HEAD)[0] == 0
    rows, width = published(folder, ["a", "b"])
    assert all(row["status"] == "hidden" and row["value"] == "" for row in rows) and width == float("inf")


def test_a_table_of_zeros_is_shown(folder):
    (folder / "in.csv").write_text("a,b,n\nx,y,0\nz,y,0\n")
    assert run(HEAD)[0] == 0
    assert {row["value"] for row in read(folder / "out.csv")} == {"0"}


def test_a_combination_that_is_missing_is_zero_and_said_so(folder):
    (folder / "in.csv").write_text("a,b,n\nx,y,30\nz,w,40\n")
    code, told = run(HEAD)
    assert code == 0 and "2 combinations stood in no row: they count zero" in told
    rows = {(row["a"], row["b"]): row["value"] for row in read(folder / "out.csv")}
    assert rows["x", "w"] == rows["z", "y"] == "0"


def test_minimum_one_hides_nothing(folder):
    (folder / "in.csv").write_text("a,b,n\nx,y,1\nz,w,2\n")
    assert run([*HEAD, "--min", "1"])[0] == 0
    assert {row["status"] for row in read(folder / "out.csv")} == {"shown"}


def test_five_dimensions_and_two_hierarchies(folder):
    luck = random.Random(5)
    lines = ["country,area,year,month,sex,n"]
    for country, area, year, month, sex in itertools.product("AB", "pq", (2019, 2020), (1, 2), "fm"):
        lines.append(f"{country},{country}{area},{year},{year}-{month},{sex},{luck.choice([0, 2, 7, 20, 90])}")
    (folder / "in.csv").write_text("\n".join(lines))
    by = ["country", "area", "year", "month", "sex"]
    nested = ["--within", "area=country", "--within", "month=year"]
    assert run(["--by", ",".join(by), "--value", "n", "--out", "out.csv", *nested])[0] == 0
    rows, width = published(folder, by, {"area": "country", "month": "year"})
    assert width >= 5
    places = {(row["country"], row["area"]) for row in rows}
    assert ("A", "(all)") in places and ("(all)", "Ap") not in places
    assert len(rows) == 7 * 7 * 3


def test_contributors_are_protected_when_asked(folder):
    text = (
        "a,b,n,org\nx,y,40,one\nx,y,1,two\nx,w,30,one\nx,w,30,two\nx,w,30,three\nz,y,20,one\nz,y,20,two\nz,y,20,three\n"
    )
    (folder / "in.csv").write_text(text)
    words = [*HEAD, "--contributor", "org"]
    assert "no contributor is protected" in run(words)[1]
    assert {row["status"] for row in read(folder / "out.csv")} == {"shown"}
    assert run([*words, "--protect-contributors", "--explain", "why.csv"])[0] == 0
    hidden = {(row["a"], row["b"]) for row in read(folder / "out.csv") if row["status"] == "hidden"}
    assert ("x", "y") in hidden and len(hidden) >= 4
    assert "contributors" in {row["reason"] for row in read(folder / "why.csv")}


def test_fifty_thousand_cells(folder):
    luck = random.Random(1)
    lines = ["a,b,n"] + [f"a{i},b{j},{luck.choice((0, 30, 60, 90))}" for i in range(250) for j in range(200)]
    lines[777] = "a3,b176,2"
    (folder / "in.csv").write_text("\n".join(lines))
    assert run(HEAD)[0] == 0
    rows = read(folder / "out.csv")
    assert len(rows) == 251 * 201 and sum(row["status"] == "hidden" for row in rows) >= 4
