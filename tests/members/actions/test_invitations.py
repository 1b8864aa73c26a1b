"""Invitations: made, accepted, renewed, withdrawn, and what can go wrong on the way."""

import datetime as dt

import pytest
from django.core import mail
from django.utils import timezone

from duga.members import actions, queries
from duga.members.models import (
    Account,
    Invitation,
    Notice,
    Organisation,
    RoleGrant,
    TrailEntry,
)
from duga.members.rules import VISITOR, Permission
from duga.plain.errors import Conflict, NotAllowed, NotFound, Refused
from duga.vault import sealing
from tests.members.actions.helpers import HOUSE, NEW, R, who_can


def invited(cast, by="coordinator", of=None, role=R.FIELD_WORKER, email=""):
    viewer = cast.viewer(by)
    invitation = actions.invite(by=viewer, of=of or cast.niksic, role=role, email=email)
    return invitation, queries.invitation_token(viewer, invitation)


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
