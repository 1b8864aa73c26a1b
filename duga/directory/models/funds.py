"""Funds for services: what a municipality or the state planned and spent on a kind of service in a year."""

from django.db import models
from django.db.models import Q

from duga.vault.models import Record
from duga.vault.sensitivity import Sensitivity as S


class FundsTable(Record):
    """A table of a budget or a final account, with the document it stands in. Until it is loaded it counts nowhere."""

    network = models.ForeignKey("members.Network", models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)  # of the file
    document = models.CharField(max_length=300)  # title of the document, as one cites it
    url = models.URLField(max_length=500, blank=True)
    published_on = models.DateField(null=True, blank=True)
    country = models.CharField(max_length=2)
    data = models.BinaryField(default=b"", blank=True)  # the file, until it is loaded
    mapping = models.JSONField(default=dict, blank=True)
    loaded_at = models.DateTimeField(null=True, blank=True)
    demo = models.BooleanField(default=False)
    by = models.ForeignKey("members.Account", models.PROTECT, null=True, blank=True, related_name="+")

    SENSITIVITY = {
        **dict.fromkeys(["network", "document", "url", "published_on", "country", "loaded_at", "demo"], S.PUBLIC),
        **dict.fromkeys(["name", "data", "mapping"], S.INTERNAL),
        "by": S.STAFF,
    }

    class Meta:
        ordering = ["-created_at"]


class Funds(Record):
    """One line: who paid what for which kind of service in which place and year. None: the document does not say."""

    table = models.ForeignKey(FundsTable, models.CASCADE, related_name="lines")
    row = models.PositiveIntegerField()  # in the file, as its owner sees it
    page = models.CharField(max_length=20)  # of the document
    area = models.ForeignKey("places.Area", models.PROTECT, null=True, blank=True, related_name="+")  # None: the state
    country = models.CharField(max_length=2)
    service_type = models.CharField(max_length=40)  # a code of the list
    told = models.CharField(max_length=200)  # what the document calls it
    year = models.PositiveSmallIntegerField()
    payer = models.CharField(max_length=20)  # rules.PAYER_LABELS
    planned = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    spent = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3)

    SENSITIVITY = dict.fromkeys(
        ["table", "row", "page", "area", "country", "service_type", "told", "year", "payer", "planned", "spent",
         "currency"],
        S.PUBLIC,
    )  # fmt: skip

    class Meta:
        ordering = ["country", "-year", "service_type"]
        indexes = [models.Index(fields=["country", "year", "service_type"])]
        constraints = [
            models.CheckConstraint(
                name="funds_say_an_amount", condition=Q(planned__isnull=False) | Q(spent__isnull=False)
            ),
            models.CheckConstraint(
                name="funds_not_below_zero",
                condition=(Q(planned=None) | Q(planned__gte=0)) & (Q(spent=None) | Q(spent__gte=0)),
            ),
        ]
