"""Code lists: complete in every language, found by what people really type, and nothing means two things."""

import csv
from collections import Counter
from datetime import date

import pytest

from duga.places.rules import LISTS, age_band, age_on, code, codes, find_code, label, versions
from duga.places.rules.codes import FOLDER, LANGUAGES, TABLES, _key
from duga.plain.errors import NotFound, Refused

NEEDED = {
    "units": "parcel errand visit meal counselling_session legal_advice overnight transport information "
    "school_supplies medicine day_centre_attendance hygiene_kit interpretation bed mask talk",
    "service_types": "home_visit parcel_distribution errands psychosocial_support day_centre legal_aid shelter "
    "outreach helpline education_support health_mediation interpretation information_referral",
    "target_groups": "older_people children youth families people_with_disabilities migrants roma women unemployed "
    "people_in_poverty homeless general",
    "channels": "in_person phone online social_media outreach mobile_team post",
    "sexes": "female male other unknown",
    "age_bands": "0-5 6-13 14-17 18-29 30-59 60-79 80+ unknown",
}


@pytest.mark.parametrize("list_name", LISTS)
def test_every_code_has_a_label_in_every_language(list_name):
    for entry in codes(list_name, retired=True):
        assert set(entry.labels) == set(LANGUAGES)
        for language, text in entry.labels.items():
            assert text.strip(), f"{list_name}/{entry.code} says nothing in {language}"


@pytest.mark.parametrize("list_name", LISTS)
def test_a_row_has_as_many_cells_as_the_header(list_name):
    with open(FOLDER / f"{list_name}.csv", encoding="utf-8") as file:
        widths = Counter(len(row) for row in csv.reader(file))
    assert len(widths) == 1


@pytest.mark.parametrize("list_name", LISTS)
def test_codes_stand_once_and_no_two_labels_of_a_language_are_alike(list_name):
    with open(FOLDER / f"{list_name}.csv", encoding="utf-8") as file:
        assert max(Counter(row["code"] for row in csv.DictReader(file)).values()) == 1
    for language in LANGUAGES:
        told = Counter(entry.labels[language].casefold() for entry in codes(list_name))
        assert max(told.values()) == 1, f"{list_name} in {language}: {told.most_common(1)}"


@pytest.mark.parametrize("list_name", LISTS)
def test_no_word_is_claimed_by_two_codes(list_name):
    claimed = {}
    for entry in codes(list_name):
        for word in (entry.code, *entry.labels.values(), *entry.synonyms):
            claimed.setdefault(_key(word), set()).add(entry.code)
    assert {word: sorted(owners) for word, owners in claimed.items() if len(owners) > 1} == {}


@pytest.mark.parametrize("list_name", LISTS)
def test_the_code_and_each_label_in_both_scripts_are_found_again(list_name):
    for entry in codes(list_name):
        assert find_code(list_name, entry.code) == entry.code
        for language in (*LANGUAGES, "sr-latn"):
            assert find_code(list_name, label(list_name, entry.code, language).upper()) == entry.code


@pytest.mark.parametrize("list_name, told", NEEDED.items())
def test_the_codes_others_rely_on_are_there(list_name, told):
    assert set(told.split()) <= {entry.code for entry in codes(list_name)}


def test_there_are_twelve_needs():
    assert len(codes("needs")) == 12


@pytest.mark.parametrize(
    "list_name, typed, meant",
    [
        ("target_groups", "STARA LICA", "older_people"),
        ("target_groups", "стара лица", "older_people"),
        ("target_groups", "Djeca ", "children"),
        ("target_groups", "të moshuarit", "older_people"),
        ("target_groups", "Te moshuarit", "older_people"),
        ("units", "Пакети", "parcel"),
        ("units", "Parcels", "parcel"),
        ("units", "higijenski paket", "hygiene_kit"),
        ("units", "Kom.", "piece"),
        ("units", "парче", "piece"),
        ("units", "copë", "piece"),
        ("units", "кг", "kilogram"),
        ("service_types", "Podjela paketa", "parcel_distribution"),
        ("service_types", "SOS telefon", "helpline"),
        ("channels", "телефоном", "phone"),
        ("channels", "f2f", "in_person"),
        ("sexes", "Ž", "female"),
        ("sexes", "z", "female"),
        ("sexes", "м", "male"),
        ("sexes", "Mashkull", "male"),
        ("qualifiers", ">", "at_least"),
        ("qualifiers", "око", "about"),
        ("units", "day_centre_attendance", "day_centre_attendance"),
    ],
)
def test_words_of_real_spreadsheets_are_understood(list_name, typed, meant):
    assert find_code(list_name, typed) == meant


@pytest.mark.parametrize("typed", ["", "   ", "xyz", "paket i poseta", "?!"])
def test_what_means_nothing_gives_nothing(typed):
    assert find_code("service_types", typed) is None


def test_labels_by_language_and_script():
    assert label("target_groups", "children", "sr") == "Деца"
    assert label("target_groups", "children", "sr-latn") == label("target_groups", "children", "sr_Latn") == "Deca"
    assert label("target_groups", "children", "hr") == "Djeca"
    assert label("target_groups", "children", "ar") == "Children"


def test_units_are_of_known_kinds():
    kinds = {"person", "household", "contact", "item", "service", "organisation", "money"}
    assert {entry.group for entry in codes("units")} <= kinds
    assert code("units", "talk").group == "contact"
    assert code("units", "parcel").group == "item"
    assert code("units", "visit").group == "service"


def test_lawful_bases_are_for_purposes_that_exist():
    purposes = {entry.code for entry in codes("purposes")}
    for entry in codes("lawful_bases"):
        assert set(entry.fields["purposes"].split("|")) <= purposes
    served = {p for entry in codes("lawful_bases") for p in entry.fields["purposes"].split("|")}
    assert served == purposes
    assert [entry.code for entry in codes("lawful_bases") if entry.fields["needs_consent"] == "yes"] == ["consent"]


def test_every_list_and_table_has_a_version():
    assert set(versions()) == {*LISTS, *TABLES}


def test_unknown_lists_and_codes_are_named():
    with pytest.raises(NotFound, match="no code list called wishes"):
        codes("wishes")
    with pytest.raises(NotFound, match="no code gold in the list units; it holds: parcel"):
        label("units", "gold")


# --- ages -------------------------------------------------------------------------------------------


def slow_band(years):
    """The table of the plan, spelled out."""
    if years <= 5:
        return "0-5"
    if years <= 13:
        return "6-13"
    if years <= 17:
        return "14-17"
    if years <= 29:
        return "18-29"
    if years <= 59:
        return "30-59"
    if years <= 79:
        return "60-79"
    return "80+"


def test_every_age_has_one_band():
    for years in range(121):
        assert age_band(2020 - years, date(2020, 6, 1)) == slow_band(years)


def test_a_birthday_counts_to_the_day():
    born = date(2006, 4, 3)
    assert age_on(born, date(2020, 4, 2)) == 13
    assert age_band(born, date(2020, 4, 2)) == "6-13"
    assert age_band(born, date(2020, 4, 3)) == "14-17"
    assert age_on(date(2004, 2, 29), date(2022, 2, 28)) == 17
    assert age_on(date(2004, 2, 29), date(2022, 3, 1)) == 18


def test_nothing_known_is_unknown_and_never_zero():
    assert age_on(None, date(2020, 1, 1)) is None
    assert age_band(None, date(2020, 1, 1)) == "unknown"


@pytest.mark.parametrize("born", [2021, 1899, date(2020, 1, 2)])
def test_births_that_cannot_be_are_refused(born):
    with pytest.raises(Refused, match="cannot be right"):
        age_band(born, date(2020, 1, 1))
