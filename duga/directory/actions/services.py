"""Providers and services: listed, added, changed. Whoever keeps them writes; everyone else proposes (proposals.py)."""

from django.db import transaction
from django.utils import timezone

from duga.directory import queries
from duga.directory.actions._help import _area, _check_version, _history, _how, _set_facts, _tell
from duga.directory.actions._sealed import _check_open, _check_told
from duga.directory.actions._writing import _own_fields, _set_fields, _write
from duga.directory.actions.indexing import _index
from duga.directory.models import Provider, Service, ServiceAtLocation
from duga.directory.queries.offers import known_codes, offer_of, provider_fields
from duga.directory.rules import How, ProviderKind
from duga.directory.rules.cleaning import check_offer, check_provider
from duga.directory.rules.comparing import Difference, differences, without_doubles
from duga.directory.rules.fields import PROVIDER, fact_of, facts_told
from duga.members.queries import may, network_by_id, organisation_by_id, require
from duga.members.rules import Permission, Viewer
from duga.plain.errors import Conflict, NotAllowed, Refused, gettext_noop

__all__ = ["add_provider", "add_service", "change_provider", "change_service", "list_organisation"]

_LISTED = gettext_noop("This organisation is in the directory already.")
_NOT_YOURS = gettext_noop("Your role does not allow this. Ask your organisation's coordinator.")
_MERGED = gettext_noop("This service was merged into another one since. Make the change there, and reject this one.")


@transaction.atomic
def list_organisation(*, by: Viewer, organisation_id, kind=ProviderKind.ASSOCIATION, told=None) -> Provider:
    """Puts a member organisation into the directory, by its name and country; `told` as in `rules.fields.PROVIDER`."""
    organisation = organisation_by_id(by, organisation_id)
    if not may(by, Permission.EDIT_SERVICES, organisation) and not may(by, Permission.CURATE_DIRECTORY, organisation):
        raise NotAllowed(_NOT_YOURS)
    if queries.provider_of(organisation.pk):
        raise Conflict(_LISTED)
    told = {"name": organisation.name, "website": organisation.website, **(told or {})}
    provider = Provider(organisation=organisation, country=organisation.country, demo=organisation.demo)
    return _added(by, provider, kind, told)


@transaction.atomic
def add_provider(*, by: Viewer, network_id, name, kind, country="", demo=False, told=None) -> Provider:
    """Lists someone who is no member (a state institution, a municipality): the network keeps its entry."""
    network = network_by_id(by, network_id)
    require(by, Permission.CURATE_DIRECTORY, network)
    provider = Provider(network=network, country=country or network.country, demo=demo)
    return _added(by, provider, kind, {"name": name, **(told or {})})


def _added(by, provider, kind, told):
    told = check_provider({**told, "kind": kind})
    _set_fields(provider, told, PROVIDER)
    provider.changed_at = timezone.now()
    provider.save(force_insert=True)
    _tell(by, "provider_added", provider, provider)
    return provider


@transaction.atomic
def change_provider(*, by: Viewer, provider_id, changes, version=None, source_id=None) -> Provider:
    """Changes a provider's fields; `version` is the one the changes were written against (None: whatever it is).

    `source_id`: on whose word.
    """
    queries.provider_to_edit(by, provider_id)
    provider = Provider.objects.select_for_update(of=("self",)).get(pk=provider_id)
    _check_version(provider, version)
    cleaned = check_provider(changes)
    if "area" in cleaned:
        cleaned["area"] = str(_area(cleaned["area"]) or "") or None
    _check_told(provider, cleaned)
    before = provider_fields(provider)
    found = [Difference(name, before[name], value) for name, value in cleaned.items() if before[name] != value]
    if not found:
        return provider
    _set_fields(provider, cleaned, PROVIDER)
    provider.version += 1
    provider.changed_at = timezone.now()
    provider.save()
    _history(
        found, entity="organization", row=provider, by=by, version=provider.version, provider=provider,
        source_id=source_id,
    )  # fmt: skip
    _index(provider.services.values_list("pk", flat=True))
    _tell(by, "provider_changed", provider, provider, fields=[each.field for each in found])
    return provider


@transaction.atomic
def add_service(*, by: Viewer, provider_id, offer, how: How | None = None) -> Service:
    """A new service of a provider; all it tells counts as verified by whoever wrote it."""
    provider = queries.provider_to_edit(by, provider_id)
    return _add(by, provider, offer, how or _how(by, provider))


def _add(by, provider, offer, how, link=None):
    cleaned = check_offer(offer, codes=known_codes(), whole=True)
    _check_told(provider, cleaned)
    service = Service(provider=provider, country=provider.country)
    cleaned = {"language": provider.language, "listed": True, "status": "active", **cleaned}
    _set_fields(service, cleaned, _own_fields(cleaned))
    service.changed_at = timezone.now()
    service.save(force_insert=True)
    _write(service, cleaned)
    told = facts_told(cleaned)
    _set_facts(service, told, told, how=how, by=by, link=link)
    _index([service.pk])
    _tell(by, "service_added", service, provider)
    return service


@transaction.atomic
def change_service(*, by: Viewer, service_id, changes, version=None, how: How | None = None, source_id=None) -> Service:
    """Changes what an offer says of some fields; what it does not name stays. Nothing changed: nothing is written.

    The facts of changed fields count as verified: whoever writes them says so. `source_id`: on whose word.
    """
    service = queries.service_to_edit(by, service_id)
    return _change(by, service, changes, version, how or _how(by, service.provider), source_id)


def _change(by, service, changes, version, how, source_id=None, link=None):
    service = Service.objects.select_for_update(of=("self",)).select_related("provider").get(pk=service.pk)
    _check_version(service, version)
    if service.merged_into_id:  # a proposal or a source's word from before
        raise Refused(_MERGED)
    before = offer_of(service)
    cleaned = without_doubles(check_offer(changes, codes=known_codes()), before)
    found = differences(before, cleaned)
    if not found:
        return service
    changed = {each.field: cleaned[each.field] for each in found}
    _set_fields(service, changed, _own_fields(changed))
    service.version += 1
    service.changed_at = timezone.now()
    service.save()
    _write(service, changed)
    now = offer_of(service)
    _check_open(service, now)
    _history(
        [Difference(each.field, each.before, now[each.field]) for each in found], entity="service", row=service, by=by,
        version=service.version, source_id=source_id, service=service, provider=service.provider,
    )  # fmt: skip
    _set_facts(service, facts_told(now), {fact_of(each.field) for each in found}, how=how, by=by, link=link)
    _index({service.pk, *_sharing(service)} if "locations" in changed else [service.pk])
    _tell(by, "service_changed", service, service.provider, fields=[each.field for each in found])
    return service


def _sharing(service) -> list:
    """Ids of the services that stand at a place of this one: what changed there changed for them."""
    places = ServiceAtLocation.objects.filter(service=service).values("location")
    return list(ServiceAtLocation.objects.filter(location__in=places).values_list("service_id", flat=True))
