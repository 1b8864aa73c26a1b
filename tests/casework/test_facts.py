"""Facts for a snapshot, compared with a slow and obvious twin; and what an organisation takes with it."""

import datetime as dt
import random

import pytest
from django.db import connection

from duga.casework import actions, queries
from duga.casework.actions import exports
from duga.casework.models import Assistance, Person
from duga.members.models import TrailEntry
from duga.places.queries import codes
from duga.plain.errors import NotFound, Refused
from duga.plain.tables import read_tables


def obvious():
    """The same facts, one entry at a time, as one would tell them."""
    kinds = {code.code: code.group for code in codes("units")}
    told = []
    for entry in Assistance.objects.all():
        sealed = [
            each for each in (entry, entry.person, entry.household, entry.household and entry.household.head)
            if each and each.programme and each.programme.sealed
        ]  # fmt: skip
        if entry.state != "recorded" or sealed:
            continue
        region = entry.area.region if entry.area else None
        told.append(
            (
                entry.person_id, entry.household_id, entry.recipient, entry.size, entry.organisation_id,
                entry.area.country if entry.area else entry.organisation.country, region.code if region else "",
                dt.date(entry.date.year, entry.date.month, 1), entry.person.sex if entry.person else "unknown",
                entry.age_band, entry.target_group, entry.service_type, entry.unit, kinds[entry.unit], entry.channel,
                float(entry.quantity), entry.qualifier,
            )
        )  # fmt: skip
    return told


@pytest.fixture
def busy(cast, add, give, area, shelter):
    """Two organisations' work of two years, some of it withdrawn, some of it sealed."""
    chance = random.Random(7)
    people = [add(f"Ime{n}", "Ilić", birth_year=1940 + n, sex=chance.choice(["female", "male"])) for n in range(12)]
    people.append(add("Skrivena", "Ilić", by="operator", programme_id=shelter.pk))
    household = actions.register_household(
        by=cast.viewer("worker"), organisation_id=cast.niksic.pk, size=4, head_id=people[0].pk
    )
    for _ in range(60):
        more = {
            "date": dt.date(2020, 1, 1) + dt.timedelta(days=chance.randrange(700)), "quantity": chance.randint(1, 5),
            "service_type": chance.choice(["home_visit", "parcel_distribution"]),
            "area_id": chance.choice([None, area.village.pk]), "qualifier": chance.choice(["exact", "about"]),
        }  # fmt: skip
        whom = chance.choice([*people, household, None])
        if whom is household:
            give(household_id=household.pk, **more)
        elif whom is None:
            give(size=chance.randint(1, 300), **more)
        else:
            entry = give(whom, by="operator", **more)
            if chance.random() < 0.2:
                actions.undo_assistance(by=cast.viewer("operator"), assistance_id=entry.pk)
    stranger = add("Ime0", "Ilić", by="other_worker", organisation=cast.nis)
    give(stranger, by="other_worker", organisation_id=cast.nis.pk)


def test_facts_are_what_the_ledger_says(cast, busy):
    assert sorted(map(str, queries.facts())) == sorted(map(str, obvious()))
    assert len(list(queries.facts())) > 30
    assert {fact[4] for fact in queries.facts(organisation_id=cast.nis.pk)} == {cast.nis.pk}
    year = list(queries.facts(since=dt.date(2021, 1, 1), until=dt.date(2021, 6, 30)))
    assert year and {fact[7].year for fact in year} == {2021}


def test_facts_bear_month_and_region_and_no_name(busy):
    for fact in queries.facts():
        told = dict(zip(queries.FACT_COLUMNS, fact, strict=True))
        assert told["month"].day == 1 and told["area"] in ("", "ME-12")
        assert not any(isinstance(value, str) and "Il" in value for value in fact)


def test_facts_cost_the_same_few_questions_however_many_rows(busy, django_assert_num_queries):
    with django_assert_num_queries(2):
        list(queries.facts())


def test_an_export_cannot_act_as_a_formula_and_names_leave_only_when_asked(cast, add, give):
    person = add('=HYPERLINK("http://x")', "+Ilić")
    give(person, place="@SUM(A1)", worker="-2+3")
    by = cast.viewer("coordinator")
    for form in ("xlsx", "csv"):
        name, media, data = actions.export_assistance(by=by, organisation_id=cast.niksic.pk, names=True, form=form)
        assert name.startswith("niksic-") and name.endswith(form)
        assert b'"=HYPER' not in data and b",=HYPER" not in data and b",@SUM" not in data and b",-2+3" not in data
        (table,) = read_tables(data, name)
        assert any("HYPERLINK" in str(cell) for cell in table.rows[0].cells)
    _, _, data = actions.export_assistance(by=by, organisation_id=cast.niksic.pk)
    (table,) = read_tables(data, "x.xlsx")
    assert "HYPERLINK" not in str(table.rows) and person.code in str(table.rows)
    told = TrailEntry.objects.filter(event="assistance.exported").values_list("detail__names", flat=True)
    assert list(told) == [True, True, False]
    assert set(TrailEntry.objects.filter(event="assistance.exported").values_list("detail__rows", flat=True)) == {1}


def test_nobody_waits_while_a_ledger_is_written_out(cast, add, give, monkeypatch):
    """A transaction that writes keeps everybody else from writing."""
    give(add("Ana", "Ilić"))
    open_before, open_then = len(connection.savepoint_ids), []
    monkeypatch.setitem(
        exports.FORMS, "csv", (lambda head, rows: open_then.append(len(connection.savepoint_ids)) or b"", "text/csv")
    )
    actions.export_assistance(by=cast.viewer("coordinator"), organisation_id=cast.niksic.pk, form="csv")
    assert open_then == [open_before]


@pytest.mark.parametrize("who, error", [("worker", Refused), ("manager", Refused), ("other_coordinator", NotFound)])
def test_only_who_may_export_exports(cast, who, error):
    for export in (actions.export_assistance, actions.export_everything, actions.export_files):
        with pytest.raises(error):
            export(by=cast.viewer(who), organisation_id=cast.niksic.pk)


def test_everything_an_organisation_owns_leaves_with_it_opened(cast, add, give):
    by, person = cast.viewer("coordinator"), add("Ana", "Ilić", phone="069 000 111")
    give(person, note="rang twice")
    erased = add("Vuk", "Savić")
    actions.erase_person(by=by, person_id=erased.pk, reason="asked")
    made = actions.make_distribution_list(
        by=by, organisation_id=cast.niksic.pk, title="List", date=dt.date(2020, 4, 3), person_ids=[person.pk]
    )
    actions.attach_scan(by=by, list_id=made.pk, data=b"%PDF-1.4")
    tables = {
        name: [dict(zip(columns, row, strict=True)) for row in rows]
        for name, columns, rows in actions.export_everything(by=by, organisation_id=cast.niksic.pk)
    }
    assert {(row["given"], row["phone"]) for row in tables["people"]} == {("Ana", "069 000 111"), ("", "")}
    assert [row["note"] for row in tables["assistance"]] == ["rang twice"]
    assert len(tables["distribution_lines"]) == 1
    assert list(actions.export_files(by=by, organisation_id=cast.niksic.pk)) == [(f"scans/{made.pk}.pdf", b"%PDF-1.4")]
    assert not any("token" in column or "mark" in column for rows in tables.values() for row in rows for column in row)


def test_keys_and_people_match(cast, add, key_store):
    person, other = add("Ana", "Ilić"), add("Vuk", "Savić")
    assert queries.key_gaps() == (0, 0)
    other.delete()  # as no action does
    key_store.destroy_person(person.pk)
    assert queries.key_gaps() == (1, 1)


def test_after_a_restore_the_erased_are_erased_again(cast, add):
    from duga.members.rules import Viewer

    person = add("Ana", "Ilić")
    with pytest.raises(Refused):
        actions.erase_again(by=cast.viewer("coordinator"), people=[person.pk])
    assert actions.erase_again(by=Viewer(system="restore"), people=[person.pk, cast.niksic.pk]) == 1
    assert actions.erase_again(by=Viewer(system="restore"), people=[person.pk]) == 0
    assert not person.tokens.exists() and bytes(Person.objects.get().identity) == b""
