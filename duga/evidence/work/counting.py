"""Counting work: a definition, what was frozen of it and a question give a `Table`, as `engines.count` does of people.

Every row stands in one word of each dimension, so that parts add up to their totals; the state at the end of a time
(`stock`) is that of its last month. Rows that are alike are joined first.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import product

from duga.evidence import vocabulary
from duga.evidence.beside import Frozen
from duga.evidence.model import ALL, TIME, Cell, Period, Table, known_word, levels, plain_number, within_of
from duga.evidence.periods import time_label
from duga.evidence.work.words import MEASURES, WORDS, dimensions_of, measure_of
from duga.plain.errors import Refused, gettext_noop


def check_question(
    indicator, by: Sequence[str], where: Mapping | None, work: Frozen | None = None
) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """Refuses what the definition does not allow; gives the question in a clean form."""
    by, clean, measure = tuple(by), {}, measure_of(indicator)
    if len(set(by)) != len(by):
        raise Refused(gettext_noop("A dimension was named twice."))
    for name in by:
        known_word(name, indicator.breakdowns, f"breakdown of {indicator.code}")
    known = [name for name in dimensions_of(_base(indicator).measure) if name not in TIME]
    for name, words in (where or {}).items():
        known_word(name, known, "filter")
        words = (words,) if isinstance(words, str) else tuple(words)
        clean[name] = tuple(sorted({str(word) for word in words}))
        met = work.words[measure.table].get(name, ()) if work else ()
        for word in clean[name] if work else ():
            known_word(word, WORDS.get(name) or vocabulary.words_of(name, met), f"{name} in this snapshot")
    return by, clean


def _base(indicator):
    while indicator.parts:
        indicator = next(iter(indicator.parts.values()))
    return indicator


def count(
    indicator,
    work: Frozen,
    *,
    by: Sequence[str] = (),
    where: Mapping | None = None,
    period: Period | str | None = None,
    totals: bool = True,
) -> Table:
    """Counts an indicator of work; what `engines.count` calls for one. `period`: default all that is known."""
    by, where = check_question(indicator, by, where, work)
    measure, period = MEASURES[indicator.measure], Period.read(period)
    groups = _groups(indicator, measure, work, by, where)
    if period:
        groups = [group for group in groups if group["time"] in period]
    found = (_keys if measure.key else _sums)(groups, by, totals, _last(measure, work, period))
    if not found and totals:
        found = {(ALL,) * len(by): Cell(0)}
    return Table(
        measure=indicator.code,
        unit=indicator.unit or measure.unit,
        dimensions=by,
        cells=found,
        within=within_of(by),
        protected=indicator.protected,
        distinct=bool(measure.key),
    )


def _last(measure, work: Frozen, period: Period | None) -> tuple[int, int] | None:
    """The month whose end a stock is told of; None for what is added up."""
    if not measure.stock:
        return None
    known = (work.as_of.year, work.as_of.month)
    return min(period.end, known) if period else known


def _groups(indicator, measure, work: Frozen, by, where) -> list[dict]:
    """Rows that are alike in all that is asked, joined: `words` by dimension, `time`, `key`, `rows`, `value`."""
    import pyarrow.parquet as pq

    own = {name: (word,) for name, word in (measure.of or {}).items()}
    kept = [*own.items(), *indicator.of.items(), *where.items()]
    names = dict.fromkeys([*(name for name in by if name not in TIME), *(name for name, _words in kept)])
    wanted = list(dict.fromkeys([*names, "month", *([measure.key] if measure.key else [])]))
    read = [*wanted, *([measure.value] if measure.value else [])]
    table = pq.read_table(work.path / f"{measure.table}.parquet", columns=read)
    sums = [([], "count_all"), *([(measure.value, "sum")] if measure.value else [])]
    found = []
    for row in table.group_by(wanted).aggregate(sums).to_pylist():
        if all(row[name] in words for name, words in kept):
            month = (row["month"].year, row["month"].month)
            words = {name: row[name] for name in names} | {name: time_label(name, month) for name in TIME}
            value = row[f"{measure.value}_sum"] if measure.value else row["count_all"]
            found.append({"words": words, "time": month, "key": row.get(measure.key), "value": value or 0})
    return found


def _cells(groups, by, totals, last):
    """Yields (label, group) for every cell that a group belongs to; a stock in the last month of each time alone."""
    finest = [name for name in TIME if name in by]
    for level in map(set, levels(by, within_of(by), totals)):
        times = [name for name in finest if by.index(name) in level]
        for group in groups:
            if last is None or group["time"] == _end(times, group["time"], last):
                words = ((group["words"][name],) if n in level else (ALL,) for n, name in enumerate(by))
                for label in product(*words):
                    yield label, group


def _end(times: list[str], month: tuple[int, int], last: tuple[int, int]) -> tuple[int, int]:
    """The last month, as far as told, of the time that a month lies in at this level."""
    return min(Period.read(time_label(times[-1], month)).end, last) if times else last


def _sums(groups, by, totals, last) -> dict[tuple, Cell]:
    sums = defaultdict(Decimal)
    for label, group in _cells(groups, by, totals, last):
        sums[label] += group["value"]
    return {label: Cell(plain_number(value)) for label, value in sums.items()}


def _keys(groups, by, totals, last) -> dict[tuple, Cell]:
    met = defaultdict(set)
    for label, group in _cells(groups, by, totals, last):
        met[label].add(group["key"])
    return {label: Cell(len(keys)) for label, keys in met.items()}
