"""Where and when a figure is about: places and periods as far as they can be compared with certainty."""

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache

from duga.plain.errors import Unreadable
from duga.plain.text import fold

_NAMES = {
    "AL": "albania albanija shqiperi shqiperia alb",
    "BA": "bosnia_and_herzegovina bosna_i_hercegovina bih bosnia bosna bosnja_dhe_hercegovina",
    "HR": "croatia hrvatska hrv kroaci kroacia",
    "ME": "montenegro crna_gora mali_i_zi mne crne_gore",
    "MK": "north_macedonia severna_makedonija sjeverna_makedonija macedonia makedonija maqedonia_e_veriut mkd",
    "RS": "serbia srbija srb serbi serbia srbije",
    "XK": "kosovo kosova kosovo* xkx kosova*",
    "SI": "slovenia slovenija",
    "BG": "bulgaria bugarska",
    "GR": "greece grcka",
    "GB": "uk united_kingdom",
    "IT": "italy italija",
    "DE": "germany nemacka njemacka",
}
_CODE_OF = {name.replace("_", " "): code for code, names in _NAMES.items() for name in names.split()}
_LONG = sorted((name for name in _CODE_OF if " " in name), key=len, reverse=True)
_NOT_COUNTRIES = {"EU", "WB", "UN"}


@lru_cache(maxsize=4096)
def read_places(text: str) -> frozenset[str] | None:
    """Country (or region) codes of a place such as `ME`, `AL BA ME` or `Crna Gora`; None where it cannot be told.

    >>> sorted(read_places("AL BA ME"))
    ['AL', 'BA', 'ME']
    """
    raw = str(text).strip()
    if not raw:
        return None
    found = set()
    parts = [part for part in re.split(r"[\s,;+&|]+", raw) if part]
    if all(re.fullmatch(r"[A-Z]{2}(-[A-Z0-9]{1,4})?", part) for part in parts):
        return None if set(parts) & _NOT_COUNTRIES else frozenset(_CODE_OF.get(part.lower(), part) for part in parts)
    word = " " + re.sub(r"[,;+&|/()]", " ", fold(raw)) + " "
    for name in _LONG:
        if f" {name} " in word:
            found.add(_CODE_OF[name])
            word = word.replace(f" {name} ", "  ")
    for part in word.split():
        if part in ("and", "i", "dhe", "the"):
            continue
        if part not in _CODE_OF:
            return None
        found.add(_CODE_OF[part])
    return frozenset(found) or None


def lies_within(part: frozenset[str] | None, whole: frozenset[str] | None) -> bool | None:
    """Whether a place lies in another; None where it cannot be told. A region lies within its country."""
    if part is None or whole is None:
        return None
    return all(code in whole or code[:2] in whole for code in part)


def apart(one: frozenset[str] | None, other: frozenset[str] | None) -> bool:
    """Whether two places certainly have nothing in common."""
    if one is None or other is None:
        return False
    return not any(a == b or a[:2] == b or a == b[:2] for a in one for b in other)


@dataclass(frozen=True, order=True)
class Span:
    """Days from `first` to `last`, both included."""

    first: dt.date
    last: dt.date

    def within(self, other: "Span") -> bool:
        return other.first <= self.first and self.last <= other.last

    def apart(self, other: "Span") -> bool:
        return self.last < other.first or other.last < self.first


@lru_cache(maxsize=4096)
def read_period(text: str) -> Span | None:
    """The days of a period: 2020, 2020-Q2, 2020-03, 2020-03-19/2020-05-14, 2019/2021, 2019..2021; None if unclear.

    >>> str(read_period("2020-02").last)
    '2020-02-29'
    """
    word = fold(str(text)).replace("\u2013", "-").strip(" .")
    if not word:
        return None
    school = re.fullmatch(r"(\d{4})/(\d\d)", word)
    if school and int(school[2]) == (int(school[1]) + 1) % 100:
        return Span(dt.date(int(school[1]), 1, 1), dt.date(int(school[1]) + 1, 12, 31))
    years = re.fullmatch(r"(\d{4}) ?- ?(\d{4})", word)
    for first, last in (years.groups(),) if years else _cuts(word):
        start, end = _days(first), _days(last)
        if start and end and start.first <= end.last:
            return Span(start.first, end.last)
    return _days(word)


def _cuts(word: str):
    for mark in ("..", "/", " - ", " to ", " do "):
        if mark in word:
            first, _, last = word.partition(mark)
            yield first.strip(), last.strip()


def _days(word: str) -> Span | None:
    """A year, half year, quarter, month or day."""
    match = re.fullmatch(r"(\d{4})(?:-(\d\d?)(?:-(\d\d?))?|[- ]?q([1-4])|[- ]?h([12]))?", word.strip(" ."))
    try:
        if match:
            year, month, day, quarter, half = (int(each) if each else None for each in match.groups())
            first, last = 1, 12
            if quarter:
                first, last = 3 * quarter - 2, 3 * quarter
            elif half:
                first, last = 6 * half - 5, 6 * half
            elif day:
                return Span(dt.date(year, month, day), dt.date(year, month, day))
            elif month:
                first = last = month
            return Span(dt.date(year, first, 1), dt.date(year, last, calendar.monthrange(year, last)[1]))
        if re.search(r"\d{1,2}[./ ].*\d{4}", word):
            from duga.plain.dates import read_date

            day = read_date(word)
            return Span(day, day)
        named = re.fullmatch(r"([a-z]+)[ .]+(\d{4})", word)
        if named:
            from duga.plain.dates import read_date

            day = read_date(f"1. {named[1]} {named[2]}")
            return Span(day, day.replace(day=calendar.monthrange(day.year, day.month)[1]))
    except (ValueError, Unreadable, calendar.IllegalMonthError):
        return None
    return None
