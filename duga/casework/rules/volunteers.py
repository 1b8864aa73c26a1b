"""Volunteers: their standing, when they have time, what runs out, and all that one may do on her own phone."""

import datetime as dt
import re
from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum

from duga.plain.errors import Refused, Unreadable, gettext_noop


class VolunteerState(StrEnum):
    """Where a volunteer stands with her organisation."""

    ACTIVE = "active"
    PAUSED = "paused"  #: keeps her record and her phone, is given no errands
    ENDED = "ended"


#: From which state one may go where.
VOLUNTEER_TRANSITIONS = {
    VolunteerState.ACTIVE: {VolunteerState.PAUSED, VolunteerState.ENDED},
    VolunteerState.PAUSED: {VolunteerState.ACTIVE, VolunteerState.ENDED},
    VolunteerState.ENDED: {VolunteerState.ACTIVE},
}
VOLUNTEER_LABELS = {
    VolunteerState.ACTIVE: gettext_noop("active"),
    VolunteerState.PAUSED: gettext_noop("paused"),
    VolunteerState.ENDED: gettext_noop("ended"),
}
VOLUNTEER_FIELDS = ("name", "phone", "contact", "contact_phone")

#: Days after her service ended at which a volunteer's name is destroyed.
VOLUNTEER_KEPT_DAYS = 365
#: So many days before an insurance or a training runs out it is said.
RUNS_OUT_SOON = 30


class VolunteerMay(StrEnum):
    """All that a volunteer may do on her own phone. She has no account and holds no role: nothing else is open."""

    SEE_ERRANDS = "see_errands"  #: what, where and for whom, of today and overdue
    ANSWER_ERRANDS = "answer_errands"  #: accepted, on the way, done, could not
    GIVE_HOURS = "give_hours"  #: and see those of the last days
    LOCK = "lock"  #: her phone


#: States in which each is open to her. A paused one may still write down the hours she gave.
VOLUNTEER_MAY = {
    VolunteerMay.SEE_ERRANDS: {VolunteerState.ACTIVE},
    VolunteerMay.ANSWER_ERRANDS: {VolunteerState.ACTIVE},
    VolunteerMay.GIVE_HOURS: {VolunteerState.ACTIVE, VolunteerState.PAUSED},
    VolunteerMay.LOCK: set(VolunteerState),
}

_STEP = gettext_noop("A volunteer who is %(before)s cannot become %(after)s.")
_NO_NAME = gettext_noop("Write the volunteer's name.")
_LONG = gettext_noop("At most 120 letters for a name or a phone number.")
_TIMES = gettext_noop("Give hours as 9-13 or 9:00-17:30, the earlier first, or leave the day empty.")
_HOURS = gettext_noop("Hours of one day are more than 0 and at most 24, in quarters: 1, 1,5, 2,25.")
_LATE_DAY = gettext_noop("A day on which a service ended is not before its beginning.")
_TIME = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?")


def check_volunteer_step(before: str, after: str) -> None:
    """Refused unless a volunteer may go from one state to the other."""
    if VolunteerState(after) not in VOLUNTEER_TRANSITIONS[VolunteerState(before)]:
        raise Refused(
            _STEP, before=VOLUNTEER_LABELS[VolunteerState(before)], after=VOLUNTEER_LABELS[VolunteerState(after)]
        )


def check_last_day(until: dt.date, *, since: dt.date) -> dt.date:
    """The day a service ended."""
    if until < since:
        raise Refused(_LATE_DAY)
    return until


def clean_volunteer(identity: dict) -> dict:
    """The fields of VOLUNTEER_FIELDS that are filled in, trimmed; a name among them."""
    kept = {name: " ".join(str(identity.get(name) or "").split()) for name in VOLUNTEER_FIELDS}
    if not kept["name"]:
        raise Refused(_NO_NAME)
    if any(len(text) > 120 for text in kept.values()):
        raise Refused(_LONG)
    return {name: text for name, text in kept.items() if text}


def read_time(text: str) -> str:
    """ "9", "9:00" or "17.30" as "09:00", "17:30"; Unreadable for what is no time of a day."""
    match = _TIME.fullmatch(str(text).strip())
    if match is None or int(match[1]) > 24 or int(match[2] or 0) > 59 or (match[1] == "24" and int(match[2] or 0)):
        raise Unreadable(_TIMES)
    return f"{int(match[1]):02d}:{match[2] or '00'}"


def read_span(text: str) -> tuple[str, str]:
    """ "9-13" or "9:00–13:30" as its two times, still as typed; two empty texts for none."""
    begin, dash, end = str(text or "").replace("–", "-").replace("—", "-").partition("-")
    if text and not dash:
        raise Unreadable(_TIMES)
    return begin.strip(), end.strip()


def clean_available(available: dict) -> dict:
    """{"0"…"6" (Monday first): ["09:00", "13:00"]} of the days on which there is time."""
    cleaned = {}
    for day, (begin, end) in available.items():
        if not begin and not end:
            continue
        begin, end = read_time(begin), read_time(end)
        if str(day) not in "0123456" or begin >= end:
            raise Unreadable(_TIMES)
        cleaned[str(day)] = [begin, end]
    return dict(sorted(cleaned.items()))


def hours_free(available: dict, day: dt.date) -> Decimal:
    """Hours a volunteer has on a day of the week; 0 where she has none."""
    if str(day.weekday()) not in available:
        return Decimal(0)
    (begin, begin_minute), (end, end_minute) = (text.split(":") for text in available[str(day.weekday())])
    return Decimal((int(end) - int(begin)) * 60 + int(end_minute) - int(begin_minute)) / 60


def check_hours(hours) -> Decimal:
    """Hours of one day, in quarters."""
    hours = Decimal(hours)
    if not 0 < hours <= 24 or hours % Decimal("0.25"):
        raise Refused(_HOURS)
    return hours


def runs_out(day: dt.date | None, *, today: dt.date) -> str:
    """ "over" for what ran out, "soon" within RUNS_OUT_SOON days, "" otherwise or where nothing runs out."""
    if day is None or day > today + dt.timedelta(days=RUNS_OUT_SOON):
        return ""
    return "over" if day < today else "soon"


def valid_trainings(trainings: Iterable[tuple[str, dt.date | None]]) -> dict[str, dt.date | None]:
    """{title: the day the newest of this title expires, None for never} of (title, expiry day) pairs."""
    found = {}
    for title, expires_on in trainings:
        latest = found.get(title, dt.date.min)
        found[title] = None if expires_on is None or latest is None else max(latest, expires_on)
    return found
