"""An attacker with every published table and download of a country's year, and of all countries beside it.

He knows the rule, that zeros are shown, which unit goes with which service, and that one person stands in one
age band and region. He puts it all into one linear programme over people by sex × age × region, months and
services, and asks for the least and the most of every hidden number. He never gets closer than the minimum.
"""

from itertools import product

import pytest

from duga.evidence import snapshot
from duga.evidence.model import ALL
from duga.indicators import rules
from duga.indicators.queries import counting
from duga.indicators.queries.facts import numbered
from tests.indicators.ledgers import SERVICES, fill

pytestmark = pytest.mark.django_db


class Attack:
    """One linear programme over everything published."""

    def __init__(self, documents):
        import highspy

        self.documents = documents
        self.highs = highspy.Highs()
        self.highs.setOptionValue("output_flag", False)
        self.hidden = {}
        self.total = next(iter(documents.values()))["total"]
        self._people()
        for name in ("month", "service_type"):
            self._met_again(name)

    def _variable(self, low=0.0, high=None):
        import highspy

        self.highs.addVar(low, highspy.kHighsInf if high is None else float(high))
        return self.highs.getNumCol() - 1

    def _row(self, entries, low, high):
        import highspy

        bounds = [-highspy.kHighsInf if low is None else low, highspy.kHighsInf if high is None else high]
        self.highs.addRow(*bounds, len(entries), list(entries), list(entries.values()))

    def _people(self):
        """People by sex × age × region: both tables are margins of it."""
        ages, areas = self.documents["sex,age_band"], self.documents["area"]
        pairs = [(c["sex"], c["age_band"]) for c in ages["cells"] if ALL not in (c["sex"], c["age_band"])]
        places = [c["area"] for c in areas["cells"] if c["area"] != ALL] if len(areas["cells"]) > 1 else ["?"]
        self.x = {key: self._variable() for key in product(pairs or [("?", "?")], places)}
        for cell in ages["cells"]:
            inside = [
                j
                for ((sex, band), _), j in self.x.items()
                if cell["sex"] in (ALL, sex) and cell["age_band"] in (ALL, band)
            ]
            self._margin(("sex,age_band", cell["sex"], cell["age_band"]), cell, inside)
        for cell in areas["cells"]:
            inside = [j for (_, area), j in self.x.items() if cell["area"] in (ALL, area)]
            self._margin(("area", cell["area"]), cell, inside)

    def _margin(self, key, cell, inside):
        number = self._variable()
        self._row({number: -1.0} | dict.fromkeys(inside, 1.0), 0.0, 0.0)
        self._know(key, cell, number)

    def _know(self, key, cell, number):
        if cell["status"] == "shown":
            self._row({number: 1.0}, cell["value"], cell["value"])
        else:
            self._row({number: 1.0}, 1.0, self._most(key))
            self.hidden[key] = number

    def _most(self, key):
        """The quantity of its unit bounds how many people a service can have reached."""
        if key[0] != "service_type" or key[1] == ALL:
            return self.total
        for cell in self.documents["unit"]["cells"]:
            if cell["unit"] == SERVICES.get(key[1]) and cell["status"] == "shown":
                return min(self.total, cell["value"])
        return self.total

    def _met_again(self, name):
        """Months and services: a person may stand in several; each is at most the total, together at least."""
        parts = []
        for cell in self.documents[name]["cells"]:
            if cell[name] != ALL:
                number = self._variable(0.0, self.total)
                self._know((name, cell[name]), cell, number)
                parts.append(number)
        if parts:
            self._row(dict.fromkeys(parts, 1.0), self.total, None)

    def narrow(self, width):
        """Every hidden number he knows to within less than `width`."""
        import highspy

        found = []
        for key, number in self.hidden.items():
            ends = []
            for sense in (highspy.ObjSense.kMinimize, highspy.ObjSense.kMaximize):
                self.highs.changeObjectiveSense(sense)
                self.highs.changeColCost(number, 1.0)
                self.highs.run()
                status = self.highs.getModelStatus()
                assert status in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kUnbounded), (key, status)
                value = self.highs.getInfo().objective_function_value
                ends.append(value if status == highspy.HighsModelStatus.kOptimal else float("inf"))
                self.highs.changeColCost(number, 0.0)
            if ends[1] - ends[0] < width - 1e-6:
                found.append((key, *ends))
        return found


def published(folder, country, year):
    """What is public of a country and year, by breakdown; nothing else reaches the attacker."""
    counts = counting.Counts(snapshot.open_snapshot(folder))
    question = counting.Question.of(counts, country, year)
    documents = {}
    for counted in counting.count_country(question, rules.COUNTRY_TABLES):
        document = counting.document(counted, release_id="x", question=question, code_version="x")
        total = rules.grand_total(document)
        documents[",".join(counted.wanted.breakdown)] = document | {"total": total and total["value"]}
    return documents


@pytest.mark.parametrize("people, seed", [(400, 1), (120, 2), (60, 3), (30, 4), (900, 5)])
def test_nothing_comes_out_of_all_tables_together(cast, data, people, seed):
    from duga.casework.queries import facts

    fill(cast, people=people, seed=seed, years=(2019, 2020, 2021))
    folder = snapshot.freeze([list(numbered(facts()))], data / "snapshots").path
    hidden = 0
    for country, year in product(("ME", "RS"), (2019, 2020, 2021)):
        documents = published(folder, country, year)
        if documents:
            attack = Attack(documents)
            hidden += len(attack.hidden)
            assert attack.narrow(rules.MINIMUM) == [], (country, year)
    assert hidden


def test_the_attacker_is_able(cast, data):
    """Shown one cell too many, he finds the small ones: the test above can fail."""
    from duga.casework.queries import facts

    rows = fill(cast, people=400, seed=1, years=(2020,))
    from tests.indicators.ledgers import people_of

    folder = snapshot.freeze([list(numbered(facts()))], data / "snapshots").path
    documents = published(folder, "ME", 2020)
    cells = [cell for cell in documents["sex,age_band"]["cells"] if cell["status"] == "hidden"]
    for cell in cells[1:]:
        labels = {name: cell[name] for name in ("sex", "age_band")}
        cell |= {"status": "shown", "value": len(people_of(rows, country="ME", year=2020, **labels))}
    assert Attack(documents).narrow(rules.MINIMUM)


def test_documents_hold_no_reasons(released):
    for release in released.values():
        text = bytes(release.files.get(kind="json").data).decode()
        assert "complementary" not in text and "repeated" not in text and "reasons" not in text
