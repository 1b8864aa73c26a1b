"""What is on offer as public tables: counted from what was frozen of the directory. Imports the engines when it counts.

The gate is the one of all figures (definition, draft, second person, release, provenance); protection is not needed, as
nothing here is about a person and no secret place is in what was frozen.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from duga import __version__
from duga.evidence import engines, indicators, supply
from duga.evidence.indicators import Indicator
from duga.evidence.model import Table
from duga.evidence.snapshot import open_snapshot
from duga.indicators import rules
from duga.indicators.models import BuiltTable, Snapshot
from duga.indicators.queries import rates
from duga.indicators.queries.cells import as_cell, place_of
from duga.indicators.queries.releases import folder_of
from duga.indicators.rules import PublicTable
from duga.plain.errors import Refused, gettext_noop


def count_public(
    frozen: supply.Supply, country: str, wanted: PublicTable, indicator: Indicator, *, release_id,
    code_version=__version__, where: Mapping | None = None, population: Iterable[Mapping] = (),
) -> dict:  # fmt: skip
    """The document of a public table of a country; "": of all side by side. `where` keeps it to more than that.

    `population`: what a rate divides by, as `places.queries.population_rows_for` gives it.
    """
    where, rate = dict(where or {}) | ({"country": (country,)} if country else {}), indicator.measure == "rate"
    counted = indicator.parts["numerator"] if rate else indicator
    table = engines.count(counted, frozen, by=wanted.breakdown, where=where, totals=wanted.totals)
    cells = [_cell(table, key, cell) for key, cell in table.cells.items()]
    if rate:
        cells = rates.divided(cells, indicator, population, country)
    cells.sort(key=lambda cell: [place_of(name, cell[name]) for name in wanted.breakdown])
    document = {
        "format": rules.FORMAT,
        "id": str(release_id),
        "indicator": {
            "code": indicator.code, "version": indicator.version, "definition_sha256": indicator.fingerprint,
            "title": dict(indicator.title), "unit": indicator.unit or "unit",
        },
        "breakdown": list(wanted.breakdown),
        "country": country,
        "period": f"{frozen.as_of:%Y-%m}",
        "snapshot": {
            "fingerprint": frozen.fingerprint, "schema_version": supply.VERSION, "of": "directory",
            "as_of": frozen.as_of.isoformat(),
            "folder": f"snapshots/{frozen.path.parents[1].name}/{supply.FOLDER}/{frozen.path.name}",
        },
        "code_version": code_version,
        "protection": {"method": "none", "audit": {"passed": True, "cells": len(cells), "hidden": 0}},
        "hidden_means": rules.HIDDEN_LABEL,
        "totals": "distinct" if _counts_each_once(indicator) else "sums",
        "withheld": False,
        "cells": cells,
        "beside": [],
        "notes": [{"text": text, "params": params} for text, params in supply.not_known(indicator, frozen, where)],
    }  # fmt: skip
    if rate:
        document |= {"terms": list(rates.TERMS), "rests_on": counted.code, "population": list(population)}
    elif table.derived:
        document |= {"terms": list(table.terms), "rests_on": indicator.parts["numerator"].code}
    return document


def build_supply(asked: BuiltTable, indicator: Indicator, moment: str) -> list[dict]:
    """What the table builder offers of what is on offer: the table asked for, which hides nothing."""
    wanted = PublicTable(asked.indicator, tuple(name for name in asked.breakdown.split(",") if name))
    where = {name: tuple(words) for name, words in asked.where.items() if name != "country"}
    country = asked.where.get("country", [""])[0]
    frozen = frozen_of(folder_of(asked.snapshot))
    told = count_public(frozen, country, wanted, indicator, release_id=asked.pk, where=where)
    about = {"format": "duga table 1", "where": asked.where, "coarser": [], "lost": 0, "counted_at": moment}
    return [told | about]


def year_of_supply(snapshot: Snapshot) -> int:
    """The year of the day on which the directory was frozen beside a snapshot."""
    return frozen_of(folder_of(snapshot)).as_of.year


def _counts_each_once(indicator: Indicator) -> bool:
    while indicator.parts:
        indicator = indicator.parts["numerator"]
    return bool(supply.MEASURES[indicator.measure].key)


def _cell(table: Table, key: tuple[str, ...], cell) -> dict:
    told = as_cell(dict(zip(table.dimensions, key, strict=True)), cell.value, cell.qualifier)
    if cell.value is None:
        told |= {"status": "unknown", "qualifier": "unknown"}
    return told | {name: _number(value) for name, value in zip(table.terms, cell.terms, strict=False)}


def _number(value):
    return float(value) if isinstance(value, Decimal) else value


def frozen_of(folder: Path, fingerprint: str = "") -> supply.Supply:
    """What was frozen of the directory in a snapshot's folder: last, or under a fingerprint."""
    return supply.of(open_snapshot(folder), fingerprint)


def countries_of_supply(snapshot: Snapshot) -> list[str]:
    """The countries with a service in what was frozen beside a snapshot."""
    return frozen_of(folder_of(snapshot)).words["services"]["country"]


def require_listed(snapshot: Snapshot, country: str) -> None:
    """Refuses a country without a service in what was frozen beside a snapshot; "" is all of them."""
    if country and country not in countries_of_supply(snapshot):
        raise Refused(gettext_noop("No service of this country was listed when the directory was frozen."))


def consulted(indicator: Indicator) -> dict[str, str]:
    """The definitions that one rests on, {code: text}: kept with its release."""
    return {part.code: part.text for part in indicator.parts.values()}


def as_it_stood(code: str, definition: str, others: Mapping[str, str]) -> Indicator:
    """An indicator of supply by the definitions that were kept with a release."""
    found = indicators.parse(definition, name=code)
    parts = {
        role: replace(indicators.parse(others[part.code], name=part.code), of=part.of, unit=part.unit, beside=())
        for role, part in found.parts.items()
        if part.code in others
    }
    return replace(found, parts=found.parts | parts)


def broken(folder: Path) -> list[str]:
    """What was frozen of the directory in a snapshot's folder and is not whole any more."""
    found = sorted((folder / supply.FOLDER).glob("[!.]*/manifest.json"))
    return [file.parent.name for file in found if supply.verify(supply.open_supply(file.parent))]
