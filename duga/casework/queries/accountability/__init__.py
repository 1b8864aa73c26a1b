"""Reads of what an organisation answers for."""

from duga.casework.queries.accountability.keeping import due_for_review, holds_of, months_by_service, under_hold
from duga.casework.queries.accountability.log import ReadLine, glass_to_review, questions, questions_to_me, reads
from duga.casework.queries.accountability.register import Activity, register_of_processing
from duga.casework.queries.accountability.rights import (
    breach,
    breaches,
    certificate,
    certificates,
    of_the_house,
    requests_of,
    subject_request,
    subject_requests,
)

__all__ = [
    "Activity",
    "ReadLine",
    "breach",
    "breaches",
    "certificate",
    "certificates",
    "due_for_review",
    "glass_to_review",
    "holds_of",
    "months_by_service",
    "of_the_house",
    "questions",
    "questions_to_me",
    "reads",
    "register_of_processing",
    "requests_of",
    "subject_request",
    "subject_requests",
    "under_hold",
]
