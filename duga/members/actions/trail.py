"""The audit trail: entries of one organisation chained by hash, so that one left out or changed is noticed."""

import hashlib
import json
import uuid

from django.db import transaction
from django.utils import timezone

from duga.members.models import TrailEntry, TrailHead
from duga.members.rules import Viewer

#: The chain of what belongs to no organisation (networks, places, releases).
NO_ORGANISATION = uuid.UUID(int=0)


def entry_hash(entry: TrailEntry) -> str:
    """SHA-256 over everything an entry says and the hash of the one before."""
    told = [
        str(entry.organisation_id or ""), entry.number, entry.at.isoformat(), entry.actor, str(entry.actor_id or ""),
        entry.event, entry.subject_label, entry.subject_id, entry.detail, entry.previous,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@transaction.atomic
def write_trail(
    *, by: Viewer, event: str, subject: tuple[str, object], organisation_id=None, detail=None
) -> TrailEntry:
    """Adds one entry to an organisation's chain, inside the transaction of what it tells of.

    `subject` is (label, id): "casework.Person" and its id; never a name. `detail` is small JSON without personal data.
    """
    TrailHead.objects.get_or_create(chain=organisation_id or NO_ORGANISATION)
    head = TrailHead.objects.select_for_update().get(chain=organisation_id or NO_ORGANISATION)
    entry = TrailEntry(
        organisation_id=organisation_id, number=head.number + 1, at=timezone.now(),
        actor=by.label, actor_id=by.account_id, event=event, subject_label=subject[0], subject_id=str(subject[1]),
        detail=detail or {}, previous=head.hash,
    )  # fmt: skip
    entry.hash = entry_hash(entry)
    entry.save(force_insert=True)
    head.number, head.hash = entry.number, entry.hash
    head.save(update_fields=["number", "hash"])
    return entry
