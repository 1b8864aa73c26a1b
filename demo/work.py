"""What the invented organisations did, 2019–2026: shaped like what the region's organisations report."""

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass

from demo.organisations import Unit
from demo.people import LAST_DAY, Person


@dataclass(slots=True)
class Delivery:
    """One thing given. Exactly one of person, household size with its person, tally, institution."""

    date: dt.date
    service_type: str
    unit: str
    quantity: float = 1
    channel: str = "in_person"
    target_group: str = "general"
    person: Person | None = None
    household: int | None = None  # real size; the person is who stands for it
    tally: int | None = None
    institution: str = ""
    qualifier: str = "exact"
    place: str = ""
    worker: str = ""


EPIDEMIC = (dt.date(2020, 3, 16), dt.date(2020, 6, 30))
_WORKERS = ["Jelena M.", "Marko P.", "Amra H.", "Arta K.", "Goran S.", "Ivana T.", "Besnik R.", "Vesna D."]


def _day(rng, first, last):
    return first + dt.timedelta(days=rng.randrange(max(1, (last - first).days + 1)))


def _weekday(day):
    """The working day on or before."""
    return day - dt.timedelta(days=max(0, day.weekday() - 4))


def older(unit: Unit, people: list[Person]) -> Iterator[Delivery]:
    """Home visits while someone is in care; in the epidemic parcels, errands and support by three channels."""
    rng = random.Random(f"work {unit.slug} older")
    for person in people:
        begin = _day(rng, dt.date(2019, 1, 7), dt.date(2026, 6, 1))
        if rng.random() < 0.45:
            begin = _day(rng, dt.date(2019, 1, 7), dt.date(2020, 2, 20))
        day, end = begin, min(begin + dt.timedelta(days=rng.randint(90, 1100)), LAST_DAY)
        worker = rng.choice(_WORKERS)
        while day <= end:
            if not EPIDEMIC[0] <= day <= EPIDEMIC[1]:
                yield Delivery(
                    _weekday(day), "home_visit", "visit", target_group="older_people", person=person, worker=worker
                )
            day += dt.timedelta(days=rng.choice([75, 90, 90, 120]))
        if begin < EPIDEMIC[1] and end > EPIDEMIC[0]:
            yield from _epidemic(rng, person, "older_people")


def _epidemic(rng, person, group, size=None):
    for _ in range(rng.choice([1, 1, 2, 3])):
        yield Delivery(
            _day(rng, *EPIDEMIC), "parcel_distribution", "parcel", target_group=group, person=person, household=size,
            quantity=rng.choice([1, 1, 1, 2]), channel="mobile_team",
        )  # fmt: skip
    if rng.random() < 0.6:
        for _ in range(rng.randint(1, 3)):
            yield Delivery(_day(rng, *EPIDEMIC), "errands", "errand", target_group=group, person=person)
    if rng.random() < 0.45:
        yield Delivery(
            _day(rng, *EPIDEMIC), "psychosocial_support", "counselling_session", target_group=group, person=person,
            channel=rng.choice(["phone", "phone", "online", "in_person"]),
        )  # fmt: skip


def families(unit: Unit, people: list[Person]) -> Iterator[Delivery]:
    """Parcels for households with their real size, school supplies before school, health mediation, winter wood."""
    rng = random.Random(f"work {unit.slug} families")
    group = "roma" if unit.country in ("MK", "RS") and rng.random() < 0.5 else "people_in_poverty"
    for person in people:
        size = rng.choice([1, 2, 3, 3, 4, 4, 5, 5, 6, 8])
        first = rng.choices(range(2019, 2027), [5, 9, 5, 5, 6, 6, 6, 6])[0]
        for year in range(first, min(first + rng.randint(1, 3), 2027)):
            for _ in range(rng.randint(1, 2)):
                yield _or_none(Delivery(
                    _day(rng, dt.date(year, 1, 10), dt.date(year, 12, 20)), "parcel_distribution", "parcel",
                    target_group=group, person=person, household=size, quantity=rng.choice([1, 1, 2]),
                ))  # fmt: skip
            if size > 3 and rng.random() < 0.6:
                yield _or_none(Delivery(
                    dt.date(year, 8, rng.randint(20, 31)), "education_support", "school_supplies", size - 2,
                    target_group="families", person=person, household=size,
                ))  # fmt: skip
            if rng.random() < 0.35:
                yield _or_none(Delivery(
                    _weekday(_day(rng, dt.date(year, 2, 1), dt.date(year, 11, 30))), "health_mediation", "visit",
                    target_group=group, person=person,
                ))  # fmt: skip
            if rng.random() < 0.15:
                yield _or_none(Delivery(
                    _day(rng, dt.date(year, 10, 5), dt.date(year, 11, 30)), "parcel_distribution", "firewood",
                    rng.choice([0.5, 1, 1.5, 2]), target_group=group, person=person, household=size,
                ))  # fmt: skip
        if first <= 2020 and rng.random() < 0.7:
            yield from _epidemic(rng, person, group, size)


def _or_none(delivery):
    return delivery if delivery.date <= LAST_DAY else None


def day_centre(unit: Unit, people: list[Person]) -> Iterator[Delivery]:
    """A child's attendance month by month as registers have it (days attended); the last weeks day by day."""
    rng = random.Random(f"work {unit.slug} day_centre")
    for person in people:
        year = rng.choices(range(2018, 2027), [4, 6, 5, 5, 6, 6, 7, 8, 6])[0]
        share = rng.uniform(0.45, 0.95)
        for month in (9, 10, 11, 12, 1, 2, 3, 4, 5, 6):
            first = dt.date(year + (month < 9), month, 1)
            if not dt.date(2019, 1, 1) <= first <= LAST_DAY:
                continue
            if (first.year, first.month) in ((2020, 3), (2020, 4), (2020, 5)):
                yield Delivery(
                    _weekday(first + dt.timedelta(days=rng.randint(3, 26))), "psychosocial_support",
                    "counselling_session", rng.randint(1, 3), rng.choice(["phone", "social_media", "online"]),
                    "children", person,
                )  # fmt: skip
            elif first >= dt.date(2026, 9, 1):
                for offset in range(30):
                    day = first + dt.timedelta(days=offset)
                    if day.weekday() < 5 and day <= LAST_DAY and rng.random() < share:
                        yield Delivery(
                            day, "day_centre", "day_centre_attendance", target_group="children", person=person
                        )
            else:
                days = sum(rng.random() < share for _ in range(20)) or 1
                yield Delivery(
                    _weekday(first + dt.timedelta(days=27)), "day_centre", "day_centre_attendance", days,
                    target_group="children", person=person,
                )  # fmt: skip
        if year == 2019:
            yield Delivery(
                dt.date(2020, 5, rng.randint(4, 29)), "education_support", "school_supplies", 1, "mobile_team",
                "children", person,
            )  # fmt: skip


_ROUTE = (
    ("outreach", "information", "outreach", 22), ("parcel_distribution", "hygiene_kit", "mobile_team", 22),
    ("shelter", "overnight", "in_person", 14), ("legal_aid", "legal_advice", "in_person", 12),
    ("interpretation", "interpretation", "in_person", 10), ("parcel_distribution", "meal", "mobile_team", 12),
    ("psychosocial_support", "counselling_session", "in_person", 8),
)  # fmt: skip


def route(unit: Unit, people: list[Person]) -> Iterator[Delivery]:
    """Information, kits, meals, nights, legal advice and interpretation on the days someone was here."""
    rng = random.Random(f"work {unit.slug} route")
    for person in people:
        for day in person.days:
            kinds = {each[:3]: each[3] for each in _ROUTE}
            for service_type, kind, channel in {rng.choices(list(kinds), list(kinds.values()))[0] for _ in range(2)}:
                yield Delivery(
                    day,
                    service_type,
                    kind,
                    rng.randint(1, 6) if kind == "overnight" else 1,
                    channel,
                    "migrants",
                    person,
                )


def disability(unit: Unit, people: list[Person]) -> Iterator[Delivery]:
    """Counselling, transport and workshops, two to four times a year."""
    rng = random.Random(f"work {unit.slug} disability")
    kinds = {
        ("psychosocial_support", "counselling_session"): 4,
        ("home_visit", "transport"): 3,
        ("day_centre", "workshop"): 3,
    }
    for person in people:
        begin = rng.randint(2019, 2025)
        for year in range(begin, min(begin + rng.randint(1, 4), 2027)):
            for _ in range(rng.randint(2, 4)):
                service_type, kind = rng.choices(list(kinds), list(kinds.values()))[0]
                yield _or_none(Delivery(
                    _weekday(_day(rng, dt.date(year, 1, 15), dt.date(year, 12, 15))), service_type, kind,
                    channel="online" if year == 2020 else "in_person", target_group="people_with_disabilities",
                    person=person,
                ))  # fmt: skip


def youth(unit: Unit, people: list[Person]) -> Iterator[Delivery]:
    """Talks, workshops and advice on work and school; online in the epidemic."""
    rng = random.Random(f"work {unit.slug} youth")
    kinds = (
        ("education_support", "workshop"),
        ("information_referral", "information"),
        ("psychosocial_support", "talk"),
    )
    for person in people:
        year = rng.randint(2019, 2026)
        for _ in range(rng.randint(2, 6)):
            service_type, kind = rng.choice(kinds)
            yield _or_none(Delivery(
                _weekday(_day(rng, dt.date(year, 2, 1), dt.date(year, 12, 10))), service_type, kind,
                channel="online" if year in (2020, 2021) else "in_person", target_group="youth", person=person,
            ))  # fmt: skip


PROFILES = {
    "older": older, "families": families, "day_centre": day_centre, "route": route, "disability": disability,
    "youth": youth,
}  # fmt: skip


def work_of(unit: Unit, people: list[Person]) -> list[Delivery]:
    """Everything one line of work gave to people it names, in order of time."""
    found = [delivery for delivery in PROFILES[unit.profile](unit, people) if delivery is not None]
    return sorted(found, key=lambda delivery: (delivery.date, delivery.person.ref))


def nameless_work() -> list[tuple[str, Delivery]]:
    """(organisation, delivery) to groups nobody names and to institutions: tallies kept apart, never unduplicated."""
    spring = dt.date(2020, 4, 20)
    masks, visit = ("parcel_distribution", "mask"), "mobile_team"
    rows = [
        ("krug-dobrote-beograd", Delivery(
            spring, "errands", "errand", 640, visit, "older_people", tally=320, qualifier="about",
            place="17 villages")),
        ("krug-dobrote-beograd", Delivery(
            dt.date(2020, 4, 6), *masks, 500, institution="Dom zdravlja", qualifier="about")),
        ("dc-topli-prag-niksic", Delivery(
            dt.date(2020, 3, 27), "shelter", "bed", 24, institution="Karantin – učenički dom")),
        ("dc-topli-prag-niksic", Delivery(
            dt.date(2020, 4, 15), *masks, 300, institution="Dom zdravlja", qualifier="at_least")),
        ("zaednicka-masa-skopje", Delivery(
            dt.date(2020, 4, 30), "parcel_distribution", "hygiene_kit", 150, visit, "roma", tally=610,
            qualifier="about")),
        ("sofra-jone-tirane", Delivery(
            dt.date(2019, 12, 2), "parcel_distribution", "blanket", 400, visit, "families", tally=400,
            place="camp after the earthquake")),
        ("stari-orah-banja-luka", Delivery(
            dt.date(2020, 5, 8), *masks, 200, institution="Dom za starija lica")),
    ]  # fmt: skip
    rng = random.Random("tallies")
    for year in range(2019, 2027):
        for slug, group in (
            ("plava-kapija-bihac", "migrants"),
            ("put-kuci-beograd", "migrants"),
            ("nova-lasta-novi-sad", "youth"),
        ):
            for month in (4, 7, 10):
                day = dt.date(year, month, rng.randint(5, 25))
                rows.append((slug, Delivery(day, "outreach", "information", rng.randint(40, 220), "outreach", group,
                                            tally=rng.randint(30, 180), qualifier="about")))  # fmt: skip
    return [(slug, delivery) for slug, delivery in rows if delivery.date <= LAST_DAY]
