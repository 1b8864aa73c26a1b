"""The call centre: its board at 100,000 people and 60,000 requests on both databases; the Red Cross picture replayed.

`python -m benchmarks.casework [--people N] [--requests N] [--picture SHARE]`. The picture is what one national society
told of eight weeks of spring 2020: 33,176 people helped, 47,366 parcels, errands for 2,240 and psychosocial support for
3,263 persons, by 130 home helpers and around 450 volunteers (here by the helpers alone). Every call, assignment and
delivery goes through the actions of the screens, day by day, and the figures are counted again from the facts that
snapshots are made of. SHARE 0.01 replays each hundredth person (the whole takes half an hour).
"""

import argparse
import datetime as dt
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from unittest.mock import patch

from benchmarks import row

COMMAND = "python -m benchmarks.casework"
PEOPLE, REQUESTS, OPEN, BAR = 100_000, 60_000, 6_000, 50.0
PICTURE = {"people": 33_176, "parcels": 47_366, "errands": 2_240, "support": 3_263, "helpers": 130}
BEGAN, DAYS = dt.datetime(2020, 3, 19, 8, tzinfo=dt.UTC), 56
KINDS = (
    ("parcels", "food", "parcel_distribution", "parcel"), ("errands", "health", "errands", "errand"),
    ("support", "mental_health", "psychosocial_support", "counselling_session"),
)  # fmt: skip


def main() -> int:
    """Each database in a process of its own."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--people", type=int, default=PEOPLE)
    asked.add_argument("--requests", type=int, default=REQUESTS)
    asked.add_argument("--picture", type=float, default=1.0)
    asked.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    told = asked.parse_args()
    if told.here:
        return measure(told)
    from tests.everywhere import postgres_programs, throwaway_cluster

    command = [sys.executable, "-m", "benchmarks.casework", "--here", *sys.argv[1:]]
    with tempfile.TemporaryDirectory() as folder:
        failed = subprocess.call(command, env=os.environ | {"DUGA_DATA": f"{folder}/sqlite", "DATABASE_URL": ""})
        if programs := postgres_programs():
            with throwaway_cluster(programs) as url:
                here = {"DUGA_DATA": f"{folder}/postgres", "DATABASE_URL": url}
                failed |= subprocess.call(command, env=os.environ | here)
        return failed


def measure(told) -> int:
    """The rows of one database."""
    from benchmarks.imports import installation

    os.makedirs(os.environ["DUGA_DATA"], exist_ok=True)
    by, organisation = installation(os.environ["DUGA_DATA"])
    from django.db import connection

    where = "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"
    fill(organisation, by, told.people, told.requests)
    p95 = board_times(by, organisation)
    row(
        f"board, {told.people:,} people, {told.requests:,} requests, {OPEN:,} open ({where})", ours=f"p95 {p95:.0f} ms",
        bar=f"<={BAR:.0f} ms", met=p95 <= BAR, command=COMMAND,
    )  # fmt: skip
    if where == "PostgreSQL" or not told.picture:
        return 0
    begun = time.process_time()
    wanted, found, steps = replay(by, another(by), told.picture)
    rate = steps / (time.process_time() - begun)
    row(
        f"Red Cross picture, eight weeks, {steps:,} actions ({where})", ours=f"{rate:,.0f} a second",
        peer=", ".join(f"{name} {count:,}" for name, count in sorted(found.items())), bar="by unit, exact",
        met=found == wanted, command=COMMAND,
    )  # fmt: skip
    return 0


def another(by):
    """A second organisation, in which the picture is replayed."""
    from duga.members import actions, queries
    from duga.members.rules import Viewer

    house = Viewer(system="bench")
    network = queries.networks_of(house)[0]
    return actions.admit_organisations(by=house, network=network, rows=[{"name": "Society", "country": "ME"}])[0]


def fill(organisation, by, people: int, requests: int) -> None:
    """People and requests as rows: what the board reads, without the sealed parts it never opens."""
    from django.utils import timezone

    from duga.casework.models import Person, Request
    from duga.places.queries import search_areas

    areas = [area.pk for text in ("Nik", "Pod", "Bar", "Ber") for area in search_areas(text, "ME", 4)]
    Person.objects.bulk_create(
        [Person(organisation=organisation, code=f"P{n}") for n in range(people)], batch_size=2000
    )
    ids, now = list(Person.objects.values_list("pk", flat=True)), timezone.now()
    states = ("received", "assessed", "assigned", "under_way", "delivered")
    rows = []
    for n in range(requests):
        came = now - dt.timedelta(minutes=n)
        rows.append(Request(
            organisation=organisation, code=f"R{n}", state=states[n % 5] if n < OPEN else "confirmed", state_since=came,
            need=("food", "health", "care")[n % 3], service_type="errands", person_id=ids[n % len(ids)],
            received_at=came,
            urgency=("emergency", "urgent", "normal", "normal")[n % 4], due_at=came + dt.timedelta(hours=24 + n % 200),
            area_id=areas[n % len(areas)], taken_by_id=by.account_id, phone_token=n // 2,
        ))  # fmt: skip
    Request.objects.bulk_create(rows, batch_size=2000)


def board_times(by, organisation, rounds: int = 60) -> float:
    """The 95th of 100 times, in ms, of what a board asks the database for: its page, its numbers, its places."""
    from duga.casework import queries

    filters = [
        queries.BoardFilter(), queries.BoardFilter(state="received"), queries.BoardFilter(overdue=True),
        queries.BoardFilter(need="food", urgency="urgent"), queries.BoardFilter(mine=True),
    ]  # fmt: skip
    took = []
    for n in range(rounds):
        begun = time.perf_counter()
        list(queries.board(by, organisation, filters[n % len(filters)], page=1 + n % 3))
        queries.board_counts(by, organisation)
        queries.board_places(by, organisation)
        took.append(1000 * (time.perf_counter() - begun))
    return statistics.quantiles(took, n=20)[-1]


def replay(by, organisation, share: float = 1.0) -> tuple[Counter, Counter, int]:
    """Eight weeks of calls, through actions: (figures by unit as planned, as counted from the facts, actions done).

    `by` hands the work out; helpers are taken in here. Every person is helped at least once.
    """
    from duga.casework import actions, queries
    from duga.members.actions import create_account, give_role
    from duga.members.queries import viewer_of
    from duga.members.rules import Role, Viewer

    house = Viewer(system="bench")
    size = {name: max(2, round(count * share)) for name, count in PICTURE.items()}
    helpers = []
    for n in range(size["helpers"]):
        account = create_account(
            by=house, email=f"{organisation.slug}{n}@example.org", name=f"Helper {n}", password="x" * 20
        )
        give_role(by=house, account=account, role=Role.FIELD_WORKER, of=organisation)
        helpers.append(viewer_of(account))
    people = [
        actions.register_person(by=house, organisation_id=organisation.pk, identity={"given": f"P{n}"})
        for n in range(size["people"])
    ]
    wanted, steps, number = Counter(persons=len(people)), len(people), 0
    calls = []
    for kind, need, service, unit in KINDS:
        helped = people if kind == "parcels" else people[: size[kind]]
        more = max(0, size["parcels"] - len(people)) if kind == "parcels" else 0
        calls += [(need, service, person, 1 + (n < more)) for n, person in enumerate(helped)]
        wanted[unit] = len(helped) + min(more, len(helped))
    moment = BEGAN
    with patch("django.utils.timezone.now", lambda: moment):
        for need, service, person, quantity in calls:
            moment = BEGAN + dt.timedelta(days=number * DAYS // len(calls), seconds=number % 30_000)
            _one_call(actions, house, helpers[number % len(helpers)], organisation, need, service, person, quantity)
            number += 1
            steps += 5
        picture = queries.daily_picture(house, organisation, now=moment)
    if picture.open or picture.confirmed < 1:
        raise SystemExit(f"The daily picture does not hold: {picture}")
    return wanted, counted(organisation), steps


def _one_call(actions, house, helper, organisation, need, service, person, quantity) -> None:
    """A call taken, given to a home helper, brought, and confirmed by a colleague."""
    request = actions.take_request(
        by=house, organisation_id=organisation.pk, need=need, service_type=service, person_id=person.pk,
        quantity=quantity, assessed=True,
    )  # fmt: skip
    given = actions.assign_request(
        by=house, request_id=request.pk, version=request.version, account_id=helper.account_id
    )
    actions.start_assignment(by=helper, assignment_id=given.pk)
    actions.deliver(by=helper, assignment_id=given.pk)
    actions.confirm_request(by=house, request_id=request.pk, version=request.version + 3, how="call")


def counted(organisation) -> Counter:
    """What the facts say of an organisation, by unit, and how many persons; each person once."""
    from duga.casework.queries import FACT_COLUMNS, facts

    at = {name: place for place, name in enumerate(FACT_COLUMNS)}
    found, persons = Counter(), set()
    for fact in facts():
        if str(fact[at["organisation"]]) == str(organisation.pk):
            found[fact[at["unit"]]] += int(fact[at["quantity"]])
            persons.add(fact[at["person"]])
    found["persons"] = len(persons - {None})
    return found


if __name__ == "__main__":
    sys.exit(main())
