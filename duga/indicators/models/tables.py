"""Tables that analysts build for themselves, protected like everything that leaves the house."""

from django.db import models

from duga.indicators.models.releases import Snapshot
from duga.vault.models import Record
from duga.vault.sensitivity import Sensitivity as S


class BuiltTable(Record):
    """What an analyst asked of a snapshot and the protected tables that answer it; kept, shared or taken along or not.

    Only protected numbers are ever stored here. Of several proposals nobody sees a number until one is kept; then the
    others go. What was kept is what later tables of the same people are protected against, also when it was deleted
    since: it may have been read. See `queries.guard`.
    """

    title = models.CharField(max_length=120)
    indicator = models.CharField(max_length=60)
    definition = models.TextField(blank=True)  # as it stood when counted
    breakdown = models.CharField(max_length=120, blank=True)
    where = models.JSONField(default=dict, blank=True)  # {dimension: [words]}
    period = models.CharField(max_length=20)
    snapshot = models.ForeignKey(Snapshot, models.PROTECT, null=True, blank=True, related_name="built_tables")
    state = models.CharField(max_length=10, choices=[(s, s) for s in ("asked", "done", "failed")], default="asked")
    message = models.CharField(max_length=500, blank=True)
    asked_by = models.CharField(max_length=254)
    proposals = models.JSONField(default=list, blank=True)  # protected tables, the one asked for first
    choice = models.PositiveSmallIntegerField(null=True, blank=True)  # which of them was kept
    against = models.PositiveIntegerField(default=0)  # how many readable tables it was protected against
    kept_at = models.DateTimeField(null=True, blank=True)
    shared_at = models.DateTimeField(null=True, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)  # as a file
    deleted_at = models.DateTimeField(null=True, blank=True)  # nobody opens it; later tables still reckon with it

    SENSITIVITY = {
        "title": S.INTERNAL, "indicator": S.INTERNAL, "definition": S.PUBLIC, "breakdown": S.INTERNAL,
        "where": S.INTERNAL, "period": S.INTERNAL, "snapshot": S.INTERNAL, "state": S.INTERNAL, "message": S.INTERNAL,
        "asked_by": S.STAFF, "proposals": S.COARSE, "choice": S.INTERNAL, "against": S.INTERNAL, "kept_at": S.INTERNAL,
        "shared_at": S.INTERNAL, "taken_at": S.INTERNAL, "deleted_at": S.INTERNAL,
    }  # fmt: skip

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["indicator", "choice"])]
