"""One request, and what the actions on requests ask: who works here, who is named, who is told."""

import datetime as dt
from dataclasses import dataclass, field
from fractions import Fraction

from django.db.models import Q
from django.utils import timezone

from duga.casework.models import Assignment, EscalationStep, ProgrammeWorker, Request
from duga.casework.queries.programmes import door, unsealed, visible
from duga.casework.rules import HOLD_MINUTES, LIVE, RequestState, Step, Tell, default_steps
from duga.members.queries import accounts_with, keepers_of_each
from duga.members.rules import Permission, Viewer
from duga.vault import sealing
from duga.vault.rows import read

HOLD = dt.timedelta(minutes=HOLD_MINUTES)

SHOWN = (
    "organisation", "programme", "person", "household", "area__region", "holder", "taken_by", "joined_to", "visit",
    "changed_by",
)  # fmt: skip


@dataclass(frozen=True)
class RequestView:
    """A request as its page shows it, nothing opened: its history oldest first, who has or had it, what was joined to
    it, and who works on it now."""

    request: Request
    steps: list
    assignments: list
    joined: list
    holder: object = None
    live: Assignment | None = field(default=None)


def request(viewer: Viewer, request_id) -> RequestView:
    """One request with its history; NotFound for another's, a sealed one's, and a draft."""
    rows = Request.objects.select_related(*SHOWN).defer("caller", "details").exclude(state=RequestState.DRAFT)
    found = door(viewer, rows, request_id, Permission.RECORD_ASSISTANCE)
    given = list(
        Assignment.objects.filter(request=found).select_related("account", "volunteer", "assistance").order_by("pk")
    )
    return RequestView(
        found, list(found.steps.select_related("by").order_by("created_at", "pk")), given,
        list(found.joined.filter(visible(viewer)).order_by("pk")),
        found.holder if found.holder_id and found.held_until > timezone.now() else None,
        next((each for each in given if each.state in LIVE), None),
    )  # fmt: skip


def errand_rows(viewer: Viewer):
    """A volunteer's own assignments that her phone may show: open, of today or earlier, of no sealed programme."""
    end = timezone.make_aware(dt.datetime.combine(timezone.localdate(), dt.time.max))
    rows = Assignment.objects.filter(
        Q(planned_for=None) | Q(planned_for__lte=end), unsealed("request__"), volunteer_id=viewer.volunteer_id
    )
    return rows.select_related("account", "volunteer", "request__area", "request__person", "request__household")


def phone_token(organisation_id, key: str, programme_id=None) -> int | None:
    """The token of a phone (its last digits, rules.phone_key) inside an organisation, or inside a sealed programme."""
    if not key:
        return None
    purpose = f"request phone:{programme_id}" if programme_id else "request phone"
    (token,) = sealing.blind(organisation=organisation_id, purpose=purpose, words=[key])
    return int.from_bytes(token, "big", signed=True)


def workers_of(organisation_id) -> set:
    """Ids of the accounts that record assistance in an organisation: who may be given a request."""
    return set(accounts_with(Permission.RECORD_ASSISTANCE, [organisation_id]).get(organisation_id, ()))


def named_in(programme_id) -> set:
    """Ids of the accounts named for a programme now."""
    return set(
        ProgrammeWorker.objects.filter(programme_id=programme_id, until=None).values_list("account_id", flat=True)
    )


def people_to_tell(organisation_id) -> dict:
    """{Tell: ids of accounts}: who hands work out, who supervises, who coordinates here."""
    ask = {Tell.ASSIGNERS: Permission.ASSIGN_WORK, Tell.SUPERVISORS: Permission.APPROVE_CASES}
    found = {tell: accounts_with(each, [organisation_id]).get(organisation_id, []) for tell, each in ask.items()}
    return found | {Tell.COORDINATORS: keepers_of_each([organisation_id]).get(organisation_id, [])}


def own_escalation(organisation_id) -> bool:
    """Whether an organisation wrote a table of its own."""
    return EscalationStep.objects.filter(organisation_id=organisation_id).exists()


def escalation_table(organisation_id) -> list[Step]:
    """The steps that hold in an organisation: its own table, else the working defaults."""
    rows = read(EscalationStep, "state", "urgency", "number", "hours", "tell", organisation_id=organisation_id)
    own = [Step(state, urgency, Fraction(hours), tell) for state, urgency, _number, hours, tell in sorted(rows)]
    return own or default_steps()
