"""The ledger: what was given to whom, and every change made to an entry afterwards."""

from django.db import models
from django.db.models import Q

from duga.casework.rules import Qualifier, Recipient, State
from duga.vault.fields import SealedField
from duga.vault.models import Record
from duga.vault.sensitivity import Sensitivity as S

_ONE_RECIPIENT = (
    Q(recipient="person", person__isnull=False, household=None, institution=None, size=None)
    | Q(recipient="household", household__isnull=False, person=None, institution=None, size__gte=1)
    | Q(recipient="tally", person=None, household=None, institution=None, size__gte=1)
    | Q(recipient="institution", institution__isnull=False, person=None, household=None, size=None)
)


class Assistance(Record):
    """One delivery of assistance to exactly one recipient.

    `size` is the household's real size on that day, or the size of a group nobody names. `age_band` is worked out
    when the entry is recorded and stays true for that day. Only what is looked for has an index: imports write many.
    `mark` recognises the same delivery arriving twice.
    """

    organisation = models.ForeignKey("members.Organisation", models.PROTECT, related_name="+", db_index=False)
    programme = models.ForeignKey("casework.Programme", models.PROTECT, null=True, blank=True, related_name="+")
    recipient = models.CharField(max_length=12, choices=[(kind.value, kind.value) for kind in Recipient])
    person = models.ForeignKey("casework.Person", models.PROTECT, null=True, blank=True, related_name="assistance")
    household = models.ForeignKey("casework.Household", models.PROTECT, null=True, blank=True, related_name="+")
    institution = models.ForeignKey(
        "casework.Institution", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    size = models.PositiveIntegerField(null=True, blank=True)
    size_qualifier = models.CharField(max_length=10, default=Qualifier.EXACT.value)
    service_type = models.CharField(max_length=40)  # code list service_types
    unit = models.CharField(max_length=40)  # code list units
    quantity = models.DecimalField(max_digits=10, decimal_places=2, default=1)
    qualifier = models.CharField(max_length=10, default=Qualifier.EXACT.value)
    date = models.DateField()
    area = models.ForeignKey("places.Area", models.PROTECT, null=True, blank=True, related_name="+")
    place = models.CharField(max_length=120, blank=True)  # a village or a venue, never an address
    channel = models.CharField(max_length=20, default="in_person")  # code list channels
    target_group = models.CharField(max_length=40, default="general")  # whom the activity is for, not what she is
    age_band = models.CharField(max_length=10, default="unknown")  # code list age_bands
    basis = models.CharField(max_length=40, blank=True)  # code list lawful_bases
    delivered_by = models.ForeignKey(
        "members.Account", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    worker = models.CharField(max_length=120, blank=True)  # who delivered, where they have no account
    note = SealedField()
    recorded_by = models.ForeignKey("members.Account", models.PROTECT, null=True, blank=True, related_name="+")
    batch = models.ForeignKey("casework.ImportBatch", models.PROTECT, null=True, blank=True, related_name="rows")
    row = models.PositiveIntegerField(null=True, blank=True)  # its row in the imported file
    mark = models.BinaryField(max_length=16, null=True, blank=True)
    state = models.CharField(max_length=10, default=State.RECORDED.value)
    reason = models.CharField(max_length=300, blank=True)  # why it was withdrawn
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(null=True, blank=True)
    changed_by = models.ForeignKey(
        "members.Account", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    SENSITIVITY = {
        **dict.fromkeys(
            ["organisation", "programme", "recipient", "institution", "service_type", "unit", "quantity", "qualifier",
             "channel", "basis", "batch", "row", "state", "reason", "version", "changed_at"],
            S.INTERNAL,
        ),
        **dict.fromkeys(
            ["person", "household", "size", "size_qualifier", "date", "area", "place", "target_group", "age_band"],
            S.COARSE,
        ),
        **dict.fromkeys(["delivered_by", "worker", "recorded_by", "changed_by"], S.STAFF),
        "note": S.IDENTITY,
        "mark": S.SECRET,
    }  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(condition=_ONE_RECIPIENT, name="exactly_one_recipient"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="quantity_above_zero"),
            models.CheckConstraint(condition=Q(state__in=[state.value for state in State]), name="known_state"),
            models.UniqueConstraint(fields=["organisation", "mark"], name="never_twice"),
        ]
        indexes = [models.Index(fields=["organisation", "date"], name="assistance_day")]


class Correction(Record):
    """One change to an entry of the ledger: what was before, what is now, by whom and why."""

    assistance = models.ForeignKey(Assistance, models.PROTECT, related_name="corrections")
    by = models.ForeignKey("members.Account", models.PROTECT, null=True, blank=True, related_name="+")
    changes = models.JSONField()  # {field: [before, after]}; of a note only that it changed
    reason = models.CharField(max_length=300)
    version = models.PositiveIntegerField()  # the version it made

    SENSITIVITY = {
        "assistance": S.INTERNAL, "by": S.STAFF, "changes": S.COARSE, "reason": S.INTERNAL, "version": S.INTERNAL,
    }  # fmt: skip

    class Meta:
        constraints = [models.UniqueConstraint(fields=["assistance", "version"], name="one_correction_per_version")]
