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


def fill(cast, *, people=260, seed=1, years=(2019, 2020)):
    """Writes people, households, tallies and deliveries straight into the tables; gives what was written.

    The same seed writes the same ledger, ids included. Each person is helped in one region, in several months, with
    several services; some bands, legal aid and shelter are rare, so that there is something to protect.
    """
    from duga.casework.models import Assistance, Household, Institution, Person
    from duga.places.models import Area

    rng, number = random.Random(seed), count(seed << 64)

    def entry(**fields):
        return Assistance(id=uuid.UUID(int=next(number)), **fields)

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
            given = {"service_type": service, "unit": SERVICES[service], "quantity": Decimal(rng.choice([1, 1, 1, 2]))}
            rows.append(
                entry(
                    organisation=organisation,
                    recipient="person",
                    person=person,
                    date=day,
                    area=home,
                    age_band=band,
                    **given,
                )
            )
    Person.objects.bulk_create(made)
    household = Household.objects.create(organisation=cast.niksic, code=f"H{seed}", size=4)
    name = f"Health centre {seed}"
    institution = Institution.objects.create(organisation=cast.niksic, name=name, folded=name.lower())
    here = {"organisation": cast.niksic, "area": areas["ME"][0]}
    parcels = {"service_type": "parcel_distribution", "unit": "parcel", "recipient": "household"}
    talk = {"service_type": "outreach", "unit": "information", "recipient": "tally"}
    masks = {"service_type": "parcel_distribution", "unit": "mask", "recipient": "institution"}
    rows.append(entry(**here, **talk, size=320, size_qualifier="about", date=dt.date(2020, 4, 6)))
    rows.append(entry(**here, **masks, institution=institution, quantity=500, date=dt.date(2020, 4, 6)))
    for month in (4, 5):
        rows.append(entry(**here, **parcels, household=household, size=4, date=dt.date(2020, month, 6)))
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


def release_by_hand(cast):
    """One released number, without counting anything: for pages that only need one to be there."""
    from django.utils import timezone

    from duga.evidence.indicators import find
    from duga.indicators import rules
    from duga.indicators.actions import freeze_release
    from duga.indicators.actions._freezing import _audit, _keep
    from duga.indicators.actions._making import _Made
    from duga.indicators.models import Snapshot

    fingerprint = "ab" * 32
    snapshot = Snapshot.objects.create(
        fingerprint=fingerprint, schema_version=1, rows=9, first_month="2020-01", last_month="2020-12",
        path="snapshots/abababababababab", taken_at=timezone.now(), taken_by="test",
    )  # fmt: skip
    indicator = find("households_reached")
    document = {
        "format": rules.FORMAT, "id": str(uuid.uuid4()), "country": "ME", "period": "2020-01..2020-12",
        "indicator": {
            "code": indicator.code, "version": 1, "definition_sha256": indicator.fingerprint,
            "title": dict(indicator.title), "unit": "household",
        },
        "breakdown": [], "code_version": "test", "totals": "distinct", "withheld": False,
        "snapshot": {"fingerprint": fingerprint, "schema_version": 1},
        "protection": {"method": "suppression", "minimum": 5, "audit": {"passed": True}},
        "cells": [{"value": 12, "status": "shown", "qualifier": "exact"}],
        "hidden_means": "", "beside": [], "notes": [],
    }  # fmt: skip
    files = {"json": rules.canonical(document), "csv": rules.as_csv(document)}
    by = cast.viewer("secretariat")
    drafts = _keep(by, snapshot, [_Made(document, indicator.text, files)])
    assert _audit(by, drafts) == []
    return freeze_release(by=by, release_id=drafts[0].pk)


def own_figures_by_hand(cast):
    """Own figures of Nikšić with one number in them."""
    from django.utils import timezone

    from duga.indicators.actions import ask_own_figures
    from duga.indicators.models import OwnFigures

    asked = ask_own_figures(by=cast.viewer("coordinator"), slug="niksic", period="2020", start=False)
    cell = {"value": 12, "status": "shown", "qualifier": "exact"}
    people = [cell | {"sex": "(all)", "age_band": "(all)"}]
    months = [cell | {"month": "(all)"}]
    empty = {"own": [], "donor": [], "beside": [], "beside_donor": []}
    tables = {
        "people": empty | {"breakdown": ["sex", "age_band"], "own": people, "donor": people},
        "months": empty | {"breakdown": ["month"], "own": months, "donor": months},
        "units": empty, "households": empty | {"breakdown": []},
    }  # fmt: skip
    OwnFigures.objects.filter(pk=asked.pk).update(
        state="done", done_at=timezone.now(), result={"rows": 9, "minimum": 5, "tables": tables}
    )
    return asked


def table_by_hand(cast):
    """A table that the secretariat built, kept and shared, without counting anything."""
    from django.utils import timezone

    from duga.indicators.models import BuiltTable, Snapshot
    from duga.indicators.queries import buildable_indicators

    definition = buildable_indicators()["people_assisted"]
    told = {"status": "shown", "qualifier": "exact"}
    document = {
        "id": "1", "indicator": {"code": "people_assisted", "unit": "person", "title": dict(definition.title)},
        "breakdown": ["sex"], "country": "ME", "where": {"country": ["ME"]}, "period": "2020", "totals": "distinct",
        "snapshot": {"fingerprint": "ab" * 32}, "protection": {"method": "suppression", "minimum": 5}, "coarser": [],
        "cells": [told | {"sex": "female", "value": 12}, told | {"sex": "(all)", "value": 12}],
        "counted_at": timezone.now().isoformat(),
    }  # fmt: skip
    return BuiltTable.objects.create(
        indicator="people_assisted", definition=definition.text, breakdown="sex", period="2020",
        where=document["where"],
        snapshot=Snapshot.objects.first(), state="done", asked_by="secretariat@example.org", proposals=[document],
        choice=0, kept_at=timezone.now(), shared_at=timezone.now(),
    )  # fmt: skip
