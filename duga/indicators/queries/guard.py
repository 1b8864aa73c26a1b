"""What stays readable and could be compared with new figures of the same indicator: the guard against differences.

Tables are lifted to what they say of the whole: a table of Montenegro 2020 by sex gets the columns year and country,
each with its one word, so that a cell means the same people by the same labels in every table. Quarters and their
months, wider and narrower ages, countries and regions are joined by protection itself. Imports the engines.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from django.db.models import Q

from duga.evidence import engines, indicators, snapshot
from duga.evidence.model import ALL, Cell, ProtectedTable, SafeCell, Table
from duga.indicators import rules
from duga.indicators.models import BuiltTable, Release, Snapshot
from duga.indicators.queries.releases import folder_of
from duga.plain.errors import DugaError

#: So many older tables are counted again behind what they show; of more, only what they show is known.
RECOUNTED = 12


def lifted(table: Table | ProtectedTable, told: Mapping[str, str]):
    """A table with what it is kept to as labels of its own: {"year": "2020", "country": "ME"}."""
    told = {name: word for name, word in told.items() if name not in table.dimensions}
    words = tuple(told.values())
    more = {"reasons": {}} if isinstance(table, ProtectedTable) else {}
    return replace(
        table,
        dimensions=(*told, *table.dimensions),
        cells={words + key: cell for key, cell in table.cells.items()},
        no_total=(*told, *table.no_total),
        within={inner: outer for inner, outer in table.within.items() if outer not in told},
        beside=(),
        **more,
    )


def lowered(table, told: Mapping[str, str], dimensions: Iterable[str]):
    """The same without those labels again."""
    dimensions = tuple(dimensions)
    first = len(table.dimensions) - len(dimensions)
    return replace(
        table,
        dimensions=dimensions,
        cells={key[first:]: cell for key, cell in table.cells.items()},
        no_total=tuple(name for name in table.no_total if name in dimensions),
        **({"reasons": {}} if isinstance(table, ProtectedTable) else {}),
    )


def older_tables(indicator: str, year: int, country: str, *, but: Iterable = (), before=None) -> list:
    """Readable tables that count an indicator's people of a year: releases, tables that analysts kept, and the counts
    behind means, shares, rates and changes.

    country "": of every country. `but`: ids left out; `before`: only what was there at that moment. Each is the
    protected table, or a pair of it and the table it was made of.
    """
    places = Q() if not country else Q(country__in=["", country])
    rows = Release.objects.filter(
        places, Q(indicator=indicator) | Q(table__rests_on=indicator), year=year, released_at__isnull=False
    ).exclude(pk__in=but)
    if before:
        rows = rows.filter(released_at__lt=before)
    found = {}
    for each in rows.order_by("pk").select_related("snapshot"):  # a rate's people are mostly a table of their own too
        own = each.indicator == indicator
        key = (each.breakdown, each.country, each.snapshot_id, each.pk if own else None)
        if own or not any(known[:3] == key[:3] for known in found):
            found[key] = (rules.counts_of(each.table)[0], each.snapshot, each.definition if own else "")
    documents = list(found.values())
    for each, shown in kept_counts(year, but=but, before=before):
        if shown["indicator"]["code"] == indicator and (not country or shown["country"] in ("", country)):
            documents.append((shown, each.snapshot, each.definition if each.indicator == indicator else ""))
    return [_older(*each, recount=place < RECOUNTED) for place, each in enumerate(documents)]


def kept_counts(year: int, *, but: Iterable = (), before=None, since=None) -> Iterator[tuple[BuiltTable, dict]]:
    """(table, document of a count of that year that it shows) of every table that was ever kept, deleted or not."""
    built = BuiltTable.objects.filter(period__in=[str(year), str(year + 1)], choice__isnull=False).exclude(pk__in=but)
    if before:
        built = built.filter(kept_at__lt=before)
    if since:
        built = built.filter(kept_at__gte=since)
    for each in built.order_by("pk").select_related("snapshot"):
        for shown in rules.counts_of(each.proposals[each.choice]):
            if shown["period"][:4] == str(year):
                yield each, shown


def readable_since(counts: Iterable[tuple[str, int]], moment, *, releases: bool = True) -> bool:
    """Whether any of these counts (indicator, year) became readable at a moment or later."""
    for code, year in counts:
        rows = Release.objects.filter(Q(indicator=code) | Q(table__rests_on=code), year=year, released_at__gte=moment)
        if releases and rows.exists():
            return True
        if any(shown["indicator"]["code"] == code for _table, shown in kept_counts(year, since=moment)):
            return True
    return False


def older_for_release(country: str, year: int, snapshot: Snapshot, *, before=None) -> dict[str, list]:
    """What figures of a country and year are protected against, by indicator: releases from other snapshots, which
    stay readable, and tables that analysts kept. Tables of the same snapshot share their total: see `rules.tables`.
    """
    here = Release.objects.filter(country=country, year=year, snapshot=snapshot).values_list("pk", flat=True)
    side = Release.objects.filter(year=year).exclude(country=country).values_list("pk", flat=True)
    released = Release.objects.filter(country=country, year=year, released_at__isnull=False)
    released = released.exclude(indicator__in=rules.SUPPLY)
    codes = {
        *(rests_on or code for code, rests_on in released.values_list("indicator", "table__rests_on")),
        *(shown["indicator"]["code"] for _table, shown in kept_counts(year)),
    }
    found = {code: older_tables(code, year, country, but=[*here, *side], before=before) for code in sorted(codes)}
    return {code: tables for code, tables in found.items() if tables}


def labels_of(document: Mapping) -> dict[str, str]:
    """What a document is kept to: its year, its country and its filters; several words are a label of their own."""
    country = {"country": document["country"]} if document["country"] else {}
    where = {name: " + ".join(sorted(words)) for name, words in document.get("where", {}).items() if name != "country"}
    return {"year": document["period"][:4]} | country | where


def safe_of(document: Mapping) -> ProtectedTable:
    """A document as the protected table that it shows; a dimension without a total in it has none."""
    names = tuple(document["breakdown"])
    cells = {
        tuple(cell[name] for name in names): SafeCell(cell["value"] if cell["status"] == "shown" else None)
        for cell in document["cells"]
    }
    return ProtectedTable(
        measure=document["indicator"]["code"],
        unit=document["indicator"]["unit"],
        dimensions=names,
        cells=cells,
        rule=document["protection"],
        no_total=tuple(name for place, name in enumerate(names) if not any(key[place] == ALL for key in cells)),
        distinct=document["totals"] == "distinct",
    )


def as_counted(shown: ProtectedTable) -> Table:
    """A table that hides nothing, as it was counted."""
    cells = {key: Cell(cell.value) for key, cell in shown.cells.items()}
    return Table(shown.measure, shown.unit, shown.dimensions, cells, no_total=shown.no_total)


def _older(document: Mapping, taken: Snapshot, definition: str, *, recount: bool):
    shown = safe_of(document)
    safe = lifted(shown, labels_of(document))
    if not recount or "age_band" in document.get("coarser", ()):  # wider bands are added up, not counted
        return safe
    if rules.says_all(document):
        return safe, lifted(as_counted(shown), labels_of(document))
    code = document["indicator"]["code"]
    try:
        indicator = indicators.parse(definition, name=code) if definition else indicators.find(code)
        table = engines.count(
            rules.from_january(indicator, document["period"][:4]),
            snapshot.open_snapshot(folder_of(taken)),
            by=tuple(document["breakdown"]),
            where=({"country": [document["country"]]} if document["country"] else {}) | document.get("where", {}),
            period=document["period"],
        )
    except DugaError:  # its snapshot is gone: what it shows is all that is known
        return safe
    if table.kind == "cumulative":  # what is told of it is its steps
        (table,) = table.parts
    table = replace(table, beside=(), cells={key: cell for key, cell in table.cells.items() if key in shown.cells})
    if shown.no_total:
        table = replace(table, no_total=shown.no_total)
    return safe, lifted(table, labels_of(document))
