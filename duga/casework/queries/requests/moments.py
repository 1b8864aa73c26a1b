"""What a person's timeline tells of what was asked for her: the need and how far it came, no names."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils import timezone

from duga.casework.models import Person, Request
from duga.casework.queries.programmes import visible
from duga.casework.rules import REQUEST_LABELS, Moment, RequestState
from duga.members.rules import Viewer
from duga.plain.errors import gettext_noop

_ASKED = gettext_noop("Asked for: %(need)s (%(state)s)")
_VISIT = gettext_noop("Agreed visit: %(need)s (%(state)s)")


def help_moments(viewer: Viewer, person: Person, limit: int) -> Iterable[Moment]:
    """What was asked for her, and the visits agreed on up to today."""
    came = Q(visit_on=None) | Q(visit_on__lte=timezone.localdate())
    rows = Request.objects.filter(came, visible(viewer), person=person).exclude(state=RequestState.DRAFT)
    for row in rows.defer("caller", "details").order_by("-received_at", "-pk")[:limit]:
        yield Moment(
            row.visit_on or timezone.localdate(row.received_at), row.received_at, "request",
            _VISIT if row.visit_on else _ASKED, codes={"need": ("needs", row.need)},
            labels={"state": REQUEST_LABELS[row.state]}, url_name="casework:request", url_args={"request_id": row.pk},
        )  # fmt: skip
