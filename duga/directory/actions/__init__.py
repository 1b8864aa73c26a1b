"""Every write of the directory. Keyword-only, `by` says who acts, one transaction, one trail entry."""

from duga.directory.actions.confidential import close_place, keep_place, open_place
from duga.directory.actions.duplicates import (
    decide_different,
    find_duplicates,
    merge,
    note_duplicate,
    undo_merge,
)
from duga.directory.actions.indexing import reindex
from duga.directory.actions.loading import load_entries
from duga.directory.actions.proposals import (
    decide_proposal,
    open_report,
    propose,
    report,
    settle_report,
    withdraw_proposal,
)
from duga.directory.actions.services import (
    add_provider,
    add_service,
    change_provider,
    change_service,
    list_organisation,
)
from duga.directory.actions.sources import add_source, decide_disagreement, note_disagreement, note_fetch
from duga.directory.actions.terms import load_terms
from duga.directory.actions.texts import translate
from duga.directory.actions.truth import (
    close_campaign,
    close_days,
    confirm_by_link,
    make_campaign_links,
    make_confirm_link,
    open_campaign,
    revoke_confirm_link,
    update_capacity,
    verify,
)

__all__ = [
    "add_provider", "add_service", "add_source", "change_provider", "change_service", "close_campaign",
    "close_days", "close_place", "confirm_by_link", "decide_different", "decide_disagreement", "decide_proposal",
    "find_duplicates", "keep_place", "list_organisation", "load_entries", "load_terms", "make_campaign_links",
    "make_confirm_link", "merge", "note_disagreement", "note_duplicate", "note_fetch", "open_campaign",
    "open_place", "open_report", "propose", "reindex", "report", "revoke_confirm_link", "settle_report",
    "translate", "undo_merge", "update_capacity", "verify", "withdraw_proposal",
]  # fmt: skip
