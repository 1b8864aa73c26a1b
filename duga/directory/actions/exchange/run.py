"""Bringing HSDS in: a file, a package or what an API told; every row checked, none or the good ones, never twice."""

import gc
from contextlib import contextmanager, nullcontext

from django.db import transaction
from django.utils.translation import gettext

from duga.directory.actions.exchange.comparing import _compare
from duga.directory.actions.exchange.outcome import Outcome
from duga.directory.actions.exchange.resolving import Resolver
from duga.directory.actions.indexing import index_new
from duga.directory.actions.loading import _Ready
from duga.directory.models import LooseRow, Source
from duga.directory.rules import How, ProviderKind, SourceKind
from duga.directory.rules.hsds import lists
from duga.directory.rules.hsds.files import read_file, read_package
from duga.directory.rules.hsds.reading import Rows
from duga.directory.rules.hsds.tables import TABLES
from duga.directory.rules.hsds.values import tell
from duga.members.actions import write_trail
from duga.members.queries import network_by_id, require, trail_between, trail_heads
from duga.members.rules import Permission, Viewer
from duga.plain.errors import Refused, gettext_noop
from duga.plain.tables import best_table, guess_mapping, names_of, read_tables, write_xlsx

__all__ = ["import_hsds", "import_list"]

REFUSE, SET_ASIDE = "refuse", "set-aside"

#: Who does one of these meanwhile may have brought in what an import takes for new.
OVERTAKING = tuple(
    f"directory.{event}"
    for event in ("imported", "loaded", "provider_added", "service_added", "merged", "merge_undone", "terms_loaded")
)
_CHOICE = gettext_noop("Bad rows are either refused or set aside.")
_NO_COUNTRY = gettext_noop(
    "No address tells the country of these services, and neither does the network. Say which country it is."
)
_NO_KIND = gettext_noop("There is no kind of provider called %(kind)s. These are there: %(known)s.")
_HEADS = [gettext_noop("File"), gettext_noop("Row"), gettext_noop("Inside"), gettext_noop("Table"),
          gettext_noop("Column"), gettext_noop("Reason")]  # fmt: skip


def import_hsds(
    *, by: Viewer, network_id, name: str, data: bytes | dict[str, bytes], source: str = "", url: str = "",
    licence: str = "", country: str = "", kind: str = ProviderKind.OTHER, source_kind: str = SourceKind.FILE,
    bad_rows: str = REFUSE, dry_run: bool = False, progress=None, empty: bool = False,
) -> Outcome:  # fmt: skip
    """Brings an HSDS file into a network's directory: every row checked, all or only the good ones, nothing twice.

    `data`: the bytes of a JSON, CSV or zip file, or {path: bytes} of a package's files. `source`: what the source is
    called (the file's name otherwise); the same source again brings what is new, changes what only it has said, and
    notes a disagreement where people here said otherwise. `country`: of what tells none. `progress(words, share)`.
    `empty`: that it holds nothing is no mistake. Raises Unreadable for a file that is no HSDS, Refused when nothing
    says where a service is.
    """
    if bad_rows not in (REFUSE, SET_ASIDE):
        raise Refused(_CHOICE)
    if kind not in set(ProviderKind):
        raise Refused(_NO_KIND, kind=kind, known=", ".join(ProviderKind))
    network = network_by_id(by, network_id)
    require(by, Permission.CURATE_DIRECTORY, network)
    say = progress or (lambda words, share: None)
    say("read", 0.0)
    told = {"name": (source or name)[:200], "kind": source_kind, "url": url, "licence": licence}
    with _uncollected():
        read = read_package(data) if isinstance(data, dict) else read_file(data, name, empty=empty)
        return _bring(by, network, read, told, country or network.country, kind, bad_rows, dry_run, say)


def import_list(
    *, by: Viewer, network_id, name: str, data: bytes, mapping: dict | None = None, source: str = "", url: str = "",
    licence: str = "", country: str = "", kind: str = ProviderKind.OTHER, bad_rows: str = REFUSE, dry_run: bool = False,
    progress=None,
) -> Outcome:  # fmt: skip
    """Brings a spreadsheet of services (xlsx, xls, ods, csv, any headings) in, as `import_hsds` does with its files.

    `mapping` {field of rules.hsds.lists: column name or index, "=value" for all rows, None to leave it out}, with
    "values" {field: {word: code, or "-" for none}}. What is not said was remembered with the source, or is guessed.
    People named in it are not published.
    """
    if bad_rows not in (REFUSE, SET_ASIDE):
        raise Refused(_CHOICE)
    network = network_by_id(by, network_id)
    require(by, Permission.CURATE_DIRECTORY, network)
    say = progress or (lambda words, share: None)
    say("read", 0.0)
    table, told = best_table(read_tables(data, name)), {"name": (source or name)[:200], "url": url, "licence": licence}
    known = Source.objects.filter(network=network, name=told["name"]).first()
    memory = ((known.fetched or {}).get("mappings", {}) if known else {}).get(table.signature, {})
    guess = guess_mapping(table, lists.FIELDS, memory.get("columns"))
    said = {**memory.get("constants", {}), **(mapping or {})}
    said["values"] = {
        field: {**memory.get("values", {}).get(field, {}), **((mapping or {}).get("values") or {}).get(field, {})}
        for field in lists.CODED
    }
    columns, constants, words = lists.columns_of(table, guess, said)
    read = lists.read_list(table, columns, constants, words, name)
    told["kind"] = SourceKind.SPREADSHEET
    listed = len(table.rows)
    outcome = _bring(by, network, read, told, country or network.country, kind, bad_rows, dry_run, say, listed)
    outcome.columns, outcome.heads = names_of(table, columns), table.columns
    if outcome.source_id and not dry_run and not outcome.stopped:
        fixed = {field: f"={value}" for field, value in constants.items()}
        memory = {"columns": outcome.columns, "constants": fixed, "values": words}
        _remember(outcome.source_id, table.signature, memory)
    return outcome


@transaction.atomic
def _remember(source_id, signature, memory):
    row = Source.objects.select_for_update().get(pk=source_id)
    row.fetched = {**row.fetched, "mappings": {**row.fetched.get("mappings", {}), signature: memory}}
    row.save(update_fields=["fetched"])


@contextmanager
def _uncollected():
    """Without the collector of garbage: it would look again and again at a million rows that all stay."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _bring(by, network, read: Rows, told, country, kind, bad_rows, dry_run, say, listed=0) -> Outcome:
    """`listed`: how many rows a list has. Its rows are counted as its owner sees them, one a service."""
    outcome = Outcome(read=listed or _count(read))
    outcome.errors = list(read.faults)
    outcome.rejected = len({fault.place.row for fault in read.faults}) if listed else _bad(read)
    if read.faults:
        outcome.rejects = _rejects(read)
        if bad_rows == REFUSE:
            outcome.stopped = True
            return outcome
    published = told["kind"] in (SourceKind.FEED, SourceKind.FILE)
    for patient in (True, True, False):  # whoever is overtaken twice keeps the others waiting the third time
        with nullcontext() if patient or dry_run else transaction.atomic():
            seen = _numbers()
            source = Source.objects.filter(network=network, name=told["name"]).first()
            source = source or Source(network=network, **told)
            say("match", 0.1)
            plan = Resolver(
                read, source=source, network=network, country=country, kind=kind, published=published
            ).resolve()  # fmt: skip
            if any(not row["country"] for row in plan.load["organization"]):
                raise Refused(_NO_COUNTRY)
            _tell(outcome, plan, source, listed)
            if dry_run:
                outcome.source_id = None
                return outcome
            if _write(by, network, source, told["licence"], plan, outcome, say, seen):
                break
    services = [row["id"] for row in plan.load["service"]]
    index_new(by=by, service_ids=services, progress=lambda share: say("search", 0.6 + 0.3 * share))
    _compare(by, source, plan, read, outcome)
    say("search", 1.0)
    return outcome


def _numbers() -> dict[str, int]:
    """How far the trail is, by chain."""
    return {chain: number for chain, (number, _hash) in trail_heads().items()}


def _keep(source, licence):
    if source._state.adding:
        source.save(force_insert=True)
    elif licence and source.licence != licence:
        source.licence = licence
        source.save(update_fields=["licence"])


def _tell(outcome, plan, source, listed):
    outcome.numbers, outcome.notes = plan.numbers, plan.notes
    outcome.loose = len(plan.loose)
    outcome.source_id = source.pk
    if listed:
        outcome.imported = plan.numbers["service"]
        outcome.already = listed - outcome.rejected - outcome.imported
        return
    outcome.imported = sum(plan.numbers.values()) + outcome.loose
    outcome.already = plan.already
    outcome.rejected += plan.dragged


def _write(by, network, source, licence, plan, outcome, say, seen) -> bool:
    """Puts in what is new, all or nothing; False, and nothing, where somebody has brought in what it may know.

    Everything is made ready before: others wait only while it is taken over.
    """
    load = {name: rows for name, rows in plan.load.items() if rows}
    told = {"source_id": source.pk, "how": How.SOURCE, "verified": plan.verified}
    with _Ready(by, network.pk, load, **told, say=lambda words, share: say("write", 0.2 + 0.3 * share)) as ready:
        say("write", 0.5)
        with transaction.atomic():
            if trail_between(seen, _numbers(), OVERTAKING):
                return False
            _keep(source, licence)
            if load:
                ready.write()
            loose = {(entity, row.id): row for entity, row in plan.loose}
            LooseRow.objects.bulk_create(
                LooseRow(source=source, entity=entity, external_id=key, told=_loose(row))
                for (entity, key), row in loose.items()
            )
            write_trail(
                by=by, event="directory.imported", subject=("directory.Source", source.pk),
                detail={"imported": outcome.imported, "already": outcome.already, "rejected": outcome.rejected},
            )  # fmt: skip
    return True


def _loose(row) -> dict:
    """A row as it came: values, references and the rest under HSDS's names."""
    columns = TABLES[row.entity].columns.values()
    values = {column.name: tell(row.values[column.ours]) for column in columns if column.ours in row.values}
    return {"id": row.id, **values, **row.refs, **row.extra}


def _count(read: Rows) -> int:
    whole = sum(len(rows) for by_id in read.rows.values() for rows in by_id.values())
    return whole + sum(not fault.column or fault.column == "id" for fault in read.faults)


def _bad(read: Rows) -> int:
    """Rows with faults: those known by identifier, and those that had none."""
    known = sum(len(read.rows[entity].get(key, ())) or 1 for entity, key in read.bad)
    return known + sum(not fault.column or fault.column == "id" for fault in read.faults)


def _rejects(read: Rows) -> bytes:
    """The faults as a spreadsheet: file, row, way inside, table, column, why."""
    rows = [
        [fault.place.file, fault.place.row, fault.place.path, fault.entity, fault.column, _said(fault)]
        for fault in read.faults
    ]
    return write_xlsx([gettext(head) for head in _HEADS], rows)


def _said(fault) -> str:
    text = gettext(fault.message)
    return text % fault.params if fault.params else text
