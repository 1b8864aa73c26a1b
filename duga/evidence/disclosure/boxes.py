"""Boxes: ways in which a table with totals could be otherwise that need no programme to be found.

A table is a product of axes. On one axis a label can rise while another falls, or rise together with all its totals;
with areas in countries, an area of one can rise with its country while one of another falls with its own. Such a step
on every axis, multiplied out, is a move of the table that leaves all sums right: on two axes the four corners of a
rectangle, on three the eight of a box. What every box around a cell would cost, and how far each can be moved, is
worked out at once.
"""

from duga.evidence.disclosure.system import System

MANY = 400
"""Most steps that are looked at on one axis for a label with others inside."""


class Boxes:
    """The boxes of a system of one table; arrays have one more label on each axis, which stands for nothing."""

    def __init__(self, system: System):
        import numpy as np

        grid = system.grids[0]
        self.system = system
        self.steps = [_Steps(axis) for axis in grid.axes]
        self.shape = tuple(len(axis.nodes) + 1 for axis in grid.axes)
        self.place = np.stack(
            np.unravel_index(np.array(grid.nonzero, dtype=np.int64), [size - 1 for size in self.shape]), axis=1
        )
        self.flat = np.ravel_multi_index(tuple(self.place.T), self.shape)
        self.unknown = np.full(self.shape, -1)
        self.unknown.reshape(-1)[self.flat] = np.arange(len(self.flat))
        self.most = int(system.need.max(initial=0))
        self.room = self._rooms(np.clip(system.below, 0, self.most))

    def _rooms(self, below):
        """How far what rises can be taken back, and what falls can fall: nothing stands in the way at first."""
        import numpy as np

        rises = self.spread(below, 0, self.most).astype(np.int32)
        return np.stack([rises, np.full_like(rises, self.most)])

    def spread(self, values, zeros, nothing=0.0):
        """Numbers by unknown, laid out as the table is; `zeros` for cells that are zero."""
        import numpy as np

        laid = np.full(self.shape, nothing, dtype=float)
        laid[tuple(slice(0, size - 1) for size in self.shape)] = zeros
        laid.reshape(-1)[self.flat] = values
        return laid

    def around(self, cell: int, cost, room=None) -> tuple:
        """For every box with this cell: its cost, how far the cell rises by it, how far it falls; of one length.

        `cost` is laid out as by `spread`; corners that must not be touched cost infinity.
        """
        import numpy as np

        room = self.room if room is None else room
        for axis, node in enumerate(self.place[cell]):
            both = np.concatenate([room, room[::-1]], axis=axis + 1)
            size, weights, rooms = self.shape[axis], 0.0, self.most
            for label, falls in self.steps[axis].of(int(node)):
                weights = weights + cost.take(label, axis)
                rooms = np.minimum(rooms, both.take(label + size * falls, axis + 1))
            cost, room = weights, rooms
        self._asked = cell, cost.shape
        return cost.reshape(-1), room[1].reshape(-1), room[0].reshape(-1)

    def labels(self, numbers) -> list:
        """For each axis the labels on which boxes of the last `around` stand, box after box."""
        import numpy as np

        return [np.stack([label for label, _ in step], axis=1) for step in self._chosen(numbers)]

    def _chosen(self, numbers) -> list:
        import numpy as np

        cell, shape = self._asked
        found = []
        for axis, chosen in enumerate(np.unravel_index(numbers, shape)):
            step = self.steps[axis].of(int(self.place[cell][axis]))
            found.append([(label[chosen % len(label)], falls[chosen % len(falls)]) for label, falls in step])
        return found


class _Steps:
    """The steps of one axis, worked out for a label when they are first asked for."""

    def __init__(self, axis):
        import numpy as np

        self.nothing = len(axis.nodes)
        index = {node: n for n, node in enumerate(axis.nodes)}
        leaves = [node for node in axis.nodes if node not in axis.children]
        deep = max(len(leaf) for leaf in leaves)
        # who stands over each leaf, from the outermost label inwards to itself; the total of all apart
        over = [[index.get(leaf[: n + 1], self.nothing) if n < len(leaf) else self.nothing for n in range(deep)]
                for leaf in leaves]  # fmt: skip
        self.over = np.array(over, dtype=np.int64).reshape(len(leaves), deep)
        self.total = index.get((), self.nothing)
        self.leaf = {index[leaf]: n for n, leaf in enumerate(leaves)}
        self.known: dict[int, list] = {}

    def of(self, node: int) -> list:
        """Columns of labels, and beside each whether they fall (1) or rise (0); a column of one label is for all."""
        import numpy as np

        if node not in self.known:
            if node in self.leaf:
                labels, falls = self._from(self.leaf[node])
            else:
                inside = (self.over == node).any(axis=1) | (node == self.total)
                steps = [self._from(int(leaf)) for leaf in np.flatnonzero(inside)]
                labels, falls = (np.concatenate(each) for each in zip(*steps, strict=True))
                through = np.flatnonzero(((labels == node) & (falls == 0)).any(axis=1))
                through = through[:: len(through) // MANY + 1]
                labels, falls = labels[through], falls[through]
            found = [pair for pair in zip(labels.T, falls.T, strict=True) if (pair[0] != self.nothing).any()]
            alike = [(label == label[0]).all() and (fall == fall[0]).all() for label, fall in found]
            self.known[node] = [
                (label[:1], fall[:1]) if same else (label, fall)
                for (label, fall), same in zip(found, alike, strict=True)
            ]
        return self.known[node]

    def _from(self, leaf: int) -> tuple:
        """The steps that raise one leaf: with all its totals, or while another falls with those that it does not share.

        Gives labels and whether they fall, one row a step.
        """
        import numpy as np

        mine, others = self.over[leaf], np.delete(self.over, leaf, axis=0)
        shared = (others == mine) & (mine != self.nothing)
        if self.total == self.nothing:  # what no total binds together does not move together
            bound = shared.any(axis=1)
            others, shared = others[bound], shared[bound]
        deep = max(1, len(mine))
        labels = np.full((1 + len(others), len(mine) + deep), self.nothing)
        falls = np.zeros_like(labels)
        labels[0, : len(mine)], labels[0, len(mine)] = mine, self.total
        if len(mine):
            labels[1:, : len(mine)] = np.where(shared, self.nothing, mine)
            labels[1:, len(mine) :] = np.where(shared, self.nothing, others)
            falls[1:, len(mine) :] = 1
        return labels, falls
