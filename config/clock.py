"""The clock: runs queued tasks, reactions to the trail and timed jobs, in the server's worker or apart.

It lives in one thread that outlasts whatever happens in it: a locked database, a failing job and a restart
only mean that the same thing is tried again later.
"""

import datetime as dt
import fcntl
import json
import logging
import os
import socket
import threading
import time
from pathlib import Path

from django.conf import settings
from django.db import close_old_connections, connection
from django.db.utils import OperationalError

from config.reactions import BY_THE_CLOCK, ON_EVENT
from duga.plain.files import write_whole

log = logging.getLogger("duga.clock")
PAUSE = 2.0  # seconds between two looks at the queue
LONGEST_PAUSE = 60.0  # while the database cannot be reached


def now() -> dt.datetime:
    """This moment; tests turn it."""
    return dt.datetime.now(dt.UTC)


def write_json(path: Path, told: dict) -> None:
    """Writes small JSON so that a reader, or a crash, never meets half of it."""
    write_whole(path, json.dumps(told, indent=1).encode())


class Times:
    """When each job last ended, in a small file beside the data, so that a restart does not begin anew."""

    def __init__(self, path: Path):
        self.path = path

    def read(self) -> dict[str, dt.datetime]:
        try:
            return {name: dt.datetime.fromisoformat(at) for name, at in json.loads(self.path.read_text()).items()}
        except (OSError, ValueError):
            return {}

    def note(self, name: str) -> None:
        write_json(self.path, {job: at.isoformat() for job, at in (self.read() | {name: now()}).items()})


def run_due_jobs(times: Times, jobs=BY_THE_CLOCK) -> list[str]:
    """Runs what is due; a job that fails is logged and tried again an hour later. Returns the names of those done."""
    done, last = [], times.read()
    for job in jobs:
        due = last.get(job.name, dt.datetime.min.replace(tzinfo=dt.UTC)) + job.every
        if now() < due or now() < _retry_after.get(job.name, due):
            continue
        try:
            job.do()
        except OperationalError:
            raise
        except Exception:
            log.exception("The clock's job %r failed; it is tried again in an hour", job.name)
            _retry_after[job.name] = now() + dt.timedelta(hours=1)
            continue
        _retry_after.pop(job.name, None)
        times.note(job.name)
        done.append(job.name)
    return done


_retry_after: dict[str, dt.datetime] = {}


def worker_id() -> str:
    """This installation's one worker on this machine: the same after a restart, so that it finds what it left."""
    return f"{socket.gethostname()}:{settings.DATA}"[-64:]


def take_up_again() -> int:
    """Puts back in the queue what this worker was doing when it was killed."""
    from django_tasks_db.models import DBTaskResult

    left = DBTaskResult.objects.filter(status="RUNNING", worker_ids__contains=worker_id())
    if connection.vendor == "sqlite":  # no JSON containment there; the queue is short
        running = DBTaskResult.objects.filter(status="RUNNING")
        left = running.filter(pk__in=[task.pk for task in running if worker_id() in (task.worker_ids or [])])
    return left.update(status="READY", started_at=None)


def run_queue() -> None:
    """Runs every task that is ready, with the queue library's own worker."""
    from django_tasks_db.management.commands.db_worker import Worker
    from django_tasks_db.models import DBTaskResult

    if not DBTaskResult.objects.ready().exists():  # looking costs nothing; the worker's lock does
        return
    Worker(
        queue_names=["*"], interval=0, batch=True, backend_name="default", startup_delay=False, max_tasks=None,
        worker_id=worker_id(), excluded_queue_names=[],
    ).run()  # fmt: skip


def run_reactions(noted: Path, reactions=ON_EVENT) -> int:
    """Answers what was written to the trail since last time; noted as answered only when all it causes is done.

    `noted` holds, per chain, the number of the last entry seen. A restored older database has lower numbers: then
    what follows is seen from its end on.
    """
    from duga.members import queries

    try:
        read = json.loads(noted.read_text())
    except (OSError, ValueError):
        read = {}
    heads = {chain: number for chain, (number, _) in queries.trail_heads().items()}
    if heads == read:
        return 0
    entries = queries.trail_between(read, heads, tuple(reactions)) if reactions else []
    for entry in entries:
        for react in reactions[entry.event]:
            react(entry)
    write_json(noted, heads)
    return len(entries)


def tick(times: Times) -> None:
    """One round of everything."""
    run_queue()
    run_reactions(settings.DATA / "reactions.json")
    run_due_jobs(times)


def run_for_ever(stop: threading.Event) -> None:
    """Ticks until told to stop; waits longer and longer while the database cannot be reached."""
    times = Times(settings.DATA / "clock.json")
    pause, begun = PAUSE, False
    while not stop.wait(pause):
        try:
            close_old_connections()
            if not begun:
                take_up_again()
                begun = True
            tick(times)
            pause = PAUSE
        except OperationalError as error:
            pause = min(pause * 2, LONGEST_PAUSE)
            log.warning("The database is busy or away (%s); trying again in %d s", error, pause)
        except Exception:
            pause = min(pause * 2, LONGEST_PAUSE)
            log.exception("The clock stumbled; going on in %d s", pause)
        finally:
            close_old_connections()


def only_one() -> int | None:
    """An open lock that only one clock per data folder can hold, or None when another holds it."""
    settings.DATA.mkdir(parents=True, exist_ok=True)
    lock = os.open(settings.DATA / "clock.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock


def start_beside() -> threading.Thread:
    """Starts the clock in a thread of the serving process; it ends with it. Waits while another one ticks."""

    def run():
        while only_one() is None:
            time.sleep(5)
        run_for_ever(threading.Event())

    thread = threading.Thread(target=run, name="duga clock", daemon=True)
    thread.start()
    return thread
