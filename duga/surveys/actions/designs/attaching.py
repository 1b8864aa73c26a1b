"""Files that a draft brings along."""

from django.db import transaction

from duga.members.rules import Viewer
from duga.plain.errors import NOT_HERE, NotFound, Refused
from duga.plain.errors import gettext_noop as _
from duga.surveys.actions.designs._help import _draft, _locked_version, _put_file, _tell
from duga.surveys.models import FormAttachment
from duga.surveys.rules.designs import AttachmentKind, check_attachment, looks_personal

MOST = 40  #: files of one version

_PEOPLE = _(
    "This list has columns that speak of people (%(columns)s), and every phone that gets the form would carry it. "
    "Remove them, or say that it holds nobody's data."
)
_MANY = _("A form brings at most %(most)s files. Remove one first.")


@transaction.atomic
def keep_attachment(*, by: Viewer, version_id, name: str, data: bytes, no_people: bool = False) -> FormAttachment:
    """Keeps a file of a draft under the name that the form uses for it.

    Unreadable for what it should not be (told by its bytes); Refused for a list that seems to hold people, unless
    `no_people` says that it does not.
    """
    version = _draft(_locked_version(by, version_id))
    row = version.attachments.filter(name=name).first()
    kind, media_type = check_attachment(name, data, row.kind if row is not None and row.needed else "")
    if kind is AttachmentKind.CSV and not no_people and (columns := looks_personal(data)):
        raise Refused(_PEOPLE, columns=", ".join(columns))
    if row is None:
        if version.attachments.count() >= MOST:
            raise Refused(_MANY, most=MOST)
        row = FormAttachment(version=version, name=name, needed=False)
    row.kind = kind.value
    _put_file(row, data, media_type)
    row.save()
    _tell(by, "form.attachment_kept", version.form, slug=version.form.slug, file=row.kind)
    return row


@transaction.atomic
def drop_attachment(*, by: Viewer, attachment_id) -> None:
    """Takes a file from a draft; one that the form needs is missing from then on."""
    found = FormAttachment.objects.filter(pk=attachment_id).first()
    if found is None:
        raise NotFound(NOT_HERE)
    version = _draft(_locked_version(by, found.version_id))
    if found.needed:
        found.sha256 = found.md5 = found.media_type = ""
        found.size = 0
        found.save()
    else:
        found.delete()
    _tell(by, "form.attachment_dropped", version.form, slug=version.form.slug, file=found.kind)
