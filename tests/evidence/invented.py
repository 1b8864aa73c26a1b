"""Invented facts for the tests: small, random by seed, with every oddity a count must survive."""

import datetime
import random

COUNTRIES = {"ME": ["ME-01", "ME-02", "ME-03"], "RS": ["RS-00", "RS-20"], "XK": ["XK-1"]}
BANDS = ["0-5", "14-17", "30-59", "80+"]
UNITS = {"parcel": "item", "home_visit": "service", "talk": "contact"}


def facts(seed: int = 0, rows: int = 400, people: int = 120) -> list[dict]:
    """People who move, age, come back with other services; households, tallies, institutions; doubled rows."""
    rnd = random.Random(seed)
    found = [_fact(rnd, people) for _ in range(rows)]
    return found + [dict(each) for each in rnd.sample(found, min(rows, rows // 20 + 1))]


def _fact(rnd: random.Random, people: int) -> dict:
    recipient = rnd.choices(["person", "household", "tally", "institution"], [80, 12, 5, 3])[0]
    person = rnd.randrange(1, people + 1)
    fixed = random.Random(person)
    country = fixed.choice(list(COUNTRIES))
    area = fixed.choice(COUNTRIES[country])
    if rnd.random() < 0.05:
        country = rnd.choice(list(COUNTRIES))
        area = rnd.choice(COUNTRIES[country])
    unit = rnd.choice(list(UNITS))
    return {
        "person": person if recipient == "person" else None,
        "household": person % 30 + 1 if recipient == "household" else None,
        "recipient": recipient,
        "size": rnd.randrange(2, 300) if recipient in ("tally", "household") else None,
        "organisation": fixed.randrange(1, 5),
        "country": country,
        "area": area,
        "month": datetime.date(rnd.choice([2019, 2020]), rnd.randrange(1, 13), 1),
        "sex": fixed.choice(["female", "male", "unknown"]),
        "age_band": fixed.choice(BANDS) if rnd.random() < 0.95 else rnd.choice(BANDS),
        "target_group": rnd.choice(["older_people", "roma"]),
        "service_type": rnd.choice(["home_visit", "legal_aid", "day_centre"]),
        "unit": unit,
        "unit_kind": UNITS[unit],
        "channel": rnd.choice(["in_person", "phone"]),
        "quantity": rnd.choice([1, 2, 3, "0.5", 12]),
        "qualifier": rnd.choices(["exact", "about", "at_least", "at_most"], [90, 5, 3, 2])[0],
    }
