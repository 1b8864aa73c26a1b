"""Spoken texts: recordings of what a service tells, or of a term, for who does not read."""

from django.db import models
from django.db.models import Q

from duga.directory.models.offers import Service
from duga.directory.models.terms import TaxonomyTerm
from duga.vault.models import Record
from duga.vault.sensitivity import Sensitivity as S


class Recording(Record):
    """One text of a service, or one term, spoken in a language. The file lies beside the database, by the row's id."""

    service = models.ForeignKey(Service, models.CASCADE, null=True, blank=True, related_name="recordings")
    field = models.CharField(max_length=40, blank=True)  # of the service: rules.recordings.SPOKEN
    term = models.ForeignKey(TaxonomyTerm, models.CASCADE, null=True, blank=True, related_name="recordings")
    language = models.CharField(max_length=12)
    of = models.CharField(max_length=16, blank=True)  # mark of the text it was spoken from
    media_type = models.CharField(max_length=20)  # rules.recordings.MEDIA
    size = models.PositiveIntegerField()  # bytes
    by = models.ForeignKey("members.Account", models.PROTECT, null=True, blank=True, related_name="+")

    SENSITIVITY = {
        **dict.fromkeys(["service", "field", "term", "language", "of", "media_type", "size"], S.PUBLIC),
        "by": S.STAFF,
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="recording_of_one_thing",
                condition=Q(service__isnull=False, term=None) & ~Q(field="") | Q(service=None, term__isnull=False),
            ),
            models.UniqueConstraint(fields=["service", "field", "language"], name="a_text_spoken_once_per_language"),
            models.UniqueConstraint(fields=["term", "language"], name="a_term_spoken_once_per_language"),
        ]
