"""Counting and protecting what will be released. Runs in a process of its own: the server never calls this.

DuckDB, HiGHS and their like are imported inside `duga.evidence` when a function here is called, not before.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from duga.evidence import disclosure, engines, indicators, snapshot
from duga.evidence.model import ALL, Cell, Period, ProtectedTable, Table
from duga.indicators import rules
from duga.indicators.queries import guard, rates
from duga.indicators.queries.cells import as_cell, cells_of, filled, hide_cell
from duga.indicators.rules import PublicTable
from duga.plain.errors import gettext_noop
from duga.vault import sealing

UNDUPLICATED = gettext_noop(
    "Each person is counted once inside an organisation. A person helped by two organisations counts twice until "
    "records are linked across organisations."
)
WITHHELD = gettext_noop("So few people were helped that only their total can be shown.")
PARTIAL = gettext_noop("Counted up to %(month)s: the period was not over, or later records had not arrived.")


@dataclass(frozen=True)
class Counted:
    """One public table as it may leave the house, with what protected it.

    `cells` are the document's cells; `protection` says rule and audit; `withheld`: only the total could be shown.
    """

    wanted: PublicTable
    indicator: indicators.Indicator
    cells: list[dict]
    beside: list[dict]
    protection: dict
    notes: list[str]
    repeating: bool
    withheld: bool = False
    consulted: dict[str, str] = field(default_factory=dict)  # other definitions it rests on, {code: text}
    rests_on: str = ""  # the indicator that a rate is worked out from
    population: list[dict] = field(default_factory=list)  # what it divides by, with source and licence
    opened: list[str] = field(default_factory=list)  # hidden in older tables, which alone tell them too closely

    @property
    def total(self) -> int | None:
        """The table's grand total where it is shown."""
        for cell in self.cells:
            if all(cell[name] == ALL for name in self.wanted.breakdown):
                return cell["value"]
        return None


@lru_cache(maxsize=32)
def _definition(code: str) -> indicators.Indicator:
    """A definition in force, read once per process: the processes that count are short-lived."""
    return indicators.find(code)


def secret() -> bytes:
    """What only this installation has: it decides between nearly equal choices, so that nobody can choose again."""
    return sealing.derived("protection of figures")


class Counts:
    """A snapshot's tables of all countries and years, each breakdown counted in one go when first asked for."""

    def __init__(self, opened: snapshot.Snapshot):
        self.opened = opened
        self._known: dict[tuple, dict[tuple[str, ...], Table]] = {}

    def table(self, indicator: indicators.Indicator, by: tuple[str, ...], country: str, year: int) -> Table | None:
        """The table of one country (empty: all together) and year; None where nothing at all was recorded."""
        each = ("country", "year") if country else ("year",)
        key = (indicator.text, by, each)
        if key not in self._known:
            self._known[key] = engines.count_each(indicator, self.opened, by=by, each=each)
        found = self._known[key].get((country, str(year)) if country else (str(year),))
        if found is None and not indicator.beside:
            found = self._nought(indicator, by, key)
        return found

    def _nought(self, indicator, by, key) -> Table:
        """The table of a country and year in which the indicator met nothing."""
        like = next(iter(self._known[key].values()), None)
        if like is None:
            like = self._known[key][()] = engines.count(indicator, self.opened, by=by)
        return replace(like, cells={} if like.no_total else {(ALL,) * len(by): Cell(0)}, repeating=None)


@dataclass(frozen=True)
class Question:
    """What is asked of a snapshot: a country (empty: all) and a period; `until` is the last month known at all."""

    opened: snapshot.Snapshot
    country: str
    period: Period
    until: str
    definitions: Mapping[str, indicators.Indicator] = field(default_factory=dict)  # other than those in force
    counts: Counts | None = None  # of whole years, where many are asked for
    older: Mapping[str, list] = field(default_factory=dict)  # readable tables by indicator, see `queries.guard`
    population: list[dict] = field(default_factory=list)  # of its countries, see `places.queries.population_rows_for`

    @classmethod
    def of(cls, counts: Counts, country: str, year: int, **more) -> "Question":
        """A country's whole year; what was recorded reaches as far as the snapshot's last fact."""
        until = max(counts.opened.manifest.periods, default=f"{year}-12")
        return cls(counts.opened, country, Period.read(str(year)), until, counts=counts, **more)

    def indicator(self, code: str) -> indicators.Indicator:
        """The definition to count by."""
        return self.definitions.get(code) or _definition(code)

    @property
    def months(self) -> list[str]:
        """The months of the period up to the last one known."""
        (year, month), found = self.period.start, []
        while (year, month) <= self.period.end and f"{year:04}-{month:02}" <= self.until:
            found.append(f"{year:04}-{month:02}")
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        return found

    @property
    def empty(self) -> bool:
        """Whether the snapshot holds nothing of this country and period."""
        words = self.opened.manifest.words.get("country", [])
        return not set(self.months) & set(self.opened.manifest.periods) or bool(
            self.country and self.country not in words
        )

    @property
    def unfinished(self) -> bool:
        """Whether the period reaches beyond what is known."""
        return self.until < "{:04}-{:02}".format(*self.period.end)

    def count(self, indicator: indicators.Indicator, by: Iterable[str]) -> Table:
        """The table of this question, before protection."""
        found = self.counts and self.counts.table(indicator, tuple(by), self.country, self.period.start[0])
        if found is not None:
            return found
        where = {"country": self.country} if self.country else {}
        return engines.count(indicator, self.opened, by=tuple(by), where=where, period=self.period)


def count_country(question: Question, tables: Iterable[PublicTable]) -> list[Counted]:
    """Counts and protects a country's tables of one year; empty when so few were helped that nothing can be shown.

    The total that the tables share is asked first: is it small, nothing at all of the year goes out.
    """
    if question.empty:
        return []
    rule = disclosure.Rule(rules.MINIMUM)
    people = question.indicator("people_assisted")
    total = question.count(people, ()).value()
    if 0 < total < rule.minimum:
        return []
    found = [_count(question, table, rule) for table in tables]
    return [_resting(question, each) for each in found if each is not None]


def _resting(question: "Question", counted: Counted) -> Counted:
    """With the other definitions that had a say in what it shows: they are kept with it, so that it can be verified."""
    codes = {"people_assisted", *counted.consulted} | (
        {"households_reached"} if counted.indicator.code == "assistance_delivered" else set()
    )
    texts = {code: question.indicator(code).text for code in sorted(codes - {counted.indicator.code})}
    return replace(counted, consulted=texts)


def count_network(question: Question, tables: Iterable[PublicTable]) -> list[Counted]:
    """Counts and protects what stands side by side of all countries.

    A country with a small number is hidden, and the sum of all with it: hiding a second, large country to save the sum
    would tell readers less. Nothing then adds up to anything, so nothing can be subtracted.
    """
    if question.empty:
        return []
    rule = disclosure.Rule(rules.MINIMUM)
    found = [_count_side_by_side(question, table, rule) for table in tables]
    return [each for each in found if each is not None]


def _count_side_by_side(question: Question, wanted: PublicTable, rule) -> Counted | None:
    indicator = question.indicator(wanted.indicator)
    if indicator.measure == "rate":
        return _rate(question, wanted, indicator, rule, _count_side_by_side)
    counted = with_totals_beside(question.count(indicator, wanted.breakdown), wanted)
    if any(0 < cell.value < rule.minimum for cell in counted.cells.values()):
        counted = replace(counted.without_totals(), no_total=wanted.breakdown)
    return protected(question, wanted, indicator, counted, rule, keep=())


def _rate(question: Question, wanted: PublicTable, indicator, rule, count) -> Counted | None:
    """A rate, from the protected table of its people; None where nobody knows how many live there."""
    if not question.population:
        return None
    people = question.indicator(indicator.parts["numerator"].code)
    rates.check_numerator(indicator, people)
    counted = count(question, replace(wanted, indicator=people.code), rule)
    return counted and rates.worked_out(counted, wanted, indicator, question.population, question.country)


def _count(question: Question, wanted: PublicTable, rule) -> Counted | None:
    indicator = question.indicator(wanted.indicator)
    if indicator.measure == "rate":
        return _rate(question, wanted, indicator, rule, _count)
    if indicator.code == "assistance_delivered":
        return _units(question, wanted, indicator, rule)
    counted = with_totals_beside(question.count(indicator, wanted.breakdown), wanted)
    if not wanted.breakdown and counted.value() <= rule.minimum:
        return None  # a number that stands alone has no others to hide among: nought, few and five look the same
    keep = [(ALL,) * len(wanted.breakdown)] if indicator.code == "people_assisted" else ()
    return protected(question, wanted, indicator, counted, rule, keep)


def with_totals_beside(counted: Table, wanted: PublicTable) -> Table:
    """Measures beside as one number each, and only beside the first table of people: once is enough."""
    if (wanted.indicator, wanted.breakdown) != (rules.COUNTRY_TABLES[0].indicator, rules.COUNTRY_TABLES[0].breakdown):
        return replace(counted, beside=())
    alone = [
        replace(each, dimensions=(), within={}, repeating=None, cells={(): Cell(each.value(), _top(each).qualifier)})
        for each in counted.beside
    ]
    return replace(counted, beside=tuple(alone))


def _top(table: Table) -> Cell:
    return table.cells.get((ALL,) * len(table.dimensions), Cell(0))


def protected(question, wanted, indicator, counted: Table, rule, keep) -> Counted:
    """Protects and audits; where nothing but the total can be shown, the total alone goes out.

    A table that fails its audit is given back with that finding: it may be looked at, and never goes further.
    """
    withheld, older = False, question.older.get(indicator.code, ())
    try:
        safe, audit = _attacked(question, counted, rule, keep, older)
    except disclosure.CannotProtect:
        withheld = True
        top = (ALL,) * len(counted.dimensions)
        counted = replace(counted, cells={top: Cell(counted.cells[top].value)})
        safe, audit = _attacked(question, counted, rule, keep, older=())
    return Counted(
        wanted=wanted,
        indicator=indicator,
        cells=cells_of(safe) if withheld else filled(question, wanted, cells_of(safe)),
        beside=[
            _beside(each, other)
            for each, other in zip(safe.beside, indicator.beside, strict=False)
            if not (other.protected and (each.cells[()].hidden or each.cells[()].value <= rule.minimum))
        ],
        protection=dict(safe.rule) | {"audit": {"passed": audit.passed, "cells": audit.cells, "hidden": audit.hidden}},
        notes=_notes(question, indicator, withheld),
        repeating=counted.repeating is not None,
        withheld=withheld,
        opened=[" / ".join(word for word in each.key if word != ALL) for each in audit.opened],
    )


def _attacked(question: Question, counted: Table, rule, keep, older):
    """The protected table and its audit: alone, or together with older tables that can still be read."""
    labels = {"year": f"{question.period.start[0]:04}"} | ({"country": question.country} if question.country else {})
    if not older or not counted.protected:
        safe = disclosure.protect(counted, rule, keep=keep, secret=secret())
        return safe, disclosure.audit(safe, counted)
    up = guard.lifted(counted, labels)
    prefix = up.cells and next(iter(up.cells))[: len(up.dimensions) - len(counted.dimensions)]
    found = disclosure.protect(up, rule, keep=[(*prefix, *key) for key in keep], published=older, secret=secret())
    audit = disclosure.audit(found, up, published=older)
    beside = disclosure.protect(counted, rule, keep=keep, secret=secret()).beside if counted.beside else ()
    return replace(guard.lowered(found, labels, counted.dimensions), beside=beside), audit


def _units(question: Question, wanted: PublicTable, indicator, rule) -> Counted:
    """Assistance by unit. Things are not people; but a shown unit must not tell how few people stand behind it.

    Everybody who was helped with a service received at least one of its units, so a unit's quantity bounds the people
    of the services that used it. Where one of those is hidden, the unit is hidden too: if no shown service used it, or
    if what its quantity leaves beside the people of the shown ones is less than twice the minimum. All quantities
    together bound all deliveries, and so a hidden number of households: see `_bounds_households`.
    """
    people = _count(question, PublicTable("people_assisted", ("service_type",)), rule)
    status = {} if people.withheld else {cell["service_type"]: cell for cell in people.cells}
    behind: dict[str, list] = {}
    for unit, service in question.count(indicator, ("unit", "service_type")).innermost():
        lost = {"status": "hidden", "value": 0} if people.withheld else {"status": "shown", "value": 0}
        behind.setdefault(unit, []).append(status.get(service, lost))
    cells = []
    for row in question.count(indicator, ("unit",)).rows():
        hide = _bounds_people(row["value"], behind.get(row["unit"], []), rule.minimum)
        cells.append(as_cell({"unit": row["unit"]}, None if hide else row["value"], row["qualifier"]))
    if _bounds_households(question, cells, rule.minimum):
        least = min((cell for cell in cells if cell["value"]), key=lambda cell: (cell["value"], cell["unit"]))
        cells[cells.index(least)] = hide_cell(least)
    hidden = any(cell["status"] == "hidden" for cell in cells)
    protection = {
        "method": "units" if hidden else "none",
        "minimum": rule.minimum,
        "zeros": "shown",
        "audit": {"passed": True, "cells": len(cells), "hidden": sum(cell["status"] == "hidden" for cell in cells)},
    }
    return Counted(wanted, indicator, cells, [], protection, _notes(question, indicator, False), repeating=False)


def _bounds_people(quantity, services: list[Mapping], minimum: int) -> bool:
    """Whether a unit's quantity says too much of the hidden services that used it."""
    shown = [cell["value"] for cell in services if cell["status"] == "shown"]
    if len(shown) == len(services):
        return False
    return not shown or quantity - sum(shown) < 2 * minimum


def _bounds_households(question: Question, cells: list[dict], minimum: int) -> bool:
    """Whether quantities, all shown, leave a hidden number of households less room than its being small does.

    Each delivery has a quantity of one at least: households are at most all quantities less the deliveries that
    people (one in each of her months, and of her services) and institutions must have had.
    """
    households = question.count(question.indicator("households_reached"), ()).value()
    if not 0 < households <= minimum or any(cell["status"] == "hidden" for cell in cells):
        return False
    people = question.indicator("people_assisted")
    counted = [question.count(people, (name,)) for name in ("month", "service_type")]
    needed = max(sum(cell.value for cell in table.innermost().values()) for table in counted)
    institutions = sum(each.value() for each in counted[0].beside if each.measure == "deliveries_to_institutions")
    return sum(cell["value"] for cell in cells) - needed - institutions <= minimum


def _beside(safe: ProtectedTable, other: indicators.Indicator) -> dict:
    """The grand total of a measure beside: group tallies, institutions. Never added to the number."""
    top = safe.cells[()]
    return as_cell({}, top.value, top.qualifier) | {"code": other.code, "title": dict(other.title), "unit": other.unit}


def _people(indicator: indicators.Indicator) -> indicators.Indicator:
    """What an indicator counts: of a rate its numerator."""
    return indicator.parts["numerator"] if indicator.measure == "rate" else indicator


def _notes(question: Question, indicator, withheld: bool) -> list[dict]:
    """What a reader must know: gettext ids with their parameters."""
    notes = []
    if indicator.measure.startswith("distinct"):
        notes.append({"text": UNDUPLICATED, "params": {}})
    if withheld:
        notes.append({"text": WITHHELD, "params": {}})
    if question.unfinished:
        notes.append({"text": PARTIAL, "params": {"month": question.until}})
    return notes


def document(counted: Counted, *, release_id, question: Question, code_version: str) -> dict:
    """The canonical document of a release: all it says, and all it rests on."""
    indicator, wanted = counted.indicator, counted.wanted
    return {
        "format": rules.FORMAT,
        "id": str(release_id),
        "indicator": {
            "code": indicator.code,
            "version": indicator.version,
            "definition_sha256": indicator.fingerprint,
            "title": dict(indicator.title),
            "unit": indicator.unit or "unit",
        },
        "breakdown": list(wanted.breakdown),
        "country": question.country,
        "period": str(question.period),
        "snapshot": {
            "fingerprint": question.opened.fingerprint,
            "schema_version": question.opened.manifest.schema_version,
        },
        "code_version": code_version,
        "protection": counted.protection,
        "hidden_means": rules.HIDDEN_LABEL,
        "totals": "distinct" if _people(indicator).measure.startswith("distinct") else "sums",
        "withheld": counted.withheld,
        "cells": counted.cells,
        "beside": counted.beside,
        "notes": counted.notes,
    } | _worked_out_from(counted)


def _worked_out_from(counted: Counted) -> dict:
    """Of a rate: what it rests on and divides by, with who says so."""
    if not counted.rests_on:
        return {}
    return {"rests_on": counted.rests_on, "terms": list(rates.TERMS), "population": counted.population}
