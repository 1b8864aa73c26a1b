"""What composite indicators share: the question put to their parts, and the table that is made of the answers."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from duga.evidence.indicators import Indicator, parse
from duga.evidence.model import ALL, Period, Table, within_of
from duga.evidence.quantities import Unit
from duga.evidence.snapshot import Snapshot

TERMS = {
    "mean": ("sum", "n"),
    "ratio": ("numerator", "denominator"),
    "share": ("part", "whole"),
    "rate": ("count", "inhabitants"),
    "change": ("before", "now"),
    "cumulative": (),
    "highest": ("plain_sum",),
}
"""What each kind's number is worked out from, as columns beside it."""


@dataclass(frozen=True)
class Asked:
    """A question to a composite indicator; `base` counts a part by the same or another question."""

    indicator: Indicator
    snapshot: Snapshot
    by: tuple[str, ...]
    where: Mapping[str, tuple[str, ...]]
    period: Period
    base: Callable[..., Table]
    engine: str = "duckdb"

    def part(self, role: str, **other) -> Table:
        """The table of one of the indicators it rests on, with what it is kept to beyond its own definition."""
        part = self.indicator.parts[role]
        table = self.base(part, **{"by": self.by, "where": self.where, "period": self.period, **other})
        own = parse(part.text, part.code).of if part.text and not part.parts else part.of
        kept = {name: words for name, words in part.of.items() if own.get(name) != words}
        return replace(table, kept=kept)

    def unit(self, role: str) -> Unit:
        return self.indicator.parts[role].typed

    def kept(self, labels: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
        """What a cell is kept to: its labels, else the question's filter."""
        return {**self.where, **{name: (word,) for name, word in labels.items() if word != ALL}}


def composed(ask: Asked, cells: Mapping, parts: Iterable[Table], notes: tuple[str, ...] = ()) -> Table:
    """A table worked out from `parts`, with what its definition says."""
    indicator = ask.indicator
    return Table(
        measure=indicator.code,
        unit=indicator.unit,
        dimensions=ask.by,
        cells=cells,
        within=within_of(ask.by),
        protected=indicator.protected,
        distinct=False,
        notes=notes,
        kind=indicator.measure,
        terms=TERMS[indicator.measure],
        parts=tuple(parts),
    )
