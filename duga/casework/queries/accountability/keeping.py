"""Whose time of keeping has come, and whom nobody may erase."""

import datetime as dt

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q

from duga.casework.models import Assistance, Case, Keeping, LegalHold, Person, Request, RetentionRule
from duga.casework.queries.people import person as person_door
from duga.casework.queries.programmes import visible
from duga.casework.rules import CaseState
from duga.casework.rules.accountability import KEEP_MONTHS, cutoff, months_of
from duga.casework.rules.requests import ENDED
from duga.members.queries import organisation_by_id
from duga.members.rules import Permission, Viewer

PAGE = 50


def months_by_service(organisation_id) -> dict[str, int]:
    """The organisation's own rules of keeping: {service type ("" for all others): months}."""
    return dict(RetentionRule.objects.filter(organisation_id=organisation_id).values_list("service_type", "months"))


def due_for_review(viewer: Viewer, organisation, *, today: dt.date, page=1):
    """A Page of people whose time of keeping has passed, longest known first; names closed.

    Somebody is due when every service she was given is longer ago than its months, she was added before the general
    time, has no open case or request, is under no hold and was not kept on purpose. Sealed programmes: only one's own.
    """
    organisation_by_id(viewer, organisation.pk, Permission.SEE_PEOPLE)
    own = months_by_service(organisation.pk)
    general = months_of(own, "")
    rows = Person.objects.filter(
        visible(viewer), organisation=organisation, erased_at=None, merged_into=None,
        created_at__date__lt=cutoff(today, general),
    )  # fmt: skip
    rows = rows.exclude(Exists(_lately(own, general, today)))
    rows = rows.exclude(Exists(LegalHold.objects.filter(person=OuterRef("pk"), ended_at=None)))
    rows = rows.exclude(Exists(Keeping.objects.filter(person=OuterRef("pk"), until__gte=today)))
    rows = rows.exclude(Exists(Case.objects.filter(person=OuterRef("pk")).exclude(state=CaseState.CLOSED)))
    rows = rows.exclude(Exists(Request.objects.filter(person=OuterRef("pk")).exclude(state__in=ENDED)))
    return Paginator(rows.order_by("created_at", "pk").select_related("area"), PAGE).get_page(page)


def _lately(own, general, today):
    """Entries about the person at hand that are still within the time of their service type."""
    apart = {kind: months_of(own, kind) for kind in {*own, *KEEP_MONTHS} if kind}
    within = Q(date__gt=cutoff(today, general)) & ~Q(service_type__in=apart)
    for months in sorted(set(apart.values())):
        kinds = [kind for kind, value in apart.items() if value == months]
        within |= Q(date__gt=cutoff(today, months), service_type__in=kinds)
    return Assistance.objects.filter(within, Q(person=OuterRef("pk")) | Q(household__head=OuterRef("pk")))


def under_hold(person_id) -> bool:
    """Whether nothing of this person may be erased now."""
    return LegalHold.objects.filter(person_id=person_id, ended_at=None).exists()


def holds_of(viewer: Viewer, person_id) -> list[LegalHold]:
    """Holds on a person's data, ended ones too."""
    row = person_door(viewer, person_id)
    return list(LegalHold.objects.filter(person=row).select_related("by").order_by("-created_at"))
