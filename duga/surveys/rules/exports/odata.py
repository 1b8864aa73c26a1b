"""OData 4.0 over answers, as Excel, Power BI and pyodk read it: service document, metadata, entities.

Names and shapes are those of ODK Central's feeds, so that workbooks made for it keep working: `Submissions` with
`__id`, `__system`, groups as objects; repeats as sets of their own, `Submissions.child`, with `__Submissions-id`.
Source: OData JSON Format 4.01 and CSDL XML 4.01 (OASIS); docs.getodk.org/central-api-odata-endpoints.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from duga.plain.errors import Unreadable
from duga.plain.errors import gettext_noop as _
from duga.surveys.rules.exports.columns import NUMBERS, WHOLE, Form, Table
from duga.surveys.rules.exports.odata_filter import Condition, read_filter
from duga.surveys.rules.exports.writing import geometry

PAGE = 1000  #: entities of an answer; what is beyond has a nextLink
MOST_PAGE = 5000
SPACE, SUBMISSION = "org.opendatakit.user", "org.opendatakit.submission"
_TYPES = {
    "date": "Edm.Date", "datetime": "Edm.DateTimeOffset", "start": "Edm.DateTimeOffset", "end": "Edm.DateTimeOffset",
    "today": "Edm.Date", "geopoint": "Edm.GeographyPoint", "geotrace": "Edm.GeographyLineString",
    "geoshape": "Edm.GeographyPolygon", **dict.fromkeys(NUMBERS, "Edm.Decimal"), **dict.fromkeys(WHOLE, "Edm.Int64"),
}  # fmt: skip
#: The name of a state in OData, as Central has them; None for what nobody has reviewed.
STATES = {
    "received": None, "edited": "edited", "approved": "approved", "rejected": "rejected", "has_issues": "hasIssues",
}  # fmt: skip
_SYSTEM = (
    ("submissionDate", "Edm.DateTimeOffset"), ("updatedAt", "Edm.DateTimeOffset"), ("submitterId", "Edm.String"),
    ("submitterName", "Edm.String"), ("attachmentsPresent", "Edm.Int64"), ("attachmentsExpected", "Edm.Int64"),
    ("status", f"{SUBMISSION}.Status"), ("reviewState", f"{SUBMISSION}.ReviewState"), ("deviceId", "Edm.String"),
    ("edits", "Edm.Int64"), ("formVersion", "Edm.String"),
)  # fmt: skip
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d(:?\d\d)?)\Z")
_DAY = re.compile(r"\d{4}-\d\d-\d\d\Z")

_PARAMETER = _("%(name)s=%(value)s cannot be understood. Give a whole number, 0 or more.")
_UNKNOWN = _(
    "%(name)s is not supported here. Supported are $top, $skip, $count, $filter, $orderby, $select, $expand=*."
)
_ORDER = _("Only __system/submissionDate can be ordered by, asc or desc.")


@dataclass(frozen=True)
class Asked:
    """What a request for entities asks: how many at most, from which, counted or not, narrowed, ordered, columns."""

    top: int | None = None
    skip: int = 0
    count: bool = False
    condition: Condition | None = None
    newest_first: bool = True
    select: tuple[str, ...] = ()
    expand: bool = False
    after: str = ""  #: where the page before ended ($skiptoken)
    size: int = PAGE


def ask(given: dict[str, str]) -> Asked:
    """Reads the query options; Unreadable names the one that is not supported."""
    known = {"$top", "$skip", "$count", "$filter", "$orderby", "$select", "$expand", "$skiptoken", "$format", "$wkt"}
    for name in given:
        if name.startswith("$") and name not in known:
            raise Unreadable(_UNKNOWN, name=name)
    expand = given.get("$expand", "")
    if expand not in ("", "*"):
        raise Unreadable(_UNKNOWN, name="$expand=" + expand[:40])
    top = _number(given, "$top")
    order = given.get("$orderby", "").strip()
    found = re.fullmatch(r"__system/submissionDate(?:\s+(asc|desc))?", order)
    if order and not found:
        raise Unreadable(_ORDER)
    select = tuple(name.strip() for name in given.get("$select", "").split(",") if name.strip() not in ("", "*"))
    return Asked(
        top, _number(given, "$skip") or 0, given.get("$count", "").lower() == "true",
        read_filter(given["$filter"]) if given.get("$filter", "").strip() else None,
        not found or found[1] == "desc", tuple(name.split("/")[0] for name in select), bool(expand),
        given.get("$skiptoken", ""), min(PAGE if top is None else max(top, 1), MOST_PAGE),
    )  # fmt: skip


def _number(given, name) -> int | None:
    text = given.get(name, "").strip()
    if not text:
        return None
    if not re.fullmatch(r"\d{1,9}", text):
        raise Unreadable(_PARAMETER, name=name, value=text[:40])
    return int(text)


def identifier(name: str) -> str:
    """A name as OData allows them: letters, digits and _."""
    bare = re.sub(r"[^\w]", "_", name)
    return bare if re.match(r"[^\W\d]", bare) else f"_{bare}"


def set_name(table: Table) -> str:
    """The name of a table's entity set."""
    return (
        ".".join(["Submissions", *map(identifier, table.path.strip("/").split("/"))]) if table.path else "Submissions"
    )


def parent_key(table: Table, form: Form) -> str:
    """The property by which a repeat's row names the row it stands in."""
    above = next((each for each in form.tables if each.path == table.above), form.tables[0])
    return f"__{set_name(above).replace('.', '-')}-id"


def service(form: Form, root: str) -> dict:
    """The service document; `root` is the address of the feed."""
    sets = [set_name(table) for table in form.tables]
    return {
        "@odata.context": f"{root}/$metadata",
        "value": [{"name": name, "kind": "EntitySet", "url": name} for name in sets],
    }


# --- Metadata ------------------------------------------------------------------------------------------


def _groups(table: Table) -> dict:
    """{name: Column or the group's own such dict}, in the order of the form; paths below the table's own."""
    told: dict = {}
    for column in table.columns:
        place, parts = told, column.path[len(table.path) :].strip("/").split("/")
        for part in parts[:-1]:
            place = place.setdefault(identifier(part), {})
            if not isinstance(place, dict):  # a question and a group of one name, in two versions
                break
        else:
            place.setdefault(identifier(parts[-1]), column)
    return told


def metadata(form: Form) -> str:
    """$metadata as CSDL XML."""
    space = f"{SPACE}.{identifier(form.slug)}"
    types, complex_ = [], []
    for table in form.tables:
        name = set_name(table)
        lines = ['<Key><PropertyRef Name="__id"/></Key>', _property("__id", "Edm.String")]
        if table.path:
            lines.append(_property(parent_key(table, form), "Edm.String"))
        else:
            lines.append(_property("__system", f"{SUBMISSION}.metadata"))
        lines += _properties(_groups(table), space, name, complex_)
        lines += [
            f"<NavigationProperty Name={quoteattr(_last(each))} "
            f"Type={quoteattr(f'Collection({space}.{set_name(each)})')}/>"
            for each in form.tables if each.path and each.above == table.path
        ]  # fmt: skip
        types.append(f"<EntityType Name={quoteattr(name)}>{''.join(lines)}</EntityType>")
    sets = "".join(
        f"<EntitySet Name={quoteattr(set_name(table))} EntityType={quoteattr(f'{space}.{set_name(table)}')}>"
        f"{_ABLE if not table.path else ''}</EntitySet>" for table in form.tables
    )  # fmt: skip
    system = "".join(_property(name, kind) for name, kind in _SYSTEM)
    states = "".join(f'<Member Name="{state}"/>' for state in ("hasIssues", "edited", "rejected", "approved"))
    return (
        '<?xml version="1.0" encoding="UTF-8"?><edmx:Edmx xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx" '
        'Version="4.0"><edmx:DataServices><Schema xmlns="http://docs.oasis-open.org/odata/ns/edm" '
        f'Namespace="{SUBMISSION}"><ComplexType Name="metadata">{system}</ComplexType><EnumType Name="Status"><Member '
        'Name="notDecrypted"/><Member Name="missingEncryptedFormData"/></EnumType><EnumType Name="ReviewState">'
        f'{states}</EnumType></Schema><Schema xmlns="http://docs.oasis-open.org/odata/ns/edm" '
        f"Namespace={quoteattr(space)}>{''.join(types)}{''.join(complex_)}<EntityContainer "
        f"Name={quoteattr(identifier(form.slug))}>{sets}</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>"
    )


_TERM = "Org.OData.Capabilities.V1."
_ABLE = (
    f'<Annotation Term="{_TERM}ConformanceLevel" EnumMember="{_TERM}ConformanceLevelType/Minimal"/>'
    f'<Annotation Term="{_TERM}BatchSupported" Bool="false"/><Annotation Term="{_TERM}CountRestrictions"><Record>'
    '<PropertyValue Property="Countable" Bool="true"/></Record></Annotation>'
    f'<Annotation Term="{_TERM}SortRestrictions"><Record><PropertyValue Property="Sortable" Bool="false"/></Record>'
    f'</Annotation><Annotation Term="{_TERM}ExpandRestrictions"><Record><PropertyValue Property="Expandable" '
    'Bool="false"/></Record></Annotation>'
)


def _property(name, kind) -> str:
    return f"<Property Name={quoteattr(name)} Type={quoteattr(kind)}/>"


def _last(table) -> str:
    return identifier(table.path.rpartition("/")[2])


def _properties(groups, space, above, complex_) -> Iterator[str]:
    for name, told in groups.items():
        if isinstance(told, dict):
            kind = f"{above}.{name}"
            inside = "".join(_properties(told, space, kind, complex_))
            complex_.append(f"<ComplexType Name={quoteattr(kind)}>{inside}</ComplexType>")
            yield _property(name, f"{space}.{kind}")
        else:
            yield _property(name, _TYPES.get(told.kind, "Edm.String"))


# --- Entities ------------------------------------------------------------------------------------------


def entity(table: Table, form: Form, *, key: str, answers: dict, system: dict | None = None, above: str = "") -> dict:
    """One entity: a submission (`system` as `__system`), or a row of a repeat that stands in the row `above`."""
    told: dict = {"__id": key}
    if table.path:
        told[parent_key(table, form)] = above
    else:
        told["__system"] = system or {}
    _fill(_groups(table), answers, told)
    for each in form.tables:
        if each.path and each.above == table.path:
            told[f"{_last(each)}@odata.navigationLink"] = f"Submissions('{key}')/{_last(each)}"
    return told


def _fill(groups, answers, into) -> None:
    for name, told in groups.items():
        if isinstance(told, dict):
            _fill(told, answers, into.setdefault(name, {}))
        else:
            into[name] = value(told.kind, answers.get(told.path))


def value(kind: str, text) -> object:
    """An answer as JSON of its type; null for what is none of it, so that no program stumbles over one answer."""
    if not isinstance(text, str):
        return None
    edm = _TYPES.get(kind)
    if edm is None:
        return text
    if edm.startswith("Edm.Geography"):
        return geometry(kind, text)
    if edm == "Edm.Date":
        return text[:10] if _DAY.match(text[:10]) else None
    if edm == "Edm.DateTimeOffset":
        return text if _MOMENT.match(text) else None
    try:
        found = float(text)
    except ValueError:
        return None
    if edm == "Edm.Int64":
        return int(found) if found.is_integer() and abs(found) < 2**63 else None
    return found if abs(found) < 1e300 else None
