"""Every write of the directory. Keyword-only, `by` says who acts, one transaction, one trail entry."""

from duga.directory.actions.indexing import reindex
from duga.directory.actions.loading import load_entries
from duga.directory.actions.services import (
    add_provider,
    add_service,
    change_provider,
    change_service,
    list_organisation,
)
from duga.directory.actions.terms import load_terms

__all__ = [
    "add_provider", "add_service", "change_provider", "change_service", "list_organisation", "load_entries",
    "load_terms", "reindex",
]  # fmt: skip
