"""What an organisation answers for, as tables for the day it goes."""

from duga.casework import queries
from duga.casework.actions._tables import _plain
from duga.casework.models import (
    Breach,
    BreakGlass,
    ErasureCertificate,
    Keeping,
    LegalHold,
    ReadQuestion,
    ReadReview,
    RetentionRule,
    SubjectRequest,
)


def _accountability_tables(by, organisation):
    """Of sealed programmes only what the actor is named for."""
    seen = queries.visible(by, "person__")
    mine = {"organisation": organisation}
    yield "read_reviews", *_plain(ReadReview.objects.filter(**mine))
    yield "read_questions", *_plain(ReadQuestion.objects.filter(**mine))
    yield "broken_glass", *_plain(BreakGlass.objects.filter(seen, **mine))
    yield "retention_rules", *_plain(RetentionRule.objects.filter(**mine))
    yield "kept_longer", *_plain(Keeping.objects.filter(seen, person__organisation=organisation))
    yield "legal_holds", *_plain(LegalHold.objects.filter(seen, **mine))
    yield "erasure_certificates", *_plain(ErasureCertificate.objects.filter(**mine))
    yield "subject_requests", *_plain(SubjectRequest.objects.filter(seen, **mine))
    yield "breaches", *_plain(Breach.objects.filter(**mine))
