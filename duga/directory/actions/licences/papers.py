"""The documents of a licence: sealed with the organisation's key, opened by it alone, exported as an application."""

import base64
import io
import re
import zipfile
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from duga.directory.actions._help import _tell
from duga.directory.models import Criterion, LicenceDocument
from duga.directory.queries import licences as reading
from duga.directory.rules.licences import VERDICT_LABELS, Verdict
from duga.members.rules import Viewer
from duga.places.rules.codes import pick
from duga.plain.errors import NotAllowed, NotFound, Refused, gettext_noop
from duga.plain.files import write_whole
from duga.plain.tables import write_csv
from duga.plain.text import fold
from duga.vault import sealing

__all__ = ["attach_document", "make_application_file", "open_document", "remove_document"]

FIELD = "directory.LicenceDocument.file"
KINDS = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n": "image/png"}
ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
MOST = 10 * 1024 * 1024  #: bytes a document
MOST_TOGETHER = 100 * 1024 * 1024  #: bytes of a licence's documents: the application is made in memory

_KIND = gettext_noop("Send the document as PDF, JPEG or PNG, of at most 10 MB.")
_TITLE = gettext_noop("Say what the document is, in at most %(most)s letters.")
_MANY = gettext_noop("The documents of a licence may have %(most)s MB together. Remove what is not needed.")
_NOT_KEPT = gettext_noop("Documents are kept for member organisations only, under their own key.")
_NOT_OPENED = gettext_noop("The documents belong to the organisation: only its own coordinator opens them.")
_NO_CRITERION = gettext_noop("A criterion does not belong to this service. Open its checklist again.")
_GONE = gettext_noop("The file of this document is missing. Attach it again.")


def _path(document_id) -> Path:
    return Path(settings.MEDIA_ROOT) / "licences" / f"{document_id}.sealed"


@transaction.atomic
def attach_document(*, by: Viewer, licence_id, title: str, data: bytes, criterion_id=None) -> LicenceDocument:
    """Keeps a document (PDF, JPEG, PNG, at most 10 MB) as evidence, sealed; its type is told by its first bytes."""
    licence = reading.licence_to_see(by, licence_id)
    if licence.service.provider.organisation_id is None:
        raise Refused(_NOT_KEPT)
    if not reading.may_open_papers(by, licence):
        raise NotAllowed(_NOT_OPENED)
    kind = next((kind for start, kind in KINDS.items() if data.startswith(start)), None)
    if kind is None or len(data) > MOST:
        raise Refused(_KIND)
    title = " ".join(title.split())
    if not 0 < len(title) <= 200:
        raise Refused(_TITLE, most=200)
    kept = LicenceDocument.objects.filter(licence=licence, removed_at=None).aggregate(Sum("size"))["size__sum"] or 0
    if kept + len(data) > MOST_TOGETHER:
        raise Refused(_MANY, most=MOST_TOGETHER // 1024**2)
    if criterion_id and not Criterion.objects.filter(pk=criterion_id, standard__country=licence.kind.country).exists():
        raise Refused(_NO_CRITERION)
    row = LicenceDocument(
        licence=licence, criterion_id=criterion_id or None, title=title, media_type=kind, size=len(data),
        by_id=by.account_id,
    )  # fmt: skip
    value = base64.b64encode(data).decode()
    sealed = sealing.seal(owner=row.pk, field=FIELD, value=value, key=reading.paper_key(licence))
    _path(row.pk).parent.mkdir(parents=True, exist_ok=True)
    write_whole(_path(row.pk), sealed)
    row.save(force_insert=True)
    _tell(by, "licence_document_attached", row, licence.service.provider, size=len(data))
    return row


def _unseal(row, key) -> bytes:
    try:
        sealed = _path(row.pk).read_bytes()
    except FileNotFoundError:
        raise NotFound(_GONE) from None
    return base64.b64decode(sealing.unseal(owner=row.pk, field=FIELD, data=sealed, key=key))


def _file_name(row: LicenceDocument) -> str:
    """What a document's file is called outside."""
    return f"{_slug(row.title)}.{ENDINGS[row.media_type]}"


@transaction.atomic
def open_document(*, by: Viewer, document_id) -> tuple[bytes, str, str]:
    """(bytes, media type, file name) of a document; leaves a trail entry."""
    row = reading.document_to_open(by, document_id)
    _tell(by, "licence_document_opened", row, row.licence.service.provider)
    return _unseal(row, reading.paper_key(row.licence)), row.media_type, _file_name(row)


@transaction.atomic
def remove_document(*, by: Viewer, document_id) -> None:
    """Destroys a document's file; that there was one stays known."""
    row = reading.document_to_open(by, document_id)
    LicenceDocument.objects.filter(pk=row.pk).update(removed_at=timezone.now())
    _tell(by, "licence_document_removed", row, row.licence.service.provider)
    transaction.on_commit(lambda: _path(row.pk).unlink(missing_ok=True))


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")[:60] or "document"


@transaction.atomic
def make_application_file(
    *, by: Viewer, licence_id, language: str = "en", words=lambda text: text
) -> tuple[bytes, str]:
    """The application as a folder (zip): a checklist, and the documents in one folder a criterion; (bytes, name).

    `words` translates the few words of the checklist. Nothing opened is written to disk.
    """
    licence = reading.licence_to_edit(by, licence_id)
    if not reading.may_open_papers(by, licence):
        raise NotAllowed(_NOT_OPENED)
    documents = list(LicenceDocument.objects.filter(licence=licence, removed_at=None))
    checked = reading.checked_of(licence, timezone.localdate(), documents)
    key, name = reading.paper_key(licence), f"{_slug(licence.service.name)}-{timezone.localdate()}"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as folder:
        lines, placed = [], set()
        for number, row in enumerate(checked, start=1):
            inside = f"{number:02d}-{_slug(row.criterion.code)}"
            files = _put(folder, f"{name}/{inside}", row.documents, key)
            placed |= {document.pk for document in row.documents}
            lines.append(_line(number, row, files, language, words))
        rest = [document for document in documents if document.pk not in placed]
        _put(folder, f"{name}/00-other", rest, key)
        head = [words(text) for text in (
            gettext_noop("No."), gettext_noop("Standard"), gettext_noop("Criterion"), gettext_noop("Assessment"),
            gettext_noop("Day"), gettext_noop("Note"), gettext_noop("Documents"),
        )]  # fmt: skip
        folder.writestr(f"{name}/checklist.csv", write_csv(head, lines))
    _tell(by, "application_exported", licence, licence.service.provider, documents=len(documents))
    return out.getvalue(), f"{name}.zip"


def _put(folder, inside, documents, key) -> list[str]:
    """Writes documents into a folder of the archive; their paths in it."""
    files = []
    for number, document in enumerate(documents, start=1):
        file = f"{inside}/{number}-{_slug(document.title)}.{ENDINGS[document.media_type]}"
        folder.writestr(file, _unseal(document, key))  # stored, not packed: pictures and PDFs do not shrink
        files.append(file.split("/", 1)[1])
    return files


def _line(number, row, files, language, words) -> list:
    verdict = gettext_noop("evidence is old") if row.outdated else VERDICT_LABELS[Verdict(row.finding.verdict)]
    on = row.assessment.on.isoformat() if row.assessment else ""
    return [
        number, pick(row.criterion.standard.names, language), pick(row.criterion.names, language), words(verdict), on,
        row.assessment.note if row.assessment else "", " | ".join(files),
    ]  # fmt: skip
