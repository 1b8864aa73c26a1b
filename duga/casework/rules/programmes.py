"""Kinds of programmes, and which of them stand apart from the first day."""

from enum import StrEnum


class ProgrammeKind(StrEnum):
    """What a programme is for, as far as protection asks."""

    GENERAL = "general"
    VIOLENCE = "violence"
    CHILD_PROTECTION = "child_protection"
    HELPLINE = "helpline"


#: Outside general search, duplicate suggestions, linkage, exports and counts; only workers named for it see it.
SEALED_KINDS = frozenset({ProgrammeKind.VIOLENCE, ProgrammeKind.CHILD_PROTECTION, ProgrammeKind.HELPLINE})


def is_sealed(kind: str, asked: bool = False) -> bool:
    """Whether a programme is sealed: always for the three kinds, else when asked for."""
    return kind in SEALED_KINDS or asked


class InstitutionKind(StrEnum):
    """What kind of institution receives."""

    HEALTH = "health"
    SCHOOL = "school"
    HOME = "home"
    SHELTER = "shelter"
    AUTHORITY = "authority"
    ORGANISATION = "organisation"
    OTHER = "other"
