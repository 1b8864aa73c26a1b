"""A case from its opening to its end: on which basis, who leads it, who works in it, why it was closed."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from duga.casework import queries
from duga.casework.actions._cases import _case, _give_key, _seal, _text
from duga.casework.actions._help import (
    _changed,
    _check_code,
    _check_version,
    _new_codes,
    _organisation,
    _programme,
    _tell,
    _today,
)
from duga.casework.actions.people import state_basis
from duga.casework.models import Approval, Case, CaseAction, CaseNote, CaseWorker, LawfulBasis, ProgrammeWorker
from duga.casework.rules import (
    CASE_PURPOSE,
    CASE_REVIEW_DAYS,
    Approve,
    CaseState,
    NoteKind,
    Tie,
    check_case_review,
    check_case_step,
    check_closing,
    needs_approval,
)
from duga.members.actions import notify
from duga.members.queries import accounts_with
from duga.members.rules import Permission
from duga.plain.errors import NotAllowed, Refused, gettext_noop

_ONE = gettext_noop("A case is about one person, one household or one travelling party.")
_OTHER = gettext_noop("The case would lie in another programme than whom it is about. Move her under the seal first.")
_BASIS = gettext_noop("Say on what lawful basis her data is used for this, or choose a programme that has one.")
_THERE = gettext_noop("There is an open case about this already, in the same programme.")
_LEAD = gettext_noop("The lead must follow cases in this organisation and, in a sealed programme, be named for it.")
_WORKER = gettext_noop(
    "Only who works with people here can belong to the team, and in a sealed programme who is named."
)
_ONLY_LEAD = gettext_noop("Only the lead or a supervisor does this.")
_APPROVAL = gettext_noop("A supervisor closes cases of this programme. Ask for it: your reason and outcome are kept.")
_REASON = gettext_noop("Say why the case is opened again. It becomes a note of the case.")
_NEW_LEAD = gettext_noop("You lead the case %(code)s now.")


def _subject(by, person_id, household_id, party_id):
    """(what the case is about by field, its row)."""
    given = {"person": person_id, "household": household_id, "party": party_id}
    given = {name: pk for name, pk in given.items() if pk}
    if len(given) != 1:
        raise Refused(_ONE)
    ((name, pk),) = given.items()
    door = {"person": queries.person, "household": queries.household, "party": queries.party}[name]
    return name, door(by, pk)


def _check_basis(by, person, programme, basis, how) -> None:
    """A basis for following a person's case: the programme's own, one that stands, or the one stated now."""
    purpose = CASE_PURPOSE.get(programme.kind if programme else "", "assistance")
    if basis:
        state_basis(by=by, person_id=person.pk, purpose=purpose, basis=basis, given_on=_today(), how=how)
        return
    stands = LawfulBasis.objects.filter(person=person, purpose=purpose, ended_on=None)
    if not (programme and programme.basis) and not stands.exists():
        raise Refused(_BASIS)


@transaction.atomic
def open_case(
    *, by, person_id=None, household_id=None, party_id=None, programme_id=None, basis="", how="", review_on=None,
    lead_id=None,
) -> Case:  # fmt: skip
    """Opens a case about a person, a household or a travelling party, led by who opens it unless `lead_id` says other.

    About a person it needs a lawful basis: the programme's, one stated before, or `basis` (and `how`, of a consent).
    It lies under the same seal as whom it is about.
    """
    name, about = _subject(by, person_id, household_id, party_id)
    organisation = _organisation(by, about.organisation_id, Permission.FOLLOW_CASES)
    programme = _programme(by, organisation.pk, programme_id) or about.programme
    sealed = {row.pk for row in (programme, about.programme) if row and row.sealed}
    if sealed and about.programme_id != programme.pk:
        raise Refused(_OTHER)
    if name == "person":
        _check_basis(by, about, programme, basis, how)
    if Case.objects.filter(**{name: about}, programme=programme).exclude(state=CaseState.CLOSED).exists():
        raise Refused(_THERE)
    if name == "party":
        _give_key(about)
    row = Case(
        organisation=organisation, programme=programme, code=_new_codes(Case, organisation.pk, 1)[0], **{name: about},
        lead_id=_lead(organisation.pk, programme, lead_id or by.account_id), opened_on=_today(),
        review_on=check_case_review(review_on, today=_today()) or _today() + dt.timedelta(days=CASE_REVIEW_DAYS),
        changed_by_id=by.account_id,
    )  # fmt: skip
    row.save(force_insert=True)
    _tell(by, "case.opened", row)
    return row


def _works(organisation_id, programme, account_id, permission) -> bool:
    """Whether someone may do this in the organisation, and is named where the programme is sealed."""
    working = accounts_with(permission, [organisation_id]).get(organisation_id, [])
    if str(account_id) not in {str(pk) for pk in working}:
        return False
    if programme is None or not programme.sealed:
        return True
    return ProgrammeWorker.objects.filter(programme=programme, account_id=account_id, until=None).exists()


def _lead(organisation_id, programme, account_id):
    if not _works(organisation_id, programme, account_id, Permission.FOLLOW_CASES):
        raise Refused(_LEAD)
    return account_id


def _only_lead(by, case) -> None:
    """The lead, a supervisor, or who is named for its sealed programme decides on lead and team."""
    if queries.tie_to(by, case) not in (Tie.LEAD, Tie.NAMED):
        try:
            _organisation(by, case.organisation_id, Permission.APPROVE_CASES)
        except NotAllowed:
            raise NotAllowed(_ONLY_LEAD) from None


@transaction.atomic
def change_case(*, by, case_id, version, review_on=None, state=None) -> Case:
    """Sets the day of the next look, or puts a case on hold and takes it up again."""
    case = _case(by, case_id)
    _check_version(case, version)
    if review_on is not None:
        case.review_on = check_case_review(review_on, today=_today())
    if state and state != case.state:
        if state == CaseState.CLOSED:
            raise Refused(_APPROVAL)
        case.state = check_case_step(case.state, state)
    _changed(case, by)
    case.save()
    _tell(by, "case.changed", case, state=str(case.state))
    return case


@transaction.atomic
def hand_over(*, by, case_id, lead_id) -> Case:
    """Gives a case to another lead in the organisation; who led it stays in the team, and the new lead is told."""
    case = _case(by, case_id)
    _only_lead(by, case)
    before = case.lead_id
    lead_id = _lead(case.organisation_id, case.programme, lead_id)
    if str(before) == str(lead_id):
        return case
    case.lead_id = lead_id
    _changed(case, by)
    case.save()
    CaseWorker.objects.filter(case=case, account_id=lead_id, until=None).update(until=timezone.now())
    CaseWorker.objects.get_or_create(case=case, account_id=before, until=None)
    _tell(by, "case.handed_over", case, account=str(lead_id))
    notify(by=by, to=[lead_id], title=_NEW_LEAD, params={"code": case.code}, path=f"/workspace/cases/{case.pk}/")
    return case


@transaction.atomic
def join_case_team(*, by, case_id, account_id) -> CaseWorker:
    """Takes a colleague into the team of a case: she sees what rules.SECTION_SEEN gives a team."""
    case = _case(by, case_id)
    _only_lead(by, case)
    if not _works(case.organisation_id, case.programme, account_id, Permission.SEE_PEOPLE):
        raise Refused(_WORKER)
    row, made = CaseWorker.objects.get_or_create(case=case, account_id=account_id, until=None)
    if made:
        _tell(by, "case.team_joined", case, account=str(account_id))
    return row


@transaction.atomic
def leave_case_team(*, by, case_id, account_id) -> None:
    """Ends somebody's part in a case's team; anybody may leave by herself."""
    case = _case(by, case_id, closed=True)
    if str(account_id) != str(by.account_id):
        _only_lead(by, case)
    if CaseWorker.objects.filter(case=case, account_id=account_id, until=None).update(until=timezone.now()):
        _tell(by, "case.team_left", case, account=str(account_id))


# --- The end --------------------------------------------------------------------------------------------


def _check_close(case, reason, outcome) -> None:
    open_ = CaseAction.objects.filter(case=case, done_on=None, dropped_on=None).count()
    check_closing(case.state, reason=reason, outcome=outcome, open_actions=open_)
    _check_code("case_closures", reason)
    _check_code("case_outcomes", outcome)


def _closing_approved(case) -> bool:
    programme = case.programme
    return needs_approval(programme.kind, programme.closing_approved) if programme else needs_approval()


def _close(by, case, reason, outcome) -> None:
    case.state, case.reason, case.outcome = CaseState.CLOSED, reason, outcome
    case.closed_on, case.review_on = _today(), None
    _changed(case, by)
    case.save()
    case.notes.filter(draft=True).delete()
    waiting = Approval.objects.filter(case=case, decided_at=None)
    waiting.delete()  # nobody needs to decide about a closed case
    _tell(by, "case.closed", case, reason=reason, outcome=outcome)


@transaction.atomic
def close_case(*, by, case_id, reason, outcome) -> Case:
    """Closes a case with its reason and outcome (lists case_closures, case_outcomes), every step done or given up.

    Where a supervisor's word is asked for, nobody closes by herself: `ask_approval` with the same two.
    """
    case = _case(by, case_id)
    _check_close(case, reason, outcome)
    if _closing_approved(case):
        raise Refused(_APPROVAL)
    _close(by, case, reason, outcome)
    return case


@transaction.atomic
def end_by_transfer(*, by, case_id) -> Case:
    """Closes a case that another organisation took over by an accepted transfer; what is left open goes with it."""
    case = _case(by, case_id)
    _taken_over(by, case)
    return case


def _taken_over(by, case) -> None:
    CaseAction.objects.filter(case=case, done_on=None, dropped_on=None).update(dropped_on=_today())
    _close(by, case, "transferred", "not_known")


@transaction.atomic
def reopen_case(*, by, case_id, reason) -> Case:
    """Opens a closed case again. Why becomes a note of the case, under its seal; why and when it was closed stays in
    the trail."""
    if not str(reason).strip():
        raise Refused(_REASON)
    case = _case(by, case_id, closed=True)
    was = {"was_reason": case.reason, "was_outcome": case.outcome, "was_closed_on": str(case.closed_on or "")}
    case.state = check_case_step(case.state, CaseState.OPEN)
    case.reason = case.outcome = ""
    case.closed_on, case.review_on = None, _today() + dt.timedelta(days=CASE_REVIEW_DAYS)
    _changed(case, by)
    case.save()
    note = CaseNote(case=case, kind=NoteKind.DECISION, on=_today(), author_id=by.account_id)
    note.text = _seal(case, note, "text", _text(reason))
    note.save(force_insert=True)
    _tell(by, "case.reopened", case, **was)
    return case


def _asks_closing(case, reason, outcome) -> dict:
    """What a supervisor is asked when a case is to be closed, checked before it is asked."""
    _check_close(case, reason, outcome)
    return {"reason": reason, "outcome": outcome}


def _after_approval(by, case, row) -> None:
    """What follows a supervisor's yes."""
    if row.what == Approve.CLOSURE:
        _check_close(case, row.asked["reason"], row.asked["outcome"])
        _close(by, case, row.asked["reason"], row.asked["outcome"])
