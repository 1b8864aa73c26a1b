"""What clerks wrote, read into what can be compared."""

import pytest

from duga.evidence.linkage import values
from duga.evidence.linkage.blocking import MOST, blocks


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Đorđe", "Djordje"),
        ("Ђорђе", "Đorđe"),
        ("Jovan Marko", "MARKO, jovan"),
        ("Xhevdet", "Dževdet"),
        ("Hoxha", "Hoxhaj"),
        ("Mohammad", "Muhamed"),
        ("Abdul Rahman", "Abdulrahman"),
        ("Sami Ullah", "Samiullah"),
        ("Al-Hassan", "Hasan"),
        ("Јелена", "Jelena"),
        ("Qerim", "Ćerim"),
    ],
)
def test_names_that_are_one(one, other):
    a, b = (values.read_name(text, surname=True) for text in (one, other))
    assert {a.bones, a.other} & {b.bones, b.other}


def test_surnames_that_change_with_the_bearer():
    assert values.read_name("Petrovska", surname=True).bones == values.read_name("Петровски", surname=True).bones
    assert values.read_name("Ivanova", surname=True).sound == values.read_name("Ivanov", surname=True).sound


@pytest.mark.parametrize("text", ["", " ", "-", "n/a", "NEPOZNATO", "???", "123", None])
def test_what_is_no_name_is_missing(text):
    assert values.read_name(text) is None


@pytest.mark.parametrize(
    ("text", "year", "month", "day"),
    [
        ("19560307", 1956, 3, 7),
        ("07031956", 1956, 3, 7),
        ("1956-03-07", 1956, 3, 7),
        ("7.3.1956.", 1956, 3, 7),
        ("07/03/1956", 1956, 3, 7),
        ("1956-03-07 00:00:00", 1956, 3, 7),
        ("19561703", 1956, 3, 17),
        ("1960-25-03", 1960, 3, 25),
        ("03.25.1960", 1960, 3, 25),
        ("3/25/1960", 1960, 3, 25),
        ("1960-25-03 00:00:00", 1960, 3, 25),
        ("12.13.1960.", 1960, 12, 13),
        ("1.1.1990", 1990, None, None),
        ("1990", 1990, None, None),
        ("1990.", 1990, None, None),
        ("00.00.1990", 1990, None, None),
        ("1990-00-00", 1990, None, None),
        ("19900000", 1990, None, None),
    ],
)
def test_birth_dates(text, year, month, day):
    born = values.read_born(text)
    assert (born.year, born.month, born.day) == (year, month, day)


@pytest.mark.parametrize(
    "text", ["", "?", "31.02.1980", "yesterday", "12", "99999999", "0", "45000", "1.2.3.4", "Март"]
)
def test_dates_that_cannot_be_read_are_missing(text):
    assert values.read_born(text) is None


def test_codes_and_telephones():
    assert values.read_phone("+381 (0)64 123-45-67") == values.read_phone("064 1234567")
    assert values.read_phone("12") is None
    assert values.read_code("0011-A") == values.read_code("11a") == "11a"
    assert values.read_sex("Женско") == values.read_sex("F") == "f" and values.read_sex("мушко") == "m"


def test_blocks_never_rest_on_one_field():
    """But for a document or a telephone: the size of a block must not be the frequency of a name."""
    person = {
        "given": values.read_name("Jovan Marko Petar"),
        "family": values.read_name("Petrović Ilić"),
        "father": values.read_name("Luka"),
        "born": values.read_born("7.3.1956"),
        "place": values.read_place("Novi Sad"),
        "street": values.read_place("Glavna ulica"),
        "number": "12",
        "document": "123456",
        "phone": "64123456",
    }
    found = blocks(person)
    assert 8 <= len(found) <= MOST and len(set(found)) == len(found)
    for role in ("given", "family"):
        alone = blocks({role: person[role]} if role == "given" else {"family": values.read_name("Ilić")})
        assert all("+" in block or block.startswith("name|") for block in alone)
    assert blocks({}) == []


@pytest.mark.parametrize("text", ["30.2.1990", "1990-02-30", "13.13.1990", "1990-31-04", "25.00.1960", "03.25.19600"])
def test_days_that_are_none(text):
    assert values.read_born(text) is None


@pytest.mark.parametrize(
    ("text", "sex"),
    [("Ж", "f"), ("žensko", "f"), ("машко", "m"), ("Mashkull", "m"), ("other", "o"), ("7", None), ("", None)],
)
def test_sexes(text, sex):
    assert values.read_sex(text) == sex
