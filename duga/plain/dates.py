"""Dates as people of the region write them, read into `datetime.date`: day first, never guessed."""

import datetime as dt
import math
import re

from duga.plain.errors import Unreadable, gettext_noop
from duga.plain.text import fold

# Folded beginnings of month names: English, Serbian/Bosnian/Montenegrin and Macedonian (folding makes
# them Latin), Croatian, Albanian, Roman numerals. The first that fits decides.
_MONTHS = {
    1: ["jan", "sijec", "i"],
    2: ["feb", "fev", "velj", "shkurt", "shk", "ii"],
    3: ["mar", "ozuj", "iii"],
    4: ["apr", "trav", "prill", "pri", "iv"],
    5: ["maj", "may", "svib", "v"],
    6: ["jun", "lip", "qers", "qer", "vi"],
    7: ["jul", "srp", "korr", "kor", "vii"],
    8: ["avg", "aug", "kolov", "gush", "gus", "viii"],
    9: ["sep", "ruj", "shtat", "sht", "ix"],
    10: ["okt", "oct", "listop", "tet", "x"],
    11: ["nov", "studen", "nent", "nen", "nën", "xi"],
    12: ["dec", "dek", "pros", "dhjet", "dhj", "xii"],
}
_ROMAN = {"i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"}
_MONTH_STARTS = {start: month for month, starts in _MONTHS.items() for start in starts}

_TIME = r"(?:,?[t ]+\d{1,2}[:.]\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?h| ?[ap]\.?m\.?)?(?: ?z| ?[+-]\d{2}:?\d{2})?)?"
_YEAR_WORD = r"\.?(?: ?(?:god|g|godine|godina|viti)\.?)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})[-/.] ?(\d{{1,2}})[-/.] ?(\d{{1,2}})\.?{_TIME}")
_DAY_FIRST = re.compile(rf"(\d{{1,2}})\.?[ ]?[-/. ] ?(\d{{1,2}})\.? ?[-/. ] ?(\d{{4}}|\d{{2}}){_YEAR_WORD}{_TIME}")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_DAY_NAMED = re.compile(rf"(\d{{1,2}})[. -]*([a-z]+)[., -]*(\d{{4}}){_YEAR_WORD}{_TIME}")
_MONTH_NAMED = re.compile(rf"([a-z]{{3,}})\.? (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}}){_TIME}")
_SERIAL = re.compile(r"\d{4,5}([.,]\d+)?")
_WEEKDAY = re.compile(
    r"(?:pon|uto|sre|sri|cet|pet|sub|ned|vto|sab|mon|tue|wed|thu|fri|sat|sun|hen|mar|mer|enj|pre|sht|die)[a-z]*[.,] *"
)

_LONGEST = 80  # characters that are looked at; no date is longer
FIRST_YEAR, LAST_YEAR = 1900, 2100
_SERIAL_START = dt.date(1899, 12, 30)  # Excel's day 0, with its leap day of 1900 that never was

_NOT_A_DATE = gettext_noop("“%(value)s” is not a date. Write day, month and year, for example 3.4.2020.")
_NOT_A_DAY = gettext_noop(
    "“%(value)s” is not a day in the calendar. Dates are read day first: 3.4.2020 is the third of April."
)
_OUT_OF_RANGE = gettext_noop("The year in “%(value)s” must lie between 1900 and 2100. Write it with four digits.")
_ONLY_YEAR = gettext_noop("“%(value)s” is a year, not a day. Write day, month and year, for example 3.4.2020.")
_NO_DATE = gettext_noop("The date is missing. Write day, month and year, for example 3.4.2020.")
_NOT_A_YEAR = gettext_noop("“%(value)s” is not a year between 1900 and 2100. Write four digits, for example 1956.")


def read_date(value: object, *, today: dt.date | None = None) -> dt.date:
    """Return the day that a cell or a typed text means.

    Takes `date`, `datetime`, Excel serial numbers (also as text) and text such as 3.4.2020, 3. 4. 2020.,
    03/04/2020 (always day first), 3-4-20, 2020-04-03, 2020-04-03T10:15:00+02:00, 3. april 2020, 3. IV 2020.
    A year of two digits lies in the hundred years that end ten years after `today` (default: the year 2036,
    so that a file read twice reads the same). Raises `Unreadable`, saying how to write it, for all else:
    impossible days, a year alone, years outside 1900–2100.
    """
    if isinstance(value, dt.datetime):
        value = value.date()
    if isinstance(value, dt.date):
        return _in_range(value, value)
    if isinstance(value, bool) or value is None:
        raise Unreadable(_NO_DATE) if value is None else Unreadable(_NOT_A_DATE, value=value)
    if isinstance(value, (int, float)):
        return _from_serial(value, value)
    text = fold(str(value)[:_LONGEST])
    if not text:
        raise Unreadable(_NO_DATE)
    return _from_text(text, value, (today.year if today else 2026) + 10)


def _from_text(text: str, shown: object, last_short_year: int) -> dt.date:
    text = _WEEKDAY.sub("", text, count=1)
    if found := _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text):
        year, month, day = found.groups()
    elif found := _DAY_FIRST.fullmatch(text):
        day, month, year = found.groups()
    elif found := _DAY_NAMED.fullmatch(text):
        day, month, year = found[1], _month(found[2], shown), found[3]
    elif found := _MONTH_NAMED.fullmatch(text):
        day, month, year = found[2], _month(found[1], shown), found[3]
    elif _SERIAL.fullmatch(text):
        return _from_serial(float(text.replace(",", ".")), shown)
    else:
        raise Unreadable(_NOT_A_DATE, value=shown)
    full_year = int(year)
    if len(year) == 2:
        full_year += last_short_year // 100 * 100
        if full_year > last_short_year:
            full_year -= 100
    try:
        return _in_range(dt.date(full_year, int(month), int(day)), shown)
    except ValueError:
        raise Unreadable(_NOT_A_DAY, value=shown) from None


def _month(word: str, shown: object) -> int:
    if word in _ROMAN:
        return _MONTH_STARTS[word]
    for length in range(len(word), 2, -1):
        if word[:length] in _MONTH_STARTS:
            return _MONTH_STARTS[word[:length]]
    raise Unreadable(_NOT_A_DATE, value=shown)


def _from_serial(number: float, shown: object) -> dt.date:
    if FIRST_YEAR <= number <= LAST_YEAR and number == int(number):
        raise Unreadable(_ONLY_YEAR, value=shown)
    if not math.isfinite(number) or not 3000 < number < 74_000:  # 1908 to 2102: small numbers are no days
        raise Unreadable(_NOT_A_DATE, value=shown)
    return _in_range(_SERIAL_START + dt.timedelta(days=int(number)), shown)


def _in_range(day: dt.date, shown: object) -> dt.date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Unreadable(_OUT_OF_RANGE, value=shown)
    return day


def read_year(value: object) -> int:
    """Return a year (of birth) from a cell: 1956, “1956.”, “1956. god.”, or any date `read_date` takes."""
    if isinstance(value, dt.date):
        return _in_range(value, value).year
    text = fold(str(int(value) if isinstance(value, float) and value.is_integer() else value))
    if found := re.fullmatch(rf"(\d{{4}}){_YEAR_WORD}", text):
        if FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
            return int(found[1])
        raise Unreadable(_NOT_A_YEAR, value=value)
    if text.isdigit() and len(text) < 8:  # a year mistyped, not a serial number
        raise Unreadable(_NOT_A_YEAR, value=value)
    try:
        return read_date(value).year
    except Unreadable:
        raise Unreadable(_NOT_A_YEAR, value=value) from None
