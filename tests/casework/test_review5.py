"""What an attack on requests, cases, consents, referrals and phones found, each kept as a test."""

import datetime as dt

import pytest
from django.utils import timezone

from duga.casework import actions, queries
from duga.casework.actions import referrals
from duga.casework.models import Assignment, Attachment, Person, RecurringVisit, Request
from duga.casework.queries import referrals as told_of
from duga.members.models import RoleGrant
from duga.members.rules import VISITOR, Role, Viewer
from duga.plain.errors import Refused
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


def test_what_others_had_to_do_for_her_comes_back_once_she_is_sealed(cast, add, coordinator, shelter):
    ana, jelena = add("Ana", "Kovač", phone="069 1"), recruit(cast)
    mine = errand(cast, jelena, person_id=ana.pk, caller={"name": "Ana", "phone": "069 123 456"})
    visit = visits(cast, ana, account_id=cast.accounts["worker"].pk)
    actions.name_worker(by=coordinator, programme_id=shelter.pk, email="coordinator@example.org")
    actions.seal_person(by=coordinator, person_id=ana.pk, programme_id=shelter.pk)
    mine.refresh_from_db()
    asked = Request.objects.get(pk=mine.request_id)
    assert (mine.state, asked.state) == ("taken_back", "assessed")
    assert RecurringVisit.objects.get(pk=visit.pk).ended_at
    operator = cast.viewer("operator")
    assert asked.pk in {row.request.pk for row in queries.board(operator, cast.niksic).object_list}


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


# --- Referrals ----------------------------------------------------------------------------------------


def sent(cast, person, by, **more):
    told = {"reason": "x", "text": "y", "categories": ["name"], "need": "shelter", "services": ["shelter"],
            "agreed": True, "informed": True, "to": {"organisation": cast.nis.pk}}  # fmt: skip
    row = referrals.make_referral(by=cast.viewer(by), person_id=person.pk, **(told | more))
    return referrals.send_referral(by=cast.viewer(by), referral_id=row.pk, version=row.version)


def test_who_came_from_a_sealed_programme_enters_no_open_register_and_no_ones_inbox(cast, add, shelter):
    vera = add("Vera", "Tajna", by="operator", programme_id=shelter.pk)
    row = sent(cast, vera, "operator")
    # Nobody approves cases in Niš: nobody may see it, so nobody is told.
    RoleGrant.objects.filter(account=cast.accounts["other_coordinator"]).delete()
    assert told(cast, row) == []
    RoleGrant.objects.filter(account=cast.accounts["other_worker"]).update(role=Role.CASE_SUPERVISOR)
    approver = cast.viewer("other_worker")
    assert told(cast, row) == [approver.account_id]
    referrals.accept_referral(by=approver, referral_id=row.pk)
    with pytest.raises(Refused):
        referrals.register_from_referral(by=approver, referral_id=row.pk)
    assert not Person.objects.filter(organisation=cast.nis).exists()


def told(cast, row):
    """Whom a referral is told to where it goes."""
    return told_of.told_at(told_of.of_sender(cast.viewer("operator"), row.pk), told_of.Side.RECEIVER)


def test_a_consent_taken_back_closes_the_link_of_who_accepted_too(cast, add, worker):
    ana = add("Ana", "Kovač")
    row = sent(cast, ana, "worker", to={"name": "Dom zdravlja", "contact": "x@example.org"})
    given = referrals.make_guest_link(by=worker, referral_id=row.pk)
    told = {"by": VISITOR, "token": given.path.split("/")[2]}
    page = referrals.answer_as_guest(**told, code=given.code, answer="accepted").page
    assert referrals.open_as_guest(**told, code=page.code).content
    [consent] = queries.consents_of(worker, ana.pk)
    actions.withdraw_consent(by=worker, consent_id=consent.pk)
    again = referrals.open_as_guest(**told, code=page.code)
    assert again.row and again.content == {}
    with pytest.raises(Refused):
        referrals.make_guest_link(by=worker, referral_id=row.pk)


# --- Phones, calls, parties ---------------------------------------------------------------------------


def test_the_phone_of_who_works_here_no_more_is_emptied(cast, worker):
    _device, keys = actions.add_device(by=worker, organisation_id=cast.niksic.pk, name="Android")
    assert actions.take_shift(by=worker, secret=keys.secret)["people"] == []
    RoleGrant.objects.filter(account=cast.accounts["worker"]).delete()
    with pytest.raises(actions.Emptied):
        actions.take_shift(by=cast.viewer("worker"), secret=keys.secret)
    with pytest.raises(actions.Emptied):
        actions.receive_letters(by=cast.viewer("worker"), token=keys.token, letters=[])


def test_her_no_to_being_contacted_holds_for_call_backs_and_visits(cast, add, worker):
    ana = add("Ana", "Kovač", phone="069 1")
    told = {"by": worker, "organisation_id": cast.niksic.pk, "need": "food", "person_id": ana.pk}
    row, urgent = actions.take_request(**told), actions.take_request(**told, urgency="emergency")
    actions.take_consent(by=worker, person_id=ana.pk, purposes=["contact"], given=False)
    at = timezone.now() + dt.timedelta(hours=1)
    with pytest.raises(Refused):
        actions.plan_callback(by=worker, request_id=row.pk, version=row.version, at=at)
    actions.plan_callback(by=worker, request_id=urgent.pk, version=urgent.version, at=at)
    with pytest.raises(Refused):
        visits(cast, ana, account_id=worker.account_id)
    assert not RecurringVisit.objects.exists()


def test_a_party_does_not_tell_that_one_of_it_was_sealed(cast, add, worker, shelter):
    both = [add("Ana", "Kovač"), add("Zora", "Ilić", by="operator")]
    party = actions.start_party(
        by=worker, organisation_id=cast.niksic.pk, size=2, since=timezone.localdate(), person_ids=[p.pk for p in both]
    )
    actions.seal_person(by=cast.viewer("operator"), person_id=both[1].pk, programme_id=shelter.pk)
    [shown] = queries.parties(worker, cast.niksic).object_list
    assert shown.known == len(queries.party_members(worker, party.pk)) == 1


# --- Exports ------------------------------------------------------------------------------------------


def test_an_export_tells_not_who_gave_what_in_a_sealed_programme(cast, add, coordinator, shelter):
    day, here = timezone.localdate(), {"organisation_id": cast.niksic.pk}
    item = actions.add_stock_item(by=coordinator, name="Parcel", unit="parcel", store="Cellar", **here)
    actions.receive_stock(by=coordinator, item_id=item.pk, quantity=5, date=day)
    told = {"service_type": "parcel_distribution", "unit": "parcel", "date": day, "from_stock": item.pk, **here}
    for who, programme in (("operator", shelter.pk), ("worker", None)):
        person = add("Ana", "Kovač", by=who, programme_id=programme)
        actions.record_assistance(by=cast.viewer(who), person_id=person.pk, **told)
    tables = {name: (columns, list(rows)) for name, columns, rows in actions.export_everything(by=coordinator, **here)}
    columns, rows = tables["stock_movements"]
    given = [dict(zip(columns, row, strict=True)) for row in rows if row[columns.index("kind")] == "issue"]
    assert [(row["by_id"], bool(row["assistance_id"])) for row in given] == [
        (None, False), (cast.accounts["worker"].pk, True)
    ]  # fmt: skip
    assert all(row["after"] is not None for row in given)
