"""The call centre at 100,000 people and 60,000 requests: its board, and people found by name, on both databases.

The board is asked for as its screen asks: a page, the numbers above it, its places, by five filters; the bar is 50 ms
for 95 of 100. Names lie sealed, so they are found by keyed words alone: `find_people`, whole, with the names opened and
the entry of the trail on disk, asked as written, in the other script, without diacritics, begun, and as one hears it.
The peer is what one would build without sealing: the same names in clear under the database's own full text (SQLite's
FTS5 without diacritics; PostgreSQL's tsvector, unaccent where it is installed), asked the same, nothing written down.

    .venv/bin/python -m benchmarks.casework [--people N] [--requests N]
"""

import argparse
import datetime as dt
import random
import sys

from benchmarks import row
from benchmarks._casework import Times, begin, names, on_each_database, people_in_bulk, settle

COMMAND = "python -m benchmarks.casework"
PEOPLE, REQUESTS, OPEN = 100_000, 60_000, 6_000
BOARD_BAR, NAME_BAR = 50.0, 50.0  # ms
ASKED = 40  #: people looked for, each in five ways


def main() -> int:
    """Each database in a process of its own."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--people", type=int, default=PEOPLE)
    asked.add_argument("--requests", type=int, default=REQUESTS)
    asked.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    told = asked.parse_args()
    if not told.here:
        return on_each_database(
            "benchmarks.casework", "--people", str(told.people), "--requests", str(told.requests)
        )  # fmt: skip
    by, organisation, where = begin()
    ids = people_in_bulk(organisation, told.people)
    requests_in_bulk(organisation, by, ids, told.requests)
    settle()
    board = board_times(by, organisation)
    row(
        f"board, {told.people:,} people, {told.requests:,} requests ({where})", ours=board.told(),
        bar=f"<={BOARD_BAR:.0f} ms", met=board.p95 <= BOARD_BAR, command=COMMAND,
    )  # fmt: skip
    search(by, organisation, ids, told.people, where)
    return 0


def requests_in_bulk(organisation, by, ids, number: int) -> None:
    """Requests as rows, a tenth of them open: what the board reads, without the sealed parts it never opens."""
    from django.db import transaction
    from django.utils import timezone

    from duga.casework.actions.imports.bulk import _insert
    from duga.casework.models import Request
    from duga.places.queries import search_areas
    from duga.plain.ids import uuid7

    areas = [area.pk for text in ("Nik", "Pod", "Bar", "Ber") for area in search_areas(text, "ME", 4)]
    states = ("received", "assessed", "assigned", "under_way", "delivered")
    now, rows = timezone.now(), []
    for n in range(number):
        came = now - dt.timedelta(minutes=n)
        rows.append((
            uuid7(), f"R{n}", states[n % 5] if n < OPEN else "confirmed", came, ("food", "health", "care")[n % 3],
            ids[n % len(ids)], came, ("emergency", "urgent", "normal", "normal")[n % 4],
            came + dt.timedelta(hours=24 + n % 200), areas[n % len(areas)], n // 2,
        ))  # fmt: skip
    columns = [
        "id", "code", "state", "state_since", "need", "person_id", "received_at", "urgency", "due_at", "area_id",
        "phone_token",
    ]  # fmt: skip
    fixed = {"organisation_id": organisation.pk, "service_type": "errands", "taken_by_id": by.account_id}
    with transaction.atomic():
        _insert(Request, fixed, columns, rows)


def board_times(by, organisation, rounds: int = 200) -> Times:
    """Of what a board asks the database for: its page, its numbers, its places."""
    from duga.casework import queries

    filters = [
        queries.BoardFilter(), queries.BoardFilter(state="received"), queries.BoardFilter(overdue=True),
        queries.BoardFilter(need="food", urgency="urgent"), queries.BoardFilter(mine=True),
    ]  # fmt: skip

    def look(n):
        list(queries.board(by, organisation, filters[n % len(filters)], page=1 + n % 3))
        queries.board_counts(by, organisation)
        queries.board_places(by, organisation)

    times = Times()
    for n in range(-len(filters), rounds):  # each once beforehand, as in a house at work
        times(lambda n=n: look(n)) if n >= 0 else look(n)
    return times


# --- by name ------------------------------------------------------------------------------------------------


def ways(given: str, family: str) -> dict[str, str]:
    """How an operator may type a name she hears or reads."""
    from duga.plain.text import fold, to_cyrillic, to_latin

    latin = f"{to_latin(given)} {to_latin(family)}"
    other = latin if given != to_latin(given) else to_cyrillic(latin)
    heard = fold(latin).replace("dj", "đ").replace("v", "w").replace("k", "q")
    return {
        "as written": f"{given} {family}", "other script": other, "plain letters": fold(latin),
        "begun": f"{latin.split()[0]} {latin.split()[1][:4]}", "as heard": heard,
    }  # fmt: skip


def search(by, organisation, ids, number, where) -> None:
    """Asks for the same people in all ways here and of the peer; a row with both times, one with what was found."""
    from duga.casework.actions import find_people

    told, chance = names(number), random.Random(9)
    chosen = chance.sample(range(number), ASKED)
    peer, ours, theirs, found = Peer(ids, told), Times(), Times(), {}
    for at in chosen:
        for way, text in ways(*told[at]).items():
            here = ours(lambda text=text: find_people(by=by, organisation_id=organisation.pk, text=text, limit=12))
            there = theirs(lambda text=text: peer.find(text))
            met = found.setdefault(way, [0, 0])
            met[0] += _same(told[at], [each.name for each in here])
            met[1] += _same(told[at], there)
    row(
        f"people by name, {number:,} sealed, beside full text in clear ({where})", ours=ours.told(),
        peer=theirs.told(), ratio=f"{theirs.p95 / ours.p95:.1f}x", bar=f"<={NAME_BAR:.0f} ms",
        met=ours.p95 <= NAME_BAR, command=COMMAND,
    )  # fmt: skip
    here, there = (100 * sum(met[side] for met in found.values()) / (ASKED * len(found)) for side in (0, 1))
    row(
        f"… who is meant is found ({where})", ours=f"{here:.0f} %", peer=f"{there:.0f} %", bar=">=95 %",
        met=here >= 95, command=COMMAND,
    )  # fmt: skip
    print("  found of", ASKED, ", ".join(f"{way}: {a} beside {b}" for way, (a, b) in found.items()))


def _same(name, shown) -> bool:
    """Whether somebody of this name is shown: of namesakes nobody can tell by the name alone who was meant."""
    return " ".join(name) in shown


class Peer:
    """The same names in clear, under the database's own full text."""

    def __init__(self, ids, told):
        from django.db import connection

        self.connection, self.sqlite = connection, connection.vendor == "sqlite"
        rows = [(str(pk), " ".join(name)) for pk, name in zip(ids, told, strict=True)]
        with connection.cursor() as cursor:
            if self.sqlite:
                cursor.execute(
                    "CREATE VIRTUAL TABLE peer USING fts5(id UNINDEXED, name, prefix='3 4', "
                    "tokenize='unicode61 remove_diacritics 2')"
                )
                cursor.executemany("INSERT INTO peer VALUES (%s, %s)", rows)
                return
            cursor.execute("SELECT count(*) FROM pg_available_extensions WHERE name = 'unaccent'")
            self.words = "%s"
            if cursor.fetchone()[0]:
                cursor.execute("CREATE EXTENSION unaccent")
                self.words = "unaccent(%s)"
            cursor.execute("CREATE TABLE peer (id uuid, name text, words tsvector)")
            sql = f"INSERT INTO peer VALUES (%s, %s, to_tsvector('simple', {self.words}))"
            cursor.executemany(sql, [(*each, each[1]) for each in rows])
            cursor.execute("CREATE INDEX ON peer USING gin (words)")
            cursor.execute("ANALYZE peer")

    def find(self, text: str) -> list[str]:
        """The names of twelve that bear all words, the last of them perhaps only begun."""
        words = text.split()
        with self.connection.cursor() as cursor:
            if self.sqlite:
                query = " ".join(f'"{word}"' for word in words) + "*"
                cursor.execute("SELECT id, name FROM peer WHERE peer MATCH %s ORDER BY rank LIMIT 12", [query])
            else:
                query = " & ".join(words) + ":*"
                sql = f"SELECT id, name FROM peer WHERE words @@ to_tsquery('simple', {self.words}) LIMIT 12"
                cursor.execute(sql, [query])
            return [name for _id, name in cursor.fetchall()]


if __name__ == "__main__":
    sys.exit(main())
