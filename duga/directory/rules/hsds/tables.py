"""HSDS 3.1 as this house reads and writes it: each entity with its columns, what hangs on it, and our names for both.

One place says it; reading, writing, the served OpenAPI and the tests against the official schemas go by it. A newer
version of HSDS is a change here.
"""

from dataclasses import dataclass, field
from functools import cached_property

VERSION = "3.1"  #: of HSDS
PAGE = ("total_items", "total_pages", "page_number", "size", "first_page", "last_page", "empty", "contents")


@dataclass(frozen=True)
class Column:
    """One property. `ours`: the attribute of our row; `to`: the entity a reference names."""

    name: str
    kind: str = "text"  #: id, ref, text, uri, email, number, date, datetime, time, choice
    ours: str = ""
    to: str = ""
    needed: bool = False  #: HSDS requires it
    choices: tuple[str, ...] = ()
    limit: int = 0  #: letters our column takes; 0: any
    check: str = ""  #: what it must be besides: phone, email, country, currency, amount

    @cached_property
    def plain(self) -> bool:
        """Whether any text will do."""
        return self.kind in ("text", "uri", "email", "time") and not self.choices and not self.limit and not self.check


@dataclass(frozen=True)
class Table:
    """One entity. `children` {property: entity} are lists of rows that refer to it; `parts` {property: reference}."""

    name: str
    path: str
    columns: dict[str, Column]
    children: dict[str, str] = field(default_factory=dict)
    parts: dict[str, str] = field(default_factory=dict)

    @cached_property
    def refs(self) -> dict[str, Column]:
        """Its references, by column name."""
        return {name: column for name, column in self.columns.items() if column.kind == "ref"}

    @cached_property
    def told(self) -> list[Column]:
        """Columns that are neither identifier nor reference."""
        return [column for column in self.columns.values() if column.kind not in ("id", "ref")]

    def ref_to(self, entity: str) -> str:
        """The column by which a row of this table refers to an entity."""
        return next(name for name, column in self.refs.items() if column.to == entity)


CHOICES = {
    "status": ("active", "inactive", "defunct", "temporarily closed"),
    "place": ("physical", "postal", "virtual"),
    "day": ("MO", "TU", "WE", "TH", "FR", "SA", "SU"),
    "freq": ("WEEKLY", "MONTHLY"),
}
_LISTS = {
    "organization": "additional_websites:url funding:funding contacts:contact phones:phone locations:location "
    "programs:program organization_identifiers:organization_identifier",
    "service": "phones:phone schedules:schedule service_areas:service_area service_at_locations:service_at_location "
    "languages:language funding:funding cost_options:cost_option required_documents:required_document "
    "contacts:contact capacities:service_capacity additional_urls:url",
    "service_at_location": "service_areas:service_area contacts:contact phones:phone schedules:schedule",
    "location": "languages:language addresses:address contacts:contact accessibility:accessibility phones:phone "
    "schedules:schedule",
    "contact": "phones:phone",
    "phone": "languages:language",
}
_PARTS = {
    "service": "organization=organization_id program=program_id",
    "service_at_location": "location=location_id service=service_id",
    "attribute": "taxonomy_term=taxonomy_term_id",
    "taxonomy_term": "taxonomy_detail=taxonomy_id",
    "service_capacity": "unit=unit_id",
}
#: name path: columns. `!` HSDS requires it; `:kind`; `>entity` a reference; `=ours` our name; `/n` letters; `~check`.
_TABLES = """
organization organizations.csv: id! name! alternate_name description! email:email website:uri tax_status tax_id
  year_incorporated:number legal_status logo uri:uri parent_organization_id>organization=parent_id
program programs.csv: id! organization_id>organization name! alternate_name description!
service services.csv: id! organization_id>organization program_id>program name! alternate_name description url:uri
  email:email status!:choice.status interpretation_services application_process fees_description wait_time fees
  accreditations eligibility_description minimum_age:number maximum_age:number assured_date:date assurer_email:email
  licenses alert last_modified:datetime=changed_at
service_at_location service_at_location.csv: id! service_id>service location_id>location description
location locations.csv: id! location_type!:choice.place url:uri organization_id>organization name alternate_name
  description transportation latitude:number longitude:number external_identifier external_identifier_type
phone phones.csv: id! location_id>location service_id>service organization_id>organization contact_id>contact
  service_at_location_id>service_at_location number!~phone extension:number type description
contact contacts.csv: id! organization_id>organization service_id>service
  service_at_location_id>service_at_location location_id>location name title department email:email
address addresses.csv: id! location_id>location attention address_1! address_2 city! region state_province!
  postal_code! country!~country address_type!:choice.place
schedule schedules.csv: id! service_id>service location_id>location service_at_location_id>service_at_location
  valid_from:date valid_to:date dtstart:date timezone:number until:date count:number wkst:choice.day freq:choice.freq
  interval:number byday byweekno bymonthday byyearday description opens_at:time/20 closes_at:time/20 schedule_link:uri
  attending_type notes
funding funding.csv: id! organization_id>organization service_id>service source=source_name
service_area service_areas.csv: id! service_id>service service_at_location_id>service_at_location name description
  extent extent_type uri
required_document required_documents.csv: id! service_id>service document uri:uri
language languages.csv: id! service_id>service location_id>location phone_id>phone name code/12 note
accessibility accessibility.csv: id! location_id>location description details url:uri
attribute attributes.csv: id! link_id taxonomy_term_id>taxonomy_term=term_id link_type link_entity/40 value label
taxonomy_term taxonomy_terms.csv: id! code name! description! parent_id>taxonomy_term taxonomy=taxonomy_name
  language/12 taxonomy_id>taxonomy term_uri:uri
taxonomy taxonomies.csv: id! name! description! uri:uri version
cost_option cost_options.csv: id! service_id>service valid_from:date valid_to:date option currency/3~currency
  amount:number~amount
  amount_description
organization_identifier organization_identifiers.csv: id! organization_id>organization identifier_scheme
  identifier_type! identifier!
unit units.csv: id! name! scheme identifier uri:uri
service_capacity service_capacity.csv: id! service_id>service unit_id>unit available!:number maximum:number description
  updated!:datetime
url url.csv: id! label url!:uri organization_id>organization service_id>service
metadata metadata.csv: id! resource_id resource_type last_action_date!:date last_action_type! field_name!
  previous_value! replacement_value! updated_by!
meta_table_description meta_table_descriptions.csv: id! name language character_set
"""
#: Ours for references, where it is not the HSDS name: an organization is a Provider here.
_OUR_REFS = {"organization_id": "provider_id"}
#: Entities that bear no attributes in HSDS.
_BARE = ("attribute", "taxonomy", "taxonomy_term", "metadata")


def _column(word: str) -> Column:
    word, _tilde, check = word.partition("~")
    word, _slash, limit = word.partition("/")
    word, _equals, ours = word.partition("=")
    word, _arrow, to = word.partition(">")
    word, _colon, kind = word.partition(":")
    kind, _dot, choices = kind.partition(".")
    name = word.rstrip("!")
    kind = "id" if name == "id" else "ref" if to else kind or "text"
    return Column(
        name, kind, ours or _OUR_REFS.get(name, name), to, word.endswith("!"), CHOICES.get(choices, ()),
        int(limit or 0), check or ("email" if kind == "email" else ""),
    )  # fmt: skip


def _pairs(text: str, by: str) -> dict[str, str]:
    return dict(word.split(by) for word in text.split())


def _tables() -> dict[str, Table]:
    found = {}
    for line in _TABLES.strip().replace("\n  ", " ").splitlines():
        head, _colon, words = line.partition(": ")
        name, path = head.split()
        columns = {column.name: column for column in map(_column, words.split())}
        children = _pairs(_LISTS.get(name, ""), ":")
        if name not in _BARE:
            children["attributes"] = "attribute"
        found[name] = Table(name, path, columns, children, _pairs(_PARTS.get(name, ""), "="))
    return found


TABLES: dict[str, Table] = _tables()
#: Entities with an address of their own, read before those that refer to them.
ORDER: tuple[str, ...] = (
    "taxonomy", "taxonomy_term", "unit", "organization", "program", "service", "location", "service_at_location",
    "contact", "phone", "address", "schedule", "funding", "service_area", "required_document", "language",
    "accessibility", "cost_option", "organization_identifier", "service_capacity", "url", "attribute",
)  # fmt: skip
BY_PATH: dict[str, str] = {table.path: name for name, table in TABLES.items()}


def own(entity: str) -> tuple[str, ...]:
    """References of which a row needs at least one to have a place in our tables; () when it needs none."""
    if entity in ("service", "program", "organization_identifier"):
        return ("organization_id",)
    if entity == "service_at_location":
        return ("service_id", "location_id")
    if entity in ("organization", "location", "taxonomy", "taxonomy_term", "unit", "attribute"):
        return ()
    return tuple(name for name, column in TABLES[entity].refs.items() if column.to != "unit")
