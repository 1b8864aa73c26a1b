"""Stock: what came into a store and what left it, never more than there was."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from duga.plain.errors import Refused, gettext_noop


class Movement(StrEnum):
    """Why goods came or went."""

    RECEIPT = "receipt"
    ISSUE = "issue"  #: given out with an entry of the ledger
    RETURN = "return"  #: came back, because the entry was withdrawn or corrected
    LOSS = "loss"
    CORRECTION = "correction"  #: a stocktake found more or less


MOVEMENT_LABELS = {
    Movement.RECEIPT: gettext_noop("received"),
    Movement.ISSUE: gettext_noop("given out"),
    Movement.RETURN: gettext_noop("returned"),
    Movement.LOSS: gettext_noop("lost"),
    Movement.CORRECTION: gettext_noop("corrected at a stocktake"),
}

#: Why goods were lost.
LOSS_LABELS = {
    "expired": gettext_noop("expired"),
    "damaged": gettext_noop("damaged"),
    "stolen": gettext_noop("stolen"),
    "missing": gettext_noop("missing"),
    "other": gettext_noop("another reason"),
}

#: Which way each movement goes; a stocktake goes either way.
SIGNS = {Movement.RECEIPT: 1, Movement.RETURN: 1, Movement.ISSUE: -1, Movement.LOSS: -1}

#: So many days before goods expire a store is told of it.
EXPIRES_SOON = 30

_TOO_FEW = gettext_noop(
    "%(store)s holds %(left)s of %(name)s: %(wanted)s cannot leave it. Receive more, or count anew."
)
_REASON = gettext_noop("Say why they were lost: choose one of the reasons.")
_COUNTED = gettext_noop("Give the number that was counted: zero or more, with at most two decimal places.")
_MOVED = gettext_noop(
    "While you counted, %(name)s went from %(seen)s to %(now)s. Count again: nothing was changed by your number."
)


def plain_number(number: Decimal) -> str:
    """A number without zeros that say nothing: 5, not 5.00."""
    return f"{number.normalize():f}"


def balance_after(balance: Decimal, change: Decimal, *, name: str, store: str) -> Decimal:
    """What a store holds after a change; Refused, saying how many there are, where it would be less than none."""
    if balance + change < 0:
        raise Refused(_TOO_FEW, store=store, name=name, left=plain_number(balance), wanted=plain_number(-change))
    return balance + change


def check_loss(reason: str) -> str:
    """One of the reasons of LOSS_LABELS."""
    if reason not in LOSS_LABELS:
        raise Refused(_REASON)
    return reason


def check_counted(counted, *, seen: Decimal, balance: Decimal, name: str) -> Decimal:
    """How much a stocktake changes the balance; Refused when goods moved after the list to count was looked at."""
    counted = Decimal(counted)
    if counted < 0 or counted != round(counted, 2):
        raise Refused(_COUNTED)
    if Decimal(seen) != balance:
        raise Refused(_MOVED, name=name, seen=plain_number(Decimal(seen)), now=plain_number(balance))
    return counted - balance


@dataclass(frozen=True)
class Lot:
    """What is left of one receipt, if what expires first was given out first."""

    quantity: Decimal
    expires_on: dt.date
    batch: str


def lots_left(receipts: Iterable[tuple[Decimal, dt.date | None, str]], balance: Decimal) -> list[Lot]:
    """What the `balance` of a store consists of, by receipts (quantity, expiry day or None, batch): soonest first.

    Goods leave in the order in which they expire, so what is left is what expires last; what never expires is last of
    all, and is not in the answer.
    """
    left, found = balance, []
    for quantity, expires_on, batch in sorted(receipts, key=lambda lot: lot[1] or dt.date.max, reverse=True):
        part = min(quantity, left)
        left -= part
        if part > 0 and expires_on:
            found.append(Lot(part, expires_on, batch))
    return found[::-1]


def runs_low(balance: Decimal, minimum: Decimal) -> bool:
    """Whether a store is to be warned; a minimum of 0 never warns."""
    return minimum > 0 and balance < minimum


def expired(lots: Iterable[Lot], *, today: dt.date) -> list[Lot]:
    """Those past their day: the day itself is still good."""
    return [lot for lot in lots if lot.expires_on < today]


def expiring(lots: Iterable[Lot], *, today: dt.date, days: int = EXPIRES_SOON) -> list[Lot]:
    """Those that expire within `days` and have not yet."""
    return [lot for lot in lots if today <= lot.expires_on <= today + dt.timedelta(days=days)]
