"""What the public pages show: releases in force, in words; and figures that others published."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from duga.evidence.indicators import parse
from duga.evidence.model import ALL
from duga.indicators import queries as indicators
from duga.indicators import rules as figures
from duga.indicators.queries import Shown, drawing, word_finder
from duga.indicators.rules import DIMENSION_WORDS, UNIT_WORDS
from duga.places.queries import countries, country_name
from duga.places.rules import country_note
from duga.places.rules.codes import pick
from duga.plain.errors import NotFound, gettext_noop
from duga.publishing.models import PublishedFigure
from duga.publishing.rules import TITLES, touches_year
from duga.ui import charts
from duga.ui.html import HIDDEN, Cell, Column, Row

NO_PAGE = gettext_noop("No figures of this country have been published yet.")


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


@dataclass(frozen=True)
class CountryPage:
    """All that is public of one country and year."""

    code: str
    name: str
    note: str
    year: int
    years: list[tuple[str, str, bool]]
    stats: list[Stat] = field(default_factory=list)
    beside: list[Stat] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    by_year: Block | None = None
    notes: list[str] = field(default_factory=list)
    too_small: bool = False
    others: list[PublishedFigure] = field(default_factory=list)
    has_hidden: bool = False


# --- Countries ---------------------------------------------------------------------------------------------


def evidence_home(language: str) -> dict:
    """The countries, and people assisted by country and year."""
    documents = dict(sorted(indicators.network_documents().items()))
    released = indicators.released_countries()
    known = [country.code for country in countries()]
    codes = [code for code in known if code in released or any(_has(doc, code) for doc in documents.values())]
    codes += [code for code in released if code not in codes]
    rows = []
    for code in codes:
        name = Cell(country_name(code, language), url=reverse("evidence_country", args=[code.lower()]))
        rows.append(Row((name, *(_linked(doc, (code,)) for doc in documents.values()))))
    if documents:
        rows.append(Row((_("All countries"), *(_linked(doc, (ALL,)) for doc in documents.values())), total=True))
    return {
        "countries": [(country_name(code, language), code.lower(), released.get(code, [])) for code in codes],
        "columns": [Column(_("Country")), *(Column(str(year), numeric=True) for year in documents)],
        "rows": rows,
        "notes": sorted({_(note) for note in map(country_note, codes) if note}),
        "document_notes": _notes(documents.values()),
        "has_hidden": any(_has_hidden(doc.document) or not doc.cell(ALL) for doc in documents.values()),
        "others": list(PublishedFigure.objects.filter(place="")),
    }


def country_page(code: str, year: int | None, language: str) -> CountryPage:
    """A country's figures of a year (None: the newest); NotFound when nothing was ever published."""
    code = code.upper()
    years = indicators.released_years(code)
    small = [y for y, doc in indicators.network_documents().items() if _is_hidden(doc, code) and y not in years]
    offered = sorted({*years, *small}, reverse=True)
    year = year or (years or offered or [None])[0]
    if year not in offered:
        raise NotFound(NO_PAGE if not offered else gettext_noop("No figures of that year have been published."))
    documents = indicators.country_documents(code, year)
    blocks = [_block(name, documents[name], language) for name in _order() if name in documents and name in TITLES]
    stats, beside = _stats(documents, language)
    note = country_note(code)
    return CountryPage(
        code=code,
        name=country_name(code, language),
        note=_(note) if note else "",
        year=year,
        years=[(str(y), reverse("evidence_year", args=[code.lower(), y]), y == year) for y in sorted(offered)],
        stats=stats,
        beside=beside,
        blocks=[block for block in blocks if block.rows],
        by_year=_by_year(code, language),
        notes=_notes(documents.values()),
        too_small=not documents,
        others=others(code, year),
        has_hidden=any(_has_hidden(doc.document) for doc in documents.values()),
    )


def others(country: str, year: int) -> list[PublishedFigure]:
    """Figures that others published of a country and, in part at least, a year."""
    found = PublishedFigure.objects.filter(place=country)
    return [figure for figure in found if touches_year(figure.period, year)]


def _order() -> list[str]:
    first = ["people_assisted:area", "people_assisted:month"]
    return [*first, *(table.name for table in figures.COUNTRY_TABLES if table.name not in first)]


def _stats(documents: Mapping[str, Shown], language: str) -> tuple[list[Stat], list[Stat]]:
    """The country's few large numbers, and those that are never added to them."""
    stats, beside = [], []
    for name in ("people_assisted:sex,age_band", "households_reached:"):
        if name in documents:
            shown = documents[name]
            title = _title(shown.document, language)
            stats.append(_stat(shown, title, figures.grand_total(shown.document), shown.document["indicator"]["unit"]))
            for other in shown.document["beside"]:
                text = _in(other["title"], language)
                beside.append(_stat(shown, text, other, other["unit"], anchor=f"beside-{other['code']}"))
    return stats, [each for each in beside if each.cell.hidden or each.cell.value]


def _stat(shown: Shown, text: str, cell: Mapping, unit: str, anchor: str = "") -> Stat:
    anchor = anchor or figures.anchor((ALL,) * len(shown.document["breakdown"]))
    url = f"{release_url(shown.id)}#{anchor}"
    return Stat(text, _cell(cell, ""), _(UNIT_WORDS[unit]) if unit in UNIT_WORDS else "", url)


def _by_year(code: str, language: str) -> Block | None:
    """People assisted in each year that is in force: never added up, the same person may stand in several."""
    rows = [
        Row((str(year), _cell(cell, f"{release_url(ident)}#{figures.anchor((ALL, ALL))}")))
        for year, ident, cell in indicators.totals_by_year(code)
    ]
    if len(rows) < 2:
        return None
    return Block(
        name="years", title=_("Year by year"), caption=_("People assisted in each year"),
        columns=[Column(_("Year")), Column(_("People"), numeric=True)], rows=rows, url="", method="", files=[],
    )  # fmt: skip


# --- One table ---------------------------------------------------------------------------------------------


def _block(name: str, shown: Shown, language: str) -> Block:
    document = shown.document
    columns, rows = _table(shown, language) if document["breakdown"] else ([], [])
    chart = next((table.chart for table in figures.COUNTRY_TABLES if table.name == name), "")
    svg, words = _drawing(shown, chart, language)
    return Block(
        name=name.replace(":", "-").replace(",", "-"),
        title=_(TITLES[name]),
        caption=f"{_title(document, language)}, {period_words(document['period'])}",
        columns=columns,
        rows=rows,
        url=release_url(shown.id),
        method=method_words(document),
        files=file_links(shown.id, document),
        svg=svg,
        words=words,
        has_hidden=_has_hidden(document),
        withheld=document["withheld"],
    )


def _table(shown: Shown, language: str) -> tuple[list[Column], list[Row]]:
    """One dimension: a row each. Sex and age: ages down, sexes across, totals last."""
    document = shown.document
    breakdown = document["breakdown"]
    names = word_finder(document, language)
    if len(breakdown) == 1:
        name = breakdown[0]
        columns = [Column(_(DIMENSION_WORDS[name])), Column(_value_word(document), numeric=True)]
        words = [cell[name] for cell in document["cells"]]
        if name in ("area", "unit"):
            words.sort(key=lambda word: (word == ALL, word == "unknown", names(name, word).casefold()))
        rows = [Row((names(name, word), _linked(shown, (word,))), total=word == ALL) for word in words]
        return columns, rows
    across, down = breakdown
    heads = list(dict.fromkeys(cell[across] for cell in document["cells"]))
    sides = list(dict.fromkeys(cell[down] for cell in document["cells"]))
    columns = [Column(_(DIMENSION_WORDS[down])), *(Column(names(across, head), numeric=True) for head in heads)]
    rows = [
        Row((names(down, side), *(_linked(shown, (head, side)) for head in heads)), total=side == ALL) for side in sides
    ]
    return columns, rows


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
    if cell["status"] != "shown":
        return HIDDEN
    return Cell(cell["value"], url=url, qualifier="" if cell["qualifier"] == "exact" else cell["qualifier"])


def _value_word(document: Mapping) -> str:
    unit = document["indicator"]["unit"]
    return _(UNIT_WORDS[unit]).capitalize() if unit in UNIT_WORDS else _("Quantity")


def _name(document: Mapping) -> str:
    return f"{document['indicator']['code']}:{','.join(document['breakdown'])}"


def _title(document: Mapping, language: str) -> str:
    return _in(document["indicator"]["title"], language)


def _in(texts: Mapping[str, str], language: str) -> str:
    return pick(dict(texts), language)


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
    return [_(text) % params if params else _(text) for text, params in found.items()]


def period_words(period: str) -> str:
    """A released period in words: the year."""
    start, _dots, end = period.partition("..")
    return start[:4] if (start[5:], end[5:]) == ("01", "12") and start[:4] == end[:4] else f"{start} – {end}"


def method_words(document: Mapping) -> str:
    """Unit, counting and protection in one sentence."""
    parts = [
        _("Each one counted once, in every total too.")
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


# --- Provenance --------------------------------------------------------------------------------------------


def release_url(release_id) -> str:
    return reverse("release", args=[release_id])


def file_links(release_id, document: Mapping) -> list[tuple[str, str]]:
    """(label, address) of the downloads."""
    stem = figures.stem(document)
    return [
        (text, reverse("release_file", args=[release_id, f"{stem}.{kind}"]))
        for kind, text in (("csv", "CSV"), ("parquet", "Parquet"), ("json", "JSON"))
    ]


@dataclass(frozen=True)
class Line:
    """A cell on its provenance page."""

    anchor: str
    words: list[str]
    cell: Cell
    behind: list


def provenance(viewer, release_id, language: str) -> dict:
    """All that a release rests on, cell by cell."""
    release = indicators.readable_release(viewer, release_id)
    document = release.table
    names = word_finder(document, language)
    lines = []
    for cell in document["cells"]:
        key = figures.cell_key(document, cell)
        words = [names(name, word) for name, word in zip(document["breakdown"], key, strict=True)] or [_("All")]
        behind = _own_links(indicators.records_behind(viewer, release, key))
        lines.append(Line(figures.anchor(key), words, _cell(cell, ""), behind))
    definition = parse(release.definition, name=release.indicator)
    newer = indicators.newer_release(release)
    return {
        "release": release,
        "document": document,
        "title": _title(document, language),
        "place": country_name(release.country, language) if release.country else _("All countries"),
        "period": period_words(release.period),
        "heads": [_(DIMENSION_WORDS[name]) for name in document["breakdown"]] or [""],
        "value_word": _value_word(document),
        "lines": lines,
        "beside": [(other["code"], _in(other["title"], language), _cell(other, "")) for other in document["beside"]],
        "definition": {
            name: _in(getattr(definition, name), language) for name in ("definition", "counting_rule", "limits")
        },
        "notes": [
            _(note["text"]) % note["params"] if note["params"] else _(note["text"]) for note in document["notes"]
        ],
        "command": figures.command(document),
        "verify": f"duga release verify {release.pk}",
        "files": [
            (file, reverse("release_file", args=[release.pk, file.name]))
            for file in indicators.files_of(release)
            if file.kind != "svg"
        ],
        "state": _(figures.STATE_LABELS[figures.ReleaseState(release.state)]),
        "newer": release_url(newer.pk) if newer else "",
        "older": release_url(release.supersedes_id) if release.supersedes_id else "",
        "page": reverse("evidence_year", args=[release.country.lower(), release.year])
        if release.country
        else reverse("evidence"),
        "has_hidden": _has_hidden(document),
        "has_own": any(line.behind for line in lines),
    }


def _own_links(found: Iterable) -> list[tuple[str, str]]:
    """(organisation, address of its ledger filtered to a cell) of the viewer's own organisations."""
    links = []
    for own in found:
        try:
            address = reverse("casework:ledger", kwargs={"slug": own.organisation.slug})
        except NoReverseMatch:  # an installation without that screen
            continue
        links.append((own.organisation.name, f"{address}?{urlencode(own.filters)}"))
    return links


def is_public(file) -> bool:
    """Whether a release's file may be kept by caches between us and the reader."""
    return figures.ReleaseState(file.release.state) in figures.READABLE and file.release.released_at is not None


def release_file(viewer, release_id, name: str):
    """A file of a release with its bytes."""
    return indicators.file_of(viewer, release_id, name)
