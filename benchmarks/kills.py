"""A thousand power cuts: a server that is being written to is killed at random moments, and loses nothing it promised.

Six workers take calls down in the browser and hand in what their phones recorded, each answer believed: a call by its
redirect, a record by its "done". The server is killed (SIGKILL) at any moment of the quarter of a second after its
first answer, every fourth time before it, and started again on what lies on disk; what had no answer is sent again as
it was. Then every call and every record that was acknowledged is looked for: none may be missing, none there twice.
Most kills meet a server forked from one that has loaded everything (the same application over HTTP, there again in a
tenth of a second), some the one that `duga serve` becomes, Granian with its worker.

    .venv/bin/python -m benchmarks.kills [--kills 1000] [--real 10]
"""

import argparse
import http.client
import os
import random
import sys
import threading
import time

from benchmarks import row
from benchmarks._casework import begin, on_each_database
from benchmarks._server import Quick, Real, look, wait_for, workers

COMMAND = "python -m benchmarks.kills"
KILLS, REAL, WORKERS = 1_000, 10, 6


def main() -> int:
    """Both databases."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--kills", type=int, default=KILLS)
    asked.add_argument("--real", type=int, default=REAL, help="how many of them meet Granian")
    asked.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    told = asked.parse_args()
    if not told.here:
        return on_each_database("benchmarks.kills", "--kills", str(told.kills), "--real", str(told.real))
    os.environ["DUGA_REQUIRE_TOTP"] = "0"  # workers have a session, as after the second factor
    _by, organisation, where = begin()
    began, failed = time.perf_counter(), 0
    for server, times in ((Quick(), told.kills - told.real), (Real(), told.real)):
        team = workers(organisation, server.port, WORKERS)
        kill_and_look(server, team, times, random.Random(times))
        found = look(organisation, team)
        wrong = found.lost + found.twice
        failed |= bool(wrong)
        row(
            f"{times:,} kills of {'Granian' if isinstance(server, Real) else 'a writing server'} ({where})",
            ours=f"{found.lost} lost, {found.twice} twice", peer=f"{found.acknowledged:,} acknowledged", bar="0, 0",
            met=not wrong and found.acknowledged > times, command=COMMAND,
        )  # fmt: skip
    print(f"  {time.perf_counter() - began:.0f} s")
    return failed


def kill_and_look(server, team, times: int, chance, alive: float = 0.25) -> None:
    """Starts and kills a server so many times while a team writes, `alive` seconds at most; at the end it is left to
    answer until each of them was told of what she sent last."""
    for _ in range(times):
        server.start()
        wait_for(server.port)
        stop, answered = threading.Event(), threading.Event()
        writing = [threading.Thread(target=_write, args=(worker, stop, answered)) for worker in team]
        for each in writing:
            each.start()
        if chance.random() < 0.75:
            answered.wait(20)
        time.sleep(chance.uniform(0, alive))
        server.kill()
        stop.set()
        for each in writing:
            each.join()
    server.start()
    wait_for(server.port)
    for worker in team:
        while worker.open:
            worker.write()
    server.kill()
    if hasattr(server, "end"):
        server.end()


def _write(worker, stop, answered) -> None:
    while not stop.is_set():
        try:
            worker.write()
            answered.set()
        except (OSError, http.client.HTTPException):
            return


if __name__ == "__main__":
    sys.exit(main())
