"""Kept true: confirmed in one tap, proposed and decided, told wrong by readers, counted in campaigns."""

import datetime as dt

import pytest
from django.utils import timezone

from duga.directory import actions, queries
from duga.directory.models import ConfirmLink, Fact, Report, ServiceCapacity, Verification
from duga.directory.rules import Age, FactKind
from duga.members.actions import change_standing
from duga.members.models import Notice, TrailEntry
from duga.members.rules import VISITOR, MemberStatus
from duga.plain.errors import Conflict, NotAllowed, NotFound, Refused
from tests.directory import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def offered(cast):
    build.terms()
    return build.service(cast, build.provider(cast, email="info@example.org"))


def age(service, days):
    """Makes all that a service tells that many days older."""
    Fact.objects.filter(service=service).update(verified_at=timezone.now() - dt.timedelta(days=days))


def ages(service):
    return {state.kind: state.age for state in queries.facts_of(service, timezone.localdate())}


def test_hours_grow_old_sooner_than_an_address(cast, offered):
    age(offered, 200)
    assert ages(offered)[FactKind.HOURS] is Age.STALE and ages(offered)[FactKind.ADDRESS] is Age.FRESH
    age(offered, 450)
    assert ages(offered)[FactKind.HOURS] is Age.HIDDEN and ages(offered)[FactKind.ADDRESS] is Age.DUE


def test_a_worker_of_the_organisation_confirms_in_one_tap_and_others_do_not(cast, offered):
    age(offered, 450)
    actions.verify(by=cast.viewer("worker"), service_id=offered.pk)
    assert set(ages(offered).values()) == {Age.FRESH}
    assert Fact.objects.filter(service=offered, how="owner").count() == 7
    actions.verify(by=cast.viewer("national"), service_id=offered.pk, kinds=["hours"])
    assert Fact.objects.get(service=offered, kind="hours").how == "network"
    with pytest.raises(NotAllowed):
        actions.verify(by=cast.viewer("other_coordinator"), service_id=offered.pk)


def test_a_link_confirms_without_an_account_until_it_is_withdrawn(cast, offered):
    age(offered, 450)
    link, token = actions.make_confirm_link(by=cast.viewer("national"), provider_id=offered.provider_id)
    assert token not in str(ConfirmLink.objects.values()) and queries.link_token(link) == token
    assert actions.confirm_by_link(by=VISITOR, token=token, service_ids=[offered.pk]) == 1
    assert set(ages(offered).values()) == {Age.FRESH}
    assert Verification.objects.filter(how="link", link=link).count() == 1
    with pytest.raises(NotFound):
        actions.confirm_by_link(by=VISITOR, token="x" * 43, service_ids=[])
    actions.revoke_confirm_link(by=cast.viewer("national"), link_id=link.pk)
    with pytest.raises(Refused, match="new one"):
        actions.confirm_by_link(by=VISITOR, token=token, service_ids=[offered.pk])


def test_a_link_reaches_its_own_provider_only(cast, offered):
    theirs = build.service(cast, build.provider(cast, "other_coordinator", cast.nis), "other_coordinator")
    _link, token = actions.make_confirm_link(by=cast.viewer("coordinator"), provider_id=offered.provider_id)
    with pytest.raises(Refused):
        actions.confirm_by_link(by=VISITOR, token=token, service_ids=[offered.pk, theirs.pk])
    with pytest.raises(NotAllowed):
        actions.propose(by=VISITOR, token=token, service_id=theirs.pk, changes={"name": "X"})
    with pytest.raises(Refused, match="cannot be changed"):
        actions.propose(by=VISITOR, token=token, service_id=offered.pk, changes={"emergency": True})


def test_a_link_is_mailed_and_the_mail_names_nobody(
    cast, offered, settings, mailoutbox, django_capture_on_commit_callbacks
):
    settings.HAS_MAIL, settings.MAIL_IN_BACKGROUND = True, False
    with django_capture_on_commit_callbacks(execute=True):
        _link, token = actions.make_confirm_link(
            by=cast.viewer("coordinator"), provider_id=offered.provider_id, mail=True
        )
    assert mailoutbox[0].to == ["info@example.org"] and token in mailoutbox[0].body


def test_a_proposal_waits_is_decided_and_answered(cast, offered):
    wrong = {"description": "Drugi opis", "phones": [{"number": "040 111 222"}]}
    proposal = actions.propose(by=cast.viewer("worker"), service_id=offered.pk, changes=wrong, why="seen there")
    assert queries.offer_of(offered)["description"] != "Drugi opis"
    assert Notice.objects.filter(account=cast.accounts["coordinator"]).exists()
    with pytest.raises(NotFound):
        actions.decide_proposal(by=cast.viewer("worker"), proposal_id=proposal.pk, accept=True)
    actions.decide_proposal(
        by=cast.viewer("coordinator"), proposal_id=proposal.pk, accept=True, fields=["description"], answer="thanks"
    )
    told = queries.offer_of(queries.service_by_id(offered.pk))
    assert told["description"] == "Drugi opis" and told["phones"][0]["number"] == "+382 40 000 001"
    assert Notice.objects.filter(account=cast.accounts["worker"]).exists()
    with pytest.raises(Refused, match="decided already"):
        actions.decide_proposal(by=cast.viewer("coordinator"), proposal_id=proposal.pk, accept=False)
    with pytest.raises(Refused, match="says already"):
        actions.propose(by=cast.viewer("worker"), service_id=offered.pk, changes={"description": "Drugi opis"})


def test_a_new_service_can_be_proposed_by_link_and_taken_back_by_who_proposed(cast, offered):
    _link, token = actions.make_confirm_link(by=cast.viewer("coordinator"), provider_id=offered.provider_id)
    new = actions.propose(by=VISITOR, token=token, provider_id=offered.provider_id, changes={"name": "Nova usluga"})
    actions.decide_proposal(by=cast.viewer("national"), proposal_id=new.pk, accept=True)
    assert {row.name for row in queries.services_of_provider(offered.provider_id)} == {"Nova usluga", offered.name}
    mine = actions.propose(by=cast.viewer("worker"), service_id=offered.pk, changes={"name": "Z"})
    with pytest.raises(NotFound):
        actions.withdraw_proposal(by=cast.viewer("manager"), proposal_id=mine.pk)
    assert actions.withdraw_proposal(by=cast.viewer("worker"), proposal_id=mine.pk).state == "withdrawn"
    with pytest.raises(NotAllowed):
        actions.propose(by=VISITOR, service_id=offered.pk, changes={"name": "Z"})


def test_a_readers_tap_is_kept_without_the_reader_and_what_they_wrote_goes_when_answered(cast, offered):
    told = actions.report(by=VISITOR, service_id=offered.pk, kind="phone", note="ja sam Ana, 069 123 456")
    assert b"Ana" not in bytes(Report.objects.get().note)
    with pytest.raises(NotFound):
        actions.open_report(by=cast.viewer("other_coordinator"), report_id=told.pk)
    assert "Ana" in actions.open_report(by=cast.viewer("coordinator"), report_id=told.pk)
    actions.settle_report(by=cast.viewer("coordinator"), report_id=told.pk, mended=True)
    assert bytes(Report.objects.get().note) == b""
    entry = TrailEntry.objects.get(event="directory.reported")
    assert entry.actor == "visitor" and "Ana" not in str(entry.detail)


def test_enough_reports_of_one_kind_are_enough(cast, offered):
    made = [actions.report(by=VISITOR, service_id=offered.pk, kind="hours") for _ in range(12)]
    assert sum(each is not None for each in made) == 10
    actions.change_service(by=cast.viewer("coordinator"), service_id=offered.pk, changes={"listed": False})
    with pytest.raises(NotFound):
        actions.report(by=VISITOR, service_id=offered.pk, kind="closed")


def test_free_places_are_told_in_one_tap(cast, offered):
    actions.change_service(
        by=cast.viewer("coordinator"), service_id=offered.pk,
        changes={"capacities": [{"unit": "beds", "available": 3, "maximum": 10}]},
    )  # fmt: skip
    row = ServiceCapacity.objects.get()
    told = actions.update_capacity(by=cast.viewer("worker"), capacity_id=row.pk, available=0)
    assert (told.available, told.maximum) == (0, 10) and told.updated > row.updated
    for wrong in (-1, 11):
        with pytest.raises(Refused):
            actions.update_capacity(by=cast.viewer("worker"), capacity_id=row.pk, available=wrong)
    with pytest.raises(NotAllowed):
        actions.update_capacity(by=cast.viewer("other_worker"), capacity_id=row.pk, available=1)


def test_days_closed_are_added_to_those_told(cast, offered):
    day = dt.date(2027, 1, 1)
    for first in (day, day + dt.timedelta(days=6)):
        actions.close_days(by=cast.viewer("coordinator"), service_id=offered.pk, first=first, reason="praznik")
    told = queries.offer_of(queries.service_by_id(offered.pk))["closures"]
    assert [row["first_day"] for row in told] == ["2027-01-01", "2027-01-07"]


def test_a_campaign_tells_its_progress_by_country(cast, offered):
    by = cast.viewer("national")
    office = build.service(cast, build.state(cast), "national", name="Novčana pomoć")
    age(offered, 400)
    Verification.objects.update(at=timezone.now() - dt.timedelta(days=30))
    today = timezone.localdate()
    campaign = actions.open_campaign(
        by=by, network_id=cast.me.pk, name="Proljeće", countries=["ME"], due_on=today + dt.timedelta(days=30)
    )
    assert actions.make_campaign_links(by=by, campaign_id=campaign.pk) == 2
    assert actions.make_campaign_links(by=by, campaign_id=campaign.pk) == 0
    link = next(each for each in queries.links_of(by, campaign) if each.provider_id == office.provider_id)
    actions.confirm_by_link(by=VISITOR, token=queries.link_token(link), service_ids=[office.pk])
    (told,) = queries.campaign_progress(by, campaign)
    assert (told.country, told.services, told.verified, told.links, told.used, told.share) == ("ME", 2, 1, 2, 1, 50)
    with pytest.raises(NotFound):
        queries.campaign_by_id(cast.viewer("coordinator"), campaign.pk)
    actions.close_campaign(by=by, campaign_id=campaign.pk)
    with pytest.raises(Conflict):
        actions.close_campaign(by=by, campaign_id=campaign.pk)


def test_the_entry_of_who_left_is_mended_by_the_network_and_nothing_else_of_theirs_opens(cast, offered, sign_in):
    beds = [{"unit": "beds", "available": 2, "maximum": 5}]
    shelter = build.service(cast, offered.provider, name="Sigurna kuća", locations=[], capacities=beds, discreet=True)
    told = {"address": "Nevidljiva 3", "city": "Nikšić"}
    place = actions.keep_place(by=cast.viewer("coordinator"), service_id=shelter.pk, kind="shelter", told=told)
    way, _paper = build.licence(cast, offered)
    change_standing(
        by=cast.viewer("coordinator"), organisation=cast.niksic, network=cast.me, status=MemberStatus.LEFT, reason="x"
    )
    national = cast.viewer("national")
    assert queries.has_left(national, offered.provider)
    assert not queries.has_left(cast.viewer("worker"), offered.provider)
    actions.change_service(by=national, service_id=offered.pk, changes={"listed": False})
    assert [row.provider for row in queries.reports_for(national)] == []
    page = sign_in("national")
    shown = page.get("/workspace/directory/providers/").content.decode()
    assert shown.index("No members any more") < shown.index(offered.provider.name)
    assert "No member any more" in page.get(f"/workspace/directory/providers/{offered.provider_id}/").content.decode()
    for address in (f"/workspace/directory/places/{place.pk}/", f"/workspace/licences/{way.pk}/checklist/"):
        assert page.post(address).status_code in (403, 404)
    for who in ("other_coordinator", "reviewer"):
        with pytest.raises(NotAllowed):
            actions.change_service(by=cast.viewer(who), service_id=offered.pk, changes={"listed": True})
