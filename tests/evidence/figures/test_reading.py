"""Files of figures as they come: encodings, delimiters, damaged rows, marked texts, workbooks; and the command."""

import contextlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from config.commands.figures import check_figures
from duga.evidence import figures
from duga.plain.errors import NotFound, Unreadable

ROOT = Path(__file__).resolve().parents[3]
HEADER = "id,claim,value,qualifier,unit,place,period,source,relation,verdict\n"
ROWS = (
    'calls,"pozivi, listopad – žene",302,exact,contact,ME,2015-10,93,"sum(237,65)",ok\n'
    'growth,porast (ćošak),"35,4",exact,percent,ME,2015-10,93,"change(133,86)",change_base\n'
)


def found(data: bytes, name="figures.csv"):
    return [(each.figures[0], each.kind) for each in figures.check(figures.read_bytes(data, name)).findings]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1250"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_delimiters(encoding, delimiter):
    import csv

    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(csv.reader(io.StringIO(HEADER + ROWS)))
    assert found(out.getvalue().encode(encoding)) == [("growth", "change_base")]


def test_cyrillic_of_windows():
    rows = "позиви;302;контакт;sum(237,65)\nпораст;35,4;%;change(133,86)\n"
    assert found(("id;value;unit;relation\n" + rows).encode("cp1251")) == [("пораст", "change_base")]


def test_rows_are_those_a_spreadsheet_shows():
    text = "\nFigures of October,,\n\nid,value,relation\na,302,\n\nb,301,same(a)\n"
    (finding,) = figures.check(figures.read_text(text)).findings
    assert finding.row == 7


def test_only_id_and_value_are_needed():
    assert figures.check(figures.read_text("Value,ID\n302,a\n")).findings == ()
    assert figures.read_text("code,value\na,302\n")[0].id == "a"


@pytest.mark.parametrize(
    "text, says",
    [("", "empty"), ("id,claim\na,b\n", "no column value"), ("id,value,value\na,1,2\n", "two columns value"),
     ("id,value\n", "no figures"), ("just words\n", "no column id, value")],
)  # fmt: skip
def test_what_cannot_be_used_says_why(text, says):
    with pytest.raises(Unreadable) as refused:
        figures.read_bytes(text.encode(), "figures.csv")
    assert says in str(refused.value)


def test_one_bad_row_does_not_silence_the_others():
    text = 'id,value,relation\na,lots,\nb,301,"sum(237,65)"\nc,5,sum(a)\n'
    result = figures.check(figures.read_text(text))
    assert [(each.figures[0], each.kind, each.row) for each in result.findings] == [
        ("a", "unreadable", 2),
        ("b", "sum", 3),
    ]
    assert [(each.figures, each.kind) for each in result.notices] == [(("c",), "unchecked")]


def test_a_relation_without_quotation_marks_is_put_together_again():
    text = "id,value,relation,verdict\na,302,sum(237,65),ok\nb,301,sum(237,60,4),ok\n"
    assert figures.check(figures.read_text(text)).findings == ()


def test_a_workbook():
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["nothing here"])
    sheet = book.create_sheet("figures")
    for row in (["id", "value", "unit", "relation"], ["a", 24.1, "percent", "share(13,54)"], ["b", 0, "item", "sum(0)"],
                ["c", 301, "contact", "sum(237,65)"], ["d", "24,2 %", "", "share(13,54)"]):  # fmt: skip
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    assert found(out.getvalue(), "figures.xlsx") == [("c", "sum"), ("d", "rounding")]


TEXT = """# October

In October the line was called [[calls: 302 contact ME 2015-10 = sum(self,third)]] times: [[self: 237 contact ME
2015-10]] times by the person herself, [[third: 65 contact ME 2015-10]] times by others. That is [[growth: +35,4 % ME
2015-10 = change(133,86) | bulletin]] more than before. [[fam: over 100 families ME 2020-03/2020-05]] were helped.
The towns make [[towns: 301 contact ME 2015-10 = same(calls)]], in all [[money: EUR 179,746]] were spent on
[[wide: 200..300 million persons world 2020]]. A [[link]] is no mark.
"""


def test_a_text_with_marks():
    read = {each.id: each for each in figures.read_text(TEXT, "october.md")}
    assert list(read) == ["calls", "self", "third", "growth", "fam", "towns", "money", "wide"]
    assert (read["calls"].value, read["calls"].unit, read["calls"].place, read["calls"].period) == (
        "302", "contact", "ME", "2015-10",
    )  # fmt: skip
    assert (read["growth"].unit, read["growth"].source, read["growth"].row) == ("percent", "bulletin", 4)
    assert (read["fam"].value, read["fam"].unit) == ("over 100", "families")
    assert (read["wide"].value, read["wide"].unit) == ("200..300", "million persons")
    assert read["calls"].source == "october.md" and "the line was called" in read["calls"].claim
    result = figures.check(list(read.values()))
    assert [(each.figures[0], each.kind) for each in result.findings] == [
        ("growth", "change_base"),
        ("towns", "conflict"),
    ]


def test_a_text_without_marks_has_no_figures():
    with pytest.raises(Unreadable):
        figures.read_text("302 calls.\n", "october.txt")


def test_no_file():
    with pytest.raises(NotFound):
        figures.read("/nowhere/figures.csv")


# --- the command --------------------------------------------------------------------------------------------


def run(tmp_path, text, *words, name="figures.csv"):
    (tmp_path / name).write_text(text, encoding="utf-8")
    return CliRunner().invoke(check_figures, [str(tmp_path / name), *words])


def test_the_command_and_its_exit_codes(tmp_path):
    bad = run(tmp_path, HEADER + ROWS)
    assert bad.exit_code == 1
    assert "growth (row 3): change_base" in bad.output and "54.7 percent" in bad.output
    good = run(tmp_path, HEADER + ROWS.splitlines()[0])
    assert good.exit_code == 0 and "1 figures, 1 relations: no findings." in good.output
    assert run(tmp_path, "id,claim\na,b\n").exit_code == 2
    assert CliRunner().invoke(check_figures, [str(tmp_path / "none.csv")]).exit_code == 2
    assert run(tmp_path, TEXT, name="october.txt").exit_code == 1


def test_json_as_others_script_against_it(tmp_path):
    done = run(tmp_path, HEADER + ROWS, "--json")
    answer = json.loads(done.output)
    assert answer["findings"] == [
        {
            "figures": ["growth"],
            "against": [],
            "kind": "change_base",
            "message": "growth says 35.4, but from 86 to 133 the change is 54.7 percent. "
            "The published figure divides by the new value, not by the old one.",
            "right": 54.7,
        }
    ]
    assert {"proposals", "notices", "figures", "relations"} < answer.keys() and done.exit_code == 1


def test_proposals_never_count_as_findings(tmp_path):
    text = "id,claim,value,unit,place,period,source\n"
    text += "a,parcels handed out since March,900,item,ME,2020-03/2020-04,x\n"
    text += "b,parcels handed out since March,850,item,ME,2020-03/2020-05,x\n"
    done = run(tmp_path, text, "--json")
    assert done.exit_code == 0
    (proposal,) = json.loads(done.output)["proposals"]
    assert proposal["relation"] == "cumulative(a)" and not proposal["holds"]
    assert proposal["would_find"]["kind"] == "falling"
    assert json.loads(run(tmp_path, text, "--json", "--findings-only").output)["proposals"] == []


def test_it_needs_no_settings_and_nothing_heavy(tmp_path):
    (tmp_path / "f.csv").write_text(HEADER + ROWS, encoding="utf-8")
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    code = (
        "import sys; from duga.evidence import figures; r = figures.check(figures.read('f.csv')); "
        "print(len(r.findings), [m for m in ('django','duckdb','ibis','pandas','numpy','pyarrow') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "1 []"
    piped = subprocess.run(
        [sys.executable, "-m", "config.cli", "check-figures", "-", "--json"], cwd=tmp_path, env=environment,
        input=(HEADER + ROWS).encode(), capture_output=True, check=False,
    )  # fmt: skip
    assert piped.returncode == 1 and len(json.loads(piped.stdout)["findings"]) == 1 and piped.stderr == b""


def test_the_published_figures_of_the_demo_hold():
    result = figures.check(figures.read(ROOT / "demo" / "published_figures.csv"))
    assert result.figures >= 10 and result.findings == ()


@pytest.mark.parametrize("seed", range(40))
def test_whatever_is_typed_is_read_or_refused(seed):
    import random

    rng = random.Random(seed)
    pieces = [
        "[[a: 3",
        "]]",
        "sum(",
        "a,b)",
        "about ",
        "oko ",
        "200..300",
        "million",
        " od ",
        "%",
        "EUR",
        "2020-03",
        "/",
        "\n",
    ]
    pieces += list("0123456789.,-–−+%€ '\u00a0()[]{}:;|=\"\tabcz~<>²½١ІЖšđ*…")
    for head in ("", "id,value,unit,relation\n", "id;value\n"):
        text = head + "".join(rng.choice(pieces) for _ in range(rng.randint(1, 150)))
        with contextlib.suppress(Unreadable):
            json.dumps(figures.check(figures.read_text(text, rng.choice(["a.md", "a.csv"]))).to_dict())


@pytest.mark.parametrize("mark", ["[[g: 12 people", "[[g: 12 people]", "[[g: 12 [about] people]]", "[[g: broken"])
def test_a_mark_that_is_not_closed_is_a_finding(mark):
    text = f"We met [[a: 3 people]].\nThen {mark} and on.\nThen [[c: 4 people]] and [[d: 7 people = sum(a,c)]]."
    read = figures.read_text(text)
    assert [each.id for each in read] == ["a", "g", "c", "d"] and [each.row for each in read] == [1, 2, 3, 3]
    found = figures.check(read).findings
    assert [(each.figures, each.kind, each.row) for each in found] == [(("g",), "unreadable", 2)]
