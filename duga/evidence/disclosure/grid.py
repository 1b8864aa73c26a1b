"""A table as an attacker sees it: cells, and the lines along which they hang together.

Along an ordinary line a total is the sum of its parts. Along the one axis on which people are met again
(`Table.repeating`: months, services) a total is at least the largest part and at most the sum of the parts; the
attacker is taken to know by how much the sum exceeds it. On every other axis people who do stand in two
places exist (`Cell.repeated`): the attacker is taken to know each of them, and for the rest totals are sums.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product, repeat
from operator import attrgetter, itemgetter

from duga.evidence.model import ALL, Cell, Table, chains
from duga.plain.errors import Refused, gettext_noop

LARGEST = 250_000
"""Most cells a table may have; a finer one helps no reader."""


NONE = Cell(0)
"""What a cell that the table leaves out is."""


@dataclass(frozen=True, slots=True)
class Line:
    """A total and its parts, as positions in `Grid.keys`. `exact`: the total is their sum.

    `sum_known`: it is not, but an attacker is taken to know their sum all the same.
    """

    total: int
    parts: tuple[int, ...]
    exact: bool
    sum_known: bool = False


@dataclass(frozen=True, slots=True)
class Sums:
    """Lines along one axis to the same label, as arrays: a total each, its parts beside it and which of them are not
    zero. `top`: the total of all, where its sum is known although it is not exact."""

    totals: object
    parts: object
    there: object
    exact: bool
    top: int | None

    def lines(self) -> Iterator[Line]:
        for total, parts, there in zip(self.totals.tolist(), self.parts, self.there, strict=True):
            yield Line(total, tuple(parts[there].tolist()), self.exact, sum_known=total == self.top)

    def rows(self, of) -> tuple:
        """Each line as a row of unknowns, `of` giving that of each cell: how long each is, and all, totals first."""
        import numpy as np

        cells = np.concatenate([self.totals[:, None], self.parts], axis=1)
        there = np.concatenate([np.ones((len(cells), 1), dtype=bool), self.there], axis=1)
        return there.sum(axis=1), of[cells[there]]


class Grid:
    """Every cell of a table, zeros included, and the lines between those that are not zero.

    `keys[i]`, `values[i]` (whole numbers), `known[i]` (people in it whom the attacker is taken to know anyway).
    `nonzero` are the positions an attacker has anything to find out about: zeros are shown, always.
    `sums_known`: the table stands beside others that tell how often people were met altogether (quantities of all
    units, say), so the sum along the axis that repeats is no secret, and a cell hidden alone on it would not be one.
    """

    def __init__(self, table: Table, sums_known: bool = False, check: bool = True):
        import numpy as np

        self.table, self.sums_known = table, sums_known
        axes = self.axes = [_Axis(table, axis) for axis in chains(table.dimensions, table.within)]
        self.ways = sum(len(axis.nodes) > 1 for axis in axes)
        size = 1
        for axis in axes:
            size *= len(axis.nodes)
        if size > LARGEST:
            raise Refused(
                gettext_noop("The table would have %(size)s cells. Take fewer dimensions, or coarser ones."), size=size
            )
        self.keys = list(_keys(table, axes))
        self.cells = list(map(table.cells.get, self.keys, repeat(NONE)))
        self.values = list(map(attrgetter("value"), self.cells))
        if set(map(type, self.values)) != {int} or min(self.values) < 0:
            self.values = list(map(_whole, self.values))
        self.known = list(map(attrgetter("repeated"), self.cells))
        self._value, self._known = np.array(self.values, dtype=np.int64), np.array(self.known, dtype=np.int64)
        self.nonzero = np.flatnonzero(self._value).tolist()
        self.sums = list(self._sums(check))

    def _sums(self, check: bool) -> Iterator[Sums]:
        """The lines axis by axis; refused when one does not add up: our sums would not be the attacker's."""
        import numpy as np

        at = np.arange(len(self.keys)).reshape([len(axis.nodes) for axis in self.axes])
        loose = self._value - self._known
        for place, axis in enumerate(self.axes):
            exact = self.table.repeating not in axis.names
            index = {node: n for n, node in enumerate(axis.nodes)}
            for node, children in axis.children.items():
                totals = np.take(at, index[node], axis=place).reshape(-1)
                parts = np.take(at, [index[child] for child in children], axis=place)
                parts = np.moveaxis(parts, place, 0).reshape(len(children), -1)
                total, sums = loose[totals], loose[parts].sum(axis=0)
                wrong = (total != sums) if exact else (total > sums) | (total < loose[parts].max(axis=0))
                wrong |= total < 0
                if check and wrong.any():
                    raise self.disagrees(int(totals[np.flatnonzero(wrong)[0]]))
                there = self._value[parts] > 0
                some = np.flatnonzero(there.any(axis=0) | (self._value[totals] > 0))
                top = self.sums_known and not exact and not node and at.size > 1
                yield Sums(totals[some], parts[:, some].T, there[:, some].T, exact, int(at.flat[0]) if top else None)

    @cached_property
    def lines(self) -> list[Line]:
        """The lines one by one."""
        return [line for sums in self.sums for line in sums.lines()]

    def disagrees(self, i: int) -> Refused:
        """A table that contradicts itself cannot be protected."""
        return Refused(
            gettext_noop("The total %(key)s does not agree with its parts. Count the table with its totals."),
            key=" / ".join(self.keys[i]) or ALL,
        )

    def name(self, i: int) -> frozenset:
        """Whom a cell counts: its labels without the totals, and what is counted."""
        key = self.keys[i]
        return frozenset(
            (self.table.measure, *((n, w) for n, w in zip(self.table.dimensions, key, strict=True) if w != ALL))
        )

    def rooms(self) -> tuple:
        """The values that are not zero, and how far below each a hidden cell may lie (see `room_below`)."""
        import numpy as np

        values, known = self._value[self.nonzero], self._known[self.nonzero]
        return values, values - np.maximum(known, 1)

    def room_below(self, i: int) -> int:
        """How far below its value a hidden cell may lie in an attacker's eyes: never zero, never below the known."""
        return min(self.values[i] - self.known[i], self.values[i] - 1)


class _Axis:
    """The nodes of one axis: paths of labels from the outermost dimension inwards; () is the total."""

    def __init__(self, table: Table, names: tuple[str, ...]):
        self.names = names
        self.places = [table.dimensions.index(name) for name in names]
        paths = {()}
        if len(names) == 1:
            found = ((word,) for word in set(map(itemgetter(*self.places), table.cells)))
        else:
            found = set(map(itemgetter(*self.places), table.cells))
        for path in found:
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


def _keys(table: Table, axes: list[_Axis]) -> Iterable[tuple[str, ...]]:
    """The labels of every cell, axis by axis, totals as (all)."""
    order = [place for axis in axes for place in axis.places]
    back = [order.index(place) for place in range(len(table.dimensions))]
    padded = [[node + (ALL,) * (len(axis.names) - len(node)) for node in axis.nodes] for axis in axes]
    if all(len(axis.names) == 1 for axis in axes) and back == list(range(len(back))):
        return product(*([word for (word,) in nodes] for nodes in padded))
    return (tuple([flat[n] for n in back]) for flat in (sum(nodes, ()) for nodes in product(*padded)))


def _whole(value) -> int:
    if value != int(value) or value < 0:
        raise Refused(
            gettext_noop("Protection works on counts: whole numbers of zero or more, not %(value)s."), value=value
        )
    return int(value)
