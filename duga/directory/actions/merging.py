"""Two entries that are one: merged, and taken apart again without a trace lost."""

from django.db import transaction
from django.utils import timezone

from duga.directory import queries
from duga.directory.actions._help import _how
from duga.directory.actions._sealed import _check_open, _move_places
from duga.directory.actions.duplicates import _decide
from duga.directory.actions.indexing import _index
from duga.directory.actions.services import _change
from duga.directory.models import (
    Duplicate,
    Guide,
    GuidedService,
    Licence,
    LicenceDocument,
    Location,
    Program,
    Provider,
    Report,
    SavedService,
    Service,
)
from duga.directory.queries.duplicates import duplicate_by_id
from duga.directory.queries.offers import offer_of
from duga.directory.rules import DuplicateState, ReportState, check_way
from duga.directory.rules.fields import NOT_BY_LINK, QUIET, ROWS
from duga.directory.rules.licences import IN_FORCE
from duga.members.rules import Viewer
from duga.plain.errors import Refused, gettext_noop

__all__ = ["merge", "undo_merge"]

_NOT_OF_IT = gettext_noop("Choose one of the two to keep.")
_PAPERS = gettext_noop("The other one has papers of a licence, sealed by its own organisation: keep that one.")
_IN_FORCE = gettext_noop("The other one holds a licence in force: keep that one.")
_MEMBER = gettext_noop("Keep the member organisation: what it sealed opens under its own key only.")
#: What moves with a service, and with a provider.
WITH_SERVICE = {"licences": Licence, "saved": SavedService, "guides": GuidedService, "reports": Report}
WITH_PROVIDER = {model.__name__: model for model in (Service, Location, Program, Guide)}


@transaction.atomic
def merge(*, by: Viewer, duplicate_id, keep_id) -> Duplicate:
    """Makes two entries one. What the kept one does not tell is taken from the other, which leads to it from now on.

    Services: the other's rows stay with it, so that taking apart brings back all; its way to a licence, guides beside
    it, its places in workers' lists, open reports and its confidential places move. Providers: services, places,
    programmes and guides move.
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
    both = Service.objects.select_related("provider__organisation", "provider__network").in_bulk([kept_id, gone_id])
    kept, gone = both[kept_id], both[gone_id]
    now, other = offer_of(kept), offer_of(gone)
    _check_open(kept, other)  # neither may tell where the other's confidential place is
    _check_open(gone, now)
    if kept.provider_id != gone.provider_id:
        other.pop("locations")  # places stay with who keeps them, and so do hours that hold at one alone
        other["schedules"] = [row for row in other["schedules"] if not row["at"]]
    fills = {
        name: _copied(name, value)
        for name, value in other.items()
        if name not in QUIET | NOT_BY_LINK and now.get(name) in (None, "", []) and value not in (None, "", [])
    }
    moved = _move_to(kept, gone)
    Service.objects.filter(pk=gone.pk).update(merged_into=kept, changed_at=timezone.now())
    if fills:
        _change(by, kept, fills, None, _how(by, kept.provider))
    _index([gone.pk])
    version = Service.objects.get(pk=kept.pk).version
    return {"filled": {name: now.get(name) for name in fills}, "version": version, "with": moved}


def _copied(name, value):
    """Rows as new ones; places of the same provider are shared, not copied."""
    if name in ROWS and name != "locations":
        return [{column: each for column, each in row.items() if column != "id"} for row in value]
    return value


def _move_to(kept, gone) -> dict[str, list[str]]:
    """Moves what hangs on a service; {what: ids of the rows that moved}.

    Both on their way to a licence, or both in one list: each keeps its own, and the other's is found again through its
    organisation and when the two are taken apart.
    """
    rows = {
        "licences": _licences_to_move(kept, gone),
        "saved": SavedService.objects.filter(service=gone).exclude(
            saved_list__in=SavedService.objects.filter(service=kept).values("saved_list")
        ),
        "guides": GuidedService.objects.filter(service=gone).exclude(
            guide__in=GuidedService.objects.filter(service=kept).values("guide")
        ),
        "reports": Report.objects.filter(service=gone, state=ReportState.OPEN),
    }
    moved = {what: list(found.values_list("pk", flat=True)) for what, found in rows.items()}
    for what, ids in moved.items():
        WITH_SERVICE[what].objects.filter(pk__in=ids).update(service=kept)
    moved["places"] = _move_places(gone, kept)
    return {what: [str(pk) for pk in ids] for what, ids in moved.items() if ids}


def _licences_to_move(kept, gone):
    ways = Licence.objects.filter(service=gone)
    if not Licence.objects.filter(service=kept).exists():
        papers = LicenceDocument.objects.filter(licence__in=ways, removed_at=None)
        if kept.provider_id != gone.provider_id and papers.exists():
            raise Refused(_PAPERS)
        return ways
    if ways.filter(state__in=IN_FORCE).exists() and not kept.licence_ways.filter(state__in=IN_FORCE).exists():
        raise Refused(_IN_FORCE)
    return ways.none()


def _merge_providers(kept_id, gone_id):
    gone = Provider.objects.get(pk=gone_id)
    if gone.organisation_id:
        raise Refused(_MEMBER)
    moved = {}
    for name, model in WITH_PROVIDER.items():
        ids = list(model.objects.filter(provider=gone).values_list("pk", flat=True))
        model.objects.filter(pk__in=ids).update(provider_id=kept_id)
        moved[name] = [str(pk) for pk in ids]
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
    gone = Service.objects.get(pk=gone_id)
    moved = dict(row.moved.get("with", {}))
    _move_places(kept, gone, moved.pop("places", ()))
    for what, ids in moved.items():
        rows = WITH_SERVICE[what].objects.filter(pk__in=ids, service=kept)
        if what == "licences" and kept.provider_id != gone.provider_id:  # papers sealed since open for who sealed them
            rows = rows.exclude(pk__in=LicenceDocument.objects.filter(removed_at=None).values("licence"))
        rows.update(service=gone)
    if back:
        _change(by, kept, back, None, _how(by, kept.provider))
    _index([gone_id, kept.pk])


def _nothing(name):
    return [] if name in ROWS or name.startswith("terms.") else None


def _part_providers(row, gone_id):
    for name, ids in row.moved.items():
        WITH_PROVIDER[name].objects.filter(pk__in=ids, provider_id=row.kept_id).update(provider_id=gone_id)
    Provider.objects.filter(pk=gone_id).update(merged_into=None, changed_at=timezone.now())
    _index(row.moved["Service"])
