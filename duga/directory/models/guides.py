"""Step-by-step guides that readers find beside services, and lists of services that workers keep for themselves."""

from django.db import models

from duga.directory.models.base import short
from duga.directory.models.offers import Provider, Service
from duga.vault.models import Record
from duga.vault.sensitivity import Sensitivity as S


class Guide(Record):
    """How to do one thing, step by step: large print, for paper, with a captioned video where there is one."""

    provider = models.ForeignKey(Provider, models.CASCADE, related_name="guides")
    title = models.CharField(max_length=200)
    language = short(12)
    steps = models.JSONField()  # [text of a step]
    video = models.URLField(max_length=500, blank=True)
    changed_at = models.DateTimeField()

    SENSITIVITY = {
        "provider": S.PUBLIC, "title": S.PUBLIC, "language": S.PUBLIC, "steps": S.PUBLIC, "video": S.PUBLIC,
        "changed_at": S.PUBLIC,
    }  # fmt: skip

    class Meta:
        ordering = ["title"]


class GuidedService(Record):
    """That a guide stands beside a service."""

    guide = models.ForeignKey(Guide, models.CASCADE, related_name="services")
    service = models.ForeignKey(Service, models.CASCADE, related_name="guided_by")

    SENSITIVITY = {"guide": S.PUBLIC, "service": S.PUBLIC}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["guide", "service"], name="a_guide_once_beside_a_service")]


class SavedList(Record):
    """Services a worker keeps together, to look up and to print; only she sees it, and nobody helped is named in it."""

    account = models.ForeignKey("members.Account", models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)

    SENSITIVITY = {"account": S.STAFF, "name": S.STAFF}

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["account", "name"], name="a_saved_list_once_by_name")]


class SavedService(Record):
    """A service in a saved list."""

    saved_list = models.ForeignKey(SavedList, models.CASCADE, related_name="services")
    service = models.ForeignKey(Service, models.CASCADE, related_name="+")

    SENSITIVITY = {"saved_list": S.INTERNAL, "service": S.INTERNAL}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["saved_list", "service"], name="a_service_once_in_a_saved_list")]
