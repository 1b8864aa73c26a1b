"""Who checked the definition of an indicator, beside its author."""

from django.db import models

from duga.vault.models import Record
from duga.vault.sensitivity import Sensitivity as S


class DefinitionCheck(Record):
    """A second person's word that a definition, as it stands byte for byte, says what is counted. Never edited."""

    indicator = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    fingerprint = models.CharField(max_length=64)  # of the file, and of those it rests on
    checked_by = models.CharField(max_length=254)
    checked_at = models.DateTimeField()
    next_review = models.DateField()

    SENSITIVITY = {
        "indicator": S.PUBLIC, "version": S.PUBLIC, "fingerprint": S.PUBLIC, "checked_by": S.STAFF,
        "checked_at": S.PUBLIC, "next_review": S.PUBLIC,
    }  # fmt: skip

    class Meta:
        ordering = ["-checked_at"]
        indexes = [models.Index(fields=["fingerprint"])]
