"""The doors of the directory: who may edit, confirm and curate. Not yours to change is not hidden: it is public."""

from duga.directory.models import Provider, Service
from duga.members.queries import NOT_HERE, may, networks_of, organisations_left, organisations_of
from duga.members.rules import Permission, Viewer
from duga.plain.errors import NotAllowed, NotFound, gettext_noop

_COORDINATORS = gettext_noop("Only your coordinator changes this. Propose a change, and your coordinator decides.")
_NOT_YOURS = gettext_noop("This is another organisation's. Propose a change, and its coordinator decides.")


def may_edit(viewer: Viewer, provider: Provider) -> bool:
    """Whether the viewer changes a provider and its services: its own coordinator, or who curates its network.

    Of an organisation that left, also who curates the network it left: readers still find it, and somebody must be
    able to mend or unlist what they find. Its licences and sealed places stay its own (`keeps`).
    """
    return keeps(viewer, provider) or has_left(viewer, provider)


def has_left(viewer: Viewer, provider: Provider) -> bool:
    """Whether this is an organisation that left a network the viewer curates, and stands in none."""
    left = organisations_left(viewer, Permission.CURATE_DIRECTORY) if provider.organisation_id else ()
    return provider.organisation_id in {each.pk for each in left}


def keeps(viewer: Viewer, provider: Provider) -> bool:
    """Whether it is the viewer's own, or stands in a network the viewer curates today."""
    if provider.organisation_id:
        of = provider.organisation
        return may(viewer, Permission.EDIT_SERVICES, of) or may(viewer, Permission.CURATE_DIRECTORY, of)
    return may(viewer, Permission.CURATE_DIRECTORY, provider.network)


def may_update(viewer: Viewer, provider: Provider) -> bool:
    """Whether the viewer confirms its services and says how many places are free."""
    own = provider.organisation_id and may(viewer, Permission.UPDATE_CAPACITY, provider.organisation)
    return bool(own) or may_edit(viewer, provider)


def _whose(viewer, provider):
    """Why it is not theirs to change: another organisation's, or their own coordinator's."""
    return _COORDINATORS if may_update(viewer, provider) else _NOT_YOURS


def _provider(**which) -> Provider:
    found = Provider.objects.filter(**which).select_related("organisation", "network").first()
    if found is None:
        raise NotFound(NOT_HERE)
    return found


def provider_by_id(provider_id) -> Provider:
    """A provider, whoever asks; NotFound when there is none."""
    return _provider(pk=provider_id)


def provider_of(organisation_id) -> Provider | None:
    """The provider a member organisation is in the directory; None when it was never listed."""
    rows = Provider.objects.filter(organisation_id=organisation_id).select_related("organisation", "network")
    return rows.first()


def provider_to_edit(viewer: Viewer, provider_id) -> Provider:
    """The door to changing a provider: NotAllowed when it is another's."""
    found = _provider(pk=provider_id)
    if not may_edit(viewer, found):
        raise NotAllowed(_whose(viewer, found))
    return found


def service_by_id(service_id) -> Service:
    """A service with its provider, whoever asks, listed or not; NotFound when there is none. A merged one leads on."""
    rows = Service.objects.select_related("provider__organisation", "provider__network")
    found = rows.filter(pk=service_id).first()
    for _step in range(10):  # merged into one that was merged later
        if found is None or found.merged_into_id is None:
            break
        found = rows.filter(pk=found.merged_into_id).first()
    if found is None:
        raise NotFound(NOT_HERE)
    return found


def service_to_edit(viewer: Viewer, service_id) -> Service:
    """The door to changing a service."""
    found = service_by_id(service_id)
    if not may_edit(viewer, found.provider):
        raise NotAllowed(_whose(viewer, found.provider))
    return found


def service_to_propose(viewer: Viewer, service_id) -> Service:
    """The door to proposing a change: for everyone who works in the network; what is not public, for who keeps it."""
    found = service_by_id(service_id)
    if not may(viewer, Permission.SEE_ORGANISATION):
        raise NotAllowed(_NOT_YOURS)
    if not found.listed and not may_update(viewer, found.provider):
        raise NotFound(NOT_HERE)
    return found


def service_to_update(viewer: Viewer, service_id) -> Service:
    """The door to confirming a service and telling its free places."""
    found = service_by_id(service_id)
    if not may_update(viewer, found.provider):
        raise NotAllowed(_NOT_YOURS)
    return found


def curated_by(viewer: Viewer) -> tuple[list, list]:
    """(organisations, networks) whose entries the viewer decides on."""
    organisations = {each.pk: each for each in organisations_of(viewer, Permission.EDIT_SERVICES)}
    organisations |= {each.pk: each for each in organisations_of(viewer, Permission.CURATE_DIRECTORY)}
    organisations |= {each.pk: each for each in organisations_left(viewer, Permission.CURATE_DIRECTORY)}
    return list(organisations.values()), networks_of(viewer, Permission.CURATE_DIRECTORY)
