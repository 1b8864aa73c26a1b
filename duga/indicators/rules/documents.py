"""The document: what a release says, in one canonical form, and the forms in which it leaves the house."""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping

from duga.evidence.model import ALL, HIDDEN_LABEL
from duga.indicators.rules.tables import MINIMUM
from duga.plain.errors import Refused, gettext_noop

FORMAT = "duga release 1"


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


#: Why figures stay in force although newer ones were counted.
TOO_LITTLE = gettext_noop(
    "Too little has changed since the figures of %(place)s %(year)s were released: the difference "
    "would tell of a few people. They stay in force until more has been recorded."
)


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
        people = document["indicator"]["unit"] in ("person", "household") or document.get("rests_on")
        if other and people and "of" not in document.get("snapshot", ()) and _too_close(other, document):
            place = document["country"] or "all countries"
            raise TooLittleChanged(TOO_LITTLE, place=place, year=document["period"][:4])


def _too_close(old: Mapping, new: Mapping) -> bool:
    same = _told(old) == _told(new) and old["beside"] == new["beside"]
    anew = new["country"] and new["indicator"]["unit"] == "person" and old.get("snapshot") != new.get("snapshot")
    if same and not anew:  # of newer records that show in no number only the tables beside would tell
        return False
    if not new["country"]:
        told = _told(old)
        pairs = [(told.get(key, 0), value) for key, value in _told(new).items()]
        return any((a is None) != (b is None) or (a is not None and 0 < abs(b - a) < MINIMUM) for a, b in pairs)
    before, after = (_told(each).get((ALL,) * len(each["breakdown"])) for each in (old, new))
    if before is None or after is None:
        return True
    return abs(after - before) < MINIMUM


def _told(document: Mapping) -> dict[tuple[str, ...], int | None]:
    """What a document tells of people, by label: of a rate the counts it is worked out from; None where hidden."""
    return {cell_key(document, cell): cell.get("count", cell["value"]) for cell in document["cells"]}


def command(document: Mapping) -> str:
    """How to count it again from the snapshot: the `duga count` to type."""
    parts = ["duga", "count", document["indicator"]["code"]]
    if document["breakdown"]:
        parts += ["--by", ",".join(document["breakdown"])]
    if document["country"]:
        parts += ["--where", f"country={document['country']}"]
    if "of" not in document.get("snapshot", ()):  # a directory is frozen on one day
        parts += ["--period", _short(document["period"])]
    parts += [
        "--snapshot",
        document["snapshot"].get("folder") or f"snapshots/{document['snapshot']['fingerprint'][:16]}",
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
    whole = {
        "indicator": document["indicator"]["code"], "country": document["country"], "period": document["period"],
        "snapshot": document["snapshot"]["fingerprint"], "release": document["id"],
    }  # fmt: skip
    if out := document.get("left_out"):  # else a reader would take it for nobody
        whole["left_out"] = "; ".join(f"{name}={','.join(words)}" for name, words in out.items())
    last = {name: word for name, word in whole.items() if name not in document["breakdown"]}  # a column has one meaning
    terms = document.get("terms", ())
    columns = [*document["breakdown"], "value", *terms, "qualifier", "status", "unit", *last]
    out = []
    for cell in document["cells"]:
        status = HIDDEN_LABEL if cell["status"] == "hidden" else cell["status"]
        unit = cell.get("unit", document["indicator"]["unit"])
        told = [cell["value"], *(cell[name] for name in terms), cell["qualifier"], status, unit]
        out.append([*cell_key(document, cell), *told, *last.values()])
    return columns, out


def as_csv(document: Mapping) -> bytes:
    """CSV in UTF-8 with the mark that makes spreadsheets read it rightly. Cells are codes and numbers of our own."""
    columns, found = rows(document)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(found)
    return text.getvalue().encode("utf-8-sig")
