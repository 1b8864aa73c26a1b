"""Import: rows a second from a real xlsx, sealing and indexing every person, beside recording them one by one.

`python -m benchmarks.imports [ROWS]` makes an installation of its own in a temporary folder and leaves nothing.
"""

import datetime as dt
import os
import random
import sys
import tempfile
import time

from benchmarks import row

ROWS, ONE_BY_ONE, TARGET_SECONDS = 5_000, 200, 5.0
HEAD = ["Ime i prezime", "Godište", "Pol", "Opština", "Usluga", "Količina", "Datum"]
TOWNS = ["Nikšić", "Podgorica", "Bar", "Бијело Поље", "Berane"]
SERVICES = ["Podela paketa", "Kućna posjeta", "Pravna pomoć"]


def rows(count: int, seed: int = 1) -> list[list]:
    """Rows of a list of assistance: about half as many invented people as rows, some in Cyrillic places."""
    chance = random.Random(seed)
    parts = [consonant + vowel for consonant in "bdklmnrstv" for vowel in "aeo"]

    def word():
        return "".join(chance.choice(parts) for _ in range(3)).title()

    people = [
        (f"{word()} {word()}ić", chance.randint(1930, 2015), chance.choice("žm"), chance.choice(TOWNS))
        for _ in range(max(count // 2, 1))
    ]
    start = dt.date(2020, 1, 1)
    return [
        [
            *chance.choice(people),
            chance.choice(SERVICES),
            chance.randint(1, 4),
            start + dt.timedelta(chance.randrange(700)),
        ]
        for _ in range(count)
    ]


def installation(folder: str):
    """An installation under `folder` with one organisation; returns (viewer who may import, organisation)."""
    os.environ |= {
        "DUGA_DATA": folder, "DUGA_SECRET": "only for measuring" * 3, "DUGA_KEY": "22" * 32, "DUGA_HTTPS": "0",
        "DUGA_HOSTS": "localhost", "DJANGO_SETTINGS_MODULE": "config.settings",
    }  # fmt: skip
    import django

    django.setup()
    from django.core.management import call_command

    from duga.members import actions
    from duga.members.queries import viewer_of
    from duga.members.rules import Role, Viewer
    from duga.places.actions import load_shipped_places

    call_command("migrate", verbosity=0)
    house = Viewer(system="bench")
    load_shipped_places(by=house)
    network = actions.found_network(by=house, name="Network", country="ME")
    (organisation,) = actions.admit_organisations(
        by=house, network=network, rows=[{"name": "Organisation", "country": "ME"}]
    )
    account = actions.create_account(by=house, email="bench@example.org", name="Bench", password="x" * 20)
    actions.give_role(by=house, account=account, role=Role.ORGANISATION_COORDINATOR, of=organisation)
    return viewer_of(account), organisation


def one_by_one(by, organisation, some) -> float:
    """Rows a second when each is a person registered and a delivery recorded through the actions of the screens."""
    from duga.casework.actions import record_assistance, register_person

    begin = time.process_time()
    for name, year, _, _, _, quantity, day in some:
        given, family = name.split()
        identity = {"given": given, "family": family}
        person = register_person(by=by, organisation_id=organisation.pk, identity=identity, birth_year=year)
        record_assistance(
            by=by, organisation_id=organisation.pk, person_id=person.pk, service_type="home_visit", date=day,
            quantity=quantity,
        )  # fmt: skip
    return len(some) / (time.process_time() - begin)


def main(count: int = ROWS) -> None:
    """Measures and prints one line each."""
    with tempfile.TemporaryDirectory(prefix="duga-bench-") as folder:
        by, organisation = installation(folder)
        from duga.casework.actions import import_assistance
        from duga.casework.queries import facts
        from duga.plain.tables import write_xlsx

        listed = rows(count)
        data = write_xlsx(HEAD, listed)
        singles = one_by_one(by, organisation, rows(ONE_BY_ONE, seed=2))
        begin = time.process_time()
        outcome = import_assistance(by=by, organisation_id=organisation.pk, name="list.xlsx", data=data)
        seconds = time.process_time() - begin
        if outcome.imported != count:
            sys.exit(f"Only {outcome.imported} of {count} rows came in: {outcome.errors[:3]}")
        rate = count / seconds
        target = TARGET_SECONDS * count / ROWS
        command = "python -m benchmarks.imports"
        row(
            f"import {count:,} rows of xlsx, beside recording one by one", ours=f"{seconds:.1f} s CPU",
            peer=f"{rate:,.0f} beside {singles:,.0f}/s", ratio=f"{rate / singles:.1f}x", bar=f"<={target:.0f} s",
            met=seconds <= target, command=command,
        )  # fmt: skip
        begin = time.process_time()
        again = import_assistance(by=by, organisation_id=organisation.pk, name="list.xlsx", data=data)
        took = time.process_time() - begin
        row("import the same file again", ours=f"{took:.1f} s CPU", peer=f"{again.already:,} known", command=command)
        begin = time.process_time()
        told = sum(1 for _ in facts())
        rate = told / (time.process_time() - begin)
        row("facts for a snapshot", ours=f"{rate:,.0f} a second", peer=f"{told:,} facts", command=command)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
