"""Groups of a day centre, and distribution lists to print and sign."""

from django.db import models
from django.db.models import Q

from duga.vault.models import Record
from duga.vault.sensitivity import Sensitivity as S


class Group(Record):
    """A group that meets, such as a day centre's: its members are ticked one by one."""

    organisation = models.ForeignKey("members.Organisation", models.PROTECT, related_name="+")
    programme = models.ForeignKey("casework.Programme", models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=120)
    service_type = models.CharField(max_length=40, default="day_centre")
    unit = models.CharField(max_length=40, default="day_centre_attendance")
    target_group = models.CharField(max_length=40, default="children")
    area = models.ForeignKey("places.Area", models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    SENSITIVITY = {
        "organisation": S.INTERNAL, "programme": S.INTERNAL, "name": S.INTERNAL, "service_type": S.INTERNAL,
        "unit": S.INTERNAL, "target_group": S.INTERNAL, "area": S.INTERNAL, "closed_at": S.INTERNAL,
    }  # fmt: skip

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="one_group_per_name")]


class GroupMember(Record):
    """A person in a group, from one moment to another."""

    group = models.ForeignKey(Group, models.PROTECT, related_name="members")
    person = models.ForeignKey("casework.Person", models.PROTECT, related_name="+")
    until = models.DateTimeField(null=True, blank=True)

    SENSITIVITY = {"group": S.COARSE, "person": S.COARSE, "until": S.INTERNAL}

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "person"], condition=Q(until=None), name="once_in_a_group")
        ]


class DistributionList(Record):
    """A list to print with room for signatures; what was signed becomes the ledger's entries, its scan the proof.

    The scan lies encrypted with the organisation's key under the files folder, named by this row's id.
    """

    organisation = models.ForeignKey("members.Organisation", models.PROTECT, related_name="+")
    programme = models.ForeignKey("casework.Programme", models.PROTECT, null=True, blank=True, related_name="+")
    title = models.CharField(max_length=160)
    date = models.DateField()
    area = models.ForeignKey("places.Area", models.PROTECT, null=True, blank=True, related_name="+")
    place = models.CharField(max_length=120, blank=True)
    service_type = models.CharField(max_length=40, default="parcel_distribution")
    unit = models.CharField(max_length=40, default="parcel")
    quantity = models.DecimalField(max_digits=10, decimal_places=2, default=1)  # for each line
    target_group = models.CharField(max_length=40, default="general")
    recorded_at = models.DateTimeField(null=True, blank=True)
    scan_type = models.CharField(max_length=40, blank=True)  # media type of the scan; empty: none attached
    by = models.ForeignKey("members.Account", models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    SENSITIVITY = {
        **dict.fromkeys(
            ["organisation", "programme", "title", "date", "area", "place", "service_type", "unit", "quantity",
             "target_group", "recorded_at", "scan_type", "version"],
            S.INTERNAL,
        ),
        "by": S.STAFF,
    }  # fmt: skip

    class Meta:
        ordering = ["-date", "title"]


class DistributionLine(Record):
    """One line of a distribution list: a person or a household, and the entry made once it was signed."""

    list = models.ForeignKey(DistributionList, models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField()
    person = models.ForeignKey("casework.Person", models.PROTECT, null=True, blank=True, related_name="+")
    household = models.ForeignKey("casework.Household", models.PROTECT, null=True, blank=True, related_name="+")
    assistance = models.ForeignKey("casework.Assistance", models.PROTECT, null=True, blank=True, related_name="+")

    SENSITIVITY = {
        "list": S.INTERNAL, "position": S.INTERNAL, "person": S.COARSE, "household": S.COARSE, "assistance": S.INTERNAL,
    }  # fmt: skip

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["list", "position"], name="one_line_per_position"),
            models.CheckConstraint(
                condition=Q(person=None, household__isnull=False) | Q(person__isnull=False, household=None),
                name="line_for_one",
            ),
        ]
