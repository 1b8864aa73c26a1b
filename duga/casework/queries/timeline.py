"""Everything about a person in the order it happened: each topic tells its part, this puts them together.

A topic adds one line to SOURCES: a function (viewer, person, limit) that gives Moments, the newest `limit` of them, in
one query of its own, and leaves out what this viewer may not see.
"""

from collections.abc import Callable, Iterable

from duga.casework.models import Assistance, Person
from duga.casework.queries.accountability.moments import hold_moments, request_moments
from duga.casework.queries.bases.moments import consent_moments, decision_moments, disclosure_moments
from duga.casework.queries.cases import case_moments, need_moments
from duga.casework.queries.moments import (
    call_moments,
    group_moments,
    guardian_moments,
    home_moments,
    record_moments,
)
from duga.casework.queries.parties import party_moments
from duga.casework.queries.people import person as person_door
from duga.casework.queries.programmes import visible
from duga.casework.queries.referrals import referral_moments
from duga.casework.queries.requests.moments import help_moments
from duga.casework.rules import Moment, State
from duga.members.rules import Viewer
from duga.plain.errors import gettext_noop

_GIVEN = gettext_noop("%(what)s: %(amount)s")
_REGISTERED = gettext_noop("Her record was made here")


def _entries(viewer: Viewer, person: Person, limit: int) -> Iterable[Moment]:
    """What she was given."""
    rows = Assistance.objects.filter(visible(viewer), person=person, state=State.RECORDED)
    for row in rows.order_by("-date", "-pk")[:limit]:
        yield Moment(
            row.date, row.created_at, "assistance", _GIVEN, {"amount": row},
            codes={"what": ("service_types", row.service_type)}, url_name="casework:recorded",
            url_args={"assistance_id": row.pk},
        )  # fmt: skip


def _registered(viewer: Viewer, person: Person, limit: int) -> Iterable[Moment]:
    """The first day she was known here."""
    yield Moment(person.created_at.date(), person.created_at, "registered", _REGISTERED)


#: Who tells something about a person, in the order of the topics.
SOURCES: tuple[Callable[[Viewer, Person, int], Iterable[Moment]], ...] = (
    _registered,
    _entries,
    need_moments,
    help_moments,
    case_moments,
    party_moments,
    referral_moments,
    consent_moments,
    disclosure_moments,
    decision_moments,
    request_moments,
    hold_moments,
    call_moments,
    guardian_moments,
    home_moments,
    group_moments,
    record_moments,
)


def timeline(viewer: Viewer, person_id, limit: int = 60) -> list[Moment]:
    """What happened with a person, the newest first, at most `limit` moments; as many queries as there are SOURCES."""
    person = person_door(viewer, person_id)
    moments = [moment for source in SOURCES for moment in source(viewer, person, limit)]
    return sorted(moments, key=lambda moment: (moment.on, moment.at), reverse=True)[:limit]
