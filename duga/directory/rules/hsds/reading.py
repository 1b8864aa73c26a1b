"""HSDS taken apart: nested JSON or flat tables into rows of each entity, every row told once, its faults named.

A row that stands in several places (a phone of the service, of its contact and of its place) is one row that refers to
all of them. Where two places disagree, it is two rows with the same identifier.
"""

from dataclasses import dataclass, field
from uuid import UUID, uuid5

from duga.directory.rules.hsds.tables import TABLES, Table
from duga.directory.rules.hsds.values import UNHELD, kept, read, tell
from duga.plain.errors import DugaError, Refused
from duga.plain.errors import gettext_noop as _

#: Names by which identifiers that a source left out are made, the same each time.
SPACE = UUID("5d2c2f3e-9b0e-5c55-8d3c-6a0b4b1f6f0a")
#: Lists that some sources nest where HSDS has none.
ALSO = {
    "organization": {"services": "service"},
    "taxonomy": {"terms": "taxonomy_term", "taxonomy_terms": "taxonomy_term"},
}
#: Entities whose rows others refer to: told twice and differently, the first stands.
WHOLE = frozenset({"organization", "program", "service", "location", "service_at_location", "taxonomy",
                   "taxonomy_term", "unit"})  # fmt: skip
#: What a row must say to come in at all. What else HSDS requires is told as a note.
VITAL = {"organization": ("name",), "service": ("name", "status"), "phone": ("number",), "taxonomy_term": ("name",)}
DEEPEST = 12  #: nested objects

_NO_OBJECT = _("This should be an object of HSDS.")
_NO_LIST = _("This should be a list.")
_NO_ID = _("It has no id, so it could not be known again. Every service and organisation needs one.")
_EMPTY = _("It is empty, and HSDS requires it.")
_DEEP = _("It is nested deeper than HSDS goes.")
_TWICE = _("The same id is told twice and differently: the first stands.")
_AGES = _("From age %(low)s to age %(high)s: the first is above the second.")
_NO_POINT = _("%(value)s is no position on this earth: kept as it came, not shown on maps.")


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the file something stands: its name, the row (1-based) or object, and the way inside."""

    file: str
    row: int
    path: str = ""


@dataclass(slots=True)
class Row:
    """One row: `values` {our column: value}, `refs` {HSDS reference: identifier}, `extra` as in the tables."""

    entity: str
    id: str
    place: Place
    values: dict
    refs: dict
    extra: dict
    copy: int = 0  #: 0 for the first row of an identifier


class Fault(DugaError):
    """Something wrong with one row: where, of what, which property. `hint`: the row comes in nevertheless."""

    def __init__(self, place: Place, entity: str, column: str, error: DugaError | str, hint=False):
        message, params = (error.message, error.params) if isinstance(error, DugaError) else (error, {})
        super().__init__(message, **params)
        self.place, self.entity, self.column, self.hint = place, entity, column, hint


@dataclass
class Rows:
    """What was read: `rows` {entity: {identifier: [Row]}}, `faults` of rows that cannot come in, `hints` of others."""

    rows: dict[str, dict[str, list[Row]]] = field(default_factory=lambda: {name: {} for name in TABLES})
    faults: list[Fault] = field(default_factory=list)
    hints: list[Fault] = field(default_factory=list)
    bad: set = field(default_factory=set)  #: (entity, identifier)
    documents: int = 0

    def all(self, entity: str):
        """Every row of an entity, copies too, bad ones left out."""
        for identifier, rows in self.rows[entity].items():
            if (entity, identifier) not in self.bad:
                yield from rows

    # --- taking apart ------------------------------------------------------------------------------------

    def document(self, entity: str, told, place: Place, parent=("", "", ""), depth=0) -> str:
        """Takes one object with all that is nested in it; returns its identifier ("" when it has no place).

        `parent`: (the reference this row has to it, its identifier, its entity).
        """
        if not isinstance(told, dict):
            self._fault(place, entity, "", "", _NO_OBJECT)
            return ""
        if depth > DEEPEST:
            self._fault(place, entity, "", "", _DEEP)
            return ""
        table, identifier = TABLES[entity], self._identifier(entity, told, place, parent)
        if not identifier or (parent[0] and set(told) == {"id"} and entity in WHOLE):  # named only, told elsewhere
            return identifier
        row = Row(entity, identifier, place, {}, {}, {})
        self._columns(table, row, told, parent)
        self._parts(table, row, told, place, depth)
        self._merge(row)
        self._children(table, row, told, place, depth)
        return identifier

    def record(self, entity: str, told: dict, place: Place) -> None:
        """Takes one row of a flat table."""
        identifier = self._identifier(entity, told, place, ("", "", ""))
        if not identifier:
            return
        row = Row(entity, identifier, place, {}, {}, {})
        self._columns(TABLES[entity], row, told, ("", "", ""))
        self._merge(row)

    def _identifier(self, entity, told, place, parent):
        said = told.get("id")
        if isinstance(said, str | int) and not isinstance(said, bool) and str(said).strip():
            return str(said).strip()[:200]
        if entity in ("service", "organization", "location", "service_at_location"):
            self._fault(place, entity, "", "id", _NO_ID)
            return ""
        return str(uuid5(SPACE, f"{entity}/{parent[1]}/{place.path}/{place.row if not parent[1] else ''}"))

    def _columns(self, table: Table, row: Row, told, parent):
        for column in table.told:
            self._value(table, row, column, told.get(column.name))
        for name in table.refs:
            if isinstance(told.get(name), str | int) and told[name] != "":
                row.refs[name] = str(told[name]).strip()
        if parent[0] == "link_id":
            said = {name: told[name] for name in ("link_id", "link_entity") if told.get(name)}
            row.extra |= {name: value for name, value in said.items() if value != parent[1 if name == "link_id" else 2]}
            row.values |= {"link_id": parent[1], "link_entity": parent[2]}
        elif parent[0]:
            row.refs[parent[0]] = parent[1]
        known = {*table.columns, *table.children, *table.parts, *ALSO.get(table.name, ())}
        row.extra |= {name: value for name, value in told.items() if name not in known and value not in (None, "", [])}
        self._point(row, told)
        low, high = row.values.get("minimum_age"), row.values.get("maximum_age")
        if table.name == "service" and low is not None and high is not None and low > high:
            self._fault(row.place, table.name, row.id, "minimum_age", Refused(_AGES, low=low, high=high))

    def _value(self, table, row, column, raw):
        if raw.__class__ is str and raw and column.plain and "\x00" not in raw:
            row.values[column.ours] = raw  # most of what there is: nothing to be read of it, and nothing kept beside
            return
        try:
            value = read(column, raw)
        except Refused as error:
            self._fault(row.place, table.name, row.id, column.name, error)
            return
        if value is None and column.name in VITAL.get(table.name, ()):
            self._fault(row.place, table.name, row.id, column.name, _EMPTY)
        if (raw_kept := kept(column, raw, value)) is not None:
            row.extra[column.name] = raw_kept
        if value is not None and value is not UNHELD:
            row.values[column.ours] = value

    def _point(self, row, told):
        """A position is whole or none."""
        both = {"latitude", "longitude"}
        if row.entity != "location" or both <= set(row.values) or not both & {*row.values, *row.extra}:
            return
        for name in ("latitude", "longitude"):
            if (half := row.values.pop(name, None)) is not None:
                row.extra[name] = tell(half)
        said = f"{told.get('latitude')}, {told.get('longitude')}"
        self.hints.append(Fault(row.place, "location", "latitude", Refused(_NO_POINT, value=said), hint=True))

    def _parts(self, table, row, told, place, depth):
        for name, ref in table.parts.items():
            if told.get(name):
                inside = Place(place.file, place.row, f"{place.path}/{name}")
                found = self.document(table.refs[ref].to, told[name], inside, ("", row.id, ""), depth + 1)
                row.refs[ref] = found or row.refs.get(ref, "")

    def _children(self, table, row, told, place, depth):
        for name, entity in {**table.children, **ALSO.get(table.name, {})}.items():
            rows = told.get(name)
            if not rows:
                continue
            if not isinstance(rows, list):
                self._fault(place, table.name, row.id, name, _NO_LIST)
                continue
            ref = "link_id" if entity == "attribute" else TABLES[entity].ref_to(table.name)
            for number, each in enumerate(rows, start=1):
                inside = Place(place.file, place.row, f"{place.path}/{name}/{number}")
                self.document(entity, each, inside, (ref, row.id, table.name), depth + 1)

    def _fault(self, place, entity, identifier, column, error):
        self.faults.append(Fault(place, entity, column, error))
        if identifier:
            self.bad.add((entity, identifier))

    def _merge(self, row: Row):
        """Joins a row to what was told of it elsewhere, or keeps it as another of the same identifier."""
        known = self.rows[row.entity].setdefault(row.id, [])
        for other in known:
            if row.entity not in WHOLE and _differs(other, row):
                continue
            if row.entity in WHOLE and _differs(other, row):
                self.hints.append(Fault(row.place, row.entity, "", _TWICE, hint=True))
            for name in ("values", "refs", "extra"):
                setattr(other, name, {**getattr(row, name), **getattr(other, name)})
            return
        row.copy = len(known)
        known.append(row)


def _differs(one: Row, other: Row) -> bool:
    return any(
        name in theirs and theirs[name] != value
        for ours, theirs in ((one.values, other.values), (one.refs, other.refs))
        for name, value in ours.items()
    )
