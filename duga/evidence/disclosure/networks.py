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
        tail, head = np.where(turned, above, own), np.where(turned, own, above)
        self.most = int(system.need.max(initial=0))
        self.need = system.need.tolist()
        self.tail, self.head = tail.tolist(), head.tolist()
        self.up, self.down = [self.most] * system.n, np.clip(system.below, 0, self.most).astype(int).tolist()
        # the cell that leads from one knot to another, counted from one; below nought where it falls
        self.link = dict(zip((tail * self.size + head).tolist(), range(1, system.n + 1), strict=True))
        self.link |= zip((head * self.size + tail).tolist(), range(-1, -system.n - 1, -1), strict=True)

    @staticmethod
    def fit(system: System) -> bool:
        """Whether a system is one such table, with all its totals, and nothing else."""
        axes = system.grids[0].axes if system.plain else ()
        whole = len(axes) == 2 and not system.loose and all(() in axis.children for axis in axes)
        if not whole or not any(_flat(axis) for axis in axes):
            return False
        tree, flat = axes if _flat(axes[1]) else reversed(axes)
        return len(tree.nodes) + len(tree.children) * len(flat.nodes) <= KNOTS


class Among:
    """The network of what is hidden: for each knot those it leads to and those that lead to it, as bits of a number."""

    def __init__(self, network: Network):
        import numpy as np

        self.network = network
        self.links = [0] * network.size, [0] * network.size
        self.hidden = np.zeros(len(network.need), dtype=bool)

    def hide(self, hidden) -> None:
        """Sets which cells are hidden (yes or no for each)."""
        network, (out, into) = self.network, self.links
        for cell in (hidden != self.hidden).nonzero()[0].tolist():
            tail, head = network.tail[cell], network.head[cell]
            out[tail] ^= 1 << head
            into[head] ^= 1 << tail
            if network.down[cell]:
                out[head] ^= 1 << tail
                into[tail] ^= 1 << head
        self.hidden = hidden.copy()

    def doubt(self, cells, up: list, down: list, first: bool = False) -> tuple[list, list]:
        """Looks for moves of these cells until the doubt about each is as wide as it needs to be, or cannot be.

        `up`, `down`: how far each cell is known to go, brought up to date. Gives the cells that can be known too well
        (`first`: no more than one) and the moves found: the cells of each and their steps.
        """
        need, found, moves = self.network.need, [], []
        for cell in cells:
            if up[cell] + down[cell] < need[cell]:
                self._push(cell, 1, need[cell] - down[cell], up, down, moves)
            if up[cell] + down[cell] < need[cell] <= up[cell] + self.network.down[cell]:
                self._push(cell, -1, need[cell] - up[cell], up, down, moves)
            if up[cell] + down[cell] < need[cell]:
                found.append(cell)
                if first:
                    break
        return found, moves

    def _push(self, cell: int, side: int, far: float, up: list, down: list, moves: list) -> None:
        """Raises (1) or lowers (-1) a cell as far as asked or as it goes, ring by ring; each is a move, and all
        together."""
        network, links, rings, moved, gone = self.network, self.links, [], {}, 0
        start, goal = (network.head[cell], network.tail[cell])[::side]
        while gone < far:
            path = self._way(start, goal, *links)
            if not path:
                break
            room = far - gone
            for code in path:
                each = abs(code) - 1
                z = moved.get(each, 0)
                room = min(room, network.up[each] - z if code > 0 else network.down[each] + z)
            gone += room
            for code in path:
                each = abs(code) - 1
                moved[each] = moved.get(each, 0) + (room if code > 0 else -room)
            rings.append([*path, side * (cell + 1)])
            if gone < far:
                links = links if len(rings) > 1 else (links[0].copy(), links[1].copy())
                self._turn(path, moved, links)
        for ring in rings:
            self._keep([abs(code) - 1 for code in ring], [1 if code > 0 else -1 for code in ring], up, down, moves)
        if len(rings) > 1 and gone > (up if side > 0 else down)[cell]:
            moved[cell] = side * gone
            steps = {each: step for each, step in moved.items() if step}
            for each, step in steps.items():
                up[each], down[each] = max(up[each], step), max(down[each], -step)
            moves.append((list(steps), list(steps.values())))

    def _keep(self, cells: list, signs: list, up: list, down: list, moves: list) -> None:
        """A ring by itself, as far as it goes both ways round, if that tells anything new."""
        highest, lowest, new = self.network.up, self.network.down, False
        ring = list(zip(cells, signs, strict=True))
        on = min([highest[each] if sign > 0 else lowest[each] for each, sign in ring])
        back = min([lowest[each] if sign > 0 else highest[each] for each, sign in ring])
        for each, sign in ring:
            rise, fall = (on, back)[::sign]
            if rise > up[each]:
                up[each], new = rise, True
            if fall > down[each]:
                down[each], new = fall, True
        if new:
            moves.append((cells, signs))

    def _turn(self, path: list, moved: dict, links: tuple) -> None:
        """Brings the links up to date with what has moved."""
        network, (out, into) = self.network, links
        for code in path:
            each = abs(code) - 1
            z, tail, head = moved[each], network.tail[each], network.head[each]
            for start, end, yes in ((tail, head, z < network.up[each]), (head, tail, z > -network.down[each])):
                if yes:
                    out[start] |= 1 << end
                    into[end] |= 1 << start
                else:
                    out[start] &= ~(1 << end)
                    into[end] &= ~(1 << start)

    def _way(self, start: int, goal: int, out: list, into: list) -> list:
        """A way of fewest links, but not the one that joins both: its cells, the last first, as in `link`."""
        level, last = 1 << start, into[goal] & ~(1 << start)
        found, seen, levels = out[start] & ~(1 << goal), level, [level]
        while found:
            if found & last:
                return self._back(goal, found & last, levels, into)
            levels.append(found)
            seen |= found
            rest, found = found, 0
            while rest:
                low = rest & -rest
                found |= out[low.bit_length() - 1]
                rest ^= low
            found &= ~seen
        return []

    def _back(self, knot: int, found: int, levels: list, into: list) -> list:
        """The way found, backwards through the knots that were reached after as many links each: of several links the
        one that goes farthest."""
        path, link, size, up, down = [], self.network.link, self.network.size, self.network.up, self.network.down
        for level in (*reversed(levels), 0):
            most = -1
            while found:
                low = found & -found
                start, found = low.bit_length() - 1, found ^ low
                code = link[start * size + knot]
                room = up[code - 1] if code > 0 else down[-code - 1]
                if room > most:
                    before, best, most = start, code, room
                    if room == self.network.most:
                        break
            path.append(best)
            knot, found = before, into[before] & level
        return path


def _flat(axis) -> bool:
    return list(axis.children) == [()]
