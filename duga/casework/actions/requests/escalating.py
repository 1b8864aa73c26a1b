"""By the clock: whoever the table names is told of what waits, once for each step, and never who it is about."""

from collections import defaultdict

from django.db import transaction
from django.utils import timezone

from duga.casework import queries
from duga.casework.actions._help import _organisation
from duga.casework.actions.requests._help import _when, _write_step
from duga.casework.models import Assignment, EscalationStep, Request
from duga.casework.rules import LIVE, OPEN_STATES, OVERDUE, REQUEST_LABELS, RequestState, Tell, check_steps, next_step
from duga.members.actions import notify, write_trail
from duga.members.queries import organisation_by_id
from duga.members.rules import Permission
from duga.plain.errors import gettext_noop

AT_ONCE = 500  #: requests of one organisation looked at in one transaction

_WAIT = gettext_noop("Requests wait too long at “%(state)s”: %(count)s")
_LATE = gettext_noop("Requests past the time they were due: %(count)s")
_LOOK = gettext_noop("Open the board: what is due first stands first. If nobody acts, the next in the table is told.")


@transaction.atomic
def change_escalation(*, by, organisation_id, steps=None) -> None:
    """Puts an organisation's own escalation table (rules.Step) in place; None goes back to the working defaults.

    What waits now is judged by the new table from the clock's next look on.
    """
    organisation = _organisation(by, organisation_id, Permission.ASSIGN_WORK)
    EscalationStep.objects.filter(organisation=organisation).delete()
    numbers = defaultdict(int)
    for step in check_steps(steps) if steps is not None else ():
        key = (step.state, step.urgency)
        EscalationStep.objects.create(
            organisation=organisation, state=step.state, urgency=step.urgency, number=numbers[key],
            hours=round(float(step.hours), 2), tell=step.tell,
        )  # fmt: skip
        numbers[key] += 1
    Request.objects.filter(organisation=organisation, state__in=OPEN_STATES).update(look_at=timezone.now())
    write_trail(
        by=by, event="escalation.changed", subject=("members.Organisation", organisation.pk),
        organisation_id=organisation.pk, detail={"own": steps is not None},
    )  # fmt: skip


def escalate_due(*, by, now=None) -> int:
    """Tells whom the tables name of every request that waits longer than its step allows; returns of how many.

    Each step of a request is told once, however often the clock looks. A person gets one notice for each state, with a
    number and no names; of a sealed programme only those named for it are told.
    """
    now, told = now or timezone.now(), 0
    waiting = Request.objects.filter(look_at__lte=now)
    for organisation_id in waiting.order_by().values_list("organisation_id", flat=True).distinct():
        while True:
            with transaction.atomic():
                rows = waiting.filter(organisation_id=organisation_id).select_for_update(of=("self",))
                rows = list(rows.select_related("programme").order_by("look_at")[:AT_ONCE])
                told += _escalate(by, organisation_by_id(by, organisation_id), rows, now) if rows else 0
            if len(rows) < AT_ONCE:
                break
    return told


def _escalate(by, organisation, rows, now) -> int:
    steps, people = queries.escalation_table(organisation.pk), _People(organisation.pk, rows)
    notices, told = defaultdict(int), 0
    for request in rows:
        before = request.told + request.told_late
        while (found := _next(steps, request)) and found[0] <= now:
            late = found[1].state == OVERDUE
            request.told, request.told_late = request.told + (not late), request.told_late + late
            for account in people.of(found[1].tell, request):
                notices[account, found[1].state] += 1
            _write_step(by, request, "escalated", who=found[1].tell)
        request.look_at = _when(request, steps)
        request.save(update_fields=["told", "told_late", "look_at"])
        told += request.told + request.told_late > before
    for (account, state), count in notices.items():
        words = {"count": count} | ({} if state == OVERDUE else {"state": REQUEST_LABELS[RequestState(state)]})
        where = f"?state={state}" if state != OVERDUE else "?overdue=on"
        notify(
            by=by, to=[account], title=_LATE if state == OVERDUE else _WAIT, text=_LOOK, params=words,
            path=f"/workspace/organisations/{organisation.slug}/requests/{where}",
        )  # fmt: skip
    return told


def _next(steps, request):
    return next_step(
        steps, state=request.state, urgency=request.urgency, since=request.state_since, due=request.due_at,
        told=request.told, told_late=request.told_late,
    )  # fmt: skip


class _People:
    """Who is meant by the words of the table, in one organisation; read once for all its requests."""

    def __init__(self, organisation_id, rows):
        self.groups = queries.people_to_tell(organisation_id)
        live = Assignment.objects.filter(request__in=rows, state__in=LIVE).exclude(account=None)
        self.holders = dict(live.values_list("request_id", "account_id"))
        sealed = {row.programme_id for row in rows if row.programme_id and row.programme.sealed}
        self.named = {pk: queries.named_in(pk) for pk in sealed}

    def of(self, tell, request) -> set:
        if tell == Tell.HOLDER and request.pk in self.holders:
            found = {self.holders[request.pk]}
        else:
            found = set(self.groups[Tell.ASSIGNERS if tell == Tell.HOLDER else Tell(tell)])
            found = found or set(self.groups[Tell.COORDINATORS])
        if request.programme_id in self.named:
            return found & self.named[request.programme_id] or self.named[request.programme_id]
        return found
