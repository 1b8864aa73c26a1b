"""The caseload of an organisation that knows a hundred thousand people, in process, on both databases.

The rows are written here in bulk, without names, which this page never opens: one case for every fifth person, steps of
which some are late, led by forty workers. Asked is what the screen asks: a page of fifty with what is due, and the
numbers above it, for the lead, the team and a supervisor, late and to be looked at. The bar is 50 ms for 95 of 100.

    .venv/bin/python -m benchmarks.caseload [--people N]
"""

import argparse
import datetime as dt
import random
import statistics
import sys

from benchmarks import row
from benchmarks._casework import Times, begin, on_each_database, settle

COMMAND = "python -m benchmarks.caseload"
ROUNDS = 25  #: of each kind of page
BAR = 50.0  # ms


def main() -> int:
    """Each database in a process of its own."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--people", type=int, default=100_000)
    asked.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    told = asked.parse_args()
    if not told.here:
        return on_each_database("benchmarks.caseload", "--people", str(told.people))
    _by, organisation, where = begin()
    lead, supervisor = fill(organisation, told.people)
    settle()
    times = ask(organisation, lead, supervisor)
    row(
        f"caseload of {told.people:,} people ({where})", ours=times.told(), bar=f"<={BAR:.0f} ms",
        met=times.p95 <= BAR, command=COMMAND,
    )  # fmt: skip
    return 0


def fill(organisation, number: int):
    """(viewer who leads, viewer who supervises); people, cases and steps in one transaction."""
    from django.db import transaction
    from django.test import override_settings

    from duga.casework.actions.imports.bulk import _insert
    from duga.casework.models import Case, CaseAction, Person
    from duga.members import queries
    from duga.members.rules import Role
    from duga.plain.ids import uuid7

    rng, today = random.Random(7), dt.date.today()
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        workers = [_worker(organisation, f"worker{n}@example.org", Role.CASE_MANAGER) for n in range(40)]
        _worker(organisation, "supervisor@example.org", Role.CASE_SUPERVISOR)
    people, cases, steps = [], [], []
    for n in range(number):
        people.append((uuid7(), f"P{n}", b"x" * 80))
        if n % 5 == 0:
            review = today + dt.timedelta(days=rng.randint(-20, 120))
            cases.append((uuid7(), people[-1][0], f"C{n}", rng.choice(workers).pk, review))
            for _ in range(rng.randint(0, 3)):
                steps.append((uuid7(), cases[-1][0], b"x" * 60, today + dt.timedelta(days=rng.randint(-15, 60))))
    own = {"organisation_id": organisation.pk}
    with transaction.atomic():
        _insert(Person, own, ["id", "code", "identity"], people)
        _insert(Case, {**own, "opened_on": today}, ["id", "person_id", "code", "lead_id", "review_on"], cases)
        _insert(CaseAction, {}, ["id", "case_id", "text", "due"], steps)
    return [queries.viewer_by_email(email) for email in ("worker0@example.org", "supervisor@example.org")]


def _worker(organisation, email, role):
    from duga.members import actions as members
    from duga.members.rules import Viewer

    house = Viewer(system="bench")
    account = members.create_account(by=house, email=email, name=email, password="only for measuring 77")
    members.give_role(by=house, account=account, role=role, of=organisation)
    return account


def ask(organisation, lead, supervisor) -> Times:
    """Each kind of page again and again."""
    from duga.casework import queries

    kinds = [
        (lead, {"whose": "mine"}), (lead, {"whose": "team", "due": "overdue"}),
        (lead, {"whose": "team", "due": "review"}),
        (supervisor, {"whose": "all"}), (supervisor, {"whose": "all", "due": "overdue"}),
        (supervisor, {"whose": "all", "page": 40}),
    ]  # fmt: skip

    def look(viewer, asked):
        page = queries.caseload(viewer, organisation, **asked)
        assert page.paginator.count >= len([case.person.code for case in page]) > 0
        queries.case_numbers(viewer, organisation)

    times = Times()
    for viewer, asked in kinds:
        look(viewer, asked)  # once beforehand, as in a house at work
        for _ in range(ROUNDS):
            times(lambda viewer=viewer, asked=asked: look(viewer, asked))
        print(f"  {asked}: {statistics.median(times.wall[-ROUNDS:]):.0f} ms", flush=True)
    return times


if __name__ == "__main__":
    sys.exit(main())
