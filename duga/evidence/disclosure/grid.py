"""A table as an attacker sees it: cells, and the lines along which they hang together.

Along an ordinary line a total is the sum of its parts. Along the one axis on which people are met again
(`Table.repeating`: months, services) a total is at least the largest part and at most the sum of the parts; the
attacker is taken to know by how much the sum exceeds it. On every other axis people who do stand in two
places exist (`Cell.repeated`): the attacker is taken to know each of them, and for the rest totals are sums.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

from duga.evidence.model import ALL, Table, chains
from duga.plain.errors import Refused, gettext_noop

LARGEST = 250_000
"""Most cells a table may have; a finer one helps no reader."""


@dataclass(frozen=True, slots=True)
class Line:
    """A total and its parts, as positions in `Grid.keys`. `exact`: the total is their sum.

    `sum_known`: it is not, but an attacker is taken to know their sum all the same.
    """

    total: int
    parts: tuple[int, ...]
    exact: bool
    sum_known: bool = False


class Grid:
    """Every cell of a table, zeros included, and the lines between those that are not zero.

    `keys[i]`, `values[i]` (whole numbers), `known[i]` (people in it whom the attacker is taken to know anyway).
    `nonzero` are the positions an attacker has anything to find out about: zeros are shown, always.
    `sums_known`: the table stands beside others that tell how often people were met altogether (quantities of all
    units, say), so the sum along the axis that repeats is no secret, and a cell hidden alone on it would not be one.
    """

    def __init__(self, table: Table, sums_known: bool = False):
        self.table, self.sums_known = table, sums_known
        axes = [_Axis(table, axis) for axis in chains(table.dimensions, table.within)]
        self.ways = sum(len(axis.nodes) > 1 for axis in axes)
        size = 1
        for axis in axes:
            size *= len(axis.nodes)
        if size > LARGEST:
            raise Refused(
                gettext_noop("The table would have %(size)s cells. Take fewer dimensions, or coarser ones."), size=size
            )
        self.keys: list[tuple[str, ...]] = []
        self.values: list[int] = []
        self.known: list[int] = []
        at: dict[tuple, int] = {}
        for nodes in product(*(axis.nodes for axis in axes)):
            key = _key(table, axes, nodes)
            cell = table.cells.get(key)
            at[nodes] = len(self.keys)
            self.keys.append(key)
            self.values.append(_whole(cell.value) if cell else 0)
            self.known.append(cell.repeated if cell else 0)
        self.nonzero = [i for i, value in enumerate(self.values) if value]
        self.lines = list(self._lines(axes, at))
        self._check(table)

    def _lines(self, axes: list["_Axis"], at: dict) -> Iterable[Line]:
        for place, axis in enumerate(axes):
            exact = self.table.repeating not in axis.names
            others = [each.nodes if i != place else None for i, each in enumerate(axes)]
            for node, children in axis.children.items():
                for rest in product(*(nodes if nodes is not None else [node] for nodes in others)):
                    parts = (at[rest[:place] + (child,) + rest[place + 1 :]] for child in children)
                    kept = tuple(i for i in parts if self.values[i])
                    if kept or self.values[at[rest]]:
                        top = self.sums_known and not any(rest)
                        yield Line(at[rest], kept, exact, sum_known=top and not exact)

    def _check(self, table: Table) -> None:
        """A table that contradicts itself cannot be protected: our sums would not be the attacker's."""
        loose = [a - b for a, b in zip(self.values, self.known, strict=True)]
        for line in self.lines:
            parts = [loose[i] for i in line.parts]
            total = loose[line.total]
            if total < 0 or (total != sum(parts) if line.exact else not max(parts, default=0) <= total <= sum(parts)):
                raise Refused(
                    gettext_noop("The total %(key)s does not agree with its parts. Count the table with its totals."),
                    key=" / ".join(self.keys[line.total]) or ALL,
                )

    def room_below(self, i: int) -> int:
        """How far below its value a hidden cell may lie in an attacker's eyes: never zero, never below the known."""
        return min(self.values[i] - self.known[i], self.values[i] - 1)


class _Axis:
    """The nodes of one axis: paths of labels from the outermost dimension inwards; () is the total."""

    def __init__(self, table: Table, names: tuple[str, ...]):
        self.names = names
        self.places = [table.dimensions.index(name) for name in names]
        paths = {()}
        for key in table.cells:
            path = tuple(key[place] for place in self.places)
            while path and path[-1] == ALL:
                path = path[:-1]
            if ALL in path:
                raise Refused(
                    gettext_noop("A total over the outer dimension with a value of the inner one has no place.")
                )
            paths |= {path[:n] for n in range(len(path) + 1)}
        least = max((n + 1 for n, name in enumerate(names) if name in table.no_total), default=0)
        self.nodes = sorted(path for path in paths if len(path) >= least)
        self.children: dict[tuple, list[tuple]] = {}
        for path in self.nodes:
            if len(path) > least:
                self.children.setdefault(path[:-1], []).append(path)


def _key(table: Table, axes: list[_Axis], nodes: tuple) -> tuple[str, ...]:
    labels = [ALL] * len(table.dimensions)
    for axis, path in zip(axes, nodes, strict=True):
        for place, word in zip(axis.places, path, strict=False):
            labels[place] = word
    return tuple(labels)


def _whole(value) -> int:
    if value != int(value) or value < 0:
        raise Refused(
            gettext_noop("Protection works on counts: whole numbers of zero or more, not %(value)s."), value=value
        )
    return int(value)
