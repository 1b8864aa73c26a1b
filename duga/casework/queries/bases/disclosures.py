"""Disclosures and decisions: one by one, and those an organisation has to look at again."""

from django.db.models import Q
from django.utils import timezone

from duga.casework.models import BestInterestsDecision, Disclosure
from duga.casework.queries.bases.children import follows
from duga.casework.queries.people import person as person_door
from duga.casework.queries.programmes import door, visible
from duga.members.queries import require
from duga.members.rules import Permission, Viewer

_SHOWN = ("person__organisation", "person__programme", "receiver_organisation", "receiver_provider", "decided_by")


def disclosures_of(viewer: Viewer, person_id) -> list[Disclosure]:
    """What was told of a person without her consent, newest first; reasons and receivers in words stay closed."""
    person = person_door(viewer, person_id)
    follows(viewer, person)
    rows = Disclosure.objects.filter(person=person).select_related(*_SHOWN, "reviewed_by")
    return list(rows.order_by("-told_on", "-pk"))


def disclosure(viewer: Viewer, disclosure_id) -> Disclosure:
    """The door to one disclosure, for who follows her case."""
    rows = Disclosure.objects.select_related(*_SHOWN, "reviewed_by")
    found = door(viewer, rows, disclosure_id, Permission.SEE_PEOPLE, prefix="person__")
    follows(viewer, found.person)
    return found


def decision(viewer: Viewer, decision_id) -> BestInterestsDecision:
    """The door to one decision about a child, for who follows her case."""
    rows = BestInterestsDecision.objects.select_related(
        "person__organisation", "person__programme", "proposed_by", "approved_by"
    )
    found = door(viewer, rows, decision_id, Permission.SEE_PEOPLE, prefix="person__")
    follows(viewer, found.person)
    return found


def to_review(viewer: Viewer, organisation) -> tuple[list[Disclosure], list[BestInterestsDecision]]:
    """What waits for a second person in an organisation: (disclosures without a review, decisions to approve or look
    at again), the most urgent first. Sealed programmes only for who is named for them."""
    require(viewer, Permission.FOLLOW_CASES, of=organisation)
    mine = {"person__organisation": organisation, "person__erased_at": None}
    told = Disclosure.objects.filter(visible(viewer, "person__"), reviewed_at=None, **mine).select_related(*_SHOWN)
    today = timezone.localdate()
    due = Q(decided_on=None) | Q(review_on__lte=today, reviewed_on=None)
    decided = BestInterestsDecision.objects.filter(visible(viewer, "person__"), due, **mine)
    decided = decided.select_related("person", "proposed_by", "approved_by")
    return list(told.order_by("review_due", "pk")), list(decided.order_by("review_on", "pk"))
