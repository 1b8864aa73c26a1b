"""A child's guardians, the flag on one who may be the danger, and decisions in her best interests."""

import datetime as dt
from dataclasses import dataclass, field

from django.db import transaction

from duga.casework import queries
from duga.casework.actions._help import _tell, _today
from duga.casework.actions.bases._help import _person, _seal, _unseal
from duga.casework.models import BestInterestsDecision, Guardianship
from duga.casework.rules import GuardianKind, check_conflict, check_deciders, check_guardian
from duga.members.queries import organisation_by_id
from duga.members.rules import Permission
from duga.plain.errors import NOT_HERE, NotFound, Refused, gettext_noop

DETAILS = ("name", "relation", "phone", "paper")
CONTENT = ("question", "decision", "reasons", "others")
REVIEW_WITHIN = dt.timedelta(days=366)

_CONTENT = gettext_noop("Write the question, the decision and the reasons.")
_REVIEW = gettext_noop("Choose a day within a year from now on which the decision is looked at again.")
_OPEN = gettext_noop("This decision is not approved yet.")


@dataclass(frozen=True)
class OpenedGuardian:
    """A guardian, open: the row, and name, relation, phone and paper in words."""

    row: Guardianship
    details: dict = field(repr=False)
    conflict: str = field(default="", repr=False)


@transaction.atomic
def add_guardian(*, by, person_id, kind, name="", relation="", phone="", paper="", since=None, until=None):
    """Adds who looks after a child: a parent, another relative, a public guardian, or none yet. Returns the row."""
    person = _person(by, person_id)
    since = since or _today()
    kind = check_guardian(kind, since=since, until=until, name=name)
    told = {"name": name, "relation": relation, "phone": phone, "paper": paper}
    told = {key: " ".join(str(value).split())[:200] for key, value in told.items() if str(value).strip()}
    row = Guardianship(person=person, kind=kind, since=since, until=until, recorded_by_id=by.account_id)
    row.details = _seal(row, "details", told)
    row.save(force_insert=True)
    if kind != GuardianKind.NONE:  # somebody was found: nobody is waited for any more
        rows = Guardianship.objects.filter(person=person, kind=GuardianKind.NONE, until=None, since__lte=since)
        rows.exclude(pk=row.pk).update(until=since)
    _tell(by, "guardian.added", row, person=str(person.pk), kind=kind)
    return row


def _guardianship(by, guardianship_id, *, all_=False) -> Guardianship:
    """One guardianship, through the child's door; one who may be the danger only for who follows her case."""
    rows = Guardianship.objects.select_related("person__organisation", "person__programme")
    row = queries.door(by, rows, guardianship_id, Permission.ADD_PEOPLE, prefix="person__")
    _person(by, row.person_id)
    if row.conflicted or all_:
        try:
            queries.follows(by, row.person)
        except Refused:
            raise NotFound(NOT_HERE) from None
    return row


@transaction.atomic
def end_guardian(*, by, guardianship_id, until: dt.date | None = None) -> None:
    """Ends a guardianship on a day (today)."""
    row = _guardianship(by, guardianship_id)
    until = until or _today()
    check_guardian(row.kind, since=row.since, until=until, name="known")
    Guardianship.objects.filter(pk=row.pk).update(until=until)
    _tell(by, "guardian.ended", row, person=str(row.person_id))


@transaction.atomic
def flag_guardian(*, by, guardianship_id, reason) -> None:
    """Says that a guardian may be the danger: from now on shown as no contact, asked for nothing, printed nowhere, and
    what this guardian agreed to counts no more. Whoever works with the child may say so; only a supervisor ends it."""
    row = _guardianship(by, guardianship_id)
    row.conflict = _seal(row, "conflict", check_conflict(reason))
    row.conflicted, row.conflicted_by_id = True, by.account_id
    row.save(update_fields=["conflict", "conflicted", "conflicted_by"])
    _tell(by, "guardian.flagged", row, person=str(row.person_id))


@transaction.atomic
def clear_guardian(*, by, guardianship_id) -> None:
    """Ends that flag; for who approves cases."""
    row = _guardianship(by, guardianship_id, all_=True)
    organisation_by_id(by, row.organisation_id, Permission.APPROVE_CASES)
    Guardianship.objects.filter(pk=row.pk).update(conflict=b"", conflicted=False, conflicted_by=None)
    _tell(by, "guardian.cleared", row, person=str(row.person_id))


@transaction.atomic
def open_guardians(*, by, person_id, all_=False) -> list[OpenedGuardian]:
    """A child's guardians by name: those of today who may be contacted. With `all_`, for who follows her case, also
    former ones and those who may be the danger. One trail entry."""
    rows = (queries.guardianships if all_ else queries.guardians_for)(by, person_id)
    if rows:
        _tell(by, "guardian.opened", rows[0].person, number=len(rows), all=all_)
    return [
        OpenedGuardian(row, _unseal(row, "details", {}), _unseal(row, "conflict") if all_ else "") for row in rows
    ]  # fmt: skip


# --- Best interests ----------------------------------------------------------------------------------


@transaction.atomic
def propose_decision(*, by, person_id, question, decision, reasons, review_on: dt.date, others="") -> (
    BestInterestsDecision
):  # fmt: skip
    """Proposes what is best for a child; it waits for another person's word and holds nothing urgent up meanwhile."""
    person = _person(by, person_id)
    queries.follows(by, person)
    told = {"question": question, "decision": decision, "reasons": reasons, "others": others}
    told = {name: str(value).strip()[:4000] for name, value in told.items()}
    if not all(told[name] for name in ("question", "decision", "reasons")):
        raise Refused(_CONTENT)
    if not _today() < review_on <= _today() + REVIEW_WITHIN:
        raise Refused(_REVIEW)
    row = BestInterestsDecision(person=person, review_on=review_on, proposed_by_id=by.account_id)
    row.content = _seal(row, "content", told)
    row.save(force_insert=True)
    _tell(by, "decision.proposed", row, person=str(person.pk))
    return row


def _locked_decision(by, decision_id) -> BestInterestsDecision:
    row = queries.decision(by, decision_id)
    _person(by, row.person_id, Permission.SEE_PEOPLE)
    return BestInterestsDecision.objects.select_for_update(of=("self",)).select_related("person").get(pk=row.pk)


@transaction.atomic
def approve_decision(*, by, decision_id) -> BestInterestsDecision:
    """The second person's word, of who may approve cases; the decision holds from today."""
    row = _locked_decision(by, decision_id)
    organisation_by_id(by, row.organisation_id, Permission.APPROVE_CASES)
    check_deciders(proposed_by=row.proposed_by_id, approved_by=by.account_id, open_=row.decided_on is None)
    row.approved_by_id, row.decided_on = by.account_id, _today()
    row.save(update_fields=["approved_by", "decided_on"])
    _tell(by, "decision.approved", row, person=str(row.person_id))
    return row


@transaction.atomic
def review_decision(*, by, decision_id) -> None:
    """Says that a decision was looked at again on its day; what changed is a new decision."""
    row = _locked_decision(by, decision_id)
    if row.decided_on is None:
        raise Refused(_OPEN)
    BestInterestsDecision.objects.filter(pk=row.pk).update(reviewed_on=_today())
    _tell(by, "decision.reviewed", row, person=str(row.person_id))


@transaction.atomic
def open_decision(*, by, decision_id) -> tuple[BestInterestsDecision, dict]:
    """A decision with its question, decision, reasons and who else sat at the table; leaves a trail entry."""
    row = queries.decision(by, decision_id)
    _tell(by, "decision.opened", row, person=str(row.person_id))
    return row, _unseal(row, "content", {})
