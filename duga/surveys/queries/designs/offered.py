"""What phones and pages are offered in an organisation. Whoever asks has shown that she belongs there."""

from pathlib import Path

from django.conf import settings

from duga.members.queries import networks_above
from duga.plain.errors import NOT_HERE, NotFound
from duga.surveys.models import Form, FormAttachment, FormVersion
from duga.surveys.queries.designs.access import HEAVY, used_in
from duga.surveys.rules import FormKind, VersionState


def uses(organisation_id, form: Form) -> bool:
    """Whether an organisation uses a form: its own, or a network's in which it stands."""
    return form.organisation_id == organisation_id or form.network_id in networks_above(organisation_id)


def form_list(organisation_id) -> list[FormVersion]:
    """The newest published version of each form that is open here, by title, without its heavy columns.

    Where an organisation and its network both use a formID, the organisation's own stands.
    """
    forms = Form.objects.filter(used_in(organisation_id), closed_at=None).exclude(kind=FormKind.TEMPLATE.value)
    versions = FormVersion.objects.filter(form__in=forms, state=VersionState.PUBLISHED.value)
    newest, by_slug = {}, {}
    for version in versions.defer(*HEAVY).select_related("form").order_by("number"):
        newest[version.form_id] = version
    for version in newest.values():
        if version.form.organisation_id or version.form.slug not in by_slug:
            by_slug[version.form.slug] = version
    return sorted(by_slug.values(), key=lambda each: (each.form.title, each.form.slug))


def published(organisation_id, slug: str, version: str | None = None) -> FormVersion:
    """A version by formID and version text; the newest published one where `version` is None.

    With a version also a withdrawn one, and one of a closed form: phones send what they filled in before. NotFound
    when the organisation has no such form, or the version never was published.
    """
    states = [VersionState.PUBLISHED.value] + ([VersionState.WITHDRAWN.value] if version is not None else [])
    rows = FormVersion.objects.filter(form__in=Form.objects.filter(used_in(organisation_id), slug=slug))
    rows = rows.filter(state__in=states).select_related("form")
    rows = rows.filter(form__closed_at=None) if version is None else rows.filter(version=version)
    found = sorted(rows, key=lambda each: (each.form.organisation_id is not None, each.number))
    if not found:
        raise NotFound(NOT_HERE)
    return found[-1]


def form_xml(version: FormVersion) -> bytes:
    """The XForm as phones get it; its md5 is `version.md5`."""
    return bytes(version.xform)


def questions(version: FormVersion) -> list[dict]:
    """A version's questions in order (`rules.Question` as dicts), read now where a list had left them out."""
    return version.questions


def attachments(version: FormVersion) -> list[FormAttachment]:
    """The files of a version, those still missing too (empty sha256), by name."""
    return list(version.attachments.all())


def attachment_path(sha256: str) -> Path:
    """Where a form's file lies: by what it holds, so that versions share it."""
    return Path(settings.MEDIA_ROOT) / "surveys" / "forms" / sha256[:2] / sha256


def attachment_bytes(attachment: FormAttachment) -> bytes:
    """A file's bytes; NotFound while it is missing."""
    try:
        return attachment_path(attachment.sha256).read_bytes()
    except OSError:
        raise NotFound(NOT_HERE) from None
