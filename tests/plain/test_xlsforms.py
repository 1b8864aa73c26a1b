"""Forms from strangers: every fault told at its cell, nothing that is built to harm opened, others' examples read."""

import io
import zipfile
from pathlib import Path

import pytest

from duga.plain import xlsforms
from duga.plain.xlsforms import read_form, validating
from duga.plain.xlsforms.__main__ import answer
from duga.plain.xlsforms.findings import Cells, Faulty, Finding
from duga.plain.xlsforms.words import tell_validate
from duga.plain.xlsforms.xforms import parse

EXAMPLES = Path(__file__).parents[3] / "shared" / "data" / "xlsforms"
#: Examples that are meant to fail, and the cell where.
REFUSED = {
    "bad_calc": ("survey", "D2"), "fruits": ("", "A1"), "gps.csv": ("survey", "B2"), "include": ("survey", "A3"),
    "include_json": ("survey", "A2"), "unknown_question_type": ("survey", "J1"),
}  # fmt: skip


def form(*rows: str, head: str = "type | name | label | relevant | calculation | constraint", more: str = "") -> bytes:
    """A small form in Markdown."""
    return "\n".join(["| survey |", f"| | {head} |", *(f"| | {row} |" for row in rows), more]).encode()


def first(data: bytes, name: str = "form.md") -> Finding:
    """The first error that is told of a form, read in this process."""
    told = answer(data, name)
    assert "xform" not in told
    return Finding(**told["findings"][0])


def where(finding: Finding) -> tuple:
    return finding.sheet, finding.cell


CHOICES = "| choices |\n| | list_name | name | label |\n| | yes_no | yes | Yes |\n| | yes_no | no | No |"


@pytest.mark.parametrize(
    "data, cell, told",
    [
        (form("txt | a | A"), "A2", "“txt” is no type"),
        (form("text | a | A", "text | a | B"), "B3", "stands twice"),
        (form("text | my name | A"), "B2", "no spaces"),
        (form("text | | A"), "B2", "has no name"),
        (form("text | a | "), "C2", "neither label nor hint"),
        (form("text | a | A | ${b} = 1"), "D2", "does not have"),
        (form("select_one none | a | A", more=CHOICES), "A2", "no list “none”"),
        (form("begin group | g | G", "text | a | A"), "A2", "nowhere ends"),
        (form("text | a | A", "end group | | "), "A3", "nowhere begins"),
        (form("calculate | a | | | ${b} + 1", "calculate | b | | | ${a} + 1"), "E2", "depends on itself"),
        (form("text | a | A | ${a} = 1"), "D2", "depends on itself"),
        (form("text | a | A", head="type | name | label | label"), "D1", "stands twice"),
        (form("text | a | A", head="kind | name | label"), "", "no XLSForm"),
        (form("select_multiple s | a | A", more=CHOICES.replace("yes_no | no ", "s | n o ")), "B3", "no spaces"),
    ],
)
def test_a_fault_is_told_at_its_cell(data, cell, told):
    finding = first(data)
    assert told in finding.message % finding.params
    assert finding.cell == cell


def test_long_sheets_are_refused_in_words():
    finding = first(form(*(f"text | q{number} | Q" for number in range(10_000))))
    assert (finding.params["rows"], finding.params["most"]) == (10_000, 3_000)


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {"[Content_Types].xml": b"<Types/>", **parts}.items():
            archive.writestr(name, data)
    return out.getvalue()


LOL = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]><h:html>&b;</h:html>'


@pytest.mark.parametrize(
    "data, name, told",
    [
        (LOL, "bomb.xml", "declares a document type"),
        ('<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'.encode("utf-16"),
         "outside.xml", "declares a document type"),
        (b'<?xml version="1.0"?><h:html xmlns:h="http://www.w3.org/1999/xhtml"><h:head>', "cut.xml", "cannot be read"),
        ('<?xml version="1.0" encoding="UTF-8"?><a>\xe9</a>'.encode("latin-1"), "letters.xml", "cannot be read"),
        (b"<a>" * 100_000, "deep.xml", "cannot be read"),
        (b"<a><b/></a>", "other.xml", "no XForm"),
        (zipped(**{"xl/workbook.xml": b"\0" * 50_000_000}), "bomb.xlsx", "unpacks to far more"),
        (zipped(**{"xl/workbook.xml": b"<w/>", "xl/vbaProject.bin": b"x"}), "macros.xlsm", "macros"),
        (b"", "empty.xlsx", "empty"),
        (bytes(range(256)) * 30, "noise.xls", "damaged"),
        (b"%PDF-1.4 ...", "form.pdf", "document"),
        (b"a,b\n1,2\n", "list.csv", "no XLSForm"),
        (b"x" * (5 * 2**20 + 1), "large.md", "larger than 5 MB"),
    ],
)  # fmt: skip
def test_what_is_no_form_or_built_to_harm_is_refused_in_words(data, name, told):
    finding = first(data, name)
    assert told in finding.message % finding.params


def test_letters_of_windows_are_read():
    told = answer("| survey |\n| | type | name | label |\n| | text | a | Šećer i žito |\n".encode("cp1250"), "w.md")
    assert told["parsed"]["questions"][0]["labels"] == {"default": "Šećer i žito"}


def test_a_form_is_read_with_its_logic_lists_and_files():
    data = form(
        "begin repeat | kids | Children | | | | ", "integer | years | Years | | | . < 18 | kid.png",
        "select_one yes_no | well | Well? | ${years} > 2 | | | ", "end repeat | | | | | | ",
        "select_one_from_file towns.csv | town | Town | | | | ", "calculate | sum | | | 1 + 1 | | ",
        head="type | name | label | relevant | calculation | constraint | image", more=CHOICES,
    )  # fmt: skip
    parsed = answer(data, "f.md")["parsed"]
    assert parsed["files"] == {"kid.png": "image", "towns.csv": "csv"}
    kids, years, well, town, total = parsed["questions"]
    assert (kids["type"], kids["path"], kids["row"]) == ("repeat", "/kids", 2)
    assert (years["repeat"], years["constraint"], years["row"]) == ("/kids", ". < 18", 3)
    assert [choice["labels"]["default"] for choice in well["choices"]] == ["Yes", "No"]
    assert (town["file"], total["type"], total["calculate"]) == ("towns.csv", "calculate", "1 + 1")


def test_a_process_apart_reads_it_and_odk_validate_judges_it(monkeypatch):
    """The only test that starts both for real; without Java the logic is still looked at."""
    data = form("text | a | A | | | . > 3 and")
    if validating.shutil.which("java"):
        (finding,) = read_form(data, "f.md").errors
        assert (finding.cell, finding.params) == ("F2", {"detail": ". > 3 and"})
    monkeypatch.setattr(xlsforms, "_ask", answer)
    monkeypatch.setattr(validating.shutil, "which", lambda name: None)
    read = read_form(data, "f.md")
    assert [(each.level, each.cell) for each in read.findings] == [("warning", ""), ("error", "F2")]
    fine = read_form(form("text | a | A"), "f.md")
    assert fine.xform and fine.checker == "none" and "Java" in fine.findings[0].message


def test_a_form_that_takes_too_long_is_given_up_in_words(monkeypatch):
    monkeypatch.setattr(xlsforms, "_ask", lambda data, name: None)
    (finding,) = read_form(b"anything", "f.md").errors
    assert "more time or memory" in finding.message


def test_words_of_odk_validate_find_their_cell():
    head = ["type", "name", "label", "choice_filter", "relevant"]
    asked = ["select_one x", "a", "A", "foo(${b})", ""], ["text", "b", "B", "", "bar(1)"]
    cells = Cells({"survey": [head, *asked]})
    unknown = tell_validate("Error evaluating field 'b': The problem was located in Condition expression for /data/b\n"
                            "XPath evaluation: cannot handle function 'bar'\n", cells)  # fmt: skip
    assert (unknown.cell, unknown.params) == ("E3", {"name": "bar"})
    filtered = tell_validate("Unsupported nodeset expression: instance('x')/root/item[foo( /data/b )]", cells)
    assert filtered.cell == "D2"
    circle = tell_validate("Cycle detected in form's logic! /data/b is referenced by itself", cells)
    assert (circle.cell, circle.params) == ("E3", {"names": "b"})
    other = tell_validate("java.lang.RuntimeException: something else\n\tat x.y(Z.java:1)\n", cells)
    assert other.params == {"detail": "something else"}


def test_examples_of_others_are_read_and_the_wrong_ones_refused_with_the_cell(monkeypatch):
    if not EXAMPLES.is_dir():
        pytest.skip("the reference data beside the project is not here (shared/data/xlsforms)")
    monkeypatch.setattr(xlsforms, "_ask", answer)
    monkeypatch.setattr(validating.shutil, "which", lambda name: None)
    seen = set()
    for path in sorted(EXAMPLES.rglob("*.*")):
        wrong = REFUSED.get(path.name) or REFUSED.get(path.stem)
        read = read_form(path.read_bytes(), path.name)
        if wrong and path.name != "gps.xls":
            assert [where(each) for each in read.errors] == [wrong], path.name
            seen.add(path.stem)
        else:
            assert read.xform and not read.errors, f"{path.name}: {read.errors}"
            assert parse(read.xform).questions, path.name
    assert len(seen) == len(REFUSED)


def test_an_xform_without_an_id_is_told_so():
    bare = (
        b'<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><h:title>T'
        b"</h:title><model><instance><data><a/></data></instance></model></h:head><h:body/></h:html>"
    )
    with pytest.raises(Faulty) as caught:
        parse(bare)
    assert "no id" in caught.value.findings[0].message
    assert [each["type"] for each in parse(bare.replace(b"<data>", b'<data id="t">')).questions] == ["hidden"]
