"""Whether a person's data may be used for a purpose, today, towards somebody: the one decision everybody asks."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from duga.casework.rules.bases.law import CONSENT, openings
from duga.plain.errors import Refused, gettext_noop
from duga.plain.text import fold

#: Bases that a withdrawn consent or an objection does not end: the law or a life stands behind them.
BINDING = frozenset({"legal_duty", "vital_interests", "public_task"})
#: Purposes that always mean somebody outside.
NEEDS_RECEIVER = frozenset({"referral"})
#: In an emergency, and for a child, these are not held up: the disclosure is written down and reviewed afterwards.
URGENT = frozenset({"referral", "contact", "disclosure", "child_protection", "assistance"})

_STATED = gettext_noop("Allowed: %(basis)s, stated for this person.")
_STANDING = gettext_noop("Allowed without asking: %(basis)s.")
_CONSENTED = gettext_noop("She agreed on %(day)s.")
_LIFE = gettext_noop("Allowed to save a life. Write down the disclosure: another person reviews it afterwards.")
_NO_BASIS = gettext_noop("Nothing allows this yet. Ask her, and record what she answers.")
_NO_ONE = gettext_noop("Nothing allows this yet. State the basis in law, or write down a disclosure.")
_REFUSED = gettext_noop("She said no on %(day)s. Only she can change that.")
_WITHDRAWN = gettext_noop("She took her consent back on %(day)s. Only she can give it again.")
_EXPIRED = gettext_noop("Her consent ran out on %(day)s. Ask her again.")
_OBJECTED = gettext_noop("She does not take part in counting across organisations.")
_ENDED = gettext_noop("The basis for this ended on %(day)s. State a new one, or ask her.")
_CONFLICT = gettext_noop(
    "The guardian who agreed may be the danger: this consent does not count. Ask the case manager."
)
_TO_WHOM = gettext_noop("Say to whom: consent to a referral is given for one receiver.")
_RECEIVER = gettext_noop("Choose to whom: an organisation, an institution of the directory, or write who it is.")


class ReceiverKind(StrEnum):
    """To whom something is told."""

    ORGANISATION = "organisation"  #: a member organisation of this installation
    INSTITUTION = "institution"  #: a provider of the directory
    NAMED = "named"  #: anyone else, in words


@dataclass(frozen=True)
class Receiver:
    """To whom: `key` is an organisation's or a directory provider's id, or the words that were said to her."""

    kind: str
    key: object

    @property
    def told(self) -> str:
        """The same for the same receiver, however it was typed: kind and id, or words blind to script."""
        if self.kind == ReceiverKind.NAMED:
            return f"{self.kind}:{' '.join(fold(str(self.key)).split())}"
        return f"{self.kind}:{uuid.UUID(str(self.key))}"


def read_receiver(kind: str, key) -> Receiver:
    """A receiver that came with a form; Refused when it names nobody."""
    text = " ".join(str(key or "").split())
    if kind not in set(ReceiverKind) or not text or len(text) > 200:
        raise Refused(_RECEIVER)
    if kind == ReceiverKind.NAMED:
        return Receiver(kind, text)
    try:
        return Receiver(kind, uuid.UUID(text))
    except ValueError:
        raise Refused(_RECEIVER) from None


@dataclass(frozen=True)
class Given:
    """One answer about one purpose towards one receiver ("" for none), as a consent record keeps it."""

    id: object
    given_on: dt.date
    agreed: bool
    receiver: str = ""
    until: dt.date | None = None
    withdrawn_on: dt.date | None = None
    by_conflicted: bool = False


@dataclass(frozen=True)
class Use:
    """The answer: `why` is a gettext id for `params`; `ask`: a consent would open it; `until`: the last day it holds.

    `withdrawn`: she said no or took it back, which only she ends; `own`: it rests on what is recorded for her, not on
    the law alone.
    """

    allowed: bool
    basis: str
    why: str
    params: dict = field(default_factory=dict)
    consent_id: object = None
    until: dt.date | None = None
    ask: bool = False
    withdrawn: bool = False
    own: bool = False


def decide(
    country: str, purpose: str, *, today: dt.date, receiver: Receiver | None = None, stated: str = "",
    ended_on: dt.date | None = None, answers: Iterable[Given] = (), objects: bool = False, urgent: bool = False,
) -> Use:  # fmt: skip
    """Whether a purpose may be pursued for a person.

    stated: the basis stated for her and in force ("" for none), ended_on: when the last stated one ended; answers: her
    consents and refusals, oldest first (the last about this receiver counts); objects: she objects to being counted;
    urgent: a life or a child is in danger. Binding bases come before her "no", which comes before everything else.
    """
    open_ = {row.basis: row for row in openings(country, purpose)}
    asks = CONSENT in open_
    if stated in BINDING and stated in open_:
        return Use(True, stated, _STATED, {"basis": stated}, own=True)
    if urgent and purpose in URGENT:
        return Use(True, "vital_interests", _LIFE)
    told = receiver.told if receiver else ""
    last = _last(answers, told)
    if objects:
        return Use(False, "", _OBJECTED, ask=asks, withdrawn=True)
    if last is not None:
        return _answered(last, today, asks)
    if asks and not told and purpose in NEEDS_RECEIVER:
        return Use(False, "", _TO_WHOM, ask=True)
    if stated and stated in open_ and not (stated == CONSENT and purpose in NEEDS_RECEIVER):
        return Use(True, stated, _STATED, {"basis": stated}, own=True)
    if ended_on is not None:
        return Use(False, "", _ENDED, {"day": _day(ended_on)}, ask=asks, withdrawn=True)
    standing = next((row for row in open_.values() if row.standing), None)
    if standing is not None:
        return Use(True, standing.basis, _STANDING, {"basis": standing.basis})
    return Use(False, "", _NO_BASIS if asks else _NO_ONE, ask=asks)


def _last(answers, told):
    found = None
    for answer in answers:
        if answer.receiver == told:
            found = answer
    return found


def _answered(answer: Given, today: dt.date, asks: bool) -> Use:
    """What follows from the last answer she (or her guardian) gave."""
    if not answer.agreed:
        return Use(False, "", _REFUSED, {"day": _day(answer.given_on)}, answer.id, ask=asks, withdrawn=True)
    if answer.withdrawn_on is not None:
        day = {"day": _day(answer.withdrawn_on)}
        return Use(False, "", _WITHDRAWN, day, answer.id, ask=asks, withdrawn=True)
    if answer.by_conflicted:
        return Use(False, "", _CONFLICT, {}, answer.id, ask=asks)
    if answer.until is not None and answer.until < today:
        return Use(False, "", _EXPIRED, {"day": _day(answer.until)}, answer.id, ask=asks)
    return Use(True, CONSENT, _CONSENTED, {"day": _day(answer.given_on)}, answer.id, answer.until, own=True)


def _day(day: dt.date) -> str:
    return f"{day.day}.{day.month}.{day.year}"
