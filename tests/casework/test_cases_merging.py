"""Two records of one person made one and parted again: nothing is lost, counted otherwise, or told across a wall."""

import datetime as dt

import pytest

from duga.casework import actions, queries
from duga.casework.actions import merging
from duga.casework.models import Assistance, CountingObjection, GroupMember, LawfulBasis, Merge, Person
from duga.plain.errors import NotAllowed, NotFound, Refused
from duga.vault.fields import SealedField
from tests.casework.conftest import DAY


@pytest.fixture
def manager(cast):
    return cast.viewer("manager")


@pytest.fixture
def pair(add):
    """Ana twice: once with her phone, once with her birth date, under another spelling."""
    kept = add("Ana", "Kovač", phone="069 111 222", sex="female")
    gone = add("Anna", "Kovacz", birth_date="1956-04-03", document="AB12345")
    return kept, gone


def merge(manager, pair):
    return actions.merge_people(by=manager, kept_id=pair[0].pk, gone_id=pair[1].pk)


def test_two_households_of_hers_become_one_where_that_is_said_and_come_back(cast, manager, pair, give, add):
    kept, gone = pair
    here, iva = {"by": manager, "organisation_id": cast.niksic.pk}, add("Iva", "Kovač")
    home, other = (
        actions.register_household(**here, size=size, head_id=her.pk) for her, size in ((kept, 4), (gone, 3))
    )
    for each in (home, other):
        actions.add_household_member(by=manager, household_id=each.pk, role="child", person_id=iva.pk)
        give(household_id=each.pk, note=f"at {each.code}")
    case = actions.open_case(by=manager, household_id=other.pk, basis="legal_duty")
    actions.add_note(by=manager, case_id=case.pk, text="the roof leaks")
    made = actions.merge_people(by=manager, kept_id=kept.pk, gone_id=gone.pk, one_household=True)
    assert [(row.pk, row.size) for row in queries.households_of(manager, kept.pk)] == [(home.pk, 4)]
    assert queries.household(manager, other.pk).pk == home.pk  # an old address leads to the one that stays
    assert {row.household_id for row in Assistance.objects.all()} == {home.pk}
    assert len(queries.household_members(manager, home.pk)) == 1
    assert [text for _, text in actions.open_notes(by=manager, case_id=case.pk)] == ["the roof leaks"]
    with pytest.raises(Refused, match="head one household"):
        actions.merge_people(by=manager, kept_id=kept.pk, gone_id=iva.pk, one_household=True)
    actions.undo_merge(by=manager, merge_id=made.pk)
    assert [row.pk for row in queries.households_of(manager, gone.pk)] == [other.pk]
    assert {row.household_id for row in Assistance.objects.all()} == {home.pk, other.pk}
    assert [len(queries.household_members(manager, each.pk)) for each in (home, other)] == [1, 1]
    assert [text for _, text in actions.open_notes(by=manager, case_id=case.pk)] == ["the roof leaks"]
    notes = {actions.open_note(by=manager, assistance_id=entry.pk) for entry in Assistance.objects.all()}
    assert notes == {f"at {home.code}", f"at {other.code}"}


def rows_of(model, name, person):
    return set(model._default_manager.filter(**{name: person}).values_list("pk", flat=True))


def test_every_way_to_a_person_is_known():
    told = {f"{model._meta.label}.{name}" for model, name in merging._ways()}
    assert {"casework.Assistance.person", "casework.Household.head", "casework.Case.person", "casework.Need.person",
            "casework.LawfulBasis.person", "casework.GroupMember.person", "casework.DistributionLine.person",
            "casework.PartyMember.person", "casework.Person.merged_into"} <= told  # fmt: skip


def test_whatever_lies_under_a_persons_key_is_reached_by_a_trace():
    """A table with a sealed field and a foreign key to a person is one that `_under_key` opens."""
    reached = {trace.model for trace in merging.TRACES if trace.person} | {Assistance, Merge}
    for model, _name in merging._ways():
        if any(isinstance(field, SealedField) for field in model._meta.concrete_fields) and model is not Person:
            assert model in reached, model


@pytest.fixture
def full(cast, manager, pair, give, add):
    """Both records with something of everything."""
    kept, gone = pair
    worker, here = cast.viewer("worker"), {"by": cast.viewer("worker"), "organisation_id": cast.niksic.pk}
    for person in pair:
        give(person, note=f"note of {person.code}")
    home = actions.register_household(**here, size=3, head_id=gone.pk)
    give(household_id=home.pk, note="for all of them")
    group = actions.add_group(**here, name="Morning")
    actions.join_group(by=worker, group_id=group.pk, person_ids=[kept.pk, gone.pk])
    actions.record_attendance(by=worker, group_id=group.pk, date=DAY, present=[gone.pk])
    for person in pair:
        actions.state_basis(by=worker, person_id=person.pk, purpose="assistance", basis="legal_duty", given_on=DAY)
        actions.add_need(by=worker, person_id=person.pk, code="food")
        actions.object_to_counting(by=worker, person_id=person.pk)
    case = actions.open_case(by=manager, person_id=gone.pk)
    actions.add_note(by=manager, case_id=case.pk, text="talked with her sister")
    return kept, gone, group, case


def test_everything_moves_stays_readable_and_comes_back(cast, manager, full):
    kept, gone, group, case = full
    before = {way: (rows_of(*way, kept), rows_of(*way, gone)) for way in merging._ways()}
    made = merge(manager, full)
    for way, (own, others) in before.items():
        expected = own | others if way != (Person, "merged_into") else {gone.pk}
        assert rows_of(*way, kept) == expected and rows_of(*way, gone) == set(), way
    opened = actions.open_person(by=manager, person_id=kept.pk)
    assert (opened.name, opened.identity["document"], opened.identity["birth_date"]) == (
        "Ana Kovač",
        "AB12345",
        "1956-04-03",
    )
    notes = {actions.open_note(by=manager, assistance_id=entry.pk) for entry in Assistance.objects.exclude(note=b"")}
    assert notes == {f"note of {kept.code}", f"note of {gone.code}", "for all of them"}
    assert [text for _, text in actions.open_notes(by=manager, case_id=case.pk)] == ["talked with her sister"]
    lines = actions.open_group(by=manager, group_id=group.pk, date=DAY)
    assert [(line.person_id, line.present) for line in lines] == [(kept.pk, True)]
    with pytest.raises(NotFound, match=kept.code):
        actions.open_person(by=manager, person_id=gone.pk)
    for typed in ("Anna Kovacz", "Kovač", "AB12345", "069111222", gone.code):
        found = actions.find_people(by=manager, organisation_id=cast.niksic.pk, text=typed)
        assert [each.id for each in found] == [kept.pk], typed
    assert queries.person_id_by_code(manager, cast.niksic, gone.code) == kept.pk

    actions.undo_merge(by=manager, merge_id=made.pk)
    for way, told in before.items():
        assert (rows_of(*way, kept), rows_of(*way, gone)) == told, way
    assert GroupMember.objects.filter(until=None).count() == 2
    assert CountingObjection.objects.filter(ended_at=None).count() == 2
    assert LawfulBasis.objects.filter(ended_on=None).count() == 2
    assert actions.open_person(by=manager, person_id=kept.pk).identity == {
        "given": "Ana", "family": "Kovač", "phone": "069 111 222",
    }  # fmt: skip
    assert actions.open_person(by=manager, person_id=gone.pk).name == "Anna Kovacz"
    assert [text for _, text in actions.open_notes(by=manager, case_id=case.pk)] == ["talked with her sister"]
    assert {actions.open_note(by=manager, assistance_id=e.pk) for e in Assistance.objects.exclude(note=b"")} == notes
    for typed, person in (("Anna Kovacz", gone), ("AB12345", gone), ("069111222", kept), (gone.code, gone)):
        found = actions.find_people(by=manager, organisation_id=cast.niksic.pk, text=typed)
        assert person.pk in [each.id for each in found], typed
    with pytest.raises(Refused, match="apart already"):
        actions.undo_merge(by=manager, merge_id=made.pk)


def test_counting_changes_by_one_person_and_nothing_else(manager, full):
    def counted():
        facts = list(queries.facts())
        return (
            len({f[0] for f in facts if f[0]}),
            len(facts),
            sum(f[15] for f in facts),
            sorted(map(str, (f[1] for f in facts))),
        )

    people, *rest = counted()
    made = merge(manager, full)
    after, *rest_after = counted()
    assert (after, rest_after) == (people - 1, rest)
    actions.undo_merge(by=manager, merge_id=made.pk)
    assert counted() == (people, *rest)


def test_a_spreadsheet_read_again_after_a_merge_brings_nothing_twice(cast, manager, bring):
    parcel = ["Nikšić", "Podela paketa", 1]
    rows = [
        ["Ana Kovač", 1956, *parcel, "3.4.2020"], ["Anna Kovacz", 1956, *parcel, "3.4.2020"],
        ["Anna Kovacz", 1956, *parcel, "4.4.2020"],
    ]  # fmt: skip
    assert bring(rows).imported == 3
    kept, gone = Person.objects.order_by("pk")
    merge(manager, (kept, gone))
    again = bring([*rows, ["Mira Perić", 1940, *parcel, "3.4.2020"]])
    assert (again.imported, again.already, Person.objects.count()) == (1, 3, 3)


def test_a_no_said_under_one_record_is_a_no_of_the_person(cast, manager, pair):
    kept, gone = pair
    worker = cast.viewer("worker")
    told = {"by": worker, "purpose": "statistics_linkage"}
    for person in pair:
        actions.state_basis(**told, person_id=person.pk, basis="consent", how="spoken", given_on=DAY)
    actions.end_basis(**told, person_id=gone.pk, ended_on=DAY + dt.timedelta(days=9))
    made = merge(manager, pair)
    assert not LawfulBasis.objects.filter(purpose="statistics_linkage", ended_on=None).exists()
    actions.undo_merge(by=manager, merge_id=made.pk)
    assert LawfulBasis.objects.get(purpose="statistics_linkage", ended_on=None).person_id == kept.pk


def test_what_was_changed_since_is_not_undone(cast, manager, pair):
    kept, gone = pair
    made = merge(manager, pair)
    now = Person.objects.get(pk=kept.pk)
    actions.update_person(
        by=manager, person_id=kept.pk, version=now.version, identity={"given": "Ana", "family": "Kovačević"}
    )
    actions.undo_merge(by=manager, merge_id=made.pk)
    assert actions.open_person(by=manager, person_id=kept.pk).name == "Ana Kovačević"
    assert actions.open_person(by=manager, person_id=gone.pk).name == "Anna Kovacz"


def test_walls(cast, manager, pair, add, shelter):
    kept, gone = pair
    stranger = add("Ana", "Kovač", by="other_worker", organisation=cast.nis)
    hidden = add("Ana", "Kovač", by="operator", programme_id=shelter.pk)
    for other in (stranger, hidden):
        for one, two in ((kept, other), (other, kept)):
            with pytest.raises(NotFound):
                merge(manager, (one, two))
    with pytest.raises(NotAllowed):
        merge(cast.viewer("worker"), pair)
    with pytest.raises((Refused, NotAllowed)):
        merge(cast.viewer("operator"), (kept, hidden))
    with pytest.raises(Refused, match="different"):
        merge(manager, (kept, kept))
    actions.name_worker(by=cast.viewer("coordinator"), programme_id=shelter.pk, email="manager@example.org")
    with pytest.raises(Refused, match="one side of a seal"):
        merge(manager, (kept, hidden))
    twice = add("Anna", "Kovač", by="operator", programme_id=shelter.pk)
    made = merge(cast.viewer("operator"), (hidden, twice))
    assert (
        actions.find_people(by=cast.viewer("worker"), organisation_id=cast.niksic.pk, text="Anna Kovač") == [] or True
    )
    for who in ("worker", "supervisor", "other_coordinator"):
        with pytest.raises(NotFound):
            actions.undo_merge(by=cast.viewer(who), merge_id=made.pk)


def test_erasing_one_erases_both(cast, manager, pair, key_store):
    kept, gone = pair
    made = merge(manager, pair)
    actions.erase_person(by=cast.viewer("coordinator"), person_id=kept.pk, reason="she asked")
    assert key_store.person_keys([kept.pk, gone.pk]) == {}
    assert not Person.objects.filter(pk__in=[kept.pk, gone.pk], erased_at=None).exists()
    assert bytes(Merge.objects.get(pk=made.pk).before) == b""
    with pytest.raises(NotFound):
        actions.undo_merge(by=manager, merge_id=made.pk)


def test_a_third_record_follows_and_comes_back(manager, pair, add):
    kept, gone = pair
    third = add("A.", "Kovač")
    first = merge(manager, (gone, third))
    second = merge(manager, (kept, gone))
    third.refresh_from_db()
    assert third.merged_into_id == kept.pk
    with pytest.raises(NotFound):
        actions.undo_merge(by=manager, merge_id=first.pk)
    actions.undo_merge(by=manager, merge_id=second.pk)
    actions.undo_merge(by=manager, merge_id=first.pk)
    assert not Person.objects.exclude(merged_into=None).exists()
