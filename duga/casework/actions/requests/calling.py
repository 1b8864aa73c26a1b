"""At the desk: a request opened, kept by one colleague at a time, called back."""

import datetime as dt
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from duga.casework.actions._help import IDENTITY, _tell
from duga.casework.actions.bases.consents import require_use
from duga.casework.actions.requests._help import _assignment, _request, _step, _take_out
from duga.casework.models import Assignment, Request
from duga.casework.rules import ENDED, HOLD_MINUTES, Urgency, full_name
from duga.members.rules import Permission
from duga.plain.errors import Refused, gettext_noop
from duga.vault import sealing

_PAST = gettext_noop("Choose a time that lies ahead, at most 60 days.")
_NO_CALL = gettext_noop("No call back is planned for this request.")
_ENDED = gettext_noop("This request has ended: nobody waits for a call.")


@dataclass(frozen=True)
class OpenedRequest:
    """A request, open: who called, what was told, and the person it is about as far as she is registered."""

    request: Request
    caller: dict = field(repr=False)
    details: str = field(repr=False)
    name: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    address: str = field(default="", repr=False)


def _opened(by, request) -> OpenedRequest:
    caller, details = _take_out(request)
    hers = {}
    if request.person_id and not request.person.erased_at:
        hers = sealing.unseal(owner=request.person_id, field=IDENTITY, data=request.person.identity)
    _tell(by, "request.opened", request, **({"person": str(request.person_id)} if request.person_id else {}))
    return OpenedRequest(request, caller, details, full_name(hers), hers.get("phone", ""), hers.get("address", ""))


@transaction.atomic
def open_request(*, by, request_id) -> OpenedRequest:
    """Opens a request for who works on it. Leaves a trail entry that names the person's id."""
    return _opened(by, _request(by, request_id, Permission.SEE_PEOPLE, desk=False))


@transaction.atomic
def open_assignment(*, by, assignment_id) -> tuple[Assignment, OpenedRequest]:
    """Opens what somebody was given, for her who goes there and for who hands work out. Leaves a trail entry."""
    assignment, request = _assignment(by, assignment_id)
    return assignment, _opened(by, request)


@transaction.atomic
def hold_request(*, by, request_id) -> Request:
    """Takes a request to work on: for some minutes colleagues see who has it, and are kept off. Conflict when one
    was faster."""
    request = _request(by, request_id)
    if request.state in ENDED:
        raise Refused(_ENDED)
    Request.objects.filter(pk=request.pk).update(
        holder_id=by.account_id, held_until=timezone.now() + dt.timedelta(minutes=HOLD_MINUTES)
    )
    if request.holder_id != by.account_id:
        _tell(by, "request.held", request)
    return request


@transaction.atomic
def release_request(*, by, request_id) -> Request:
    """Gives a request back to the board; who hands work out may free what a colleague keeps."""
    request = _request(by, request_id, desk=False)
    if request.holder_id and request.holder_id != by.account_id:
        request = _request(by, request_id, Permission.ASSIGN_WORK, desk=False)
    if request.holder_id:
        Request.objects.filter(pk=request.pk).update(holder=None, held_until=None)
        _tell(by, "request.released", request)
    return request


def _later(moment) -> dt.datetime:
    now = timezone.now()
    if not now - dt.timedelta(minutes=1) <= moment <= now + dt.timedelta(days=60):
        raise Refused(_PAST)
    return moment


def _may_call(by, about) -> None:
    """Refused where whom a request or visits are about does not want to be contacted; an emergency is not held up."""
    if about.person_id and getattr(about, "urgency", "") != Urgency.EMERGENCY:
        require_use(by=by, person_id=about.person_id, purpose="contact")


@transaction.atomic
def plan_callback(*, by, request_id, version, at) -> Request:
    """Puts a request into the queue of calls to make, at a moment ahead."""
    request = _request(by, request_id, version=version)
    if request.state in ENDED:
        raise Refused(_ENDED)
    _may_call(by, request)
    request.callback_at, request.callback_tries = _later(at), 0
    return _step(by, request, "call_planned")


@transaction.atomic
def tick_callback(*, by, request_id, version, reached: bool, again_at=None) -> Request:
    """Says how a call went: reached ends it; not reached counts a try and calls again at `again_at`, else in an
    hour."""
    request = _request(by, request_id, version=version)
    if request.callback_at is None:
        raise Refused(_NO_CALL)
    if reached:
        request.callback_at = None
        return _step(by, request, "called")
    request.callback_tries += 1
    request.callback_at = _later(again_at) if again_at else timezone.now() + dt.timedelta(hours=1)
    return _step(by, request, "not_reached")
