"""Files of a case: made harmless, encrypted each with a key of its own, that key sealed with the case's texts."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from duga.casework import queries
from duga.casework.actions._cases import _case, _file_path, _seal, _unseal
from duga.casework.actions._help import _tell
from duga.casework.actions.cases.notes import _section
from duga.casework.models import Attachment
from duga.casework.rules import Section
from duga.plain.attached import file_name, harmless
from duga.plain.errors import NotFound, Refused, gettext_noop
from duga.plain.files import write_whole

MOST_TOGETHER = 200 * 1024 * 1024  #: bytes of one case's files

_MANY = gettext_noop("The files of a case may have %(most)s MB together. Remove what is not needed.")
_GONE = gettext_noop("This file is missing or damaged. Attach it again.")


@transaction.atomic
def attach_file(*, by, case_id, name, data: bytes, section=Section.GENERAL) -> Attachment:
    """Keeps a file (PDF, JPEG, PNG, told by its bytes) in a section of a case; its name lies sealed."""
    case = _case(by, case_id)
    section = _section(by, case, section)
    media_type, data = harmless(data)
    kept = case.attachments.filter(removed_at=None).aggregate(Sum("size"))["size__sum"] or 0
    if kept + len(data) > MOST_TOGETHER:
        raise Refused(_MANY, most=MOST_TOGETHER // 1024**2)
    row = Attachment(case=case, section=section, media_type=media_type, size=len(data), by_id=by.account_id)
    key, nonce = AESGCM.generate_key(256), os.urandom(12)
    row.told = _seal(case, row, "told", {"name": file_name(str(name), media_type), "key": key.hex()})
    path = _file_path(row.pk)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, nonce + AESGCM(key).encrypt(nonce, data, str(row.pk).encode()))
    row.save(force_insert=True)
    _tell(by, "case.file_attached", case, section=str(section), size=len(data))
    return row


def _read_file(case, row) -> tuple[str, bytes]:
    """(name, bytes) of a file."""
    told = _unseal(case, row, "told")
    try:
        sealed, key = _file_path(row.pk).read_bytes(), bytes.fromhex(told["key"])
        return told["name"], AESGCM(key).decrypt(sealed[:12], sealed[12:], str(row.pk).encode())
    except (OSError, InvalidTag, TypeError):
        raise NotFound(_GONE) from None


@transaction.atomic
def open_file(*, by, attachment_id) -> tuple[str, str, bytes]:
    """(name, media type, bytes) of a file; leaves a trail entry."""
    row = queries.attachment(by, attachment_id)
    name, data = _read_file(row.case, row)
    _tell(by, "case.file_opened", row.case, section=row.section, file=str(row.pk))
    return name, row.media_type, data


@transaction.atomic
def remove_file(*, by, attachment_id) -> None:
    """Destroys a file; that there was one stays known."""
    row = queries.attachment(by, attachment_id)
    case = _case(by, row.case_id, closed=True)
    Attachment.objects.filter(pk=row.pk).update(removed_at=timezone.now(), told=b"")
    _tell(by, "case.file_removed", case, section=row.section, file=str(row.pk))
    transaction.on_commit(lambda: _file_path(row.pk).unlink(missing_ok=True))
