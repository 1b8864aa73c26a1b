"""Which files came in, so that none counts twice."""

from django.db import models
from django.db.models import Q

from duga.vault.fields import SealedField
from duga.vault.models import Record
from duga.vault.sensitivity import Sensitivity as S


class ImportBatch(Record):
    """One imported file: its fingerprint, how it was read, how many rows came in and which were set aside."""

    organisation = models.ForeignKey("members.Organisation", models.PROTECT, related_name="+")
    programme = models.ForeignKey("casework.Programme", models.PROTECT, null=True, blank=True, related_name="+")
    title = SealedField()  # the file's name, under the organisation's key: it often names a person
    sha256 = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict)
    read = models.PositiveIntegerField(default=0)
    imported = models.PositiveIntegerField(default=0)
    already = models.PositiveIntegerField(default=0)
    rejected = models.JSONField(default=list)  # numbers of the rows handed back, still free to come in mended
    by = models.ForeignKey("members.Account", models.PROTECT, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    SENSITIVITY = {
        "organisation": S.INTERNAL, "programme": S.INTERNAL, "title": S.IDENTITY, "sha256": S.INTERNAL,
        "mapping": S.INTERNAL, "read": S.INTERNAL, "imported": S.INTERNAL, "already": S.INTERNAL,
        "rejected": S.INTERNAL, "by": S.STAFF, "undone_at": S.INTERNAL,
    }  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "sha256"], condition=Q(undone_at=None), name="one_batch_per_file"
            )
        ]
