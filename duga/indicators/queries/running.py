"""Protecting a running count of a year: everybody met from January to the end of each month, each once.

Four tables stand behind it, and all are protected beside what is readable of them: the running numbers (counts of
spans of months), how many people were met in each month, how many of these for the first time, and how many for the
first time between two running numbers that are shown. Where a month must not be told, neither are its steps, and
running numbers are hidden until nobody can narrow them (`evidence.first_met`). Imports the engines.
"""

from collections.abc import Mapping
from dataclasses import replace
from math import inf

from duga.evidence import disclosure
from duga.evidence.first_met import untold, wider
from duga.evidence.model import ALL, Cell, ProtectedTable, SafeCell, Table
from duga.indicators import rules
from duga.indicators.queries.guard import lifted, lowered
from duga.plain.errors import Refused, gettext_noop

TERMS = ("met", rules.FIRST)
OTHERWISE = gettext_noop(
    "A running count of this year can be read already, by other spans of time: both together would tell too much. "
    "Ask for months where that one has months, for quarters where it has quarters."
)
TOP = (ALL,)


def protect(
    table: Table, met: Table, labels: Mapping[str, str], rule, secret: bytes, *, older_met: list, older_first: list
) -> ProtectedTable | None:
    """The protected running count by month or quarter, with the people met and first met beside it (`TERMS`).

    `met`: the people of the same months; `labels`: what all are kept to. None where nothing can be shown.
    """
    (first,) = table.parts
    if any(safe.dimensions[-1] != table.dimensions[-1] for safe, _true in older_first):
        raise Refused(OTHERWISE)
    times, running = _times(table), _spans(table, met.measure)
    up = [replace(lifted(each, labels), protected=True) for each in (met, running)]
    safe_met, safe_running = disclosure.protect_together(up, rule, published=older_met, secret=secret)
    steps = replace(lifted(first, labels), protected=True)
    safe_first = disclosure.protect(steps, rule, published=older_first, secret=secret)
    blank = _hidden(safe_met, met, labels)
    shut, away = blank | _hidden(safe_first, first, labels), _hidden(safe_running, running, labels)
    if TOP in shut:
        return None
    for place, time in enumerate(times):  # a hidden running number: its own step and the next would give it away
        shut |= {(each,) for each in times[place : place + 2] if (rules.up_to(time),) in away}
    kept = {n for n, time in enumerate(times) if (rules.up_to(time),) in _readable(running, labels, older_met)}
    seen = [inf if (time,) in blank else _value(met, time) for time in times]
    places = {n for n, time in enumerate(times) if (time,) in shut}
    hidden = untold(seen, [_value(first, time) for time in times], places, rule.minimum, kept)
    while hidden is not None:
        safe = _shown(table, met, first, {(times[n],) for n in hidden}, shut, safe_met.rule)
        narrow = _narrow(safe, (table, met), labels, (older_met, older_first))
        if not narrow:
            return safe if len(hidden) < len(times) - 1 else None
        place = next((n for n, time in enumerate(times) if time in narrow), None)
        hidden = None if place is None else wider(hidden, place, {*kept, len(times) - 1}, len(times))
    return None


def _times(table: Table) -> list[str]:
    return sorted(time for (time,) in table.cells if time != ALL)


def _spans(table: Table, measure: str) -> Table:
    """The running numbers as counts of the months from January up to each."""
    cells = {(rules.up_to(time),): table.cells[time,] for time in _times(table)}
    return _numbers(table, measure, cells)


def _numbers(table: Table, measure: str, cells: Mapping) -> Table:
    return replace(
        table, measure=measure, cells=cells, kind="count", parts=(), no_total=table.dimensions, within={}, notes=()
    )


def _hidden(safe: ProtectedTable, table: Table, labels: Mapping[str, str]) -> set[tuple[str, ...]]:
    return {key for key, cell in lowered(safe, labels, table.dimensions).cells.items() if cell.hidden}


def _value(table: Table, time: str) -> int:
    return table.cells[time,].value if (time,) in table.cells else 0


def _readable(table: Table, labels: Mapping[str, str], older: list) -> set[tuple[str, ...]]:
    """The cells that older tables tell, and that are the same today."""
    up = lifted(table, labels)
    found = set()
    for safe in (each[0] if isinstance(each, tuple) else each for each in older):
        if safe.dimensions == up.dimensions:
            same = {key for key, cell in safe.cells.items() if key in up.cells and up.cells[key].value == cell.value}
            found |= {key[-1:] for key in same}
    return found


def _shown(table: Table, met: Table, first: Table, hidden: set, shut: set, rule: Mapping) -> ProtectedTable:
    """What may be read: the terms of a month only where its running number and the one before it are."""
    cells, before = {TOP: SafeCell(table.cells[TOP].value, terms=(None, None))}, True
    for time in _times(table):
        there = (time,) not in hidden
        told = there and before and (time,) not in shut
        terms = (_value(met, time), _value(first, time)) if told else (None, None)
        cells[time,] = SafeCell(table.cells[time,].value if there else None, terms=terms)
        before = there
    return ProtectedTable(
        measure=table.measure, unit=table.unit, dimensions=table.dimensions, cells=cells, rule=rule,
        distinct=False, kind=table.kind, terms=TERMS,
    )  # fmt: skip


def _narrow(safe: ProtectedTable, tables: tuple[Table, Table], labels, older: tuple) -> set[str]:
    """The times (or spans) of which the test attack finds too much in what is shown of the four tables."""
    table, met = tables
    (first,) = table.parts
    times, top = _times(table), {TOP: safe.cells[TOP].value}
    everybody = {(time,): safe.cells[time,].terms[0] if _value(met, time) else 0 for time in times}
    everybody |= {key: met.cells[key].value for key in _readable(met, labels, older[0])} | top
    new = {(time,): safe.cells[time,].terms[1] if _value(first, time) else 0 for time in times} | top
    shown = {(rules.up_to(time),): safe.cells[time,].value for time in times if not safe.cells[time,].hidden}
    between = {(span,): value for span, value in rules.between(_told(safe, times))}
    for told, each, spans, known in ((everybody, met, shown, older[0]), (new, first, between, older[1])):
        whole = _numbers(table, each.measure, {key: Cell(value) for key, value in spans.items()})
        ups = [replace(lifted(one, labels), protected=True) for one in (each, whole)]
        safes = [lifted(_as_safe(said, one, safe.rule), labels) for said, one in ((told, each), (spans, whole))]
        found = disclosure.audit_together(safes, ups, published=known).findings
        if found:
            return {finding.key[-1] if finding.key else "" for finding in found}
    return set()


def _told(safe: ProtectedTable, times: list[str]) -> list[tuple[str, int]]:
    """(time, running number) of what is shown."""
    return [(time, safe.cells[time,].value) for time in times if not safe.cells[time,].hidden]


def _as_safe(told: Mapping, table: Table, rule: Mapping) -> ProtectedTable:
    cells = {key: SafeCell(value) for key, value in told.items()}
    return ProtectedTable(table.measure, table.unit, table.dimensions, cells, rule, no_total=table.no_total)
