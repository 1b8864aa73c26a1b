"""Who may what: organisation roles reach their own organisation, network roles the members below, and no people."""

import pytest

from duga.members.queries import may, organisation_by_slug, organisations_of, require
from duga.members.rules import ROLES, VISITOR, Permission, Scope
from duga.plain.errors import NotFound, Refused

P = Permission


def test_an_organisation_role_reaches_its_own_organisation_only(cast):
    assert may(cast.viewer("worker"), P.SEE_PEOPLE, of=cast.niksic)
    assert not may(cast.viewer("worker"), P.SEE_PEOPLE, of=cast.nis)


def test_a_network_role_reaches_the_members_below_it_but_never_their_people(cast):
    assert may(cast.viewer("secretariat"), P.SEE_ORGANISATION, of=cast.nis)
    assert may(cast.viewer("national"), P.SEE_ORGANISATION, of=cast.niksic)
    assert not may(cast.viewer("national"), P.SEE_ORGANISATION, of=cast.nis)
    assert [
        role for role, rule in ROLES.items() if rule.scope is Scope.NETWORK and P.SEE_PEOPLE in rule.permissions
    ] == []


@pytest.mark.parametrize("permission", list(P))
def test_administrators_and_strangers_hold_no_standing_power(cast, permission):
    for viewer in (cast.viewer("administrator"), cast.viewer("nobody"), VISITOR):
        assert not may(viewer, permission, of=cast.niksic)
        assert not may(viewer, permission, of=cast.region)


def test_not_yours_looks_like_not_there(cast):
    with pytest.raises(NotFound):
        organisation_by_slug(cast.viewer("worker"), "nis")
    with pytest.raises(NotFound):
        organisation_by_slug(cast.viewer("worker"), "nowhere")
    with pytest.raises(Refused):
        require(cast.viewer("observer"), P.SEE_PEOPLE, of=cast.niksic)


def test_the_list_of_organisations_follows_the_role(cast):
    assert organisations_of(cast.viewer("worker")) == [cast.niksic]
    assert set(organisations_of(cast.viewer("observer"))) == {cast.niksic, cast.nis}
    assert organisations_of(cast.viewer("observer"), P.SEE_PEOPLE) == []
