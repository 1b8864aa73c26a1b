"""A released table as a page shows it: drawing, table, words, and the ways to its method and files."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from duga.evidence.model import ALL
from duga.indicators import rules as figures
from duga.indicators.queries import Shown, drawing, word_finder
from duga.indicators.rules import DIMENSION_WORDS, UNIT_WORDS
from duga.places.queries import country_name
from duga.places.rules.codes import pick
from duga.plain.text import alphabetical
from duga.publishing.rules import TITLES
from duga.ui import charts
from duga.ui.html import HIDDEN, UNKNOWN, Cell, Column, Row

#: What stands after the regions, in their column.
NO_PLACE = ("whole_country", "withheld", "unknown")


@dataclass(frozen=True)
class Block:
    """A released table as a page shows it: drawing, table, and the ways to its method and files."""

    name: str
    title: str
    caption: str
    columns: list[Column]
    rows: list[Row]
    url: str
    method: str
    files: list[tuple[str, str]]
    fingerprint: str = ""
    svg: str = ""
    words: str = ""
    has_hidden: bool = False
    withheld: bool = False


@dataclass(frozen=True)
class Stat:
    """One number that stands alone."""

    label: str
    cell: Cell
    unit: str
    url: str


def _block(name: str, shown: Shown, language: str) -> Block:
    document = shown.document
    columns, rows = _table(shown, language) if document["breakdown"] else ([], [])
    chart = next((table.chart for table in figures.COUNTRY_TABLES if table.name == name), "")
    svg, words = _drawing(shown, chart, language)
    return Block(
        name=name.replace(":", "-").replace(",", "-"),
        title=_(TITLES[name]),
        caption=f"{_title(document, language)}, {_years(document)}",
        columns=columns,
        rows=rows,
        url=release_url(shown.id),
        method=method_words(document),
        files=file_links(shown.id, document),
        fingerprint=document["snapshot"]["fingerprint"],
        svg=svg,
        words=words,
        has_hidden=_has_hidden(document),
        withheld=document["withheld"],
    )


def _table(shown: Shown, language: str) -> tuple[list[Column], list[Row]]:
    """One dimension: a row each. Sex and age: ages down, sexes across, totals last. More: a row each line told."""
    document = shown.document
    breakdown = document["breakdown"]
    names = word_finder(document, language)
    if len(breakdown) == 1:
        name = breakdown[0]
        columns = [Column(_(DIMENSION_WORDS[name])), Column(_value_word(document), numeric=True)]
        words = [cell[name] for cell in document["cells"]]
        if name in ("area", "unit"):
            words.sort(key=lambda word: (word == ALL, word in NO_PLACE, alphabetical(names(name, word))))
        rows = [Row((names(name, word), _linked(shown, (word,))), total=word == ALL) for word in words]
        return columns, rows
    if len(breakdown) > 2:
        return _lines(shown, names)
    across, down = breakdown
    heads = list(dict.fromkeys(cell[across] for cell in document["cells"]))
    sides = list(dict.fromkeys(cell[down] for cell in document["cells"]))
    columns = [Column(_(DIMENSION_WORDS[down])), *(Column(names(across, head), numeric=True) for head in heads)]
    rows = [
        Row((names(down, side), *(_linked(shown, (head, side)) for head in heads)), total=side == ALL) for side in sides
    ]
    return columns, rows


def _lines(shown: Shown, names) -> tuple[list[Column], list[Row]]:
    """A column each dimension, a row each cell there is: what no line tells is unknown, and never nought."""
    document = shown.document
    columns = [Column(_(DIMENSION_WORDS[name])) for name in document["breakdown"]]
    rows = []
    for cell in document["cells"]:
        key = figures.cell_key(document, cell)
        words = [names(name, word) for name, word in zip(document["breakdown"], key, strict=True)]
        rows.append(Row((*words, _linked(shown, key))))
    return [*columns, Column(_value_word(document), numeric=True)], rows


def _years(document: Mapping) -> str:
    """When a table's numbers are of: the years it goes through, else its period."""
    years = sorted({cell["year"] for cell in document["cells"] if cell.get("year", ALL) != ALL})
    return "–".join(dict.fromkeys([years[0], years[-1]])) if years else period_words(document["period"])


def _drawing(shown: Shown, chart: str, language: str) -> tuple[str, str]:
    """The drawing in this language, and what it says in words."""
    if not shown.svg:
        return "", ""
    document = shown.document
    names = word_finder(document, language)
    unit = _(UNIT_WORDS.get(document["indicator"]["unit"], ""))
    marks = drawing.marks_of(document, chart, language)
    if chart == "map":
        marks = [charts.Mark(names("area", mark.label), mark.value) for mark in marks]
    words = charts.describe(marks, unit=unit, kind="trend" if chart == "trend" else "bar", language=language)
    title = f"{_(TITLES[_name(document)])}, {country_name(document['country'], language)}, {document['period'][:4]}"
    slots = {"unit": unit}
    for name, list_name in drawing.LISTS.items():
        if name in document["breakdown"]:
            slots |= {f"{list_name}:{cell[name]}": names(name, cell[name]) for cell in document["cells"]}
    if "area" in document["breakdown"]:
        slots |= {cell["area"]: names("area", cell["area"]) for cell in document["cells"]}
    return charts.speak(shown.svg, language=language, title=title, description=words, words=slots), words


def _linked(shown: Shown, key: Iterable[str]) -> Cell:
    """A number with the way to its provenance; hidden where it is hidden, nought where nothing was recorded."""
    key = tuple(key)
    cell = shown.cell(*key)
    if cell is None and ALL in key:
        return HIDDEN
    return _cell(
        cell or {"status": "shown", "value": 0, "qualifier": "exact"}, f"{release_url(shown.id)}#{figures.anchor(key)}"
    )


def _cell(cell: Mapping, url: str) -> Cell:
    if cell["status"] == "unknown":
        return UNKNOWN
    if cell["status"] != "shown":
        return HIDDEN
    return Cell(cell["value"], url=url, qualifier="" if cell["qualifier"] == "exact" else cell["qualifier"])


def _value_word(document: Mapping) -> str:
    unit = document["indicator"]["unit"]
    if document.get("rests_on"):
        title = _title(document, get_language())
        return f"{title} (%)" if unit == "%" else title
    return _(UNIT_WORDS[unit]).capitalize() if unit in UNIT_WORDS else _("Quantity")


def _name(document: Mapping) -> str:
    return f"{document['indicator']['code']}:{','.join(document['breakdown'])}"


def _title(document: Mapping, language: str) -> str:
    return _in(document["indicator"]["title"], language)


def _in(texts: Mapping[str, str], language: str) -> str:
    return pick(dict(texts), language)


def marked(texts: Mapping[str, str], language: str) -> str:
    """A text in a language; where there is only English, marked so: read aloud and laid out rightly in any page."""
    text = pick(dict(texts), language)
    return _english(text) if text == texts.get("en") and language.split("-")[0] != "en" else text


def translated(text: str, params: Mapping | None = None) -> str:
    """A gettext id in the language in force; where it has no translation, marked as the English it is."""
    told = _(text)
    params = params and params | {name: date_words(params[name]) for name in ("month",) if name in params}
    whole = told % params if params else told
    return _english(whole) if told == text and (get_language() or "en").split("-")[0] != "en" else whole


def _english(text: str) -> str:
    return format_html('<span lang="en" dir="ltr">{}</span>', text)


def _has(shown: Shown, code: str) -> bool:
    cell = shown.cell(code)
    return bool(cell) and (cell["status"] == "hidden" or bool(cell["value"]))


def _is_hidden(shown: Shown, code: str) -> bool:
    cell = shown.cell(code)
    return bool(cell) and cell["status"] == "hidden"


def _has_hidden(document: Mapping) -> bool:
    return any(cell["status"] == "hidden" for cell in (*document["cells"], *document["beside"]))


def _notes(shown: Iterable[Shown]) -> list[str]:
    """What readers must know, each said once."""
    found = {note["text"]: note["params"] for each in shown for note in each.document["notes"]}
    return [translated(text, params) for text, params in found.items()]


def date_words(period: str) -> str:
    """An ISO day, month, year or interval of them as people write it: 19. 3. 2020 – 14. 5. 2020, 10/2026."""
    ends = [part.split("-") for part in period.split("/")]
    if not all(part.isdigit() for end in ends for part in end):
        return period  # as its source says it
    orders = {3: "{2}. {1}. {0}", 2: "{1}/{0}", 1: "{0}"}
    return " – ".join(orders[len(end)].format(*map(int, end)) if len(end) in orders else "-".join(end) for end in ends)


def period_words(period: str) -> str:
    """A released period in words: the year."""
    start, dots, end = period.partition("..")
    if not dots:
        return date_words(period)
    return start[:4] if (start[5:], end[5:]) == ("01", "12") and start[:4] == end[:4] else f"{start} – {end}"


def method_words(document: Mapping) -> str:
    """Unit, counting and protection in one sentence."""
    parts = [
        _("Worked out from two counts; never added up.")
        if document.get("rests_on")
        else _("Each one counted once, in every total too.")
        if document["totals"] == "distinct"
        else _("Quantities added; unlike units never.")
    ]
    if document["protection"]["method"] == "suppression":
        parts.append(
            _("Numbers under %(minimum)s are hidden, and others so that those cannot be worked out.")
            % document["protection"]
        )
    elif document["protection"]["method"] == "units":
        parts.append(_("Units that few people may stand behind are hidden."))
    return " ".join(parts)


def release_url(release_id) -> str:
    return reverse("release", args=[release_id])


def file_links(release_id, document: Mapping) -> list[tuple[str, str]]:
    """(label, address) of the downloads."""
    stem = figures.stem(document)
    return [
        (text, reverse("release_file", args=[release_id, f"{stem}.{kind}"]))
        for kind, text in (("csv", "CSV"), ("parquet", "Parquet"), ("json", "JSON"), ("prov.json", "PROV"))
    ]
