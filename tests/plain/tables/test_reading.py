import datetime as dt
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duga.plain.errors import Unreadable
from duga.plain.tables import SheetTable, SourceRow, best_table, cell_text, column_letter, guess_mapping, read_tables
from tests.plain import messy
from tests.plain.clock import takes_less_than
from tests.plain.fields import ASSISTANCE
from tests.plain.messy import Sheet

PLAIN = [["Ime", "Opština", "Količina", "Datum"], ["Ana", "Niš", 2, dt.date(2020, 4, 3)], ["Đoko", "Бор", 1.5, None]]


def read(rows, form="xlsx", merged=(), **options) -> SheetTable:
    sheet = Sheet(rows, list(merged))
    data = {"xlsx": messy.xlsx, "ods": messy.ods, "csv": messy.delimited}[form](sheet, **options)
    return best_table(read_tables(data, "lista.csv"))


def notes(table) -> str:
    return " ".join(map(str, table.notes))


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_a_plain_sheet(form):
    table = read(PLAIN, form)
    assert table.columns == PLAIN[0]
    assert table.rows == [SourceRow(2, PLAIN[1]), SourceRow(3, PLAIN[2])]
    assert table.header == (1,)
    assert table.notes == []
    assert table.letter(2) == "C"


def test_old_excel_as_libreoffice_writes_it():
    table = best_table(read_tables((messy.MESSY.parent / "old.xls").read_bytes(), "old.xls"))
    assert table.columns == ["Ime", "Opština", "Količina", "Datum"]
    assert [row.cells for row in table.rows] == [
        ["Ана", "Niš", 2, dt.date(2020, 4, 3)],
        ["Đoko", "Бор", 1.5, dt.date(2020, 4, 5)],
    ]


TEXTS = {
    "serbian": ["Ђорђе Његован", "Љиљана", "Џаковић Шћепан", "општина Ниш"],
    "serbian_latin": ["Đorđe Njegovan", "Ljiljana Šćepanović", "Žarko", "opština Čačak"],
    "albanian": ["Çelë Gërvalla", "Nënë", "Rrugë", "Xhevdet"],
    "macedonian": ["Ѓорѓи Ќосев", "Ѕвезда", "Штип", "Љупчо"],
    "plain": ["Ana", "Marko", "Novi Sad", "Bar"],
}


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize(
    "text, encoding",
    [(name, encoding) for name in TEXTS for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be")]
    + [("serbian", "cp1251"), ("macedonian", "cp1251"), ("serbian_latin", "cp1250"), ("albanian", "cp1250")]
    + [("plain", "cp1250"), ("plain", "cp1251")],
)
def test_text_files_in_the_encodings_of_the_region(text, encoding, delimiter):
    rows = [
        ["Broj", "Vrednost", "Ime"],
        *([n, "1,5" if delimiter != "," else "2", word] for n, word in enumerate(TEXTS[text])),
    ]
    table = read(rows, "csv", encoding=encoding, delimiter=delimiter)
    assert table.columns == rows[0]
    assert [row.cells[2] for row in table.rows] == TEXTS[text]


def test_one_foreign_letter_is_enough_to_tell_the_encoding():
    for word, encoding in [
        ("Niš", "cp1250"),
        ("Ниш", "cp1251"),
        ("Bač", "cp1250"),
        ("ul. Ђуре", "cp1251"),
        ("Çair", "cp1250"),
    ]:
        table = read([["a", "b"], ["1", word], ["2", "Bor"]], "csv", encoding=encoding)
        assert table.rows[0].cells[1] == word


def test_headers_in_one_script_and_names_in_the_other_in_a_windows_file():
    rows = [
        ["Ime", "Opština"],
        ["Živko", "Kraljevo"],
        ["Šaban", "Čačak"],
        ["Ćamil", "Tutin – selo"],
        ["Đula", "„Centar“"],
    ]
    assert [row.cells for row in read(rows, "csv", encoding="cp1250").rows] == rows[1:]
    rows = [["Име", "Општина"], ["Živko".translate({381: "Z"}), "Краљево"], ["Чедо", "ПДВ 20%"], ["Ћ", "№ 5"]]
    assert [row.cells for row in read(rows, "csv", encoding="cp1251").rows] == rows[1:]


def test_row_numbers_are_those_a_spreadsheet_program_shows():
    data = b'sep=;\r\nIme;Tekst\r\nAna;"dva\r\nreda"\r\n\r\nMarko;x\r\n'
    table = best_table(read_tables(data, "a.csv"))
    assert table.rows == [SourceRow(2, ["Ana", "dva\r\nreda"]), SourceRow(4, ["Marko", "x"])]


def test_quotation_marks_inside_cells():
    data = 'Ime;Nadimak\nAna;"Kod ""Mosta"" 5"\n"Đura" Perić;b\n'.encode()
    assert [row.cells for row in best_table(read_tables(data, "a.csv")).rows][0] == ["Ana", 'Kod "Mosta" 5']


def test_a_column_of_one():
    assert read([["Ime"], ["Ana"], ["Marko"]], "csv").rows[0].cells == ["Ana"]


def test_titles_above_are_no_header():
    rows = [["Udruženje „Primjer“"], ["Izveštaj za april 2020."], [], ["Napomena:", "svi paketi su isti"], [], *PLAIN]
    table = read(rows)
    assert table.columns == PLAIN[0]
    assert [row.number for row in table.rows] == [7, 8]
    assert "row 6" in notes(table)


def test_empty_columns_go_and_unnamed_ones_with_data_stay():
    rows = [[None, "Ime", None, "Količina", "Prazno"], [None, "Ana", None, 5, None], [None, "Iva", "x", 6, None]]
    table = read([*rows, [None, "Eva", "y", 7, None]])
    assert table.columns == ["Ime", "[C]", "Količina", "Prazno"]
    assert table.positions == [1, 2, 3, 4]
    assert table.letter(1) == "C"


def test_equal_headers_are_told_apart():
    table = read([["Ime", "Količina", "Količina"], ["Ana", 1, 2], ["Iva", 3, 4]])
    assert table.columns == ["Ime", "Količina", "Količina (2)"]


MERGED = [
    ["R.br.", "Korisnik", None, "Pomoć", None],
    [None, "Ime", "Opština", "Količina", "Datum"],
    [1, "Ana", "Niš", 2, "3.4.2020"],
    [2, "Iva", "Bor", 3, "4.4.2020"],
]
JOINED = ["R.br.", "Korisnik / Ime", "Korisnik / Opština", "Pomoć / Količina", "Pomoć / Datum"]


@pytest.mark.parametrize("form", ["xlsx", "ods", "csv"])
def test_a_header_of_two_merged_rows_is_joined(form):
    merged = [((0, 0), (1, 0)), ((0, 1), (0, 2)), ((0, 3), (0, 4))]
    table = read(MERGED, form, merged=merged)
    assert table.columns == JOINED
    assert table.header == (1, 2)
    assert len(table.rows) == 2


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_two_header_rows_that_were_never_merged(form):
    assert read(MERGED, form).columns == JOINED


def test_labels_above_and_below_where_only_one_group_is_split():
    rows = [["Ime", "Opština", "Podijeljeno", None, "Datum"], [None, None, "paketa", "obroka", None]]
    rows += [["Ana", "Niš", 2, 3, "3.4.2020"], ["Iva", "Bor", 1, 0, "4.4.2020"], ["Eva", "Pirot", 1, 1, "5.4.2020"]]
    for merged in ([], [((0, 2), (0, 3)), ((0, 0), (1, 0)), ((0, 1), (1, 1)), ((0, 4), (1, 4))]):
        table = read(rows, merged=merged)
        assert table.columns == ["Ime", "Opština", "Podijeljeno / paketa", "Podijeljeno / obroka", "Datum"]
        assert len(table.rows) == 3


def test_a_table_of_words_only_keeps_its_first_record():
    rows = [["Ime", "Opština", "Usluga"], ["Ana", "Niš", "poseta"], ["Iva", "Bor", "paket"], ["Eva", "Niš", "poseta"]]
    assert [row.number for row in read(rows).rows] == [2, 3, 4]


@pytest.mark.parametrize(
    "word", ["UKUPNO", "Ukupno:", "Свега", "S V E G A", "Zbir", "Total", "Gjithsej", "Вкупно", "Σ", "Se vkupno"]
)
def test_sum_rows_go(word):
    rows = [*PLAIN, ["Iva", "Bor", 3, None], [word, None, 6.5, None], ["Eva", "Pirot", 1, dt.date(2020, 4, 4)]]
    table = read(rows)
    assert [row.number for row in table.rows] == [2, 3, 4, 6]
    assert "Row 5" in notes(table)


def test_a_person_is_no_sum_row():
    rows = [*PLAIN, ["Ukupna Petrović", "Bor", 3, None], ["Total Marko", "Niš", 1, dt.date(2020, 4, 4)]]
    assert len(read(rows).rows) == 4


def test_bare_sums_footers_repeated_headers_column_numbers_and_tags_go():
    rows = [PLAIN[0], ["1", "2", "3", "4"], *PLAIN[1:], PLAIN[0], ["Iva", "Bor", 3, None], ["Eva", "Bor", 1, None]]
    rows += [[None, None, 7.5, None], [], ["Odgovorno lice: Marko"]]
    table = read(rows)
    assert [row.number for row in table.rows] == [3, 4, 6, 7]
    for row in (2, 5, 8, 10):
        assert f"Row {row} was left out" in notes(table)
    tagged = [PLAIN[0], ["#name", "#adm2", "#reached", "#date"], *PLAIN[1:]]
    assert [row.number for row in read(tagged).rows] == [3, 4]


def test_a_record_with_little_in_it_is_not_thrown_away():
    rows = [*PLAIN, ["Iva", None, None, None], ["Eva", "Pirot", 1, dt.date(2020, 4, 4)]]
    assert [row.number for row in read(rows).rows] == [2, 3, 4, 5]


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_cells_merged_over_rows_are_filled_down(form):
    rows = [PLAIN[0], ["Ana", "Niš", 1, None], ["Iva", None, 2, None], ["Eva", None, 3, None], ["Una", "Bor", 1, None]]
    table = read(rows, form, merged=[((1, 1), (3, 1))])
    assert [row.cells[1] for row in table.rows] == ["Niš", "Niš", "Niš", "Bor"]
    assert "Opština" in notes(table)


def test_headings_inside_the_table_go_with_a_note():
    rows = [PLAIN[0], ["Opština Niš", None, None, None], PLAIN[1], ["Opština Bor", None, None, None], PLAIN[2]]
    table = read(rows, merged=[((1, 0), (1, 3)), ((3, 0), (3, 3))])
    assert [row.number for row in table.rows] == [3, 5]
    assert "Opština Bor" in notes(table)


def test_many_notes_of_one_kind_are_counted():
    rows = [PLAIN[0], *([*PLAIN[1:], ["Ukupno", None, 3.5, None]] * 30)]
    table = read(rows)
    assert len(table.notes) == 11
    assert "20 more" in notes(table)


def test_several_sheets_and_the_fullest_one():
    small, big = Sheet([["a", "b"], ["x", "y"]], name="Uputstvo"), Sheet(PLAIN, name="Podaci")
    tables = read_tables(messy.xlsx(small, Sheet([], name="Prazno"), big))
    assert [table.name for table in tables] == ["Uputstvo", "Podaci"]
    assert best_table(tables).name == "Podaci"


def test_hidden_sheets_stay_hidden():
    import io

    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(messy.xlsx(Sheet(PLAIN, name="Podaci"), Sheet(PLAIN * 3, name="Lista"))))
    book["Lista"].sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    assert [table.name for table in read_tables(out.getvalue())] == ["Podaci"]


def test_kobo_exports():
    rows = [
        ["start", "korisnik/ime_prezime", "pomoc/vrsta", "pomoc/vrsta/paket", "pomoc/vrsta/obrok", "_id", "_uuid"],
        ["2020-04-03T10:00:00.000+02:00", "Ana Anić", "paket obrok", 1, 1, 101, "b4f6"],
        ["2020-04-04T11:00:00.000+02:00", "Iva Ivić", "paket", 1, 0, 102, "c5a7"],
    ]
    table = read(rows)
    assert table.columns == rows[0]
    assert table.rows[1].cells == rows[2]


def test_the_same_form_next_month_has_the_same_signature():
    first, second = read(PLAIN), read([[head.upper() for head in PLAIN[0]], *PLAIN[1:]])
    assert first.signature == second.signature
    assert first.signature != read([["Ime", "Grad", "Količina", "Datum"], *PLAIN[1:]]).signature


def test_cells_as_text():
    assert [cell_text(cell) for cell in (None, 101956710023.0, 1.5, dt.date(2020, 4, 3), " a ", True)] == [
        *("", "101956710023", "1.5", "2020-04-03", "a", "TRUE")
    ]
    assert [column_letter(n) for n in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_a_header_without_rows_is_refused_with_the_name_of_the_sheet():
    with pytest.raises(Unreadable, match="Evidencija"):
        read([["Ime", "Datum"]])


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.lists(st.one_of(st.none(), st.text(max_size=8), st.integers(-5, 5)), max_size=5), max_size=8))
def test_any_grid_gives_a_table_or_a_refusal_and_numbers_rows_rightly(rows):
    from duga.plain.tables.grid import Grid
    from duga.plain.tables.shaping import shape

    table = shape(Grid("1", [list(row) for row in rows]))
    if table:
        assert len(set(table.columns)) == len(table.columns) > 0
        for row in table.rows:
            assert len(row.cells) == len(table.columns)
            assert row.number <= len(rows)


def test_5000_rows_are_read_and_guessed_in_under_a_second():
    records = messy.assistance(good=4997).rows[5:5005]
    sheet = Sheet([messy.GROUPS, messy.HEADER, *records], [((0, 1), (0, 5)), ((0, 6), (0, 9))])
    data = messy.xlsx(sheet)
    table = best_table(read_tables(data))
    assert len(table.rows) == 5000
    assert len(guess_mapping(table, ASSISTANCE)) == 10
    assert takes_less_than(1, lambda: guess_mapping(best_table(read_tables(data)), ASSISTANCE))


def test_neither_django_nor_the_spreadsheet_libraries_come_along():
    code = "import sys, duga.plain.tables as t; print({'django', 'openpyxl', 'python_calamine'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
