"""Volunteers: who they are lies sealed; what they can, when they have time, their training, hours and devices."""

from django.db import models
from django.db.models import Q

from duga.casework.rules import VolunteerState
from duga.vault.fields import SealedField
from duga.vault.models import Record
from duga.vault.sensitivity import Sensitivity as S


class Volunteer(Record):
    """A volunteer of an organisation, known by her code; `identity` opens with the organisation's key.

    `skills` are codes of the list service_types, `languages` of languages, `areas` ids of areas as text, `available`
    {weekday from Monday "0": ["09:00", "13:00"]}. `until` is the day her service ended.
    """

    organisation = models.ForeignKey("members.Organisation", models.PROTECT, related_name="+")
    code = models.CharField(max_length=12)
    identity = SealedField()  # name, phone, contact (whom to call in an emergency), contact_phone
    skills = models.JSONField(default=list, blank=True)
    languages = models.JSONField(default=list, blank=True)
    areas = models.JSONField(default=list, blank=True)
    available = models.JSONField(default=dict, blank=True)
    drives = models.BooleanField(default=False)  # has a car to deliver with
    insured_until = models.DateField(null=True, blank=True)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, default=VolunteerState.ACTIVE.value)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(null=True, blank=True)
    changed_by = models.ForeignKey(
        "members.Account", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    forgotten_at = models.DateTimeField(null=True, blank=True)

    SENSITIVITY = {
        "identity": S.IDENTITY,
        **dict.fromkeys(
            ["code", "skills", "languages", "areas", "available", "drives", "insured_until", "since", "until", "state",
             "changed_by"],
            S.STAFF,
        ),
        **dict.fromkeys(["organisation", "version", "changed_at", "forgotten_at"], S.INTERNAL),
    }  # fmt: skip

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "code"], name="one_volunteer_per_code"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in VolunteerState]), name="known_volunteer_state"
            ),
            models.CheckConstraint(
                condition=(Q(state="ended") & Q(until__isnull=False)) | (~Q(state="ended") & Q(until=None)),
                name="ended_on_a_day",
            ),
        ]


class VolunteerTraining(Record):
    """A training a volunteer took; `expires_on` where it must be taken again."""

    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="trainings")
    title = models.CharField(max_length=120)
    date = models.DateField()
    hours = models.DecimalField(max_digits=5, decimal_places=2)
    expires_on = models.DateField(null=True, blank=True)
    by = models.ForeignKey("members.Account", models.PROTECT, null=True, blank=True, related_name="+", db_index=False)

    SENSITIVITY = {
        "volunteer": S.STAFF, "title": S.INTERNAL, "date": S.STAFF, "hours": S.STAFF, "expires_on": S.STAFF,
        "by": S.STAFF,
    }  # fmt: skip

    class Meta:
        ordering = ["-date", "title"]
        constraints = [models.CheckConstraint(condition=Q(hours__gt=0), name="training_took_time")]


class VolunteerHours(Record):
    """Hours a volunteer gave on one day; `by` empty: told by herself. `mark` knows the same form sent twice."""

    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="hours")
    date = models.DateField()
    hours = models.DecimalField(max_digits=4, decimal_places=2)
    activity = models.CharField(max_length=40)  # code list service_types
    assignment_id = models.UUIDField(null=True, blank=True)  # the errand they were given for, where it was one
    by = models.ForeignKey("members.Account", models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    mark = models.BinaryField(max_length=16, null=True, blank=True)

    SENSITIVITY = {
        "volunteer": S.STAFF, "date": S.STAFF, "hours": S.STAFF, "activity": S.INTERNAL, "assignment_id": S.INTERNAL,
        "by": S.STAFF, "mark": S.SECRET,
    }  # fmt: skip

    class Meta:
        ordering = ["-date", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(hours__gt=0, hours__lte=24), name="hours_of_one_day"),
            models.UniqueConstraint(fields=["volunteer", "mark"], name="hours_never_twice"),
        ]
        indexes = [models.Index(fields=["volunteer", "date"], name="volunteer_day")]


class VolunteerAccess(Record):
    """One printed card and the one phone that it became: only keyed hashes of its secrets stand here.

    `code` is the card's until it was used or `code_until` passed; then `device` is the phone's cookie, `pin` the
    argon2 hash. `tries` counts wrong PINs since the last right one; `open_key` is what the phone holds while unlocked.
    """

    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="accesses")
    code = models.BinaryField(max_length=32, unique=True, null=True, blank=True)
    code_until = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    device = models.BinaryField(max_length=32, unique=True, null=True, blank=True)
    device_name = models.CharField(max_length=60, blank=True)  # "Chrome, Android", to tell two phones apart
    pin = models.CharField(max_length=128, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)
    open_key = models.BinaryField(max_length=32, null=True, blank=True)
    open_until = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey("members.Account", models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    revoked_at = models.DateTimeField(null=True, blank=True)

    SENSITIVITY = {
        **dict.fromkeys(["code", "device", "pin", "open_key"], S.SECRET),
        **dict.fromkeys(["volunteer", "device_name", "by", "seen_at"], S.STAFF),
        **dict.fromkeys(["code_until", "used_at", "tries", "locked_until", "open_until", "revoked_at"], S.INTERNAL),
    }  # fmt: skip

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(used_at=None, device=None, pin="") | Q(used_at__isnull=False, code=None),
                name="card_or_device",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None) | Q(code=None, device=None, pin="", open_key=None),
                name="ended_device_holds_no_secret",
            ),
        ]
