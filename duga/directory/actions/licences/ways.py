"""A service's way to a licence: begun, stepped on, its criteria assessed, its tasks made and done."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from duga.directory import queries
from duga.directory.actions._help import _check_version, _tell
from duga.directory.models import Assessment, Criterion, Licence, LicenceKind, LicenceStep, LicenceTask
from duga.directory.queries import licences as reading
from duga.directory.rules.licences import (
    LICENCE_LABELS,
    LicenceState,
    Step,
    Verdict,
    add_months,
    applies,
    check_step,
)
from duga.members.actions import notify
from duga.members.queries import keepers_of_each, network_keepers, organisation_by_id
from duga.members.rules import Viewer
from duga.plain.errors import NOT_HERE, Conflict, NotFound, Refused, gettext_noop

__all__ = [
    "add_licence_task", "assess", "finish_licence_task", "make_licence_tasks", "name_mentor", "start_licence",
    "step_licence",
]  # fmt: skip

_THERE = gettext_noop("This service is on its way already. Open it and go on from there.")
_NO_KIND = gettext_noop("This kind of licence is not given for such a service in its country.")
_NO_CRITERION = gettext_noop("A criterion does not belong to this service. Open its checklist again.")
_WHAT = gettext_noop("Say what is to be done, in at most %(most)s letters.")
_MENTOR = gettext_noop("An organisation is not its own mentor. Choose another member.")
_MENTOR_LEFT = gettext_noop("Only member organisations are mentors.")
_LONG = 300


@transaction.atomic
def start_licence(
    *, by: Viewer, service_id, kind_id, state=LicenceState.STARTED, on: dt.date | None = None,
    until: dt.date | None = None, number: str = "",
) -> Licence:  # fmt: skip
    """Begins a service's way to a licence. `state`: where it stands already, with day, last day and number."""
    service = queries.service_to_edit(by, service_id)
    kind = LicenceKind.objects.filter(pk=kind_id, retired=False, grants=LicenceState.LICENSED).first()
    types = reading.service_types_of([service.pk])[service.pk]
    if kind is None or kind.country != service.country or not applies(kind.service_types, types):
        raise Refused(_NO_KIND)
    if Licence.objects.filter(service=service).exists():
        raise Conflict(_THERE)
    state, today = LicenceState(state), timezone.localdate()
    on = on or today
    licence = Licence(service=service, kind=kind, since=on)
    if state is not LicenceState.STARTED:  # on paper it went this way already; only its end is told here
        before = LicenceState.GATHERED if state is LicenceState.APPLIED else LicenceState.APPLIED
        step = Step(before, state, on, on, until)
        until = check_step(step, reading.grants_of(licence), today)
    _set(licence, state, on, until, number)
    licence.save(force_insert=True)
    _note(licence, by, on, until, number, "")
    _tell(by, "licence_started", licence, service.provider, state=state)
    return licence


def _set(licence, state, on, until, number):
    licence.state, licence.since = state, on
    licence.was_limited |= state is LicenceState.LIMITED
    if until:
        licence.valid_until = until
    if number.strip():
        licence.number = number.strip()[:80]


def _note(licence, by, on, until, number, why):
    LicenceStep.objects.create(
        licence=licence, state=licence.state, on=on, valid_until=until, number=number.strip()[:80], why=why.strip(),
        by_id=by.account_id,
    )  # fmt: skip


@transaction.atomic
def step_licence(
    *, by: Viewer, licence_id, state, on: dt.date | None = None, until: dt.date | None = None, number: str = "",
    why: str = "", version: int | None = None,
) -> Licence:  # fmt: skip
    """Takes the next step: applied, inspected, licensed until a day, suspended… as the table of ways allows."""
    licence = reading.licence_to_edit(by, licence_id)
    licence = (
        Licence.objects.select_for_update(of=("self",)).select_related("kind", "service__provider").get(pk=licence.pk)
    )
    _check_version(licence, version)
    today = timezone.localdate()
    now, wanted, on = LicenceState(licence.state), LicenceState(state), on or today
    step = Step(now, wanted, on, licence.since, until, why, licence.was_limited)
    end = check_step(step, reading.grants_of(licence), today)
    _set(licence, wanted, on, end, number)
    licence.version += 1
    licence.save()
    _note(licence, by, on, end, number, why)
    _tell(by, "licence_step", licence, licence.service.provider, state=wanted, before=now)
    _tell_keepers(by, licence, gettext_noop("%(service)s: %(state)s"), state=LICENCE_LABELS[wanted])
    return licence


def _tell_keepers(by, licence, title, **params):
    """A notice to the coordinators of the organisation (of the network, where it lists the provider), but not to who
    did it."""
    provider = licence.service.provider
    if provider.organisation_id:
        keepers = keepers_of_each([provider.organisation_id]).get(provider.organisation_id, ())
    else:
        keepers = network_keepers([provider.network_id]).get(provider.network_id, ())
    notify(
        by=by, to=[person for person in keepers if person != by.account_id], title=title,
        params={"service": licence.service.name, **params}, path=f"/workspace/licences/{licence.pk}/",
    )  # fmt: skip


@transaction.atomic
def assess(*, by: Viewer, licence_id, verdicts, on: dt.date | None = None) -> int:
    """Says of criteria whether they are met: {criterion id: (verdict, note)}; returns how many changed.

    What is met stays good for as many months as the criterion says, from `on`; assessing it again renews that.
    """
    licence = reading.licence_to_edit(by, licence_id)
    on, today = on or timezone.localdate(), timezone.localdate()
    if on > today:
        raise Refused(gettext_noop("The day lies in the future. Give the day on which it took effect."))
    known = {str(row.criterion.pk): row for row in reading.checked_of(licence, today)}
    changed = 0
    for criterion_id, (verdict, note) in verdicts.items():
        row = known.get(str(criterion_id))
        if row is None:
            raise Refused(_NO_CRITERION)
        changed += _assess(by, licence, row, Verdict(verdict), note.strip()[:2000], on)
    if changed:
        _tell(by, "criteria_assessed", licence, licence.service.provider, criteria=changed)
    return changed


def _assess(by, licence, row, verdict, note, on) -> bool:
    before = (row.finding.verdict, row.assessment.note if row.assessment else "")
    if before == (verdict, note) and not row.outdated:
        return False
    good = add_months(on, row.criterion.months) if verdict is Verdict.MET and row.criterion.months else None
    told = {"verdict": verdict, "note": note, "on": on, "good_until": good, "by_id": by.account_id}
    Assessment.objects.update_or_create(licence=licence, criterion=row.criterion, defaults=told)
    return True


@transaction.atomic
def add_licence_task(*, by: Viewer, licence_id, what: str, due_on: dt.date, criterion_id=None) -> LicenceTask:
    """Something to be done by a day; a mentor may ask for it too."""
    licence = reading.licence_to_see(by, licence_id)
    what = " ".join(what.split())
    if not 0 < len(what) <= _LONG:
        raise Refused(_WHAT, most=_LONG)
    if criterion_id and not Criterion.objects.filter(pk=criterion_id, standard__country=licence.kind.country).exists():
        raise Refused(_NO_CRITERION)
    task = LicenceTask.objects.create(
        licence=licence, what=what, due_on=due_on, criterion_id=criterion_id or None, by_id=by.account_id
    )
    _tell(by, "licence_task_added", task, licence.service.provider)
    return task


@transaction.atomic
def make_licence_tasks(*, by: Viewer, licence_id, due_on: dt.date) -> int:
    """A task for every criterion that is not met and has none open; returns how many were made."""
    licence = reading.licence_to_edit(by, licence_id)
    open_ = set(LicenceTask.objects.filter(licence=licence, done_on=None).values_list("criterion_id", flat=True))
    missing = [row.criterion for row in reading.checked_of(licence, timezone.localdate()) if row.missing]
    made = [
        LicenceTask(
            licence=licence, criterion=criterion, what=criterion.names.get("en", criterion.code)[:_LONG],
            due_on=due_on, by_id=by.account_id,
        )
        for criterion in missing
        if criterion.pk not in open_
    ]  # fmt: skip
    LicenceTask.objects.bulk_create(made)
    if made:
        _tell(by, "licence_task_added", licence, licence.service.provider, tasks=len(made))
    return len(made)


@transaction.atomic
def finish_licence_task(*, by: Viewer, task_id) -> LicenceTask:
    """Says that a task is done, today."""
    task = LicenceTask.objects.filter(pk=task_id).first()
    if task is None:
        raise NotFound(NOT_HERE)
    licence = reading.licence_to_edit(by, task.licence_id)
    if task.done_on is None:
        task.done_on = timezone.localdate()
        task.save(update_fields=["done_on"])
        _tell(by, "licence_task_done", task, licence.service.provider)
    return task


@transaction.atomic
def name_mentor(*, by: Viewer, licence_id, organisation_id=None) -> Licence:
    """Names the member organisation that helps on the way and sees the checklist, never the papers; None: nobody."""
    licence = reading.licence_to_edit(by, licence_id)
    mentor = organisation_by_id(by, organisation_id) if organisation_id else None
    if mentor and mentor.pk == licence.service.provider.organisation_id:
        raise Refused(_MENTOR)
    if mentor and not reading.stands(mentor):
        raise Refused(_MENTOR_LEFT)
    Licence.objects.filter(pk=licence.pk).update(mentor=mentor)
    _tell(by, "mentor_named", licence, licence.service.provider, mentor=str(mentor.pk) if mentor else "")
    if mentor:
        notify(
            by=by, to=keepers_of_each([mentor.pk]).get(mentor.pk, ()),
            title=gettext_noop("You are asked to be the mentor of %(service)s on its way to a licence."),
            params={"service": licence.service.name}, path=f"/workspace/licences/{licence.pk}/",
        )  # fmt: skip
    licence.mentor = mentor
    return licence
