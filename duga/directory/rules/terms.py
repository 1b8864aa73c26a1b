"""Our own taxonomies: code lists of places that services bear as terms, and the files in taxonomies/, read once."""

import csv
from collections import defaultdict
from functools import lru_cache
from pathlib import Path

from duga.directory.rules.search import stem, words_of
from duga.places.rules import Code, codes
from duga.places.rules.codes import LANGUAGES, pick
from duga.plain.errors import NotFound
from duga.plain.errors import gettext_noop as _
from duga.plain.text import skeleton

FOLDER = Path(__file__).resolve().parents[1] / "taxonomies"
#: Code lists of places that services bear as terms, and what they are called as HSDS taxonomies.
FROM_PLACES = {"needs": "Needs", "service_types": "Kinds of service", "target_groups": "Target groups"}
OWN = {
    "conditions": "Good to know before you come",
    "accessibility": "Accessibility",
    "service_groups": "Groups of services (mapping of local services, Serbia)",
    "municipal_mk": "Kinds of municipal social services (North Macedonia)",
}
KEYS = (*FROM_PLACES, *OWN)


@lru_cache
def terms(key: str) -> tuple[Code, ...]:
    """The terms of one of our taxonomies, in their order; NotFound for a list that is not there."""
    if key in FROM_PLACES:
        return codes(key)
    if key not in OWN:
        raise NotFound(_("There is no code list called %(list)s."), list=key)
    return tuple(
        Code(row["code"], {language: row[language] for language in LANGUAGES}, _split(row["synonyms"]))
        for row in rows(key)
    )


def rows(name: str) -> list[dict[str, str]]:
    """The rows of one of the files in taxonomies/."""
    with open(FOLDER / f"{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _split(text):
    return tuple(word for word in text.split("|") if word)


def term_label(key: str, code: str, language: str = "en") -> str:
    """What people read for a term in a language; the code itself for one that is not there."""
    found = next((term for term in terms(key) if term.code == code), None)
    return pick(found.labels, language) if found else code


@lru_cache(maxsize=1)
def meanings() -> dict[str, frozenset[str]]:
    """{stem, or "k:" and its sound: keys of the search index that a word of that stem means}.

    "pravna" and "pomoć" both mean legal aid, "pomoć" also help at home: asked for both, only what both mean is left.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for key in KEYS:
        for term in terms(key):
            _learn(found, term, f"{key}:{term.code}")
    for term in codes("languages"):
        _learn(found, term, f"lang:{term.code}", term.fields.get("own", ""))
    return {word: frozenset(keys) for word, keys in found.items()}


def _learn(found, term, key, *more):
    for text in (*term.labels.values(), *term.synonyms, *more):
        for word in words_of(text):
            found[stem(word)].add(key)
            if len(word) > 3:
                found[f"k:{skeleton(word)}"].add(key)
