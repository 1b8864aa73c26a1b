"""The steps of an import on screen."""

from enum import StrEnum

from duga.plain.errors import Refused, gettext_noop


class StagedKind(StrEnum):
    """What a file on its way in holds."""

    ASSISTANCE = "assistance"
    VOLUNTEERS = "volunteers"


class StagedState(StrEnum):
    """Where a file on its way in stands."""

    UPLOADED = "uploaded"
    CHECKING = "checking"
    CHECKED = "checked"
    IMPORTING = "importing"
    DONE = "done"
    FAILED = "failed"


#: From which step one may go where. A check or an import that died is begun again.
STAGED_TRANSITIONS = {
    StagedState.UPLOADED: {StagedState.CHECKING},
    StagedState.CHECKING: {StagedState.CHECKED, StagedState.FAILED, StagedState.CHECKING},
    StagedState.CHECKED: {StagedState.CHECKING, StagedState.IMPORTING},
    StagedState.IMPORTING: {StagedState.DONE, StagedState.FAILED, StagedState.IMPORTING},
    StagedState.DONE: set(),
    StagedState.FAILED: {StagedState.CHECKING},
}

#: Uploaded files wait so long for the next step, then they are destroyed.
STAGED_HOURS = 48

_STEP = gettext_noop("This file is at another step by now. Look at where it stands.")


def check_step(before: str, after: str) -> None:
    """Refused unless a file may go from one step to the other."""
    if StagedState(after) not in STAGED_TRANSITIONS[StagedState(before)]:
        raise Refused(_STEP)
