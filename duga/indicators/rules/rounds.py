"""What a counting round is and may become, who answers for an organisation, and how long what is kept."""

from dataclasses import dataclass
from enum import StrEnum

from duga.plain.errors import Refused, gettext_noop

LONGEST_PURPOSE = 300
#: Purposes that come in every language: offered where a round is opened, and read by each in her own.
USUAL_PURPOSES = (
    gettext_noop("How many different people the network's organisations helped, for the yearly report"),
    gettext_noop("How many different people were helped this year, so far"),
    gettext_noop("How many different people were met along the route"),
)
LONGEST_SPAN = 15  # years
VERIFICATION_DAYS = 90
LONGEST_VERIFICATION = 366
#: An open round that nobody links is cancelled after so many days: encodings do not lie about.
LONGEST_OPEN_DAYS = 90
FEWEST = 2  #: organisations, for a person to be known to several
#: Identity fields a round may encode, by what people call them; phone and document only if the purpose needs them.
ROLE_WORDS = {
    "given": gettext_noop("given name"),
    "family": gettext_noop("family name"),
    "father": gettext_noop("father's name"),
    "born": gettext_noop("date of birth"),
    "birth_year": gettext_noop("year of birth"),
    "sex": gettext_noop("sex"),
    "place": gettext_noop("municipality"),
    "phone": gettext_noop("telephone number"),
    "document": gettext_noop("document number"),
}
USUAL_ROLES = ("given", "family", "father", "born", "birth_year", "sex", "place")
NEEDED_ROLES = frozenset({"given", "family"})


class RoundState(StrEnum):
    """Where a counting round stands."""

    OPEN = "open"
    ENCODED = "encoded"
    LINKED = "linked"
    CLOSED = "closed"
    CANCELLED = "cancelled"


#: From which state to which one may go, and what is destroyed on the way.
ROUND_TRANSITIONS = {
    RoundState.OPEN: {RoundState.ENCODED, RoundState.CANCELLED},  # the key
    RoundState.ENCODED: {RoundState.LINKED, RoundState.CANCELLED},  # the encodings
    RoundState.LINKED: {RoundState.CLOSED},  # the map
    RoundState.CLOSED: set(),
    RoundState.CANCELLED: set(),
}

ROUND_STATE_LABELS = {
    RoundState.OPEN: gettext_noop("open: organisations answer and encode"),
    RoundState.ENCODED: gettext_noop("encoded: its key is destroyed, linking is under way"),
    RoundState.LINKED: gettext_noop("linked: encodings destroyed, the map is sealed until its day"),
    RoundState.CLOSED: gettext_noop("closed: the map is destroyed"),
    RoundState.CANCELLED: gettext_noop("cancelled: everything is destroyed"),
}


class Answer(StrEnum):
    """What an organisation answered."""

    ASKED = "asked"
    AGREED = "agreed"
    DECLINED = "declined"


ANSWER_LABELS = {
    Answer.ASKED: gettext_noop("has not answered"),
    Answer.AGREED: gettext_noop("takes part"),
    Answer.DECLINED: gettext_noop("does not take part"),
}


#: What linking says it is doing begins so: what a page says of it, and how far it is then at least, in percent.
LINKING_STEPS = {
    "Finding": (gettext_noop("Looking for records that may be one person"), 2),
    "Learning": (gettext_noop("Learning how records of one person differ"), 35),
    "Scoring": (gettext_noop("Comparing pair by pair"), 50),
    "Joining": (gettext_noop("Joining records into people"), 85),
    "Counting": (gettext_noop("Counting people by country and year"), 92),
}


def linking_step(words: str, share: float | None = None) -> tuple[str, int]:
    """(what a page says, percent done) of what linking said it is doing and, if it knows, how far of the whole."""
    said, least = LINKING_STEPS.get(words.split(" ", 1)[0], ("", 0))
    return said, least if share is None else int(100 * min(max(share, 0), 1))


def check_round_move(state: str, to: RoundState) -> None:
    """Refuses a step that the table of states does not hold."""
    if to not in ROUND_TRANSITIONS[RoundState(state)]:
        raise Refused(
            gettext_noop("This round is no longer where that can be done. Look at its page: it says where it stands.")
        )


@dataclass(frozen=True)
class Plan:
    """What a round is opened for, checked."""

    purpose: str
    years: tuple[int, int]
    countries: tuple[str, ...]
    roles: tuple[str, ...]
    verification_days: int


def plan(*, purpose: str, first_year, last_year, countries, roles, verification_days, this_year: int) -> Plan:
    """A round's purpose, years, countries (none: all), fields and days; refused when one of them is not right."""
    purpose = " ".join(str(purpose or "").split())
    if not purpose or len(purpose) > LONGEST_PURPOSE:
        raise Refused(
            gettext_noop("Say in a sentence what this counting is for (at most %(most)s letters): all asked read it."),
            most=LONGEST_PURPOSE,
        )
    first, last = int(first_year), int(last_year)
    if not this_year - LONGEST_SPAN <= first <= last <= this_year:
        raise Refused(
            gettext_noop("Choose years up to this one, the first before the last, at most %(span)s years back."),
            span=LONGEST_SPAN,
        )
    roles = tuple(role for role in ROLE_WORDS if role in set(roles))
    if not set(roles) >= NEEDED_ROLES or not set(roles) & {"born", "birth_year"}:
        raise Refused(
            gettext_noop("Names and a date or year of birth are needed: without them different people become one.")
        )
    days = int(verification_days)
    if not 1 <= days <= LONGEST_VERIFICATION:
        raise Refused(
            gettext_noop("The map is kept for 1 to %(most)s days, no longer than checking needs."),
            most=LONGEST_VERIFICATION,
        )
    return Plan(purpose, (first, last), tuple(sorted(set(countries))), roles, days)
