"""What clerks wrote, read into what can be compared: names, dates, places, numbers.

Each reader takes a text and gives a value or None: what cannot be read counts as missing, never as an error.
"""

import re
from dataclasses import dataclass

from duga.plain.dates import read_date, read_year
from duga.plain.errors import Unreadable
from duga.plain.text import fold, skeleton, skeletons

ROLES = (
    "given",
    "family",
    "father",
    "born",
    "birth_year",
    "sex",
    "place",
    "postcode",
    "street",
    "number",
    "phone",
    "document",
    "nationality",
)

_LETTERS = re.compile(r"[^\W\d_]+")
_DIGITS = re.compile(r"\d+")
_NOTHING = frozenset(
    [
        "n/a",
        "na",
        "nan",
        "null",
        "none",
        "nil",
        "unknown",
        "nepoznato",
        "nepoznat",
        "nepoznata",
        "nema",
        "/",
        "-",
        "--",
        ".",
        "?",
        "x",
        "xx",
        "xxx",
        "panjohur",
        "pa_te_dhena",
    ]
)
# Parts that clerks write or leave out: articles, titles, "son of".
_PARTICLES = frozenset(
    [
        "al",
        "el",
        "ul",
        "ad",
        "ed",
        "ibn",
        "bin",
        "bint",
        "ben",
        "dr",
        "mr",
        "mrs",
        "sin",
        "kci",
        "kcerka",
        "i",
        "bir",
        "oglu",
        "de",
        "da",
        "van",
        "von",
    ]
)
# Second halves that belong to the word before: Sami Ullah, Nasr Uddin; and first halves: Abdul Rahman.
_SECOND_HALVES = frozenset(["ullah", "ulah", "allah", "uddin", "udin", "din", "aldin", "jan", "zada", "zadeh", "zai"])
_FIRST_HALVES = frozenset(["abdul", "abdal", "abd", "abdol", "abu"])

# How names sound, vowels kept: what different clerks and alphabets make of one name comes close together.
_SOUNDS = [
    (re.compile(pattern), sound)
    for pattern, sound in [
        (r"(.)\1+", r"\1"),
        ("tsch|tch|kj|ch|cz", "c"),
        ("sch|sh|sz", "s"),
        ("dzh|xh|dz|zh", "z"),
        ("gj|dj", "d"),
        ("kh|ck|q", "k"),
        ("gh", "g"),
        ("ph", "f"),
        ("th|dh", "t"),
        ("w", "v"),
        ("x", "ks"),
        ("[yj]", "i"),
        ("ou|oo|au", "u"),
        ("e[ei]|ie", "i"),
        (r"a+h?$|ah(?=[^aeiou])", "a"),
        (r"(.)\1+", r"\1"),
    ]
]
# Surnames that change with who bears them: Petrovska and Petrovski, Ivanova and Ivanov, Hoxhaj and Hoxha.
_ENDINGS = [(re.compile(p), s) for p, s in [("(sk|ck|cki?)[aiy]$", r"\1i"), ("(ov|ev|in)a$", r"\1"), ("aj$", "a")]]
_OPEN, _DERIVED = re.compile("[aeo]h?$"), re.compile("(in|ink|ic|k)[ae]$")  # Fatmire, Branko; Nikolina, Milanka
_SEXES = {"f": "f", "female": "f", "z": "f", "zensko": "f", "zenski": "f", "zena": "f", "w": "f", "femer": "f"}
_SEXES |= {"m": "m", "male": "m", "musko": "m", "muski": "m", "muskarac": "m", "mashkull": "m", "man": "m"}
_SEXES |= {"woman": "f", "femra": "f", "grua": "f", "ж": "f", "м": "m", "zenska": "f", "2": "f", "1": "m"}
_SEXES |= {"masko": "m", "maski": "m", "boy": "m", "girl": "f", "decak": "m", "devojcica": "f", "djecak": "m"}
_SEXES |= {"djevojcica": "f", "djale": "m", "vajze": "f", "muz": "m", "homme": "m", "femme": "f", "muskarci": "m"}
_SEXES |= dict.fromkeys(["other", "drugo", "drugi", "ostalo", "tjeter", "tjera", "nonbinary", "non-binary", "o"], "o")


# Month and day in each other's place, where only one of the two can be a month: 1960-25-03, 03.25.1960.
_HIGH, _LOW, _CUT = r"(1[3-9]|2\d|3[01])", r"(0?[1-9]|1[0-2])", r" ?[-/.] ?"
_SWAPPED_YEAR = re.compile(rf"^(\d{{4}}){_CUT}{_HIGH}{_CUT}{_LOW}(?!\d)")
_SWAPPED_DAY = re.compile(rf"^{_LOW}{_CUT}{_HIGH}{_CUT}(\d{{4}})(?!\d)\.?")


@dataclass(frozen=True, eq=False)
class Name:
    """A name as it is compared: `sound` (parts in order of the alphabet, spelled alike), `bones` and `other` (keys
    of the spellings, the second for letters read in two ways), `parts` (one key for each part). Of a name of one part
    `form` is how it ends, `stem` and `short` what is before that end: they tell Fatmir from Fatmire."""

    sound: str
    bones: str
    other: str
    parts: tuple[str, ...]
    form: str = ""
    stem: str = ""
    short: str = ""


@dataclass(frozen=True, eq=False)
class Born:
    """A birth date: the year, and month and day unless they are a stand-in (1 January) or were not read."""

    year: int | None
    month: int | None = None
    day: int | None = None


def read_text(value: object) -> str | None:
    """Folded text, or None for what says nothing: empty, n/a, unknown, a lone dash."""
    text = fold(str(value)[:200]) if value is not None else ""
    return None if not text or text in _NOTHING else text


def read_name(value: object, *, surname: bool = False) -> Name | None:
    """A given name, surname or father's name in any script, spelling and order of its parts."""
    text = read_text(value)
    words = _parts(text) if text else []
    if not words:
        return None
    if surname:
        words = [_base(word) for word in words]
    sounds, keys, others = [], [], []
    for word in words:
        found = sorted(skeletons(word)) or [word]
        sounds.append(sound(word))
        keys.append(found[0])
        others.append(found[-1])
    order = sorted(range(len(words)), key=lambda i: (sounds[i], keys[i]))
    return Name(
        sound=" ".join(sounds[i] for i in order),
        bones=" ".join(sorted(keys)),
        other=" ".join(sorted(others)),
        parts=tuple(dict.fromkeys(keys[i] for i in order if keys[i])),
        **_form(sounds),
    )


def _parts(text: str) -> list[str]:
    words = _LETTERS.findall(text)[:8]
    kept = [word for word in words if word not in _PARTICLES] or words
    joined: list[str] = []
    for word in kept:
        if joined and (word in _SECOND_HALVES or joined[-1] in _FIRST_HALVES):
            joined[-1] += word
        else:
            joined.append(word)
    # A lone initial says little; it stays only when there is nothing else.
    return [word for word in joined if len(word) > 1] or joined


def _form(sounds: list[str]) -> dict[str, str]:
    """How a given name ends: women's names made from men's, and the other way round, differ in nothing but this."""
    if len(sounds) != 1 or len(sounds[0]) < 4:
        return {}
    (name,) = sounds
    derived, plain = _DERIVED.search(name), _OPEN.search(name)
    stem, short = (skeleton(found.re.sub("", name)) if found else "" for found in (plain, derived))
    form = "k" if derived else "a" if plain and plain[0][0] != "o" else "-"
    return {"form": form, "stem": stem or skeleton(name), "short": short}


def _base(word: str) -> str:
    if len(word) > 5:
        for pattern, ending in _ENDINGS:
            word = pattern.sub(ending, word)
    return word


def sound(word: str) -> str:
    """One spelling for the ways a name is written down: Yousef, Jusuf and Yusuf come out close or alike."""
    if not word.isascii():
        word = " ".join(sorted(skeletons(word))[:1]) or word
    for pattern, letters in _SOUNDS:
        word = pattern.sub(letters, word)
    return word


def read_born(value: object) -> Born | None:
    """A birth date as YYYYMMDD, ISO or day first; a year alone and 00 for day and month give the year.

    The first of January is what clerks write when they know the year only: it gives the year only.
    """
    text = read_text(value)
    if not text:
        return None
    day = _date(text)
    if day is None:
        found = re.fullmatch(r"0{0,2}[-./ ]*0{0,2}[-./ ]*(\d{4})[-./ ]*0{0,2}[-./ ]*0{0,2}\.?", text)
        year = read_birth_year(found[1] if found else text)
        return Born(year) if year else None
    if not 1900 <= day.year <= 2100:
        return None
    return Born(day.year) if (day.month, day.day) == (1, 1) else Born(day.year, day.month, day.day)


def _date(text: str):
    if re.fullmatch(r"\d{8}", text):
        year, first, second = text[:4], text[4:6], text[6:]
        if not 1900 <= int(year) <= 2100 and 1900 <= int(text[4:]) <= 2100:  # DDMMYYYY
            year, first, second = text[4:], text[2:4], text[:2]
        if int(first) > 12 >= int(second):  # YYYYDDMM
            first, second = second, first
        text = f"{year}-{first}-{second}"
    elif re.fullmatch(r"\d{4,7}([.,]\d+)?", text):  # a year, or nothing; never a day counted from 1900
        return None
    for way in (text, _SWAPPED_YEAR.sub(r"\1-\3-\2", text), _SWAPPED_DAY.sub(r"\3-\1-\2", text)):
        try:
            return read_date(way)
        except Unreadable:
            continue
    return None


def read_birth_year(value: object) -> int | None:
    text = read_text(value)
    if not text:
        return None
    try:
        return read_year(text)
    except Unreadable:
        return None


def read_sex(value: object) -> str | None:
    text = read_text(value)
    return _SEXES.get(text) if text else None


def read_place(value: object) -> Name | None:
    """A place or street: letters and digits, in any script and order of words."""
    text = read_text(value)
    words = re.findall(r"\w+", text)[:10] if text else []
    if not words:
        return None
    sounds = [sound(word) for word in words]
    keys = [min(skeletons(word), default=word) if word.isalpha() else word for word in words]
    bones = " ".join(sorted(keys))
    return Name(sound=" ".join(sorted(sounds)), bones=bones, other=bones, parts=tuple(sorted(keys)))


def read_code(value: object) -> str | None:
    """A postcode, house number or document: letters and digits only, leading noughts dropped."""
    text = read_text(value)
    code = re.sub(r"[\W_]", "", text) if text else ""
    if code.endswith("0") and text and re.fullmatch(r"\d+\.0", text):  # a number that a spreadsheet made of a code
        code = code[:-1]
    return code.lstrip("0") or None


def read_phone(value: object) -> str | None:
    """The last eight digits: country codes and trunk prefixes differ from clerk to clerk."""
    text = read_text(value)
    digits = "".join(_DIGITS.findall(text)) if text else ""
    return digits[-8:] if len(digits) >= 6 else None
