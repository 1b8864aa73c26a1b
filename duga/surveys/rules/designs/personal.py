"""Which questions' answers may name or describe a person: a guess, which people confirm before a form is published."""

import re

from duga.plain.text import fold

#: Answers of these kinds are about somebody, whatever is asked.
_TYPES = frozenset({
    "text", "geopoint", "geotrace", "geoshape", "image", "audio", "video", "file", "barcode", "phonenumber",
    "username", "email", "deviceid", "subscriberid", "simserial", "audit",
})  # fmt: skip
#: Kinds that ask nothing.
NO_ANSWER = frozenset({"group", "repeat", "note"})
#: Words of names and labels, folded: en, sr/bs/hr, mk, sq.
_WORDS = re.compile(
    r"\b(name|surname|ime|prezime|emri|mbiemri|phone|telefon\w*|mobile|mobitel|celular|e?mail|address|adresa|adrese"
    r"|birth\w*|born|dob|rodjen\w*|roden\w*|datelindj\w*|jmbg|emb[gs]?|oib|passport|pasos\w*|pasaport\w*|id number"
    r"|broj licne|licna karta|letern\w*|document number|gps|signature|potpis\w*|nenshkrim\w*"
    r"|ethnic\w*|nacionalnost\w*|diagnos\w*|disabilit\w*|invalid\w*|hiv|pregnan\w*|asylum number)\b"
)


def guess_personal(question: dict) -> bool:
    """Whether a question's answers probably name or describe somebody, by its type, its name and its words."""
    kind = question["type"]
    if kind in NO_ANSWER:
        return False
    if kind in _TYPES:
        return True
    if kind in ("start", "end", "today"):
        return False
    words = [question["name"].replace("_", " "), *question["labels"].values()]
    return any(_WORDS.search(fold(text)) for text in words)
