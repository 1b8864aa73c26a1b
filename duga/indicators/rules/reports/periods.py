"""The times that a form is filled for: a month, a quarter or a year, never anything that cuts them."""

import datetime as dt

from duga.evidence.model import Period
from duga.plain.errors import Refused, gettext_noop

PERIODS = ("month", "quarter", "year")
_LENGTHS = {1: "month", 3: "quarter", 12: "year"}


def period_of(text: str, allowed: tuple[str, ...], *, today: dt.date) -> tuple[Period, str]:
    """(the months, their word) of "2020-04", "2020-Q2" or "2020"; refused when the form knows no such time, or before
    it has begun.

    Times that cut one another could be subtracted: so there are these three, which lie within one another.
    """
    found = Period.read(text)
    word = _LENGTHS.get(found.length) if found else None
    whole = word and (found.start[1] - 1) % {"month": 1, "quarter": 3, "year": 12}[word] == 0
    if not whole or word not in allowed:
        raise Refused(gettext_noop("This form is filled by %(allowed)s."), allowed=", ".join(allowed))
    if found.start > (today.year, today.month):
        raise Refused(gettext_noop("That time has not begun yet."))
    return found, word
