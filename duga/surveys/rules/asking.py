"""Who may fill a form in, by which link, until when."""

import datetime as dt
from dataclasses import dataclass

from duga.plain.errors import Refused, gettext_noop

NOT_YET = gettext_noop("Answers are taken from %(day)s on. Come back then; the link stays the same.")
OVER = gettext_noop("This asking has ended. Thank you for coming; nothing more is needed of you.")
USED = gettext_noop("This link was for one person, and its answers have come. Ask for another if they were not yours.")
TAKEN_BACK = gettext_noop("This link was taken back. Ask the organisation that gave it to you for a new one.")
CLOSED = gettext_noop("This form is closed. Ask the organisation that gave you the link.")
MOST_LINKS = 500  #: made in one go
ON_ONE_SHEET = 100  #: made on screen, where each has its picture


@dataclass(frozen=True)
class Door:
    """What decides whether a link opens: its own end, the days of its round, whether form and round are still open."""

    once: bool
    used: bool
    revoked: bool
    closed: bool
    expires_at: dt.datetime | None
    opens_on: dt.date | None = None
    closes_on: dt.date | None = None


def check_door(door: Door, now: dt.datetime, *, again: bool = False) -> None:
    """Refuses, in words for whoever holds the link. `again`: the very answers that used it up are sent once more."""
    if door.revoked:
        raise Refused(TAKEN_BACK)
    if door.once and door.used and not again:
        raise Refused(USED)
    if door.closed:
        raise Refused(CLOSED)
    if door.opens_on and now.date() < door.opens_on:
        raise Refused(NOT_YET, day=f"{door.opens_on:%d.%m.%Y.}")
    if (door.expires_at and now >= door.expires_at) or (door.closes_on and now.date() > door.closes_on):
        raise Refused(OVER)


def link_state(*, revoked: bool, used: bool, over: bool) -> tuple[str, str, bool]:
    """(what a list says of a link, its badge, whether it can still be taken back)."""
    if revoked:
        return gettext_noop("taken back"), "", False
    if used:
        return gettext_noop("answered"), "good", False
    if over:
        return gettext_noop("over"), "", False
    return gettext_noop("open"), "warn", True


#: Kinds of questions that a page without scripts can ask as they stand.
PLAIN = frozenset(
    {"text", "integer", "decimal", "date", "time", "select_one", "select_multiple", "note", "acknowledge", "range"}
)
#: What a phone fills in by itself, or nobody sees.
SILENT = frozenset(
    {"start", "end", "today", "deviceid", "username", "phonenumber", "email", "audit", "hidden", "group"}
)


def plain_questions(questions: list[dict]) -> list[dict] | None:
    """The questions in order if the form can be filled in without scripts, else None.

    It can where every question is asked of everybody: no repeats, no conditions, nothing worked out from answers.
    """
    shown = []
    for each in questions:
        kind = each["type"]
        if kind in SILENT and not each.get("relevant") and not each.get("calculate"):
            continue
        lists = kind.startswith("select") and (each.get("file") or each.get("filter"))
        if kind not in PLAIN or lists or any(each.get(how) for how in ("relevant", "calculate", "repeat")):
            return None
        shown.append(each)
    return shown
