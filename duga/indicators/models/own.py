"""An organisation's own figures, asked for and counted."""

from django.db import models

from duga.vault.models import Record
from duga.vault.sensitivity import Sensitivity as S


class OwnFigures(Record):
    """An organisation's own figures of a period, for its donor: asked for on screen, counted by a process apart."""

    organisation = models.ForeignKey("members.Organisation", models.CASCADE, related_name="own_figures")
    period = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=[(s, s) for s in ("asked", "done", "failed")], default="asked")
    asked_by = models.CharField(max_length=254)
    done_at = models.DateTimeField(null=True, blank=True)
    message = models.CharField(max_length=300, blank=True)
    result = models.JSONField(default=dict)  # tables as counted, and as protected

    SENSITIVITY = {
        "organisation": S.INTERNAL, "period": S.INTERNAL, "state": S.INTERNAL, "asked_by": S.STAFF,
        "done_at": S.INTERNAL, "message": S.INTERNAL, "result": S.COARSE,
    }  # fmt: skip

    class Meta:
        ordering = ["-created_at"]
