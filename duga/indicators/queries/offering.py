"""What the table builder offers: the table asked for and coarser ones, each protected. Runs in a process of its own.

A number worked out from counts (a mean, share, rate or change) is shown only where each of its counts may be: by the
protection of the number itself (`derived_safety`), and by that of each count as if it were a table of its own beside
everything that is readable. So a derived table tells no more than tables of its counts would.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils import timezone

from duga import __version__
from duga.evidence import disclosure, engines, indicators, snapshot
from duga.evidence.model import ALL, Cell, ProtectedTable, SafeCell, Table
from duga.indicators import rules
from duga.indicators.models import BuiltTable
from duga.indicators.queries import counting, running
from duga.indicators.queries.building import buildable_indicators
from duga.indicators.queries.cells import as_cell, place_of
from duga.indicators.queries.guard import labels_of, lifted, lowered, older_tables
from duga.indicators.queries.leaving_out import check_accounted_for, kept_to_others, without_totals_over
from duga.indicators.queries.releases import folder_of
from duga.indicators.queries.supply import build_supply
from duga.places.queries import population_rows_for
from duga.plain.errors import Refused, gettext_noop

TOO_FEW = gettext_noop("Too few people stand behind this table: not even its total can be shown.")
STEP = 10  # per cent: how roughly it is said how much stands in hidden cells


@dataclass(frozen=True)
class Wanted:
    """One of the tables that answer a question: what is coarser than asked for, its columns, what it is kept to.

    `left_out`: the words about violence that are not in it, by dimension.
    """

    asked: BuiltTable
    coarser: tuple[str, ...]
    names: tuple[str, ...]
    where: dict[str, list[str]]
    left_out: dict[str, list[str]]

    @property
    def country(self) -> str:
        return _country(self.asked)

    @property
    def period(self) -> str:
        return self.asked.period

    def labels(self, told: dict) -> dict[str, str]:
        """What a count of it is kept to, as labels."""
        where = self.where | told["where"]
        return labels_of({"country": self.country, "period": told["year"], "where": where})

    @property
    def whole_labels(self) -> dict[str, str]:
        return self.labels({"year": self.period, "where": {}})


@dataclass(frozen=True)
class Part:
    """A count that a table shows, or works its numbers out from: `told` as its document says it."""

    told: dict
    table: Table
    older: list


def build(asked: BuiltTable, told=None) -> tuple[list[dict], int]:
    """The protected table that was asked for and coarser ones that hide less, and how many older ones they fit.

    Each is a document like a release's. `told(done, of, words)` hears how far it is.
    """
    indicator = indicators.parse(asked.definition, name=asked.indicator)
    if indicator.measure == "rate":
        indicator = indicator.with_population(buildable_indicators()[asked.indicator].inhabitants)
    indicator = rules.from_january(indicator, asked.period)
    opened = snapshot.open_snapshot(folder_of(asked.snapshot))
    moment = timezone.now().isoformat()  # what is released or kept from now on was not looked at
    if indicator.of_supply:
        return build_supply(asked, indicator, moment), 0
    older = {
        (code, year): older_tables(code, int(year), _country(asked), but=[asked.pk])
        for code, year in {(each["code"], each["year"]) for each in rules.parts_of(indicator, asked.period)}
    }
    variants = _variants(tuple(name for name in asked.breakdown.split(",") if name), derived=indicator.composite)
    found, reason = [], TOO_FEW
    for done, (coarser, names) in enumerate(variants):
        if told:
            told(done, len(variants), "")
        wanted = Wanted(asked, coarser, names, *kept_to_others(indicator, opened, names, asked.where))
        try:
            _check_left_out(wanted, indicator, opened)
        except Refused as error:
            reason = error.message
            continue
        table = _counted(wanted, indicator, opened)
        document = table and _offer(wanted, indicator, table, older, opened)
        if document:
            found.append(document | {"counted_at": moment})
    if not found:
        raise Refused(reason)
    return found, sum(len(tables) for tables in older.values())


def _check_left_out(wanted: Wanted, indicator, opened) -> None:
    """Refuses a table from which what is left out would follow, beside the whole of each region."""
    for told in rules.parts_of(indicator, wanted.period):
        base = indicators.find(told["code"]) if indicator.composite else indicator
        check_accounted_for(base, opened, wanted.names, wanted.where | told["where"], told["year"])


def _counted(wanted: Wanted, indicator, opened) -> Table | None:
    """The table before protection; None where wider ages cannot be added up."""
    table = engines.count(indicator, opened, by=wanted.names, where=wanted.where, period=wanted.period)
    table = without_totals_over(replace(table, beside=()), wanted.left_out)
    return _wider(table) if "age_band" in wanted.coarser else table


def _country(asked: BuiltTable) -> str:
    return asked.where.get("country", [""])[0]


def _variants(by: tuple[str, ...], *, derived: bool) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """(what is coarser, columns) of the table asked for and of those that say less."""
    found = [((), by)]
    if "month" in by:
        found.append((("month",), tuple("quarter" if name == "month" else name for name in by)))
    if "age_band" in by and not derived:  # a mean of wider bands is not the mean of their means
        found.append((("age_band",), by))
        if "month" in by:
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


def _offer(wanted: Wanted, indicator, table: Table, older, opened) -> dict | None:
    """The table's document, protected together with what is readable; None where that cannot be."""
    tables = (table,) if not table.derived else table.parts
    if table.kind == "cumulative":
        question = {"by": wanted.names, "where": wanted.where, "period": wanted.period}
        tables = (replace(engines.count(indicator.parts["counted"], opened, **question), beside=()), *tables)
    parts = [
        Part(told, each, older[told["code"], told["year"]])
        for told, each in zip(rules.parts_of(indicator, wanted.period), tables, strict=True)
    ]
    try:
        safe = _protect(wanted, table, parts)
    except disclosure.CannotProtect:
        return None
    return safe and _document(wanted, indicator, table, safe, parts)


def _protect(wanted: Wanted, table: Table, parts: list[Part]) -> ProtectedTable | None:
    """Protected together with what is readable; None where the test attack finds something."""
    rule, secret = disclosure.Rule(rules.MINIMUM), counting.secret()
    if table.kind == "cumulative":
        met, first = parts
        older = {"older_met": met.older, "older_first": first.older}
        return running.protect(table, met.table, wanted.whole_labels, rule, secret, **older)
    safe, hidden = None, set()
    if table.derived:
        safe = _derived(wanted, table, parts, rule)
        if safe is None:
            return None
        hidden = {key for key, cell in safe.cells.items() if cell.hidden}
    for part in parts:
        labels = wanted.labels(part.told)
        up = replace(lifted(part.table, labels), protected=True, parts=())
        alone = disclosure.protect(up, rule, published=part.older, secret=secret)
        if not disclosure.audit(alone, up, published=part.older).passed:
            return None
        down = lowered(alone, labels, table.dimensions)
        hidden |= {key for key, cell in down.cells.items() if cell.hidden}
        safe = safe or down
    cells = {key: SafeCell(None) if key in hidden else cell for key, cell in safe.cells.items()}
    safe = replace(safe, cells=cells, reasons={})
    if table.derived and not _passes(wanted, safe, table, parts):  # more is hidden than its own protection hid
        return None
    return safe


def _derived(wanted: Wanted, table: Table, parts: list[Part], rule) -> ProtectedTable | None:
    """A worked-out number protected by its counts, all of them together with what is readable of each."""
    up = _up(table, wanted.whole_labels)
    safe = disclosure.protect(up, rule, published=_older(parts), secret=counting.secret())
    safe = lowered(safe, wanted.whole_labels, table.dimensions)
    return safe if _passes(wanted, safe, table, parts) else None


def _passes(wanted: Wanted, safe: ProtectedTable, table: Table, parts: list[Part]) -> bool:
    """Whether the test attack on a worked-out number finds nothing, beside all that is readable."""
    labels = wanted.whole_labels
    return disclosure.audit(lifted(safe, labels), _up(table, labels), published=_older(parts)).passed


def _up(table: Table, labels: dict[str, str]) -> Table:
    return replace(lifted(table, labels), parts=tuple(lifted(part, labels) for part in table.parts))


def _older(parts: list[Part]) -> list:
    """What is readable of any of the counts, each once."""
    return [table for older in {id(part.older): part.older for part in parts}.values() for table in older]


def _document(wanted: Wanted, indicator, table: Table, safe: ProtectedTable, parts: list[Part]) -> dict:
    asked = wanted.asked
    cells = [_cell(safe, key, cell) for key, cell in safe.cells.items()]
    order = sorted(cells, key=lambda cell: [place_of(name, cell[name]) for name in table.dimensions])
    hidden = {key for key, cell in safe.cells.items() if cell.hidden}
    found = {
        "format": "duga table 1",
        "id": str(asked.pk),
        "indicator": {
            "code": indicator.code, "version": indicator.version, "definition_sha256": indicator.fingerprint,
            "title": dict(indicator.title), "unit": indicator.unit or "unit",
        },
        "breakdown": list(table.dimensions),
        "country": wanted.country,
        "where": wanted.where,
        "period": asked.period,
        "snapshot": {"fingerprint": asked.snapshot.fingerprint, "schema_version": asked.snapshot.schema_version},
        "code_version": __version__,
        "protection": dict(safe.rule) | {"audit": {"passed": True, "cells": len(cells), "hidden": len(hidden)}},
        "totals": "distinct" if table.distinct else "sums",
        "coarser": list(wanted.coarser),
        "left_out": wanted.left_out,
        "lost": _lost(parts[0].table, hidden),
        "cells": order,
        "beside": [],
    }  # fmt: skip
    if table.derived:
        found |= {"terms": list(safe.terms), "parts": [part.told for part in parts]}
    if indicator.measure == "rate":
        places = [wanted.country] if wanted.country else sorted({cell["country"] for cell in cells} - {ALL})
        found["population"] = population_rows_for(places, asked.period)
    return found


def _cell(safe: ProtectedTable, key: tuple[str, ...], cell: SafeCell) -> dict:
    told = as_cell(dict(zip(safe.dimensions, key, strict=True)), cell.value, cell.qualifier)
    if cell.status == "unknown":
        told |= {"status": "unknown", "qualifier": "unknown"}
    terms = cell.terms or (None,) * len(safe.terms)
    return told | {name: _number(value) for name, value in zip(safe.terms, terms, strict=True)}


def _number(value):
    return float(value) if isinstance(value, Decimal) else value


def _lost(table: Table, hidden: set) -> int:
    """About how many per cent of what is counted stand in hidden innermost cells, rounded up: exact would tell."""
    inner = {key: cell.value for key, cell in table.innermost().items()}
    gone, whole = sum(value for key, value in inner.items() if key in hidden), sum(inner.values())
    return int(-(-gone * 100 // (whole * STEP))) * STEP if whole else 0
