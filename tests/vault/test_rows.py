"""Rows written and read with statements made once are what the ORM writes and reads."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.forms.models import model_to_dict

from duga.casework.models import Programme, Request
from duga.vault.rows import change, put, read

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 4, 12, 30, 15, 250, tzinfo=dt.UTC)


@pytest.fixture
def made(cast):
    return Request(
        organisation=cast.niksic, code="KA-0001-0", state="received", state_since=NOW, received_at=NOW, due_at=NOW,
        quantity=Decimal("2.50"), caller=b"\x01\x00sealed", phone_token=-(2**62), need="food",
    )  # fmt: skip


def everything(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_a_row_put_is_the_row_that_save_would_have_written(made):
    told = everything(made)
    assert put(made) is made and not made._state.adding
    found = everything(Request.objects.get())
    assert bytes(found.pop("caller")) == bytes(told.pop("caller"))
    assert bytes(found.pop("details")) == bytes(told.pop("details")) and found == told
    with pytest.raises(IntegrityError), transaction.atomic():
        put(made)


def test_a_change_writes_what_was_loaded_or_what_is_named(made):
    put(made)
    row = Request.objects.defer("caller").get()
    row.state, row.need, row.visit_on = "assessed", "care", dt.date(2026, 3, 5)
    change(row, "state")
    assert Request.objects.values_list("state", "need", "visit_on").get() == ("assessed", "food", None)
    change(row)
    kept = Request.objects.get()
    assert model_to_dict(kept) == model_to_dict(row) and bytes(kept.caller) == b"\x01\x00sealed"
    kept.delete()
    with pytest.raises(Request.DoesNotExist):
        change(row)


def test_what_is_read_comes_as_the_orm_gives_it(made, cast):
    put(made)
    names = ("id", "organisation_id", "quantity", "received_at", "phone_token", "household_id")
    asked = {"organisation_id": cast.niksic.pk, "household_id": None}
    with transaction.atomic():
        assert read(Request, *names, lock=True, **asked) == list(Request.objects.values_list(*names))
    assert read(Request, "id", organisation_id=cast.nis.pk) == []
    assert read(Programme, "id", "sealed", organisation_id=cast.niksic.pk) == []
