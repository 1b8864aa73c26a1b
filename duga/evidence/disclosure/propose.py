"""Coarser tables that hide less, side by side: region for municipality, quarter for month, wider age bands.

Readers need numbers, not blanks; but only the author knows which detail matters, so nothing is chosen here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import combinations

from duga.evidence.disclosure.protect import CannotProtect, protect
from duga.evidence.disclosure.rule import Rule
from duga.evidence.model import ALL, Cell, ProtectedTable, Table, precision
from duga.plain.errors import Refused, gettext_noop

MOST = 4
"""Dimensions that may be made coarser at once: each doubles the tables to try."""


@dataclass(frozen=True)
class Proposal:
    """A table as it would be published. `coarser` names the dimensions made coarser; () is the table as asked for.

    `cells` and `hidden` count what is not zero, totals included; `hidden_weight` sums the values hidden, and
    `lost` is the share of the people in innermost cells whose cell is hidden.
    """

    coarser: tuple[str, ...]
    table: Table
    safe: ProtectedTable
    cells: int
    hidden: int
    hidden_weight: int
    lost: float


def propose(
    table: Table,
    rule: Rule | None = None,
    *,
    coarser: Mapping[str, Mapping[str, str] | None],
    recount: Callable[[tuple[str, ...]], Table] | None = None,
    **options,
) -> list[Proposal]:
    """Protects the table and every coarser one; those that hide less come first, the finer before the coarser.

    `coarser` gives for a dimension what each label becomes (a label not named stays), or None to leave the dimension
    out. Numbers are added up, which is right only where nobody can stand in two of the labels put together; where
    people are met again (months) `recount` is asked for the table, given the names of the dimensions made coarser.
    Further `options` go to `protect`. Tables that cannot be protected are left out; refused when none can.
    """
    unknown = [name for name in coarser if name not in table.dimensions]
    if unknown or len(coarser) > MOST:
        raise Refused(
            gettext_noop("Name up to %(most)s dimensions of the table to make coarser, not %(names)s."),
            most=MOST,
            names=", ".join(unknown or coarser),
        )
    found = []
    for size in range(len(coarser) + 1):
        for chosen in combinations(sorted(coarser), size):
            made = recount(chosen) if recount and chosen else _coarsen(table, {n: coarser[n] for n in chosen})
            try:
                safe = protect(made, rule, **options)
            except CannotProtect:
                continue
            found.append(_measure(chosen, made, safe))
    if not found:
        raise CannotProtect(gettext_noop("No coarser table can be protected either. Publish the total alone."))
    return sorted(found, key=lambda each: (round(each.lost, 6), each.hidden, len(each.coarser), each.coarser))


def _measure(chosen: tuple[str, ...], table: Table, safe: ProtectedTable) -> Proposal:
    filled = {key: cell.value for key, cell in table.cells.items() if cell.value}
    hidden = {key: value for key, value in filled.items() if safe.cells[key].hidden}
    inner = sum(value for key, value in filled.items() if ALL not in key)
    gone = sum(value for key, value in hidden.items() if ALL not in key)
    return Proposal(chosen, table, safe, len(filled), len(hidden), sum(hidden.values()), gone / inner if inner else 0.0)


def _coarsen(table: Table, maps: Mapping[str, Mapping[str, str] | None]) -> Table:
    """The same people under coarser labels."""
    for name, labels in maps.items():
        if labels is None:
            table = _without(table, name)
        else:
            table = _relabelled(table, name, labels)
    return table


def _without(table: Table, name: str) -> Table:
    """The table without one dimension: its totals along it."""
    if name in table.within.values() or name in table.no_total:
        raise Refused(gettext_noop("%(name)s cannot be left out: others lie within it, or it has no total."), name=name)
    place = table.dimensions.index(name)
    cells = {key[:place] + key[place + 1 :]: cell for key, cell in table.cells.items() if key[place] == ALL}
    return replace(
        table,
        dimensions=table.dimensions[:place] + table.dimensions[place + 1 :],
        within={inner: outer for inner, outer in table.within.items() if inner != name},
        repeating=None if table.repeating == name else table.repeating,
        cells=cells,
        beside=(),
    )


def _relabelled(table: Table, name: str, labels: Mapping[str, str]) -> Table:
    if table.repeating == name or (table.distinct and any(cell.repeated for cell in table.cells.values())):
        raise Refused(
            gettext_noop(
                "People are met in several %(name)s: their numbers cannot be added up. Count again (recount)."
            ),
            name=name,
        )
    if ALL in labels.values():
        raise Refused(gettext_noop("A label cannot become %(total)s, which marks totals."), total=ALL)
    place = table.dimensions.index(name)
    sums: dict[tuple, list] = {}
    for key, cell in table.cells.items():
        word = key[place] if key[place] == ALL else labels.get(key[place], key[place])
        sums.setdefault(key[:place] + (word,) + key[place + 1 :], []).append(cell)
    cells = {
        key: Cell(sum(cell.value for cell in met), precision({cell.qualifier for cell in met}))
        for key, met in sums.items()
    }
    return replace(table, cells=cells, beside=())
