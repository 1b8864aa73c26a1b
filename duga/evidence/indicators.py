"""Indicator definitions: one YAML file each, that a non-programmer can read and sign.

The file says what is counted (`measure`, `of`), in which unit, by what it may be broken down, how sensitive it is,
and in words what it means and what it does not. Words come from a closed vocabulary; an unknown
one is refused and the near ones are offered.
"""

import datetime
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from duga.evidence.model import DIMENSIONS, RECIPIENTS, UNIT_KINDS, known_word
from duga.plain.errors import NotFound, Refused, gettext_noop

SENSITIVITIES = ("persons", "items")
"""`persons`: protected before it leaves the house; `items` (parcels, meetings): not."""

MEASURES = {
    "distinct persons": "each person once",
    "distinct households": "each household once",
    "sum of quantity": "quantities added, one unit at a time",
    "sum of size": "people of group tallies added; nobody knows whether they were counted before",
    "deliveries": "records of assistance",
}

FOLDER = Path(__file__).resolve().parents[2] / "indicators"
"""Where the definitions of this installation lie."""

_FIELDS = {
    "code", "version", "title", "definition", "counting_rule", "limits", "unit", "measure", "of", "breakdowns",
    "sensitivity", "one_of", "beside", "author", "checker", "reviewed", "next_review",
}  # fmt: skip
_BESIDE_FIELDS = {"code", "title", "unit", "measure", "of", "sensitivity"}


@dataclass(frozen=True)
class Indicator:
    """A definition as read. Texts map a language to words; `text` is the file, byte for byte.

    `unit` None: the unit is the one named by the question (`one_of` holds `unit`: it must be in `by` or `where`).
    `beside` are measures reported next to the number and never added to it.
    """

    code: str
    version: int
    title: Mapping[str, str]
    definition: Mapping[str, str]
    counting_rule: Mapping[str, str]
    limits: Mapping[str, str]
    unit: str | None
    measure: str
    of: Mapping[str, tuple[str, ...]]
    breakdowns: tuple[str, ...]
    sensitivity: str
    one_of: tuple[str, ...] = ()
    beside: tuple["Indicator", ...] = ()
    author: str = ""
    checker: str | None = None
    reviewed: datetime.date | None = None
    next_review: datetime.date | None = None
    text: str = field(default="", repr=False)

    @property
    def protected(self) -> bool:
        return self.sensitivity == "persons"

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the definition file."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def lapsed(self, today: datetime.date) -> bool:
        """Whether the day of its next review has passed."""
        return self.next_review is None or self.next_review < today

    def words(self, name: str, language: str) -> str:
        """One of the texts in this language, or in English."""
        texts = getattr(self, name)
        return texts.get(language) or texts.get(language.split("-")[0]) or texts["en"]


def load(path: str | Path) -> Indicator:
    """Reads one definition file; refuses it with the reason if anything is missing or unknown."""
    path = Path(path)
    if not path.is_file():
        raise NotFound(gettext_noop("There is no indicator file %(path)s."), path=str(path))
    return parse(path.read_text("utf-8"), name=path.name)


def load_all(folder: str | Path = FOLDER) -> dict[str, Indicator]:
    """All definitions of a folder, by code."""
    found = [load(path) for path in sorted(Path(folder).glob("*.yaml"))]
    return {indicator.code: indicator for indicator in found}


def find(code: str, folder: str | Path = FOLDER) -> Indicator:
    """The definition with this code; an unknown code is refused with the near ones. A path to a file works too."""
    if code.endswith((".yaml", ".yml")):
        return load(code)
    known = {path.stem: path for path in Path(folder).glob("*.yaml")}
    return load(known[known_word(code, sorted(known), "indicator")])


def parse(text: str, name: str = "the definition") -> Indicator:
    """Reads a definition from its text."""
    import yaml

    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise Refused(gettext_noop("%(name)s is not readable YAML: %(error)s"), name=name, error=str(error)) from error
    if not isinstance(data, dict):
        raise Refused(gettext_noop("%(name)s is not an indicator definition."), name=name)
    _only(data, _FIELDS, name)
    missing = sorted(_FIELDS - {"one_of", "beside", "checker", "unit"} - data.keys())
    if missing:
        raise Refused(gettext_noop("%(name)s lacks: %(missing)s."), name=name, missing=", ".join(missing))
    if not isinstance(data["version"], int):
        raise Refused(gettext_noop("version in %(name)s must be a whole number."), name=name)
    texts = {key: _texts(data[key], key, name) for key in ("title", "definition", "counting_rule", "limits")}
    one_of = tuple(known_word(word, DIMENSIONS, "dimension") for word in data.get("one_of") or ())
    if data.get("unit") is None and "unit" not in one_of:
        raise Refused(gettext_noop("%(name)s names no unit, so one_of must hold unit."), name=name)
    return Indicator(
        **texts,
        **_what(data, name),
        version=data["version"],
        breakdowns=tuple(known_word(word, DIMENSIONS, "breakdown") for word in data["breakdowns"]),
        one_of=one_of,
        beside=tuple(_beside(each, data, name) for each in data.get("beside") or ()),
        author=str(data["author"]),
        checker=data.get("checker"),
        reviewed=_date(data["reviewed"], "reviewed", name),
        next_review=_date(data["next_review"], "next_review", name),
        text=text,
    )


def _what(data: dict, name: str) -> dict:
    """The part a measure beside has too: code, unit, measure, of, sensitivity."""
    unit = data.get("unit")
    allowed = {"recipient": RECIPIENTS, "unit_kind": UNIT_KINDS}
    of = {}
    for key, words in (data["of"] or {}).items():
        key = known_word(key, (*DIMENSIONS, *allowed), "column")
        words = [words] if isinstance(words, str) else words
        of[key] = tuple(known_word(word, allowed[key], key) if key in allowed else str(word) for word in words)
    return {
        "code": str(data["code"]),
        "unit": None if unit is None else known_word(unit, UNIT_KINDS, "unit"),
        "measure": known_word(data["measure"], MEASURES, "measure"),
        "of": of,
        "sensitivity": known_word(data["sensitivity"], SENSITIVITIES, "sensitivity"),
    }


def _beside(data: dict, parent: dict, name: str) -> Indicator:
    _only(data, _BESIDE_FIELDS, name)
    missing = sorted(_BESIDE_FIELDS - data.keys())
    if missing:
        raise Refused(
            gettext_noop("A measure beside in %(name)s lacks: %(missing)s."), name=name, missing=", ".join(missing)
        )
    return Indicator(
        **_what(data, name),
        version=parent["version"],
        title=_texts(data["title"], "title", name),
        definition={"en": ""},
        counting_rule={"en": ""},
        limits={"en": ""},
        breakdowns=tuple(parent["breakdowns"]),
    )


def _only(data: dict, allowed: set[str], name: str) -> None:
    for key in data:
        known_word(key, sorted(allowed), f"field of {name}")


def _texts(value, key: str, name: str) -> dict[str, str]:
    if not isinstance(value, dict) or not str(value.get("en", "")).strip():
        raise Refused(gettext_noop("%(key)s in %(name)s needs words in English at least."), key=key, name=name)
    return {str(language): " ".join(str(words).split()) for language, words in value.items()}


def _date(value, key: str, name: str) -> datetime.date:
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value
    raise Refused(gettext_noop("%(key)s in %(name)s must be a date like 2026-11-22."), key=key, name=name)
