"""Forms filled from an organisation's own records: asked for on screen, counted by a process apart, taken along."""

import datetime as dt
import logging
import tempfile
from functools import partial

from django.db import transaction
from django.utils import timezone

from duga.casework.queries import facts
from duga.casework.queries.told_months import told_months
from duga.casework.queries.work import work_tables
from duga.evidence import snapshot, work
from duga.indicators.actions._apart import _start
from duga.indicators.actions.own import PATIENCE
from duga.indicators.models import Report
from duga.indicators.queries.facts import numbered
from duga.indicators.queries.own import countable_organisation
from duga.indicators.queries.reports import counting, network_form, own_report, told_before
from duga.indicators.queries.reports.files import FILES, file_of
from duga.indicators.rules.reports import TOLD_MONTHS, find_layout, needs_of, parse_layout, period_of
from duga.members.actions import write_trail
from duga.members.rules import Viewer
from duga.plain.errors import Conflict, DugaError, NotFound, Refused, gettext_noop

log = logging.getLogger(__name__)

_GONE = gettext_noop("This form is not here any more. Fill it again: it takes seconds.")
_NOT_OWN = gettext_noop("This form is not filled from an organisation's own records.")
_NOTHING = gettext_noop("Nothing was recorded in this period. Choose another, or import your records.")


def ask_report(*, by: Viewer, slug: str, form: str, period: str, start: bool = True) -> Report:
    """Asks for a form to be filled for "2020-04", "2020-Q2" or "2020"; it is counted in a process apart.

    Asked twice in a row, the same answer is awaited: one organisation counts one thing at a time.
    """
    organisation, layout = countable_organisation(by, slug), find_layout(form)
    if "organisation" not in layout.who:
        raise Refused(_NOT_OWN)
    wanted, _word = period_of(period, layout.periods, today=timezone.localdate())
    with transaction.atomic():
        waiting = Report.objects.filter(
            organisation=organisation, state="asked", created_at__gte=timezone.now() - PATIENCE
        ).first()
        if waiting:
            if (waiting.form, waiting.period) == (form, str(wanted)):
                return waiting
            raise Conflict(gettext_noop("Another form is being filled. Wait a moment and ask again."))
        asked = Report.objects.create(
            organisation=organisation, form=form, layout=layout.text, period=str(wanted), asked_by=by.label
        )
        _tell(by, "asked", asked)
        if start:
            transaction.on_commit(partial(_start, "--report", str(asked.pk)))
    return asked


def _tell(by: Viewer, event: str, report: Report, **detail) -> None:
    write_trail(
        by=by, event=f"indicators.report_{event}", subject=("indicators.Report", report.pk),
        organisation_id=report.organisation_id, detail={"form": report.form, "period": report.period, **detail},
    )  # fmt: skip


def count_report(*, by: Viewer, report_id) -> Report:
    """Counts what a form needs and keeps it, or why it failed. Imports the engines: never in the server."""
    asked = Report.objects.select_related("organisation").filter(pk=report_id).first()
    if asked is None:
        raise NotFound(_GONE)
    try:
        asked.result, asked.state = _count(asked), "done"
    except DugaError as error:
        asked.state, asked.message = "failed", str(error)[:300]
    except Exception:
        log.exception("Report %s failed", report_id)
        asked.state, asked.message = "failed", gettext_noop("Something went wrong while counting. Try again.")
    asked.done_at = timezone.now()
    with transaction.atomic():
        asked.save(update_fields=["result", "state", "message", "done_at"])
        _tell(by, asked.state, asked)
    return asked


def _count(asked: Report) -> dict:
    layout = parse_layout(asked.layout)
    today, needs = timezone.localdate(), needs_of(layout)
    period, word = period_of(asked.period, layout.periods, today=today)
    first, last = dt.date(period.start[0], 1, 1), dt.date(period.start[0], 12, 31)
    told = {"months": told_months(asked.organisation_id, dt.date(*period.start, 1))} if word == "month" else {}
    if all(need.code in TOLD_MONTHS for need in needs):
        return {"tables": [], "fingerprints": {}, **told}
    rows = facts(since=first, until=last, organisation_id=asked.organisation_id)
    with tempfile.TemporaryDirectory(prefix="duga-report-") as folder:
        manifest = snapshot.freeze([list(numbered(rows))], folder)
        frozen = work.freeze(work_tables(today, asked.organisation_id), manifest.path, as_of=today)
        if not manifest.rows and not any(table["rows"] for table in frozen.tables.values()):
            raise NotFound(_NOTHING)
        opened = snapshot.open_snapshot(manifest.path) if manifest.rows else None
        question = counting.Asked(opened, frozen, period, word)
        tables = counting.count_form(question, needs, told_before(asked))
        fingerprints = {"facts": manifest.fingerprint, "work": frozen.fingerprint}
        return {"tables": tables, "fingerprints": fingerprints, "until": f"{today:%Y-%m}", **told}


@transaction.atomic
def take_report(*, by: Viewer, slug: str, report_id, name: str, language: str) -> bytes:
    """A filled form as a file ("donor.xlsx", "own.pdf"…), with a trail entry: it leaves the house."""
    found = own_report(by, slug, report_id)
    which, _dot, kind = name.partition(".")
    if which not in ("donor", "own") or kind not in FILES or found.state != "done":
        raise NotFound(_GONE)
    _tell(by, "taken", found, file=name)
    return file_of(found, kind, donor=which == "donor", language=language)


def take_network_report(*, by: Viewer, form: str, country: str, year: int, kind: str, language: str) -> bytes:
    """A form filled from the figures in force of a country and year, as a file; the figures are public."""
    if kind not in FILES:
        raise NotFound(_GONE)
    return FILES[kind](network_form(by, form, country, year, language), language)
