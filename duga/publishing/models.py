"""What others have published: figures of theirs, with their source, beside our own and never mixed with them."""

from django.db import models

from duga.vault.models import Record
from duga.vault.sensitivity import Sensitivity as S


class PublishedFigure(Record):
    """One figure that someone else published, as they printed it."""

    code = models.SlugField(max_length=60, unique=True)
    claim = models.CharField(max_length=300)  # what the number counts, in the source's terms
    value = models.DecimalField(max_digits=18, decimal_places=3, null=True, blank=True)
    qualifier = models.CharField(max_length=10, default="exact")
    unit = models.CharField(max_length=60)  # the source's own word, which may be defined nowhere
    place = models.CharField(max_length=20, blank=True)  # ISO country code, or as the source says
    period = models.CharField(max_length=60, blank=True)  # 2020-03-19/2020-05-14
    source = models.CharField(max_length=300)
    source_url = models.URLField(max_length=500, blank=True)
    note = models.CharField(max_length=500, blank=True)

    SENSITIVITY = dict.fromkeys(
        ["code", "claim", "value", "qualifier", "unit", "place", "period", "source", "source_url", "note"], S.PUBLIC
    )

    class Meta:
        ordering = ["place", "period", "code"]
