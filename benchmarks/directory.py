"""The directory at the size of a region: bringing in ten thousand HSDS services, on both databases; what is served.

The bar is 60 seconds for 10,000 services, and 50 KiB for a page of the finder. Beside the import stands what no import
can do without: the same rows written by bulk_create, unchecked, without history or index. The services are made here:
each with organisation, place, address, hours, phones, languages and terms, as another directory would tell them.

    .venv/bin/python -m benchmarks.directory [--services N]
"""

import argparse
import gzip
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
import uuid
from itertools import pairwise
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
    """Runs on both databases, each in a process and a folder of its own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--services", type=int, default=10_000)
    parser.add_argument("--here", metavar="FOLDER", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.here:
        by, network = _installation(asked.here)
        return _run(asked.services, Path(asked.here), by, network)
    from tests.everywhere import postgres_programs, throwaway_cluster

    command, failed = [sys.executable, "-m", "benchmarks.directory", "--services", str(asked.services), "--here"], 0
    with tempfile.TemporaryDirectory() as folder:
        failed |= subprocess.call([*command, folder], env=os.environ | {"DATABASE_URL": ""})
    if programs := postgres_programs():
        with tempfile.TemporaryDirectory() as folder, throwaway_cluster(programs) as url:
            failed |= subprocess.call([*command, folder], env=os.environ | {"DATABASE_URL": url})
    else:
        print("PostgreSQL is not installed: SQLite alone.")
    return failed


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
    from django.db import connection

    from duga.directory.actions.exchange import import_hsds

    where = "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"
    file = folder / "services.json"
    file.write_text(json.dumps(made(number), ensure_ascii=False), encoding="utf-8")
    heard = [time.perf_counter()]
    told = {"by": by, "network_id": network.pk, "name": file.name, "data": file.read_bytes(), "source": "benchmark"}
    began, worked = time.perf_counter(), time.process_time()
    outcome = import_hsds(**told, progress=lambda words, share: heard.append(time.perf_counter()))
    seconds, worked = time.perf_counter() - began, time.process_time() - worked
    heard.append(time.perf_counter())
    rows, most = sum(outcome.numbers.values()), 60 * max(1, number / 10_000)
    whole = outcome.numbers["service"] == number
    floor = _floor()
    row(
        f"import {number:,} HSDS services ({rows:,} rows), {where}, beside bulk_create of the rows alone",
        ours=f"{seconds:.1f} s", peer=f"{floor:.1f} s", ratio=f"{floor / seconds:.1f}x", bar=f"<={most:.0f} s",
        met=seconds <= most and whole, command=COMMAND,
    )  # fmt: skip
    silence = max(later - earlier for earlier, later in pairwise(heard))
    row(
        f"its processor time, {where}; longest time without word of progress", ours=f"{worked:.1f} s",
        peer=f"{silence:.1f} s", command=COMMAND,
    )  # fmt: skip
    began = time.perf_counter()
    again = import_hsds(**told)
    row(
        f"the same file again, {where}", ours=f"{again.imported} came in", peer=f"{time.perf_counter() - began:.1f} s",
        bar="0", met=again.imported == 0, command=COMMAND,
    )  # fmt: skip
    _answers(where)
    if where == "SQLite":
        _weights()
    return 0


def _floor() -> float:
    """Seconds in which Django writes the very same rows, made ready before, unchecked, without history or index."""
    from django.db import transaction

    from duga.directory.actions.loading import TABLES
    from duga.directory.models import Fact, SearchEntry, SearchPosting, Verification

    rows = {model: list(model.objects.all()) for model in (*TABLES.values(), Fact, Verification)}
    with transaction.atomic():
        for model in (SearchPosting, SearchEntry, *reversed(rows)):
            model.objects.all()._raw_delete("default")
        began = time.perf_counter()
        for model, found in rows.items():
            model.objects.bulk_create(found, batch_size=500)
        seconds = time.perf_counter() - began
        transaction.set_rollback(True)
    return seconds


def _answers(where):
    from django.test import Client

    for path in ("services", "services?full=true&per_page=100", "services?search=pravna", "service_at_locations",
                 "services?format=ndjson&full=true"):  # fmt: skip
        began = time.perf_counter()
        reply = Client(HTTP_HOST="localhost").get(f"/api/hsds/{path}")
        size = sum(map(len, reply.streaming_content)) if reply.streaming else len(reply.content)
        seconds = time.perf_counter() - began
        row(f"GET /{path}, {where}", ours=f"{1000 * seconds:,.0f} ms", peer=f"{size / 1024:,.0f} KiB", command=COMMAND)


#: Pages of the finder as a phone without scripts asks for them.
PAGES = {
    "what do you need": "/services/",
    "where are you": "/services/?need=legal",
    "20 services found": "/services/?country=ME",
    "as a printed list": "/services/list/?country=ME",
    "one service": "/services/{service}/",
}
STYLE_AND_MARKS = re.compile(r'(?:href|src)="([^"]+\.(?:css|js|svg|png|woff2)[^"]*)"')


def _weights():
    """Bytes of each page of the finder, of what comes with it once, and gzipped as a server sends them."""
    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client

    from duga.directory.models import Service

    call_command("collectstatic", interactive=False, verbosity=0)
    client = Client(HTTP_HOST="localhost")
    service = Service.objects.order_by("pk").first().pk
    for name, address in PAGES.items():
        for language in ("en", "fa"):
            reply = client.get(address.format(service=service), headers={"accept-language": language})
            along = {name.split("?")[0] for name in STYLE_AND_MARKS.findall(reply.content.decode())}
            files = [Path(settings.STATIC_ROOT) / each.removeprefix(settings.STATIC_URL) for each in sorted(along)]
            more = b"".join(file.read_bytes() for file in files if file.is_file())
            whole = len(gzip.compress(reply.content)) + len(gzip.compress(more))
            row(
                f"page “{name}” ({language}), with style and marks, gzipped", ours=f"{whole / 1024:.1f} KiB",
                peer=f"{len(reply.content) / 1024:.1f} KiB page plain", bar="<=50 KiB",
                met=reply.status_code == 200 and whole <= 50 * 1024, command=COMMAND,
            )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
