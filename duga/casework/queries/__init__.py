"""Every read of casework. No name comes out of a query: opening a person's record is an action."""

from duga.casework.queries.facts import FACT_COLUMNS, facts
from duga.casework.queries.ledger import (
    LedgerFilter,
    RecentEntry,
    corrections_of,
    entries_of_person,
    entry,
    ledger,
    my_recent,
    usual,
)
from duga.casework.queries.lists import (
    distribution_list,
    distribution_lists,
    group,
    groups,
    members_of,
    people_for_list,
)
from duga.casework.queries.objections import COUNTING, objection_of
from duga.casework.queries.people import (
    bases_of,
    household,
    households_of,
    institutions,
    key_gaps,
    person,
    person_id_by_code,
)
from duga.casework.queries.programmes import (
    ProgrammeView,
    door,
    named_for,
    programme,
    programmes,
    programmes_to_manage,
    unsealed,
    visible,
    visible_programmes,
)
from duga.casework.queries.searching import open_search, seal_search
from duga.casework.queries.staging import import_batch, imported_files, staged, staged_of, staged_path, staged_progress

__all__ = [
    "COUNTING",
    "FACT_COLUMNS",
    "LedgerFilter",
    "ProgrammeView",
    "RecentEntry",
    "bases_of",
    "corrections_of",
    "distribution_list",
    "distribution_lists",
    "door",
    "entries_of_person",
    "entry",
    "facts",
    "group",
    "groups",
    "household",
    "households_of",
    "import_batch",
    "imported_files",
    "institutions",
    "key_gaps",
    "ledger",
    "members_of",
    "my_recent",
    "objection_of",
    "open_search",
    "named_for",
    "people_for_list",
    "person",
    "person_id_by_code",
    "programme",
    "programmes",
    "programmes_to_manage",
    "seal_search",
    "staged",
    "staged_of",
    "staged_path",
    "staged_progress",
    "usual",
    "unsealed",
    "visible",
    "visible_programmes",
]
