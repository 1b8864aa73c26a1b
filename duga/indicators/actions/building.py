"""Building tables: asked for on screen, counted apart, then kept, shared inside the network, taken along as a file."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from duga.evidence import supply, violence
from duga.indicators import rules
from duga.indicators.actions._freezing import COUNTED_BEFORE
from duga.indicators.actions._old import _discard_old
from duga.indicators.actions.countings import ask_counting
from duga.indicators.models import BuiltTable, Counting
from duga.indicators.queries.building import buildable_indicators, built_table, grid_of
from duga.indicators.queries.guard import readable_since
from duga.indicators.queries.progress import require_counting
from duga.indicators.queries.releases import newest_snapshot
from duga.indicators.queries.supply import require_listed, year_of_supply
from duga.indicators.rules import CountingKind
from duga.members.actions import write_trail
from duga.members.rules import Viewer
from duga.plain.errors import Conflict, NotAllowed, NotFound, Refused, gettext_noop
from duga.plain.tables import safe_cell, write_xlsx
from duga.ui.html import Cell


def ask_table(
    *, by: Viewer, indicator: str, breakdown: list[str], year: int, country: str = "", where: dict | None = None,
    title: str = "", start: bool = True,
) -> Counting:  # fmt: skip
    """Asks for a table of one year from the newest snapshot; `where` keeps it to one word of a dimension.

    country "": every country, which is then the first column. Gives the counting, whose argument "table" is the id of
    the BuiltTable. Refused: what may not be asked together (`rules.check_built`).
    """
    require_counting(by)
    definition = buildable_indicators().get(indicator)
    if definition is None:
        raise Refused(gettext_noop("There is no indicator of that name to build tables of."))
    where = {name: word for name, word in (where or {}).items() if word}
    if definition.of_supply:
        columns, year = rules.check_supply(definition, breakdown, where, country), year_of_supply(newest_snapshot())
        require_listed(newest_snapshot(), country)
        supply.check_question(definition, columns, where)
    else:
        columns = rules.check_built(rules.breakdowns_of(definition), breakdown, where, country)
        rules.check_running(definition, columns, country)
    if definition.inhabitants is not None:
        definition.inhabitants.must_know([*columns, *where])
    if not definition.of_supply:
        violence.left_out(definition, columns, {name: [word] for name, word in where.items()})
    with transaction.atomic():
        table = BuiltTable.objects.create(
            title=title.strip()[:120], indicator=indicator, definition=definition.text, breakdown=",".join(columns),
            where={name: [word] for name, word in (({"country": country} if country else {}) | where).items()},
            period=str(year), snapshot=newest_snapshot(), asked_by=by.label,
        )  # fmt: skip
        return ask_counting(by=by, kind=CountingKind.TABLE, arguments={"table": str(table.pk)}, start=start)


def keep_table(*, by: Viewer, table_id, choice: int, title: str = "") -> BuiltTable:
    """Keeps one of the proposed tables, and only that one. From then on later tables are protected against it.

    Its numbers are seen now for the first time; the other proposals go unseen. Refused when something of the same
    people was released or kept since it was counted: together they might tell.
    """
    with transaction.atomic():
        table = _own(by, table_id)
        if table.choice is not None:
            raise Conflict(gettext_noop("One of these tables is kept already: the others could be compared with it."))
        if table.state != "done" or not 0 <= choice < len(table.proposals):
            raise Refused(gettext_noop("Choose one of the tables that were counted."))
        document = table.proposals[choice]
        counted = [(each["indicator"]["code"], int(each["period"][:4])) for each in rules.counts_of(document)]
        if readable_since(counted, dt.datetime.fromisoformat(document["counted_at"])):
            raise Refused(COUNTED_BEFORE)
        table.proposals, table.choice, table.kept_at = [document], 0, timezone.now()
        table.title = title.strip()[:120] or table.title
        table.save(update_fields=["proposals", "choice", "kept_at", "title"])
        _tell(by, "indicators.table_kept", table)
    return table


def share_table(*, by: Viewer, table_id) -> BuiltTable:
    """Lets everybody who works in the network read a kept table."""
    with transaction.atomic():
        table = _own(by, table_id)
        if table.choice is None:
            raise Refused(gettext_noop("Keep the table first: what is shared can be compared with what comes later."))
        if table.shared_at is None:
            table.shared_at = timezone.now()
            table.save(update_fields=["shared_at"])
            _tell(by, "indicators.table_shared", table)
    return table


def unshare_table(*, by: Viewer, table_id) -> BuiltTable:
    """Nobody else opens a table any more. Who read it may remember: later tables stay protected against it."""
    with transaction.atomic():
        table = _own(by, table_id)
        if table.shared_at is not None:
            table.shared_at = None
            table.save(update_fields=["shared_at"])
            _tell(by, "indicators.table_unshared", table)
    return table


def take_table(*, by: Viewer, table_id, kind: str, language: str) -> bytes:
    """A kept table as a file, with a trail entry ("csv": a row a cell, with all it rests on; "xlsx": as on screen)."""
    with transaction.atomic():
        table = built_table(by, table_id)
        if kind not in ("csv", "xlsx"):
            raise NotFound(gettext_noop("There is no such file."))
        if table.choice is None:
            raise Refused(gettext_noop("Keep the table first: what leaves can be compared with what comes later."))
        BuiltTable.objects.filter(pk=table.pk, taken_at=None).update(taken_at=timezone.now())
        _tell(by, "indicators.table_taken", table, file=kind)
    document = table.proposals[table.choice]
    if kind == "csv":
        return rules.as_csv(document)
    columns, rows = grid_of(document, language)
    data = [[_plain(each) for each in row.cells] for row in rows]
    return write_xlsx([column.label for column in columns], data, sheet=table.title or table.indicator)


def discard_table(*, by: Viewer, table_id) -> None:
    """Throws a table away. Of a kept one what it showed stays, unseen: later tables are protected against it."""
    with transaction.atomic():
        table = _own(by, table_id)
        if table.choice is None:
            _tell(by, "indicators.table_discarded", table)
            table.delete()
            return
        table.deleted_at, table.shared_at = timezone.now(), None
        table.save(update_fields=["deleted_at", "shared_at"])
        _tell(by, "indicators.table_deleted", table)


def discard_old_tables(*, by: Viewer, days: int = 30) -> int:
    """Throws away what was counted long ago and never kept, with an entry for it. Returns how many; the clock's."""
    return _discard_old(by, BuiltTable.objects.filter(choice=None), "indicators.tables_discarded", days)


def _own(by: Viewer, table_id) -> BuiltTable:
    found = built_table(by, table_id)
    if found.asked_by != by.label:
        raise NotAllowed(gettext_noop("Only who asked for this table does that."))
    require_counting(by)  # who asked may have lost the role since
    return BuiltTable.objects.select_for_update(of=("self",)).get(pk=found.pk)


def _tell(by: Viewer, event: str, table: BuiltTable, **more) -> None:
    write_trail(
        by=by, event=event, subject=("indicators.BuiltTable", table.pk),
        detail={
            "indicator": table.indicator, "by": table.breakdown, "where": table.where, "period": table.period, **more,
        },
    )  # fmt: skip


def _plain(cell):
    """A cell as a spreadsheet holds it."""
    if not isinstance(cell, Cell):
        return safe_cell(str(cell))
    return rules.HIDDEN_LABEL if cell.hidden else cell.value
