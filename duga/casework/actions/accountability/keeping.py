"""For how long data is kept, who is kept longer, and what nobody may erase now."""

from django.db import transaction
from django.utils import timezone

from duga.casework.actions._help import _check_code, _organisation, _tell, _today
from duga.casework.actions.people import _door, _trusted
from duga.casework.models import Keeping, LegalHold, RetentionRule
from duga.casework.queries import door
from duga.casework.rules.accountability import check_keeping, check_months
from duga.members.rules import Permission
from duga.plain.errors import Conflict, Refused, gettext_noop

_HOLD_WHY = gettext_noop("Say who asks that nothing is erased, and the number: a court, an authority, an audit.")
_HELD = gettext_noop("There is a hold on her data already.")


@transaction.atomic
def set_retention(*, by, organisation_id, service_type="", months: int | None, why="") -> RetentionRule | None:
    """Keeps people for so many months after the last entry of a service type ("" for all others).

    months None: the starting value of the house again.
    """
    organisation = _organisation(by, organisation_id, Permission.PROTECT_DATA)
    if service_type:
        _check_code("service_types", service_type)
    rows = RetentionRule.objects.filter(organisation=organisation, service_type=service_type)
    rule = None
    if months is None:
        rows.delete()
    else:
        rule, _new = RetentionRule.objects.update_or_create(
            organisation=organisation, service_type=service_type,
            defaults={"months": check_months(int(months)), "why": why.strip()[:200], "by_id": by.account_id},
        )  # fmt: skip
    _tell(by, "retention.set", rule or RetentionRule(organisation=organisation), service=service_type, months=months)
    return rule


@transaction.atomic
def keep_longer(*, by, person_id, until, reason) -> Keeping:
    """Keeps a person's data until a day though its time has come, for a reason; for who may erase her."""
    person = _door(by, person_id)
    _trusted(by, person, Permission.ERASE_PEOPLE)
    reason = check_keeping(reason, until, today=_today())
    kept = Keeping.objects.create(person=person, until=until, reason=reason, by_id=by.account_id)
    _tell(by, "person.kept", person, until=until.isoformat())
    return kept


@transaction.atomic
def place_hold(*, by, person_id, reason) -> LegalHold:
    """Forbids every erasure of a person's data until the hold is ended; for who may erase her."""
    person = _door(by, person_id)
    _trusted(by, person, Permission.ERASE_PEOPLE)
    reason = " ".join(str(reason).split())
    if len(reason) < 5:
        raise Refused(_HOLD_WHY)
    if LegalHold.objects.filter(person=person, ended_at=None).exists():
        raise Conflict(_HELD)
    hold = LegalHold.objects.create(
        organisation_id=person.organisation_id, person=person, reason=reason[:300], by_id=by.account_id
    )
    _tell(by, "person.held", person)
    return hold


@transaction.atomic
def end_hold(*, by, hold_id) -> LegalHold:
    """Ends a hold: her data follows the rules of keeping again."""
    rows = LegalHold.objects.select_related("person__programme").filter(ended_at=None)
    hold = door(by, rows, hold_id, Permission.SEE_PEOPLE, prefix="person__")
    _trusted(by, hold.person, Permission.ERASE_PEOPLE)
    hold.ended_at, hold.ended_by_id = timezone.now(), by.account_id
    hold.save(update_fields=["ended_at", "ended_by"])
    _tell(by, "person.released_from_hold", hold.person)
    return hold
