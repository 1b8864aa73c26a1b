"""An attacker with the smallest pieces of all tables together, written apart from the code it attacks.

Every number published is the sum of the people in some pieces: a table by sex and age, one by age and area and one by
area and sex are sums over sex × age × area, and ages cut in two ways are sums over where either cuts. Whole numbers
of people stand in every piece, none less than nought; what is hidden is one at least.
"""

import itertools
import math

ALL = "(all)"


def ages(label):
    """The years of age in a label such as 0-13 or 80+."""
    first, _, last = label.rstrip("+").partition("-")
    return set(range(int(first), 100 if label.endswith("+") else int(last) + 1))


class Pieces:
    """Lowest and highest of each hidden number; `published`: (release, protected table).

    `cuts`: for a dimension what its labels stand for, {label: atoms}; by default each for itself. `grown`: no piece of
    a later release holds fewer people than in the one before; else releases of one number count the same people.
    """

    def __init__(self, published, cuts=None, *, grown=False):
        import highspy

        self.model, self.status, self.far = highspy.Highs(), highspy.HighsModelStatus, 10_000.0
        self.model.silent()
        self.model.setOptionValue("threads", 1)
        self.whole = highspy.HighsVarType.kInteger
        self.atoms = self._atoms(published, cuts or {})
        self.names = sorted(self.atoms)
        self.place = {}
        for release in sorted({release for release, _ in published}):
            for piece in itertools.product(*(sorted(set(self.atoms[name].values())) for name in self.names)):
                self._piece(release, piece, grown)
        self.hidden = []
        for release, safe in published:
            for key, cell in safe.cells.items():
                inside = self._inside(release, dict(zip(safe.dimensions, key, strict=True)))
                if cell.hidden:
                    self.hidden.append((release, key, inside))
                self._row(inside, [], *((1.0, self.far) if cell.hidden else (cell.value, cell.value)))

    @staticmethod
    def _atoms(published, cuts):
        """What is cut alike by all labels of a dimension is one: {dimension: {atom: which labels hold it}}."""
        labels = {}
        for _, safe in published:
            for key in safe.cells:
                for name, word in zip(safe.dimensions, key, strict=True):
                    if word != ALL:
                        labels.setdefault(name, {})[word] = cuts.get(name, lambda label: {label})(word)
        return {
            name: {atom: tuple(sorted(word for word, held in words.items() if atom in held))
                   for atom in set().union(*words.values())}
            for name, words in labels.items()
        }  # fmt: skip

    def _piece(self, release, piece, grown):
        self.place[release, piece] = at = len(self.place)
        self.model.addVar(0.0, self.far)
        self.model.changeColIntegrality(at, self.whole)
        if grown and (release - 1, piece) in self.place:
            self._row([at], [self.place[release - 1, piece]], 0.0, self.far)

    def _inside(self, release, labels):
        return [
            at for (when, piece), at in self.place.items()
            if when == release
            and all(labels.get(name, ALL) in (ALL, *held) for name, held in zip(self.names, piece, strict=True))
        ]  # fmt: skip

    def _row(self, plus, minus, low, high):
        import numpy as np

        index = np.array([*plus, *minus], dtype=np.int32)
        self.model.addRow(float(low), float(high), len(index), index, np.array([1.0] * len(plus) + [-1.0] * len(minus)))

    def _end(self, inside, sign):
        """The most (1) or least (-1) people that can stand in these pieces together."""
        for i in inside:
            self.model.changeColCost(i, -float(sign))
        self.model.run()
        assert self.model.getModelStatus() == self.status.kOptimal, self.model.getModelStatus()
        values = self.model.getSolution().col_value
        for i in inside:
            self.model.changeColCost(i, 0.0)
        return round(sum(values[i] for i in inside))

    def narrowest(self, enough=math.inf):
        """(width, release, key) of the hidden number known best; cells seen to be `enough` wide are passed over."""
        found = [(math.inf, None, None)]
        for release, key, inside in self.hidden:
            high, low = self._end(inside, 1), self._end(inside, -1)
            found.append((high - low, release, key))
            if high - low < enough < math.inf:
                break
        return min(found, key=lambda each: each[0])
