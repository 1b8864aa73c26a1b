"""What must be protected, and what may never be asked for at all."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from duga.evidence.model import ALL, Table
from duga.plain.errors import Refused, gettext_noop


@dataclass(frozen=True)
class Limits:
    """What a table may not break down by, because of what it is about.

    `never` names dimensions no table may have; `allowed`, if given, the only ones it may have; `coarser` gives for a
    dimension the one to ask for instead (`{"area": "country"}`: no area, ask for the country).
    """

    never: tuple[str, ...] = ()
    allowed: tuple[str, ...] | None = None
    coarser: Mapping[str, str] = field(default_factory=dict)

    def allows(self, name: str) -> bool:
        """Whether a table may have this dimension."""
        return name not in self.never and (self.allowed is None or name in self.allowed)

    def check(self, dimensions) -> None:
        """Refuses dimensions that are not for publication, saying what may be asked for instead."""
        for name in dimensions:
            if not self.allows(name):
                if name in self.coarser:
                    raise Refused(
                        gettext_noop("Figures of this kind are never published by %(name)s. Ask for %(coarser)s."),
                        name=name,
                        coarser=self.coarser[name],
                    )
                raise Refused(
                    gettext_noop("Figures of this kind are never published by %(name)s. Allowed: %(allowed)s."),
                    name=name,
                    allowed=", ".join(self.allowed or ()) or "-",
                )


#: Statistics on violence: month and country at most, how many facts about the people at a time is for the table's
#: author to judge; a place smaller than a country or an organisation is never named. See `duga.evidence.violence`.
VIOLENCE = Limits(
    never=("organisation", "area"),
    allowed=(
        "country",
        "year",
        "quarter",
        "month",
        "sex",
        "age_band",
        "target_group",
        "service_type",
        "unit",
        "channel",
    ),
    coarser={"area": "country", "organisation": "country"},
)


@dataclass(frozen=True)
class Dominance:
    """When a cell would tell one contributor's figure to another; off unless asked for.

    A cell is sensitive when fewer than `contributors` stand behind it; when the largest could be estimated by the
    second largest to within `percent` of its figure (the p % rule); or when the `largest` biggest together
    hold more than `share` % of it (the (n, k) rule). Hundepool and others, Statistical Disclosure Control (2012), 4.2.
    """

    contributors: int = 3
    percent: float | None = 10.0
    largest: int | None = None
    share: float | None = None

    def __post_init__(self):
        if self.contributors < 1 or (self.percent is not None and not 0 <= self.percent <= 100):
            raise Refused(gettext_noop("Contributors are 1 or more, percentages between 0 and 100."))
        if (self.largest is None) != (self.share is None):
            raise Refused(gettext_noop("The (n, k) rule needs both: how many are the largest, and their share."))

    def need(self, figures) -> int | None:
        """How wide the doubt about a cell must be for its contributors' sake; None: they need no protection."""
        figures = sorted((each for each in figures if each > 0), reverse=True)
        if not figures:
            return None
        total, needs = sum(figures), []
        if len(figures) < self.contributors:
            needs.append(1)
        if self.percent is not None:
            rest = total - sum(figures[:2])
            missing = self.percent / 100 * figures[0] - rest
            if missing > 1e-9:
                needs.append(2 * int(-(-missing // 1)))
        if self.largest is not None and sum(figures[: self.largest]) * 100 > self.share * total:
            needs.append(1)
        return max(needs) if needs else None

    def to_dict(self) -> dict:
        return {key: value for key, value in vars(self).items() if value is not None}


@dataclass(frozen=True)
class Rule:
    """`minimum`: the smallest number of people that may be shown; and how wide an attacker's doubt must stay.

    `dominance` protects contributors too (`protect` then wants their figures); `limits` says what the table may
    be broken down by at all; `changes`: a cell that differs from one published before by less than the
    minimum is hidden like a small one.
    """

    minimum: int = 5
    dominance: Dominance | None = None
    limits: Limits | None = None
    changes: bool = True

    def __post_init__(self):
        if self.minimum < 1:
            raise Refused(gettext_noop("The minimum count is 1 or more."))

    def to_dict(self) -> dict:
        told = {"method": "suppression", "minimum": self.minimum, "width": self.minimum, "zeros": "shown"}
        return told | ({"dominance": self.dominance.to_dict()} if self.dominance else {})


def by_contributor(figures: Mapping[tuple, Mapping[str, int]], table: Table) -> dict[tuple, dict[str, int]]:
    """Each contributor's figure in every cell, totals included, from the innermost cells."""
    found: dict[tuple, dict[str, int]] = {key: {} for key in table.cells}
    for key, each in figures.items():
        for total in _totals(key, len(table.dimensions)):
            if total in found:
                into = found[total]
                for who, value in each.items():
                    into[who] = into.get(who, 0) + value
    return found


def _totals(key: tuple, n: int):
    """A cell's own key and those of all totals above it."""
    for bits in range(1 << n):
        yield tuple(ALL if bits >> i & 1 else word for i, word in enumerate(key))


def read_rule(told: Mapping) -> Rule:
    """The rule that a protected table says it was protected by."""
    dominance = Dominance(**told["dominance"]) if told.get("dominance") else None
    return Rule(minimum=told["minimum"], dominance=dominance)
