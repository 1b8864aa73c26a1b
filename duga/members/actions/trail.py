"""Writing the audit trail: entries of one organisation chained by hash, the end of each chain sealed."""

import json
from collections.abc import Iterable

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone

from duga.members.models import TrailEntry, TrailHead
from duga.members.queries.trail import NO_ORGANISATION, entry_hash, head_seal
from duga.members.rules import Viewer
from duga.vault.rows import change, put, read

__all__ = ["NO_ORGANISATION", "write_trail", "write_trail_many"]


def _locked_head(chain):
    """The end of a chain, locked until the transaction ends, so that two writers never continue from one entry."""
    found = read(TrailHead, "number", "hash", chain=chain, lock=True)
    if not found:
        TrailHead.objects.get_or_create(chain=chain)
        found = read(TrailHead, "number", "hash", chain=chain, lock=True)
    return TrailHead(chain=chain, number=found[0][0], hash=found[0][1])


def _next(head, by, at, event, subject, organisation_id, detail):
    """The entry that follows `head`, which moves on to it."""
    detail = json.loads(json.dumps(detail or {}, cls=DjangoJSONEncoder))  # as the database will give it back
    for session in by.sessions:
        if organisation_id == session.scope_id or str(subject[1]) == str(session.scope_id):
            detail["administrator_session"] = str(session.id)
    entry = TrailEntry(
        organisation_id=organisation_id, number=head.number + 1, at=at, actor=by.label, actor_id=by.account_id,
        event=event, subject_label=subject[0], subject_id=str(subject[1]), detail=detail, previous=head.hash,
    )  # fmt: skip
    entry.hash = entry_hash(entry)
    head.number, head.hash = entry.number, entry.hash
    return entry


def _seal(head):
    head.seal = head_seal(head.chain, head.number, head.hash)
    change(head, "number", "hash", "seal")


# Inside the transaction of what is told, without a savepoint of its own: an entry that fails takes all back with it.
@transaction.atomic(savepoint=False)
def write_trail(
    *, by: Viewer, event: str, subject: tuple[str, object], organisation_id=None, detail=None
) -> TrailEntry:
    """Adds one entry to an organisation's chain, inside the transaction of what it tells of.

    `subject` is (label, id): "casework.Person" and its id; never a name. `detail` is small JSON without personal data.
    """
    head = _locked_head(organisation_id or NO_ORGANISATION)
    entry = put(_next(head, by, timezone.now(), event, subject, organisation_id, detail))
    _seal(head)
    return entry


@transaction.atomic(savepoint=False)
def write_trail_many(*, by: Viewer, entries: Iterable[dict]) -> list[TrailEntry]:
    """Adds many entries at once: dicts of what `write_trail` takes (event, subject, organisation_id, detail).

    Few queries however many entries and chains. Chains are locked in one order, so that two of these cannot wait
    for each other.
    """
    entries = list(entries)
    heads = _locked_heads({entry.get("organisation_id") or NO_ORGANISATION for entry in entries})
    written, at = [], timezone.now()
    for entry in entries:
        organisation_id = entry.get("organisation_id")
        head = heads[organisation_id or NO_ORGANISATION]
        written.append(_next(head, by, at, entry["event"], entry["subject"], organisation_id, entry.get("detail")))
    for head in heads.values():
        head.seal = head_seal(head.chain, head.number, head.hash)
    TrailEntry.objects.bulk_create(written, batch_size=1000)
    TrailHead.objects.bulk_update(heads.values(), ["number", "hash", "seal"], batch_size=200)
    return written


def _locked_heads(chains):
    """The ends of several chains, locked in the order of their ids; those that are new are made."""
    rows = TrailHead.objects.select_for_update().filter(chain__in=chains).order_by("chain")
    heads = {head.chain: head for head in rows}
    if missing := set(chains) - set(heads):
        TrailHead.objects.bulk_create([TrailHead(chain=chain) for chain in sorted(missing)], ignore_conflicts=True)
        heads = {head.chain: head for head in rows.all()}
    return heads
