"""What a source says of entries that are here already: taken where only it has spoken, noted where people said else.

Its word is taken for a field of an entry that came from it and that nobody here has changed; everything else is a
disagreement that people decide. What a source leaves unsaid is no word against what is here.
"""

from collections import defaultdict

from duga.directory.actions.services import change_provider, change_service
from duga.directory.actions.sources import note_disagreement
from duga.directory.models import Change, Provider
from duga.directory.queries.bundles import bundles, parts
from duga.directory.queries.offers import offer_in, plain, provider_fields
from duga.directory.rules import How
from duga.directory.rules.fields import PROVIDER, ROWS, SERVICE
from duga.directory.rules.hsds.reading import Fault
from duga.directory.rules.hsds.tables import TABLES
from duga.plain.errors import DugaError

#: Fields HSDS and the offer both have.
FIELDS = {
    "service": [name for name in TABLES["service"].columns if name in SERVICE],
    "organization": [name for name in TABLES["organization"].columns if name in PROVIDER],
}
#: Lists compared whole: {list of the offer: entity}.
LISTS = {"phones": "phone", "schedules": "schedule"}


def _compare(by, source, plan, read, outcome) -> None:
    """Compares every known service and provider with what the source says now."""
    spoken = _spoken({plan.known[at] for at in plan.told})
    hanging = _hanging(read)
    services = {plan.known[at]: row for at, row in plan.told.items() if at[0] == "service"}
    for told in bundles(services):
        if told.service.merged_into_id is None:
            row = services[told.service.pk]
            theirs = _fields(row, "service", told.service) | _lists(hanging[row.id], now := offer_in(told))
            _judge(by, source, outcome, told.service, "service", row, theirs, now, spoken)
    providers = {plan.known[at]: row for at, row in plan.told.items() if at[0] == "organization"}
    for part in parts(providers):
        for provider in Provider.objects.filter(pk__in=part, merged_into=None):
            row = providers[provider.pk]
            theirs = _fields(row, "organization", provider)
            _judge(by, source, outcome, provider, "organization", row, theirs, provider_fields(provider), spoken)


def _spoken(keys) -> set:
    """(entry, field) that people here have changed themselves."""
    found = set()
    for part in parts(keys):
        found |= set(Change.objects.filter(record_id__in=part, source=None).values_list("record_id", "field"))
    return found


def _hanging(read):
    """{service's identifier: {list: its rows as the offer says them}}."""
    found: dict = defaultdict(lambda: defaultdict(list))
    for name, entity in LISTS.items():
        for row in read.all(entity):
            if row.refs.get("service_id") and not row.refs.get("service_at_location_id"):
                columns = [column for column in ROWS[name].columns if column in TABLES[entity].columns]
                said = {column: plain(row.values[column]) for column in columns if column in row.values}
                found[row.refs["service_id"]][name].append(said)
    return found


def _fields(row, entity, ours) -> dict:
    """The fields of which the source says something else than what stands here."""
    said = {name: row.values[name] for name in FIELDS[entity] if name in row.values}
    return {name: plain(value) for name, value in said.items() if getattr(ours, name) != value}


def _lists(theirs, now) -> dict:
    """The lists that say something else, whatever their order; hours at one place alone are no part of that."""
    apart = [row for row in now["schedules"] if row["at"]]
    now = now | {"schedules": [row for row in now["schedules"] if not row["at"]]}
    found = {name: rows for name, rows in theirs.items() if _bare(rows) != _bare(now[name], of=rows)}
    if "schedules" in found:
        found["schedules"] = [*found["schedules"], *({"id": row["id"]} for row in apart)]
    return found


def _bare(rows, of=None):
    """Rows by what is said in columns the source speaks of."""
    columns = {column for row in (rows if of is None else of) for column in row}
    told = ({name: row[name] for name in columns if row.get(name) not in (None, "", [])} for row in rows)
    return sorted((sorted(each.items()) for each in told), key=repr)


def _judge(by, source, outcome, ours, entity, row, theirs, now, spoken):
    """Takes what only the source has spoken of; notes the rest."""
    taken = {}
    for field, value in theirs.items():
        if ours.source_id == source.pk and (ours.pk, field) not in spoken:
            taken[field] = value
            continue
        try:
            told = {"entity": entity, "record_id": ours.pk, "field": field, "theirs": value, "source_id": source.pk}
            outcome.disagreements += note_disagreement(by=by, **told) is not None
        except DugaError as error:
            outcome.notes.append(Fault(row.place, entity, field, error, hint=True))
    if not taken:
        return
    try:
        if entity == "service":
            after = change_service(by=by, service_id=ours.pk, changes=taken, how=How.SOURCE, source_id=source.pk)
        else:
            after = change_provider(by=by, provider_id=ours.pk, changes=taken, source_id=source.pk)
    except DugaError as error:
        outcome.notes.append(Fault(row.place, entity, ", ".join(taken), error, hint=True))
    else:
        outcome.changed += len(taken) if after.version != ours.version else 0
