"""What a person's timeline tells of calls, guardians, households she heads, groups and her record itself."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils import timezone

from duga.casework.models import Call, CountingObjection, GroupMember, Guardianship, Household, Merge, Person
from duga.casework.queries.bases.children import followed_by
from duga.casework.queries.programmes import visible
from duga.casework.rules import GUARDIAN_LABELS, Moment
from duga.casework.rules.helpline import CALLER_LABELS, CallState
from duga.members.queries import may, organisation_by_id
from duga.members.rules import Permission, Viewer
from duga.plain.errors import gettext_noop

_CALLED = gettext_noop("A call, %(who)s")
_ASSESSED = gettext_noop("A call, %(who)s, with questions about her safety")
_GUARDIAN = gettext_noop("Who looks after her: %(who)s")
_GUARDIAN_ENDED = gettext_noop("Looks after her no more: %(who)s")
_HEADS = gettext_noop("The household %(code)s was written down, with her as its head")
_GROUP = gettext_noop("Came into the group %(name)s")
_MERGED = gettext_noop("Two records of hers were made one")
_PARTED = gettext_noop("Two records were parted again")
_OBJECTED = gettext_noop("She does not take part in counting across organisations")
_OBJECTION_ENDED = gettext_noop("She takes part in counting across organisations again")


def _on(moment):
    return timezone.localdate(moment)


def call_moments(viewer: Viewer, person: Person, limit: int) -> Iterable[Moment]:
    """Her calls: for those named for the line's programme who answer or supervise; nothing of what was told."""
    organisation = organisation_by_id(viewer, person.organisation_id)
    if not any(may(viewer, each, of=organisation) for each in (Permission.ANSWER_HELPLINE, Permission.APPROVE_CASES)):
        return
    rows = Call.objects.filter(visible(viewer, "line__"), person=person, state=CallState.KEPT)
    for row in rows.select_related("assessment").defer("draft", "safe", "note").order_by("-started_at")[:limit]:
        yield Moment(
            _on(row.started_at), row.started_at, "call", _ASSESSED if hasattr(row, "assessment") else _CALLED,
            labels={"who": CALLER_LABELS[row.caller]}, url_name="casework:duty_call", url_args={"call_id": row.pk},
        )  # fmt: skip


def guardian_moments(viewer: Viewer, person: Person, limit: int) -> Iterable[Moment]:
    """Who looked after her, by kind; one who may be the danger is told to those who follow her case alone."""
    rows = Guardianship.objects.filter(person=person)
    rows = rows if followed_by(viewer, person) else rows.filter(conflicted=False)
    more = {"url_name": "casework:child", "url_args": {"person_id": person.pk}}
    for row in rows.order_by("-since", "-pk")[:limit]:
        labels = {"who": GUARDIAN_LABELS[row.kind]}
        yield Moment(row.since, row.created_at, "guardian", _GUARDIAN, labels=labels, **more)
        if row.until:
            yield Moment(row.until, row.created_at, "guardian", _GUARDIAN_ENDED, labels=labels, **more)


def home_moments(viewer: Viewer, person: Person, limit: int) -> Iterable[Moment]:
    """The households she heads."""
    rows = Household.objects.filter(visible(viewer), head=person, merged_into=None)
    for row in rows.order_by("-created_at")[:limit]:
        yield Moment(
            _on(row.created_at), row.created_at, "household", _HEADS, {"code": row.code},
            url_name="casework:household_members", url_args={"household_id": row.pk},
        )  # fmt: skip


def group_moments(viewer: Viewer, person: Person, limit: int) -> Iterable[Moment]:
    """The groups she came into."""
    rows = GroupMember.objects.filter(visible(viewer, "group__"), person=person).select_related("group")
    for row in rows.order_by("-created_at")[:limit]:
        yield Moment(_on(row.created_at), row.created_at, "group", _GROUP, {"name": row.group.name})


def record_moments(viewer: Viewer, person: Person, limit: int) -> Iterable[Moment]:
    """What happened to her record itself: made one with another, parted again, kept out of counting."""
    for row in Merge.objects.filter(Q(kept=person) | Q(gone=person)).order_by("-pk")[:limit]:
        yield Moment(_on(row.created_at), row.created_at, "merge", _MERGED)
        if row.undone_at:
            yield Moment(_on(row.undone_at), row.undone_at, "merge", _PARTED)
    for row in CountingObjection.objects.filter(person=person).order_by("-pk")[:limit]:
        yield Moment(_on(row.created_at), row.created_at, "objection", _OBJECTED)
        if row.ended_at:
            yield Moment(_on(row.ended_at), row.ended_at, "objection", _OBJECTION_ENDED)
