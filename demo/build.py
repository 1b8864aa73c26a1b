"""Builds the demo network in DUGA_DATA by calling the house's own actions, and says how far it is."""

import csv
import json
import time
from contextlib import contextmanager
from pathlib import Path

from demo import ledger
from demo.cast import CAST, MORE, PASSWORD
from demo.organisations import NATIONAL, REGION, national_rows
from duga.members import actions as members
from duga.members import queries
from duga.members.rules import Role, Viewer

HERE = Path(__file__).resolve().parent
DEMO = Viewer(system="demo")
MARK = "demo.json"
YEARS = range(2019, 2027)


class Steps:
    """Says what is being done, and how long it took."""

    def __init__(self, of: int, say=print):
        self.number, self.of, self.say = 0, of, say

    @contextmanager
    def step(self, what):
        """One step: `done(text)` tells what came of it."""
        self.number += 1
        began, told = time.monotonic(), []
        self.say(f"[{self.number}/{self.of}] {what} …", flush=True)
        yield told.append
        self.say(f"      {told[-1] + ', ' if told else ''}{time.monotonic() - began:.1f} s", flush=True)


def build(data: Path, small: bool = False, say=print) -> dict:
    """Builds everything in `data`, which settings must name as DUGA_DATA; returns what demo.json holds.

    `small`: each fortieth person, and releases of one country and year, with every step as in the whole one.
    """
    steps = Steps(18, say)
    with steps.step("Database") as done:
        _prepare()
        done("SQLite, one file")
    with steps.step("Countries, regions and settlements") as done:
        done(_places())
    with steps.step("The network and its organisations") as done:
        done(_network())
    with steps.step("People who sign in") as done:
        done(f"{_people()} accounts")
    with steps.step("People helped and what was given to them, 2019–2026") as done:
        done(ledger.record_all(DEMO, 40 if small else 1))
    with steps.step("A helpline under seal, a day centre's group, volunteers and stores") as done:
        from demo import volunteers

        done(f"{ledger.sealed_line(DEMO)}, {ledger.daily_work(DEMO)}, {volunteers.fill(DEMO)}")
    with steps.step("Spreadsheets as organisations keep them") as done:
        done(ledger.import_spreadsheets(DEMO))
    secretariat = queries.viewer_by_email(_address(Role.NETWORK_SECRETARIAT))
    with steps.step("The directory: who helps with what, and whether it is still so") as done:
        from demo import directory, licences

        done(f"{directory.fill(DEMO, small)}, {licences.fill(DEMO, directory.NOW.date(), small)}")
    with steps.step("Referrals between organisations, and to a clinic without an account") as done:
        from demo import referrals

        done(referrals.fill(DEMO))
    with steps.step("A call centre's requests; forms to ask with, and answers") as done:
        from demo import requests, surveys

        done(f"{requests.fill(DEMO)}, {surveys.fill(DEMO)}")
    with steps.step("Consents, a child and her guardians, what was told without consent") as done:
        from demo import bases

        done(bases.fill(DEMO))
    with steps.step("Weeks of a helpline, without a name") as done:
        from demo import helpline

        done(helpline.fill(DEMO))
    with steps.step("Cases with a plan, a household, a party on its way") as done:
        from demo import cases

        done(cases.fill(DEMO))
    with steps.step("Reads looked through, a request, a rule of keeping, two breaches, what people say") as done:
        from demo import accountability, feedback

        done(f"{accountability.fill(DEMO)}, {feedback.fill(DEMO)}")
    with steps.step("A snapshot of the facts, without names") as done:
        done(_snapshot(secretariat))
    with steps.step("Public figures, protected and released; forms filled") as done:
        from demo import reports

        done(f"{_releases(secretariat, small)}, {reports.fill(small=small)}")
    with steps.step("A counting round: people of several organisations, each once") as done:
        from demo import rounds

        done(rounds.run(secretariat, DEMO, 2022, 2022 if small else 2024))
    with steps.step("Static files"):
        from config.serving import collect_static

        collect_static()
    told = {
        "password": PASSWORD,
        "people": [{"email": email, "name": name, "role": role or "administrator"} for email, name, role, *_ in CAST],
    }
    _close()
    (data / MARK).write_text(json.dumps(told, indent=1, ensure_ascii=False))
    return told


def _address(role):
    return next(email for email, _, held, *_ in CAST if held == role)


def _prepare():
    from config.serving import migrate
    from duga.vault import sealing

    migrate()
    sealing.prepare()


def _places():
    from duga.places.actions import load_shipped_places

    return f"{load_shipped_places(by=DEMO).created} areas"


def _network():
    region = members.found_network(by=DEMO, **REGION)
    number = 0
    for country, name in NATIONAL.items():
        network = members.found_network(
            by=DEMO, name=name, country=country, parent=region, slug=f"iris-{country.lower()}",
            source="idcserbia.org tells of seven national networks; which countries they are is the demo's assumption",
        )  # fmt: skip
        number += len(members.admit_organisations(by=DEMO, network=network, rows=national_rows(country)))
    return f"{len(NATIONAL)} national networks, {number} organisations"


def _people():
    for email, name, role, place, language in CAST + MORE:
        account = members.create_account(
            by=DEMO, email=email, name=name, password=PASSWORD, language=language, is_administrator=role is None
        )
        if role is not None:
            of = _door(place)
            members.give_role(by=DEMO, account=account, role=role, of=of)
    return len(CAST) + len(MORE)


def _door(slug):
    if slug.startswith("iris"):
        return queries.network_by_slug(DEMO, slug)
    return queries.organisation_by_slug(DEMO, slug)


def _snapshot(by):
    from duga.indicators.actions import take_snapshot

    made = take_snapshot(by=by)
    return f"{made.rows} facts, {made.fingerprint[:16]}"


def _releases(by, small):
    from duga.indicators.actions import release_all, release_supply
    from duga.indicators.queries import newest_snapshot
    from duga.indicators.queries.supply import countries_of_supply
    from duga.publishing.actions import load_published_figures

    with open(HERE / "published_figures.csv", encoding="utf-8", newline="") as file:
        figures = list(csv.DictReader(file))
    load_published_figures(by=by, rows=figures)
    released = (
        release_all(by=by, years=[2020], countries=["ME"]) if small else release_all(by=by, years=YEARS, processes=2)
    )
    for country in ("", "ME") if small else ("", *countries_of_supply(newest_snapshot())):
        released += release_supply(by=by, country=country)
    return f"{len(released)} releases, {len(figures)} figures others published"


def _close():
    """Everything in the database file itself, none of it waiting beside it."""
    from django.db import connection

    from duga.vault import sealing

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    sealing.store().close()
    sealing.use_store(None)
