"""HSDS as files: JSON (one object, a list, pages of an API, lines), and the tabular data package (zip or files)."""

import csv
import io
import json
from collections.abc import Mapping

from duga.directory.rules.hsds.reading import Place, Rows
from duga.directory.rules.hsds.tables import BY_PATH, TABLES
from duga.plain.archives import TOO_LARGE, unzip
from duga.plain.errors import Unreadable
from duga.plain.errors import gettext_noop as _
from duga.plain.tables.delimited import decode

LARGEST = 512 * 1024 * 1024  #: bytes of a file, or of all files of a package once unpacked
MOST_FILES = 200
SHEETS = (".xlsx", ".xls", ".ods", ".csv", ".tsv")

_NO_JSON = _("This is no JSON: line %(line)s, column %(column)s. Ask whoever made it to save it again.")
_NO_HSDS = _("This JSON holds no services or organisations of HSDS. A service has at least id, name and status.")
_NO_TABLES = _("There is no table of HSDS in this package. It needs services.csv and organizations.csv at least.")
_TOO_MANY = _("There are more than %(most)s files in this package. It should hold the tables of HSDS only.")
_MISSING = _("The package names %(path)s, but does not hold it. Make it once more.")

#: Properties only this entity has; the first entity that matches is it.
_SIGNS = (
    ("service_at_location", {"service_id", "location_id"}), ("service_at_location", {"service", "location"}),
    ("location", {"location_type"}), ("service", {"status", "name"}),
    ("taxonomy_term", {"taxonomy_detail"}), ("taxonomy_term", {"term_uri"}), ("taxonomy_term", {"taxonomy_id"}),
    ("taxonomy_term", {"taxonomy", "name"}),
)  # fmt: skip
_OF_ORGANISATION = frozenset(
    [
        "services",
        "programs",
        "locations",
        "organization_identifiers",
        "website",
        "email",
        "legal_status",
        "year_incorporated",
        "tax_status",
        "tax_id",
        "logo",
        "parent_organization_id",
        "alternate_name",
        "phones",
        "contacts",
        "funding",
        "additional_websites",
        "attributes",
    ]
)
_LISTS = {
    "services": "service", "organizations": "organization", "organisations": "organization", "locations": "location",
    "service_at_locations": "service_at_location", "taxonomies": "taxonomy", "taxonomy_terms": "taxonomy_term",
    "programs": "program",
}  # fmt: skip


def entity_of(told: Mapping) -> str:
    """Which entity of HSDS an object is, by what it says."""
    said = set(told)
    for entity, signs in _SIGNS:
        if signs <= said:
            return entity
    if "version" in said and not said & _OF_ORGANISATION:
        return "taxonomy"
    if said & _OF_ORGANISATION or said <= {"id", "name", "description", "uri", "metadata"}:
        return "organization"
    return "service" if said & set(TABLES["service"].children) else "organization"


def read_json(data: bytes, name: str, *, empty: bool = False) -> Rows:
    """Rows of a JSON file: an object, a list, pages of an API ({"contents": [...]}), or one object a line.

    Unreadable when it holds nothing of HSDS, unless it may be `empty`.
    """
    rows = Rows()
    text = decode(data)
    try:
        told = json.loads(text)
    except json.JSONDecodeError as error:
        told = _lines(text, error)
    except RecursionError:
        raise Unreadable(_NO_JSON, line=1, column=1) from None
    _take(rows, told, name)
    if not rows.documents and not empty:
        raise Unreadable(_NO_HSDS)
    return rows


def _lines(text, error):
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) < 2 or not all(line.lstrip().startswith(("{", "[")) for line in lines[:3]):
        raise Unreadable(_NO_JSON, line=error.lineno, column=error.colno)
    told = []
    for number, line in enumerate(lines, start=1):
        try:
            told.append(json.loads(line))
        except ValueError:
            raise Unreadable(_NO_JSON, line=number, column=1) from None
    return told


def _take(rows, told, name):
    if isinstance(told, list):
        number = 0
        for each in told:
            if isinstance(each, Mapping) and "contents" in each:  # pages, one after another
                number = _take_list(rows, each["contents"], name, number)
            else:
                number = _take_list(rows, [each], name, number)
    elif isinstance(told, Mapping) and isinstance(told.get("contents"), list):
        _take_list(rows, told["contents"], name, 0)
    elif isinstance(told, Mapping) and any(key in BY_PATH for key in told):
        for path, table in told.items():
            if path in BY_PATH and isinstance(table, list):
                _take_records(rows, BY_PATH[path], table, path)
    elif isinstance(told, Mapping) and "id" not in told and set(told) & set(_LISTS):
        for key, entity in _LISTS.items():
            if isinstance(told.get(key), list):
                _take_list(rows, told[key], f"{name}: {key}", 0, entity)
    elif isinstance(told, Mapping) and {"id", "name"} & set(told):
        _take_list(rows, [told], name, 0)


def _take_list(rows, objects, name, number, entity=""):
    for each in objects if isinstance(objects, list) else []:
        number += 1
        kind = entity or (entity_of(each) if isinstance(each, Mapping) else "service")
        rows.document(kind, each, Place(name, number))
        rows.documents += 1
    return number


def _take_records(rows, entity, table, path):
    for number, record in enumerate(table, start=2):
        if isinstance(record, Mapping):
            rows.record(entity, dict(record), Place(path, number))
            rows.documents += 1


def read_package(files: Mapping[str, bytes]) -> Rows:
    """Rows of a tabular data package: {path: bytes} of datapackage.json and its CSV files (those alone will do)."""
    rows, found = Rows(), _resources(files)
    if not {"service", "organization"} & set(found):
        raise Unreadable(_NO_TABLES)
    for entity in TABLES:
        if entity in found:
            path = found[entity]
            table = list(_csv(files[path]))
            for number, record in table:
                rows.record(entity, record, Place(path, number))
            rows.documents += len(table)
    return rows


def _resources(files) -> dict[str, str]:
    """{entity: path} of the tables a package holds."""
    found = {}
    base = {path.rsplit("/", 1)[-1].lower(): path for path in files}
    for name, path in base.items():
        if name in BY_PATH:
            found[BY_PATH[name]] = path
    listing = base.get("datapackage.json")
    if listing is None:
        return found
    try:
        resources = json.loads(decode(files[listing])).get("resources", [])
    except (ValueError, AttributeError):
        raise Unreadable(_NO_JSON, line=1, column=1) from None
    for resource in resources:
        entity, path = resource.get("name"), resource.get("path")
        if entity not in TABLES or not isinstance(path, str):
            continue
        inside = next((each for each in files if each == path or each.endswith(f"/{path}")), None)
        if inside:
            found[entity] = inside
        elif entity in ("service", "organization"):
            raise Unreadable(_MISSING, path=path)
    return found


def _csv(data: bytes):
    """(row number as a person counts it, {column: text}) of each row that says anything."""
    csv.field_size_limit(10_000_000)
    reader = csv.reader(io.StringIO(decode(data).lstrip("\ufeff"), newline=""))
    heads: list[str] = []
    for number, cells in enumerate(reader, start=1):
        if not heads:
            heads = [cell.strip() for cell in cells]
        elif any(cells):
            yield number, {head: cell for head, cell in zip(heads, cells, strict=False) if head}


def unpacked(data: bytes) -> dict[str, bytes]:
    """The files of a package, bounded in number and size; Unreadable for a damaged or boundless one."""
    return unzip(data, most=MOST_FILES, too_many=_TOO_MANY, largest=LARGEST)


def read_file(data: bytes, name: str, *, empty: bool = False) -> Rows:
    """Rows of one file, whatever of HSDS it is."""
    if len(data) > LARGEST:
        raise Unreadable(TOO_LARGE, size=LARGEST // 2**20)
    if data[:4] == b"PK\x03\x04":
        return read_package(unpacked(data))
    if name.lower().endswith(".csv") and name.rsplit("/", 1)[-1].lower() in BY_PATH:
        return read_package({name: data})
    return read_json(data, name, empty=empty)


def is_list(name: str, data: bytes) -> bool:
    """Whether a file is a spreadsheet with headings of its own, and no HSDS."""
    base = name.rsplit("/", 1)[-1].lower()
    return base.endswith(SHEETS) and base not in BY_PATH and data.lstrip()[:1] not in (b"{", b"[")
