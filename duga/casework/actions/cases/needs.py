"""What a person lacks, from the day it is known to the day it is met."""

from django.db import IntegrityError, transaction

from duga.casework import queries
from duga.casework.actions._help import _check_code, _tell, _today
from duga.casework.models import Need
from duga.casework.rules import Met, Urgency, check_date, check_days
from duga.members.queries import NOT_HERE
from duga.members.rules import Permission
from duga.plain.errors import NotFound, Refused, gettext_noop

_THERE = gettext_noop("This need is open already.")
_HOW = gettext_noop("Say how it was met, or that it could not be.")
_URGENCY = gettext_noop("Say how soon it is needed.")


@transaction.atomic
def add_need(*, by, person_id, code, urgency=Urgency.NORMAL, since=None) -> Need:
    """Notes what a person lacks (list needs), how soon it is needed, since when."""
    person = queries.person(by, person_id, Permission.ADD_PEOPLE)
    if urgency not in list(Urgency):
        raise Refused(_URGENCY)
    row = Need(
        organisation_id=person.organisation_id, person=person, code=_check_code("needs", code), urgency=urgency,
        since=check_date(since or _today(), today=_today()), recorded_by_id=by.account_id,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise Refused(_THERE) from None
    _tell(by, "person.need_added", person, need=code)
    return row


@transaction.atomic
def end_need(*, by, need_id, met, until=None) -> Need:
    """Says how a need was met, or that it was not."""
    row = Need.objects.select_for_update().filter(pk=need_id, until=None).first()
    if row is None:
        raise NotFound(NOT_HERE)
    person = queries.person(by, row.person_id, Permission.ADD_PEOPLE)
    if met not in list(Met):
        raise Refused(_HOW)
    row.met, row.until = Met(met), check_date(until or _today(), today=_today())
    check_days(row.since, row.until)
    row.save(update_fields=["met", "until"])
    _tell(by, "person.need_ended", person, need=row.code)
    return row
