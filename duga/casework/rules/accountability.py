"""What an organisation answers for: who read what, how long data is kept, what people ask for, what went wrong."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from duga.plain.errors import Refused, gettext_noop

# --- reads ---------------------------------------------------------------------------------------------

#: Events of the trail by which a person's data was opened, and what the read log calls each.
READS = {
    "person.opened": gettext_noop("her record"),
    "person.special_opened": gettext_noop("her sensitive facts"),
    "person.glass_read": gettext_noop("her record, by breaking the glass"),
    "assistance.note_opened": gettext_noop("the note of an entry"),
    "list.scan_opened": gettext_noop("the scan of a signed list"),
    "people.found": gettext_noop("names, by a search"),
    "people.listed": gettext_noop("a list of names"),
    "organisation.exported": gettext_noop("everything, as an export"),
    "assistance.exported": gettext_noop("the ledger, as a spreadsheet"),
    "person.copied": gettext_noop("her data, as a copy for her"),
    "case.read": gettext_noop("a case"),
    "case.notes_read": gettext_noop("notes of a case"),
    "case.file_opened": gettext_noop("a file of a case"),
    "request.opened": gettext_noop("a request"),
    "visit.opened": gettext_noop("the note of agreed visits"),
    "referral.opened": gettext_noop("a referral"),
    "call.opened": gettext_noop("the record of a call"),
    "call.number_opened": gettext_noop("a caller's safe number"),
    "consent.opened": gettext_noop("to whom a consent was given"),
    "consent.proof_opened": gettext_noop("the signed paper of a consent"),
    "guardian.opened": gettext_noop("the names of a child's guardians"),
    "decision.opened": gettext_noop("a decision in a child's best interests"),
    "disclosure.opened": gettext_noop("what was told without consent"),
}
NIGHT = (22, 6)  #: hours of the organisation's clock between which reading is unusual
AN_HOUR = 40  #: different people opened within an hour, above which it is unusual
NEAR_DAYS = 30  #: so long before or after work recorded for a person reading her record needs no explanation


class Unusual(StrEnum):
    """Why a read deserves a look; none of these says that it was wrong."""

    NO_WORK = "no_work"
    NIGHT = "night"
    MANY = "many"


UNUSUAL_LABELS = {
    Unusual.NO_WORK: gettext_noop("recorded nothing for her in the month before or after"),
    Unusual.NIGHT: gettext_noop("at night"),
    Unusual.MANY: gettext_noop("one of very many within an hour"),
}


@dataclass(frozen=True)
class Read:
    """One opening: its number in the trail, when (local time), who, which event, whose record (None: no single one)."""

    number: int
    at: dt.datetime
    reader: object
    event: str
    person: object | None


def unusual(reads: Iterable[Read], work: Mapping[tuple, Iterable[dt.date]]) -> dict[int, tuple[Unusual, ...]]:
    """{number of a read: why it deserves a look}, of those that do.

    `work` gives the days on which (reader, person) was recorded to have worked together.
    """
    reads = sorted(reads, key=lambda read: (read.at, read.number))
    told: dict[int, tuple[Unusual, ...]] = {}
    lately: dict[object, list[Read]] = {}
    for read in reads:
        window = [one for one in lately.get(read.reader, ()) if read.at - one.at <= dt.timedelta(hours=1)]
        lately[read.reader] = window = [*window, read]
        why = []
        if (
            read.event.startswith("person.")
            and read.person is not None
            and not _worked_near(work.get((read.reader, read.person), ()), read.at.date())
        ):
            why.append(Unusual.NO_WORK)
        if read.at.hour >= NIGHT[0] or read.at.hour < NIGHT[1]:
            why.append(Unusual.NIGHT)
        if len({one.person for one in window if one.person is not None}) > AN_HOUR:
            why.append(Unusual.MANY)
        if why:
            told[read.number] = tuple(why)
    return told


def _worked_near(days, day) -> bool:
    return any(abs((day - other).days) <= NEAR_DAYS for other in days)


class Verdict(StrEnum):
    """What the officer found of a read that was asked about, or of a broken glass."""

    IN_ORDER = "in_order"
    NOT_IN_ORDER = "not_in_order"


VERDICT_LABELS = {
    Verdict.IN_ORDER: gettext_noop("in order"),
    Verdict.NOT_IN_ORDER: gettext_noop("not in order"),
}

# --- breaking the glass --------------------------------------------------------------------------------

GLASS_MINUTES = 60
GLASS_TRIES = 5  #: wrong codes within an hour, after which nobody in doubt tries on
_GLASS_REASON = gettext_noop("Say in a few words, without names, what happens if you wait for those named for her.")


def check_glass_reason(text: str) -> str:
    """The reason, trimmed; Refused when it says nothing."""
    text = " ".join(str(text).split())
    if len(text) < 10:
        raise Refused(_GLASS_REASON)
    return text[:300]


# --- keeping -------------------------------------------------------------------------------------------

#: Months after the last entry of a service type during which a person's data is kept, until the organisation says
#: otherwise. Starting values of ours, not law: accounts and licences keep entries of the ledger, which name nobody.
KEEP_MONTHS = {
    "": 60, "parcel_distribution": 36, "errands": 36, "information_referral": 24, "outreach": 24, "helpline": 12,
}  # fmt: skip
MONTHS = (1, 360)
_MONTHS = gettext_noop("Between 1 month and 30 years, please; not %(months)s months.")
_WHY_KEEP = gettext_noop("Say why her data is still needed, in a few words and without names.")
_KEEP_UNTIL = gettext_noop("Choose a day after today and at most ten years away.")


def check_months(months: int) -> int:
    """Months that may stand in a rule of keeping; else Refused."""
    if not MONTHS[0] <= months <= MONTHS[1]:
        raise Refused(_MONTHS, months=months)
    return months


def months_of(own: Mapping[str, int], service_type: str) -> int:
    """For how many months after its last entry a service type keeps a person; `own` are the organisation's rules."""
    for table in (own, KEEP_MONTHS):
        if service_type in table:
            return table[service_type]
    return own.get("", KEEP_MONTHS[""])


def cutoff(today: dt.date, months: int) -> dt.date:
    """The day so many months before; of a day its month does not have, the last one it has."""
    month = today.year * 12 + today.month - 1 - months
    year, month = divmod(month, 12)
    for day in (today.day, 30, 29, 28):
        try:
            return dt.date(year, month + 1, day)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def check_keeping(reason: str, until: dt.date, *, today: dt.date) -> str:
    """The reason for keeping somebody's data longer, trimmed; Refused without one or with no day ahead."""
    reason = " ".join(str(reason).split())
    if len(reason) < 5:
        raise Refused(_WHY_KEEP)
    if not today < until <= today.replace(year=today.year + 10, day=min(today.day, 28)):
        raise Refused(_KEEP_UNTIL)
    return reason[:300]


#: What a certificate of erasure counts, in the words it is printed in: keys, then tables by their name in the house.
ERASED_LABELS = {
    "keys": gettext_noop("keys, without which nothing sealed can be read"),
    "search words": gettext_noop("words by which she could be found"),
    "notes": gettext_noop("notes of entries"),
    "entries of the ledger, about nobody": gettext_noop("entries of the ledger, about nobody"),
    "notes about a travelling party": gettext_noop(
        "notes about a travelling party others of whom are known: look through what they say of her"
    ),
    "approval": gettext_noop("approvals"),
    "attachment": gettext_noop("attachments"),
    "best interests decision": gettext_noop("decisions in a child's best interests"),
    "break glass": gettext_noop("reasons for breaking the glass"),
    "call": gettext_noop("calls"),
    "case": gettext_noop("cases"),
    "case action": gettext_noop("actions of a plan"),
    "case goal": gettext_noop("goals of a plan"),
    "case note": gettext_noop("notes of a case"),
    "consent record": gettext_noop("details of consents: receiver, witness, signed paper"),
    "disclosure": gettext_noop("details of disclosures: receiver, reason"),
    "guardianship": gettext_noop("guardians"),
    "household member": gettext_noop("places in households"),
    "keeping": gettext_noop("reasons for keeping longer"),
    "legal hold": gettext_noop("words of holds"),
    "merge": gettext_noop("merges of two records"),
    "need": gettext_noop("needs"),
    "party member": gettext_noop("places in travelling parties"),
    "recurring visit": gettext_noop("agreed visits"),
    "referral": gettext_noop("referrals"),
    "referral copy": gettext_noop("receivers' copies of referrals"),
    "referral guest": gettext_noop("links of referrals"),
    "referral message": gettext_noop("questions about referrals"),
    "request": gettext_noop("requests"),
    "request step": gettext_noop("words on the way of a request"),
    "risk assessment": gettext_noop("risk assessments"),
    "subject request": gettext_noop("words of requests about her data"),
}

# --- what people ask for -------------------------------------------------------------------------------


class Right(StrEnum):
    """What a person may ask about her own data."""

    COPY = "copy"
    CORRECTION = "correction"
    ERASURE = "erasure"
    RESTRICTION = "restriction"
    OBJECTION = "objection"


RIGHT_LABELS = {
    Right.COPY: gettext_noop("a copy of her data"),
    Right.CORRECTION: gettext_noop("correction"),
    Right.ERASURE: gettext_noop("erasure"),
    Right.RESTRICTION: gettext_noop("that her data is kept but not used"),
    Right.OBJECTION: gettext_noop("that her data is not used for a purpose"),
}
ANSWER_DAYS = 30  #: within which a request is answered (a month in the laws of the region, GDPR article 12)


class Reply(StrEnum):
    """How a request ended."""

    OPEN = "open"
    DONE = "done"
    PARTLY = "partly"
    REFUSED = "refused"


REPLY_LABELS = {
    Reply.OPEN: gettext_noop("open"),
    Reply.DONE: gettext_noop("done"),
    Reply.PARTLY: gettext_noop("done in part"),
    Reply.REFUSED: gettext_noop("refused"),
}
_ANSWER_WHY = gettext_noop("Say why not, or not all of it: the person is told, and may complain to the authority.")


def check_reply(reply: Reply, reason: str) -> str:
    """The words of an answer; a refusal in whole or part needs some."""
    reason = " ".join(str(reason).split())
    if reply in (Reply.PARTLY, Reply.REFUSED) and len(reason) < 5:
        raise Refused(_ANSWER_WHY)
    return reason[:300]


# --- breaches ------------------------------------------------------------------------------------------

TELL_HOURS = 72  #: within which the authority is told of a breach once it was found (GDPR article 33 and laws like it)
WARN_HOURS = (24, 48, 66)  #: after which those responsible are reminded while nobody was told


class BreachKind(StrEnum):
    """What happened to the data."""

    LOST_DEVICE = "lost_device"
    WRONG_RECIPIENT = "wrong_recipient"
    INTRUSION = "intrusion"
    SEIZED = "seized"
    INSIDER = "insider"
    LOST = "lost"
    OTHER = "other"


BREACH_LABELS = {
    BreachKind.LOST_DEVICE: gettext_noop("a device or paper was lost or stolen"),
    BreachKind.WRONG_RECIPIENT: gettext_noop("something reached the wrong person"),
    BreachKind.INTRUSION: gettext_noop("somebody broke in"),
    BreachKind.SEIZED: gettext_noop("a device or paper was seized"),
    BreachKind.INSIDER: gettext_noop("somebody inside read or passed on what they should not"),
    BreachKind.LOST: gettext_noop("data was lost or destroyed"),
    BreachKind.OTHER: gettext_noop("something else"),
}


class Risk(StrEnum):
    """How much a breach may harm people."""

    UNKNOWN = "unknown"
    UNLIKELY = "unlikely"
    RISK = "risk"
    HIGH = "high"


RISK_LABELS = {
    Risk.UNKNOWN: gettext_noop("not judged yet"),
    Risk.UNLIKELY: gettext_noop("harm is unlikely"),
    Risk.RISK: gettext_noop("harm is possible"),
    Risk.HIGH: gettext_noop("high: people must be told"),
}
_CLOSE = {
    Risk.UNKNOWN: gettext_noop("Judge the risk for people first."),
    Risk.RISK: gettext_noop("Tell the authority first, or say why it is not told."),
    Risk.HIGH: gettext_noop("Tell the people concerned and the authority first, or say why they are not told."),
}


def due_steps(hours: float, told: int) -> int:
    """How many of the reminders (`WARN_HOURS`) are due after so many hours and not yet sent (`told` were)."""
    return max(0, sum(hours >= step for step in WARN_HOURS) - told)


def check_closing(risk: Risk, *, authority: bool, people: bool, why_not: str) -> None:
    """Refused while somebody must still be told: the authority where harm is possible, people where it is high."""
    explained = len(why_not.strip()) >= 5
    told = {Risk.UNKNOWN: False, Risk.UNLIKELY: True, Risk.RISK: authority, Risk.HIGH: authority and people}[risk]
    if not told and (risk is Risk.UNKNOWN or not explained):
        raise Refused(_CLOSE[risk])
