"""Counting supply: a definition, a frozen directory and a question give a `Table`, as `engines.count` does of people.

Rows that are alike in all that is asked are joined first, so that what follows grows with the kinds of services there
are and not with their number. A service of two kinds or in two regions stands in both cells and once in their total.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import product

from duga.evidence import violence, vocabulary
from duga.evidence.model import ALL, DIMENSIONS, TIME, Cell, Period, Table, known_word, levels, plain_number, within_of
from duga.evidence.periods import time_label
from duga.evidence.supply.freezing import BETWEEN, Supply
from duga.evidence.supply.words import ANY, MEASURES, NEEDED, TABLES, WORDS, dimensions_of
from duga.plain.errors import Refused, gettext_noop

NOT_TOLD = gettext_noop("%(rows)s of %(all)s rows tell no number: they are unknown, not nought, and not in the sums.")
NO_POPULATION = gettext_noop(
    "%(unknown)s of %(settlements)s settlements have no known population: their people are not in these numbers."
)


def check_question(
    indicator, by: Sequence[str], where: Mapping | None, supply: Supply | None = None
) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """Refuses what the definition does not allow, or what would tell where a service about violence is."""
    measure = _first(indicator).measure
    by, known, clean = tuple(by), dimensions_of(measure), {}
    if len(set(by)) != len(by):
        raise Refused(gettext_noop("A dimension was named twice."))
    for name in by:
        known_word(name, indicator.breakdowns, f"breakdown of {indicator.code}")
    for name, words in (where or {}).items():
        known_word(name, [each for each in known if each not in TIME], "filter")
        words = (words,) if isinstance(words, str | int) else tuple(words)
        clean[name] = tuple(sorted({str(word) for word in words}))
        if supply:
            met = [word for words in supply.words.values() for word in words.get(name, ())]
            for word in clean[name]:
                known_word(word, _words_of(name, met), f"{name} in this snapshot")
    _check_violence(indicator, by, clean, supply)
    for name in NEEDED.get(measure, ()):
        kept = clean.get(name) or _first(indicator).of.get(name, ())
        if name not in by and len(kept) != 1:
            raise Refused(
                gettext_noop(
                    "Unlike things cannot be added. Break %(code)s down by %(name)s, or keep to one %(name)s."
                ),
                code=indicator.code,
                name=name,
            )
    return by, clean


def _first(indicator):
    """The indicator itself, or the first that a composite one rests on."""
    while indicator.parts:
        indicator = next(iter(indicator.parts.values()))
    return indicator


def _words_of(name: str, met: Iterable[str]) -> list[str]:
    more = (*WORDS.get(name, ()), *((ANY,) if name == "service_type" else ()))
    return list(dict.fromkeys([*vocabulary.words_of(name, met), *more]))


def _check_violence(indicator, by, where, supply) -> None:
    """`violence.check` of what could tell a place. In a table by kind and region services about violence stand under
    "withheld" alone (`freezing` holds that), so only a question about nothing else is refused."""
    marked, table = vocabulary.about(violence.SUBJECT), MEASURES[_first(indicator).measure].table
    met = supply.words[table] if supply else {}
    met = {name: [w for w in met.get(name, ()) if w not in words] for name, words in marked.items()}
    asked = {name: words for name, words in where.items() if name in DIMENSIONS}
    violence.check(indicator, [name for name in by if name in DIMENSIONS], asked, met)


def count(
    indicator,
    supply: Supply,
    *,
    by: Sequence[str] = (),
    where: Mapping | None = None,
    period: Period | str | None = None,
    totals: bool = True,
) -> Table:
    """Counts an indicator of supply; what `engines.count` calls for one. Nothing in it is hidden.

    `period` keeps steps and funds to months or years; of all else there is one day, and a period without it is refused.
    """
    by, where = check_question(indicator, by, where, supply)
    measure, period = MEASURES[indicator.measure], Period.read(period)
    timed = {"month", "year"} & TABLES[measure.table].keys()
    if period and not timed and not period.shared(supply.period):
        raise Refused(
            gettext_noop("The directory was frozen on %(day)s: it says nothing of %(period)s."),
            day=supply.as_of.isoformat(),
            period=str(period),
        )
    groups = _groups(indicator, measure, supply, by, where, period if timed else None)
    no_total = tuple(name for name in NEEDED.get(indicator.measure, ()) if name in by)
    found = (_keys if measure.key else _sums)(groups, by, totals, no_total)
    if not found and totals and not no_total:
        found = {(ALL,) * len(by): Cell(0)} if measure.key else {}
    kept = where.get("unit") or indicator.of.get("unit")
    return Table(
        measure=indicator.code,
        unit=indicator.unit or (kept[0] if kept and len(kept) == 1 else "by unit"),
        dimensions=by,
        cells=found,
        within=within_of(by),
        no_total=no_total,
        protected=False,
        distinct=bool(measure.key),
        notes=tuple(text % params for text, params in _not_known(measure, groups)),
    )


def _groups(indicator, measure, supply: Supply, by, where, period) -> list[dict]:
    """Rows that are alike in all that is asked, joined: words by dimension, `key`, `value`, `rows`, `told`.

    Lists are cut to the words that are kept, so that a cell of another word never shows.
    """
    import pyarrow.parquet as pq

    kept = [*indicator.of.items(), *where.items()]
    time = next((name for name in ("month", "year") if name in TABLES[measure.table]), "")
    timed = [time] if period or any(name in TIME for name in by) else []
    names = dict.fromkeys([*(n for n in by if n not in TIME), *(name for name, _words in kept), *timed])
    more = [measure.key] if measure.key and not _is_own_row(measure) else []
    extra = ["settlements", "unknown"] if measure.table == "reach" else []
    wanted = [*names, *more]
    table = pq.read_table(
        supply.path / f"{measure.table}.parquet",
        columns=list(dict.fromkeys([*wanted, *extra, *([measure.value] if measure.value else [])])),
    )
    sums = [([], "count_all"), *((name, "sum") for name in extra)]
    sums += [(measure.value, "sum"), (measure.value, "count")] if measure.value else []
    found = []
    for row in table.group_by(wanted).aggregate(sums).to_pylist():
        words = {name: _split(measure.table, name, row[name]) for name in names if name not in timed}
        for name, allowed in kept:
            words[name] = tuple(word for word in words[name] if word in allowed)
        if not all(words.values()) or (timed and not _add_times(words, row[time], by, period)):
            continue
        found.append(
            {
                "words": words,
                "key": row.get(measure.key),
                "value": row.get(f"{measure.value}_sum"),
                "rows": row["count_all"],
                "told": row.get(f"{measure.value}_count", 0),
                **{name: row[f"{name}_sum"] for name in extra},
            }
        )
    return found


def _is_own_row(measure) -> bool:
    """Whether a row is what is counted, so that rows may be counted instead of their keys."""
    return (measure.table, measure.key) == ("services", "service")


def _split(table: str, name: str, value) -> tuple[str, ...]:
    return tuple(value.split(BETWEEN)) if TABLES[table][name] == "words" else (str(value),)


def _add_times(words: dict, moment, by, period) -> bool:
    """Puts the year, quarter, month asked for beside the words; False where the moment is outside the period."""
    month = (moment, 1) if isinstance(moment, int) else (moment.year, moment.month)
    if period and not (period.start[0] <= moment <= period.end[0] if isinstance(moment, int) else month in period):
        return False
    words |= {name: (time_label(name, month),) for name in by if name in TIME}
    return True


def _labels(words: Mapping, by, level) -> Iterable[tuple[str, ...]]:
    return product(*(words[name] if place in level else (ALL,) for place, name in enumerate(by)))


def _keys(groups, by, totals, no_total) -> dict[tuple, Cell]:
    """Different keys in every cell and total; rows where each is one."""
    met, number = defaultdict(set), defaultdict(int)
    for level in map(set, levels(by, within_of(by), totals, no_total)):
        for group in groups:
            for label in _labels(group["words"], by, level):
                if group["key"] is None:
                    number[label] += group["rows"]
                else:
                    met[label].add(group["key"])
    return {label: Cell(n) for label, n in (number or {label: len(keys) for label, keys in met.items()}).items()}


def _sums(groups, by, totals, no_total) -> dict[tuple, Cell]:
    """Each row's number once in every cell and total it belongs to; what is not told adds nothing."""
    sums = defaultdict(Decimal)
    for level in map(set, levels(by, within_of(by), totals, no_total)):
        for group in groups:
            if group["told"]:
                for label in _labels(group["words"], by, level):
                    sums[label] += group["value"]
    return {label: Cell(plain_number(value)) for label, value in sums.items()}


def not_known(indicator, supply: Supply, where: Mapping | None = None) -> list[tuple[str, dict]]:
    """What is not known beside the numbers of an indicator: (sentence in English, what stands in it)."""
    indicator, where = _first(indicator), {name: tuple(words) for name, words in (where or {}).items()}
    measure = MEASURES[indicator.measure]
    return _not_known(measure, _groups(indicator, measure, supply, (), where, None))


def _not_known(measure, groups) -> list[tuple[str, dict]]:
    if not measure.value:
        return []
    rows, told = (sum(group[name] for group in groups) for name in ("rows", "told"))
    if measure.table == "reach":
        unknown, all_ = (sum(group[name] for group in groups) for name in ("unknown", "settlements"))
        return [(NO_POPULATION, {"unknown": unknown, "settlements": all_})] if unknown else []
    return [(NOT_TOLD, {"rows": rows - told, "all": rows})] if told < rows else []
