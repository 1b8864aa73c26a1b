"""Rows told as HSDS tells them: nested JSON, full or with one-to-one fields only, and flat tables."""

import datetime as dt
from uuid import UUID

from duga.directory.queries.hsds.shelf import Shelf, fill
from duga.directory.rules import FactKind, How
from duga.directory.rules.hsds import profile
from duga.directory.rules.hsds.tables import TABLES
from duga.directory.rules.hsds.values import original, tell

STAND_IN = "_made"  #: in `extra` of a provider made because its source named none
SELF = frozenset({"parent_organization_id", "parent_id"})  #: references told as identifiers
#: Never nested again below these: their own children are listed elsewhere, or they are the same everywhere.
SHARED = frozenset({"organization", "location"})


def identifier(entity: str, row) -> str:
    """The id a row goes out with: its own, or, for a row without an address, its source's where that is a UUID."""
    if row.external_id and entity not in (
        "service",
        "organization",
        "service_at_location",
        "taxonomy_term",
        "taxonomy",
    ):
        try:
            return str(UUID(row.external_id))
        except ValueError:
            pass
    return str(row.pk)


def simple(entity: str, row) -> dict:
    """A row's own fields."""
    told, extra = {"id": identifier(entity, row)}, row.extra or {}
    for column in TABLES[entity].told:
        value = getattr(row, column.ours)
        if column.name in extra and (original(column, extra[column.name], value) or _no_point(column, value)):
            told[column.name] = extra[column.name]
            continue
        value = _besides(entity, column.name, row, tell(value))
        if value is not None:
            told[column.name] = value
        elif column.needed:
            told[column.name] = "" if column.kind != "number" else 0
    for name in SELF & set(TABLES[entity].refs):
        parent = getattr(row, TABLES[entity].refs[name].ours)
        if parent or extra.get(name):
            told[name] = str(parent or extra[name])
    known = TABLES[entity].columns
    return told | {name: value for name, value in extra.items() if name not in known and not name.startswith("_")}


def _no_point(column, value):
    """Half of a position that is none: kept beside the columns only then, and told until there is one."""
    return column.name in ("latitude", "longitude") and value is None


def _besides(entity, name, row, value):
    """What goes out of a column where HSDS or decency ask for more than it says."""
    if name == "assurer_email" and row.source_id is None:
        return None  # one of ours: published by a source only
    if name == "updated" and value is None:
        return tell(row.created_at)
    if entity == "taxonomy" and name == "uri" and value is None and row.key:
        return f"{profile.OWN_LISTS}{row.key}"
    if entity == "attribute" and name in ("link_id", "link_entity") and row.extra.get(name):
        return row.extra[name]
    if entity == "attribute" and name == "link_id":
        return None
    return value


def full(entity: str, row, shelf: Shelf, *, without: frozenset = frozenset()) -> dict:
    """A row with everything that hangs on it. `without`: parts and lists left out."""
    key = (entity, row.pk, without)
    if entity in SHARED and key in shelf.told:
        return shelf.told[key]
    told = simple(entity, row)
    for name, ref in TABLES[entity].parts.items():
        part = _part(shelf, TABLES[entity].refs[ref], row)
        if part is not None and name not in without:
            told[name] = full(TABLES[entity].refs[ref].to, part, shelf, without=_below(entity))
    for name, child in TABLES[entity].children.items():
        if name in without:
            continue
        rows = _children(shelf, entity, child, row)
        if rows:
            nested = [full(child, each, shelf, without=_below(entity)) for each in rows]
            told[name] = [*nested, *told.get(name, ())]
    if entity == "service" and "assured_date" not in told and (day := assured(row, shelf)):
        told["assured_date"] = day
    if traits := _traits(entity, row, shelf):
        told["attributes"] = [*told.get("attributes", ()), *traits]
    if entity in SHARED:
        shelf.told[key] = told
    return told


def assured(row, shelf) -> str:
    """The day on which a service was last known to be offered; empty when nobody ever looked."""
    facts = shelf.facts.get(row.pk, ())
    return next(
        (str(each.verified_at.date()) for each in facts if each.kind == FactKind.OFFERED and each.verified_at), ""
    )


def _assured(row, shelf):
    """The day that is told as the one on which all of it was verified."""
    day = row.assured_date or assured(row, shelf)
    return dt.date.fromisoformat(day) if isinstance(day, str) and day else day


def _below(entity) -> frozenset:
    return frozenset({"service"}) if entity == "service" else frozenset()


def _part(shelf, column, row):
    key = getattr(row, column.ours)
    found = shelf.rows[column.to].get(key) if key else None
    return None if found is None or (column.to == "organization" and STAND_IN in (found.extra or {})) else found


def _children(shelf, entity, child, row):
    if child == "attribute":
        return shelf.children("attribute", "link_id", row.pk)
    rows = shelf.children(child, TABLES[child].refs[TABLES[child].ref_to(entity)].ours, row.pk)
    if child == "service_at_location":
        return [each for each in rows if each.location_id in shelf.rows["location"]]
    return [each for each in rows if child != "service_capacity" or each.available is not None]


def _traits(entity, row, shelf) -> list[dict]:
    """What the profile says of a row."""
    found = []
    for trait in profile.OF.get(entity, ()):
        if trait.name not in profile.APART and (value := profile.said(trait, getattr(row, trait.name))):
            found.append(profile.attribute(trait, row.pk, value))
    if entity == "service":
        found += _told_apart(row, shelf)
    return found


def _told_apart(row, shelf):
    names = ("closure", "verified", "ask_first")
    closure, verified, ask_first = (next(t for t in profile.OF["service"] if t.name == name) for name in names)
    if kinds := shelf.ask_first.get(row.pk):
        yield profile.attribute(ask_first, row.pk, ",".join(kinds))
    for each in shelf.closures.get(row.pk, ()):
        yield profile.attribute(closure, row.pk, f"{each.first_day}/{each.last_day}", each.reason)
    for each in shelf.facts.get(row.pk, ()):
        if each.verified_at is None or (each.how == How.SOURCE and _assured(row, shelf) == each.verified_at.date()):
            continue  # assured_date says it already
        yield profile.attribute(verified, row.pk, f"{each.kind} {each.verified_at.date()} {each.how}")


def listed_service(row, shelf: Shelf) -> dict:
    """A service as /services lists it: one-to-one fields, its organisation and programme."""
    told = simple("service", row)
    for name, column in (("organization", "organization_id"), ("program", "program_id")):
        part = _part(shelf, TABLES["service"].refs[column], row)
        if part is not None:
            told[name] = simple(name, part)
    return told


def listed_pair(row, shelf: Shelf) -> dict:
    """A service at a location as /service_at_locations lists it."""
    service, location = shelf.rows["service"][row.service_id], shelf.rows["location"][row.location_id]
    return simple("service_at_location", row) | {
        "location": simple("location", location),
        "service": listed_service(service, shelf),
    }


def full_service(row, shelf: Shelf) -> dict:
    """A service with everything."""
    return full("service", row, shelf)


def full_pair(row, shelf: Shelf) -> dict:
    """A service at a location with everything, its service too (which then lists no locations)."""
    told = full("service_at_location", row, shelf, without=frozenset({"service"}))
    service = shelf.rows["service"][row.service_id]
    return told | {"service": full("service", service, shelf, without=frozenset({"service_at_locations"}))}


def full_organization(row, shelf: Shelf, *, services: bool) -> dict:
    """An organisation with everything; its services in full, or by name."""
    told = dict(full("organization", row, shelf))
    own = shelf.children("service", "provider_id", row.pk)
    if services:
        rows = [full("service", each, shelf, without=frozenset({"organization"})) for each in own]
    else:
        rows = [{"id": str(each.pk), "name": each.name, "status": each.status} for each in own]
    return told | ({"services": rows} if rows else {})


def told_of(service) -> dict:
    """All that would ever be told of a service, listed or not: to be searched for what must not be told."""
    shelf = fill([service.pk], inside=True)
    return full_service(shelf.rows["service"][service.pk], shelf)
