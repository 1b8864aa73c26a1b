"""A set of figures made ready for checking: numbers read, units, places and periods understood, ids found."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from duga.evidence.figures import numbers, relations, scope
from duga.evidence.figures.intervals import Interval, is_rounding, to_decimal
from duga.evidence.figures.model import Figure, Phrase
from duga.evidence.figures.numbers import ABOUT, AT_LEAST, AT_MOST, EXACT, RANGE, Printed
from duga.evidence.figures.relations import Relation
from duga.evidence.figures.units import PERCENT, Unit, read_unit
from duga.plain.errors import Unreadable, gettext_noop

COMPUTED = {"share", "change", "mean"}
"""Relations that make a number by division: it is a rounding, whatever its unit."""

_ABOUT = gettext_noop("about %(number)s")
_AT_LEAST = gettext_noop("at least %(number)s")
_AT_MOST = gettext_noop("at most %(number)s")
_BETWEEN = gettext_noop("%(low)s to %(high)s")
_MORE = {ABOUT: _ABOUT, AT_LEAST: _AT_LEAST, AT_MOST: _AT_MOST}


def in_words(printed: Printed) -> Decimal | Phrase:
    """A printed number with its qualifier, as it is told in a sentence."""
    if printed.qualifier == RANGE:
        return Phrase(_BETWEEN, {"low": printed.shown, "high": printed.shown_high})
    return qualified(printed.qualifier, printed.shown)


def qualified(qualifier: str, number: Decimal) -> Decimal | Phrase:
    """A number with its qualifier in words; an exact one as it is."""
    return number if qualifier == EXACT else Phrase(_MORE[qualifier], {"number": number})


@dataclass(eq=False)
class Known:
    """One figure understood. `printed` is None where its value cannot be read, `problems` then say why."""

    figure: Figure
    place: int
    printed: Printed | None
    unit: Unit
    relations: list[Relation]
    problems: list[Phrase] = field(default_factory=list)
    relation_problems: list[Phrase] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.figure.id

    @cached_property
    def size(self) -> float:
        """The printed value, roughly: only to pass over quickly what is far off."""
        return float(self.printed.low)

    @cached_property
    def places(self):
        return scope.read_places(self.figure.place)

    @cached_property
    def span(self):
        return scope.read_period(self.figure.period)

    @cached_property
    def is_computed(self) -> bool:
        return any(each.name in COMPUTED for each in self.relations)

    def half(self, beside: int = 0) -> Fraction:
        """How far the print may lie from the truth by its own rounding; nothing for a count or an amount in cents.

        `beside` is how many decimals its counterpart was printed with: the coarser of two is a rounding.
        """
        return _half(self.printed, self.unit, self.is_computed, beside)


def _half(printed: Printed, unit: Unit, computed: bool, beside: int) -> Fraction:
    cents = unit.is_money and printed.scale == 1 and printed.decimals == 2 and not computed
    rounded = (printed.decimals > 0 and not cents) or computed or unit.rounds_whole or printed.scale > 1
    coarser = printed.decimals < beside
    return printed.step / 2 if rounded or coarser else Fraction(0)


@dataclass(eq=False)
class Operand:
    """What a relation points at: another figure, or a number written in the relation itself."""

    printed: Printed
    unit: Unit
    known: Known | None = None

    @property
    def id(self) -> str | None:
        return self.known.id if self.known else None

    @property
    def words(self):
        return in_words(self.printed)

    def interval(self, beside: int = 0) -> Interval:
        """All that the operand can mean."""
        computed = self.known.is_computed if self.known else False
        return self.printed.interval(_half(self.printed, self.unit, computed, beside))


def _decimal_mark(figures: list[Figure]) -> str | None:
    """The mark that decides how 1.234 is read here; None where another number uses it to part thousands of things."""
    mark = numbers.convention(each.value for each in figures)
    if mark:
        for each in figures:
            unit = read_unit(str(each.unit))
            if unit.kind and not unit.is_measured and numbers.is_parted(each.value, mark):
                return None
    return mark


class Book:
    """Figures by id, with the decimal mark their file uses. Arguments are looked up here."""

    def __init__(self, figures: Iterable[Figure]):
        figures = list(figures)
        self.mark = _decimal_mark(figures)
        self.all: list[Known] = []
        self.by_id: dict[str, Known] = {}
        self.repeated: list[tuple[Known, Known]] = []
        for place, figure in enumerate(figures):
            known = self._read(figure, place)
            self.all.append(known)
            if figure.id and figure.id in self.by_id:
                self.repeated.append((known, self.by_id[figure.id]))
            elif figure.id:
                self.by_id[figure.id] = known
        self._folded: dict[str, Known | None] = {}
        for key, known in self.by_id.items():
            low = key.casefold()
            self._folded[low] = None if low in self._folded else known

    def _read(self, figure: Figure, place: int) -> Known:
        unit = read_unit(str(figure.unit), str(figure.claim) if "(" in str(figure.claim) else "")
        unit = unit if unit.kind else _unit_beside(figure.value, unit)
        told, wrong = relations.read_relations(figure.relation)
        printed, problems = None, []
        computed = any(each.name in COMPUTED for each in told)
        try:
            printed = numbers.read_printed(figure.value, figure.qualifier, unit, self.mark, computed)
        except Unreadable as error:
            problems.append(Phrase(error.message, error.params))
        if printed and printed.is_percent and not unit.kind:
            unit = Unit(figure.unit, PERCENT)
        return Known(figure, place, printed, unit, told, problems, wrong)

    def find(self, word: str) -> Known | None:
        """The figure with this id; capital letters do not matter where no two ids differ by them alone."""
        return self.by_id.get(word) or self._folded.get(word.casefold())

    def literal(self, word: str, bearer: Known, *, own_unit: bool) -> Operand | None:
        """A number written in a relation; `own_unit` says that it counts what the bearer counts."""
        unit = bearer.unit if own_unit else Unit()
        try:
            printed = numbers.read_printed(word, "", unit, self.mark)
        except Unreadable:
            return None
        return Operand(printed, unit)

    def near(self, known: Known, reach: int = 40) -> list[Known]:
        """Other figures that stand close by in the file, where the right base is looked for."""
        around = self.all[max(0, known.place - reach) : known.place + reach + 1]
        return [each for each in around if each is not known and each.printed]


def _unit_beside(value: object, unit: Unit) -> Unit:
    """The currency that stands beside a number in its own cell, where the unit is not told."""
    words = re.findall(r"[^\W\d_]{1,5}|[€$£]", value) if isinstance(value, str) else []
    found = [read for word in words if (read := read_unit(word)).is_money]
    return Unit(found[0].word, found[0].kind, unit.scale) if found else unit


# --- Is the printed value right? ----------------------------------------------------------------------------


def agrees(printed: Printed, truth: Interval) -> bool:
    """Whether the print is a correct rounding of something the truth can be, bounds and ranges included."""
    if printed.qualifier != EXACT:
        return printed.interval(printed.step / 2 if printed.qualifier in (ABOUT, RANGE) else Fraction(0)).meets(truth)
    ends = [end for end in (truth.low, truth.high) if end is not None and truth.closed]
    if any(is_rounding(printed.low / printed.scale, end / printed.scale, printed.decimals) for end in ends):
        return True
    return not truth.is_point and Interval.around(printed.low, printed.step / 2).meets(truth)


def far(printed: Printed, rough: float) -> bool:
    """Whether a value worked out roughly is certainly none that this exact print could round."""
    value = float(printed.low)
    return abs(abs(value) - abs(rough)) > 2 * float(printed.step) + 1e-9 * abs(value)


def nearly(printed: Printed, other: Interval | None) -> bool:
    """Whether the print is at most one unit of its last digit away from `other`: how a mistake is recognised."""
    if other is None or not other.is_bounded or printed.qualifier == RANGE:
        return False
    return other.low - printed.step <= printed.low <= other.high + printed.step


def needs_rounding(truth: Interval, printed: Printed) -> bool:
    """Whether the true value has more decimals than were printed."""
    return truth.is_point and (truth.low / printed.step).denominator != 1


def right_of(truth: Interval, printed: Printed) -> tuple[object, object]:
    """The correct value for a program, and for a sentence; as many decimals as printed, more where they are needed."""
    for decimals in range(printed.decimals, printed.decimals + 7):
        value, words = _right(truth, printed.scale, decimals)
        if printed.qualifier == RANGE or words != printed.shown:
            break
    return value, words


def _right(truth: Interval, scale: int, decimals: int) -> tuple[object, object]:
    low, high = (None if end is None else to_decimal(end / scale, decimals) for end in (truth.low, truth.high))
    if low is not None and low == high:
        return low, low
    if high is None and low is not None:
        return f"at least {low:f}", Phrase(_AT_LEAST, {"number": low})
    if high is None:
        return None, Phrase(gettext_noop("not known"))
    if low is None or low == 0:
        return f"at most {high:f}", Phrase(_AT_MOST, {"number": high})
    return f"{low:f}..{high:f}", Phrase(_BETWEEN, {"low": low, "high": high})
