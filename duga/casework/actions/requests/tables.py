"""An organisation's requests on the day it goes, opened."""

from duga.casework import queries
from duga.casework.actions._tables import CHUNK, _plain
from duga.casework.actions.requests._help import CALLER_FIELDS, _take_out
from duga.casework.actions.requests.visits import _note
from duga.casework.models import Assignment, EscalationStep, RecurringVisit, Request, RequestStep
from duga.vault.models import open_columns


def _request_tables(by, organisation):
    """(table name, columns, rows) of each; of sealed programmes only what the actor is named for."""
    mine, seen = {"organisation_id": organisation.pk}, queries.visible(by)
    requests = Request.objects.filter(seen, **mine).exclude(state="draft")
    yield "requests", *_with(requests, (*CALLER_FIELDS, "details"), _told)
    yield "request_steps", *_plain(RequestStep.objects.filter(request__in=requests))
    yield "assignments", *_plain(Assignment.objects.filter(queries.visible(by, "request__"), **mine))
    visits = RecurringVisit.objects.filter(seen, **mine)
    yield "visits", *_with(visits, ("details",), lambda visit: [_note(visit)])
    yield "escalation_steps", *_plain(EscalationStep.objects.filter(**mine))


def _told(request) -> list:
    caller, details = _take_out(request)
    return [*(caller.get(word, "") for word in CALLER_FIELDS), details]


def _with(rows, words, opened):
    names = open_columns(rows.model)
    rows = rows.select_related("person").order_by("pk").iterator(chunk_size=CHUNK)
    return [*names, *words], ([*(getattr(row, name) for name in names), *opened(row)] for row in rows)
