"""Months told on written request: the published months of the SOS line, rebuilt from invented calls."""

import datetime as dt
import random

import pytest

from duga.casework.actions import helpline
from duga.casework.models import Call
from duga.casework.queries import helpline as queries
from duga.evidence.model import ALL, ProtectedTable
from duga.members.models import TrailEntry
from duga.plain.errors import NotFound, Refused
from tests.casework.helpline import HERE, begin, make_line

#: October 2015 as published: 302 calls (237 + 65), 384 services of these kinds; the municipalities listed beside them
#: add up to 301, which is why no list of municipalities is ever told.
OCTOBER = dt.date(2015, 10, 1)
SERVICES = {
    "information": 157, "talk": 113, "mediation": 52, "counselling": 28, "urgent_intervention": 7, "referral": 4,
    "shelter_request": 6, "counter_report": 1, "other": 16,
}  # fmt: skip
#: April to June 2019: 752 calls, 945 services; how they fell into months was not published.
SPRING = {dt.date(2019, 4, 1): (240, 310), dt.date(2019, 5, 1): (262, 325), dt.date(2019, 6, 1): (250, 310)}


def invent(cast, line, month, calls, services, third=0):
    """Finished calls of a month, at once: who called and what was given are dealt out over them."""
    chance, operator = random.Random(str(month)), cast.accounts["operator"]
    given = [{} for _ in range(calls)]
    cards = [code for code, often in services.items() for _ in range(often)]
    chance.shuffle(cards)
    for place, code in enumerate(cards):
        mine = given[place] if place < calls else chance.choice(given)
        mine[code] = mine.get(code, 0) + 1
    rows = []
    for place, mine in enumerate(given):
        at = dt.datetime(month.year, month.month, 1 + place % 28, place % 24, tzinfo=HERE)
        rows.append(
            Call(
                line=line, operator=operator, state="kept", started_at=at, ended_at=at, changed_at=at, services=mine,
                caller="third_party" if place < third else "self", relation="friend" if place < third else "",
                channel="phone", language="cnr" if place % 9 else "sq", sex="female" if place % 20 else "male",
                age_band=chance.choice(("18-29", "30-59", "60-79", "")),
            )
        )  # fmt: skip
    Call.objects.bulk_create(rows)


@pytest.fixture
def line(cast):
    return make_line(cast, named=("operator", "supervisor", "coordinator"))[0]


def ask(cast, line, month, who="supervisor", **more):
    told = {
        "programme_id": line.programme_id, "asked_by": "Ministry of social welfare", "asked_on": dt.date(2026, 11, 3),
        "purpose": "Report to GREVIO", "month": month,
    }  # fmt: skip
    return helpline.note_request(by=cast.viewer(who), **told | more)


def tables(request):
    return [ProtectedTable.from_dict(each) for each in request.table["tables"]]


def test_october_2015_shows_exactly_the_published_sums_and_no_list_that_does_not_add_up(cast, line):
    invent(cast, line, OCTOBER, 302, SERVICES, third=65)
    request = helpline.release_month(by=cast.viewer("coordinator"), request_id=ask(cast, line, OCTOBER).pk)
    by = {table.dimensions[0]: table for table in tables(request)}
    assert by["caller"].cell().value == 302
    assert (by["caller"].cell(caller="self").value, by["caller"].cell(caller="third_party").value) == (237, 65)
    assert by["call_service"].cell().value == 384
    told = {code: by["call_service"].cell(call_service=code).value for code in SERVICES}
    assert {code for code, value in told.items() if value is None} >= {"referral", "counter_report"}
    assert all(value in (None, SERVICES[code]) for code, value in told.items())
    assert {(table.unit, table.cells[ALL,].value) for table in by.values()} == {("contact", 302), ("service", 384)}
    assert set(by) == {"caller", "channel", "language", "sex", "age_band", "call_service"}
    for table in by.values():
        shown = [cell.value for key, cell in table.cells.items() if key != (ALL,)]
        assert None in shown or sum(shown) == table.cell().value
    text = str(request.table)
    for name in (cast.niksic.name, cast.niksic.slug, line.name, str(line.pk), str(line.programme_id), "ME-"):
        assert name not in text


def test_the_spring_of_2019_month_by_month(cast, line):
    calls = services = 0
    for month, (calls_then, services_then) in SPRING.items():
        kinds = {"information": services_then - 150, "talk": 100, "counselling": 50}
        invent(cast, line, month, calls_then, kinds, third=50)
    for month in SPRING:
        found, unfinished = queries.calls_of_month(line.programme, month)
        assert unfinished == 0
        for table in queries.rules.month_tables(found):
            if table.dimensions == ("caller",):
                calls += table.value()
            if table.unit == "service":
                services += table.value()
    assert (calls, services) == (752, 945)


def test_a_month_is_protected_once_and_told_the_same_to_whoever_asks_later(cast, line):
    invent(cast, line, OCTOBER, 40, {"talk": 40})
    supervisor, coordinator = cast.viewer("supervisor"), cast.viewer("coordinator")
    first = helpline.release_month(by=coordinator, request_id=ask(cast, line, OCTOBER).pk)
    invent(cast, line, OCTOBER, 3, {"talk": 3})  # as no action could, so long afterwards
    again = helpline.release_month(by=supervisor, request_id=ask(cast, line, OCTOBER, "coordinator").pk)
    assert again.table == first.table and again.same_as_id == first.pk
    with pytest.raises(Refused, match="already"):
        helpline.release_month(by=coordinator, request_id=first.pk)
    file = helpline.take_month(by=supervisor, request_id=again.pk, label=lambda column, word: str(word)).decode()
    assert file.startswith("\ufeffcountry,month,unit,by,word,number") and "ME,2015-10,contact,caller,(all),40" in file
    assert cast.niksic.name not in file and "Ministry" not in file
    assert TrailEntry.objects.filter(event="month.taken").count() == 1


def test_nothing_is_told_without_a_letter_a_second_person_and_a_month_that_is_over(cast, line):
    by, second = cast.viewer("supervisor"), cast.viewer("coordinator")
    for wrong in ({"asked_by": " "}, {"purpose": ""}, {"asked_on": dt.date(2100, 1, 1)}):
        with pytest.raises(Refused):
            ask(cast, line, OCTOBER, **wrong)
    request = ask(cast, line, OCTOBER)
    with pytest.raises(Refused, match="Somebody else"):
        helpline.release_month(by=by, request_id=request.pk)
    with pytest.raises(Refused, match="too few"):
        helpline.release_month(by=second, request_id=request.pk)
    with pytest.raises(Refused, match="why"):
        helpline.refuse_month(by=second, request_id=request.pk, reason=" ")
    assert helpline.refuse_month(by=second, request_id=request.pk, reason="too few").state == "refused"
    begin(cast, line)
    this = dt.datetime.now(tz=HERE).date()
    with pytest.raises(Refused, match="not over"):
        helpline.release_month(by=second, request_id=ask(cast, line, this).pk)
    Call.objects.update(started_at=dt.datetime(2015, 10, 3, tzinfo=HERE))
    with pytest.raises(Refused, match="not finished"):
        helpline.release_month(by=second, request_id=ask(cast, line, OCTOBER).pk)
    with pytest.raises(Refused):
        helpline.take_month(by=second, request_id=request.pk, label=lambda column, word: word)


@pytest.mark.parametrize(
    "who", ["operator", "worker", "manager", "officer", "secretariat", "national", "other_coordinator"]
)
def test_months_are_for_those_named_who_supervise(cast, line, who):
    request, by = ask(cast, line, OCTOBER), cast.viewer(who)
    for act in (
        lambda: queries.month(by, request.pk), lambda: helpline.release_month(by=by, request_id=request.pk),
        lambda: helpline.refuse_month(by=by, request_id=request.pk, reason="x"),
        lambda: helpline.take_month(by=by, request_id=request.pk, label=str), lambda: ask(cast, line, OCTOBER, who),
    ):  # fmt: skip
        with pytest.raises((NotFound, Refused)):
            act()
