"""The API told once: its addresses and parameters, from which requests are read and the served OpenAPI is made."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from duga.directory.rules.hsds import profile
from duga.directory.rules.hsds.tables import PAGE, TABLES, VERSION
from duga.plain.errors import Refused
from duga.plain.errors import gettext_noop as _

API_VERSION = "1.0.0"  #: of this document
LICENCE = {"name": "CC BY 4.0", "url": "https://creativecommons.org/licenses/by/4.0/"}
PER_PAGE, MOST, MOST_FULL = 50, 500, 100
FORMATS = ("json", "ndjson")
LONGEST = 200  #: letters of a value

_NO_NUMBER = _("%(name)s: “%(value)s” is no whole number from 1 on.")
_NO_FLAG = _("%(name)s: “%(value)s” is neither true nor false.")
_NO_MOMENT = _("%(name)s: “%(value)s” is no date and time. Write it as 2026-03-31T14:30:00Z.")
_NO_FORMAT = _("format: “%(value)s” is not known. These are: json, ndjson.")
_NO_METRES = _("proximity: “%(value)s” is no number of metres.")
_POSTCODE = _("proximity is counted from a postcode: give postcode too.")
_TOO_LONG = _("%(name)s is longer than %(most)s letters.")


@dataclass(frozen=True)
class Parameter:
    """One parameter. `kind`: text, words (repeatable, all must fit), integer, flag, moment, format, metres."""

    name: str
    kind: str
    description: str


_PARAMETERS = (
    Parameter("search", "text", "Words of the name or description, blind to script and diacritics. All must fit."),
    Parameter("page", "integer", "Number of the page, from 1."),
    Parameter("per_page", "integer", f"Entries of a page: {PER_PAGE}, at most {MOST} ({MOST_FULL} in full)."),
    Parameter("format", "format", "json, or ndjson: every entry on a line of its own, all of them, without pages."),
    Parameter("taxonomy_term_id", "words", "Only what bears this term. Repeat it: what bears all of them."),
    Parameter("taxonomy_id", "words", "Only what bears a term of this taxonomy. Repeat it: of all of them."),
    Parameter("organization_id", "text", "Only what this organisation provides."),
    Parameter("modified_after", "moment", "Only what was changed, or came into this directory, at this time or later."),
    Parameter("minimal", "flag", "Only id and modified_date of each service, all in one page."),
    Parameter("full", "flag", "Everything that hangs on an entry, nested."),
    Parameter("full_service", "flag", "The organisation's services in full."),
    Parameter("stale", "flag", "Also what nobody verified for so long that readers are not shown it."),
    Parameter("postcode", "text", "Only at a location with this postal code; with proximity: near it."),
    Parameter("proximity", "metres", "Metres from the middle of the locations with the postcode; refused without one."),
    Parameter("top_only", "flag", "Only terms without a parent."),
    Parameter("parent_id", "text", "Only terms below this one."),
)  # fmt: skip
PARAMETERS: dict[str, Parameter] = {each.name: each for each in _PARAMETERS}
_LISTING = ("search", "page", "per_page", "format")


@dataclass(frozen=True)
class Listing:
    """One list of the API: its address, entity, parameters, and what HSDS calls the operation."""

    path: str
    entity: str
    operation: str
    one: str
    parameters: tuple[str, ...]
    one_parameters: tuple[str, ...] = ()


LISTINGS: dict[str, Listing] = {
    "services": Listing(
        "services", "service", "getPaginatedListOfServices", "getFullyNestedServiceById",
        (*_LISTING, "taxonomy_term_id", "taxonomy_id", "organization_id", "modified_after", "minimal", "full", "stale"),
        ("stale",),
    ),
    "organizations": Listing(
        "organizations", "organization", "getPaginatedListOfOrganizations", "getOrganizationById",
        (*_LISTING, "full_service", "full", "taxonomy_term_id", "taxonomy_id", "stale"), ("full_service", "stale"),
    ),
    "service_at_locations": Listing(
        "service_at_locations", "service_at_location", "getPaginatedListOfServiceAtLocation",
        "getServiceAtLocationWithNestedDataById",
        (*_LISTING, "taxonomy_term_id", "taxonomy_id", "organization_id", "modified_after", "full", "stale", "postcode",
         "proximity"),
        ("stale",),
    ),
    "taxonomies": Listing(
        "taxonomies", "taxonomy", "getPaginatedListOfTaxonomies", "getTaxonomyById", _LISTING,
    ),
    "taxonomy_terms": Listing(
        "taxonomy_terms", "taxonomy_term", "getPaginatedListOfTaxonomyTerms", "getTaxonomyTermById",
        (*_LISTING, "taxonomy_id", "top_only", "parent_id"),
    ),
}  # fmt: skip


def ask(names, given: Mapping[str, list[str]]) -> dict:
    """{parameter: value} of those given among `names`; of several the last. Refused for what cannot be.

    An empty text counts as not given; of all else every value must be one, also those a later one replaces.
    """
    asked = {}
    for name in names:
        kind = PARAMETERS[name].kind
        values = [value for value in given.get(name, ()) if value or kind not in ("text", "words")]
        if any(len(value) > LONGEST for value in values):
            raise Refused(_TOO_LONG, name=name, most=LONGEST)
        read = values if kind == "words" else [_READ[kind](name, value) for value in values]
        if values:
            asked[name] = read if kind == "words" else read[-1]
    if "proximity" in asked and "postcode" not in asked:
        raise Refused(_POSTCODE)
    return asked


def _text(_name, value):
    return value.replace("\x00", "").strip()


def _integer(name, value):
    if not (value.isascii() and value.isdigit() and 1 <= int(value) <= 10**9):
        raise Refused(_NO_NUMBER, name=name, value=value)
    return int(value)


def _flag(name, value):
    known = {"true": True, "false": False}
    if value.lower() not in known:
        raise Refused(_NO_FLAG, name=name, value=value)
    return known[value.lower()]


def _moment(name, value):
    try:
        moment = dt.datetime.fromisoformat(value.strip().replace(" ", "+") if "T" in value else value.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise Refused(_NO_MOMENT, name=name, value=value) from None


def _format(_name, value):
    if value not in FORMATS:
        raise Refused(_NO_FORMAT, value=value)
    return value


def _metres(_name, value):
    try:
        metres = float(value)
    except ValueError:
        raise Refused(_NO_METRES, value=value) from None
    if not 0 <= metres <= 50_000_000:
        raise Refused(_NO_METRES, value=value)
    return metres


_READ = {
    "text": _text, "integer": _integer, "flag": _flag, "moment": _moment, "format": _format, "metres": _metres,
}  # fmt: skip

# --- the document ------------------------------------------------------------------------------------------

_SCHEMAS = {
    "text": {"type": "string", "maxLength": LONGEST},
    "words": {"type": "array", "items": {"type": "string", "maxLength": LONGEST}},
    "integer": {"type": "integer", "minimum": 1, "maximum": 10**9},
    "flag": {"type": "boolean"},
    "moment": {"type": "string", "format": "date-time"},
    "format": {"type": "string", "enum": list(FORMATS), "default": "json"},
    "metres": {"type": "number", "minimum": 0, "maximum": 50_000_000},
}
_KINDS = {
    "id": {"type": "string", "format": "uuid"}, "ref": {"type": "string", "format": "uuid"}, "uri": {"type": "string"},
    "email": {"type": "string"}, "number": {"type": "number"}, "date": {"type": "string"},
    "datetime": {"type": "string", "format": "date-time"}, "time": {"type": "string"}, "text": {"type": "string"},
}  # fmt: skip


def document(base: str) -> dict:
    """The OpenAPI document of the API served at `base`."""
    paths: dict = {
        "/": {"get": _operation("getAPIMetaInformation", "What this API is.", {"$ref": "#/components/schemas/About"})}
    }
    paths["/openapi.json"] = {"get": _operation("getOpenAPI", "This document.", {"type": "object"})}
    paths["/profile"] = {"get": _operation("getProfile", "What is said beyond HSDS, and how.", {"type": "object"})}
    for listing in LISTINGS.values():
        paths[f"/{listing.path}"] = _list_paths(listing)
        paths[f"/{listing.path}/{{id}}"] = _one_path(listing)
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": f"Directory of services (HSDS {VERSION})", "version": API_VERSION,
            "description": "Services, organisations and places for people in need, as Open Referral HSDS tells them. "
            "Read only. Contacts stand here only if they agreed to it; confidential places nowhere.",
            "license": LICENCE,
        },
        "servers": [{"url": base}],
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "parameters": {each.name: _parameter(each) for each in PARAMETERS.values()},
            "responses": {"Refused": _error("What was asked cannot be answered; `message` says why."),
                          "NotFound": _error("There is nothing under this id.")},
        },
    }  # fmt: skip


def _parameter(each):
    told = {"name": each.name, "in": "query", "required": False, "description": each.description}
    return told | {"schema": _SCHEMAS[each.kind]} | ({"style": "form", "explode": True} if each.kind == "words" else {})


def _error(description):
    return {
        "description": description,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
    }


def _operation(name, summary, schema, parameters=(), **more):
    content = {"application/json": {"schema": schema}}
    if "format" in parameters:
        content["application/x-ndjson"] = {"schema": {"type": "string"}}
    responses = {
        "200": {"description": summary, "content": content},
        "304": {"description": "Not changed (If-None-Match)."},
        "429": _error("Too many requests from one address in a minute; Retry-After says how many seconds to wait."),
    }
    if parameters:
        responses["400"] = {"$ref": "#/components/responses/Refused"}
        responses["414"] = {"description": "The address is too long: ask by POST."}
    told = {"operationId": name, "summary": summary, "responses": responses | more.pop("responses", {})}
    if parameters:
        told["parameters"] = [{"$ref": f"#/components/parameters/{each}"} for each in parameters]
    return told | more


def _list_paths(listing):
    schema = {"$ref": f"#/components/schemas/{listing.entity}_page"}
    get = _operation(listing.operation, f"A page of {listing.path}.", schema, listing.parameters)
    kinds = {name: PARAMETERS[name].kind for name in listing.parameters}
    words = {"anyOf": [_SCHEMAS["text"], _SCHEMAS["words"]]}  # of a form nobody can tell one from a list of one
    form: dict = {"type": "object"}
    form["properties"] = {name: words if kind == "words" else _SCHEMAS[kind] for name, kind in kinds.items()}
    if "proximity" in listing.parameters:
        form["dependentRequired"] = {"proximity": ["postcode"]}
    body = {
        "required": False, "description": "The same parameters, kept out of addresses and logs.",
        "content": {kind: {"schema": form} for kind in ("application/x-www-form-urlencoded", "multipart/form-data")},
    }  # fmt: skip
    post = _operation(f"{listing.operation}ByPost", f"A page of {listing.path}.", schema, listing.parameters)
    post["responses"] |= {"415": _error("Parameters come in the address or as a form.")}
    return {"get": get, "post": post | {"requestBody": body}}


def _one_path(listing):
    found = {"404": {"$ref": "#/components/responses/NotFound"}}
    if listing.entity in ("service", "organization"):
        found["301"] = {"description": "Merged with another, which stands at this address now."}
    get = _operation(
        listing.one, f"One {listing.entity} with everything that hangs on it.",
        {"$ref": f"#/components/schemas/{listing.entity}"}, listing.one_parameters, responses=found,
    )  # fmt: skip
    return {
        "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}],
        "get": get,
    }


def _schemas():
    text, flag, number = {"type": "string"}, {"type": "boolean"}, {"type": "integer"}
    page = dict(zip(PAGE, (number, number, number, number, flag, flag, flag), strict=False))
    found = {
        "About": {
            "type": "object", "required": ["version", "profile", "openapi_url"],
            "properties": {"version": {"const": VERSION}, "profile": text, "openapi_url": text},
        },
        "Error": {"type": "object", "required": ["message"], "properties": {"message": text}},
        "minimal": {
            "type": "object", "required": ["id", "modified_date"],
            "properties": {"id": _KINDS["id"], "modified_date": _KINDS["datetime"]},
        },
    }  # fmt: skip
    for name, table in TABLES.items():
        found[name] = _schema(table)
    found["organization"]["properties"]["services"] = {
        "type": "array", "items": {"$ref": "#/components/schemas/service"},
    }  # fmt: skip
    for listing in LISTINGS.values():
        item = {"$ref": f"#/components/schemas/{listing.entity}"}
        if "minimal" in listing.parameters:
            item = {"anyOf": [item, {"$ref": "#/components/schemas/minimal"}]}
        properties = page | {"contents": {"type": "array", "items": item}}
        found[f"{listing.entity}_page"] = {"type": "object", "required": list(PAGE), "properties": properties}
    return found


def _schema(table):
    properties = {}
    for column in table.columns.values():
        properties[column.name] = (
            {"type": "string", "enum": list(column.choices)} if column.choices else _KINDS[column.kind]
        )
    if table.name in ("attribute",):
        properties["link_id"] = {"type": "string"}
    for name, ref in table.parts.items():
        properties[name] = {"$ref": f"#/components/schemas/{table.refs[ref].to}"}
    for name, entity in table.children.items():
        properties[name] = {"type": "array", "items": {"$ref": f"#/components/schemas/{entity}"}}
    if table.name != "metadata":
        properties["metadata"] = {"type": "array", "items": {"$ref": "#/components/schemas/metadata"}}
    needed = [column.name for column in table.columns.values() if column.needed]
    needed += [name for name in table.parts if table.name == "service_capacity"]
    return {"type": "object", "properties": properties, "required": needed}


def about(base: str) -> dict:
    """What the API says of itself at its root."""
    return {"version": VERSION, "profile": f"{base}/profile", "openapi_url": f"{base}/openapi.json"}


def profile_document() -> dict:
    """The profile, for people and machines: what is said beyond HSDS and how."""
    return {
        "name": profile.NAME, "version": profile.PROFILE_VERSION, "uri": profile.URI, "hsds": VERSION,
        "taxonomy": profile.taxonomy(),
        "attributes": [
            {"entity": each.entity, "link_type": profile.LINK, "term": profile.term(each), "value": each.means}
            for each in profile.TRAITS
        ],
        "own_taxonomies": f"Our own taxonomies bear the uri {profile.OWN_LISTS} with their key.",
        "left_out": [
            "Contacts who did not agree to be shown.", "Confidential places, by construction.",
            "Conditions of referral, and services that are not listed.",
            "Capacities nobody has told a free number of: HSDS asks for one.",
        ],
    }  # fmt: skip
