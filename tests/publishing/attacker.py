"""Somebody who reads everything that is public of a country's year, and nothing else, and solves for what is hidden.

Written apart from `duga.evidence.disclosure`: it starts from the downloads, knows the rule, and puts all tables into
one system of whole numbers. What it knows:

- hidden cells are not zero; of every group of cells hidden for one another's sake at least one is small;
- everybody has one sex, and stands in one region; months, kinds of help and, where people may grow older, age bands
  overlap: a total is at least its largest part and at most the sum of its parts;
- every delivery has one recipient, one month, one kind of help and one unit, and a quantity of one at least: so there
  are no more deliveries than all quantities together, and each person needs one in each of her months and services.
"""

import highspy
import numpy as np

ALL = "(all)"
PEOPLE = "people_assisted:"
OVERLAPPING = {"month", "service_type"}
UNITS, HOUSEHOLDS = "assistance_delivered:unit", "households_reached:"
TO_INSTITUTIONS = "deliveries_to_institutions"
MUCH = 10_000


def name_of(document):
    """The name of a table: people_assisted:sex,age_band."""
    return f"{document['indicator']['code']}:{','.join(document['breakdown'])}"


class Attack:
    """All public documents of one country and year as one system; `interval` of every hidden cell.

    `ageing`: people may pass from one age band into the next within the year. `minimum`: of the published rule.
    """

    def __init__(self, documents, *, minimum=5, ageing=False):
        self.minimum, self.ageing = minimum, ageing
        self.known, self.column, self.unbounded = {}, {}, highspy.kHighsInf
        self.model = highspy.Highs()
        for option, value in (("output_flag", False), ("threads", 1), ("random_seed", 1)):
            self.model.setOptionValue(option, value)
        self.documents = {name_of(document): document for document in documents}
        self.hidden, self.consistent, self.seen = [], True, []
        for name, document in self.documents.items():
            self._read(name, document)
        for name, document in self.documents.items():
            if name.startswith(PEOPLE):
                self._add_up(name, document)
        self._one_is_small()
        self._deliveries()

    # --- reading ---

    def _unknown(self, name, low=1.0, high=None):
        self.column[name] = len(self.column)
        self.model.addVar(low, self.unbounded if high is None else high)
        self.model.changeColIntegrality(self.column[name], highspy.HighsVarType.kInteger)

    def _read(self, name, document):
        told = [(self._key(name, document, cell), cell) for cell in document["cells"]]
        told += [((name, "beside", cell["code"]), cell) for cell in document["beside"]]
        for key, cell in told:
            if cell["status"] == "shown":
                self.known[key] = cell["value"]
            else:
                assert cell["value"] is None and cell["qualifier"] == "exact", "a hidden cell says nothing else"
                self._unknown(key)
                if name != UNITS:
                    self.hidden.append(key)
        self.group = {key: key for key in self.hidden}

    def _key(self, name, document, cell):
        return (name, *(cell[dimension] for dimension in document["breakdown"]))

    def _row(self, entries, low, high):
        """low ≤ Σ factor × cell ≤ high, over known and unknown cells."""
        fixed = sum(factor * self.known[key] for key, factor in entries if key in self.known)
        free = [(self.column[key], factor) for key, factor in entries if key not in self.known]
        if not free:
            self.consistent &= low - 1e-6 <= fixed <= high + 1e-6
            return
        index, value = zip(*free, strict=True)
        self.model.addRow(
            low - fixed, high - fixed, len(free), np.array(index, dtype=np.int32), np.array(value, dtype=float)
        )

    # --- what hangs together ---

    def _add_up(self, name, document):
        by = document["breakdown"]
        keys = [self._key(name, document, cell) for cell in document["cells"]]
        for place, dimension in enumerate(by, 1):
            for total in keys:
                if total[place] != ALL:
                    continue
                parts = [
                    key for key in keys
                    if key[place] != ALL and key[:place] + key[place + 1 :] == total[:place] + total[place + 1 :]
                ]  # fmt: skip
                if parts:
                    self._line(total, parts, dimension in OVERLAPPING or (self.ageing and dimension == "age_band"))
                    inside = [key for key in (total, *parts) if key in self.group]
                    for key in inside[1:]:
                        self.group[self._root(key)] = self._root(inside[0])

    def _line(self, total, parts, overlap):
        sum_of = [(total, -1.0), *((part, 1.0) for part in parts)]
        self._row(sum_of, 0.0, self.unbounded if overlap else 0.0)
        for part in parts if overlap else ():
            self._row([(total, 1.0), (part, -1.0)], 0.0, self.unbounded)

    def _root(self, key):
        while self.group[key] != key:
            key = self.group[key]
        return key

    def groups(self):
        """The hidden cells that lines connect, group by group: nothing is hidden but for a small one among them."""
        found = {}
        for key in self.hidden:
            found.setdefault(self._root(key), []).append(key)
        return list(found.values())

    def _one_is_small(self):
        for group in self.groups():
            if len(group) == 1:
                self._row([(group[0], 1.0)], 1.0, self.minimum - 1.0)
                continue
            most = max((value for key, value in self.known.items() if key[0] == group[0][0]), default=MUCH)
            for key in group:
                self._unknown(("large", *key), 0.0, 1.0)
                self._row([(key, 1.0), (("large", *key), -float(most))], -self.unbounded, self.minimum - 1.0)
            self._row([(("large", *key), 1.0) for key in group], 0.0, len(group) - 1.0)

    def _deliveries(self):
        if UNITS not in self.documents:
            return
        self._unknown("deliveries to people", 0.0)
        quantities = [self._key(UNITS, self.documents[UNITS], cell) for cell in self.documents[UNITS]["cells"]]
        others = [key for key in (*self.known, *self.column) if key[0] == HOUSEHOLDS or TO_INSTITUTIONS in key]
        entries = [(key, 1.0) for key in quantities] + [(key, -1.0) for key in others]
        self._row([*entries, ("deliveries to people", -1.0)], 0.0, self.unbounded)
        for name, document in self.documents.items():
            if name in (f"{PEOPLE}{dimension}" for dimension in OVERLAPPING):
                parts = [self._key(name, document, cell) for cell in document["cells"]]
                parts = [(part, -1.0) for part in parts if part[1] != ALL]
                self._row([("deliveries to people", 1.0), *parts], 0.0, self.unbounded)

    # --- solving ---

    def interval(self, key):
        """Lowest and highest value of a hidden cell that agree with everything public; None: nothing agrees."""
        low = self._reach(key, 1.0)
        return None if low is None else (low, self._reach(key, -1.0))

    def _reach(self, key, sense):
        place = self.column[key]
        self.model.changeColCost(place, sense)
        self.model.run()
        status, kinds = self.model.getModelStatus(), highspy.HighsModelStatus
        self.model.changeColCost(place, 0.0)
        if status in (kinds.kUnbounded, kinds.kUnboundedOrInfeasible):
            return self.unbounded
        if status == kinds.kInfeasible:
            return None
        assert status == kinds.kOptimal, status
        self.seen.append(np.rint(self.model.getSolution().col_value))
        return self.seen[-1][place]

    def too_narrow(self):
        """{cell: (low, high)} of the hidden cells known to less than the published minimum. Empty: nothing is open.

        A number that stands alone (households) can only be small when it is hidden: of it the rule itself says
        1 to minimum - 1, and nothing more may be known.
        """
        found = {}
        for key in self.hidden:
            place = self.column[key]
            values = [solution[place] for solution in self.seen]
            wide = self.minimum - 2 if key[0] == HOUSEHOLDS else self.minimum
            if values and max(values) - min(values) >= wide:
                continue
            bounds = self.interval(key)
            if bounds and bounds[1] - bounds[0] < wide:
                found[key] = (int(bounds[0]), int(bounds[1]))
        return found
