"""Where a number comes from, and the files that hold it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from duga.evidence.indicators import LAPSED, parse
from duga.evidence.model import ALL
from duga.indicators import queries as indicators
from duga.indicators import rules as figures
from duga.indicators.queries import word_finder
from duga.indicators.rules import DIMENSION_WORDS
from duga.places.queries import country_name
from duga.plain.text import alphabetical
from duga.publishing.queries.tables import (
    NO_PLACE,
    _cell,
    _has_hidden,
    _title,
    _value_word,
    date_words,
    marked,
    period_words,
    release_url,
    translated,
)
from duga.ui.html import Cell


@dataclass(frozen=True)
class Line:
    """A cell on its provenance page."""

    anchor: str
    words: list[str]
    cell: Cell
    behind: list
    total: bool
    placeless: bool


def provenance(viewer, release_id, language: str, *, today: dt.date) -> dict:
    """All that a release rests on, cell by cell; and whether the review of its definition is overdue."""
    release = indicators.readable_release(viewer, release_id)
    document = release.table
    lines = _lines(viewer, release, language)
    definition = parse(release.definition, name=release.indicator)
    return {
        "release": release,
        "document": document,
        "title": _title(document, language),
        "heading": marked(document["indicator"]["title"], language),
        "place": country_name(release.country, language) if release.country else _("All countries"),
        "period": period_words(release.period),
        "heads": [_(DIMENSION_WORDS[name]) for name in document["breakdown"]] or [""],
        "value_word": _value_word(document),
        "lines": lines,
        "beside": [(other["code"], marked(other["title"], language), _cell(other, "")) for other in document["beside"]],
        "definition": {
            name: marked(getattr(definition, name), language) for name in ("definition", "counting_rule", "limits")
        },
        "population": [
            each | {"name": country_name(each["country"], language)} for each in document.get("population", [])
        ],
        **_reviewed(document, definition, today),
        "as_of": date_words(document["snapshot"].get("as_of", "")),
        "notes": [translated(note["text"], note["params"]) for note in document["notes"]],
        "command": figures.command(document),
        "verify": f"duga release verify {release.pk}",
        "files": [
            (file, reverse("release_file", args=[release.pk, file.name]))
            for file in indicators.files_of(release)
            if file.kind != "svg"
        ],
        "state": _(figures.STATE_LABELS[figures.ReleaseState(release.state)]),
        **_around(release),
        "has_hidden": _has_hidden(document),
        "has_own": any(line.behind for line in lines),
    }


def _lines(viewer, release, language: str) -> list[Line]:
    """The cells of a release, with the ways to the viewer's own records behind each."""
    document, lines = release.table, []
    names = word_finder(document, language)
    for cell in document["cells"]:
        key = figures.cell_key(document, cell)
        words = [names(name, word) for name, word in zip(document["breakdown"], key, strict=True)] or [_("All")]
        behind = _own_links(indicators.records_behind(viewer, release, key))
        total, placeless = set(key) <= {ALL}, not set(key).isdisjoint(NO_PLACE)
        lines.append(Line(figures.anchor(key), words, _cell(cell, ""), behind, total, placeless))
    if document["breakdown"] in (["area"], ["unit"], ["country"]):
        lines.sort(key=lambda line: (line.total, line.placeless, alphabetical(line.words[0])))
    return lines


def _around(release) -> dict:
    """Where the page of figures is that shows a release, and the releases before and after it."""
    newer = indicators.newer_release(release)
    return {
        "newer": release_url(newer.pk) if newer else "",
        "older": release_url(release.supersedes_id) if release.supersedes_id else "",
        "page": reverse("evidence_year", args=[release.country.lower(), release.year])
        if release.country
        else reverse("evidence"),
    }


def _reviewed(document, definition, today: dt.date) -> dict:
    """What is said of a definition beside its words: who checked it, and whether it should be looked at again."""
    fingerprint = document["indicator"]["definition_sha256"]
    check = indicators.checks_of([fingerprint]).get(fingerprint)
    due = check.next_review if check else definition.next_review
    day = date_format(due, "j. n. Y") if due else ""
    return {
        "lapsed": translated(LAPSED, {"day": day}) if due and due < today else "",
        "checked": date_format(check.checked_at, "j. n. Y") if check else "",
        "due": day,
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
