"""What an attack on requests, cases, consents, referrals and phones found, each kept as a test."""

import datetime as dt

import pytest
from django.utils import timezone

from duga.casework import actions
from duga.casework.models import Assignment, Attachment, RecurringVisit, Request
from duga.members.rules import Viewer
from tests.casework.test_cases import pdf
from tests.casework.volunteering import errand, her_viewer, phone_of, recruit

CLOCK = Viewer(system="clock")
SCAN = b"%PDF-1.4 signed"


@pytest.fixture
def worker(cast):
    return cast.viewer("worker")


@pytest.fixture
def coordinator(cast):
    return cast.viewer("coordinator")


# --- Erasure ------------------------------------------------------------------------------------------


def visits(cast, person, **more):
    told = {"need": "food", "service_type": "errands", "rhythm": "weekly", "weekdays": range(7), "details": "Her pills"}
    today = timezone.localdate()
    return actions.plan_visit(
        by=cast.viewer("manager"), organisation_id=cast.niksic.pk, begins_on=today, person_id=person.pk, **told, **more
    )


def test_an_erasure_ends_what_was_to_be_done_and_stops_nobody_elses_work(cast, add, coordinator):
    ana, zora, jelena = add("Ana", "Kovač", phone="069 1"), add("Zora", "Ilić"), recruit(cast)
    her = her_viewer(phone_of(cast, jelena))
    mine = errand(cast, jelena, person_id=ana.pk, caller={"name": "Ana"})
    other = errand(cast, jelena, person_id=zora.pk)
    visit, stays = visits(cast, ana, volunteer_id=jelena.pk), visits(cast, zora, volunteer_id=jelena.pk)
    case = actions.open_case(
        by=cast.viewer("manager"), person_id=ana.pk, basis="public_task", lead_id=cast.accounts["manager"].pk
    )
    actions.attach_file(by=cast.viewer("manager"), case_id=case.pk, name="Plan.pdf", data=pdf())
    actions.erase_person(by=coordinator, person_id=ana.pk, reason="asked for it")
    # Her visits and errands are over, and the phone shows the others.
    assert RecurringVisit.objects.get(pk=visit.pk).ended_at and not RecurringVisit.objects.get(pk=stays.pk).ended_at
    assert {row.assignment.request.person_id for row in actions.open_errands(by=her)} == {zora.pk}
    mine.refresh_from_db()
    assert mine.state == "taken_back" and mine.request.state == "withdrawn"
    assert not Request.objects.filter(person=ana, state__in=["assigned", "received", "assessed"]).exists()
    assert Assignment.objects.get(pk=other.pk).state == "offered"
    # The clock goes on for everybody else, and the organisation can still take its data along.
    later = timezone.localdate() + dt.timedelta(days=7)
    assert actions.make_visits(by=CLOCK, today=later) == 7
    told = {name: list(rows) for name, _columns, rows in actions.export_everything(
        by=coordinator, organisation_id=cast.niksic.pk)}  # fmt: skip
    assert told["requests"] and "pills" in str(told["visits"])
    assert dict(actions.export_files(by=coordinator, organisation_id=cast.niksic.pk)) == {}
    assert Attachment.objects.get().removed_at


def test_a_destroyed_organisation_stops_no_clock(cast, add, coordinator, key_store):
    visit = visits(cast, add("Ana", "Kovač"), account_id=cast.accounts["worker"].pk)
    from duga.casework.actions._forgetting import _forget_organisation

    _forget_organisation(cast.niksic.pk)
    key_store.destroy_organisation(cast.niksic.pk)
    later = timezone.localdate() + dt.timedelta(days=7)
    assert actions.make_visits(by=CLOCK, today=later) == 0 and RecurringVisit.objects.get(pk=visit.pk).ended_at
    assert actions.escalate_due(by=CLOCK, now=timezone.now() + dt.timedelta(days=60)) == 0


# --- Two records made one -----------------------------------------------------------------------------


def test_a_signed_consent_is_read_after_a_merge_and_after_its_undoing(cast, add, worker, coordinator):
    kept, gone, manager = add("Ana", "Kovač"), add("Anna", "Kovacz"), cast.viewer("manager")
    [row] = actions.take_consent(by=worker, person_id=gone.pk, purposes=["communication"])
    actions.attach_proof(by=worker, consent_id=row.pk, data=SCAN)
    merge = actions.merge_people(by=manager, kept_id=kept.pk, gone_id=gone.pk)
    assert actions.open_proof(by=worker, consent_id=row.pk)[0] == SCAN
    assert list(dict(actions.export_files(by=coordinator, organisation_id=cast.niksic.pk)).values()) == [SCAN]
    actions.attach_proof(by=worker, consent_id=row.pk, data=SCAN + b"2")
    actions.undo_merge(by=manager, merge_id=merge.pk)
    assert actions.open_proof(by=worker, consent_id=row.pk)[0] == SCAN + b"2"
