"""Children: from which age a child answers herself, when a guardian does, and who decides in her best interests."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from duga.places.rules import table
from duga.plain.errors import Refused, gettext_noop

ADULT = 18

_KIND = gettext_noop("Choose who looks after the child: a parent, another relative, a public guardian, or none yet.")
_UNTIL = gettext_noop("The last day lies before the first. Please check both.")
_WHO = gettext_noop("Write who the guardian is, at least a name.")
_WHY_CONFLICT = gettext_noop("Say why this guardian may be a danger to the child.")
_TWO = gettext_noop("Someone else decides with you: who proposed a decision cannot approve it.")
_DECIDED = gettext_noop("This decision was taken already.")


class GuardianKind(StrEnum):
    """Who looks after a child, as far as the law is concerned."""

    PARENT = "parent"
    RELATIVE = "relative"
    PUBLIC = "public_guardian"
    NONE = "none"  #: none yet: a guardian has been, or is to be, asked for


GUARDIAN_LABELS = {
    GuardianKind.PARENT: gettext_noop("a parent"),
    GuardianKind.RELATIVE: gettext_noop("another relative"),
    GuardianKind.PUBLIC: gettext_noop("a public guardian"),
    GuardianKind.NONE: gettext_noop("none yet"),
}


class Asked(StrEnum):
    """Who is asked for consent."""

    PERSON = "person"  #: she answers herself
    ASSENT = "assent"  #: a guardian consents, and she is asked too
    GUARDIAN = "guardian"  #: too young to be asked: a guardian
    UNKNOWN = "unknown"  #: her age is not known


@dataclass(frozen=True)
class Ages:
    """From which age a child consents herself, and from which she is asked beside her guardian; with the source."""

    country: str
    consent: int
    assent: int
    article: str
    page: str
    checked: bool
    note: str


def consent_age(country: str) -> Ages:
    """The ages of a country; where none is known a child's guardian is asked until she is of age."""
    row = next((row for row in table("consent_ages") if row["country"] == country), None)
    if row is None:
        return Ages(country, ADULT, 6, "", "", False, "")
    return Ages(
        country, int(row["consent_age"]), int(row["assent_age"]), row["article"], row["page"], row["checked"] == "yes",
        row["note"],
    )  # fmt: skip


def who_is_asked(country: str, age: int | None) -> Asked:
    """Who answers for a person of this age (whole years, None when it is not known)."""
    if age is None:
        return Asked.UNKNOWN
    ages = consent_age(country)
    if age >= ages.consent:
        return Asked.PERSON
    return Asked.ASSENT if age >= ages.assent else Asked.GUARDIAN


def check_guardian(kind: str, *, since: dt.date, until: dt.date | None, name: str) -> GuardianKind:
    """Refused unless these describe a guardianship."""
    if kind not in set(GuardianKind):
        raise Refused(_KIND)
    if until is not None and until < since:
        raise Refused(_UNTIL)
    if kind != GuardianKind.NONE and not name.strip():
        raise Refused(_WHO)
    return GuardianKind(kind)


def check_conflict(reason: str) -> str:
    """Why a guardian may be the danger; one sentence at least."""
    reason = " ".join(str(reason).split())
    if not reason:
        raise Refused(_WHY_CONFLICT)
    return reason[:1000]


def check_deciders(*, proposed_by, approved_by, open_: bool) -> None:
    """Refused unless a decision that is still open is approved by somebody else than who proposed it."""
    if not open_:
        raise Refused(_DECIDED)
    if proposed_by == approved_by:
        raise Refused(_TWO)
