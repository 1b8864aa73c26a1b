"""What of the directory becomes a word of supply: hours, and units of capacity."""

import datetime as dt
from collections.abc import Iterable

from duga.directory.rules.hours import WEEK, Hours, spans
from duga.evidence.supply.words import UNKNOWN
from duga.plain.text import fold

#: Office hours: Monday to Friday, from 7:00 to 17:00. Whoever works can come at other hours only.
OFFICE = (dt.time(7), dt.time(17))

_UNITS = {
    "bed": "bed beds krevet kreveti kreveta lezaj lezaja lezaji shtrat shtreter",
    "place": "place places mesto mesta mjesto mjesta vend vende korisnik korisnici korisnika users people persons",
    "meal": "meal meals obrok obroci obroka vakt",
    "hour": "hour hours sat sati cas casova ore",
}
CAPACITY_UNITS = {word: code for code, words in _UNITS.items() for word in words.split()}


def capacity_unit(name: str) -> str:
    """The code of a unit of capacity; empty where its name is none we know: unlike units are never added."""
    return CAPACITY_UNITS.get(fold(name), "")


def hours_word(hours: Iterable[Hours]) -> str:
    """`longer`: open at weekends or outside office hours at least once a week; `office`: not; else unknown.

    Schedules of a month, or of every other week, are not told by a week: unknown.
    """
    weekly = [each for each in hours if each.opens is not None and each.closes is not None]
    if not weekly or any(each.monthly or each.month_days or each.interval > 1 for each in weekly):
        return UNKNOWN
    lasting = [each for each in weekly if not each.first and not each.last]
    for begin, end in spans(lasting, (), first=WEEK, days=7, at=dt.UTC):
        if begin.weekday() > 4 or begin.date() != end.date() or begin.time() < OFFICE[0] or end.time() > OFFICE[1]:
            return "longer"
    return "office" if lasting else UNKNOWN
