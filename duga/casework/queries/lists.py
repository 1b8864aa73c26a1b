"""Groups and distribution lists, names closed."""

from duga.casework.models import DistributionList, Group, GroupMember
from duga.casework.queries.programmes import door, visible
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
