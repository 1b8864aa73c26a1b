"""Quantities held back where they would say how few people stand behind them.

Nobody received help without receiving at least one of some unit, so quantities bound people. Where the people (or
households) of a cell are hidden its quantities are, and as many more, the smallest, as it takes that what is hidden
along every line, which its total tells, stays above the minimum.
"""

from collections.abc import Iterable, Mapping, Sequence

from duga.evidence.model import ALL, Period, Table

LEAST = 2
"""So many times the minimum must stay unknown of a longer time beside what was told of times within it."""


def held_back(table: Table, rest: Sequence[str], people: Iterable, minimum: int) -> dict[tuple[str, ...], object]:
    """{labels: what may be told, None where it is held back} of a table by unit and `rest`.

    `people`: tables of people and households as made (`counting.Made`), of which those by `rest` count.
    """
    at = [table.dimensions.index(name) for name in rest]
    sums: dict[tuple, object] = {}
    for key, cell in table.cells.items():
        place = tuple(key[n] for n in at)
        sums[place] = sums.get(place, 0) + cell.value
    hidden = {place for place in sums if _bound(place, sums[place], rest, list(people), minimum)}
    hidden = _widened(hidden, sums, minimum)
    return {
        key: None if tuple(key[n] for n in at) in hidden else cell.value for key, cell in table.cells.items()
    }  # fmt: skip


def _bound(place: tuple[str, ...], quantity, rest: Sequence[str], people: list, minimum: int) -> bool:
    """Whether a quantity bounds hidden people of a place, or leaves its hidden households little beside the people."""
    found = [(each.need.code, *_cell(each, rest, place)) for each in people if set(rest) <= set(each.need.by)]
    if any(code == "people_assisted" and counted and told is None for code, counted, told in found):
        return True
    shown = max((told for code, _counted, told in found if code == "people_assisted" and told), default=0)
    homes = any(code == "households_reached" and counted and told is None for code, counted, told in found)
    return homes and quantity - shown <= LEAST * minimum


def _cell(made, rest: Sequence[str], place: tuple[str, ...]) -> tuple:
    """(counted, told) of the people of a place in a table by its words, or one of which they are totals."""
    where = dict(zip(rest, place, strict=True))
    key = tuple(where.get(name, ALL) for name in made.need.by)
    cell = made.table.cells.get(key)
    return (cell.value, made.safe.get(key)) if cell is not None else (0, 0)


def _widened(hidden: set, sums: Mapping[tuple, object], minimum: int) -> set:
    """With the smallest others of each line until what the line hides stays above the minimum."""
    hidden, changed = set(hidden), True
    while changed:
        changed = False
        for total, parts in _lines(sums):
            inside = [part for part in parts if part in hidden]
            rest = sorted((part for part in parts if part not in hidden and sums[part]), key=lambda p: (sums[p], p))
            if total in hidden and not inside and rest:  # its parts would add up to it
                inside = [rest.pop(0)]
                changed = True
            while inside and total not in hidden and sum(sums[part] for part in inside) <= minimum:
                inside.append(rest.pop(0) if rest else total)
                changed = True
                if inside[-1] == total:
                    break
            hidden |= set(inside)
    return hidden


def _lines(sums: Mapping[tuple, object]) -> list[tuple[tuple, list[tuple]]]:
    """(total, its parts) along every dimension."""
    found: dict[tuple, list[tuple]] = {}
    for place in sums:
        for n, word in enumerate(place):
            if word != ALL:
                found.setdefault((*place[:n], ALL, *place[n + 1 :]), []).append(place)
    return [(total, parts) for total, parts in found.items() if total in sums]


def follows(counted: Mapping, told: Iterable[Mapping], minimum: int) -> list[list[str]]:
    """The cells of a table of quantities (as kept) that would leave too little unknown of a longer time.

    Of a time that holds others, what is hidden or was not told within it is the rest: it may not be so small that it
    bounds the people of a hidden month.
    """
    told = [each for each in told if each["by"] == counted["by"] and not each["note"]]
    period = Period.read(counted["period"])
    found = []
    for key, value, shown, *_rest in counted["cells"]:
        if shown is None or not value:
            continue
        wholes = [(period, value, False)] + [
            (Period.read(each["period"]), cell[2], True)
            for each in told
            for cell in each["cells"]
            if cell[0] == key and cell[2] is not None and _holds(Period.read(each["period"]), period)
        ]
        if any(_little(whole, total, mine, key, value, period, told, minimum) for whole, total, mine in wholes):
            found.append(key)
    return found


def _holds(whole: Period, part: Period) -> bool:
    return whole != part and whole.shared(part) == part


def _little(whole, total, with_mine, key, value, period, told, minimum) -> bool:
    """Whether what is told within a whole leaves little of it, while something in it is hidden."""
    inside = [(period, value, value)] if with_mine else []
    inside += [
        (Period.read(each["period"]), cell[1], cell[2])
        for each in told
        for cell in each["cells"]
        if cell[0] == key and _holds(whole, Period.read(each["period"])) and Period.read(each["period"]) != period
    ]
    covered, rest = set(), total
    for part, _counted, shown in sorted(inside, key=lambda one: one[0].length):
        months = set(_months(part))
        if shown is not None and not months & covered:
            covered |= months
            rest -= shown
    hidden = any(counted and shown is None for _part, counted, shown in inside)
    return hidden and rest <= LEAST * minimum


def _months(period: Period) -> list[Period]:
    return period.parts("month")
