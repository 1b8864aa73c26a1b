"""What is known of a person, how she is found again, and when two descriptions are one person.

Rules of matching, used where a spreadsheet is imported (nobody looks on) and where a worker adds someone:

* The same person: the full name is equal (any script, diacritics or order of words) and a document number, the birth
  date, the phone or the birth year is equal too, and nothing contradicts (document, birth date or year, sex, father).
* The same person also: everything the spreadsheet says is equal to everything an earlier row said.
* Perhaps the same: equal names without more, equal names with a contradiction, or an equal document with another name.
  Perhaps is never merged: a new record is made and the pair is named for someone to look at.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache

from duga.places.rules import code
from duga.plain.errors import Refused, Unreadable, gettext_noop
from duga.plain.text import fold, skeletons

#: What the sealed field `identity` may hold, each a text; birth_date as 2020-04-03.
IDENTITY_FIELDS = ("given", "family", "father", "phone", "document", "birth_date", "address", "note")
#: What the sealed field `special` may hold.
SPECIAL_FIELDS = ("health", "ethnicity", "disability", "legal_status", "violence", "vulnerabilities")

PREFIX = 3  #: letters after which a name is offered while it is typed
LONGEST = 500

_UNKNOWN = gettext_noop("There is no field %(field)s on a person's record.")
_NAMELESS = gettext_noop("Give at least a given name or a family name.")
_TOO_LONG = gettext_noop("%(field)s is too long: at most %(most)s characters.")
_DATE = gettext_noop("The birth date must be written year-month-day, for example 1956-04-03.")


def _clean(values, allowed):
    cleaned = {}
    for name, value in (values or {}).items():
        if name not in allowed:
            raise Refused(_UNKNOWN, field=name)
        text = " ".join(str(value or "").split())
        if len(text) > LONGEST * (4 if name == "note" else 1):
            raise Refused(_TOO_LONG, field=name, most=LONGEST)
        if text:
            cleaned[name] = text
    return cleaned


def clean_identity(values: dict, *, nameless: bool = False) -> dict:
    """Identity fields trimmed, empty ones left out; Refused without any name unless `nameless`."""
    cleaned = _clean(values, IDENTITY_FIELDS)
    if not nameless and not cleaned.get("given") and not cleaned.get("family"):
        raise Refused(_NAMELESS)
    if cleaned.get("birth_date"):
        try:
            dt.date.fromisoformat(cleaned["birth_date"])
        except ValueError:
            raise Unreadable(_DATE) from None
    return cleaned


def clean_special(values: dict) -> dict:
    """Special categories trimmed, empty ones left out; vulnerabilities are codes of their list, parted by |."""
    cleaned = _clean(values, SPECIAL_FIELDS)
    for each in filter(None, cleaned.get("vulnerabilities", "").split("|")):
        code("vulnerabilities", each)
    return cleaned


def full_name(identity: dict) -> str:
    """Given name and family name, as people say them; empty when neither is known."""
    return " ".join(part for part in (identity.get("given"), identity.get("family")) if part)


def _words(text):
    if not text:
        return []
    return "".join(c if c.isalnum() else " " for c in fold(text)).split()


def name_words(identity: dict) -> tuple[str, ...]:
    """Folded words of given and family name, sorted: equal for "Petar Petrović" and "ПЕТРОВИЋ Петар"."""
    return tuple(sorted(_words(full_name(identity))))


def phone_key(phone: str) -> str:
    """The last eight digits: equal for +382 69 123 456 and 069/123-456; empty under six digits."""
    digits = "".join(c for c in fold(phone) if c.isdecimal()) if phone else ""
    return digits[-8:] if len(digits) >= 6 else ""


def document_key(document: str) -> str:
    """Letters and digits only; empty under four."""
    bare = "".join(c for c in fold(document) if c.isalnum()) if document else ""
    return bare if len(bare) >= 4 else ""


@dataclass(frozen=True)
class Terms:
    """What two descriptions of a person are compared by; empty or None means unknown."""

    words: tuple[str, ...] = ()
    father: str = ""
    birth_date: str = ""
    birth_year: int | None = None
    sex: str = ""
    document: str = ""
    phone: str = ""
    address: str = ""
    area: str = ""
    year_slack: int = 0  #: 1 where the year was worked out from an age: it may be one off
    everything: str = field(default="", compare=False)  #: all of it in one text: equal rows have equal ones

    @classmethod
    def of(
        cls, identity: dict, *, sex: str = "unknown", birth_year: int | None = None, area_id=None, year_slack: int = 0
    ) -> "Terms":
        """The terms of a record's fields or of a spreadsheet's row."""
        birth_date = identity.get("birth_date", "")
        known = {
            "words": name_words(identity),
            "father": fold(identity["father"]) if identity.get("father") else "",
            "birth_date": birth_date,
            "birth_year": int(birth_date[:4]) if birth_date else birth_year,
            "sex": "" if sex == "unknown" else sex,
            "document": document_key(identity.get("document")),
            "phone": phone_key(identity.get("phone")),
            "address": " ".join(_words(identity.get("address", ""))),
            "area": str(area_id or ""),
        }
        everything = "|".join(" ".join(v) if isinstance(v, tuple) else str(v or "") for v in known.values())
        return cls(**known, year_slack=year_slack, everything=everything)


class Likeness(IntEnum):
    """Whether two descriptions are one person."""

    DIFFERENT = 0
    PERHAPS = 1
    SAME = 2


def _contradict(one: Terms, other: Terms) -> bool:
    return _years_differ(one, other) or any(
        getattr(one, name) and getattr(other, name) and getattr(one, name) != getattr(other, name)
        for name in ("document", "birth_date", "sex", "father")
    )


def _years_differ(one, other) -> bool:
    if not one.birth_year or not other.birth_year:
        return False
    return abs(one.birth_year - other.birth_year) > max(one.year_slack, other.year_slack)


def _both(one, other, name):
    return bool(getattr(one, name)) and getattr(one, name) == getattr(other, name)


def compare(one: Terms, other: Terms) -> Likeness:
    """Whether two descriptions are one person, by the rules at the head of this file."""
    if one.words != other.words or not _tells(one.words):
        return Likeness.PERHAPS if _both(one, other, "document") else Likeness.DIFFERENT
    if _contradict(one, other):
        return Likeness.PERHAPS
    if any(_both(one, other, name) for name in ("document", "birth_date", "phone")):
        return Likeness.SAME
    if len(one.words) > 1 and one.birth_year and other.birth_year:  # they do not contradict, so they agree
        return Likeness.SAME
    return Likeness.SAME if one.everything == other.everything else Likeness.PERHAPS


def _tells(words: tuple[str, ...]) -> bool:
    """Whether a name can tell people apart: two words, or a code with a digit that an organisation uses instead."""
    return len(words) > 1 or any(c.isdecimal() for word in words for c in word)


def match_words(terms: Terms) -> dict[str, str]:
    """{kind: word} under which a description is looked for: its document, its full name, everything it says."""
    found = {"document": f"d:{terms.document}"} if terms.document else {}
    if not _tells(terms.words):
        return found
    name = " ".join(terms.words)
    found["name"] = f"m:{name}"
    found["everything"] = f"e:{terms.everything}"
    return found


@lru_cache(maxsize=20_000)
def _word_tokens(word: str) -> tuple[str, ...]:
    found = [f"n:{word}", *(f"b:{bones}" for bones in skeletons(word) if len(bones) > 1)]
    if len(word) >= PREFIX:
        found.append(f"p:{word[:PREFIX]}")
    return tuple(found)


def token_words(terms: Terms) -> set[str]:
    """Every word a person is indexed by: her names, their bones and beginnings, phone, document, matching."""
    found = set(match_words(terms).values())
    for word in terms.words:
        found.update(_word_tokens(word))
    if terms.phone:
        found.add(f"t:{terms.phone}")
    return found


def search_terms(text: str) -> Iterator[tuple[str, list[tuple[int, str]]]]:
    """What was typed, word by word: (folded word, [(points, index word)…]).

    Points say who is worth opening: 3 the same word or number; of a short word, which may be half typed, the same
    beginning comes next and then the same bones (another spelling), of a long one the other way round.
    """
    number = phone_key(text)
    if number and not any(c.isalpha() for c in text):
        yield number, [(3, f"t:{number}"), (3, f"d:{document_key(text)}")]
        return
    for word in dict.fromkeys(_words(text)):
        found = [(3, f"n:{word}")]
        if any(c.isdecimal() for c in word):
            found = [(3, f"d:{word}")]
        else:
            begun, spelled = (2, 1) if len(word) <= PREFIX + 2 else (1, 2)
            found += [(spelled, f"b:{bones}") for bones in skeletons(word) if len(bones) > 1]
            if len(word) >= PREFIX:
                found.append((begun, f"p:{word[:PREFIX]}"))
        yield word, found


def fit(word: str, index_words, names) -> int:
    """How well a typed word fits a person's folded names, given the index words it met her by: 3 as written (or her
    number), 2 as the beginning of a name, 1 in another spelling, 0 not at all."""
    kinds = {found[0] for found in index_words}
    if kinds - {"b", "p"}:
        return 3
    if any(name.startswith(word) for name in names):
        return 2
    return 1 if "b" in kinds else 0
