"""An organisation's own figures: asked for on screen, counted by a short-lived process, kept with what they rest on."""

import datetime as dt
import logging
import tempfile
from functools import partial

from django.db import transaction
from django.utils import timezone

from duga.casework.queries import facts
from duga.evidence import snapshot
from duga.evidence.model import Period
from duga.indicators import rules
from duga.indicators.actions._apart import _start
from duga.indicators.actions._old import _discard_old
from duga.indicators.models import OwnFigures
from duga.indicators.queries.facts import numbered
from duga.indicators.queries.own import count_own, countable_organisation, own_figures
from duga.indicators.queries.own_tables import own_csv, own_workbook
from duga.members.actions import write_trail
from duga.members.rules import Viewer
from duga.plain.errors import Conflict, DugaError, NotFound, gettext_noop

log = logging.getLogger(__name__)
#: So long a process that counts is believed to be at work.
PATIENCE = dt.timedelta(minutes=3)


def ask_own_figures(*, by: Viewer, slug: str, period: str, start: bool = True) -> OwnFigures:
    """Asks for an organisation's figures of a period ("2020-01..2020-12"); they are counted in a process apart.

    Asked twice in a row, the same answer is awaited: one organisation counts one thing at a time. `start` False:
    the caller counts them itself.
    """
    organisation = countable_organisation(by, slug)
    wanted = rules.own_period(period, today=timezone.localdate())
    with transaction.atomic():
        waiting = OwnFigures.objects.filter(
            organisation=organisation, state="asked", created_at__gte=timezone.now() - PATIENCE
        ).first()
        if waiting:
            if waiting.period == str(wanted):
                return waiting
            raise Conflict(gettext_noop("Figures of another period are being counted. Wait a moment and ask again."))
        asked = OwnFigures.objects.create(organisation=organisation, period=str(wanted), asked_by=by.label)
        write_trail(
            by=by, event="indicators.own_figures_asked", subject=("indicators.OwnFigures", asked.pk),
            organisation_id=organisation.pk, detail={"period": asked.period},
        )  # fmt: skip
        if start:
            transaction.on_commit(partial(_start, "--id", str(asked.pk)))
    return asked


def count_own_figures(*, by: Viewer, figures_id) -> OwnFigures:
    """Counts what was asked for and keeps the result, or why it failed. Imports the engines: never in the server."""
    asked = OwnFigures.objects.select_related("organisation").filter(pk=figures_id).first()
    if asked is None:
        raise NotFound(gettext_noop("These figures are not here any more. Count them again: it takes seconds."))
    try:
        asked.result = _count(asked)
        asked.state = "done"
    except DugaError as error:
        asked.state, asked.message = "failed", str(error)[:300]
    except Exception:
        log.exception("Own figures %s failed", figures_id)
        asked.state, asked.message = "failed", gettext_noop("Something went wrong while counting. Try again.")
    asked.done_at = timezone.now()
    with transaction.atomic():
        asked.save(update_fields=["result", "state", "message", "done_at"])
        write_trail(
            by=by, event=f"indicators.own_figures_{asked.state}", subject=("indicators.OwnFigures", asked.pk),
            organisation_id=asked.organisation_id,
        )  # fmt: skip
    return asked


def discard_old_figures(*, by: Viewer, days: int = 30) -> int:
    """Deletes organisations' own figures that were counted long ago: they hold unprotected numbers. Returns how many.

    Nothing is lost: they are counted again in seconds.
    """
    return _discard_old(by, OwnFigures.objects.all(), "indicators.own_figures_discarded", days)


@transaction.atomic
def take_own_figures(*, by: Viewer, slug: str, figures_id, name: str, language: str) -> bytes:
    """An organisation's own figures as a file ("donor.xlsx", "own.csv"…), with a trail entry: it leaves the house."""
    found = own_figures(by, slug, figures_id)
    which, _dot, kind = name.partition(".")
    make = {"xlsx": own_workbook, "csv": own_csv}.get(kind)
    if which not in ("donor", "own") or make is None or found.state != "done":
        raise NotFound(gettext_noop("These figures are not here any more. Count them again: it takes seconds."))
    write_trail(
        by=by, event="indicators.own_figures_taken", subject=("indicators.OwnFigures", found.pk),
        organisation_id=found.organisation_id, detail={"file": name, "period": found.period},
    )  # fmt: skip
    return make(found, donor=which == "donor", language=language)


def _count(asked: OwnFigures) -> dict:
    period = Period.read(asked.period)
    first = dt.date(*period.start, 1)
    after = dt.date(period.end[0] + period.end[1] // 12, period.end[1] % 12 + 1, 1)
    rows = facts(since=first, until=after - dt.timedelta(days=1), organisation_id=asked.organisation_id)
    with tempfile.TemporaryDirectory(prefix="duga-own-") as folder:
        manifest = snapshot.freeze([list(numbered(rows))], folder)
        if not manifest.rows:
            raise NotFound(gettext_noop("Nothing was recorded in this period. Choose another, or import your records."))
        today = timezone.localdate()
        return count_own(manifest.path, period, f"{today.year:04}-{today.month:02}")
