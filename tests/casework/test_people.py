"""A person's record: found in any script, opened with a trace, changed by one at a time, erased for good."""

import datetime as dt

import pytest

from duga.casework import actions, queries
from duga.casework.models import Assistance, Correction, LawfulBasis, Person, PersonToken
from duga.members.models import TrailEntry
from duga.plain.errors import Conflict, NotFound, Refused
from duga.vault import sealing


def found(cast, text, by="worker"):
    people = actions.find_people(by=cast.viewer(by), organisation_id=cast.niksic.pk, text=text)
    return [person.name for person in people]


@pytest.mark.parametrize(
    "typed",
    ["Đorđe Petrović", "djordje petrovic", "ПЕТРОВИЋ Ђорђе", "Dorde", "Dordje Petrovich", "đor", "petro", "Đorđe Pe"],
)
def test_a_person_is_found_in_any_script_and_spelling(cast, add, typed):
    add("Đorđe", "Petrović", birth_year=1950)
    add("Marija", "Jovanović")
    assert found(cast, typed) == ["Đorđe Petrović"]


def test_names_of_the_route_are_found_however_they_were_heard(cast, add):
    add("Mohammad", "Yusufi")
    assert found(cast, "Muhamed Jusufi") == ["Mohammad Yusufi"]
    assert found(cast, "محمد") == ["Mohammad Yusufi"]


def test_a_person_is_found_by_phone_document_and_case_code(cast, add):
    person = add("Đorđe", "Petrović", phone="+382 69 000 111", document="AB 123-456")
    for typed in ("069/000-111", "ab123456", person.code, person.code.lower().replace("-", " ")):
        assert found(cast, typed) == ["Đorđe Petrović"], typed


def test_the_closest_name_comes_first(cast, add):
    add("Petra", "Ilić")
    add("Petrak", "Ilić")
    add("Petar", "Ilić")
    assert found(cast, "Petar Ilić")[0] == "Petar Ilić"
    assert found(cast, "petra ilic")[0] == "Petra Ilić"


def test_who_begins_as_typed_comes_before_who_is_spelled_another_way(cast, add):
    add("Shqipe", "Krasniqi")
    add("Vuk", "Šćepanović")
    assert found(cast, "Šćep") == ["Vuk Šćepanović", "Shqipe Krasniqi"]
    assert found(cast, "šćepanovich") == ["Vuk Šćepanović"]
    for number in range(130):  # more than are opened
        add("Shqipe", f"Krasniq{number}")
    assert found(cast, "Šćep")[0] == "Vuk Šćepanović"


def test_what_was_typed_must_begin_the_name(cast, add):
    add("Marko", "Lučić")
    assert found(cast, "marko luč") == ["Marko Lučić"]
    assert found(cast, "marjan") == []


def test_who_was_shown_is_in_the_trail_and_what_was_typed_is_not(cast, add):
    person = add("Đorđe", "Petrović")
    found(cast, "petrovic")
    entry = TrailEntry.objects.get(event="people.found")
    assert entry.detail == {"shown": [str(person.pk)]}
    told = "".join(str(row.detail) + row.subject_id for row in TrailEntry.objects.all()).lower()
    assert "petrovi" not in told


def test_another_organisations_people_are_never_found(cast, add):
    add("Đorđe", "Petrović")
    people = actions.find_people(by=cast.viewer("other_worker"), organisation_id=cast.nis.pk, text="petrovic")
    assert people == []
    with pytest.raises(NotFound):
        actions.find_people(by=cast.viewer("other_worker"), organisation_id=cast.niksic.pk, text="petrovic")


@pytest.mark.parametrize("who", ["national", "secretariat", "reviewer", "observer", "administrator", "nobody"])
def test_nobody_above_the_organisation_opens_a_person(cast, add, who):
    person = add("Đorđe", "Petrović")
    with pytest.raises((NotFound, Refused)):
        actions.open_person(by=cast.viewer(who), person_id=person.pk)
    with pytest.raises((NotFound, Refused)):
        queries.person(cast.viewer(who), person.pk)


def test_opening_leaves_a_trail_entry(cast, add):
    person = add("Đorđe", "Petrović", father="Ilija")
    opened = actions.open_person(by=cast.viewer("worker"), person_id=person.pk)
    assert opened.name == "Đorđe Petrović" and opened.identity["father"] == "Ilija"
    entry = TrailEntry.objects.get(event="person.opened")
    assert (entry.subject_id, entry.actor) == (str(person.pk), "worker@example.org")


def test_no_name_stands_in_the_database_in_the_clear(cast, add):
    person = add("Đorđe", "Petrović", phone="069 000 111")
    row = Person.objects.filter(pk=person.pk).values().get()
    text = "".join(str(bytes(v) if isinstance(v, memoryview | bytes) else v) for v in row.values())
    assert "Petrovi" not in text and "000 111" not in text


def test_special_categories_open_for_case_managers_not_for_field_workers(cast):
    person = actions.register_person(
        by=cast.viewer("manager"), organisation_id=cast.niksic.pk, identity={"given": "Ana"},
        special={"health": "diabetes"},
    )  # fmt: skip
    assert actions.open_special(by=cast.viewer("manager"), person_id=person.pk) == {"health": "diabetes"}
    with pytest.raises(Refused):
        actions.open_special(by=cast.viewer("worker"), person_id=person.pk)


def test_two_people_changing_one_record_the_second_is_told_who_was_faster(cast, add):
    person = add("Đorđe", "Petrović")
    actions.update_person(by=cast.viewer("manager"), person_id=person.pk, version=1, sex="male")
    with pytest.raises(Conflict) as conflict:
        actions.update_person(by=cast.viewer("worker"), person_id=person.pk, version=1, birth_year=1950)
    assert "Manager" in str(conflict.value)
    person.refresh_from_db()
    assert (person.sex, person.birth_year) == ("male", None)


def test_a_changed_name_is_found_and_the_old_one_is_not(cast, add):
    person = add("Đorđe", "Petrovic")
    actions.update_person(
        by=cast.viewer("worker"), person_id=person.pk, version=1, identity={"given": "Đorđe", "family": "Stanić"}
    )
    assert found(cast, "stanic") == ["Đorđe Stanić"]
    assert found(cast, "petrovic") == []
    assert TrailEntry.objects.get(event="person.changed").detail == {"fields": ["family"]}


@pytest.mark.parametrize(
    "values",
    [
        {"identity": {}},
        {"identity": {"given": "A", "shoe_size": "44"}},
        {"identity": {"given": "A" * 600}},
        {"identity": {"given": "A", "birth_date": "3.4.1950"}},
        {"identity": {"given": "A"}, "birth_year": 1820},
        {"identity": {"given": "A"}, "birth_year": 2999},
        {"identity": {"given": "A"}, "sex": "f"},
    ],
)
def test_what_cannot_be_is_refused(cast, values):
    with pytest.raises(Refused):
        actions.register_person(by=cast.viewer("worker"), organisation_id=cast.niksic.pk, **values)
    assert not Person.objects.exists()


def test_duplicates_are_offered_before_someone_is_added(cast, add):
    add("Đorđe", "Petrović", birth_year=1950)
    add("Đorđe", "Petrović", birth_year=1981)
    add("Marija", "Petrović", birth_year=1950)

    def offered(**more):
        identity = {"given": "Djordje", "family": "Petrovich"} | more.pop("identity", {})
        people = actions.possible_duplicates(
            by=cast.viewer("worker"), organisation_id=cast.niksic.pk, identity=identity, **more
        )
        return [(person.birth_year, person.points) for person in people]

    assert offered() == [(1950, 1), (1981, 1)]
    assert offered(identity={"family": "Petrović"}, birth_year=1981) == [(1981, 2), (1950, 1)]


def test_erasing_leaves_nothing_that_leads_to_her(cast, add, give, key_store):
    person = add("Đorđe", "Petrović", birth_year=1950)
    entry = give(person, note="rang twice")
    code = person.code
    actions.erase_person(by=cast.viewer("coordinator"), person_id=person.pk, reason="asked for it")
    assert found(cast, "petrovic") == [] and found(cast, code) == []
    assert not PersonToken.objects.exists()
    row = Person.objects.get(pk=person.pk)
    assert bytes(row.identity) == b"" and row.birth_year is None and row.code != code
    with pytest.raises(sealing.KeyDestroyed):
        key_store.person_key(person.pk)
    with pytest.raises(NotFound):
        actions.open_person(by=cast.viewer("coordinator"), person_id=person.pk)
    entry.refresh_from_db()
    assert bytes(entry.note) == b"" and entry.age_band == "60-79"
    assert [fact[0] for fact in queries.facts()] == [person.pk]  # what was given still counts, about nobody


def test_a_field_worker_may_not_erase(cast, add):
    with pytest.raises(Refused):
        actions.erase_person(by=cast.viewer("worker"), person_id=add("A", "B").pk, reason="tidy")


def test_bases_per_purpose_and_consent_only_where_it_is_the_basis(cast, add, give):
    person, by, day = add("Đorđe", "Petrović"), cast.viewer("worker"), dt.date(2020, 3, 1)
    state = {"by": by, "person_id": person.pk, "given_on": day}
    actions.state_basis(purpose="assistance", basis="legitimate_interests", **state)
    with pytest.raises(Refused):  # consent says how it was given
        actions.state_basis(purpose="referral", basis="consent", **state)
    with pytest.raises(Refused):  # not a basis for that purpose
        actions.state_basis(purpose="statistics_linkage", basis="contract", **state)
    actions.state_basis(purpose="referral", basis="consent", how="spoken", **state)
    give(person)
    actions.end_basis(by=by, person_id=person.pk, purpose="referral", ended_on=dt.date(2020, 5, 1))
    assert [(row.purpose, row.ended_on is None) for row in queries.bases_of(by, person.pk)] == [
        ("assistance", True), ("referral", False),
    ]  # fmt: skip
    assert Assistance.objects.count() == 1


def test_erasing_takes_places_and_reasons_off_what_was_corrected(cast, add, give):
    person, by = add("Đorđe", "Petrović"), cast.viewer("coordinator")
    entry = give(person, place="Njena ulica 5")
    gone = give(person, quantity=2)
    home = give(household_id=actions.register_household(
        by=by, organisation_id=cast.niksic.pk, size=3, head_id=person.pk).pk)  # fmt: skip
    actions.correct_assistance(
        by=by, assistance_id=entry.pk, version=1, reason="Đorđe moved", changes={"place": "Druga 7", "quantity": 3}
    )
    actions.correct_assistance(by=by, assistance_id=home.pk, version=1, reason="Đorđe", changes={"place": "Druga 7"})
    actions.withdraw_assistance(by=by, assistance_id=gone.pk, version=1, reason="Petrović was away")
    actions.state_basis(
        by=by, person_id=person.pk, purpose="assistance", basis="consent", given_on=dt.date(2020, 1, 1), how="guardian"
    )
    actions.erase_person(by=by, person_id=person.pk, reason="asked for it")
    left = str(list(Correction.objects.values())) + str(list(Assistance.objects.values()))
    left += str(list(LawfulBasis.objects.values("how")))
    assert not [word for word in ("ulica", "Druga", "Petrović", "Đorđe", "guardian") if word in left]
    assert Correction.objects.get(assistance=entry).changes["quantity"] == ["1.00", "3"]  # how much still counts
