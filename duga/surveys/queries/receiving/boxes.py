"""How answers are sealed: packed, then under the organisation's key for its row and field."""

import base64
import hashlib
import hmac
import json
import zlib

from duga.surveys.queries.sealed import organisation_box
from duga.vault import sealing

XML, ANSWERS = "surveys.Submission.xml", "surveys.SubmissionAnswers.answers"


def _packed(data: bytes) -> str:
    """XML and JSON shrink to a fifth: a hundred thousand long forms stay a few hundred megabytes."""
    return base64.b64encode(zlib.compress(data, 1)).decode()


def seal_xml(organisation_id, owner, xml: bytes, field: str = XML) -> bytes:
    """XML as it was received, byte for byte, for the row `owner` (a UUID)."""
    return sealing.seal(owner=owner, field=field, value=_packed(xml), key=organisation_box(organisation_id))


def open_xml(organisation_id, owner, data: bytes, field: str = XML) -> bytes:
    """The XML again."""
    told = sealing.unseal(owner=owner, field=field, data=data, key=organisation_box(organisation_id))
    return zlib.decompress(base64.b64decode(told)) if told else b""


def seal_answers(organisation_id, submission_id, answers: dict) -> bytes:
    """Answers by path (rules.receiving.reading), sealed for their submission."""
    told = json.dumps(answers, ensure_ascii=False, separators=(",", ":")).encode()
    return seal_xml(organisation_id, submission_id, told, ANSWERS)


def open_answers(organisation_id, submission_id, data: bytes) -> dict:
    """The answers again; {} where none were read."""
    told = open_xml(organisation_id, submission_id, data, ANSWERS)
    return json.loads(told) if told else {}


def seal_box(organisation_id, owner, field: str, value) -> bytes:
    """Any small value of an organisation's (a reason, a name, a comment); b"" for nothing."""
    return sealing.seal(owner=owner, field=field, value=value, key=organisation_box(organisation_id)) if value else b""


def open_box(organisation_id, owner, field: str, data: bytes):
    """The value again; None for nothing."""
    found = sealing.unseal(owner=owner, field=field, data=data, key=organisation_box(organisation_id))
    return found or None


def mark_of(organisation_id, kind: str, data: bytes, size: int = 32) -> bytes:
    """A keyed hash by which bytes are known again inside their organisation, and nowhere else."""
    return hmac.digest(organisation_box(organisation_id), kind.encode() + b":" + data, hashlib.sha256)[:size]


def name_mark(organisation_id, name: str) -> bytes:
    """The mark of a file's name."""
    return mark_of(organisation_id, "file name", name.encode())
