"""Our own taxonomies: code lists of places that services bear as terms, and the files in taxonomies/, read once."""

import csv
from functools import lru_cache
from pathlib import Path

from duga.places.rules import Code, codes
from duga.places.rules.codes import LANGUAGES, pick
from duga.plain.errors import NotFound
from duga.plain.errors import gettext_noop as _

FOLDER = Path(__file__).resolve().parents[1] / "taxonomies"
#: Code lists of places that services bear as terms, and what they are called as HSDS taxonomies.
FROM_PLACES = {"needs": "Needs", "service_types": "Kinds of service", "target_groups": "Target groups"}
OWN = {
    "conditions": "Good to know before you come",
    "accessibility": "Accessibility",
    "service_groups": "Groups of services (mapping of local services, Serbia)",
    "municipal_mk": "Kinds of municipal social services (North Macedonia)",
}
#: What whoever uses a taxonomy must know of it.
NOTES = {
    "municipal_mk": "Six categories, as a monitoring of municipalities tells of the Law on Social Protection (2019); "
    "their names in each language are restated and to be checked with the law.",
}
TAXONOMY_KEYS = {**FROM_PLACES, **OWN}  #: {key: name}
KEYS = tuple(TAXONOMY_KEYS)


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
