"""Keys by which answers are read as data, and what a feed narrows to."""

import uuid

from django.db.models import Q

from duga.members.rules import Viewer
from duga.plain.errors import NOT_HERE, NotFound, Refused, gettext_noop
from duga.surveys.models import FeedToken, Form
from duga.surveys.queries.designs.access import used_in
from duga.surveys.queries.receiving.lists import form_of, review_door, review_door_by_slug
from duga.surveys.rules import SubmissionState
from duga.surveys.rules.exports import Condition

_STATE = gettext_noop("There is no reviewState “%(state)s”. There are edited, approved, rejected and hasIssues.")


def feeds_of(viewer: Viewer) -> list[FeedToken]:
    """One's own keys, newest first."""
    return list(FeedToken.objects.filter(account_id=viewer.account_id)) if viewer.account_id else []


def form_by_slug(organisation, slug: str) -> Form:
    """The form of this formID that an organisation uses, its own first."""
    rows = Form.objects.filter(used_in(organisation), slug=slug)
    found = sorted(rows, key=lambda form: form.organisation_id is None)
    if not found:
        raise NotFound(NOT_HERE)
    return found[0]


def named_form(viewer: Viewer, organisation: str, form: str) -> tuple:
    """(organisation's id, form's id) of what a command names, by id or by short name."""
    try:
        here = review_door(viewer, uuid.UUID(organisation))
    except ValueError:
        here = review_door_by_slug(viewer, organisation)
    try:
        return here.pk, form_of(viewer, here, uuid.UUID(form)).pk
    except ValueError:
        return here.pk, form_by_slug(here, form).pk


def narrowed(condition: Condition | None) -> Q:
    """A feed's $filter as a condition on submissions."""
    if condition is None:
        return Q()
    if condition.kind == "not":
        return ~narrowed(condition.parts[0])
    if condition.kind in ("and", "or"):
        told = Q()
        for part in condition.parts:
            told = told & narrowed(part) if condition.kind == "and" else told | narrowed(part)
        return told
    return _comparison(condition)


def _comparison(told: Condition) -> Q:
    field, value = told.field, told.value
    if field == "state":
        return _state(told)
    if field == "form_version":
        field = "form_version__version"
    elif field in ("account", "device"):
        field = f"{field}__email" if field == "account" else f"{field}__username"
    if value is None:
        found = Q(**{f"{told.field}__isnull": True})
        return ~found if told.operator == "ne" else found
    path = f"{field}__{told.part}" if told.part else field
    if told.operator == "ne":
        return ~Q(**{path: value})
    return Q(**{f"{path}__{told.operator}": value})


def _state(told: Condition) -> Q:
    """Nobody has reviewed what is merely received: null in a feed."""
    if told.value is None:
        found = Q(state=SubmissionState.RECEIVED)
    elif told.value in set(SubmissionState) and told.operator in ("exact", "ne"):
        found = Q(state=told.value)
    else:
        raise Refused(_STATE, state=str(told.value)[:40])
    return ~found if told.operator == "ne" else found
