"""What every write of the directory asks of confidential places: that nothing public leads there."""

from itertools import chain

from duga.directory.models import ConfidentialPlace, Guide, Service, Translation
from duga.directory.queries.bundles import bundles
from duga.directory.queries.offers import offer_in, provider_fields
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


def _sealed_of(provider):
    """(place, what is sealed of it) of all open confidential places of a provider's services."""
    rows = ConfidentialPlace.objects.filter(service__provider=provider, closed_at=None)
    return ((place, _unseal(place)) for place in rows.select_related("service__provider").order_by("pk"))


def _check_open(service, offer) -> None:
    """Refuses an offer that tells where a confidential place is: by a location, or in any of its texts."""
    if offer.get("locations") and ConfidentialPlace.objects.filter(service=service, closed_at=None).exists():
        raise Refused(_NO_PLACE)
    _check_told(service.provider, offer)


def _check_told(provider, value) -> None:
    """Refuses texts (in any nested value) that tell where a confidential place of one of its services is."""
    places = [told for _place, told in _sealed_of(provider)]
    if places and gives_away(places, _texts(value)):
        raise Refused(_TOLD)


def _told_by(provider) -> list[str]:
    """Every text readers are told by a provider: its own, its services', their translations, guides."""
    ids = list(Service.objects.filter(provider=provider, merged_into=None).values_list("pk", flat=True))
    texts = [_texts(provider_fields(provider)), *(_texts(offer_in(told)) for told in bundles(ids))]
    translated = Translation.objects.filter(record_id__in=[provider.pk, *ids]).values_list("text", flat=True)
    guides = Guide.objects.filter(provider=provider).values_list("title", "steps")
    return [*chain.from_iterable(texts), *translated, *_texts(list(guides))]


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
