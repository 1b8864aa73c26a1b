"""Networks, organisations, the people who work in them, what they may do, and the trail of what they did."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from duga.members.rules import MemberStatus, Role
from duga.vault.models import Record
from duga.vault.sensitivity import Sensitivity as S


def choices(enum):
    """Values of a StrEnum as choices; labels are the business of rules."""
    return [(item.value, item.value) for item in enum]


class Network(Record):
    """A network of organisations; national networks have the regional one as parent."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    country = models.CharField(max_length=2, blank=True)  # ISO 3166-1 alpha-2; XK for Kosovo*; empty: regional
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    source = models.CharField(max_length=300, blank=True)

    SENSITIVITY = {
        "slug": S.PUBLIC,
        "name": S.PUBLIC,
        "country": S.PUBLIC,
        "parent": S.PUBLIC,
        "source": S.PUBLIC,
    }

    class Meta:
        ordering = ["name"]


class Organisation(Record):
    """A member organisation: the walls inside which people's data stays."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    country = models.CharField(max_length=2)
    town = models.CharField(max_length=120, blank=True)
    website = models.URLField(blank=True)
    demo = models.BooleanField(default=False)  # invented, and says so wherever it is shown
    source = models.CharField(max_length=300, blank=True)

    SENSITIVITY = {
        "slug": S.PUBLIC, "name": S.PUBLIC, "country": S.PUBLIC, "town": S.PUBLIC, "website": S.PUBLIC,
        "demo": S.PUBLIC, "source": S.PUBLIC,
    }  # fmt: skip

    class Meta:
        ordering = ["name"]


class Membership(Record):
    """An organisation's standing in a network from one day to another; the open one is today's."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    network = models.ForeignKey(Network, models.PROTECT, related_name="memberships")
    status = models.CharField(max_length=12, choices=choices(MemberStatus))
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    SENSITIVITY = {
        "organisation": S.PUBLIC, "network": S.PUBLIC, "status": S.INTERNAL, "since": S.PUBLIC, "until": S.PUBLIC,
        "reason": S.INTERNAL,
    }  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "network"], condition=Q(until=None), name="one_open_membership"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=models.F("since")), name="membership_ends_later"
            ),
        ]


class AccountManager(BaseUserManager):
    """What Django's sign-in needs of a manager; accounts are made by actions."""

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)


class Account(AbstractBaseUser):
    """A person who works here. `is_administrator` alone gives nothing: it allows opening an announced session."""

    id = Record._meta.get_field("id").clone()
    created_at = Record._meta.get_field("created_at").clone()
    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=10, default="en")
    is_active = models.BooleanField(default=True)
    is_administrator = models.BooleanField(default=False)

    objects = AccountManager()
    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    SENSITIVITY = {
        "id": S.INTERNAL, "created_at": S.INTERNAL, "password": S.SECRET, "last_login": S.STAFF, "email": S.STAFF,
        "name": S.STAFF, "language": S.STAFF, "is_active": S.INTERNAL, "is_administrator": S.INTERNAL,
    }  # fmt: skip

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_account_per_email")]

    def __str__(self):
        return self.name or self.email


class RoleGrant(Record):
    """A role given to someone in an organisation or a network, from one moment to another."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="grants")
    role = models.CharField(max_length=30, choices=choices(Role))
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="grants")
    network = models.ForeignKey(Network, models.PROTECT, null=True, blank=True, related_name="grants")
    until = models.DateTimeField(null=True, blank=True)

    SENSITIVITY = {
        "account": S.STAFF, "role": S.INTERNAL, "organisation": S.INTERNAL, "network": S.INTERNAL, "until": S.INTERNAL,
    }  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation=None, network__isnull=False) | Q(organisation__isnull=False, network=None),
                name="role_held_in_one_place",
            ),
            models.UniqueConstraint(
                fields=["account", "role", "organisation"],
                condition=Q(until=None, network=None),
                name="one_open_role",
            ),
            models.UniqueConstraint(
                fields=["account", "role", "network"],
                condition=Q(until=None, organisation=None),
                name="one_open_network_role",
            ),
        ]


def in_one_place(name):
    """The constraint that a row belongs to an organisation or to a network, never to both or neither."""
    return models.CheckConstraint(
        condition=Q(organisation=None, network__isnull=False) | Q(organisation__isnull=False, network=None), name=name
    )


class Invitation(Record):
    """A role that waits for someone. Its link is made from the installation's key, so only its hash is kept."""

    email = models.EmailField(max_length=254, blank=True)  # empty: whoever holds the link
    name = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=30, choices=choices(Role))
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="invitations")
    network = models.ForeignKey(Network, models.PROTECT, null=True, blank=True, related_name="invitations")
    invited_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    issue = models.PositiveSmallIntegerField(default=1)  # each renewal makes the links before it worthless
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    SENSITIVITY = {
        "email": S.STAFF, "name": S.STAFF, "role": S.INTERNAL, "organisation": S.INTERNAL, "network": S.INTERNAL,
        "invited_by": S.STAFF, "issue": S.INTERNAL, "digest": S.SECRET, "expires_at": S.INTERNAL,
        "accepted_at": S.INTERNAL, "accepted_by": S.STAFF, "revoked_at": S.INTERNAL,
    }  # fmt: skip

    class Meta:
        ordering = ["-created_at"]
        constraints = [in_one_place("invited_to_one_place")]


class RecoveryLink(Record):
    """A way back in for who forgot the password and has no mail: used once, made by a coordinator."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="recovery_links")
    made_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    SENSITIVITY = {
        "account": S.STAFF, "made_by": S.STAFF, "digest": S.SECRET, "expires_at": S.INTERNAL, "used_at": S.INTERNAL,
        "revoked_at": S.INTERNAL,
    }  # fmt: skip


class AdministratorSession(Record):
    """An hour in which an administrator may mend one organisation or network: announced, with a reason."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="administrator_sessions")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    network = models.ForeignKey(Network, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=300)
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    SENSITIVITY = {
        "account": S.STAFF, "organisation": S.INTERNAL, "network": S.INTERNAL, "reason": S.INTERNAL,
        "until": S.INTERNAL, "ended_at": S.INTERNAL,
    }  # fmt: skip

    class Meta:
        ordering = ["-created_at"]
        constraints = [in_one_place("session_in_one_place")]
        indexes = [models.Index(fields=["account", "until"])]


class Notice(Record):
    """A message of the house to one person. Texts are gettext ids, told in the reader's language; no personal data."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="notices")
    title = models.CharField(max_length=200)
    text = models.CharField(max_length=500, blank=True)
    params = models.JSONField(default=dict, blank=True)
    path = models.CharField(max_length=200, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    SENSITIVITY = {
        "account": S.STAFF, "title": S.INTERNAL, "text": S.INTERNAL, "params": S.INTERNAL, "path": S.INTERNAL,
        "read_at": S.INTERNAL,
    }  # fmt: skip

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["account", "read_at"]), models.Index(fields=["account", "-created_at"])]


class TrailEntry(Record):
    """One thing that someone did. Entries of an organisation form a chain: each holds the hash of the one before."""

    organisation_id = models.UUIDField(null=True, blank=True)  # by id, not by key: the trail outlives what it tells of
    number = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=254)
    actor_id = models.UUIDField(null=True, blank=True)
    event = models.CharField(max_length=60)
    subject_label = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=64, blank=True)
    detail = models.JSONField(default=dict)
    previous = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    SENSITIVITY = {
        "organisation_id": S.INTERNAL, "number": S.INTERNAL, "at": S.INTERNAL, "actor": S.STAFF, "actor_id": S.STAFF,
        "event": S.INTERNAL, "subject_label": S.INTERNAL, "subject_id": S.INTERNAL, "detail": S.INTERNAL,
        "previous": S.INTERNAL, "hash": S.INTERNAL,
    }  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation_id", "number"], name="one_entry_per_number"),
            models.UniqueConstraint(
                fields=["number"], condition=Q(organisation_id=None), name="one_entry_per_number_of_none"
            ),
        ]
        indexes = [models.Index(fields=["subject_id", "at"]), models.Index(fields=["at", "id"])]


class TrailHead(models.Model):
    """The end of each organisation's chain: locked while an entry is added, so that chains never fork."""

    chain = models.UUIDField(primary_key=True)  # the organisation's id; the nil UUID for what belongs to none
    number = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)
    seal = models.CharField(max_length=64, blank=True)  # keyed hash of the above: the database alone cannot make it

    SENSITIVITY = {"chain": S.INTERNAL, "number": S.INTERNAL, "hash": S.INTERNAL, "seal": S.INTERNAL}


class ImportMapping(Record):
    """Which column of an organisation's own spreadsheet means what, remembered for the next file of that shape."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="import_mappings")
    purpose = models.CharField(max_length=40)  # "assistance"
    signature = models.CharField(max_length=64)  # hash of the folded headers
    mapping = models.JSONField()
    used_at = models.DateTimeField()

    SENSITIVITY = {
        "organisation": S.INTERNAL, "purpose": S.INTERNAL, "signature": S.INTERNAL, "mapping": S.INTERNAL,
        "used_at": S.INTERNAL,
    }  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "purpose", "signature"], name="one_mapping_per_shape")
        ]
