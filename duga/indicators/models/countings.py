"""What is being counted for the network in a process apart."""

from django.db import models

from duga.indicators.rules import CountingKind
from duga.vault.models import Record
from duga.vault.sensitivity import Sensitivity as S


class Counting(Record):
    """Something that is counted for the network in a process apart: asked for on screen, its progress, its outcome."""

    kind = models.CharField(max_length=20, choices=[(each.value, each.value) for each in CountingKind])
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=[(s, s) for s in ("asked", "running", "done", "failed")])
    asked_by = models.CharField(max_length=254)
    done = models.PositiveIntegerField(default=0)
    of = models.PositiveIntegerField(default=0)  # nought: nobody knows yet
    words = models.CharField(max_length=200, blank=True)  # what it is at
    heard_at = models.DateTimeField()  # the last sign of life
    done_at = models.DateTimeField(null=True, blank=True)
    message = models.CharField(max_length=500, blank=True)
    result = models.JSONField(default=dict)  # ids of what was made

    SENSITIVITY = {
        "kind": S.INTERNAL, "arguments": S.INTERNAL, "state": S.INTERNAL, "asked_by": S.STAFF, "done": S.INTERNAL,
        "of": S.INTERNAL, "words": S.INTERNAL, "heard_at": S.INTERNAL, "done_at": S.INTERNAL, "message": S.INTERNAL,
        "result": S.INTERNAL,
    }  # fmt: skip

    class Meta:
        ordering = ["-created_at"]
