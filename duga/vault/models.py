"""What every table of ours begins with."""

from django.db import models
from django.utils import timezone

from duga.plain.ids import uuid7
from duga.vault.sensitivity import SEALED, Sensitivity


class Record(models.Model):
    """A row with a key that sorts by time and says nothing, and the moment it was written."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    #: {field name: Sensitivity} of the fields each class adds; a test fails for one nobody judged.
    SENSITIVITY = {}

    class Meta:
        abstract = True


#: Of the fields that every Record has.
RECORD_SENSITIVITY = {"id": Sensitivity.INTERNAL, "created_at": Sensitivity.INTERNAL}


def sensitivity_of(model) -> dict[str, Sensitivity]:
    """{field: Sensitivity} of one of our tables, inherited ones included."""
    judged = dict(RECORD_SENSITIVITY)
    for base in reversed(model.__mro__):
        judged.update(base.__dict__.get("SENSITIVITY", {}))
    return judged


def open_columns(model) -> list[str]:
    """The columns of one of our tables that leave in an export as they are: neither sealed nor secret."""
    judged, closed = sensitivity_of(model), {*SEALED, Sensitivity.SECRET}
    return [field.attname for field in model._meta.concrete_fields if judged.get(field.name) not in closed]
