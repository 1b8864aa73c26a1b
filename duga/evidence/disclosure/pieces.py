"""The smallest pieces of several tables that no two of them tell alone: rings of tables, and labels that cross.

Tables by sex and age, age and area, area and sex bind one another through sex × age × area, which nobody publishes;
ages cut as 0-13, 14-29 and as 0-17, 18-29 through 0-13, 14-17, 18-29. What an attacker finds out there he finds by
holding that no piece has fewer people than nought. Tables that hang together like a tree need none of this (each two
neighbours can always be filled alike; Beeri and others, On the desirability of acyclic database schemes, 1983), so
pieces are made only of the axes on which they do not.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product

from duga.evidence.disclosure.nested import Layer, Node, holds
from duga.evidence.disclosure.system import System
from duga.plain.errors import gettext_noop

LARGEST = 2_000
"""Most pieces that can be nonzero: more are not looked through, and the tables are refused together."""

MANY = 200_000
"""Most pieces, zeros among them, that are listed at all."""

TOO_MANY = gettext_noop(
    "These tables, and those published before, cut the same people in more ways than can be checked together. "
    "Leave one of them out, or take a coarser one."
)

Partition = frozenset
"""A table's labels on an axis, each as the atoms that it holds: a frozenset of frozensets."""


@dataclass
class Group:
    """Tables that count the same people, and the pieces of these people.

    `rows`: (table, its cells, the pieces they are the sum of); `values`: numbers that fit, one a piece; `at`: a piece
    by its atoms.
    """

    layers: list[Layer]
    at: dict[tuple, int] = field(default_factory=dict)
    rows: list[tuple[Layer, tuple[int, ...], tuple[int, ...]]] = field(default_factory=list)
    values: list[int] = field(default_factory=list)

    @property
    def loose(self) -> bool:
        """Whether people may be met in several pieces."""
        return any(layer.met_again or any(layer.grid.known) for layer in self.layers)


@dataclass
class Ring:
    """Groups of tables whose pieces are bound to one another; `grown`: (earlier, later) positions of groups."""

    groups: list[Group]
    grown: list[tuple[int, int]]

    def place(self, system: System, layers: Iterable[Layer]) -> None:
        """Adds the pieces to a system, for those of the tables that it holds: nobody publishes them, so they are
        hidden for good, and nobody needs to be in doubt about them."""
        held, first = {id(layer) for layer in layers}, {}
        for n, group in enumerate(self.groups):
            rows = [row for row in group.rows if id(row[0]) in held]
            if not rows:
                continue
            first[n] = start = system.extend(group.values, group.values)
            system.need[start:], system.primary[start:] = 0.0, False
            for layer, cells, pieces in rows:
                known = [layer.of[i] for i in cells if i in layer.of]
                if pieces:
                    signs = [1.0] * len(known) + [-1.0] * len(pieces)
                    system.row([*known, *(start + piece for piece in pieces)], signs)
        for early, late in self.grown:
            if early in first and late in first:
                one, other = self.groups[early], self.groups[late]
                for atoms, i in one.at.items():
                    k = other.at[atoms]
                    room = float(other.values[k] - one.values[i])
                    system.row([first[early] + i, first[late] + k], [1.0, -1.0], -math.inf, room)


def rings(layers: Sequence[Layer], related: Callable[[Layer, Layer], str]) -> list[Ring]:
    """The rings among some tables, without values yet; `related` gives "same", "grown" (the second has grown since the
    first), or another word. Refuses what has too many pieces."""
    found = []
    measures = {layer.grid.table.measure for layer in layers}
    for measure in sorted(measures):
        mine = [layer for layer in layers if layer.grid.table.measure == measure]
        if len(mine) > 1 and _Axes(mine).core():
            found += _bound(mine, related)
    return found


def _bound(layers: list[Layer], related) -> list[Ring]:
    """Tables that are related, by groups; a ring for each lot of groups that needs one."""
    pairs = {(i, k): related(layers[i], layers[k]) for i in range(len(layers)) for k in range(len(layers)) if i != k}
    group = _joined(len(layers), [pair for pair, word in pairs.items() if word == "same"])
    grown = {(group[i], group[k]) for (i, k), word in pairs.items() if word == "grown" and group[i] != group[k]}
    grown = {pair for pair in grown if pair[::-1] not in grown}
    lot = _joined(len(layers), [*grown, *((i, g) for i, g in enumerate(group))])
    found = []
    for each in sorted(set(lot)):
        numbers = sorted({group[i] for i in range(len(layers)) if lot[i] == each})
        inside = [[layer for layer, g in zip(layers, group, strict=True) if g == number] for number in numbers]
        axes = _Axes([layer for some in inside for layer in some])
        core = axes.core()
        if core:
            order = {number: n for n, number in enumerate(numbers)}
            after = [(order[a], order[b]) for a, b in sorted(grown) if a in order and b in order]
            found.append(_ring([Group(some) for some in inside], after, axes, sorted(core)))
    return found


def _joined(n: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """For each of n the lowest of those that pairs join it with."""
    lowest = list(range(n))
    for i, k in pairs:
        low, high = sorted((lowest[i], lowest[k]))
        lowest = [low if each == high else each for each in lowest]
    return lowest


def _ring(groups: list[Group], grown: list, axes: "_Axes", core: list[str]) -> Ring:
    size = math.prod(len(axes.atoms[axis]) for axis in core)
    if size > MANY:
        refuse()
    every = list(product(*(range(len(axes.atoms[axis])) for axis in core)))
    gone = {}
    for n, group in enumerate(groups):
        gone[n] = set().union(*(_zeros(layer, axes, core, every) for layer in group.layers))
    for _ in groups:  # what is nought now was nought before
        for early, late in grown:
            gone[early] |= gone[late]
    if sum(size - len(each) for each in gone.values()) > LARGEST:
        refuse()
    for n, group in enumerate(groups):
        group.at = {atoms: i for i, atoms in enumerate(each for each in every if each not in gone[n])}
        for layer in group.layers:
            for cells, pieces in _cells(layer, axes, core, group.at):
                if cells:
                    group.rows.append((layer, cells, tuple(group.at[each] for each in pieces)))
    return Ring(groups, grown)


def refuse():
    """More than can be looked through."""
    from duga.evidence.disclosure.protect import CannotProtect

    raise CannotProtect(TOO_MANY)


def _cells(layer: Layer, axes: "_Axes", core: Sequence[str], every: Iterable[tuple]) -> Iterable[tuple]:
    """(cells of a table, the pieces that they are the sum of) for all its labels on these axes."""
    own = [n for n, axis in enumerate(core) if axis in layer.nodes]
    leaves = [axes.leaf[axis][id(layer)] for n, axis in enumerate(core) if n in own]
    pieces: dict[tuple, list] = {}
    for atoms in every:
        label = tuple(held[atoms[n]] for n, held in zip(own, leaves, strict=True))
        if None not in label:
            pieces.setdefault(label, []).append(atoms)
    names = [core[n] for n in own]
    rest = {axis: sorted(layer.leaves[axis], key=repr) for axis in layer.nodes if axis not in names}
    for label in product(*(sorted(layer.leaves[axis], key=repr) for axis in names)):
        parts = {axis: (node,) for axis, node in zip(names, label, strict=True)}
        side = layer.side(parts) or layer.side(parts | rest)
        if side is not None:
            yield side.cells, pieces.get(label, [])


def _zeros(layer: Layer, axes: "_Axes", core: Sequence[str], every: list[tuple]) -> set[tuple]:
    """The pieces of which a table says that nobody is in them."""
    found = {atoms for cells, pieces in _cells(layer, axes, core, every) if not cells for atoms in pieces}
    for n, axis in enumerate(core):
        if axis in layer.nodes and any(axis not in level for level in layer.levels):
            out = {i for i, leaf in enumerate(axes.leaf[axis][id(layer)]) if leaf is None}
            found |= {atoms for atoms in every if atoms[n] in out}
    return found


class _Axes:
    """How tables cut each axis: `atoms` that all their labels can be put together of, `leaf` the label of each table
    that an atom lies in, or None."""

    def __init__(self, layers: Sequence[Layer]):
        self.layers = layers
        self.atoms: dict[str, list[tuple]] = {}
        self.leaf: dict[str, dict[int, list[Node | None]]] = {}
        for axis in sorted({axis for layer in layers for axis in layer.nodes}):
            mine = [layer for layer in layers if axis in layer.nodes]
            finest = _finest({node for layer in mine for node in layer.leaves[axis]})
            # what all labels cut alike is one atom
            found = dict.fromkeys(tuple(_inside(node, layer.leaves[axis]) for layer in mine) for node in finest)
            self.atoms[axis] = list(found)
            self.leaf[axis] = {id(layer): [atom[n] for atom in found] for n, layer in enumerate(mine)}
        self.cuts = {axis: self._partitions(axis) for axis in self.atoms}

    def _partition(self, axis: str, layer: Layer) -> Partition:
        blocks: dict[Node, set[int]] = {}
        for i, leaf in enumerate(self.leaf[axis][id(layer)]):
            if leaf is not None:
                blocks.setdefault(leaf, set()).add(i)
        return frozenset(frozenset(block) for block in blocks.values())

    def _partitions(self, axis: str) -> set[Partition]:
        """The ways in which tables cut an axis, and what each two of them can both be added up to."""
        own = {self._partition(axis, layer) for layer in self.layers if axis in layer.nodes}
        return own | {_join(one, other) for one, other in combinations(own, 2)}

    def _vertices(self, layer: Layer) -> set[tuple[str, Partition]]:
        """All ways of cutting that a table can be added up to."""
        return {
            (axis, cut)
            for axis in layer.nodes
            for cut in self.cuts[axis]
            if all(any(block <= wide for wide in cut) for block in self._partition(axis, layer))
        }

    def core(self) -> set[str]:
        """The axes whose pieces bind tables together beyond what each two of them tell; none for a tree of tables."""
        found: set[str] = set()
        for one, other in combinations(self.layers, 2):
            both = one.nodes.keys() & other.nodes.keys()
            if any(_cross(self._partition(axis, one), self._partition(axis, other)) for axis in both):
                found |= both
        edges = [self._vertices(layer) for layer in self.layers]
        while True:
            middle = {(axis, cut) for axis in found for cut in self.cuts[axis]}
            left = _residue([*edges, middle])
            if not left:
                return found
            found |= {axis for edge in left for axis, _ in edge}


def _finest(nodes: set[Node]) -> list[Node]:
    """Labels cut where any of them begins or ends; of places the innermost."""
    spans = [node for node in nodes if node[0] == "span"]
    edges = sorted({node[1] for node in spans} | {node[2] + 1 for node in spans})
    cut = [("span", low, high - 1) for low, high in zip(edges, edges[1:], strict=False)]
    rest = [node for node in nodes if node[0] != "span" and not any(holds(node, other) for other in nodes)]
    return [*cut, *sorted(rest, key=repr)]


def _inside(atom: Node, labels: Iterable[Node]) -> Node | None:
    return next((label for label in labels if label == atom or holds(label, atom)), None)


def _join(one: Partition, other: Partition) -> Partition:
    """The finest cut that both can be added up to."""
    blocks: list[frozenset] = []
    for each in (*one, *other):
        near = [block for block in blocks if block & each]
        blocks = [block for block in blocks if not block & each] + [each.union(*near)]
    return frozenset(blocks)


def _cross(one: Partition, other: Partition) -> bool:
    """Whether two labels have people in common and each others of its own."""
    return any(a & b and a - b and b - a for a in one for b in other)


def _residue(edges: Sequence[set]) -> list[set]:
    """What is left of sets when again and again what stands in one alone, and sets within others, are taken away:
    nothing, if they hang together like a tree (Graham's test)."""
    left = [set(edge) for edge in edges]
    while True:
        count: Mapping = {}
        for edge in left:
            for vertex in edge:
                count[vertex] = count.get(vertex, 0) + 1
        slim = [{vertex for vertex in edge if count[vertex] > 1} for edge in left]
        kept: list[set] = []
        for n, edge in enumerate(slim):
            if edge and not any(edge < other or (edge == other and n > k) for k, other in enumerate(slim)):
                kept.append(edge)
        if kept == left:
            return kept
        left = kept
