"""Tables that analysts build, as they are read: whose they are, who may see them, and how a page shows them."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from duga.evidence import indicators
from duga.evidence.model import ALL
from duga.indicators import rules
from duga.indicators.models import BuiltTable
from duga.indicators.queries.cells import place_of
from duga.indicators.queries.drawing import LISTS
from duga.indicators.queries.releases import network_grant
from duga.indicators.queries.words import word_finder
from duga.members.queries import may
from duga.members.rules import Permission, Viewer
from duga.places.queries import label, population_table
from duga.places.rules.codes import pick
from duga.plain.errors import NOT_HERE, NotFound, gettext_noop
from duga.ui.html import HIDDEN, UNKNOWN, Column, Row
from duga.ui.html import Cell as Shown

SHOWN = 50  # tables in a list
#: What stands beside a running count, where it may be told.
BESIDE = {"met": gettext_noop("Met then"), rules.FIRST: gettext_noop("of them for the first time")}


def builds_tables(viewer: Viewer) -> bool:
    """Whether a viewer builds tables: who counts for the network."""
    return network_grant(viewer, Permission.COUNT)


def buildable_indicators() -> dict[str, indicators.Indicator]:
    """Indicators of people and households, and those worked out from such counts, by code.

    Rates only where somebody loaded how many people live where; they come with that table.
    """
    people, found = population_table(), {}
    for code, each in indicators.load_all().items():
        if each.measure == "rate" and people:
            each = each.with_population(people)
        if rules.is_buildable(each):
            found[code] = each
    return found


def require_tables(viewer: Viewer) -> None:
    """The door to built tables: whoever counts or reviews, and everybody who works in the network."""
    if not (viewer.known and may(viewer, Permission.SEE_ORGANISATION)):
        raise NotFound(NOT_HERE)


def filter_words(name: str, words: Iterable[str], language: str) -> list[str]:
    """The words that a table is kept to, as people read them."""
    return [label(LISTS[name], word, language) if name in LISTS else word for word in words]


def built_table(viewer: Viewer, table_id) -> BuiltTable:
    """The door to a built table: whoever asked for it; once shared, everybody who works in the network."""
    found = BuiltTable.objects.select_related("snapshot").filter(pk=table_id, deleted_at=None).first()
    if found is None or not (
        found.asked_by == viewer.label
        or (found.shared_at is not None and viewer.known and may(viewer, Permission.SEE_ORGANISATION))
    ):
        raise NotFound(NOT_HERE)
    return found


def built_tables(viewer: Viewer) -> tuple[list[BuiltTable], list[BuiltTable]]:
    """(one's own, those that others share), newest first."""
    light = BuiltTable.objects.filter(deleted_at=None).defer("proposals", "definition")
    own = list(light.filter(asked_by=viewer.label)[:SHOWN])
    shared = light.exclude(shared_at=None).exclude(asked_by=viewer.label)[:SHOWN]
    return own, list(shared) if may(viewer, Permission.SEE_ORGANISATION) else []


def hidden_in(document: Mapping) -> tuple[int, int]:
    """(hidden cells, all cells) of a table."""
    return sum(cell["status"] == "hidden" for cell in document["cells"]), len(document["cells"])


def grid_of(document: Mapping, language: str) -> tuple[list[Column], list[Row]]:
    """A table as a page shows it: the last column of the breakdown across, the others down."""
    names, word = document["breakdown"], word_finder(document, language)
    cells = {rules.cell_key(document, cell): cell for cell in document["cells"]}
    if len(names) < 2:
        unit = rules.UNIT_WORDS.get(document["indicator"]["unit"])
        columns = [
            Column(_heading(*names)),
            Column(_(unit) if unit else pick(document["indicator"]["title"], language), numeric=True),
        ]
        terms = [name for name in document.get("terms", ()) if name in BESIDE]
        columns += [Column(_(BESIDE[name]), numeric=True) for name in terms]
        rows = [
            Row(
                (
                    word(names[0], key[0]) if names else _("All"),
                    _shown(cell),
                    *(HIDDEN if cell[name] is None else Shown(cell[name]) for name in terms),
                ),
                total=key[:1] == (ALL,),
            )
            for key, cell in cells.items()
            if not (terms and key == (ALL,))  # the last of them says it
        ]
        return columns, rows
    heads = sorted({key[-1] for key in cells}, key=lambda head: place_of(names[-1], head))
    sides = list(dict.fromkeys(key[:-1] for key in cells))
    across = [Column(word(names[-1], head), numeric=True) for head in heads]
    rows = [
        Row(
            (
                *(word(name, each) for name, each in zip(names[:-1], side, strict=True)),
                *(_shown(cells.get((*side, head))) for head in heads),
            ),
            total=ALL in side,
        )
        for side in sides
    ]
    return [*(Column(_heading(name)) for name in names[:-1]), *across], rows


def _heading(name: str = "") -> str:
    return _(rules.DIMENSION_WORDS[name]) if name else ""


def _shown(cell: Mapping | None) -> Shown:
    if cell is None:
        return Shown(0)
    if cell["status"] == "unknown":
        return UNKNOWN
    if cell["status"] != "shown":
        return HIDDEN
    return Shown(cell["value"], qualifier="" if cell["qualifier"] == "exact" else cell["qualifier"])
