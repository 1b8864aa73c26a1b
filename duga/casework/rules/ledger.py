"""The ledger's rules: who may receive, what is plausible, what may follow what."""

import datetime as dt
from decimal import Decimal
from enum import StrEnum

from duga.plain.errors import Refused, gettext_noop


class Recipient(StrEnum):
    """Who received. Exactly one of them, told apart for good: unlike units are never added."""

    PERSON = "person"
    HOUSEHOLD = "household"
    TALLY = "tally"  #: a group nobody names, with its size: published as "not unduplicated"
    INSTITUTION = "institution"


class Qualifier(StrEnum):
    """How exactly a quantity is known."""

    EXACT = "exact"
    ABOUT = "about"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"


class State(StrEnum):
    """Where an entry of the ledger stands."""

    RECORDED = "recorded"
    WITHDRAWN = "withdrawn"


#: From which state one may go where. A withdrawn entry stays, for whoever asks what happened.
STATE_TRANSITIONS = {State.RECORDED: {State.WITHDRAWN}, State.WITHDRAWN: set()}

RECIPIENT_LABELS = {
    Recipient.PERSON: gettext_noop("person"),
    Recipient.HOUSEHOLD: gettext_noop("household"),
    Recipient.TALLY: gettext_noop("group"),
    Recipient.INSTITUTION: gettext_noop("institution"),
}
STATE_LABELS = {State.RECORDED: gettext_noop("recorded"), State.WITHDRAWN: gettext_noop("withdrawn")}

#: {recipient: (what it points at, whether a size belongs to it)}
RECIPIENT_NEEDS = {
    Recipient.PERSON: ("person", False),
    Recipient.HOUSEHOLD: ("household", True),
    Recipient.TALLY: (None, True),
    Recipient.INSTITUTION: ("institution", False),
}

#: For so long the worker who recorded something takes it back with one tap.
UNDO_MINUTES = 15

#: What a service is usually counted in, where a list or a worker does not say.
USUAL_UNIT = {
    "home_visit": "visit",
    "parcel_distribution": "parcel",
    "errands": "errand",
    "psychosocial_support": "counselling_session",
    "day_centre": "day_centre_attendance",
    "legal_aid": "legal_advice",
    "shelter": "overnight",
    "outreach": "information",
    "helpline": "talk",
    "education_support": "school_supplies",
    "health_mediation": "visit",
    "interpretation": "interpretation",
    "information_referral": "information",
}

#: Fields of an entry that a correction may change.
CORRECTABLE = frozenset(
    {
        "person_id", "household_id", "institution_id", "size", "size_qualifier", "service_type", "unit", "quantity",
        "qualifier", "date", "area_id", "place", "channel", "target_group", "worker", "note", "basis",
    }
)  # fmt: skip

EARLIEST = dt.date(1990, 1, 1)
MOST = Decimal(10_000_000)

_TWO = gettext_noop("Choose one recipient: a person, a household, a group with its size, or an institution.")
_SIZE = gettext_noop("Say how many: a household or a group needs its size, one or more.")
_NO_SIZE = gettext_noop("A size belongs to a household or a group only.")
_FUTURE = gettext_noop("%(date)s is in the future. Only assistance that was delivered is recorded.")
_LONG_AGO = gettext_noop("%(date)s is before 1990. Please check the year.")
_NOT_POSITIVE = gettext_noop("A quantity must be more than zero.")
_TOO_MUCH = gettext_noop("A quantity of %(quantity)s is not plausible. Please check it.")
_PLACES = gettext_noop("A quantity has at most two decimal places.")
_GONE = gettext_noop("This entry was withdrawn and can no longer be changed. Record it anew if it did happen.")
_BIRTH = gettext_noop("%(year)s cannot be a year of birth. Please check it.")


def check_recipient(*, person_id=None, household_id=None, institution_id=None, size=None) -> Recipient:
    """Which recipient these say; Refused unless it is exactly one, with a size where one belongs."""
    named = {"person": person_id, "household": household_id, "institution": institution_id}
    given = [name for name, value in named.items() if value]
    if len(given) > 1 or (not given and size is None):
        raise Refused(_TWO)
    kind = Recipient(given[0]) if given else Recipient.TALLY
    sized = RECIPIENT_NEEDS[kind][1]
    if sized and (size is None or size < 1):
        raise Refused(_SIZE)
    if not sized and size is not None:
        raise Refused(_NO_SIZE)
    return kind


def check_date(date: dt.date, *, today: dt.date) -> dt.date:
    """The day of a delivery: not after today, not before 1990."""
    if date > today:
        raise Refused(_FUTURE, date=f"{date.day}.{date.month}.{date.year}")
    if date < EARLIEST:
        raise Refused(_LONG_AGO, date=f"{date.day}.{date.month}.{date.year}")
    return date


def check_quantity(quantity) -> Decimal:
    """A quantity above zero, below ten million, with at most two decimal places."""
    quantity = Decimal(quantity)
    if quantity <= 0:
        raise Refused(_NOT_POSITIVE)
    if quantity >= MOST:
        raise Refused(_TOO_MUCH, quantity=quantity)
    if quantity != round(quantity, 2):
        raise Refused(_PLACES)
    return quantity


def check_birth_year(year: int | None, *, today: dt.date) -> int | None:
    """A year of birth someone now alive, or helped since 1990, can have; None stays None."""
    if year is not None and not EARLIEST.year - 110 <= year <= today.year:
        raise Refused(_BIRTH, year=year)
    return year


def weakest(*qualifiers: str) -> str:
    """What may be said of a fact that rests on several quantities: exact only if all are, else no more than "about"
    where they differ."""
    inexact = {qualifier for qualifier in qualifiers if qualifier != Qualifier.EXACT}
    return Qualifier.EXACT if not inexact else inexact.pop() if len(inexact) == 1 else Qualifier.ABOUT


def check_transition(before: str, after: str) -> None:
    """Refused unless an entry may go from one state to the other."""
    if State(after) not in STATE_TRANSITIONS[State(before)]:
        raise Refused(_GONE)


def may_undo(*, recorded_at: dt.datetime, recorded_by, account_id, now: dt.datetime) -> bool:
    """Whether this worker may take an entry back without giving a reason: their own, minutes old."""
    return recorded_by == account_id and now - recorded_at <= dt.timedelta(minutes=UNDO_MINUTES)
