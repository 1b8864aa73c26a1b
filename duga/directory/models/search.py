"""The index of the public search: of public services only, made anew from them at any time, the same on any database.

Each service has a small number. A posting is a row of bits, one for each service of a block of BLOCK numbers: which of
them bear a word, need, language, place… An answer is a few blobs read and joined in memory, whatever the engine.
"""

from django.db import models

from duga.vault.sensitivity import Sensitivity as S


class SearchEntry(models.Model):
    """A service as the search knows it: its number, what its rank needs, where it may be gone to."""

    number = models.AutoField(primary_key=True)
    service = models.OneToOneField("directory.Service", models.CASCADE, related_name="+")
    country = models.CharField(max_length=2)
    points = models.JSONField(default=list)  # [[latitude, longitude], …] of its open locations
    older_on = models.DateField(null=True)  # from this day on it ranks lower
    hidden_on = models.DateField(null=True)  # from this day on it is not shown; None: never
    emergency = models.BooleanField(default=False)
    words = models.JSONField(default=list)  # the keys of its postings, to take it out of them again

    SENSITIVITY = {
        "number": S.INTERNAL, "service": S.PUBLIC, "country": S.PUBLIC, "points": S.PUBLIC, "older_on": S.PUBLIC,
        "hidden_on": S.PUBLIC, "emergency": S.PUBLIC, "words": S.PUBLIC,
    }  # fmt: skip


class SearchPosting(models.Model):
    """Which services of one block bear one key: "w:pravna", "need:legal", "lang:fa", "area:RS-20", "cell:43.3,21.9"."""

    key = models.CharField(max_length=80)
    block = models.PositiveIntegerField()
    bits = models.BinaryField()  # little-endian; bit i: number block * BLOCK + i

    SENSITIVITY = {"id": S.INTERNAL, "key": S.PUBLIC, "block": S.INTERNAL, "bits": S.PUBLIC}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "block"], name="one_posting_per_block")]
