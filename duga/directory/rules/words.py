"""Words of the languages of the route for what people look for: needs, groups, conditions, countries; and synonyms.

taxonomies/words.csv: list, code, language, label, synonyms (by "|"). Nobody who grew up with these languages has read
them yet; who does mends the file.
"""

import csv
from collections import defaultdict
from functools import lru_cache
from pathlib import Path

from duga.directory.rules.terms import term_label
from duga.places.rules import country_name

FILE = Path(__file__).resolve().parents[1] / "taxonomies" / "words.csv"


@lru_cache(maxsize=1)
def _read() -> dict[str, dict[str, dict[str, tuple[str, tuple[str, ...]]]]]:
    found: dict = defaultdict(lambda: defaultdict(dict))
    with open(FILE, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            synonyms = tuple(word for word in row["synonyms"].split("|") if word)
            found[row["list"]][row["code"]][row["language"]] = (row["label"], synonyms)
    return found


def words_for(list_name: str) -> dict[str, list[str]]:
    """{code: labels and synonyms in these languages} of a list."""
    return {
        code: [text for label, synonyms in told.values() for text in (label, *synonyms)]
        for code, told in _read().get(list_name, {}).items()
    }


def label_of(list_name: str, code: str, language: str) -> str:
    """What a reader of `language` sees for a code of a taxonomy of ours, or of "countries"."""
    told = _read().get(list_name, {}).get(code, {})
    if language in told:
        return told[language][0]
    return country_name(code, language) if list_name == "countries" else term_label(list_name, code, language)
