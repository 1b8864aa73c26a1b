"""The directory at the size of a region: bringing in ten thousand HSDS services; what the API answers then.

Prints seconds and rows; the bar is 60 seconds for 10,000 services. The services are made here: each with organisation,
place, address, hours, phones, languages and terms, as another directory would tell them.

    .venv/bin/python -m benchmarks.directory [--services N]
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time
import uuid
from pathlib import Path

from benchmarks import row

COMMAND = "python -m benchmarks.directory"
TOWNS = [("Podgorica", "81000", 42.441, 19.263), ("Nikšić", "81400", 42.773, 18.944), ("Bar", "85000", 42.093, 19.1),
         ("Berane", "84300", 42.843, 19.873), ("Pljevlja", "84210", 43.357, 19.358)]  # fmt: skip
WORDS = [
    "pravna", "pomoć", "podrška", "savjet", "dnevni", "boravak", "prevod", "zdravlje", "djeca", "žene", "stari", "azil",
    "papiri", "hrana", "kuhinja",
]  # fmt: skip


def made(number: int, seed: int = 7):
    """So many services as HSDS JSON, a tenth as many organisations."""
    chance = random.Random(seed)

    def key():
        return str(uuid.UUID(int=chance.getrandbits(128), version=4))

    organizations = [
        {"id": key(), "name": f"Udruženje {at}", "description": "Pomoć ljudima", "website": "https://example.org"}
        for at in range(max(1, number // 10))
    ]
    terms = [{"id": key(), "name": word, "description": word, "taxonomy": "Oblasti"} for word in WORDS]
    return [_service(at, chance, key, organizations, terms) for at in range(number)]


def _service(at, chance, key, organizations, terms):
    town, code, north, east = chance.choice(TOWNS)
    name = " ".join(chance.sample(WORDS, 3)).capitalize()
    location = {
        "id": key(), "location_type": "physical", "name": name,
        "latitude": round(north + chance.uniform(-0.05, 0.05), 5),
        "longitude": round(east + chance.uniform(-0.05, 0.05), 5),
        "addresses": [{"id": key(), "address_1": f"Ulica {at % 200}", "city": town, "state_province": "",
                       "country": "ME", "postal_code": code, "address_type": "physical"}],
    }  # fmt: skip
    hours = {"id": key(), "freq": "WEEKLY", "byday": "MO,TU,WE,TH,FR", "opens_at": "08:00", "closes_at": "15:00"}
    return {
        "id": key(), "name": f"{name} {at}", "status": "active", "description": " ".join(chance.choices(WORDS, k=25)),
        "assured_date": "2026-10-01", "organization": chance.choice(organizations),
        "phones": [{"id": key(), "number": f"+382 20 {at:06d}", "languages": [{"id": key(), "code": "sq"}]}],
        "languages": [{"id": key(), "code": "cnr", "name": "crnogorski"}],
        "schedules": [hours], "service_areas": [{"id": key(), "name": town}],
        "cost_options": [{"id": key(), "option": "svi", "amount": 0, "currency": "EUR"}],
        "attributes": [{"id": key(), "taxonomy_term": term} for term in chance.sample(terms, 2)],
        "service_at_locations": [{"id": key(), "location": location}],
    }  # fmt: skip


def main() -> int:
    """Runs the benchmark in a folder of its own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--services", type=int, default=10_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        by, network = _installation(folder)
        return _run(asked.services, Path(folder), by, network)


def _installation(folder):
    """An installation with its areas and one network; (who curates it, the network)."""
    os.environ |= {
        "DUGA_DATA": folder, "DUGA_SECRET": "only for measuring" * 3, "DUGA_KEY": "22" * 32, "DUGA_HTTPS": "0",
        "DUGA_HOSTS": "localhost", "DJANGO_SETTINGS_MODULE": "config.settings",
    }  # fmt: skip
    import django

    django.setup()
    from django.core.management import call_command

    from duga.directory.actions import load_terms
    from duga.members import actions
    from duga.members.queries import viewer_of
    from duga.members.rules import Role, Viewer
    from duga.places.actions import load_shipped_places

    call_command("migrate", verbosity=0)
    house = Viewer(system="bench")
    load_shipped_places(by=house)
    load_terms(by=house)
    network = actions.found_network(by=house, name="Network", country="ME")
    account = actions.create_account(by=house, email="bench@example.org", name="Bench", password="x" * 20)
    actions.give_role(by=house, account=account, role=Role.NATIONAL_COORDINATOR, of=network)
    return viewer_of(account), network


def _run(number, folder, by, network) -> int:
    from duga.directory.actions.exchange import import_hsds

    file = folder / "services.json"
    file.write_text(json.dumps(made(number), ensure_ascii=False), encoding="utf-8")
    told = {"by": by, "network_id": network.pk, "name": file.name, "data": file.read_bytes(), "source": "benchmark"}
    began, worked = time.perf_counter(), time.process_time()
    outcome = import_hsds(**told)
    seconds, worked = time.perf_counter() - began, time.process_time() - worked
    rows, most = sum(outcome.numbers.values()), 60 * max(1, number / 10_000)
    whole = outcome.numbers["service"] == number
    row(
        f"import {number:,} HSDS services ({rows:,} rows)", ours=f"{seconds:.1f} s", peer=f"{worked:.1f} s processor",
        bar=f"<={most:.0f} s", met=seconds <= most and whole, command=COMMAND,
    )  # fmt: skip
    began = time.perf_counter()
    again = import_hsds(**told)
    row(
        "the same file again", ours=f"{again.imported} came in", peer=f"{time.perf_counter() - began:.1f} s", bar="0",
        met=again.imported == 0, command=COMMAND,
    )  # fmt: skip
    _answers()
    return 0


def _answers():
    from django.test import Client

    for path in ("services", "services?full=true&per_page=100", "services?search=pravna", "service_at_locations",
                 "services?format=ndjson&full=true"):  # fmt: skip
        began = time.perf_counter()
        reply = Client(HTTP_HOST="localhost").get(f"/api/hsds/{path}")
        size = sum(map(len, reply.streaming_content)) if reply.streaming else len(reply.content)
        seconds = time.perf_counter() - began
        row(f"GET /{path}", ours=f"{1000 * seconds:,.0f} ms", peer=f"{size / 1024:,.0f} KiB", command=COMMAND)


if __name__ == "__main__":
    sys.exit(main())
