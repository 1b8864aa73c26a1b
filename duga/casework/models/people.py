"""Who is helped: persons, households, institutions. What names a person lies sealed under her own key."""

from django.db import models
from django.db.models import Q

from duga.casework.rules import InstitutionKind
from duga.vault.fields import SealedField
from duga.vault.models import Record
from duga.vault.sensitivity import Sensitivity as S


class Person(Record):
    """A person an organisation helps. `identity` and `special` open with her own key only.

    After erasure the row stays without anything that leads to her: the ledger keeps how much was given.
    """

    organisation = models.ForeignKey("members.Organisation", models.PROTECT, related_name="+", db_index=False)
    programme = models.ForeignKey("casework.Programme", models.PROTECT, null=True, blank=True, related_name="people")
    code = models.CharField(max_length=12)
    identity = SealedField()  # given, family, father, phone, document, birth_date, address, note
    special = SealedField()  # health, ethnicity, disability, legal_status, violence
    sex = models.CharField(max_length=10, default="unknown")  # code list sexes
    birth_year = models.PositiveSmallIntegerField(null=True, blank=True)
    area = models.ForeignKey("places.Area", models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(null=True, blank=True)
    changed_by = models.ForeignKey(
        "members.Account", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    erased_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")  # was here twice

    SENSITIVITY = {
        "organisation": S.INTERNAL, "programme": S.INTERNAL, "code": S.COARSE, "identity": S.IDENTITY,
        "special": S.SPECIAL, "sex": S.COARSE, "birth_year": S.COARSE, "area": S.COARSE, "version": S.INTERNAL,
        "changed_at": S.INTERNAL, "changed_by": S.STAFF, "erased_at": S.INTERNAL, "merged_into": S.COARSE,
    }  # fmt: skip

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "code"], name="one_person_per_code")]
        indexes = [  # who is in a programme: few of all, asked for whenever something is hidden
            models.Index(fields=["programme"], condition=Q(programme__isnull=False), name="person_in_a_programme")
        ]


class PersonToken(models.Model):
    """One keyed hash by which a person is found again: a name, its skeleton, its beginning, a phone, a document.

    Tokens of a sealed programme are made with that programme's own key, so no general search can meet them.
    """

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, models.CASCADE, related_name="tokens")
    token = models.BigIntegerField()

    SENSITIVITY = {"id": S.INTERNAL, "person": S.INTERNAL, "token": S.SECRET}

    class Meta:
        indexes = [models.Index(fields=["token", "person"], name="token_person")]


class Household(Record):
    """People who live together, with their real number; `head` is the member the organisation knows, if any."""

    organisation = models.ForeignKey("members.Organisation", models.PROTECT, related_name="+")
    programme = models.ForeignKey("casework.Programme", models.PROTECT, null=True, blank=True, related_name="+")
    code = models.CharField(max_length=12)
    head = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="households")
    size = models.PositiveSmallIntegerField()
    area = models.ForeignKey("places.Area", models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")  # was here twice

    SENSITIVITY = {
        "organisation": S.INTERNAL, "programme": S.INTERNAL, "code": S.COARSE, "head": S.COARSE, "size": S.COARSE,
        "area": S.COARSE, "version": S.INTERNAL, "merged_into": S.COARSE,
    }  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "code"], name="one_household_per_code"),
            models.CheckConstraint(condition=Q(size__gte=1), name="household_has_someone"),
        ]


class Institution(Record):
    """A recipient that is no person: beds for a quarantine, masks for a health centre."""

    organisation = models.ForeignKey("members.Organisation", models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    folded = models.CharField(max_length=200, editable=False)  # the name blind to script, to find it again
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in InstitutionKind])
    area = models.ForeignKey("places.Area", models.PROTECT, null=True, blank=True, related_name="+")

    SENSITIVITY = {
        "organisation": S.INTERNAL, "name": S.INTERNAL, "folded": S.INTERNAL, "kind": S.INTERNAL, "area": S.INTERNAL,
    }  # fmt: skip

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["organisation", "folded"], name="one_institution_per_name")]


class LawfulBasis(Record):
    """On what basis a person's data is used for one purpose; consent is one basis among several.

    Codes are those of the lists `purposes` and `lawful_bases`. Ending one never removes what was recorded under it.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="bases")
    purpose = models.CharField(max_length=40)
    basis = models.CharField(max_length=40)
    given_on = models.DateField()
    how = models.CharField(max_length=20, blank=True)  # consent: written, spoken, guardian
    ended_on = models.DateField(null=True, blank=True)
    recorded_by = models.ForeignKey("members.Account", models.PROTECT, null=True, blank=True, related_name="+")

    SENSITIVITY = {
        "person": S.COARSE, "purpose": S.COARSE, "basis": S.COARSE, "given_on": S.COARSE, "how": S.COARSE,
        "ended_on": S.COARSE, "recorded_by": S.STAFF,
    }  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "purpose"], condition=Q(ended_on=None), name="one_open_basis_per_purpose"
            )
        ]
