"""Searching a directory of a hundred thousand services, in process, on both databases, beside PostgreSQL's full text.

The services are made here: names and descriptions of words as unevenly frequent as people's, places around forty
towns, needs, languages, hours, verified at different times; the index is the product's own. The peer is what one would
build in PostgreSQL 15 by hand: a tsvector (unaccent, simple, the name weighted) and an array of the same choices under
GIN, points under GiST, asked the same questions: twenty hits in order, and how many there are. It tells nearness in
degrees and openness by the hour only. The bar is 30 ms for 95 of 100 questions.

    .venv/bin/python -m benchmarks.search [--services N]
"""

import argparse
import datetime as dt
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import product
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from benchmarks import row

COMMAND = "python -m benchmarks.search"
SOUNDS = ["ba", "do", "ka", "li", "mo", "ne", "pra", "ri", "sto", "vu", "za", "ti"]
TOWNS = [(41.2 + n * 0.13, 17.5 + n * 0.14) for n in range(40)]
COUNTRIES = ("ME", "RS", "BA", "MK", "AL")
ROUNDS = 12  #: of each kind of question
LIMIT = 20


def main() -> int:
    """Each database in a process of its own; PostgreSQL first, so that the peer stands beside both."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--services", type=int, default=100_000)
    asked.add_argument("--here", metavar="FILE", help=argparse.SUPPRESS)
    told = asked.parse_args()
    if told.here:
        return measure(told.services, Path(told.here))
    from tests.everywhere import postgres_programs, throwaway_cluster

    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "benchmarks.search", "--services", str(told.services), "--here"]
        command.append(f"{folder}/peer.json")
        failed = 0
        if programs := postgres_programs():
            with throwaway_cluster(programs) as url:
                here = {"DUGA_DATA": f"{folder}/postgres", "DATABASE_URL": url}
                failed |= subprocess.call(command, env=os.environ | here)
        else:
            print("PostgreSQL is not installed: SQLite alone, without the peer.")
        here = {"DUGA_DATA": f"{folder}/sqlite", "DATABASE_URL": ""}
        return failed | subprocess.call(command, env=os.environ | here)


def measure(number: int, kept: Path) -> int:
    """All rows of one database; the peer's numbers are written to `kept`, or read from it."""
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
    words = vocabulary()
    curator = fill(number, words)
    ours = {"index": build(curator), **ask_all(words), **change(curator)}
    where = "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"
    if where == "PostgreSQL":
        peer = Peer()
        told = {"index": peer.seconds, **ask_all(words, peer), "change": peer.change()}
        kept.write_text(json.dumps(told))
    peer = json.loads(kept.read_text()) if kept.exists() else {}
    report(number, where, ours, peer)
    return 0


# --- what is searched --------------------------------------------------------------------------------------


def vocabulary() -> list[str]:
    """Some 1,500 words, the frequent ones first; no two sound alike, so that both sides must find the same."""
    pairs = {(each, each) for each in SOUNDS} | {("pra", "ri"), ("sto", "ti")}
    words = [
        f"{''.join(each)}k" for each in product(SOUNDS, repeat=3)
        if each[:2] not in pairs and each[1:] not in pairs and each[2] != "ka"
    ]  # fmt: skip
    random.Random(3).shuffle(words)
    return words


def drawn(chance, words, count) -> str:
    """So many words, each as often as people use it: the second half as often as the first…"""
    weights = [1 / (place + 5) for place in range(len(words))]
    return chance.choices(words, weights, k=count)


def fill(number: int, words):
    """Services with all that hangs on them, without an index yet; returns who may make it."""
    from duga.directory.actions import load_terms
    from duga.directory.models import TaxonomyTerm
    from duga.members import actions
    from duga.members.queries import viewer_of
    from duga.members.rules import Role, Viewer

    house = Viewer(system="bench")
    load_terms(by=house)
    network = actions.found_network(by=house, name="Network", country="ME")
    account = actions.create_account(by=house, email="bench@example.org", name="Bench", password="x" * 20)
    actions.give_role(by=house, account=account, role=Role.NATIONAL_COORDINATOR, of=network)
    own = TaxonomyTerm.objects.filter(taxonomy__key__in=("needs", "target_groups", "conditions"))
    terms = list(own.order_by("taxonomy__key", "code").values_list("pk", flat=True))
    chance = random.Random(11)
    texts = drawn(chance, words, 23 * number)
    for start in range(0, number, 10_000):
        rows = range(start, min(start + 10_000, number))
        _write(network, rows, chance, terms, [texts[23 * at : 23 * at + 23] for at in rows])
    return viewer_of(account)


def _write(network, numbers, chance, terms, texts):
    from django.db import transaction

    from duga.directory import models
    from duga.directory.actions._bulk import _write_rows

    def key():
        return UUID(int=chance.getrandbits(128), version=4)

    now, tables = dt.datetime.now(dt.UTC), {}

    def put(model, **told):
        tables.setdefault(model, []).append({"id": key(), **told})
        return tables[model][-1]["id"]

    provider = ""
    for at, text in zip(numbers, texts, strict=True):
        country = chance.choice(COUNTRIES)
        if at % 10 == 0:
            provider = put(models.Provider, network_id=network.pk, kind="other", country="ME", name=f"Udruženje {at}")
        service = put(
            models.Service, provider_id=provider, country=country, name=" ".join(text[:3]),
            description=" ".join(text[3:]), status="active", emergency=at % 500 == 0,
        )  # fmt: skip
        for code in chance.sample(("sr", "sq", "mk", "fa", "ar", "en"), 2):
            put(models.Language, service_id=service, code=code)
        for term in chance.sample(terms, 3):
            put(models.Attribute, link_entity="service", link_id=service, term_id=term)
        opens = chance.choice((8, 9, 10, 16))
        hours = {"byday": "MO,TU,WE,TH,FR", "opens_at": f"{opens:02d}:00", "closes_at": f"{opens + 6}:00"}
        put(models.Schedule, service_id=service, freq="WEEKLY", **hours)
        verified = now - dt.timedelta(days=chance.randrange(300))
        for kind in ("offered", "hours"):
            put(models.Fact, service_id=service, kind=kind, verified_at=verified, how="source", due_on=now.date())
        if at % 10:  # every tenth is a helpline
            north, east = chance.choice(TOWNS)
            place = {"latitude": north + chance.gauss(0, 0.02), "longitude": east + chance.gauss(0, 0.02)}
            location = put(models.Location, location_type="physical", country=country, name="", **place)
            put(models.ServiceAtLocation, service_id=service, location_id=location)
    with transaction.atomic():
        for model in (models.Provider, models.Service, models.Location):
            _write_rows(model, tables.pop(model, []))
        for model, rows in tables.items():
            _write_rows(model, rows)


# --- ours --------------------------------------------------------------------------------------------------


def build(curator) -> float:
    """Seconds in which the whole index is made."""
    from django.db import connection

    from duga.directory.actions import reindex

    began = time.perf_counter()
    reindex(by=curator)
    seconds = time.perf_counter() - began
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    return seconds


def change(curator) -> dict:
    """Milliseconds (median) until a service with another description is found by it, all of the action in it."""
    from duga.directory.actions import change_service
    from duga.directory.models import Service

    took = []
    for number, service in enumerate(Service.objects.order_by("pk")[:15]):
        began = time.perf_counter()
        change_service(by=curator, service_id=service.pk, changes={"description": f"novo {number} pomoć"})
        took.append(1000 * (time.perf_counter() - began))
    return {"change": statistics.median(took)}


def questions(words):
    """(kind, question): words, choices, near, near and open, all of it at once."""
    from duga.directory.rules.search import Ask

    chance = random.Random(5)
    for _ in range(ROUNDS):
        one, two = drawn(chance, words, 2)
        town = tuple(each + chance.gauss(0, 0.05) for each in chance.choice(TOWNS))
        country, need = chance.choice(COUNTRIES), chance.choice(("food", "legal", "health", "housing"))
        yield "words", Ask(text=one)
        yield "words", Ask(text=f"{one} {two}")
        yield "words", Ask(text=chance.choice(words))  # a rare one
        yield "choices", Ask(needs=(need,), country=country)
        yield "choices", Ask(languages=("ar",), needs=("health", "food"))
        yield "near", Ask(position=town)
        yield "near", Ask(position=town, needs=(need,), languages=("fa",))
        yield "near, open now", Ask(position=town, needs=(need,), open_now=True, country=country)
        yield "all at once", Ask(text=one, position=town, country=country, languages=("sr", "sq"))


def ask_all(words, peer=None) -> dict:
    """{kind: [milliseconds]}, and how many were found, of ours or of the peer's answers."""
    from duga.directory.queries import search

    now = dt.datetime.combine(dt.date.today() - dt.timedelta(days=dt.date.today().weekday()), dt.time(10, 30))
    now = now.replace(tzinfo=ZoneInfo("Europe/Podgorica"))
    took, totals, kinds = {}, [], []
    ask_one = peer.ask if peer else lambda ask, now: search(ask, now, limit=LIMIT).total
    for warm in (True, False):
        for kind, ask in questions(words):
            began = time.perf_counter()
            total = ask_one(ask, now)
            if not warm:
                took.setdefault(kind, []).append(1000 * (time.perf_counter() - began))
                totals.append(total)
                kinds.append(kind)
    return {"took": took, "totals": totals, "kinds": kinds}


# --- the peer ----------------------------------------------------------------------------------------------


class Peer:
    """PostgreSQL's own full text and arrays over the same services; `seconds` to build it."""

    BUILD = """
        CREATE EXTENSION unaccent;
        CREATE TEXT SEARCH CONFIGURATION plain (COPY = simple);
        ALTER TEXT SEARCH CONFIGURATION plain ALTER MAPPING FOR asciiword, hword, hword_part, word
            WITH unaccent, simple;
        CREATE TABLE peer AS SELECT e.service_id AS id, e.older_on, coalesce(e.hidden_on, 'infinity') AS hidden_on,
            setweight(to_tsvector('plain', s.name), 'A')
                || to_tsvector('plain', s.description || ' ' || p.name) AS words,
            ARRAY(SELECT tag FROM jsonb_array_elements_text(e.words) tag WHERE tag !~ '^([nwk]|cell.):') AS tags,
            point((e.points->0->>1)::float * 0.74, (e.points->0->>0)::float) AS place
            FROM directory_searchentry e JOIN directory_service s ON s.id = e.service_id
            JOIN directory_provider p ON p.id = s.provider_id;
        ALTER TABLE peer ADD PRIMARY KEY (id);
        CREATE INDEX ON peer USING gin (words);
        CREATE INDEX ON peer USING gin (tags);
        CREATE INDEX ON peer USING gist (place);
        ANALYZE peer;
    """

    def __init__(self):
        from django.db import connection

        began = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(self.BUILD)
        self.seconds = time.perf_counter() - began
        self.connection = connection

    def ask(self, ask, now) -> int:
        """Reads the first hits in order, and returns how many there are."""
        from duga.directory.queries.search import _facets

        told, where = [now.date()], "hidden_on > %s"
        for keys in _facets(ask, now):
            where += " AND tags && %s"
            told.append(keys)
        if ask.text:
            where += " AND words @@ plainto_tsquery('plain', %s)"
            told.append(ask.text)
        order, of = "older_on <= %s, id", [now.date()]
        if ask.text:
            order, of = f"ts_rank(words, plainto_tsquery('plain', %s)) DESC, {order}", [ask.text, *of]
        if ask.position:
            order, of = "place <-> point(%s, %s)", [ask.position[1] * 0.74, ask.position[0]]
        with self.connection.cursor() as cursor:
            cursor.execute(f"SELECT id FROM peer WHERE {where} ORDER BY {order} LIMIT {LIMIT}", [*told, *of])
            cursor.fetchall()
            cursor.execute(f"SELECT count(*) FROM peer WHERE {where}", told)
            return cursor.fetchone()[0]

    def change(self) -> float:
        """Milliseconds (median) in which one row has another description: the row of the index alone."""
        took = []
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT id FROM peer ORDER BY id LIMIT 15")
            for (key,) in cursor.fetchall():
                began = time.perf_counter()
                cursor.execute("UPDATE peer SET words = to_tsvector('plain', %s) WHERE id = %s", ["novo pomoć", key])
                took.append(1000 * (time.perf_counter() - began))
        return statistics.median(took)


# --- rows --------------------------------------------------------------------------------------------------


def report(number, where, ours, peer):
    """A row for all questions together, one for each kind, for the index and for a change."""
    what = f"search among {number:,} services, {where}"

    def p95(told):
        return statistics.quantiles(told, n=20)[-1]

    def line(name, mine, theirs, unit="ms", bar="", most=None):
        told = {"peer": f"{theirs:.1f} {unit}", "ratio": f"{theirs / mine:.1f}x"} if theirs else {"peer": "-"}
        met = None if most is None else mine <= most
        row(f"{what}: {name}", ours=f"{mine:.1f} {unit}", bar=bar, met=met, command=COMMAND, **told)

    theirs = peer.get("took", {})
    every = [each for told in ours["took"].values() for each in told]
    beside = [each for told in theirs.values() for each in told]
    line("p95", p95(every), p95(beside) if beside else 0, bar="<=30 ms", most=30)
    line("median", statistics.median(every), statistics.median(beside) if beside else 0)
    for kind, told in ours["took"].items():
        line(f"{kind}, p95", p95(told), p95(theirs[kind]) if theirs else 0)
    if peer:
        pairs = zip(ours["kinds"], ours["totals"], peer["totals"], strict=True)
        differ = [f"{kind} {one}/{other}" for kind, one, other in pairs if one != other]
        count = len(peer["totals"])
        same = count - len(differ)
        row(
            f"{what}: questions to which both find as many", ours=f"{same} of {count}", peer="; ".join(differ),
            bar="all", met=same == count, command=COMMAND,
        )  # fmt: skip
    line("whole index", ours["index"], peer.get("index", 0), unit="s")
    line("one service changed", ours["change"], peer.get("change", 0))


if __name__ == "__main__":
    sys.exit(main())
