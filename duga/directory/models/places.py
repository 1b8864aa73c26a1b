"""Where a service is: locations anyone may know, and places that nobody may find. The two never share a table."""

from django.db import models
from django.db.models import Q

from duga.directory.models.base import Entry, Kept, hangs_on, parent, short, words
from duga.directory.models.offers import Provider, Service
from duga.vault.fields import SealedField
from duga.vault.models import Record
from duga.vault.sensitivity import Sensitivity as S


class Location(Kept):
    """HSDS location: a place everyone may know. What must stay secret is a ConfidentialPlace and never a row here."""

    provider = models.ForeignKey(Provider, models.CASCADE, null=True, blank=True, related_name="locations")
    location_type = models.CharField(max_length=10, default="physical")  # physical, postal, virtual
    country = short(2)
    area = models.ForeignKey("places.Area", models.PROTECT, null=True, blank=True, related_name="+")
    url = words()
    name = words()
    alternate_name = words()
    description = words()
    transportation = words()
    latitude = models.FloatField(null=True, blank=True)  # degrees, WGS 84
    longitude = models.FloatField(null=True, blank=True)
    external_identifier = words()
    external_identifier_type = words()
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")

    SENSITIVITY = {
        "provider": S.PUBLIC, "location_type": S.PUBLIC, "country": S.PUBLIC, "area": S.PUBLIC, "url": S.PUBLIC,
        "name": S.PUBLIC, "alternate_name": S.PUBLIC, "description": S.PUBLIC, "transportation": S.PUBLIC,
        "latitude": S.PUBLIC, "longitude": S.PUBLIC, "external_identifier": S.PUBLIC,
        "external_identifier_type": S.PUBLIC, "merged_into": S.PUBLIC,
    }  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="location_point_is_whole",
                condition=Q(latitude=None, longitude=None) | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
            ),
        ]


class Address(Entry):
    """HSDS address of a location."""

    location = models.ForeignKey(Location, models.CASCADE, related_name="addresses")
    attention = words()
    address_1 = words()
    address_2 = words()
    city = words()
    region = words()
    state_province = words()
    postal_code = words()
    country = words()
    address_type = models.CharField(max_length=10, default="physical")

    SENSITIVITY = {
        "location": S.PUBLIC, "attention": S.PUBLIC, "address_1": S.PUBLIC, "address_2": S.PUBLIC, "city": S.PUBLIC,
        "region": S.PUBLIC, "state_province": S.PUBLIC, "postal_code": S.PUBLIC, "country": S.PUBLIC,
        "address_type": S.PUBLIC,
    }  # fmt: skip


class ServiceAtLocation(Entry):
    """HSDS service_at_location: a service offered at one of its locations."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="service_at_locations")
    location = models.ForeignKey(Location, models.CASCADE, related_name="service_at_locations")
    description = words()

    SENSITIVITY = {"service": S.PUBLIC, "location": S.PUBLIC, "description": S.PUBLIC}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service", "location"], name="service_once_at_a_location")]


class Accessibility(Entry):
    """HSDS accessibility: what a location is like for whom steps, noise or print are barriers."""

    location = models.ForeignKey(Location, models.CASCADE, related_name="accessibility")
    description = words()
    details = words()
    url = words()

    SENSITIVITY = {"location": S.PUBLIC, "description": S.PUBLIC, "details": S.PUBLIC, "url": S.PUBLIC}


class ServiceArea(Entry):
    """HSDS service_area: whom a service reaches. With neither `area` nor a name: its whole country."""

    service = parent("directory.Service", "service_areas")
    service_at_location = parent("directory.ServiceAtLocation", "service_areas")
    country = short(2)
    area = models.ForeignKey("places.Area", models.PROTECT, null=True, blank=True, related_name="+")
    name = words()
    description = words()
    extent = words()
    extent_type = words()
    uri = words()

    SENSITIVITY = {
        "service": S.PUBLIC, "service_at_location": S.PUBLIC, "country": S.PUBLIC, "area": S.PUBLIC, "name": S.PUBLIC,
        "description": S.PUBLIC, "extent": S.PUBLIC, "extent_type": S.PUBLIC, "uri": S.PUBLIC,
    }  # fmt: skip

    class Meta:
        constraints = [hangs_on("service_area_of_something", "service", "service_at_location")]


class ConfidentialPlace(Record):
    """Where a shelter, a squat, an outreach stop or a mobile team is: sealed whole, opened by an action only.

    No position, area or name beside the seal, and nothing of the directory hangs on it: whatever reads the tables of
    HSDS cannot meet it. It opens with the key of the organisation that runs the service.
    """

    service = models.ForeignKey(Service, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)  # rules.PlaceKind
    told = SealedField()  # rules.confidential.FIELDS
    closed_at = models.DateTimeField(null=True, blank=True)

    SENSITIVITY = {"service": S.INTERNAL, "kind": S.INTERNAL, "told": S.SPECIAL, "closed_at": S.INTERNAL}
