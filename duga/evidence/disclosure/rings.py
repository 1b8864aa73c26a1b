"""Rings: the moves of a table that is a network, found without a programme.

What goes round a ring of cells, rising and falling in turn, leaves all sums right (`networks`). A cell's lightest moves
are cheapest flows from the one of its knots to the other (successive shortest paths, in whole numbers).
"""

from duga.evidence.disclosure.networks import Network
from duga.evidence.disclosure.system import System

FREE = 1e-4
"""What moving a hidden cell costs."""

KNOTS = 800
"""Networks of more knots are asked programmes: what a deviation costs is kept for every two knots."""


class Rings:
    """Cheapest flows of a network."""

    def __init__(self, system: System, network: Network):
        import numpy as np

        self.network, self.size = network, network.size
        self.tail, self.head = np.array([network.tail, network.head], dtype=np.int64)
        up, down = np.array(network.up, dtype=float), np.array(network.down, dtype=float)
        self.up = 1.0 / np.maximum(up, 0.5)
        self.down = np.where(down > 0, 1.0 / np.maximum(down, 0.5), np.inf)

    def prices(self, cost):
        """What a deviation of one costs from each knot to each other, if touching each unknown costs so much: infinite
        where it must not be touched or cannot go."""
        import numpy as np

        prices = np.full((self.size, self.size), np.inf)
        prices[self.tail, self.head], prices[self.head, self.tail] = cost * self.up, cost * self.down
        return prices

    def free(self, prices, cells) -> None:
        """Touching these costs (almost) nothing now."""
        tail, head = self.tail[cells], self.head[cells]
        prices[tail, head], prices[head, tail] = FREE * self.up[cells], FREE * self.down[cells]

    def flow(self, cell: int, side: int, far: int, prices, known: dict | None = None) -> tuple | None:
        """Raises (1) or lowers (-1) a cell so far: the cells touched and their deviations; None if it does not go.

        `known` keeps the ways found for a cell: who asks less far afterwards is answered by the first of them.
        """
        import numpy as np

        known = {} if known is None else known
        if far > (self.network.up if side > 0 else self.network.down)[cell]:
            return None
        if side not in known:
            known[side] = self._ways(cell, side, far, prices)
        moved = {cell: 0}
        for path, room in known[side]:
            room = min(room, far - side * moved[cell])
            for code in path if room else ():
                each = abs(code) - 1
                moved[each] = moved.get(each, 0) + (room if code > 0 else -room)
            moved[cell] += side * room
        if side * moved[cell] < far:
            return None
        steps = {each: z for each, z in moved.items() if z}
        return np.array(list(steps), dtype=np.int64), np.array(list(steps.values()), dtype=float)

    def _ways(self, cell: int, side: int, far: int, prices) -> list[tuple[list[int], int]]:
        """The ways from the one knot of a cell to the other, the cheapest first, and how much goes each, until it is as
        far as asked or as it goes. Prices are changed on the way, and set back."""
        network, moved, found, gone, before = self.network, {}, [], 0, {}
        start, goal = (network.head[cell], network.tail[cell])[::side]
        for ends in ((start, goal), (goal, start)):
            before[ends], prices[ends] = prices[ends], float("inf")
        while gone < far:
            path = self._shortest(prices, start, goal)
            if not path:
                break
            room = far - gone
            for code in path:
                each = abs(code) - 1
                z = moved.get(each, 0)
                room = min(room, network.up[each] - z if code > 0 else network.down[each] + z)
            gone += room
            found.append((path, room))
            for code in path if gone < far else ():
                each = abs(code) - 1
                z = moved[each] = moved.get(each, 0) + (room if code > 0 else -room)
                # what is touched costs nothing more, and taking back even less
                ends = network.tail[each], network.head[each]
                before.setdefault(ends, prices[ends])
                prices[ends] = FREE / 9 if z < 0 else FREE / 5 if z < network.up[each] else float("inf")
                ends = ends[::-1]
                before.setdefault(ends, prices[ends])
                prices[ends] = FREE / 9 if z > 0 else FREE / 5 if z > -network.down[each] else float("inf")
        for ends, price in before.items():
            prices[ends] = price
        return found

    def _shortest(self, prices, start: int, goal: int) -> list[int]:
        """The cheapest way between two knots: its cells as in `Network.link`, the last first; empty if none goes."""
        import numpy as np

        far = np.full(self.size, np.inf)
        far[start], changed = 0.0, np.array([start])
        while len(changed):
            nearer = np.minimum.reduce(prices[changed] + far[changed, None], axis=0)
            (changed,) = (nearer < np.minimum(far, far[goal])).nonzero()
            far[changed] = nearer[changed]
        if far[goal] == np.inf:
            return []
        path, knot, link = [], goal, self.network.link
        while knot != start:
            before = int((far + prices[:, knot]).argmin())
            path.append(link[before * self.size + knot])
            knot = before
        return path
