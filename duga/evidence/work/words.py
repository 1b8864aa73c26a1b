"""What is frozen of the work beside deliveries, and the words in which it may be asked: tables, columns, measures.

One row is one referral, request or message, one month of a case, or one step of it: a month and a region, codes of
closed lists, hours; no name, no day, no organisation, no text. What is about violence, what lies in a sealed programme
and who took herself out of counting has no row here (`casework.queries.work` leaves it out; `check_row` refuses it).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from duga.evidence import vocabulary
from duga.evidence.model import TIME, known_word
from duga.plain.errors import Refused, gettext_noop

UNKNOWN = "unknown"

TABLES = {
    "referrals": {
        "country": "word",
        "area": "word",
        "month": "month",
        "kind": "word",
        "priority": "word",
        "receiver": "word",
        "need": "word",
        "answer": "word",
        "answered_within": "word",
        "served": "word",
        "end": "word",
        "hours": "amount?",
        "service_hours": "amount?",
    },
    "requests": {
        "country": "word",
        "area": "word",
        "month": "month",
        "channel": "word",
        "need": "word",
        "priority": "word",
        "stage": "word",
        "served": "word",
        "hours": "amount?",
    },
    "cases": {
        "country": "word",
        "area": "word",
        "month": "month",
        "step": "word",
        "about": "word",
        "outcome": "word",
        "worker": "number",
    },
    "feedback": {
        "country": "word",
        "month": "month",
        "channel": "word",
        "kind": "word",
        "answer": "word",
        "satisfied": "word",
        "rating": "amount?",
    },
}
"""The columns of each table, in order; "?": may be empty, which is unknown and not nought.

referrals: one row a referral or transfer that was sent, in the month of sending. requests: one a request that came in,
joined duplicates and drafts left out, in the month it came. cases: a row for the month a case was opened, one for the
month it was closed, and one (step `open`) for every month at whose end it was open; `worker` is a number without
meaning for who leads it. feedback: one a message whose writer agreed that it counts, in the month it came.
"""

WORDS = {
    "kind": ("referral", "transfer", "praise", "suggestion", "complaint"),
    "priority": ("emergency", "urgent", "normal"),
    "receiver": (
        "member",
        "association",
        "state",
        "municipality",
        "international",
        "church",
        "business",
        "other",
        "institution",
    ),
    "answer": ("in_time", "late", "none"),
    "answered_within": ("24h", "72h", "2w", "later", "none"),
    "end": ("confirmed", "said_by_sender", "not_given", "sent_wrongly", "rejected", "revoked", "open"),
    "stage": ("waiting", "under_way", "delivered", "refused", "withdrawn"),
    "served": ("in_time", "late", "none"),
    "step": ("opened", "closed", "open"),
    "about": ("person", "household", "party"),
    "satisfied": ("yes", "middling", "no", "unknown"),
}
"""Closed lists of the work's own columns.

receiver: a member organisation, a kind of provider of the directory, or an institution that is in neither.
answer: within the time that the priority gives (24 h, 72 h, two weeks), later, or none (yet); served: so much for the
beginning of the service, or for delivery. end: confirmed means that who gave the service says so, said_by_sender that
only the sender does. stage: on the day it was frozen. satisfied: 4 or 5 of five stars, 3, 1 or 2, no star given.
"""

UNITS = ("referral", "request", "case", "message", "hour", "star", "worker")
"""Units of what is counted here: a referral is no person, and none of them are added to any other."""

DIMENSIONS = {
    name: tuple(
        word
        for column, kind in columns.items()
        if kind == "word" or column == "month"
        for word in (TIME if column == "month" else (column,))
    )
    for name, columns in TABLES.items()
}
"""What a count may be broken down by, or kept to, by table."""

OWN = tuple(dict.fromkeys(name for names in DIMENSIONS.values() for name in names))


@dataclass(frozen=True)
class Measure:
    """What is counted: rows, different keys, or a value added; `of` is what the table is kept to by the measure itself.

    `stock`: a state at the end of a month; of a longer time it is that of its last month, never a sum.
    """

    table: str
    unit: str
    says: str
    key: str = ""
    value: str = ""
    of: Mapping[str, str] | None = None
    stock: bool = False


MEASURES = {
    "referrals sent": Measure("referrals", "referral", "each referral once, in the month it was sent"),
    "hours to answer": Measure("referrals", "hour", "hours from sending to the answer, added", value="hours"),
    "hours to service": Measure(
        "referrals", "hour", "hours from sending to the beginning of the service, added", value="service_hours"
    ),
    "requests received": Measure("requests", "request", "each request once, in the month it came"),
    "hours to delivery": Measure("requests", "hour", "hours from coming in to delivery, added", value="hours"),
    "cases opened": Measure("cases", "case", "each case once, in the month it was opened", of={"step": "opened"}),
    "cases closed": Measure("cases", "case", "each case once, in the month it was closed", of={"step": "closed"}),
    "cases open at the end": Measure(
        "cases", "case", "cases open when the time ends", of={"step": "open"}, stock=True
    ),
    "workers with open cases": Measure(
        "cases", "worker", "different leads of cases open when the time ends", key="worker", of={"step": "open"},
        stock=True,
    ),
    "messages received": Measure("feedback", "message", "each message once, in the month it came"),
    "stars given": Measure("feedback", "star", "stars given, added", value="rating"),
}  # fmt: skip


def measure_of(indicator) -> Measure:
    """The measure of an indicator, or of the first that a composite one rests on."""
    while indicator.parts:
        indicator = next(iter(indicator.parts.values()))
    return MEASURES[indicator.measure]


def dimensions_of(measure: str) -> tuple[str, ...]:
    """What a measure of work may be broken down by; what the measure itself keeps to is none of it."""
    found = MEASURES[measure]
    return tuple(name for name in DIMENSIONS[found.table] if name not in (found.of or {}))


def check_word(dimension: str, word: str) -> str:
    """Gives a definition's filter value back, or refuses it with the near ones."""
    if dimension in WORDS:
        return known_word(word, WORDS[dimension], dimension)
    return vocabulary.check(dimension, word)


def check_row(table: str, row: Mapping) -> None:
    """Refuses a row about violence: such work is told by the month on written request, and no other way."""
    if row.get("need") in vocabulary.about("violence").get("need", ()):
        raise Refused(gettext_noop("Work about violence is frozen nowhere but in the months told on written request."))
