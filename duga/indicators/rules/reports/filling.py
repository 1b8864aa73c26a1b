"""Filling a form: its layout and a source of numbers give what stands in each cell, ready to be shown or written."""

import re
from dataclasses import dataclass, field
from typing import Protocol

from duga.indicators.rules.reports.layouts import SHOWS, Figure, Layout, Line, Part
from duga.indicators.rules.reports.numbers import Counted, Need, Told
from duga.places.rules.codes import pick


class Source(Protocol):
    """Where the numbers and words of a form come from."""

    def told(self, figure: Figure) -> Told:
        """The number of a cell."""

    def words(self, dimension: str, figures: list[Figure]) -> list[str]:
        """The words that rows are made of, in order."""

    def label(self, dimension: str, word: str) -> str:
        """A word as people read it."""

    def say(self, what: str, figure: Figure | None = None) -> str:
        """One of layouts.SHOWS in words."""

    def table(self, need: Need) -> Counted | None:
        """A protected table."""


@dataclass(frozen=True)
class FilledPart:
    """A part with its words and numbers: rows of `str` or `Told`; a text as pieces of both; `total`: the last row is
    the total of those above."""

    title: str
    at: str
    heads: list[str] = field(default_factory=list)
    rows: list[list] = field(default_factory=list)
    total: bool = False
    text: list = field(default_factory=list)
    facts: bool = False

    def told(self) -> list[Told]:
        """Every number of the part."""
        cells = [cell for row in self.rows for cell in row] + self.text
        return [cell for cell in cells if isinstance(cell, Told)]


@dataclass(frozen=True)
class Filled:
    """A filled form; `tables` are the tables that its numbers rest on, in order."""

    layout: Layout
    title: str
    parts: list[FilledPart]
    tables: list[Counted]


def fill(layout: Layout, source: Source, language: str) -> Filled:
    """The form, filled."""
    parts = [_filled(part, source, language) for part in layout.parts]
    needs = dict.fromkeys(need for part in parts for told in part.told() for need in told.rests_on)
    tables = [table for table in map(source.table, needs) if table is not None]
    return Filled(layout, pick(dict(layout.title), language), parts, tables)


def note_of(told: Told) -> str:
    """The number of a note in which a table is described, for links: "people_assisted-area"."""
    return "-".join(part for need in told.rests_on[:1] for part in (need.code, *need.by))


def _filled(part: Part, source: Source, language: str) -> FilledPart:
    def say(texts):
        return pick(dict(texts), language) if texts else ""

    title = say(part.title)
    if part.text:
        return FilledPart(title, part.at, text=_text(say(part.text), part, source))
    if part.facts:
        rows = [[say(line.title), _shown(line, source)] for line in part.facts]
        return FilledPart(title, part.at, rows=rows, facts=True)
    rows = [(say(row.title), row) for row in part.rows]
    if part.each:
        rows = _each(part, source)
        if part.total:
            rows.append((say(part.total), Line(part.total)))
    return FilledPart(
        title, part.at, heads=[say(part.heading), *(say(column.title) for column in part.columns)],
        rows=[[name, *(_cell(part, row, column, source) for column in part.columns)] for name, row in rows],
        total=bool(part.total),
    )  # fmt: skip


def _each(part: Part, source: Source) -> list[tuple[str, Line]]:
    """A row for every word of which there is a number."""
    blank = Line({}, of={part.each: ()})
    figures = [figure for figure in (part.figure(blank, column) for column in part.columns) if figure]
    return [
        (source.label(part.each, word), Line({}, of={part.each: (word,)}))
        for word in source.words(part.each, figures)
    ]  # fmt: skip


def _cell(part: Part, row: Line, column: Line, source: Source):
    figure = part.figure(row, column)
    if figure:
        return source.told(figure)
    return source.say(column.show or row.show or "empty", Figure(row.figure, row.of) if row.figure else None)


def _shown(line: Line, source: Source):
    return source.told(Figure(line.figure, line.of)) if line.figure else source.say(line.show or "empty")


def _text(text: str, part: Part, source: Source) -> list:
    """A text as pieces: words, and numbers where {names} stand."""
    pieces = re.split(r"{(\w+)}", text)
    return [
        (piece if at % 2 == 0 else source.say(piece) if piece in SHOWS else source.told(part.figures[piece]))
        for at, piece in enumerate(pieces)
        if piece
    ]
