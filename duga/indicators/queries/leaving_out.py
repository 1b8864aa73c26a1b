"""Kinds of help about violence are left out where a table goes by region, and must not follow from what is told.

By region nothing is told about violence (`duga.evidence.violence`). Kinds of help by region are given without the
marked kinds, and without a total over kinds, which would differ by them. But how many people were helped in a region
stands elsewhere; less all the kinds that are told, it says how many at least had one that is not. So kinds by region
go out only where, in every region, the kinds told could account for everybody helped there: then it is possible that
nobody there had a marked one (their kinds exchanged with others' who had several, nothing printed changes). Tables
kept to one kind go by the same rule, because all of them can be asked for one after the other. Imports the engines.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from duga.evidence import engines, vocabulary
from duga.evidence.disclosure import VIOLENCE
from duga.evidence.model import ALL, Table
from duga.evidence.violence import SUBJECT, left_out, others
from duga.plain.errors import Refused, gettext_noop

FOLLOWS = gettext_noop(
    "Kinds of help cannot be shown by region here: beside the figures of the regions they would tell how many had help "
    "that is about violence. Ask for the kinds of help of the country, or for the regions without them."
)


def kept_to_others(indicator, opened, names: Iterable[str], where: Mapping) -> tuple[dict, dict[str, list[str]]]:
    """(filters that leave the words about violence out, those words by dimension) for a table with these columns."""
    out = left_out(indicator, names, where)
    words = opened.manifest.words
    kept = {name: others(name, words.get(name, ())) for name in out}
    return dict(where) | kept, {name: sorted(each) for name, each in out.items()}


def without_totals_over(table: Table, names: Iterable[str]) -> Table:
    """The same table, and what it rests on, with no total over these dimensions."""
    names = tuple(name for name in names if name in table.dimensions)
    places = [table.dimensions.index(name) for name in names]
    return replace(
        table,
        cells={key: cell for key, cell in table.cells.items() if not any(key[place] == ALL for place in places)},
        no_total=tuple(dict.fromkeys((*table.no_total, *names))),
        parts=tuple(without_totals_over(part, names) for part in table.parts),
    )


def check_accounted_for(indicator, opened, names: Iterable[str], where: Mapping, period: str) -> None:
    """Refuses a count of which too much would follow beside the whole of each region."""
    names = tuple(names)
    if all(VIOLENCE.allows(name) for name in names):
        return
    for dimension in vocabulary.about(SUBJECT):
        if dimension in (*names, *where, *indicator.of):
            base = replace(indicator, beside=(), of={n: words for n, words in indicator.of.items() if n != dimension})
            rest = tuple(name for name in names if name != dimension)
            kept = {name: words for name, words in where.items() if name != dimension}
            whole = engines.count(base, opened, by=rest, where=kept, period=period)
            told = kept | {dimension: others(dimension, opened.manifest.words.get(dimension, ()))}
            kinds = engines.count(base, opened, by=(*rest, dimension), where=told, period=period)
            sums: dict[tuple, int] = {}
            for key, cell in kinds.cells.items():
                if key[-1] != ALL:
                    sums[key[:-1]] = sums.get(key[:-1], 0) + cell.value
            if any(sums.get(key, 0) < cell.value for key, cell in whole.cells.items()):
                raise Refused(FOLLOWS)
