"""A volunteer's errands on her phone: those of today and overdue, with the names and phones they need; no others."""

from dataclasses import dataclass

from django.db import transaction

from duga.casework import queries
from duga.casework.actions._help import IDENTITY
from duga.casework.actions.requests import answer_assignment, answer_errand
from duga.casework.actions.requests._help import _take_out
from duga.casework.actions.volunteers._door import _herself
from duga.casework.actions.volunteers.given import give_hours
from duga.casework.models import Assignment, Person
from duga.casework.rules import AssignmentState, VolunteerMay, full_name
from duga.members.actions import write_trail
from duga.vault import sealing


@dataclass(frozen=True)
class OpenedErrand:
    """One errand with what it takes to do it: for whom, where, what was asked."""

    assignment: Assignment
    name: str
    phone: str
    address: str
    details: str


@transaction.atomic
def open_errands(*, by) -> list[OpenedErrand]:
    """Today's errands of the volunteer who looks, the earliest first. One trail entry names whose names were shown."""
    volunteer = _herself(by, VolunteerMay.SEE_ERRANDS)
    rows = queries.errands_of(by)
    people = {row.pk: _person_id(row.request) for row in rows}
    found = Person.objects.filter(pk__in=[pk for pk in people.values() if pk], erased_at=None)
    opened = sealing.unseal_many(field=IDENTITY, rows=found.values_list("pk", "identity"))
    if rows:
        write_trail(
            by=by, event="people.listed", subject=("casework.Volunteer", volunteer.pk),
            organisation_id=volunteer.organisation_id,
            detail={"shown": sorted(str(pk) for pk in opened), "why": "errands", "errands": len(rows)},
        )  # fmt: skip
    return [_errand(row, opened.get(people[row.pk], {})) for row in rows]


def _person_id(request):
    return request.person_id or (request.household.head_id if request.household_id else None)


def _errand(row, identity) -> OpenedErrand:
    caller, details = _take_out(row.request)
    return OpenedErrand(
        row, full_name(identity) or caller.get("name", ""), identity.get("phone") or caller.get("phone", ""),
        identity.get("address", ""), details,
    )  # fmt: skip


@transaction.atomic
def tick_errand(*, by, assignment_id, answer, reason="", hours=None) -> Assignment:
    """One tap: "accepted", "on_the_way", "done" or "could_not" with a reason of the list request_reasons.

    Pressed twice it is one, and so are the hours it took. Before she set out, "could_not" gives the errand back.
    """
    _herself(by, VolunteerMay.ANSWER_ERRANDS)
    before = {AssignmentState.OFFERED, AssignmentState.ACCEPTED}
    if answer == "could_not" and _state(by, assignment_id) in before:
        return answer_assignment(by=by, assignment_id=assignment_id, accept=False, reason=reason)
    row = answer_errand(by=by, assignment_id=assignment_id, answer=answer, reason=reason)
    if answer == "done" and hours:
        entry = row.assistance
        give_hours(
            by=by, date=entry.date, hours=hours, activity=entry.service_type, assignment_id=row.pk,
            once=f"errand {row.pk}",
        )  # fmt: skip
    return row


def _state(by, assignment_id):
    hers = Assignment.objects.filter(pk=assignment_id, volunteer_id=by.volunteer_id)
    return hers.values_list("state", flat=True).first()
