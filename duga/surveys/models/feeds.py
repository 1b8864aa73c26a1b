"""Keys by which Excel, Power BI and scripts read answers in the name of an account."""

from django.db import models

from duga.vault.models import Record
from duga.vault.sensitivity import Sensitivity as S


class FeedToken(Record):
    """A key for reading answers as data: what it opens is what its account may read on the day it is used."""

    account = models.ForeignKey("members.Account", models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)  # "Excel at the office", to tell two apart
    digest = models.CharField(max_length=64, unique=True)  # members.queries.digest_of
    expires_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    SENSITIVITY = {
        "account": S.STAFF, "name": S.STAFF, "digest": S.SECRET, "expires_at": S.INTERNAL, "seen_at": S.STAFF,
        "revoked_at": S.INTERNAL,
    }  # fmt: skip

    class Meta:
        ordering = ["-created_at"]
