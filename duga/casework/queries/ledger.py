"""The ledger, read: lists with filters, one entry with its history, what a worker recorded last."""

import datetime as dt
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.utils import timezone

from duga.casework.models import Assistance, Correction
from duga.casework.queries.people import person
from duga.casework.queries.programmes import door, visible
from duga.casework.rules import UNDO_MINUTES, State
from duga.members.queries import may, organisation_by_id, require
from duga.members.rules import Permission, Viewer

SHOWN = ("person", "household", "household__head", "institution", "area", "programme", "recorded_by", "delivered_by")


@dataclass(frozen=True)
class LedgerFilter:
    """What of the ledger to show; empty fields ask for everything. Dates include both ends."""

    since: dt.date | None = None
    until: dt.date | None = None
    service_type: str = ""
    unit: str = ""
    channel: str = ""
    target_group: str = ""
    recipient: str = ""
    sex: str = ""
    age_band: str = ""
    region: str = ""  #: code of a region, as in facts
    area_id: object = None
    programme_id: object = None
    batch_id: object = None
    worker_id: object = None
    state: str = State.RECORDED


_WAYS = {
    "since": "date__gte", "until": "date__lte", "sex": "person__sex", "region": "area__region__code",
    "worker_id": "recorded_by_id",
}  # fmt: skip


def filtered(viewer: Viewer, organisation, filter: LedgerFilter):
    """The rows of the ledger a viewer may see and a filter asks for, newest day first."""
    wanted = {_WAYS.get(name, name): value for name, value in vars(filter).items() if value}
    rows = Assistance.objects.filter(visible(viewer), organisation_id=organisation.pk, **wanted)
    return rows.order_by("-date", "-pk")


def ledger(viewer: Viewer, organisation, filter: LedgerFilter | None = None, page=1, size: int = 50) -> Page:
    """A page of an organisation's ledger; sealed programmes only for those named for them."""
    require(viewer, Permission.SEE_RECORDS, of=organisation)
    rows = filtered(viewer, organisation, filter or LedgerFilter()).select_related(*SHOWN).defer("note")
    return Paginator(rows, size).get_page(page)


def entry(viewer: Viewer, assistance_id) -> Assistance:
    """One entry: for those who see the ledger, and for the worker who recorded it."""
    found = door(viewer, Assistance.objects.select_related(*SHOWN), assistance_id, Permission.RECORD_ASSISTANCE)
    if viewer.account_id is None or found.recorded_by_id != viewer.account_id:
        organisation_by_id(viewer, found.organisation_id, Permission.SEE_RECORDS)
    return found


def corrections_of(viewer: Viewer, assistance_id) -> list[Correction]:
    """What was changed on an entry, oldest first."""
    return list(entry(viewer, assistance_id).corrections.select_related("by").order_by("version"))


def entries_of_person(viewer: Viewer, person_id, limit: int = 20) -> list[Assistance]:
    """What a person was given lately, newest first: a worker who may see her may see that."""
    rows = person(viewer, person_id).assistance.filter(visible(viewer), state=State.RECORDED)
    return list(rows.select_related("area", "programme", "recorded_by").order_by("-date", "-pk")[:limit])


@dataclass(frozen=True)
class RecentEntry:
    """An entry the viewer made, and until when one tap takes it back; None when a reason is asked for by now."""

    assistance: Assistance
    undo_until: dt.datetime | None


def my_recent(viewer: Viewer, organisation, limit: int = 10) -> list[RecentEntry]:
    """What the viewer recorded last here."""
    require(viewer, Permission.RECORD_ASSISTANCE, of=organisation)
    rows = Assistance.objects.filter(
        visible(viewer), organisation_id=organisation.pk, recorded_by_id=viewer.account_id, batch=None,
        state=State.RECORDED,
    )  # fmt: skip
    now, found = timezone.now(), []
    for row in rows.select_related(*SHOWN).order_by("-pk")[:limit]:
        until = row.created_at + dt.timedelta(minutes=UNDO_MINUTES)
        found.append(RecentEntry(row, until if until > now else None))
    return found


def usual(viewer: Viewer, organisation) -> dict:
    """What the viewer recorded last here, for the next form to begin with; empty at the very first."""
    if not may(viewer, Permission.RECORD_ASSISTANCE, of=organisation):
        return {}
    rows = Assistance.objects.filter(
        visible(viewer), organisation_id=organisation.pk, recorded_by_id=viewer.account_id, batch=None
    )
    names = ("service_type", "unit", "channel", "target_group", "area_id", "programme_id")
    return rows.order_by("-pk").values(*names).first() or {}
