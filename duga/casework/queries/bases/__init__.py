"""Reads of lawful bases, consents, guardians, decisions about children and disclosures. No name comes out of them."""

from duga.casework.queries.bases.children import (
    age_known,
    child_of,
    decisions_of,
    followed_by,
    follows,
    guarded,
    guardians_for,
    guardianships,
)
from duga.casework.queries.bases.consents import (
    BASES,
    consent,
    consent_categories,
    consents_of,
    may_use,
    receiver_mark,
    uses_by_person,
    uses_of,
)
from duga.casework.queries.bases.disclosures import decision, disclosure, disclosures_of, to_review

__all__ = [
    "BASES",
    "age_known",
    "child_of",
    "consent",
    "consent_categories",
    "consents_of",
    "decision",
    "decisions_of",
    "disclosure",
    "disclosures_of",
    "followed_by",
    "follows",
    "guarded",
    "guardians_for",
    "guardianships",
    "may_use",
    "receiver_mark",
    "to_review",
    "uses_by_person",
    "uses_of",
]
