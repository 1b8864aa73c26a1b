"""The counting layer of a snapshot: who was met in which month, in dense integers, with the month before.

One row for each different (person, month, country, area, sex, age band). For sets of these dimensions a column tells
the month in which the same person was last met *under the same words* (0: never before). Then different people need no
looking for: those of March to May are the rows of these months whose month before lies before March; those
of each month, the rows whose month before is another. A filter and a count replace a distinct count.

Derived from the facts and left out of the fingerprint; without it everything is counted from the facts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from duga.evidence.model import TIME

DIMENSIONS = ("country", "area", "sex", "age_band")
PARTS = 8
"""People are taken in so many parts, so that memory stays bounded."""


def write(con, folder: Path, words: Mapping[str, list]) -> dict:
    """Writes `people.parquet` from the table `facts` of a DuckDB connection; gives what the manifest says of it."""
    if any(len(words[name]) > 255 for name in ("country", "sex", "age_band")):
        return {}
    places = con.execute(
        "SELECT DISTINCT country, area FROM facts WHERE person IS NOT NULL AND recipient = 'person' ORDER BY ALL"
    ).fetchall()
    if not places or len(places) > 60_000:
        return {}
    _codes(con, words, places)
    con.execute(
        "CREATE TABLE met AS SELECT DISTINCT f.person, "
        "(year(f.month) * 12 + month(f.month) - 1)::USMALLINT AS month, c.code::UTINYINT AS country, "
        "p.code::USMALLINT AS area, s.code::UTINYINT AS sex, a.code::UTINYINT AS age_band FROM facts f "
        "JOIN code_country c ON c.word = f.country JOIN code_sex s ON s.word = f.sex "
        "JOIN code_age_band a ON a.word = f.age_band "
        "JOIN code_area p ON p.country = f.country AND p.area = f.area "
        "WHERE f.person IS NOT NULL AND f.recipient = 'person'"
    )
    constant = _constant(con)
    seen = _sets(constant)
    same = {column: ", ".join(("person", *filter(None, key.split(",")))) for key, column in seen.items()}
    columns = ", ".join(
        f"coalesce(lag(month) OVER (PARTITION BY {names} ORDER BY month), 0)::USMALLINT AS {column}"
        for column, names in same.items()
    )
    for part in range(PARTS):
        how = "INSERT INTO visits" if part else "CREATE TABLE visits AS"
        con.execute(f"{how} SELECT *, {columns} FROM met WHERE person % {PARTS} = {part}")
    folder.mkdir()
    file = str(folder / "people.parquet").replace("'", "''")
    con.execute(
        f"COPY (SELECT * FROM visits ORDER BY month, country, area, sex, age_band, person) TO '{file}' "
        "(FORMAT parquet, COMPRESSION zstd)"
    )
    rows = con.execute("SELECT count(*) FROM visits").fetchone()[0]
    return {"people": {"rows": rows, "constant": constant, "seen": seen, "places": [list(place) for place in places]}}


def _codes(con, words: Mapping[str, list], places: list) -> None:
    """Small tables from words to dense numbers."""
    for name in ("country", "sex", "age_band"):
        con.execute(f"CREATE TABLE code_{name} (word VARCHAR, code INTEGER)")
        con.executemany(
            f"INSERT INTO code_{name} VALUES (?, ?)", list(zip(words[name], range(len(words[name])), strict=True))
        )
    con.execute("CREATE TABLE code_area (country VARCHAR, area VARCHAR, code INTEGER)")
    con.executemany("INSERT INTO code_area VALUES (?, ?, ?)", [(*place, code) for code, place in enumerate(places)])


def _constant(con) -> list[str]:
    """Dimensions in which nobody ever stands under two words: they need no columns of their own."""
    several = ", ".join(f"coalesce(bool_or({name}_most <> {name}_least), false)" for name in DIMENSIONS)
    ends = ", ".join(f"max({name}) AS {name}_most, min({name}) AS {name}_least" for name in DIMENSIONS)
    found = con.execute(f"SELECT {several} FROM (SELECT {ends} FROM met GROUP BY person)").fetchone()
    return [name for name, moves in zip(DIMENSIONS, found, strict=True) if not moves]


def _sets(constant: list[str]) -> dict[str, str]:
    """The sets of dimensions that get a column: {"country,age_band": "seen_3", …}."""
    place = [option for option in ((), ("country",), ("area",)) if not set(option) & set(constant)]
    rest = [((), (name,)) for name in ("sex", "age_band") if name not in constant]
    sets = [sum(choice, ()) for choice in product(place, *rest)]
    return {",".join(names): f"seen_{i}" for i, names in enumerate(sets)}


def column_for(layer: Mapping, names: set[str]) -> str | None:
    """The column of the month before for these dimensions, or None where there is none."""
    if not names <= set(DIMENSIONS):
        return None
    if "area" in names and "country" not in names and not _one_country_each(layer["places"]):
        return None
    if "area" in names:
        names = names - {"country"}
    names = names - set(layer["constant"])
    return layer["seen"].get(",".join(name for name in DIMENSIONS if name in names))


def _one_country_each(places: list) -> bool:
    """Whether an area's code alone names the place (no "unknown" in two countries)."""
    areas = [area for _, area in places]
    return len(areas) == len(set(areas))


@dataclass(frozen=True)
class Layer:
    """The opened layer for one question: rows of its period and filters, words by number, and how to count."""

    people: object
    codes: Mapping[str, Sequence[str]]
    about: Mapping
    where: frozenset[str]
    start: int
    sliced: bool

    def first_met(self, names: Iterable[str]):
        """The rows that each stand for one different person in the cells of `names`; None if no column tells."""
        import ibis

        names = set(names)
        column = None if self.sliced else column_for(self.about, (names - set(TIME)) | self.where)
        if column is None:
            return None
        month = self.people.met_in
        since = ibis.literal(self.start, "uint16")
        for name, length in (("month", 1), ("quarter", 3), ("year", 12)):
            if name in names:
                since = ibis.greatest(since, (month - month % length).cast("uint16"))
                break
        return self.people.filter(self.people[column] < since)


def open_layer(con, indicator, snapshot, ask) -> Layer | None:
    """The layer for a question about different people, if it knows every dimension asked for; else None."""
    about = snapshot.manifest.visits.get("people")
    file = snapshot.path / "visits" / "people.parquet"
    asked = {*ask.by, *ask.each, *ask.where}
    if not about or not file.is_file() or not asked <= {*DIMENSIONS, *TIME}:
        return None
    if indicator.measure != "distinct persons" or dict(indicator.of) != {"recipient": ("person",)}:
        return None
    if "area" in asked and not _one_country_each(about["places"]) and "country" not in {*ask.by, *ask.each}:
        return None
    words = snapshot.manifest.words
    codes = {name: words[name] for name in ("country", "sex", "age_band")}
    codes["area"] = [area for _, area in about["places"]]
    people = con.read_parquet(str(file))
    start, end = (year * 12 + month - 1 for year, month in (ask.period.start, ask.period.end))
    people = people.filter(people.month.between(start, end))
    for name, chosen in ask.where.items():
        numbers = [code for code, word in enumerate(codes[name]) if word in chosen]
        people = people.filter(people[name] == numbers[0] if len(numbers) == 1 else people[name].isin(numbers))
    people = people.select(*_columns(people, ask), *about["seen"].values(), "person", met_in=people.month)
    one_each = all(len(chosen) == 1 for chosen in ask.where.values())
    return Layer(people, codes, about, frozenset(ask.where), start, bool(ask.each) or not one_each)


def _columns(people, ask) -> list:
    times = {
        "year": lambda month: (month // 12).cast("int32"),
        "quarter": lambda month: (month // 12).cast("int32") * 10 + (month % 12) // 3 + 1,
        "month": lambda month: (month // 12).cast("int32") * 100 + month % 12 + 1,
    }
    named = {f"d{i}": name for i, name in enumerate(ask.by)} | {f"s{i}": name for i, name in enumerate(ask.each)}
    return [
        (times[name](people.month) if name in times else people[name]).name(column) for column, name in named.items()
    ]
