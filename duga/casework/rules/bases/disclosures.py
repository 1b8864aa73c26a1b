"""Telling somebody without consent, because the law demands it or a life depends on it; and the review afterwards."""

from enum import StrEnum

from duga.casework.rules.bases.law import opening
from duga.casework.rules.bases.records import check_categories
from duga.plain.errors import Refused, gettext_noop

REVIEW_DAYS = 14  #: by then another person has looked at it

_REASON = gettext_noop("Say why: whoever reviews this reads it.")
_SAME = gettext_noop("Somebody else reviews this: you decided it.")
_REVIEWED = gettext_noop("This was reviewed already.")
_OUTCOME = gettext_noop("Choose what the review found.")
_NOTE = gettext_noop("Say what has to change, so that it does not happen again.")
_DUTY = gettext_noop("Name the law and article that demand this, for example: Family Act, article 263.")


class ReviewOutcome(StrEnum):
    """What whoever reviewed a disclosure found."""

    JUSTIFIED = "justified"
    TOO_MUCH = "too_much"  #: it had to be told, but less would have done
    NOT_JUSTIFIED = "not_justified"


def check_disclosure(country: str, *, basis: str, duty: str, categories, reason: str) -> list[str]:
    """The categories that were told; Refused without a basis, what was told, why, and for a duty the law it lies in."""
    opening(country, "disclosure", basis)
    if basis == "legal_duty" and not duty.strip():
        raise Refused(_DUTY)
    if not reason.strip():
        raise Refused(_REASON)
    return check_categories(categories)


def check_review(*, decided_by, reviewer, open_: bool, outcome: str, note: str) -> ReviewOutcome:
    """Refused unless another person reviews what nobody reviewed yet; what was wrong needs a word."""
    if not open_:
        raise Refused(_REVIEWED)
    if decided_by == reviewer:
        raise Refused(_SAME)
    if outcome not in set(ReviewOutcome):
        raise Refused(_OUTCOME)
    if outcome != ReviewOutcome.JUSTIFIED and not note.strip():
        raise Refused(_NOTE)
    return ReviewOutcome(outcome)
