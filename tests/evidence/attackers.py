"""Attackers of the tests, written apart from the code they attack: from the published rows alone.

`Solver` is a statistician with a linear programme. `every_table` tries all tables there are. Both know that zeros
are shown and hidden cells are not zero, and nothing else; neither sees the true values.
"""

import itertools

ALL = "(all)"


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
