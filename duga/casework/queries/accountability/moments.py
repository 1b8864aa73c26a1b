"""What a person's timeline tells of her own requests and of holds on her data."""

from collections.abc import Iterable

from django.utils import timezone

from duga.casework.models import LegalHold, Person, SubjectRequest
from duga.casework.rules import Moment
from duga.casework.rules.accountability import REPLY_LABELS, RIGHT_LABELS, Reply
from duga.members.rules import Viewer
from duga.plain.errors import gettext_noop

_ASKED = gettext_noop("She asked: %(what)s")
_ANSWERED = gettext_noop("She asked: %(what)s. Answered: %(answer)s")
_HELD = gettext_noop("A hold was put on her data")
_RELEASED = gettext_noop("A hold on her data ended")


def request_moments(viewer: Viewer, person: Person, limit: int) -> Iterable[Moment]:
    """What she asked about her own data, and how it ended."""
    for row in SubjectRequest.objects.filter(person=person).order_by("-received_on", "-pk")[:limit]:
        labels, on, words = {"what": RIGHT_LABELS[row.asked]}, row.received_on, _ASKED
        if row.answer != Reply.OPEN:
            labels["answer"], on, words = REPLY_LABELS[row.answer], row.answered_on, _ANSWERED
        yield Moment(
            on, row.created_at, "right", words, labels=labels, url_name="casework:rights",
            url_args={"person_id": person.pk},
        )  # fmt: skip


def hold_moments(viewer: Viewer, person: Person, limit: int) -> Iterable[Moment]:
    """Since when, and until when, nobody may erase her."""
    for row in LegalHold.objects.filter(person=person).order_by("-created_at")[:limit]:
        yield Moment(timezone.localdate(row.created_at), row.created_at, "hold", _HELD)
        if row.ended_at:
            yield Moment(timezone.localdate(row.ended_at), row.ended_at, "hold", _RELEASED)
