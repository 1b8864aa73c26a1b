"""Writing an offer into its tables: one row list at a time, rows known by their id, what is left out goes."""

from django.utils import timezone

from duga.directory.actions._help import _area, _typed
from duga.directory.models import (
    Address,
    Attribute,
    Closure,
    Contact,
    CostOption,
    Funding,
    Language,
    Location,
    Phone,
    RequiredDocument,
    Schedule,
    ServiceArea,
    ServiceAtLocation,
    ServiceCapacity,
    TaxonomyTerm,
    Unit,
)
from duga.directory.queries.offers import known_codes
from duga.directory.rules.fields import ROWS, SERVICE
from duga.places.queries import find_area
from duga.plain.errors import Conflict, Refused, gettext_noop
from duga.plain.text import fold

MODELS = {
    "phones": Phone, "languages": Language, "closures": Closure, "service_areas": ServiceArea,
    "cost_options": CostOption, "required_documents": RequiredDocument, "capacities": ServiceCapacity,
    "contacts": Contact, "funding": Funding,
}  # fmt: skip
#: What else a row may hang on: then it stays, and only leaves this service.
ELSEWHERE = ("provider_id", "location_id", "service_at_location_id", "contact_id", "phone_id")
_GONE = gettext_noop("%(what)s: a row you changed is not there any more. Look again, then change it.")
_SHARED = gettext_noop("Another provider keeps this place. Propose the change to them, or add a place of your own.")
_IN_ADDRESS = ("address_1", "address_2", "city", "postal_code")


def _write(service, changes) -> None:
    """Writes cleaned changes ({field: value}) of a service, but not the service's own row: `_set_fields` sets that."""
    for name, value in sorted(changes.items(), key=lambda told: told[0] != "locations"):  # hours hang on places
        if name.startswith("terms."):
            _write_terms("service", service.pk, name.removeprefix("terms."), value)
        elif name == "locations":
            _write_locations(service, value)
        elif name == "schedules":
            _write_schedules(service, value)
        elif name in MODELS:
            _write_rows(service, name, value)


def _set_fields(row, changes, names) -> None:
    """Sets the simple fields among the changes on a row, which is then to be saved."""
    for name in names:
        if name == "area" and name in changes:
            row.area_id = _area(changes[name])
        elif name in changes:
            setattr(row, name, _typed(type(row), name, changes[name]))


def _write_schedules(service, rows):
    """Hours of the service, and those it has at one of its places alone (`at`: the location's id)."""
    pairs = {str(pair.location_id): pair for pair in service.service_at_locations.all()}
    apart = Schedule.objects.filter(service=None, service_at_location__in=pairs.values())
    there = {str(row.pk): row for row in [*Schedule.objects.filter(service=service), *apart]}
    for told in rows:
        row = _known(there, told, "schedules") or Schedule(service=service)
        if "at" in told:
            row.service = None if told["at"] else service
            row.service_at_location = pairs.get(told["at"])
            if told["at"] and row.service_at_location is None:
                raise Conflict(_GONE, what=ROWS["locations"].label)
        values = {column: value for column, value in told.items() if column not in ("id", "at")}
        _set_fields(row, values, values)
        row.save()
    for row in there.values():
        if row.service_id:
            _drop(row)
        else:
            row.delete()


def _known(there, told, name):
    """The row that is changed, taken out of those that are there; None for a new one."""
    if not told.get("id"):
        return None
    if told["id"] not in there:
        raise Conflict(_GONE, what=ROWS[name].label)
    return there.pop(told["id"])


def _write_rows(service, name, rows):
    model, columns = MODELS[name], ROWS[name].columns
    there = {str(row.pk): row for row in model.objects.filter(service=service)}
    for told in rows:
        row = _known(there, told, name) or model(service=service)
        values = {column: told[column] for column in columns if column in told}
        if "unit" in values:
            row.unit = _unit(values.pop("unit"))
            row.updated = timezone.now()
        _set_fields(row, values, values)
        row.save()
    for row in there.values():
        _drop(row)


def _drop(row):
    if any(getattr(row, name, None) for name in ELSEWHERE):
        row.service = None
        row.save(update_fields=["service"])
    else:
        row.delete()


def _unit(name):
    name = name or "places"
    return Unit.objects.filter(name=name).first() or Unit.objects.create(name=name, scheme="duga")


def _write_terms(entity, record_id, key, codes):
    terms = {term.code: term for term in TaxonomyTerm.objects.filter(taxonomy__key=key, code__in=codes)}
    there = Attribute.objects.filter(link_entity=entity, link_id=record_id, term__taxonomy__key=key)
    there.exclude(term__code__in=codes).delete()
    known = set(there.values_list("term__code", flat=True))
    Attribute.objects.bulk_create(
        [Attribute(link_entity=entity, link_id=record_id, term=terms[code]) for code in codes if code not in known]
    )


def _write_locations(service, rows):
    there = {str(pair.location_id): pair for pair in service.service_at_locations.select_related("location")}
    for told in rows:
        pair = there.pop(told["id"], None) if told.get("id") else None
        if pair is not None:
            _change_location(service, pair.location, told)
        elif told.get("id"):
            _attach(service, told["id"])
        else:
            _add_location(service, told)
    for pair in there.values():
        location = pair.location
        pair.delete()
        if not ServiceAtLocation.objects.filter(location=location).exists() and location.source_id is None:
            Attribute.objects.filter(link_entity="location", link_id=location.pk).delete()
            location.delete()


def _attach(service, location_id):
    """Another service's place becomes this one's too, when the same provider keeps it."""
    location = Location.objects.filter(pk=location_id, merged_into=None).first()
    if location is None:
        raise Conflict(_GONE, what=ROWS["locations"].label)
    if location.provider_id != service.provider_id:
        raise Refused(_SHARED)
    ServiceAtLocation.objects.create(service=service, location=location)


def _add_location(service, told):
    location = Location(provider=service.provider, country=service.country)
    area = find_area(told["city"], service.country).area if told.get("city") and not told.get("area") else None
    _fill(location, told | ({"area": area.pk} if area else {}))
    location.save(force_insert=True)
    _fill_address(location, told)
    _write_accessibility(location, told)
    ServiceAtLocation.objects.create(service=service, location=location)


def _change_location(service, location, told):
    values = {name: value for name, value in told.items() if name != "id"}
    if not values:  # it stays as it is
        return
    if location.provider_id not in (None, service.provider_id):
        raise Refused(_SHARED)
    _fill(location, _elsewhere(location, values) | values)
    location.version += 1
    location.changed_at = timezone.now()
    location.save()
    _fill_address(location, values)
    _write_accessibility(location, values)


def _elsewhere(location, told) -> dict:
    """Position and area of an address that is another now: where nobody tells them, the old ones are wrong."""
    address = _address(location)
    before = {name: getattr(address, name, "") for name in ("address_1", "city")}
    if not any(text and name in told and fold(told[name] or "") != fold(text) for name, text in before.items()):
        return {}
    area = find_area(told["city"], location.country).area if told.get("city") else None
    position = {"latitude": None, "longitude": None}
    return position | ({"area": area.pk if area else None} if "city" in told else {})


def _fill(location, told):
    own = [name for name in ROWS["locations"].columns if name not in (*_IN_ADDRESS, "accessibility")]
    _set_fields(location, told, own)


def _address(location):
    return location.addresses.filter(address_type="physical").first() or location.addresses.first()


def _fill_address(location, told):
    if not set(told) & set(_IN_ADDRESS):
        return
    address = _address(location)
    if address is None:
        if not any(told.get(name) for name in _IN_ADDRESS):
            return
        address = Address(location=location, country=location.country)
    _set_fields(address, told, _IN_ADDRESS)
    address.save()


def _write_accessibility(location, told):
    if "accessibility" in told:
        known = known_codes("accessibility")["accessibility"]
        if unknown := [code for code in told["accessibility"] if code not in known]:
            raise Refused(gettext_noop("There is no code %(code)s."), code=unknown[0])
        _write_terms("location", location.pk, "accessibility", told["accessibility"])


def _own_fields(changes) -> list[str]:
    return [name for name in changes if name in SERVICE]
