"""Confidential places: kept under seal, opened by who needs them, with an entry in the trail each time."""

from django.db import transaction
from django.utils import timezone

from duga.directory import queries
from duga.directory.actions._help import _set_facts, _tell
from duga.directory.actions._sealed import _TOLD, FIELD, _key, _texts, _told_by, _unseal
from duga.directory.actions.downloads import _forget_downloads
from duga.directory.actions.indexing import _index
from duga.directory.actions.recordings import _remove
from duga.directory.models import (
    Attribute,
    Change,
    ConfidentialPlace,
    Disagreement,
    Duplicate,
    Location,
    Proposal,
    Recording,
    Schedule,
    ServiceAtLocation,
    Translation,
)
from duga.directory.queries.confidential import place_by_id
from duga.directory.queries.hsds.nesting import told_of
from duga.directory.queries.offers import offer_of
from duga.directory.rules import PlaceKind
from duga.directory.rules.confidential import check_place, gives_away
from duga.directory.rules.fields import facts_told
from duga.members.queries import NOT_HERE
from duga.members.rules import Viewer
from duga.plain.errors import NotFound, Refused, gettext_noop
from duga.vault import sealing

_TOLD_BESIDE = gettext_noop(
    "A translation, a guide, another service or your own entry tells where this place is. Take it out there first."
)
_CLOSED = gettext_noop("This place was closed: what was sealed of it is destroyed.")

__all__ = ["close_place", "keep_place", "open_place"]


@transaction.atomic
def keep_place(*, by: Viewer, service_id, kind, told, place_id=None) -> ConfidentialPlace:
    """Keeps where a service is under seal. From now on it has no public place: what it had goes, with its history.

    `told` {field: value} of rules.confidential.FIELDS. `place_id`: says a place anew. Refused while a public text of
    the service tells where it is.
    """
    service = queries.service_to_keep_places(by, service_id)
    told = check_place(told)
    place = place_by_id(by, place_id) if place_id else ConfidentialPlace(service=service)
    if place.service_id != service.pk or place.closed_at:
        raise NotFound(NOT_HERE)
    place.kind = PlaceKind(kind)
    place.told = sealing.seal(owner=place.pk, field=FIELD, value=told, key=_key(service.provider))
    _forget_places(by, service, told)
    if gives_away([told], _texts(told_of(service))):
        raise Refused(_TOLD)
    if gives_away([told], _told_by(service.provider)):
        raise Refused(_TOLD_BESIDE)
    for recording in Recording.objects.filter(service=service):  # nobody can tell what was said
        _remove(recording)
    place.save()
    _index([service.pk])
    transaction.on_commit(_forget_downloads)
    _tell(by, "place_kept", place, service.provider)
    return place


def _forget_places(by, service, told):
    """Removes a service's locations and all that history, sources and translations kept of them."""
    if gives_away([told], _texts(service.extra.get("metadata", []))):  # the history its source told of it
        service.extra = {name: value for name, value in service.extra.items() if name != "metadata"}
        service.save(update_fields=["extra"])
    pairs = list(ServiceAtLocation.objects.filter(service=service))
    shared = set(
        ServiceAtLocation.objects.filter(location_id__in=[pair.location_id for pair in pairs])
        .exclude(service=service)
        .values_list("location_id", flat=True)
    )
    ids = [pair.location_id for pair in pairs if pair.location_id not in shared]
    Schedule.objects.filter(service=service).update(location=None, service_at_location=None)
    ServiceAtLocation.objects.filter(service=service).delete()
    for model in (Change, Disagreement, Translation):
        model.objects.filter(record_id__in=ids).delete()
    Attribute.objects.filter(link_id__in=ids).delete()
    Duplicate.objects.filter(first_id__in=ids).delete()
    Duplicate.objects.filter(second_id__in=ids).delete()
    Location.objects.filter(pk__in=ids).delete()
    Change.objects.filter(service=service, field="locations").delete()
    for model, columns in ((Change, ("before", "after")), (Disagreement, ("ours", "theirs")), (Proposal, ("changes",))):
        rows = model.objects.filter(service=service)
        telling = [row.pk for row in rows if gives_away([told], _texts([getattr(row, name) for name in columns]))]
        model.objects.filter(pk__in=telling).delete()
    Proposal.objects.filter(service=service, changes__has_key="locations").delete()
    if ids or pairs:
        now = offer_of(service)
        _set_facts(service, facts_told(now), set(), how="", by=by)


@transaction.atomic
def open_place(*, by: Viewer, place_id) -> dict:
    """What is sealed of a place; leaves a trail entry."""
    place = place_by_id(by, place_id)
    if place.closed_at:
        raise Refused(_CLOSED)
    _tell(by, "place_opened", place, place.service.provider)
    return _unseal(place)


@transaction.atomic
def close_place(*, by: Viewer, place_id) -> ConfidentialPlace:
    """Ends a confidential place: what was sealed is destroyed, that there was one stays known inside."""
    place = place_by_id(by, place_id)
    queries.service_to_keep_places(by, place.service_id)  # who opens one does not destroy it
    if place.closed_at is None:
        place.told, place.closed_at = b"", timezone.now()
        place.save(update_fields=["told", "closed_at"])
        _index([place.service_id])
        _tell(by, "place_closed", place, place.service.provider)
    return place
