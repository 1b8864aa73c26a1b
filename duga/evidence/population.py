"""How many people live where: the table that a rate divides by.

A CSV (or a mapping) with a column `population` and any of `country`, `area`, `year`, `sex`, `age_band`. An empty label
or "(all)" is a total; where a total is not given, its parts are added; what is not in the table is not known.
Columns `source`, `licence` and `note` are for readers.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from duga.evidence.model import ALL, known_word
from duga.plain.errors import NotFound, Refused, gettext_noop

DIMENSIONS = ("country", "area", "year", "sex", "age_band")
FOR_READERS = ("source", "licence", "note")
PEOPLE = ("country", "area", "sex", "age_band")
"""Breakdowns of people: a rate by one of them needs a table by it. By service or month it does not."""


@dataclass(frozen=True)
class Population:
    """`rows` maps one label per dimension to the number of inhabitants."""

    dimensions: tuple[str, ...]
    rows: Mapping[tuple[str, ...], int] = field(repr=False)

    @classmethod
    def read(cls, source: "Population | Mapping | str | Path") -> "Population":
        """Reads a CSV file, or takes a mapping: {"ME": 620000} by country, {("ME", "ME-10"): 23000} by area."""
        if isinstance(source, Population):
            return source
        if isinstance(source, Mapping):
            rows = {(key,) if isinstance(key, str) else tuple(key): int(number) for key, number in source.items()}
            widths = {len(key) for key in rows}
            if len(widths) != 1 or not widths <= {1, 2}:
                raise Refused(gettext_noop("Give population by country, or by (country, area); or a CSV for more."))
            return cls(("country", "area")[: widths.pop()], rows)
        path = Path(source)
        if not path.is_file():
            raise NotFound(gettext_noop("There is no table of population %(path)s."), path=str(path))
        return cls.of_text(path.read_text("utf-8-sig"), path.name)

    @classmethod
    def of_text(cls, text: str, name: str = "population") -> "Population":
        """Reads a CSV's text; refuses unknown columns, a row that comes twice and what is no number."""
        reader = csv.DictReader(io.StringIO(text))
        columns = [
            known_word(each, (*DIMENSIONS, "population", *FOR_READERS), f"column of {name}")
            for each in reader.fieldnames or []
        ]
        if "population" not in columns:
            raise Refused(gettext_noop("%(name)s has no column population."), name=name)
        dimensions, rows = tuple(each for each in DIMENSIONS if each in columns), {}
        for number, row in enumerate(reader, start=2):
            key = tuple((row[each] or "").strip() or ALL for each in dimensions)
            people = (row["population"] or "").strip()
            if key in rows or not people.isdigit():
                raise Refused(
                    gettext_noop("Row %(row)s of %(name)s comes twice, or its population is no whole number."),
                    row=number,
                    name=name,
                )
            rows[key] = int(people)
        return cls(dimensions, rows)

    def within(self, countries: Iterable[str]) -> "Population":
        """The same table with these countries alone: its total is theirs."""
        if "country" not in self.dimensions:
            return self
        place, wanted = self.dimensions.index("country"), set(countries)
        return Population(self.dimensions, {key: people for key, people in self.rows.items() if key[place] in wanted})

    def year_of(self, country: str, year: str) -> str | None:
        """The year whose inhabitants a rate of this country and year divides by; None where none is known."""
        if not {"country", "year"} <= set(self.dimensions):
            return None
        place, at = self.dimensions.index("country"), self.dimensions.index("year")
        known = [key[at] for key in self.rows if key[place] == country and key[at] <= year]
        return max(known, default=None)

    def must_know(self, asked: Iterable[str]) -> None:
        """Refuses a breakdown or filter of people that the table does not have."""
        for name in asked:
            if name in PEOPLE and name not in self.dimensions:
                raise Refused(
                    gettext_noop("The table of population is not by %(name)s, so no rate can be. It is by %(known)s."),
                    name=name,
                    known=", ".join(self.dimensions) or "nothing",
                )

    def of(self, kept: Mapping[str, Iterable[str]]) -> int | None:
        """Inhabitants of everything kept to (words by dimension; others are totals); None where not known."""
        kept = {name: set(words) for name, words in kept.items() if name in self.dimensions}
        if "area" in kept:
            at = self.dimensions.index("area")
            if kept["area"] - {key[at] for key in self.rows}:
                return None
            if "country" in self.dimensions:
                place = self.dimensions.index("country")
                found = {key[place] for key in self.rows if key[at] in kept["area"]}
                kept["country"] = kept.get("country", found) & found
        return self._add(list(self.rows), 0, kept)

    def _add(self, keys: list, depth: int, kept: Mapping[str, set[str]]) -> int | None:
        if depth == len(self.dimensions):
            return sum(self.rows[key] for key in keys) if keys else None
        name, groups = self.dimensions[depth], {}
        for key in keys:
            groups.setdefault(key[depth], []).append(key)
        if name == "year":
            chosen = [_year(groups, kept.get(name))]
        elif name in kept:
            here = kept[name] & groups.keys() if name == "area" else kept[name]
            chosen = [groups.get(word) for word in sorted(here)]
        else:
            chosen = [groups[ALL]] if ALL in groups else list(groups.values())
        numbers = [None if rows is None else self._add(rows, depth + 1, kept) for rows in chosen]
        return None if not numbers or None in numbers else sum(numbers)


def _year(groups: Mapping[str, list], wanted: set[str] | None) -> list | None:
    """The rows of the year wanted, or of the last one before it: statistics come late. Without one: the newest."""
    years = sorted(groups)
    before = [year for year in years if not wanted or year <= max(wanted)]
    return groups[before[-1]] if before else None
