"""Who lives in a household and who travels together, from one day to another."""

from django.db import models
from django.db.models import F, Q

from duga.casework.rules import Left, PartyState, Qualifier
from duga.vault.models import Record
from duga.vault.sensitivity import Sensitivity as S


class HouseholdMember(Record):
    """Someone in a household and their role there (code list household_roles); the real size stays the household's own.

    Without a person: someone known by the role alone.
    """

    household = models.ForeignKey("casework.Household", models.PROTECT, related_name="members")
    person = models.ForeignKey("casework.Person", models.PROTECT, null=True, blank=True, related_name="+")
    role = models.CharField(max_length=30)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    recorded_by = models.ForeignKey(
        "members.Account", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    SENSITIVITY = {
        **dict.fromkeys(["household", "person", "role", "since", "until"], S.COARSE), "recorded_by": S.STAFF,
    }  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["household", "person"], condition=Q(until=None), name="once_in_a_household"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(since=None) | Q(until__gte=F("since")), name="household_days_in_order"
            ),
        ]


class TravellingParty(Record):
    """People who travel together: how many, where they were met, what became of them. It needs no name."""

    organisation = models.ForeignKey("members.Organisation", models.PROTECT, related_name="+", db_index=False)
    programme = models.ForeignKey("casework.Programme", models.PROTECT, null=True, blank=True, related_name="+")
    code = models.CharField(max_length=12)
    area = models.ForeignKey("places.Area", models.PROTECT, null=True, blank=True, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    size = models.PositiveSmallIntegerField()
    size_qualifier = models.CharField(max_length=10, default=Qualifier.EXACT.value)
    state = models.CharField(max_length=12, default=PartyState.TRAVELLING.value)
    split_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(null=True, blank=True)
    changed_by = models.ForeignKey(
        "members.Account", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    SENSITIVITY = {
        **dict.fromkeys(["organisation", "programme", "version", "changed_at"], S.INTERNAL),
        **dict.fromkeys(
            ["code", "area", "since", "until", "size", "size_qualifier", "state", "split_from"], S.COARSE
        ),
        "changed_by": S.STAFF,
    }  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "code"], name="one_party_per_code"),
            models.CheckConstraint(condition=Q(size__gte=1), name="party_has_someone"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in PartyState]), name="known_party_state"
            ),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="party_days_in_order"),
        ]
        indexes = [models.Index(fields=["organisation", "state", "-since"], name="party_state")]


class PartyMember(Record):
    """Someone in a travelling party, from the day they joined to the day they left, and why."""

    party = models.ForeignKey(TravellingParty, models.PROTECT, related_name="members")
    person = models.ForeignKey("casework.Person", models.PROTECT, null=True, blank=True, related_name="+")
    role = models.CharField(max_length=30)  # code list household_roles
    joined = models.DateField()
    left = models.DateField(null=True, blank=True)
    why = models.CharField(max_length=20, blank=True)
    recorded_by = models.ForeignKey(
        "members.Account", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    SENSITIVITY = {
        **dict.fromkeys(["party", "person", "role", "joined", "left", "why"], S.COARSE), "recorded_by": S.STAFF,
    }  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(left=None), name="in_one_party_at_a_time"),
            models.CheckConstraint(
                condition=Q(left=None, why="") | Q(left__gte=F("joined"), why__in=[why.value for why in Left]),
                name="left_with_a_reason",
            ),
        ]
