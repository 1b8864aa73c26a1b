"""Tables that analysts build: counted and protected apart, read light. `build` imports the engines."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from django.utils import timezone
from django.utils.translation import gettext as _

from duga import __version__
from duga.evidence import disclosure, engines, indicators, snapshot
from duga.evidence.model import ALL, Cell, Table
from duga.indicators import rules
from duga.indicators.models import BuiltTable
from duga.indicators.queries import counting
from duga.indicators.queries.drawing import LISTS
from duga.indicators.queries.guard import labels_of, lifted, lowered, older_tables, opens_by_subtraction
from duga.indicators.queries.releases import folder_of, network_grant
from duga.indicators.queries.words import word_finder
from duga.members.queries import may
from duga.members.rules import Permission, Viewer
from duga.places.queries import label
from duga.plain.errors import NotFound, Refused, gettext_noop
from duga.ui.html import HIDDEN, Column, Row
from duga.ui.html import Cell as Shown

SHOWN = 50  # tables in a list


# --- Counting: in a process of its own ----------------------------------------------------------------------


def build(asked: BuiltTable, told=None) -> tuple[list[dict], int]:
    """The protected table that was asked for and coarser ones that hide less, and how many older ones they fit.

    Each is a document like a release's. `told(done, of, words)` hears how far it is.
    """
    indicator = indicators.parse(asked.definition, name=asked.indicator)
    opened = snapshot.open_snapshot(folder_of(asked.snapshot))
    country = asked.where.get("country", [""])[0]
    moment = timezone.now().isoformat()  # what is released or kept from now on was not looked at
    older = older_tables(asked.indicator, int(asked.period), country, but=[asked.pk])
    by = tuple(name for name in asked.breakdown.split(",") if name)
    variants = _variants(by)
    found = []
    for done, (coarser, names) in enumerate(variants):
        if told:
            told(done, len(variants), "")
        table = replace(engines.count(indicator, opened, by=names, where=asked.where, period=asked.period), beside=())
        if "age_band" in coarser:
            table = _wider(table)
        document = table and _protected(asked, indicator, table, coarser, older)
        if document:
            found.append(document | {"counted_at": moment})
    if not found:
        raise Refused(gettext_noop("Too few people stand behind this table: not even its total can be shown."))
    return found, len(older)


def _variants(by: tuple[str, ...]) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """(what is coarser, columns) of the table asked for and of those that say less."""
    found = [((), by)]
    if "month" in by:
        found.append((("month",), tuple("quarter" if name == "month" else name for name in by)))
    if "age_band" in by:
        found.append((("age_band",), by))
    if "month" in by and "age_band" in by:
        found.append((("month", "age_band"), found[1][1]))
    inner = [name for name in by if name != "country"]
    if len(inner) > 1:
        found += [((f"-{name}",), tuple(each for each in by if each != name)) for name in inner]
    return found


def _wider(table: Table) -> Table | None:
    """The same people in wider age bands; None where somebody stood in two of them: those must not be added up."""
    place, sums, parts = table.dimensions.index("age_band"), {}, {}
    for key, cell in table.cells.items():
        word = rules.WIDER_AGES.get(key[place], key[place])
        wider = (*key[:place], word, *key[place + 1 :])
        sums[wider] = sums.get(wider, 0) + cell.value
        if word != ALL:
            line = (*key[:place], ALL, *key[place + 1 :])
            parts[line] = parts.get(line, 0) + cell.value
    if any(table.cells[line].value != parts.get(line, 0) for line in table.cells if line[place] == ALL):
        return None
    return replace(table, cells={key: Cell(value) for key, value in sums.items()})


def _protected(asked: BuiltTable, indicator, table, coarser, older) -> dict | None:
    """The table's document, protected together with what is readable; None where that cannot be."""
    labels = labels_of({"country": asked.where.get("country", [""])[0], "period": asked.period, "where": asked.where})
    up = lifted(table, labels)
    rule = disclosure.Rule(rules.MINIMUM)
    try:
        safe = disclosure.protect(up, rule, published=older, secret=counting.secret())
    except disclosure.CannotProtect:
        return None
    audit = disclosure.audit(safe, up, published=older)
    if not audit.passed or opens_by_subtraction(safe, older):
        return None
    down = lowered(safe, labels, table.dimensions)
    cells = counting.cells_of(down)
    order = sorted(cells, key=lambda cell: [counting.place_of(name, cell[name]) for name in table.dimensions])
    return {
        "format": "duga table 1",
        "id": str(asked.pk),
        "indicator": {
            "code": indicator.code, "version": indicator.version, "definition_sha256": indicator.fingerprint,
            "title": dict(indicator.title), "unit": indicator.unit or "unit",
        },
        "breakdown": list(table.dimensions),
        "country": asked.where.get("country", [""])[0],
        "where": asked.where,
        "period": asked.period,
        "snapshot": {"fingerprint": asked.snapshot.fingerprint, "schema_version": asked.snapshot.schema_version},
        "code_version": __version__,
        "protection": dict(safe.rule) | {"audit": {"passed": True, "cells": audit.cells, "hidden": audit.hidden}},
        "totals": "distinct" if table.distinct else "sums",
        "coarser": list(coarser),
        "cells": order,
        "beside": [],
    }  # fmt: skip


# --- Reading ------------------------------------------------------------------------------------------------


def builds_tables(viewer: Viewer) -> bool:
    """Whether a viewer builds tables: who counts for the network."""
    return network_grant(viewer, Permission.COUNT)


def buildable_indicators() -> dict[str, indicators.Indicator]:
    """Indicators of people and households that are counted from records themselves, by code."""
    found = indicators.load_all()
    return {code: each for code, each in found.items() if not each.composite and each.unit in ("person", "household")}


def require_tables(viewer: Viewer) -> None:
    """The door to built tables: whoever counts or reviews, and everybody who works in the network."""
    if not (viewer.known and may(viewer, Permission.SEE_ORGANISATION)):
        raise NotFound(gettext_noop("There is nothing here, or it is not yours to see."))


def filter_words(name: str, words: Iterable[str], language: str) -> list[str]:
    """The words that a table is kept to, as people read them."""
    return [label(LISTS[name], word, language) if name in LISTS else word for word in words]


def built_table(viewer: Viewer, table_id) -> BuiltTable:
    """The door to a built table: whoever asked for it; once shared, everybody who works in the network."""
    found = BuiltTable.objects.select_related("snapshot").filter(pk=table_id).first()
    if found is None or not (
        found.asked_by == viewer.label
        or (found.shared_at is not None and viewer.known and may(viewer, Permission.SEE_ORGANISATION))
    ):
        raise NotFound(gettext_noop("There is nothing here, or it is not yours to see."))
    return found


def built_tables(viewer: Viewer) -> tuple[list[BuiltTable], list[BuiltTable]]:
    """(one's own, those that others share), newest first."""
    light = BuiltTable.objects.defer("proposals", "definition")
    own = list(light.filter(asked_by=viewer.label)[:SHOWN])
    shared = light.exclude(shared_at=None).exclude(asked_by=viewer.label)[:SHOWN]
    return own, list(shared) if may(viewer, Permission.SEE_ORGANISATION) else []


def hidden_in(document: Mapping) -> tuple[int, int]:
    """(hidden cells, all cells) of a table."""
    return sum(cell["status"] == "hidden" for cell in document["cells"]), len(document["cells"])


def grid_of(document: Mapping, language: str) -> tuple[list[Column], list[Row]]:
    """A table as a page shows it: the last column of the breakdown across, the others down."""
    names, word = document["breakdown"], word_finder(document, language)
    cells = {rules.cell_key(document, cell): cell for cell in document["cells"]}
    if len(names) < 2:
        unit = rules.UNIT_WORDS.get(document["indicator"]["unit"])
        columns = [Column(_heading(*names)), Column(_(unit) if unit else _("Quantity"), numeric=True)]
        rows = [
            Row((word(names[0], key[0]) if names else _("All"), _shown(cell)), total=key[:1] == (ALL,))
            for key, cell in cells.items()
        ]
        return columns, rows
    heads = list(dict.fromkeys(key[-1] for key in cells))
    sides = list(dict.fromkeys(key[:-1] for key in cells))
    across = [Column(word(names[-1], head), numeric=True) for head in heads]
    rows = [
        Row(
            (
                *(word(name, each) for name, each in zip(names[:-1], side, strict=True)),
                *(_shown(cells.get((*side, head))) for head in heads),
            ),
            total=ALL in side,
        )
        for side in sides
    ]
    return [*(Column(_heading(name)) for name in names[:-1]), *across], rows


def _heading(name: str = "") -> str:
    return _(rules.DIMENSION_WORDS[name]) if name else ""


def _shown(cell: Mapping | None) -> Shown:
    if cell is None:
        return Shown(0)
    if cell["status"] != "shown":
        return HIDDEN
    return Shown(cell["value"], qualifier="" if cell["qualifier"] == "exact" else cell["qualifier"])
