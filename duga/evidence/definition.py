"""What an indicator is: the measures there are, and a definition as it was read (`indicators` reads the files)."""

import datetime
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from duga.evidence import vocabulary
from duga.evidence.model import UNIT_KINDS, Period
from duga.evidence.quantities import Unit
from duga.evidence.supply import words as supply
from duga.evidence.work import words as work
from duga.plain.errors import Refused, gettext_noop

SENSITIVITIES = ("supply", "items", "persons", "violence")
"""`supply`: what a directory tells everybody: nothing of it is hidden; `items` (parcels, meetings): not protected;
`persons`: protected before it leaves the house; `violence`: that, and never by area or organisation
(`violence.check`). From the least to the most."""

MEASURES = {
    "distinct persons": "each person once",
    "distinct households": "each household once",
    "sum of quantity": "quantities added, one unit at a time",
    "size of households": "each household's real size once: the largest recorded in the cell",
    "sum of size": "people of group tallies added; nobody knows whether they were counted before",
    "deliveries": "records of assistance",
}
"""What is counted from the facts."""

COMPOSITES = {
    "mean": "numerator per one of the denominator, with n (the denominator)",
    "ratio": "numerator per so many (`per`) of the denominator",
    "share": "per cent of the denominator that the numerator is; the numerator is the same count, kept to a part",
    "rate": "numerator per so many (`per`) inhabitants, from a table of population",
    "change": "what is counted, compared with a year, quarter or month before",
    "cumulative": "what is counted from the start to the end of each period; each person once since the start",
    "highest": "in one area the highest count of any of its sources, never the sum; areas are added",
}
"""What is worked out from other indicators."""

COMPARE = {"year before": 12, "quarter before": 3, "month before": 1}
SHOW = ("difference", "percent")


@dataclass(frozen=True)
class Indicator:
    """A definition as read. Texts map a language to words; `text` is the file, byte for byte.

    `unit` None: the unit is the one named by the question (`one_of` holds `unit`: it must be in `by` or `where`).
    `beside` are measures reported next to the number and never added to it. `parts` are the indicators a composite one
    rests on (numerator, denominator, counted); `inhabitants` the table of population that a rate is given.
    `alone`: a size of households is wanted without the households themselves.
    """

    code: str
    version: int
    title: Mapping[str, str]
    definition: Mapping[str, str]
    counting_rule: Mapping[str, str]
    limits: Mapping[str, str]
    unit: str | None
    measure: str
    of: Mapping[str, tuple[str, ...]]
    breakdowns: tuple[str, ...]
    sensitivity: str
    one_of: tuple[str, ...] = ()
    beside: tuple["Indicator", ...] = ()
    author: str = ""
    checker: str | None = None
    reviewed: datetime.date | None = None
    next_review: datetime.date | None = None
    text: str = field(default="", repr=False)
    parts: Mapping[str, "Indicator"] = field(default_factory=dict)
    per: int = 1
    decimals: int = 1
    compare: str = ""
    show: str = ""
    since: Period | None = None
    over: str = ""
    inhabitants: object = None
    alone: bool = False

    @property
    def protected(self) -> bool:
        return self.sensitivity not in ("supply", "items")

    @property
    def of_supply(self) -> bool:
        """Whether it is counted from what was frozen of a directory, and not from deliveries."""
        return self.measure in supply.MEASURES or any(part.of_supply for part in self.parts.values())

    @property
    def of_work(self) -> bool:
        """Whether it is counted from the work beside deliveries: referrals, requests, cases, feedback."""
        return self.measure in work.MEASURES or any(part.of_work for part in self.parts.values())

    @property
    def composite(self) -> bool:
        """Whether more than one count is needed for it: worked out from others, or a size beside its households."""
        return self.measure in COMPOSITES or (self.measure == "size of households" and not self.alone)

    @property
    def typed(self) -> Unit:
        """The unit with its kind; of an indicator without one, the unit that it is kept to."""
        if self.parts:
            return unit_of(self.measure, self.parts, self.per, self.show)
        if self.unit in UNIT_KINDS and self.unit != "money":
            return Unit(self.unit)
        if self.unit in work.UNITS:
            return Unit("contact", self.unit)
        return Unit(vocabulary.kind_of(self.unit or "") or "item", self.unit or "unit")

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the definition file; of a composite one, of its file and those it rests on."""
        whole = hashlib.sha256(self.text.encode())
        for name, part in sorted(self.parts.items()):
            whole.update(f"{name} {part.fingerprint}".encode())
        return whole.hexdigest()

    def kept_to(self, of: Mapping[str, tuple[str, ...]]) -> "Indicator":
        """The same indicator kept to fewer facts."""
        for name, words in of.items():
            if name in self.of and not set(words) <= set(self.of[name]):
                raise Refused(
                    gettext_noop("%(code)s is kept to %(name)s %(words)s already."),
                    code=self.code,
                    name=name,
                    words=", ".join(self.of[name]),
                )
        settled = {name for name in self.one_of if len(of.get(name, ())) == 1}
        return replace(
            self,
            of={**self.of, **of},
            one_of=tuple(name for name in self.one_of if name not in settled),
            unit=of["unit"][0] if self.unit is None and "unit" in settled else self.unit,
            beside=(),
        )

    def with_population(self, inhabitants) -> "Indicator":
        """The same rate with its table of population: a `population.Population`, a mapping or a CSV file."""
        from duga.evidence.population import Population

        return replace(self, inhabitants=Population.read(inhabitants))

    def lapsed(self, today: datetime.date) -> bool:
        """Whether the day of its next review has passed."""
        return self.next_review is None or self.next_review < today

    def words(self, name: str, language: str) -> str:
        """One of the texts in this language, or in English."""
        texts = getattr(self, name)
        return texts.get(language) or texts.get(language.split("-")[0]) or texts["en"]


LAPSED = gettext_noop("The review of this definition has lapsed: it was due on %(day)s.")
"""What a reader is told when the day of the next review has passed (`Indicator.lapsed`)."""


def lapsed_note(indicator: Indicator, today: datetime.date) -> str | None:
    """The sentence about a lapsed review, in English; None while it has not."""
    return LAPSED % {"day": indicator.next_review} if indicator.lapsed(today) else None


def unit_of(measure: str, parts: Mapping[str, "Indicator"], per: int, show: str) -> Unit:
    """The unit of a number that is worked out from others."""
    units = {role: part.typed for role, part in parts.items()}
    if measure == "share" or (measure == "change" and show == "percent"):
        return Unit("percent", "%")
    if measure in ("mean", "ratio"):
        one = units["numerator"]
        return Unit(one.kind, one.name, units["denominator"], per)
    if measure == "rate":
        one = units["numerator"]
        return Unit(one.kind, one.name, Unit("person", "inhabitants"), per)
    if measure == "change" and units["counted"].kind == "percent":
        return Unit("percent", "percentage points")
    return units["counted"]
