"""Fifty workers save at the same time, over HTTP, into the server that `duga serve` starts; on both databases.

Each takes calls down in the browser and hands in what her phone recorded, one after another without a pause: as many
answers a second as the house gives to all fifty. Nothing may be lost and nothing stand there twice. Beside it stands
what the disk allows: fifty threads that each insert one bare row and commit, with no page, no rights, no seal, no
history. The bar is one save a second for each of the fifty.

    .venv/bin/python -m benchmarks.saves [--workers 50] [--seconds 20]
"""

import argparse
import os
import statistics
import sys
import threading
import time

from benchmarks import row
from benchmarks._casework import begin, on_each_database
from benchmarks._server import Real, look, wait_for, workers

COMMAND = "python -m benchmarks.saves"


def main() -> int:
    """Both databases."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--workers", type=int, default=50)
    asked.add_argument("--seconds", type=float, default=20.0)
    asked.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    told = asked.parse_args()
    if not told.here:
        return on_each_database("benchmarks.saves", "--workers", str(told.workers), "--seconds", str(told.seconds))
    os.environ["DUGA_REQUIRE_TOTP"] = "0"  # workers have a session, as after the second factor
    _by, organisation, where = begin()
    server = Real()
    team = workers(organisation, server.port, told.workers)
    server.start()
    try:
        wait_for(server.port)
        took = together([worker.write for worker in team], told.seconds)
    finally:
        server.kill()
    found, rate = look(organisation, team), len(took) / told.seconds
    bare = len(together([bare_row() for _ in range(told.workers)], told.seconds / 4)) / (told.seconds / 4)
    p95, wrong = 1000 * statistics.quantiles(took, n=20)[-1], found.lost + found.twice
    load = f" (load {os.getloadavg()[0]:.0f})"
    row(
        f"saves/s, {told.workers} workers at once over HTTP, beside bare rows ({where})", ours=f"{rate:.0f}/s{load}",
        peer=f"{bare:.0f}/s", ratio=f"{rate / bare:.2f}x", bar=f">={told.workers}/s", met=rate >= told.workers,
        command=COMMAND,
    )  # fmt: skip
    row(
        f"… of {found.acknowledged:,} acknowledged, p95 {p95:.0f} ms ({where})",
        ours=f"{found.lost} lost, {found.twice} twice", bar="0, 0", met=not wrong, command=COMMAND,
    )  # fmt: skip
    return bool(wrong)


def together(works, seconds: float) -> list[float]:
    """Seconds of each piece of work, done again and again by as many threads as there are works, for so long."""
    took, failed, until = [], [], time.perf_counter() + seconds

    def again(work):
        from django.db import connection

        try:
            while (begun := time.perf_counter()) < until:
                work()
                took.append(time.perf_counter() - begun)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=again, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return took


def bare_row():
    """What a thread does that inserts one row of an entry's size and commits."""
    from django.db import connection, transaction

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS bare (told varchar(400))")

    def insert():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO bare VALUES (%s)", ["x" * 400])

    return insert


if __name__ == "__main__":
    sys.exit(main())
