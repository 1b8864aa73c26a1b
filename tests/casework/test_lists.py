"""Attendance by one tap, and distribution lists printed, signed, recorded, with a scan nobody else can read."""

import datetime as dt

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from duga.casework import actions, queries
from duga.casework.models import Assistance
from duga.plain.errors import NotFound, Refused
from tests.casework.conftest import DAY


@pytest.fixture
def group(cast, add):
    children = [add(name, "Ilić", birth_year=2010) for name in ("Ana", "Maja", "Vuk")]
    group = actions.add_group(by=cast.viewer("worker"), organisation_id=cast.niksic.pk, name="Morning")
    actions.join_group(by=cast.viewer("worker"), group_id=group.pk, person_ids=[child.pk for child in children])
    return group, children


def test_attendance_said_twice_is_recorded_once(cast, group):
    group, children = group
    tick = {"by": cast.viewer("worker"), "group_id": group.pk, "date": DAY}
    assert actions.record_attendance(present=[children[0].pk], **tick).recorded == 1
    outcome = actions.record_attendance(present=[str(child.pk) for child in children], **tick)
    assert (outcome.recorded, outcome.already) == (2, 1)
    lines = actions.open_group(**tick)
    assert [(line.name, line.present) for line in lines] == [
        ("Ana Ilić", True), ("Maja Ilić", True), ("Vuk Ilić", True),
    ]  # fmt: skip
    assert {row.age_band for row in Assistance.objects.all()} == {"6-13"}


def test_a_tick_is_taken_back_and_made_again(cast, group):
    group, (ana, *_) = group
    tick = {"by": cast.viewer("worker"), "group_id": group.pk, "date": DAY}
    actions.record_attendance(present=[ana.pk], **tick)
    assert actions.record_attendance(absent=[ana.pk], **tick).taken_back == 1
    assert list(queries.facts()) == []
    assert actions.record_attendance(present=[ana.pk], **tick).recorded == 1
    with pytest.raises(Refused):  # not another worker's tick
        actions.record_attendance(by=cast.viewer("operator"), group_id=group.pk, date=DAY, absent=[ana.pk])


def test_the_queries_of_attendance_and_lists_do_not_grow_with_people(cast, add):
    by = cast.viewer("worker")
    people = [add(f"Dete {number}", "Ilić", birth_year=2012).pk for number in range(30)]
    here = {"by": by, "organisation_id": cast.niksic.pk}
    group = actions.add_group(name="Many", **here)
    counts = {}
    for few in (2, 30):
        day = DAY.replace(day=few)
        with CaptureQueriesContext(connection) as asked:
            made = actions.make_distribution_list(title=f"List {few}", date=day, person_ids=people[:few], **here)
        counts["list", few] = len(asked)
        with CaptureQueriesContext(connection) as asked:
            actions.join_group(by=by, group_id=group.pk, person_ids=people[:few])
            actions.record_attendance(by=by, group_id=group.pk, date=day, present=people[:few])
        counts["tick", few] = len(asked)
        lines = [line.id for line in actions.open_distribution_list(by=by, list_id=made.pk).lines]
        with CaptureQueriesContext(connection) as asked:
            actions.record_distribution_list(by=by, list_id=made.pk, received=lines)
        counts["sign", few] = len(asked)
    assert counts["list", 30] == counts["list", 2]
    assert counts["tick", 30] <= counts["tick", 2] + 28 * 7  # to write one: its entry, its membership, savepoints
    assert counts["sign", 30] <= counts["sign", 2] + 28 * 2


def test_one_tick_taken_back_twice_in_one_moment_is_no_fault(cast, group):
    group, (ana, *_) = group
    tick = {"by": cast.viewer("worker"), "group_id": group.pk, "date": DAY}
    actions.record_attendance(present=[ana.pk], **tick)
    assert actions.record_attendance(absent=[ana.pk], **tick).taken_back == 1
    assert actions.record_attendance(absent=[ana.pk], **tick).taken_back == 0


def test_only_members_of_the_group_and_no_day_to_come(cast, group, add):
    group, _ = group
    stranger = add("Luka", "Ilić")
    with pytest.raises(Refused):
        actions.record_attendance(by=cast.viewer("worker"), group_id=group.pk, date=DAY, present=[stranger.pk])
    with pytest.raises(Refused):
        actions.record_attendance(by=cast.viewer("worker"), group_id=group.pk, date=dt.date(2999, 1, 1))
    with pytest.raises(NotFound):
        actions.open_group(by=cast.viewer("other_worker"), group_id=group.pk, date=DAY)


def test_who_left_the_group_is_no_longer_ticked(cast, group):
    group, (ana, *_) = group
    actions.leave_group(by=cast.viewer("worker"), group_id=group.pk, person_id=ana.pk)
    assert len(actions.open_group(by=cast.viewer("worker"), group_id=group.pk, date=DAY)) == 2


def test_a_list_is_printed_signed_and_recorded_once(cast, add):
    by, ana, head = cast.viewer("worker"), add("Ana", "Ilić"), add("Vuk", "Savić")
    household = actions.register_household(by=by, organisation_id=cast.niksic.pk, size=4, head_id=head.pk)
    made = actions.make_distribution_list(
        by=by, organisation_id=cast.niksic.pk, title="Easter parcels", date=DAY, quantity=2,
        person_ids=[ana.pk], household_ids=[household.pk],
    )  # fmt: skip
    opened = actions.open_distribution_list(by=by, list_id=made.pk)
    assert [(line.position, line.name, line.size) for line in opened.lines] == [
        (1, "Ana Ilić", None),
        (2, "Vuk Savić", 4),
    ]
    lines = [line.id for line in opened.lines]
    assert actions.record_distribution_list(by=by, list_id=made.pk, received=lines[1:]) == 1
    assert actions.record_distribution_list(by=by, list_id=made.pk, received=lines) == 1
    assert actions.record_distribution_list(by=by, list_id=made.pk, received=lines) == 0
    facts = [dict(zip(queries.FACT_COLUMNS, fact, strict=True)) for fact in queries.facts()]
    assert [(fact["recipient"], fact["size"], fact["quantity"]) for fact in facts] == [
        ("household", 4, 2.0), ("person", None, 2.0),
    ]  # fmt: skip
    assert all(line.received for line in actions.open_distribution_list(by=by, list_id=made.pk).lines)


def test_the_scan_lies_sealed_and_opens_for_this_organisation_only(cast, add):
    by = cast.viewer("worker")
    made = actions.make_distribution_list(
        by=by, organisation_id=cast.niksic.pk, title="List", date=DAY, person_ids=[add("Ana", "Ilić").pk]
    )
    data = b"%PDF-1.4 signed by Ana"
    assert actions.attach_scan(by=by, list_id=made.pk, data=data) == "application/pdf"
    assert actions.open_scan(by=by, list_id=made.pk) == (data, "application/pdf")
    stored = (settings.MEDIA_ROOT / "scans" / f"{made.pk}.sealed").read_bytes()
    assert b"Ana" not in stored and b"PDF" not in stored
    with pytest.raises(NotFound):
        actions.open_scan(by=cast.viewer("other_coordinator"), list_id=made.pk)
    with pytest.raises(Refused):
        actions.attach_scan(by=by, list_id=made.pk, data=b"<html>")
