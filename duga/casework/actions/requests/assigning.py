"""A request in somebody's hands: offered, accepted, declined, on the way, taken back."""

from django.db import transaction
from django.utils import timezone

from duga.casework import queries
from duga.casework.actions.requests._help import (
    _assignment,
    _end,
    _let_go,
    _live,
    _reason,
    _request,
    _step,
    _who,
)
from duga.casework.models import Assignment, Volunteer
from duga.casework.rules import AssignmentState, RequestState, check_assignment_step, check_request_step
from duga.members.queries import NOT_HERE
from duga.members.rules import Permission
from duga.plain.errors import NotFound, Refused, gettext_noop
from duga.vault.rows import change, put

_ONE = gettext_noop("Choose one person who is to do it.")
_SEALED = gettext_noop("Only those named for this sealed programme may be given its requests.")
_NOBODY = gettext_noop("Nobody has this request now.")

A, R = AssignmentState, RequestState


@transaction.atomic
def assign_request(*, by, request_id, version, account_id=None, volunteer_id=None, planned_for=None) -> Assignment:
    """Gives a request to a worker or a volunteer; whoever had it before has it no more. One has a request at a time.

    Giving it to oneself accepts it at once and needs no leave to hand work out.
    """
    own = account_id is not None and account_id == by.account_id and volunteer_id is None
    permission = Permission.RECORD_ASSISTANCE if own else Permission.ASSIGN_WORK
    request = _request(by, request_id, permission, version=version)
    check_request_step(request.state, R.ASSIGNED)
    volunteer = _someone(by, request, account_id, volunteer_id)
    before = _let_go(request)
    assignment = Assignment(
        organisation_id=request.organisation_id, request=request, account_id=account_id, volunteer=volunteer,
        planned_for=planned_for, state=A.ACCEPTED if own else A.OFFERED, assigned_by_id=by.account_id,
    )  # fmt: skip
    put(assignment)
    if before is not None and request.state == R.ASSIGNED:  # handed on: the next one has the whole time again
        request.state_since, request.told = timezone.now(), 0
    _step(by, request, "accepted" if own else "offered", R.ASSIGNED, who=_who(assignment))
    return assignment


def _someone(by, request, account_id, volunteer_id) -> Volunteer | None:
    if bool(account_id) == bool(volunteer_id):
        raise Refused(_ONE)
    sealed = request.programme is not None and request.programme.sealed
    if volunteer_id:
        if sealed:
            raise Refused(_SEALED)
        found = Volunteer.objects.filter(
            pk=volunteer_id, organisation_id=request.organisation_id, state="active"
        ).first()
        if found is None:
            raise NotFound(NOT_HERE)
        return found
    if account_id not in queries.workers_of(request.organisation_id):
        raise NotFound(NOT_HERE)
    if sealed and account_id not in queries.named_in(request.programme_id):
        raise Refused(_SEALED)
    return None


@transaction.atomic
def answer_assignment(*, by, assignment_id, accept: bool, reason="") -> Assignment:
    """Accepts what one was offered, or declines it with a reason: then the request waits for somebody else.

    The same answer twice is one.
    """
    assignment, request = _assignment(by, assignment_id)
    after = A.ACCEPTED if accept else A.DECLINED
    if assignment.state == after:
        return assignment
    check_assignment_step(assignment.state, after)
    if accept:
        assignment.state = after
        change(assignment)
        _step(by, request, "accepted", who=_who(assignment))
        return assignment
    reason = _reason(A.DECLINED, reason)
    _end(assignment, after, reason=reason)
    _step(by, request, "declined", R.ASSESSED, who=_who(assignment), reason=reason)
    return assignment


@transaction.atomic
def start_assignment(*, by, assignment_id) -> Assignment:
    """Says that one is on the way; pressed twice it is said once."""
    assignment, request = _assignment(by, assignment_id)
    if assignment.state == A.ON_THE_WAY:
        return assignment
    check_assignment_step(assignment.state, A.ON_THE_WAY)
    assignment.state = A.ON_THE_WAY
    change(assignment)
    _step(by, request, "started", R.UNDER_WAY, who=_who(assignment))
    return assignment


@transaction.atomic
def take_back_assignment(*, by, request_id, version) -> None:
    """Takes a request back from whoever has it: it waits for somebody else."""
    request = _request(by, request_id, Permission.ASSIGN_WORK, version=version)
    assignment = _live(request)
    if assignment is None:
        raise Refused(_NOBODY)
    _end(assignment, A.TAKEN_BACK)
    _step(by, request, "taken_back", R.ASSESSED, who=_who(assignment))
