"""Forms filled from an organisation's own records."""

from django.db import models

from duga.vault.models import Record
from duga.vault.sensitivity import Sensitivity as S


class Report(Record):
    """A form filled for a time from one organisation's own records: asked for on screen, counted by a process apart.

    It is kept with the form as it stood then (`layout`) and with its tables as counted and as told, because what was
    told once is known: later forms are protected together with it.
    """

    organisation = models.ForeignKey("members.Organisation", models.CASCADE, related_name="+")
    form = models.CharField(max_length=60)
    layout = models.TextField()
    period = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=[(s, s) for s in ("asked", "done", "failed")], default="asked")
    asked_by = models.CharField(max_length=254)
    done_at = models.DateTimeField(null=True, blank=True)
    message = models.CharField(max_length=300, blank=True)
    result = models.JSONField(default=dict)  # tables as counted, and as told

    SENSITIVITY = {
        "organisation": S.INTERNAL, "form": S.INTERNAL, "layout": S.PUBLIC, "period": S.INTERNAL, "state": S.INTERNAL,
        "asked_by": S.STAFF, "done_at": S.INTERNAL, "message": S.INTERNAL, "result": S.COARSE,
    }  # fmt: skip

    class Meta:
        ordering = ["-created_at"]
