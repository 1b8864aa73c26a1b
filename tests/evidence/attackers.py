"""Attackers of the tests, written apart from the code they attack: from the published rows alone.

`Solver` is a statistician with a linear programme. `every_table` tries all tables there are. Both know that zeros
are shown and hidden cells are not zero, and nothing else; neither sees the true values.
"""

import itertools

ALL = "(all)"

FAR = 1e6
"""What no hidden number of these tables exceeds in a solution: more doubt than that is not looked for."""


def lines(rows, dimensions, within):
    """Every total with its parts, from the labels alone: {total label: [part labels]} one a dimension."""
    keys = {tuple(row[name] for name in dimensions) for row in rows}
    inner_of = {outer: name for name, outer in within.items()}
    found = []
    for i, name in enumerate(dimensions):
        outer = dimensions.index(within[name]) if name in within else None
        inner = dimensions.index(inner_of[name]) if name in inner_of else None
        for key in keys:
            if key[i] != ALL or (inner is not None and key[inner] != ALL):
                continue
            if outer is not None and key[outer] == ALL:
                continue
            parts = [k for k in keys if k[i] != ALL and all(k[j] == key[j] for j in range(len(key)) if j != i)]
            if parts:
                found.append((key, sorted(parts)))
    return found


class Solver:
    """Lowest and highest value of each hidden cell that agree with what is published, by linear programming.

    `repeats` names the dimensions along which a total is only between its largest part and their sum.
    """

    def __init__(self, rows, dimensions, within=None, repeats=()):
        import highspy

        self.inf = highspy.kHighsInf
        self.hidden = [tuple(row[n] for n in dimensions) for row in rows if row["status"] == "hidden"]
        self.place = {key: i for i, key in enumerate(self.hidden)}
        shown = {tuple(row[n] for n in dimensions): int(row["value"]) for row in rows if row["status"] == "shown"}
        self.model = highspy.Highs()
        self.model.silent()
        for _ in self.hidden:
            self.model.addVar(1.0, self.inf)
        for total, parts in lines(rows, dimensions, within or {}):
            free = any(total[i] == ALL and parts[0][i] != ALL for i, n in enumerate(dimensions) if n in repeats)
            self._row(shown, [(total, 1), *((part, -1) for part in parts)], -self.inf if free else 0.0, 0.0)
            if free:
                for part in parts:
                    self._row(shown, [(part, 1), (total, -1)], -self.inf, 0.0)

    def _row(self, shown, entries, low, high):
        import numpy as np

        known = sum(sign * shown[key] for key, sign in entries if key in shown)
        unknown = [(self.place[key], sign) for key, sign in entries if key in self.place]
        if unknown:
            index = np.array([i for i, _ in unknown], dtype=np.int32)
            value = np.array([float(sign) for _, sign in unknown])
            self.model.addRow(low - known, high - known, len(unknown), index, value)

    def interval(self, key):
        return tuple(self._reach(self.place[key], sign) for sign in (1, -1))

    def _reach(self, i, sign):
        import highspy

        self.model.changeColCost(i, float(sign))
        self.model.run()
        status = self.model.getModelStatus()
        if status in (highspy.HighsModelStatus.kUnbounded, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            reach = self.inf
        else:
            assert status == highspy.HighsModelStatus.kOptimal, status
            reach = self.model.getSolution().col_value[i]
        self.model.changeColCost(i, 0.0)
        return reach


def every_table(rows, dimensions, highest):
    """Tries every whole-number table with innermost hidden cells of 1 to `highest`; gives each hidden cell's values."""
    shown = {tuple(row[n] for n in dimensions): int(row["value"]) for row in rows if row["status"] == "shown"}
    keys = [tuple(row[n] for n in dimensions) for row in rows]
    inner = [key for key in keys if ALL not in key]
    hidden = [key for key in inner if key not in shown]
    sums = {
        key: [leaf for leaf in inner if all(k in (ALL, part) for k, part in zip(key, leaf, strict=True))]
        for key in keys
        if ALL in key
    }
    possible = {key: set() for key in keys if key not in shown}
    for guess in itertools.product(range(1, highest + 1), repeat=len(hidden)):
        values = shown | dict(zip(hidden, guess, strict=True))
        totals = {key: sum(values[leaf] for leaf in leaves) for key, leaves in sums.items()}
        if all(totals[key] == shown[key] for key in totals if key in shown):
            for key in possible:
                possible[key].add(totals[key] if key in totals else values[key])
    return possible


class Together:
    """Everything published at once, as one system: linked tables of a release, and older releases beside newer ones.

    `tables` are (release, rows, dimensions, within). Cells of one release with the same labels are the same number.
    `grown`: numbers of a later release are at least those of an earlier one; `same`: releases count the same people.
    """

    def __init__(self, tables, *, grown=False, same=False):
        import highspy

        self.inf = highspy.kHighsInf
        self.model = highspy.Highs()
        self.model.silent()
        self.shown, self.place, self.hidden = {}, {}, []
        tables = [(0 if same else release, *rest) for release, *rest in tables]
        for release, rows, dimensions, _ in tables:
            for row in rows:
                if row["status"] == "shown":
                    name = self.name(release, row, dimensions)
                    assert self.shown.setdefault(name, int(row["value"])) == int(row["value"])
        for release, rows, dimensions, _ in tables:
            for row in rows:
                name = self.name(release, row, dimensions)
                if row["status"] == "hidden" and name not in self.place:
                    self.hidden.append(name)
                    if name not in self.shown:
                        self.place[name] = len(self.place)
                        self.model.addVar(1.0, self.inf)
        for release, rows, dimensions, within in tables:
            for total, parts in lines(rows, dimensions, within or {}):
                named = [self.name(release, dict(zip(dimensions, key, strict=True)), dimensions) for key in parts]
                top = self.name(release, dict(zip(dimensions, total, strict=True)), dimensions)
                self._row([(top, 1), *((name, -1) for name in named)], 0.0, 0.0)
        if grown and not same:
            self._grow()

    @staticmethod
    def name(release, row, dimensions):
        return release, frozenset((name, row[name]) for name in dimensions if row[name] != ALL)

    def _grow(self):
        releases = {name[0] for name in (*self.shown, *self.place)}
        for release, cell in list(self.shown) + list(self.place):
            after = (release + 1, cell)
            if release + 1 in releases and (after in self.shown or after in self.place):
                self._row([(after, 1), ((release, cell), -1)], 0.0, self.inf)

    def _row(self, entries, low, high):
        import numpy as np

        known = sum(sign * self.shown[name] for name, sign in entries if name in self.shown)
        unknown = [(self.place[name], float(sign)) for name, sign in entries if name not in self.shown]
        if unknown:
            index, value = zip(*unknown, strict=True)
            self.model.addRow(low - known, high - known, len(index), np.array(index, dtype=np.int32), np.array(value))

    def interval(self, name):
        """Lowest and highest value of a hidden cell; one shown elsewhere is known exactly."""
        if name in self.shown:
            return self.shown[name], self.shown[name]
        return tuple(Solver._reach(self, self.place[name], sign) for sign in (1, -1))

    def narrowest(self):
        """(width, cell) of the hidden cell known best; None when nothing is hidden."""
        found = []
        for name in self.hidden:
            low, high = self.interval(name)
            found.append((high - low, name))
        return min(found, key=lambda pair: pair[0], default=None)

    def narrow(self, width):
        """The hidden cells whose interval is narrower than `width`, and their intervals.

        Every solution is a table that agrees with all that is published: a cell that two of them set so far apart is
        not asked for again, and the first programmes push all cells at once.
        """
        import numpy as np

        n = len(self.place)
        found = {name: (self.shown[name],) * 2 for name in self.hidden if name in self.shown}
        if not n:
            return found
        every = np.arange(n, dtype=np.int32)
        self.model.changeColsBounds(n, every, np.ones(n), np.full(n, FAR))
        low, high = np.full(n, np.inf), np.full(n, -np.inf)
        for cells in ([*range(n)], *([i] for i in range(n))):
            for sign in (1.0, -1.0):
                if len(cells) > 1 or high[cells[0]] - low[cells[0]] < width:
                    index = np.array(cells, dtype=np.int32)
                    self.model.changeColsCost(len(index), index, np.full(len(index), sign))
                    self.model.run()
                    assert self.model.getInfo().primal_solution_status == 2, self.model.getModelStatus()
                    values = np.array(self.model.getSolution().col_value)
                    low, high = np.minimum(low, values), np.maximum(high, values)
                    self.model.changeColsCost(len(index), index, np.zeros(len(index)))
        return found | {name: (low[i], high[i]) for name, i in self.place.items() if high[i] - low[i] < width - 1e-6}
