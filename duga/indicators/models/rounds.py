"""Counting rounds: who took part in counting people across organisations, and what came out."""

from django.db import models
from django.db.models import Q

from duga.indicators.rules.rounds import Answer, RoundState
from duga.vault.models import Record
from duga.vault.sensitivity import Sensitivity as S


class CountingRound(Record):
    """One counting of people across organisations: for a purpose, of some years, under a key made for it alone.

    Encodings and cluster map are files under DUGA_DATA/rounds, never in the database and never in a backup.
    """

    network = models.ForeignKey("members.Network", models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=300)
    first_year = models.PositiveSmallIntegerField()
    last_year = models.PositiveSmallIntegerField()
    countries = models.JSONField(default=list)  # empty: all
    roles = models.JSONField(default=list)  # which identity fields are encoded
    verification_days = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in RoundState])
    opened_by = models.CharField(max_length=254)
    linking_by = models.CharField(max_length=254, blank=True)
    linking_since = models.DateTimeField(null=True, blank=True)
    progress = models.CharField(max_length=60, blank=True)  # what linking is doing
    done = models.PositiveSmallIntegerField(default=0)  # how far linking is, in percent
    message = models.CharField(max_length=300, blank=True)  # why linking failed, or the round ended before its time
    linked_at = models.DateTimeField(null=True, blank=True)
    verify_until = models.DateTimeField(null=True, blank=True)  # then the map is destroyed
    closed_at = models.DateTimeField(null=True, blank=True)
    result = models.JSONField(default=list)  # rounded, as it may be shown
    sealed_counts = models.BinaryField(default=b"", blank=True, editable=False)  # exact, for verifying only
    fingerprint = models.CharField(max_length=64, blank=True)  # of the exact counts and the files' digests
    checked_by = models.CharField(max_length=254, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.CharField(max_length=254, blank=True)

    SENSITIVITY = {
        "network": S.PUBLIC, "purpose": S.PUBLIC, "first_year": S.PUBLIC, "last_year": S.PUBLIC, "countries": S.PUBLIC,
        "roles": S.PUBLIC, "verification_days": S.PUBLIC, "state": S.PUBLIC, "opened_by": S.STAFF,
        "linking_by": S.STAFF, "linking_since": S.INTERNAL, "progress": S.INTERNAL, "done": S.INTERNAL,
        "message": S.INTERNAL, "linked_at": S.PUBLIC, "verify_until": S.PUBLIC, "closed_at": S.PUBLIC,
        "result": S.INTERNAL, "sealed_counts": S.SECRET, "fingerprint": S.PUBLIC, "checked_by": S.STAFF,
        "released_at": S.PUBLIC, "released_by": S.STAFF,
    }  # fmt: skip

    class Meta:
        ordering = ["-created_at"]


class RoundPart(Record):
    """An organisation's part in a counting round: what it was asked, what it answered, and whether it encoded."""

    round = models.ForeignKey(CountingRound, models.CASCADE, related_name="parts")
    organisation = models.ForeignKey("members.Organisation", models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()  # the name of its files
    answer = models.CharField(max_length=10, choices=[(a.value, a.value) for a in Answer], default="asked")
    only_stated = models.BooleanField(default=False)  # only people with a stated basis for this purpose
    standing = models.BooleanField(default=False)  # answered by the standing agreement
    answered_by = models.CharField(max_length=254, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    encoded_at = models.DateTimeField(null=True, blank=True)
    done = models.PositiveSmallIntegerField(default=0)  # how far encoding is, in percent
    sha256 = models.CharField(max_length=64, blank=True)
    message = models.CharField(max_length=300, blank=True)  # why encoding failed

    SENSITIVITY = {
        "round": S.INTERNAL, "organisation": S.INTERNAL, "number": S.INTERNAL, "answer": S.INTERNAL,
        "only_stated": S.INTERNAL, "standing": S.INTERNAL, "answered_by": S.STAFF, "answered_at": S.INTERNAL,
        "encoded_at": S.INTERNAL, "done": S.INTERNAL, "sha256": S.INTERNAL, "message": S.INTERNAL,
    }  # fmt: skip

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["round", "organisation"], name="one_part_of_an_organisation"),
            models.UniqueConstraint(fields=["round", "number"], name="one_number_of_a_part"),
        ]


class StandingAgreement(Record):
    """An organisation's word that it takes part in every counting round until it says otherwise."""

    organisation = models.ForeignKey("members.Organisation", models.PROTECT, related_name="+")
    only_stated = models.BooleanField(default=False)
    agreed_by = models.CharField(max_length=254)
    ended_at = models.DateTimeField(null=True, blank=True)

    SENSITIVITY = {
        "organisation": S.INTERNAL, "only_stated": S.INTERNAL, "agreed_by": S.STAFF, "ended_at": S.INTERNAL,
    }  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(ended_at=None), name="one_open_standing_agreement"
            )
        ]
