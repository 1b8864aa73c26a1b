"""Funds for services: read row by row, each amount with its page, unknown never nought, currencies never added."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from duga.directory import actions
from duga.directory.models import Funds, FundsTable
from duga.directory.queries import funds as queries
from duga.directory.rules.funds import Known, funds_rows, in_force
from duga.plain.errors import Conflict, NotAllowed, NotFound, Refused, Unreadable
from duga.plain.tables import best_table, read_tables
from tests.directory import build

HEAD = "area;service;year;payer;planned;spent;currency;page"
MAPPING = {name: place for place, name in enumerate(HEAD.split(";"))}


def read(*rows, mapping=None):
    def area(text):
        if text not in ("Bar", "Montenegro"):
            raise Unreadable("no place %(value)s", value=text)
        return text if text == "Bar" else None

    known = Known(area, lambda text: {"shelter": "shelter"}.get(text), 2026)
    sheet = best_table(read_tables("\n".join([HEAD, *rows]).encode(), "a.csv"))
    return funds_rows(sheet, mapping or MAPPING, known)


def test_a_row_is_read_as_budgets_write_it():
    (row, state), errors = read(
        "Bar;shelter;2024;opština;1.234.567,89;;KM;12", "Montenegro;shelter;2024;republika;0;5;EUR;iv"
    )
    assert errors == []
    assert (row.area, row.planned, row.spent) == ("Bar", Decimal("1234567.89"), None)
    assert (row.currency, row.payer, row.page) == ("BAM", "municipality", "12")
    assert (state.area, state.planned, state.spent, state.page) == (None, Decimal(0), Decimal(5), "iv")


@pytest.mark.parametrize(
    "row, column",
    [
        ("Nowhere;shelter;2024;state;1;1;EUR;1", "area"),
        (";shelter;2024;state;1;1;EUR;1", "area"),
        ("Bar;castle;2024;state;1;1;EUR;1", "service"),
        ("Bar;shelter;1889;state;1;1;EUR;1", "year"),
        ("Bar;shelter;2024;uncle;1;1;EUR;1", "payer"),
        ("Bar;shelter;2024;state;a lot;1;EUR;1", "planned"),
        ("Bar;shelter;2024;state;1;-1;EUR;1", "spent"),
        ("Bar;shelter;2024;state;;;EUR;1", "planned"),
        ("Bar;shelter;2024;state;1;1;gold;1", "currency"),
        ("Bar;shelter;2024;state;1;1;EUR;", "page"),
    ],
)
def test_what_is_wrong_is_told_with_its_row_and_column(row, column):
    rows, errors = read("Bar;shelter;2023;state;1;1;EUR;1", row)
    assert [(error.row, error.column) for error in errors] == [(3, column)] and len(rows) == 1


def test_the_same_thing_twice_in_one_table_is_told():
    _rows, errors = read(*["Bar;shelter;2023;state;1;1;EUR;1"] * 2)
    assert [(error.row, error.params["row"]) for error in errors] == [(3, 2)]


def test_the_newest_table_that_tells_an_amount_counts_for_it():
    budget = SimpleNamespace(planned=10, spent=None)
    other = SimpleNamespace(planned=20, spent=None)
    account = SimpleNamespace(planned=None, spent=9)
    lines = [("a", 1, budget), ("a", 1, other), ("a", 2, account)]
    assert in_force(lines, "planned") == [budget, other] and in_force(lines, "spent") == [account]
    revised = SimpleNamespace(planned=12, spent=None)
    assert in_force([*lines, ("a", 3, revised)], "planned") == [revised]


# --- With tables --------------------------------------------------------------------------------------


@pytest.fixture
def sent(cast):
    from duga.places.actions import load_shipped_places

    load_shipped_places(by=build.HOUSE)
    return build.funds(cast)


def guessed(table):
    return {**queries.sheet_of(table)[1], "currency": "=EUR"}


@pytest.mark.django_db
def test_a_budget_is_loaded_whole_with_its_source(cast, sent):
    by = cast.viewer("national")
    assert actions.load_funds(by=by, table_id=sent.pk, mapping=guessed(sent), dry_run=True).rows == 3
    assert not Funds.objects.exists()
    assert actions.load_funds(by=by, table_id=sent.pk, mapping=guessed(sent)).loaded
    with pytest.raises(Conflict):
        actions.load_funds(by=by, table_id=sent.pk, mapping=guessed(sent))
    told = queries.funds_found(cast.viewer("observer"), code="ME")
    (total,) = told.totals
    assert (total.planned, total.spent, total.lines) == (Decimal(20000), Decimal("129500.50"), 3)
    whole = next(line for line in told.lines if line.area is None)
    assert (whole.service_type, whole.planned, whole.page) == ("shelter", None, "3")
    assert bytes(FundsTable.objects.get().data) == b""


@pytest.mark.django_db
def test_two_documents_that_disagree_are_both_kept_and_the_newest_counts(cast, sent):
    by = cast.viewer("national")
    second = build.funds(cast, text=build.FUNDS.replace("12.000,00", "13.000,00"), document="Rebalance")
    for table in (sent, second):
        actions.load_funds(by=by, table_id=table.pk, mapping=guessed(table))
    told = queries.funds_found(by, year=2024)
    assert told.totals[0].planned == Decimal(21000) and len(told.contradicted) == 2
    actions.remove_funds(by=by, table_id=second.pk)
    assert queries.funds_found(by, year=2024).totals[0].planned == Decimal(20000)


@pytest.mark.django_db
def test_wrong_files_and_other_networks(cast, sent):
    by = cast.viewer("national")
    with pytest.raises(Refused):
        actions.load_funds(by=by, table_id=sent.pk, mapping=queries.sheet_of(sent)[1])  # no currency
    with pytest.raises(NotAllowed):
        build.funds(cast, country="RS")
    for wrong in ({"document": " "}, {"url": "javascript:alert(1)"}, {"text": ""}):
        with pytest.raises(Refused):
            build.funds(cast, **wrong)
    with pytest.raises(NotFound):
        actions.remove_funds(by=cast.viewer("coordinator"), table_id=sent.pk)
    with pytest.raises(NotAllowed):
        queries.funds_found(cast.viewer("nobody"))


@pytest.mark.django_db
def test_a_budget_goes_in_on_screen(cast, sent, sign_in):
    client = sign_in("national")
    text = build.FUNDS.replace("Nikšić;pomoć", "Atlantida;pomoć")
    told = {"country": "ME", "document": "Budget", "published_on": "3.2.2025"}
    answer = client.post("/workspace/funds/new/", {**told, "file": ContentFile(text.encode(), "b.csv")})
    bad = answer.headers["Location"]
    mapping = {
        "area": 0,
        "service": 1,
        "year": 2,
        "payer": 3,
        "planned": 4,
        "spent": 5,
        "page": 6,
        "all_currency": "EUR",
    }
    answer = client.post(bad, {**mapping, "do": "load"})
    assert answer.status_code == 422 and "Atlantida" in answer.content.decode() and not Funds.objects.exists()
    answer = client.post(f"/workspace/funds/{sent.pk}/", {**mapping, "do": "load"}, follow=True)
    assert "Invented budget of 2024, p. 14" in answer.content.decode()
    assert FundsTable.objects.get(document="Budget").published_on == dt.date(2025, 2, 3)
    assert client.get("/workspace/funds/?country=ME&year=2024&service=shelter").status_code == 200


@pytest.mark.django_db
def test_two_presses_load_a_table_once(cast, sent, monkeypatch):
    """The other press is done between this one's door and its reading of the table."""
    door, mapping = queries.funds_table, guessed(sent)

    def late(by, table_id):
        row = door(by, table_id)
        FundsTable.objects.filter(pk=table_id).update(loaded_at=timezone.now())
        return row

    monkeypatch.setattr(queries, "funds_table", late)
    with pytest.raises(Conflict):
        actions.load_funds(by=cast.viewer("national"), table_id=sent.pk, mapping=mapping)
    assert not Funds.objects.exists()
