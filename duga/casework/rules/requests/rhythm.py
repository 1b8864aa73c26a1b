"""Visits that come round: every week on Monday and Thursday, every second week, once a month."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from duga.casework.rules.requests.holidays import holiday
from duga.plain.errors import Refused, gettext_noop


class Rhythm(StrEnum):
    """How often."""

    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY = "monthly"  #: on the first of these weekdays in each month


RHYTHM_LABELS = {
    Rhythm.WEEKLY: gettext_noop("every week"),
    Rhythm.FORTNIGHTLY: gettext_noop("every second week"),
    Rhythm.MONTHLY: gettext_noop("once a month"),
}
WEEKDAY_LABELS = (
    gettext_noop("Monday"), gettext_noop("Tuesday"), gettext_noop("Wednesday"), gettext_noop("Thursday"),
    gettext_noop("Friday"), gettext_noop("Saturday"), gettext_noop("Sunday"),
)  # fmt: skip

AHEAD_DAYS = 14  #: so many days ahead the visits stand in somebody's list

_WEEKDAYS = gettext_noop("Choose at least one day of the week.")
_ONE = gettext_noop("A visit once a month has one day of the week.")
_BACKWARDS = gettext_noop("The last day lies before the first.")


@dataclass(frozen=True)
class Turn:
    """A day on which the visit comes round; `holiday` names the holiday for which it is skipped."""

    day: dt.date
    holiday: str = ""


def check_rhythm(rhythm: str, weekdays, begins: dt.date, ends: dt.date | None) -> tuple[int, ...]:
    """The weekdays (0 Monday … 6 Sunday) in order; Refused when they make no rhythm."""
    days = tuple(sorted({int(day) for day in weekdays}))
    if not days or not set(days) <= set(range(7)):
        raise Refused(_WEEKDAYS)
    if Rhythm(rhythm) is Rhythm.MONTHLY and len(days) > 1:
        raise Refused(_ONE)
    if ends is not None and ends < begins:
        raise Refused(_BACKWARDS)
    return days


def turns(
    rhythm: str, weekdays, *, begins: dt.date, ends: dt.date | None, first: dt.date, last: dt.date, country: str,
    on_holidays: bool = False,
) -> Iterator[Turn]:  # fmt: skip
    """The days between `first` and `last` (both included) on which a visit comes round, holidays named.

    A fortnight is counted from the week of `begins`. With `on_holidays` no holiday is skipped.
    """
    day, last = max(first, begins), min(last, ends or last)
    monday = begins - dt.timedelta(days=begins.weekday())
    while day <= last:
        weeks = (day - monday).days // 7
        meant = day.weekday() in weekdays and (
            rhythm == Rhythm.WEEKLY
            or (rhythm == Rhythm.FORTNIGHTLY and weeks % 2 == 0)
            or (rhythm == Rhythm.MONTHLY and day.day <= 7)
        )
        if meant:
            yield Turn(day, "" if on_holidays else holiday(country, day))
        day += dt.timedelta(days=1)
