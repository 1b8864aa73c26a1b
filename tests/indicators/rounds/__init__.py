"""Counting rounds of the tests: people known to two organisations; and rounds as pages need them, nothing encoded."""

import datetime as dt
import random
from types import SimpleNamespace

from duga.members.rules import Viewer

HOUSE = Viewer(system="counting round")
#: (given, family, birth date, sex) as Nikšić and as Niš wrote down the same people; None: not known there.
PEOPLE = [
    (("Ana", "Kovačević", "1956-04-03", "female"), ("Ана", "Ковачевић", "1956-04-03", "female")),
    (("Đorđe", "Živković", "1948-11-21", "male"), ("Djordje", "Zivkovic", "1948-11-21", "male")),
    (("Mohammad", "Rahimi", "1994-02-17", "male"), ("Мухамед", "Рахими", "1994-02-17", "male")),
    (("Slavica", "Bulatović", "1961-07-30", "female"), None),
    (("Miodrag", "Šćepanović", "1939-09-12", "male"), None),
    (None, ("Љиљана", "Стојановић", "1972-01-25", "female")),
]


def open_by_hand(cast):
    """A round of 2020 that asks both organisations."""
    from duga.indicators.actions import open_round

    told = {"purpose": "How many different people in 2020", "first_year": 2020, "last_year": 2020, "start": False}
    return open_round(by=cast.viewer("secretariat"), **told)


def released_by_hand(cast):
    """A round with a result that anybody may read."""
    from django.utils import timezone

    from duga.evidence.across import published
    from duga.indicators.actions import release_round
    from duga.indicators.models import CountingRound

    found = open_by_hand(cast)
    counts = [
        {"country": "ME", "year": 2020, "claimed": 412, "people": 371.2, "low": 362, "high": 384, "precise": True},
        {"country": "RS", "year": 2020, "claimed": 8, "people": 8, "low": 7, "high": 8, "precise": True},
        {"country": "", "year": 2020, "claimed": 420, "people": 378, "low": 369, "high": 391, "precise": False},
    ]
    now = timezone.now()
    CountingRound.objects.filter(pk=found.pk).update(
        state="closed", result=published(counts), linking_by="test", linked_at=now, closed_at=now, checked_by="test",
        fingerprint="ab" * 32,
    )  # fmt: skip
    return release_round(by=cast.viewer("secretariat"), round_id=found.pk)


def register(cast, *, crowd):
    """People and what they were given, through the actions."""
    from duga.casework import actions as casework

    ids = SimpleNamespace(niksic=[], nis=[])
    sides = (("niksic", "worker", cast.niksic), ("nis", "other_worker", cast.nis))
    for place, (name, worker, organisation) in enumerate(sides):
        by = cast.viewer(worker)
        described = [pair[place] for pair in PEOPLE if pair[place]]
        described += strangers(f"{name} crowd", 60) if crowd else []
        for given, family, born, sex in described:
            person = casework.register_person(
                by=by, organisation_id=organisation.pk, sex=sex,
                identity={"given": given, "family": family, "birth_date": born},
            )  # fmt: skip
            casework.record_assistance(
                by=by, organisation_id=organisation.pk, person_id=person.pk, service_type="parcel_distribution",
                date=dt.date(2020, 4, 3),
            )  # fmt: skip
            getattr(ids, name).append(person.pk)
    return ids


def strangers(seed, number):
    """(given, family, birth date, sex) of people whom one organisation alone knows."""
    from demo.names import choose, region_name

    rng, found = random.Random(seed), []
    for _ in range(number):
        sex = rng.choice(["female", "male"])
        given, family, _father = region_name(rng, choose(rng, {"serbian": 6, "bosniak": 3, "albanian": 2}), sex)
        born = dt.date(1930, 1, 1) + dt.timedelta(days=rng.randrange(25_000))
        found.append((given, family, born.isoformat(), sex))
    return found


def linked_round(cast, open_round, agree):
    """Linked and not yet checked."""
    from duga.indicators import actions

    found = open_round()
    agree(found)
    actions.encode_parts(by=HOUSE, round_id=found.pk)
    actions.start_linking(by=cast.viewer("secretariat"), round_id=found.pk, start=False)
    return actions.link_round(by=HOUSE, round_id=found.pk)
