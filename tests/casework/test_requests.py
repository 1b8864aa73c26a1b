"""Requests for help from the call to the confirmed delivery: each counted once, nothing under a seal told."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config.reactions import CLOCK
from duga.casework import actions, queries
from duga.casework.models import Assignment, Assistance, Request, Volunteer
from duga.casework.rules import Step, default_steps
from duga.members.models import Notice, TrailEntry
from duga.plain.errors import Conflict, NotAllowed, NotFound, Refused
from duga.vault import sealing

CALLER = {"name": "Zorka Vujanović", "phone": "069 555 123", "relation": "neighbour"}


@pytest.fixture
def take(cast, area):
    """`take()` notes a call for food in Nikšić; any field of `take_request` may be said otherwise."""

    def taken(by="worker", **more):
        values = {"need": "food", "service_type": "parcel_distribution", "caller": CALLER, "area_id": area.town.pk}
        return actions.take_request(
            by=cast.viewer(by), organisation_id=cast.niksic.pk, **values | {"details": "Third floor, no lift"} | more
        )

    return taken


@pytest.fixture
def given(cast, take):
    """`given(who="worker")` is an assessed request in somebody's hands: its assignment."""

    def assigned(who="worker", **more):
        request = take(assessed=True, **more)
        return actions.assign_request(
            by=cast.viewer("manager"), request_id=request.pk, version=request.version, account_id=cast.accounts[who].pk
        )

    return assigned


def fresh(request):
    return Request.objects.get(pk=getattr(request, "pk", request))


def test_from_the_call_to_the_confirmed_delivery(cast, take, add):
    manager, worker, person = cast.viewer("manager"), cast.viewer("worker"), add("Ana", "Kovač")
    request = take(urgency="urgent", asked_by="neighbour", quantity=2, service_type="")
    assert request.due_at - request.received_at == dt.timedelta(hours=72)
    with pytest.raises(Refused):  # nobody said yet what is to be done
        actions.assess_request(by=worker, request_id=request.pk, version=1)
    request = actions.assess_request(
        by=worker, request_id=request.pk, version=1, service_type="parcel_distribution", person_id=person.pk
    )
    assert (request.state, request.version) == ("assessed", 2)
    assignment = actions.assign_request(
        by=manager, request_id=request.pk, version=2, account_id=cast.accounts["worker"].pk
    )
    actions.answer_assignment(by=worker, assignment_id=assignment.pk, accept=True)
    actions.start_assignment(by=worker, assignment_id=assignment.pk)
    done = actions.deliver(by=worker, assignment_id=assignment.pk)
    again = actions.deliver(by=worker, assignment_id=assignment.pk)
    assert done.assistance_id == again.assistance_id and Assistance.objects.count() == 1
    entry = Assistance.objects.get()
    assert (entry.person_id, entry.quantity, entry.unit) == (person.pk, 2, "parcel")
    request = fresh(request)
    with pytest.raises(Refused):  # her own word is no confirmation
        actions.confirm_request(by=worker, request_id=request.pk, version=request.version, how="call")
    actions.confirm_request(by=manager, request_id=request.pk, version=request.version, how="call")
    [moment] = [moment for moment in queries.timeline(worker, person.pk) if moment.kind == "request"]
    assert (moment.codes, moment.labels["state"]) == ({"need": ("needs", "food")}, "confirmed")
    told = [step.what for step in queries.request(worker, request.pk).steps]
    assert told == ["taken", "assessed", "offered", "accepted", "started", "delivered", "confirmed"]


def test_what_names_people_lies_sealed_and_moves_under_her_key(cast, take, add):
    request, worker = take(once="form"), cast.viewer("worker")
    assert take(once="form").pk == request.pk
    person = add("Ana", "Kovač")
    opened = actions.open_request(by=worker, request_id=request.pk)
    assert opened.caller == CALLER and opened.details == "Third floor, no lift"
    actions.assess_request(by=worker, request_id=request.pk, version=1, person_id=person.pk)
    assert actions.open_request(by=worker, request_id=request.pk).name == "Ana Kovač"
    raw = bytes(fresh(request).caller) + bytes(fresh(request).details)
    assert b"Zorka" not in raw and b"lift" not in raw
    entries = list(TrailEntry.objects.filter(subject_id=str(request.pk)).values_list("event", "detail"))
    assert "Zorka" not in str(entries) and "555" not in str(entries)
    actions.erase_person(by=cast.viewer("coordinator"), person_id=person.pk, reason="asked")
    row = fresh(request)
    assert (row.caller, row.details, row.phone_token, row.place) == (b"", b"", None, "")


def test_the_same_phone_is_recognised_and_calls_are_joined_and_parted(cast, take):
    worker, first = cast.viewer("worker"), take(urgency="normal")
    for typed in ("069555123", "+382 69 555-123"):
        (row,) = queries.same_caller(worker, cast.niksic, phone=typed)
        assert row.request.pk == first.pk
    assert queries.same_caller(cast.viewer("other_worker"), cast.nis, phone="069555123") == []
    second = take(urgency="emergency")
    joined = actions.join_requests(by=worker, request_id=second.pk, version=1, into_id=first.pk)
    assert joined.state == "duplicate" and fresh(first).urgency == "emergency"
    assert [row.request.pk for row in queries.board(worker, cast.niksic)] == [first.pk]
    actions.part_requests(by=worker, request_id=second.pk, version=joined.version)
    assert fresh(second).state == "received" and fresh(second).joined_to is None
    with pytest.raises(Refused):
        actions.join_requests(by=worker, request_id=second.pk, version=fresh(second).version, into_id=second.pk)


def test_eight_at_once_do_not_collide(cast, take):
    worker, manager, request = cast.viewer("worker"), cast.viewer("manager"), take()
    actions.hold_request(by=worker, request_id=request.pk)
    with pytest.raises(Conflict, match="Worker has been working"):
        actions.hold_request(by=manager, request_id=request.pk)
    with pytest.raises(Conflict):
        actions.refuse_request(by=manager, request_id=request.pk, version=1, reason="no_capacity")
    assert [row.holder for row in queries.board(manager, cast.niksic)] == ["Worker"]
    actions.release_request(by=manager, request_id=request.pk)
    actions.refuse_request(by=manager, request_id=request.pk, version=1, reason="no_capacity")
    with pytest.raises(Conflict):  # an old look at it
        actions.reopen_request(by=worker, request_id=request.pk, version=1)
    with pytest.raises(Refused):
        actions.refuse_request(by=manager, request_id=request.pk, version=2, reason="no_capacity")
    actions.reopen_request(by=worker, request_id=request.pk, version=2)
    with pytest.raises(Refused):  # a reason of another end
        actions.withdraw_request(by=worker, request_id=request.pk, version=3, reason="no_capacity")


def test_drafts_are_their_writers_own(cast, take):
    worker = cast.viewer("worker")
    of = {"by": worker, "organisation_id": cast.niksic.pk}
    draft = actions.keep_draft(**of, fields={"caller_name": "Zorka", "details": "third"})
    actions.keep_draft(**of, fields={"caller_name": "Zorka V."}, draft_id=draft.pk)
    assert actions.open_draft(**of, draft_id=draft.pk) == {"caller_name": "Zorka V."}
    assert b"Zorka" not in bytes(fresh(draft).details)
    assert list(queries.board(worker, cast.niksic)) == [] and len(queries.drafts(worker, cast.niksic)) == 1
    with pytest.raises(NotFound):
        actions.open_draft(by=cast.viewer("manager"), organisation_id=cast.niksic.pk, draft_id=draft.pk)
    with pytest.raises(NotFound):
        queries.request(worker, draft.pk)
    taken = take(draft_id=draft.pk)
    assert taken.pk == draft.pk and taken.state == "received"
    actions.keep_draft(**of, fields={"details": "old"})
    Request.objects.filter(state="draft").update(changed_at=timezone.now() - dt.timedelta(days=8))
    assert actions.drop_old_drafts(by=CLOCK) == 1 and not Request.objects.filter(state="draft").exists()


def test_declined_and_not_done_it_waits_for_somebody_else(cast, given):
    worker, manager = cast.viewer("worker"), cast.viewer("manager")
    assignment = given()
    actions.answer_assignment(by=worker, assignment_id=assignment.pk, accept=False, reason="too_far")
    request = fresh(assignment.request_id)
    assert request.state == "assessed"
    second = actions.assign_request(
        by=manager, request_id=request.pk, version=request.version, account_id=cast.accounts["worker"].pk
    )
    with pytest.raises(NotAllowed):  # not hers, and she hands nothing out
        actions.deliver(by=cast.viewer("operator"), assignment_id=second.pk)
    with pytest.raises(NotFound):
        actions.deliver(by=cast.viewer("other_coordinator"), assignment_id=second.pk)
    actions.not_done(by=worker, assignment_id=second.pk, reason="nobody_home")
    assert fresh(request).state == "assessed" and Assistance.objects.count() == 0
    with pytest.raises(Refused):
        actions.deliver(by=worker, assignment_id=second.pk)


def test_what_did_not_arrive_leaves_the_count(cast, given):
    manager, assignment = cast.viewer("manager"), given()
    actions.deliver(by=cast.viewer("worker"), assignment_id=assignment.pk)
    request = fresh(assignment.request_id)
    actions.not_confirmed(by=manager, request_id=request.pk, version=request.version)
    assert Assistance.objects.get().state == "withdrawn" and fresh(request).state == "assessed"
    own = actions.assign_request(
        by=manager, request_id=request.pk, version=fresh(request).version, account_id=manager.account_id
    )
    actions.deliver(by=manager, assignment_id=own.pk)
    assert Assistance.objects.filter(state="recorded").count() == 1


def test_a_volunteers_phone_reaches_her_errands_of_today_alone(cast, take):
    from dataclasses import replace

    from duga.members.rules import Viewer

    today, manager = timezone.localdate(), cast.viewer("manager")
    volunteers = [
        Volunteer.objects.create(organisation=cast.niksic, code=code, since=today) for code in ("VA-1", "VA-2")
    ]
    hers, other = (replace(Viewer(), volunteer_id=each.pk) for each in volunteers)
    assignments = []
    for days in (0, 3):
        request = take(assessed=True)
        planned = timezone.now() + dt.timedelta(days=days)
        assignments.append(actions.assign_request(
            by=manager, request_id=request.pk, version=1, volunteer_id=volunteers[0].pk, planned_for=planned
        ))  # fmt: skip
    assert [row.pk for row in queries.errands_of(hers)] == [assignments[0].pk] and queries.errands_of(other) == []
    for viewer, assignment in ((other, assignments[0]), (hers, assignments[1])):
        with pytest.raises(NotFound):
            actions.answer_errand(by=viewer, assignment_id=assignment.pk, answer="done")
    for answer in ("accepted", "on_the_way", "on_the_way", "done", "done"):
        actions.answer_errand(by=hers, assignment_id=assignments[0].pk, answer=answer)
    entry = Assistance.objects.get()
    assert (entry.worker, entry.size, entry.delivered_by_id) == ("VA-1", 1, None)


def test_the_clock_tells_each_step_once_and_no_names(cast, take):
    request = take(urgency="emergency")
    then = request.received_at
    assert actions.escalate_due(by=CLOCK, now=then + dt.timedelta(minutes=30)) == 0
    for _ in range(2):  # whatever the clock does twice
        actions.escalate_due(by=CLOCK, now=then + dt.timedelta(minutes=70))
    assigners = {cast.accounts[name].pk for name in ("manager", "supervisor", "coordinator")}
    notices = Notice.objects.filter(path__contains="/requests/")
    assert {row.account_id for row in notices} == assigners and notices.count() == len(assigners)
    assert "Zorka" not in str(list(notices.values()))
    actions.escalate_due(by=CLOCK, now=then + dt.timedelta(hours=5))
    actions.escalate_due(by=CLOCK, now=then + dt.timedelta(hours=40))
    assert notices.filter(account=cast.accounts["coordinator"]).count() == 3  # first, next, and overdue
    assert actions.escalate_due(by=CLOCK, now=then + dt.timedelta(days=90)) == 0 and fresh(request).look_at is None


def test_an_organisation_writes_its_own_table(cast, take):
    manager = cast.viewer("manager")
    steps = [
        Step(step.state, step.urgency, step.hours, "supervisors") if step.state == "received" else step
        for step in default_steps()
    ]
    with pytest.raises(NotAllowed):
        actions.change_escalation(by=cast.viewer("worker"), organisation_id=cast.niksic.pk, steps=steps)
    with pytest.raises(Refused):
        actions.change_escalation(by=manager, organisation_id=cast.niksic.pk, steps=steps[1:2])
    actions.change_escalation(by=manager, organisation_id=cast.niksic.pk, steps=steps)
    assert sorted(map(str, queries.escalation_table(cast.niksic.pk))) != sorted(map(str, default_steps()))
    request = take(urgency="emergency")
    actions.escalate_due(by=CLOCK, now=request.received_at + dt.timedelta(minutes=70))
    supervisors = {cast.accounts[name].pk for name in ("supervisor", "coordinator")}
    assert {row.account_id for row in Notice.objects.filter(path__contains="/requests/")} == supervisors
    actions.change_escalation(by=manager, organisation_id=cast.niksic.pk)
    assert queries.escalation_table(cast.niksic.pk) == default_steps()


def test_calls_to_make(cast, take):
    worker, request = cast.viewer("worker"), take()
    at = timezone.now() + dt.timedelta(hours=3)
    request = actions.plan_callback(by=worker, request_id=request.pk, version=1, at=at)
    assert [len(part) for part in queries.callbacks(worker, cast.niksic)] == [0, 1]
    Request.objects.filter(pk=request.pk).update(callback_at=timezone.now() - dt.timedelta(minutes=1))
    assert queries.board_counts(worker, cast.niksic)["callback"] == 1
    request = actions.tick_callback(by=worker, request_id=request.pk, version=request.version, reached=False)
    assert request.callback_tries == 1 and request.callback_at > timezone.now()
    request = actions.tick_callback(by=worker, request_id=request.pk, version=request.version, reached=True)
    assert request.callback_at is None
    with pytest.raises(Refused):
        actions.plan_callback(by=worker, request_id=request.pk, version=request.version, at=at - dt.timedelta(days=1))


def test_visits_come_round_once_and_skip_holidays(cast, add):
    manager, person = cast.viewer("manager"), add("Ana", "Kovač")
    today = timezone.localdate()
    visit = actions.plan_visit(
        by=manager, organisation_id=cast.niksic.pk, need="care", service_type="home_visit", rhythm="weekly",
        weekdays=range(7), begins_on=today, person_id=person.pk, account_id=cast.accounts["worker"].pk, details="Ring",
    )  # fmt: skip
    made = Request.objects.filter(visit=visit).count()
    skipped = [turn for turn, *_ in queries.visit_turns(manager, visit, weeks=2) if turn.holiday]
    assert made == 15 - len(skipped)
    assert actions.make_visits(by=CLOCK) == 0 and actions.make_visits(by=CLOCK, today=today + dt.timedelta(1)) <= 1
    rows = queries.work_of(cast.viewer("worker"), cast.niksic)
    assert len(rows) <= 1 and len(queries.work_of(cast.viewer("worker"), cast.niksic, days=7)) >= 6
    assert len(list(queries.board(manager, cast.niksic))) <= 1  # only what is of today
    day = Request.objects.filter(visit=visit, visit_on__gt=today).earliest("visit_on").visit_on
    visit = actions.skip_visit(by=manager, visit_id=visit.pk, version=1, day=day, why="in hospital")
    assert Request.objects.get(visit=visit, visit_on=day).state == "withdrawn"
    visit = actions.hand_visit(
        by=manager, visit_id=visit.pk, version=visit.version, account_id=cast.accounts["operator"].pk
    )
    assert not Assignment.objects.filter(account=cast.accounts["worker"], state="accepted").exists()
    actions.end_visits(by=manager, visit_id=visit.pk, version=visit.version)
    assert not Request.objects.filter(visit=visit, state="assigned").exists()


def test_who_said_no_is_neither_called_nor_visited_unless_it_is_an_emergency(cast, take, add):
    worker, manager, person = cast.viewer("worker"), cast.viewer("manager"), add("Ana", "Kovač")
    at, today = timezone.now() + dt.timedelta(hours=3), timezone.localdate()
    visits = {
        "by": manager, "organisation_id": cast.niksic.pk, "need": "care", "service_type": "home_visit",
        "rhythm": "weekly", "weekdays": range(7), "begins_on": today, "person_id": person.pk,
        "account_id": cast.accounts["worker"].pk,
    }  # fmt: skip
    agreed = actions.plan_visit(**visits)
    made = Request.objects.filter(visit=agreed).count()
    said = {"by": worker, "person_id": person.pk, "purposes": ["contact"], "how": "spoken"}
    actions.take_consent(**said, given=False)
    for refused in (
        lambda: actions.plan_callback(by=worker, request_id=take(person_id=person.pk).pk, version=1, at=at),
        lambda: take(person_id=person.pk, callback_at=at),
        lambda: actions.plan_visit(**visits),
    ):
        with pytest.raises(Refused, match="said no"):
            refused()
    emergency = take(person_id=person.pk, urgency="emergency")
    assert actions.plan_callback(by=worker, request_id=emergency.pk, version=1, at=at).callback_at == at
    later = today + dt.timedelta(days=20)
    assert actions.make_visits(by=CLOCK, today=later) == 0
    actions.take_consent(**said)
    assert actions.make_visits(by=CLOCK, today=later) > 0 and Request.objects.filter(visit=agreed).count() > made


def test_who_could_take_it_best_first_with_reasons(cast, given, take):
    manager, today = cast.viewer("manager"), timezone.localdate()
    actions.deliver(by=cast.viewer("worker"), assignment_id=given().pk)
    volunteer = Volunteer.objects.create(
        organisation=cast.niksic, code="VA-9", since=today, skills=["parcel_distribution"], languages=["rom"]
    )
    found = queries.matches(manager, take(assessed=True, language="rom"))
    assert {match.candidate.id for match in found[:2]} == {cast.accounts["worker"].pk, volunteer.pk}
    assert "trained for it" in [text for text, _ in found[0].reasons]
    with pytest.raises(NotAllowed):
        queries.matches(cast.viewer("worker"), take(assessed=True))


def test_the_daily_picture(cast, given, take):
    worker = cast.viewer("worker")
    take(urgency="emergency", received_at=timezone.now() - dt.timedelta(hours=30))
    take(need="health", area_id=None)
    actions.deliver(by=worker, assignment_id=given().pk)
    picture = queries.daily_picture(worker, cast.niksic)
    assert (picture.open, picture.late, picture.delivered, picture.on_time) == (3, 1, 1, 1.0)
    assert [(line.key, line.open, line.late) for line in picture.by_need] == [("food", 2, 1), ("health", 1, 0)]
    assert sum(line.open for line in picture.by_area) == 3 and picture.hours < 0.1


# --- under a seal -------------------------------------------------------------------------------------------


@pytest.fixture
def hidden(cast, take, add, shelter):
    """A request about someone in the safe house, taken by the operator named for it."""
    person = add("Mirjana", "Vukadinović", by="operator", programme_id=shelter.pk)
    return take(by="operator", person_id=person.pk, assessed=True)


@pytest.mark.parametrize("who", ["worker", "manager", "coordinator"])
def test_nothing_of_a_sealed_programme_is_told(cast, hidden, who):
    by = cast.viewer(who)
    assert hidden.programme.sealed
    assert list(queries.board(by, cast.niksic)) == [] and queries.board_counts(by, cast.niksic) == {"callback": 0}
    for filter in (queries.BoardFilter(code=hidden.code), queries.BoardFilter(overdue=True)):
        assert list(queries.board(by, cast.niksic, filter)) == []
    assert queries.same_caller(by, cast.niksic, phone=CALLER["phone"], person_id=hidden.person_id) == []
    assert queries.board_places(by, cast.niksic) == [] and queries.callbacks(by, cast.niksic) == ([], [])
    assert queries.daily_picture(by, cast.niksic).open == 0
    for door in (
        lambda: queries.request(by, hidden.pk),
        lambda: actions.open_request(by=by, request_id=hidden.pk),
        lambda: actions.hold_request(by=by, request_id=hidden.pk),
        lambda: actions.refuse_request(by=by, request_id=hidden.pk, version=1, reason="no_capacity"),
        lambda: actions.assign_request(by=by, request_id=hidden.pk, version=1, account_id=by.account_id),
    ):
        with pytest.raises(NotFound):
            door()


def test_under_a_seal_only_those_named_are_given_work_and_told(cast, hidden):
    operator = cast.viewer("operator")
    with pytest.raises(NotAllowed):  # she hands nothing out, but takes it herself
        actions.assign_request(by=operator, request_id=hidden.pk, version=1, account_id=cast.accounts["worker"].pk)
    assert len(queries.same_caller(operator, cast.niksic, phone=CALLER["phone"])) == 1
    actions.escalate_due(by=CLOCK, now=hidden.due_at + dt.timedelta(days=30))
    assert {row.account_id for row in Notice.objects.filter(path__contains="/requests/")} == {operator.account_id}
    own = actions.assign_request(by=operator, request_id=hidden.pk, version=1, account_id=operator.account_id)
    actions.deliver(by=operator, assignment_id=own.pk)
    assert Assistance.objects.get().programme_id == hidden.programme_id


def test_a_person_moved_under_a_seal_takes_her_requests_with_her(cast, take, add, shelter):
    person = add("Ana", "Kovač")
    request = take(person_id=person.pk)
    coordinator = cast.viewer("coordinator")
    actions.name_worker(by=coordinator, programme_id=shelter.pk, email="worker@example.org")
    actions.seal_person(by=cast.viewer("worker"), person_id=person.pk, programme_id=shelter.pk)
    assert fresh(request).programme_id == shelter.pk
    assert queries.same_caller(cast.viewer("manager"), cast.niksic, phone=CALLER["phone"]) == []
    assert len(queries.same_caller(cast.viewer("operator"), cast.niksic, phone=CALLER["phone"])) == 1


def test_the_board_asks_as_much_for_forty_as_for_four(cast, take):
    worker = cast.viewer("worker")

    def asked():
        with CaptureQueriesContext(
            connection,
        ) as told:
            list(queries.board(worker, cast.niksic))
            queries.board_counts(worker, cast.niksic)
        return len(told)

    for _ in range(2):
        take()
    few = asked()
    for _ in range(8):
        take()
    assert asked() == few


def test_the_key_of_a_request_is_the_organisations_until_it_is_hers(cast, take):
    request = take()
    with pytest.raises(Refused):
        sealing.unseal(owner=request.pk, field="casework.Request.caller", data=request.details,
                       key=queries.organisation_box(cast.niksic.pk))  # fmt: skip
