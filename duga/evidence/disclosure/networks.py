"""Networks: what an attacker knows of a table of two axes, one of which may nest (areas in countries), by flows.

Every cell of such a table stands in two sums that matter: along its line and over those of its column in the same
country; a country's cell in its own and in the total's. (The lines of countries follow from the others.) So sums are
knots, cells the links between them, and what goes round a ring leaves all sums right: how far a cell can go is a
largest flow, in whole numbers.
"""

from duga.evidence.disclosure.system import System

KNOTS = 2_000
"""Tables with more knots are asked linear programmes: the links of every knot are kept as so many bits."""


class Network:
    """The knots between which raising each unknown flows, from its `tail` to its `head`, and how far it goes."""

    def __init__(self, system: System):
        import numpy as np

        grid = system.grids[0]
        tree, flat = grid.axes if _flat(grid.axes[1]) else reversed(grid.axes)
        width, knots = len(flat.nodes), {node: n for n, node in enumerate(tree.nodes)}
        total, ground = flat.nodes.index(()), len(tree.nodes) * width
        size = tuple(len(axis.nodes) for axis in grid.axes)
        places = np.unravel_index(np.array(grid.nonzero, dtype=np.int64), size)
        label, way = places if tree is grid.axes[0] else places[::-1]
        leaf = np.array([node not in tree.children for node in tree.nodes])
        over = np.array([knots[node[:-1]] * width if node else ground for node in tree.nodes])
        own = np.where(leaf[label], label * width, label * width + way)
        above = np.where(over[label] == ground, ground, over[label] + way)
        turned = way == total
        used, ends = np.unique(np.concatenate([own, above]), return_inverse=True)
        own, above = ends[: system.n], ends[system.n :]
        self.size = len(used)
        self.tail, self.head = np.where(turned, above, own), np.where(turned, own, above)
        self.most = float(system.need.max(initial=0))
        self.up, self.down = np.full(system.n, self.most), np.clip(system.below, 0, self.most)
        self.ends = list(zip(self.tail.tolist(), self.head.tolist(), strict=True))
        self.rooms = {1: self.up.tolist(), -1: self.down.tolist()}
        self.link = {ends: (cell, 1) for cell, ends in enumerate(self.ends)}
        self.link |= {(head, tail): (cell, -1) for cell, (tail, head) in enumerate(self.ends)}

    @staticmethod
    def fit(system: System) -> bool:
        """Whether a system is one such table, with all its totals, and nothing else."""
        axes = system.grids[0].axes if system.alone else ()
        whole = len(axes) == 2 and not system.loose and all(() in axis.children for axis in axes)
        if not whole or not any(_flat(axis) for axis in axes):
            return False
        tree, flat = axes if _flat(axes[1]) else reversed(axes)
        return len(tree.nodes) + len(tree.children) * len(flat.nodes) <= KNOTS

    def most_of(self, cell: int, side: int, among: "Among") -> tuple:
        """Raises (1) or lowers (-1) a cell as far as it needs or goes: the cells touched and their deviations."""
        import numpy as np

        tail, head = self.ends[cell] if side > 0 else self.ends[cell][::-1]
        far, gone, moved, links = self.rooms[side][cell], 0.0, {}, among.links
        path = among.way(head, tail, links) if far else []
        while path:
            room = far - gone
            for each, sign in path:
                room = min(room, self.rooms[sign][each] - sign * moved.get(each, 0.0))
            if not gone and room < far:
                links = links[0].copy(), links[1].copy()
            gone += room
            for each, sign in path:
                z = moved[each] = moved.get(each, 0.0) + sign * room
                if gone < far:
                    _set(links, *self.ends[each], self.rooms[1][each] > z)
                    _set(links, *self.ends[each][::-1], self.rooms[-1][each] > -z)
            path = among.way(head, tail, links) if gone < far else []
        moved[cell] = side * gone
        steps = [(each, z) for each, z in moved.items() if z]
        return np.array([each for each, _ in steps], dtype=np.int64), np.array([z for _, z in steps])


class Among:
    """The network of some cells only: for each knot those it leads to, and those that lead to it, as bits of a number.

    Of ways of the same length one over `wanted` cells is taken, so that it serves them, too.
    """

    def __init__(self, network: Network, cells, wanted):
        import numpy as np

        self.network = network
        there, asked = np.zeros((2, network.size, network.size), dtype=bool)
        tail, head, falls = network.tail[cells], network.head[cells], network.down[cells] > 0
        there[tail, head] = True
        there[head[falls], tail[falls]] = True
        asked[network.tail[wanted], network.head[wanted]] = asked[network.head[wanted], network.tail[wanted]] = True
        self.links, (_, self.wanted) = _bits(there), _bits(asked)

    def way(self, start: int, goal: int, links: tuple) -> list:
        """A way of fewest links, but not the one that joins both: its cells, the last first, each with its sign; empty
        if there is none."""
        out, levels, seen = links[0], [1 << start], 1 << start
        found = out[start] & ~(1 << goal)
        while found:
            if found >> goal & 1:
                return self._back(goal, levels, links[1])
            seen |= found
            levels.append(found)
            found = _ends(out, found) & ~seen
        return []

    def _back(self, knot: int, levels: list[int], into: list[int]) -> list:
        """The way found, backwards through the knots that were reached after as many links each."""
        path, link = [], self.network.link
        for level in reversed(levels):
            found = into[knot] & level
            before = _first(found & self.wanted[knot] or found)
            path.append(link[before, knot])
            knot = before
        return path


def _flat(axis) -> bool:
    return list(axis.children) == [()]


def _bits(matrix) -> tuple[list[int], list[int]]:
    """Yes and no by row and by column, each as the bits of one whole number."""
    import numpy as np

    found = []
    for each in (matrix, matrix.T):
        packed = np.packbits(each, axis=1, bitorder="little")
        told, size = packed.tobytes(), packed.shape[1]
        found.append([int.from_bytes(told[n : n + size], "little") for n in range(0, len(told), size)])
    return tuple(found)


def _set(links: tuple, start: int, end: int, yes: bool) -> None:
    out, into = links
    out[start] = out[start] | 1 << end if yes else out[start] & ~(1 << end)
    into[end] = into[end] | 1 << start if yes else into[end] & ~(1 << start)


def _first(bits: int) -> int:
    return (bits & -bits).bit_length() - 1


def _ends(links: list[int], knots: int) -> int:
    """All that links from these knots lead to."""
    found = 0
    while knots:
        low = knots & -knots
        found |= links[low.bit_length() - 1]
        knots ^= low
    return found
