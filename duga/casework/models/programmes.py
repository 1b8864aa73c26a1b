"""Programmes, and who is named to work in the sealed ones."""

from django.db import models
from django.db.models import Q

from duga.casework.rules import SEALED_KINDS, ProgrammeKind
from duga.vault.models import Record
from duga.vault.sensitivity import Sensitivity as S


class Programme(Record):
    """A programme of an organisation. A sealed one is seen by the workers named for it and by nobody else."""

    organisation = models.ForeignKey("members.Organisation", models.PROTECT, related_name="+")
    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in ProgrammeKind])
    sealed = models.BooleanField(default=False)
    basis = models.CharField(max_length=40, blank=True)  # code list lawful_bases: what its records are kept under
    closed_at = models.DateTimeField(null=True, blank=True)
    closing_approved = models.BooleanField(null=True, blank=True)  # a supervisor closes its cases; null: by its kind

    SENSITIVITY = {
        "organisation": S.INTERNAL, "name": S.INTERNAL, "kind": S.INTERNAL, "sealed": S.INTERNAL, "basis": S.INTERNAL,
        "closed_at": S.INTERNAL, "closing_approved": S.INTERNAL,
    }  # fmt: skip

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="one_programme_per_name"),
            models.CheckConstraint(
                condition=Q(sealed=True) | ~Q(kind__in=sorted(kind.value for kind in SEALED_KINDS)),
                name="sealed_kinds_are_sealed",
            ),
        ]


class ProgrammeWorker(Record):
    """Someone named to work in a sealed programme, from one moment to another."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="workers")
    account = models.ForeignKey("members.Account", models.PROTECT, related_name="+")
    until = models.DateTimeField(null=True, blank=True)

    SENSITIVITY = {"programme": S.INTERNAL, "account": S.STAFF, "until": S.INTERNAL}

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "account"], condition=Q(until=None), name="named_once_per_programme"
            )
        ]
