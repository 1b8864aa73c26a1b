"""How the day stands: open requests, how long they wait, by need and municipality. An organisation's own workload."""

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Min, Q
from django.utils import timezone

from duga.casework.models import Request
from duga.casework.queries.programmes import unsealed
from duga.casework.rules import OPEN_STATES, RequestState
from duga.members.queries import require
from duga.members.rules import Permission, Viewer
from duga.places.queries import areas_by_ids

WEEK = dt.timedelta(days=7)

R = RequestState


@dataclass(frozen=True)
class Line:
    """Open requests of one need or one area: how many, how many late, since when the oldest waits."""

    key: object
    open: int
    late: int
    oldest: dt.datetime | None


@dataclass(frozen=True)
class DailyPicture:
    """The picture of one moment. Hours are counted from when a request came in until help was delivered, over the seven
    days before; None where nothing was delivered. Sealed programmes are in none of it."""

    at: dt.datetime
    came_in: int
    delivered: int
    confirmed: int
    ended: int
    open: int
    late: int
    waits_for_call: int
    by_state: dict = field(default_factory=dict)
    by_need: list = field(default_factory=list)
    by_area: list = field(default_factory=list)
    hours: float | None = None
    on_time: float | None = None  #: share of what was delivered in these days before it was due


def daily_picture(viewer: Viewer, organisation, now: dt.datetime | None = None) -> DailyPicture:
    """The organisation's day at a moment, for who works in it; not for the outside."""
    require(viewer, Permission.RECORD_ASSISTANCE, of=organisation)
    now = now or timezone.now()
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = Request.objects.filter(unsealed(), organisation_id=organisation.pk).exclude(state=R.DRAFT).order_by()
    waiting = rows.filter(Q(visit_on=None) | Q(visit_on__lte=timezone.localdate(now)), state__in=OPEN_STATES)
    by_state = dict(waiting.values_list("state").annotate(count=Count("pk")))
    lines = {name: _lines(waiting, column, now) for name, column in (("need", "need"), ("area", "area_id"))}
    areas = {area.pk: area for area in areas_by_ids({line.key for line in lines["area"]})}
    day = rows.filter(received_at__gte=today, visit_on=None).count()
    since = {
        state: rows.filter(state=state, state_since__gte=today).count()
        for state in (R.CONFIRMED, R.REFUSED, R.WITHDRAWN)
    }
    return DailyPicture(
        now, day, rows.filter(delivered_at__gte=today).count(), since[R.CONFIRMED],
        since[R.REFUSED] + since[R.WITHDRAWN], sum(by_state.values()), sum(line.late for line in lines["need"]),
        waiting.filter(callback_at__lte=now).count(), by_state, lines["need"],
        [Line(areas.get(line.key), line.open, line.late, line.oldest) for line in lines["area"]],
        **_waits(rows.filter(delivered_at__gte=now - WEEK, visit=None)),
    )  # fmt: skip


def _lines(waiting, column, now) -> list[Line]:
    late = Q(due_at__lt=now) & ~Q(state=R.DELIVERED)
    counted = waiting.values_list(column).annotate(
        count=Count("pk"), late=Count("pk", filter=late), oldest=Min("received_at", filter=~Q(state=R.DELIVERED))
    )
    found = [Line(*row) for row in counted]
    return sorted(found, key=lambda line: (-line.late, -line.open, str(line.key)))


def _waits(delivered) -> dict:
    took = ExpressionWrapper(F("delivered_at") - F("received_at"), output_field=DurationField())
    told = delivered.aggregate(
        count=Count("pk"), mean=Avg(took), timely=Count("pk", filter=Q(delivered_at__lte=F("due_at")))
    )
    if not told["count"]:
        return {}
    return {"hours": told["mean"].total_seconds() / 3600, "on_time": told["timely"] / told["count"]}
