"""What an import understands of a file: its columns and words, in any letters; and what it asks about."""

import io
from decimal import Decimal

import openpyxl
import pytest
from django.utils import translation

from duga.casework import actions, queries
from duga.casework.models import Assistance, Person
from duga.plain.errors import Refused
from duga.plain.tables import read_tables, write_xlsx
from tests.casework.sheets import HEAD, ROWS, SACKS, UNITS, told


def test_a_household_list_counts_households_with_their_size(bring):
    head = ["Nosilac domaćinstva", "Br. članova domaćinstva", "Selo", "Paketi", "Datum podjele"]
    outcome = bring(
        [["Ana Ilić", 4, "Grahovo", 1, "3.4.2020"], ["Ana Ilić", 4, "Grahovo", 1, "3.5.2020"]], head,
        mapping={"quantity": "Paketi", "unit": "=parcel"},
    )  # fmt: skip
    assert told(outcome) == (2, 2, 0, 0)
    facts = [dict(zip(queries.FACT_COLUMNS, fact, strict=True)) for fact in queries.facts()]
    assert {(f["recipient"], f["size"], f["person"], f["area"]) for f in facts} == {("household", 4, None, "ME-12")}
    assert len({f["household"] for f in facts}) == 1


def test_groups_and_institutions_come_in_too(bring):
    head = ["Broj osoba", "Ustanova", "Mjesto", "Ciljna grupa", "Jedinica", "Količina", "Datum"]
    rows = [["oko 320", None, "Grahovo", "stari", "paket", 320, "3.4.2020"],
            [None, "Dom zdravlja", "Nikšić", None, "maska", 500, "4.4.2020"]]  # fmt: skip
    outcome = bring(rows, head)
    assert outcome.errors == [] and outcome.imported == 2
    facts = [dict(zip(queries.FACT_COLUMNS, fact, strict=True)) for fact in queries.facts()]
    assert {(f["recipient"], f["size"], f["qualifier"], f["target_group"]) for f in facts} == {
        ("tally", 320, "about", "older_people"), ("institution", None, "exact", "general"),
    }  # fmt: skip
    assert told(bring([*rows, [20, None, "Grahovo", None, "paket", 20, "5.4.2020"]], head)) == (3, 1, 2, 0)


def test_what_the_columns_mean_can_be_said_and_is_remembered(cast, bring):
    head = ["A", "B", "C"]
    row = ["Ana Ilić", "Pomoć u naturi", "3.4.2020"]
    with pytest.raises(Refused) as refused:
        bring([row], head)
    assert "A, B, C" in str(refused.value) and "--mapping" in str(refused.value)
    said = {
        "full_name": "A",
        "service": "B",
        "date": "C",
        "values": {"service": {"pomoć u naturi": "parcel_distribution"}},
    }
    assert bring([row], head, mapping=said).imported == 1
    again = bring([["Luka Savić", "ПОМОЋ у натури", "4.4.2020"]], head)  # next month, nothing said
    assert again.imported == 1 and Assistance.objects.filter(service_type="parcel_distribution").count() == 2
    preview = actions.preview_import(
        by=cast.viewer("coordinator"), organisation_id=cast.niksic.pk, name="x.xlsx", data=write_xlsx(head, [row])
    )
    assert preview.remembered and preview.mapping == {"full_name": 0, "service": 1, "date": 2} and not preview.missing


def test_a_preview_shows_the_guess_and_asks_about_unknown_words(cast, area):
    data = write_xlsx(HEAD, [*ROWS, ["Ana Ilić", 1950, "Nikšić", "čarolija", 1, "3.4.2020"]])
    preview = actions.preview_import(
        by=cast.viewer("coordinator"), organisation_id=cast.niksic.pk, name="x.xlsx", data=data, first=2
    )
    assert preview.mapping == {
        "full_name": 0, "birth_year": 1, "area": 2, "service": 3, "quantity": 4, "date": 5,
    }  # fmt: skip
    assert preview.unknown == {"service": ["čarolija"]} and len(preview.first_rows) == 2 and preview.rows == 4


def test_a_unit_nobody_knows_is_asked_for_once_in_both_scripts_and_never_passed_over(cast, bring):
    data = write_xlsx(UNITS, SACKS)
    asked = actions.preview_import(
        by=cast.viewer("coordinator"), organisation_id=cast.niksic.pk, name="x.xlsx", data=data
    )
    assert asked.unknown == {"unit": ["vreća"]}
    outcome = bring(None, data=data)
    assert told(outcome) == (3, 0, 0, 2)
    assert [fault.row for fault in outcome.errors] == [2, 3] and "vreća" in str(outcome.errors[0])
    assert told(bring(None, data=data, mapping={"values": {"unit": {"vreća": "-"}}})) == (3, 3, 0, 0)
    units = Assistance.objects.order_by("row").values_list("unit", "quantity")
    assert list(units) == [("clothing", 2), ("clothing", 3), ("kilogram", Decimal("12.5"))]
    may = [["Mira Savić", "odjeća", "VREĆA", 1, "3.5.2020"], ["Iva Savić", "odjeća", "džak", 1, "3.5.2020"]]
    said = {"values": {"unit": {"džak": "parcel"}}}  # a new word takes away nothing said before
    assert told(bring(may, UNITS, mapping=said)) == (2, 2, 0, 0)
    assert told(bring([[*may[0][:4], "4.5.2020"]], UNITS)) == (1, 1, 0, 0)


def test_a_field_is_left_out_when_its_column_is_said_to_be_none(bring):
    data = write_xlsx(UNITS, SACKS)
    assert told(bring(None, data=data, mapping={"unit": None})) == (3, 3, 0, 0)  # nobody asks about "vreća" now
    assert set(Assistance.objects.values_list("unit", flat=True)) == {"clothing"}
    assert told(bring(SACKS[:1], UNITS)) == (1, 0, 1, 0)  # remembered: left out again


@pytest.mark.parametrize(
    ("mapping", "says"),
    [
        ({"untis": "Jedinica"}, "Did you mean unit"),
        ({"jedinica mere": "Jedinica"}, "Fields are: full_name"),
        ({"values": {"untis": {"vreća": "parcel"}}}, "not for “untis”"),
        ({"values": {"unit": {"vreća": "parsel"}}}, "“parsel”"),
        ({"values": {"unit": "parcel"}}, "not for “unit”"),
    ],
)
def test_a_mapping_that_says_something_unknown_is_refused_with_what_is_near(bring, mapping, says):
    with pytest.raises(Refused, match=says):
        bring(SACKS, UNITS, mapping=mapping)
    assert not Assistance.objects.exists()


@pytest.mark.parametrize("language", ["en", "sr", "sq"])
def test_bad_rows_brought_in_again_remember_what_was_said_of_their_file(bring, language):
    head = ["Ime i prezime", "Pomoć", "Jedinica", "Datum", "Opis pomoći"]
    rows = [
        ["Ana Ilić", "pomagalo", "vreća", "3.4.2020", "a"], ["Vuk Ilić", "paket", "sanduk", "31.2.2020", "b"],
        ["Iva Savić", "pomagalo", "vreća", "31.2.2020", "c"],
    ]  # fmt: skip
    said = {"full_name": 0, "service": 1, "date": 3, "values": {"service": {"pomagalo": "errands"}}}  # 2, 4: left out
    with translation.override(language):
        back = bring(rows, head, mapping=said, bad_rows="set-aside")
        assert told(back) == (3, 1, 0, 2)
        again = bring(None, data=back.rejects, bad_rows="set-aside")
    assert told(again) == (2, 0, 0, 2) and {fault.column for fault in again.errors} == {"Datum"}
    (table,) = read_tables(again.rejects, "x.xlsx")
    assert len(table.columns) == len(head) + 2 and table.columns[1:-1] == head
    book = openpyxl.load_workbook(io.BytesIO(again.rejects))
    book.active["E2"], book.active["E3"] = "28.2.2020", "29.2.2020"
    mended = io.BytesIO()
    book.save(mended)
    assert told(bring(None, data=mended.getvalue())) == (2, 2, 0, 0)
    assert set(Assistance.objects.values_list("unit", flat=True)) == {"errand", "parcel"}


def test_an_import_tells_how_it_understood_the_words_and_the_first_rows_without_names(bring):
    outcome = bring(SACKS, UNITS, mapping={"values": {"unit": {"vreća": "-"}}}, dry_run=True)
    assert [tuple(each.values()) for each in outcome.words] == [
        ("service", "odjeća", "units", "clothing"), ("unit", "vreća", "", "-"), ("unit", "kg", "units", "kilogram"),
    ]  # fmt: skip
    assert outcome.sample[2] == {
        "row": 4, "date": "2020-04-03", "service": "parcel_distribution", "unit": "kilogram", "quantity": "12.5",
        "qualifier": "exact", "recipient": "person", "size": None,
    }  # fmt: skip
    assert "Ili" not in str(outcome.sample)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "windows-1250"])
def test_text_files_of_any_encoding(bring, encoding):
    rows = [HEAD, ["Žana Đurić", "1950", "Nikšić", "Podela paketa", "1,5", "3. 4. 2020."]]
    data = "\r\n".join(";".join(row) for row in rows).encode(encoding)
    assert bring(None, data=data, name="list.csv").imported == 1
    assert Assistance.objects.get().quantity == Decimal("1.5")


def test_a_file_of_groups_only_never_makes_a_person(bring):
    assert bring([[12, "radionica", "3.4.2020"]], ["Broj učesnika", "Aktivnost", "Datum"]).imported == 1
    assert not Person.objects.exists()
