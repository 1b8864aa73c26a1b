"""The rules of members as tables: roles, giving and taking, standing."""

import datetime as dt
import re
import uuid
from pathlib import Path

import pytest

from duga import members
from duga.members.adapters.account import EVENTS
from duga.members.rules import (
    ADMINISTRATOR_BELOW,
    ADMINISTRATOR_SESSION,
    EVENT_WORDS,
    KEEPERS,
    MANAGES,
    MEMBER_STATUS_LABELS,
    MEMBER_TRANSITIONS,
    NEEDS_SECOND_FACTOR,
    ROLES,
    STANDING_SET_BY,
    VISITOR,
    Grant,
    MemberStatus,
    OpenSession,
    Permission,
    Role,
    Scope,
    Viewer,
    allows,
    check_standing,
    event_words,
    held_in,
    may_give,
    may_take,
    needs_second_factor,
)
from duga.plain.errors import Refused

P, R, S, M = Permission, Role, Scope, MemberStatus
OF_PEOPLE = {P.SEE_PEOPLE, P.ADD_PEOPLE, P.ERASE_PEOPLE, P.RECORD_ASSISTANCE, P.SEE_RECORDS, P.CORRECT_RECORDS,
             P.IMPORT_RECORDS, P.EXPORT_RECORDS, P.ASSIGN_WORK, P.FOLLOW_CASES, P.APPROVE_CASES, P.ANSWER_HELPLINE,
             P.REFER, P.PROTECT_DATA}  # fmt: skip
ORG, OTHER, NET, ABOVE = (uuid.uuid4() for _ in range(4))
DAY = dt.date(2024, 5, 1)


def holding(*roles, organisation=None, network=None):
    return Viewer(account_id=uuid.uuid4(), grants=tuple(Grant(role, organisation, network) for role in roles))


def in_session(scope):
    until = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
    return Viewer(
        account_id=uuid.uuid4(), is_administrator=True, sessions=(OpenSession(uuid.uuid4(), scope, "x", until),)
    )


def test_every_role_has_a_name_a_sentence_and_a_place():
    assert set(ROLES) == set(Role)
    for rule in ROLES.values():
        assert rule.label
        assert rule.sentence.endswith(".")
        assert rule.permissions


def test_every_permission_is_held_by_some_role():
    assert set(Permission) == {permission for rule in ROLES.values() for permission in rule.permissions}


def test_the_data_protection_officer_opens_nobodys_record():
    assert not ROLES[R.DATA_PROTECTION_OFFICER].permissions & (OF_PEOPLE - {P.PROTECT_DATA})


def test_no_network_role_and_no_administrators_session_touches_the_people_helped():
    for role, rule in ROLES.items():
        if rule.scope is S.NETWORK:
            assert not rule.permissions & OF_PEOPLE, role
    assert not (ADMINISTRATOR_SESSION | ADMINISTRATOR_BELOW) & OF_PEOPLE


def test_a_second_factor_is_asked_of_who_sees_people_or_manages():
    assert set(Role) - {R.OBSERVER, R.REVIEWER} == NEEDS_SECOND_FACTOR
    assert needs_second_factor(Viewer(is_administrator=True))
    assert not needs_second_factor(holding(R.OBSERVER, network=NET))
    assert not needs_second_factor(VISITOR)


GIVE = {  # who may give what where they hold their role
    R.FIELD_WORKER: set(),
    R.HELPLINE_OPERATOR: set(),
    R.CASE_MANAGER: set(),
    R.CASE_SUPERVISOR: set(),
    R.DATA_PROTECTION_OFFICER: set(),
    R.ORGANISATION_COORDINATOR: {
        R.FIELD_WORKER,
        R.HELPLINE_OPERATOR,
        R.CASE_MANAGER,
        R.CASE_SUPERVISOR,
        R.DATA_PROTECTION_OFFICER,
        R.ORGANISATION_COORDINATOR,
    },
    R.NATIONAL_COORDINATOR: {R.NATIONAL_COORDINATOR, R.REVIEWER, R.OBSERVER},
    R.NETWORK_SECRETARIAT: {R.NATIONAL_COORDINATOR, R.NETWORK_SECRETARIAT, R.REVIEWER, R.OBSERVER},
    R.REVIEWER: set(),
    R.OBSERVER: set(),
}


@pytest.mark.parametrize("giver", list(Role))
def test_who_gives_what(giver):
    scope = ROLES[giver].scope
    held = ROLES[giver].permissions
    assert {role for role in Role if may_give(role, held, scope)} == GIVE[giver]
    assert {role for role in Role if may_take(role, held, scope) and ROLES[role].scope is scope} == GIVE[giver]


@pytest.mark.parametrize("giver", list(Role))
def test_nobody_gives_what_they_may_not_do(giver):
    held = ROLES[giver].permissions
    for scope in Scope:
        for role in Role:
            if may_give(role, held, scope):
                assert ROLES[role].permissions <= held


@pytest.mark.parametrize("giver", list(Role))
def test_the_first_keeper_is_appointed_from_above_and_never_by_and_for_oneself(giver):
    held = ROLES[giver].permissions
    appoints = P.MANAGE_NETWORK in held or P.MANAGE_ORGANISATION in held
    assert may_give(R.ORGANISATION_COORDINATOR, held, S.ORGANISATION, unkept=True) is appoints
    if P.MANAGE_ORGANISATION not in held:
        assert not may_give(R.ORGANISATION_COORDINATOR, held, S.ORGANISATION, unkept=True, self_=True)
        assert not may_give(R.FIELD_WORKER, held, S.ORGANISATION, unkept=True)


def test_an_administrators_session_appoints_the_missing_keeper_and_no_one_else():
    held = held_in(in_session(ORG), organisation_id=ORG)
    assert {role for role in Role if may_give(role, held, S.ORGANISATION)} == set()
    assert {role for role in Role if may_give(role, held, S.ORGANISATION, unkept=True)} == KEEPERS[S.ORGANISATION]
    assert may_take(R.ORGANISATION_COORDINATOR, held, S.ORGANISATION, in_session=True)
    assert not may_take(R.ORGANISATION_COORDINATOR, held, S.ORGANISATION)


def test_a_session_opens_its_own_place_only():
    assert held_in(in_session(ORG), organisation_id=ORG, network_ids={NET}) == ADMINISTRATOR_SESSION
    assert held_in(in_session(OTHER), organisation_id=ORG, network_ids={NET}) == set()
    assert held_in(in_session(NET), organisation_id=ORG, network_ids={NET}) == ADMINISTRATOR_BELOW
    assert P.SEE_TRAIL in held_in(in_session(NET), network_ids={NET})
    assert P.MANAGE_ORGANISATION not in held_in(in_session(NET), organisation_id=ORG, network_ids={NET})


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("permission", list(Permission))
def test_roles_reach_their_place_and_below_and_nothing_else(role, permission):
    rule = ROLES[role]
    if rule.scope is S.ORGANISATION:
        viewer = holding(role, organisation=ORG)
        assert allows(viewer, permission, organisation_id=ORG) is (permission in rule.permissions)
        assert not allows(viewer, permission, organisation_id=OTHER, network_ids={NET, ABOVE})
        assert not allows(viewer, permission, network_ids={NET})
    else:
        viewer = holding(role, network=ABOVE)
        assert allows(viewer, permission, organisation_id=ORG, network_ids={NET, ABOVE}) is (
            permission in rule.permissions
        )
        assert not allows(viewer, permission, organisation_id=ORG, network_ids={NET})
        assert not allows(viewer, permission, organisation_id=ORG)


def test_everything_about_standing_is_told():
    assert set(MEMBER_STATUS_LABELS) == set(STANDING_SET_BY) == set(MemberStatus)
    assert set(MEMBER_TRANSITIONS) == {None, *MemberStatus}
    assert set(MANAGES) == set(KEEPERS) == set(Scope)


STEPS = {  # from → to: allowed for (network, organisation)
    (None, M.APPLICANT): (True, True),
    (None, M.MEMBER): (True, False),
    (M.APPLICANT, M.MEMBER): (True, False),
    (M.APPLICANT, M.LEFT): (True, True),
    (M.MEMBER, M.SUSPENDED): (True, False),
    (M.MEMBER, M.LEFT): (True, True),
    (M.SUSPENDED, M.MEMBER): (True, False),
    (M.SUSPENDED, M.LEFT): (True, True),
    (M.LEFT, M.APPLICANT): (True, True),
    (M.LEFT, M.MEMBER): (True, False),
}


@pytest.mark.parametrize("now", [None, *MemberStatus])
@pytest.mark.parametrize("wanted", list(MemberStatus))
@pytest.mark.parametrize("side", list(Scope))
def test_each_step_of_standing_by_each_side(now, wanted, side):
    allowed = STEPS.get((now, wanted), (False, False))[0 if side is S.NETWORK else 1]

    def step():
        check_standing(now, wanted, sides={side}, since=DAY, start=DAY if now else None, today=DAY, reason="because")

    if allowed:
        step()
    else:
        with pytest.raises(Refused):
            step()


@pytest.mark.parametrize(
    "change, word",
    [
        ({"since": dt.date(2024, 5, 2)}, "future"),
        ({"since": dt.date(2024, 4, 30)}, "before"),
        ({"reason": "  "}, "why"),
        ({"sides": set()}, "network"),
    ],
)
def test_days_and_reasons_of_standing(change, word):
    told = {"sides": {S.NETWORK}, "since": DAY, "start": DAY, "today": DAY, "reason": "because"} | change
    with pytest.raises(Refused, match=word):
        check_standing(M.MEMBER, M.SUSPENDED, **told)


OF_LATER = {"organisation.exported", "organisation.destroyed"}


def test_every_event_that_members_writes_has_words():
    source = "".join(path.read_text() for path in (Path(members.__file__).parent / "actions").glob("*.py"))
    written = set(
        re.findall(r'"((?:account|administrator|invitation|mapping|network|organisation|role)\.[a-z_]+)"', source)
    )
    written |= {f"membership.{status.value}" for status in MemberStatus}
    written |= {f"account.{event}" for event in EVENTS.values()}
    ours = {event.split(".")[0] for event in written}  # later stages add words of their own
    assert written == {event for event in EVENT_WORDS if event.split(".")[0] in ours and event not in OF_LATER}
    assert event_words("person.opened_again") == "person: opened again"
