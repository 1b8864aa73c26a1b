"""Monitoring strategies: how much of what was due was done, what is late, and where two accounts disagree.

Statuses are words of a plan's own scale, mapped to the canonical ones below. A rate never credits what nobody reported:
it says how many are not known, and between which ends the truth lies. Points follow a named version of SIGMA's method
(OECD/SIGMA, Principles of Public Administration, sub-indicator on implementation rates: nothing below 25 %, rising
evenly from 25 to 90 %, all 15 points from 90 %; strategies weigh alike; no official report scores nothing).
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from duga.evidence.model import known_word
from duga.evidence.quantities import Quantity, Unit
from duga.plain.errors import Refused, gettext_noop

STATUSES = ("implemented", "substantially", "partly", "not_implemented", "continuous", "dropped", "unknown")
"""The canonical scale. The first four have an order; work that goes on, was given up or is not reported has none."""

RANK = {"not_implemented": 0, "partly": 1, "substantially": 2, "implemented": 3}
ENDED = ("implemented", "dropped")
ACTIVITY = Unit("item", "activity")
POINT = Unit("item", "point")


@dataclass(frozen=True)
class Scale:
    """A plan's own words for how far an activity is, each with its canonical status, in the plan's order.

    >>> ogp = Scale({"fully": "implemented", "substantial": "substantially", "limited": "partly"})
    >>> ogp.status("limited")
    'partly'
    """

    words: Mapping[str, str]

    def __post_init__(self):
        for status in self.words.values():
            known_word(status, STATUSES, "status")

    def status(self, word: str) -> str:
        """The canonical status of a word; nothing said is unknown, a word the scale lacks is `Refused`."""
        if not word:
            return "unknown"
        known_word(word, tuple(self.words), "status of this plan")
        return self.words[word]

    def counts(self, words: Iterable[str]) -> dict[str, int]:
        """How many activities stand at each of the plan's words, in its order; what is not reported last, as ""."""
        found = Counter(words)
        for word in found:
            self.status(word)
        return {word: found[word] for word in (*self.words, "") if word or found[word]}


@dataclass(frozen=True)
class Activity:
    """What a plan promises: when it is due, how far it is (canonical), and when it was finished if that is known."""

    code: str
    due: dt.date | None
    status: str = "unknown"
    finished: dt.date | None = None

    def __post_init__(self):
        known_word(self.status, STATUSES, "status")


@dataclass(frozen=True)
class Rate:
    """Of `due` activities `done` were implemented in full; of `unknown` nobody reported."""

    done: int
    due: int
    unknown: int

    @property
    def share(self) -> Quantity:
        """Per cent done, from none to all of the unknown being so. Unknown where nothing was due."""
        if not self.due:
            return Quantity(None, Unit("percent", "%"), None, None)
        known = Quantity.of(self.done, ACTIVITY)
        if self.unknown:
            known = Quantity.of(self.done, ACTIVITY, "range", self.done + self.unknown)
        return known.share_of(Quantity.of(self.due, ACTIVITY))

    @property
    def credited(self) -> Decimal | None:
        """Per cent that is reported as done; None where nothing was due."""
        return Decimal(self.done * 100) / self.due if self.due else None


def implementation_rate(activities: Iterable[Activity], year: int) -> Rate:
    """The rate of one year, from the activities of the plan version that was in force when the year began.

    Counted are those that had to be finished in full by the end of the year: due in it, or due before and not finished
    when it began. Continuous work has no end to be judged by and is left out; so is what has no date.
    """
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    asked = [each for each in activities if _asked(each, first, last)]
    done = [each for each in asked if each.status == "implemented" and not (each.finished and each.finished > last)]
    return Rate(len(done), len(asked), sum(each.status == "unknown" for each in asked))


def _asked(activity: Activity, first: dt.date, last: dt.date) -> bool:
    """Whether it was still to be finished when the year began, and due by its end."""
    if activity.due is None or activity.due > last or activity.status == "continuous":
        return False
    if activity.finished:
        return activity.finished >= first
    return activity.due >= first or activity.status != "implemented"


@dataclass(frozen=True)
class Method:
    """A version of the arithmetic of points: nothing below `nothing` per cent, `most` from `full` per cent."""

    nothing: Decimal
    full: Decimal
    most: Decimal


METHODS = {"sigma-2017": Method(Decimal(25), Decimal(90), Decimal(15))}
"""By name. SIGMA revised its methodology in 2023-24: a revision comes in beside the old one, never over it."""


def points(rate: Decimal | None, method: str = "sigma-2017") -> Decimal:
    """Points for a rate in per cent; None (nothing due, no official report) scores nothing.

    >>> [str(points(Decimal(rate))) for rate in ("25", "57.5", "90")]
    ['0', '7.5', '15']
    """
    known_word(method, tuple(METHODS), "method")
    if rate is None:
        return Decimal(0)
    if not 0 <= rate <= 100:
        raise Refused(gettext_noop("A rate lies between 0 and 100 %%, not %(rate)s."), rate=str(rate))
    rule = METHODS[method]
    if rate <= rule.nothing:
        return Decimal(0)
    if rate >= rule.full:
        return rule.most
    return (rate - rule.nothing) * rule.most / (rule.full - rule.nothing)


def average_points(rates: Iterable[Decimal | None], method: str = "sigma-2017") -> Decimal | None:
    """The points of several strategies: each weighs alike; one without an official report (None) scores nothing."""
    scored = [points(rate, method) for rate in rates]
    return sum(scored, Decimal(0)) / len(scored) if scored else None


def overdue(activity: Activity, today: dt.date) -> int:
    """By how many days it is late; 0: not late, or it has no end (continuous, given up, no date)."""
    if activity.due is None or activity.status in (*ENDED, "continuous") or activity.due >= today:
        return 0
    return (today - activity.due).days


@dataclass(frozen=True)
class Target:
    """An outcome promised: from `baseline` to `target`; either direction. `value`: what was measured, None unknown."""

    baseline: Decimal | None
    target: Decimal | None
    value: Decimal | None

    @property
    def met(self) -> bool | None:
        """Whether the target is reached; None where the target or the value is not known.

        Without a baseline more counts as better.
        """
        if self.target is None or self.value is None:
            return None
        falling = self.baseline is not None and self.target < self.baseline
        return self.value <= self.target if falling else self.value >= self.target

    @property
    def fulfilled(self) -> Decimal | None:
        """Per cent of the way from baseline to target, 0 to 100; None where one of the three is unknown.

        >>> Target(Decimal(20), Decimal(10), Decimal(15)).fulfilled
        Decimal('50')
        """
        if None in (self.baseline, self.target, self.value):
            return None
        if self.baseline == self.target:
            return Decimal(100 if self.value == self.target else 0)
        way = (self.value - self.baseline) * 100 / (self.target - self.baseline)
        return min(max(way, Decimal(0)), Decimal(100))


def targets_rate(targets: Iterable[Target]) -> Rate:
    """How many outcome targets are met; scored like activities by `points`."""
    met = [each.met for each in targets]
    return Rate(met.count(True), len(met), met.count(None))


def disagreement(official: str, independent: str) -> tuple[str, int | None]:
    """How an independent finding stands to the official status: (word, steps between them).

    `agrees`, `worse`, `better` with steps on the four ordered statuses; `differs` where one has no order (steps None);
    `not_known` where either side says nothing.
    """
    for status in (official, independent):
        known_word(status, STATUSES, "status")
    if "unknown" in (official, independent):
        return "not_known", None
    if official == independent:
        return "agrees", 0
    if official in RANK and independent in RANK:
        steps = RANK[independent] - RANK[official]
        return ("better" if steps > 0 else "worse"), abs(steps)
    return "differs", None


@dataclass(frozen=True)
class Claim:
    """An official claim on one activity, with what else is known of it. None: not known, which raises nothing."""

    status: str
    due: dt.date | None = None
    budget: Decimal | None = None
    spent: Decimal | None = None
    target: Target | None = None
    figures_wrong: int = 0


CONTRADICTIONS = {
    "below_target": gettext_noop("It is said to be implemented, but its indicator has not reached the target."),
    "nothing_spent": gettext_noop("It is said to be under way or done, but nothing of its budget was spent."),
    "overspent": gettext_noop("More was spent than was planned."),
    "deadline_passed": gettext_noop("The deadline has passed and it is not implemented."),
    "figures_wrong": gettext_noop("Figures given in its support do not add up."),
}
"""What an official claim may contradict, by code, in words."""


def contradictions(claim: Claim, today: dt.date) -> tuple[str, ...]:
    """The codes of CONTRADICTIONS that the known facts raise by themselves, in their order."""
    known_word(claim.status, STATUSES, "status")
    moving = claim.status in ("implemented", "substantially", "partly", "continuous")
    raised = {
        "below_target": claim.status == "implemented" and claim.target is not None and claim.target.met is False,
        "nothing_spent": moving and bool(claim.budget) and claim.spent == 0,
        "overspent": None not in (claim.budget, claim.spent) and claim.spent > claim.budget,
        "deadline_passed": overdue(Activity("", claim.due, claim.status), today) > 0,
        "figures_wrong": claim.figures_wrong > 0,
    }
    return tuple(code for code in CONTRADICTIONS if raised[code])
