import datetime as dt
import random
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duga.plain.tables import (
    SheetTable,
    SourceRow,
    apply_names,
    best_table,
    guess_mapping,
    names_of,
    read_tables,
)
from duga.plain.tables.mapping import _assign
from tests.plain import messy
from tests.plain.clock import takes_less_than
from tests.plain.fields import ASSISTANCE

VALUES = {
    "name": ["Ана Петровић", "Marko Jovanović", "Xhevahire Krasniqi", "Ђорђе Илић"],
    "given": ["Ана", "Marko", "Xhevahire", "Ђорђе"],
    "family": ["Петровић", "Jovanović", "Krasniqi", "Илић"],
    "born": ["3.4.1956", dt.date(1961, 5, 5), "12.12.1949.", "1.1.1970"],
    "year": [1956, "1961", 1949, "1970."],
    "id": ["0304956710023", "0505961715012", 1212949710031, "0101970715044"],
    "sex": ["ž", "m", "Ж", "М"],
    "town": ["Ниш", "Niš", "Bujanovac", "Лесковац"],
    "street": ["Обреновићева 12", "Kej 5/3", "Rruga 1", "Dušanova bb"],
    "phone": ["018/000-001", "018000002", "+381 18 000 003", "018 000 004"],
    "members": [1, 4, "3", 2],
    "service": ["paket hrane", "пакет", "kućna poseta", "paket hrane"],
    "quantity": ["1,5", 2, "oko 10", "3"],
    "day": ["3.4.2020", dt.date(2020, 4, 5), "2020-04-07", "8.4.2020."],
    "order": [1, 2, 3, 4],
    "words": ["hitno", None, "na vrata", None],
    "empty": [None] * 4,
}


def table(columns: list[tuple[str, str]]) -> SheetTable:
    """A sheet from (header, kind of values)."""
    rows = [SourceRow(n + 2, [VALUES[kind][n] for _, kind in columns]) for n in range(4)]
    return SheetTable("1", [header for header, _ in columns], rows, list(range(len(columns))))


REAL = {
    "Serbian": [
        ("R. br.", "order", None),
        ("Ime i prezime", "name", "full_name"),
        ("J.M.B.G.", "id", "document_number"),
        ("Datum rođenja", "born", "birth_date"),
        ("Pol", "sex", "sex"),
        ("Opština", "town", "area"),
        ("Adresa", "street", "address"),
        ("Kontakt tel.", "phone", "phone"),
        ("Br. članova domaćinstva", "members", "household_size"),
        ("Vrsta pomoći", "service", "service"),
        ("Br. paketa", "quantity", "quantity"),
        ("Datum podele", "day", "date"),
        ("Napomena", "words", "remark"),
        ("Potpis korisnika", "empty", None),
    ],
    "Serbian Cyrillic": [
        ("Ред. бр.", "order", None),
        ("Презиме", "family", "family_name"),
        ("Име", "given", "given_name"),
        ("Матични број", "id", "document_number"),
        ("Годиште", "year", "birth_year"),
        ("Пол", "sex", "sex"),
        ("Општина", "town", "area"),
        ("Количина", "quantity", "quantity"),
        ("Датум", "day", "date"),
        ("Врста услуге", "service", "service"),
    ],
    "Montenegrin with headers in groups": [
        ("Korisnik / Prezime i ime", "name", "full_name"),
        ("Korisnik / Godina rođ.", "year", "birth_year"),
        ("Korisnik / Mjesto", "town", "area"),
        ("Pomoć / Usluga", "service", "service"),
        ("Pomoć / Količ.", "quantity", "quantity"),
        ("Pomoć / Dat. podjele", "day", "date"),
    ],
    "Bosnian, with slips": [
        ("IME I PREZME", "name", "full_name"),
        ("Spol", "sex", "sex"),
        ("Općina", "town", "area"),
        ("Kolicna", "quantity", "quantity"),
        ("Datum", "day", "date"),
        ("Datum rođenja", "born", "birth_date"),
        ("Vrsta pomoći (hrana, higijena)", "service", "service"),
    ],
    "Macedonian": [
        ("Име и презиме", "name", "full_name"),
        ("ЕМБГ", "id", "document_number"),
        ("Пол", "sex", "sex"),
        ("Датум на раѓање", "born", "birth_date"),
        ("Општина", "town", "area"),
        ("Вид на помош", "service", "service"),
        ("Број на пакети", "quantity", "quantity"),
        ("Датум на поделба", "day", "date"),
        ("Забелешка", "words", "remark"),
    ],
    "Albanian": [
        ("Nr.", "order", None),
        ("Emri", "given", "given_name"),
        ("Mbiemri", "family", "family_name"),
        ("Gjinia", "sex", "sex"),
        ("Datëlindja", "born", "birth_date"),
        ("Komuna", "town", "area"),
        ("Numri i anëtarëve të familjes", "members", "household_size"),
        ("Lloji i ndihmës", "service", "service"),
        ("Sasia", "quantity", "quantity"),
        ("Data", "day", "date"),
    ],
    "English": [
        ("No.", "order", None),
        ("First name", "given", "given_name"),
        ("Last name", "family", "family_name"),
        ("Date of birth", "born", "birth_date"),
        ("Gender", "sex", "sex"),
        ("Municipality", "town", "area"),
        ("Household size", "members", "household_size"),
        ("Service", "service", "service"),
        ("Quantity", "quantity", "quantity"),
        ("Date of delivery", "day", "date"),
    ],
    "Kobo, XML names": [
        ("start", "day", None),
        ("korisnik/ime_prezime", "name", "full_name"),
        ("korisnik/pol", "sex", "sex"),
        ("korisnik/opstina", "town", "area"),
        ("pomoc/vrsta_pomoci", "service", "service"),
        ("pomoc/vrsta_pomoci/paket", "members", None),
        ("pomoc/vrsta_pomoci/kolicina", "members", None),
        ("pomoc/kolicina", "quantity", "quantity"),
        ("pomoc/datumPodele", "day", "date"),
        ("_id", "order", None),
        ("_submission_time", "day", None),
    ],
}


@pytest.mark.parametrize("name", REAL)
def test_real_headers_find_their_fields(name):
    sheet = table([(header, values) for header, values, _ in REAL[name]])
    guess = guess_mapping(sheet, ASSISTANCE)
    expected = {field: index for index, (_, _, field) in enumerate(REAL[name]) if field}
    assert names_of(sheet, guess) == names_of(sheet, expected)
    assert guess.unmapped == [index for index, (_, _, field) in enumerate(REAL[name]) if not field]
    assert all(0.4 <= guess.confidence[field] <= 1 for field in guess)


@pytest.mark.parametrize("name", REAL)
def test_the_order_of_columns_does_not_matter(name):
    columns = REAL[name][:]
    random.Random(name).shuffle(columns)
    sheet = table([(header, values) for header, values, _ in columns])
    expected = {field: index for index, (_, _, field) in enumerate(columns) if field}
    assert dict(guess_mapping(sheet, ASSISTANCE)) == expected


def test_a_personal_number_is_never_a_quantity():
    sheet = table([("Broj", "id"), ("Datum", "day"), ("Količina paketa", "quantity")])
    assert "quantity" not in guess_mapping(table([("Broj", "id"), ("Datum", "day")]), ASSISTANCE)
    assert names_of(sheet, guess_mapping(sheet, ASSISTANCE))["quantity"] == "Količina paketa"


def test_a_birth_date_is_never_the_date_of_help():
    sheet = table([("Ime i prezime", "name"), ("Datum rođenja", "born"), ("Usluga", "service")])
    guess = guess_mapping(sheet, [spec for spec in ASSISTANCE if spec.name != "birth_date"])
    assert "date" not in guess


def test_values_speak_when_the_header_says_nothing():
    sheet = table([("[A]", "order"), ("Kolona 2", "quantity"), ("xyz", "day"), ("abc", "sex")])
    guess = guess_mapping(sheet, ASSISTANCE)
    assert names_of(sheet, guess) == {"sex": "abc", "quantity": "Kolona 2", "date": "xyz"}
    assert all(confidence < 0.6 for confidence in guess.confidence.values())


def test_a_header_whose_values_contradict_it_is_a_weak_guess():
    good = guess_mapping(table([("Datum", "day")]), ASSISTANCE).confidence["date"]
    assert good == 1
    assert guess_mapping(table([("Datum", "words")]), ASSISTANCE).confidence.get("date", 0) < good / 2
    assert guess_mapping(table([("Datum", "empty")]), ASSISTANCE).confidence["date"] < good


def test_what_was_remembered_comes_first():
    sheet = table([("Kol. 1", "quantity"), ("Kol. 2", "quantity"), ("Kada", "day"), ("Datum unosa", "day")])
    guess = guess_mapping(sheet, ASSISTANCE, remembered={"quantity": "КОЛ. 2", "date": "Datum unosa", "phone": "gone"})
    assert guess["quantity"] == 1
    assert guess["date"] == 3
    assert guess.confidence["date"] == 1
    assert "phone" not in guess


def test_names_and_places_are_two_ways_to_write_a_mapping():
    sheet = table([("Количина", "quantity"), ("Датум", "day")])
    assert names_of(sheet, {"quantity": 0}) == {"quantity": "Количина"}
    assert apply_names(sheet, {"quantity": "kolicina", "date": "Датум", "sex": "Pol"}) == {"quantity": 0, "date": 1}


def test_no_fields_or_no_columns():
    assert dict(guess_mapping(table([("Datum", "day")]), [])) == {}
    assert dict(guess_mapping(SheetTable("1", [], []), ASSISTANCE)) == {}


@pytest.mark.parametrize("form", ["xlsx", "ods", "csv"])
def test_the_messy_file_is_understood_whole(form):
    sheet = messy.assistance()
    data = {"xlsx": messy.xlsx, "ods": messy.ods, "csv": messy.delimited}[form](sheet)
    found = best_table(read_tables(data, f"evidencija.{form}"))
    names = names_of(found, guess_mapping(found, ASSISTANCE))
    assert {field: name.rsplit(" / ", 1)[-1] for field, name in names.items()} == {
        "full_name": "Ime i prezime",
        "birth_year": "Godište",
        "sex": "Pol",
        "area": "Општина",
        "household_size": "Br. članova domaćinstva",
        "service": "Usluga",
        "unit": "Jedinica",
        "quantity": "Količina",
        "date": "Datum podjele",
        "remark": "Napomena",
    }


@settings(max_examples=60)
@given(st.integers(1, 4), st.integers(0, 5), st.randoms(use_true_random=False))
def test_the_assignment_is_the_best_of_all(fields, columns, chance):
    scores = [[chance.choice([0.0, 0.5, 0.6, 0.8, 1.0]) for _ in range(columns)] for _ in range(fields)]
    chosen = _assign(scores)
    taken = [column for column in chosen if column is not None]
    assert len(taken) == len(set(taken))

    def worth(places):
        return sum(scores[field][column] ** 2 for field, column in enumerate(places) if column is not None)

    every = permutations([*range(columns), *[None] * fields], fields)  # the slow way: try everything
    assert worth(chosen) == pytest.approx(max(map(worth, every)))


def test_a_survey_of_a_thousand_columns_is_guessed_in_half_a_second():
    columns = [(f"grupa_{n // 20}/pitanje_{n}_o_necemu", "words") for n in range(1000)] + [("Datum", "day")]
    sheet = table(columns)
    assert guess_mapping(sheet, ASSISTANCE)["date"] == 1000
    assert takes_less_than(0.5, lambda: guess_mapping(sheet, ASSISTANCE))
