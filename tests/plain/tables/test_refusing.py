"""Wrong, damaged and hostile files: each refused in words that say what to do next, none of them costing much."""

import contextlib
import io
import random
import resource
import struct
import sys
import time
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duga.plain.errors import Unreadable
from duga.plain.tables import limits, read_tables
from tests.plain import messy
from tests.plain.messy import Sheet, archive

SHEET = Sheet([["Ime", "Broj"], ["Ana", 1], ["Iva", 2]])
XLSX = messy.xlsx(SHEET)
ODS = messy.ods(SHEET)
OLD = (messy.MESSY.parent / "old.xls").read_bytes()
MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
NEXT_STEP = ("send", "Send", "split", "Unpack", "Is the right file")


def changed(data: bytes, *, add=(), change=(), drop=()) -> bytes:
    """Return an archive with parts added, changed by functions, or left out."""
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        parts = {name: source.read(name) for name in source.namelist() if name not in drop}
    for name, change_part in dict(change).items():
        parts[name] = change_part(parts.get(name, b""))
    return archive(parts | dict(add))


def excel_sheet(rows: bytes, shared: bytes = b"") -> bytes:
    head = (
        b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    )
    part = head + rows + b"</sheetData></worksheet>"
    change = {"xl/worksheets/sheet1.xml": lambda _: part}
    if shared:
        change["xl/sharedStrings.xml"] = lambda _: shared
    return changed(XLSX, change=change.items())


def refused(data: bytes, name: str = "lista.xlsx") -> str:
    """Return why a file is refused, having seen that it says what to do and took neither time nor memory."""
    start, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(Unreadable) as refusal:
        read_tables(data, name)
    assert time.process_time() - start < (24 if sys.gettrace() else 6)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 250_000  # KB
    assert any(step in str(refusal.value) for step in NEXT_STEP)
    return str(refusal.value)


CONTROLS = b"Ime;Broj\n" + b"\x01\x02\x03\x04;5\n" * 50
OTHER_KINDS = {
    "a picture named xlsx": (b"\x89PNG\r\n\x1a\n" + bytes(500), "picture"),
    "a photograph": (b"\xff\xd8\xff\xe0" + bytes(500), "picture"),
    "a photograph of a phone": (b"\0\0\0\x18ftypheic" + bytes(500), "picture"),
    "a bitmap": (b"BM" + bytes(500), "picture"),
    "a PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(100), "document"),
    "rich text": (b"{\\rtf1\\ansi " + b"a" * 100, "document"),
    "a Word document": (archive({"[Content_Types].xml": "<Types/>", "word/document.xml": "<a/>"}), "document"),
    "an old Word document": (OLE + "WordDocument".encode("utf-16-le"), "document"),
    "a web page named xls": (b"<html><body><table><tr><td>1</td></tr></table></body></html>", "web page"),
    "a web page after blank lines": (b"\xef\xbb\xbf\r\n  <!DOCTYPE html><p>x", "web page"),
    "an XML spreadsheet of 2003": (b'<?xml version="1.0"?><Workbook></Workbook>', "XML"),
    "a web archive": (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "web page"),
    "a Numbers document": (archive({"Index/Document.iwa": b"x", "Metadata/Properties.plist": b""}), "Numbers"),
    "a zip of files": (archive({"a.xlsx": XLSX, "b.xlsx": XLSX}), "archive"),
    "a rar": (b"Rar!\x1a\x07\x00" + bytes(100), "archive"),
    "a gzip": (b"\x1f\x8b\x08\x00" + bytes(100), "archive"),
    "a program": (b"MZ\x90\x00" + bytes(200), "not a spreadsheet"),
    "a database": (b"SQLite format 3\0" + bytes(200), "not a spreadsheet"),
    "a binary workbook": (archive({"[Content_Types].xml": "<Types/>", "xl/workbook.bin": b"x"}), "xlsb"),
    "nothing": (b"", "empty"),
    "only blanks": (b" \r\n\t\n", "empty"),
    "only a byte order mark": (b"\xef\xbb\xbf", "empty"),
    "zeros": (bytes(5000), "empty"),
    "an archive of nothing": (archive({}), "empty"),
    "noise": (random.Random(1).randbytes(5000), ""),
    "noise in text": (b"Ime;Broj\nAna;1\n" + bytes(range(256)) * 10, ""),
    "control characters in what is called a workbook": (CONTROLS, "damaged"),
    "half a UTF-16 letter": ("Име;Број\nАна;1\n".encode("utf-16") + b"\x04", "damaged"),
    "UTF-8 cut and pasted with Windows text": (
        "Име;Број\nАна;1\n".encode() * 5 + "Đoko;2\n".encode("cp1250"),
        "encoding",
    ),
    "UTF-8 cut in the middle of a letter": ("Име;Број\nАна;Пера".encode()[:-1], "encoding"),
    "a quotation mark never closed": (b'Ime;Broj\nAna;1\n"Iva;2\nEva;3\nUna;4\n', "row 3"),
}


@pytest.mark.parametrize("kind", OTHER_KINDS)
def test_what_is_no_spreadsheet(kind):
    data, word = OTHER_KINDS[kind]
    assert word in refused(data)


def test_control_characters_in_what_is_called_text():
    assert "text form" in refused(CONTROLS, "lista.csv")


@pytest.mark.parametrize("data", [XLSX, ODS, OLD], ids=["xlsx", "ods", "xls"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9, 0.99])
def test_a_file_cut_off(data, share):
    refused(data[: int(len(data) * share)])


@pytest.mark.parametrize("data", [XLSX, ODS], ids=["xlsx", "ods"])
def test_a_damaged_part(data):
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        name = "content.xml" if "content.xml" in book.namelist() else "xl/worksheets/sheet1.xml"
        entry = book.getinfo(name)
    place = entry.header_offset + 30 + len(name) + entry.compress_size // 2
    spoiled = data[:place] + bytes(b ^ 0xFF for b in data[place : place + 8]) + data[place + 8 :]
    assert any(word in refused(spoiled) for word in ("damaged", "unpacks"))


def test_parts_that_are_no_xml():
    assert "damaged" in refused(changed(XLSX, change=[("xl/workbook.xml", lambda _: b"<workbook")]))
    assert refused(changed(ODS, change=[("content.xml", lambda _: b"not xml at all")]))


def test_an_old_file_with_its_records_spoiled_is_refused_or_read_but_never_fatal():
    chance = random.Random(7)
    for _ in range(6):
        spoiled = bytearray(OLD)
        for _ in range(40):
            spoiled[chance.randrange(600, len(OLD))] = chance.randrange(256)
        try:
            read_tables(bytes(spoiled))
        except Unreadable:
            continue


def test_password_protected():
    ole = OLE
    assert "password" in refused(ole + "EncryptedPackage".encode("utf-16-le"))
    secret = messy.ods_archive("", manifest="<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>")
    assert "password" in refused(secret)
    assert "password" in refused(archive({"mimetype": "application/vnd.oasis.opendocument", "encrypted-package": b"x"}))
    flagged = bytearray(archive({"a": b"x"}))
    flagged[flagged.index(b"PK\1\2") + 8] |= 1
    assert "password" in refused(bytes(flagged))


def test_macros():
    assert "macros" in refused(changed(XLSX, add=[("xl/vbaProject.bin", b"x")]))
    content = [("[Content_Types].xml", lambda part: part.replace(b"sheet.main+xml", b"sheet.macroEnabled.main+xml"))]
    assert "macros" in refused(changed(XLSX, change=content))
    assert "macros" in refused(changed(ODS, add=[("Basic/Standard/Module1.xml", b"<a/>")]))
    assert "macros" in refused(OLE + "_VBA_PROJECT".encode("utf-16-le"))


# --- files built to exhaust the machine ------------------------------------------------------------


def test_a_file_too_large_is_refused_unopened():
    assert "MB" in refused(b"a;b\n" * (limits.MAX_BYTES // 4 + 1))


def test_a_zip_bomb_by_ratio():
    assert "unpacks" in refused(changed(XLSX, change=[("xl/worksheets/sheet1.xml", lambda _: b" " * 40_000_000)]))


def test_a_zip_bomb_by_total_size(monkeypatch):
    monkeypatch.setattr(limits, "MAX_UNPACKED", 300_000)
    assert read_tables(XLSX)
    assert "unpacks" in refused(changed(XLSX, add=[("xl/media/a.png", random.Random(1).randbytes(400_000))]))


def test_a_zip_bomb_by_number_of_entries():
    assert "unpacks" in refused(changed(XLSX, add=[(f"xl/a{n}.xml", b"") for n in range(2500)]))


def test_a_zip_bomb_that_lies_about_its_size():
    """The directory says 100 bytes, the stream unpacks to 30 MB; the checksum is that of the first 100."""
    part = b" " * 30_000_000
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(part) + packer.flush()
    honest = archive({"[Content_Types].xml": "<Types/>", "xl/worksheets/sheet1.xml": b"@" * 100})
    with zipfile.ZipFile(io.BytesIO(honest)) as book:
        entry = book.getinfo("xl/worksheets/sheet1.xml")
    header = bytearray(honest[entry.header_offset : entry.header_offset + 30 + len(entry.filename)])
    struct.pack_into("<III", header, 14, zlib.crc32(part[:100]), len(packed), 100)
    directory = bytearray(honest[honest.index(b"PK\1\2", entry.header_offset) :])
    place = directory.index(b"PK\1\2") if directory.count(b"PK\1\2") == 1 else directory.index(b"PK\1\2", 4)
    struct.pack_into("<III", directory, place + 16, zlib.crc32(part[:100]), len(packed), 100)
    end = directory.index(b"PK\5\6")
    struct.pack_into("<I", directory, end + 16, entry.header_offset + len(header) + len(packed))
    data = honest[: entry.header_offset] + bytes(header) + packed + bytes(directory)
    assert "unpacks" in refused(data)


def test_entities_that_multiply():
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'
    assert "definitions" in refused(changed(XLSX, change=[("xl/workbook.xml", lambda _: bomb)]))
    assert "definitions" in refused(changed(ODS, change=[("content.xml", lambda _: bomb)]))
    hidden = bomb.decode().encode("utf-16")
    assert "definitions" in refused(changed(ODS, change=[("content.xml", lambda _: hidden)]))


def test_two_cells_at_the_ends_of_a_sheet():
    far = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    assert "too large" in refused(excel_sheet(far))
    wide = b'<row r="1">' + b"<c><v>1</v></c>" * 16_000 + b"</row>" + b"<row><c><v>1</v></c></row>" * 5_000
    assert "too large" in refused(excel_sheet(wide))
    assert "too large" in refused(
        excel_sheet(b'<row r="1"><c><v>1</v></c></row><row r="1048576"><c><v>1</v></c></row>')
    )


def test_formatted_but_empty_cells_far_away_are_no_reason_to_refuse():
    rows = b'<row r="1"><c r="A1" t="str"><v>Ime</v></c><c r="B1" t="str"><v>Broj</v></c><c r="XFD1" s="1"/></row>'
    rows += b'<row r="2"><c r="A2" t="str"><v>Ana</v></c><c r="B2"><v>1</v></c></row>'
    rows += b'<row r="1048576"><c r="A1048576" s="1"/></row>'
    assert read_tables(excel_sheet(rows))[0].rows[0].cells == ["Ana", 1]


def test_one_long_text_shared_by_many_cells():
    shared = b'<sst xmlns="' + MAIN + b'"><si><t>' + b"ab" * 50_000 + b"</t></si></sst>"
    rows = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (n, n) for n in range(1, 20_000))
    assert "unpacks" in refused(excel_sheet(rows, shared))


def test_repeated_cells_of_an_ods():
    cell = '<table:table-cell table:number-columns-repeated="{}"><text:p>{}</text:p></table:table-cell>'
    row = '<table:table-row table:number-rows-repeated="{}">{}</table:table-row>'
    wide = row.format(1, cell.format(3, "a")) + row.format(100_000, cell.format(1000, "a"))
    assert "too large" in refused(messy.ods_archive(f'<table:table table:name="A">{wide}</table:table>'))
    apart = (
        row.format(1, cell.format(1, "a"))
        + row.format(1_000_000, "<table:table-cell/>")
        + row.format(1, cell.format(1, "b"))
    )
    assert "too large" in refused(messy.ods_archive(f'<table:table table:name="A">{apart}</table:table>'))
    long = row.format(20_000, cell.format(1, "a" * 10_000))
    assert "unpacks" in refused(messy.ods_archive(f'<table:table table:name="A">{long}</table:table>'))


HOSTILE = {
    "cells never closed": b"<c " * 300_000,
    "one endless tag": b'<c a="' + b"r=" * 500_000,
    "rows never closed": b"<row " * 300_000 + b"<c>",
    "uses never closed": b' t="s"' * 300_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_markup_that_would_make_a_pattern_look_through_the_file_again_and_again(kind):
    refused(excel_sheet(HOSTILE[kind], b"<si>" + b"a" * 40_000))


def test_open_document_markup_that_is_never_closed():
    for piece in ("<table:table-row>", "<table:table-row><table:table-cell>", "<table:table-cell "):
        refused(messy.ods_archive('<table:table table:name="A">' + piece * 60_000 + "</table:table>"))


def test_text_that_would_make_a_pattern_look_again_and_again():
    start = time.process_time()
    for text in (b"a" * 2_000_000 + b"\x9a", b"1 " * 1_000_000 + b"\x9a", b"1." * 1_000_000 + b";\xc8", b'"' * 999_999):
        with contextlib.suppress(Unreadable):
            read_tables(b"Ime;Broj\n" + text, "a.csv")
    assert time.process_time() - start < (80 if sys.gettrace() else 20)


def test_attributes_written_so_that_a_pattern_would_miss_them():
    far = [
        b"""<row r='1'><c r='A1'><v>1</v></c></row><row r="1048576"><c x='r="A1"' r='XFD1048576'><v>1</v></c></row>""",
        b'<row r="1"><c r="A1"><v>1</v></c><c\nr="XFD1048576"><v>1</v></c></row>',
        b'<row r="1"><c r="A1"><v>1</v></c><c s="1" '
        + b"".join(b'q%d="1" ' % n for n in range(400))
        + b'r="XFD1048576"><v>1</v></c></row>',
    ]
    for rows in far:
        assert "too large" in refused(excel_sheet(rows))
    row = "<table:table-row table:number-rows-repeated='{}' q='number-rows-repeated=\"1\"'>{}</table:table-row>"
    cell = "<table:table-cell table:number-columns-repeated='16000'><text:p>a</text:p></table:table-cell>"
    sheet = f'<table:table\ntable:name="A">{row.format(90_000, cell)}</table:table>'
    assert "too large" in refused(messy.ods_archive(sheet))


def test_merged_ranges_that_lie_over_one_another():
    sheet = Sheet([["Ime", "Broj"], *([["Ana", n] for n in range(20_000)])])
    part = b'<mergeCells count="9999">' + b'<mergeCell ref="A2:A20001"/>' * 9999 + b"</mergeCells>"
    change = [("xl/worksheets/sheet1.xml", lambda sheet: sheet.replace(b"</sheetData>", b"</sheetData>" + part))]
    assert "unpacks" in refused(changed(messy.xlsx(sheet), change=change))


def test_many_sheets_that_are_each_small_enough(monkeypatch):
    monkeypatch.setattr(limits, "MAX_CELLS", 100)
    one = Sheet([["Ime", "Broj"], *([["Ana", n] for n in range(20)])], name="A")
    assert read_tables(messy.xlsx(one))
    others = [Sheet(one.rows, name=f"B{n}") for n in range(3)]
    assert "too large" in refused(messy.xlsx(one, *others))


def test_an_old_file_is_read_in_a_process_with_little_memory(monkeypatch, tmp_path):
    from duga.plain.tables import workbooks

    greedy = tmp_path / "greedy.py"
    greedy.write_text(
        "import resource\nresource.setrlimit(resource.RLIMIT_AS, (1 << 28, 1 << 28))\nx = bytearray(1 << 30)\n"
    )
    monkeypatch.setattr(workbooks, "_OLD_EXCEL", greedy)
    assert "damaged" in refused(OLD)
    slow = tmp_path / "slow.py"
    slow.write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(workbooks, "_OLD_EXCEL", slow)
    monkeypatch.setattr(workbooks, "_SECONDS", 0.2)
    assert "unpacks" in refused(OLD)


def test_too_many_rows_of_text():
    assert "rows" in refused(b"a;b\n" * (limits.MAX_ROWS + 2), "a.csv")


def test_a_panic_of_the_reader_becomes_a_refusal(monkeypatch):
    import python_calamine

    class Panic(BaseException):
        pass

    def panic(*_, **__):
        raise Panic

    monkeypatch.setattr(python_calamine.CalamineWorkbook, "from_filelike", panic, raising=False)
    assert "damaged" in refused(XLSX)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([XLSX, ODS]), st.integers(0, 10**6), st.binary(min_size=1, max_size=6))
def test_bytes_changed_anywhere_give_a_table_or_a_refusal(data, place, noise):
    place %= len(data)
    try:
        assert read_tables(data[:place] + noise + data[place + len(noise) :], "x.xlsx")
    except Unreadable as refusal:
        assert str(refusal)


@settings(max_examples=60)
@given(st.binary(max_size=400))
def test_any_bytes_give_a_table_or_a_refusal(data):
    try:
        assert read_tables(data, "x.csv")
    except Unreadable as refusal:
        assert str(refusal)


def test_a_broken_workbook_is_not_asked_for_again_as_a_workbook():
    with pytest.raises(Unreadable) as met:
        read_tables(random.Random(1).randbytes(3000), "lista.xlsx")
    assert met.value.message == limits.DAMAGED
