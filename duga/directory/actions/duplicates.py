"""Pairs that may be one: found and judged. What becomes of those that are one: merging.py."""

from django.db import transaction
from django.utils import timezone

from duga.directory import queries
from duga.directory.actions._help import _tell
from duga.directory.models import Duplicate
from duga.directory.queries.duplicates import all_providers_seen, all_seen, duplicate_by_id
from duga.directory.rules import DuplicateState, check_way
from duga.directory.rules.likeness import pairs
from duga.members.queries import network_by_id, require
from duga.members.rules import Permission, Viewer
from duga.places.queries import countries
from duga.plain.errors import NOT_HERE, NotFound

__all__ = ["decide_different", "find_duplicates", "note_duplicate"]


def find_duplicates(*, by: Viewer, network_id) -> int:
    """Compares all services and all providers of a network's country (of every country, for the whole network).

    Returns how many pairs are new. Pairs judged before stay judged. Others wait for the writing only, not for the
    seconds of comparing.
    """
    network = network_by_id(by, network_id)
    require(by, Permission.CURATE_DIRECTORY, network)
    wanted = [network.country] if network.country else [each.code for each in countries()]
    found = [("service", *each) for country in wanted for each in pairs(all_seen(country))]
    found += [("organization", *each) for country in wanted for each in pairs(all_providers_seen(country))]
    return _note_all(by, network, found)


@transaction.atomic
def _note_all(by, network, found):
    known = set(Duplicate.objects.values_list("first_id", "second_id"))
    new = [
        Duplicate(entity=entity, first_id=a, second_id=b, likeness=score, reasons=reasons)
        for entity, score, a, b, reasons in found
        if (a, b) not in known
    ]
    made = len(Duplicate.objects.bulk_create(new, batch_size=200))
    _tell(by, "duplicates_found", network, None, found=made)
    return made


@transaction.atomic
def note_duplicate(*, by: Viewer, entity: str, first_id, second_id, likeness: float, reasons=()) -> Duplicate:
    """Puts a pair up for judgement ("service" or "organization"), for an import that met one; known pairs stay."""
    door = queries.service_by_id if entity == "service" else queries.provider_by_id
    rows = [door(first_id), door(second_id)]
    if not by.known or not any(queries.may_edit(by, getattr(row, "provider", row)) for row in rows):
        raise NotFound(NOT_HERE)
    first, second = sorted((rows[0].pk, rows[1].pk), key=str)
    row, made = Duplicate.objects.get_or_create(
        first_id=first, second_id=second,
        defaults={"entity": entity, "likeness": likeness, "reasons": list(reasons)},
    )  # fmt: skip
    if made:
        _tell(by, "duplicates_found", row, None, found=1)
    return row


@transaction.atomic
def decide_different(*, by: Viewer, duplicate_id) -> Duplicate:
    """Says that a pair is two."""
    row = duplicate_by_id(by, duplicate_id)
    check_way(DuplicateState(row.state), DuplicateState.DIFFERENT)
    return _decide(by, row, DuplicateState.DIFFERENT, "duplicate_decided")


def _decide(by, row, state, event):
    row.state, row.decided_by_id, row.decided_at = state, by.account_id, timezone.now()
    row.save()
    _tell(by, event, row, None, state=state)
    return row
