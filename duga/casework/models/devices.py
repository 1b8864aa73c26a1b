"""Phones that carry a shift's caseload, encrypted, and what they sent: each record exactly once."""

from django.db import models

from duga.vault.models import Record
from duga.vault.sensitivity import Sensitivity as S


class Device(Record):
    """A worker's phone that may take a shift along. Its secret is kept as a keyed hash; `wiped_at` is the order."""

    organisation = models.ForeignKey("members.Organisation", models.PROTECT, related_name="+")
    account = models.ForeignKey("members.Account", models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)  # "Chrome, Android", to tell two phones apart
    secret = models.BinaryField(max_length=32, unique=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)  # when it last took a caseload along
    wiped_at = models.DateTimeField(null=True, blank=True)
    wiped_by = models.ForeignKey("members.Account", models.PROTECT, null=True, blank=True, related_name="+")
    told_at = models.DateTimeField(null=True, blank=True)  # when the phone heard of it and emptied itself

    SENSITIVITY = {
        "organisation": S.INTERNAL, "account": S.STAFF, "name": S.STAFF, "secret": S.SECRET, "seen_at": S.STAFF,
        "taken_at": S.INTERNAL, "wiped_at": S.INTERNAL, "wiped_by": S.STAFF, "told_at": S.INTERNAL,
    }  # fmt: skip

    class Meta:
        ordering = ["-created_at"]


class DeviceRecord(Record):
    """One record that came from a phone, by the number the phone gave it: sent twice, it is still one."""

    device = models.ForeignKey(Device, models.PROTECT, related_name="records")
    nonce = models.UUIDField()
    kind = models.CharField(max_length=12)
    made_at = models.DateTimeField()  # by the phone's clock
    result = models.UUIDField()  # the entry or the assignment it became

    SENSITIVITY = {
        "device": S.INTERNAL, "nonce": S.INTERNAL, "kind": S.INTERNAL, "made_at": S.INTERNAL, "result": S.INTERNAL,
    }  # fmt: skip

    class Meta:
        constraints = [models.UniqueConstraint(fields=["device", "nonce"], name="each_record_once")]
