"""What every write of the directory asks of confidential places: that nothing public leads there."""

from duga.directory.models import ConfidentialPlace
from duga.directory.rules.confidential import gives_away
from duga.plain.errors import Refused, gettext_noop
from duga.vault import sealing

FIELD = "directory.ConfidentialPlace.told"
_NO_PLACE = gettext_noop(
    "Where this service is stays confidential: it can have no public address or place. Say how to reach it by phone."
)
_TOLD = gettext_noop("This text would tell where the confidential place of this service is. Leave that out.")

_OTHERS_PLACE = gettext_noop("The other one has a confidential place, sealed by its own organisation: keep that one.")


def _key(provider):
    """The key its places are sealed with: the organisation's own. Places of who is no member are not kept here."""
    return sealing.store().organisation_key(provider.organisation_id)


def _unseal(place) -> dict:
    key = _key(place.service.provider)
    return sealing.unseal(owner=place.pk, field=FIELD, data=place.told, key=key)


def _places(service) -> list[dict]:
    """What is sealed of a service's open confidential places; for comparing only, never to be shown."""
    rows = ConfidentialPlace.objects.filter(service=service, closed_at=None).select_related("service__provider")
    return [_unseal(place) for place in rows]


def _sealed_of(provider):
    """(place, what is sealed of it) of all open confidential places of a provider's services."""
    rows = ConfidentialPlace.objects.filter(service__provider=provider, closed_at=None)
    return ((place, _unseal(place)) for place in rows.select_related("service__provider").order_by("pk"))


def _check_open(service, offer) -> None:
    """Refuses an offer that tells where a confidential place is: by a location, or in any of its texts."""
    places = _places(service)
    if not places:
        return
    if offer.get("locations"):
        raise Refused(_NO_PLACE)
    if gives_away(places, _texts(offer)):
        raise Refused(_TOLD)


def _move_places(from_service, to_service, ids=None) -> list:
    """Moves a service's open confidential places (only `ids` where given) to another of the same provider; their ids.

    Refused between providers: a place is sealed with its organisation's key.
    """
    rows = ConfidentialPlace.objects.filter(service=from_service, closed_at=None)
    found = list((rows if ids is None else rows.filter(pk__in=ids)).values_list("pk", flat=True))
    if found and from_service.provider_id != to_service.provider_id:
        raise Refused(_OTHERS_PLACE)
    ConfidentialPlace.objects.filter(pk__in=found).update(service=to_service)
    return found


def _texts(value):
    """Every text in a nested value."""
    if isinstance(value, dict):
        return [text for name, each in value.items() if name != "id" for text in _texts(each)]
    if isinstance(value, list | tuple):
        return [text for each in value for text in _texts(each)]
    return [value] if isinstance(value, str) else []
