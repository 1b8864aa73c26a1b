"""What a phone may carry along and send back."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from duga.plain.errors import Unreadable, gettext_noop
from duga.plain.numbers import read_number

SHIFT_HOURS = 16  #: after which a phone forgets whom it carried; what was recorded waits on it until it is sent
MOST_PEOPLE = 200  #: people a phone carries at most
MOST_SERVICES = 300  #: of the directory
LARGEST_DIRECTORY = 200_000  #: letters of JSON
KNOWN_DAYS = 90  #: people one recorded something for so lately are one's caseload
LETTER_DAYS = 7  #: for which a volunteer's tap may wait for a connection
MOST_RECORDS = 200  #: records taken in one sending
LONGEST_NOTE = 1000

_STRANGE = gettext_noop("This record cannot be read. It stays on the phone: show it to who looks after Duga.")
_TOO_MANY = gettext_noop("At most %(most)s records at a time.")


class Sent(StrEnum):
    """What became of a record that a phone sent."""

    DONE = "done"
    AGAIN = "again"  #: it had come already
    CONFLICT = "conflict"  #: somebody was faster: both are shown, the phone keeps its own
    REFUSED = "refused"  #: a rule says no: the phone keeps it, with the reason


class Order(StrEnum):
    """What a phone that asks is told to do."""

    STAY = "stay"
    LETTERS = "letters"  #: forget all that can be read there; letters not taken yet stay
    ALL = "all"  #: forget everything, letters too


@dataclass(frozen=True)
class Here:
    """What stands at the server in a record's way: its state, by whom, when it was written down, what was given."""

    state: str
    by: str
    at: dt.datetime | None
    date: dt.date | None
    quantity: Decimal | None

    @classmethod
    def of(cls, row, *, by, state, at=None) -> "Here":
        """Of an entry of the ledger, or an assignment without one."""
        date, quantity = getattr(row, "date", None), getattr(row, "quantity", None)
        return cls(state, by.name if by else "", at or row.created_at, date, quantity)


class RecordKind(StrEnum):
    """What a phone records without a connection."""

    ASSISTANCE = "assistance"
    ERRAND = "errand"


@dataclass(frozen=True)
class FromPhone:
    """One record as a phone sent it, understood."""

    nonce: uuid.UUID
    kind: RecordKind
    made_at: dt.datetime
    about: uuid.UUID  # the person, or the assignment
    date: dt.date
    service_type: str
    quantity: Decimal
    note: str
    done: bool
    reason: str
    both: bool  # its owner saw what stands there, and both are true


def read_record(told: Mapping) -> FromPhone:
    """A record out of a phone's JSON; Unreadable when anything in it is not what it should be."""
    try:
        kind = RecordKind(told["kind"])
        made_at = _moment(told["made_at"])
        return FromPhone(
            uuid.UUID(str(told["nonce"])), kind, made_at, uuid.UUID(str(told["about"])),
            dt.date.fromisoformat(str(told.get("date") or made_at.date())), str(told.get("service_type") or "")[:40],
            read_number(str(told.get("quantity") or "1")), str(told.get("note") or "")[:LONGEST_NOTE],
            bool(told.get("done", True)), str(told.get("reason") or "")[:40], bool(told.get("both")),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError, Unreadable, OverflowError):
        raise Unreadable(_STRANGE) from None


@dataclass(frozen=True)
class Tick:
    """One tap of a volunteer's on an errand, as her phone sent it, understood."""

    nonce: uuid.UUID
    made_at: dt.datetime
    about: uuid.UUID  # the assignment
    answer: str
    reason: str
    hours: Decimal | None


def read_tick(told: Mapping) -> Tick:
    """A tap out of a phone's JSON; Unreadable when anything in it is not what it should be."""
    try:
        hours = str(told.get("hours") or "").strip()
        return Tick(
            uuid.UUID(str(told["nonce"])), _moment(told["made_at"]), uuid.UUID(str(told["about"])),
            str(told["answer"])[:12], str(told.get("reason") or "")[:40], read_number(hours) if hours else None,
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError, Unreadable, OverflowError):
        raise Unreadable(_STRANGE) from None


def _moment(text) -> dt.datetime:
    moment = dt.datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


def check_letters(told) -> list:
    """The list of letters in a phone's JSON; Unreadable when it is none, or too long."""
    if not isinstance(told, list) or not all(isinstance(each, Mapping) for each in told):
        raise Unreadable(_STRANGE)
    if len(told) > MOST_RECORDS:
        raise Unreadable(_TOO_MANY, most=MOST_RECORDS)
    return told
