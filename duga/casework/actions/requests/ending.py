"""Requests that end without help of ours, are opened anew, or are the same as another."""

from django.db import transaction
from django.utils import timezone

from duga.casework.actions.requests._help import _let_go, _reason, _request, _short, _step
from duga.casework.models import Request
from duga.casework.rules import OPEN_STATES, RequestState, check_request_step
from duga.plain.errors import Refused, gettext_noop

_SAME = gettext_noop("A request cannot be joined to itself.")
_OTHER = gettext_noop("Requests are joined inside one organisation, and inside one sealed programme.")
_ENDED = gettext_noop("The other request has ended. Join to one that is open.")

R = RequestState


def _close(by, request_id, version, after, what, reason, words) -> Request:
    request = _request(by, request_id, version=version)
    check_request_step(request.state, after)
    request.reason, request.reason_words = _reason(after, reason), _short(words)
    request.callback_at = None
    _let_go(request)
    return _step(by, request, what, after, reason=request.reason, words=request.reason_words)


@transaction.atomic
def refuse_request(*, by, request_id, version, reason, words="") -> Request:
    """Refuses a request, with a reason of the list; `words` say more, without names."""
    return _close(by, request_id, version, R.REFUSED, "refused", reason, words)


@transaction.atomic
def withdraw_request(*, by, request_id, version, reason, words="") -> Request:
    """Ends a request that is no longer wanted or cannot be followed, with a reason of the list."""
    return _close(by, request_id, version, R.WITHDRAWN, "withdrawn", reason, words)


@transaction.atomic
def reopen_request(*, by, request_id, version) -> Request:
    """Opens a refused or withdrawn request anew: it waits to be assessed, its time counted from the first call."""
    request = _request(by, request_id, version=version)
    check_request_step(request.state, R.RECEIVED)
    if request.state not in (R.REFUSED, R.WITHDRAWN):
        raise Refused(gettext_noop("This request was joined to another: part them."))
    request.reason = request.reason_words = ""
    return _step(by, request, "reopened", R.RECEIVED)


@transaction.atomic
def join_requests(*, by, request_id, version, into_id) -> Request:
    """Joins a request to an open one that asks the same; whoever had it has it no more. It can be undone."""
    request = _request(by, request_id, version=version)
    if str(request.pk) == str(into_id):
        raise Refused(_SAME)
    into = _request(by, into_id, desk=False)
    if into.organisation_id != request.organisation_id or _seal(into) != _seal(request):
        raise Refused(_OTHER)
    if into.state not in OPEN_STATES:
        raise Refused(_ENDED)
    check_request_step(request.state, R.DUPLICATE)
    _let_go(request)
    request.state_before = R.RECEIVED if request.state == R.RECEIVED else R.ASSESSED
    request.joined_to, request.callback_at = into, None
    if request.due_at < into.due_at:  # the earlier need is not forgotten
        Request.objects.filter(pk=into.pk).update(
            due_at=request.due_at, urgency=request.urgency, look_at=timezone.now(), version=into.version + 1
        )
    return _step(by, request, "joined", R.DUPLICATE, words=into.code)


def _seal(request):
    return request.programme_id if request.programme and request.programme.sealed else None


@transaction.atomic
def part_requests(*, by, request_id, version) -> Request:
    """Undoes a joining: the request is again where it was, and waits."""
    request = _request(by, request_id, version=version)
    if request.state != R.DUPLICATE:
        raise Refused(gettext_noop("This request is not joined to another."))
    code, request.joined_to = request.joined_to.code, None
    after, request.state_before = request.state_before or R.RECEIVED, ""
    return _step(by, request, "parted", after, words=code)
