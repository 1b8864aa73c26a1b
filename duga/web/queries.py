"""What lies on somebody's desk this morning, and whether the house stands."""

import logging
import sqlite3
from dataclasses import dataclass, field

from django.db import DatabaseError, connection
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from duga.casework.queries import ledger, my_recent
from duga.evidence.model import ALL
from duga.indicators import queries as indicators
from duga.indicators.rules import anchor, grand_total
from duga.members.queries import may
from duga.members.rules import Permission, Viewer
from duga.places.queries import label
from duga.plain.errors import DugaError
from duga.vault import sealing

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Headline:
    """A released number for the front page: different people helped in one year, and where it comes from."""

    year: int
    value: int
    url: str


def headlines(limit: int = 3) -> list[Headline]:
    """People helped in all countries in the newest years that are over and whose number may be shown."""
    found = []
    for year, shown in indicators.network_documents().items():
        total = grand_total(shown.document)
        if year < localdate().year and total and total.get("value") is not None:
            address = reverse("release", args=[shown.id])
            found.append(Headline(year, total["value"], f"{address}#{anchor((ALL,))}"))
    return found[:limit]


@dataclass(frozen=True)
class Done:
    """Something the viewer recorded lately: words only, the person by her code."""

    id: object
    what: str
    quantity: object
    qualifier: str
    unit: str
    whom: str
    date: object
    undo_until: object


@dataclass(frozen=True)
class Desk:
    """What a workspace begins with."""

    done: list[Done] = field(default_factory=list)
    begins: bool = False  #: an organisation that recorded nothing yet, seen by who may import


def desk(viewer: Viewer, organisation, language: str) -> Desk:
    """The viewer's own last entries here, and whether everything still lies ahead."""
    if organisation is None:
        return Desk()
    done = []
    if may(viewer, Permission.RECORD_ASSISTANCE, of=organisation):
        done = [_done(entry, language) for entry in my_recent(viewer, organisation, limit=5)]
    keeps = may(viewer, Permission.IMPORT_RECORDS, of=organisation)
    begins = keeps and not done and not ledger(viewer, organisation, size=1).paginator.count
    return Desk(done, begins)


def _done(entry, language):
    row = entry.assistance
    if row.person_id:
        whom = row.person.code
    elif row.institution_id:
        whom = row.institution.name
    elif row.household_id:
        whom = _("household of %(size)s") % {"size": row.size}
    else:
        whom = _("one person, unnamed") if row.size == 1 else _("group of %(size)s") % {"size": row.size}
    return Done(
        id=row.pk,
        what=label("service_types", row.service_type, language),
        quantity=row.quantity,
        qualifier=row.qualifier,
        unit=label("units", row.unit, language),
        whom=whom,
        date=row.date,
        undo_until=entry.undo_until,
    )


def readiness() -> dict[str, bool]:
    """Whether the database and the key store answer; why not goes to the log, never to the asker."""
    return {"database": _answers(_ask_database), "key_store": _answers(sealing.store)}


def _ask_database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()


def _answers(ask):
    try:
        ask()
    except (DatabaseError, sqlite3.Error, DugaError, OSError) as error:
        log.error("Not ready: %s", error)
        return False
    return True
