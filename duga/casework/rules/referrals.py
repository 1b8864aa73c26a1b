"""Sending people on: kinds, priorities, states, what must be there before something leaves, and how it is measured.

Field standard: priorities 24 h, 72 h, two weeks; states in progress, accepted, rejected with a reason, revoked, done;
done says whether it succeeded and, if not, why (Primero's words). A draft is ours: nothing of it has left.
"""

import datetime as dt
import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from duga.casework.rules.people import IDENTITY_FIELDS
from duga.casework.rules.programmes import ProgrammeKind
from duga.casework.rules.requests import URGENCY_HOURS
from duga.casework.rules.requests import Urgency as Priority  # the field's word where people are sent on
from duga.plain.errors import Refused, gettext_noop


class ReferralKind(StrEnum):
    """Sent for a service and still followed here; handed over; given to a colleague."""

    REFERRAL = "referral"
    TRANSFER = "transfer"
    ASSIGNMENT = "assignment"


class ReferralState(StrEnum):
    """Where it stands."""

    DRAFT = "draft"
    IN_PROGRESS = "in_progress"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    REVOKED = "revoked"
    DONE = "done"


class SentTo(StrEnum):
    """Who is asked: a colleague, a member organisation whose people sign in, someone without an account."""

    COLLEAGUE = "colleague"
    ORGANISATION = "organisation"
    OUTSIDE = "outside"


class Told(StrEnum):
    """Who said so: the receiver here, the receiver by its link, or the sender, who was told by phone or on paper."""

    RECEIVER = "receiver"
    LINK = "link"
    SENDER = "sender"


KIND_LABELS = {
    ReferralKind.REFERRAL: gettext_noop("Referral"),
    ReferralKind.TRANSFER: gettext_noop("Transfer"),
    ReferralKind.ASSIGNMENT: gettext_noop("Assignment to a colleague"),
}
PRIORITY_LABELS = {
    Priority.EMERGENCY: gettext_noop("Emergency: answer within 24 hours"),
    Priority.URGENT: gettext_noop("Urgent: answer within 72 hours"),
    Priority.NORMAL: gettext_noop("Normal: answer within two weeks"),
}
REFERRAL_STATE_LABELS = {
    ReferralState.DRAFT: gettext_noop("draft, not sent"),
    ReferralState.IN_PROGRESS: gettext_noop("waits for an answer"),
    ReferralState.ACCEPTED: gettext_noop("accepted"),
    ReferralState.REJECTED: gettext_noop("rejected"),
    ReferralState.REVOKED: gettext_noop("revoked"),
    ReferralState.DONE: gettext_noop("done"),
}
ANSWER_WITHIN = {priority: dt.timedelta(hours=hours) for priority, hours in URGENCY_HOURS.items()}
S = ReferralState
REFERRAL_TRANSITIONS = {
    S.DRAFT: {S.IN_PROGRESS},
    S.IN_PROGRESS: {S.ACCEPTED, S.REJECTED, S.REVOKED, S.DONE},
    S.ACCEPTED: {S.DONE, S.REVOKED},
    S.REJECTED: set(),
    S.REVOKED: set(),
    S.DONE: set(),
}
OPEN_REFERRALS = (S.IN_PROGRESS, S.ACCEPTED)

_STEP = gettext_noop("This cannot be done now: the referral is %(state)s.")
_OUTCOME = gettext_noop("Say whether it succeeded, and if not, why.")
_WHY_NOT = gettext_noop("Say why it is rejected: choose a reason.")
_REASON = gettext_noop("Say why she is sent on, in at most 2,000 letters.")
_LONG = gettext_noop("What is told is too long: at most 4,000 letters.")
_PLAN_LONG = gettext_noop("The plan of the case is too long to go along: write in your words what they need of it.")
_NO_BASIS = gettext_noop(
    "Nothing allows telling them about her yet: ask her, and tick that she agrees; or state another basis that the law "
    "knows under “Lawful basis and consent”."
)
_NO_CONSENT = gettext_noop(
    "A transfer needs her consent: ask her, and tick that she agrees; or say why it goes without it: a supervisor "
    "will read the reason."
)
_NOT_AGREED = gettext_noop(
    "She was not asked about all of this: show it to her, and tick that she agrees to exactly this being told; or tell "
    "less."
)


def check_referral_step(now: str, wanted: ReferralState) -> None:
    """Refuses a step the table does not hold."""
    if wanted not in REFERRAL_TRANSITIONS[ReferralState(now)]:
        raise Refused(_STEP, state=REFERRAL_STATE_LABELS[ReferralState(now)])


def check_outcome(successful, outcome: str) -> str:
    """The reason to keep beside an outcome: none of a success; Refused without one of a failure, or neither said."""
    if successful is None or (not successful and not outcome):
        raise Refused(_OUTCOME)
    return "" if successful else outcome


def check_rejection(reason: str) -> str:
    """Refuses a rejection without a reason."""
    if not reason:
        raise Refused(_WHY_NOT)
    return reason


# --- What must be there before something leaves -----------------------------------------------------

#: Steps that may be missing where an urgent case of child protection goes all the same: each becomes a task.
STEP_LABELS = {
    "basis": gettext_noop("State the lawful basis of this referral."),
    "consent": gettext_noop("Ask for consent, or note why it is not the right basis."),
    "agreed": gettext_noop("Show the child, or who cares for it, what was told, and note whether they agree."),
    "caregiver": gettext_noop("Inform the caregiver, unless the caregiver is the danger."),
    "need": gettext_noop("Say what is needed, as a word of the list."),
    "services": gettext_noop("Say which services are asked for."),
}


@dataclass(frozen=True)
class Ready:
    """What is known before sending. `basis`: a code of `lawful_bases`, "" where none is in force."""

    kind: ReferralKind
    priority: Priority
    programme_kind: str = ""
    child_protection: bool = False
    basis: str = ""
    agreed: bool = False
    overridden: bool = False
    caregiver_informed: bool = True
    need: str = ""
    services: tuple = ()


def check_sending(ready: Ready) -> tuple[str, ...]:
    """The steps (keys of STEP_LABELS) that stay to be done after sending; Refused where one of them blocks.

    A transfer is blocked without consent unless that is overridden; what is told of others than survivors of violence
    needs consent to disclose too. Urgent child protection is never blocked. Inside one house nothing is disclosed.
    """
    if ready.kind is ReferralKind.ASSIGNMENT:
        return ()
    missing, consent = [], ready.basis == "consent"
    if not ready.basis and not ready.overridden:
        missing.append(("basis", _NO_BASIS))
    elif ready.kind is ReferralKind.TRANSFER and not consent and not ready.overridden:
        missing.append(("consent", _NO_CONSENT))
    if consent and not ready.agreed and ready.programme_kind != ProgrammeKind.VIOLENCE:
        missing.append(("agreed", _NOT_AGREED))
    if ready.child_protection and ready.priority is not Priority.NORMAL:
        return (*(step for step, _said in missing), *_loose(ready))
    for _step, said in missing:
        raise Refused(said)
    return ()


def _loose(ready):
    """What a good referral of a child has, and an urgent one need not wait for."""
    kept = {"caregiver": ready.caregiver_informed, "need": ready.need, "services": ready.services}
    return tuple(step for step, there in kept.items() if not there)


# --- What is told -----------------------------------------------------------------------------------

#: Words of the list `data_categories` that are taken from her record as they stand there, and from which fields.
FROM_RECORD = {
    "name": ("given", "family"), "contact_details": ("phone", "address"), "birth": ("birth_date",),
    "document": ("document",),
}  # fmt: skip
#: The same of what stands open on her record.
COARSE_DATA = {"birth": ("sex", "birth_year"), "contact_details": ("area", "area_id")}
#: Groups of that list that a referral may tell of.
DISCLOSED_GROUPS = ("identity", "situation", "special")
#: What a case's summary tells of.
PLAN_DATA = ("needs", "help_received")
PLAN_LONGEST = 4000  #: letters
CONTENT_TEXTS = {"reason": 2000, "text": 4000, "contact": 300, "caregiver": 300, "override": 500, "sender": 300}


def clean_content(values: dict, *, identity: dict) -> dict:
    """What a referral tells, in one dict: texts, categories, and of `identity` only the fields that were chosen.

    values: reason, text (exactly what is disclosed), categories, contact (how to reach her safely), caregiver, alone
    (separated or unaccompanied), informed (caregiver knows), sender (whom to call here), override; who, sex,
    birth_year, area in words; plan (a case's summary: {"goals": [words], "steps": [words]}).
    """
    content = {name: str(values.get(name) or "").strip() for name in CONTENT_TEXTS}
    if not content["reason"] or len(content["reason"]) > CONTENT_TEXTS["reason"]:
        raise Refused(_REASON)
    if any(len(content[name]) > most for name, most in CONTENT_TEXTS.items()):
        raise Refused(_LONG)
    chosen = list(dict.fromkeys([*(values.get("categories") or ()), *(PLAN_DATA if values.get("plan") else ())]))
    fields = [name for category in chosen for name in FROM_RECORD.get(category, ()) if identity.get(name)]
    content |= {"categories": chosen, "identity": {name: identity[name] for name in fields if name in IDENTITY_FIELDS}}
    content |= {name: bool(values.get(name)) for name in ("alone", "informed")}
    content["how"] = values["how"] if values.get("how") in ("written", "guardian") else "spoken"
    plan = {name: list(words) for name, words in (values.get("plan") or {}).items() if words}
    if sum(len(each) for words in plan.values() for each in words) > PLAN_LONGEST:
        raise Refused(_PLAN_LONG)
    content["plan"] = plan
    content["who"] = str(values.get("who") or "") if "name" not in chosen else ""
    for category, names in COARSE_DATA.items():
        content |= {name: values.get(name) for name in names if category in chosen and values.get(name)}
    return content


def for_receiver(content: dict) -> dict:
    """The part of what was written that leaves: never why consent was passed over."""
    return {name: value for name, value in content.items() if name not in ("override", "outside", "how")}


# --- By the clock -----------------------------------------------------------------------------------


class Tell(StrEnum):
    """Who is told at a step."""

    RECEIVER = "receiver"
    SENDER = "sender"
    RECEIVER_KEEPERS = "receiver_keepers"
    SENDER_KEEPERS = "sender_keepers"


@dataclass(frozen=True)
class ClockStep:
    """After which share of the time that the priority gives, who is told."""

    share: float
    tell: tuple[Tell, ...]


REFERRAL_CLOCK = (
    ClockStep(0.5, (Tell.RECEIVER,)),
    ClockStep(1.0, (Tell.RECEIVER, Tell.RECEIVER_KEEPERS, Tell.SENDER)),
    ClockStep(1.5, (Tell.RECEIVER_KEEPERS, Tell.SENDER, Tell.SENDER_KEEPERS)),
)


def clock_steps(priority: str, since: dt.datetime, now: dt.datetime) -> int:
    """How many steps of REFERRAL_CLOCK are due for what waits since a moment."""
    passed = (now - since) / ANSWER_WITHIN[Priority(priority)]
    return sum(passed >= step.share for step in REFERRAL_CLOCK)


# --- Links ------------------------------------------------------------------------------------------

GUEST_DAYS = {Priority.EMERGENCY: 4, Priority.URGENT: 7, Priority.NORMAL: 21}
GUEST_DAYS_ACCEPTED = 60  #: so long may who accepted say that the service was given
CODE_TRIES = 5
CODE_DIGITS = 8


#: What is asked back most: each side reads it in its own language.
QUESTIONS = {
    "when": gettext_noop("When can she come?"),
    "reach": gettext_noop("How is she reached safely?"),
    "papers": gettext_noop("Which papers does she have?"),
    "interpreter": gettext_noop("Does she need an interpreter, and for which language?"),
    "accompanied": gettext_noop("Who comes with her?"),
    "danger": gettext_noop("Is she in danger now?"),
    "health": gettext_noop("What must we know of her health?"),
}
GUEST_QUESTIONS = 20  #: of one referral; whoever has more to ask takes the phone


def guest_code(number: int) -> str:
    """A code to say over the phone, "4821 9930", for a number below 10**CODE_DIGITS."""
    digits = f"{number:0{CODE_DIGITS}d}"
    return f"{digits[:4]} {digits[4:]}"


def bare_code(text: str) -> str:
    """What was typed, digits only."""
    return "".join(c for c in str(text) if c.isdecimal())[: CODE_DIGITS + 1]


# --- Languages of the form --------------------------------------------------------------------------

#: What is read in a country first; the sender may choose another.
COUNTRY_LANGUAGES = {
    "RS": "sr", "ME": "sr-latn", "BA": "bs", "HR": "hr", "MK": "mk", "AL": "sq", "XK": "sq",
}  # fmt: skip


def language_of_country(country: str) -> str:
    """The language of the receiver's half of the form; English where we have no better."""
    return COUNTRY_LANGUAGES.get(country, "en")


# --- How it went ------------------------------------------------------------------------------------

SMALL = 5  #: a pathway that fewer took shows no figures


@dataclass(frozen=True)
class Went:
    """One referral that was sent, as measures see it: hours, or None where that did not happen (yet)."""

    pathway: tuple
    to_answer: float | None = None
    within: float = 0.0  #: hours in which the answer was owed
    to_service: float | None = None
    state: str = ReferralState.IN_PROGRESS
    wrong: bool = False  #: rejected as sent to the wrong place
    confirmed: bool = False  #: the provider itself says that it was given
    closed: bool = False  #: nothing is awaited any more


@dataclass(frozen=True)
class Measured:
    """How referrals on one pathway went; all but `n` and `enough` are None where fewer than SMALL were sent.

    Shares are between 0 and 1: `in_time` of those sent, `accurate` of those answered, `effective` of those closed.
    """

    pathway: tuple
    n: int
    answered: int | None = None
    hours_to_answer: float | None = None
    hours_to_service: float | None = None
    in_time: float | None = None
    accurate: float | None = None
    effective: float | None = None

    @property
    def enough(self) -> bool:
        """Whether so many took it that it may be told how it went."""
        return self.n >= SMALL


def measure(rows: Iterable[Went]) -> list[Measured]:
    """How each pathway went, those taken most first."""
    ways: dict[tuple, list[Went]] = {}
    for row in rows:
        ways.setdefault(row.pathway, []).append(row)
    told = [_measured(pathway, rows) for pathway, rows in ways.items()]
    return sorted(told, key=lambda each: (-each.n, tuple(map(str, each.pathway))))


def _measured(pathway, rows) -> Measured:
    if len(rows) < SMALL:
        return Measured(pathway, len(rows))
    answered = [row for row in rows if row.to_answer is not None]
    closed = [row for row in rows if row.closed]
    served = [row.to_service for row in rows if row.to_service is not None]
    return Measured(
        pathway, len(rows), len(answered),
        hours_to_answer=statistics.median(row.to_answer for row in answered) if answered else None,
        hours_to_service=statistics.median(served) if served else None,
        in_time=sum(row.to_answer <= row.within for row in answered) / len(rows),
        accurate=1 - sum(row.wrong for row in answered) / len(answered) if answered else None,
        effective=sum(row.confirmed for row in closed) / len(closed) if closed else None,
    )  # fmt: skip
