"""How a call lies sealed: under the person's key where it is about one, else under the organisation's."""

from duga.casework.models import RiskAssessment
from duga.casework.queries import organisation_box
from duga.vault import sealing

DRAFT, SAFE, NOTE = "casework.Call.draft", "casework.Call.safe", "casework.Call.note"
ANSWERS = "casework.RiskAssessment.answers"


def _box(row) -> bytes:
    """The key of a call, or of an assessment."""
    return sealing.store().person_key(row.person_id) if row.person_id else organisation_box(row.organisation_id)


def _seal(row, field: str, value) -> bytes:
    return sealing.seal(owner=row.pk, field=field, value=value, key=_box(row)) if value else b""


def _open(row, field: str, data):
    return sealing.unseal(owner=row.pk, field=field, data=data, key=_box(row)) if data else {}


def _safe(call) -> dict:
    return _open(call, SAFE, call.safe)


def _answers(assessment: RiskAssessment | None) -> dict:
    return _open(assessment, ANSWERS, assessment.answers) if assessment else {}
