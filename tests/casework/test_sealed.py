"""Sealed programmes: every way in which a name, a number or a hint could get out, tried."""

import datetime as dt

import pytest

from duga.casework import actions, queries
from duga.casework.models import Assistance, Household, Person, Programme
from duga.plain.errors import NotFound, Refused
from duga.plain.tables import read_tables, write_xlsx
from tests.casework.conftest import DAY

OUTSIDERS = ["worker", "manager", "coordinator"]


@pytest.fixture
def hidden(cast, add, shelter):
    """Someone of the safe house, with a household and a delivery, recorded by the operator named for it."""
    operator = cast.viewer("operator")
    person = add("Mirjana", "Vukadinović", by="operator", programme_id=shelter.pk, birth_year=1985,
                 phone="069 123 456", document="AB12345", sex="female")  # fmt: skip
    household = actions.register_household(by=operator, organisation_id=cast.niksic.pk, size=3, head_id=person.pk)
    give = {"by": operator, "organisation_id": cast.niksic.pk, "date": DAY, "service_type": "shelter"}
    entry = actions.record_assistance(person_id=person.pk, **give)
    actions.record_assistance(household_id=household.pk, **give)
    actions.record_tally(size=1, programme_id=shelter.pk, **give)
    return person, household, entry


def test_the_named_worker_finds_and_opens_her(cast, hidden):
    person, _, entry = hidden
    operator = cast.viewer("operator")
    found = actions.find_people(by=operator, organisation_id=cast.niksic.pk, text="mirjana vukadinovic")
    assert [each.id for each in found] == [person.pk]
    assert actions.open_person(by=operator, person_id=person.pk).name == "Mirjana Vukadinović"
    assert queries.entry(operator, entry.pk).programme_id == person.programme_id


@pytest.mark.parametrize("who", OUTSIDERS)
@pytest.mark.parametrize("typed", ["Mirjana", "mir", "Вукадиновић", "Vukadinovich", "069123456", "AB12345", "code"])
def test_nobody_else_finds_her(cast, hidden, who, typed):
    person, *_ = hidden
    typed = person.code if typed == "code" else typed
    assert actions.find_people(by=cast.viewer(who), organisation_id=cast.niksic.pk, text=typed) == []


@pytest.mark.parametrize("who", OUTSIDERS)
def test_nobody_else_opens_her_and_not_hers_looks_like_not_there(cast, hidden, who):
    person, household, entry = hidden
    by = cast.viewer(who)
    nobody = "018f0000-0000-7000-8000-000000000000"
    for door, pk in (
        (lambda pk: actions.open_person(by=by, person_id=pk), person.pk),
        (lambda pk: actions.update_person(by=by, person_id=pk, version=1, sex="male"), person.pk),
        (lambda pk: actions.open_special(by=by, person_id=pk), person.pk),
        (lambda pk: actions.erase_person(by=by, person_id=pk, reason="x"), person.pk),
        (lambda pk: queries.person(by, pk), person.pk),
        (lambda pk: queries.entries_of_person(by, pk), person.pk),
        (lambda pk: queries.bases_of(by, pk), person.pk),
        (lambda pk: queries.household(by, pk), household.pk),
        (lambda pk: queries.entry(by, pk), entry.pk),
        (lambda pk: queries.corrections_of(by, pk), entry.pk),
        (lambda pk: actions.open_note(by=by, assistance_id=pk), entry.pk),
        (lambda pk: actions.withdraw_assistance(by=by, assistance_id=pk, version=1, reason="x"), entry.pk),
        (lambda pk: queries.programme(by, pk), person.programme_id),
    ):
        told = []
        for each in (pk, nobody):
            with pytest.raises(NotFound) as error:
                door(each)
            told.append(str(error.value))
        assert told[0] == told[1]


@pytest.mark.parametrize("who", OUTSIDERS)
def test_her_case_code_tells_nothing(cast, hidden, who):
    person, *_ = hidden
    told = []
    for code in (person.code, "KA-0000-0", "nonsense"):
        with pytest.raises(NotFound) as error:
            queries.person_id_by_code(cast.viewer(who), cast.niksic, code)
        told.append(str(error.value))
    assert len(set(told)) == 1


@pytest.mark.parametrize("who", OUTSIDERS)
def test_she_is_never_offered_as_a_duplicate(cast, hidden, who):
    identity = {"given": "Mirjana", "family": "Vukadinović", "phone": "069 123 456", "document": "AB12345"}
    offered = actions.possible_duplicates(
        by=cast.viewer(who), organisation_id=cast.niksic.pk, identity=identity, birth_year=1985
    )
    assert offered == []


@pytest.mark.parametrize("who", OUTSIDERS)
def test_lists_and_counts_are_without_her(cast, hidden, who):
    by = cast.viewer(who)
    assert actions.open_names(by=by, organisation_id=cast.niksic.pk, person_ids=[hidden[0].pk]) == {}
    assert queries.programmes(by, cast.niksic) == []
    assert queries.my_recent(by, cast.niksic) == [] and queries.usual(by, cast.niksic) == {}
    if who != "worker":
        page = queries.ledger(by, cast.niksic)
        assert (list(page), page.paginator.count) == ([], 0)
        for asked in ({"sex": "female"}, {"programme_id": hidden[0].programme_id}, {"service_type": "shelter"}):
            assert queries.ledger(by, cast.niksic, queries.LedgerFilter(**asked)).paginator.count == 0


def test_facts_are_without_her_from_the_first_day(hidden):
    assert list(queries.facts()) == []


def test_facts_are_without_her_even_where_the_seal_lies_on_her_alone(cast, hidden):
    Assistance.objects.update(programme=None)  # as no action could: the facts still ask her and her household
    assert [fact[2] for fact in queries.facts()] == ["tally"]
    Household.objects.update(programme=None)
    assert [fact[2] for fact in queries.facts()] == ["tally"]


def test_exports_are_without_her(cast, hidden, give, add):
    give(add("Ana", "Ilić"))
    for names in (True, False):
        for who in ("coordinator",):
            _, _, data = actions.export_assistance(by=cast.viewer(who), organisation_id=cast.niksic.pk, names=names)
            (table,) = read_tables(data, "x.xlsx")
            assert len(table.rows) == 1 and "Vukadinović" not in str(table.rows)
    everything = actions.export_everything(by=cast.viewer("coordinator"), organisation_id=cast.niksic.pk)
    told = {name: [list(map(str, row)) for row in rows] for name, _, rows in everything}
    assert len(told["people"]) == 1 and len(told["assistance"]) == 1 and told["households"] == []
    person = hidden[0]
    for secret in ("Vukadinović", str(person.pk), person.code, str(person.programme_id), "Safe house"):
        assert secret not in str(told)


def test_an_import_never_meets_her_and_never_says_so(cast, hidden, area):
    head = ["Ime i prezime", "Godište", "Pol", "JMBG", "Telefon", "Program", "Usluga", "Datum"]
    row = ["Mirjana Vukadinović", 1985, "ž", "AB12345", "069123456", None, "paket", "3.4.2020"]

    def bring(*rows):
        return actions.import_assistance(
            by=cast.viewer("coordinator"), organisation_id=cast.niksic.pk, name="x.xlsx", data=write_xlsx(head, rows)
        )

    outcome = bring(row)
    assert (outcome.people_new, outcome.people_known, outcome.doubts) == (1, 0, [])
    assert Person.objects.count() == 2
    told = []
    for programme in ("Safe house", "No such house"):
        refused = bring([*row[:5], programme, *row[6:]])
        told.append(str(refused.errors[0]).replace(programme, "…"))
    assert told[0] == told[1]


def test_an_import_for_the_sealed_programme_stays_in_it(cast, shelter):
    coordinator = cast.viewer("coordinator")
    actions.name_worker(by=coordinator, programme_id=shelter.pk, email="coordinator@example.org")
    data = write_xlsx(["Ime", "Usluga", "Datum"], [["Mirjana Vukadinović", "smeštaj", "3.4.2020"]])
    by = cast.viewer("coordinator")
    outcome = actions.import_assistance(
        by=by, organisation_id=cast.niksic.pk, name="x.xlsx", data=data, programme_id=shelter.pk
    )
    assert outcome.imported == 1 and list(queries.facts()) == []
    assert Person.objects.get().programme_id == shelter.pk
    assert actions.find_people(by=cast.viewer("worker"), organisation_id=cast.niksic.pk, text="Mirjana") == []
    assert len(actions.find_people(by=by, organisation_id=cast.niksic.pk, text="Mirjana")) == 1


def test_who_is_no_longer_named_sees_nothing_at_once(cast, hidden, shelter):
    actions.unname_worker(
        by=cast.viewer("coordinator"), programme_id=shelter.pk, account_id=cast.accounts["operator"].pk
    )
    with pytest.raises(NotFound):
        actions.open_person(by=cast.viewer("operator"), person_id=hidden[0].pk)


def test_one_named_for_another_sealed_programme_sees_nothing(cast, hidden):
    coordinator = cast.viewer("coordinator")
    other = actions.add_programme(by=coordinator, organisation_id=cast.niksic.pk, name="Helpline", kind="helpline")
    actions.name_worker(by=coordinator, programme_id=other.pk, email="worker@example.org")
    by = cast.viewer("worker")
    assert [programme.name for programme in queries.programmes(by, cast.niksic)] == ["Helpline"]
    assert actions.find_people(by=by, organisation_id=cast.niksic.pk, text="Mirjana") == []
    with pytest.raises(NotFound):
        actions.open_person(by=by, person_id=hidden[0].pk)


def test_the_three_kinds_are_sealed_whatever_is_asked(cast):
    for kind in ("violence", "child_protection", "helpline"):
        made = actions.add_programme(
            by=cast.viewer("coordinator"), organisation_id=cast.niksic.pk, name=kind, kind=kind, sealed=False
        )
        assert Programme.objects.get(pk=made.pk).sealed
    with pytest.raises(Refused):
        actions.add_programme(by=cast.viewer("worker"), organisation_id=cast.niksic.pk, name="x")
    with pytest.raises(Refused):  # not someone of another organisation
        actions.name_worker(by=cast.viewer("coordinator"), programme_id=made.pk, email="other_worker@example.org")


def test_who_runs_the_organisation_manages_names_not_people(cast, hidden):
    (view,) = queries.programmes_to_manage(cast.viewer("coordinator"), cast.niksic)
    assert view.programme.name == "Safe house" and [each.email for each in view.workers] == ["operator@example.org"]
    with pytest.raises(Refused):
        queries.programmes_to_manage(cast.viewer("worker"), cast.niksic)


def test_sealed_people_and_entries_stay_together(cast, hidden, add, give, shelter):
    person, household, _ = hidden
    ana, operator = add("Ana", "Ilić"), cast.viewer("operator")
    give_her = {"by": operator, "organisation_id": cast.niksic.pk, "date": DAY, "service_type": "shelter"}
    with pytest.raises(Refused):  # an entry of the open register cannot lie in the sealed programme
        actions.record_assistance(person_id=ana.pk, programme_id=shelter.pk, **give_her)
    open_programme = actions.add_programme(
        by=cast.viewer("coordinator"), organisation_id=cast.niksic.pk, name="Parcels"
    )
    with pytest.raises(Refused):
        actions.record_assistance(person_id=person.pk, programme_id=open_programme.pk, **give_her)
    group = actions.add_group(by=operator, organisation_id=cast.niksic.pk, name="Morning")
    with pytest.raises(Refused):
        actions.join_group(by=operator, group_id=group.pk, person_ids=[person.pk])
    with pytest.raises(Refused):
        actions.make_distribution_list(
            by=operator, organisation_id=cast.niksic.pk, title="List", date=DAY, household_ids=[household.pk]
        )


def test_moved_under_a_seal_she_is_gone_from_everywhere_else(cast, add, give, shelter):
    person = add("Jelena", "Stanić", by="operator")
    entry, code = give(person), person.code
    group = actions.add_group(by=cast.viewer("worker"), organisation_id=cast.niksic.pk, name="Morning")
    actions.join_group(by=cast.viewer("worker"), group_id=group.pk, person_ids=[person.pk])
    made = actions.make_distribution_list(
        by=cast.viewer("worker"), organisation_id=cast.niksic.pk, title="Parcels", date=DAY,
        person_ids=[person.pk, add("Ana", "Ilić").pk],
    )  # fmt: skip
    actions.seal_person(by=cast.viewer("operator"), person_id=person.pk, programme_id=shelter.pk)
    by = cast.viewer("worker")
    lines = actions.open_distribution_list(by=by, list_id=made.pk).lines
    assert [(line.position, line.name) for line in lines] == [(1, "Ana Ilić")]
    tables = {
        name: [dict(zip(columns, row, strict=True)) for row in rows]
        for name, columns, rows in actions.export_everything(
            by=cast.viewer("coordinator"), organisation_id=cast.niksic.pk
        )
    }
    assert person.pk not in {
        row["person_id"] for name in ("group_members", "distribution_lines") for row in tables[name]
    }
    for typed in ("Jelena Stanić", code):
        assert actions.find_people(by=by, organisation_id=cast.niksic.pk, text=typed) == []
    assert actions.open_group(by=by, group_id=group.pk, date=DAY) == []
    with pytest.raises(NotFound):
        queries.entry(by, entry.pk)
    assert list(queries.facts()) == []
    assert len(actions.find_people(by=cast.viewer("operator"), organisation_id=cast.niksic.pk, text="Jelena")) == 1


def test_an_anonymous_call_needs_no_person(cast, shelter):
    line = actions.add_programme(
        by=cast.viewer("coordinator"), organisation_id=cast.niksic.pk, name="Line", kind="helpline"
    )
    actions.name_worker(by=cast.viewer("coordinator"), programme_id=line.pk, email="operator@example.org")
    call = actions.record_tally(
        by=cast.viewer("operator"), organisation_id=cast.niksic.pk, size=1, service_type="helpline",
        date=dt.date(2020, 4, 3), channel="phone", programme_id=line.pk,
    )  # fmt: skip
    assert (call.recipient, call.unit) == ("tally", "talk") and not Person.objects.exists()
    with pytest.raises(NotFound):
        queries.entry(cast.viewer("coordinator"), call.pk)


def test_the_blind_index_itself_cannot_tell_that_two_registers_hold_one_name(cast, hidden, add):
    in_the_open = add("Mirjana", "Vukadinović", phone="069 123 456", document="AB12345")
    tokens = [set(person.tokens.values_list("token", flat=True)) for person in (in_the_open, hidden[0])]
    assert tokens[0] and tokens[1] and not tokens[0] & tokens[1]


def test_programmes_are_added_once_closed_and_worked_in_by_name_only_when_sealed(cast):
    by = cast.viewer("coordinator")
    made = actions.add_programme(by=by, organisation_id=cast.niksic.pk, name="Parcels", basis="legitimate_interests")
    for wrong in ({"name": "Parcels"}, {"name": " "}, {"name": "x", "basis": "whim"}):
        with pytest.raises(Refused):
            actions.add_programme(by=by, organisation_id=cast.niksic.pk, **wrong)
    with pytest.raises(Refused):
        actions.name_worker(by=by, programme_id=made.pk, email="worker@example.org")
    assert queries.programmes(cast.viewer("worker"), cast.niksic) == [made]
    actions.close_programme(by=by, programme_id=made.pk)
    assert queries.programmes(cast.viewer("worker"), cast.niksic) == []
    with pytest.raises(NotFound):
        actions.close_programme(by=cast.viewer("other_coordinator"), programme_id=made.pk)


def test_who_loses_her_role_is_named_anew_when_she_comes_back(cast, hidden, shelter):
    from config.reactions import ON_EVENT
    from duga.members.actions import give_role, take_role
    from duga.members.models import RoleGrant, TrailEntry
    from duga.members.rules import Role

    by, operator = cast.viewer("coordinator"), cast.accounts["operator"]
    grant = RoleGrant.objects.get(account=operator, until=None)
    give_role(by=by, account=operator, role=Role.FIELD_WORKER, of=cast.niksic)
    for given, still_named in ((grant, 1), (RoleGrant.objects.get(account=operator, role="field_worker"), 0)):
        take_role(by=by, grant_id=given.pk, of=cast.niksic)
        entry = TrailEntry.objects.filter(event="role.taken").latest("number")
        for _twice in range(2):
            for react in ON_EVENT["role.taken"]:
                react(entry)
        (view,) = queries.programmes_to_manage(by, cast.niksic)
        assert len(view.workers) == still_named
    give_role(by=by, account=operator, role=Role.HELPLINE_OPERATOR, of=cast.niksic)
    with pytest.raises(NotFound):
        queries.person(cast.viewer("operator"), hidden[0].pk)
    assert TrailEntry.objects.filter(event="programme.worker_unnamed").count() == 1


def test_an_import_is_taken_out_without_what_was_sealed_since(cast, shelter):
    from duga.plain.tables import write_xlsx

    by = cast.viewer("coordinator")
    head, rows = ["Ime", "Usluga", "Datum"], [["Ana Ilić", "paket", "1.2.2020"], ["Jelena Stanić", "paket", "1.2.2020"]]
    data = {"organisation_id": cast.niksic.pk, "name": "Stanić Jelena.xlsx", "data": write_xlsx(head, rows)}
    outcome = actions.import_assistance(by=by, **data)
    operator = cast.viewer("operator")
    (jelena,) = actions.find_people(by=operator, organisation_id=cast.niksic.pk, text="Jelena")
    actions.seal_person(by=operator, person_id=jelena.id, programme_id=shelter.pk)
    assert actions.undo_import(by=by, batch_id=outcome.batch_id, reason="wrong month") == 1
    assert [entry.state for entry in queries.entries_of_person(operator, jelena.id)] == ["recorded"]
    (file,) = queries.imported_files(by, cast.niksic)
    assert file.name == "Stanić Jelena.xlsx"
    from duga.casework.models import ImportBatch

    assert "Stani" not in str(ImportBatch.objects.values().get())  # the name of a file often names a person
