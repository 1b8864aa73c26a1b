"""Tables of funds: sent, checked row by row, loaded whole or not at all, taken back."""

import datetime as dt
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils import timezone

from duga.directory.actions._help import _tell
from duga.directory.models import Funds, FundsTable
from duga.directory.queries import funds as reading
from duga.directory.rules.fields import safe_url
from duga.directory.rules.funds import FOR_ALL, FUNDS_LABELS, NEEDED, funds_rows
from duga.members.rules import Viewer
from duga.places.queries import country as country_of
from duga.places.rules.areas import RowError
from duga.plain.errors import Conflict, Refused, gettext_noop

__all__ = ["load_funds", "remove_funds", "send_funds"]

MOST = 10 * 1024 * 1024
_BIG = gettext_noop("The file is larger than 10 MB. Split it by year.")
_DOCUMENT = gettext_noop("Say which document this is, as one cites it: each amount is told with its page.")
_URL = gettext_noop("The address must begin with https:// or http://.")
_LOADED = gettext_noop("This table was loaded already.")
_MISSING = gettext_noop("Say where this stands, or once for all rows: %(columns)s.")
_NO_AMOUNT = gettext_noop("Say which column holds the planned or the spent amounts.")
_EMPTY = gettext_noop("There is no row in this file.")


@dataclass(frozen=True)
class FundsOutcome:
    """What loading a table did, or would do."""

    read: int
    rows: int
    errors: tuple[RowError, ...]
    loaded: bool = False


@transaction.atomic
def send_funds(
    *, by: Viewer, country: str, name: str, data: bytes, document: str, url: str = "",
    published_on: dt.date | None = None, demo: bool = False,
) -> FundsTable:  # fmt: skip
    """Keeps a table (XLSX, ODS, CSV) until its columns are named; Unreadable when it is no table."""
    code = country_of(country).code
    network = reading.network_for(by, code)
    document = " ".join(document.split())[:300]
    if not document:
        raise Refused(_DOCUMENT)
    if url and not safe_url(url):
        raise Refused(_URL)
    if len(data) > MOST:
        raise Refused(_BIG)
    table = FundsTable(
        network=network, country=code, name=name[:200], data=data, document=document, url=url,
        published_on=published_on, demo=demo, by_id=by.account_id,
    )  # fmt: skip
    reading.sheet_of(table)
    table.save(force_insert=True)
    _tell(by, "funds_sent", table, None, file=table.name)
    return table


@transaction.atomic
def load_funds(*, by: Viewer, table_id, mapping, dry_run: bool = False) -> FundsOutcome:
    """Loads a table by its mapping {field: column index or "=value for all rows"}; with one wrong row, nothing."""
    reading.funds_table(by, table_id)
    # two presses of one button: the second waits, and finds the table loaded
    table = FundsTable.objects.select_for_update(of=("self",)).select_related("network").get(pk=table_id)
    if table.loaded_at is not None:
        raise Conflict(_LOADED)
    mapping = _checked(mapping)
    sheet, _guessed = reading.sheet_of(table)
    rows, errors = funds_rows(sheet, mapping, reading.known_words(table.country, timezone.localdate().year))
    if not rows and not errors:
        raise Refused(_EMPTY)
    outcome = FundsOutcome(len(sheet.rows), len(rows), tuple(errors))
    if errors or dry_run:
        return outcome
    Funds.objects.bulk_create([_line(table, row) for row in rows], batch_size=500)
    table.mapping, table.data, table.loaded_at = mapping, b"", timezone.now()
    table.save(update_fields=["mapping", "data", "loaded_at"])
    _tell(by, "funds_loaded", table, None, rows=len(rows), document=table.document)
    return replace(outcome, loaded=True)


def _checked(mapping):
    mapping = {name: where for name, where in mapping.items() if name in FUNDS_LABELS and where not in (None, "", "=")}
    missing = [name for name in NEEDED if name not in mapping]
    if missing:
        raise Refused(_MISSING, columns=", ".join(missing))
    if not {"planned", "spent"} & mapping.keys():
        raise Refused(_NO_AMOUNT)
    return {name: where for name, where in mapping.items() if isinstance(where, int) or name in FOR_ALL}


def _line(table, row):
    return Funds(
        table=table, row=row.number, page=row.page, area_id=row.area, country=table.country,
        service_type=row.service_type, told=row.told, year=row.year, payer=row.payer, planned=row.planned,
        spent=row.spent, currency=row.currency,
    )  # fmt: skip


@transaction.atomic
def remove_funds(*, by: Viewer, table_id) -> None:
    """Takes a table back with all its lines; the trail keeps that it was there."""
    table = reading.funds_table(by, table_id)
    lines = table.lines.count()
    _tell(by, "funds_removed", table, None, document=table.document, rows=lines)
    table.delete()
