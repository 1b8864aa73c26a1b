"""The board of a call centre: what is due first, who works on what; calls to make; calls that came twice."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from django.utils import timezone

from duga.casework.models import Assignment, Request
from duga.casework.queries.programmes import named_for, visible
from duga.casework.queries.requests.doors import phone_token
from duga.casework.rules import LIVE, OPEN_STATES, RequestState, Urgency, is_overdue, phone_key
from duga.members.queries import require
from duga.members.rules import Permission, Viewer
from duga.places.queries import areas_by_ids

PAGE = 40
AGAIN = dt.timedelta(days=14)  #: so long an ended request is still told of when the same phone calls again
#: What a row of the board needs; nothing sealed is read for it.
FIELDS = (
    "code", "organisation_id", "programme_id", "state", "state_since", "need", "service_type", "urgency", "area",
    "place", "asked_by", "received_at", "due_at", "callback_at", "callback_tries", "holder", "held_until", "version",
    "visit_on", "person_id", "area__name", "area__names", "area__country", "holder__name",
)  # fmt: skip


@dataclass(frozen=True)
class BoardFilter:
    """What of the board to show; empty fields ask for everything that is open."""

    state: str = ""
    need: str = ""
    urgency: str = ""
    area_id: object = None
    mine: bool = False  #: what I work on, or what I was given
    overdue: bool = False
    code: str = ""  #: one request by its code, whatever its state


@dataclass(frozen=True)
class BoardRow:
    """A request on the board: who works on it now, who was given it, whether it is late."""

    request: Request
    holder: str
    given_to: str
    overdue: bool


def _open(viewer, organisation):
    """What is open for this viewer; visits agreed on stand here from their day on."""
    today = timezone.localdate()
    return Request.objects.filter(
        Q(visit_on=None) | Q(visit_on__lte=today), visible(viewer), organisation_id=organisation.pk,
        state__in=OPEN_STATES,
    )  # fmt: skip


def _filtered(viewer, organisation, filter: BoardFilter, now):
    if filter.code:
        rows = Request.objects.filter(visible(viewer), organisation_id=organisation.pk, code=filter.code)
        return rows.exclude(state=RequestState.DRAFT)
    wanted = {name: getattr(filter, name) for name in ("state", "need", "urgency", "area_id") if getattr(filter, name)}
    rows = _open(viewer, organisation).filter(**wanted)
    if filter.overdue:
        rows = rows.filter(due_at__lt=now).exclude(state=RequestState.DELIVERED)
    if filter.mine:
        given = Assignment.objects.filter(account_id=viewer.account_id, state__in=LIVE)
        rows = rows.filter(Q(holder_id=viewer.account_id, held_until__gt=now) | Q(pk__in=given.values("request_id")))
    return rows


def board(viewer: Viewer, organisation, filter: BoardFilter | None = None, page=1) -> Page:
    """A page of BoardRow: what is due first stands first. Sealed programmes only for those named for them."""
    require(viewer, Permission.RECORD_ASSISTANCE, of=organisation)
    now = timezone.now()
    rows = _filtered(viewer, organisation, filter or BoardFilter(), now).order_by("due_at", "pk")
    found = Paginator(rows.values_list("pk", flat=True), PAGE).get_page(page)  # only ids are put in order
    shown = Request.objects.select_related("area", "holder").only(*FIELDS).in_bulk(list(found.object_list))
    found.object_list = _rows([shown[pk] for pk in found.object_list], now)
    return found


def _rows(requests, now) -> list[BoardRow]:
    given = Assignment.objects.filter(request__in=[row.pk for row in requests], state__in=LIVE)
    who = {
        row["request_id"]: row["account__name"] or row["volunteer__code"]
        for row in given.values("request_id", "account__name", "volunteer__code")
    }
    return [
        BoardRow(
            row, row.holder.name if row.holder_id and row.held_until > now else "", who.get(row.pk, ""),
            is_overdue(row.state, row.due_at, now),
        )
        for row in requests
    ]  # fmt: skip


def board_counts(viewer: Viewer, organisation) -> dict:
    """How many are open by state, and under "overdue", "emergency" and "callback": the numbers above the board."""
    require(viewer, Permission.RECORD_ASSISTANCE, of=organisation)
    now, found = timezone.now(), Counter()
    late = Q(due_at__lt=now) & ~Q(state=RequestState.DELIVERED)
    rows = _open(viewer, organisation).order_by().values("state")
    counted = rows.annotate(
        count=Count("pk"), late=Count("pk", filter=late), soon=Count("pk", filter=Q(urgency=Urgency.EMERGENCY))
    )
    for row in counted:
        found[row["state"]] += row["count"]
        found["open"] += row["count"]
        found["overdue"] += row["late"]
        found["emergency"] += row["soon"]
    found["callback"] = _calls(viewer, organisation, now).count()
    return dict(found)


def board_places(viewer: Viewer, organisation) -> list:
    """The areas in which something is open, by name: what the board can be narrowed to."""
    require(viewer, Permission.RECORD_ASSISTANCE, of=organisation)
    return areas_by_ids(set(_open(viewer, organisation).order_by().values_list("area_id", flat=True).distinct()))


def _calls(viewer, organisation, now):
    return _open(viewer, organisation).filter(callback_at__lte=now)


def callbacks(viewer: Viewer, organisation, limit: int = 50) -> tuple[list[BoardRow], list[BoardRow]]:
    """Calls to make: (due now, the later ones of today and tomorrow), the earliest first."""
    require(viewer, Permission.RECORD_ASSISTANCE, of=organisation)
    now = timezone.now()
    rows = _open(viewer, organisation).filter(callback_at__lte=now + dt.timedelta(days=2)).order_by("callback_at", "pk")
    found = _rows(list(rows.select_related("area", "holder").only(*FIELDS)[:limit]), now)
    return [row for row in found if row.request.callback_at <= now], [
        row for row in found if row.request.callback_at > now
    ]


def drafts(viewer: Viewer, organisation) -> list[Request]:
    """The viewer's own half-typed requests, the newest first."""
    require(viewer, Permission.RECORD_ASSISTANCE, of=organisation)
    rows = Request.objects.filter(
        organisation_id=organisation.pk, state=RequestState.DRAFT, taken_by_id=viewer.account_id
    )
    return list(rows.only("code", "changed_at", "received_at").order_by("-changed_at")[:10])


def same_caller(viewer: Viewer, organisation, *, phone: str = "", person_id=None, but=None) -> list[BoardRow]:
    """Requests of the same phone, or about the same person: open, or ended in the last two weeks; the newest first.

    The phone is compared by its token: in the open register, and in the sealed programmes this viewer is named for.
    """
    require(viewer, Permission.RECORD_ASSISTANCE, of=organisation)
    key, now = phone_key(phone), timezone.now()
    tokens = [phone_token(organisation.pk, key, pk) for pk in (None, *sorted(named_for(viewer)))] if key else []
    if not tokens and not person_id:
        return []
    same = Q(phone_token__in=tokens) if tokens else Q(pk__in=[])
    same |= Q(person_id=person_id) if person_id else Q(pk__in=[])
    recent = Q(state__in=OPEN_STATES) | Q(state_since__gte=now - AGAIN)
    rows = Request.objects.filter(same, recent, visible(viewer), organisation_id=organisation.pk)
    rows = rows.exclude(state=RequestState.DRAFT).exclude(visit_on__gt=timezone.localdate()).exclude(pk=but)
    return _rows(list(rows.select_related("area", "holder").only(*FIELDS).order_by("-received_at")[:8]), now)
