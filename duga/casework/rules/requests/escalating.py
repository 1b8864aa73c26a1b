"""Nothing falls through: who is told when a request waits, after how long, and who next.

An organisation may write its own table. Without one the steps are shares of the priority itself: a request that nobody
has assessed is told of after 1/24 of its time (an emergency after one hour, an urgent one after three, a normal one
after 14), and again after a sixth; one that nobody has taken after 1/12 and 1/3; one that was given and not begun
after 1/6 and 1/2; one under way at its half and its end; one delivered and not confirmed after its whole time and
twice that. Whatever its state, a request past its time is told of at once, and again when half the time more is gone.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from duga.casework.rules.requests.states import OPEN_STATES, URGENCY_HOURS, RequestState, Urgency
from duga.plain.errors import Refused, gettext_noop


class Tell(StrEnum):
    """Who is told."""

    HOLDER = "holder"  #: who was given the request; while nobody was, who hands work out
    ASSIGNERS = "assigners"
    SUPERVISORS = "supervisors"
    COORDINATORS = "coordinators"


TELL_LABELS = {
    Tell.HOLDER: gettext_noop("who was given it"),
    Tell.ASSIGNERS: gettext_noop("everyone who hands work out"),
    Tell.SUPERVISORS: gettext_noop("case supervisors"),
    Tell.COORDINATORS: gettext_noop("coordinators"),
}

OVERDUE = "overdue"  #: stands where a state stands: past its time, in whatever state before delivery
LONGEST_HOURS = 24 * 60

R = RequestState
#: {state: ((share of the priority's time, who), …)}, in order: who is told, who next.
_SHARES = {
    R.RECEIVED: ((Fraction(1, 24), Tell.ASSIGNERS), (Fraction(1, 6), Tell.COORDINATORS)),
    R.ASSESSED: ((Fraction(1, 12), Tell.ASSIGNERS), (Fraction(1, 3), Tell.COORDINATORS)),
    R.ASSIGNED: ((Fraction(1, 6), Tell.HOLDER), (Fraction(1, 2), Tell.ASSIGNERS)),
    R.UNDER_WAY: ((Fraction(1, 2), Tell.HOLDER), (Fraction(1), Tell.ASSIGNERS)),
    R.DELIVERED: ((Fraction(1), Tell.ASSIGNERS), (Fraction(2), Tell.COORDINATORS)),
    OVERDUE: ((Fraction(0), Tell.ASSIGNERS), (Fraction(1, 2), Tell.COORDINATORS)),
}

_LATER = gettext_noop("Each next step comes later than the one before it.")
_HOURS = gettext_noop("Give hours from 0 to %(most)s.")
_STATE = gettext_noop("“%(state)s” is no state in which a request waits.")
_NOBODY = gettext_noop("Each state and priority needs at least one step, or a request could be forgotten there.")


@dataclass(frozen=True)
class Step:
    """One line of the table: a request in `state` (or overdue) of this urgency, after so many hours: who is told."""

    state: str
    urgency: str
    hours: Fraction
    tell: str


def default_steps() -> list[Step]:
    """The table an organisation has until it writes its own."""
    return [
        Step(str(state), str(urgency), share * URGENCY_HOURS[urgency], str(tell))
        for state, shares in _SHARES.items()
        for urgency in Urgency
        for share, tell in shares
    ]


def check_steps(steps: Iterable[Step]) -> list[Step]:
    """A whole table as it may be kept; Refused when a state is left without a step or steps do not follow in time."""
    steps, found = list(steps), {}
    for step in steps:
        if step.state not in (*OPEN_STATES, OVERDUE) or step.urgency not in list(Urgency):
            raise Refused(_STATE, state=step.state)
        if not 0 <= step.hours <= LONGEST_HOURS:
            raise Refused(_HOURS, most=LONGEST_HOURS)
        Tell(step.tell)
        line = found.setdefault((step.state, step.urgency), [])
        if line and line[-1].hours >= step.hours:
            raise Refused(_LATER)
        line.append(step)
    if len(found) < len(_SHARES) * len(Urgency):
        raise Refused(_NOBODY)
    return steps


def _line(steps, state, urgency):
    return [step for step in steps if step.state == state and step.urgency == urgency]


def next_step(
    steps: Iterable[Step], *, state: str, urgency: str, since: dt.datetime, due: dt.datetime, told: int, told_late: int
) -> tuple[dt.datetime, Step] | None:
    """When someone is told next of a request, and by which line; None when nobody is left to tell.

    since: when it came into its state; told: steps told of already in this state; told_late: those of being overdue.
    """
    if state not in OPEN_STATES:
        return None
    coming = [(since, step) for step in _line(steps, state, urgency)[told:][:1]]
    if state != R.DELIVERED:
        coming += [(due, step) for step in _line(steps, OVERDUE, urgency)[told_late:][:1]]
    found = [(begin + dt.timedelta(hours=float(step.hours)), step) for begin, step in coming]
    return min(found, key=lambda each: each[0], default=None)


def when(steps: Iterable[Step], **where) -> dt.datetime | None:
    """The moment of `next_step` alone, None when nobody is left to tell."""
    found = next_step(steps, **where)
    return found[0] if found else None
