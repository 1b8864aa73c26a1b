"""Helpline calls: their states, what must be known before a call back, the code a caller chooses, a month's tables."""

import datetime as dt
from collections.abc import Iterable, Mapping
from enum import StrEnum

from duga.directory.rules.hours import DAYS, Openness, minutes, openness, read
from duga.evidence.model import ALL, Cell, Table
from duga.plain.errors import Refused, gettext_noop
from duga.plain.text import fold


class CallState(StrEnum):
    """Where the record of a call stands."""

    DRAFT = "draft"
    KEPT = "kept"
    DISCARDED = "discarded"  #: the row is gone: a wrong number, a caller who hung up at once


CALL_TRANSITIONS = {CallState.DRAFT: {CallState.KEPT, CallState.DISCARDED}, CallState.KEPT: {CallState.DRAFT}}
REOPEN = dt.timedelta(hours=24)  #: so long the operator may go back into a finished call
OLD_DRAFT = dt.timedelta(hours=24)  #: a draft older than this is shown to the supervisor, without what is in it


class Caller(StrEnum):
    """Who calls: the person it is about, or somebody for her."""

    SELF = "self"
    THIRD_PARTY = "third_party"


CALLER_LABELS = {
    Caller.SELF: gettext_noop("for herself or himself"),
    Caller.THIRD_PARTY: gettext_noop("for somebody else"),
}


class Callback(StrEnum):
    """Whether somebody waits to be called."""

    NONE = ""
    WAITING = "waiting"
    DONE = "done"
    GIVEN_UP = "given_up"


CALLBACK_TRANSITIONS = {Callback.WAITING: {Callback.DONE, Callback.GIVEN_UP}}
CALLBACK_LABELS = {
    Callback.NONE: gettext_noop("no call back"),
    Callback.WAITING: gettext_noop("waits to be called"),
    Callback.DONE: gettext_noop("was called back"),
    Callback.GIVEN_UP: gettext_noop("could not be reached safely"),
}

_CANNOT = gettext_noop("This call is finished. Only the operator who took it may go back into it, for a day.")
_NO_CALLBACK = gettext_noop("Nobody waits to be called here any more.")


def check_call(now: str, wanted: CallState, *, ended: dt.datetime | None, at: dt.datetime) -> None:
    """Refuses a step of a call that the table does not hold, or that comes too late."""
    if wanted not in CALL_TRANSITIONS[CallState(now)] or (ended is not None and at - ended > REOPEN):
        raise Refused(_CANNOT)


def check_callback(now: str, wanted: Callback) -> None:
    """Refuses to end a call back that nobody waits for."""
    if wanted not in CALLBACK_TRANSITIONS.get(Callback(now), ()):
        raise Refused(_NO_CALLBACK)


# --- Safe contact -----------------------------------------------------------------------------------------

#: What is asked first in every call, and kept sealed. `contact`: yes, no, or "" not asked yet.
SAFE_FIELDS = ("contact", "number", "days", "opens", "closes", "voicemail", "message", "word")
SAFE_LABELS = {
    "number": gettext_noop("a safe number"),
    "hours": gettext_noop("from when to when it is safe"),
    "voicemail": gettext_noop("whether a voicemail may be left"),
    "message": gettext_noop("whether a message may be sent"),
}
_NO_CONTACT = gettext_noop("She said that she must not be contacted. Nobody calls; wait until she calls again.")
_MISSING = gettext_noop("No contact is possible yet. Missing: %(what)s. Only she can tell it, when she calls.")
_NOT_NOW = gettext_noop("It is not safe to call now. Next safe time: %(when)s.")


_BAD_SAFE = gettext_noop("“%(value)s” cannot be read as a part of her safe contact. Choose again.")
LONGEST = {"number": 40, "word": 80}


def clean_safe(told: Mapping) -> dict:
    """Her safe contact as it is kept: only SAFE_FIELDS, only what was told; {} where nothing was. Refused: unreadable.

    >>> clean_safe({"contact": "no", "number": ""})
    {'contact': 'no'}
    """
    safe = {name: told[name] for name in SAFE_FIELDS if told.get(name)}
    for name, value in safe.items():
        known = {"contact": ("yes", "no"), "voicemail": ("yes", "no"), "message": ("yes", "no")}.get(name)
        if name == "days":
            good = all(day in DAYS for day in value)
        elif name in ("opens", "closes"):
            good = minutes(value) is not None
        else:
            good = value in known if known else len(value) <= LONGEST[name]
        if not good:
            raise Refused(_BAD_SAFE, value=value)
    if safe.get("contact") == "no":
        return {"contact": "no"}  # nothing is kept that would let somebody call her
    return {**safe, "days": [day for day in DAYS if day in safe["days"]]} if "days" in safe else safe


def missing_for_contact(safe: Mapping) -> list[str]:
    """The names (of SAFE_LABELS) of what must be known before anybody may call; empty when all is there."""
    missing = [] if safe.get("number") else ["number"]
    if _window(safe) is None:
        missing.append("hours")
    return missing + [name for name in ("voicemail", "message") if safe.get(name) not in ("yes", "no")]


def check_callable(safe: Mapping, *, words=lambda text: text) -> None:
    """Refuses, saying what is missing, unless all is told that a contact needs at any time."""
    if safe.get("contact") == "no":
        raise Refused(_NO_CONTACT)
    missing = missing_for_contact(safe) if safe.get("contact") == "yes" else list(SAFE_LABELS)
    if missing:
        raise Refused(_MISSING, what=", ".join(words(SAFE_LABELS[name]) for name in missing))


def check_contact(safe: Mapping, now: dt.datetime, zone, *, words=lambda text: text) -> None:
    """Refuses to hand out a number that may not be called, or not now; `words` puts a label into the reader's language.

    now: aware; zone: the time zone in which her hours were told.
    """
    check_callable(safe, words=words)
    safely = safe_now(safe, now, zone)
    if not safely.open:
        when = safely.next.astimezone(zone).strftime("%d.%m. %H:%M") if safely.next else "-"
        raise Refused(_NOT_NOW, when=when)


def _window(safe):
    if not safe.get("opens") or not safe.get("closes"):
        return None
    told = {"byday": ",".join(safe.get("days") or ()), "opens_at": safe["opens"], "closes_at": safe["closes"]}
    hours = read(told)
    return hours if hours and hours.opens is not None and hours.closes is not None else None


def safe_now(safe: Mapping, now: dt.datetime, zone) -> Openness:
    """Whether it is safe to call at `now`, until when, and when it is next; unknown hours are never safe."""
    window = _window(safe)
    return openness([window], (), now, at=zone) if window else Openness(False)


# --- The code a caller chooses ----------------------------------------------------------------------------

CODE_LEAST = 6  #: letters and digits
TRIES = 5  #: codes that may be asked for in vain in one call

_CODE_SHORT = gettext_noop(
    "The code is too easily guessed. Let her choose two words, or a word and a number: 6 letters and digits or more, "
    "and not her name."
)
_TRIES = gettext_noop("Five codes did not fit in this call. Go on without: what she told earlier stays closed.")


def read_code(text: str) -> str:
    """A code as it is compared: in any script, with or without diacritics, blanks and capitals. Refused: too easy."""
    code = "".join(letter for letter in fold(text or "") if letter.isalnum())
    if len(code) < CODE_LEAST or len(set(code)) < 4:
        raise Refused(_CODE_SHORT)
    return code


def check_tries(tries: int) -> None:
    """Refuses to look for a further code once too many were tried."""
    if tries >= TRIES:
        raise Refused(_TRIES)


# --- Months, told on written request ----------------------------------------------------------------------


class MonthState(StrEnum):
    """Where a written request for a month's numbers stands."""

    ASKED = "asked"
    REFUSED = "refused"
    RELEASED = "released"


MONTH_TRANSITIONS = {MonthState.ASKED: {MonthState.REFUSED, MonthState.RELEASED}}
MONTH_LABELS = {
    MonthState.ASKED: gettext_noop("to decide"),
    MonthState.REFUSED: gettext_noop("refused"),
    MonthState.RELEASED: gettext_noop("told"),
}
_DECIDED = gettext_noop("This request was decided already.")
_SAME_PERSON = gettext_noop("You noted this request. Somebody else named for the line decides it.")
_NOT_OVER = gettext_noop("%(month)s is not over yet. Months are told when they are over, and a day has passed.")
_UNFINISHED = gettext_noop("%(n)s calls of that month are not finished. Finish them first, or the month would change.")
MINIMUM = 5  #: no number of a month between 1 and 4 is told


def check_month_decision(state: str, wanted: MonthState, *, noted_by, by) -> None:
    """Refuses a second decision, and one by the person who noted the request."""
    if wanted not in MONTH_TRANSITIONS.get(MonthState(state), ()):
        raise Refused(_DECIDED)
    if noted_by == by:
        raise Refused(_SAME_PERSON)


def check_month_over(month: dt.date, now: dt.datetime, *, unfinished: int = 0) -> None:
    """Refuses a month in which calls may still be changed: until a day after its end, or with drafts in it."""
    end = dt.datetime.combine(month_after(month), dt.time(), now.tzinfo)
    if now < end + REOPEN:
        raise Refused(_NOT_OVER, month=f"{month:%m.%Y}")
    if unfinished:
        raise Refused(_UNFINISHED, n=unfinished)


def month_after(month: dt.date) -> dt.date:
    """The first day of the month after."""
    return (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1)


#: Tables of a month: (name, column of a call, unit). Calls and services are unlike units and never stand in one table.
CALLS, SERVICES = "helpline_calls", "helpline_services"
BY = ("caller", "channel", "language", "sex", "age_band")
NOT_TOLD = "unknown"


def month_tables(calls: Iterable[Mapping]) -> tuple[Table, ...]:
    """The tables of a month: calls by each of BY, each adding up to the number of calls; services by kind.

    `calls`: dicts with the columns of BY and `services` ({code: how often}). No place, no organisation, no day: what
    is not here cannot be asked for.
    """
    calls = list(calls)
    tables = []
    for name in BY:
        cells = {(ALL,): len(calls)}
        for call in calls:
            key = (call[name] or NOT_TOLD,)
            cells[key] = cells.get(key, 0) + 1
        tables.append(_table(CALLS, "contact", name, cells))
    services = {(ALL,): 0}
    for call in calls:
        for code, often in call["services"].items():
            services[code,] = services.get((code,), 0) + often
            services[ALL,] += often
    return (*tables, _table(SERVICES, "service", "call_service", services))


def _table(measure, unit, name, cells) -> Table:
    return Table(measure, unit, (name,), {key: Cell(value) for key, value in cells.items()}, distinct=False)
