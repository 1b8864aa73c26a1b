"""What a release is and may become, which tables are public, and the forms in which they leave the house.

A country's public tables of one year share one number only: how many different people were helped there in that
year. Every one of them shows it, and each hides what it must with that number known to the attacker. What can be
inferred from all together is then what can be inferred from each alone, because any people who fit one
table can be matched one to one with any people who fit another with the same total. Hence the closed list below,
whole years only, and `same_total`.
"""

import csv
import datetime
import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from duga.evidence.model import ALL, HIDDEN_LABEL, Period
from duga.plain.errors import Refused, gettext_noop

MINIMUM = 5
FORMAT = "duga release 1"
LONGEST_REASON = 300


class ReleaseState(StrEnum):
    """Where a release stands."""

    DRAFT = "draft"
    RELEASED = "released"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


#: From which state to which one may go. What was released is never edited, only superseded or withdrawn.
TRANSITIONS = {
    ReleaseState.DRAFT: {ReleaseState.RELEASED, ReleaseState.WITHDRAWN},
    ReleaseState.RELEASED: {ReleaseState.SUPERSEDED, ReleaseState.WITHDRAWN},
    ReleaseState.SUPERSEDED: set(),
    ReleaseState.WITHDRAWN: set(),
}

STATE_LABELS = {
    ReleaseState.DRAFT: gettext_noop("draft"),
    ReleaseState.RELEASED: gettext_noop("released"),
    ReleaseState.SUPERSEDED: gettext_noop("superseded by a newer release"),
    ReleaseState.WITHDRAWN: gettext_noop("withdrawn"),
}

#: Anybody may read these; drafts are for the people who count.
READABLE = frozenset({ReleaseState.RELEASED, ReleaseState.SUPERSEDED, ReleaseState.WITHDRAWN})


def check_move(state: str, to: ReleaseState) -> None:
    """Refuses a step that the table of states does not hold."""
    if to not in TRANSITIONS[ReleaseState(state)]:
        raise Refused(
            gettext_noop(
                "This release is %(state)s and stays as it is. What was released is superseded, never edited."
            ),
            state=STATE_LABELS[ReleaseState(state)],
        )


@dataclass(frozen=True)
class PublicTable:
    """A table of the public page: an indicator, its breakdown, and the drawing made of it (empty: none)."""

    indicator: str
    breakdown: tuple[str, ...]
    chart: str = ""

    @property
    def name(self) -> str:
        return f"{self.indicator}:{','.join(self.breakdown)}"


#: The closed list of what a country's page shows of a year.
COUNTRY_TABLES = (
    PublicTable("people_assisted", ("sex", "age_band"), "ages"),
    PublicTable("people_assisted", ("month",), "trend"),
    PublicTable("people_assisted", ("area",), "map"),
    PublicTable("people_assisted", ("service_type",), "services"),
    PublicTable("assistance_delivered", ("unit",)),
    PublicTable("households_reached", ()),
)
#: All countries side by side, of one year.
NETWORK_TABLES = (PublicTable("people_assisted", ("country",)),)


def public_table(indicator: str, breakdown: Iterable[str], country: str) -> PublicTable:
    """The public table that was asked for; refused, with the list, when it is none.

    A further breakdown would have to be protected together with all that is public already.
    """
    wanted = tuple(breakdown)
    tables = COUNTRY_TABLES if country else NETWORK_TABLES
    for table in tables:
        if table.indicator == indicator and (table.breakdown == wanted or set(table.breakdown) == set(wanted) != set()):
            return table
    raise Refused(
        gettext_noop(
            "%(indicator)s by %(breakdown)s is not one of the public tables %(scope)s, which are protected together: "
            "%(tables)s. Count it for yourself with `duga count`."
        ),
        indicator=indicator,
        breakdown=",".join(wanted) or "nothing",
        scope="of a country" if country else "of all countries",
        tables="; ".join(f"{table.indicator} by {','.join(table.breakdown) or 'nothing'}" for table in tables),
    )


def public_year(period: str | Period) -> int:
    """The year that a period is; refused when it is anything but one whole year.

    Two periods that overlap could be subtracted from one another, cell by cell.
    """
    found = Period.read(period)
    if found and found.start[0] == found.end[0] and (found.start[1], found.end[1]) == (1, 12):
        return found.start[0]
    raise Refused(
        gettext_noop(
            "Figures are released by whole years (for example 2020): periods that overlap can be subtracted from one "
            "another, and the difference may be a single person. %(period)s is not a year."
        ),
        period=str(period),
    )


def years_of(text: str) -> list[int]:
    """`2020` → [2020]; `2019..2021` → [2019, 2020, 2021]."""
    first, _, last = str(text).partition("..")
    if not (re.fullmatch(r"\d{4}", first) and re.fullmatch(r"(\d{4})?", last)):
        raise Refused(gettext_noop("%(text)s is neither a year (2020) nor years (2019..2021)."), text=repr(str(text)))
    if last and last < first:
        raise Refused(gettext_noop("The period %(period)s ends before it begins."), period=text)
    return list(range(int(first), int(last or first) + 1))


def own_period(text: str, *, today: datetime.date) -> Period:
    """The months an organisation counts for itself: any, up to ten years, not after today."""
    found = Period.read(text)
    if found is None or found.start > (today.year, today.month):
        raise Refused(gettext_noop("That period lies in the future. Choose months in which something was recorded."))
    if found.end[0] - found.start[0] > 10:
        raise Refused(gettext_noop("Choose ten years at most."))
    return found


#: What the units of our indicators are called beside a number.
UNIT_WORDS = {
    "person": gettext_noop("people"),
    "household": gettext_noop("households"),
    "contact": gettext_noop("deliveries"),
}

#: What the columns of a table are called.
DIMENSION_WORDS = {
    "sex": gettext_noop("Sex"),
    "age_band": gettext_noop("Age"),
    "month": gettext_noop("Month"),
    "area": gettext_noop("Region"),
    "service_type": gettext_noop("Kind of help"),
    "unit": gettext_noop("Unit"),
    "country": gettext_noop("Country"),
}


# --- The document: what a release says, in one canonical form -----------------------------------------------


def canonical(document: Mapping) -> bytes:
    """The bytes that are hashed and downloaded: UTF-8 JSON, keys sorted, one space of indent, newline at the end."""
    return (json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def cell_key(document: Mapping, cell: Mapping) -> tuple[str, ...]:
    """A cell's labels in the order of the breakdown."""
    return tuple(cell[name] for name in document["breakdown"])


def anchor(key: Iterable[str]) -> str:
    """The id of a cell on its provenance page: `("female", "80+")` → `female.80plus`; a total is `all`."""
    words = ["all" if word == ALL else word.replace("+", "plus") for word in key]
    return "c-" + (".".join(re.sub(r"[^A-Za-z0-9_-]", "_", word) for word in words) or "all")


def find_cell(document: Mapping, key: Iterable[str]) -> dict | None:
    """The cell with these labels; None when the document holds none (the number is then zero)."""
    wanted = tuple(key)
    return next((cell for cell in document["cells"] if cell_key(document, cell) == wanted), None)


def grand_total(document: Mapping) -> dict | None:
    """The cell of the whole table; None for tables of unlike units, which have no total."""
    return find_cell(document, (ALL,) * len(document["breakdown"]))


def same_total(documents: Iterable[Mapping]) -> int | None:
    """The one number that a country's tables of people share, shown by each; refused when they disagree.

    None when there are no such tables.
    """
    totals = {}
    for document in documents:
        if document["indicator"]["code"] == "people_assisted" and document["country"]:
            cell = grand_total(document)
            totals[",".join(document["breakdown"])] = cell["value"] if cell and cell["status"] == "shown" else None
    if len(set(totals.values())) > 1 or (totals and None in totals.values()):
        raise Refused(
            gettext_noop("These tables may not go out together: their totals differ or are hidden (%(totals)s)."),
            totals=", ".join(f"{name}: {value}" for name, value in totals.items()),
        )
    return next(iter(totals.values()), None)


class TooLittleChanged(Refused):
    """A newer release whose difference to the one in force would tell of a few people."""


def check_difference(old: Iterable[Mapping], new: Iterable[Mapping]) -> None:
    """Refuses figures that differ from those in force by so little that subtracting them tells of single people.

    Both stay readable. Compared are totals of people, and every country's where they stand side by side; a table
    that says anything else while its total changed by less than the minimum (or not at all) is too close.
    """
    before = {(each["indicator"]["code"], *each["breakdown"]): each for each in old}
    for document in new:
        other = before.get((document["indicator"]["code"], *document["breakdown"]))
        if other and document["indicator"]["unit"] in ("person", "household") and _too_close(other, document):
            raise TooLittleChanged(
                gettext_noop(
                    "Too little has changed since the figures of %(place)s %(year)s were released: the difference "
                    "would tell of a few people. They stay in force until more has been recorded."
                ),
                place=document["country"] or "all countries",
                year=document["period"][:4],
            )


def _too_close(old: Mapping, new: Mapping) -> bool:
    if old["cells"] == new["cells"] and old["beside"] == new["beside"]:
        return False
    if not new["country"]:
        told = {cell_key(old, cell): cell["value"] for cell in old["cells"]}
        pairs = [(told.get(cell_key(new, cell), 0), cell["value"]) for cell in new["cells"]]
        return any((a is None) != (b is None) or (a is not None and 0 < abs(b - a) < MINIMUM) for a, b in pairs)
    before, after = (grand_total(each) or {"value": None} for each in (old, new))
    if before["value"] is None or after["value"] is None:
        return True
    return abs(after["value"] - before["value"]) < MINIMUM


def command(document: Mapping) -> str:
    """How to count it again from the snapshot: the `duga count` to type."""
    parts = ["duga", "count", document["indicator"]["code"]]
    if document["breakdown"]:
        parts += ["--by", ",".join(document["breakdown"])]
    if document["country"]:
        parts += ["--where", f"country={document['country']}"]
    parts += [
        "--period",
        _short(document["period"]),
        "--snapshot",
        f"snapshots/{document['snapshot']['fingerprint'][:16]}",
    ]
    return " ".join(parts)


def _short(period: str) -> str:
    """A whole year as its number."""
    start, _, end = period.partition("..")
    return start[:4] if start[:4] == end[:4] and (start[5:], end[5:]) == ("01", "12") else period


def stem(document: Mapping) -> str:
    """The name of a release's files: people_assisted-me-2020-sex-age_band."""
    place = document["country"].lower() or "all"
    return "-".join([document["indicator"]["code"], place, document["period"][:4], *document["breakdown"]])


def rows(document: Mapping) -> tuple[list[str], list[list]]:
    """Columns and rows of the downloads: every row says what it is, how it was protected and where it comes from."""
    columns = [
        *document["breakdown"], "value", "qualifier", "status", "unit", "indicator", "country", "period",
        "snapshot", "release",
    ]  # fmt: skip
    last = [
        document["indicator"]["code"], document["country"], document["period"],
        document["snapshot"]["fingerprint"], document["id"],
    ]  # fmt: skip
    out = []
    for cell in document["cells"]:
        status = "shown" if cell["status"] == "shown" else HIDDEN_LABEL
        unit = cell.get("unit", document["indicator"]["unit"])
        out.append([*cell_key(document, cell), cell["value"], cell["qualifier"], status, unit, *last])
    return columns, out


def as_csv(document: Mapping) -> bytes:
    """CSV in UTF-8 with the mark that makes spreadsheets read it rightly. Cells are codes and numbers of our own."""
    columns, found = rows(document)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(found)
    return text.getvalue().encode("utf-8-sig")
