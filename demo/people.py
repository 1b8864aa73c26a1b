"""Invented people: those an organisation of the region knows, and those of the route, whom several know."""

import datetime as dt
import random
from collections import defaultdict
from dataclasses import dataclass, field

from demo.names import BACKGROUNDS, ORIGINS, choose, in_script, region_name, route_name
from demo.organisations import UNITS, Unit, around

LAST_DAY = dt.date(2026, 10, 31)


@dataclass(slots=True)
class Person:
    """A person as one organisation knows them. `truth` tells who it really is; no organisation knows that."""

    ref: str
    given: str
    family: str
    father: str
    sex: str
    birth_year: int | None
    birth_date: dt.date | None
    town: str
    truth: str
    days: list = field(default_factory=list)  # when they were seen, for people of the route


@dataclass(slots=True)
class Traveller:
    """Someone of the route: how the name is spelled here and there, and where they came through when."""

    truth: str
    given: tuple
    family: tuple
    sex: str
    birth: dt.date
    origin: str
    stays: list  # (Unit, [days])


#: Age ranges of those a line of work is for: ((from, to), weight)…, and the share of women.
AGES = {
    "older": ((((62, 69), 2), ((70, 79), 4), ((80, 93), 3)), 0.66),
    "day_centre": ((((6, 9), 4), ((10, 13), 5), ((14, 16), 2)), 0.48),
    "families": ((((19, 29), 3), ((30, 44), 5), ((45, 59), 2)), 0.71),
    "disability": ((((8, 17), 3), ((18, 40), 4), ((41, 64), 3)), 0.47),
    "youth": ((((14, 17), 5), ((18, 27), 5)), 0.53),
    "sealed": ((((19, 34), 4), ((35, 54), 5), ((55, 68), 1)), 0.94),
}


def _day_in_year(rng, year):
    return dt.date(year, 1, 1) + dt.timedelta(days=rng.randrange(365))


def _home(rng, unit):
    """Two of three live in the organisation's town, the others around it."""
    return unit.town if rng.random() < 0.66 else rng.choice(around(unit.country, unit.town))


def locals_of(unit: Unit) -> list[Person]:
    """The people of the region that one line of work knows."""
    rng = random.Random(f"people {unit.slug} {unit.profile}")
    ages, women = AGES[unit.profile]
    people = []
    for number in range(1, unit.people + 1):
        sex = "female" if rng.random() < women else "male"
        background = choose(rng, BACKGROUNDS[unit.country])
        if unit.profile in ("families", "day_centre") and rng.random() < 0.3 and unit.country != "AL":
            background = "roma"
        given, family, father = region_name(rng, background, sex)
        low, high = choose(rng, dict(ages))
        birth = _day_in_year(rng, 2021 - rng.randint(low, high))
        knows = rng.random()
        people.append(
            Person(
                ref=f"{unit.profile[:2].upper()}-{number:04d}",
                given=in_script(given, unit.script),
                family=in_script(family, unit.script),
                father=in_script(father, unit.script) if rng.random() < 0.4 else "",
                sex=sex,
                birth_year=birth.year if knows < 0.93 else None,
                birth_date=birth if knows < 0.6 else None,
                town=_home(rng, unit),
                truth=f"{unit.slug}:{unit.profile}:{number}",
            )  # fmt: skip
        )
    return people


# --- The route --------------------------------------------------------------------------------------------

#: How many people moved, year by year and month by month, as the region saw it (relative).
YEARS = {2019: 10, 2020: 7, 2021: 9, 2022: 15, 2023: 11, 2024: 5, 2025: 3.5, 2026: 2}
MONTHS = (4, 4, 6, 8, 10, 11, 13, 15, 16, 14, 9, 5)
CLOSED = {(2020, 3): 0.2, (2020, 4): 0.1, (2020, 5): 0.2}  # the borders in the epidemic
#: The ways through the region; not everyone is seen in every country.
WAYS = {("MK", "RS", "BA", "HR"): 52, ("RS", "BA", "HR"): 16, ("AL", "ME", "BA", "HR"): 20, ("RS", "HR"): 12}
SEEN = {"MK": 0.75, "RS": 0.95, "BA": 0.95, "HR": 0.55, "AL": 0.8, "ME": 0.9}


def travellers() -> list[Traveller]:
    """People of the route with their stays, until each organisation there knows as many as it has room for."""
    rng = random.Random("route")
    units = defaultdict(list)
    for unit in UNITS:
        if unit.profile == "route":
            units[unit.country].append(unit)
    room = {unit.slug: unit.people for of in units.values() for unit in of}
    months = {
        (year, month): YEARS[year] * MONTHS[month - 1] * CLOSED.get((year, month), 1)
        for year in YEARS
        for month in range(1, 13)
        if dt.date(year, month, 1) <= LAST_DAY
    }
    found = []
    while sum(room.values()) > 60 and len(found) < 6000:
        traveller = _traveller(rng, len(found), units, room, months)
        if traveller.stays:
            found.append(traveller)
    return found


def _traveller(rng, number, units, room, months):
    origin = choose(rng, ORIGINS)
    sex = "female" if rng.random() < 0.17 else "male"
    given, family = route_name(rng, origin, sex)
    year, month = choose(rng, months)
    low, high = choose(rng, {(1, 13): 12, (14, 17): 17, (18, 29): 51, (30, 59): 20})
    birth = _day_in_year(rng, year - rng.randint(low, high))
    day = dt.date(year, month, rng.randint(1, 28))
    stays = []
    for country in choose(rng, WAYS):
        free = [unit for unit in units[country] if room[unit.slug] > 0]
        if free and rng.random() < SEEN[country]:
            for unit in rng.sample(free, min(len(free), 2 if rng.random() < 0.3 else 1)):
                days = [day + dt.timedelta(days=rng.randint(0, 24)) for _ in range(rng.randint(1, 5))]
                days = sorted({each for each in days if each <= LAST_DAY})
                if days:
                    stays.append((unit, days))
                    room[unit.slug] -= 1
        day += dt.timedelta(days=rng.randint(9, 50))
    return Traveller(f"route:{number}", given, family, sex, birth, origin, stays)


def route_people() -> dict[str, list[Person]]:
    """{organisation: the travellers it knows, as its clerks wrote them down}."""
    known = defaultdict(list)
    for traveller in travellers():
        rng = random.Random(f"clerks {traveller.truth}")
        for unit, days in traveller.stays:
            spelling = [rng.choice(traveller.given), rng.choice(traveller.family)]
            if rng.random() < 0.08:
                spelling.reverse()  # which is the family name, is not always clear
            year = traveller.birth.year if rng.random() < 0.85 else traveller.birth.year + rng.choice([-1, 1])
            birth = traveller.birth if rng.random() < 0.4 else None
            if birth is None and rng.random() < 0.3:
                birth = dt.date(year, 1, 1)  # what papers say when nobody knows the day
            known[unit.slug].append(
                Person(
                    ref=f"R-{len(known[unit.slug]) + 1:04d}",
                    given=in_script(spelling[0], unit.script),
                    family=in_script(spelling[1], unit.script),
                    father="",
                    sex=traveller.sex,
                    birth_year=birth.year if birth else year,
                    birth_date=birth,
                    town=_home(rng, unit),
                    truth=traveller.truth,
                    days=days,
                )  # fmt: skip
            )
    return known
