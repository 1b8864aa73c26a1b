"""Gaps: what is needed beside what there is. Unknown stays unknown, never nought, and says what would settle it.

Everything is a `Quantity`, so "at least", "about" and ranges carry through; `None` is not known. Formulas:
coverage = served / need; unmet need = max(0, need - capacity); funding gap = max(0, required - secured);
quality gap = criteria unmet / applicable; availability = mean of indicators as per cent of their benchmark, each at
most 100, and readiness = mean of the domains' scores (WHO, Service Availability and Readiness Assessment).
A need is the distance between what is and what should be (OCHA, Humanitarian Needs Overview).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from duga.evidence.model import known_word
from duga.evidence.quantities import Quantity, Unit
from duga.plain.errors import Refused, gettext_noop

PERCENT = Unit("percent", "%")
CRITERION = Unit("item", "criterion")
DIMENSIONS = ("need", "availability", "access", "quality", "funding")

SETTLES = {
    "need": gettext_noop("an estimate of how many people need it: a survey, a register, a published statistic"),
    "served": gettext_noop("how many different people were served: a release of the members' records"),
    "capacity": gettext_noop("how many places there are: the directory, verified by the providers"),
    "required": gettext_noop("what the service costs for those who need it"),
    "secured": gettext_noop("what is set aside for it: budgets, contracts"),
    "criteria": gettext_noop("a check of the service against its standard"),
    "benchmark": gettext_noop("how much there should be: a standard or a target"),
}
"""What would settle each unknown, in words."""


@dataclass(frozen=True)
class Gap:
    """One gap: its size (None: not known), what is unknown in it (keys of SETTLES), and how it was worked out."""

    dimension: str
    value: Quantity | None
    unknown: tuple[str, ...]
    formula: str

    @property
    def settle(self) -> tuple[str, ...]:
        """What would settle what is not known, in words."""
        return tuple(SETTLES[each] for each in self.unknown)


def coverage(served: Quantity | None, need: Quantity | None) -> Gap:
    """Per cent of the need that is served. More served than needed reads as it is: one of the two is wrong.

    >>> coverage(Quantity.of(50, "person"), Quantity.of(200, "person")).value.value
    Decimal('25')
    >>> coverage(Quantity.of(50, "person"), None).unknown
    ('need',)
    """
    return _worked("need", "served / need", {"served": served, "need": need}, lambda: served.share_of(need))


def unmet_need(need: Quantity | None, capacity: Quantity | None) -> Gap:
    """How many have no place: need less capacity, never below nought.

    >>> str(unmet_need(Quantity.of(200, "person", "at_least"), Quantity.of(60, "person")).value)
    'at least 140 person'
    """
    known = {"need": need, "capacity": capacity}
    return _worked("availability", "max(0, need - capacity)", known, lambda: _not_below_nought(need - capacity))


def funding_gap(required: Quantity | None, secured: Quantity | None) -> Gap:
    """The money that is missing, in its currency; unlike currencies are refused."""
    known = {"required": required, "secured": secured}
    return _worked("funding", "max(0, required - secured)", known, lambda: _not_below_nought(required - secured))


def quality_gap(met: int, unmet: int, unchecked: int = 0) -> Gap:
    """Per cent of the applicable criteria that are not met; the unchecked ones make it a range.

    >>> str(quality_gap(6, 2, 2).value)
    '20 to 40 %'
    """
    for count in (met, unmet, unchecked):
        if count < 0:
            raise Refused(gettext_noop("A number of criteria is zero or more."))
    formula = "criteria unmet / applicable"
    if not met + unmet:
        return Gap("quality", None, ("criteria",), formula)
    whole = Quantity.of(met + unmet + unchecked, CRITERION)
    part = Quantity.of(unmet, CRITERION, *(("range", unmet + unchecked) if unchecked else ()))
    return Gap("quality", part.share_of(whole), ("criteria",) if unchecked else (), formula)


def availability(indicators: Mapping[str, tuple[Quantity | None, Quantity | None]]) -> Gap:
    """The mean of several indicators as per cent of their benchmarks, each at most 100.

    `indicators` {name: (what there is, benchmark)}. One of them unknown leaves the mean between what it is with it
    at 0 and at 100; all unknown leave it unknown.
    """
    formula = "mean of min(100, value / benchmark)"
    scores, missing = [], []
    for there_is, benchmark in indicators.values():
        lacking = [name for name, side in (("capacity", there_is), ("benchmark", benchmark)) if not _known(side)]
        missing += lacking
        scores.append(None if lacking else _at_most(there_is.share_of(benchmark), Decimal(100)))
    unknown = tuple(dict.fromkeys(missing))
    return Gap("availability", mean_score(scores), unknown, formula)


def mean_score(scores: Sequence[Quantity | None]) -> Quantity | None:
    """The mean of scores in per cent (readiness: of the domains' scores); an unknown one lies between 0 and 100.

    >>> str(mean_score([Quantity.of(60, PERCENT), None]))
    '30 to 80 %'
    """
    if not any(_known(score) for score in scores):
        return None
    whole = Quantity(Decimal(50), PERCENT, Decimal(0), Decimal(100))
    total = Quantity.of(0, PERCENT)
    for score in scores:
        total = total + (_at_most(score, Decimal(100)) if _known(score) else whole)
    ends = [end / len(scores) for end in (total.value, total.low, total.high)]
    return Quantity(ends[0], PERCENT, ends[1], ends[2], total.about)


@dataclass(frozen=True)
class Severity:
    """A published scale: from which gap (per cent, ascending) each word holds, named so that a revision is another.

    >>> Severity("2026", (("low", 0), ("high", 50))).of(Quantity.of(20, PERCENT, "range", 60))
    ('low', 'high')
    """

    name: str
    steps: tuple[tuple[str, int], ...]

    def __post_init__(self):
        at = [start for _, start in self.steps]
        if not at or at != sorted(set(at)) or at[0] > 0:
            raise Refused(gettext_noop("A scale of severity begins at 0 and rises from step to step."))

    def of(self, gap: Quantity | None) -> tuple[str, ...]:
        """The words a gap may bear, mildest first: one where its ends agree, several where not, none: not known."""
        if not _known(gap):
            return ()
        gap.unit.same(Quantity.of(0, PERCENT).unit, gettext_noop("put on a scale of severity"))
        first = self._step(Decimal(0) if gap.low is None else gap.low)
        last = len(self.steps) - 1 if gap.high is None else self._step(gap.high)
        return tuple(word for word, _ in self.steps[first : last + 1])

    def _step(self, value: Decimal) -> int:
        return max((at for at, (_, start) in enumerate(self.steps) if value >= start), default=0)


SEVERITY = Severity("duga-2026", (("none", 0), ("low", 10), ("medium", 25), ("high", 50), ("critical", 75)))
"""Duga's own steps, to be replaced by what an edition publishes."""


def as_share(gap: Gap, whole: Quantity | None) -> Quantity | None:
    """A gap as per cent of what is needed (people of the need, money of what is required), to be put on a scale."""
    if gap.value is None or not _known(whole):
        return None
    if gap.value.unit == PERCENT:
        return gap.value
    part = gap.value.share_of(whole)
    return _at_most(part, Decimal(100)) if _known(part) else None


def worst(severities: Iterable[tuple[str, ...]], scale: Severity = SEVERITY) -> tuple[str, ...]:
    """The worst of several: from the worst that is certain to the worst that is possible; () where none is known."""
    order = [word for word, _ in scale.steps]
    known = [each for each in severities if each]
    if not known:
        return ()
    for word in {word for each in known for word in each}:
        known_word(word, tuple(order), "severity")
    first = max(order.index(each[0]) for each in known)
    last = max(order.index(each[-1]) for each in known)
    return tuple(order[first : last + 1])


def _worked(dimension: str, formula: str, known: Mapping[str, Quantity | None], work) -> Gap:
    unknown = tuple(name for name, quantity in known.items() if not _known(quantity))
    value = None if unknown else work()
    if not _known(value):
        unknown, value = unknown or tuple(known), None
    return Gap(dimension, value, unknown, formula)


def _known(quantity: Quantity | None) -> bool:
    return quantity is not None and quantity.qualifier != "unknown"


def _not_below_nought(quantity: Quantity) -> Quantity:
    """No gap is less than none; where the difference has no lower end it is at least none."""
    value, low, high = (
        None if end is None else max(end, Decimal(0)) for end in (quantity.value, quantity.low, quantity.high)
    )
    return replace(quantity, value=value, low=Decimal(0) if low is None else low, high=high)


def _at_most(quantity: Quantity, most: Decimal) -> Quantity:
    value, low, high = (
        None if end is None else min(end, most) for end in (quantity.value, quantity.low, quantity.high)
    )
    return replace(quantity, value=value, low=low, high=most if high is None else high)
