"""Households with roles, and parties that travel together: they join, split, lose one another.

Nobody is traced here: looking for lost relatives is the work of the Red Cross and Red Crescent, with people's consent.
"""

from enum import StrEnum

from duga.plain.errors import Refused, gettext_noop

#: A household or a party has at most so many people.
MOST = 200


class PartyState(StrEnum):
    """Where a party stands, as far as we know."""

    TRAVELLING = "travelling"
    SPLIT = "split"
    ARRIVED = "arrived"
    LOST = "lost_sight"


PARTY_LABELS = {
    PartyState.TRAVELLING: gettext_noop("together on the way"),
    PartyState.SPLIT: gettext_noop("gone in parts"),
    PartyState.ARRIVED: gettext_noop("arrived"),
    PartyState.LOST: gettext_noop("lost sight of"),
}
#: From which state to which one may go. A party whose people have all gone on in others stays split.
PARTY_TRANSITIONS = {
    PartyState.TRAVELLING: {PartyState.SPLIT, PartyState.ARRIVED, PartyState.LOST},
    PartyState.LOST: {PartyState.TRAVELLING, PartyState.ARRIVED},
    PartyState.ARRIVED: {PartyState.TRAVELLING},
    PartyState.SPLIT: set(),
}


class Left(StrEnum):
    """Why someone is no longer with a party."""

    SPLIT = "split"
    LOST = "lost_one_another"
    STAYED = "stayed"


LEFT_LABELS = {
    Left.SPLIT: gettext_noop("went on with others"),
    Left.LOST: gettext_noop("they lost one another"),
    Left.STAYED: gettext_noop("stayed here"),
}

_STEP = gettext_noop("A party that is “%(now)s” cannot become “%(wanted)s”.")
_SIZE = gettext_noop("Say how many people travel together: 1 to %(most)s.")
_FEWER = gettext_noop("More people are written down in this party than travel in it. Give their real number.")
_DAYS = gettext_noop("The last day cannot lie before the first.")


def check_party_step(now: str, wanted: str) -> PartyState:
    """The wanted state, or Refused where the table does not hold the step."""
    if wanted not in PARTY_TRANSITIONS[PartyState(now)]:
        labels = {state.value: label for state, label in PARTY_LABELS.items()}
        raise Refused(_STEP, now=labels[str(now)], wanted=labels.get(str(wanted), str(wanted)))
    return PartyState(wanted)


def check_party_size(size, known: int = 0) -> int:
    """How many people travel together; at least as many as are written down."""
    try:
        size = int(size)
    except (TypeError, ValueError):
        raise Refused(_SIZE, most=MOST) from None
    if not 1 <= size <= MOST:
        raise Refused(_SIZE, most=MOST)
    if size < known:
        raise Refused(_FEWER)
    return size


def check_days(since, until) -> None:
    """Refused when something ends before it began."""
    if since and until and until < since:
        raise Refused(_DAYS)
