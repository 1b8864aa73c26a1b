"""The doors to confidential places. Public queries never import this module; a test holds that."""

from duga.directory.models import ConfidentialPlace, Service
from duga.directory.queries.access import service_by_id
from duga.members.queries import NOT_HERE, may
from duga.members.rules import Permission, Viewer
from duga.plain.errors import NotFound


def may_see_places(viewer: Viewer, provider) -> bool:
    """Whether the viewer is one of the few who need to know where a provider's confidential places are.

    Places of providers that a network lists are for nobody of the network: the shelter's own people tell by phone.
    """
    return bool(provider.organisation_id) and may(viewer, Permission.SEE_CONFIDENTIAL_PLACES, provider.organisation)


def service_to_keep_places(viewer: Viewer, service_id) -> Service:
    """The door to keeping a place of a service; NotFound for everyone else."""
    service = service_by_id(service_id)
    provider = service.provider
    if not may_see_places(viewer, provider) or not may(viewer, Permission.EDIT_SERVICES, provider.organisation):
        raise NotFound(NOT_HERE)
    return service


def place_by_id(viewer: Viewer, place_id) -> ConfidentialPlace:
    """The door to one place, still sealed; NotFound for everyone who need not know that there is one."""
    found = ConfidentialPlace.objects.filter(pk=place_id).select_related("service__provider__organisation").first()
    if found is None or not may_see_places(viewer, found.service.provider):
        raise NotFound(NOT_HERE)
    return found


def places_of(viewer: Viewer, service: Service) -> list[ConfidentialPlace]:
    """The open confidential places of a service, still sealed; none for who need not know."""
    if not may_see_places(viewer, service.provider):
        return []
    return list(ConfidentialPlace.objects.filter(service=service, closed_at=None).order_by("created_at"))


def services_under_seal() -> set:
    """Ids of the services that have an open confidential place: for figures to leave their places out by."""
    return set(ConfidentialPlace.objects.filter(closed_at=None).values_list("service_id", flat=True))
