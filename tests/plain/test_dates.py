import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duga.plain.dates import read_date, read_year
from duga.plain.errors import Unreadable

THIRD_OF_APRIL = [
    "3.4.2020",
    "3.4.2020.",
    "3. 4. 2020.",
    "03.04.2020. god.",
    "3.4.2020. године",
    " 03/04/2020 ",
    "3-4-2020",
    "03.04.20",
    "3 4 2020",
    "2020-04-03",
    "2020/4/3",
    "2020.04.03.",
    "20200403",
    "2020-04-03T10:15:00.000+02:00",
    "2020-04-03 10:15",
    "3.4.2020 14:30",
    "3.4.2020. 14:30 h",
    "петак, 3.4.2020",
    "3. april 2020.",
    "3. април 2020. године",
    "3. travnja 2020.",
    "3 prill 2020",
    "3 апр 2020",
    "3-Apr-2020",
    "April 3, 2020",
    "3. IV 2020.",
    "43924",
    43924,
    43924.6,
    dt.date(2020, 4, 3),
    dt.datetime(2020, 4, 3, 23, 59),
    "٣/٤/٢٠٢٠",
]


@pytest.mark.parametrize("written", THIRD_OF_APRIL, ids=str)
def test_the_third_of_april(written):
    assert read_date(written) == dt.date(2020, 4, 3)


@pytest.mark.parametrize(
    "written, month",
    [("5. svibanj 2021", 5), ("5 qershor 2021", 6), ("5 gusht 2021", 8), ("5. јуни 2021", 6), ("5 shtator 2021", 9)]
    + [("5 tetor 2021", 10), ("5 nëntor 2021", 11), ("5 dhjetor 2021", 12), ("5 mars 2021", 3), ("5 shkurt 2021", 2)]
    + [
        ("5. ožujka 2021", 3),
        ("5. kolovoza 2021", 8),
        ("5 декември 2021", 12),
        ("5 janar 2021", 1),
        ("5 korrik 2021", 7),
    ],
)
def test_months_by_name(written, month):
    assert read_date(written) == dt.date(2021, month, 5)


@pytest.mark.parametrize(
    "written",
    ["31.6.2020", "29.2.2021", "12/25/2020", "0.4.2020", "3.13.2020", "2020", 2020, "04.2020", "april 2020", "juče"]
    + [
        "",
        None,
        True,
        "3.4.1820",
        "3.4.20200",
        7,
        -1,
        float("nan"),
        float("inf"),
        1e9,
        "3.4.2020 i 5.4.2020",
        "1234567",
    ]
    + [dt.date(1820, 1, 1), "5 foo 2020", "3.4", "--", dt.time(10, 0)],
    ids=str,
)
def test_what_is_no_day_is_refused_with_a_word_on_how_to_write_it(written):
    with pytest.raises(Unreadable) as refusal:
        read_date(written)
    assert any(hint in str(refusal.value) for hint in ("3.4.2020", "four digits"))


def test_a_year_of_two_digits_is_the_same_whenever_it_is_read():
    assert read_date("1.1.36").year == 2036
    assert read_date("1.1.37").year == 1937
    assert read_date("1.1.37", today=dt.date(2030, 5, 5)).year == 2037


@given(st.dates(min_value=dt.date(1900, 1, 1), max_value=dt.date(2100, 12, 31)))
def test_every_day_is_read_as_written(day):
    assert read_date(f"{day.day}.{day.month}.{day.year}.") == day
    assert read_date(day.strftime("%d/%m/%Y")) == day
    assert read_date(day.isoformat()) == day
    assert read_date(dt.datetime.combine(day, dt.time(23, 59))) == day


@given(st.dates(min_value=dt.date(1910, 1, 1), max_value=dt.date(2100, 12, 31)))
def test_serials_count_days_from_the_end_of_1899(day):
    assert read_date((day - dt.date(1899, 12, 30)).days) == day


@given(st.text())
def test_any_text_gives_a_day_or_a_refusal(text):
    try:
        assert isinstance(read_date(text), dt.date)
    except Unreadable as refusal:
        assert str(refusal)


@pytest.mark.parametrize(
    "written", [1956, 1956.0, "1956", "1956.", "1956. god.", "3.4.1956", dt.date(1956, 4, 3)], ids=str
)
def test_year_of_birth(written):
    assert read_year(written) == 1956


@pytest.mark.parametrize("written", ["56", 56, "", None, "19566", 2500, "stara"], ids=str)
def test_no_year(written):
    with pytest.raises(Unreadable, match="1956"):
        read_year(written)
