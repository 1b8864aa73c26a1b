"""Who offers what: providers (HSDS organization), programmes (program), services (service)."""

from django.db import models
from django.db.models import Q

from duga.directory.models.base import Entry, Kept, short, words
from duga.vault.sensitivity import Sensitivity as S


class Provider(Kept):
    """HSDS organization: a member organisation, a state institution, anyone else who offers help.

    It is kept by a member organisation, or, where it is none of ours, by the national network that lists it.
    """

    organisation = models.OneToOneField("members.Organisation", models.PROTECT, null=True, blank=True, related_name="+")
    network = models.ForeignKey("members.Network", models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=20)  # rules.ProviderKind
    country = models.CharField(max_length=2)
    area = models.ForeignKey("places.Area", models.PROTECT, null=True, blank=True, related_name="+")
    name = models.TextField()
    alternate_name = words()
    description = words()
    email = words()
    website = words()
    tax_status = words()
    tax_id = words()
    year_incorporated = models.PositiveSmallIntegerField(null=True, blank=True)
    legal_status = words()
    logo = words()
    uri = words()
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    language = short(12)  # in which its texts are written
    demo = models.BooleanField(default=False)  # invented, and says so wherever it is shown
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")

    SENSITIVITY = {
        "organisation": S.PUBLIC, "network": S.PUBLIC, "kind": S.PUBLIC, "country": S.PUBLIC, "area": S.PUBLIC,
        "name": S.PUBLIC, "alternate_name": S.PUBLIC, "description": S.PUBLIC, "email": S.PUBLIC, "website": S.PUBLIC,
        "tax_status": S.PUBLIC, "tax_id": S.PUBLIC, "year_incorporated": S.PUBLIC, "legal_status": S.PUBLIC,
        "logo": S.PUBLIC, "uri": S.PUBLIC, "parent": S.PUBLIC, "language": S.PUBLIC, "demo": S.PUBLIC,
        "merged_into": S.PUBLIC,
    }  # fmt: skip

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="provider_has_one_keeper",
                condition=Q(organisation=None, network__isnull=False) | Q(organisation__isnull=False, network=None),
            ),
        ]
        indexes = [models.Index(fields=["country", "kind"])]


class Program(Entry):
    """HSDS program: services of one provider that belong together."""

    provider = models.ForeignKey(Provider, models.CASCADE, related_name="programs")
    name = words()
    alternate_name = words()
    description = words()

    SENSITIVITY = {"provider": S.PUBLIC, "name": S.PUBLIC, "alternate_name": S.PUBLIC, "description": S.PUBLIC}


class Service(Kept):
    """HSDS service, with what a network needs besides: emergency, discreet, referral intake.

    `emergency`: never hidden for being old. `discreet`: about violence; its pages take searches by POST and can be
    left at once. `listed`: the public sees it; otherwise only who works here does.
    """

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="services")
    program = models.ForeignKey(Program, models.SET_NULL, null=True, blank=True, related_name="services")
    country = models.CharField(max_length=2)  # its provider's, unless it works elsewhere
    language = short(12)  # in which its texts are written
    name = words()
    alternate_name = words()
    description = words()
    url = words()
    email = words()
    status = models.CharField(max_length=20, default="active")  # rules.Status, in HSDS's words
    interpretation_services = words()
    application_process = words()
    fees_description = words()
    wait_time = words()
    fees = words()
    accreditations = words()
    eligibility_description = words()
    minimum_age = models.FloatField(null=True, blank=True)  # years
    maximum_age = models.FloatField(null=True, blank=True)
    assured_date = models.DateField(null=True, blank=True)
    assurer_email = words()
    licenses = words()
    alert = words()
    emergency = models.BooleanField(default=False)
    discreet = models.BooleanField(default=False)
    listed = models.BooleanField(default=True)
    residents_only = models.BooleanField(null=True, blank=True)  # None: nobody said
    takes_referrals = models.BooleanField(null=True, blank=True)
    referral_conditions = words()
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")

    SENSITIVITY = {
        "provider": S.PUBLIC, "program": S.PUBLIC, "country": S.PUBLIC, "language": S.PUBLIC, "name": S.PUBLIC,
        "alternate_name": S.PUBLIC, "description": S.PUBLIC, "url": S.PUBLIC, "email": S.PUBLIC, "status": S.PUBLIC,
        "interpretation_services": S.PUBLIC, "application_process": S.PUBLIC, "fees_description": S.PUBLIC,
        "wait_time": S.PUBLIC, "fees": S.PUBLIC, "accreditations": S.PUBLIC, "eligibility_description": S.PUBLIC,
        "minimum_age": S.PUBLIC, "maximum_age": S.PUBLIC, "assured_date": S.PUBLIC, "assurer_email": S.STAFF,
        "licenses": S.PUBLIC, "alert": S.PUBLIC, "emergency": S.PUBLIC, "discreet": S.PUBLIC, "listed": S.PUBLIC,
        "residents_only": S.PUBLIC, "takes_referrals": S.PUBLIC, "referral_conditions": S.INTERNAL,
        "merged_into": S.PUBLIC,
    }  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="service_ages_in_order",
                condition=Q(minimum_age=None) | Q(maximum_age=None) | Q(maximum_age__gte=models.F("minimum_age")),
            ),
        ]
        indexes = [models.Index(fields=["country", "status"])]
