"""What is allowed with forms, rounds and answers, and how forms are read. No Django, no tables, no clock."""

from duga.surveys.rules.events import EVENT_WORDS, INSIDE_EVENTS
from duga.surveys.rules.states import (
    SUBMISSION_TRANSITIONS,
    VERSION_STATE_LABELS,
    VERSION_TRANSITIONS,
    FormKind,
    LinkKind,
    MappingTarget,
    Source,
    SubmissionState,
    VersionState,
    check_version_step,
)

__all__ = [
    "EVENT_WORDS",
    "INSIDE_EVENTS",
    "SUBMISSION_TRANSITIONS",
    "VERSION_STATE_LABELS",
    "VERSION_TRANSITIONS",
    "FormKind",
    "LinkKind",
    "MappingTarget",
    "Source",
    "SubmissionState",
    "VersionState",
    "check_version_step",
]
