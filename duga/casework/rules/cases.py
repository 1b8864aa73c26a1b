"""Cases: what a case may become, who sees which section, what closing asks for. Names after CPIMS+ and Primero."""

from enum import StrEnum

from duga.casework.rules.programmes import ProgrammeKind
from duga.members.rules import Permission
from duga.plain.errors import Refused, gettext_noop

P = Permission


class CaseState(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    ON_HOLD = "on_hold"
    CLOSED = "closed"


CASE_LABELS = {
    CaseState.OPEN: gettext_noop("open"),
    CaseState.ON_HOLD: gettext_noop("on hold"),
    CaseState.CLOSED: gettext_noop("closed"),
}
#: From which state to which one may go; closing also asks for what `check_closing` says.
CASE_TRANSITIONS = {
    CaseState.OPEN: {CaseState.ON_HOLD, CaseState.CLOSED},
    CaseState.ON_HOLD: {CaseState.OPEN, CaseState.CLOSED},
    CaseState.CLOSED: {CaseState.OPEN},
}
CASE_REVIEW_DAYS = 90  #: after so many days a case is looked at again, unless a day is given


class Section(StrEnum):
    """The parts of a case; notes and files lie in one of them."""

    GENERAL = "general"
    HEALTH = "health"
    LEGAL = "legal"
    VIOLENCE = "violence"


SECTION_LABELS = {
    Section.GENERAL: gettext_noop("General"),
    Section.HEALTH: gettext_noop("Health"),
    Section.LEGAL: gettext_noop("Legal matters"),
    Section.VIOLENCE: gettext_noop("Violence"),
}


class Tie(StrEnum):
    """How someone is tied to a case; the first that holds counts."""

    LEAD = "lead"
    NAMED = "named"
    TEAM = "team"
    NONE = "none"


TIE_LABELS = {
    Tie.LEAD: gettext_noop("leads the case"),
    Tie.NAMED: gettext_noop("is named for its sealed programme"),
    Tie.TEAM: gettext_noop("belongs to its team"),
    Tie.NONE: gettext_noop("works in the organisation"),
}
#: What the role must allow to see a section, by how one is tied to the case; a tie that is missing never sees it.
#: A case of a sealed programme is there for those named for it only, whatever stands here.
SECTION_SEEN: dict[Section, dict[Tie, Permission]] = {
    Section.GENERAL: {
        Tie.LEAD: P.SEE_PEOPLE, Tie.NAMED: P.SEE_PEOPLE, Tie.TEAM: P.SEE_PEOPLE, Tie.NONE: P.FOLLOW_CASES,
    },
    Section.HEALTH: {
        Tie.LEAD: P.FOLLOW_CASES, Tie.NAMED: P.SEE_PEOPLE, Tie.TEAM: P.FOLLOW_CASES, Tie.NONE: P.APPROVE_CASES,
    },
    Section.LEGAL: {
        Tie.LEAD: P.FOLLOW_CASES, Tie.NAMED: P.SEE_PEOPLE, Tie.TEAM: P.FOLLOW_CASES, Tie.NONE: P.APPROVE_CASES,
    },
    Section.VIOLENCE: {Tie.LEAD: P.FOLLOW_CASES, Tie.NAMED: P.SEE_PEOPLE, Tie.TEAM: P.APPROVE_CASES},
}  # fmt: skip
#: What it takes to write in a case, by tie; a tie that is missing never writes.
CASE_WRITES: dict[Tie, Permission] = {
    Tie.LEAD: P.SEE_PEOPLE, Tie.NAMED: P.SEE_PEOPLE, Tie.TEAM: P.SEE_PEOPLE, Tie.NONE: P.APPROVE_CASES,
}  # fmt: skip


class NoteKind(StrEnum):
    """What a note is of."""

    CONTACT = "contact"
    VISIT = "visit"
    ASSESSMENT = "assessment"
    DECISION = "decision"
    OTHER = "other"


NOTE_LABELS = {
    NoteKind.CONTACT: gettext_noop("a talk"),
    NoteKind.VISIT: gettext_noop("a visit"),
    NoteKind.ASSESSMENT: gettext_noop("an assessment"),
    NoteKind.DECISION: gettext_noop("a decision"),
    NoteKind.OTHER: gettext_noop("something else"),
}


class GoalState(StrEnum):
    """What became of a goal."""

    OPEN = "open"
    REACHED = "reached"
    DROPPED = "dropped"


GOAL_LABELS = {
    GoalState.OPEN: gettext_noop("open"),
    GoalState.REACHED: gettext_noop("reached"),
    GoalState.DROPPED: gettext_noop("given up"),
}


class Approve(StrEnum):
    """What a supervisor is asked about."""

    PLAN = "plan"
    CLOSURE = "closure"


APPROVE_LABELS = {
    Approve.PLAN: gettext_noop("the plan"),
    Approve.CLOSURE: gettext_noop("closing the case"),
}


class Decision(StrEnum):
    """A supervisor's word."""

    APPROVED = "approved"
    RETURNED = "returned"


DECISION_LABELS = {
    Decision.APPROVED: gettext_noop("approved"),
    Decision.RETURNED: gettext_noop("sent back"),
}


class Met(StrEnum):
    """How a need was met, or why it is none any more."""

    BY_US = "by_us"
    BY_OTHERS = "by_others"
    BY_HERSELF = "by_herself"
    NOT_ANY_MORE = "not_any_more"
    NOT_MET = "not_met"


MET_LABELS = {
    Met.BY_US: gettext_noop("by us"),
    Met.BY_OTHERS: gettext_noop("by another organisation or institution"),
    Met.BY_HERSELF: gettext_noop("by herself or her family"),
    Met.NOT_ANY_MORE: gettext_noop("it is no need any more"),
    Met.NOT_MET: gettext_noop("it could not be met"),
}

#: Programmes whose cases a supervisor closes, unless the organisation says otherwise.
CLOSING_APPROVED = frozenset({ProgrammeKind.VIOLENCE, ProgrammeKind.CHILD_PROTECTION})
#: The purpose a case's basis is stated for, by the kind of its programme.
CASE_PURPOSE = {ProgrammeKind.CHILD_PROTECTION: "child_protection", ProgrammeKind.HELPLINE: "helpline"}

_STEP = gettext_noop("A case that is “%(now)s” cannot become “%(wanted)s”.")
_CLOSING = gettext_noop("Say why the case is closed, and what came of it.")
_OPEN_ACTIONS = gettext_noop(
    "%(count)s steps of the plan are still open. Mark each as done or given up, then close the case."
)
_OWN = gettext_noop("Another person decides: nobody approves what they asked for themselves.")
_DECIDED = gettext_noop("This was decided already.")
_REVIEW = gettext_noop("The day of the next look must lie in the future.")


def check_case_step(now: str, wanted: str) -> CaseState:
    """The wanted state, or Refused where the table does not hold the step."""
    if wanted not in CASE_TRANSITIONS[CaseState(now)]:
        labels = {state.value: label for state, label in CASE_LABELS.items()}
        raise Refused(_STEP, now=labels[str(now)], wanted=labels.get(str(wanted), str(wanted)))
    return CaseState(wanted)


def needs_approval(kind: str = "", said: bool | None = None) -> bool:
    """Whether a supervisor closes cases of a programme: what the organisation said, else by its kind ("" for none)."""
    return kind in CLOSING_APPROVED if said is None else said


def check_closing(now: str, *, reason: str, outcome: str, open_actions: int) -> None:
    """Refused unless the case may be closed: from its state, with reason and outcome, with no step left open."""
    check_case_step(now, CaseState.CLOSED)
    if not reason or not outcome:
        raise Refused(_CLOSING)
    if open_actions:
        raise Refused(_OPEN_ACTIONS, count=open_actions)


def check_case_decision(*, asked_by, decided_by, decided: bool) -> None:
    """Refused where somebody decides on her own request, or what is decided already."""
    if decided:
        raise Refused(_DECIDED)
    if decided_by is None or asked_by == decided_by:
        raise Refused(_OWN)


def check_case_review(day, *, today):
    """The day of the next look, which must lie ahead; None stays None."""
    if day is not None and day <= today:
        raise Refused(_REVIEW)
    return day


def sections_for(tie: Tie, held: frozenset[Permission]) -> frozenset[Section]:
    """The sections someone sees who is tied to a case like this and whose role allows `held` in its organisation."""
    return frozenset(section for section, seen in SECTION_SEEN.items() if tie in seen and seen[tie] in held)


def may_write(tie: Tie, held: frozenset[Permission]) -> bool:
    """Whether someone tied to a case like this writes in it."""
    return tie in CASE_WRITES and CASE_WRITES[tie] in held
