"""Texts of the directory in other languages than the one they were written in."""

from django.db import models

from duga.vault.models import Record
from duga.vault.sensitivity import Sensitivity as S


class Translation(Record):
    """One text of an entry in one language. When the original changes after `of`, it says so: translated from older."""

    entity = models.CharField(max_length=40)  # HSDS's name of the table
    record_id = models.UUIDField()
    field = models.CharField(max_length=60)
    language = models.CharField(max_length=12)
    text = models.TextField()
    of = models.CharField(max_length=16)  # rules.texts.mark of the original it was made from
    machine = models.BooleanField(default=False)  # nobody has read it yet
    by = models.ForeignKey("members.Account", models.PROTECT, null=True, blank=True, related_name="+")

    SENSITIVITY = {
        "entity": S.PUBLIC, "record_id": S.PUBLIC, "field": S.PUBLIC, "language": S.PUBLIC, "text": S.PUBLIC,
        "of": S.PUBLIC, "machine": S.PUBLIC, "by": S.STAFF,
    }  # fmt: skip

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record_id", "field", "language"], name="one_text_per_language")]
