"""A supervisor's word: asked for, given by another person, with what follows from it."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from duga.casework import queries
from duga.casework.actions._cases import _case, _seal, _text
from duga.casework.actions._help import _organisation, _tell
from duga.casework.actions.cases.opening import _after_approval, _asks_closing
from duga.casework.models import Approval, Programme
from duga.casework.rules import Approve, Decision, check_case_decision
from duga.members.actions import notify
from duga.members.queries import NOT_HERE, accounts_with
from duga.members.rules import Permission
from duga.plain.errors import NotFound, Refused, gettext_noop

_ASKED = gettext_noop("This was asked already and waits for a supervisor.")
_WHAT = gettext_noop("A supervisor is asked about the plan, or about closing the case.")
_WHY = gettext_noop("Say what should be changed: the one who asked will read it.")
_WAITS = gettext_noop("A case waits for your word: %(code)s.")
_SAID = {
    Decision.APPROVED: gettext_noop("A supervisor approved what you asked for in the case %(code)s."),
    Decision.RETURNED: gettext_noop("A supervisor sent back what you asked for in the case %(code)s."),
}


@transaction.atomic
def ask_approval(*, by, case_id, what, reason="", outcome="") -> Approval:
    """Asks the supervisors of a case for their word on its plan or its closing; all but the one who asks are told."""
    case = _case(by, case_id)
    if what not in list(Approve):
        raise Refused(_WHAT)
    asked = _asks_closing(case, reason, outcome) if what == Approve.CLOSURE else {}
    row = Approval(case=case, what=what, asked_by_id=by.account_id, asked=asked)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise Refused(_ASKED) from None
    _tell(by, "case.approval_asked", case, what=str(what))
    supervisors = accounts_with(Permission.APPROVE_CASES, [case.organisation_id]).get(case.organisation_id, [])
    if case.programme and case.programme.sealed:
        named = case.programme.workers.filter(until=None).values_list("account_id", flat=True)
        supervisors = [pk for pk in supervisors if pk in set(named)]
    to = [pk for pk in supervisors if pk != by.account_id]
    notify(by=by, to=to, title=_WAITS, params={"code": case.code}, path=f"/workspace/cases/{case.pk}/")
    return row


@transaction.atomic
def decide_approval(*, by, approval_id, decision, word="") -> Approval:
    """Says yes, or sends back with a word; never by the one who asked. A yes to closing closes the case at once."""
    found = queries.approval(by, approval_id)
    case = _case(by, found.case_id)
    row = Approval.objects.select_for_update().get(pk=found.pk)
    check_case_decision(asked_by=row.asked_by_id, decided_by=by.account_id, decided=row.decided_at is not None)
    if decision == Decision.RETURNED and not str(word).strip():
        raise Refused(_WHY)
    row.decision, row.decided_by_id, row.decided_at = Decision(decision), by.account_id, timezone.now()
    row.word = _seal(case, row, "word", _text(word, 2000)) if str(word).strip() else b""
    row.save()
    _tell(by, "case.approval_decided", case, what=row.what, decision=str(row.decision))
    notify(
        by=by, to=[row.asked_by_id], title=_SAID[row.decision], params={"code": case.code},
        path=f"/workspace/cases/{case.pk}/",
    )  # fmt: skip
    if row.decision == Decision.APPROVED:
        _after_approval(by, case, row)
    return row


@transaction.atomic
def set_closing_approval(*, by, programme_id, wanted: bool) -> Programme:
    """Says whether a supervisor closes the cases of a programme; by who runs the organisation."""
    programme = Programme.objects.filter(pk=programme_id).first()
    if programme is None:
        raise NotFound(NOT_HERE)
    _organisation(by, programme.organisation_id, Permission.MANAGE_ORGANISATION)
    programme.closing_approved = bool(wanted)
    programme.save(update_fields=["closing_approved"])
    _tell(by, "programme.closing_set", programme, approved=bool(wanted))
    return programme
