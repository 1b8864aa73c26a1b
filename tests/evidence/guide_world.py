"""The small invented world in which the examples of docs/guide/evidence run: a snapshot and a population table.

Two countries, three years, four organisations; nobody in it is real. Drawn by seed, so the numbers in the guide stay.
"""

import datetime
import random
from pathlib import Path

from duga.evidence import snapshot

AREAS = {"ME": ["ME-05", "ME-10", "ME-16"], "RS": ["RS-00", "RS-20"]}
INHABITANTS = {"ME-05": 72_000, "ME-10": 23_000, "ME-16": 186_000, "RS-00": 1_680_000, "RS-20": 340_000}
UNITS = {
    "parcel_distribution": ("parcel", "item"),
    "home_visit": ("visit", "service"),
    "psychosocial_support": ("counselling_session", "service"),
    "legal_aid": ("legal_advice", "service"),
}


def build(folder: Path) -> Path:
    """Fills `folder`: `snapshots/<fingerprint>/` and `population.csv`."""
    snapshot.freeze([facts()], folder / "snapshots")
    lines = [f"{area[:2]},{area},{number}" for area, number in INHABITANTS.items()]
    (folder / "population.csv").write_text("\n".join(["country,area,population", *lines]) + "\n", "utf-8")
    return folder


def facts() -> list[dict]:
    """3,000 deliveries to 900 people, 120 households and some groups, January 2019 to June 2021."""
    rnd = random.Random(2026)
    return [_fact(rnd) for _ in range(3000)]


def _fact(rnd: random.Random) -> dict:
    recipient = rnd.choices(["person", "household", "tally", "institution"], [82, 12, 4, 2])[0]
    number = int(rnd.random() ** 2 * 900) + 1
    household = number % 120 + 1
    one = random.Random(number if recipient == "person" else 10_000 + household)
    country = one.choices(["ME", "RS"], [3, 2])[0]
    area = one.choice(AREAS[country])
    since = one.randrange(30)  # the month in which this person was first met
    month = rnd.randrange(since, 30)
    usual = one.choice(list(UNITS))
    service = usual if rnd.random() < 0.7 else rnd.choice(list(UNITS))
    unit, kind = UNITS[service]
    size = {"household": household % 6 + 1 if household % 11 else None, "tally": rnd.randrange(8, 60)}.get(recipient)
    return {
        "person": number if recipient == "person" else None,
        "household": household if recipient == "household" else None,
        "recipient": recipient,
        "size": size,
        "organisation": one.randrange(1, 5),
        "country": country,
        "area": area,
        "month": datetime.date(2019 + month // 12, month % 12 + 1, 1),
        "sex": one.choices(["female", "male"], [3, 2])[0],
        "age_band": one.choice(["18-29", "30-59", "60-79", "80+"]),
        "target_group": one.choice(["older_people", "roma", "migrants"]),
        "service_type": service,
        "unit": unit,
        "unit_kind": kind,
        "channel": rnd.choice(["in_person", "phone"]),
        "quantity": rnd.choice([1, 1, 1, 2, 4]),
        "qualifier": rnd.choices(["exact", "about", "at_least"], [97, 2, 1])[0],
    }
