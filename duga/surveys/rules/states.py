"""The states of forms, rounds and what was sent in, each machine as a table."""

from enum import StrEnum

from duga.plain.errors import Refused
from duga.plain.errors import gettext_noop as _


class FormKind(StrEnum):
    """What a form is for."""

    SURVEY = "survey"
    INTERVIEW_GUIDE = "interview_guide"
    TEMPLATE = "template"  #: others start their own forms from it; nobody fills it in


class VersionState(StrEnum):
    """A form's version: tried as a draft, published as it is from then on, withdrawn from new phones."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


VERSION_STATE_LABELS = {
    VersionState.DRAFT: _("draft"),
    VersionState.PUBLISHED: _("published"),
    VersionState.WITHDRAWN: _("withdrawn"),
}

#: From which state to which. What phones filled in with a withdrawn version is still taken: nothing is lost.
VERSION_TRANSITIONS = {
    VersionState.DRAFT: {VersionState.PUBLISHED},
    VersionState.PUBLISHED: {VersionState.WITHDRAWN},
    VersionState.WITHDRAWN: {VersionState.PUBLISHED},
}


class SubmissionState(StrEnum):
    """What somebody who reviews has said of answers that came in."""

    RECEIVED = "received"
    EDITED = "edited"
    APPROVED = "approved"
    REJECTED = "rejected"
    HAS_ISSUES = "has_issues"


_DECIDED = {SubmissionState.APPROVED, SubmissionState.REJECTED, SubmissionState.HAS_ISSUES}
#: An edit may follow everything, and every decision may be taken again.
SUBMISSION_TRANSITIONS = {state: {*_DECIDED, SubmissionState.EDITED} - {state} for state in SubmissionState}
SUBMISSION_TRANSITIONS[SubmissionState.EDITED] = {*_DECIDED, SubmissionState.EDITED}


class Source(StrEnum):
    """By which way answers came."""

    COLLECT = "collect"  #: a phone with ODK Collect or KoboCollect
    BROWSER = "browser"  #: our own page, signed in
    LINK = "link"  #: our own page, by a link
    PAPER = "paper"  #: filled in by hand, typed in later
    IMPORTED = "imported"


class LinkKind(StrEnum):
    """How often a link may be used."""

    OPEN = "open"  #: by everyone who has it
    ONCE = "once"


class MappingTarget(StrEnum):
    """What a form's answers may become."""

    CASEWORK = "casework"
    DIRECTORY = "directory"
    STATISTICS = "statistics"
    FEEDBACK = "feedback"


def check_version_step(now: VersionState, wanted: VersionState) -> None:
    """Refuses a step between a version's states that the table does not hold."""
    if wanted not in VERSION_TRANSITIONS[VersionState(now)]:
        raise Refused(
            _("A version that is %(now)s cannot become %(wanted)s."),
            now=VERSION_STATE_LABELS[VersionState(now)],
            wanted=VERSION_STATE_LABELS[VersionState(wanted)],
        )
