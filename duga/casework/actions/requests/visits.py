"""Visits that were agreed on: the clock makes the requests and assignments ahead, each once."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from duga.casework import queries
from duga.casework.actions._help import (
    _changed,
    _check_code,
    _check_version,
    _new_codes,
    _organisation,
    _organisation_box,
    _programme,
    _tell,
)
from duga.casework.actions.requests._help import (
    _let_go,
    _put,
    _reason,
    _request,
    _short,
    _step,
    _when,
    _who,
    _write_step,
)
from duga.casework.actions.requests.assigning import _someone
from duga.casework.actions.requests.calling import _may_call
from duga.casework.actions.requests.taking import _place_whom
from duga.casework.models import Assignment, RecurringVisit, Request
from duga.casework.rules import (
    AHEAD_DAYS,
    AskedBy,
    AssignmentState,
    RequestState,
    Rhythm,
    Urgency,
    check_rhythm,
    turns,
)
from duga.members.rules import Permission
from duga.plain.errors import Refused, gettext_noop
from duga.plain.ids import uuid7
from duga.vault import sealing

DETAILS = "casework.RecurringVisit.details"
MORNING = dt.time(9)

_RHYTHM = gettext_noop("Choose how often: every week, every second week or once a month.")
_WHOM = gettext_noop("Choose the person or the household that is visited.")
_WHY = gettext_noop("Say in a few words why the visit is left out, without names.")
_ENDED = gettext_noop("These visits have ended.")


@transaction.atomic
def plan_visit(
    *, by, organisation_id, need, service_type, rhythm, weekdays, begins_on, ends_on=None, at=None, person_id=None,
    household_id=None, account_id=None, volunteer_id=None, area_id=None, programme_id=None, on_holidays=False,
    details="",
) -> RecurringVisit:  # fmt: skip
    """Agrees on visits that come round: whom, how often, on which weekdays (0 Monday), by whom. The next two weeks are
    made at once, the rest by the clock; public holidays are skipped unless `on_holidays`. Refused where she said no to
    being contacted."""
    organisation = _organisation(by, organisation_id, Permission.ASSIGN_WORK)
    if rhythm not in list(Rhythm):
        raise Refused(_RHYTHM)
    days = check_rhythm(rhythm, weekdays, begins_on, ends_on)
    visit = RecurringVisit(
        organisation=organisation, programme=_programme(by, organisation.pk, programme_id),
        need=_check_code("needs", need), service_type=_check_code("service_types", service_type), rhythm=rhythm,
        weekdays="".join(map(str, days)), begins_on=begins_on, ends_on=ends_on, at=at, account_id=account_id,
        area_id=area_id or None, on_holidays=bool(on_holidays),
    )  # fmt: skip
    _place_whom(by, visit, person_id, household_id)
    if visit.person is None and visit.household is None:
        raise Refused(_WHOM)
    _may_call(by, visit)
    visit.volunteer = _someone(by, visit, account_id, volunteer_id)
    if details:
        visit.details = sealing.seal(owner=visit.pk, field=DETAILS, value=_short(details, 2000), key=_key(visit))
    visit.save(force_insert=True)
    _tell(by, "visit.planned", visit)
    _make(by, visit, timezone.localdate())
    return visit


def _key(visit) -> bytes:
    if visit.person_id:
        return sealing.store().person_key(visit.person_id)
    return _organisation_box(visit.organisation_id)


def _door(by, visit_id, version=None) -> RecurringVisit:
    rows = RecurringVisit.objects.select_for_update(of=("self",)).select_related(
        "programme", "organisation", "person", "household", "account", "volunteer", "changed_by"
    )
    visit = queries.door(by, rows, visit_id, Permission.ASSIGN_WORK)
    if version is not None:
        _check_version(visit, version)
    if visit.ended_at:
        raise Refused(_ENDED)
    return visit


@transaction.atomic
def open_visit(*, by, visit_id) -> str:
    """What was noted of the visits, for who does or plans them. Leaves a trail entry."""
    visit = queries.visit(by, visit_id)
    _tell(by, "visit.opened", visit)
    return _note(visit)


def _note(visit) -> str:
    if not visit.details:
        return ""
    return sealing.unseal(owner=visit.pk, field=DETAILS, data=visit.details, key=_key(visit))


def make_visits(*, by, today=None) -> int:
    """Makes the requests and assignments of the coming two weeks that are not made yet; returns how many.

    Nothing is made for who said no to being contacted since; once she says yes again, they come round as before.
    """
    today, made, uses = today or timezone.localdate(), 0, {}
    due = RecurringVisit.objects.filter(ended_at=None).exclude(made_until__gte=today + dt.timedelta(days=AHEAD_DAYS))
    for pk in list(due.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            rows = RecurringVisit.objects.select_for_update(of=("self",)).filter(pk=pk, ended_at=None)
            visit = rows.select_related("programme", "organisation", "person", "household", "volunteer").first()
            if visit is not None and _welcome(visit, uses):
                made += _make(by, visit, today)
    return made


def _welcome(visit, uses: dict) -> bool:
    """Whether she may be contacted; `uses` keeps what was read of an organisation, sealed programmes too."""
    if visit.organisation_id not in uses:
        uses[visit.organisation_id] = queries.uses_by_person(visit.organisation_id, "contact")
    use = uses[visit.organisation_id].get(visit.person_id)
    return use is None or use.allowed


def _make(by, visit, today) -> int:
    last = today + dt.timedelta(days=AHEAD_DAYS)
    first = max(today, visit.made_until + dt.timedelta(days=1)) if visit.made_until else today
    meant = turns(
        visit.rhythm, [int(day) for day in visit.weekdays], begins=visit.begins_on, ends=visit.ends_on, first=first,
        last=last, country=visit.organisation.country, on_holidays=visit.on_holidays,
    )  # fmt: skip
    days = [turn.day for turn in meant if not turn.holiday and turn.day.isoformat() not in visit.skipped]
    there = set(Request.objects.filter(visit=visit, visit_on__in=days).values_list("visit_on", flat=True))
    days = [day for day in days if day not in there]
    codes, note = _new_codes(Request, visit.organisation_id, len(days)) if days else [], _note(visit)
    for day, code in zip(days, codes, strict=True):
        _make_one(by, visit, day, code, note)
    visit.made_until = last
    visit.save(update_fields=["made_until"])
    return len(days)


def _make_one(by, visit, day, code, note) -> None:
    """One visit of one day: a request that is somebody's already. It waits for nobody before its hour."""
    now = timezone.now()
    planned = timezone.make_aware(dt.datetime.combine(day, visit.at or MORNING))
    request = Request(
        pk=uuid7(), organisation_id=visit.organisation_id, programme=visit.programme, code=code,
        state=RequestState.ASSIGNED, state_since=planned, channel="in_person", need=visit.need,
        service_type=visit.service_type, urgency=Urgency.NORMAL, asked_by=AskedBy.PLAN, person=visit.person,
        household=visit.household, area_id=visit.area_id, received_at=now, taken_by_id=by.account_id, visit=visit,
        visit_on=day, changed_at=now, due_at=timezone.make_aware(dt.datetime.combine(day, dt.time(23, 59))),
    )  # fmt: skip
    _put(request, {}, note)
    request.look_at = _when(request)
    request.save(force_insert=True)
    assignment = Assignment(
        organisation_id=visit.organisation_id, request=request, account_id=visit.account_id, volunteer=visit.volunteer,
        planned_for=planned, state=AssignmentState.ACCEPTED,
    )  # fmt: skip
    assignment.save(force_insert=True)
    _write_step(by, request, "offered", who=_who(assignment))


def _coming(visit, first, *days):
    """The requests of these visits that nobody has begun yet."""
    rows = Request.objects.filter(visit=visit, state=RequestState.ASSIGNED, visit_on__gte=first)
    return rows.filter(visit_on__in=days) if days else rows


def _cancel(by, rows) -> None:
    for pk in list(rows.values_list("pk", flat=True)):
        request = _request(by, pk, desk=False)
        _let_go(request)
        request.reason = _reason(RequestState.WITHDRAWN, "no_longer_needed")
        _step(by, request, "withdrawn", RequestState.WITHDRAWN, reason=request.reason)


@transaction.atomic
def skip_visit(*, by, visit_id, version, day, why) -> RecurringVisit:
    """Leaves the visit of one day out, with a word why; what was made for that day is withdrawn."""
    visit = _door(by, visit_id, version)
    why = _short(why, 120)
    if not why:
        raise Refused(_WHY)
    visit.skipped = {**visit.skipped, day.isoformat(): why}
    _cancel(by, _coming(visit, day, day))
    return _save(by, visit, "visit.skipped")


@transaction.atomic
def hand_visit(*, by, visit_id, version, account_id=None, volunteer_id=None) -> RecurringVisit:
    """Gives the visits, also those made ahead, to somebody else."""
    visit = _door(by, visit_id, version)
    visit.volunteer = _someone(by, visit, account_id, volunteer_id)
    visit.account_id = account_id
    for pk in list(_coming(visit, timezone.localdate()).values_list("pk", flat=True)):
        request = _request(by, pk, desk=False)
        before = _let_go(request)
        assignment = Assignment(
            organisation_id=visit.organisation_id, request=request, account_id=account_id, volunteer=visit.volunteer,
            planned_for=before.planned_for if before else None, state=AssignmentState.OFFERED,
            assigned_by_id=by.account_id,
        )  # fmt: skip
        assignment.save(force_insert=True)
        _step(by, request, "offered", who=_who(assignment))
    return _save(by, visit, "visit.handed")


@transaction.atomic
def end_visits(*, by, visit_id, version) -> RecurringVisit:
    """Ends visits that come round; those made ahead and not begun are withdrawn, what was done stays."""
    visit = _door(by, visit_id, version)
    _cancel(by, _coming(visit, timezone.localdate()))
    visit.ended_at = timezone.now()
    return _save(by, visit, "visit.ended")


def _save(by, visit, event) -> RecurringVisit:
    _changed(visit, by)
    visit.save()
    _tell(by, event, visit)
    return visit
