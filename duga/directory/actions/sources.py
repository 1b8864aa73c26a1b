"""Sources, and where they disagree: both words are kept, one stands, with the reason."""

from django.db import transaction
from django.utils import timezone

from duga.directory import queries
from duga.directory.actions._help import _how, _tell
from duga.directory.actions.services import _change, change_provider
from duga.directory.models import Disagreement, Source
from duga.directory.queries.inbox import disagreement_by_id
from duga.directory.queries.offers import known_codes, offer_of, provider_fields
from duga.directory.rules import DisagreementState, SourceKind, check_way
from duga.directory.rules.cleaning import check_offer, check_provider
from duga.directory.rules.comparing import same
from duga.directory.rules.fields import ROWS, safe_url
from duga.members.queries import network_by_id, require
from duga.members.rules import Permission, Viewer
from duga.plain.errors import NOT_HERE, NotFound, Refused, gettext_noop

__all__ = ["add_source", "decide_disagreement", "note_disagreement", "note_fetch"]


@transaction.atomic
def add_source(*, by: Viewer, network_id, name: str, kind, url: str = "", licence: str = "", trust: int = 50) -> Source:
    """A source entries come from. `trust` 0 to 100: whose word stands while nobody has decided."""
    network = network_by_id(by, network_id)
    require(by, Permission.CURATE_DIRECTORY, network)
    name = " ".join(str(name).split())[:200]
    if not name or (url and not safe_url(url)) or not 0 <= trust <= 100:
        raise Refused(gettext_noop("A source needs a name, a web address (or none) and a trust from 0 to 100."))
    source = Source.objects.create(
        name=name, kind=SourceKind(kind), url=url, network=network, licence=licence[:200], trust=trust
    )
    _tell(by, "source_added", source, None)
    return source


@transaction.atomic
def note_fetch(*, by: Viewer, source_id, fetched: dict) -> Source:
    """Keeps when a source was last read, and what is needed to read only what is new (ETag, counts)."""
    source = queries.source_by_id(source_id)
    require(by, Permission.CURATE_DIRECTORY, source.network)
    # what its columns mean is learned once and stays, whatever else a fetch tells
    kept = {name: source.fetched[name] for name in ("mappings", "terms") if name in source.fetched}
    source.fetched_at, source.fetched = timezone.now(), {**kept, **fetched}
    source.save(update_fields=["fetched_at", "fetched"])
    _tell(by, "source_fetched", source, None)
    return source


def _entry(entity, record_id):
    """(the entry, its provider, what its fields say now)."""
    if entity == "service":
        row = queries.service_by_id(record_id)
        return row, row.provider, offer_of(row)
    row = queries.provider_by_id(record_id)
    return row, row, provider_fields(row)


@transaction.atomic
def note_disagreement(*, by: Viewer, entity: str, record_id, field: str, theirs, source_id) -> Disagreement | None:
    """A source says something else of a field of a service ("service") or provider ("organization").

    None when it says what is there: an open disagreement with it is then over. One that was decided stays decided
    until the source says something new.
    """
    row, provider, now = _entry(entity, record_id)
    _require(by, provider)
    source = queries.source_by_id(source_id)
    check = (
        check_offer({field: theirs}, codes=known_codes()) if entity == "service" else check_provider({field: theirs})
    )
    theirs, ours = check[field], now.get(field)
    known = Disagreement.objects.filter(record_id=row.pk, field=field, their_source=source).first()
    if same(field, ours, theirs):
        if known and known.state == DisagreementState.OPEN:
            _settle(by, known, DisagreementState.GONE, "")
        return None
    if known and known.theirs == theirs and known.state in (DisagreementState.KEPT, DisagreementState.OPEN):
        return known
    told = known or Disagreement(entity=entity, record_id=row.pk, field=field, their_source=source)
    told.service, told.provider = (row, provider) if entity == "service" else (None, provider)
    told.ours, told.theirs, told.our_source_id = ours, theirs, row.source_id
    told.state, told.seen_at, told.why, told.decided_by, told.decided_at = "open", timezone.now(), "", None, None
    told.save()
    _tell(by, "disagreement_noted", told, provider, field=field)
    return told


def _require(by, provider):
    if not queries.may_edit(by, provider):
        raise NotFound(NOT_HERE)


@transaction.atomic
def decide_disagreement(*, by: Viewer, disagreement_id, take: bool, why: str) -> Disagreement:
    """Which of the two stands, and why. Taking theirs writes it into the entry, with its source in the history."""
    told = disagreement_by_id(by, disagreement_id)
    why = " ".join(str(why).split())[:500]
    if not why:
        raise Refused(gettext_noop("Say why: whoever reads it later wants to know."))
    wanted = DisagreementState.TAKEN if take else DisagreementState.KEPT
    check_way(DisagreementState(told.state), wanted)
    changes = {told.field: _as_new(told.field, told.theirs if take else told.ours)}
    if take or told.state == DisagreementState.TAKEN:
        source_id = told.their_source_id if take else told.our_source_id
        if told.entity == "service":
            service = queries.service_by_id(told.record_id)
            _change(by, service, changes, None, _how(by, service.provider), source_id)
        else:
            change_provider(by=by, provider_id=told.record_id, changes=changes)
    return _settle(by, told, wanted, why)


def _as_new(field, value):
    """Rows another source told, as new ones."""
    if field in ROWS and isinstance(value, list):
        return [{name: each for name, each in row.items() if name != "id"} for row in value]
    return value


def _settle(by, told, state, why):
    told.state, told.why, told.decided_by_id, told.decided_at = state, why, by.account_id, timezone.now()
    told.save()
    _tell(by, "disagreement_decided", told, told.provider, state=state, field=told.field)
    return told
