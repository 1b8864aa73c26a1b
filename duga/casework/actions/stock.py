"""Stores, written: what came in, what was lost, what a stocktake found, what is given out with the ledger's entries.

Whoever moves goods writes the trail first and locks the item then, always in this order, so that two of them never
wait for each other. The balance changes in the transaction of its movement; the database holds it at zero or more.
"""

from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone

from duga.casework import queries
from duga.casework.actions._help import _check_code, _mark, _organisation, _tell, _today
from duga.casework.actions._tables import _opened, _plain
from duga.casework.models import Assistance, StockItem, StockMovement
from duga.casework.rules import (
    SIGNS,
    Movement,
    State,
    balance_after,
    check_counted,
    check_date,
    check_loss,
    check_quantity,
    plain_number,
)
from duga.members.rules import Permission
from duga.plain.errors import Refused, gettext_noop
from duga.vault import sealing

_NAME = gettext_noop("Give goods and store a name of at most %(most)s letters each.")
_TAKEN = gettext_noop("%(store)s already holds %(name)s: receive it there.")
_CLOSED = gettext_noop("%(name)s is no longer kept in %(store)s. Choose another store.")
_LEFT = gettext_noop("%(store)s still holds %(left)s of %(name)s. Give them out or count them as lost first.")
_UNIT = gettext_noop("%(store)s counts %(name)s in another unit than this entry. Choose goods in the entry's unit.")
_ELSEWHERE = gettext_noop("This store belongs to another organisation.")
_ISSUED = gettext_noop("This entry was given out from a store. Withdraw it and record it anew in the other unit.")
_EVENTS = {Movement.RECEIPT: "stock.received", Movement.LOSS: "stock.lost"}
_EXPIRED = gettext_noop("The expiry day lies before the day of the receipt. Please check the year.")


@transaction.atomic
def add_stock_item(*, by, organisation_id, name, unit, store, minimum=0) -> StockItem:
    """Adds goods that a store keeps, counted in one unit; below `minimum` (0: never) the store is said to run low."""
    organisation = _organisation(by, organisation_id, Permission.ASSIGN_WORK)
    item = StockItem(organisation=organisation, unit=_check_code("units", unit))
    _describe(item, name, store, minimum)
    _save_described(item)
    _tell(by, "stock.added", item)
    return item


@transaction.atomic
def change_stock_item(*, by, item_id, name, store, minimum) -> StockItem:
    """Changes what goods and store are called and when they run low. The unit stays: movements are counted in it."""
    item = queries.stock_item(by, item_id)
    _describe(item, name, store, minimum)
    _save_described(item, update_fields=["name", "store", "minimum"])
    _tell(by, "stock.changed", item)
    return item


def _describe(item, name, store, minimum):
    item.name, item.store = " ".join(str(name).split()), " ".join(str(store).split())
    if not 0 < len(item.name) <= 120 or not 0 < len(item.store) <= 120:
        raise Refused(_NAME, most=120)
    item.minimum = check_quantity(minimum) if minimum else Decimal(0)


def _save_described(item, **how):
    try:
        with transaction.atomic():
            item.save(**how)
    except IntegrityError:
        raise Refused(_TAKEN, name=item.name, store=item.store) from None


@transaction.atomic
def close_stock_item(*, by, item_id) -> None:
    """Takes goods off a store's list; only once nothing of them is left. Their movements stay."""
    found = queries.stock_item(by, item_id)
    _tell(by, "stock.closed", found)
    item = _locked(found.pk)
    if item.balance:
        raise Refused(_LEFT, store=item.store, name=item.name, left=plain_number(item.balance))
    StockItem.objects.filter(pk=item.pk).update(closed_at=timezone.now())


def receive_stock(
    *, by, item_id, quantity, date, source="", batch="", expires_on=None, note="", once=""
) -> StockMovement:
    """Receives goods: from whom, with their batch and expiry day where they have one. `once` as in the ledger."""
    if expires_on and expires_on < date:
        raise Refused(_EXPIRED)
    return _record(
        by, item_id, Movement.RECEIPT, quantity=check_quantity(quantity), date=date, source=source, note=note,
        once=once, batch=str(batch).strip()[:60], expires_on=expires_on,
    )  # fmt: skip


def lose_stock(*, by, item_id, quantity, date, reason, note="", once="") -> StockMovement:
    """Takes lost goods off a store, with the reason: a key of rules.LOSS_LABELS."""
    return _record(
        by, item_id, Movement.LOSS, quantity=check_quantity(quantity), date=date, note=note, once=once,
        reason=check_loss(reason),
    )  # fmt: skip


@transaction.atomic
def count_stock(*, by, item_id, counted, seen, note="") -> StockMovement | None:
    """A stocktake: `counted` is what lies there, `seen` the balance the list showed. None when they agree.

    Refused when goods moved in between: what was counted would be subtracted from the wrong number.
    """
    found = queries.stock_item(by, item_id)
    _tell(by, "stock.counted", found)
    item = _locked(found.pk)
    change = check_counted(counted, seen=seen, balance=item.balance, name=item.name)
    StockItem.objects.filter(pk=item.pk).update(counted_on=_today())
    if not change:
        return None
    return _move(item, Movement.CORRECTION, change, by=by, date=_today(), told=_told(note=note))


def _record(by, item_id, kind, *, quantity, date, source="", note="", once="", **more):
    """A receipt or a loss of goods the actor keeps; the same form sent twice is recorded once."""
    found = queries.stock_item(by, item_id)
    check_date(date, today=_today())
    mark = _mark(found.organisation_id, f"stock:{by.account_id}:{once}") if once else None
    known = StockMovement.objects.filter(item=found, mark=mark)
    if mark and (row := known.first()):
        return row
    try:
        with transaction.atomic():
            _tell(by, _EVENTS[kind], found)
            item = _locked(found.pk)
            _check_open(item)
            told = _told(source=source, note=note)
            return _move(item, kind, SIGNS[kind] * quantity, by=by, date=date, mark=mark, told=told, **more)
    except IntegrityError:
        if mark and (row := known.first()):
            return row
        raise


def _told(**words) -> dict:
    told = {name: " ".join(str(text).split())[:300] for name, text in words.items()}
    return {name: text for name, text in told.items() if text}


def _locked(item_id) -> StockItem:
    return StockItem.objects.select_for_update(of=("self",)).get(pk=item_id)


def _check_open(item):
    if item.closed_at:
        raise Refused(_CLOSED, name=item.name, store=item.store)


def _move(item, kind, change, *, by, date, told=None, **more) -> StockMovement:
    """One movement of a locked item and its new balance."""
    item.balance = balance_after(item.balance, change, name=item.name, store=item.store)
    row = StockMovement(
        item=item, kind=kind, quantity=abs(change), change=change, after=item.balance, date=date, by_id=by.account_id,
        **more,
    )  # fmt: skip
    if told:
        box = queries.organisation_box(item.organisation_id)
        row.told = sealing.seal(owner=row.pk, field=queries.STOCK_TOLD, value=told, key=box)
    row.save(force_insert=True)
    item.save(update_fields=["balance"])
    return row


# --- Given out with the ledger's entries -------------------------------------------------------------


def _issue(by, item_id, entries) -> None:
    """Gives out what these entries record from one store, in their transaction and after their trail entry."""
    item = _locked(queries.stock_item(by, item_id, Permission.RECORD_ASSISTANCE).pk)
    _check_open(item)
    for entry in entries:
        if entry.organisation_id != item.organisation_id:
            raise Refused(_ELSEWHERE)
        if entry.unit != item.unit:
            raise Refused(_UNIT, store=item.store, name=item.name)
        _move(item, Movement.ISSUE, -entry.quantity, by=by, date=entry.date, assistance=entry)


def _follow(by, entry) -> None:
    """After an entry was withdrawn or corrected: what it took too much comes back, what it lacks is given out."""
    moved = StockMovement.objects.filter(assistance=entry)
    first = moved.first()
    if first is None:
        return
    item = _locked(first.item_id)
    wanted = entry.quantity if entry.state == State.RECORDED else Decimal(0)
    if wanted and entry.unit != item.unit:
        raise Refused(_ISSUED)
    change = -wanted - moved.aggregate(total=Sum("change"))["total"]
    if change:
        kind = Movement.RETURN if change > 0 else Movement.ISSUE
        _move(item, kind, change, by=by, date=_today() if change > 0 else entry.date, assistance=entry)


def _stock_tables(by, organisation):
    """Stores and their movements, for the day the organisation goes: (table name, columns, rows).

    Of what was given out in a sealed programme only that it left the store, but for who is named for it.
    """
    yield "stock_items", *_plain(StockItem.objects.filter(organisation=organisation))
    rows = StockMovement.objects.filter(item__organisation=organisation)
    words = {"column": "told", "label": queries.STOCK_TOLD, "words": ("source", "note")}
    columns, lines = _opened(rows, organisation_id=organisation.pk, **words)
    closed = [columns.index(name) for name in ("assistance_id", "by_id")]
    sealed = Assistance.objects.filter(programme__sealed=True, organisation=organisation).exclude(queries.visible(by))
    sealed = set(sealed.values_list("pk", flat=True))
    yield "stock_movements", columns, (_without(line, closed) if line[closed[0]] in sealed else line for line in lines)


def _without(line, closed) -> list:
    return [None if place in closed else value for place, value in enumerate(line)]
