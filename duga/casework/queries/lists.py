"""Groups and distribution lists, names closed."""

from django.db.models import Exists, OuterRef, Q

from duga.casework.models import Assistance, DistributionList, Group, GroupMember, Person
from duga.casework.queries.programmes import door, visible
from duga.casework.rules import State
from duga.members.queries import require
from duga.members.rules import Permission, Viewer


def groups(viewer: Viewer, organisation) -> list[Group]:
    """The groups of an organisation that still meet."""
    require(viewer, Permission.RECORD_ASSISTANCE, of=organisation)
    rows = Group.objects.filter(visible(viewer), organisation_id=organisation.pk, closed_at=None)
    return list(rows.select_related("area", "programme"))


def group(viewer: Viewer, group_id) -> Group:
    """One group."""
    rows = Group.objects.select_related("area", "programme")
    return door(viewer, rows, group_id, Permission.RECORD_ASSISTANCE)


def members_of(viewer: Viewer, group_id) -> list[GroupMember]:
    """Who belongs to a group now, by code; those in sealed programmes only for workers named for them."""
    rows = group(viewer, group_id).members.filter(visible(viewer, "person__"), until=None, person__erased_at=None)
    return list(rows.select_related("person").order_by("person__code"))


def distribution_lists(viewer: Viewer, organisation) -> list[DistributionList]:
    """The distribution lists of an organisation, the newest day first."""
    require(viewer, Permission.RECORD_ASSISTANCE, of=organisation)
    rows = DistributionList.objects.filter(visible(viewer), organisation_id=organisation.pk)
    return list(rows.select_related("area", "programme", "by"))


def distribution_list(viewer: Viewer, list_id) -> DistributionList:
    """One list; its lines are `.lines`."""
    rows = DistributionList.objects.select_related("area", "programme", "by")
    return door(viewer, rows, list_id, Permission.RECORD_ASSISTANCE)


def people_for_list(viewer: Viewer, organisation, *, area_id=None, service_type="", since=None, limit=500) -> list:
    """Ids of people a list may be made of: of an area, and/or who received a service since a day; by case code."""
    require(viewer, Permission.SEE_PEOPLE, of=organisation)
    rows = Person.objects.filter(visible(viewer), organisation_id=organisation.pk, erased_at=None, merged_into=None)
    if area_id:
        rows = rows.filter(Q(area_id=area_id) | Q(area__region_id=area_id))
    if service_type:
        given = Assistance.objects.filter(person=OuterRef("pk"), service_type=service_type, state=State.RECORDED)
        rows = rows.filter(Exists(given.filter(date__gte=since) if since else given))
    return list(rows.order_by("code").values_list("pk", flat=True)[:limit])
