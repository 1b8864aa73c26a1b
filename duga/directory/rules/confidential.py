"""Places that nobody may find: what is kept of them under seal, and whether a public text gives one away."""

import re
from collections.abc import Iterable, Mapping

from duga.plain.errors import Refused
from duga.plain.errors import gettext_noop as _
from duga.plain.text import fold

#: What is sealed of a confidential place.
FIELDS = ("name", "address", "city", "latitude", "longitude", "directions", "contact", "phone", "hours", "note")
#: Of them what a public text must not repeat. A town alone is no secret: a service is listed for its town.
TELLING = ("name", "address", "phone")
#: Words so common in addresses that they give nothing away alone.
_COMMON = frozenset(
    [
        *("ulica", "ul", "street", "rruga", "rr", "bulevar", "blvd", "bb", "broj", "br", "nr", "trg", "sheshi", "stan"),
        *("kuca", "kuce", "house", "safe", "sigurna", "shelter", "skloniste", "strehimore", "centar", "center", "kati"),
        *("qendra", "apartment", "naselje", "lagja", "lagjja", "ulaz", "hyrja", "sprat"),
    ]
)


def check_place(told: Mapping) -> dict:
    """The fields of a place that are kept, trimmed; Refused when nothing leads there or the position is none."""
    kept = {name: told[name] for name in FIELDS if told.get(name) not in (None, "")}
    if not {"address", "directions", "latitude"} & set(kept):
        raise Refused(_("Say where it is: an address, how to get there, or a position."))
    for name, limit in (("latitude", 90), ("longitude", 180)):
        if (name in kept) and not -limit <= float(kept[name]) <= limit:
            raise Refused(_("The position is not on this earth. Give degrees, for example 42.44 and 19.26."))
    if ("latitude" in kept) != ("longitude" in kept):
        raise Refused(_("A position needs both latitude and longitude."))
    return kept


def gives_away(places: Iterable[Mapping], texts: Iterable[str]) -> bool:
    """Whether one of these texts repeats a place's name, address or phone, in any script or spelling of spaces.

    An address is repeated when its telling words (no "street", no "bb") stand together in a text; a phone when its
    last seven digits do.
    """
    texts = [str(text) for text in texts if text]
    words = [" ".join(re.findall(r"\w+", fold(text))) for text in texts]
    digits = [re.sub(r"\D", "", text) for text in texts]
    for place in places:
        for name in TELLING:
            secret = str(place.get(name) or "")
            if name == "phone":
                tail = re.sub(r"\D", "", secret)[-7:]
                if len(tail) == 7 and any(tail in each for each in digits):
                    return True
                continue
            telling = [word for word in re.findall(r"\w+", fold(secret)) if word not in _COMMON]
            if any(word.isalpha() and len(word) > 2 for word in telling) and any(
                all(f" {word} " in f" {each} " for word in telling) for each in words
            ):
                return True
    return False
