"""The demo's people and work: the same every time, shaped like the real pictures, and nobody real."""

import datetime as dt
import hashlib
import re
from collections import Counter, defaultdict

import pytest

from demo.names import ROUTE, in_script
from demo.organisations import INVENTED, NATIONAL, PUBLIC, UNITS, national_rows
from demo.people import LAST_DAY, locals_of, route_people, travellers
from demo.spreadsheets import all_spreadsheets
from demo.work import EPIDEMIC, nameless_work, work_of
from duga.plain.tables import best_table, read_tables
from duga.plain.text import skeletons


@pytest.fixture(scope="module")
def people():
    """{(organisation, profile): people}."""
    route = route_people()
    return {(u.slug, u.profile): route[u.slug] if u.profile == "route" else locals_of(u) for u in UNITS}


@pytest.fixture(scope="module")
def work(people):
    """[(unit, delivery)] of everyone."""
    return [(unit, delivery) for unit in UNITS for delivery in work_of(unit, people[unit.slug, unit.profile])]


def fingerprint(unit):
    told = [(repr(d.date), d.unit, str(d.quantity), d.person.given) for d in work_of(unit, locals_of(unit))]
    return hashlib.sha256(repr(told).encode()).hexdigest()


def test_the_same_seed_gives_the_same_network():
    assert fingerprint(UNITS[0]) == fingerprint(UNITS[0])
    assert [t.given for t in travellers()[:50]] == [t.given for t in travellers()[:50]]
    assert national_rows("RS") == national_rows("RS")
    assert [s.data for s in all_spreadsheets()] == [s.data for s in all_spreadsheets()]


def test_it_is_as_large_as_the_real_one():
    rows = [row for country in NATIONAL for row in national_rows(country)]
    assert len(NATIONAL) == 7
    assert len(rows) >= 200
    assert Counter(row["country"] for row in rows if row.get("demo")) == Counter(INVENTED)
    assert len({(row["name"], row["town"]) for row in rows}) == len(rows)


def test_only_invented_organisations_hold_records():
    named = {name for name, *_ in PUBLIC}
    rows = [row for country in NATIONAL for row in national_rows(country)]
    assert all(row["source"] for row in rows if row["name"] in named)
    invented = {row["slug"] for row in rows if row.get("demo") and "slug" in row}
    assert {unit.slug for unit in UNITS} == invented
    assert {slug for slug, _ in nameless_work()} <= invented
    assert {sheet.organisation for sheet in all_spreadsheets()} <= invented
    assert not named & {unit.name for unit in UNITS}


def test_ten_thousand_people_sixty_thousand_deliveries(people, work):
    assert 9_500 <= sum(map(len, people.values())) <= 10_500
    assert 58_000 <= len(work) <= 66_000
    assert {delivery.date.year for _, delivery in work} == set(range(2019, 2027))
    assert all(dt.date(2019, 1, 1) <= delivery.date <= LAST_DAY for _, delivery in work)


def test_the_epidemic_stands_out(work):
    """Parcels, errands and support by three channels; home visits stop."""
    spring = [d for _, d in work if EPIDEMIC[0] <= d.date <= EPIDEMIC[1]]
    before = [d for _, d in work if d.date.year == 2019 and EPIDEMIC[0].month <= d.date.month <= EPIDEMIC[1].month]
    counted = Counter(d.unit for d in spring)
    assert len(spring) > 4 * len(before)
    assert counted["parcel"] > counted["errand"] > counted["counselling_session"] > 500
    assert {d.channel for d in spring if d.unit == "counselling_session"} >= {"phone", "online", "in_person"}
    assert not [d for d in spring if d.service_type == "home_visit" and d.unit == "visit"]


def test_the_route_has_its_seasons_and_stops_with_the_borders(work):
    seen = [d.date for unit, d in work if unit.profile == "route"]
    by_month = Counter(day.month for day in seen if day.year not in (2020, 2026))
    assert sum(by_month[month] for month in (7, 8, 9, 10)) > 1.8 * sum(by_month[month] for month in (1, 2, 3, 4))
    closed, open_ = ([day for day in seen if day.year == year and day.month in (4, 5)] for year in (2020, 2019))
    assert len(closed) < 0.4 * len(open_)
    by_year = Counter(day.year for day in seen)
    assert by_year[2022] > by_year[2019] > by_year[2024] > by_year[2026]


def test_people_of_the_route_are_seen_in_several_countries_and_spelled_differently(people):
    seen = defaultdict(list)
    country = {unit.slug: unit.country for unit in UNITS}
    for (slug, profile), known in people.items():
        for person in known if profile == "route" else ():
            seen[person.truth].append((country[slug], f"{person.given} {person.family}"))
    several = [stays for stays in seen.values() if len({where for where, _ in stays}) > 1]
    assert len(several) > 0.5 * len(seen)
    different = [stays for stays in several if len({name for _, name in stays}) > 1]
    assert len(different) > 0.5 * len(several)


def test_most_spellings_of_a_name_share_a_skeleton():
    """Else search and, later, linkage would have nothing to find on the demo."""
    names = [spellings for lists in ROUTE.values() for names in lists for spellings in names if len(spellings) > 1]
    shared = sum(bool(skeletons(s[0].replace(" ", "")) & skeletons(s[1].replace(" ", ""))) for s in names)
    assert shared / len(names) > 0.8


def test_both_scripts_and_no_numbers_to_call(people):
    names = {(unit.slug, unit.profile): unit.script for unit in UNITS}
    for key, script in names.items():
        text = "".join(person.given + person.family for person in people[key])
        cyrillic = bool(re.search("[Ѐ-ӿ]", text))
        assert cyrillic == (script in ("cyrillic", "macedonian")), key
        assert not re.search(r"\d", text)
    assert in_script("Šefćet Džunić Đorđević", "plain") == "Sefcet Dzunic Djordjevic"
    assert in_script("Ljupka Gjorgjievska", "macedonian") == "Љупка Ѓорѓиевска"


def test_every_spreadsheet_is_read_as_it_was_meant():
    for sheet in all_spreadsheets():
        table = best_table(read_tables(sheet.data, sheet.name))
        assert len(table.rows) == sheet.rows, sheet.name


def test_tallies_and_institutions_are_there():
    rows = [delivery for _, delivery in nameless_work()]
    assert any(row.tally == 320 and row.qualifier == "about" and "17" in row.place for row in rows)
    assert {"bed", "mask"} <= {row.unit for row in rows if row.institution}
