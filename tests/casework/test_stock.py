"""Stores: what comes in, what goes out, and never more than there was."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum

from duga.casework import actions, queries
from duga.casework.models import Assistance, StockItem, StockMovement
from duga.casework.rules import Lot, Movement, balance_after, expired, expiring, lots_left, runs_low
from duga.members.models import TrailEntry
from duga.plain.errors import NotAllowed, NotFound, Refused
from tests.casework.conftest import DAY
from tests.casework.parallel import at_once, real_database


@pytest.fixture
def parcels(cast):
    return actions.add_stock_item(
        by=cast.viewer("manager"), organisation_id=cast.niksic.pk, name="Food parcel", unit="parcel",
        store="Warehouse", minimum=10,
    )  # fmt: skip


@pytest.fixture
def receive(cast, parcels):
    def receive(quantity, **more):
        told = {"date": DAY, "item_id": parcels.pk} | more
        return actions.receive_stock(by=cast.viewer("manager"), quantity=quantity, **told)

    return receive


def balance(item):
    item.refresh_from_db()
    return item.balance


def rebuilt(item):
    """The balance again, from its movements alone."""
    total = Decimal(0)
    for row in StockMovement.objects.filter(item=item).order_by("pk"):
        total += row.change
        assert total == row.after >= 0
    return total


def test_a_store_never_gives_more_than_it_holds(cast, parcels, receive, give, add):
    receive(3)
    person = add("Ana", "Kovač")
    first = give(person, from_stock=parcels.pk, quantity=2)
    with pytest.raises(Refused) as refused:
        give(person, from_stock=parcels.pk, quantity=2)
    assert "holds 1 of Food parcel" in str(refused.value)
    assert Assistance.objects.get() == first  # what was refused is not in the ledger either
    assert balance(parcels) == rebuilt(parcels) == 1


def test_the_database_holds_it_where_an_action_would_not(parcels, receive):
    receive(3)
    with pytest.raises(IntegrityError), transaction.atomic():
        StockItem.objects.filter(pk=parcels.pk).update(balance=-1)
    row = StockMovement.objects.get()
    for wrong in ({"quantity": 0, "change": 0}, {"change": -3}, {"kind": "issue"}, {"after": -1}, {"reason": "stolen"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            StockMovement.objects.filter(pk=row.pk).update(**wrong)


def test_withdrawn_and_corrected_entries_take_the_store_along(cast, parcels, receive, give, add):
    receive(10)
    person, worker = add("Ana", "Kovač"), cast.viewer("worker")
    entry = give(person, from_stock=parcels.pk, quantity=4)
    correct = {"by": worker, "assistance_id": entry.pk, "reason": "counted again"}
    entry = actions.correct_assistance(**correct, version=entry.version, changes={"quantity": 6})
    assert balance(parcels) == 4
    entry = actions.correct_assistance(**correct, version=entry.version, changes={"quantity": 1})
    assert balance(parcels) == 9
    with pytest.raises(Refused, match="given out from a store"):
        actions.correct_assistance(**correct, version=entry.version, changes={"unit": "meal"})
    with pytest.raises(Refused, match="holds 9"):
        actions.correct_assistance(**correct, version=entry.version, changes={"quantity": 11})
    actions.undo_assistance(by=worker, assistance_id=entry.pk)
    assert balance(parcels) == rebuilt(parcels) == 10
    kinds = list(StockMovement.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["receipt", "issue", "issue", "return", "return"]
    elsewhere = give(person)
    actions.withdraw_assistance(by=worker, assistance_id=elsewhere.pk, version=1, reason="by mistake")
    assert balance(parcels) == 10


def test_a_list_handed_out_from_a_store(cast, parcels, receive, add):
    receive(2)
    worker, people = cast.viewer("worker"), [add("Ana", "A"), add("Bojan", "B"), add("Vera", "V")]
    here = {"by": worker, "organisation_id": cast.niksic.pk}
    made = actions.make_distribution_list(**here, title="May", date=DAY, person_ids=[p.pk for p in people])
    lines = [line.pk for line in made.lines.all()]
    with pytest.raises(Refused, match="Warehouse holds 0"):
        actions.record_distribution_list(by=worker, list_id=made.pk, received=lines, from_stock=parcels.pk)
    assert not Assistance.objects.exists()
    actions.record_distribution_list(by=worker, list_id=made.pk, received=lines[:2], from_stock=parcels.pk)
    assert balance(parcels) == rebuilt(parcels) == 0
    actions.record_distribution_list(by=worker, list_id=made.pk, received=lines[2:])  # not from the store
    assert Assistance.objects.count() == 3


def test_goods_are_given_out_in_their_own_unit_and_house(cast, parcels, receive, give, add):
    receive(5)
    with pytest.raises(Refused, match="another unit"):
        give(add("Ana", "Kovač"), from_stock=parcels.pk, unit="meal")
    stranger = {"by": cast.viewer("other_worker"), "organisation_id": cast.nis.pk, "date": DAY, "size": 3}
    with pytest.raises(NotFound):
        actions.record_assistance(**stranger, service_type="parcel_distribution", from_stock=parcels.pk)
    for door in (queries.holding, queries.movements):
        with pytest.raises(NotFound):
            door(cast.viewer("other_coordinator"), parcels.pk)
    with pytest.raises(NotAllowed):
        queries.stores(cast.viewer("observer"), cast.niksic)
    with pytest.raises(NotAllowed):
        actions.receive_stock(by=cast.viewer("worker"), item_id=parcels.pk, quantity=1, date=DAY)
    assert balance(parcels) == 5


def test_losses_say_why_and_a_stocktake_counts_anew(cast, parcels, receive):
    receive(10)
    here = {"by": cast.viewer("manager"), "item_id": parcels.pk}
    with pytest.raises(Refused, match="Say why"):
        actions.lose_stock(**here, quantity=1, date=DAY, reason="")
    with pytest.raises(Refused, match="holds 10"):
        actions.lose_stock(**here, quantity=11, date=DAY, reason="stolen")
    actions.lose_stock(**here, quantity=3, date=DAY, reason="damaged", note="roof leaked")
    with pytest.raises(Refused, match="went from 10 to 7"):
        actions.count_stock(**here, counted=9, seen=10)
    assert actions.count_stock(**here, counted=7, seen=7) is None  # it was right; the day is kept
    found = actions.count_stock(**here, counted=Decimal("8.5"), seen=7)
    assert (found.kind, found.change, found.after) == (Movement.CORRECTION, Decimal("1.5"), Decimal("8.5"))
    assert balance(parcels) == rebuilt(parcels) == Decimal("8.5")
    assert parcels.counted_on == dt.date.today()
    loss = queries.movements(here["by"], parcels.pk).object_list[1]
    assert (loss.reason, loss.note, loss.source) == ("damaged", "roof leaked", "")
    assert b"roof" not in bytes(loss.told)


def test_the_same_form_twice_is_one_receipt(cast, parcels, receive):
    first, again = (receive(4, once="form-1", source="Donor d.o.o.") for _ in range(2))
    assert first == again and balance(parcels) == 4
    assert TrailEntry.objects.filter(event="stock.received").count() == 1


def test_goods_leave_the_list_only_when_none_are_left(cast, parcels, receive):
    manager = cast.viewer("manager")
    receive(1)
    with pytest.raises(Refused, match="still holds 1"):
        actions.close_stock_item(by=manager, item_id=parcels.pk)
    actions.lose_stock(by=manager, item_id=parcels.pk, quantity=1, date=DAY, reason="expired")
    actions.close_stock_item(by=manager, item_id=parcels.pk)
    assert queries.stores(manager, cast.niksic) == []
    with pytest.raises(Refused, match="no longer kept"):
        receive(1)
    with pytest.raises(Refused, match="already holds"):
        actions.add_stock_item(
            by=manager, organisation_id=cast.niksic.pk, name=" Food  parcel", unit="parcel", store="Warehouse"
        )


def test_what_runs_low_and_what_expires(cast, parcels, receive):
    soon = dt.date.today() + dt.timedelta(days=5)
    receive(20, expires_on=soon, batch="A")
    receive(5)
    with pytest.raises(Refused, match="before the day"):
        receive(1, expires_on=DAY - dt.timedelta(days=1))
    [held] = queries.stores(cast.viewer("worker"), cast.niksic)
    assert (held.low, held.expiring) == (False, [Lot(Decimal(20), soon, "A")])
    actions.lose_stock(by=cast.viewer("manager"), item_id=parcels.pk, quantity=18, date=DAY, reason="missing")
    held = queries.holding(cast.viewer("worker"), parcels.pk)
    assert (held.low, held.expiring) == (True, [Lot(Decimal(2), soon, "A")])


def test_what_is_past_its_day_is_called_so():
    day = dt.date(2026, 5, 1)
    lots = [Lot(Decimal(1), day + dt.timedelta(days=days), "") for days in (-1, 0, 30, 31)]
    assert (expired(lots, today=day), expiring(lots, today=day)) == (lots[:1], lots[1:3])


def test_lots_by_hand():
    may, june = dt.date(2026, 5, 1), dt.date(2026, 6, 1)
    receipts = [(Decimal(5), june, "J"), (Decimal(4), None, ""), (Decimal(6), may, "M")]
    assert lots_left(receipts, Decimal(15)) == [Lot(Decimal(6), may, "M"), Lot(Decimal(5), june, "J")]
    assert lots_left(receipts, Decimal(8)) == [Lot(Decimal(4), june, "J")]
    assert lots_left(receipts, Decimal(3)) == []
    assert not runs_low(Decimal(0), Decimal(0))
    assert balance_after(Decimal(2), Decimal(-2), name="", store="") == 0


def test_of_a_sealed_programme_only_that_goods_left(cast, parcels, receive, shelter):
    receive(5)
    operator = cast.viewer("operator")
    person = actions.register_person(
        by=operator, organisation_id=cast.niksic.pk, programme_id=shelter.pk, identity={"given": "Mila"}
    )
    told = {"by": operator, "organisation_id": cast.niksic.pk, "date": DAY, "service_type": "shelter"}
    entry = actions.record_assistance(**told, unit="parcel", person_id=person.pk, from_stock=parcels.pk)
    hers = queries.movements(operator, parcels.pk).object_list[0]
    others = queries.movements(cast.viewer("coordinator"), parcels.pk).object_list[0]
    assert (hers.entry_id, hers.hidden) == (entry.pk, False)
    assert (others.entry_id, others.hidden, others.quantity) == (None, True, 1)


@pytest.mark.django_db(transaction=True)
def test_many_at_once_lose_nothing_and_never_go_below_zero(cast, parcels, receive, give, tmp_path):
    """Forty parcels, sixty wanted by eight writers while others bring six: every one of them is accounted for."""
    receive(40)

    def work(number):
        if number % 10 == 9:
            return receive(1, once=f"r{number // 20}")  # each form sent twice
        return give(size=2, from_stock=parcels.pk, quantity=1, once=f"g{number}")

    with real_database(tmp_path):
        told = at_once(work, 60)
        [(item, movements, entries)] = at_once(
            lambda _: (
                StockItem.objects.get(pk=parcels.pk),
                dict(StockMovement.objects.order_by().values_list("kind").annotate(total=Sum("quantity"))),
                Assistance.objects.count(),
            ),
            1,
        )
    given = sum(isinstance(row, Assistance) for row in told)
    refused = [row for row in told if isinstance(row, Refused)]
    assert given + len(refused) == 54 and all("holds 0" in str(row) for row in refused), told
    assert movements == {"receipt": 43, "issue": given}
    assert item.balance == 43 - given >= 0 and given == entries
