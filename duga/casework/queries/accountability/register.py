"""The register of processing activities (GDPR article 30 and laws like it), told from the tables themselves.

Nothing of it is typed: categories of data come from the sensitivity each field declares, bases from the table of
purposes and countries, times from the rules of keeping. A new table stands in it the day it is made.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps

from duga.casework.queries.accountability.keeping import months_by_service
from duga.casework.rules.accountability import KEEP_MONTHS, months_of
from duga.members.queries import organisation_by_id
from duga.members.rules import Permission, Viewer
from duga.places.queries import codes
from duga.vault.models import sensitivity_of
from duga.vault.sensitivity import Sensitivity

#: Parts of casework by what they are for (codes of the list `purposes`), each by the module of its models.
ACTIVITIES = {
    "assistance": (
        "people",
        "ledger",
        "lists",
        "programmes",
        "imports",
        "staging",
        "requests",
        "parties",
        "cases",
        "devices",
    ),
    "referral": ("referrals",),
    "helpline": ("helpline",),
    "employment": ("volunteers",),
    "audit": ("stock", "accountability", "bases", "feedback"),
    "statistics_linkage": ("objections",),
}


@dataclass(frozen=True)
class Activity:
    """One processing activity: its purpose, whose data, which tables and fields by sensitivity, bases, time kept."""

    purpose: str
    tables: tuple[str, ...]
    fields: dict[Sensitivity, tuple[str, ...]]
    bases: tuple[str, ...]
    months: tuple[int, int]


def register_of_processing(viewer: Viewer, organisation) -> list[Activity]:
    """Every activity of the organisation's casework, for who protects its data."""
    organisation_by_id(viewer, organisation.pk, Permission.PROTECT_DATA)
    own = months_by_service(organisation.pk)
    kept = [months_of(own, kind) for kind in {"", *own, *KEEP_MONTHS}]
    bases = codes("lawful_bases")
    return [
        Activity(
            purpose, tuple(model._meta.label for model in models), _fields(models),
            tuple(row.code for row in bases if purpose in row.fields["purposes"].split("|")), (min(kept), max(kept)),
        )
        for purpose, models in _by_purpose().items()
    ]  # fmt: skip


def _by_purpose() -> dict[str, list]:
    """Every table of casework under the purpose it serves; one that nobody placed is told as an error."""
    placed = {module: purpose for purpose, modules in ACTIVITIES.items() for module in modules}
    found: dict[str, list] = {purpose: [] for purpose in ACTIVITIES}
    for model in apps.get_app_config("casework").get_models():
        found[placed[model.__module__.rsplit(".", 1)[-1]]].append(model)
    return found


def _fields(models: Iterable) -> dict[Sensitivity, tuple[str, ...]]:
    found: dict[Sensitivity, list[str]] = {}
    for model in models:
        for name, sensitivity in sensitivity_of(model).items():
            found.setdefault(sensitivity, []).append(f"{model.__name__}.{name}")
    return {sensitivity: tuple(sorted(found[sensitivity])) for sensitivity in Sensitivity if sensitivity in found}
