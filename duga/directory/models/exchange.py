"""What came from a source and hangs on nothing we know: kept as it came, so that nothing of the source is lost."""

from django.db import models

from duga.directory.models.base import Source
from duga.vault.models import Record
from duga.vault.sensitivity import Sensitivity as S


class LooseRow(Record):
    """A row of an HSDS table whose references lead nowhere, or of a table we do not keep. Never shown to the public."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="loose_rows")
    entity = models.CharField(max_length=40)  # HSDS's name of the table
    external_id = models.CharField(max_length=200)
    told = models.JSONField()  # {HSDS column: value} as it came

    SENSITIVITY = {"source": S.INTERNAL, "entity": S.INTERNAL, "external_id": S.INTERNAL, "told": S.INTERNAL}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "entity", "external_id"], name="one_loose_row_per_id")]
