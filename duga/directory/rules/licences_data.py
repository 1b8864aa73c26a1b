"""What comes with Duga about licensing: the files in licences/, read once, with every code checked."""

import csv
from functools import lru_cache
from pathlib import Path

from duga.directory.rules.licences import ASPECT_LABELS, EVIDENCE_LABELS, LicenceState
from duga.places.rules import codes
from duga.places.rules.codes import LANGUAGES
from duga.plain.errors import Unreadable
from duga.plain.errors import gettext_noop as _

FOLDER = Path(__file__).resolve().parents[1] / "licences"


def words(text: str) -> list[str]:
    """The words of a cell, by "|"."""
    return [word for word in text.split("|") if word]


@lru_cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of one of the files (kinds, standards, criteria), checked: Unreadable names file, row and word."""
    with open(FOLDER / f"{name}.csv", encoding="utf-8", newline="") as file:
        found = tuple(csv.DictReader(file))
    for number, row in enumerate(found, start=2):
        for column, value, known in _coded(name, row):
            if value not in known:
                raise Unreadable(
                    _("licences/%(file)s.csv, row %(row)s: %(value)s is no %(column)s."),
                    file=name, row=number, value=value or "–", column=column,
                )  # fmt: skip
    return found


def _coded(name, row):
    """(column, value, values it may have) of a row."""
    types = {code.code for code in codes("service_types", retired=True)}
    for word in words(row.get("service_types", "")):
        yield "service_types", word.removeprefix("!"), types
    if name == "kinds":
        yield "grants", row["grants"], {LicenceState.LICENSED, LicenceState.LIMITED}
    if name == "criteria":
        yield "aspect", row["aspect"], ASPECT_LABELS
        yield "evidence", row["evidence"], EVIDENCE_LABELS
        yield "basis", row["basis"], {"source", "duga"}
        yield "cite", bool(row["cite"]), {row["basis"] == "source"}  # what a source lists says where; the rest cannot
        yield "standard", (row["country"], row["standard"]), {(s["country"], s["code"]) for s in rows("standards")}
    if not row["en"].strip():
        yield "en", "", set(LANGUAGES)


def names(row: dict[str, str]) -> dict[str, str]:
    """{language: name} of a row, the empty ones left out."""
    return {language: row[language] for language in LANGUAGES if row.get(language)}
