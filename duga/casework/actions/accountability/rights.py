"""What people ask about their own data: noted the day it comes, answered within a month."""

import datetime as dt

from django.db import transaction

from duga.casework.actions._help import _tell, _today
from duga.casework.actions.people import _door
from duga.casework.models import SubjectRequest
from duga.casework.queries import door
from duga.casework.rules.accountability import ANSWER_DAYS, Reply, Right, check_reply
from duga.members.actions import notify
from duga.members.queries import NOT_HERE, accounts_with
from duga.members.rules import Permission
from duga.plain.errors import NotFound, Refused, gettext_noop

SOON = dt.timedelta(days=7)
_FUTURE = gettext_noop("It cannot have come in the future.")
_NO_ANSWER = gettext_noop("Choose how it ended.")
_DUE = gettext_noop("A request about somebody's own data is due within a week")
_DUE_TEXT = gettext_noop("Answer it, or say why not: %(days)s days are left.")


@transaction.atomic
def receive_request(*, by, person_id, asked, received_on=None) -> SubjectRequest:
    """Notes that a person asked about her own data; answered within 30 days of that day."""
    person = _door(by, person_id)
    received_on = received_on or _today()
    if received_on > _today():
        raise Refused(_FUTURE)
    row = SubjectRequest.objects.create(
        organisation_id=person.organisation_id, person=person, asked=Right(asked), received_on=received_on,
        due_on=received_on + dt.timedelta(days=ANSWER_DAYS), by_id=by.account_id,
    )  # fmt: skip
    _tell(by, "person.asked", person, asked=row.asked, request=str(row.pk))
    return row


@transaction.atomic
def answer_request(*, by, request_id, answer, reason="") -> SubjectRequest:
    """How a request ended; a refusal in whole or part says why."""
    rows = SubjectRequest.objects.select_for_update(of=("self",)).filter(answer=Reply.OPEN).select_related("person")
    row = door(by, rows, request_id, Permission.SEE_PEOPLE, prefix="person__")
    answer = Reply(answer)
    if answer is Reply.OPEN:
        raise Refused(_NO_ANSWER)
    row.reason, row.answer = check_reply(answer, reason), answer
    row.answered_on, row.answered_by_id = _today(), by.account_id
    row.save(update_fields=["reason", "answer", "answered_on", "answered_by"])
    _tell(by, "person.answered", row.person, asked=row.asked, answer=answer, request=str(row.pk))
    return row


@transaction.atomic
def remind_of_requests(*, by) -> int:
    """For the clock: tells those who protect data of requests due within a week, once each. Returns how many."""
    if not by.system:
        raise NotFound(NOT_HERE)
    rows = list(
        SubjectRequest.objects.select_for_update(of=("self",))
        .filter(answer=Reply.OPEN, reminded=False, due_on__lte=_today() + SOON)
        .select_related("organisation")
    )
    keepers = accounts_with(Permission.PROTECT_DATA, {row.organisation_id for row in rows})
    for row in rows:
        notify(
            by=by, to=keepers.get(row.organisation_id, []), title=_DUE, text=_DUE_TEXT,
            params={"days": (row.due_on - _today()).days},
            path=f"/workspace/organisations/{row.organisation.slug}/data-protection/requests/",
        )  # fmt: skip
    SubjectRequest.objects.filter(pk__in=[row.pk for row in rows]).update(reminded=True)
    return len(rows)
