"""Text of the region and of the route: folding, spelling-blind keys, Serbian in both scripts.

Different questions, different functions:

* `fold` answers "is it the same word, typed on another keyboard?" (script, diacritics, case, spaces).
* `skeleton` answers "could it be the same name, spelled by someone else?" (Mohammad, Muhamed).
* `alphabetical` answers "which comes first in a list?", as the region's dictionaries do.
* `to_latin` and `to_cyrillic` write good Serbian in the other script, for people to read.
"""

import re
import unicodedata

# --- folding ---------------------------------------------------------------------------------------

# Serbian, Bosnian, Montenegrin; then Macedonian; then the neighbours and the route.
_CYRILLIC = dict(zip("абвгдежзијклмнопрстћуфхцч", "abvgdezzijklmnoprstcufhcc", strict=True))
_CYRILLIC |= {"ђ": "d", "љ": "lj", "њ": "nj", "џ": "dz", "ш": "s"}
_CYRILLIC |= {"ѓ": "gj", "ќ": "kj", "ѕ": "dz", "ѐ": "e", "ѝ": "i"}
_CYRILLIC |= {"й": "j", "щ": "st", "ъ": "a", "ь": "", "ю": "ju", "я": "ja", "ы": "i", "э": "e", "ё": "e"}
_CYRILLIC |= {"і": "i", "ї": "i", "є": "e", "ґ": "g"}
# Letters that Unicode does not take apart into a base letter and a mark. The first four are the
# look-alikes of đ that keyboards and OCR produce.
_LATIN = {"đ": "d", "ð": "d", "ɖ": "d", "ƌ": "d", "ł": "l", "ø": "o", "ı": "i", "ə": "e", "æ": "ae"}
_LATIN |= {"œ": "oe", "þ": "th", "ħ": "h", "ŧ": "t", "ǵ": "gj", "ḱ": "kj"}
# Arabic script as typed on Arabic, Persian, Pashto and Urdu keyboards. Alef, waw and yeh with hamza
# lose it as a combining mark; the bare hamza and the stretching tatweel say nothing about the name.
_ARABIC = {"ى": "ي", "ی": "ي", "ې": "ي", "ے": "ي", "ۍ": "ي", "ک": "ك", "ڪ": "ك", "ة": "ه", "ھ": "ه"}
_ARABIC |= {"ہ": "ه", "ە": "ه", "ۃ": "ه", "ۀ": "ه", "ٱ": "ا", "ء": "", "ٴ": "", "ـ": ""}
_DIGITS = {chr(zero + n): str(n) for zero in (0x0660, 0x06F0) for n in range(10)}
_PUNCTUATION = dict.fromkeys("‐‑‒–—―−", "-") | dict.fromkeys("’‘ʼ`´′ʹʻ", "'") | dict.fromkeys("“”„«»″", '"')
_SPACES = {"\u00ad": "", "\u200b": "", "\u200c": "", "\u200d": "", "\u2060": "", "\ufeff": ""}
_FOLD = str.maketrans(_CYRILLIC | _LATIN | _ARABIC | _DIGITS | _PUNCTUATION | _SPACES)
_DJ = re.compile("dj+")


def fold(text: str) -> str:
    """Return `text` lower case, blind to script and diacritics, trimmed, with single spaces.

    Cyrillic (Serbian, Bosnian, Montenegrin, Macedonian) becomes Latin, đ and dj become d, so that
    Ђорђе, Đorđe, Djordje and Dorde are one. Arabic letters stay Arabic, in one normal form. Digits and
    punctuation stay. Folding twice gives the same as folding once.
    """
    if not text.isascii():
        text = _fold_letters(text)
    text = text.lower()
    if "dj" in text:
        text = _DJ.sub("d", text)
    return " ".join(text.split())


def _fold_letters(text: str) -> str:
    # Compose first, so that г + acute is known as ѓ; compatibility forms turn ǆ, ﻣ, ﬁ into plain letters.
    text = unicodedata.normalize("NFKC", text).casefold()
    text = unicodedata.normalize("NFC", text).translate(_FOLD)
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKD", text)
    bare = "".join(c for c in text if not unicodedata.combining(c) and unicodedata.category(c) != "Cf")
    # A letter may show its simple form only once its marks are gone (ǭ, й with stress).
    return unicodedata.normalize("NFC", bare).casefold().translate(_FOLD)


# --- order ------------------------------------------------------------------------------------------

_PLACES = {letter: place for place, letter in enumerate("абвгдђѓежзѕијйклљмнњопрстћќуфхцчџшщъыьэюя")}
_AFTER = {"č": 1, "ć": 2, "đ": 1, "š": 1, "ž": 1, "ç": 1, "ë": 1}


def alphabetical(text: str) -> list[tuple]:
    """A key to sort words by: Cyrillic in its own order (Пљевља before Подгорица), in Latin č after every c."""
    return [_place(letter) for letter in unicodedata.normalize("NFC", text).casefold()]


def _place(letter: str) -> tuple:
    if letter in _PLACES:
        return "я", _PLACES[letter]
    base = "d" if letter == "đ" else unicodedata.normalize("NFD", letter)[0]
    return base, 0 if base == letter else _AFTER.get(letter, ord(letter))


# --- spelling-blind keys ---------------------------------------------------------------------------

# Letters of Arabic-script names as a reader of Latin script would write them, vowels left as vowels.
_ARABIC_SOUNDS = str.maketrans(
    dict(zip("ابتدرزسصضطظعفلمنهوي", "abtdrzssdtzaflmnhui", strict=True))
    | {"ث": "th", "ج": "j", "ح": "h", "خ": "kh", "ذ": "dh", "ش": "sh", "غ": "gh", "ق": "q", "ك": "k"}
    | {"پ": "p", "چ": "ch", "ژ": "zh", "گ": "g", "ڤ": "v", "ٹ": "t", "ڈ": "d", "ړ": "r", "ښ": "sh"}
)
_SOUNDS = [
    (re.compile(pattern), sound)
    for pattern, sound in [
        ("(?<!t)sch|sh|sz", "s"),
        ("tsch|tch|ch|kj|ts|tz|cz", "c"),  # Kovachevich; Macedonian ќ, written kj, is Serbian ć
        ("xh|dzh|dz|dzs", "X"),  # Albanian xh, Serbian dž, Macedonian ѕ and џ
        ("zh", "z"),
        ("kh|q|ck", "k"),
        ("gj|dh", "d"),  # Albanian and Macedonian gj is Serbian đ, which folding made d
        ("gh", "g"),
        ("ph", "f"),
        ("th", "t"),
        ("x", "ks"),
        ("w", "v"),
        (r"(?<=[aeiouyl])h+$", ""),  # Sarah, Abdullah
        (r"^[iy](?=[aeou])", "j"),  # Yusuf, Ioan
        (r"([^aeiou])\1+", r"\1"),  # Hassan, Mohammad, Albanian ll and rr
    ]
]
_NOT_WORD = re.compile(r"[\W_]+")
_DIPHTHONG = re.compile(r"[ae][eijy]+(?![aou])")
_VOWEL_CLASS = str.maketrans("eyju", "iiio")


def skeleton(word: str) -> str:
    """Return a key that different spellings of one name share: Mohammad, Muhamed, محمد → `mhmd`.

    Takes one word (folded or not) of a name of the region or of the route. Sounds written differently
    are one (ch č c; sh š; q k kh; xh dž; gj dj đ; w v), double letters single, vowels after the first
    letter gone. Names too short to spare their vowels (Ana, Una) keep them, roughly. Different names may
    share a key: it finds candidates, it proves nothing. See `skeletons` for letters read in two ways.
    """
    return _bones(_sounds_of(word))


def skeletons(word: str) -> frozenset[str]:
    """Return all keys under which a name should be found, `skeleton(word)` among them (four at most).

    Some letters are read in two ways: q is k in Qasim and ć in Albanian Qerim (Ћерим in Serbian papers),
    kh is k in Khan and h in Khalid, j is English in Jamal (Džemal), an h is dropped in Usein. Two words
    may be the same name when their sets of keys meet.
    """
    plain = _sounds_of(word)
    readings = {
        plain,
        re.sub("q", "c", plain),
        re.sub("kh", "h", plain),
        re.sub(r"^j|(?<=[aeou])j(?=[aeiou])", "xh", plain),
        re.sub(r"^h(?=[aeou])", "", plain),
    }
    if "ع" in word[:1]:
        readings.add("o" + plain[1:])
    first, *others = [_bones(plain), *sorted(_bones(reading) for reading in readings)]
    return frozenset([first, *dict.fromkeys(key for key in others if key != first)][:4])


def _sounds_of(word: str) -> str:
    text = _NOT_WORD.sub("", fold(word))
    if not text.isascii():
        text = text.translate(_ARABIC_SOUNDS)
        text = re.sub(r"^u(?=[aeiou])", "w", text)
    return text


def _bones(text: str) -> str:
    for pattern, sound in _SOUNDS:
        text = pattern.sub(sound, text)
    if not text:
        return ""
    head, tail = text[0], text[1:]
    if head in "aeiy":
        head = "a"  # Emin and Amin, Ibrahim and Ebrahim
    elif head in "ou":
        head = "o"  # Omar and Umar
    bones = head + re.sub("[aeiouyj]", "", tail)
    if len(bones) > 2:
        return bones.lower()
    tail = _DIPHTHONG.sub("i", text)[1:].translate(_VOWEL_CLASS)
    return re.sub(r"(.)\1+", r"\1", head + tail).lower()


# --- Serbian in both scripts -----------------------------------------------------------------------

_TO_LATIN = dict(zip("абвгдђежзијклмнопрстћуфхцчш", "abvgdđežzijklmnoprstćufhcčš", strict=True))
_TO_LATIN |= {"ѓ": "ǵ", "ќ": "ḱ", "й": "j", "ѐ": "è", "ѝ": "ì"}
_DIGRAPHS = {"љ": "lj", "њ": "nj", "џ": "dž", "ѕ": "dz"}
_TO_LATIN_TABLE = str.maketrans(_TO_LATIN | {k.upper(): v.upper() for k, v in _TO_LATIN.items()})
_DIGRAPH_LETTERS = re.compile("[љњџѕЉЊЏЅ]")

_TO_CYRILLIC = {v: k for k, v in _TO_LATIN.items() if v not in "èì" and k != "й"}
_TO_CYRILLIC |= {"lj": "љ", "nj": "њ", "dž": "џ", "ś": "с\u0301", "ź": "з\u0301"}
_LATIN_LETTERS = re.compile("|".join(sorted(_TO_CYRILLIC, key=len, reverse=True)), re.IGNORECASE)

# What is not prose stays as it is: markup, entities, addresses, placeholders of Python and Django.
_KEEP = re.compile(
    r"<[/!?a-zA-Z][^<>]*>|&\#?\w+;|https?://\S+|www\.\S+|[\w.+-]+@[\w-]+\.[\w.-]+"
    r"|%\(\w+\)[-+ #0]*\d*(?:\.\d+)?[sdifrxoeEgGc]|%[-+#0]*\d*(?:\.\d+)?[sdifrxoeEgGc](?!\w)|%%"
    r"|\{\{.*?\}\}|\{%.*?%\}|\{[\w.\[\]!:]*\}"
)
_LATIN_WORD = re.compile(r"[A-Za-zÀ-ž\u01C4-\u01CC\u0301]+")
_FOREIGN = re.compile("[qwxy]", re.IGNORECASE)
_ROMAN = re.compile("[IVX]{2,}")
_STAYS_LATIN = frozenset(["csv", "pdf", "html", "xml", "json", "url", "api", "css", "gps", "sms", "totp", "iris", "ip"])
# The places where n and j, d and ž meet at a seam and are two letters (инјекција, надживети).
_SEAMS = re.compile(
    r"(?<=n)(?=j)(?:(?<=in)(?=je[ck]|junk)|(?<=kon)(?=jun[ck]|jug[au]|jekt)|(?<=^tan)(?=jug)|(?<=^an)(?=jon)"
    r"|(?<=van)(?=jezi[čk]|jadran)|(?<=pan)(?=jevr))"
    r"|(?<=nad)(?=ž(?:iv|njev|anje|anr|drel))|(?<=^od)(?=ž(?:al|iv|vak|dr))|(?<=^pod)(?=ž(?:anr|up|ar|eg))"
    r"|(?<=pred)(?=ž(?:et|iv))",
    re.IGNORECASE,
)


def to_latin(text: str) -> str:
    """Return Serbian Cyrillic `text` in Latin script; what is Latin already stays.

    Љ Њ Џ become Lj Nj Dž, and LJ NJ DŽ inside words in capitals. Markup, addresses and placeholders
    (`%(name)s`, `%s`, `{x}`) stay untouched, so a catalogue of translations can be converted whole.
    """
    return _outside_kept(text, _latin_prose)


def to_cyrillic(text: str) -> str:
    """Return Serbian Latin `text` in Cyrillic script; what is Cyrillic already stays.

    Knows the seams where nj and dž are two letters (инјекција, надживети). Words with q, w, x or y,
    Roman numerals, names of file formats, markup, addresses and placeholders stay Latin.
    """
    return _outside_kept(text, lambda prose: _LATIN_WORD.sub(lambda m: _cyrillic_word(m[0]), prose))


def _outside_kept(text: str, convert) -> str:
    parts, end = [], 0
    for kept in _KEEP.finditer(text):
        parts += [convert(text[end : kept.start()]), kept[0]]
        end = kept.end()
    return "".join([*parts, convert(text[end:])])


def _latin_prose(prose: str) -> str:
    prose = unicodedata.normalize("NFC", prose)

    def digraph(match: re.Match) -> str:
        letter = match[0]
        pair = _DIGRAPHS[letter.lower()]
        if letter.islower():
            return pair
        after, before = prose[match.end() : match.end() + 1], prose[max(match.start() - 1, 0) : match.start()]
        capitals = after.isupper() or (not after.isalpha() and before.isupper())
        return pair.upper() if capitals else pair.capitalize()

    return unicodedata.normalize("NFC", _DIGRAPH_LETTERS.sub(digraph, prose).translate(_TO_LATIN_TABLE))


def _cyrillic_word(word: str) -> str:
    word = unicodedata.normalize("NFKC", word)
    if _FOREIGN.search(word) or _ROMAN.fullmatch(word) or word.lower() in _STAYS_LATIN:
        return word

    def letter(match: re.Match) -> str:
        found = match[0]
        return _TO_CYRILLIC[found.lower()] if found[0].islower() else _TO_CYRILLIC[found.lower()].upper()

    return "".join(_LATIN_LETTERS.sub(letter, part) for part in _SEAMS.split(word))
