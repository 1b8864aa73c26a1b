"""The forms that one phone is offered: those of its organisation, or the draft it tries."""

from duga.plain.errors import NOT_HERE, NotFound
from duga.surveys.models import CollectDevice, FormAttachment, FormVersion
from duga.surveys.queries.designs import form_list, published
from duga.surveys.queries.designs.access import HEAVY


def forms_for(device: CollectDevice, form_id: str = "") -> list[FormVersion]:
    """The versions to show on a phone, without their heavy columns, each with `.has_files`; one formID if asked for."""
    if device.trial_id:
        found = list(FormVersion.objects.filter(pk=device.trial_id).select_related("form").defer(*HEAVY))
    else:
        found = form_list(device.organisation_id)
    if form_id:
        found = [version for version in found if version.form.slug == form_id]
    files = FormAttachment.objects.filter(version__in=found).exclude(sha256="").order_by()
    with_files = set(files.values_list("version_id", flat=True).distinct())
    for version in found:
        version.has_files = version.pk in with_files
    return found


def version_offered(device: CollectDevice, slug: str, version: str | None = None) -> FormVersion:
    """The version of a form that a phone downloads: the newest, or the one it names; the draft where it tries one."""
    if device.trial_id:
        found = FormVersion.objects.select_related("form").filter(pk=device.trial_id, form__slug=slug).first()
        if found is None:
            raise NotFound(NOT_HERE)
        return found
    return published(device.organisation_id, slug, version)


def form_files(version: FormVersion) -> list[FormAttachment]:
    """The files of a version that are here, by name."""
    return list(version.attachments.exclude(sha256=""))
