"""A ledger of invented work for tests: people of two organisations in two countries, with small groups among them."""

import datetime as dt
import random
import uuid
from decimal import Decimal
from itertools import count

SERVICES = {
    "home_visit": "visit", "parcel_distribution": "parcel", "errands": "errand", "legal_aid": "legal_advice",
    "shelter": "overnight",
}  # fmt: skip
BANDS = ("0-5", "6-13", "14-17", "18-29", "30-59", "60-79", "80+")


def fill(cast, *, people=400, seed=1, years=(2019, 2020)):
    """Writes people, households, tallies and deliveries straight into the tables; gives what was written.

    The same seed writes the same ledger, ids included. Each person is mostly helped in one region, in several months, with several services; some bands and the
    legal aid and shelter are rare, so that there is something to protect.
    """
    from duga.casework.models import Assistance, Household, Institution, Person
    from duga.places.models import Area

    rng, number = random.Random(seed), count(seed << 64)
    areas = {}
    for country, codes in (("ME", ("ME-12", "ME-16", "ME-05", "ME-21")), ("RS", ("RS-20", "RS-00"))):
        for code in codes:
            area, _ = Area.objects.get_or_create(
                code=code, defaults={"country": country, "kind": "region", "name": f"Region {code}"}
            )
            Area.objects.filter(pk=area.pk).update(region=area)
            areas.setdefault(country, []).append(area)
    rows, made = [], []
    for n in range(people):
        organisation = cast.niksic if n % 4 else cast.nis
        sex = rng.choices(["female", "male", "unknown"], [55, 43, 2])[0]
        person = Person(id=uuid.UUID(int=next(number)), organisation=organisation, code=f"T{seed}-{n:05}", sex=sex)
        made.append(person)
        home = rng.choices(areas[organisation.country], [50, 20, 3, 1][: len(areas[organisation.country])])[0]
        band = rng.choices(BANDS, [1, 6, 2, 10, 20, 50, 11])[0]
        for _ in range(rng.randint(1, 6)):
            service = rng.choices(list(SERVICES), [30, 50, 25, 1, 0.6])[0]
            day = dt.date(rng.choice(years), rng.choices(range(1, 13), [1, 1, 5, 30, 30, 8, 3, 1, 1, 1, 1, 1])[0], 9)
            rows.append(
                Assistance(
                    id=uuid.UUID(int=next(number)), organisation=organisation, recipient="person", person=person, service_type=service,
                    unit=SERVICES[service], quantity=Decimal(rng.choice([1, 1, 1, 2])), date=day, area=home,
                    age_band=band,
                )
            )  # fmt: skip
    Person.objects.bulk_create(made)
    household = Household.objects.create(organisation=cast.niksic, code=f"H{seed}", size=4)
    institution = Institution.objects.create(
        organisation=cast.niksic, name=f"Health centre {seed}", folded=f"health centre {seed}"
    )
    rows += [
        Assistance(
            id=uuid.UUID(int=next(number)), organisation=cast.niksic, recipient="tally", size=320, size_qualifier="about", date=dt.date(2020, 4, 6),
            service_type="outreach", unit="information", area=areas["ME"][0],
        ),
        Assistance(
            id=uuid.UUID(int=next(number)), organisation=cast.niksic, recipient="institution", institution=institution, date=dt.date(2020, 4, 6),
            service_type="parcel_distribution", unit="mask", quantity=500, area=areas["ME"][0],
        ),
        *(
            Assistance(
                id=uuid.UUID(int=next(number)), organisation=cast.niksic, recipient="household", household=household, size=4, date=dt.date(2020, m, 6),
                service_type="parcel_distribution", unit="parcel", area=areas["ME"][0],
            )
            for m in (4, 5)
        ),
    ]  # fmt: skip
    Assistance.objects.bulk_create(rows)
    return rows


def people_of(rows, *, country, year, **labels):
    """The slow, obvious twin: the set of people of a country and year with these labels, one record at a time."""
    found = set()
    for row in rows:
        if row.recipient != "person" or row.date.year != year or row.area.country != country:
            continue
        told = {
            "sex": row.person.sex, "age_band": row.age_band, "month": f"{row.date:%Y-%m}", "area": row.area.code,
            "service_type": row.service_type,
        }  # fmt: skip
        if all(told[name] == word for name, word in labels.items() if word != "(all)"):
            found.add(row.person_id)
    return found
