"""Volunteers: known by codes, named only in actions; trainings, hours, ending, forgetting."""

import datetime as dt
from decimal import Decimal

import pytest
from django.apps import apps

from duga.casework import actions, queries
from duga.casework.models import Volunteer, VolunteerHours
from duga.casework.rules import clean_available, hours_free, read_span, read_time, runs_out, valid_trainings
from duga.members.models import TrailEntry
from duga.members.rules import Viewer
from duga.plain.errors import Conflict, NotAllowed, NotFound, Refused, Unreadable
from tests.casework.conftest import DAY

IDENTITY = {"name": "Jelena Vučković", "phone": "+382 67 000 111", "contact": "Sister Mara", "contact_phone": "1"}
CLOCK = Viewer(system="clock")


@pytest.fixture
def here(cast):
    return {"by": cast.viewer("manager"), "organisation_id": cast.niksic.pk}


@pytest.fixture
def jelena(here, area):
    return actions.add_volunteer(
        **here, identity=IDENTITY, since=DAY, skills=["errands", "home_visit"], languages=["sr"],
        area_ids=[area.town.pk], available={"0": ["9", "13.30"], "3": ("", "")}, drives=True,
    )  # fmt: skip


def events():
    return list(TrailEntry.objects.order_by("number").values_list("event", flat=True))


def test_a_name_stands_nowhere_open_and_opening_it_leaves_an_entry(cast, here, jelena):
    stored = [
        repr([value.tobytes() if isinstance(value, memoryview) else value for value in row])
        for model in apps.get_models()
        for row in model.objects.values_list()
    ]
    assert not any("Vu" + "čković" in text or "000 111" in text for text in stored)
    by = here["by"]
    [line] = queries.volunteers(by, cast.niksic)
    assert (line.volunteer.available, line.volunteer.drives) == ({"0": ["09:00", "13:30"]}, True)
    assert actions.open_volunteer(by=by, volunteer_id=jelena.pk).identity == IDENTITY
    names = actions.open_volunteer_names(**here)
    assert names == {jelena.pk: {"name": IDENTITY["name"], "phone": IDENTITY["phone"]}}
    assert events() == ["volunteer.added", "volunteer.opened", "volunteer.listed"]


def test_only_who_hands_out_work_here_keeps_volunteers(cast, here, jelena):
    for name, wrong in (("worker", NotAllowed), ("observer", NotAllowed), ("other_coordinator", NotFound)):
        by = cast.viewer(name)
        with pytest.raises(wrong):
            queries.volunteers(by, cast.niksic)
        for call in (
            lambda by=by: actions.open_volunteer(by=by, volunteer_id=jelena.pk),
            lambda by=by: actions.make_card(by=by, volunteer_id=jelena.pk),
            lambda by=by: actions.record_hours(by=by, volunteer_id=jelena.pk, date=DAY, hours=1, activity="errands"),
            lambda by=by: queries.phones_of(by, jelena.pk),
        ):
            with pytest.raises(wrong):
                call()
    assert (
        actions.open_volunteer_names(
            by=cast.viewer("other_coordinator"), organisation_id=cast.nis.pk, volunteer_ids=[jelena.pk]
        )
        == {}
    )


def test_changing_says_who_was_faster(here, jelena):
    told = {"by": here["by"], "volunteer_id": jelena.pk, "version": 1, "identity": IDENTITY}
    assert actions.change_volunteer(**told, skills=["errands"]).skills == ["errands"]
    with pytest.raises(Conflict):
        actions.change_volunteer(**told)
    for wrong in ({"skills": ["flying"]}, {"languages": ["klingon"]}, {"area_ids": [jelena.pk]}):
        with pytest.raises(Refused):
            actions.change_volunteer(**(told | {"version": 2}), **wrong)


def test_trainings_run_out(cast, here, jelena):
    today = dt.date.today()
    told = {"by": here["by"], "volunteer_id": jelena.pk, "date": DAY, "hours": 4}
    actions.add_training(**told, title="First aid", expires_on=DAY + dt.timedelta(days=1))
    actions.add_training(**told, title="Protection", expires_on=today + dt.timedelta(days=9))
    mistaken = actions.add_training(**told, title="Once and for all")
    assert queries.volunteer_line(here["by"], jelena.pk).trainings == {"First aid": "over", "Protection": "soon"}
    actions.add_training(**told, title="First aid", expires_on=today + dt.timedelta(days=99))
    actions.take_training_back(by=here["by"], training_id=mistaken.pk)
    assert queries.volunteer_line(here["by"], jelena.pk).trainings == {"Protection": "soon"}
    with pytest.raises(Refused, match="expires after"):
        actions.add_training(**told, title="Odd", expires_on=DAY)


def test_hours_of_a_day_count_once_and_are_at_most_twenty_four(cast, here, jelena):
    told = {"by": here["by"], "volunteer_id": jelena.pk, "activity": "errands"}
    today = dt.date.today()
    first, again = (actions.record_hours(**told, date=today, hours=20, once="x") for _ in range(2))
    assert first == again
    with pytest.raises(Refused, match="24 hours"):
        actions.record_hours(**told, date=today, hours=5)
    for wrong in (0, 25, "1.1"):
        with pytest.raises(Refused, match="quarters"):
            actions.record_hours(**told, date=today, hours=wrong)
    assert queries.volunteer_line(here["by"], jelena.pk).hours == 20
    actions.take_hours_back(by=here["by"], hours_id=first.pk)
    assert not VolunteerHours.objects.exists()


def test_states_and_forgetting(cast, here, jelena):
    by, kept = here["by"], {"by": here["by"], "volunteer_id": jelena.pk}
    actions.set_volunteer_state(**kept, state="paused")
    assert queries.volunteers_at_work(by, cast.niksic) == []
    with pytest.raises(Refused, match="cannot become"):
        actions.set_volunteer_state(**kept, state="paused")
    actions.make_card(**kept)
    with pytest.raises(Refused, match="not before"):
        actions.end_volunteer(**kept, until=DAY - dt.timedelta(days=1))
    actions.end_volunteer(**kept, until=dt.date.today())
    assert queries.phones_of(by, jelena.pk) == [] and queries.volunteers(by, cast.niksic) == []
    with pytest.raises(Refused, match="service ended"):
        actions.make_card(**kept)
    assert actions.forget_volunteers(by=CLOCK) == 0
    Volunteer.objects.update(until=dt.date.today() - dt.timedelta(days=366), since=DAY)
    assert actions.forget_volunteers(by=CLOCK) == 1 and actions.forget_volunteers(by=CLOCK) == 0
    assert not any(actions.open_volunteer(**kept).identity.values())
    assert actions.open_volunteer_names(**here) == {}
    with pytest.raises(Refused, match="destroyed"):
        actions.set_volunteer_state(**kept, state="active")
    with pytest.raises(Refused, match="clock"):
        actions.forget_volunteers(by=by)


def test_they_leave_with_the_organisation(cast, here, jelena):
    told = {name: (columns, list(rows)) for name, columns, rows in actions.export_everything(
        by=cast.viewer("coordinator"), organisation_id=cast.niksic.pk)}  # fmt: skip
    columns, [row] = told["volunteers"]
    assert dict(zip(columns, row, strict=True))["name"] == IDENTITY["name"]
    assert {"volunteer_trainings", "volunteer_hours", "stock_items", "stock_movements"} <= set(told)


def test_time_is_matched_by_day(cast, here, jelena):
    monday = dt.date(2026, 11, 23)
    assert queries.volunteers_at_work(here["by"], cast.niksic, day=monday) == [(jelena, Decimal("4.5"))]
    assert queries.volunteers_at_work(here["by"], cast.niksic, day=monday + dt.timedelta(days=1)) == []
    assert queries.volunteers_at_work(here["by"], cast.niksic) == [(jelena, Decimal("4.5"))]
    assert hours_free({"0": ["09:00", "24:00"]}, monday) == 15


@pytest.mark.parametrize("text", ["25", "24:30", "9:60", "nine", "", "-1"])
def test_what_is_no_time(text):
    with pytest.raises(Unreadable):
        read_time(text)


def test_times_of_a_week():
    assert [read_span(text) for text in ("9:00 – 13", "9-13", "")] == [("9:00", "13"), ("9", "13"), ("", "")]
    with pytest.raises(Unreadable):
        read_span("9")
    assert clean_available({"1": ("9", "24")}) == {"1": ["09:00", "24:00"]}
    for wrong in ({"7": ("9", "10")}, {"1": ("10", "9")}, {"1": ("10", "")}):
        with pytest.raises(Unreadable):
            clean_available(wrong)


def test_what_runs_out():
    today = dt.date(2026, 5, 1)
    assert [runs_out(day, today=today) for day in (None, dt.date(2026, 4, 30), dt.date(2026, 5, 31))] == [
        "", "over", "soon",
    ]  # fmt: skip
    assert valid_trainings([("a", None), ("a", today), ("b", today)]) == {"a": None, "b": today}
