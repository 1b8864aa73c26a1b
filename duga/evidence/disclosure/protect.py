"""The rule, protecting a table by it, and the audit that every protected table passes before it leaves.

The rule: a cell of 1 to `minimum - 1` is small and hidden; zeros are shown. More cells are hidden, at the least weight
(the sum of what is hidden), until an attacker who knows the rule and everything shown cannot narrow any
hidden cell, small or not, to an interval less than `minimum` wide (highest less lowest value he must think possible).
What is not claimed: that nobody may guess which of the hidden cells is the small one. Where all others that are
hidden with it are plainly large, it can be guessed to be small (1 to `minimum - 1`), as with any suppression.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from duga.evidence.disclosure.attacker import Attacker
from duga.evidence.disclosure.choose import Infeasible, choose
from duga.evidence.disclosure.grid import Grid
from duga.evidence.model import ALL, Cell, ProtectedTable, SafeCell, Table, roll_up
from duga.plain.errors import Refused, gettext_noop


@dataclass(frozen=True)
class Rule:
    """`minimum`: the smallest number of people that may be shown; and how wide an attacker's doubt must stay."""

    minimum: int = 5

    def __post_init__(self):
        if self.minimum < 1:
            raise Refused(gettext_noop("The minimum count is 1 or more."))

    def to_dict(self) -> dict:
        return {"method": "suppression", "minimum": self.minimum, "width": self.minimum, "zeros": "shown"}


class CannotProtect(Refused):
    """No choice of hidden cells protects the table while the cells to keep are shown."""


@dataclass(frozen=True)
class Finding:
    """What is wrong with one cell of a protected table."""

    key: tuple[str, ...]
    problem: str
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True)
class Audit:
    """Result of an audit: passed when there are no findings. `hidden_weight` is the sum of all hidden values."""

    findings: tuple[Finding, ...]
    cells: int
    hidden: int
    hidden_weight: int

    @property
    def passed(self) -> bool:
        return not self.findings


def protect(table: Table, rule: Rule | None = None, *, keep: Iterable[tuple[str, ...]] = ()) -> ProtectedTable:
    """Hides what must be hidden, totals included, and audits the result before giving it back.

    `keep` names cells that are published elsewhere and so must stay shown (the grand total that several
    tables share): `CannotProtect` if that cannot be. Is the grand total among them, an attacker is also taken to know
    the sum along the axis that repeats, from the tables beside. A table whose indicator is not sensitive (`protected`
    False) comes back with every cell shown. Measures beside are protected as tables of their own.
    """
    rule = rule or Rule()
    beside = tuple(protect(other, rule) for other in table.beside)
    if not table.protected:
        cells = {key: SafeCell(cell.value, cell.qualifier) for key, cell in table.cells.items()}
        return _protected(table, cells, {}, rule.to_dict() | {"method": "none"}, beside)
    keep = {tuple(each) for each in keep}
    sums_known = (ALL,) * len(table.dimensions) in keep
    grid = Grid(table, sums_known)
    primary = {i for i in grid.nonzero if grid.values[i] < rule.minimum}
    kept = {i for i, key in enumerate(grid.keys) if tuple(key) in keep and grid.values[i]}
    try:
        hidden = choose(grid, primary, rule.minimum, kept)
    except Infeasible as error:
        raise CannotProtect(
            gettext_noop(
                "This table cannot be protected while its totals stay shown. "
                "Publish the total alone, or a coarser table."
            )
        ) from error
    cells, reasons = {}, {}
    for i, key in enumerate(grid.keys):
        if i in hidden:
            cells[key] = SafeCell(None)
            reasons[key] = "small" if i in primary else "complementary"
        else:
            cell = table.cells.get(key, Cell(0))
            cells[key] = SafeCell(grid.values[i], cell.qualifier)
    told = rule.to_dict() | ({"sums": "known"} if sums_known else {})
    safe = _protected(table, cells, reasons, told, beside)
    found = audit(safe, table)
    if not found.passed:
        raise RuntimeError(f"Protection failed its own audit at {found.findings[0]}; nothing was published.")
    return safe


def _protected(table: Table, cells: dict, reasons: dict, rule: dict, beside: tuple) -> ProtectedTable:
    return ProtectedTable(
        measure=table.measure,
        unit=table.unit,
        dimensions=table.dimensions,
        cells=cells,
        rule=rule,
        within=dict(table.within),
        no_total=table.no_total,
        distinct=table.distinct,
        notes=table.notes,
        beside=beside,
        reasons=reasons,
    )


def audit(safe: ProtectedTable, table: Table) -> Audit:
    """Attacks a protected table afresh and compares it with the true one.

    Findings: a small cell shown, a zero hidden, a shown value that is not the true one, a hidden cell whose value
    an attacker can narrow to less than the rule's width. Measures beside are audited too.
    """
    findings: list[Finding] = []
    for safe_beside, beside in zip(safe.beside, table.beside, strict=True):
        findings += audit(safe_beside, beside).findings
    if not table.protected:
        return Audit(tuple(findings), len(safe.cells), 0, 0)
    minimum, width = safe.rule["minimum"], safe.rule["width"]
    grid = Grid(table, safe.rule.get("sums") == "known")
    hidden = set()
    for i, key in enumerate(grid.keys):
        cell, value = safe.cells.get(key), grid.values[i]
        if cell is None:
            findings.append(Finding(key, "missing"))
        elif cell.hidden:
            hidden.add(i)
            if not value:
                findings.append(Finding(key, "a zero is hidden"))
        elif cell.value != value:
            findings.append(Finding(key, "not the true value"))
        elif 0 < value < minimum:
            findings.append(Finding(key, "a small number is shown"))
    hidden = {i for i in hidden if grid.values[i]}
    if hidden:
        attacker = Attacker(grid, width)
        attacker.hide(hidden)
        for breach in attacker.breaches():
            findings.append(Finding(grid.keys[breach.cell], "too narrow", breach.low, breach.high))
    return Audit(tuple(findings), len(grid.keys), len(hidden), sum(grid.values[i] for i in hidden))


def table_of(
    inner: dict[tuple[str, ...], int], dimensions: Iterable[str], within: dict[str, str] | None = None, **labels
) -> Table:
    """A table of counts that add up, from its innermost cells: totals are worked out here.

    For anybody's table (`duga protect`), where every person stands in one innermost cell.
    """
    dimensions = tuple(dimensions)
    for key in inner:
        if ALL in key:
            raise Refused(gettext_noop("Give innermost cells only: totals are worked out here."))
    cells = roll_up({key: (value, frozenset()) for key, value in inner.items()}, dimensions, within or {})
    return Table(
        **({"measure": "value", "unit": "person"} | labels), dimensions=dimensions, cells=cells, within=within or {}
    )


def without_reasons(safe: ProtectedTable) -> ProtectedTable:
    """The table as it may leave the house: without which cell was hidden for which reason."""
    return replace(safe, reasons={}, beside=tuple(without_reasons(each) for each in safe.beside))
