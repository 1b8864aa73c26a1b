"""Making releases before anything is kept: count, protect, audit, draw, write the files. Imports the engines."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path

import django

from duga import __version__
from duga.evidence import indicators
from duga.evidence import snapshot as frozen
from duga.indicators import rules
from duga.indicators.models import Snapshot
from duga.indicators.queries import counting, drawing, guard
from duga.indicators.queries.supply import consulted, count_public, frozen_of
from duga.indicators.rules import PublicTable
from duga.places.queries import population_rows_for
from duga.plain.ids import uuid7


@dataclass(frozen=True)
class _Made:
    """A release before it is kept: its document, definition and files."""

    document: dict
    definition: str
    files: dict[str, bytes]
    consulted: dict[str, str] = field(default_factory=dict)
    opened: list[str] = field(default_factory=list)  # what readable tables alone tell too closely: for the owner


@lru_cache(maxsize=1)
def _counts(folder: Path) -> counting.Counts:
    """What was counted of a snapshot so far in this process; a folder's content never changes."""
    return counting.Counts(frozen.open_snapshot(folder))


def _make(folder: Path, snapshot: Snapshot, country: str, year: int, tables: Iterable[PublicTable] = ()) -> list[_Made]:
    """One country (empty: all side by side) and year; `tables` empty: all about people that are public there."""
    tables = tuple(tables)
    if tables and all(table.indicator in rules.SUPPLY for table in tables):
        opened = frozen_of(folder)
        people = population_rows_for([country] if country else opened.words["services"]["country"], str(year))
        made = [_made_of_supply(opened, country, table, people) for table in tables]
        return [each for each in made if each.document["cells"] and each.document.get("population") != []]
    counts, older = _counts(folder), guard.older_for_release(country, year, snapshot)
    places = [country] if country else counts.opened.manifest.words.get("country", [])
    people = population_rows_for(places, str(year))
    question = counting.Question.of(counts, country, year, older=older, population=people)
    count = counting.count_country if country else counting.count_network
    tables = tables or (rules.COUNTRY_TABLES if country else rules.NETWORK_TABLES)
    return [_made(each, question) for each in count(question, tables)]


def _make_all(
    folder: Path, snapshot: Snapshot, scopes: list[tuple[str, int]], processes: int
) -> Iterator[tuple[str, int, list[_Made]]]:
    """All scopes in their order; with several processes each is worked on where there is room."""
    if processes < 2:
        for country, year in scopes:
            yield country, year, _make(folder, snapshot, country, year)
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=django.setup) as pool:
        waiting = [(country, year, pool.submit(_make, folder, snapshot, country, year)) for country, year in scopes]
        for country, year, made in waiting:
            yield country, year, made.result()


def _made_of_supply(frozen, country: str, table: PublicTable, people: list[dict]) -> _Made:
    indicator = indicators.find(table.indicator)
    document = count_public(frozen, country, table, indicator, release_id=uuid7(), population=people)
    return _Made(document, indicator.text, _files_of(document), consulted(indicator))


def _made(counted: counting.Counted, question: counting.Question) -> _Made:
    document = counting.document(counted, release_id=uuid7(), question=question, code_version=__version__)
    files = _files_of(document)
    svg = drawing.draw(document, counted.wanted.chart)
    if svg:
        files["svg"] = svg.encode()
    return _Made(document, counted.indicator.text, files, counted.consulted, counted.opened)


def _files_of(document: dict) -> dict[str, bytes]:
    return {
        "json": rules.canonical(document), "csv": rules.as_csv(document), "parquet": drawing.as_parquet(document),
    }  # fmt: skip
