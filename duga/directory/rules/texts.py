"""Texts in several languages: which one a reader gets, and how honest the page is about it."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from duga.plain.text import to_cyrillic, to_latin

#: One language in several spellings: who reads one reads the others, nearest first.
NEAR = {
    "sr": ("sr-latn", "bs", "cnr", "hr", "sh"),
    "sr-latn": ("sr", "cnr", "bs", "hr", "sh"),
    "cnr": ("sr-latn", "sr", "bs", "hr", "sh"),
    "bs": ("hr", "cnr", "sr-latn", "sr", "sh"),
    "hr": ("bs", "cnr", "sr-latn", "sr", "sh"),
    "fa": ("prs",), "prs": ("fa",), "ku": ("kmr",),
}  # fmt: skip
CYRILLIC = frozenset({"sr"})


#: Which fields of which entity are texts that one translates.
TRANSLATED = {
    "service": frozenset(
        ["name", "alternate_name", "description", "alert", "application_process", "eligibility_description"]
        + ["fees_description", "interpretation_services", "wait_time"]
    ),
    "organization": frozenset(["name", "description"]),
}


class Told(StrEnum):
    """How a text reaches its reader."""

    ORIGINAL = "original"
    TRANSLATED = "translated"
    OLDER = "older"  #: translated, but the original has changed since
    MACHINE = "machine"  #: translated by a machine, read by nobody
    NEAR = "near"  #: in a language the reader most likely reads
    NOT_YET = "not_yet"  #: not translated yet: the original


@dataclass(frozen=True)
class Text:
    """A text for a reader: `language` it is in, and how it got there."""

    text: str
    language: str
    told: Told

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Version:
    """A translation as it is kept: its text, the mark of the original it was made from, whether a machine made it."""

    text: str
    of: str = ""
    machine: bool = False


def screen_language(code: str, among: Collection[str]) -> str:
    """The language of the house that a reader of `code` reads: it, the nearest one, or English.

    >>> screen_language("cnr", {"en", "sr", "sr-latn", "bs"})
    'sr-latn'
    """
    code = code.lower()
    return next((each for each in (code, *NEAR.get(code, ())) if each in among), "en")


def mark(text: str) -> str:
    """Sixteen hex digits by which a translation knows its original again."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def choose(original: str, written_in: str, versions: dict[str, Version], wanted: str) -> Text:
    """The text a reader of `wanted` gets: a person's translation, a near language, a machine's, or the original."""
    wanted, written_in = wanted.lower(), written_in.lower()
    if not original:
        return Text("", written_in, Told.ORIGINAL)
    if wanted == written_in:
        return Text(original, written_in, Told.ORIGINAL)
    now = mark(original)
    found = versions.get(wanted)
    if found and not found.machine:
        return Text(found.text, wanted, Told.TRANSLATED if found.of == now else Told.OLDER)
    for near in NEAR.get(wanted, ()):
        if near == written_in:
            return Text(_script(original, wanted), written_in, Told.NEAR)
        if (other := versions.get(near)) and not other.machine and other.of == now:
            return Text(_script(other.text, wanted), near, Told.NEAR)
    if found:
        return Text(found.text, wanted, Told.MACHINE)
    return Text(original, written_in, Told.NOT_YET)


def _script(text, wanted):
    return to_cyrillic(text) if wanted in CYRILLIC else to_latin(text) if wanted in ("sr-latn", "bs", "hr") else text
