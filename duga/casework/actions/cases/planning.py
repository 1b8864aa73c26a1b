"""The plan of a case: goals, and steps with who does them until when."""

from django.db import transaction

from duga.casework.actions._cases import _case, _seal, _text
from duga.casework.actions._help import _check_code, _tell, _today
from duga.casework.actions.cases.opening import _works
from duga.casework.models import CaseAction, CaseGoal
from duga.casework.rules import GoalState
from duga.members.rules import Permission
from duga.plain.errors import NotFound, Refused, gettext_noop

MOST = 1000  #: letters of a goal or a step

_NO_GOAL = gettext_noop("This goal is not in the plan any more. Open the plan again.")
_NO_STEP = gettext_noop("This step is not open any more. Open the plan again.")
_ENDS = gettext_noop("A goal is reached or given up.")
_WHO = gettext_noop("Choose a colleague who works with people here.")


@transaction.atomic
def add_goal(*, by, case_id, text, need="") -> CaseGoal:
    """Adds a goal to the plan, towards a need (list needs) where one is chosen."""
    case = _case(by, case_id)
    row = CaseGoal(case=case, need=_check_code("needs", need) if need else "", by_id=by.account_id)
    row.text = _seal(case, row, "text", _text(text, MOST))
    row.save(force_insert=True)
    _tell(by, "case.goal_added", case)
    return row


@transaction.atomic
def end_goal(*, by, case_id, goal_id, state) -> CaseGoal:
    """Says that a goal was reached or given up."""
    case = _case(by, case_id)
    row = case.goals.select_for_update().filter(pk=goal_id, state=GoalState.OPEN).first()
    if row is None:
        raise NotFound(_NO_GOAL)
    if state not in (GoalState.REACHED, GoalState.DROPPED):
        raise Refused(_ENDS)
    row.state, row.ended_on = GoalState(state), _today()
    row.save(update_fields=["state", "ended_on"])
    _tell(by, "case.goal_ended", case, state=str(state))
    return row


@transaction.atomic
def add_step(*, by, case_id, text, due=None, who_id=None, goal_id=None) -> CaseAction:
    """Adds a step to the plan: what, who does it (a colleague, or whoever is there), until when."""
    case = _case(by, case_id)
    if goal_id and not case.goals.filter(pk=goal_id, state=GoalState.OPEN).exists():
        raise Refused(_NO_GOAL)
    if who_id and not _works(case.organisation_id, case.programme, who_id, Permission.SEE_PEOPLE):
        raise Refused(_WHO)
    row = CaseAction(case=case, goal_id=goal_id or None, who_id=who_id or None, due=due, by_id=by.account_id)
    row.text = _seal(case, row, "text", _text(text, MOST))
    row.save(force_insert=True)
    _tell(by, "case.step_added", case)
    return row


@transaction.atomic
def end_step(*, by, case_id, step_id, done: bool = True) -> CaseAction:
    """Says that a step was done, or given up."""
    case = _case(by, case_id)
    row = case.actions.select_for_update().filter(pk=step_id, done_on=None, dropped_on=None).first()
    if row is None:
        raise NotFound(_NO_STEP)
    name = "done_on" if done else "dropped_on"
    setattr(row, name, _today())
    row.save(update_fields=[name])
    _tell(by, "case.step_done" if done else "case.step_dropped", case)
    return row
