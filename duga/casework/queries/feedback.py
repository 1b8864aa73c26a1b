"""Feedback for those who answer it. Sensitive complaints are seen by few, and by nobody whom they may be about."""

import hashlib
import hmac
from collections import Counter
from dataclasses import dataclass
from statistics import median

from duga.casework.models.feedback import Feedback
from duga.casework.rules.feedback import FeedbackKind, FeedbackState, bare_feedback_code
from duga.directory.queries import provider_of, services_of_provider
from duga.members.queries import (
    NOT_HERE,
    account_names,
    accounts_with,
    fellows_of,
    may,
    organisation_by_id,
    organisation_by_slug,
    require,
)
from duga.members.rules import Permission, Viewer
from duga.plain.errors import NotAllowed, NotFound
from duga.vault import sealing

ANSWERS = (Permission.FOLLOW_CASES, Permission.PROTECT_DATA)  #: either answers feedback
SENSITIVE = (Permission.APPROVE_CASES, Permission.PROTECT_DATA)  #: either sees sensitive complaints
SHOWN = 300
PUBLIC = Viewer(system="feedback page")


def feedback_page(slug: str):
    """The organisation whose public page this is; NotFound unless the directory names it, so that no address tells of
    an organisation that is public nowhere."""
    organisation = organisation_by_slug(PUBLIC, slug)
    if provider_of(organisation.pk) is None:
        raise NotFound(NOT_HERE)
    return organisation


def feedback_services(organisation) -> list:
    """The services of an organisation that the directory shows, by name."""
    provider = provider_of(organisation.pk)
    return services_of_provider(provider.pk) if provider else []


def feedback_desk(viewer: Viewer, slug: str):
    """The door to an organisation's feedback, for who answers it."""
    organisation = organisation_by_slug(viewer, slug)
    _answers(viewer, organisation)
    return organisation


def _answers(viewer, organisation):
    if not any(may(viewer, each, of=organisation) for each in ANSWERS):
        require(viewer, ANSWERS[0], of=organisation)


def sees_sensitive(viewer: Viewer, organisation) -> bool:
    """Whether sensitive complaints are told to this viewer, where they are not about her."""
    return any(may(viewer, each, of=organisation) for each in SENSITIVE)


def feedback_seen(viewer: Viewer, organisation):
    """The rows of an organisation's feedback that exist for a viewer who answers there."""
    rows = Feedback.objects.filter(organisation=organisation).exclude(kept_from__account_id=viewer.account_id)
    return rows if sees_sensitive(viewer, organisation) else rows.exclude(kind=FeedbackKind.SENSITIVE)


def feedback_inbox(viewer: Viewer, organisation) -> list[Feedback]:
    """What waits, the first due first, then what is closed; all that is sealed stays closed."""
    _answers(viewer, organisation)
    rows = feedback_seen(viewer, organisation).select_related("service", "sender")
    waiting = list(rows.exclude(state=FeedbackState.CLOSED)[:SHOWN])
    return waiting + list(rows.filter(state=FeedbackState.CLOSED).order_by("-closed_at")[: SHOWN - len(waiting)])


def feedback(viewer: Viewer, feedback_id) -> Feedback:
    """The door to one message. NotFound alike for one that is not there, is sensitive and not the viewer's to see, or
    may be about the viewer."""
    row = Feedback.objects.select_related("organisation", "service", "sender").filter(pk=feedback_id).first()
    if row is None:
        raise NotFound(NOT_HERE)
    try:
        organisation_by_id(viewer, row.organisation_id)
        _answers(viewer, row.organisation)
    except NotAllowed:
        raise NotFound(NOT_HERE) from None
    if not feedback_seen(viewer, row.organisation).filter(pk=row.pk).exists():
        raise NotFound(NOT_HERE)
    return row


def told_of(row: Feedback) -> set:
    """The ids of the accounts that are told of a message."""
    wanted = SENSITIVE if row.kind == FeedbackKind.SENSITIVE else (Permission.MANAGE_ORGANISATION,)
    found = {
        account
        for each in wanted
        for account in accounts_with(each, [row.organisation_id]).get(row.organisation_id, [])
    }
    return found - set(row.kept_from.values_list("account_id", flat=True))


def colleagues(organisation_id) -> dict:
    """{account id: name} of all who work in an organisation."""
    found = accounts_with(Permission.SEE_ORGANISATION, [organisation_id])
    return dict(account_names(found.get(organisation_id, [])))


@dataclass(frozen=True)
class FeedbackCount:
    """Of one kind: how many wait, how many may be counted, and half of those answered within so many days."""

    kind: FeedbackKind
    waiting: int
    counted: int
    days: float | None


def feedback_counts(viewer: Viewer, organisation) -> list[FeedbackCount]:
    """An organisation's own counts by kind: what waits counts as work; the rest only where who wrote agreed."""
    _answers(viewer, organisation)
    rows = list(
        feedback_seen(viewer, organisation).values_list("kind", "state", "may_count", "created_at", "answered_at")
    )
    open_ = Counter(kind for kind, state, *_ in rows if state in (FeedbackState.RECEIVED, FeedbackState.LOOKED_INTO))
    agreed = [(kind, begun, answered) for kind, _state, may_count, begun, answered in rows if may_count]
    kinds = [each for each in FeedbackKind if each != FeedbackKind.SENSITIVE or sees_sensitive(viewer, organisation)]
    return [
        FeedbackCount(kind, open_[kind], sum(each == kind for each, *_ in agreed), _days(agreed, kind))
        for kind in kinds
    ]


def _days(agreed, kind):
    taken = [
        (answered - begun).total_seconds() / 86400 for each, begun, answered in agreed if each == kind and answered
    ]
    return round(median(taken), 1) if taken else None


def code_hash(code: str) -> bytes:
    """What the database holds of a code; without the installation's key nothing can be tried against it."""
    bare = bare_feedback_code(code).encode()
    return hmac.digest(sealing.derived("feedback code"), bare, hashlib.sha256)


def feedback_by_code(code: str) -> Feedback | None:
    """The message a code belongs to; None for any other text."""
    return Feedback.objects.select_related("organisation").filter(code=code_hash(code)).exclude(code=b"").first()


def feedback_partners(viewer: Viewer, organisation) -> list:
    """The member organisations one may tell how working together went."""
    require(viewer, Permission.MANAGE_ORGANISATION, of=organisation)
    return fellows_of(viewer, organisation)


def feedback_given(viewer: Viewer, organisation) -> list[Feedback]:
    """What this organisation told others, newest first."""
    require(viewer, Permission.MANAGE_ORGANISATION, of=organisation)
    rows = Feedback.objects.filter(sender=organisation).select_related("organisation")
    return list(rows.order_by("-created_at")[:50])
