"""Roles in a household; parties that join, split, lose one another."""

import datetime as dt

import pytest

from duga.casework import actions, queries
from duga.casework.models import PartyMember, TravellingParty
from duga.casework.rules import Left, PartyState
from duga.members.models import TrailEntry
from duga.plain.errors import Conflict, NotFound, Refused
from tests.plain.test_attached import pdf

DAY, TODAY = dt.date(2026, 3, 4), dt.date.today()


@pytest.fixture
def worker(cast):
    return cast.viewer("worker")


@pytest.fixture
def party(cast, worker, add):
    ana, marko = add("Ana", "Ilić"), add("Marko", "Ilić")
    row = actions.start_party(
        by=worker, organisation_id=cast.niksic.pk, size=5, size_qualifier="at_least", since=DAY,
        person_ids=[ana.pk, marko.pk], role="sibling",
    )  # fmt: skip
    return row, ana, marko


def test_a_household_holds_its_people_in_roles_and_keeps_its_real_size(cast, worker, add):
    ana, child = add("Ana", "Ilić"), add("Mia", "Ilić")
    home = actions.register_household(by=worker, organisation_id=cast.niksic.pk, size=2, head_id=ana.pk)
    actions.add_household_member(by=worker, household_id=home.pk, person_id=ana.pk, role="head")
    with pytest.raises(Refused, match="already"):
        actions.add_household_member(by=worker, household_id=home.pk, person_id=ana.pk, role="spouse")
    row = actions.add_household_member(by=worker, household_id=home.pk, person_id=child.pk, role="child", since=DAY)
    with pytest.raises(Refused, match="real size"):
        actions.add_household_member(by=worker, household_id=home.pk, role="grandparent")
    assert [each.role for each in queries.household_members(worker, home.pk)] == ["head", "child"]
    actions.end_household_member(by=worker, member_id=row.pk)
    home.refresh_from_db()
    assert home.size == 2 and len(queries.household_members(worker, home.pk)) == 1
    assert len(queries.household_members(worker, home.pk, past=True)) == 2
    with pytest.raises(Refused):
        actions.add_household_member(by=worker, household_id=home.pk, role="landlord")
    with pytest.raises(NotFound):
        actions.end_household_member(by=cast.viewer("other_worker"), member_id=row.pk)


def test_a_party_grows_when_more_are_written_down(worker, party, add):
    row, *_ = party
    for given in ("Sara", "Ema", "Luka", "Ivo"):
        actions.join_party(by=worker, party_id=row.pk, person_id=add(given, "Novak").pk, role="companion", joined=DAY)
    row.refresh_from_db()
    assert row.size == 6 and len(queries.party_members(worker, row.pk)) == 6


def test_nobody_travels_in_two_parties_at_once(cast, worker, party):
    _, ana, _ = party
    with pytest.raises(Refused, match="another party"):
        actions.start_party(by=worker, organisation_id=cast.niksic.pk, size=1, since=DAY, person_ids=[ana.pk])


def test_some_go_on_by_themselves(worker, party):
    row, ana, _ = party
    member = PartyMember.objects.get(person=ana)
    part = actions.split_party(by=worker, party_id=row.pk, member_ids=[member.pk], size=2, on=DAY)
    row.refresh_from_db()
    member.refresh_from_db()
    assert (row.size, row.state, part.size, part.split_from_id) == (3, PartyState.TRAVELLING, 2, row.pk)
    assert (member.why, member.left) == (Left.SPLIT, DAY)
    assert [each.person_id for each in queries.party_members(worker, part.pk)] == [ana.pk]
    assert queries.party_of(worker, ana.pk) == part


def test_a_party_whose_people_all_go_on_is_gone_in_parts(worker, party):
    row, *_ = party
    ids = [member.pk for member in queries.party_members(worker, row.pk)]
    actions.split_party(by=worker, party_id=row.pk, member_ids=ids, size=5, on=DAY)
    row.refresh_from_db()
    assert (row.state, row.until) == (PartyState.SPLIT, DAY)


def test_they_lose_one_another_and_the_numbers_follow(worker, party):
    row, ana, _ = party
    member = PartyMember.objects.get(person=ana)
    with pytest.raises(Refused, match="why"):
        actions.leave_party(by=worker, party_id=row.pk, member_ids=[member.pk], why="split")
    actions.leave_party(by=worker, party_id=row.pk, member_ids=[member.pk], why="lost_one_another", left=DAY)
    row.refresh_from_db()
    assert row.size == 4
    assert [each.why for each in queries.party_members(worker, row.pk, past=True)] == ["", "lost_one_another"]
    with pytest.raises(Refused, match="not in this party"):
        actions.leave_party(by=worker, party_id=row.pk, member_ids=[member.pk], why="stayed")
    told = [moment.kind for moment in queries.timeline(worker, ana.pk)]
    assert told.count("party") == 2


def test_states_follow_the_table(worker, party):
    row, *_ = party
    row.refresh_from_db()
    row = actions.change_party(by=worker, party_id=row.pk, version=row.version, state="lost_sight")
    with pytest.raises(Refused, match="cannot become"):
        actions.change_party(by=worker, party_id=row.pk, version=row.version, state="split")
    row = actions.change_party(by=worker, party_id=row.pk, version=row.version, state="arrived", size=6, on=DAY)
    assert (row.until, row.size) == (DAY, 6)
    with pytest.raises(Conflict):
        actions.change_party(by=worker, party_id=row.pk, version=1, size=3)
    with pytest.raises(Refused, match="real number"):
        actions.change_party(by=worker, party_id=row.pk, version=row.version, size=1)


def test_parties_stay_inside_their_walls(cast, worker, party, add, shelter):
    row, *_ = party
    other = cast.viewer("other_worker")
    stranger = add("Vesna", "Tot", by="other_worker", organisation=cast.nis)
    hidden = add("Mirjana", "Vukadinović", by="operator", programme_id=shelter.pk)
    for person in (stranger, hidden):
        with pytest.raises(NotFound):
            actions.join_party(by=worker, party_id=row.pk, person_id=person.pk, role="companion")
    for viewer in (other, cast.viewer("national"), cast.viewer("officer")):
        with pytest.raises((NotFound, Refused)):
            queries.party(viewer, row.pk)
    with pytest.raises(Refused, match="sealed"):
        actions.join_party(by=cast.viewer("operator"), party_id=row.pk, person_id=hidden.pk, role="companion")
    sealed = actions.start_party(
        by=cast.viewer("operator"), organisation_id=cast.niksic.pk, size=2, since=DAY, programme_id=shelter.pk,
        person_ids=[hidden.pk],
    )  # fmt: skip
    assert [each.pk for each in queries.parties(worker, cast.niksic)] == [row.pk]
    with pytest.raises(NotFound):
        queries.party(worker, sealed.pk)
    assert queries.parties(cast.viewer("operator"), cast.niksic).paginator.count == 2


def test_the_list_of_parties_asks_as_much_for_many_as_for_one(cast, worker, party, django_assert_max_num_queries):
    for _ in range(6):
        actions.start_party(by=worker, organisation_id=cast.niksic.pk, size=2, since=DAY)
    with django_assert_max_num_queries(4):
        assert {each.known for each in queries.parties(worker, cast.niksic)} == {0, 2}
    assert TravellingParty.objects.count() == 7


def test_what_is_noted_of_a_party_goes_with_the_last_of_it_who_is_known(cast, add, key_store, tmp_path, settings):
    """A party has a key of its own: erasing one of two leaves the notes, and says so; erasing the last destroys it."""
    settings.MEDIA_ROOT = tmp_path / "files"
    manager, coordinator = cast.viewer("manager"), cast.viewer("coordinator")
    people = (add("Amir", "A"), add("Leyla", "B"))
    party = actions.start_party(
        by=manager, organisation_id=cast.niksic.pk, size=4, since=TODAY, person_ids=[each.pk for each in people]
    )
    case = actions.open_case(by=manager, party_id=party.pk)
    actions.add_note(by=manager, case_id=case.pk, text="Amir looks for his brother")
    actions.attach_file(by=manager, case_id=case.pk, name="a.pdf", data=pdf())
    assert key_store.person_keys([party.pk]) and queries.key_gaps() == (0, 0)
    kept = actions.erase_person(by=coordinator, person_id=people[0].pk, reason="asked").kept
    assert kept["notes about a travelling party"] == 1
    assert [text for _note, text in actions.open_notes(by=manager, case_id=case.pk)] == ["Amir looks for his brother"]
    kept = actions.erase_person(by=coordinator, person_id=people[1].pk, reason="asked").kept
    assert "notes about a travelling party" not in kept and not key_store.person_keys([party.pk])
    assert [text for _note, text in actions.open_notes(by=manager, case_id=case.pk)] == [""]
    case.refresh_from_db()
    assert (case.state, case.reason) == ("closed", "erased") and not list((tmp_path / "files").glob("cases/*"))
    # Opened again it goes on, under the organisation's key.
    actions.reopen_case(by=manager, case_id=case.pk, reason="Two more of them came")
    assert "Two more of them came" in [text for _note, text in actions.open_notes(by=manager, case_id=case.pk)]
    assert "Two more" not in repr(TrailEntry.objects.values_list("detail", flat=True))
