"""Households with their roles, and travelling parties: codes, roles and days. Names stay closed here."""

from collections.abc import Iterable

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Q

from duga.casework.models import HouseholdMember, PartyMember, Person, TravellingParty
from duga.casework.queries.people import household
from duga.casework.queries.programmes import door, visible
from duga.casework.rules import Left, Moment
from duga.members.queries import require
from duga.members.rules import Permission, Viewer
from duga.plain.errors import gettext_noop

_JOINED = gettext_noop("Joined the party %(code)s as: %(role)s")
_LEFT = {
    Left.SPLIT: gettext_noop("Went on from the party %(code)s with others"),
    Left.LOST: gettext_noop("Was lost from the party %(code)s"),
    Left.STAYED: gettext_noop("Stayed here when the party %(code)s went on"),
}
_LIVES = gettext_noop("Came into the household %(code)s as: %(role)s")


def _now_first(ended: str, began: str) -> list:
    """Who is there now first, then who left last; those longest there first."""
    return [F(ended).desc(nulls_first=True), F(began).asc(nulls_first=True), "pk"]


def household_members(viewer: Viewer, household_id, *, past: bool = False) -> list[HouseholdMember]:
    """Who lives in a household and in which role; those under a seal only for who is named for it."""
    rows = household(viewer, household_id).members.filter(visible(viewer, "person__"))
    rows = rows if past else rows.filter(until=None)
    return list(rows.select_related("person").order_by(*_now_first("until", "since")))


def party(viewer: Viewer, party_id, permission=Permission.SEE_PEOPLE) -> TravellingParty:
    """One travelling party."""
    rows = TravellingParty.objects.select_related("area", "programme", "split_from", "changed_by")
    return door(viewer, rows, party_id, permission)


def parties(viewer: Viewer, organisation, *, state: str = "", page=1, size: int = 50) -> Page:
    """A page of an organisation's travelling parties, the newest first, each with `known`: members written down."""
    require(viewer, Permission.SEE_PEOPLE, of=organisation)
    rows = TravellingParty.objects.filter(visible(viewer), organisation_id=organisation.pk)
    rows = rows.filter(state=state) if state else rows
    known = Count("members", filter=Q(members__left=None) & visible(viewer, "members__person__"))
    return Paginator(rows.select_related("area").annotate(known=known).order_by("-since", "-pk"), size).get_page(page)


def party_members(viewer: Viewer, party_id, *, past: bool = False) -> list[PartyMember]:
    """Who travels in a party, by role and code; with `past` also who left, and why."""
    rows = party(viewer, party_id).members.filter(visible(viewer, "person__"))
    rows = rows if past else rows.filter(left=None)
    return list(rows.select_related("person").order_by(*_now_first("left", "joined")))


def party_of(viewer: Viewer, person_id) -> TravellingParty | None:
    """The party a person travels with now."""
    rows = TravellingParty.objects.filter(
        visible(viewer), members__in=PartyMember.objects.filter(person_id=person_id, left=None)
    )
    return rows.first()


def party_moments(viewer: Viewer, person: Person, limit: int) -> Iterable[Moment]:
    """The households and parties a person came into and left, for her timeline."""
    rows = PartyMember.objects.filter(visible(viewer, "party__"), person=person).select_related("party")
    for row in rows.order_by("-joined")[:limit]:
        told = {"code": row.party.code}
        more = {"url_name": "casework:party", "url_args": {"party_id": row.party_id}}
        role = {"role": ("household_roles", row.role)}
        yield Moment(row.joined, row.created_at, "party", _JOINED, told, codes=role, **more)
        if row.left:
            yield Moment(row.left, row.created_at, "party", _LEFT[Left(row.why)], told, **more)
    homes = HouseholdMember.objects.filter(visible(viewer, "household__"), person=person).select_related("household")
    for row in homes.order_by("-created_at")[:limit]:
        yield Moment(
            row.since or row.created_at.date(), row.created_at, "household", _LIVES, {"code": row.household.code},
            codes={"role": ("household_roles", row.role)}, url_name="casework:household_members",
            url_args={"household_id": row.household_id},
        )  # fmt: skip
