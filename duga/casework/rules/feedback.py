"""Feedback: its kinds and states, when an answer is due, who a complaint may be about, the code to look again."""

import datetime as dt
import re
import secrets
from collections.abc import Mapping
from enum import StrEnum

from duga.plain.errors import Refused, gettext_noop
from duga.plain.text import fold


class FeedbackKind(StrEnum):
    """What somebody tells."""

    PRAISE = "praise"
    SUGGESTION = "suggestion"
    COMPLAINT = "complaint"
    SENSITIVE = "sensitive"  #: exploitation, abuse, fraud, violence by staff: routed apart


KIND_LABELS = {
    FeedbackKind.PRAISE: gettext_noop("Something was good"),
    FeedbackKind.SUGGESTION: gettext_noop("I have a suggestion"),
    FeedbackKind.COMPLAINT: gettext_noop("I have a complaint"),
    FeedbackKind.SENSITIVE: gettext_noop("Somebody who works there hurt, used, threatened or cheated someone"),
}
KIND_NAMES = {
    FeedbackKind.PRAISE: gettext_noop("praise"),
    FeedbackKind.SUGGESTION: gettext_noop("suggestion"),
    FeedbackKind.COMPLAINT: gettext_noop("complaint"),
    FeedbackKind.SENSITIVE: gettext_noop("sensitive complaint"),
}


class FeedbackChannel(StrEnum):
    """How it came."""

    PAGE = "page"
    PAPER = "paper"
    ORGANISATION = "organisation"  #: another member organisation, about working together


CHANNEL_LABELS = {
    FeedbackChannel.PAGE: gettext_noop("by the page"),
    FeedbackChannel.PAPER: gettext_noop("on paper"),
    FeedbackChannel.ORGANISATION: gettext_noop("from an organisation"),
}


class FeedbackState(StrEnum):
    """Where it stands."""

    RECEIVED = "received"
    LOOKED_INTO = "looked_into"
    ANSWERED = "answered"
    CLOSED = "closed"


FEEDBACK_STATE_LABELS = {
    FeedbackState.RECEIVED: gettext_noop("Received: nobody has looked into it yet"),
    FeedbackState.LOOKED_INTO: gettext_noop("Somebody is looking into it"),
    FeedbackState.ANSWERED: gettext_noop("It was answered"),
    FeedbackState.CLOSED: gettext_noop("It is closed"),
}
FEEDBACK_TRANSITIONS = {
    FeedbackState.RECEIVED: {FeedbackState.LOOKED_INTO, FeedbackState.ANSWERED, FeedbackState.CLOSED},
    FeedbackState.LOOKED_INTO: {FeedbackState.ANSWERED, FeedbackState.CLOSED},
    FeedbackState.ANSWERED: {FeedbackState.LOOKED_INTO, FeedbackState.CLOSED},
    FeedbackState.CLOSED: set(),
}
COMPLAINTS = frozenset({FeedbackKind.COMPLAINT, FeedbackKind.SENSITIVE})

DUE_DAYS, DUE_DAYS_SENSITIVE = 14, 3
REMIND_AT = (0.5, 1.0, 1.5)  #: parts of the time to answer after which somebody is reminded
KEEP_DAYS = 365  #: so long after its closing words, contact and answer stay
WORDS, CONTACT, ANSWER = 4000, 200, 4000  #: the longest of each, in letters
RATINGS = (1, 2, 3, 4, 5)

CODE_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # none that is read as another
CODE_LENGTH = 12  #: 30^12: nobody guesses one, at any pace

_NO_STEP = gettext_noop("This cannot be done now. Look at it again: somebody may have done it already.")
_ANSWER_FIRST = gettext_noop("Answer the complaint before you close it: who wrote can read the answer with the code.")
_NO_WORDS = gettext_noop("Write at least a few words.")
_TOO_LONG = gettext_noop("This is too long. Write at most %(most)s letters.")
_NO_CONTACT = gettext_noop("Write how you can be reached, or choose to look with the code.")
NO_SUCH_CODE = gettext_noop("There is nothing for this code. Look whether every letter is right.")
_RATING = gettext_noop("Choose a number from 1 to 5.")


def check_step(kind: str, now: str, wanted: FeedbackState) -> None:
    """Refuses a step the table does not hold, and to close a complaint that was not answered."""
    if wanted not in FEEDBACK_TRANSITIONS[FeedbackState(now)]:
        raise Refused(_NO_STEP)
    if wanted == FeedbackState.CLOSED and kind in COMPLAINTS and now != FeedbackState.ANSWERED:
        raise Refused(_ANSWER_FIRST)


def check_told(words: str, contact: str = "", *, wants_contact: bool = False, rating: int | None = None) -> None:
    """Refuses what says nothing, is too long, or asks for an answer without a way to it."""
    if len(words.strip()) < 3:
        raise Refused(_NO_WORDS)
    for text, most in ((words, WORDS), (contact, CONTACT)):
        if len(text) > most:
            raise Refused(_TOO_LONG, most=most)
    if wants_contact and not contact.strip():
        raise Refused(_NO_CONTACT)
    if rating is not None and rating not in RATINGS:
        raise Refused(_RATING)


def check_answer(text: str) -> None:
    """Refuses an answer that says nothing or too much."""
    if len(text.strip()) < 3:
        raise Refused(_NO_WORDS)
    if len(text) > ANSWER:
        raise Refused(_TOO_LONG, most=ANSWER)


def due_at(kind: str, received: dt.datetime) -> dt.datetime:
    """Until when it is answered."""
    return received + dt.timedelta(days=DUE_DAYS_SENSITIVE if kind == FeedbackKind.SENSITIVE else DUE_DAYS)


def reminders_due(received: dt.datetime, due: dt.datetime, now: dt.datetime) -> int:
    """How many of REMIND_AT have passed.

    >>> day = dt.datetime(2026, 1, 1)
    >>> [reminders_due(day, day + dt.timedelta(days=4), day + dt.timedelta(days=n)) for n in (1, 2, 4, 9)]
    [0, 1, 2, 3]
    """
    return sum(now >= received + (due - received) * part for part in REMIND_AT)


def named_in(about: str, words: str, names: Mapping) -> set:
    """The keys of `names` ({key: a colleague's name}) that a message may be about, in either script, any case of the
    noun: any part of her name in `about`, her family name in the words. Rather one too many.

    >>> sorted(named_in("", "Žalim se na Markovića", {1: "Ana Marković", 2: "Iva Babić"}))
    [1]
    >>> sorted(named_in("Иви", "", {1: "Ana Marković", 2: "Iva Babić"}))
    [2]
    """
    told, said = _words(about), _words(words)
    parts = {key: _words(name) for key, name in names.items()}
    return {
        key
        for key, name in parts.items()
        if any(_is(part, each) for part in name for each in told) or any(_is(name[-1], each) for each in said if name)
    }


def _words(text) -> list[str]:
    return re.findall(r"[^\W\d_]+", fold(text))


def _is(name: str, word: str) -> bool:
    """Whether a word is a name, whatever its ending."""
    return word.startswith(name[: max(2, len(name) - 1)]) and len(word) <= len(name) + 4


def new_code() -> str:
    """A code to come back with."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


def shown_code(code: str) -> str:
    """In groups of four, as it is written down.

    >>> shown_code("ABCDEFGHJKMN")
    'ABCD-EFGH-JKMN'
    """
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def bare_feedback_code(text: str) -> str:
    """What was typed, as it was given: no spaces, no dashes, capitals."""
    return re.sub(r"[\s-]", "", str(text)).upper()[: CODE_LENGTH + 1]
