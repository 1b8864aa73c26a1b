"""Protecting numbers worked out from counts: a mean, share or rate never gives a hidden count back.

A ratio with decimals and its n is two counts: so it is shown only where both may be. For a share the rest (the whole
less the part) is a count too: 98 % of 200 people tells of four. Both counts are put into one system
(`disclosure.system`) with what was published before: the attacker knows every denominator that its own
protected table shows, every ratio shown with its terms, that zeros are shown, that everything adds up along every line
(of people met again he is taken to know the overlap), that a part is at most its whole, and every older table. Cells
are hidden until he can narrow no hidden denominator, part or rest to less than the rule's width.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from duga.evidence import disclosure
from duga.evidence.disclosure import older as past
from duga.evidence.disclosure.attacker import Attacker
from duga.evidence.disclosure.choose import Infeasible, choose
from duga.evidence.disclosure.grid import Grid
from duga.evidence.disclosure.protect import told_already
from duga.evidence.disclosure.system import System
from duga.evidence.model import ALL, TIME, ProtectedTable, SafeCell, Table
from duga.plain.errors import Refused, gettext_noop

RATIOS = ("mean", "ratio", "share")
TOO_LITTLE = gettext_noop("So little may be shown that no number can be worked out safely. Take a coarser table.")


def protect(table: Table, rule=None, *, published: Iterable = (), secret: bytes | None = None) -> ProtectedTable:
    """What `disclosure.protect` calls for a table that rests on `parts`: every cell shown, hidden or not known.

    Terms (n, numerator …) are shown where the value is. `published`: older tables that stay readable, of counts or (as
    pairs with the table they were made of) of derived numbers. `CannotProtect` where nothing could be shown.
    """
    rule, published = rule or disclosure.Rule(), counts_of(published)
    if not table.protected:
        return _safe(table, rule, set(), method="none")
    more = {"published": published, "secret": secret}
    if table.kind in RATIOS or table.kind == "count":
        hidden = _Linked.of(table, rule).choose(_hidden(_denominator(table), rule, more), published, secret)
    elif table.kind == "cumulative":
        hidden = _cumulative(table, rule, more)
    else:
        hidden = set().union(*(_hidden(part, rule, more) for part in table.parts))
    return _safe(table, rule, hidden)


def audit(safe: ProtectedTable, table: Table, *, published: Iterable = ()):
    """Attacks a derived table afresh: by what it shows, what it rests on, and what was published before.

    Every cell must be there and every number shown be true; no count of 1 to `minimum - 1` may stand behind a number
    shown; and no count behind a hidden one may be narrowed to less than the rule's width. `opened`: what older tables
    alone tell too closely of the counts that this one rests on.
    """
    rule, findings, opened = disclosure.Rule(minimum=safe.rule["minimum"]), [], ()
    hidden = {key for key, cell in safe.cells.items() if cell.hidden}
    for key, cell in table.cells.items():
        shown = safe.cells.get(key)
        if shown is None:
            findings.append(disclosure.Finding(key, "missing"))
        elif not shown.hidden and shown.value != cell.value:
            findings.append(disclosure.Finding(key, "not the true value"))
    if safe.rule.get("method") != "none" and not findings:
        older = counts_of(published)
        if table.kind in RATIOS or table.kind == "count":
            linked = _Linked.of(table, rule)
            findings += linked.breaches(hidden, older)
            opened = linked.opened
        else:
            for one, part in counts_of([(safe, table)]):
                found, weak = _attacked(one, part, older)
                findings, opened = findings + found, (*opened, *weak)
    return disclosure.Audit(tuple(findings), len(safe.cells), len(hidden), 0, tuple(dict.fromkeys(opened)))


def _attacked(safe: ProtectedTable, part: Table, published: list) -> tuple[list, tuple]:
    """What is found of the counts that a derived table shows, those hidden without need being no fault; and what older
    tables alone tell of them."""
    own = replace(safe, rule=dict(safe.rule) | {"method": "suppression"})
    found = disclosure.audit(own, part, published=published)
    return [each for each in found.findings if each.problem != "a zero is hidden"], found.opened


def counts_of(published: Iterable) -> list:
    """Older tables as tables of counts: a derived one tells the counts of its parts wherever it is shown."""
    found = []
    for each in published:
        safe, table = each if isinstance(each, tuple) else (each, None)
        if table is None or not table.parts:
            if safe.derived:
                raise Refused(
                    gettext_noop("%(code)s is worked out from counts: give it with the table that it was made of."),
                    code=safe.measure,
                )
            found.append(each)
            continue
        shown = {key for key, cell in safe.cells.items() if not cell.hidden}
        if table.kind == "cumulative":
            shown -= _after_hidden(table, shown)
        parts = [replace(table, parts=())] if table.kind == "count" else []
        for part in (*parts, *table.parts):
            found += [_as_shown(part, shown, safe)] if not part.parts else counts_of([(_mirror(safe, part), part)])
    return found


def _as_shown(part: Table, shown: set, safe: ProtectedTable) -> tuple[ProtectedTable, Table]:
    """A part as the derived table shows it: where the number is hidden so is the count, unless it is nought."""
    named = _named(part)
    cells = {
        key: SafeCell(int(cell.value) if _own(key, part) in shown or not cell.value else None)
        for key, cell in named.cells.items()
    }
    rule = {"method": "suppression", "minimum": safe.rule["minimum"], "width": safe.rule.get("width", 1)}
    made = ProtectedTable(
        named.measure, named.unit, named.dimensions, cells, rule, within=named.within, no_total=named.no_total
    )
    return made, replace(named, protected=True, kind="count")


def _mirror(safe: ProtectedTable, part: Table) -> ProtectedTable:
    """A derived part (the mean of a change, say) shown where the whole is."""
    cells = {key: safe.cells.get(key, SafeCell(cell.value)) for key, cell in part.cells.items()}
    return replace(safe, cells=cells, kind=part.kind)


def _own(key: tuple[str, ...], part: Table) -> tuple[str, ...]:
    """The labels that a cell of the named part has in the part itself."""
    own = key[len(key) - len(part.dimensions) :]
    return _moved(own, part, part.later) if part.later else own


def _moved(key: tuple[str, ...], part: Table, months: int) -> tuple[str, ...]:
    from duga.evidence.derived import moved_key

    return moved_key(key, part.dimensions, months)


def _named(part: Table) -> Table:
    """A part with labels that say whom it counts in any table: those it is kept to, and its own times."""
    if part.parts:
        return part
    if part.later:
        back = {_moved(key, part, -part.later): cell for key, cell in part.cells.items()}
        part = replace(part, cells=back, later=0)
    told = {name: words[0] for name, words in part.kept.items() if len(words) == 1 and name not in part.dimensions}
    rest = {name: words for name, words in part.kept.items() if name not in told}
    if rest:
        said = "; ".join(f"{name}={','.join(words)}" for name, words in sorted(rest.items()))
        part = replace(part, measure=f"{part.measure}, {said}")
    words = tuple(told.values())
    return replace(
        part,
        dimensions=(*told, *part.dimensions),
        cells={words + key: cell for key, cell in part.cells.items()},
        no_total=(*told, *part.no_total),
        kept={},
    )


def _safe(table: Table, rule, hidden: set, method: str = "suppression of what it is worked out from") -> ProtectedTable:
    """The protected table; a hidden cell shows neither its value nor a term, the highest no plain sum beside it."""
    terms = () if table.kind == "highest" and table.protected else table.terms
    cells = {
        key: SafeCell(None) if key in hidden else SafeCell(cell.value, cell.qualifier, cell.terms[: len(terms)])
        for key, cell in table.cells.items()
    }
    return ProtectedTable(
        measure=table.measure,
        unit=table.unit,
        dimensions=table.dimensions,
        cells=cells,
        rule=rule.to_dict() | {"method": method},
        within=dict(table.within),
        no_total=table.no_total,
        distinct=table.distinct,
        notes=table.notes,
        reasons=dict.fromkeys(hidden, "rests on a hidden number"),
        kind=table.kind,
        terms=terms,
    )


def _hidden(part: Table, rule, more: Mapping) -> set:
    """The cells that a part's own protection hides."""
    safe = disclosure.protect(replace(_named(part), protected=True), rule, **more)
    return {_own(key, part) for key, cell in safe.cells.items() if cell.hidden}


def _cumulative(table: Table, rule, more: Mapping) -> set:
    """A cumulative count is shown where it follows from steps (who was met for the first time) that may be shown."""
    (steps,) = table.parts
    try:
        shut = _hidden(steps, rule, more)
    except Refused as error:
        raise disclosure.CannotProtect(
            gettext_noop(
                "A cumulative count in which people change between the values of a breakdown cannot be protected. "
                "Break it down by time alone, or by what does not change (sex)."
            )
        ) from error
    hidden, lines = set(), _over_time(table)
    for (depth, rest), line in lines.items():
        (_, whole) = lines[0, rest][0]
        first = next((i for i, (_, key) in enumerate(line) if key in shut), len(line))
        last = max((i for i, (_, key) in enumerate(line) if key in shut), default=-1)
        for i, (_, key) in enumerate(line):
            from_the_end = whole not in shut and i >= last and depth
            if not (i < first or from_the_end):
                hidden.add(key)
    return hidden


def _after_hidden(table: Table, shown: set) -> set:
    """The cells of a cumulative count whose own step is not told, because the number before is hidden."""
    lost = set()
    for line in _over_time(table).values():
        for (_, before), (_, key) in zip(line, line[1:], strict=False):
            lost |= {key} if before not in shown else set()
    return lost


def _over_time(table: Table) -> dict[tuple, list]:
    """The cells of a cumulative table in the order of time: {(how fine, the other labels): [(time, key)]}."""
    lines: dict[tuple, list] = {}
    for key in table.cells:
        times = [word for name, word in zip(table.dimensions, key, strict=True) if name in TIME and word != ALL]
        rest = tuple(word for name, word in zip(table.dimensions, key, strict=True) if name not in TIME)
        lines.setdefault((len(times), rest), []).append((times[-1] if times else ALL, key))
    return {name: sorted(line) for name, line in lines.items()}


def _denominator(table: Table) -> Table:
    return table.parts[0] if table.kind == "count" else table.parts[1]


@dataclass
class _Linked:
    """Numerator and denominator in one system, with the rest of a share: each bounds the others."""

    table: Table
    above: Table
    below: Table
    rule: object

    @classmethod
    def of(cls, table: Table, rule) -> "_Linked":
        numerator = replace(table, parts=()) if table.kind == "count" else table.parts[0]
        above, below = (
            replace(_named(part), protected=True, beside=(), kind="count") for part in (numerator, _denominator(table))
        )
        if (above.measure, above.dimensions) == (below.measure, below.dimensions):
            above = replace(above, measure=f"{above.measure} (numerator)")
        return cls(table, above, below, rule)

    @property
    def share(self) -> bool:
        return self.table.kind == "share"

    def counts(self, key) -> tuple[int, int, int]:
        """The numerator, the denominator and, of a share, the rest."""
        above, below = (_value(part, key) for part in (self.above, self.below))
        return above, below, below - above if self.share else 0

    def small(self) -> set:
        """The cells that rest on a count of a few."""
        inside = range(1, self.rule.minimum)
        return {key for key in self.keys() if any(count in inside for count in self.counts(key))}

    def keys(self) -> set:
        """The labels of all cells, without what a part is kept to."""
        n = len(self.table.dimensions)
        return {key[len(key) - n :] for part in (self.above, self.below) for key in part.cells}

    def choose(self, shut: set, published: list, secret: bytes | None) -> set:
        """The cells to hide; `shut` are those whose denominator its own protected table hides."""
        hidden = self.small() | shut
        while True:
            system, above, below = self._system(hidden, published)
            for key, j in below.items():
                system.primary[j], system.kept[j] = key in shut, key not in shut
            try:
                out = choose(system.close(), secret)[0]
            except Infeasible as error:
                raise disclosure.CannotProtect(TOO_LITTLE) from error
            more = hidden | {key for cells in (above, below) for key, j in cells.items() if out[j]}
            if more == hidden:
                return hidden
            hidden = more

    def breaches(self, hidden: set, published: list) -> list:
        """What an attacker finds out of a table that hides these cells."""
        found = [
            disclosure.Finding(key, "rests on a number that must be hidden") for key in sorted(self.small() - hidden)
        ]
        system, above, below = self._system(hidden, published)
        away = system.always.copy()
        for cells in (above, below):
            away[[j for key, j in cells.items() if key in hidden]] = True
        for j in below.values():
            system.need[j] *= 0 < system.value[j] < self.rule.minimum
        places = {j: key for cells in (below, above) for key, j in cells.items()} | self.rests
        for j in (system.primary & ~away).nonzero()[0]:
            found.append(disclosure.Finding(places.get(int(j), ()), "tells of a few people beside an older table"))
        if away.any():
            attacker = Attacker(system.close())
            attacker.hide(away)
            found += [disclosure.Finding(places.get(j, ()), "too narrow") for j in attacker.open_cells()]
        return found

    def _system(self, hidden: set, published: list) -> tuple[System, dict, dict]:
        """Everything an attacker reads, and the unknowns of the numerators and the denominators by key."""
        grids = [Grid(self.above), Grid(self.below)]
        system, n = System(grids, self.rule.minimum), len(self.table.dimensions)
        _, weak = past.join(system, published, (self.above, self.below), self.rule.changes)
        self.opened = told_already(weak)
        above, below = (
            {grid.keys[i][len(grid.keys[i]) - n :]: j for i, j in of.items()}
            for grid, of in zip(grids, system.of, strict=True)
        )
        covers = not self.share and all(top >= bottom for top, bottom, _ in map(self.counts, self.keys()))
        self.rests = {}
        for key in sorted(hidden):
            top, bottom, rest = self.counts(key)
            if key in above and not system.kept[above[key]]:
                system.primary[above[key]] = True
            entries = [(cells[key], sign) for cells, sign in ((above, 1.0), (below, -1.0)) if key in cells]
            cols, signs = [j for j, _ in entries], [sign for _, sign in entries]
            if self.share and rest > 0:
                whole = system.extend([rest], [rest])  # it may be nought: shares of 100 are hidden, too
                self.rests[whole] = key
                system.row([whole, *cols], [1.0, *signs])
            elif self.share or covers:
                signs = signs if self.share else [-sign for sign in signs]
                system.row(cols, signs, -float("inf"), float(abs(bottom - top)))
        return system, above, below


def _value(part: Table, key: tuple) -> int:
    """A part's count for the labels of the derived table."""
    first = next(iter(part.cells), ())
    cell = part.cells.get((*first[: len(first) - len(key)], *key))
    return int(cell.value) if cell and cell.value else 0
