"""Whose caseload a phone carries, and which phones there are."""

import datetime as dt

from django.db.models import Q
from django.utils import timezone

from duga.casework.models import Assignment, Assistance, CaseWorker, Device, Person
from duga.casework.queries.programmes import unsealed
from duga.casework.rules import LIVE
from duga.casework.rules.devices import KNOWN_DAYS, MOST_PEOPLE
from duga.members.queries import may, organisation_by_id, require
from duga.members.rules import Permission, Viewer


def devices_of(viewer: Viewer, organisation) -> list[Device]:
    """The organisation's phones for who runs it, one's own for anybody else; newest first."""
    require(viewer, Permission.RECORD_ASSISTANCE, of=organisation)
    rows = Device.objects.filter(organisation=organisation).select_related("account")
    if not may(viewer, Permission.MANAGE_ORGANISATION, of=organisation):
        rows = rows.filter(account_id=viewer.account_id)
    return list(rows[:200])


def own_caseload(viewer: Viewer, organisation_id) -> list[Person]:
    """The people one works with: recorded for lately, in one's cases, or to be visited today; never under a seal."""
    organisation_by_id(viewer, organisation_id, Permission.SEE_PEOPLE)
    me, since = viewer.account_id, timezone.localdate() - dt.timedelta(days=KNOWN_DAYS)
    lately = Assistance.objects.filter(
        Q(recorded_by=me) | Q(delivered_by=me), organisation_id=organisation_id, date__gte=since
    )
    ids = Q(pk__in=lately.exclude(person=None).values("person"))
    ids |= Q(pk__in=CaseWorker.objects.filter(account=me, until=None).exclude(case__person=None).values("case__person"))
    ids |= Q(pk__in=own_errands(viewer, organisation_id).exclude(request__person=None).values("request__person"))
    rows = Person.objects.filter(ids, unsealed(), organisation_id=organisation_id, erased_at=None, merged_into=None)
    return list(rows.select_related("area").order_by("-changed_at", "-pk")[:MOST_PEOPLE])


def own_errands(viewer: Viewer, organisation_id):
    """One's open assignments, none of a sealed programme."""
    return Assignment.objects.filter(
        unsealed("request__"), organisation_id=organisation_id, account_id=viewer.account_id, state__in=LIVE
    )
