"""Numbers as they stand in print, in the languages of the region; units, places and periods."""

from fractions import Fraction

import pytest

from duga.evidence.figures.numbers import convention, read_printed
from duga.evidence.figures.scope import apart, lies_within, read_period, read_places
from duga.evidence.figures.units import read_unit
from duga.plain.errors import Unreadable

READ = [
    # value, unit, number, decimals, qualifier
    ("302", "contact", 302, 0, "exact"),
    ("33 176", "person", 33176, 0, "exact"),
    ("33\u00a0176", "person", 33176, 0, "exact"),
    ("33.176", "person", 33176, 0, "exact"),
    ("33,176", "person", 33176, 0, "exact"),
    ("33'176", "person", 33176, 0, "exact"),
    ("1.234.567", "item", 1234567, 0, "exact"),
    ("1,234,567.5", "EUR", "1234567.5", 1, "exact"),
    ("1.234.567,50", "EUR", "1234567.5", 2, "exact"),
    ("24,1", "percent", "24.1", 1, "exact"),
    ("24.1 %", "percent", "24.1", 1, "exact"),
    ("24.10", "percent", "24.1", 2, "exact"),
    ("24,125", "percent", "24.125", 3, "exact"),
    ("0.125", "person", "0.125", 3, "exact"),
    ("13.826,62 €", "EUR", "13826.62", 2, "exact"),
    ("EUR 179,746", "EUR", 179746, 0, "exact"),
    ("3,62 million", "EUR", 3620000, 2, "exact"),
    ("3,62", "EUR million", 3620000, 2, "exact"),
    ("2,5 hiljade", "person", 2500, 1, "exact"),
    ("+54,7", "percent", "54.7", 1, "exact"),
    ("−35,3", "percent", "-35.3", 1, "exact"),
    ("–35,3 %", "percent", "-35.3", 1, "exact"),
    ("4.7366E+04", "item", 47366, 0, "exact"),
    ("over 100", "household", 100, 0, "at_least"),
    ("100+", "household", 100, 0, "at_least"),
    ("> 100", "household", 100, 0, "at_least"),
    ("више од 50", "household", 50, 0, "at_least"),
    ("mbi 20", "person", 20, 0, "at_least"),
    ("up to 8000", "EUR", 8000, 0, "at_most"),
    ("najviše 8.000 EUR", "EUR", 8000, 0, "at_most"),
    ("about 450", "person", 450, 0, "about"),
    ("oko 450 volontera", "volonteri", 450, 0, "about"),
    ("~320", "person", 320, 0, "about"),
    ("47366 parcels", "item", 47366, 0, "exact"),
]


@pytest.mark.parametrize("value, unit, number, decimals, qualifier", READ, ids=[each[0] for each in READ])
def test_a_print_is_read(value, unit, number, decimals, qualifier):
    found = read_printed(value, "", read_unit(unit))
    assert (found.low, found.decimals, found.qualifier) == (Fraction(number), decimals, qualifier)


@pytest.mark.parametrize(
    "value", ["200..300", "200–300", "200-300", "200 to 300", "between 200 and 300", "između 200 i 300", "200 до 300"]
)
def test_a_range_is_read(value):
    found = read_printed(value, "", read_unit("person"))
    assert (found.low, found.high, found.qualifier) == (200, 300, "range")


@pytest.mark.parametrize(
    "value, qualifier",
    [("many", ""), ("", ""), ("12.34.5", ""), ("1 2 3", ""), ("300..200", ""), ("12", "perhaps"), ("12", "range"),
     ("over 100", "at_most"), ("n/a", ""), ("12 of 30", ""), ("(35)", ""), ("200..300", "at_least")],
)  # fmt: skip
def test_what_is_no_number_is_told(value, qualifier):
    with pytest.raises(Unreadable):
        read_printed(value, qualifier, read_unit("person"))


@pytest.mark.parametrize("value, number", [(302, "302"), (24.1, "24.1"), (1.234, "1.234")])
def test_a_number_of_the_program_is_no_print(value, number):
    assert read_printed(value, "", read_unit("person")).low == Fraction(number)


def test_the_decimal_mark_of_a_file():
    assert convention(["24,1", "33.176", "over 100"]) == ","
    assert convention(["24.1", "33,176"]) == "."
    assert convention(["24.1", "24,1"]) is None and convention(["33.176", 5]) is None
    hours = read_unit("hours")
    assert read_printed("1.234", "", hours, ",").low == 1234
    assert read_printed("1.234", "", hours, ".").low == Fraction("1.234")


@pytest.mark.parametrize(
    "one, other",
    [("person", "особе"), ("families", "domaćinstva"), ("household", "familje"), ("%", "per cent"), ("EUR", "euros"),
     ("calls", "contact"), ("women", "men"), ("activities", "activity"), ("", "person"), ("KM", "BAM"),
     ("users", "person"), ("members", "organisation"), ("EUR million", "EUR"), ("boxes", "box"),
     ("food parcels", "item"), ("telephone calls", "contact"), ("people with disabilities", "person"),
     ("humanitarni paketi", "parcel")],
)  # fmt: skip
def test_units_that_are_alike(one, other):
    assert read_unit(one).same_as(read_unit(other)) and read_unit(other).same_as(read_unit(one))


@pytest.mark.parametrize(
    "one, other",
    [("person", "household"), ("beneficiary", "person"), ("item", "person"), ("EUR", "RSD"), ("percent", "person"),
     ("percent", "percentage point"), ("workshop", "village"), ("users", "household"), ("km", "KM"),
     ("food parcels", "persons"), ("persons per household", "person"), ("children in families", "families")],
)  # fmt: skip
def test_units_that_are_not(one, other):
    assert not read_unit(one).same_as(read_unit(other))


def test_places():
    assert read_places("AL BA ME") == {"AL", "BA", "ME"}
    assert read_places("Bosna i Hercegovina, Црна Гора") == {"BA", "ME"}
    assert read_places("region") is None and read_places("") is None and read_places("EU") is None
    assert lies_within(read_places("ME-16"), read_places("ME")) is True
    assert lies_within(read_places("RS"), read_places("ME")) is False
    assert lies_within(read_places("Nikšić"), read_places("ME")) is None
    assert apart(read_places("RS"), read_places("ME")) and not apart(read_places("ME-16"), read_places("ME"))


@pytest.mark.parametrize(
    "text, first, last",
    [("2020", "2020-01-01", "2020-12-31"), ("2020-02", "2020-02-01", "2020-02-29"),
     ("2019-Q2", "2019-04-01", "2019-06-30"),
     ("2020-03-19/2020-05-14", "2020-03-19", "2020-05-14"), ("2019/2021", "2019-01-01", "2021-12-31"),
     ("2019..2021", "2019-01-01", "2021-12-31"), ("2019-2021", "2019-01-01", "2021-12-31"),
     ("2020-03/2020-05", "2020-03-01", "2020-05-31"), ("2020-H1", "2020-01-01", "2020-06-30"),
     ("19.3.2020", "2020-03-19", "2020-03-19"), ("2019/20", "2019-01-01", "2020-12-31"),
     ("March 2020", "2020-03-01", "2020-03-31")],
)  # fmt: skip
def test_periods(text, first, last):
    span = read_period(text)
    assert (span.first.isoformat(), span.last.isoformat()) == (first, last)


@pytest.mark.parametrize("text", ["", "soon", "2020-13", "2020-02-30", "2021/2019"])
def test_periods_that_say_nothing(text):
    assert read_period(text) is None
