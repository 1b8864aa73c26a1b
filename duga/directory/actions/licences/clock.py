"""What the clock does about licences: what has run out is expired, what is due is told in time."""

import datetime as dt
from collections import defaultdict

from django.db import transaction
from django.db.models import Prefetch
from django.utils import timezone

from duga.directory.actions._help import _tell
from duga.directory.actions.licences.ways import _note, _set, _tell_keepers
from duga.directory.models import Assessment, Licence, LicenceReminder, LicenceTask
from duga.directory.queries.licences import deadlines_of
from duga.directory.rules.licences import (
    DUE_LABELS,
    LICENCE_LABELS,
    REMIND,
    RUNS_OUT,
    DueKind,
    LicenceState,
    Verdict,
    reminder_due,
)
from duga.members.rules import Viewer
from duga.plain.errors import gettext_noop

__all__ = ["look_after_licences"]

_DUE = gettext_noop("%(service)s, due on %(day)s: %(what)s")
_SINCE = gettext_noop("The last day of the licence is past.")


@transaction.atomic
def look_after_licences(*, by: Viewer, today: dt.date | None = None) -> tuple[int, int]:
    """Expires licences whose last day is past and reminds of deadlines, each reminder once: (expired, reminded)."""
    today = today or timezone.localdate()
    expired = 0
    rows = Licence.objects.filter(state__in=RUNS_OUT, valid_until__lt=today)
    for licence in rows.select_related("service__provider").select_for_update(of=("self",)):
        day = licence.valid_until + dt.timedelta(days=1)
        _set(licence, LicenceState.EXPIRED, max(day, licence.since), None, "")
        licence.version += 1
        licence.save()
        _note(licence, by, licence.since, None, "", _SINCE)
        _tell(by, "licence_step", licence, licence.service.provider, state=licence.state)
        words = LICENCE_LABELS[LicenceState.EXPIRED]
        _tell_keepers(by, licence, gettext_noop("%(service)s: %(state)s"), state=words)
        expired += 1
    return expired, _remind(by, today)


def _remind(by, today) -> int:
    reminded = 0
    sent = defaultdict(set)
    licences = list(_due(today))
    for row in LicenceReminder.objects.filter(licence__in=[licence.pk for licence in licences]):
        sent[row.licence_id].add((row.key, row.days))
    for licence in licences:
        for deadline in deadlines_of(licence, licence.met, licence.open_tasks):
            days = reminder_due(deadline, today)
            if days is None or (deadline.key, days) in sent[licence.pk]:
                continue
            LicenceReminder.objects.create(licence=licence, key=deadline.key, days=days)
            day = f"{deadline.on.day}. {deadline.on.month}. {deadline.on.year}."  # as the region writes it
            _tell_keepers(by, licence, _DUE, day=day, what=DUE_LABELS[deadline.kind])
            reminded += 1
    return reminded


def _due(today):
    """Licences of which something is due within the longest time we remind ahead."""
    ahead = {kind: today + dt.timedelta(days=max(days)) for kind, days in REMIND.items()}
    met = Assessment.objects.filter(verdict=Verdict.MET, good_until__lte=ahead[DueKind.EVIDENCE])
    tasks = LicenceTask.objects.filter(done_on=None, due_on__lte=ahead[DueKind.TASK])
    rows = (
        Licence.objects.filter(state__in=RUNS_OUT, valid_until__lte=ahead[DueKind.LICENCE])
        | Licence.objects.filter(pk__in=met.values("licence_id"))
        | Licence.objects.filter(pk__in=tasks.values("licence_id"))
    )
    return rows.select_related("service__provider", "kind").prefetch_related(
        Prefetch("assessments", met.select_related("criterion"), to_attr="met"),
        Prefetch("tasks", tasks.select_related("criterion"), to_attr="open_tasks"),
    )
