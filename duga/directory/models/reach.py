"""How a service is reached and when: phones, people to ask for, languages, hours, closures."""

from django.db import models
from django.db.models import Q

from duga.directory.models.base import Entry, hangs_on, parent, short, words
from duga.vault.sensitivity import Sensitivity as S


class Contact(Entry):
    """HSDS contact: someone to ask for. Shown outside only when `published`: they agreed to it."""

    provider = parent("directory.Provider", "contacts")
    service = parent("directory.Service", "contacts")
    service_at_location = parent("directory.ServiceAtLocation", "contacts")
    location = parent("directory.Location", "contacts")
    name = words()
    title = words()
    department = words()
    email = words()
    published = models.BooleanField(default=False)

    SENSITIVITY = {
        "provider": S.PUBLIC, "service": S.PUBLIC, "service_at_location": S.PUBLIC, "location": S.PUBLIC,
        "name": S.STAFF, "title": S.STAFF, "department": S.STAFF, "email": S.STAFF, "published": S.INTERNAL,
    }  # fmt: skip

    class Meta:
        constraints = [hangs_on("contact_of_something", "provider", "service", "service_at_location", "location")]


class Phone(Entry):
    """HSDS phone. `free`: costs the caller nothing. `apps`: messengers it answers on."""

    provider = parent("directory.Provider", "phones")
    service = parent("directory.Service", "phones")
    service_at_location = parent("directory.ServiceAtLocation", "phones")
    location = parent("directory.Location", "phones")
    contact = parent("directory.Contact", "phones")
    number = words()
    extension = models.BigIntegerField(null=True, blank=True)
    type = words()
    description = words()
    free = models.BooleanField(null=True, blank=True)
    apps = models.JSONField(default=list, blank=True)  # codes of rules.APPS

    SENSITIVITY = {
        "provider": S.PUBLIC, "service": S.PUBLIC, "service_at_location": S.PUBLIC, "location": S.PUBLIC,
        "contact": S.PUBLIC, "number": S.PUBLIC, "extension": S.PUBLIC, "type": S.PUBLIC, "description": S.PUBLIC,
        "free": S.PUBLIC, "apps": S.PUBLIC,
    }  # fmt: skip

    class Meta:
        constraints = [
            hangs_on("phone_of_something", "provider", "service", "service_at_location", "location", "contact")
        ]


class Url(Entry):
    """HSDS url: further pages of a provider or service."""

    provider = parent("directory.Provider", "additional_websites")
    service = parent("directory.Service", "additional_urls")
    label = words()
    url = words()

    SENSITIVITY = {"provider": S.PUBLIC, "service": S.PUBLIC, "label": S.PUBLIC, "url": S.PUBLIC}

    class Meta:
        constraints = [hangs_on("url_of_something", "provider", "service")]


class Language(Entry):
    """HSDS language: spoken at a service, a location, on a phone; `interpreted`: with an interpreter."""

    service = parent("directory.Service", "languages")
    location = parent("directory.Location", "languages")
    phone = parent("directory.Phone", "languages")
    name = words()
    code = short(12)  # code list languages; as it came where we do not know it
    note = words()
    interpreted = models.BooleanField(default=False)

    SENSITIVITY = {
        "service": S.PUBLIC, "location": S.PUBLIC, "phone": S.PUBLIC, "name": S.PUBLIC, "code": S.PUBLIC,
        "note": S.PUBLIC, "interpreted": S.PUBLIC,
    }  # fmt: skip

    class Meta:
        constraints = [hangs_on("language_of_something", "service", "location", "phone")]


class Schedule(Entry):
    """HSDS schedule (RFC 5545's words); times as they came. `language`: these are the hours in that language."""

    service = parent("directory.Service", "schedules")
    location = parent("directory.Location", "schedules")
    service_at_location = parent("directory.ServiceAtLocation", "schedules")
    language = short(12)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    dtstart = models.DateField(null=True, blank=True)
    timezone = models.FloatField(null=True, blank=True)  # hours from UTC, where a source said so; else the country's
    until = models.DateField(null=True, blank=True)
    count = models.PositiveIntegerField(null=True, blank=True)
    wkst = short(2)
    freq = short(10)
    interval = models.PositiveIntegerField(null=True, blank=True)
    byday = words()
    byweekno = words()
    bymonthday = words()
    byyearday = words()
    description = words()
    opens_at = short(20)
    closes_at = short(20)
    schedule_link = words()
    attending_type = words()
    notes = words()

    SENSITIVITY = {
        "service": S.PUBLIC, "location": S.PUBLIC, "service_at_location": S.PUBLIC, "language": S.PUBLIC,
        "valid_from": S.PUBLIC, "valid_to": S.PUBLIC, "dtstart": S.PUBLIC, "timezone": S.PUBLIC, "until": S.PUBLIC,
        "count": S.PUBLIC, "wkst": S.PUBLIC, "freq": S.PUBLIC, "interval": S.PUBLIC, "byday": S.PUBLIC,
        "byweekno": S.PUBLIC, "bymonthday": S.PUBLIC, "byyearday": S.PUBLIC, "description": S.PUBLIC,
        "opens_at": S.PUBLIC, "closes_at": S.PUBLIC, "schedule_link": S.PUBLIC, "attending_type": S.PUBLIC,
        "notes": S.PUBLIC,
    }  # fmt: skip

    class Meta:
        constraints = [hangs_on("schedule_of_something", "service", "location", "service_at_location")]


class Closure(Entry):
    """Days on which a service is closed whatever its hours say, both included; not in HSDS, told there as an alert."""

    service = models.ForeignKey("directory.Service", models.CASCADE, related_name="closures")
    location = parent("directory.Location", "closures")  # only there
    first_day = models.DateField()
    last_day = models.DateField()
    reason = words()

    SENSITIVITY = {
        "service": S.PUBLIC, "location": S.PUBLIC, "first_day": S.PUBLIC, "last_day": S.PUBLIC, "reason": S.PUBLIC,
    }  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(name="closure_ends_later", condition=Q(last_day__gte=models.F("first_day")))
        ]
