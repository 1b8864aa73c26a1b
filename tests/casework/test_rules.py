"""Casework's rules: case codes, who is the same person, what one row of a spreadsheet says."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duga.casework.rules import (
    BadRow,
    Likeness,
    RowReader,
    Terms,
    case_code,
    compare,
    phone_key,
    read_case_code,
    search_terms,
    token_words,
)
from duga.plain.errors import Unreadable
from duga.plain.text import to_cyrillic

codes = st.builds(case_code, st.integers(0, 12), st.integers(0, 4), st.integers(0, 9999))


@given(codes)
def test_a_case_code_is_read_however_it_is_said(code):
    assert read_case_code(code) == code
    assert read_case_code(f" {code.lower().replace('-', ' ')} ") == code
    assert read_case_code(to_cyrillic(code[:2].lower()) + code[2:]) == code


@given(codes, st.integers(3, 8), st.integers(1, 9))
def test_one_wrong_digit_of_a_case_code_is_noticed(code, place, off):
    if code[place] == "-":
        return
    wrong = code[:place] + str((int(code[place]) + off) % 10) + code[place + 1 :]
    with pytest.raises(Unreadable):
        read_case_code(wrong)


def test_a_phone_is_one_however_it_is_written():
    assert len({phone_key(p) for p in ("+382 69 123 456", "069/123-456", "00382 (0)69 123456", "69123456")}) == 1
    assert phone_key("12 34") == phone_key("") == phone_key(None) == ""


def terms(name="Petar Petrović", **more):
    given, _, family = name.partition(" ")
    coarse = {key: more.pop(key) for key in ("sex", "birth_year", "area_id", "year_slack") if key in more}
    return Terms.of({"given": given, "family": family} | more, **coarse)


SAME, PERHAPS, DIFFERENT = Likeness.SAME, Likeness.PERHAPS, Likeness.DIFFERENT


@pytest.mark.parametrize(
    "one, other, expected",
    [
        (terms(birth_year=1950), terms("Петровић Петар", birth_year=1950), SAME),
        (terms(birth_date="1950-04-03"), terms(birth_year=1950), SAME),
        (terms(document="AB 1234"), terms(document="ab-1234", birth_year=1950), SAME),
        (terms(phone="069 123 456"), terms(phone="+38269123456"), SAME),
        (terms(area_id=7, address="Ulica 1"), terms(area_id=7, address="ulica 1."), SAME),  # all that is said is equal
        (terms(birth_year=1950, year_slack=1), terms(birth_year=1951), SAME),
        (terms(), terms(birth_year=1950), PERHAPS),
        (terms(birth_year=1950), terms(birth_year=1951), PERHAPS),
        (terms(birth_year=1950, year_slack=1), terms(birth_year=1952), PERHAPS),
        (terms(birth_year=1950, sex="male"), terms(birth_year=1950, sex="female"), PERHAPS),
        (terms(birth_year=1950, father="Ilija"), terms(birth_year=1950, father="Marko"), PERHAPS),
        (terms(birth_year=1950, document="AB1234"), terms(birth_year=1950, document="CD1234"), PERHAPS),
        (terms("Ana Ilić", document="AB1234"), terms("Maja Ilić", document="AB1234"), PERHAPS),
        (terms(birth_year=1950), terms("Petra Petrović", birth_year=1950), DIFFERENT),
        (terms("Petar", birth_year=1950), terms("Petar", birth_year=1950), DIFFERENT),  # one word tells nobody apart
        (terms("K17"), terms("K17"), SAME),  # a code does
        (terms("K17"), terms("K18"), DIFFERENT),
    ],
)
def test_who_is_the_same_person(one, other, expected):
    assert compare(one, other) is compare(other, one) is expected


def test_a_person_is_met_by_every_way_one_may_look_for_her():
    identity = {"given": "Đorđe", "family": "Petrović", "phone": "069 123 456"}
    held = token_words(Terms.of(identity))
    for typed in ("Djordje", "ПЕТРОВИЋ", "Petrovich", "pet", "069123456"):
        assert all(any(word in held for _, word in found) for _, found in search_terms(typed)), typed
    for typed in ("Marko", "pex", "069123457"):
        assert not any(word in held for _, found in search_terms(typed) for _, word in found), typed


TODAY = dt.date(2020, 12, 31)
PLACES = {"Nikšić": SimpleNamespace(area=SimpleNamespace(pk="N", region_id="N"), region=None, candidates=())}
NOWHERE = SimpleNamespace(area=None, region=None, candidates=())


def read(constants=None, values=None, **cells):
    names = list(cells)
    reader = RowReader(
        {name: at for at, name in enumerate(names)}, constants or {}, today=TODAY,
        find_area=lambda text: PLACES.get(text, NOWHERE), programmes={}, values=values,
    )  # fmt: skip
    return reader.read(2, list(cells.values()))


def row(**cells):
    return read(**{"full_name": "Ana Ilić", "service": "paket", "date": "3.4.2020"} | cells)


def test_what_was_given_is_told_by_service_or_unit_or_both():
    assert (row().service_type, row().unit) == ("parcel_distribution", "parcel")
    assert (row(service="Kućna posjeta").unit) == "visit"
    told = row(service="подела пакета", unit="higijenski paket", quantity="2,5")
    assert (told.service_type, told.unit, told.quantity) == ("parcel_distribution", "hygiene_kit", Decimal("2.5"))
    assert row(service="odjeća", unit="kg", quantity="12,5").unit == "kilogram"  # not twelve and a half sets
    assert row(service="higijenski paket", unit="ком.").unit == "hygiene_kit"  # two pieces of a kit are two kits
    assert row(service="Kućna posjeta", unit="kom").unit == "visit"
    assert row(service="paket", unit="kom").unit == "parcel"
    assert row(service="Podjela paketa", unit="kom").unit == "piece"


@pytest.mark.parametrize("cells, field, word", [
    ({"service": "odjeća", "unit": "vreća"}, "unit", "vreća"),
    ({"service": "čarolija", "unit": "pravna pomoć"}, "service", "čarolija"),
])  # fmt: skip
def test_a_word_nobody_knows_is_never_passed_over_though_the_other_column_would_do(cells, field, word):
    with pytest.raises(BadRow) as bad:
        row(**cells)
    assert [(name, params["value"]) for name, _message, params in bad.value.faults] == [(field, word)]


def test_a_word_to_pay_no_attention_to_counts_as_an_empty_cell():
    cells = {"full_name": "Ana Ilić", "service": "odjeća", "unit": "Врећа", "sex": "?!", "date": "3.4.2020"}
    told = read(values={"unit": {"vreća": "-"}, "sex": {"?!": "-"}}, **cells)
    assert (told.unit, told.sex) == ("clothing", "unknown")
    with pytest.raises(BadRow):
        read(values={"service": {"odjeća": "-"}, "unit": {"vreća": "-"}}, **cells)


@pytest.mark.parametrize(
    "name, given, family, father",
    [
        ("Ana Marija Ilić", "Ana Marija", "Ilić", None),
        ("Ilić, Ana", "Ana", "Ilić", None),
        ("Ana (Petar) Ilić", "Ana", "Ilić", "Petar"),
        ("Ana", "Ana", None, None),
    ],
)
def test_a_name_is_taken_apart(name, given, family, father):
    identity = row(full_name=name).identity
    assert (identity.get("given"), identity.get("family"), identity.get("father")) == (given, family, father)


def test_a_birth_is_read_from_what_there_is():
    assert row(birth_date="4.4.2006").identity["birth_date"] == "2006-04-04"
    assert row(birth_date="4.4.2006").age_band == "6-13"  # thirteen, a day before her birthday
    assert row(birth_date="1950").birth_year == row(birth_year="1950. god").birth_year == 1950
    assert (row(age=70).birth_year, row(age=70).year_slack, row(age=70).age_band) == (1950, 1, "60-79")


def place(pk, region):
    return SimpleNamespace(pk=pk, region_id=region)


def match(*areas, area=None):
    return SimpleNamespace(area=area, candidates=areas, region=None)


def test_of_places_of_one_name_the_columns_say_which(monkeypatch):
    kotor, town = place("K", "K"), place("kotor town", "B")
    here, elsewhere = place("grahovo in N", "N"), place("grahovo in B", "B")
    monkeypatch.setitem(PLACES, "Kotor", match(town, kotor))
    monkeypatch.setitem(PLACES, "Grahovo", match(elsewhere, here))
    assert row(area="Kotor").area_id == "K"  # a column of municipalities means the municipality
    assert row(area="Nikšić", settlement="Grahovo").area_id == "grahovo in N"
    assert row(area="Kotor", settlement="Grahovo").area_id == "K"
    assert row(settlement="Grahovo").area_id is None  # two, and nothing says which: as text
    with pytest.raises(BadRow):
        row(area="Grahovo")


def test_a_village_nobody_knows_stays_as_text_inside_its_municipality():
    told = row(area="Nikšić", settlement="Zaseok")
    assert (told.area_id, told.place) == ("N", "Zaseok")


@pytest.mark.parametrize(
    "cells, field",
    [
        ({"full_name": "NN"}, "full_name"),
        ({"full_name": " - "}, "full_name"),
        ({"full_name": None}, "full_name"),
        ({"quantity": None}, "quantity"),
        ({"quantity": "0"}, "quantity"),
        ({"date": "1.1.2021"}, "date"),
        ({"date": 2020}, "date"),
        ({"age": 140}, "age"),
        ({"sex": "?!"}, "sex"),
        ({"area": "Atlantida"}, "area"),
        ({"programme": "Nowhere"}, "programme"),
        ({"recipient": "vanzemaljac"}, "recipient"),
        ({"household_size": 0, "recipient": "domaćinstvo"}, "household_size"),
        ({"full_name": None, "group_size": "mnogo"}, "group_size"),
        ({"birth_year": 2021}, "birth_year"),
    ],
)
def test_every_fault_of_a_row_is_named_with_its_field(cells, field):
    with pytest.raises(BadRow) as bad:
        row(**cells)
    assert [fault[0] for fault in bad.value.faults] == [field]
    name, message, params = bad.value.faults[0]
    assert message % params if params else message


def test_all_faults_of_a_row_are_named_at_once():
    with pytest.raises(BadRow) as bad:
        row(full_name="NN", date="31.2.2020", quantity="puno")
    assert {fault[0] for fault in bad.value.faults} == {"full_name", "date", "quantity"}
