"""Everything public of a country's year is attacked together, by somebody who never sees the truth.

Worlds are ledgers of a few people with rare months, regions, services and bands, one in each country and year, so that
one snapshot holds many. They are released as everything is released; the attacker reads the downloads.
"""

import datetime as dt
import json
import random
import uuid
from decimal import Decimal
from itertools import count

import pytest

from duga.evidence.disclosure import CannotProtect, Rule, protect
from duga.evidence.model import Cell, Table
from duga.indicators import actions
from duga.indicators.rules import ReleaseState
from tests.indicators.ledgers import SERVICES
from tests.publishing.attacker import ALL, PEOPLE, Attack, name_of

pytestmark = pytest.mark.django_db

COUNTRIES = {
    "AL": ("AL-01", "AL-02", "AL-05", "AL-11"), "BA": ("BA-BIH", "BA-SRP", "BA-BRC"),
    "HR": ("HR-01", "HR-17", "HR-21"), "ME": ("ME-12", "ME-16", "ME-05"), "MK": ("MK-85", "MK-40", "MK-12"),
    "RS": ("RS-20", "RS-00", "RS-08"), "XK": ("XK-01", "XK-02", "XK-05"),
}  # fmt: skip
YEARS = (2019, 2020)


def invent(rng, size):
    """What one world is like: how many people, how often they are helped, and how rare the rare is."""
    rare = [rng.choice([0.3, 1, 2, 4]) for _ in range(4)]
    return {
        "people": size,
        "deliveries": rng.choice([(1, 1), (1, 1), (1, 2), (1, 4)]),
        "quantities": rng.choice([[1], [1], [1, 1, 2]]),
        "services": dict(zip(SERVICES, [30, rng.choice([0, 20]), *rng.choices([0, 0.5, 1, 3], k=3)], strict=True)),
        "months": {rng.randint(1, 12): weight for weight in (30, rng.choice([0.5, 20]), *rare[:2])},
        "areas": [30, rng.choice([0, 1, 15]), *rare],
        "bands": {"6-13": rare[0], "18-29": rare[1], "30-59": 15, "60-79": 40, "80+": rng.choice([1, 9])},
        "households": rng.choice([0, 0, 0, 2, 7]),
    }


def settle(rng, organisation, country, year, world, number, areas):
    """The ledger of one world: people and deliveries as rows, not yet written."""
    from duga.casework.models import Assistance, Household, Person

    people, households, rows = [], [], []

    def pick(weights):
        return rng.choices(list(weights), list(weights.values()))[0]

    def entry(**fields):
        service = pick(world["services"])
        return Assistance(
            id=uuid.UUID(int=next(number)), organisation=organisation, date=dt.date(year, pick(world["months"]), 9),
            service_type=service, unit=SERVICES[service], quantity=Decimal(rng.choice(world["quantities"])), **fields,
        )  # fmt: skip

    for _ in range(world["people"]):
        ident = next(number)
        sex = rng.choices(["female", "male"], [60, 40])[0]
        person = Person(id=uuid.UUID(int=ident), organisation=organisation, code=f"P{ident % 10**10}", sex=sex)
        people.append(person)
        home = rng.choices(areas[country], world["areas"][: len(areas[country])])[0]
        band = pick(world["bands"])
        for _ in range(rng.randint(*world["deliveries"])):
            rows.append(entry(recipient="person", person=person, area=home, age_band=band))
    for _ in range(world["households"]):
        ident = next(number)
        households.append(
            Household(id=uuid.UUID(int=ident), organisation=organisation, code=f"H{ident % 10**10}", size=3)
        )
        rows.append(entry(recipient="household", household=households[-1], size=3, area=areas[country][0]))
    return people, households, rows


def fill_worlds(seed, sizes):
    """Writes a world for every country and year; gives {(country, year): its rows}."""
    from duga.casework.models import Assistance, Household, Person
    from duga.members.models import Organisation
    from duga.places.models import Area

    rng, number = random.Random(seed), count((seed + 1) << 64)
    areas, worlds, people, households = {}, {}, [], []
    for country, codes in COUNTRIES.items():
        organisation, _ = Organisation.objects.get_or_create(
            slug=f"org-{country.lower()}", defaults={"name": f"Help {country}", "country": country, "demo": True}
        )
        for code in codes:
            area, _ = Area.objects.get_or_create(
                code=code, defaults={"country": country, "kind": "region", "name": f"Region {code}"}
            )
            Area.objects.filter(pk=area.pk).update(region=area)
            areas.setdefault(country, []).append(area)
        for year in YEARS:
            world = invent(rng, rng.choice(sizes))
            found = settle(rng, organisation, country, year, world, number, areas)
            people, households, worlds[country, year] = people + found[0], households + found[1], found[2]
    Person.objects.bulk_create(people)
    Household.objects.bulk_create(households)
    Assistance.objects.bulk_create([row for rows in worlds.values() for row in rows])
    return worlds


@pytest.fixture
def publish(cast, data):
    """Releases everything and gives the public JSON downloads as {(country, year): documents}."""

    def release(years=YEARS):
        by = cast.viewer("secretariat")
        actions.take_snapshot(by=by)
        found = {}
        for made in actions.release_all(by=by, years=years):
            assert made.state == ReleaseState.RELEASED
            document = json.loads(bytes(made.files.get(kind="json").data))
            found.setdefault((document["country"], int(document["period"][:4])), []).append(document)
        return found

    return release


def truth(rows, key):
    """How many people a cell of a table of people counts: the slow, obvious way."""
    if key[0] == "households_reached:":
        return len({row.household_id for row in rows if row.household_id})
    dimensions = key[0].partition(":")[2].split(",")
    found = set()
    for row in rows:
        if row.person_id:
            told = {
                "sex": row.person.sex, "age_band": row.age_band, "month": f"{row.date:%Y-%m}", "area": row.area.code,
                "service_type": row.service_type,
            }  # fmt: skip
            if all(word in (ALL, told[name]) for name, word in zip(dimensions, key[1:], strict=True)):
                found.add(row.person_id)
    return len(found)


@pytest.mark.parametrize("seed, sizes", [(1, (3, 7, 12)), (2, (15, 25, 40)), (3, (30, 60, 110))])
def test_nothing_is_known_from_all_tables_together(publish, seed, sizes):
    worlds = fill_worlds(seed, sizes)
    documents = publish()
    hidden, opened = 0, {}
    for world, rows in worlds.items():
        attack = Attack(documents.get(world, []))
        assert attack.consistent
        hidden += len(attack.hidden)
        opened |= {(world, key): (bounds, truth(rows, key)) for key, bounds in attack.too_narrow().items()}
    assert hidden > 40
    assert opened == {}


def test_the_attacker_is_awake(publish):
    """Where one protecting cell is told, or protection forgets a cell, he opens others and is right."""
    worlds = fill_worlds(2, (15, 25, 40))
    opened = 0
    for world, documents in publish().items():
        for document in documents if world[0] else ():
            for cell in document["cells"]:
                key = (name_of(document), *(cell[name] for name in document["breakdown"]))
                if cell["status"] == "hidden" and key[0].startswith(PEOPLE) and truth(worlds[world], key) >= 5:
                    cell |= {"status": "shown", "value": truth(worlds[world], key)}
                    attack = Attack(documents)
                    for other, (low, high) in attack.too_narrow().items():
                        assert low <= truth(worlds[world], other) <= high
                        opened += 1
                    cell |= {"status": "hidden", "value": None}
                    break
    assert opened > 10


def test_countries_side_by_side_give_none_away(publish):
    worlds = fill_worlds(1, (3, 7, 12))
    for (country, year), documents in publish().items():
        if not country:
            cells = {cell["country"]: cell for cell in documents[0]["cells"]}
            for code in COUNTRIES:
                people = {row.person_id for row in worlds[code, year] if row.person_id}
                if len(people) >= 5:
                    assert cells[code]["value"] == len(people)
                else:
                    assert cells[code]["status"] == "hidden" and ALL not in cells


def meetings(seed):
    """A table of people by month, counted from people who were met in one month or several."""
    rng = random.Random(seed)
    months = [f"2020-{n:02}" for n in range(1, rng.randint(3, 8))]
    weights = [rng.choice([0.2, 1, 3, 20]) for _ in months]
    met = [set(rng.choices(months, weights, k=rng.choice([1, 1, 1, 2]))) for _ in range(rng.randint(5, 60))]
    cells = {(month,): Cell(sum(month in each for each in met)) for month in months}
    return Table(
        "people_assisted", "person", ("month",), cells | {(ALL,): Cell(len(met))}, repeating="month"
    )  # fmt: skip


def test_no_month_stands_hidden_alone():
    """The total is shown, the rule is known, and so may be how often people were met: one table after another."""
    hidden = 0
    for seed in range(60):
        table = meetings(seed)
        try:
            safe = protect(table, Rule(5), keep=[(ALL,)])
        except CannotProtect:
            continue
        document = {
            "indicator": {"code": "people_assisted"},
            "breakdown": ["month"],
            "cells": safe.rows(),
            "beside": [],
        }
        for cell in document["cells"]:
            cell["qualifier"] = "exact"
        met = sum(cell.value for key, cell in table.cells.items() if key != (ALL,))
        attack = Attack([document])
        months = [("people_assisted:month", cell["month"]) for cell in document["cells"] if cell["month"] != ALL]
        attack._row([(month, 1.0) for month in months], met, met)  # the sum, from a table beside
        hidden += len(attack.hidden)
        assert attack.too_narrow() == {}, (seed, table.cells)
        assert all(
            attack.interval(key)[0] <= table.cells[key[1:]].value <= attack.interval(key)[1] for key in attack.hidden
        )
    assert hidden > 40
