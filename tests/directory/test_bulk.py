"""Rows written at once are those the ORM would have written."""

import datetime as dt
from decimal import Decimal
from uuid import uuid4

import pytest

from duga.directory.actions._bulk import _write_rows
from duga.directory.actions.loading import load_entries
from duga.directory.models import CostOption, Fact, Phone, Schedule, Service, Unit
from duga.directory.rules import FactKind, Status
from tests.directory import build

pytestmark = pytest.mark.django_db
MOMENT = dt.datetime(2026, 3, 29, 1, 30, 5, 123456, dt.timezone(dt.timedelta(hours=2)))


def columns_of(row):
    told = {each.attname: getattr(row, each.attname) for each in row._meta.concrete_fields}
    return {name: value for name, value in told.items() if name not in ("id", "created_at")}


def test_every_kind_of_column_is_written_as_the_orm_writes_it(cast):
    provider = build.provider(cast)
    told = {
        "name": "Помоћ „1\t2\\N”\n", "status": Status.ACTIVE, "country": "ME", "minimum_age": 0,
        "extra": {"a": ["ђ", None]}, "emergency": True, "changed_at": MOMENT, "assured_date": dt.date(2026, 2, 1),
    }  # fmt: skip
    ids = [uuid4() for _ in range(3)]
    _write_rows(
        Service, [{**told, "id": ids[0], "provider_id": provider.pk}, {**told, "id": ids[1], "provider": provider}]
    )
    by_hand = Service.objects.create(id=ids[2], provider=provider, **told)
    by_hand.refresh_from_db()
    first, second = (columns_of(Service.objects.get(pk=key)) for key in ids[:2])
    assert first == second == columns_of(by_hand)

    more = {
        CostOption: {"amount": Decimal("12.5"), "currency": "EUR"}, Phone: {"number": "+382 20 1", "apps": ["viber"]},
        Schedule: {"opens_at": "09:00", "timezone": 2.0, "interval": 2, "dtstart": dt.date(2026, 1, 1)},
    }  # fmt: skip
    for model, values in more.items():
        _write_rows(model, [{**values, "service_id": ids[0]}])
        model.objects.create(service_id=ids[1], **values)
        one, other = (columns_of(model.objects.get(service_id=key)) for key in ids[:2])
        assert one | {"service_id": 0} == other | {"service_id": 0}


def test_rows_keep_their_order_and_an_unknown_column_is_refused(cast):
    service = Service.objects.create(provider=build.provider(cast), name="Pomoć", country="ME")
    _write_rows(Phone, [{"number": str(number), "service_id": service.pk} for number in range(50)])
    rows = Phone.objects.filter(service=service).order_by("created_at").values_list("number", flat=True)
    assert list(rows) == [str(number) for number in range(50)]
    with pytest.raises(TypeError, match="no column tel"):
        _write_rows(Phone, [{"tel": "1"}])


def test_free_places_are_as_old_as_when_they_were_told(cast):
    """Whatever else of the service was verified later: readers go by that moment, and so does who keeps it."""
    service, unit = uuid4(), Unit.objects.create(name="beds")
    told, later = MOMENT, MOMENT + dt.timedelta(days=3)
    rows = {
        "service": [{"id": service, "provider_id": build.state(cast).pk, "name": "Sklonište", "country": "ME"}],
        "service_capacity": [
            {"id": uuid4(), "service_id": service, "unit_id": unit.pk, "available": 2, "updated": told}
        ],
    }
    by = cast.viewer("national")
    load_entries(by=by, network_id=cast.me.pk, rows=rows, verified={service: later})
    facts = dict(Fact.objects.filter(service=service).values_list("kind", "verified_at"))
    assert facts[FactKind.CAPACITY] == told and facts[FactKind.OFFERED] == later
