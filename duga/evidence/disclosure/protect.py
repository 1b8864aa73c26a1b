"""Protecting tables by a rule, and the audit that every protected table passes before it leaves.

The rule: a cell of 1 to `minimum - 1` is small and hidden; zeros are shown. More cells are hidden, at the least weight
(the sum of what is hidden), until an attacker who knows the rule and everything shown cannot narrow any
hidden cell, small or not, to an interval less than `minimum` wide (highest less lowest value he must think possible).
What is not claimed: that nobody may guess which of the hidden cells is the small one. Where all others that are
hidden with it are plainly large, it can be guessed to be small (1 to `minimum - 1`), as with any suppression.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from operator import attrgetter

from duga.evidence.disclosure import older as past
from duga.evidence.disclosure.choose import Infeasible, attack, choose
from duga.evidence.disclosure.contributors import protect_contributors, sensitive, told_by_contributors
from duga.evidence.disclosure.grid import Grid
from duga.evidence.disclosure.moves import Moves
from duga.evidence.disclosure.rule import Rule
from duga.evidence.disclosure.system import System
from duga.evidence.model import ALL, Cell, ProtectedTable, SafeCell, Table, levels
from duga.plain.errors import Refused, gettext_noop

OPENED = "told too closely by published tables alone"


class CannotProtect(Refused):
    """No choice of hidden cells protects the table while the cells to keep are shown."""


@dataclass(frozen=True)
class Finding:
    """What is wrong with one cell of a protected table."""

    key: tuple[str, ...]
    problem: str
    low: int | None = None
    high: int | None = None


def told_already(weak: Iterable[tuple]) -> tuple[Finding, ...]:
    """What older tables alone tell too closely, of pairs (table, cell), each once."""
    return tuple(dict.fromkeys(Finding(each.grid.keys[cell], OPENED) for each, cell in weak))


@dataclass(frozen=True)
class Audit:
    """Result of an audit: passed when there are no findings. `hidden_weight` is the sum of all hidden values.

    `opened` are numbers hidden in older tables that these alone tell too closely. No newer table can mend that, so they
    are no findings against this one; its owner should know, and correct or withdraw what is published.
    """

    findings: tuple[Finding, ...]
    cells: int
    hidden: int
    hidden_weight: int
    opened: tuple[Finding, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.findings


def protect(
    table: Table,
    rule: Rule | None = None,
    *,
    keep: Iterable[tuple[str, ...]] = (),
    published: Iterable = (),
    figures: Mapping[tuple[str, ...], Mapping[str, int]] | None = None,
    secret: bytes | None = None,
) -> ProtectedTable:
    """Hides what must be hidden, totals included, and audits the result before giving it back.

    `keep` names cells that are published elsewhere and so must stay shown (the grand total that several
    tables share): `CannotProtect` if that cannot be. Is the grand total among them, an attacker is also taken to know
    the sum along the axis that repeats, from the tables beside. `published` are older tables of the same measure that
    stay readable, each a `ProtectedTable` or better a pair of it and the `Table` it was made of: the new one gives
    nothing away together with them either. `figures` (innermost cell → contributor → figure) are needed
    where the rule protects contributors. `secret` (any bytes that only the owner has) decides between nearly equal
    choices, so that nobody else can run the choice again. A table whose indicator is not sensitive (`protected` False)
    comes back with every cell shown. Measures beside are protected as tables of their own.
    """
    if table.parts:
        from duga.evidence import derived_safety

        return derived_safety.protect(table, rule, published=published, secret=secret)
    (safe,) = protect_together(
        (table,),
        rule,
        keep=[(0, key) for key in keep],
        published=published,
        figures={0: figures} if figures else None,
        secret=secret,
    )
    return safe


def protect_together(
    tables: Sequence[Table],
    rule: Rule | None = None,
    *,
    keep: Iterable[tuple[int, tuple[str, ...]]] = (),
    published: Iterable = (),
    figures: Mapping[int, Mapping] | None = None,
    secret: bytes | None = None,
) -> tuple[ProtectedTable, ...]:
    """Protects the linked tables of one release together: one linear system, audited as one.

    Cells of the same measure with the same labels (totals left out) count the same people: they are hidden in every
    table or in none. `keep` holds (number of the table, key). The rest as in `protect`.
    """
    rule = rule or Rule()
    tables, keep = tuple(tables), {(n, tuple(key)) for n, key in keep}
    _check(tables, rule)
    beside = [tuple(protect(other, replace(rule, dominance=None), secret=secret) for other in t.beside) for t in tables]
    known = tuple((n, (ALL,) * len(table.dimensions)) in keep for n, table in enumerate(tables))
    joint = _joint(tables, rule, published, known)
    joint.keep(keep)
    small = joint.system.primary.copy()
    if rule.dominance:
        sensitive(joint, rule.dominance, figures or {})
    hidden, moves = _chosen(joint, rule, figures or {}, secret)
    safe = tuple(
        _published(table, joint, n, hidden, small, rule, known[n], beside[n]) for n, table in enumerate(tables)
    )
    found = _audit(joint, hidden, figures, moves)
    if found:
        raise RuntimeError(f"Protection failed its own audit at {found[0]}; nothing was published.")
    return safe


def _check(tables: Sequence[Table], rule: Rule) -> None:
    """Refuses tables that are protected by what they rest on, or ask for what may not be asked for."""
    for table in tables:
        if table.parts:
            raise Refused(
                gettext_noop("%(code)s is worked out from other counts: it is protected by them, with protect, alone."),
                code=table.measure,
            )
        if rule.limits:
            rule.limits.check(table.dimensions)


def _chosen(joint: "Joint", rule: Rule, figures: Mapping[int, Mapping], secret: bytes | None) -> tuple:
    """What to hide, and the moves that prove it to be in doubt."""
    try:
        hidden, moves = choose(joint.system.close(), secret)
        if rule.dominance:
            hidden = protect_contributors(joint, hidden, figures, secret)
    except Infeasible as error:
        raise CannotProtect(
            gettext_noop(
                "This table cannot be protected while its totals stay shown. "
                "Publish the total alone, or a coarser table."
            )
        ) from error
    return hidden, moves


class Joint:
    """Several tables as one system, with the way back from its unknowns to their cells."""

    def __init__(self, grids: Mapping[int, Grid], system: System, placed: list, weak: list):
        self.grids, self.system, self.placed = dict(grids), system, placed
        self.opened = told_already(weak)
        self._of = dict(zip(self.grids, system.of, strict=True))

    def of(self, table: int, cell: int) -> int:
        return self._of[table][cell]

    def keep(self, keep: set[tuple[int, tuple[str, ...]]]) -> None:
        """Marks cells (table, key) that must stay shown."""
        for n, grid in self.grids.items():
            for i in grid.nonzero if keep else ():
                if (n, grid.keys[i]) in keep:
                    self.system.kept[self.of(n, i)] = True

    def unknowns(self, table: int, hidden) -> list[tuple[int, int]]:
        """The cells of a table that are hidden, each with its unknown."""
        away = hidden.tolist()
        return [pair for pair in self._of[table].items() if away[pair[1]]]

    def key_of(self, unknown: int) -> tuple[str, ...]:
        """A cell that stands for this unknown."""
        for n, of in self._of.items():
            for cell, j in of.items():
                if j == unknown:
                    return self.grids[n].keys[cell]
        return next((each.grid.keys[cell] for each, cell, j in self.placed if j == unknown), ())


def _joint(tables: Sequence[Table], rule: Rule, published: Iterable, known: Sequence[bool]) -> Joint:
    grids = {n: Grid(table, known[n]) for n, table in enumerate(tables) if table.protected}
    system = System(list(grids.values()), rule.minimum)
    placed, weak = past.join(system, list(published), tables, rule.changes) if grids else ([], [])
    return Joint(grids, system, placed, weak)


def _published(table, joint: Joint, n: int, hidden, small, rule: Rule, known: bool, beside) -> ProtectedTable:
    if not table.protected:
        cells = {key: SafeCell(cell.value, cell.qualifier) for key, cell in table.cells.items()}
        return _protected(table, cells, {}, rule.to_dict() | {"method": "none"}, beside)
    grid, system, lost, reasons = joint.grids[n], joint.system, SafeCell(None), {}
    cells = dict(
        zip(grid.keys, map(cache(SafeCell), grid.values, map(attrgetter("qualifier"), grid.cells)), strict=True)
    )
    for i, j in joint.unknowns(n, hidden):
        key = grid.keys[i]
        cells[key] = lost
        if grid.values[i] < rule.minimum:
            reasons[key] = "small"
        elif small[j]:
            reasons[key] = "published before"
        else:
            reasons[key] = "contributors" if system.primary[j] else "complementary"
    told = rule.to_dict() | ({"sums": "known"} if known else {})
    return _protected(table, cells, reasons, told, beside)


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


def audit(
    safe: ProtectedTable,
    table: Table,
    *,
    published: Iterable = (),
    figures: Mapping[tuple[str, ...], Mapping[str, int]] | None = None,
) -> Audit:
    """Attacks a protected table afresh and compares it with the true one.

    Findings: a small cell shown, a zero hidden, a shown value that is not the true one, a hidden cell whose value
    an attacker can narrow to less than the rule's width. Measures beside are audited too. `published` and `figures`
    as in `protect`.
    """
    if table.parts:
        from duga.evidence import derived_safety

        return derived_safety.audit(safe, table, published=published)
    return audit_together((safe,), (table,), published=published, figures={0: figures} if figures else None)


def audit_together(
    safes: Sequence[ProtectedTable],
    tables: Sequence[Table],
    *,
    published: Iterable = (),
    figures: Mapping[int, Mapping] | None = None,
) -> Audit:
    """Attacks all tables of a release as one linear system, with the older tables that stay readable."""
    from duga.evidence.disclosure.rule import read_rule

    safes, tables = tuple(safes), tuple(tables)
    findings: list[Finding] = []
    for safe, table in zip(safes, tables, strict=True):
        for safe_beside, beside in zip(safe.beside, table.beside, strict=True):
            findings += audit(safe_beside, beside).findings
    rule = read_rule(next((s.rule for s, t in zip(safes, tables, strict=True) if t.protected), {"minimum": 1}))
    joint = _joint(tables, rule, published, tuple(safe.rule.get("sums") == "known" for safe in safes))
    if rule.dominance:
        sensitive(joint, rule.dominance, figures or {})
    system = joint.system.close()
    hidden = system.always.copy()
    told: dict[int, bool] = {}
    for n, grid in joint.grids.items():
        findings += _compare(safes[n], grid, rule.minimum)
        for i in grid.nonzero:
            cell = safes[n].cells.get(grid.keys[i])
            j, away = joint.of(n, i), cell is not None and cell.hidden
            if told.setdefault(j, away) != away:
                findings.append(Finding(grid.keys[i], "shown in another table"))
                hidden[j] = False
            elif away:
                hidden[j] = True
    findings += _audit(joint, hidden, figures)
    cells = sum(len(grid.keys) for grid in joint.grids.values())
    if not joint.grids:
        return Audit(tuple(findings), sum(len(safe.cells) for safe in safes), 0, 0)
    out = [grid.values[i] for n, grid in joint.grids.items() for i in grid.nonzero if hidden[joint.of(n, i)]]
    return Audit(tuple(findings), cells, len(out), sum(out), joint.opened)


def _compare(safe: ProtectedTable, grid: Grid, minimum: int) -> list[Finding]:
    """What is said of each cell beside what is true of it."""
    findings = []
    for i, key in enumerate(grid.keys):
        cell, value = safe.cells.get(key), grid.values[i]
        if cell is None:
            findings.append(Finding(key, "missing"))
        elif cell.value is None:
            if not value:
                findings.append(Finding(key, "a zero is hidden"))
        elif cell.value != value:
            findings.append(Finding(key, "not the true value"))
        elif 0 < value < minimum:
            findings.append(Finding(key, "a small number is shown"))
    return findings


def _audit(joint: Joint, hidden, figures, moves: Moves | None = None) -> list[Finding]:
    """The attack itself, on a system whose hidden cells are given.

    What `moves` (proved by arithmetic when they were kept) show to be in doubt is; the others are attacked afresh.
    """
    system, findings = joint.system, []
    for j in (system.primary & ~hidden).nonzero()[0]:
        if system.value[j] >= system.width:
            findings.append(Finding(joint.key_of(int(j)), "shown, though it tells of a few people or one contributor"))
    for breach in attack(system, hidden, moves):
        findings.append(Finding(joint.key_of(breach.cell), "too narrow", breach.low, breach.high))
    for key, who in told_by_contributors(joint, hidden, figures or {}):
        findings.append(Finding(key, f"too narrow for {who}, who knows the own figures"))
    return findings


def table_of(
    inner: dict[tuple[str, ...], int], dimensions: Iterable[str], within: dict[str, str] | None = None, **labels
) -> Table:
    """A table of counts that add up, from its innermost cells: totals are worked out here.

    For anybody's table (`duga protect`), where every person stands in one innermost cell.
    """
    dimensions, within = tuple(dimensions), dict(within or {})
    for key in inner:
        if ALL in key:
            raise Refused(gettext_noop("Give innermost cells only: totals are worked out here."))
    sums: dict[tuple[str, ...], int] = {}
    for level in levels(dimensions, within, True):
        if len(level) == len(dimensions):
            sums |= inner
            continue
        keep = [i in level for i in range(len(dimensions))]
        for key, value in inner.items():
            label = tuple([word if kept else ALL for word, kept in zip(key, keep, strict=True)])
            sums[label] = sums.get(label, 0) + value
    cells = {key: Cell(value) for key, value in sums.items()}
    return Table(**({"measure": "value", "unit": "person"} | labels), dimensions=dimensions, cells=cells, within=within)


def without_reasons(safe: ProtectedTable) -> ProtectedTable:
    """The table as it may leave the house: without which cell was hidden for which reason."""
    return replace(safe, reasons={}, beside=tuple(without_reasons(each) for each in safe.beside))
