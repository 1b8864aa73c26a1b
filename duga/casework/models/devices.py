"""Phones that carry a shift's caseload, encrypted, and what they sent: each record exactly once."""

from django.db import models
from django.db.models import Q

from duga.vault.models import Record
from duga.vault.sensitivity import Sensitivity as S


class Device(Record):
    """A worker's phone that may take a shift along. Of its secret and its token keyed hashes are kept; `wiped_at` is
    the order. `session` (sealed) is the one that took the shift along; `waiting` how many letters it still held."""

    organisation = models.ForeignKey("members.Organisation", models.PROTECT, related_name="+")
    account = models.ForeignKey("members.Account", models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)  # "Chrome, Android", to tell two phones apart
    secret = models.BinaryField(max_length=32, unique=True)
    token = models.BinaryField(max_length=32, unique=True, null=True)
    session = models.BinaryField(default=b"", blank=True)
    waiting = models.PositiveSmallIntegerField(default=0)
    seen_at = models.DateTimeField(null=True, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)  # when it last took a caseload along
    wiped_at = models.DateTimeField(null=True, blank=True)
    wiped_by = models.ForeignKey("members.Account", models.PROTECT, null=True, blank=True, related_name="+")
    told_at = models.DateTimeField(null=True, blank=True)  # when the phone heard of it and emptied itself

    SENSITIVITY = {
        "organisation": S.INTERNAL, "account": S.STAFF, "name": S.STAFF, "secret": S.SECRET, "token": S.SECRET,
        "session": S.SECRET, "waiting": S.INTERNAL, "seen_at": S.STAFF,
        "taken_at": S.INTERNAL, "wiped_at": S.INTERNAL, "wiped_by": S.STAFF, "told_at": S.INTERNAL,
    }  # fmt: skip

    class Meta:
        ordering = ["-created_at"]


class DeviceRecord(Record):
    """One record that came from a worker's or a volunteer's phone, by the number the phone gave it: sent twice, it is
    still one."""

    device = models.ForeignKey(Device, models.PROTECT, null=True, blank=True, related_name="records")
    access = models.ForeignKey(
        "casework.VolunteerAccess", models.CASCADE, null=True, blank=True, related_name="records"
    )
    nonce = models.UUIDField()
    kind = models.CharField(max_length=12)
    made_at = models.DateTimeField()  # by the phone's clock
    result = models.UUIDField()  # the entry or the assignment it became

    SENSITIVITY = {
        **dict.fromkeys(["device", "access", "nonce", "kind", "made_at", "result"], S.INTERNAL),
    }  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["device", "nonce"], name="each_record_once"),
            models.UniqueConstraint(fields=["access", "nonce"], name="each_tick_once"),
            models.CheckConstraint(
                condition=Q(device__isnull=False, access=None) | Q(device=None, access__isnull=False),
                name="record_of_one_phone",
            ),
        ]
