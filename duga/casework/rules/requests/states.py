"""Where a request stands, where one who was given it stands, and by when help is due.

The priorities are those of inter-agency referral: emergency 24 hours, urgent 72 hours, normal two weeks, counted from
the moment the request came in, whoever asks.
"""

import datetime as dt
from enum import StrEnum

from duga.plain.errors import Refused, gettext_noop


class Urgency(StrEnum):
    """How soon help is needed."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    NORMAL = "normal"


URGENCY_HOURS = {Urgency.EMERGENCY: 24, Urgency.URGENT: 72, Urgency.NORMAL: 14 * 24}
URGENCY_LABELS = {
    Urgency.EMERGENCY: gettext_noop("Emergency: within 24 hours"),
    Urgency.URGENT: gettext_noop("Urgent: within 72 hours"),
    Urgency.NORMAL: gettext_noop("Normal: within two weeks"),
}


class RequestState(StrEnum):
    """Where a request stands."""

    DRAFT = "draft"  #: half typed, its operator's own
    RECEIVED = "received"
    ASSESSED = "assessed"
    ASSIGNED = "assigned"
    UNDER_WAY = "under_way"
    DELIVERED = "delivered"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    DUPLICATE = "duplicate"


R = RequestState
#: From which state one may go where. Back to "received" is opening it anew; back to "assessed" is looking for someone.
REQUEST_TRANSITIONS = {
    R.DRAFT: {R.RECEIVED},
    R.RECEIVED: {R.ASSESSED, R.REFUSED, R.WITHDRAWN, R.DUPLICATE},
    R.ASSESSED: {R.ASSESSED, R.ASSIGNED, R.REFUSED, R.WITHDRAWN, R.DUPLICATE},
    R.ASSIGNED: {R.ASSESSED, R.ASSIGNED, R.UNDER_WAY, R.DELIVERED, R.REFUSED, R.WITHDRAWN, R.DUPLICATE},
    R.UNDER_WAY: {R.ASSESSED, R.DELIVERED, R.WITHDRAWN},
    R.DELIVERED: {R.CONFIRMED, R.ASSESSED},
    R.CONFIRMED: set(),
    R.REFUSED: {R.RECEIVED},
    R.WITHDRAWN: {R.RECEIVED},
    R.DUPLICATE: {R.RECEIVED, R.ASSESSED, R.ASSIGNED},
}
#: What stands on the board: someone still has to do something.
OPEN_STATES = (R.RECEIVED, R.ASSESSED, R.ASSIGNED, R.UNDER_WAY, R.DELIVERED)
#: Nobody has to do anything any more.
ENDED = (R.CONFIRMED, R.REFUSED, R.WITHDRAWN, R.DUPLICATE)
REQUEST_LABELS = {
    R.DRAFT: gettext_noop("draft"),
    R.RECEIVED: gettext_noop("received"),
    R.ASSESSED: gettext_noop("assessed"),
    R.ASSIGNED: gettext_noop("assigned"),
    R.UNDER_WAY: gettext_noop("under way"),
    R.DELIVERED: gettext_noop("delivered"),
    R.CONFIRMED: gettext_noop("confirmed"),
    R.REFUSED: gettext_noop("refused"),
    R.WITHDRAWN: gettext_noop("withdrawn"),
    R.DUPLICATE: gettext_noop("joined to another"),
}


class AssignmentState(StrEnum):
    """Where one who was given a request stands with it."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    ON_THE_WAY = "on_the_way"
    DONE = "done"
    DECLINED = "declined"
    NOT_DONE = "not_done"
    TAKEN_BACK = "taken_back"


A = AssignmentState
ASSIGNMENT_TRANSITIONS = {
    A.OFFERED: {A.ACCEPTED, A.ON_THE_WAY, A.DONE, A.DECLINED, A.NOT_DONE, A.TAKEN_BACK},
    A.ACCEPTED: {A.ON_THE_WAY, A.DONE, A.DECLINED, A.NOT_DONE, A.TAKEN_BACK},
    A.ON_THE_WAY: {A.DONE, A.NOT_DONE, A.TAKEN_BACK},
    A.DONE: {A.NOT_DONE},  # the person says that it did not arrive
    A.DECLINED: set(),
    A.NOT_DONE: set(),
    A.TAKEN_BACK: set(),
}
#: Someone has it now.
LIVE = (A.OFFERED, A.ACCEPTED, A.ON_THE_WAY)
ASSIGNMENT_LABELS = {
    A.OFFERED: gettext_noop("waits for a yes"),
    A.ACCEPTED: gettext_noop("accepted"),
    A.ON_THE_WAY: gettext_noop("on the way"),
    A.DONE: gettext_noop("done"),
    A.DECLINED: gettext_noop("declined"),
    A.NOT_DONE: gettext_noop("not done"),
    A.TAKEN_BACK: gettext_noop("taken back"),
}


class AskedBy(StrEnum):
    """Who asks. All but "herself" are third parties: somebody asks for somebody else."""

    SELF = "self"
    FAMILY = "family"
    NEIGHBOUR = "neighbour"
    INSTITUTION = "institution"
    COLLEAGUE = "colleague"
    OTHER = "other"
    PLAN = "plan"  #: nobody asked: a visit that was agreed on comes round


ASKED_BY_LABELS = {
    AskedBy.SELF: gettext_noop("the person herself"),
    AskedBy.FAMILY: gettext_noop("family"),
    AskedBy.NEIGHBOUR: gettext_noop("a neighbour or friend"),
    AskedBy.INSTITUTION: gettext_noop("an institution"),
    AskedBy.COLLEAGUE: gettext_noop("a colleague or volunteer of ours"),
    AskedBy.OTHER: gettext_noop("someone else"),
    AskedBy.PLAN: gettext_noop("agreed visits"),
}

#: The reasons of the list `request_reasons` that each end of a request, and of an assignment, may give.
REASON_GROUPS = {
    R.REFUSED: "refused", R.WITHDRAWN: "withdrawn", A.DECLINED: "declined", A.NOT_DONE: "not_done",
}  # fmt: skip

#: What the history of a request calls its steps.
STEP_LABELS = {
    "taken": gettext_noop("taken down"),
    "assessed": gettext_noop("assessed"),
    "offered": gettext_noop("offered to %(who)s"),
    "accepted": gettext_noop("accepted by %(who)s"),
    "declined": gettext_noop("declined by %(who)s"),
    "started": gettext_noop("%(who)s is on the way"),
    "delivered": gettext_noop("delivered by %(who)s"),
    "not_done": gettext_noop("not done by %(who)s"),
    "taken_back": gettext_noop("taken back from %(who)s"),
    "confirmed": gettext_noop("confirmed"),
    "not_confirmed": gettext_noop("did not arrive, says the person"),
    "refused": gettext_noop("refused"),
    "withdrawn": gettext_noop("withdrawn"),
    "reopened": gettext_noop("opened anew"),
    "joined": gettext_noop("joined to another request"),
    "parted": gettext_noop("parted from the other request again"),
    "call_planned": gettext_noop("to be called back"),
    "called": gettext_noop("called back"),
    "not_reached": gettext_noop("called back, nobody answered"),
    "escalated": gettext_noop("%(who)s was told that it waits"),
}


class Confirmed(StrEnum):
    """How it is known that help arrived."""

    SIGNATURE = "signature"
    CALL = "call"
    VISIT = "visit"


CONFIRMED_LABELS = {
    Confirmed.CALL: gettext_noop("She said so on the phone"),
    Confirmed.SIGNATURE: gettext_noop("Signed on paper"),
    Confirmed.VISIT: gettext_noop("Seen on a visit"),
}

#: Opening a request to work on it keeps others off it for so long.
HOLD_MINUTES = 15

_NO_STEP = gettext_noop("This request is %(state)s: that cannot be done with it any more. Look at it again.")
_OWN_WORD = gettext_noop("Whoever brought the help confirms it with a signature only. Ask a colleague to call her.")
_NO_ASSIGNMENT = gettext_noop("This is %(state)s already. Look at your list again.")


def due_at(urgency: str, received_at: dt.datetime) -> dt.datetime:
    """By when help is due: 24 hours, 72 hours or two weeks after the request came in."""
    return received_at + dt.timedelta(hours=URGENCY_HOURS[Urgency(urgency)])


def is_overdue(state: str, due: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether help is late: due before now, and not delivered yet."""
    return due is not None and due < now and state in OPEN_STATES and state != R.DELIVERED


def check_confirming(how: str, *, account_id, delivered_by) -> None:
    """Refused when the one who brought the help confirms it by her word alone. Ids of accounts."""
    if Confirmed(how) is not Confirmed.SIGNATURE and account_id is not None and account_id == delivered_by:
        raise Refused(_OWN_WORD)


def check_request_step(before: str, after: str) -> None:
    """Refused unless a request may go from one state to the other."""
    if R(after) not in REQUEST_TRANSITIONS[R(before)]:
        raise Refused(_NO_STEP, state=REQUEST_LABELS[R(before)])


def check_assignment_step(before: str, after: str) -> None:
    """Refused unless an assignment may go from one state to the other."""
    if A(after) not in ASSIGNMENT_TRANSITIONS[A(before)]:
        raise Refused(_NO_ASSIGNMENT, state=ASSIGNMENT_LABELS[A(before)])
