"""The closed vocabulary of filter values: the codes that sex, age band, service, unit and the like may take.

They are the shared code lists, CSV files that a network changes without touching code. With them a definition is
checked before there is a snapshot, and a code that a snapshot happens to lack counts as zero, while a misspelt one is
refused. Countries, areas and organisations are not listed: a snapshot knows its own.
"""

import csv
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from duga.evidence.model import known_word

FOLDER = Path(__file__).resolve().parents[1] / "places" / "codelists"
"""Where the code lists lie; without them (the library on its own) any code of a snapshot will do."""

LISTS = {
    "sex": "sexes",
    "age_band": "age_bands",
    "target_group": "target_groups",
    "service_type": "service_types",
    "unit": "units",
    "channel": "channels",
    "need": "needs",
    "outcome": "case_outcomes",
}
"""The dimensions whose words are listed, and the list of each."""


@lru_cache(maxsize=4)
def lists(folder: Path = FOLDER) -> Mapping[str, Mapping[str, str]]:
    """The codes of each dimension with their group (for a unit: its kind)."""
    found = {}
    for dimension, name in LISTS.items():
        path = folder / f"{name}.csv"
        if path.is_file():
            with path.open(encoding="utf-8", newline="") as lines:
                found[dimension] = {row["code"]: row.get("group") or "" for row in csv.DictReader(lines)}
    return found


@lru_cache(maxsize=4)
def about(subject: str, folder: Path = FOLDER) -> Mapping[str, frozenset[str]]:
    """The codes that the lists mark as being about something (violence), by dimension; those without any left out."""
    found = {}
    for dimension, name in LISTS.items():
        path = folder / f"{name}.csv"
        if path.is_file():
            with path.open(encoding="utf-8", newline="") as lines:
                marked = frozenset(row["code"] for row in csv.DictReader(lines) if row.get("about") == subject)
            if marked:
                found[dimension] = marked
    return found


def words_of(dimension: str, met: Iterable = ()) -> list[str]:
    """What a filter on this dimension may say: what a snapshot has met, and the rest of the code list."""
    return list(dict.fromkeys([*(str(word) for word in met), *lists().get(dimension, ())]))


def check(dimension: str, word: str) -> str:
    """Gives a filter value of a definition back, or refuses it with the near ones.

    >>> check("service_type", "legal_aid")
    'legal_aid'
    """
    listed = lists().get(dimension)
    return known_word(word, listed, dimension) if listed else str(word)


def kind_of(unit: str) -> str | None:
    """The kind of a unit: item for parcel."""
    return lists().get("unit", {}).get(unit)
