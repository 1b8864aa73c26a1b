"""What the tables of the directory begin with: where a row came from, and what of it our columns do not hold."""

from django.db import models

from duga.vault.models import Record
from duga.vault.sensitivity import Sensitivity as S


def words() -> models.TextField:
    """A text of any length, empty when nothing is said: HSDS sets no limits, and what comes in must go out whole."""
    return models.TextField(blank=True, default="")


def short(length: int) -> models.CharField:
    """A short code, empty when nothing is said."""
    return models.CharField(max_length=length, blank=True, default="")


def parent(to: str, name: str) -> models.ForeignKey:
    """What a child belongs to: it goes with it."""
    return models.ForeignKey(to, models.CASCADE, null=True, blank=True, related_name=name)


def hangs_on(name: str, *fields: str) -> models.CheckConstraint:
    """A row hangs on at least one of these."""
    condition = models.Q()
    for field in fields:
        condition |= models.Q(**{f"{field}__isnull": False})
    return models.CheckConstraint(name=name, condition=condition)


class Source(Record):
    """Where entries come from: people here, another HSDS directory, an institution's list, a spreadsheet."""

    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)  # rules.SourceKind
    url = models.URLField(max_length=500, blank=True)
    network = models.ForeignKey("members.Network", models.PROTECT, null=True, blank=True, related_name="+")
    licence = models.CharField(max_length=200, blank=True)
    trust = models.PositiveSmallIntegerField(default=50)  # 0 to 100: whose word stands when nobody has decided
    fetched_at = models.DateTimeField(null=True, blank=True)
    fetched = models.JSONField(default=dict, blank=True)  # ETag, fingerprint, counts of the last fetch

    SENSITIVITY = {
        "name": S.PUBLIC, "kind": S.PUBLIC, "url": S.PUBLIC, "network": S.PUBLIC, "licence": S.PUBLIC,
        "trust": S.INTERNAL, "fetched_at": S.PUBLIC, "fetched": S.INTERNAL,
    }  # fmt: skip

    class Meta:
        ordering = ["name"]


class Entry(Record):
    """A row of the directory. `source` None: written here. `extra` keeps what the source said and no column holds.

    `external_id` is the source's own id; where that is a free UUID it is also ours, so that it goes out as it came.
    """

    source = models.ForeignKey(Source, models.PROTECT, null=True, blank=True, related_name="+")
    external_id = short(200)
    extra = models.JSONField(default=dict, blank=True)  # {HSDS field: value} of public sources; `metadata` as it came

    SENSITIVITY = {"source": S.PUBLIC, "external_id": S.PUBLIC, "extra": S.PUBLIC}

    class Meta:
        abstract = True


class Kept(Entry):
    """An entry people edit: its version tells two editors apart, and a merged one leads to the one that stayed."""

    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(null=True, blank=True)

    SENSITIVITY = {"version": S.INTERNAL, "changed_at": S.PUBLIC}

    class Meta:
        abstract = True
