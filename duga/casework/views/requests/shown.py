"""Requests in the reader's words."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from duga.casework.rules import (
    ASKED_BY_LABELS,
    ASSIGNMENT_LABELS,
    CONFIRMED_LABELS,
    REQUEST_LABELS,
    STEP_LABELS,
    TELL_LABELS,
    URGENCY_LABELS,
    RequestState,
    Urgency,
)
from duga.casework.views.shown import where
from duga.places import queries as places

STATE_COLOURS = {
    "received": "warn", "assessed": "", "assigned": "", "under_way": "", "delivered": "good", "confirmed": "good",
    "refused": "bad", "withdrawn": "", "duplicate": "",
}  # fmt: skip


@dataclass(frozen=True)
class RequestRow:
    """A request in a list."""

    request: object
    code: str
    need: str
    service: str
    where: str
    state: str
    state_colour: str
    urgency: str
    urgent: str  #: the colour of its priority
    asked_by: str
    due: str
    late: bool
    since: str
    holder: str = ""
    given_to: str = ""


def request_row(request, *, late=False, holder="", given_to="") -> RequestRow:
    """One request in the reader's language; nothing is opened for it."""
    language, now = get_language() or "en", timezone.now()
    due = request.due_at - now
    return RequestRow(
        request, request.code, word("needs", request.need, language),
        word("service_types", request.service_type, language), where(request.place, request.area),
        _(REQUEST_LABELS[RequestState(request.state)]), STATE_COLOURS.get(request.state, ""),
        urgency_word(request.urgency), {Urgency.EMERGENCY: "bad", Urgency.URGENT: "warn"}.get(request.urgency, ""),
        _(ASKED_BY_LABELS[request.asked_by]), span(-due if late else due), late, span(now - request.received_at),
        holder, given_to,
    )  # fmt: skip


def board_rows(rows) -> list[RequestRow]:
    """Rows of the board in the reader's language."""
    return [request_row(row.request, late=row.overdue, holder=row.holder, given_to=row.given_to) for row in rows]


def word(list_name, code, language=None) -> str:
    """A code in words, empty for none."""
    return places.label(list_name, code, language or get_language() or "en") if code else ""


def urgency_word(urgency) -> str:
    """The priority in one word: what stands before the colon of its label."""
    return _(URGENCY_LABELS[Urgency(urgency)]).partition(":")[0]


def span(time) -> str:
    """A stretch of time as it is said on the phone: 12 min, 5 h, 3 days."""
    minutes = max(0, int(time.total_seconds() // 60))
    if minutes < 60:
        return _("%(n)s min") % {"n": minutes}
    if minutes < 48 * 60:
        return _("%(n)s h") % {"n": minutes // 60}
    return _("%(n)s d") % {"n": minutes // (24 * 60)}


@dataclass(frozen=True)
class StepRow:
    """One step of a request's history."""

    at: object
    words: str
    by: str
    why: str


def step_rows(steps) -> list[StepRow]:
    """The history of a request in the reader's language, newest first."""
    found = []
    for step in reversed(steps):
        who = _(TELL_LABELS[step.who]) if step.what == "escalated" else step.who
        words = _(STEP_LABELS[step.what]) % {"who": who} if step.what in STEP_LABELS else step.what
        said = _(CONFIRMED_LABELS[step.words]) if step.what == "confirmed" else step.words
        why = ", ".join(part for part in (word("request_reasons", step.reason), said) if part)
        found.append(StepRow(step.created_at, words, step.by.name if step.by else "", why))
    return found


def match_rows(matches, names) -> list[tuple[str, str, str]]:
    """(value of the choice, who, why) of those who could take a request; `names` of the volunteers that were opened."""
    found = []
    for match in matches:
        who = match.candidate
        name = names.get(who.id, {}).get("name") or who.name if who.volunteer else who.name
        label = _("%(name)s (volunteer)") % {"name": name} if who.volunteer else name
        why = ", ".join(_(text) % words for text, words in match.reasons)
        found.append((f"{'v' if who.volunteer else 'a'}:{who.id}", label, why))
    return found


def assignment_word(state) -> str:
    """Where one who was given a request stands with it."""
    return _(ASSIGNMENT_LABELS[state])
