"""Opening hours: which days a schedule means, whether a service is open at a moment, when it opens next.

A schedule speaks RFC 5545's words as HSDS takes them (freq, byday, bymonthday, interval…). One without a day and
without hours says nothing, and nothing is made of it: unknown is not closed. Hours that reach past midnight end on
the day after. Moments are aware datetimes; a schedule's times are those of its place.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

#: One zone a country of the region; "UTC" where we do not know it.
ZONES = {
    "AL": "Europe/Tirane", "BA": "Europe/Sarajevo", "HR": "Europe/Zagreb", "XK": "Europe/Belgrade",
    "ME": "Europe/Podgorica", "MK": "Europe/Skopje", "RS": "Europe/Belgrade", "SI": "Europe/Ljubljana",
    "AT": "Europe/Vienna", "BG": "Europe/Sofia", "DE": "Europe/Berlin", "GR": "Europe/Athens", "HU": "Europe/Budapest",
    "IT": "Europe/Rome", "MD": "Europe/Chisinau", "RO": "Europe/Bucharest", "TR": "Europe/Istanbul",
    "UA": "Europe/Kyiv",
}  # fmt: skip
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?")
#: A week by which the hours of the week are told; any week does.
WEEK = dt.date(2024, 1, 1)
AHEAD = 15  #: days one looks ahead for the next opening
MIDNIGHT = 24 * 60


@dataclass(frozen=True)
class Hours:
    """One schedule, as far as it can be understood. Minutes since midnight; `closes` may lie past 1440.

    `offset` is the schedule's own hours from UTC where it has one. `opens` None: those days, hours not told.
    """

    days: tuple[tuple[int, int], ...] = ()  #: (0 every or n-th in its month, weekday from Monday 0); none: every day
    month_days: tuple[int, ...] = ()
    opens: int | None = None
    closes: int | None = None
    monthly: bool = False
    interval: int = 1
    start: dt.date | None = None
    first: dt.date | None = None
    last: dt.date | None = None
    language: str = ""
    offset: float | None = None


@dataclass(frozen=True)
class Closed:
    """Days, both included, on which hours do not hold."""

    first: dt.date
    last: dt.date


@dataclass(frozen=True)
class Openness:
    """Whether it is open: True, False, or None when nobody said. `until` it closes; `next` it opens."""

    open: bool | None
    until: dt.datetime | None = None
    next: dt.datetime | None = None


def zone(country: str) -> ZoneInfo:
    """A country's time zone."""
    return ZoneInfo(ZONES.get(country, "UTC"))


def minutes(text: str) -> int | None:
    """Minutes since midnight of "9:00", "09:00:00", "09:00Z"; None for what is no time."""
    match = _TIME.fullmatch((text or "").strip())
    if match is None:
        return None
    hour, minute = int(match[1]), int(match[2])
    return hour * 60 + minute if hour * 60 + minute <= MIDNIGHT and minute < 60 else None


def read(told: dict) -> Hours | None:
    """What a schedule's fields (HSDS's names; dates as dates) mean; None when they say neither days nor hours."""
    opens, closes = minutes(told.get("opens_at", "")), minutes(told.get("closes_at", ""))
    days = tuple((int(n or 0), DAYS.index(day)) for n, day in _DAY.findall((told.get("byday") or "").upper()))
    month_days = tuple(int(n) for n in re.findall(r"-?\d+", told.get("bymonthday") or ""))
    dtstart = told.get("dtstart")
    once = not told.get("freq") and dtstart is not None and not days
    if opens is None and not days and not month_days and not once:
        return None
    if opens is not None and closes is not None and closes <= opens:
        closes += MIDNIGHT  # past midnight; 00:00 to 00:00 is round the clock
    lasts = [day for day in (told.get("valid_to"), told.get("until"), dtstart if once else None) if day]
    firsts = [day for day in (told.get("valid_from"), dtstart) if day]
    return Hours(
        days=days, month_days=month_days, opens=opens, closes=closes, monthly=told.get("freq") == "MONTHLY",
        interval=max(1, told.get("interval") or 1), start=dtstart or told.get("valid_from"),
        first=max(firsts, default=None), last=min(lasts, default=None), language=told.get("language") or "",
        offset=told.get("timezone"),
    )  # fmt: skip


def falls_on(hours: Hours, day: dt.date) -> bool:
    """Whether a schedule holds on a day."""
    if (hours.first and day < hours.first) or (hours.last and day > hours.last):
        return False
    if hours.interval > 1 and hours.start and _periods(hours, day) % hours.interval:
        return False
    if hours.month_days:
        last = (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
        return day.day in hours.month_days or day.day - last.day - 1 in hours.month_days
    if not hours.days:
        return True
    return any(weekday == day.weekday() and (n == 0 or n in _nth(day)) for n, weekday in hours.days)


def _periods(hours, day):
    if hours.monthly:
        return (day.year - hours.start.year) * 12 + day.month - hours.start.month
    monday = hours.start - dt.timedelta(days=hours.start.weekday())
    return (day - monday).days // 7


def _nth(day):
    """Which of its weekday a day is in its month, from the front and from the back: (2, -3)."""
    last = (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
    return (day.day - 1) // 7 + 1, -((last.day - day.day) // 7 + 1)


def spans(
    schedules: Iterable[Hours], closures: Iterable[Closed], *, first: dt.date, days: int, at: ZoneInfo,
    language: str = "",
) -> Iterator[tuple[dt.datetime, dt.datetime]]:  # fmt: skip
    """(from, to) of each opening on `days` days from `first` on, joined where they touch, in the order they begin.

    With `language`: the hours in that language, and those that hold for all.
    """
    schedules = [hours for hours in schedules if hours.opens is not None and hours.closes is not None]
    schedules = [hours for hours in schedules if not hours.language or hours.language == language or not language]
    closures = list(closures)
    found = []
    for number in range(days):
        day = first + dt.timedelta(days=number)
        if any(closed.first <= day <= closed.last for closed in closures):
            continue
        for hours in schedules:
            if falls_on(hours, day):
                found.append((_moment(day, hours.opens, hours, at), _moment(day, hours.closes, hours, at)))
    joined: list[list[dt.datetime]] = []
    for begin, end in sorted(found):
        if joined and begin <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([begin, end])
    return ((begin, end) for begin, end in joined)


def _moment(day, minute, hours, at):
    where = at if hours.offset is None else dt.timezone(dt.timedelta(hours=hours.offset))
    day += dt.timedelta(days=minute // MIDNIGHT)
    return dt.datetime.combine(day, dt.time(minute % MIDNIGHT // 60, minute % 60), where)


def openness(
    schedules: Iterable[Hours], closures: Iterable[Closed], now: dt.datetime, *, at: ZoneInfo, language: str = ""
) -> Openness:
    """Whether a service is open at `now`, until when, and when it opens next within AHEAD days.

    With `language`: whether it is open in that language: where hours name languages, only those (and hours for all)
    count. None when no schedule tells hours and it is not told to be closed on this day.
    """
    schedules, closures = list(schedules), list(closures)
    today = now.astimezone(at).date()
    if not any(hours.opens is not None and hours.closes is not None for hours in schedules):
        return Openness(False if any(closed.first <= today <= closed.last for closed in closures) else None)
    later = None
    for begin, end in spans(
        schedules, closures, first=today - dt.timedelta(days=1), days=AHEAD + 1, at=at, language=language
    ):
        if begin <= now < end:
            return Openness(True, until=end)
        if begin > now:
            later = begin
            break
    return Openness(False, next=later)
