"""Numbers and quantities as people of the region write them: decimal comma, thousands dot, “oko 300”."""

import math
import re
from dataclasses import dataclass
from decimal import Decimal

from duga.plain.errors import Unreadable, gettext_noop
from duga.plain.text import fold

_NO_NUMBER = gettext_noop("The number is missing. Write it in digits, for example 12 or 2,5.")
_NOT_A_NUMBER = gettext_noop("“%(value)s” is not a number. Write only digits, for example 12 or 2,5.")
_TOO_LARGE = gettext_noop("“%(value)s” is too large for a count. Is it a document or phone number in the wrong column?")
_RANGE = gettext_noop(
    "“%(value)s” gives two numbers. Write one, for example the smaller as “at least 100”, or “about 120”."
)

_LARGEST = Decimal(10) ** 11  # personal numbers of the region are larger, leading zero or not

_LONGEST = 80  # characters that are looked at; no number is longer

EXACT, ABOUT, AT_LEAST, AT_MOST = "exact", "about", "at_least", "at_most"

# Folded words before or after the number; the longest that fits decides. “More than” and “over” count as
# at least, “fewer than” as at most: what reports mean when they round.
_WORDS = {
    ABOUT: [
        *("~", "≈", "oko", "otprilike", "priblizno", "cirka", "circa", "cca", "ca", "okolu", "otprilika", "negde oko"),
        *("rreth", "rreth e rreth", "afersisht", "perafersisht", "afro", "about", "approx", "approximately", "around"),
        *("roughly", "some", "nesto oko", "odprilike", "c", "skoro", "gotovo", "thuajse", "almost", "nearly"),
    ],
    AT_LEAST: [
        *(">", ">=", "≥", "+", "preko", "vise od", "najmanje", "barem", "bar", "minimum", "minimalno", "min", "iznad"),
        *("i vise", "ili vise", "povece od", "poveke od", "povekje od", "nad", "najmalku", "i poveke", "i povekje"),
        *("mbi", "me shume se", "se paku", "te pakten", "e me shume", "over", "more than", "at least", "or more"),
        *("and more", "above", "not less than", "ne manje od"),
    ],
    AT_MOST: [
        *("<", "<=", "≤", "do", "najvise", "manje od", "maksimum", "maksimalno", "max", "ispod", "ne vise od"),
        *("pomalku od", "najmnogu", "pod", "deri", "deri ne", "me pak se", "nen", "maksimumi", "jo me shume se"),
        *("up to", "at most", "less than", "fewer than", "under", "below", "no more than"),
    ],
}
_QUALIFIERS = {word: qualifier for qualifier, words in _WORDS.items() for word in words}
_COUNT_WORDS = re.compile(r"(?<=\d) ?(?:kom|komada|komad|kos|cope|pcs|pieces?|parcinja|parce)\.?$")
_PARTS = re.compile(r"(?P<before>[^\d]*?)(?P<number>-?\d[\d ., ']*\d|-?\d)(?P<after>[^\d]*)")


@dataclass(frozen=True)
class Quantity:
    """A number and how exactly it is known: `qualifier` is exact, about, at_least or at_most."""

    value: Decimal
    qualifier: str = EXACT


def read_number(value: object) -> Decimal:
    """Return the exact number that a cell or a typed text means.

    Text is read as the region writes it: 1.234,5 and 1 234,5 and 1,234.5 are 1234.5; 1,5 is 1.5; a dot
    before groups of three digits parts thousands (1.500 is 1500; 0.125 stays a fraction). Raises `Unreadable`
    for anything else, for infinities and for numbers of more than eleven digits.
    """
    if value is None or isinstance(value, bool):
        raise Unreadable(_NO_NUMBER) if value is None else Unreadable(_NOT_A_NUMBER, value=value)
    if isinstance(value, (int, Decimal)):
        return _sized(Decimal(value), value)
    if isinstance(value, float):
        return _sized(Decimal(repr(value)) if math.isfinite(value) else Decimal("NaN"), value)
    text = fold(str(value)[:_LONGEST])
    if not text:
        raise Unreadable(_NO_NUMBER)
    return _from_text(_COUNT_WORDS.sub("", text), value)


def _from_text(text: str, shown: object) -> Decimal:
    text = re.sub(r"(?<=\d)[ '](?=\d{3}(?!\d))", "", text)
    if re.fullmatch(r"[+-]?\d{1,3}(\.\d{3})+(,\d+)?", text) and not re.match(r"[+-]?0\.", text):
        text = text.replace(".", "").replace(",", ".")  # 1.234 and 1.234,5
    elif re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+\.\d+", text) or re.fullmatch(r"[+-]?\d{1,3}(,\d{3}){2,}", text):
        text = text.replace(",", "")  # 1,234.5 and 1,234,567
    elif re.fullmatch(r"[+-]?\d*[.,]?\d+|[+-]?\d+[.,]", text):
        text = text.replace(",", ".")
    else:
        raise Unreadable(_NOT_A_NUMBER, value=shown)
    return _sized(Decimal(text), shown)


def _sized(number: Decimal, shown: object) -> Decimal:
    if not number.is_finite():
        raise Unreadable(_NOT_A_NUMBER, value=shown)
    if abs(number) >= _LARGEST:
        raise Unreadable(_TOO_LARGE, value=shown)
    number = number.normalize()
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number


def read_quantity(value: object) -> Quantity:
    """Return a number with its qualifier: “oko 300”, “preko 100”, “више од 50”, “>100”, “100+”, “mbi 20”.

    A bare number is exact. A range such as 100-150, and words that are no known qualifier, raise
    `Unreadable`: what the writer meant is not guessed.
    """
    if not isinstance(value, str):
        return Quantity(read_number(value))
    text = fold(value[:_LONGEST])
    if not text:
        raise Unreadable(_NO_NUMBER)
    if re.fullmatch(r"[\d., ]*\d ?- ?\d[\d., ]*", text):
        raise Unreadable(_RANGE, value=value)
    text = _COUNT_WORDS.sub("", text)
    parts = _PARTS.fullmatch(text)
    if not parts:
        raise Unreadable(_NOT_A_NUMBER, value=value)
    number = _from_text(parts["number"], value)
    words = [word for word in (_bare(parts["before"]), _bare(parts["after"])) if word]
    if not words:
        return Quantity(number)
    if len(words) > 1 or words[0] not in _QUALIFIERS:
        raise Unreadable(_NOT_A_NUMBER, value=value)
    return Quantity(number, _QUALIFIERS[words[0]])


def _bare(words: str) -> str:
    return " ".join(words.replace("(", " ").replace(")", " ").split()).strip(" .:,")
