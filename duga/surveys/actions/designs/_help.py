"""What the actions on forms share: the trail, locks, filling a version, keeping a file."""

import hashlib
import os
import tempfile

from django.utils import timezone

from duga.members.actions import write_trail
from duga.members.queries import may
from duga.members.rules import Permission
from duga.plain.errors import NOT_HERE, Conflict, NotAllowed, NotFound, Refused, gettext_noop
from duga.plain.xlsforms import Finding, Read
from duga.surveys.models import Form, FormAttachment, FormVersion
from duga.surveys.queries.designs import attachment_path, form_to_design, works_in
from duga.surveys.rules import VersionState
from duga.surveys.rules.designs import AttachmentKind, guess_personal

MEDIA = {AttachmentKind.CSV: "text/csv"}

_NO_DRAFT = gettext_noop("This form has no draft. Upload one, or begin one from the published version.")
_MOVED_ON = gettext_noop("Somebody changed this draft meanwhile. Look at it again and repeat your change.")
_ROLE = gettext_noop("Your role does not allow this. Ask your organisation's coordinator.")


def _tell(by, event, form, **detail) -> None:
    """The trail's entry about a form; a network's stands in no organisation's trail."""
    subject = ("surveys.Form", form.pk)
    write_trail(by=by, event=event, subject=subject, organisation_id=form.organisation_id, detail=detail)


def _require_owner(by, owner) -> dict:
    """{"network" or "organisation": owner} of a form to begin, for who may design there."""
    if owner._meta.label == "members.Organisation":
        if works_in(by, owner.pk, Permission.DESIGN_FORMS):
            return {"organisation": owner}
    elif may(by, Permission.DESIGN_FORMS, of=owner):
        return {"network": owner}
    if may(by, Permission.SEE_ORGANISATION, of=owner):
        raise NotAllowed(_ROLE)
    raise NotFound(NOT_HERE)


def _locked(by, form_id) -> Form:
    """The form, for who may change it, locked until the transaction ends."""
    form = form_to_design(by, form_id)
    Form.objects.select_for_update().get(pk=form.pk)
    return form


def _locked_version(by, version_id, *, changed_at=None) -> FormVersion:
    """A version whose form the actor may change, locked; Conflict when a draft is no longer the one looked at."""
    found = FormVersion.objects.filter(pk=version_id).values_list("form_id", flat=True).first()
    if found is None:
        raise NotFound(NOT_HERE)
    form = _locked(by, found)
    version = FormVersion.objects.get(pk=version_id)
    version.form = form
    if changed_at and version.changed_at and version.changed_at.isoformat() != changed_at:
        raise Conflict(_MOVED_ON)
    return version


def _draft(version: FormVersion) -> FormVersion:
    """The version, which must be a draft."""
    if version.state != VersionState.DRAFT:
        raise Refused(_NO_DRAFT)
    return version


def _fill(version: FormVersion, read: Read, by, *, before: FormVersion | None) -> None:
    """Puts what was read into a draft, with its files and the guess at what is personal.

    `before` is the version it follows (or the draft it replaces): of its files and its marks those that still fit stay.
    """
    parsed = read.parsed
    version.version = parsed.version
    version.xform = read.xform
    version.md5 = hashlib.md5(read.xform, usedforsecurity=False).hexdigest()
    version.sheets = read.sheets
    version.questions = parsed.questions
    version.languages = parsed.languages
    version.notes = [each.told() for each in read.findings]
    version.checker = read.checker or version.checker
    version.personal = _personal(parsed.questions, before)
    version.checked_at = version.checked_by_id = None
    version.changed_at, version.changed_by_id = timezone.now(), by.account_id


def _personal(questions, before):
    """Paths to mark as personal: as people said before where the question is still the same, else guessed."""
    judged = {q["path"]: q["type"] for q in before.questions} if before is not None and before.checked_at else {}
    marked = set(before.personal) if before is not None else set()
    found = []
    for question in questions:
        known = judged.get(question["path"]) == question["type"]
        if (question["path"] in marked) if known else guess_personal(question):
            found.append(question["path"])
    return found


def _fit_attachments(version: FormVersion, read: Read, before: FormVersion | None) -> None:
    """Makes a draft's list of files: those it names, with what an earlier version already brought."""
    earlier = {row.name: row for row in before.attachments.all()} if before is not None else {}
    wanted = dict(read.parsed.files)
    if read.itemsets:
        wanted["itemsets.csv"] = AttachmentKind.CSV.value
    version.attachments.exclude(name__in=wanted).filter(needed=True).delete()
    have = {row.name: row for row in version.attachments.all()}
    for name, kind in wanted.items():
        row = have.get(name) or FormAttachment(version=version, name=name)
        row.kind, row.needed = kind, True
        old = earlier.get(name)
        if old is not None and old.sha256 and not row.sha256 and old.kind == kind:
            row.sha256, row.md5, row.size, row.media_type = old.sha256, old.md5, old.size, old.media_type
        if name == "itemsets.csv" and read.itemsets:
            _put_file(row, read.itemsets.encode(), MEDIA[AttachmentKind.CSV])
        row.save()


def _put_file(row: FormAttachment, data: bytes, media_type: str) -> None:
    """Keeps a file's bytes, on disk before any row tells of them."""
    row.sha256 = hashlib.sha256(data).hexdigest()
    row.md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
    row.size, row.media_type = len(data), media_type
    path = attachment_path(row.sha256)
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(file.name, path)


def _refused(finding: Finding) -> Refused:
    """A finding as a rule's refusal."""
    return Refused(finding.message, **finding.params)
