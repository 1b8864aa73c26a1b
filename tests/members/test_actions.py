"""What each action of members does, who may take it, and what it leaves in the trail."""

import datetime as dt

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from duga.members import actions, queries
from duga.members.models import (
    Account,
    AdministratorSession,
    Invitation,
    Membership,
    Notice,
    Organisation,
    RecoveryLink,
    RoleGrant,
    TrailEntry,
)
from duga.members.rules import VISITOR, MemberStatus, Permission, Role, Viewer
from duga.plain.errors import Conflict, DugaError, NotAllowed, NotFound, Refused
from duga.vault import sealing

HOUSE = Viewer(system="test")
R, M = Role, MemberStatus
EVERYONE = ["worker", "operator", "manager", "coordinator", "other_worker", "other_coordinator", "national",
            "secretariat", "reviewer", "observer", "administrator", "nobody"]  # fmt: skip


def last_entry():
    return TrailEntry.objects.order_by("created_at", "number").last()


def who_can(cast, act, names=EVERYONE):
    """The personas for whom `act(viewer)` goes through; whatever each did is undone."""
    can = set()
    for name in names:
        before = TrailEntry.objects.count()
        try:
            with transaction.atomic():
                act(cast.viewer(name))
                assert TrailEntry.objects.count() > before, "no trail entry"
                can.add(name)
                transaction.set_rollback(True)
        except DugaError:
            assert TrailEntry.objects.count() == before
    return can


# --- Networks and organisations ------------------------------------------------------------------------


def test_who_founds_networks(cast):
    assert who_can(cast, lambda by: actions.found_network(by=by, name="Kotor", parent=cast.me)) == {
        "national",
        "secretariat",
    }
    assert who_can(cast, lambda by: actions.found_network(by=by, name="Another region")) == set()
    assert actions.found_network(by=HOUSE, name="Мрежа Југ").slug == "mreza-jug"


def test_who_admits_organisations_and_what_each_gets(cast):
    assert who_can(
        cast, lambda by: actions.create_organisation(by=by, network=cast.me, name="Sunce", country="ME")
    ) == {"national", "secretariat"}
    made = actions.create_organisation(by=cast.viewer("national"), network=cast.me, name="Sunce", country="me")
    assert sealing.store().organisation_key(made.pk)
    assert made.country == "ME"
    assert queries.standing(made, cast.me).status == M.MEMBER
    assert [entry.event for entry in TrailEntry.objects.filter(organisation_id=made.pk)] == ["organisation.created"]


def test_names_give_readable_free_addresses(cast):
    rows = [
        {"name": "Друштво „Сунце“", "country": "ME"},
        {"name": "Društvo Sunce", "country": "ME"},
        {"name": "???", "country": "ME"},
    ]
    made = actions.admit_organisations(by=HOUSE, network=cast.me, rows=rows)
    assert [each.slug for each in made] == ["drustvo-sunce", "drustvo-sunce-2", "organisation"]
    with pytest.raises(Conflict):
        actions.create_organisation(by=HOUSE, network=cast.me, name="X", country="ME", slug="niksic")


@pytest.mark.parametrize(
    "bad",
    [
        {"name": "", "country": "ME"},
        {"name": "X", "country": "Montenegro"},
        {"name": "X", "country": "QQ"},
        {"name": "x" * 201, "country": "ME"},
    ],
)
def test_of_many_one_bad_row_stops_all(cast, bad):
    before = Organisation.objects.count()
    with pytest.raises(Refused):
        actions.admit_organisations(by=HOUSE, network=cast.me, rows=[{"name": "Good", "country": "ME"}, bad])
    assert Organisation.objects.count() == before


def test_admitting_many_asks_no_more_of_the_database_than_admitting_few(cast):
    def queries_for(number):
        rows = [{"name": f"U {number} {i}", "country": "ME"} for i in range(number)]
        with CaptureQueriesContext(connection) as seen:
            actions.admit_organisations(by=HOUSE, network=cast.me, rows=rows)
        return len(seen)

    assert queries_for(42) == queries_for(2)


def test_who_changes_a_profile(cast):
    def change(by):
        actions.change_organisation(by=by, organisation=Organisation.objects.get(pk=cast.niksic.pk), town="Nikšić")

    assert who_can(cast, change) == {"coordinator", "national", "secretariat"}


def _set(cast, organisation, network, status):
    return lambda by: actions.change_standing(
        by=by, organisation=organisation, network=network, status=status, reason="because"
    )


def test_who_changes_standing(cast):
    assert who_can(cast, _set(cast, cast.niksic, cast.me, M.SUSPENDED)) == {"national", "secretariat"}
    assert who_can(cast, _set(cast, cast.niksic, cast.me, M.LEFT)) == {"coordinator", "national", "secretariat"}
    assert who_can(cast, _set(cast, cast.niksic, cast.rs, M.APPLICANT)) == {"coordinator", "secretariat"}
    assert who_can(cast, _set(cast, cast.nis, cast.me, M.MEMBER)) == {"secretariat"}  # `me` cannot draw `nis` in


def test_standing_over_time(cast):
    by, day = cast.viewer("national"), dt.date
    actions.change_standing(
        by=by, organisation=cast.niksic, network=cast.me, status=M.SUSPENDED, since=day(2022, 3, 1), reason="No report"
    )
    actions.change_standing(by=by, organisation=cast.niksic, network=cast.me, status=M.MEMBER, since=day(2022, 9, 1))
    told = [(m.status, m.since, m.until) for m in queries.standing_over_time(by, cast.niksic)]
    assert told == [
        (M.MEMBER, day(2022, 9, 1), None),
        (M.SUSPENDED, day(2022, 3, 1), day(2022, 9, 1)),
        (M.MEMBER, day(2019, 1, 1), day(2022, 3, 1)),
    ]
    with pytest.raises(Refused):
        actions.change_standing(
            by=by, organisation=cast.niksic, network=cast.me, status=M.LEFT, since=day(2022, 1, 1), reason="x"
        )
    assert last_entry().event == "membership.member"


def test_an_organisation_stands_in_several_networks_and_each_reaches_it(cast):
    assert not queries.may(cast.viewer("national"), Permission.SEE_ORGANISATION, cast.nis)
    actions.change_standing(
        by=cast.viewer("other_coordinator"), organisation=cast.nis, network=cast.me, status=M.APPLICANT
    )
    assert queries.may(cast.viewer("national"), Permission.SEE_ORGANISATION, cast.nis)
    actions.change_standing(by=cast.viewer("national"), organisation=cast.nis, network=cast.me, status=M.MEMBER)
    assert queries.networks_above(cast.nis.pk) == {cast.me.pk, cast.rs.pk, cast.region.pk}
    actions.change_standing(
        by=cast.viewer("other_coordinator"), organisation=cast.nis, network=cast.me, status=M.LEFT, reason="x"
    )
    assert not queries.may(cast.viewer("national"), Permission.SEE_ORGANISATION, cast.nis)
    with pytest.raises(NotFound):  # and is not drawn in again against its will
        actions.change_standing(by=cast.viewer("national"), organisation=cast.nis, network=cast.me, status=M.MEMBER)


def test_one_standing_at_a_time_is_held_by_the_database(cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(organisation=cast.niksic, network=cast.me, status=M.LEFT, since=dt.date(2024, 1, 1))


# --- Roles ---------------------------------------------------------------------------------------------


def test_who_gives_roles(cast):
    nobody = cast.accounts["nobody"]

    def give(role, of):
        return who_can(cast, lambda by: actions.give_role(by=by, account=nobody, role=role, of=of))

    given = {role: give(role, cast.niksic) for role in (R.FIELD_WORKER, R.ORGANISATION_COORDINATOR)}
    assert given == {R.FIELD_WORKER: {"coordinator"}, R.ORGANISATION_COORDINATOR: {"coordinator"}}
    given = {role: give(role, cast.me) for role in (R.OBSERVER, R.NATIONAL_COORDINATOR, R.NETWORK_SECRETARIAT)}
    assert given[R.OBSERVER] == given[R.NATIONAL_COORDINATOR] == {"national", "secretariat"}
    assert given[R.NETWORK_SECRETARIAT] == {"secretariat"}


@pytest.mark.parametrize("role, place", [(R.OBSERVER, "niksic"), (R.FIELD_WORKER, "me")])
def test_a_role_is_given_only_where_it_is_held(cast, role, place):
    for by in (HOUSE, cast.viewer("coordinator"), cast.viewer("secretariat")):
        with pytest.raises((Refused, NotFound)):
            actions.give_role(by=by, account=cast.accounts["nobody"], role=role, of=getattr(cast, place))


def test_a_role_is_not_given_twice(cast):
    with pytest.raises(Conflict):
        actions.give_role(by=HOUSE, account=cast.accounts["worker"], role=R.FIELD_WORKER, of=cast.niksic)


def test_giving_and_taking_leave_entries_and_notices(cast):
    nobody, by = cast.accounts["nobody"], cast.viewer("coordinator")
    grant = actions.give_role(by=by, account=nobody, role=R.FIELD_WORKER, of=cast.niksic)
    entry = last_entry()
    assert (entry.event, entry.organisation_id, entry.actor_id) == ("role.given", cast.niksic.pk, by.account_id)
    assert entry.detail == {"account": str(nobody.pk), "role": "field_worker"}
    assert queries.may(cast.viewer("nobody"), Permission.SEE_PEOPLE, cast.niksic)
    actions.take_role(by=by, grant_id=grant.pk, of=cast.niksic)
    assert last_entry().event == "role.taken"
    assert not queries.may(cast.viewer("nobody"), Permission.SEE_PEOPLE, cast.niksic)
    assert Notice.objects.filter(account=nobody).count() == 2
    with pytest.raises(NotFound):
        actions.take_role(by=by, grant_id=grant.pk, of=cast.niksic)


def test_who_takes_roles(cast):
    worker = RoleGrant.objects.get(account=cast.accounts["worker"])
    assert who_can(cast, lambda by: actions.take_role(by=by, grant_id=worker.pk, of=cast.niksic)) == {
        "worker",
        "coordinator",
    }
    secretariat = actions.give_role(by=HOUSE, account=cast.accounts["nobody"], role=R.NETWORK_SECRETARIAT, of=cast.me)
    assert who_can(cast, lambda by: actions.take_role(by=by, grant_id=secretariat.pk, of=cast.me)) == {
        "nobody",
        "secretariat",
    }


def test_a_grant_is_not_taken_through_another_place(cast):
    worker = RoleGrant.objects.get(account=cast.accounts["worker"])
    with pytest.raises(NotFound):
        actions.take_role(by=cast.viewer("other_coordinator"), grant_id=worker.pk, of=cast.nis)


def test_the_last_coordinator_stays_until_there_is_a_successor(cast):
    by, own = cast.viewer("coordinator"), RoleGrant.objects.get(account=cast.accounts["coordinator"])
    with pytest.raises(Refused, match="successor"):
        actions.take_role(by=by, grant_id=own.pk, of=cast.niksic)
    actions.give_role(by=by, account=cast.accounts["worker"], role=R.ORGANISATION_COORDINATOR, of=cast.niksic)
    actions.take_role(by=by, grant_id=own.pk, of=cast.niksic)
    assert not queries.can_manage(cast.viewer("coordinator"), cast.niksic)


def test_the_last_secretariat_stays_too(cast):
    own = RoleGrant.objects.get(account=cast.accounts["secretariat"])
    with pytest.raises(Refused, match="successor"):
        actions.take_role(by=cast.viewer("secretariat"), grant_id=own.pk, of=cast.region)


def test_a_coordinator_whose_account_is_closed_is_no_successor(cast):
    by, other = cast.viewer("coordinator"), cast.accounts["worker"]
    actions.give_role(by=by, account=other, role=R.ORGANISATION_COORDINATOR, of=cast.niksic)
    Account.objects.filter(pk=other.pk).update(is_active=False)
    with pytest.raises(Refused, match="successor"):
        actions.take_role(by=by, grant_id=RoleGrant.objects.get(account_id=by.account_id).pk, of=cast.niksic)


def test_the_network_appoints_the_first_coordinator_and_only_the_first(cast):
    national, nobody = cast.viewer("national"), cast.accounts["nobody"]
    made = actions.create_organisation(by=national, network=cast.me, name="Sunce", country="ME")
    with pytest.raises(NotAllowed):  # not herself: she would see the people it helps
        actions.give_role(by=national, account=cast.accounts["national"], role=R.ORGANISATION_COORDINATOR, of=made)
    with pytest.raises(NotAllowed):
        actions.give_role(by=national, account=nobody, role=R.FIELD_WORKER, of=made)
    with pytest.raises(NotAllowed):
        actions.invite(by=national, of=made, role=R.ORGANISATION_COORDINATOR, email="National@example.org")
    actions.give_role(by=national, account=nobody, role=R.ORGANISATION_COORDINATOR, of=made)
    with pytest.raises(NotAllowed):
        actions.give_role(by=national, account=cast.accounts["worker"], role=R.ORGANISATION_COORDINATOR, of=made)


# --- Invitations ---------------------------------------------------------------------------------------


def invited(cast, by="coordinator", of=None, role=R.FIELD_WORKER, email=""):
    viewer = cast.viewer(by)
    invitation = actions.invite(by=viewer, of=of or cast.niksic, role=role, email=email)
    return invitation, queries.invitation_token(viewer, invitation)


NEW = {"name": "Mira", "email": "mira@example.org", "password": "tri zelene lubenice", "language": "sq"}


def test_who_invites(cast):
    assert who_can(cast, lambda by: actions.invite(by=by, of=cast.niksic, role=R.FIELD_WORKER)) == {"coordinator"}
    assert who_can(cast, lambda by: actions.invite(by=by, of=cast.me, role=R.OBSERVER)) == {"national", "secretariat"}
    assert who_can(cast, lambda by: actions.invite(by=by, of=cast.niksic, role=R.ORGANISATION_COORDINATOR)) == {
        "coordinator"
    }


def test_accepting_makes_an_account_with_the_role_once(cast):
    invitation, token = invited(cast)
    mira = actions.accept_invitation(by=VISITOR, token=token, **NEW)
    assert (mira.email, mira.language, mira.is_administrator) == ("mira@example.org", "sq", False)
    assert mira.check_password(NEW["password"])
    assert [grant.role for grant in queries.viewer_of(mira).grants] == [R.FIELD_WORKER]
    with pytest.raises(NotFound):
        actions.accept_invitation(by=VISITOR, token=token, **NEW | {"email": "second@example.org"})
    assert {"invitation.made", "invitation.accepted", "role.given"} <= set(
        TrailEntry.objects.values_list("event", flat=True)
    )
    assert "mira" not in str(
        list(TrailEntry.objects.filter(event__startswith="invitation").values_list("detail", flat=True))
    )
    assert Notice.objects.filter(account=cast.accounts["coordinator"]).count() == 1


def test_the_database_holds_no_link(cast):
    invitation, token = invited(cast)
    row = Invitation.objects.filter(pk=invitation.pk).values().get()
    assert token not in str(row)
    assert len(token) == 43


@pytest.mark.parametrize(
    "change",
    [lambda t: t[:-1] + ("A" if t[-1] != "A" else "B"), str.lower, lambda t: t + "A", lambda t: t[:-1], lambda t: ""],
)
def test_a_link_that_was_tampered_with_opens_nothing(cast, change):
    token = invited(cast)[1]
    with pytest.raises(NotFound):
        actions.accept_invitation(by=VISITOR, token=change(token), **NEW)
    assert not Account.objects.filter(email=NEW["email"]).exists()


def test_links_of_another_kind_or_another_installation_open_nothing(cast, tmp_path):
    from duga.vault.keystore import KeyStore

    invitation, token = invited(cast)
    assert queries.token_of("recovery", invitation.pk) != token
    sealing.use_store(KeyStore(tmp_path / "other.sqlite3", b"\x22" * 32))
    assert queries.token_of("invitation", invitation.pk) != token


def test_an_invitation_expires_after_two_weeks(cast):
    invitation, token = invited(cast)
    assert dt.timedelta(days=13, hours=23) < invitation.expires_at - timezone.now() <= dt.timedelta(days=14)
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    with pytest.raises(NotFound):
        actions.accept_invitation(by=VISITOR, token=token, **NEW)
    renewed = actions.renew_invitation(by=cast.viewer("coordinator"), invitation_id=invitation.pk)
    actions.accept_invitation(by=VISITOR, token=queries.invitation_token(cast.viewer("coordinator"), renewed), **NEW)


def test_renewing_ends_the_links_before_and_withdrawing_ends_all(cast):
    invitation, old = invited(cast)
    renewed = actions.renew_invitation(by=cast.viewer("coordinator"), invitation_id=invitation.pk)
    new = queries.invitation_token(cast.viewer("coordinator"), renewed)
    with pytest.raises(NotFound):
        queries.invitation_by_token(old)
    assert queries.invitation_by_token(new) == invitation
    actions.revoke_invitation(by=cast.viewer("coordinator"), invitation_id=invitation.pk)
    with pytest.raises(NotFound):
        queries.invitation_by_token(new)
    with pytest.raises(Refused):
        actions.renew_invitation(by=cast.viewer("coordinator"), invitation_id=invitation.pk)


def test_who_withdraws_and_renews(cast):
    invitation, _ = invited(cast)
    for act in (actions.revoke_invitation, actions.renew_invitation):
        assert who_can(cast, lambda by, act=act: act(by=by, invitation_id=invitation.pk)) == {"coordinator"}


def test_the_invitation_of_a_first_coordinator_is_renewed_by_the_network(cast):
    made, invitation = actions.welcome_organisation(
        by=cast.viewer("national"), network=cast.me, name="Sunce", country="ME"
    )
    renewed = actions.renew_invitation(by=cast.viewer("national"), invitation_id=invitation.pk)
    with pytest.raises(NotAllowed):  # one waits already
        actions.invite(by=cast.viewer("national"), of=made, role=R.ORGANISATION_COORDINATOR)
    token = queries.invitation_token(cast.viewer("national"), renewed)
    actions.accept_invitation(by=VISITOR, token=token, **NEW)
    with pytest.raises(NotAllowed):
        queries.invitation_by_id(cast.viewer("national"), invitation.pk)


def test_a_refused_organisation_leaves_nothing_behind(cast):
    with pytest.raises(Refused):
        actions.welcome_organisation(by=HOUSE, network=cast.me, name="Sunce", country="ME", email="not an address")
    assert not Organisation.objects.filter(name="Sunce").exists()


def test_who_has_an_account_signs_in_and_gets_the_role(cast):
    token = invited(cast, email="nobody@example.org")[1]
    with pytest.raises(Conflict):  # the link alone does not open an account that exists
        actions.accept_invitation(by=VISITOR, token=token, **NEW)
    with pytest.raises(Refused, match="another address"):
        actions.accept_invitation(by=cast.viewer("worker"), token=token)
    account = actions.accept_invitation(by=cast.viewer("nobody"), token=token)
    assert account == cast.accounts["nobody"]
    assert queries.may(cast.viewer("nobody"), Permission.SEE_PEOPLE, cast.niksic)


def test_an_invitation_to_an_address_makes_an_account_of_that_address_only(cast):
    token = invited(cast, email="Mira@Example.org")[1]
    account = actions.accept_invitation(by=VISITOR, token=token, **NEW | {"email": "someone.else@example.org"})
    assert account.email == "mira@example.org"


def test_a_weak_password_is_refused_and_the_invitation_waits(cast):
    token = invited(cast)[1]
    for password in ("short", "password1234", "mira@example.org"):
        with pytest.raises(Refused):
            actions.accept_invitation(by=VISITOR, token=token, **NEW | {"password": password})
    actions.accept_invitation(by=VISITOR, token=token, **NEW)


def test_whoever_loses_her_role_leaves_no_way_back_in(cast):
    by = cast.viewer("coordinator")
    token = invited(cast)[1]
    actions.give_role(by=by, account=cast.accounts["worker"], role=R.ORGANISATION_COORDINATOR, of=cast.niksic)
    actions.take_role(
        by=cast.viewer("worker"), grant_id=RoleGrant.objects.get(account_id=by.account_id).pk, of=cast.niksic
    )
    with pytest.raises(NotFound):
        actions.accept_invitation(by=VISITOR, token=token, **NEW)


def test_the_mail_carries_the_link_and_nothing_personal(cast, settings, django_capture_on_commit_callbacks):
    settings.HAS_MAIL = True
    with django_capture_on_commit_callbacks(execute=True):
        invitation, token = invited(cast, email="mira@example.org")
    message = mail.outbox[0]
    assert message.to == ["mira@example.org"]
    assert f"/invitation/{token}/" in message.body
    assert "Coordinator" not in message.subject + message.body.replace("Organisation coordinator", "")
    with django_capture_on_commit_callbacks(execute=True):
        invited(cast)
    assert len(mail.outbox) == 1


def test_a_mail_server_that_is_down_stops_nobody(cast, settings, monkeypatch, django_capture_on_commit_callbacks):
    settings.HAS_MAIL = True

    def down(self, fail_silently=False):
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", down)
    with django_capture_on_commit_callbacks(execute=True):
        assert invited(cast, email="mira@example.org")[1]


# --- Letting in again ----------------------------------------------------------------------------------


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


# --- Administrators ------------------------------------------------------------------------------------


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


# --- The rest ------------------------------------------------------------------------------------------


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
