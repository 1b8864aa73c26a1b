"""The tabular data package: what its datapackage.json says of each table."""

from duga.directory.rules.hsds.openapi import LICENCE
from duga.directory.rules.hsds.tables import TABLES, VERSION, Table

_TYPES = {"number": ("number", None), "date": ("date", None), "datetime": ("datetime", None), "id": ("string", "uuid"),
          "ref": ("string", "uuid"), "uri": ("string", None), "email": ("string", None)}  # fmt: skip
#: References every row of a table must have when it stands in a flat table.
REQUIRED = {
    "service": ("organization_id",), "program": ("organization_id",), "cost_option": ("service_id",),
    "service_at_location": ("service_id", "location_id"), "service_capacity": ("service_id", "unit_id"),
    "attribute": ("link_id", "taxonomy_term_id", "link_entity"), "organization_identifier": ("organization_id",),
    "metadata": ("resource_id", "resource_type"),
}  # fmt: skip


def _resource(table: Table, present) -> dict:
    fields = []
    for column in table.columns.values():
        kind, form = _TYPES.get(column.kind, ("string", None))
        limits: dict = {"unique": True} if column.kind == "id" else {}
        if column.needed or column.name in REQUIRED.get(table.name, ()):
            limits["required"] = column.kind in ("id", "ref", "number") or column.name in ("name", "status", "number")
        if column.choices:
            limits["enum"] = list(column.choices)
        told = {"name": column.name, "type": kind} | ({"format": form} if form else {})
        fields.append(told | ({"constraints": limits} if limits else {}))
    keys = [
        {"fields": name, "reference": {"resource": column.to, "fields": "id"}}
        for name, column in table.refs.items()
        if column.to in present and name != "parent_organization_id" and name != "parent_id"
    ]
    schema = {"primaryKey": "id", "fields": fields} | ({"foreignKeys": keys} if keys else {})
    return {
        "name": table.name, "path": table.path, "profile": "tabular-data-resource", "format": "csv",
        "mediatype": "text/csv", "encoding": "utf-8", "schema": schema,
    }  # fmt: skip


def datapackage(present, *, title: str, made: str, homepage: str) -> dict:
    """The datapackage.json of a package that holds these tables, made at a moment (ISO text)."""
    return {
        "profile": "tabular-data-package", "name": "human_services_data", "title": title, "version": VERSION,
        "created": made, "homepage": homepage,
        "licenses": [{"name": "CC-BY-4.0", "title": LICENCE["name"], "path": LICENCE["url"]}],
        "resources": [_resource(TABLES[name], set(present)) for name in TABLES if name in present],
    }  # fmt: skip
