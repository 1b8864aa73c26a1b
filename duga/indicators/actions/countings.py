"""What is counted for the network on somebody's asking, in a process apart, telling how far it is."""

import datetime as dt
import logging
import time
from collections.abc import Callable
from functools import partial

from django.db import OperationalError, transaction
from django.utils import timezone

from duga.indicators.actions._apart import _start
from duga.indicators.actions._old import _discard_old
from duga.indicators.actions.releases import draft_release
from duga.indicators.actions.snapshots import take_snapshot
from duga.indicators.actions.supply import draft_supply
from duga.indicators.models import BuiltTable, Counting
from duga.indicators.queries.offering import build
from duga.indicators.queries.progress import QUIET, drafted_scopes
from duga.indicators.queries.releases import network_grant, newest_snapshot, require_one_network
from duga.indicators.queries.supply import countries_of_supply
from duga.indicators.rules import CountingKind
from duga.members.actions import write_trail
from duga.members.queries import viewer_by_email
from duga.members.rules import Permission, Viewer
from duga.plain.errors import DugaError, NotAllowed, NotFound, Refused, gettext_noop

log = logging.getLogger(__name__)
#: How often the end of a counting is written anew, and seconds between, where the database is busy: without it the
#: counting seems to be at work, and nothing else is counted until `QUIET` has passed.
TRIES, PAUSE = 6, 5
_BUSY = gettext_noop(
    "Something else is being counted since %(since)s, last heard of at %(heard)s. Ask again when it is done. If "
    "nothing more is heard of it, ask again at %(until)s."
)


def ask_counting(*, by: Viewer, kind: CountingKind, arguments: dict | None = None, start: bool = True) -> Counting:
    """Asks for something to be counted for the network; one thing at a time, the same asked twice is awaited once.

    kind: SNAPSHOT (no arguments); DRAFTS with `country` (ISO code, "" all side by side, "*" every country and
    all side by side) and `year`, or `supply` for what is on offer. `start` False: the caller runs it.
    """
    require_one_network()
    if not network_grant(by, Permission.COUNT):
        raise NotAllowed(gettext_noop("Figures of a network are counted and released by its secretariat."))
    kind, arguments = CountingKind(kind), dict(arguments or {})
    with transaction.atomic():
        busy = Counting.objects.filter(state__in=["asked", "running"], heard_at__gte=timezone.now() - QUIET).first()
        if busy:
            if (busy.kind, busy.arguments) == (kind, arguments):
                return busy
            raise _busy(busy)
        asked = Counting.objects.create(
            kind=kind, arguments=arguments, state="asked", asked_by=by.label, heard_at=timezone.now()
        )
        write_trail(
            by=by, event="indicators.counting_asked", subject=("indicators.Counting", asked.pk),
            detail={"kind": str(kind)} | arguments,
        )  # fmt: skip
        if start:
            transaction.on_commit(partial(_start, "--counting", str(asked.pk)))
    return asked


def _busy(asked: Counting) -> Refused:
    """Why nothing else is counted now, since when, and when this opens where the process that counts is gone."""
    moments = {
        "since": asked.created_at, "heard": asked.heard_at, "until": asked.heard_at + QUIET + dt.timedelta(minutes=1)
    }  # fmt: skip
    return Refused(_BUSY, **{name: f"{timezone.localtime(at):%H:%M}" for name, at in moments.items()})


def run_counting(*, by: Viewer, counting_id) -> Counting:
    """Counts what was asked for, as the person who asked. Imports the engines: never in the server."""
    asked = Counting.objects.filter(pk=counting_id).first()
    if asked is None or asked.state != "asked":
        raise NotFound(gettext_noop("There is nothing to count here: counted already, or never asked for."))
    told = partial(_sign_of_life, asked.pk)
    told(0, 0, "")
    try:
        asked.result = _WORK[CountingKind(asked.kind)](viewer_by_email(asked.asked_by), asked.arguments, told)
        asked.state = "done"
    except DugaError as error:
        asked.state, asked.message = "failed", str(error)[:500]
    except Exception:
        log.exception("Counting %s failed", asked.pk)
        asked.state, asked.message = "failed", gettext_noop("Something went wrong while counting. Try again.")
    asked.done_at = asked.heard_at = timezone.now()
    for left in reversed(range(TRIES)):
        try:
            _tell_end(by, asked)
            break
        except OperationalError:
            if not left:
                raise
            time.sleep(PAUSE)
    return asked


def _tell_end(by: Viewer, asked: Counting) -> None:
    """Writes how a counting ended."""
    with transaction.atomic():
        asked.refresh_from_db(fields=["done", "of", "words"])
        asked.save(update_fields=["result", "state", "message", "done_at", "heard_at"])
        write_trail(
            by=by, event=f"indicators.counting_{asked.state}", subject=("indicators.Counting", asked.pk),
            detail={"kind": asked.kind},
        )  # fmt: skip


def discard_old_countings(*, by: Viewer, days: int = 30) -> int:
    """Forgets what was asked for long ago; what came of it (snapshots, releases) stays. Returns how many."""
    return _discard_old(by, Counting.objects.all(), "indicators.countings_discarded", days)


def _sign_of_life(pk, done: int, of: int, words: str) -> None:
    """A sign of life, seen at once by who waits. A busy database costs the sign, not what is being counted."""
    signs = {"state": "running", "done": done, "of": of, "words": words[:200], "heard_at": timezone.now()}
    try:
        with transaction.atomic():
            Counting.objects.filter(pk=pk).update(**signs)
    except OperationalError:
        log.warning("Counting %s: the database is busy", pk)


def _snapshot(viewer: Viewer, arguments: dict, told: Callable) -> dict:
    taken = take_snapshot(by=viewer, progress=lambda rows: told(rows, 0, ""))
    return {"snapshot": str(taken.pk), "rows": taken.rows}


def _drafts(viewer: Viewer, arguments: dict, told: Callable) -> dict:
    supply = arguments.get("supply", False)
    scopes = drafted_scopes(arguments["country"], arguments["year"])
    if supply and arguments["country"] == "*":
        scopes = [(country, arguments["year"]) for country in ("", *countries_of_supply(newest_snapshot()))]
    batches = []
    for done, (country, year) in enumerate(scopes):
        told(done, len(scopes), f"{country} {year}".strip())
        if supply:
            drafts = draft_supply(by=viewer, country=country)
        else:
            drafts = draft_release(by=viewer, country=country, year=year)
        batches += [str(draft.batch) for draft in drafts[:1]]
    return {"batches": batches}


def _table(viewer: Viewer, arguments: dict, told: Callable) -> dict:
    table = BuiltTable.objects.select_related("snapshot").get(pk=arguments["table"])
    try:
        table.proposals, table.against = build(table, told)
        table.state = "done"
    except DugaError as error:
        table.state, table.message = "failed", str(error)[:500]
    table.save(update_fields=["proposals", "against", "state", "message"])
    return {"table": str(table.pk)}


_WORK = {CountingKind.SNAPSHOT: _snapshot, CountingKind.DRAFTS: _drafts, CountingKind.TABLE: _table}
