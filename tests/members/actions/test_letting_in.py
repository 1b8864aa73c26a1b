"""Letting in again, administrators' sessions, accounts, notices and remembered mappings."""

import datetime as dt

import pytest
from django.core import mail
from django.utils import timezone

from duga.members import actions, queries
from duga.members.models import (
    Account,
    AdministratorSession,
    Notice,
    RecoveryLink,
    RoleGrant,
    TrailEntry,
)
from duga.members.rules import VISITOR, Permission
from duga.plain.errors import Conflict, NotAllowed, NotFound, Refused
from tests.members.actions.helpers import HOUSE, NEW, R, last_entry, who_can


def test_who_makes_a_recovery_link(cast):
    def make(name):
        return lambda by: actions.make_recovery_link(by=by, account=cast.accounts[name])

    assert who_can(cast, make("worker")) == {"coordinator"}
    assert who_can(cast, make("coordinator")) == set()  # the network above would see the people she helps
    assert who_can(cast, make("national")) == {"secretariat"}
    assert who_can(cast, make("nobody")) == set()
    assert who_can(cast, make("administrator")) == set()
    assert actions.make_recovery_link(by=HOUSE, account=cast.accounts["administrator"])


def test_a_coordinator_does_not_step_into_an_account_that_can_do_more_elsewhere(cast):
    actions.give_role(by=HOUSE, account=cast.accounts["worker"], role=R.FIELD_WORKER, of=cast.nis)
    for act in (actions.make_recovery_link, actions.reset_second_factor):
        with pytest.raises(NotAllowed):
            act(by=cast.viewer("coordinator"), account=cast.accounts["worker"])


def test_a_recovery_link_works_once_and_a_newer_one_ends_it(cast):
    by, worker = cast.viewer("coordinator"), cast.accounts["worker"]
    first = actions.make_recovery_link(by=by, account=worker)[1]
    second = actions.make_recovery_link(by=by, account=worker)[1]
    with pytest.raises(NotFound):
        actions.use_recovery_link(by=VISITOR, token=first, password=NEW["password"])
    with pytest.raises(Refused):
        actions.use_recovery_link(by=VISITOR, token=second, password="short")
    assert actions.use_recovery_link(by=VISITOR, token=second, password=NEW["password"]).check_password(NEW["password"])
    with pytest.raises(NotFound):
        actions.use_recovery_link(by=VISITOR, token=second, password="another long password")
    assert Notice.objects.filter(account=worker, title__contains="link").count() == 2
    assert last_entry().event == "account.recovered"


def test_a_recovery_link_ends_after_two_days_and_with_the_account(cast):
    link, token = actions.make_recovery_link(by=cast.viewer("coordinator"), account=cast.accounts["worker"])
    Account.objects.filter(pk=link.account_id).update(is_active=False)
    with pytest.raises(NotFound):
        queries.recovery_by_token(token)
    Account.objects.filter(pk=link.account_id).update(is_active=True)
    assert queries.recovery_by_token(token)
    RecoveryLink.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    with pytest.raises(NotFound):
        queries.recovery_by_token(token)


def start(cast, by="administrator", of=None):
    return actions.start_administrator_session(by=cast.viewer(by), of=of or cast.niksic, reason="Asked to help")


def test_only_administrators_open_sessions(cast):
    assert who_can(cast, lambda by: actions.start_administrator_session(by=by, of=cast.niksic, reason="x")) == {
        "administrator"
    }
    with pytest.raises(Refused):
        actions.start_administrator_session(by=cast.viewer("administrator"), of=cast.niksic, reason=" ")


def test_a_session_lasts_an_hour_is_logged_and_announced(cast):
    session = start(cast)
    assert session.until - session.created_at <= dt.timedelta(minutes=60, seconds=1)
    assert last_entry().event == "administrator.session_started"
    assert Notice.objects.get(account=cast.accounts["coordinator"]).params["reason"] == "Asked to help"
    viewer = cast.viewer("administrator")
    assert viewer.sessions[0].name == cast.niksic.name
    assert queries.may(viewer, Permission.MANAGE_ORGANISATION, cast.niksic)
    assert not queries.may(viewer, Permission.SEE_PEOPLE, cast.niksic)
    assert not queries.may(viewer, Permission.SEE_ORGANISATION, cast.nis)
    with pytest.raises(Refused):
        start(cast)
    AdministratorSession.objects.update(until=timezone.now())
    assert cast.viewer("administrator").sessions == ()
    assert not queries.may(cast.viewer("administrator"), Permission.SEE_ORGANISATION, cast.niksic)


def test_what_is_done_in_a_session_says_so_in_the_trail(cast):
    session = start(cast)
    grant = RoleGrant.objects.get(account=cast.accounts["worker"])
    actions.take_role(by=cast.viewer("administrator"), grant_id=grant.pk, of=cast.niksic)
    assert last_entry().detail["administrator_session"] == str(session.pk)


def test_an_administrator_gives_nobody_power_over_people_where_someone_looks_after_it(cast):
    start(cast)
    by = cast.viewer("administrator")
    for account in ("administrator", "nobody"):
        for role in (R.FIELD_WORKER, R.ORGANISATION_COORDINATOR):
            with pytest.raises(Refused):
                actions.give_role(by=by, account=cast.accounts[account], role=role, of=cast.niksic)
    with pytest.raises(NotAllowed):
        actions.make_recovery_link(by=by, account=cast.accounts["worker"])


def test_an_administrator_appoints_a_keeper_where_there_is_none_never_herself(cast):
    RoleGrant.objects.filter(account=cast.accounts["coordinator"]).update(until=timezone.now())
    start(cast)
    by = cast.viewer("administrator")
    with pytest.raises(Refused):
        actions.give_role(
            by=by, account=cast.accounts["administrator"], role=R.ORGANISATION_COORDINATOR, of=cast.niksic
        )
    actions.give_role(by=by, account=cast.accounts["worker"], role=R.ORGANISATION_COORDINATOR, of=cast.niksic)


def test_a_session_is_ended_by_its_owner_only(cast):
    session = start(cast)
    assert who_can(cast, lambda by: actions.end_administrator_session(by=by, session_id=session.pk)) == {
        "administrator"
    }
    actions.end_administrator_session(by=cast.viewer("administrator"), session_id=session.pk)
    assert cast.viewer("administrator").sessions == ()


def test_accounts_are_made_by_the_house_and_unique_whatever_the_capitals(cast):
    assert who_can(cast, lambda by: actions.create_account(by=by, email="x@example.org", name="X")) == set()
    with pytest.raises(Conflict):
        actions.create_account(by=HOUSE, email="WORKER@example.org", name="X")
    with pytest.raises(Refused):
        actions.create_account(by=HOUSE, email="x@", name="X")


def test_notices_are_read_by_their_reader_in_her_language(cast):
    from django.utils import translation

    actions.notify(
        by=HOUSE,
        to=[cast.accounts["worker"].pk],
        title="You have a new role: %(role)s",
        params={"role": "Field worker"},
        path="/workspace/",
    )
    assert [n.title_shown for n in queries.notices_of(cast.viewer("worker"))] == ["You have a new role: Field worker"]
    with translation.override("sr"):
        assert queries.notices_of(cast.viewer("worker")).object_list[0].title_shown
    assert queries.unread_notices(cast.viewer("worker")) == 1
    assert actions.mark_notices_read(by=cast.viewer("operator")) == 0
    assert actions.mark_notices_read(by=cast.viewer("worker")) == 1
    assert queries.unread_notices(VISITOR) == 0


def test_notices_are_mailed_without_personal_data(cast, settings, django_capture_on_commit_callbacks):
    settings.HAS_MAIL = True
    with django_capture_on_commit_callbacks(execute=True):
        actions.notify(
            by=HOUSE, to=[cast.accounts["worker"].pk], title="Your password was changed", text="secret detail"
        )
    assert "secret detail" not in mail.outbox[0].body
    assert "/workspace/notices/" in mail.outbox[0].body


def test_mappings_are_remembered_per_shape_for_who_may_import(cast):
    def remember(by, mapping):
        return actions.remember_mapping(
            by=by, organisation=cast.niksic, purpose="assistance", signature="a" * 64, mapping=mapping
        )

    assert who_can(cast, lambda by: remember(by, {"date": 1})) == {"coordinator"}
    remember(cast.viewer("coordinator"), {"date": 1})
    remember(cast.viewer("coordinator"), {"date": 2})
    remember(cast.viewer("coordinator"), {"date": 2})
    assert queries.remembered_mapping(cast.niksic, "assistance", "a" * 64) == {"date": 2}
    assert queries.remembered_mapping(cast.nis, "assistance", "a" * 64) is None
    assert TrailEntry.objects.filter(event="mapping.remembered").count() == 2
