"""Guides beside services, and the lists a worker keeps."""

from duga.directory.models import Guide, GuidedService, SavedList, SavedService, Service
from duga.directory.queries.access import provider_to_edit
from duga.directory.rules import FOUND
from duga.members.queries import NOT_HERE
from duga.members.rules import Viewer
from duga.plain.errors import NotFound


def guides_beside(service_id) -> list[Guide]:
    """The guides that stand beside a service."""
    return list(Guide.objects.filter(services__service_id=service_id))


def guide_by_id(guide_id) -> Guide:
    """A guide, whoever asks; NotFound when there is none."""
    found = Guide.objects.filter(pk=guide_id).select_related("provider").first()
    if found is None:
        raise NotFound(NOT_HERE)
    return found


def guide_to_edit(viewer: Viewer, guide_id) -> tuple[Guide, set]:
    """A guide one may change, and the ids of the services it stands beside."""
    found = guide_by_id(guide_id)
    provider_to_edit(viewer, found.provider_id)
    return found, set(GuidedService.objects.filter(guide=found).values_list("service_id", flat=True))


def guides_of(viewer: Viewer, provider_id) -> tuple[list[Guide], list[tuple[str, str]]]:
    """(a provider's guides, the services they may stand beside as (id, name))."""
    found = provider_to_edit(viewer, provider_id)
    rows = Service.objects.filter(provider=found, listed=True, merged_into=None, status__in=FOUND)
    return list(found.guides.all()), [(str(pk), name) for pk, name in rows.order_by("name").values_list("pk", "name")]


def saved_lists(viewer: Viewer) -> list[SavedList]:
    """The viewer's own lists, by name."""
    return list(SavedList.objects.filter(account_id=viewer.account_id)) if viewer.known else []


def saved_list(viewer: Viewer, list_id) -> tuple[SavedList, list]:
    """One of the viewer's own lists and the ids of its services, as they were put there."""
    found = SavedList.objects.filter(pk=list_id, account_id=viewer.account_id).first() if viewer.known else None
    if found is None:
        raise NotFound(NOT_HERE)
    rows = SavedService.objects.filter(saved_list=found, service__merged_into=None).order_by("created_at", "id")
    return found, list(rows.values_list("service_id", flat=True))
