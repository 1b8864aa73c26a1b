"""Who does not want to be counted across organisations."""

from django.db import models
from django.db.models import Q

from duga.casework.models.people import Person
from duga.vault.models import Record
from duga.vault.sensitivity import Sensitivity as S


class CountingObjection(Record):
    """A person's objection to taking part in counting across organisations; the open one keeps her out of every round.

    No reason is asked: she need not give one.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="objections")
    recorded_by = models.ForeignKey(
        "members.Account", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    SENSITIVITY = {"person": S.COARSE, "recorded_by": S.STAFF, "ended_at": S.COARSE}

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(ended_at=None), name="one_open_objection")
        ]
