"""Two entries that are one: found, judged, merged, and taken apart again without a trace lost."""

from django.db import transaction
from django.utils import timezone

from duga.directory import queries
from duga.directory.actions._help import _how, _tell
from duga.directory.actions.indexing import _index
from duga.directory.actions.services import _change
from duga.directory.models import Duplicate, Location, Program, Provider, Service
from duga.directory.queries.duplicates import all_seen, duplicate_by_id
from duga.directory.queries.offers import offer_of
from duga.directory.rules import DuplicateState, check_way
from duga.directory.rules.fields import NOT_BY_LINK, QUIET, ROWS
from duga.directory.rules.likeness import pairs
from duga.members.queries import network_by_id, require
from duga.members.rules import Permission, Viewer
from duga.places.queries import countries
from duga.plain.errors import NotFound, Refused, gettext_noop

__all__ = ["decide_different", "find_duplicates", "merge", "note_duplicate", "undo_merge"]

_NOT_OF_IT = gettext_noop("Choose one of the two to keep.")


@transaction.atomic
def find_duplicates(*, by: Viewer, network_id) -> int:
    """Compares all services of a network's country (of every country, for the whole network); returns how many pairs
    are new. Pairs judged before stay judged."""
    network = network_by_id(by, network_id)
    require(by, Permission.CURATE_DIRECTORY, network)
    made = 0
    for country in [network.country] if network.country else [each.code for each in countries()]:
        found = pairs(all_seen(country))
        known = set(Duplicate.objects.values_list("first_id", "second_id"))
        new = [
            Duplicate(entity="service", first_id=a, second_id=b, likeness=score, reasons=reasons)
            for score, a, b, reasons in found
            if (a, b) not in known
        ]
        made += len(Duplicate.objects.bulk_create(new, batch_size=200))
    _tell(by, "duplicate_decided", network, None, found=made)
    return made


@transaction.atomic
def note_duplicate(*, by: Viewer, entity: str, first_id, second_id, likeness: float, reasons=()) -> Duplicate:
    """Puts a pair up for judgement ("service" or "organization"), for an import that met one; known pairs stay."""
    door = queries.service_by_id if entity == "service" else queries.provider_by_id
    rows = [door(first_id), door(second_id)]
    if not by.known or not any(queries.may_edit(by, getattr(row, "provider", row)) for row in rows):
        raise NotFound(gettext_noop("There is nothing here, or it is not yours to see."))
    first, second = sorted((rows[0].pk, rows[1].pk), key=str)
    row, made = Duplicate.objects.get_or_create(
        first_id=first, second_id=second,
        defaults={"entity": entity, "likeness": likeness, "reasons": list(reasons)},
    )  # fmt: skip
    if made:
        _tell(by, "duplicate_decided", row, None, found=1)
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


@transaction.atomic
def merge(*, by: Viewer, duplicate_id, keep_id) -> Duplicate:
    """Makes two entries one. What the kept one does not tell is taken from the other, which leads to it from now on.

    Services: the other's rows stay with it, so that taking apart brings back all. Providers: services, places and
    programmes move.
    """
    row = duplicate_by_id(by, duplicate_id)
    check_way(DuplicateState(row.state), DuplicateState.MERGED)
    ids = {str(row.first_id): row.first_id, str(row.second_id): row.second_id}
    if str(keep_id) not in ids:
        raise Refused(_NOT_OF_IT)
    kept = ids.pop(str(keep_id))
    gone = ids.popitem()[1]
    row.kept_id = kept
    row.moved = _merge_services(by, kept, gone) if row.entity == "service" else _merge_providers(kept, gone)
    return _decide(by, row, DuplicateState.MERGED, "merged")


def _merge_services(by, kept_id, gone_id):
    kept = Service.objects.select_related("provider__organisation", "provider__network").get(pk=kept_id)
    gone = Service.objects.get(pk=gone_id)
    now, other = offer_of(kept), offer_of(gone)
    if kept.provider_id != gone.provider_id:
        other.pop("locations")  # places stay with who keeps them
    fills = {
        name: _copied(name, value)
        for name, value in other.items()
        if name not in QUIET | NOT_BY_LINK and now.get(name) in (None, "", []) and value not in (None, "", [])
    }
    Service.objects.filter(pk=gone.pk).update(merged_into=kept, changed_at=timezone.now())
    if fills:
        _change(by, kept, fills, None, _how(by, kept.provider))
    _index([gone.pk])
    return {"filled": {name: now.get(name) for name in fills}, "version": Service.objects.get(pk=kept.pk).version}


def _copied(name, value):
    """Rows as new ones; places of the same provider are shared, not copied."""
    if name in ROWS and name != "locations":
        return [{column: each for column, each in row.items() if column != "id"} for row in value]
    return value


def _merge_providers(kept_id, gone_id):
    gone = Provider.objects.get(pk=gone_id)
    moved = {}
    for model in (Service, Location, Program):
        ids = list(model.objects.filter(provider=gone).values_list("pk", flat=True))
        model.objects.filter(pk__in=ids).update(provider_id=kept_id)
        moved[model.__name__] = [str(pk) for pk in ids]
    Provider.objects.filter(pk=gone.pk).update(merged_into_id=kept_id, changed_at=timezone.now())
    _index(moved["Service"])
    return moved


@transaction.atomic
def undo_merge(*, by: Viewer, duplicate_id) -> Duplicate:
    """Takes apart what was merged: both are as they were, except for what people changed since."""
    row = duplicate_by_id(by, duplicate_id)
    check_way(DuplicateState(row.state), DuplicateState.OPEN)
    if row.state != DuplicateState.MERGED:
        return _decide(by, row, DuplicateState.OPEN, "duplicate_decided")
    gone = row.first_id if row.kept_id == row.second_id else row.second_id
    if row.entity == "service":
        _part_services(by, row, gone)
    else:
        _part_providers(row, gone)
    row.kept_id, row.moved = None, {}
    return _decide(by, row, DuplicateState.OPEN, "merge_undone")


def _part_services(by, row, gone_id):
    kept = Service.objects.select_related("provider__organisation", "provider__network").get(pk=row.kept_id)
    since = set(queries.changed_since(kept, row.moved["version"]))
    back = {name: value or _nothing(name) for name, value in row.moved["filled"].items() if name not in since}
    Service.objects.filter(pk=gone_id).update(merged_into=None, changed_at=timezone.now())
    if back:
        _change(by, kept, back, None, _how(by, kept.provider))
    _index([gone_id])


def _nothing(name):
    return [] if name in ROWS or name.startswith("terms.") else None


def _part_providers(row, gone_id):
    models = {model.__name__: model for model in (Service, Location, Program)}
    for name, ids in row.moved.items():
        models[name].objects.filter(pk__in=ids, provider_id=row.kept_id).update(provider_id=gone_id)
    Provider.objects.filter(pk=gone_id).update(merged_into=None, changed_at=timezone.now())
    _index(row.moved["Service"])
