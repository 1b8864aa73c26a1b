"""Work beside deliveries as the words that snapshots hold (`evidence.work`): how far, how fast, to what end."""

import datetime as dt
from collections.abc import Iterator

from duga.casework.rules.referrals import ReferralState, Told
from duga.casework.rules.requests import RequestState

#: What stands on the board, what is done, and how else a request ends; drafts and joined duplicates are none.
STAGES = {
    RequestState.RECEIVED: "waiting",
    RequestState.ASSESSED: "waiting",
    RequestState.ASSIGNED: "under_way",
    RequestState.UNDER_WAY: "under_way",
    RequestState.DELIVERED: "delivered",
    RequestState.CONFIRMED: "delivered",
    RequestState.REFUSED: "refused",
    RequestState.WITHDRAWN: "withdrawn",
}
BANDS = ((24, "24h"), (72, "72h"), (14 * 24, "2w"))
"""Upper ends in hours of the times within which an answer came, the end included."""


def hours_between(start: dt.datetime | None, end: dt.datetime | None) -> float | None:
    """Hours from one moment to another; None where one of them is not known, nought where they are told in disorder."""
    return max((end - start).total_seconds() / 3600, 0.0) if start and end else None


def in_time(hours: float | None, within: float) -> str:
    """in_time, late, or none where it did not happen."""
    return "none" if hours is None else "in_time" if hours <= within else "late"


def band(hours: float | None) -> str:
    """24h, 72h, 2w, later, or none."""
    return "none" if hours is None else next((word for most, word in BANDS if hours <= most), "later")


def referral_end(state: str, *, successful: bool | None, told_by: str, wrong: bool) -> str:
    """What came of a referral: confirmed only where who gave the service says so, not who sent her there."""
    if state == ReferralState.DONE:
        given = "said_by_sender" if told_by == Told.SENDER else "confirmed"
        return given if successful else "not_given"
    if state == ReferralState.REJECTED:
        return "sent_wrongly" if wrong else "rejected"
    return "revoked" if state == ReferralState.REVOKED else "open"


def satisfied(rating: int | None) -> str:
    """yes with four or five stars of five, middling with three, no with fewer, unknown without any."""
    return "unknown" if rating is None else "yes" if rating >= 4 else "middling" if rating == 3 else "no"


def open_months(opened: dt.date, closed: dt.date | None, until: dt.date) -> Iterator[dt.date]:
    """The months (their first days) at whose end a case was open; `until`: the day it is asked, the end of its month.

    A case that was closed on the last day of a month was not open at its end.
    """
    month = opened.replace(day=1)
    while month <= until:
        after = (month + dt.timedelta(days=32)).replace(day=1)
        if closed is None or closed >= after:
            yield month
        month = after
