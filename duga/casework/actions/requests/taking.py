"""A request taken down, half or whole, and assessed."""

import datetime as dt
import uuid

from django.db import IntegrityError, transaction
from django.utils import timezone

from duga.casework import queries
from duga.casework.actions._help import (
    _check_code,
    _mark,
    _new_codes,
    _organisation,
    _organisation_box,
    _programme,
    _tell,
)
from duga.casework.actions.requests._help import (
    DETAILS,
    _clean_caller,
    _put,
    _received,
    _request,
    _short,
    _step,
    _take_out,
    _when,
    _write_step,
)
from duga.casework.actions.requests.calling import _may_call
from duga.casework.models import Request
from duga.casework.rules import AskedBy, RequestState, Urgency, check_quantity, due_at
from duga.members.queries import NOT_HERE
from duga.plain.errors import NotFound, Refused, gettext_noop
from duga.plain.ids import uuid7
from duga.vault import sealing
from duga.vault.rows import change, put

_URGENCY = gettext_noop("Choose how soon help is needed: emergency, urgent or normal.")
_ASKED_BY = gettext_noop("Choose who asks.")
_OTHER = gettext_noop("This person or household belongs to another organisation.")
_SEALED = gettext_noop("People of a sealed programme stay in it: choose the programme she is in.")
_SERVICE = gettext_noop("Choose what is to be done before the request is assessed.")
DRAFT_FIELDS = 40
STAYS = object()


# --- drafts -------------------------------------------------------------------------------------------------


@transaction.atomic
def keep_draft(*, by, organisation_id, fields: dict, draft_id=None) -> Request:
    """Keeps what was typed of a request so far, for the one who types alone; sealed, and on no board.

    `fields` are texts by the names of the form. With `draft_id` it replaces what was kept before.
    """
    organisation = _organisation(by, organisation_id)
    kept = {str(name)[:40]: str(value)[:4000] for name, value in list(fields.items())[:DRAFT_FIELDS] if value}
    now = timezone.now()
    draft = _draft(by, organisation, draft_id) if draft_id else None
    if draft is None:
        draft = Request(
            pk=uuid7(), organisation=organisation, code=_new_codes(Request, organisation.pk, 1)[0],
            state=RequestState.DRAFT, state_since=now, received_at=now, due_at=due_at(Urgency.NORMAL, now),
            taken_by_id=by.account_id,
        )  # fmt: skip
        _tell(by, "request.drafted", draft)
    box = _organisation_box(organisation.pk)
    draft.details = sealing.seal(owner=draft.pk, field=DETAILS, value=kept, key=box)
    draft.changed_at = now
    draft.save()
    return draft


def _draft(by, organisation, draft_id) -> Request:
    rows = Request.objects.select_for_update().filter(
        pk=draft_id, organisation=organisation, state=RequestState.DRAFT, taken_by_id=by.account_id
    )
    found = rows.first() if by.account_id else None
    if found is None:
        raise NotFound(NOT_HERE)
    return found


@transaction.atomic
def open_draft(*, by, organisation_id, draft_id) -> dict:
    """What was typed so far, by the names of the form: for the one who typed it."""
    draft = _draft(by, _organisation(by, organisation_id), draft_id)
    _tell(by, "request.draft_opened", draft)
    return sealing.unseal(owner=draft.pk, field=DETAILS, data=draft.details, key=_organisation_box(organisation_id))


@transaction.atomic
def drop_draft(*, by, organisation_id, draft_id) -> None:
    """Throws a draft away."""
    draft = _draft(by, _organisation(by, organisation_id), draft_id)
    _tell(by, "request.draft_dropped", draft)
    draft.delete()


@transaction.atomic
def drop_old_drafts(*, by, days: int = 7) -> int:
    """Throws away what was begun and left for so many days: it names people, and nobody asked for it."""
    rows = Request.objects.filter(state=RequestState.DRAFT, changed_at__lt=timezone.now() - dt.timedelta(days=days))
    dropped = 0
    for draft in rows.select_for_update():
        _tell(by, "request.draft_dropped", draft)
        draft.delete()
        dropped += 1
    return dropped


# --- taken down ---------------------------------------------------------------------------------------------


def take_request(
    *, by, organisation_id, need, details="", caller=None, channel="phone", urgency=Urgency.NORMAL,
    asked_by=AskedBy.SELF, person_id=None, household_id=None, service_type="", quantity=1, language="", area_id=None,
    place="", programme_id=None, received_at=None, callback_at=None, assessed=False, draft_id=None, once="",
) -> Request:  # fmt: skip
    """Takes a request down as it comes in. `caller` is {name, phone, relation}; `once` any text that names the form:
    sent twice, it is taken once.

    `received_at` where it was noted on paper first (at most 60 days ago). `assessed` with a service does the
    assessment in the same call. Of a household its head is noted as the person. Codes are those of the lists needs,
    channels, service_types, languages. Refused when something is not plausible.
    """
    organisation = _organisation(by, organisation_id)
    mark = _mark(organisation.pk, f"request:{by.account_id}:{once}") if once else None
    known = Request.objects.filter(organisation=organisation, mark=mark).first() if mark else None
    if known is not None:
        return known
    try:
        with transaction.atomic():
            return _take(
                by, organisation, draft_id, mark, caller, details, assessed, received_at, person_id, household_id,
                programme_id,
                {
                    "need": _check_code("needs", need), "channel": _check_code("channels", channel),
                    "urgency": _urgency(urgency), "asked_by": _asked_by(asked_by),
                    "service_type": _check_code("service_types", service_type) if service_type else "",
                    "quantity": check_quantity(quantity), "area_id": area_id or None, "place": _short(place, 120),
                    "language": _check_code("languages", language) if language else "", "callback_at": callback_at,
                },
            )  # fmt: skip
    except IntegrityError:
        known = Request.objects.filter(organisation=organisation, mark=mark).first() if mark else None
        if known is None:
            raise
        return known


def _take(
    by, organisation, draft_id, mark, caller, details, assessed, received_at, person_id, household_id, programme_id,
    values,
):  # fmt: skip
    now = timezone.now()
    request = _draft(by, organisation, draft_id) if draft_id else None
    if request is None:
        request = Request(pk=uuid7(), code=_new_codes(Request, organisation.pk, 1)[0], organisation=organisation)
        request.received_at = _received(received_at, now)
    for name, value in values.items():
        setattr(request, name, value)
    request.mark, request.taken_by_id, request.changed_at = mark, by.account_id, now
    request.state, request.state_since = RequestState.RECEIVED, now
    request.due_at = due_at(request.urgency, request.received_at)
    request.programme = _programme(by, organisation.pk, programme_id)
    _place_whom(by, request, person_id, household_id)
    if request.callback_at:
        _may_call(by, request)
    _put(request, _clean_caller(caller), details)
    if assessed:
        _check_service(request)
        request.state = RequestState.ASSESSED
    request.look_at = _when(request)
    put(request) if request._state.adding else change(request)
    _write_step(by, request, "taken")
    if assessed:
        _write_step(by, request, "assessed")
    return request


def _urgency(value) -> str:
    if value not in list(Urgency):
        raise Refused(_URGENCY)
    return str(value)


def _asked_by(value) -> str:
    if value not in list(AskedBy):
        raise Refused(_ASKED_BY)
    return str(value)


def _check_service(request) -> None:
    if not request.service_type:
        raise Refused(_SERVICE)


def _place_whom(by, request, person_id, household_id) -> None:
    """Says whom a request is about, and takes the seal she lies under with her."""
    household = queries.household(by, household_id) if household_id else None
    person = queries.person(by, person_id) if person_id else household.head if household else None
    who = household or person
    for each in (household, person):
        if each is not None and each.organisation_id != request.organisation_id:
            raise Refused(_OTHER)
    if who is not None:
        sealed = [row for row in (who.programme, request.programme) if row is not None and row.sealed]
        if sealed and request.programme_id is None:
            request.programme = who.programme
        elif sealed and who.programme_id != request.programme_id:
            raise Refused(_SEALED)
        request.area_id = request.area_id or who.area_id
    request.person, request.household = person, household


# --- assessed -----------------------------------------------------------------------------------------------

_CHECKS = {
    "need": lambda value: _check_code("needs", value),
    "service_type": lambda value: _check_code("service_types", value),
    "quantity": check_quantity,
    "urgency": _urgency,
    "language": lambda value: _check_code("languages", value) if value else "",
    "area_id": lambda value: value or None,
    "place": lambda value: _short(value, 120),
}


@transaction.atomic
def assess_request(
    *, by, request_id, version, person_id=STAYS, household_id=STAYS, details=STAYS, caller=STAYS, **values
) -> Request:
    """Assesses a request, or changes what was assessed: need, service_type, quantity, urgency, language, area_id,
    place, whom it is about, what was told. What is not given stays. Conflict when someone was faster.

    Once it is known whom it is about, what was told lies under her own key. A new urgency sets when help is due,
    counted from when the request came in.
    """
    request = _request(by, request_id, version=version)
    was = _take_out(request)
    for name, value in values.items():
        setattr(request, name, _CHECKS[name](value))
    _check_service(request)
    if person_id is not STAYS or household_id is not STAYS:
        given = [_uuid(each) for each in (person_id, household_id)]
        _place_whom(by, request, *given)
    told = was[0] if caller is STAYS else _clean_caller(caller), was[1] if details is STAYS else details
    _put(request, *told)
    request.due_at = due_at(request.urgency, request.received_at)
    after = RequestState.ASSESSED if request.state == RequestState.RECEIVED else None
    return _step(by, request, "assessed", after)


def _uuid(value):
    return None if value is STAYS or not value else value if isinstance(value, uuid.UUID) else uuid.UUID(str(value))
