"""A referral made from a case: the coarse summary that may go along, and the case's end when a transfer is accepted."""

from django.db import transaction

from duga.casework import queries
from duga.casework.actions.cases import open_case_texts
from duga.casework.actions.cases.opening import _taken_over
from duga.casework.models import Case
from duga.casework.models.referrals import Referral
from duga.casework.rules import CaseState
from duga.casework.rules.referrals import ReferralKind
from duga.members.rules import Viewer
from duga.plain.errors import NOT_HERE, NotFound

#: Who the trail names: neither who accepts, who sees no case of the sender, nor the sender, who did nothing just now.
HOUSE = Viewer(system="referrals")


def _case_of(by, person, case_id) -> Case | None:
    """The case that a referral of this person is made from; NotFound for one of somebody else."""
    if not case_id:
        return None
    found = queries.case(by, case_id)
    if found.person_id != person.pk:
        raise NotFound(NOT_HERE)
    return found


@transaction.atomic
def open_case_summary(*, by, case_id) -> dict:
    """{"goals", "steps"}: what a case still aims at and its open steps, in words. Notes, files and what is done are
    never in it. Leaves the trail entry of opening the case."""
    opened = open_case_texts(by=by, case_id=case_id)
    goals = [goal for goal in queries.goals_of(opened.case) if not goal.ended_on]
    steps = [step for step in queries.steps_of(opened.case) if step.done_on is None and step.dropped_on is None]
    told = {"goals": goals, "steps": steps}
    return {name: [opened.texts[row.pk] for row in rows] for name, rows in told.items()}


def _end_case(row: Referral) -> None:
    """Closes the sender's case of a transfer that was taken on, in the transaction that says so."""
    if row.kind != ReferralKind.TRANSFER or not row.case_id:
        return
    case = Case.objects.select_for_update(of=("self",)).select_related("programme").get(pk=row.case_id)
    if case.state != CaseState.CLOSED:
        _taken_over(HOUSE, case)
