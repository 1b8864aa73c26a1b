"""What keeps the directory true: when each fact was checked, proposals, readers' reports, history, disagreements."""

from django.db import models
from django.db.models import Q

from duga.directory.models.base import Source
from duga.directory.models.offers import Provider, Service
from duga.vault.fields import SealedField
from duga.vault.models import Record
from duga.vault.sensitivity import Sensitivity as S


class Fact(Record):
    """When one kind of fact of a service was last verified, by whom and how, and when it is due again."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="facts")
    kind = models.CharField(max_length=20)  # rules.FactKind
    verified_at = models.DateTimeField(null=True, blank=True)  # None: nobody ever did
    verified_by = models.ForeignKey("members.Account", models.PROTECT, null=True, blank=True, related_name="+")
    how = models.CharField(max_length=20, blank=True)  # rules.How
    due_on = models.DateField()
    reminded_for = models.DateField(null=True, blank=True)  # the due date its keepers were last reminded of

    SENSITIVITY = {
        "service": S.PUBLIC, "kind": S.PUBLIC, "verified_at": S.PUBLIC, "verified_by": S.STAFF, "how": S.PUBLIC,
        "due_on": S.PUBLIC, "reminded_for": S.INTERNAL,
    }  # fmt: skip

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service", "kind"], name="one_state_per_fact")]
        indexes = [models.Index(fields=["due_on"])]


class Verification(Record):
    """One time that somebody said of a service: this is so. Facts hold the newest, campaigns count these."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="verifications")
    kinds = models.JSONField()  # of rules.FactKind
    at = models.DateTimeField()
    how = models.CharField(max_length=20)  # rules.How
    by = models.ForeignKey("members.Account", models.PROTECT, null=True, blank=True, related_name="+")
    link = models.ForeignKey("directory.ConfirmLink", models.SET_NULL, null=True, blank=True, related_name="+")

    SENSITIVITY = {
        "service": S.PUBLIC, "kinds": S.PUBLIC, "at": S.PUBLIC, "how": S.PUBLIC, "by": S.STAFF, "link": S.INTERNAL,
    }  # fmt: skip

    class Meta:
        indexes = [models.Index(fields=["service", "-at"]), models.Index(fields=["at"])]


class Campaign(Record):
    """A time in which a network asks all services of some countries to be verified."""

    network = models.ForeignKey("members.Network", models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    countries = models.JSONField()  # ISO codes
    kinds = models.JSONField()  # of rules.FactKind
    starts_on = models.DateField()
    due_on = models.DateField()
    closed_at = models.DateTimeField(null=True, blank=True)
    reminded = models.JSONField(default=list, blank=True)  # rules.freshness.CampaignReminder that went out

    SENSITIVITY = {
        "network": S.INTERNAL, "name": S.INTERNAL, "countries": S.INTERNAL, "kinds": S.INTERNAL,
        "starts_on": S.INTERNAL, "due_on": S.INTERNAL, "closed_at": S.INTERNAL, "reminded": S.INTERNAL,
    }  # fmt: skip

    class Meta:
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(name="campaign_ends_later", condition=Q(due_on__gte=models.F("starts_on")))
        ]


class ConfirmLink(Record):
    """A link, mailed or printed, by which a provider confirms its services or proposes changes without an account."""

    provider = models.ForeignKey(Provider, models.CASCADE, related_name="+")
    campaign = models.ForeignKey(Campaign, models.SET_NULL, null=True, blank=True, related_name="links")
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey("members.Account", models.PROTECT, null=True, blank=True, related_name="+")
    expires_at = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    SENSITIVITY = {
        "provider": S.INTERNAL, "campaign": S.INTERNAL, "digest": S.SECRET, "made_by": S.STAFF,
        "expires_at": S.INTERNAL, "mailed_at": S.INTERNAL, "used_at": S.INTERNAL, "revoked_at": S.INTERNAL,
    }  # fmt: skip


class Proposal(Record):
    """A change that waits for a coordinator: {field: new value}, of a service or a wholly new one (`service` None)."""

    provider = models.ForeignKey(Provider, models.CASCADE, related_name="proposals")
    service = models.ForeignKey(Service, models.CASCADE, null=True, blank=True, related_name="proposals")
    version = models.PositiveIntegerField(default=0)  # of the service it was written against
    changes = models.JSONField()  # as `actions.change_service` takes them
    why = models.TextField(blank=True, default="")
    by = models.ForeignKey("members.Account", models.PROTECT, null=True, blank=True, related_name="+")
    link = models.ForeignKey(ConfirmLink, models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=12, default="open")  # rules.ProposalState
    decided_by = models.ForeignKey("members.Account", models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True, default="")

    SENSITIVITY = {
        "provider": S.INTERNAL, "service": S.INTERNAL, "version": S.INTERNAL, "changes": S.INTERNAL,
        "why": S.INTERNAL, "by": S.STAFF, "link": S.INTERNAL, "state": S.INTERNAL, "decided_by": S.STAFF,
        "decided_at": S.INTERNAL, "answer": S.INTERNAL,
    }  # fmt: skip

    class Meta:
        indexes = [models.Index(fields=["state", "created_at"])]


class Report(Record):
    """A reader's tap: this is wrong. Nothing is kept of who told it; what they wrote may name them, so it is sealed."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="reports")
    kind = models.CharField(max_length=20)  # rules.ReportKind
    note = SealedField()
    state = models.CharField(max_length=12, default="open")  # rules.ReportState
    settled_by = models.ForeignKey("members.Account", models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True, default="")

    SENSITIVITY = {
        "service": S.INTERNAL, "kind": S.INTERNAL, "note": S.SPECIAL, "state": S.INTERNAL, "settled_by": S.STAFF,
        "settled_at": S.INTERNAL, "answer": S.INTERNAL,
    }  # fmt: skip

    class Meta:
        indexes = [models.Index(fields=["state", "created_at"])]


class Change(Record):
    """One field of one entry, before and after: its history, and HSDS metadata where it leaves the house."""

    entity = models.CharField(max_length=40)  # HSDS's name of the table
    record_id = models.UUIDField()
    service = models.ForeignKey(Service, models.CASCADE, null=True, blank=True, related_name="changes")
    provider = models.ForeignKey(Provider, models.CASCADE, null=True, blank=True, related_name="changes")
    field = models.CharField(max_length=60)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    at = models.DateTimeField()
    by = models.ForeignKey("members.Account", models.PROTECT, null=True, blank=True, related_name="+")
    source = models.ForeignKey(Source, models.SET_NULL, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField()  # the entry's, after it

    SENSITIVITY = {
        "entity": S.INTERNAL, "record_id": S.INTERNAL, "service": S.INTERNAL, "provider": S.INTERNAL,
        "field": S.INTERNAL, "before": S.INTERNAL, "after": S.INTERNAL, "at": S.INTERNAL, "by": S.STAFF,
        "source": S.INTERNAL, "version": S.INTERNAL,
    }  # fmt: skip

    class Meta:
        indexes = [models.Index(fields=["record_id", "-at"]), models.Index(fields=["service", "-at"])]


class Disagreement(Record):
    """Two sources say different things of one field: both stay here, one stands in the entry, with the reason."""

    entity = models.CharField(max_length=40)
    record_id = models.UUIDField()
    service = models.ForeignKey(Service, models.CASCADE, null=True, blank=True, related_name="disagreements")
    provider = models.ForeignKey(Provider, models.CASCADE, null=True, blank=True, related_name="disagreements")
    field = models.CharField(max_length=60)
    ours = models.JSONField(null=True)
    our_source = models.ForeignKey(Source, models.SET_NULL, null=True, blank=True, related_name="+")
    theirs = models.JSONField(null=True)
    their_source = models.ForeignKey(Source, models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()
    state = models.CharField(max_length=12, default="open")  # rules.DisagreementState
    why = models.TextField(blank=True, default="")
    decided_by = models.ForeignKey("members.Account", models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    SENSITIVITY = {
        "entity": S.INTERNAL, "record_id": S.INTERNAL, "service": S.INTERNAL, "provider": S.INTERNAL,
        "field": S.INTERNAL, "ours": S.INTERNAL, "our_source": S.INTERNAL, "theirs": S.INTERNAL,
        "their_source": S.INTERNAL, "seen_at": S.INTERNAL, "state": S.INTERNAL, "why": S.INTERNAL,
        "decided_by": S.STAFF, "decided_at": S.INTERNAL,
    }  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record_id", "field", "their_source"], name="one_voice_per_source")
        ]


class Duplicate(Record):
    """Two services (or providers) that may be one: found by machine, judged by people, merged with a way back."""

    entity = models.CharField(max_length=40)  # "organization", "service", "location"
    first_id = models.UUIDField()
    second_id = models.UUIDField()
    likeness = models.FloatField()  # 0 to 1
    reasons = models.JSONField(default=list)  # what is alike, for people to read
    state = models.CharField(max_length=12, default="open")  # rules.DuplicateState
    kept_id = models.UUIDField(null=True, blank=True)
    moved = models.JSONField(default=dict, blank=True)  # what the merge moved, to move it back
    decided_by = models.ForeignKey("members.Account", models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    SENSITIVITY = {
        "entity": S.INTERNAL, "first_id": S.INTERNAL, "second_id": S.INTERNAL, "likeness": S.INTERNAL,
        "reasons": S.INTERNAL, "state": S.INTERNAL, "kept_id": S.INTERNAL, "moved": S.INTERNAL,
        "decided_by": S.STAFF, "decided_at": S.INTERNAL,
    }  # fmt: skip

    class Meta:
        constraints = [models.UniqueConstraint(fields=["first_id", "second_id"], name="a_pair_once")]
