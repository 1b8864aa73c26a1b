"""On what conditions, how much there is, who pays: costs, documents, capacity, funding, identifiers."""

from django.db import models

from duga.directory.models.base import Entry, hangs_on, parent, short, words
from duga.vault.sensitivity import Sensitivity as S


class CostOption(Entry):
    """HSDS cost_option: what a service costs whom, and when."""

    service = models.ForeignKey("directory.Service", models.CASCADE, related_name="cost_options")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    option = words()
    currency = short(3)
    amount = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    amount_description = words()

    SENSITIVITY = {
        "service": S.PUBLIC, "valid_from": S.PUBLIC, "valid_to": S.PUBLIC, "option": S.PUBLIC, "currency": S.PUBLIC,
        "amount": S.PUBLIC, "amount_description": S.PUBLIC,
    }  # fmt: skip


class RequiredDocument(Entry):
    """HSDS required_document: a paper one must bring."""

    service = models.ForeignKey("directory.Service", models.CASCADE, null=True, related_name="required_documents")
    document = words()
    uri = words()

    SENSITIVITY = {"service": S.PUBLIC, "document": S.PUBLIC, "uri": S.PUBLIC}


class Unit(Entry):
    """HSDS unit: what a capacity counts (beds, places, hours a week)."""

    name = words()
    scheme = words()
    identifier = words()
    uri = words()

    SENSITIVITY = {"name": S.PUBLIC, "scheme": S.PUBLIC, "identifier": S.PUBLIC, "uri": S.PUBLIC}


class ServiceCapacity(Entry):
    """HSDS service_capacity: how many there are and how many are free; old at once, so `updated` is always shown."""

    service = models.ForeignKey("directory.Service", models.CASCADE, related_name="capacities")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    available = models.FloatField(null=True, blank=True)
    maximum = models.FloatField(null=True, blank=True)
    description = words()
    updated = models.DateTimeField(null=True, blank=True)

    SENSITIVITY = {
        "service": S.PUBLIC, "unit": S.PUBLIC, "available": S.PUBLIC, "maximum": S.PUBLIC, "description": S.PUBLIC,
        "updated": S.PUBLIC,
    }  # fmt: skip


class Funding(Entry):
    """HSDS funding: who pays for a provider or a service, in words."""

    provider = parent("directory.Provider", "funding")
    service = parent("directory.Service", "funding")
    source_name = words()  # HSDS calls it `source`

    SENSITIVITY = {"provider": S.PUBLIC, "service": S.PUBLIC, "source_name": S.PUBLIC}

    class Meta:
        constraints = [hangs_on("funding_of_something", "provider", "service")]


class OrganizationIdentifier(Entry):
    """HSDS organization_identifier: a provider's number in a register."""

    provider = models.ForeignKey("directory.Provider", models.CASCADE, related_name="organization_identifiers")
    identifier_scheme = words()
    identifier_type = words()
    identifier = words()

    SENSITIVITY = {
        "provider": S.PUBLIC, "identifier_scheme": S.PUBLIC, "identifier_type": S.PUBLIC, "identifier": S.PUBLIC,
    }  # fmt: skip
