"""Help that arrived: one entry of the ledger for each assignment, whatever is pressed twice; confirmed, or not."""

from django.db import transaction
from django.utils import timezone

from duga.casework.actions.ledger import record_assistance, withdraw_assistance
from duga.casework.actions.requests._help import _assignment, _end, _reason, _request, _short, _step, _who
from duga.casework.actions.requests.assigning import answer_assignment, start_assignment
from duga.casework.models import Assignment, Request
from duga.casework.rules import (
    AssignmentState,
    Confirmed,
    RequestState,
    check_assignment_step,
    check_confirming,
    check_request_step,
)
from duga.members.rules import Permission, Viewer
from duga.plain.errors import Refused, gettext_noop

_HOW = gettext_noop("Say how it is known that help arrived.")
_ANSWER = gettext_noop("Answer with: accepted, on the way, done or could not.")
_NOTHING = gettext_noop("No delivery of this request is recorded.")
_DID_NOT_ARRIVE = gettext_noop("The person says it did not arrive.")

A, R = AssignmentState, RequestState


@transaction.atomic
def deliver(
    *, by, assignment_id, quantity=None, unit="", date=None, channel="in_person", note="", from_stock=None
) -> Assignment:
    """Says that an assignment is done and records the assistance, once, whatever is pressed twice.

    Without a quantity what was asked for, without a date today. A person nobody registered is one unnamed person. A
    volunteer's delivery is recorded in the house's name, with her code. `from_stock`: the goods it came from.
    """
    assignment, request = _assignment(by, assignment_id)
    if assignment.assistance_id:
        return assignment
    check_assignment_step(assignment.state, A.DONE)
    check_request_step(request.state, R.DELIVERED)
    who = {"household_id": request.household_id} if request.household_id else {"person_id": request.person_id}
    entry = record_assistance(
        by=_recorder(by), organisation_id=request.organisation_id, service_type=request.service_type, unit=unit,
        quantity=request.quantity if quantity is None else quantity, date=date or timezone.localdate(),
        area_id=request.area_id, place=request.place, channel=channel, programme_id=request.programme_id,
        delivered_by_id=assignment.account_id, worker=assignment.volunteer.code if assignment.volunteer_id else "",
        note=note, from_stock=from_stock, **(who if any(who.values()) else {"size": 1}),
    )  # fmt: skip
    _end(assignment, A.DONE, assistance=entry)
    request.delivered_at = timezone.now()
    _step(by, request, "delivered", R.DELIVERED, who=_who(assignment))
    return assignment


def _recorder(by) -> Viewer:
    """A volunteer has no account: the house records for her."""
    return Viewer(system=by.label) if getattr(by, "volunteer_id", None) else by


@transaction.atomic
def not_done(*, by, assignment_id, reason) -> Assignment:
    """Says that an assignment could not be done, and why: the request waits for somebody else. Twice is once."""
    assignment, request = _assignment(by, assignment_id)
    if assignment.state == A.NOT_DONE:
        return assignment
    if assignment.assistance_id:
        raise Refused(gettext_noop("It is recorded as delivered. Say on the request that it did not arrive."))
    check_assignment_step(assignment.state, A.NOT_DONE)
    reason = _reason(A.NOT_DONE, reason)
    _end(assignment, A.NOT_DONE, reason=reason)
    _step(by, request, "not_done", R.ASSESSED, who=_who(assignment), reason=reason)
    return assignment


@transaction.atomic
def confirm_request(*, by, request_id, version, how) -> Request:
    """Closes a request: it is known that help arrived. Whoever brought it confirms with a signature only."""
    if how not in list(Confirmed):
        raise Refused(_HOW)
    request = _request(by, request_id, version=version)
    delivered = Assignment.objects.filter(request=request, state=A.DONE).order_by("-pk").first()
    check_request_step(request.state, R.CONFIRMED)
    check_confirming(how, account_id=by.account_id, delivered_by=delivered.account_id if delivered else None)
    request.callback_at = None
    return _step(by, request, "confirmed", R.CONFIRMED, words=how)


@transaction.atomic
def not_confirmed(*, by, request_id, version, words="") -> Request:
    """The person says that nothing arrived: the entry of the ledger is withdrawn and the request looks for somebody
    again."""
    request = _request(by, request_id, Permission.ASSIGN_WORK, version=version)
    check_request_step(request.state, R.ASSESSED)
    rows = Assignment.objects.select_for_update(of=("self",)).select_related("account", "volunteer", "assistance")
    assignment = rows.filter(request=request, state=A.DONE).order_by("-pk").first()
    if assignment is None or request.state != R.DELIVERED:
        raise Refused(_NOTHING)
    entry = assignment.assistance
    if entry is not None and entry.state == "recorded":
        withdraw_assistance(by=by, assistance_id=entry.pk, version=entry.version, reason=_DID_NOT_ARRIVE)
    _end(assignment, A.NOT_DONE, reason="not_arrived")
    request.delivered_at = None
    return _step(by, request, "not_confirmed", R.ASSESSED, who=_who(assignment), words=_short(words))


@transaction.atomic
def answer_errand(*, by, assignment_id, answer, reason="", **delivered) -> Assignment:
    """One tap on a phone: "accepted", "on_the_way", "done" or "could_not" with a reason. The same answer twice is one.

    `delivered` as in `deliver` (quantity, note). For a volunteer's phone and a worker's.
    """
    if answer == "accepted":
        return answer_assignment(by=by, assignment_id=assignment_id, accept=True)
    if answer == "on_the_way":
        return start_assignment(by=by, assignment_id=assignment_id)
    if answer == "done":
        return deliver(by=by, assignment_id=assignment_id, **delivered)
    if answer == "could_not":
        return not_done(by=by, assignment_id=assignment_id, reason=reason)
    raise Refused(_ANSWER)
