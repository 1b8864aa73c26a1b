"""The countries side by side, and one country's figures of a year."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import gettext as _

from duga.evidence.model import ALL
from duga.indicators import queries as indicators
from duga.indicators import rules as figures
from duga.indicators.queries import Shown
from duga.indicators.rules import UNIT_WORDS
from duga.places.queries import countries, country_name
from duga.places.rules import country_note
from duga.plain.errors import NotFound, gettext_noop
from duga.publishing.models import PublishedFigure
from duga.publishing.queries.tables import (
    Block,
    Stat,
    _block,
    _cell,
    _has,
    _has_hidden,
    _is_hidden,
    _linked,
    _notes,
    date_words,
    marked,
    release_url,
)
from duga.publishing.rules import TITLES, touches_year
from duga.ui.html import Cell, Column, Row

NO_PAGE = gettext_noop("No figures of this country have been published yet.")


@dataclass(frozen=True)
class AcrossLine:
    """People across organisations in one year: the estimate, its range, what a plain sum would have claimed."""

    year: int
    people: int | None
    low: int
    high: int
    claimed: int
    url: str


@dataclass(frozen=True)
class CountryPage:
    """All that is public of one country and year."""

    code: str
    name: str
    note: str
    year: int
    years: list[tuple[str, str, bool]]  # newest first: a narrow screen shows the first ones
    stats: list[Stat] = field(default_factory=list)
    beside: list[Stat] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    by_year: Block | None = None
    notes: list[str] = field(default_factory=list)
    too_small: bool = False
    others: list[tuple[PublishedFigure, str]] = field(default_factory=list)
    has_hidden: bool = False
    across: AcrossLine | None = None


def evidence_home(language: str) -> dict:
    """The countries, and people assisted by country and year."""
    documents = dict(sorted(indicators.network_documents().items()))
    released = indicators.released_countries()
    known = [country.code for country in countries()]
    codes = [code for code in known if code in released or any(_has(doc, code) for doc in documents.values())]
    codes += [code for code in released if code not in codes]
    rows = _side_by_side(codes, documents, language)
    rates = dict(sorted(indicators.network_rates().items()))
    return {
        "rates": {
            "columns": [Column(_("Country")), *(Column(str(year), numeric=True) for year in rates)],
            "rows": _side_by_side(
                [code for code in codes if any(_has(doc, code) for doc in rates.values())], rates, language
            ),
        },
        "countries": [(country_name(code, language), code.lower(), released.get(code, [])) for code in codes],
        "columns": [Column(_("Country")), *(Column(str(year), numeric=True) for year in documents)],
        "rows": rows,
        "newer": [
            (f"{country_name(code, language)} {year}", reverse("evidence_year", args=[code.lower(), year]))
            for code, years in indicators.newer_than_side_by_side().items()
            for year in years
        ],
        "notes": sorted({_(note) for note in map(country_note, codes) if note}),
        "document_notes": _notes(documents.values()),
        "has_hidden": any(_has_hidden(doc.document) or not doc.cell(ALL) for doc in documents.values()),
        "supply": _supply(language),
        "others": list(PublishedFigure.objects.filter(place="")),
        "across": across_lines(""),
    }


def _supply(language: str) -> list[Block]:
    """What is on offer, country by country."""
    shown = indicators.network_supply()
    return [
        _block(each.name, shown[each.name], language) for each in figures.SUPPLY_NETWORK_TABLES if each.name in shown
    ]


def _side_by_side(codes: list[str], documents: Mapping[int, Shown], language: str) -> list[Row]:
    """A row each country with its number of every year, and all of them together."""
    rows = []
    for code in codes:
        name = Cell(country_name(code, language), url=reverse("evidence_country", args=[code.lower()]))
        rows.append(Row((name, *(_linked(doc, (code,)) for doc in documents.values()))))
    if documents:
        rows.append(Row((_("All countries"), *(_linked(doc, (ALL,)) for doc in documents.values())), total=True))
    return rows


def across_lines(country: str) -> list[AcrossLine]:
    """What released counting rounds say of a country (empty: all of them), newest year first; hidden ones left out."""
    found = indicators.people_across_organisations()
    return [
        AcrossLine(year, each.people, each.low, each.high, each.claimed, reverse("round_result", args=[each.round_id]))
        for year, cells in found.items()
        if (each := cells.get(country)) and each.shown
    ]


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
        years=[(str(y), reverse("evidence_year", args=[code.lower(), y]), y == year) for y in offered],
        stats=stats,
        beside=beside,
        blocks=[block for block in blocks if block.rows],
        by_year=_by_year(code, language),
        notes=_notes(documents.values()),
        too_small=not documents,
        others=others(code, year),
        has_hidden=any(_has_hidden(doc.document) for doc in documents.values()),
        across=next((line for line in across_lines(code) if line.year == year), None),
    )


def others(country: str, year: int) -> list[tuple[PublishedFigure, str]]:
    """Figures that others published of a country and, in part at least, a year; each with its period in words."""
    found = PublishedFigure.objects.filter(place=country)
    return [(figure, date_words(figure.period)) for figure in found if touches_year(figure.period, year)]


def _order() -> list[str]:
    first, public = ["people_assisted:area", "people_assisted:month"], figures.COUNTRY_TABLES
    public += figures.SUPPLY_COUNTRY_TABLES
    return [*first, *(table.name for table in public if table.name not in first)]


#: Tables of a single number, or whose total stands out: the large numbers at the head of a country's page.
STATS = (
    "people_assisted:sex,age_band", "people_assisted_per_10000:", "households_reached:", "services_per_100000:",
)  # fmt: skip


def _stats(documents: Mapping[str, Shown], language: str) -> tuple[list[Stat], list[Stat]]:
    """The country's few large numbers, and those that are never added to them."""
    stats, beside = [], []
    for name in STATS:
        if name in documents:
            shown = documents[name]
            title = marked(shown.document["indicator"]["title"], language)
            stats.append(_stat(shown, title, figures.grand_total(shown.document), shown.document["indicator"]["unit"]))
            for other in shown.document["beside"]:
                text = marked(other["title"], language)
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
