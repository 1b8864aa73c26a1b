"""What the measurements of casework share: each database in a process of its own, people in bulk, processor time.

`people_in_bulk` writes what `register_person` would, a key, sealed identity and blind index for each person, by the
same functions, only many at a time: a hundred thousand in seconds, not in the ten minutes that one by one takes.
"""

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BUSY = 1.2  #: a machine with more than so much to do beside us: then processor time is told, too


def on_each_database(module: str, *arguments: str, only: str = "") -> int:
    """Runs `python -m MODULE --here ARGUMENTS` once per database, each with a data folder of its own; 0 if all ended
    well. `only` sqlite or postgresql. PostgreSQL, where installed, waits for the disk with each commit, as SQLite does.
    """
    from tests.everywhere import postgres_programs, throwaway_cluster

    command, failed = [sys.executable, "-m", module, "--here", *arguments], 0
    with tempfile.TemporaryDirectory(prefix="duga-bench-") as folder:
        if only != "postgresql":
            failed |= subprocess.call(command, env=os.environ | {"DUGA_DATA": f"{folder}/sqlite", "DATABASE_URL": ""})
        if only != "sqlite" and (programs := postgres_programs()):
            with throwaway_cluster(programs, durable=True) as url:
                here = {"DUGA_DATA": f"{folder}/postgres", "DATABASE_URL": url}
                failed |= subprocess.call(command, env=os.environ | here)
    return failed


def begin():
    """(who coordinates, her organisation, the database's name) of an installation made under DUGA_DATA."""
    from benchmarks.imports import installation

    (Path(os.environ["DUGA_DATA"]) / "static").mkdir(parents=True, exist_ok=True)  # where a server looks for it
    by, organisation = installation(os.environ["DUGA_DATA"])
    from django.db import connection

    return by, organisation, "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"


def settle() -> None:
    """PostgreSQL learns by itself, in a day of work, how its tables look; SQLite is never told in a real house."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def names(number: int, seed: int = 5) -> list[tuple[str, str]]:
    """So many given and family names, the frequent ones much more frequent than the rare, a third in Cyrillic."""
    from demo.names import REGION
    from duga.plain.text import to_cyrillic

    chance = random.Random(seed)
    given = [name for lists in REGION.values() for part in lists[:2] for name in part]
    family = [name for lists in REGION.values() for name in lists[2]]
    sounds = [consonant + vowel for consonant in "bdgklmnprstvzčšž" for vowel in "aeiou"]
    family += [f"{''.join(chance.choices(sounds, k=3)).title()}vić" for _ in range(2_000)]
    weights = [1 / (place + 20) for place in range(len(family))]
    found = list(zip(chance.choices(given, k=number), chance.choices(family, weights, k=number), strict=True))
    return [tuple(map(to_cyrillic, name)) if at % 3 == 0 else name for at, name in enumerate(found)]


def people_in_bulk(organisation, number: int) -> list:
    """Ids of so many people, written as `register_person` writes one: key, sealed identity, code, index."""
    from django.db import transaction

    from duga.casework.actions._help import IDENTITY, _new_codes, _tokens
    from duga.casework.actions.imports.bulk import _insert
    from duga.casework.models import Person, PersonToken
    from duga.casework.rules import Terms, token_words
    from duga.plain.ids import uuid7
    from duga.vault import sealing

    told, ids, fixed = names(number), [uuid7() for _ in range(number)], {"organisation_id": organisation.pk}
    sealing.store().add_people(organisation.pk, ids)
    codes = _new_codes(Person, organisation.pk, number)
    with transaction.atomic():
        for start in range(0, number, 2_000):
            part = range(start, min(start + 2_000, number))
            keys, rows, words = sealing.store().person_keys([ids[at] for at in part]), [], []
            for at in part:
                pk, identity = ids[at], {"given": told[at][0], "family": told[at][1], "phone": f"067 {at:06d}"}
                sealed = sealing.seal(owner=pk, field=IDENTITY, value=identity, key=keys[pk])
                rows.append((pk, codes[at], "unknown", 1930 + at % 80, None, sealed))
                terms = Terms.of(identity, sex="unknown", birth_year=1930 + at % 80, area_id=None)
                words += [(pk, word) for word in token_words(terms)]
            _insert(Person, fixed, ["id", "code", "sex", "birth_year", "area_id", "identity"], rows)
            every = sorted({word for _, word in words})
            tokens = dict(zip(every, _tokens(organisation.pk, "casework", every), strict=True))
            _insert(PersonToken, {}, ["person_id", "token"], ((pk, tokens[word]) for pk, word in words))
    return ids


class Times:
    """Times of something done again and again: the clock's, and the processor's beside it."""

    def __init__(self):
        self.wall, self.processor = [], []

    def __call__(self, work):
        """What `work()` gives, its time noted."""
        begun, spent = time.perf_counter(), time.process_time()
        found = work()
        self.wall.append(1000 * (time.perf_counter() - begun))
        self.processor.append(1000 * (time.process_time() - spent))
        return found

    @property
    def p95(self) -> float:
        """Milliseconds under which 95 of 100 stay."""
        return statistics.quantiles(self.wall, n=20)[-1]

    def told(self) -> str:
        """The row's words: p95, and on a busy machine the processor's too (of this process, without the database)."""
        if os.getloadavg()[0] < BUSY:
            return f"p95 {self.p95:.0f} ms"
        return f"p95 {self.p95:.0f} ms (CPU {statistics.quantiles(self.processor, n=20)[-1]:.0f})"
