"""Writing guides, and keeping services in lists of one's own."""

from django.db import transaction
from django.utils import timezone

from duga.directory.actions._help import _tell
from duga.directory.actions._sealed import _check_told
from duga.directory.models import Guide, GuidedService, SavedList, SavedService, Service
from duga.directory.queries import may_update, provider_to_edit, service_by_id
from duga.directory.queries.guides import guide_to_edit, saved_list
from duga.directory.rules.fields import safe_url
from duga.members.queries import NOT_HERE
from duga.members.rules import Viewer
from duga.plain.errors import NotAllowed, NotFound, Refused, gettext_noop

__all__ = ["keep_in_list", "leave_out", "remove_guide", "remove_list", "save_list", "write_guide"]

STEPS, LETTERS, SERVICES = 40, 600, 300  #: at most: steps of a guide, letters of a step, services of a list


@transaction.atomic
def write_guide(
    *, by: Viewer, provider_id, title: str, language: str, steps: list[str], video: str = "", service_ids=(),
    guide_id=None,
) -> Guide:  # fmt: skip
    """Writes a guide (or anew, with `guide_id`) and puts it beside these services of its provider."""
    provider = provider_to_edit(by, provider_id)
    steps = [" ".join(step.split())[:LETTERS] for step in steps if step.strip()]
    if not title.strip() or not steps or len(steps) > STEPS:
        raise Refused(gettext_noop("Give the guide a title and one to forty steps, each on a line of its own."))
    if video and not safe_url(video).startswith("https://"):
        raise Refused(gettext_noop("The address of the video begins with https://"))
    services = list(Service.objects.filter(provider=provider, pk__in=list(service_ids)))
    _check_told(provider, [title, *steps])
    guide = guide_to_edit(by, guide_id)[0] if guide_id else Guide(provider=provider)
    if guide.provider_id != provider.pk:
        raise NotFound(NOT_HERE)
    guide.title, guide.language, guide.steps, guide.video = title.strip()[:200], language[:12], steps, video
    guide.changed_at = timezone.now()
    guide.save()
    GuidedService.objects.filter(guide=guide).delete()
    GuidedService.objects.bulk_create([GuidedService(guide=guide, service=service) for service in services])
    _tell(by, "guide_written", guide, provider, steps=len(steps), services=len(services))
    return guide


@transaction.atomic
def remove_guide(*, by: Viewer, guide_id) -> None:
    """Takes a guide away."""
    guide, _services = guide_to_edit(by, guide_id)
    _tell(by, "guide_removed", guide, guide.provider)
    guide.delete()


@transaction.atomic
def save_list(*, by: Viewer, name: str) -> SavedList:
    """Begins a list of one's own; the one of that name where there is one."""
    name = " ".join(name.split())[:80]
    if by.account_id is None:
        raise NotAllowed(gettext_noop("Sign in to keep a list of services."))
    if not name:
        raise Refused(gettext_noop("Give the list a name: what it is about, never who it is for."))
    found, made = SavedList.objects.get_or_create(account_id=by.account_id, name=name)
    if made:
        _tell(by, "list_saved", found, None)
    return found


@transaction.atomic
def keep_in_list(*, by: Viewer, list_id, service_id) -> SavedList:
    """Puts a public service into one's own list."""
    found, ids = saved_list(by, list_id)
    service = service_by_id(service_id)
    if not service.listed and not may_update(by, service.provider):
        raise NotFound(NOT_HERE)
    if len(ids) >= SERVICES:
        raise Refused(gettext_noop("This list is full: begin another one."))
    SavedService.objects.get_or_create(saved_list=found, service=service)
    _tell(by, "list_saved", found, None)
    return found


@transaction.atomic
def leave_out(*, by: Viewer, list_id, service_id) -> None:
    """Takes a service out of one's own list."""
    found, _ids = saved_list(by, list_id)
    SavedService.objects.filter(saved_list=found, service_id=service_id).delete()
    _tell(by, "list_saved", found, None)


@transaction.atomic
def remove_list(*, by: Viewer, list_id) -> None:
    """Takes a list of one's own away."""
    found, _ids = saved_list(by, list_id)
    _tell(by, "list_removed", found, None)
    found.delete()
