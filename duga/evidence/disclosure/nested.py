"""Labels that lie within one another without being equal: months in quarters, ages by their bounds, areas in countries.

Two tables of the same people rarely have the same columns. What an attacker does is find the finest cells that both
can be added up to, and compare them: a quarter beside its three months, 0-17 beside 0-5 and 6-17. `common` gives these
pairs. Times nest by the calendar, ages by their bounds ("0-17", "80+"), places by the chains that tables show (area in
country); any other labels meet only where they are equal.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

from duga.evidence.disclosure.grid import Grid
from duga.evidence.model import ALL, CHAINS, TIME, Period
from duga.plain.errors import Refused

Node = tuple
"""A label on its axis: ("span", first, last) of months or years of age; ("path", outer…, inner); ("word", label)."""

_BOUNDS = re.compile(r"(\d{1,3})\s*(?:[-–]\s*(\d{1,3})|(\+))")


def _span(dimension: str, label: str) -> Node | None:
    """A time or an age as its first and last month or year."""
    if dimension in TIME:
        try:
            period = Period.read(label)
        except Refused:
            return None
        return "span", period.start[0] * 12 + period.start[1], period.end[0] * 12 + period.end[1]
    bounds = _BOUNDS.fullmatch(label.strip())
    if bounds is None:
        return None
    first, last = int(bounds[1]), math.inf if bounds[3] else int(bounds[2])
    return ("span", first, last) if first <= last else None


def overlap(one: Node, other: Node) -> bool:
    """Whether two labels may stand for the same people."""
    if one[0] == other[0] == "span":
        return one[1] <= other[2] and other[1] <= one[2]
    if one[0] == other[0] == "path":
        return all(a == b for a, b in zip(one, other, strict=False))
    return one == other


def holds(wide: Node, narrow: Node) -> bool:
    """Whether one label holds another and more."""
    if wide == narrow or wide[0] != narrow[0]:
        return False
    if wide[0] == "span":
        return wide[1] <= narrow[1] and narrow[2] <= wide[2]
    return wide[0] == "path" and len(wide) < len(narrow) and wide == narrow[: len(wide)]


class Nesting:
    """How the labels of some tables lie within one another: the chains that any of them shows hold for all."""

    def __init__(self, tables: Iterable):
        self.outer = {inner: outer for outer, inner in CHAINS[0:1]}
        self.parents: dict[tuple[str, str], str | None] = {}
        tables = list(tables)
        for table in tables:
            self.outer |= {inner: outer for inner, outer in table.within.items() if inner not in TIME}
        for table in tables:
            for inner, outer in self.outer.items():
                if inner in table.dimensions and outer in table.dimensions:
                    self._learn(table, inner, outer)

    def _learn(self, table, inner: str, outer: str) -> None:
        """Which outer label every inner one has; None where it has several."""
        at, above = table.dimensions.index(inner), table.dimensions.index(outer)
        for key in table.cells:
            if ALL not in (key[at], key[above]):
                place = inner, key[at]
                known = self.parents.setdefault(place, key[above])
                self.parents[place] = known if known == key[above] else None

    def chain(self, dimension: str) -> list[str]:
        """A dimension and all that it lies within, outermost first."""
        found = [dimension]
        while found[0] in self.outer and self.outer[found[0]] not in found:
            found.insert(0, self.outer[found[0]])
        return found

    def axis(self, dimension: str) -> str:
        """What times, or places within places, have in common."""
        return "time" if dimension in TIME else self.chain(dimension)[0]

    def name(self, measure: str, labels: Mapping[str, str]) -> frozenset:
        """Whom a cell counts: what is counted and where on each axis; totals left out."""
        found: dict[str, Node] = {}
        for dimension in sorted(labels, key=lambda name: (name in TIME and TIME.index(name), len(self.chain(name)))):
            if labels[dimension] == ALL:
                continue
            axis = self.axis(dimension)
            if axis != dimension and dimension not in TIME or dimension in self.outer.values():
                found[axis] = self._path(dimension, labels)
            else:
                found[axis] = _span(dimension, labels[dimension]) or ("word", dimension, labels[dimension])
        return frozenset({("measure", measure), *found.items()})

    def _path(self, dimension: str, labels: Mapping[str, str]) -> Node:
        """A place with all that it lies in, as far as it is known."""
        words, below = [labels[dimension]], dimension
        for outer in reversed(self.chain(dimension)[:-1]):
            word = labels.get(outer, ALL)
            if word == ALL:
                word = self.parents.get((below, words[0] or ""), _country(below, words[0]))
            words.insert(0, word)
            below = outer
        return "path", *words


def _country(dimension: str, label: str | None) -> str | None:
    """The country of a region by its code: ME of ME-16."""
    found = re.match(r"([A-Z]{2})-\w", label or "") if dimension == "area" else None
    return found[1] if found else None


@dataclass(frozen=True)
class Side:
    """A number that one table has, or that its cells add up to: their positions, zeros left out.

    `loose`: people may be met in several of them, so that it lies between the largest and their sum.
    """

    cells: tuple[int, ...]
    loose: bool = False

    def value(self, grid: Grid) -> int:
        return sum(grid.values[i] for i in self.cells)

    def least(self, grid: Grid) -> int:
        """The lowest it can be."""
        return max((grid.values[i] for i in self.cells), default=0) if self.loose else self.value(grid)


@dataclass
class Layer:
    """One table among several that are read together: its cells by whom they count, and their unknowns in a system.

    `of`: the unknown of every cell that is not known for certain.
    """

    grid: Grid
    nesting: Nesting
    of: dict[int, int] = field(default_factory=dict)

    def __post_init__(self):
        table = self.grid.table
        self.names: dict[frozenset, int] = {}
        for i, key in enumerate(self.grid.keys):
            self.names[self.nesting.name(table.measure, dict(zip(table.dimensions, key, strict=True)))] = i
        self.nodes: dict[str, set[Node]] = {}
        self.levels = set()
        for name in self.names:
            where = dict(name)
            self.levels.add(frozenset(where))
            for axis in where.keys() - {"measure"}:
                self.nodes.setdefault(axis, set()).add(where[axis])
        self.leaves = {
            axis: {node for node in nodes if not any(holds(node, other) for other in nodes)}
            for axis, nodes in self.nodes.items()
        }
        self.met_again = self.nesting.axis(table.repeating) if table.repeating else None

    def side(self, parts: Mapping[str, Iterable[Node]]) -> Side | None:
        """What these labels add up to; None where the table has no numbers at that level."""
        if frozenset({"measure", *parts}) not in self.levels:
            return None
        measure = ("measure", self.grid.table.measure)
        names = (frozenset({measure, *zip(parts, nodes, strict=True)}) for nodes in product(*parts.values()))
        cells = [i for i in (self.names.get(name) for name in names) if i is not None and self.grid.values[i]]
        again = self.met_again in parts and len(set(parts[self.met_again])) > 1
        loose = len(cells) > 1 and (again or any(self.grid.known[i] for i in cells))
        return Side(tuple(cells), loose)


def common(one: Layer, other: Layer) -> Iterator[tuple[Side, Side]]:
    """The numbers that both tables tell: cells with equal labels, and the finest sums where labels only nest.

    Pairs that are zero in both are left out.
    """
    if one.grid.table.measure != other.grid.table.measure:
        return
    for name in one.names.keys() | other.names.keys():
        pair = _equal(one, other, name)
        if pair:
            yield pair
    axes = sorted(one.nodes.keys() & other.nodes.keys())
    options = {axis: _options(one, other, axis) for axis in axes}
    if not any(_differ(pair) for pairs in options.values() for pair in pairs):
        return
    for chosen in product(*([None, *options[axis]] for axis in axes)):
        parts = {axis: pair for axis, pair in zip(axes, chosen, strict=True) if pair}
        if any(map(_differ, parts.values())):
            mine = one.side({axis: pair[0] for axis, pair in parts.items()})
            theirs = other.side({axis: pair[1] for axis, pair in parts.items()})
            if mine and theirs and (mine.cells or theirs.cells):
                yield mine, theirs


def _equal(one: Layer, other: Layer, name: frozenset) -> tuple[Side, Side] | None:
    """The same people in both; a cell that a table could have and has not is zero."""
    level, sides = frozenset(dict(name)), []
    for layer in (one, other):
        if level not in layer.levels:
            return None
        i = layer.names.get(name)
        sides.append(Side(()) if i is None or not layer.grid.values[i] else Side((i,)))
    if not sides[0].cells and not sides[1].cells:
        return None
    if name not in one.names or name not in other.names:
        for axis, node in dict(name).items():  # a label that the other table parts differently is not zero there
            if axis != "measure" and any(
                overlap(node, near) and node != near for layer in (one, other) for near in layer.leaves[axis]
                if name not in layer.names and node not in layer.nodes[axis]
            ):  # fmt: skip
                return None
    return sides[0], sides[1]


def _differ(pair: tuple) -> bool:
    return pair[0] != pair[1]


def _options(one: Layer, other: Layer, axis: str) -> list[tuple[tuple[Node, ...], tuple[Node, ...]]]:
    """What both tables can be added up to on an axis: (labels of the one, labels of the other) each."""
    mine, theirs = one.leaves[axis], other.leaves[axis]
    found = [((node,), (node,)) for node in (one.nodes[axis] & other.nodes[axis])]
    rest = [(0, node) for node in mine - theirs] + [(1, node) for node in theirs - mine]
    if not rest:
        return found
    groups: list[list[tuple[int, Node]]] = []
    for each in [(2, node) for node in mine & theirs] + rest:
        near = [group for group in groups if any(overlap(each[1], other[1]) for other in group)]
        groups = [group for group in groups if group not in near] + [sum(near, [each])]
    for group in groups:
        if len(group) > 1:
            pair = tuple(tuple(sorted((node for which, node in group if which in (n, 2)), key=repr)) for n in (0, 1))
            if all(pair):
                found.append(pair)
    return found
