"""What is somebody's to do, who could take a request, and the visits that come round."""

import datetime as dt

from django.db.models import Count
from django.utils import timezone

from duga.casework.models import Assignment, RecurringVisit, Request, Volunteer
from duga.casework.queries.programmes import door, visible
from duga.casework.queries.requests.doors import errand_rows, named_in, workers_of
from duga.casework.rules import (
    AHEAD_DAYS,
    LIVE,
    AssignmentState,
    Candidate,
    Match,
    RequestState,
    Turn,
    Wanted,
    best,
    turns,
)
from duga.members.queries import account_names, organisation_by_id, require
from duga.members.rules import Permission, Viewer

SEEN_DAYS = 30  #: what a worker did so lately says where and with what they work


def work_of(viewer: Viewer, organisation, *, days: int = 1) -> list[Assignment]:
    """What the viewer was given and has not ended, the earliest first: of today and before, `days` more ahead."""
    require(viewer, Permission.RECORD_ASSISTANCE, of=organisation)
    until = timezone.make_aware(dt.datetime.combine(timezone.localdate() + dt.timedelta(days=days), dt.time()))
    rows = Assignment.objects.filter(
        visible(viewer, "request__"), organisation_id=organisation.pk, account_id=viewer.account_id, state__in=LIVE
    ).exclude(planned_for__gte=until)
    shown = ("request__area", "request__person", "request__household", "request__programme")
    rows = list(rows.select_related(*shown).order_by("pk"))
    return sorted(rows, key=lambda row: (row.planned_for or row.request.due_at, str(row.pk)))


def errands_of(viewer: Viewer) -> list[Assignment]:
    """A volunteer's errands of today and those overdue, the earliest first; her phone shows nothing else."""
    rows = errand_rows(viewer).filter(state__in=LIVE)
    return sorted(rows, key=lambda row: (row.planned_for or row.request.due_at, str(row.pk)))


def matches(viewer: Viewer, request: Request, *, day: dt.date | None = None, limit: int = 12) -> list[Match]:
    """Workers and volunteers who could take a request, best first, with the reasons; for who hands work out.

    Of a sealed programme those named for it, and no volunteers.
    """
    organisation_by_id(viewer, request.organisation_id, Permission.ASSIGN_WORK)
    sealed = request.programme is not None and request.programme.sealed
    workers, area = workers_of(request.organisation_id), request.area
    about = {"organisation_id": request.organisation_id, "person_id": request.person_id}
    found = _workers(workers & named_in(request.programme_id) if sealed else workers, **about)
    if not sealed:
        found += _volunteers(area, day or timezone.localdate(), **about)
    wanted = Wanted(request.service_type, area.pk if area else None, area.region_id if area else None, request.language)
    return best(wanted, found, limit)


def everyone_for_visits(viewer: Viewer, organisation) -> list[Match]:
    """All who could be given visits, those with the least open first."""
    require(viewer, Permission.ASSIGN_WORK, of=organisation)
    about = {"organisation_id": organisation.pk, "person_id": None}
    found = _workers(workers_of(organisation.pk), **about)
    return best(Wanted(), found + _volunteers(None, timezone.localdate(), **about), limit=None)


def _loads(organisation_id, column) -> dict:
    soon = timezone.now() + dt.timedelta(days=2)  # visits agreed on for later weigh on nobody now
    live = Assignment.objects.filter(organisation_id=organisation_id, state__in=LIVE).exclude(planned_for__gt=soon)
    rows = live.exclude(**{column: None}).order_by().values_list(column).annotate(count=Count("pk"))
    return dict(rows)


def _knowing(person_id, column) -> set:
    if not person_id:
        return set()
    rows = Assignment.objects.filter(request__person_id=person_id, state=AssignmentState.DONE)
    return set(rows.exclude(**{column: None}).values_list(column, flat=True))


def _workers(ids, *, organisation_id, person_id) -> list[Candidate]:
    since = timezone.now() - dt.timedelta(days=SEEN_DAYS)
    done = Assignment.objects.filter(account_id__in=ids, state=AssignmentState.DONE, ended_at__gte=since)
    did = done.filter(organisation_id=organisation_id).order_by()
    rows = did.values_list("account_id", "request__service_type", "request__area_id", "request__area__region_id")
    skills, areas, regions = {}, {}, {}
    for account, service, area, region in rows.distinct():
        skills.setdefault(account, set()).add(service)
        areas.setdefault(account, set()).add(area)
        regions.setdefault(account, set()).add(region)
    load, knows = _loads(organisation_id, "account_id"), _knowing(person_id, "account_id")
    return [
        Candidate(
            pk, name, skills=frozenset(skills[pk]) if pk in skills else None, area_ids=frozenset(areas.get(pk, ())),
            region_ids=frozenset(regions.get(pk, ())), load=load.get(pk, 0), knows=pk in knows,
        )
        for pk, name in account_names(ids)
    ]  # fmt: skip


def _volunteers(area, day, *, organisation_id, person_id) -> list[Candidate]:
    rows = Volunteer.objects.filter(organisation_id=organisation_id, state="active").defer("identity")
    load, knows = _loads(organisation_id, "volunteer_id"), _knowing(person_id, "volunteer_id")
    # Her areas stand as texts: a region of hers holds every place in it.
    names = {str(pk): pk for pk in (area.pk, area.region_id) if pk} if area else {}
    found = []
    for row in rows:
        hers = frozenset(names[each] for each in map(str, row.areas) if each in names)
        found.append(Candidate(
            row.pk, row.code, volunteer=True, skills=frozenset(row.skills) or None, area_ids=hers, region_ids=hers,
            languages=frozenset(row.languages) or None, load=load.get(row.pk, 0), knows=row.pk in knows,
            free=not row.available or str(day.weekday()) in row.available,
        ))  # fmt: skip
    return found


# --- visits that come round ---------------------------------------------------------------------------------


def visits(viewer: Viewer, organisation) -> list[RecurringVisit]:
    """The visits agreed on that have not ended, by their code of person or household; for who hands work out."""
    require(viewer, Permission.ASSIGN_WORK, of=organisation)
    rows = RecurringVisit.objects.filter(visible(viewer), organisation_id=organisation.pk, ended_at=None)
    return list(rows.select_related("person", "household", "area", "account", "volunteer").defer("details")[:500])


def visit(viewer: Viewer, visit_id) -> RecurringVisit:
    """One of them."""
    shown = ("organisation", "programme", "person", "household", "area", "account", "volunteer")
    return door(viewer, RecurringVisit.objects.select_related(*shown), visit_id, Permission.ASSIGN_WORK)


def visit_turns(viewer: Viewer, found: RecurringVisit, weeks: int = 4) -> list[tuple[Turn, str, Request | None]]:
    """The coming days of a visit: (turn, why it is skipped by hand, its request once it is made)."""
    organisation_by_id(viewer, found.organisation_id, Permission.ASSIGN_WORK)
    today = timezone.localdate()
    made = Request.objects.filter(visit=found, visit_on__gte=today).exclude(state=RequestState.DRAFT)
    by_day = {row.visit_on: row for row in made.only("visit_on", "code", "state")}
    coming = turns(
        found.rhythm, [int(day) for day in found.weekdays], begins=found.begins_on, ends=found.ends_on, first=today,
        last=today + dt.timedelta(days=max(AHEAD_DAYS, 7 * weeks)), country=found.organisation.country,
        on_holidays=found.on_holidays,
    )  # fmt: skip
    return [(turn, found.skipped.get(turn.day.isoformat(), ""), by_day.get(turn.day)) for turn in coming]
