"""Import, the real door: messy files come in whole or not at all, and never twice."""

import datetime as dt
import io

import openpyxl
import pytest

from duga.casework import actions, queries
from duga.casework.models import Assistance, ImportBatch, Person
from duga.members.models import TrailEntry
from duga.plain.errors import NotFound, Refused, Unreadable
from duga.plain.tables import read_tables, write_xlsx
from tests.casework.sheets import BAD, HEAD, ROWS, SACKS, UNITS, told


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
