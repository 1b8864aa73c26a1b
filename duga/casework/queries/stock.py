"""Stores, read: what they hold, what runs low or expires, and the movements behind each number."""

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.utils import timezone

from duga.casework.models import Assistance, StockItem, StockMovement
from duga.casework.queries.programmes import visible
from duga.casework.queries.staging import organisation_box
from duga.casework.rules import Lot, Movement, expired, expiring, lots_left, runs_low
from duga.members.queries import NOT_HERE, organisation_by_id, require
from duga.members.rules import Permission, Viewer
from duga.plain.errors import NotFound
from duga.vault import sealing

STOCK_TOLD = "casework.StockMovement.told"


@dataclass(frozen=True)
class Holding:
    """Goods in a store: whether they run low, what of them expires soon, and what has: nobody gives that out."""

    item: StockItem
    low: bool
    expiring: list[Lot]
    expired: list[Lot]


def stock_item(viewer: Viewer, item_id, permission=Permission.ASSIGN_WORK) -> StockItem:
    """The door to goods of a store."""
    found = StockItem.objects.select_related("organisation").filter(pk=item_id).first()
    if found is None:
        raise NotFound(NOT_HERE)
    organisation_by_id(viewer, found.organisation_id, permission)
    return found


def stores(viewer: Viewer, organisation) -> list[Holding]:
    """All that an organisation's stores hold, by store and name, for whoever records what is given out."""
    require(viewer, Permission.RECORD_ASSISTANCE, of=organisation)
    items = list(StockItem.objects.filter(organisation_id=organisation.pk, closed_at=None))
    return _holdings(items)


def holding(viewer: Viewer, item_id) -> Holding:
    """The same of one kind of goods."""
    return _holdings([stock_item(viewer, item_id, Permission.RECORD_ASSISTANCE)])[0]


def _holdings(items) -> list[Holding]:
    receipts, today = {}, timezone.localdate()
    rows = StockMovement.objects.filter(item__in=items, kind=Movement.RECEIPT)
    for item_id, *lot in rows.values_list("item_id", "quantity", "expires_on", "batch").order_by("pk"):
        receipts.setdefault(item_id, []).append(lot)
    left = {item.pk: lots_left(receipts.get(item.pk, ()), item.balance) for item in items}
    return [
        Holding(
            item, runs_low(item.balance, item.minimum), expiring(left[item.pk], today=today),
            expired(left[item.pk], today=today),
        )
        for item in items
    ]  # fmt: skip


def to_give_out(viewer: Viewer, organisation, unit: str = "") -> list[StockItem]:
    """The goods that can be given out now, all or those counted in one unit."""
    require(viewer, Permission.RECORD_ASSISTANCE, of=organisation)
    rows = StockItem.objects.filter(organisation_id=organisation.pk, closed_at=None, balance__gt=0)
    return list(rows.filter(unit=unit) if unit else rows)


def movements(viewer: Viewer, item_id, page=1, size: int = 50) -> Page:
    """A page of the movements of goods, newest first, each with `.source`, `.note` and whether its entry may be seen.

    Of what was given out in a sealed programme only that it left the store: neither the entry nor who gave it.
    """
    item = stock_item(viewer, item_id, Permission.RECORD_ASSISTANCE)
    found = Paginator(StockMovement.objects.filter(item=item).select_related("by"), size).get_page(page)
    box = organisation_box(item.organisation_id)
    entries = [row.assistance_id for row in found.object_list if row.assistance_id]
    seen = set(Assistance.objects.filter(visible(viewer), pk__in=entries).values_list("pk", flat=True))
    for row in found.object_list:
        told = sealing.unseal(owner=row.pk, field=STOCK_TOLD, data=row.told, key=box) if row.told else {}
        row.source, row.note = told.get("source", ""), told.get("note", "")
        row.entry_id = row.assistance_id if row.assistance_id in seen else None
        row.hidden = row.assistance_id is not None and row.entry_id is None
    return found
