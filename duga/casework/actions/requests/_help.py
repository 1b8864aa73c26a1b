"""What the actions on requests share: the door, what is sealed, the step that is told, who holds it, when it waits."""

import datetime as dt

from django.utils import timezone

from duga.casework import queries
from duga.casework.actions._help import _changed, _check_code, _check_version, _organisation_box, _tell
from duga.casework.models import Assignment, Request, RequestStep
from duga.casework.rules import LIVE, REASON_GROUPS, AssignmentState, check_request_step, phone_key, when
from duga.members.queries import NOT_HERE, organisation_by_id
from duga.members.rules import Permission
from duga.places.rules import code as code_of
from duga.plain.errors import Conflict, NotFound, Refused, gettext_noop
from duga.vault import sealing
from duga.vault.rows import change, put, read

CALLER, DETAILS = "casework.Request.caller", "casework.Request.details"
CALLER_FIELDS = ("name", "phone", "relation")

_HELD = gettext_noop("%(who)s has been working on this request since %(when)s. Take another one, or ask them.")
_REASON = gettext_noop("Choose a reason of the list.")
_LONG = gettext_noop("At most %(most)s letters, please.")
_FUTURE = gettext_noop("A request came in now or earlier, at most 60 days ago.")

#: What every step asks for; whom it is about and who holds it are read by the few that say so.
_DOOR = ("programme", "organisation")


def _request(by, request_id, permission=Permission.RECORD_ASSISTANCE, *, version=None, desk=True) -> Request:
    """The request, locked, if the actor may see it; `desk`: refused while a colleague works on it."""
    rows = Request.objects.select_for_update(of=("self",)).select_related(*_DOOR)
    request = queries.door(by, rows, request_id, permission)
    if version is not None:
        _check_version(request, version)
    if desk and _held(request, by):
        raise Conflict(_HELD, who=request.holder.name, when=_clock(request.held_until - queries.HOLD))
    return request


def _held(request, by) -> bool:
    return bool(request.holder_id and request.holder_id != by.account_id and request.held_until > timezone.now())


def _clock(moment) -> str:
    return timezone.localtime(moment).strftime("%H:%M")


def _assignment(by, assignment_id) -> tuple[Assignment, Request]:
    """An assignment and its request, both locked: for who was given it, and for who hands work out.

    A volunteer's phone reaches her own alone, of today or earlier, and none of a sealed programme. Everybody locks the
    request first: two who lock in two orders would wait for one another.
    """
    found = read(Assignment, "request_id", "account_id", "organisation_id", id=assignment_id)
    if not found:
        raise NotFound(NOT_HERE)
    request_id, account_id, organisation_id = found[0]
    if getattr(by, "volunteer_id", None):
        hers = queries.errand_rows(by).select_related(None).select_related("volunteer")
        if not hers.filter(pk=assignment_id).exists():
            raise NotFound(NOT_HERE)
        request = Request.objects.select_for_update(of=("self",)).select_related(*_DOOR).get(pk=request_id)
        locked = hers.select_for_update(of=("self",)).filter(pk=assignment_id).first()
        if locked is None:
            raise NotFound(NOT_HERE)
        locked.request = request
        return locked, request
    request = _request(by, request_id, desk=False)
    if account_id is None or account_id != by.account_id:
        organisation_by_id(by, organisation_id, Permission.ASSIGN_WORK)
    rows = Assignment.objects.select_for_update(of=("self",)).select_related("account", "volunteer")
    locked = rows.get(pk=assignment_id)
    locked.request = request
    return locked, request


def _who(assignment) -> str:
    """Who has it, as the history calls them: a worker's name, a volunteer's code."""
    return assignment.account.name if assignment.account_id else assignment.volunteer.code


def _live(request) -> Assignment | None:
    rows = Assignment.objects.select_for_update(of=("self",)).select_related("account", "volunteer")
    return rows.filter(request=request, state__in=LIVE).first()


def _end(assignment, state, *, reason="", assistance=None) -> None:
    assignment.state, assignment.reason, assignment.ended_at = state, reason, timezone.now()
    if assistance is not None:
        assignment.assistance = assistance
    change(assignment)


def _let_go(request, state=AssignmentState.TAKEN_BACK) -> Assignment | None:
    """Ends the assignment somebody has, if any."""
    assignment = _live(request)
    if assignment is not None:
        _end(assignment, state)
    return assignment


def _step(by, request, what, after=None, *, who="", reason="", words="") -> Request:
    """Writes a step: the state it leads to, who looks next and when, one line of its history and one trail entry."""
    now = timezone.now()
    if after is not None:
        check_request_step(request.state, after)
        if request.state != after:
            request.state, request.state_since, request.told = str(after), now, 0
            request.holder = request.held_until = None
    request.look_at = _when(request)
    _changed(request, by)
    change(request)
    _write_step(by, request, what, who=who, reason=reason, words=words)
    return request


def _write_step(by, request, what, **told) -> None:
    put(RequestStep(request=request, what=what, state=request.state, by_id=by.account_id, **told))
    _tell(by, f"request.{what}", request)


def _when(request, steps=None) -> dt.datetime | None:
    """When someone is told next that this request waits."""
    return when(
        queries.escalation_table(request.organisation_id) if steps is None else steps, state=request.state,
        urgency=request.urgency, since=request.state_since, due=request.due_at, told=request.told,
        told_late=request.told_late,
    )  # fmt: skip


def _reason(state, reason: str) -> str:
    """A code of the list `request_reasons` that fits this end."""
    _check_code("request_reasons", reason or "–")
    if code_of("request_reasons", reason).group != REASON_GROUPS[state]:
        raise Refused(_REASON)
    return reason


def _short(text, most=300) -> str:
    text = " ".join(str(text or "").split())
    if len(text) > most:
        raise Refused(_LONG, most=most)
    return text


def _received(moment, now) -> dt.datetime:
    """When a request came in: now, or earlier where it was noted on paper first."""
    if moment is None:
        return now
    if not now - dt.timedelta(days=60) <= moment <= now:
        raise Refused(_FUTURE)
    return moment


# --- what is sealed -----------------------------------------------------------------------------------------


def _key(request) -> bytes:
    """The key of what a request seals: hers once it is known whom it is about, else the organisation's."""
    if request.person_id:
        return sealing.store().person_key(request.person_id)
    return _organisation_box(request.organisation_id)


def _clean_caller(caller) -> dict:
    told = {name: _short((caller or {}).get(name), 120) for name in CALLER_FIELDS}
    return {name: text for name, text in told.items() if text}


def _put(request, caller: dict, details: str) -> None:
    """Seals who called and what was told, and the token by which the phone is known again in its programme."""
    details = str(details or "").strip()
    if len(details) > 4000:
        raise Refused(_LONG, most=4000)
    key = _key(request) if caller or details else b""
    request.caller = sealing.seal(owner=request.pk, field=CALLER, value=caller, key=key) if caller else b""
    request.details = sealing.seal(owner=request.pk, field=DETAILS, value=details, key=key) if details else b""
    sealed = bool(request.programme and request.programme.sealed)
    request.phone_token = queries.phone_token(
        request.organisation_id, phone_key(caller.get("phone", "")), request.programme_id if sealed else None
    )


def _take_out(request) -> tuple[dict, str]:
    """(who called, what was told), opened."""
    if not request.caller and not request.details:  # nothing told, or erased: then there is no key, either
        return {}, ""
    key = _key(request)
    caller = sealing.unseal(owner=request.pk, field=CALLER, data=request.caller, key=key) if request.caller else {}
    if not request.details:
        return caller, ""
    return caller, sealing.unseal(owner=request.pk, field=DETAILS, data=request.details, key=key)
