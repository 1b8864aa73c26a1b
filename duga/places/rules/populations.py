"""Tables of population: how a file becomes rows, and what a row must say before a rate may divide by it."""

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from duga.evidence.model import ALL
from duga.evidence.population import DIMENSIONS, Population
from duga.places.rules.areas import RowError
from duga.places.rules.codes import codes
from duga.places.rules.countries import countries, read_rows
from duga.plain.errors import Unreadable, gettext_noop
from duga.plain.numbers import read_number
from duga.plain.tables import FieldSpec, SheetTable

MOST = 2_000_000_000
FIRST_YEAR = 1900
#: What the columns of a file of populations are called on screen.
POPULATION_LABELS = {
    "country": gettext_noop("Country"),
    "area": gettext_noop("Region"),
    "year": gettext_noop("Year"),
    "sex": gettext_noop("Sex"),
    "age_band": gettext_noop("Age"),
    "population": gettext_noop("Population"),
}


@dataclass(frozen=True)
class PopulationRow:
    """So many inhabitants of a place in a year; `area`, `sex` and `age_band` are "(all)" in a total."""

    number: int  #: the row in the file as its owner sees it; of shipped files 0
    country: str
    area: str
    year: str
    sex: str
    age_band: str
    population: int

    @property
    def key(self) -> tuple[str, ...]:
        return (self.country, self.area, self.year, self.sex, self.age_band)


def population_fields() -> list[FieldSpec]:
    """The columns a file of populations may have, with the words they bear."""
    spec = FieldSpec
    return [
        spec("country", ("country", "iso", "drzava", "zemlja", "shteti", "vendi"), "code", True),
        spec("area", ("area", "region", "area code", "region code", "okrug", "opstina", "rajoni"), "code", False),
        spec("year", ("year", "godina", "viti"), "number", True),
        spec("sex", ("sex", "gender", "pol", "gjinia"), "code", False),
        spec("age_band", ("age_band", "age band", "age", "starost", "mosha"), "code", False),
        spec("population", ("population", "pop", "inhabitants", "stanovnika", "broj stanovnika", "popullsia"),
             "number", True),
    ]  # fmt: skip


def population_rows(
    table: SheetTable, mapping: Mapping[str, int], *, areas: Mapping[str, Mapping[str, str]], this_year: int
) -> tuple[list[PopulationRow], list[RowError]]:
    """The rows of a file, and what is wrong in it, row by row.

    `areas`: {country: {any code of a region: the code it goes by in figures}}.
    """
    rows, errors = [], []
    for source in table.rows:
        told = {f: source.cells[i] for f, i in mapping.items() if i is not None and i < len(source.cells)}
        row, wrong = _row_of(source.number, told, areas, this_year)
        errors += wrong
        rows += [row] if row else []
    return rows, sorted([*errors, *_check_together(rows, areas)], key=lambda error: error.row)


def _row_of(number: int, told: Mapping, areas: Mapping, this_year: int):
    errors: list[RowError] = []

    def word(column: str, known: Mapping[str, str]) -> str:
        text = " ".join(str(told.get(column) if told.get(column) is not None else "").split())
        if not text or text == ALL:
            return ALL
        if text.casefold() not in known:
            message = gettext_noop("%(value)s is no %(column)s that figures are shown by. Known: %(known)s.")
            params = {"value": text, "column": column, "known": _few(dict.fromkeys(known.values()))}
            errors.append(RowError(number, column, message, params))
            return ALL
        return known[text.casefold()]

    def whole(column: str, low: int, high: int) -> int:
        try:
            value = read_number(told.get(column) if told.get(column) is not None else "")
        except Unreadable:
            value = None
        if value is None or value != int(value) or not low <= value <= high:
            message = gettext_noop("The %(column)s must be a whole number from %(low)s to %(high)s.")
            errors.append(RowError(number, column, message, {"column": column, "low": low, "high": high}))
            return low
        return int(value)

    country = word("country", {code.casefold(): c.code for c in countries(all_known=True) for code in _codes_of(c)})
    if country == ALL and not errors:
        errors.append(RowError(number, "country", gettext_noop("The %(column)s is missing."), {"column": "country"}))
    region = word("area", {code.casefold(): area for code, area in areas.get(country, {}).items()})
    row = PopulationRow(
        number=number,
        country=country,
        area=region,
        year=str(whole("year", FIRST_YEAR, this_year)),
        sex=word("sex", _words("sexes")),
        age_band=word("age_band", _words("age_bands")),
        population=whole("population", 0, MOST),
    )
    return (None if errors else row), errors


def _codes_of(country) -> tuple[str, str]:
    return country.code, country.alpha3


def _words(list_name: str) -> dict[str, str]:
    return {entry.code.casefold(): entry.code for entry in codes(list_name)}


def _few(words: Iterable[str], most: int = 12) -> str:
    words = list(words)
    return ", ".join(words[:most]) + (" …" if len(words) > most else "") if words else "–"


def _check_together(rows: list[PopulationRow], areas: Mapping) -> list[RowError]:
    """Rows that come twice; regions that are missing where their sum would stand for the country."""
    errors, counted = [], Counter(row.key for row in rows)
    for row in rows:
        if counted[row.key] > 1:
            numbers = ", ".join(str(other.number) for other in rows if other.key == row.key)
            message = gettext_noop("The same place, year, sex and age stand in rows %(rows)s.")
            errors.append(RowError(row.number, "population", message, {"rows": numbers}))
    groups: dict[tuple[str, str], list[PopulationRow]] = {}
    for row in rows:
        groups.setdefault((row.country, row.year), []).append(row)
    for (country, year), group in groups.items():
        missing = sorted(set(areas.get(country, {}).values()) - {row.area for row in group})
        if missing and all(row.area != ALL for row in group):
            message = gettext_noop(
                "Of %(country)s %(year)s these regions are missing: %(regions)s. Add them, or a row for the whole "
                "country (its region left empty)."
            )
            params = {"country": country, "year": year, "regions": _few(missing)}
            errors.append(RowError(group[0].number, "area", message, params))
    return errors


def population_of(rows: Iterable[tuple[str, str, str, str, str, int]]) -> Population:
    """Rows of (country, area, year, sex, age band, inhabitants) as what a rate divides by.

    Each country and year gets its total, so that the newest year counts whatever detail the years have.
    """
    found = {tuple(key): int(people) for *key, people in rows}
    for country, year in sorted({(key[0], key[2]) for key in found}):
        top = (country, ALL, year, ALL, ALL)
        if top not in found:
            here = {key: people for key, people in found.items() if (key[0], key[2]) == (country, year)}
            people = Population(DIMENSIONS, here).of({"country": (country,)})
            if people is not None:
                found[top] = people
    used = [place for place in range(len(DIMENSIONS)) if any(key[place] != ALL for key in found)]
    return Population(
        tuple(DIMENSIONS[place] for place in used),
        {tuple(key[place] for place in used): people for key, people in found.items()},
    )


def population_print(source: str, licence: str, note: str, rows: Iterable[tuple]) -> str:
    """SHA-256 of a table of population: what it says, whatever the order of its rows."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([(source, licence, note), *sorted(rows)])
    return hashlib.sha256(text.getvalue().encode()).hexdigest()


def shipped_populations() -> list[tuple[str, str, str, list[PopulationRow]]]:
    """(source, licence, note, rows) of the countries' populations that come with the house."""
    groups: dict[tuple[str, str, str], list[PopulationRow]] = {}
    for told in read_rows("populations.csv"):
        key = tuple(told[name] for name in ("source", "licence", "note"))
        labels = {name: told[name] or ALL for name in DIMENSIONS}
        groups.setdefault(key, []).append(PopulationRow(number=0, population=int(told["population"]), **labels))
    return [(*key, rows) for key, rows in groups.items()]
