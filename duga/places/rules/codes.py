"""Code lists: needs, target groups, service types, units… One CSV each in codelists/, read once.

A list is data: another network changes the files, not the code. Columns: code, the labels by language (en, sr in
Cyrillic, sq, mk, bs), `synonyms` as they stand in real spreadsheets, and what else the list needs (group, ages…).
A code, once used, is never deleted or given another meaning; it gets a day in the column `until`.
"""

import csv
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from duga.plain.errors import NotFound, gettext_noop
from duga.plain.text import fold, to_latin

FOLDER = Path(__file__).resolve().parent.parent / "codelists"
LISTS = (
    "needs",
    "target_groups",
    "service_types",
    "units",
    "channels",
    "age_bands",
    "sexes",
    "qualifiers",
    "lawful_bases",
    "purposes",
    "languages",
    "call_services",
    "caller_relations",
    "household_roles",
    "vulnerabilities",
    "case_closures",
    "case_outcomes",
    "referral_rejections",
    "referral_failures",
    "laws",
    "basis_conditions",
    "data_categories",
    "request_reasons",
)
#: Tables that have no words of their own, beside the lists.
TABLES = ("basis_openings", "basis_articles", "consent_ages", "consent_texts")
LANGUAGES = ("en", "sr", "sq", "mk", "bs")
#: Whose labels serve a language that has none of its own, nearest first. Serbian Latin is made, not looked up.
NEAREST = {"hr": ("bs",), "cnr": ("bs",), "sh": ("bs",)}


@dataclass(frozen=True)
class Code:
    """One row of a list: `fields` holds the columns only this list has, for example min_age."""

    code: str
    labels: dict[str, str]
    synonyms: tuple[str, ...] = ()
    fields: dict[str, str] = field(default_factory=dict)

    @property
    def group(self) -> str:
        """What the list groups this code under; for units their kind (item, service, contact…)."""
        return self.fields.get("group", "")

    @property
    def retired(self) -> bool:
        """Whether the code is only kept for what was recorded with it."""
        return bool(self.fields.get("until"))


def codes(list_name: str, *, retired: bool = False) -> tuple[Code, ...]:
    """The codes of a list in its order; NotFound for a list that is not there."""
    return tuple(entry for entry in _read(list_name).values() if retired or not entry.retired)


def code(list_name: str, value: str) -> Code:
    """One code; NotFound names the list and what it does hold."""
    found = _read(list_name)
    if value not in found:
        raise NotFound(
            gettext_noop("There is no code %(code)s in the list %(list)s; it holds: %(known)s."),
            code=value,
            list=list_name,
            known=", ".join(found),
        )
    return found[value]


def label(list_name: str, value: str, language: str = "en") -> str:
    """What people read for a code, in a language ("sr" Cyrillic, "sr-latn" Latin); English where none is known."""
    return pick(code(list_name, value).labels, language)


def pick(labels: dict[str, str], language: str) -> str:
    """The label for a language out of {language: label}: its own, its nearest, English, any."""
    language = language.lower().replace("_", "-")
    if language in labels and labels[language]:
        return labels[language]
    if language in ("sr-latn", "sr-latin") and labels.get("sr"):
        return to_latin(labels["sr"])
    base = language.split("-")[0]
    for nearest in (base, *NEAREST.get(base, ()), "en"):
        if labels.get(nearest):
            return labels[nearest]
    return next((text for text in labels.values() if text), "")


def find_code(list_name: str, text: str) -> str | None:
    """The code someone meant: a code, label or synonym in any language and script. None when nothing or two fit."""
    meanings = _meanings(list_name)
    key = _key(text)
    found = meanings.get(key)
    if found is None and key.isascii():
        found = meanings.get(key.rstrip("s.")) or meanings.get(key.replace(" ", "_"))
    return found or None


def versions() -> dict[str, str]:
    """{list: version}, from codelists/versions.csv; a release says which it was counted with."""
    with open(FOLDER / "versions.csv", encoding="utf-8") as file:
        return {row["list"]: row["version"] for row in csv.DictReader(file)}


@lru_cache
def table(name: str) -> tuple[dict[str, str], ...]:
    """The rows of a table beside the lists, each {column: text}; the caller changes none of them."""
    if name not in TABLES:
        raise NotFound(gettext_noop("There is no code list called %(list)s."), list=name)
    with open(FOLDER / f"{name}.csv", encoding="utf-8") as file:
        return tuple(csv.DictReader(file))


def _key(text: str) -> str:
    words = fold(str(text)).replace("_", " ").replace("/", " / ").strip(" .;:()[]*")
    return " ".join(words.split())


@lru_cache
def _read(list_name: str) -> dict[str, Code]:
    if list_name not in LISTS:
        raise NotFound(gettext_noop("There is no code list called %(list)s."), list=list_name)
    with open(FOLDER / f"{list_name}.csv", encoding="utf-8") as file:
        return {row["code"]: _code(row) for row in csv.DictReader(file)}


def _code(row: dict[str, str]) -> Code:
    labels = {language: row.pop(language) for language in LANGUAGES}
    synonyms = tuple(word for word in row.pop("synonyms").split("|") if word)
    return Code(code=row.pop("code"), labels=labels, synonyms=synonyms, fields=row)


@lru_cache
def _meanings(list_name: str) -> dict[str, str]:
    """{folded word: code}; a label beats a synonym, a word that two codes claim means neither ("")."""
    meanings: dict[str, str] = {}
    entries = codes(list_name)
    for words in (
        lambda entry: (entry.code,),
        lambda entry: entry.labels.values(),
        lambda entry: entry.synonyms,
    ):
        claimed: dict[str, str] = {}
        for entry in entries:
            for word in words(entry):
                key = _key(word)
                claimed[key] = entry.code if claimed.get(key, entry.code) == entry.code else ""
        meanings = {**claimed, **meanings}
    return meanings
