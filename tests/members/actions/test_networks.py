"""Networks and organisations: who founds, admits, changes their standing, and what it leaves in the trail."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from duga.members import actions, queries
from duga.members.models import (
    Membership,
    Organisation,
    TrailEntry,
)
from duga.members.rules import Permission
from duga.plain.errors import Conflict, NotFound, Refused
from duga.vault import sealing
from tests.members.actions.helpers import HOUSE, M, last_entry, who_can


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
