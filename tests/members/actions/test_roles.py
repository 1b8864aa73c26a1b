"""Roles: who gives and takes them, and that no place is left without a keeper."""

import pytest

from duga.members import actions, queries
from duga.members.models import (
    Account,
    Notice,
    RoleGrant,
)
from duga.members.rules import Permission
from duga.plain.errors import Conflict, NotAllowed, NotFound, Refused
from tests.members.actions.helpers import HOUSE, R, last_entry, who_can


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
