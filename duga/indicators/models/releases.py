"""Snapshots taken, releases made of them, and their files."""

from django.db import models
from django.db.models import Q

from duga.indicators.rules import ReleaseState
from duga.vault.models import Record
from duga.vault.sensitivity import Sensitivity as S


class Snapshot(Record):
    """Facts without names, frozen: the folder lies under DUGA_DATA, its content is known by its fingerprint."""

    fingerprint = models.CharField(max_length=64, unique=True)
    owner = models.ForeignKey("members.Network", models.PROTECT, null=True, blank=True, related_name="snapshots")
    schema_version = models.PositiveSmallIntegerField()
    rows = models.PositiveBigIntegerField()
    first_month = models.CharField(max_length=7, blank=True)  # 2019-01
    last_month = models.CharField(max_length=7, blank=True)
    path = models.CharField(max_length=500)  # relative to DUGA_DATA where it lies inside
    taken_at = models.DateTimeField()
    taken_by = models.CharField(max_length=254)

    SENSITIVITY = {
        "fingerprint": S.PUBLIC, "owner": S.PUBLIC, "schema_version": S.PUBLIC, "rows": S.PUBLIC,
        "first_month": S.PUBLIC, "last_month": S.PUBLIC, "path": S.INTERNAL, "taken_at": S.PUBLIC, "taken_by": S.STAFF,
    }  # fmt: skip

    class Meta:
        ordering = ["-taken_at"]


class Release(Record):
    """One protected table with all it rests on. Once released its figures are never edited, only superseded."""

    indicator = models.CharField(max_length=60)
    definition_version = models.PositiveIntegerField()
    definition = models.TextField()  # the whole file as it stood, so that the meaning outlives a new version
    consulted = models.JSONField(default=dict, blank=True)  # {code: text} of other definitions it rests on
    owner = models.ForeignKey("members.Network", models.PROTECT, null=True, blank=True, related_name="releases")
    network = models.CharField(max_length=200, blank=True)  # whose figures these are, as it was called then
    breakdown = models.CharField(max_length=120, blank=True)  # "sex,age_band"; empty: one number
    country = models.CharField(max_length=2, blank=True)  # empty: all countries
    period = models.CharField(max_length=20)  # 2020-01..2020-12
    year = models.PositiveSmallIntegerField()
    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="releases")
    code_version = models.CharField(max_length=40)
    protection = models.JSONField()  # the rule, and what the audit found
    table = models.JSONField()  # the canonical document, as protected
    state = models.CharField(max_length=12, choices=[(s.value, s.value) for s in ReleaseState])
    supersedes = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="superseded_by")
    batch = models.UUIDField(null=True, blank=True, db_index=True)  # the tables drafted, checked and released together
    drafted_by = models.CharField(max_length=254)
    audit = models.JSONField(default=dict, blank=True)  # {"passed", "findings"}: for who counts, never public
    audited_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.CharField(max_length=254, blank=True)  # empty where one person may release alone
    checked_at = models.DateTimeField(null=True, blank=True)
    released_by = models.CharField(max_length=254, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)  # superseded or withdrawn
    reason = models.CharField(max_length=300, blank=True)

    SENSITIVITY = {
        "indicator": S.PUBLIC, "definition_version": S.PUBLIC, "definition": S.PUBLIC, "consulted": S.PUBLIC,
        "owner": S.PUBLIC, "network": S.PUBLIC, "breakdown": S.PUBLIC,
        "country": S.PUBLIC, "period": S.PUBLIC, "year": S.PUBLIC, "snapshot": S.PUBLIC, "code_version": S.PUBLIC,
        "protection": S.PUBLIC, "table": S.PUBLIC, "state": S.PUBLIC, "supersedes": S.PUBLIC, "drafted_by": S.STAFF,
        "batch": S.INTERNAL, "audit": S.INTERNAL, "audited_at": S.PUBLIC, "checked_by": S.STAFF, "checked_at": S.PUBLIC,
        "released_by": S.STAFF, "released_at": S.PUBLIC, "closed_at": S.PUBLIC, "reason": S.PUBLIC,
    }  # fmt: skip

    class Meta:
        ordering = ["country", "-year", "indicator", "breakdown"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "breakdown", "country", "period"],
                condition=Q(state="released"),
                name="one_release_in_force",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["released", "superseded"]) | Q(released_at__isnull=False),
                name="released_has_a_day",
            ),
        ]
        indexes = [models.Index(fields=["country", "year", "state"])]


class ReleaseFile(Record):
    """A file of a release, kept with it: CSV, JSON, Parquet, the drawing, and where it all comes from (PROV-JSON)."""

    release = models.ForeignKey(Release, models.CASCADE, related_name="files")
    name = models.CharField(max_length=80)  # people_assisted-me-2020-sex-age_band.csv
    kind = models.CharField(max_length=10)  # csv, json, parquet, svg
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    data = models.BinaryField()

    SENSITIVITY = {
        "release": S.PUBLIC, "name": S.PUBLIC, "kind": S.PUBLIC, "sha256": S.PUBLIC, "size": S.PUBLIC, "data": S.PUBLIC,
    }  # fmt: skip

    class Meta:
        ordering = ["kind"]
        constraints = [models.UniqueConstraint(fields=["release", "kind"], name="one_file_of_a_kind")]
