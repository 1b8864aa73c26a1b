"""A form as data: one YAML file says its title, parts, columns and rows, and which cell is which number.

Every word is checked when the file is read: indicators, what they are kept to, dimensions, times, what may be shown.
An unknown one is refused with the near ones. Numbers stand in no layout, only where they come from.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import yaml

from duga.casework.rules.helpline import Caller
from duga.evidence import indicators, violence, vocabulary
from duga.evidence.model import TIME, known_word
from duga.evidence.supply import words as supply
from duga.evidence.work import words as work
from duga.indicators.rules.reports.periods import PERIODS
from duga.plain.errors import Refused, gettext_noop

FOLDER = Path(__file__).resolve().parents[4] / "reports"
"""Where the forms of this installation lie."""

WHO = ("organisation", "network")
SHOWS = ("organisation", "place", "period", "made_on", "unit", "source", "empty")
"""What a cell may show that is no number: whose form it is, where, when, the day it was filled, the row's unit, where
its number comes from, nothing (to be filled by hand)."""

EACH = ("area", "service_type", "month", "unit", "sex", "age_band", "need", "receiver", "outcome", "call_service")
"""What rows may be made of, one a word that there is."""

TOLD_MONTHS = {
    "helpline_calls": ("caller", "channel", "language", "sex", "age_band"),
    "helpline_services": ("call_service",),
}
"""Numbers that are told by the month on written request, already protected; what each may be kept to, one at a time."""

_LAYOUT = {"code", "version", "title", "source", "for", "periods", "parts"}
_PART = {"title", "at", "heading", "columns", "rows", "text", "figures", "facts"}
_COLUMN = {"title", "figure", "of", "show"}
_EACH = {"each", "total"}


@dataclass(frozen=True)
class Figure:
    """Which number: an indicator's code and what it is kept to, words by dimension."""

    code: str
    of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def kept_to(self, of: Mapping[str, tuple[str, ...]]) -> "Figure":
        return Figure(self.code, {**self.of, **of})


@dataclass(frozen=True)
class Line:
    """A row or a column: its title, and its share of which number stands in it (or what is shown instead)."""

    title: Mapping[str, str]
    figure: str = ""
    of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    show: str = ""


@dataclass(frozen=True)
class Part:
    """A table (`columns` × `rows`, or rows of `each` word of a dimension), a text with figures in it, or facts."""

    title: Mapping[str, str]
    at: str = ""
    heading: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[Line, ...] = ()
    rows: tuple[Line, ...] = ()
    each: str = ""
    total: Mapping[str, str] = field(default_factory=dict)
    text: Mapping[str, str] = field(default_factory=dict)
    figures: Mapping[str, Figure] = field(default_factory=dict)
    facts: tuple[Line, ...] = ()

    def figure(self, row: Line, column: Line) -> Figure | None:
        """The number where a row and a column meet; None where something else stands."""
        code = row.figure or column.figure
        if column.show or not code:
            return None
        return Figure(code, {**column.of, **row.of})


@dataclass(frozen=True)
class Layout:
    """A form as read; `text` is the file, byte for byte."""

    code: str
    version: int
    title: Mapping[str, str]
    source: str
    who: tuple[str, ...]
    periods: tuple[str, ...]
    parts: tuple[Part, ...]
    text: str = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the file."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def figures(self) -> list[Figure]:
        """Every number that may stand in it; of rows made of words, with the dimension kept to nothing yet (`()`)."""
        found = []
        for part in self.parts:
            found += part.figures.values()
            found += [Figure(line.figure, line.of) for line in part.facts if line.figure]
            rows = part.rows or _words_and_total(part)
            told = [part.figure(row, column) for row in rows for column in part.columns]
            found += [figure for figure in told if figure]
        return list({(each.code, *sorted(each.of.items())): each for each in found}.values())


def load_layouts(folder: str | Path = FOLDER) -> dict[str, Layout]:
    """All forms of a folder, by code."""
    return {each.code: each for each in (_read(path) for path in sorted(Path(folder).glob("*.yaml")))}


def find_layout(code: str, folder: str | Path = FOLDER) -> Layout:
    """The form with this code; an unknown one is refused with the near ones."""
    known = {path.stem: path for path in Path(folder).glob("*.yaml")}
    return _read(known[known_word(code, sorted(known), "form")])


def _read(path: Path) -> Layout:
    return parse_layout(path.read_text("utf-8"), path.name)


@lru_cache(maxsize=64)
def parse_layout(text: str, name: str = "the form") -> Layout:
    """Reads a form from its text; refused with the reason if anything is missing or unknown."""
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise Refused(gettext_noop("%(name)s is not readable YAML: %(error)s"), name=name, error=str(error)) from error
    _only(data, _LAYOUT, name)
    missing = sorted(_LAYOUT - set(data))
    if missing:
        raise Refused(gettext_noop("%(name)s lacks: %(missing)s."), name=name, missing=", ".join(missing))
    return Layout(
        code=str(data["code"]),
        version=int(data["version"]),
        title=_texts(data["title"], name),
        source=str(data["source"]),
        who=tuple(known_word(word, WHO, "reader of a form") for word in data["for"]),
        periods=tuple(known_word(word, PERIODS, "time of a form") for word in data["periods"]),
        parts=tuple(_part(each, name) for each in data["parts"]),
        text=text,
    )


def _only(data, allowed, name: str) -> None:
    if not isinstance(data, dict):
        raise Refused(gettext_noop("%(name)s is not a form: fields with their values are expected."), name=name)
    for key in data:
        known_word(key, sorted(allowed), f"field of {name}")


def _texts(value, name: str) -> dict[str, str]:
    if not isinstance(value, dict) or not str(value.get("en", "")).strip():
        raise Refused(gettext_noop("A title or text in %(name)s needs words in English at least."), name=name)
    return {str(language): " ".join(str(words).split()) for language, words in value.items()}


def _part(data, name: str) -> Part:
    _only(data, _PART, name)
    at = str(data.get("at") or "")
    if at and not re.fullmatch(r"[A-Z]{1,2}[1-9]\d{0,3}", at):
        raise Refused(gettext_noop("%(at)s in %(name)s is no cell of a sheet, like B7."), at=at, name=name)
    rows, each, total = data.get("rows") or [], "", {}
    if isinstance(rows, dict):
        _only(rows, _EACH, name)
        each = known_word(rows["each"], EACH, "kind of row")
        total, rows = _texts(rows["total"], name) if rows.get("total") else {}, []
    part = Part(
        title=_texts(data["title"], name) if data.get("title") else {},
        at=at,
        heading=_texts(data["heading"], name) if data.get("heading") else {},
        columns=tuple(_line(line, name) for line in data.get("columns") or ()),
        rows=tuple(_line(line, name) for line in rows),
        each=each,
        total=total,
        text=_texts(data["text"], name) if data.get("text") else {},
        figures={str(key): _figure(told, name) for key, told in (data.get("figures") or {}).items()},
        facts=tuple(_line(line, name) for line in data.get("facts") or ()),
    )
    _check_part(part, name)
    return part


def _check_part(part: Part, name: str) -> None:
    """Refuses a part that is nothing or several things at once, and numbers that do not exist."""
    kinds = [bool(part.columns and (part.rows or part.each)), bool(part.text), bool(part.facts)]
    if sum(kinds) != 1:
        raise Refused(
            gettext_noop("Each part of %(name)s is a table (columns and rows), a text, or facts: one of them."),
            name=name,
        )
    for row in part.rows or _words_and_total(part):
        for column in part.columns:
            if row.figure and column.figure and row.figure != column.figure:
                raise Refused(
                    gettext_noop("A row and a column of %(name)s name two numbers for one cell: %(one)s, %(other)s."),
                    name=name, one=row.figure, other=column.figure,
                )  # fmt: skip
            figure = part.figure(row, column)
            if figure:
                check_figure(figure)
    for line in part.facts:
        if line.figure:
            check_figure(Figure(line.figure, line.of))
    for text in part.text.values():
        for key in re.findall(r"{(\w+)}", text):
            known_word(key, [*part.figures, *SHOWS], f"figure of a text in {name}")


def _words_and_total(part: Part) -> tuple[Line, ...]:
    """The rows made of words stand for one, whichever it is, and the row of their total."""
    return (Line({}, of={part.each: ()}), *([Line(part.total)] if part.total else ())) if part.each else ()


def _line(data, name: str) -> Line:
    _only(data, _COLUMN, name)
    if not data.get("title"):
        raise Refused(gettext_noop("A row or column of %(name)s has no title."), name=name)
    show = known_word(data["show"], SHOWS, "thing to show") if data.get("show") else ""
    of = {str(key): _several(words) for key, words in (data.get("of") or {}).items()}
    return Line(_texts(data["title"], name), str(data.get("figure") or ""), of, show)


def _figure(data, name: str) -> Figure:
    _only(data, {"figure", "of"}, name)
    figure = Figure(
        str(data.get("figure") or ""), {str(key): _several(words) for key, words in (data.get("of") or {}).items()}
    )
    check_figure(figure)
    return figure


def _several(words) -> tuple[str, ...]:
    return tuple(str(word) for word in words) if isinstance(words, list) else (str(words),)


def definition(code: str) -> indicators.Indicator:
    """An indicator by its code, read once as long as its file stays as it is; an unknown one is refused."""
    file = indicators.FOLDER / f"{code}.yaml"
    return _defined(code, file.stat().st_mtime_ns if file.is_file() else 0)


@lru_cache(maxsize=128)
def _defined(code: str, _stamp: int) -> indicators.Indicator:
    return indicators.find(code)


# --- Numbers ----------------------------------------------------------------------------------------------


def check_figure(figure: Figure) -> None:
    """Refuses a number that is not defined, or cannot be kept to what it is kept to; with the near words."""
    if figure.code in TOLD_MONTHS:
        for name, words in figure.of.items():
            known_word(name, TOLD_MONTHS[figure.code], f"dimension of {figure.code}")
            for word in words:
                known_word(word, (*Caller, "unknown"), name) if name == "caller" else vocabulary.check(name, word)
        return
    codes = [*(path.stem for path in indicators.FOLDER.glob("*.yaml")), *TOLD_MONTHS]
    indicator = definition(known_word(figure.code, sorted(codes), "indicator"))
    if indicator.measure in work.MEASURES and work.MEASURES[indicator.measure].value:
        raise Refused(
            gettext_noop("%(code)s is a sum that stands in no form: take the mean that is worked out from it."),
            code=figure.code,
        )
    allowed = [name for name in indicator.breakdowns if name not in ("country", "organisation", "year", "quarter")]
    for name, words in figure.of.items():
        known_word(name, allowed, f"dimension of {figure.code}")
        for word in words:
            _check_word(indicator, name, word)
        if len(words) > 1 and not indicator.of_work:
            raise Refused(
                gettext_noop("%(code)s is kept to one %(name)s at a time: people in two of them would count twice."),
                code=figure.code, name=name,
            )  # fmt: skip
    kept = {name: words for name, words in figure.of.items() if words and name not in TIME}
    if not indicator.of_work and not indicator.of_supply:
        violence.check(indicator, [name for name, words in figure.of.items() if not words and name == "area"], kept)


def _check_word(indicator, name: str, word: str) -> None:
    if name in TIME or name == "area":
        return
    check = supply.check_word if indicator.of_supply else work.check_word if indicator.of_work else vocabulary.check
    check(name, word)
