"""Answering from the counting layer: which questions it knows, and the rows that are to be added up."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from duga.evidence.model import TIME
from duga.evidence.visits.counting import DIMENSIONS, KINDS, LAYOUT, SETS, Words, file_of


@dataclass(frozen=True)
class Quick:
    """The layer opened for one question."""

    con: object
    folder: Path
    constant: frozenset[str]
    ask: object

    def counts(self, names: Iterable[str]):
        """(rows with `n` to be added up by the columns of `names` and slices); None if the facts must be asked.

        A filter to several words of a dimension that is not among `names` would count twice who stands under two.
        """
        import ibis

        ask = self.ask
        wanted = {*names, *ask.each}
        open_ = {name for name, words in ask.where.items() if len(words) > 1 and name not in wanted}
        if "area" in wanted:
            open_.discard("country")
        if open_ - self.constant:
            return None
        dimensions = (wanted | set(ask.where)) - set(TIME)
        rows = _kept(self.con.read_parquet(str(self.folder / file_of(dimensions))), ask)
        start, month = ask.period.start[0] * 12 + ask.period.start[1] - 1, rows.month
        since = ibis.literal(start, "int32")
        for name, length in (("month", 1), ("quarter", 3), ("year", 12)):
            if name in wanted:
                since = ibis.greatest(since, (month - month % length).cast("int32"))
                break
        return rows.filter(rows.before < since).select(*_columns(rows, ask, wanted), "n")

    def movers(self):
        """Who stands under several words, where she was met: the columns of the question and `who`."""
        rows = _kept(self.con.read_parquet(str(self.folder / "movers.parquet")), self.ask)
        return rows.select(*_columns(rows, self.ask, {*self.ask.by, *self.ask.each}), "who").distinct()


def open_layer(con, indicator, snapshot, ask) -> Quick | None:
    """The layer for a question about different people or households, if it knows every dimension asked for."""
    about = snapshot.manifest.visits
    asked = {*ask.by, *ask.each, *ask.where}
    key = {"distinct persons": "person", "distinct households": "household"}.get(indicator.measure)
    if about.get("layout") != LAYOUT or not asked <= {*DIMENSIONS, *TIME} or key is None:
        return None
    name = KINDS[key]
    if dict(indicator.of) != {"recipient": (key,)} or name not in about:
        return None
    folder = snapshot.path / "visits" / name
    if not all((folder / file).is_file() for file in ("movers.parquet", *map(file_of, SETS))):
        return None
    if "area" in asked and "country" not in {*ask.by, *ask.each} and not _one_country_each(folder):
        return None
    return Quick(con, folder, frozenset(about[name]["constant"]), ask)


def _one_country_each(folder: Path) -> bool:
    """Whether an area's code alone names the place (no "unknown" in two countries)."""
    places = {words[:2] for words in Words.read(folder / "words.parquet").number}
    return len({area for _, area in places}) == len(places)


def _kept(rows, ask):
    """The rows of the question's period and filters."""
    start, end = (year * 12 + month - 1 for year, month in (ask.period.start, ask.period.end))
    rows = rows.filter(rows.month.between(start, end))
    for name, words in ask.where.items():
        rows = rows.filter(rows[name] == words[0] if len(words) == 1 else rows[name].isin(words))
    return rows


def _columns(rows, ask, wanted: set[str]) -> list:
    """The columns d0, d1 … and s0, s1 … of the question, as far as they are wanted."""
    times = {
        "year": lambda month: (month // 12).cast("int32"),
        "quarter": lambda month: (month // 12).cast("int32") * 10 + (month % 12) // 3 + 1,
        "month": lambda month: (month // 12).cast("int32") * 100 + month % 12 + 1,
    }
    named = {f"d{i}": name for i, name in enumerate(ask.by)} | {f"s{i}": name for i, name in enumerate(ask.each)}
    return [
        (times[name](rows.month) if name in times else rows[name]).name(column)
        for column, name in named.items()
        if name in wanted
    ]
