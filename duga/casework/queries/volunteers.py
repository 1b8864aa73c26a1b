"""Volunteers, read: by their codes. A name comes out of an action only, with a trail entry."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone

from duga.casework.models import Volunteer, VolunteerAccess, VolunteerHours, VolunteerTraining
from duga.casework.rules import VolunteerState, hours_free, runs_out, valid_trainings
from duga.members.queries import NOT_HERE, organisation_by_id, require
from duga.members.rules import Permission, Viewer
from duga.plain.errors import NotFound

VOLUNTEER_IDENTITY = "casework.Volunteer.identity"


@dataclass(frozen=True)
class VolunteerLine:
    """A volunteer as a list shows her: hours since January, and what runs out ("over", "soon", "")."""

    volunteer: Volunteer
    hours: Decimal
    insurance: str
    trainings: dict = field(default_factory=dict)  #: {title: "over" or "soon"}


def volunteer(viewer: Viewer, volunteer_id) -> Volunteer:
    """The door to a volunteer, her name closed."""
    found = Volunteer.objects.select_related("organisation", "changed_by").filter(pk=volunteer_id).first()
    if found is None:
        raise NotFound(NOT_HERE)
    organisation_by_id(viewer, found.organisation_id, Permission.ASSIGN_WORK)
    return found


def volunteers(viewer: Viewer, organisation, *, ended: bool = False) -> list[VolunteerLine]:
    """An organisation's volunteers by code, those at work or those whose service ended."""
    require(viewer, Permission.ASSIGN_WORK, of=organisation)
    rows = Volunteer.objects.filter(organisation_id=organisation.pk)
    is_ended = {"state": VolunteerState.ENDED}
    return _lines(list(rows.filter(**is_ended) if ended else rows.exclude(**is_ended)))


def volunteer_line(viewer: Viewer, volunteer_id) -> VolunteerLine:
    """The same of one."""
    return _lines([volunteer(viewer, volunteer_id)])[0]


def _lines(rows) -> list[VolunteerLine]:
    today = timezone.localdate()
    given = VolunteerHours.objects.filter(volunteer__in=rows, date__gte=dt.date(today.year, 1, 1)).order_by()
    hours = dict(given.values_list("volunteer").annotate(total=Sum("hours")))
    trainings = {}
    for pk, *training in VolunteerTraining.objects.filter(volunteer__in=rows).values_list(
        "volunteer", "title", "expires_on"
    ):
        trainings.setdefault(pk, []).append(training)
    return [
        VolunteerLine(row, hours.get(row.pk, Decimal(0)), runs_out(row.insured_until, today=today),
                      _running_out(trainings.get(row.pk, ()), today))
        for row in rows
    ]  # fmt: skip


def _running_out(trainings, today) -> dict:
    told = {title: runs_out(day, today=today) for title, day in valid_trainings(trainings).items()}
    return {title: word for title, word in told.items() if word}


def volunteers_at_work(viewer: Viewer, organisation, *, day: dt.date | None = None) -> list[tuple[Volunteer, Decimal]]:
    """(volunteer, hours she has) of those who may be given work, for whoever hands it out; with a day only those who
    have time on it, else her hours of a week."""
    require(viewer, Permission.ASSIGN_WORK, of=organisation)
    rows = Volunteer.objects.filter(organisation_id=organisation.pk, state=VolunteerState.ACTIVE)
    monday = dt.date(2024, 1, 1)  # any
    days = [day] if day else [monday + dt.timedelta(days=number) for number in range(7)]
    found = [(row, sum((hours_free(row.available, each) for each in days), Decimal(0))) for row in rows]
    return [pair for pair in found if pair[1] or day is None]


def trainings_of(viewer: Viewer, volunteer_id) -> list[tuple[VolunteerTraining, str]]:
    """(training, "over", "soon" or "" for when it must be taken again), newest first."""
    rows, today = VolunteerTraining.objects.filter(volunteer=volunteer(viewer, volunteer_id)), timezone.localdate()
    return [(row, runs_out(row.expires_on, today=today)) for row in rows]


def hours_of(viewer: Viewer, volunteer_id, limit: int = 50) -> list[VolunteerHours]:
    """The hours a volunteer gave, newest first."""
    rows = VolunteerHours.objects.filter(volunteer=volunteer(viewer, volunteer_id))
    return list(rows.select_related("by")[:limit])


def own_hours(viewer: Viewer, limit: int = 10) -> list[VolunteerHours]:
    """The hours whoever looks gave herself, newest first: a volunteer on her own phone; nobody else has any."""
    return list(VolunteerHours.objects.filter(volunteer_id=viewer.volunteer_id)[:limit]) if viewer.volunteer_id else []


def phones_of(viewer: Viewer, volunteer_id) -> list[VolunteerAccess]:
    """A volunteer's phones and the card that waits, ended ones left out, newest first. No secret is read."""
    rows = VolunteerAccess.objects.filter(volunteer=volunteer(viewer, volunteer_id), revoked_at=None)
    rows = rows.exclude(used_at=None, code_until__lte=timezone.now())
    return list(rows.defer("code", "device", "pin", "open_key"))
