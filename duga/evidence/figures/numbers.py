"""Reads numbers as they stand in print: 24,1 and 24.1, 33 176 and 33.176 and 33,176, over 100, 200–300, 3,62 million.

How many decimals were printed is kept, because a printed number is a rounding to them. Where a mark before three
digits may be either a decimal or a thousands mark, the unit decides, then what the other numbers of the file show.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from duga.evidence.figures.intervals import Interval, to_decimal
from duga.evidence.figures.units import _SCALE_OF, PERCENT, Unit, read_unit
from duga.plain.errors import Unreadable, gettext_noop
from duga.plain.numbers import read_quantity
from duga.plain.text import fold

EXACT, ABOUT, AT_LEAST, AT_MOST, RANGE = "exact", "about", "at_least", "at_most", "range"
QUALIFIERS = (EXACT, ABOUT, AT_LEAST, AT_MOST, RANGE)

NO_VALUE = gettext_noop("The value is missing. Write it in digits, for example 12 or 24,1.")
NOT_READ = gettext_noop("“%(value)s” cannot be read as a number. Write it in digits, for example 12, 24,1 or 200..300.")
BACKWARDS = gettext_noop("The range “%(value)s” ends below its beginning.")
NO_QUALIFIER = gettext_noop("“%(word)s” is no qualifier. Known: exact, about, at_least, at_most, range.")
NEEDS_RANGE = gettext_noop("The qualifier says range, but “%(value)s” is one number. Write it as 200..300.")
CONTRADICTS = gettext_noop("The value “%(value)s” and the qualifier %(word)s contradict one another.")

_NUMBER = r"[+-]?\d(?:[\d., ']*\d)?(?:e[+-]?\d{1,2})?"
_HIGH = rf"(?:(?<=\.\.)[+-]?)?{_NUMBER.removeprefix('[+-]?')}"
_ONE = re.compile(rf"(?P<before>[^\d]*?)(?P<number>{_NUMBER})(?P<after>\D*)")
_TWO = re.compile(
    rf"(?:between|from|od|izmedu|pomegu|megu|nga|midis|ndermjet|prej)?\s*(?P<low>{_NUMBER})\s*(?P<one>[^\d]*?)"
    rf"\s*(?:\.\.\.?|…|-|to|do|and|i|deri ne|deri|dhe)\s*(?P<high>{_HIGH})(?P<after>\D*)"
)
_DECIMAL_SHOWN = re.compile(r"(?<![\d.,])\d+([.,])(?:\d{1,2}|\d{4,})(?![\d.,])|\d[.,' ]\d{3}([.,])\d{1,2}(?![\d.,])")
_THREE = re.compile(r"(?<![\d.,])\d{1,3}[.,]\d{3}(?![\d.,])")
_FOOTNOTE = re.compile(r"[¹²³⁰⁴-⁹†‡]+|(?<=[\d%])\s*(?:\*+|\[[^\]]{1,3}\])\s*$")
_LARGEST, _FINEST = 10**15, 9  # no published figure is larger, none has more decimals
_WORDS = {
    "at least": AT_LEAST, "at_least": AT_LEAST, ">": AT_LEAST, ">=": AT_LEAST, "min": AT_LEAST, "over": AT_LEAST,
    "at most": AT_MOST, "at_most": AT_MOST, "<": AT_MOST, "<=": AT_MOST, "max": AT_MOST, "up to": AT_MOST,
    "about": ABOUT, "approximately": ABOUT, "~": ABOUT, "approx": ABOUT, "around": ABOUT, "rounded": ABOUT,
    "exact": EXACT, "exactly": EXACT, "=": EXACT, "range": RANGE,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Printed:
    """A number in print: `low` and `high` differ for a range only; `decimals` printed; scaled by 1,000 or more or not.

    `low` and `high` are in the unit itself (3,62 million is 3,620,000), `step` is one unit of the last printed digit.
    `other` is how else 1.234 may be read where nothing decides between a decimal and a thousands mark.
    """

    low: Fraction
    high: Fraction
    decimals: int
    qualifier: str = EXACT
    scale: int = 1
    is_percent: bool = False
    other: "Printed | None" = None

    def unscaled(self) -> "Printed":
        """The digits as printed, whatever thousands or millions they are told to be."""
        return replace(self, low=self.low / self.scale, high=self.high / self.scale, scale=1)

    @property
    def step(self) -> Fraction:
        return Fraction(self.scale, 10**self.decimals)

    @property
    def shown(self) -> Decimal:
        """The number as printed, in the scale it was printed in."""
        return to_decimal(self.low / self.scale, self.decimals)

    @property
    def shown_high(self) -> Decimal:
        return to_decimal(self.high / self.scale, self.decimals)

    def interval(self, half: Fraction = Fraction(0)) -> Interval:
        """All that the print can mean; `half` is the width of its own rounding to either side."""
        if self.qualifier == AT_LEAST:
            return Interval(self.low, None)
        if self.qualifier == AT_MOST:
            return Interval(Fraction(0) if self.low >= 0 else None, self.low)
        if self.qualifier == RANGE:
            return Interval(self.low - half, self.high + half)
        if self.qualifier == ABOUT:
            return Interval.around(self.low, max(half, self.tolerance), closed=True)
        return Interval.around(self.low, half)

    @property
    def tolerance(self) -> Fraction:
        """How far “about” reaches: half its last digit that is no zero, within 5 to 10 percent of the value.

        About 450 is 427.5 to 472.5, about 500 is 450 to 550, about 33,176 is within five percent of it.
        """
        size = abs(self.low)
        if not size:
            return self.step / 2
        digits = int(size / self.step)
        digit = self.step
        while digits and digits % 10 == 0:
            digits //= 10
            digit *= 10
        return max(size / 20, min(digit / 2, size / 10), self.step / 2)


def convention(texts: Iterable[object]) -> str | None:
    """The decimal mark these numbers use where there is no doubt (24,1; 1.234,5); None when none or both are met."""
    marks = set()
    for text in texts:
        if isinstance(text, str):
            for match in _DECIMAL_SHOWN.finditer(text):
                marks.add(match[1] or match[2])
    return marks.pop() if len(marks) == 1 else None


def is_parted(value: object, mark: str) -> bool:
    """Whether this print has three digits after this mark: thousands, if it counts whole things."""
    return isinstance(value, str) and any(mark in found[0] for found in _THREE.finditer(value))


def read_printed(
    value: object, qualifier: str = "", unit: Unit | None = None, mark: str | None = None, measured: bool = False
) -> Printed:
    """The `Printed` that a published value means. Raises `Unreadable` with what is wrong.

    `unit` and `mark` (the file's decimal mark) decide 1.234; `measured` says that decimals are to be expected, for
    means and other computed figures.
    """
    unit, program = unit or Unit(), not isinstance(value, str)
    told = _qualifier(qualifier)
    if value is None or isinstance(value, bool) or (isinstance(value, str) and not value.strip()):
        raise Unreadable(NO_VALUE)
    if not isinstance(value, str):
        value = f"{value:f}" if isinstance(value, Decimal) else repr(value).removesuffix(".0")
        mark = "."  # a number of the program is no print
    text = fold(_FOOTNOTE.sub("", value))[:120].replace("−", "-")
    thousands = _Thousands(unit, mark, measured, program)
    try:
        read = _two(text, told, unit, thousands, value) or _one(text, told, unit, thousands, value)
        if thousands.is_doubtful and _THREE.search(text):
            thousands = replace(thousands, other_way=True)
            other = _two(text, told, unit, thousands, value) or _one(text, told, unit, thousands, value)
            return replace(read, other=other) if other.low != read.low else read
        return read
    except (ValueError, ArithmeticError):
        raise Unreadable(NOT_READ, value=value) from None


def _qualifier(text: str) -> str:
    word = fold(str(text or ""))
    if not word:
        return ""
    known = _WORDS.get(word.replace("_", " ")) or _WORDS.get(word)
    if known is None:
        try:
            known = read_quantity(f"{word} 7").qualifier
        except Unreadable:
            raise Unreadable(NO_QUALIFIER, word=text) from None
    return known


def _two(text, told, unit, thousands, shown) -> Printed | None:
    match = _TWO.fullmatch(text)
    if not match or (told in (EXACT, ABOUT, AT_LEAST, AT_MOST) and match["low"].startswith("-")):
        return None
    scale, is_percent, word = _words_beside(match["one"] + " " + match["after"], unit)
    if word:
        return None
    low, few = thousands.read(match["low"])
    high, many = thousands.read(match["high"])
    if high < low:
        raise Unreadable(BACKWARDS, value=shown)
    if told in (AT_LEAST, AT_MOST):
        raise Unreadable(CONTRADICTS, value=shown, word=told)
    return Printed(low * scale, high * scale, max(few, many), RANGE, scale, is_percent)


def _one(text, told, unit, thousands, shown) -> Printed:
    match = _ONE.fullmatch(text)
    if not match or re.fullmatch(r"\([^)]*\)", text):  # (35) may be a minus: not guessed
        raise Unreadable(NOT_READ, value=shown)
    sign = -1 if match["before"].strip().endswith("-") else 1
    before = match["before"].strip().removesuffix("-").strip()
    scale, is_percent, words = _words_beside(f"{before} | {match['after']}", unit)
    own = EXACT
    if words:
        left, _, right = words.partition("|")
        try:
            own = read_quantity(f"{left.strip()} 7 {right.strip()}".strip()).qualifier
        except Unreadable:
            raise Unreadable(NOT_READ, value=shown) from None
    if told == RANGE:
        raise Unreadable(NEEDS_RANGE, value=shown)
    if EXACT not in (own, told or EXACT) and own != told:
        raise Unreadable(CONTRADICTS, value=shown, word=told)
    number, decimals = thousands.read(match["number"])
    final = own if own != EXACT else (told or EXACT)
    return Printed(sign * number * scale, sign * number * scale, decimals, final, scale, is_percent)


def _words_beside(words: str, unit: Unit) -> tuple[int, bool, str]:
    """Scale (3 million), whether percent, and the words that remain, beside a number; its own unit is passed over."""
    scale, is_percent, kept = unit.scale, False, []
    for word in words.replace("%", " % ").replace("per cent", " % ").split():
        bare = word.strip(" .,:;()")
        if read_unit(bare).kind == PERCENT:
            is_percent = True
        elif bare in _SCALE_OF:
            scale = _SCALE_OF[bare] if unit.scale == 1 else unit.scale
        elif not (bare and (bare == fold(unit.word) or read_unit(bare).is_money or unit.names(bare))):
            kept.append(word)
    left = " ".join(kept)
    return scale, is_percent, left if left.strip(" |") else ""


@dataclass(frozen=True)
class _Thousands:
    """Decides whether a mark before three digits parts thousands."""

    unit: Unit
    mark: str | None
    measured: bool
    program: bool = False
    other_way: bool = False

    @property
    def is_doubtful(self) -> bool:
        """Whether 1.234 may well be read the other way here: no whole things, and no mark that decides."""
        counted = self.unit.kind and not self.unit.is_measured and not self.measured
        return not self.program and not self.mark and not counted

    def parts(self, sign: str) -> bool:
        unit = self.unit
        if self.program:
            return False
        if unit.kind == PERCENT:
            return bool(self.mark) and sign != self.mark
        if unit.is_money and unit.scale == 1:
            return True
        if unit.is_measured or self.measured:
            return sign != self.mark if self.mark else sign == ","
        return True

    def read(self, text: str) -> tuple[Fraction, int]:
        """The number and how many decimals it was printed with; ValueError where it is none."""
        text, _, power = text.partition("e")
        body, sign = text.lstrip("+-"), -1 if text.startswith("-") else 1
        grouped = re.fullmatch(r"\d{1,3}(?:[ ']\d{3})+(?:[.,]\d+)?", body)
        if grouped:
            body = re.sub(r"[ ']", "", body)
        marks = [char for char in body if char in ".,"]
        if not re.fullmatch(r"[\d.,]+", body):
            raise ValueError(text)
        if not marks:
            whole, decimals = body, ""
        elif len(set(marks)) == 2:
            whole, decimals = self._two_marks(body, marks)
        elif len(marks) > 1:
            whole, decimals = _groups(body, marks[0]), ""
        else:
            whole, _, decimals = body.partition(marks[0])
            three = len(decimals) == 3 and 1 <= len(whole) <= 3 and not whole.startswith("0") and not grouped
            if three and self.parts(marks[0]) != self.other_way:
                whole, decimals = whole + decimals, ""
        number = Fraction(int(whole + decimals), 10 ** len(decimals)) * sign
        places = len(decimals)
        if power:
            number *= Fraction(10) ** int(power)
            places = max(0, places - int(power))
        if abs(number) >= _LARGEST or places > _FINEST:
            raise ValueError(text)
        return number, places

    @staticmethod
    def _two_marks(body: str, marks: list[str]) -> tuple[str, str]:
        if marks.count(marks[-1]) != 1:
            raise ValueError(body)
        whole, _, decimals = body.rpartition(marks[-1])
        return _groups(whole, marks[0]), decimals


def _groups(body: str, mark: str) -> str:
    """Digits in groups of three, joined."""
    if not re.fullmatch(rf"\d{{1,3}}(?:{re.escape(mark)}\d{{3}})+", body):
        raise ValueError(body)
    return body.replace(mark, "")
