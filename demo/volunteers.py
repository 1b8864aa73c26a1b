"""The demo's volunteers and stores: invented, the same each time it is built but for the day of today's errands."""

import datetime as dt
import random

from demo.cast import HOME
from demo.names import choose, region_name
from duga.casework import actions
from duga.members import queries
from duga.places.queries import find_area

DAY = dt.date(2026, 10, 30)
NUMBER = 14
SKILLS = ("errands", "parcel_distribution", "home_visit", "education_support", "interpretation", "day_centre")
STORES = (
    ("Paket hrane", "parcel", "Nikšić, magacin", 40, ((120, "Donator iz grada", "2026-A", 75), (60, "", "2026-B", 20))),
    ("Higijenski paket", "hygiene_kit", "Nikšić, magacin", 50, ((35, "Lokalna apoteka", "", 400),)),
    ("Ćebad", "blanket", "Nikšić, magacin", 0, ((80, "", "", None),)),
    ("Školski pribor", "school_supplies", "Dnevni centar", 10, ((24, "Izdavačka kuća", "", None),)),
)
ASKED = (
    ("Hljeb, mlijeko i lijek po receptu; drugi sprat, zvoniti dvaput.", "errands", 10),
    ("Paket hrane; ostaviti kod komšinice ako nikog nema.", "parcel_distribution", 12),
)


def fill(by) -> str:
    """Volunteers with trainings and hours, what the stores hold, and two errands of today: says how much it was."""
    home = queries.organisation_by_slug(by, HOME)
    manager, chance = queries.viewer_by_email("manager@demo.example"), random.Random("volunteers")
    rows = [_volunteer(manager, home, chance) for _ in range(NUMBER)]
    for name, unit, store, minimum, receipts in STORES:
        item = actions.add_stock_item(
            by=manager, organisation_id=home.pk, name=name, unit=unit, store=store, minimum=minimum
        )
        for quantity, source, batch, days in receipts:
            actions.receive_stock(
                by=manager, item_id=item.pk, quantity=quantity, date=DAY - dt.timedelta(days=20), source=source,
                batch=batch, expires_on=DAY + dt.timedelta(days=days) if days else None,
            )  # fmt: skip
    actions.lose_stock(by=manager, item_id=item.pk, quantity=2, date=DAY, reason="damaged", note="Prokisao krov.")
    _errands(manager, home, rows[0])
    return f"{len(rows)} volunteers, {len(STORES)} kinds of goods"


def _volunteer(by, home, chance):
    given, family, _ = region_name(chance, choose(chance, {"serbian": 6, "bosniak": 2, "albanian": 1}), "female")
    area = find_area("Nikšić", "ME").area
    days = sorted(chance.sample(range(7), 3))
    row = actions.add_volunteer(
        by=by, organisation_id=home.pk, identity={"name": f"{given} {family}", "phone": "+382 60 000 000"},
        since=DAY - dt.timedelta(days=chance.randint(60, 1500)), skills=chance.sample(SKILLS, 2), languages=["sr"],
        area_ids=[area.pk] if area else [], available={str(day): ["09:00", "13:00"] for day in days},
        drives=chance.random() < 0.4, insured_until=DAY + dt.timedelta(days=chance.randint(10, 300)),
    )  # fmt: skip
    for title, lasts in (("Prva pomoć", 365), ("Zaštita podataka", 730)):
        day = DAY - dt.timedelta(days=chance.randint(30, 360))
        expires = day + dt.timedelta(days=lasts)
        actions.add_training(by=by, volunteer_id=row.pk, title=title, date=day, hours=6, expires_on=expires)
    for _ in range(4):
        day = DAY - dt.timedelta(days=chance.randint(1, 90))
        told = {"date": day, "hours": chance.choice((2, 3, 4)), "activity": "errands"}
        actions.record_hours(by=by, volunteer_id=row.pk, **told)
    return row


def _errands(by, home, volunteer):
    from django.utils import timezone

    today, chance = timezone.localdate(), random.Random("errands")
    for details, service, hour in ASKED:
        given, family, _ = region_name(chance, "serbian", "female")
        caller = {"name": f"{given} {family}", "phone": "+382 60 000 000"}
        request = actions.take_request(
            by=by, organisation_id=home.pk, need="food", service_type=service, details=details, caller=caller,
            assessed=True, place="Centar",
        )  # fmt: skip
        at = timezone.make_aware(dt.datetime.combine(today, dt.time(hour)))
        actions.assign_request(
            by=by, request_id=request.pk, version=request.version, volunteer_id=volunteer.pk, planned_for=at
        )
