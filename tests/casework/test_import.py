"""Import, the real door: messy files come in whole or not at all, and never twice."""

import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest
from django.utils import translation

from duga.casework import actions, queries
from duga.casework.models import Assistance, ImportBatch, Person
from duga.members.models import TrailEntry
from duga.plain.errors import NotFound, Refused, Unreadable
from duga.plain.tables import read_tables, write_xlsx

HEAD = ["Ime i prezime", "Godište", "Opština", "Usluga", "Količina", "Datum"]
ROWS = [
    ["Ђорђе Петровић", 1950, "Никшић", "Podela paketa", 1, "3.4.2020"],
    ["Petrović Đorđe", 1950, "Nikšić", "podjela paketa", "2,5", dt.date(2020, 5, 4)],
    ["Marija Jovanović", 1981, "Nikšić", "пакет", "oko 3", "2020-04-03"],
]


@pytest.fixture
def bring(cast, area):
    """`bring(rows, head=HEAD)` imports a sheet as Nikšić's coordinator."""

    def bring(rows, head=HEAD, by="coordinator", organisation=None, name="list.xlsx", data=None, **more):
        return actions.import_assistance(
            by=cast.viewer(by), organisation_id=(organisation or cast.niksic).pk, name=name,
            data=data or write_xlsx(head, rows), **more,
        )  # fmt: skip

    return bring


def told(outcome):
    return outcome.read, outcome.imported, outcome.already, outcome.rejected


def test_a_person_written_in_two_scripts_is_one(cast, bring):
    outcome = bring(ROWS)
    assert told(outcome) == (3, 3, 0, 0)
    assert (outcome.people_new, outcome.people_known) == (2, 0)
    facts = [dict(zip(queries.FACT_COLUMNS, fact, strict=True)) for fact in queries.facts()]
    facts.sort(key=lambda fact: fact["quantity"])
    assert [(f["area"], f["unit"], f["quantity"], f["qualifier"], f["age_band"]) for f in facts] == [
        ("ME-12", "parcel", 1.0, "exact", "60-79"), ("ME-12", "parcel", 2.5, "exact", "60-79"),
        ("ME-12", "parcel", 3.0, "about", "30-59"),
    ]  # fmt: skip
    assert facts[0]["person"] == facts[1]["person"] != facts[2]["person"]


def test_imported_people_are_found_and_opened_like_any_other(cast, bring):
    bring(ROWS)
    found = actions.find_people(by=cast.viewer("worker"), organisation_id=cast.niksic.pk, text="djordje petrovic")
    assert [person.name for person in found] == ["Ђорђе Петровић"]
    opened = actions.open_person(by=cast.viewer("worker"), person_id=found[0].id)
    assert opened.identity == {"given": "Ђорђе", "family": "Петровић"} and opened.birth_year == 1950


def test_the_same_file_again_changes_nothing(bring):
    data = write_xlsx(HEAD, ROWS)
    bring(None, data=data)
    assert told(bring(None, data=data, name="renamed.xlsx")) == (3, 0, 3, 0)
    assert Assistance.objects.count() == 3 and ImportBatch.objects.count() == 1


def test_rows_of_an_overlapping_file_are_known(bring):
    bring(ROWS)
    more = [["Luka Savić", 1999, "Nikšić", "Pravna pomoć", 1, "5.6.2020"]]
    assert told(bring([*reversed(ROWS), *more])) == (4, 1, 3, 0)
    assert Person.objects.count() == 3


def test_an_overlapping_file_of_another_shape_is_known_too(bring):
    bring(ROWS)
    head = ["Datum", "Prezime", "Ime", "God. rođenja", "Telefon", "Općina", "Šta", "Kom"]
    rows = [["04/05/2020", "Petrović", "Đorđe", 1950, "069 000 111", "Nikšić", "paket", 2.5]]
    assert told(bring(rows, head)) == (1, 0, 1, 0)


def test_two_honest_equal_rows_of_one_file_stay_two(bring):
    assert told(bring([ROWS[0], ROWS[0]])) == (2, 2, 0, 0)
    assert told(bring([ROWS[0], ROWS[0], ROWS[0]])) == (3, 1, 2, 0)
    assert Person.objects.count() == 1


def test_a_withdrawn_row_does_not_come_back(cast, bring):
    bring(ROWS)
    entry = Assistance.objects.order_by("pk").first()
    actions.withdraw_assistance(by=cast.viewer("coordinator"), assistance_id=entry.pk, version=1, reason="never given")
    assert told(bring([ROWS[0]])) == (1, 0, 1, 0)


def test_a_corrected_person_is_still_met_by_her_old_rows(cast, bring):
    bring(ROWS)
    found = actions.find_people(by=cast.viewer("worker"), organisation_id=cast.niksic.pk, text="Marija Jovanović")
    actions.update_person(
        by=cast.viewer("worker"), person_id=found[0].id, version=1,
        identity={"given": "Mirjana", "family": "Jovanović"}, birth_year=1982,
    )  # fmt: skip
    assert told(bring([ROWS[2], ["Luka Savić", 1999, "Nikšić", "paket", 1, "5.6.2020"]])) == (2, 1, 1, 0)


BAD = [
    ["", 1950, "Nikšić", "Podela paketa", 1, "3.4.2020"],
    ["Ana Ilić", 1950, "Nikšić", "Podela paketa", "nekoliko", "3.4.2020"],
    ["Ana Ilić", 1950, "Nikšić", "Podela paketa", 1, "31.6.2020"],
    ["Ana Ilić", 1950, "Nikšić", "Podela paketa", 1, "3.4.2999"],
    ["Ana Ilić", 1950, "Atlantida", "čarolija", 1, None],
    ["Ana Ilić", 2021, "Nikšić", "Podela paketa", 1, "3.4.2020"],
    ["Ana Ilić", 1950, "Nikšić", "Podela paketa", -2, "3.4.2020"],
]


def test_one_bad_row_keeps_the_file_out_and_every_bad_row_is_named(bring):
    outcome = bring([*ROWS, *BAD])
    assert told(outcome) == (10, 0, 0, 7) and outcome.stopped
    assert not Assistance.objects.exists() and not Person.objects.exists() and not ImportBatch.objects.exists()
    named = [(error.row, error.column) for error in outcome.errors]
    assert named == [
        (5, "Ime i prezime"), (6, "Količina"), (7, "Datum"), (8, "Datum"), (9, "Usluga"), (9, "Datum"), (9, "Opština"),
        (10, "Godište"), (11, "Količina"),
    ]  # fmt: skip
    assert "nekoliko" in str(outcome.errors[1]) and "31.6.2020" in str(outcome.errors[2])


def test_bad_rows_set_aside_come_back_with_a_reason_and_in_once_mended(bring):
    data = write_xlsx(HEAD, [*ROWS, *BAD])
    outcome = bring(None, data=data, bad_rows="set-aside")
    assert told(outcome) == (10, 3, 0, 7) and not outcome.stopped
    (back,) = read_tables(outcome.rejects, "rejects.xlsx")
    assert len(back.rows) == 7 and back.columns[1:-1] == HEAD
    assert all(row.cells[-1] for row in back.rows)
    assert told(bring(None, data=data, bad_rows="set-aside")) == (10, 0, 3, 7)
    assert told(bring(None, data=data)) == (10, 0, 3, 7)  # known by now: nothing new, nothing refused
    book = openpyxl.load_workbook(io.BytesIO(outcome.rejects))
    page = book.active
    page["B2"], page["F3"], page["G4"] = "Vuk Ilić", 2, "30.6.2020"
    for _ in range(4):
        page.delete_rows(5)
    mended = io.BytesIO()
    book.save(mended)
    assert told(bring(None, data=mended.getvalue())) == (3, 3, 0, 0)


def test_rows_set_aside_come_in_when_the_place_is_known_by_now(bring, area):
    from duga.places.models import Area, AreaName

    data = write_xlsx(HEAD, [*ROWS, ["Ana Ilić", 1950, "Atlantida", "paket", 1, "3.4.2020"]])
    assert told(bring(None, data=data, bad_rows="set-aside")) == (4, 3, 0, 1)
    place = Area.objects.create(country="ME", code="local:a", kind="settlement", name="Atlantida", region=area.town)
    AreaName.objects.create(area=place, folded="atlantida", main=True)
    assert told(bring(None, data=data, bad_rows="set-aside")) == (4, 1, 3, 0)
    assert told(bring(None, data=data)) == (4, 0, 4, 0)


def test_a_dry_run_tells_and_writes_nothing(bring, key_store, cast):
    assert told(bring(ROWS, dry_run=True)) == (3, 3, 0, 0)
    assert not Assistance.objects.exists() and key_store.people_of(cast.niksic.pk) == 0
    assert not TrailEntry.objects.exists()


def test_a_namesake_who_differs_is_another_person_and_told_of(bring):
    outcome = bring([*ROWS, ["Đorđe Petrović", 1981, "Nikšić", "paket", 1, "3.4.2020"],
                     ["Đorđe Petrović", None, "Nikšić", "paket", 1, "3.4.2020"]])  # fmt: skip
    assert outcome.people_new == 4
    assert [(row, len(ids)) for row, _, ids in outcome.doubts] == [(5, 1), (6, 2)]


def test_ages_that_grow_with_the_years_are_one_person(bring):
    head = ["Ime i prezime", "Starost", "Usluga", "Datum"]
    outcome = bring([["Ana Ilić", 69, "paket", "3.4.2020"], ["Ana Ilić", 70, "paket", "3.11.2020"],
                     ["Ana Ilić", 40, "paket", "3.11.2020"]], head)  # fmt: skip
    assert outcome.people_new == 2


def test_a_list_by_name_alone_counts_each_name_of_a_place_once(bring):
    head = ["Ime i prezime", "Opština", "Usluga", "Datum"]
    rows = [["Ana Ilić", "Nikšić", "paket", f"3.{month}.2020"] for month in range(1, 13)]
    assert bring(rows, head).people_new == 1
    assert bring([["Ana Ilić", "Nikšić", "paket", "3.1.2021"]], head).people_known == 1


def test_codes_that_an_organisation_uses_for_names_are_people_too(bring):
    head = ["Korisnik", "Usluga", "Datum"]
    assert (
        bring(
            [["K17", "paket", "3.4.2020"], ["K17", "paket", "4.4.2020"], ["K18", "paket", "4.4.2020"]], head
        ).people_new
        == 2
    )


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


UNITS = ["Ime i prezime", "Usluga", "Jedinica", "Količina", "Datum"]
SACKS = [
    ["Ana Ilić", "odjeća", "vreća", 2, "3.4.2020"],
    ["Vuk Ilić", "odjeća", "Врећа", 3, "3.4.2020"],
    ["Luka Savić", "odjeća", "kg", "12,5", "3.4.2020"],
]


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


def test_bad_rows_that_are_good_by_now_wait_for_the_others_where_bad_rows_refuse(bring):
    rows = [*SACKS, ["Iva Savić", "odjeća", "kg", 1, "31.2.2020"]]
    data = write_xlsx(UNITS, rows)
    assert told(bring(None, data=data, bad_rows="set-aside")) == (4, 1, 0, 3)
    assert told(bring(None, data=data)) == (4, 0, 1, 3)  # the same file again: all that could come in is in
    sacks = {"values": {"unit": {"vreća": "-"}}}
    for dry_run in (True, False):
        stopped = bring(None, data=data, mapping=sacks, dry_run=dry_run)
        assert told(stopped) == (4, 0, 0, 1) and stopped.stopped
    assert told(bring(None, data=data, mapping=sacks, bad_rows="set-aside")) == (4, 2, 1, 1)


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


@pytest.mark.parametrize("data", [b"PK\x03\x04 truncated", b"\x00\x01\x02", b"<html></html>", b""])
def test_what_is_no_table_is_refused(bring, data):
    with pytest.raises(Unreadable):
        bring(None, data=data or b" ", name="x.xlsx")


@pytest.mark.parametrize("who, error", [("worker", Refused), ("manager", Refused), ("other_coordinator", NotFound),
                                        ("secretariat", Refused), ("administrator", NotFound)])  # fmt: skip
def test_only_who_may_import_imports(bring, who, error):
    with pytest.raises(error):
        bring(ROWS, by=who)


def test_the_trail_tells_of_the_file_not_of_its_people(bring):
    bring(ROWS)
    entry = TrailEntry.objects.get(event="assistance.imported")
    assert entry.detail["imported"] == 3 and entry.detail["people_new"] == 2
    assert not any("etrovi" in str(row.detail) for row in TrailEntry.objects.all())


def test_a_whole_import_is_taken_back_and_may_come_in_anew(cast, bring):
    data = write_xlsx(HEAD, ROWS)
    batch = bring(None, data=data).batch_id
    assert actions.undo_import(by=cast.viewer("coordinator"), batch_id=batch, reason="wrong month") == 3
    assert list(queries.facts()) == []
    outcome = bring(None, data=data)
    assert told(outcome) == (3, 3, 0, 0) and outcome.people_new == 0 and outcome.batch_id != batch


def test_rows_that_are_no_file(cast, area):
    rows = [{"full_name": "Ana Ilić", "birth_year": 1950, "date": dt.date(2020, 4, 3), "service": "home_visit",
             "unit": "visit", "area": "Nikšić", "sex": "female", "quantity": 2, "channel": "phone"}]  # fmt: skip
    give = {"by": cast.viewer("coordinator"), "organisation_id": cast.niksic.pk, "source": "demo"}
    assert told(actions.import_rows(rows=rows, **give)) == (1, 1, 0, 0)
    assert told(actions.import_rows(rows=rows, **give)) == (1, 0, 1, 0)
    with pytest.raises(Refused):
        actions.import_rows(rows=[{"shoe_size": 44}], **give)


def test_progress_is_told(bring):
    stages = []
    bring(ROWS, progress=lambda done, total, stage: stages.append(stage))
    assert list(dict.fromkeys(stages)) == ["read", "check", "match", "people", "write"]
