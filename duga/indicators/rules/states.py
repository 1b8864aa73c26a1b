"""What a release is and may become: drafted, audited, checked by a second person, released; never edited after."""

from collections.abc import Mapping
from enum import StrEnum

from duga.plain.errors import NotAllowed, Refused, gettext_noop

LONGEST_REASON = 300


class ReleaseState(StrEnum):
    """Where a release stands."""

    DRAFT = "draft"
    AUDITED = "audited"
    CHECKED = "checked"
    RETURNED = "returned"
    RELEASED = "released"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class CountingKind(StrEnum):
    """What may be counted for the network by a process apart."""

    SNAPSHOT = "snapshot"
    DRAFTS = "drafts"
    TABLE = "table"


_S = ReleaseState
#: From which state to which one may go. What was released is never edited, only superseded or withdrawn.
TRANSITIONS = {
    _S.DRAFT: {_S.AUDITED, _S.WITHDRAWN},
    _S.AUDITED: {_S.CHECKED, _S.RETURNED, _S.WITHDRAWN},
    _S.CHECKED: {_S.RELEASED, _S.RETURNED, _S.WITHDRAWN},
    _S.RETURNED: {_S.WITHDRAWN},
    _S.RELEASED: {_S.SUPERSEDED, _S.WITHDRAWN},
    _S.SUPERSEDED: set(),
    _S.WITHDRAWN: set(),
}
#: The step that an installation adds where one person may release alone (a demo, or a network with one such person).
ALONE = {_S.AUDITED: {_S.RELEASED}}

STATE_LABELS = {
    _S.DRAFT: gettext_noop("draft"),
    _S.AUDITED: gettext_noop("audited, waits for a second person"),
    _S.CHECKED: gettext_noop("checked, ready to release"),
    _S.RETURNED: gettext_noop("returned"),
    _S.RELEASED: gettext_noop("released"),
    _S.SUPERSEDED: gettext_noop("superseded by a newer release"),
    _S.WITHDRAWN: gettext_noop("withdrawn"),
}

#: Anybody may read these, if they were ever released; the others are for those who count and review.
READABLE = frozenset({_S.RELEASED, _S.SUPERSEDED, _S.WITHDRAWN})
#: On their way: drafted, and neither public nor thrown away.
OPEN = (_S.DRAFT, _S.AUDITED, _S.CHECKED, _S.RETURNED)


COUNTING_LABELS = {
    CountingKind.SNAPSHOT: gettext_noop("Taking a snapshot"),
    CountingKind.DRAFTS: gettext_noop("Drafting figures"),
    CountingKind.TABLE: gettext_noop("Counting a table"),
}


def check_move(state: str, to: ReleaseState, *, alone: bool = False) -> None:
    """Refuses a step that the table of states does not hold. `alone`: one person may release without a second."""
    now = _S(state)
    if to in TRANSITIONS[now] or (alone and to in ALONE.get(now, ())):
        return
    if now is _S.DRAFT and to in (_S.CHECKED, _S.RELEASED):
        raise Refused(gettext_noop("The audit of this draft did not pass: it can be neither checked nor released."))
    if now is _S.AUDITED and to is _S.RELEASED:
        raise Refused(gettext_noop("A second person checks these figures before they are released."))
    raise Refused(
        gettext_noop("This release is %(state)s and stays as it is. What was released is superseded, never edited."),
        state=STATE_LABELS[now],
    )


def check_second_person(drafted_by: str, who: str) -> None:
    """Refuses the check of figures by the one who drafted them."""
    if drafted_by == who:
        raise NotAllowed(gettext_noop("You drafted these figures: somebody else checks them."))


class AuditFailed(Refused):
    """A table of which the test attack found that it gives something away."""

    def __init__(self, table: str):
        super().__init__(
            gettext_noop("The audit found that %(table)s gives away a small number. Nothing was released."), table=table
        )


def passed(protection: Mapping) -> bool:
    """Whether the attack on a finished table, as its protection tells, found nothing."""
    return bool(protection.get("audit", {}).get("passed"))
