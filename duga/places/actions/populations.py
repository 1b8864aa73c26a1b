"""Loading how many people live where."""

from dataclasses import dataclass, replace

from django.db import transaction
from django.utils import timezone

from duga.members.actions import write_trail
from duga.members.queries import require
from duga.members.rules import Permission, Viewer
from duga.places import queries
from duga.places.models import PopulationTable
from duga.places.rules.areas import RowError
from duga.places.rules.populations import (
    POPULATION_LABELS,
    PopulationRow,
    population_fields,
    population_print,
    population_rows,
)
from duga.plain.errors import Refused, gettext_noop
from duga.plain.tables import best_table, guess_mapping, read_tables

MAX_UPLOAD = 10 * 1024 * 1024


@dataclass(frozen=True)
class PopulationOutcome:
    """What loading a table of population did, or would do: rows read, what is wrong in them, whether it is loaded."""

    read: int = 0
    errors: tuple[RowError, ...] = ()
    loaded: bool = False


@transaction.atomic
def load_population(
    *, by: Viewer, name: str, data: bytes, source: str, licence: str, note: str = "", dry_run: bool = False
) -> PopulationOutcome:
    """Load a table of how many people live where, with who published it; with a wrong row nothing is loaded.

    It takes the place of what was loaded before for the same countries and years; earlier tables are kept, and
    releases made of them say so. Its totals are rates' denominators, so no row is ever set aside.
    """
    require(by, Permission.MANAGE_PLACES)
    source, licence = source.strip(), licence.strip()
    if not source or not licence:
        raise Refused(gettext_noop("Say who published these figures and under which licence: rates will name them."))
    if len(data) > MAX_UPLOAD:
        raise Refused(gettext_noop("The file is larger than 10 MB. Split it by year."))
    table = best_table(read_tables(data, name))
    named = {column.strip().casefold(): place for place, column in enumerate(table.columns)}  # whatever stands below
    mapping = {**guess_mapping(table, population_fields()), **{f: named[f] for f in POPULATION_LABELS if f in named}}
    if missing := [column for column in ("country", "year", "population") if mapping.get(column) is None]:
        raise Refused(
            gettext_noop("The file has no column %(columns)s. It needs country, year and population."),
            columns=", ".join(missing),
        )
    now = timezone.now()
    rows, errors = population_rows(table, mapping, areas=queries.region_codes(), this_year=timezone.localdate(now).year)
    outcome = PopulationOutcome(read=len(table.rows), errors=tuple(errors))
    if errors or dry_run:
        return outcome
    if not rows:
        raise Refused(gettext_noop("There is no row in this file."))
    kept = _keep_population(name[:200], source[:300], licence[:120], note.strip()[:300], rows)
    if kept.loaded_at < now:  # loaded once more by somebody: from now on it counts again
        kept.loaded_at = now
        kept.save(update_fields=["loaded_at"])
    write_trail(
        by=by, event="places.population_loaded", subject=("places.PopulationTable", kept.pk),
        detail={"file": name, "rows": len(rows), "source": kept.source},
    )  # fmt: skip
    return replace(outcome, loaded=True)


def _keep_population(name: str, source: str, licence: str, note: str, rows: list[PopulationRow]) -> PopulationTable:
    told = [[*row.key, row.population] for row in sorted(rows, key=lambda row: row.key)]
    return PopulationTable.objects.get_or_create(
        fingerprint=population_print(source, licence, note, map(tuple, told)),
        defaults={
            "name": name, "source": source, "licence": licence, "note": note, "rows": told,
            "loaded_at": timezone.now(),
        },
    )[0]  # fmt: skip
