"""Lawful basis, consent, children and disclosures: what the tables of law say, and what follows from them."""

from duga.casework.rules.bases.children import (
    ADULT,
    GUARDIAN_LABELS,
    Asked,
    GuardianKind,
    check_conflict,
    check_deciders,
    check_guardian,
    consent_age,
    who_is_asked,
)
from duga.casework.rules.bases.disclosures import (
    REVIEW_DAYS,
    ReviewOutcome,
    check_disclosure,
    check_review,
)
from duga.casework.rules.bases.law import Opening, law_of, opening, openings, rests_on_its_own
from duga.casework.rules.bases.records import (
    HOW_LABELS,
    SCHEMA,
    Answer,
    How,
    check_categories,
    check_consent,
    consent_document,
)
from duga.casework.rules.bases.texts import consent_sentence, sentence_in, text_languages
from duga.casework.rules.bases.use import Given, Receiver, ReceiverKind, Use, decide, read_receiver

__all__ = [
    "ADULT",
    "GUARDIAN_LABELS",
    "HOW_LABELS",
    "REVIEW_DAYS",
    "SCHEMA",
    "Answer",
    "Asked",
    "Given",
    "GuardianKind",
    "How",
    "Opening",
    "Receiver",
    "ReceiverKind",
    "ReviewOutcome",
    "Use",
    "check_categories",
    "check_conflict",
    "check_consent",
    "check_deciders",
    "check_disclosure",
    "check_guardian",
    "check_review",
    "consent_age",
    "consent_document",
    "consent_sentence",
    "decide",
    "law_of",
    "opening",
    "openings",
    "read_receiver",
    "rests_on_its_own",
    "sentence_in",
    "text_languages",
    "who_is_asked",
]
