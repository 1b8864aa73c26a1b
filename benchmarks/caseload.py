"""The caseload of an organisation that knows a hundred thousand people, in process, on both databases.

The rows are written here, without names: one case for every fifth person, steps of which some are late, led by forty
workers. Asked is what the screen asks: a page of fifty with what is due, and the numbers above it, for the lead, the
team and a supervisor, late and to be looked at. The bar is 50 ms for 95 of 100 pages.

    .venv/bin/python -m benchmarks.caseload [--people N]
"""

import argparse
import datetime as dt
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import row

COMMAND = "python -m benchmarks.caseload"
ROUNDS = 25  #: of each kind of page


def main() -> int:
    """Each database in a process of its own."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--people", type=int, default=100_000)
    asked.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    told = asked.parse_args()
    if told.here:
        return measure(told.people)
    from tests.everywhere import postgres_programs, throwaway_cluster

    command = [sys.executable, "-m", "benchmarks.caseload", "--people", str(told.people), "--here"]
    with tempfile.TemporaryDirectory() as folder:
        failed = subprocess.call(command, env=os.environ | {"DUGA_DATA": f"{folder}/sqlite", "DATABASE_URL": ""})
        if programs := postgres_programs():
            with throwaway_cluster(programs) as url:
                here = {"DUGA_DATA": f"{folder}/postgres", "DATABASE_URL": url}
                failed |= subprocess.call(command, env=os.environ | here)
        return failed


def measure(number: int) -> int:
    """All pages of one database."""
    os.environ |= {
        "DUGA_SECRET": "only for measuring" * 3, "DUGA_KEY": "22" * 32, "DUGA_HTTPS": "0", "DUGA_HOSTS": "localhost",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }  # fmt: skip
    Path(os.environ["DUGA_DATA"]).mkdir(parents=True, exist_ok=True)
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    organisation, lead, supervisor = fill(number)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    took = ask(organisation, lead, supervisor)
    where = "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"
    p95 = statistics.quantiles(took, n=20)[-1]
    row(
        f"caseload of {number:,} people, {where}, p95", ours=f"{p95 * 1000:.0f} ms", bar="≤50 ms", met=p95 <= 0.05,
        command=COMMAND,
    )  # fmt: skip
    return p95 > 0.05


def fill(number: int):
    """(organisation, viewer who leads, viewer who supervises)."""
    from duga.casework.models import Case, CaseAction, Person
    from duga.members import actions as members
    from duga.members import queries
    from duga.members.rules import Role, Viewer
    from duga.vault import sealing

    sealing.prepare()
    house, rng, today = Viewer(system="benchmark"), random.Random(7), dt.date.today()
    network = members.found_network(by=house, name="Network", country="ME", slug="network")
    organisation = members.create_organisation(by=house, network=network, name="Large", country="ME", slug="large")
    workers = [_worker(house, organisation, f"worker{n}@example.org", Role.CASE_MANAGER) for n in range(40)]
    _worker(house, organisation, "supervisor@example.org", Role.CASE_SUPERVISOR)
    people = [Person(organisation=organisation, code=f"P{n}", identity=b"x" * 80) for n in range(number)]
    Person.objects.bulk_create(people, batch_size=2000)
    cases = [
        Case(organisation=organisation, person=person, code=f"C{n}", lead=rng.choice(workers), opened_on=today,
             review_on=today + dt.timedelta(days=rng.randint(-20, 120)))
        for n, person in enumerate(people[::5])
    ]  # fmt: skip
    Case.objects.bulk_create(cases, batch_size=2000)
    steps = [
        CaseAction(case=case, text=b"x" * 60, due=today + dt.timedelta(days=rng.randint(-15, 60)))
        for case in cases for _ in range(rng.randint(0, 3))
    ]  # fmt: skip
    CaseAction.objects.bulk_create(steps, batch_size=2000)
    named = ("worker0@example.org", "supervisor@example.org")
    return organisation, *(queries.viewer_by_email(email) for email in named)


def _worker(by, organisation, email, role):
    from duga.members import actions as members

    account = members.create_account(by=by, email=email, name=email, password="only for measuring 77")
    members.give_role(by=by, account=account, role=role, of=organisation)
    return account


def ask(organisation, lead, supervisor) -> list[float]:
    """Seconds of each page."""
    from duga.casework import queries

    kinds = [
        (lead, {"whose": "mine"}), (lead, {"whose": "team", "due": "overdue"}),
        (lead, {"whose": "team", "due": "review"}),
        (supervisor, {"whose": "all"}), (supervisor, {"whose": "all", "due": "overdue"}),
        (supervisor, {"whose": "all", "page": 40}),
    ]  # fmt: skip
    took = []
    for viewer, asked in kinds:
        for _ in range(ROUNDS):
            start = time.perf_counter()
            page = queries.caseload(viewer, organisation, **asked)
            assert page.paginator.count >= len([case.person.code for case in page]) > 0
            queries.case_numbers(viewer, organisation)
            took.append(time.perf_counter() - start)
        print(f"{asked}: {statistics.median(took[-ROUNDS:]) * 1000:.0f} ms", flush=True)
    return took


if __name__ == "__main__":
    sys.exit(main())
