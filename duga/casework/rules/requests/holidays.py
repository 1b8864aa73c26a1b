"""Public holidays of the region on which agreed visits are skipped, with the word people read.

Fixed days and those that hang on Easter; holidays after the moon's calendar are announced each year and are not worked
out here: a visit that falls on one is ended or moved by hand. Sources: the laws on public holidays of the countries, as
commonly listed; another country needs one more line.
"""

import datetime as dt
from functools import lru_cache

from duga.plain.errors import gettext_noop

_NEW_YEAR = gettext_noop("New Year")
_LABOUR = gettext_noop("Labour Day")
_EASTER = gettext_noop("Easter")
_CHRISTMAS = gettext_noop("Christmas")
_STATE = gettext_noop("a state holiday")

_YEAR = {(1, 1): _NEW_YEAR, (1, 2): _NEW_YEAR}
_MAY = {(5, 1): _LABOUR, (5, 2): _LABOUR}
#: {country: {(month, day): word}}
FIXED = {
    "AL": {
        **_YEAR, (3, 14): _STATE, (3, 22): _STATE, (5, 1): _LABOUR, (9, 5): _STATE, (11, 22): _STATE,
        (11, 28): _STATE, (11, 29): _STATE, (12, 8): _STATE, (12, 25): _CHRISTMAS,
    },
    "BA": {**_YEAR, **_MAY},
    "HR": {
        (1, 1): _NEW_YEAR, (1, 6): _STATE, (5, 1): _LABOUR, (5, 30): _STATE, (6, 22): _STATE, (8, 5): _STATE,
        (8, 15): _STATE, (11, 1): _STATE, (11, 18): _STATE, (12, 25): _CHRISTMAS, (12, 26): _CHRISTMAS,
    },
    "ME": {
        **_YEAR, **_MAY, (5, 21): _STATE, (5, 22): _STATE, (7, 13): _STATE, (7, 14): _STATE, (11, 13): _STATE,
    },
    "MK": {
        (1, 1): _NEW_YEAR, (1, 7): _CHRISTMAS, (5, 1): _LABOUR, (5, 24): _STATE, (8, 2): _STATE, (9, 8): _STATE,
        (10, 11): _STATE, (10, 23): _STATE, (12, 8): _STATE,
    },
    "RS": {**_YEAR, **_MAY, (1, 7): _CHRISTMAS, (2, 15): _STATE, (2, 16): _STATE, (11, 11): _STATE},
    "XK": {
        **_YEAR, (1, 7): _CHRISTMAS, (2, 17): _STATE, (4, 9): _STATE, (5, 1): _LABOUR, (5, 9): _STATE,
        (12, 25): _CHRISTMAS,
    },
}  # fmt: skip
#: {country: days from Orthodox Easter Sunday}, {country: days from Western Easter Sunday}
ORTHODOX = {"RS": (-2, -1, 0, 1), "ME": (-2, 0, 1), "MK": (-2, 0, 1), "AL": (0, 1), "XK": (1,)}
WESTERN = {"HR": (0, 1), "AL": (0, 1), "XK": (1,)}


def _western(year: int) -> dt.date:
    """Easter Sunday of the Gregorian calendar (Meeus, Astronomical Algorithms, chapter 8)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (b - (b + 8) // 25 + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return dt.date(year, month, day + 1)


def _orthodox(year: int) -> dt.date:
    """Easter Sunday of the Julian calendar, as a day of ours: 13 days later from 1900 to 2099 (Meeus, chapter 8)."""
    d = (19 * (year % 19) + 15) % 30
    e = (2 * (year % 4) + 4 * (year % 7) - d + 34) % 7
    month, day = divmod(d + e + 114, 31)
    return dt.date(year, month, day + 1) + dt.timedelta(days=13)


@lru_cache(maxsize=64)
def _easters(country: str, year: int) -> frozenset:
    orthodox = {_orthodox(year) + dt.timedelta(days=days) for days in ORTHODOX.get(country, ())}
    return frozenset(orthodox | {_western(year) + dt.timedelta(days=days) for days in WESTERN.get(country, ())})


def holiday(country: str, day: dt.date) -> str:
    """The word for the public holiday a day is in a country (a gettext id), "" for a working day."""
    fixed = FIXED.get(country, {}).get((day.month, day.day), "")
    return fixed or (_EASTER if day in _easters(country, day.year) else "")
