"""Following the trail: what was written since one last looked, chain by chain."""

import uuid

from django.db.models import Q

from duga.members.models import TrailEntry
from duga.members.queries.trail import NO_ORGANISATION


def trail_between(read: dict[str, int], heads: dict[str, int], events) -> list[TrailEntry]:
    """Entries of these events after what was read and up to the heads given, both {chain id: number}; chain by chain.

    Chains have no gaps and are written one entry at a time, so a number per chain is all there is to remember.
    """
    found = []
    for chain, head in sorted(heads.items()):
        if head > read.get(chain, 0):
            of = None if uuid.UUID(chain) == NO_ORGANISATION else uuid.UUID(chain)
            new = Q(organisation_id=of, number__gt=read.get(chain, 0), number__lte=head)
            found += TrailEntry.objects.filter(new, event__in=events).order_by("number")
    return found


def events_since(organisation_id, *, after: int, events, most: int) -> list[TrailEntry]:
    """An organisation's entries of these events after a number, oldest first, at most `most`; the caller's door."""
    rows = TrailEntry.objects.filter(organisation_id=organisation_id, number__gt=after, event__in=list(events))
    return list(rows.order_by("number")[:most])


def events_numbered(organisation_id, numbers) -> dict[int, TrailEntry]:
    """{number: entry} of an organisation's entries with these numbers; the caller's door."""
    rows = TrailEntry.objects.filter(organisation_id=organisation_id, number__in=list(numbers))
    return {row.number: row for row in rows}


def events_about(organisation_id, *, subjects, events, most: int) -> list[TrailEntry]:
    """An organisation's newest entries of these events about these rows (ids), at most `most`; the caller's door."""
    subjects, found = [str(each) for each in subjects], []
    for start in range(0, len(subjects), 500):
        rows = TrailEntry.objects.filter(organisation_id=organisation_id, event__in=list(events))
        found += rows.filter(subject_id__in=subjects[start : start + 500]).order_by("-number")[:most]
    return sorted(found, key=lambda entry: -entry.number)[:most]


def trail_of_actor(account_id, organisation_id, *, event: str, since) -> int:
    """How many entries of an event an account made in an organisation since a moment; for limits of pace."""
    rows = TrailEntry.objects.filter(at__gte=since, actor_id=account_id, event=event)
    return rows.filter(organisation_id=organisation_id).count()
