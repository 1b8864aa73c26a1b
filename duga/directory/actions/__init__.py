"""Every write of the directory. Keyword-only, `by` says who acts, one transaction, one trail entry."""

from duga.directory.actions.confidential import close_place, keep_place, open_place
from duga.directory.actions.duplicates import decide_different, find_duplicates, note_duplicate
from duga.directory.actions.exports import export_directory, export_papers
from duga.directory.actions.funds import load_funds, remove_funds, send_funds
from duga.directory.actions.guides import keep_in_list, leave_out, remove_guide, remove_list, save_list, write_guide
from duga.directory.actions.indexing import index_new, reindex
from duga.directory.actions.licences import (
    add_licence_task,
    assess,
    attach_document,
    finish_licence_task,
    load_licences,
    load_licensing,
    look_after_licences,
    make_application_file,
    make_licence_tasks,
    name_mentor,
    open_document,
    remove_document,
    start_licence,
    step_licence,
)
from duga.directory.actions.loading import load_entries
from duga.directory.actions.meanings import map_term
from duga.directory.actions.merging import merge, undo_merge
from duga.directory.actions.programmes import keep_programme, remove_programme, tell_funding
from duga.directory.actions.proposals import (
    decide_proposal,
    open_report,
    propose,
    report,
    settle_report,
    withdraw_proposal,
)
from duga.directory.actions.recordings import record_term, record_text, remove_recording
from duga.directory.actions.reminding import look_after_services, note_letters_sent
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
    "add_licence_task", "add_provider", "add_service", "add_source", "assess", "attach_document", "change_provider",
    "change_service", "close_campaign", "close_days", "close_place", "confirm_by_link", "decide_different",
    "decide_disagreement", "decide_proposal", "export_directory", "export_papers", "find_duplicates",
    "finish_licence_task", "index_new", "keep_in_list",
    "keep_place", "keep_programme", "leave_out", "list_organisation", "load_entries", "load_funds", "load_licences",
    "load_licensing", "load_terms", "look_after_licences", "look_after_services", "make_application_file",
    "make_campaign_links", "make_confirm_link", "map_term",
    "make_licence_tasks", "merge", "name_mentor", "note_disagreement", "note_duplicate", "note_fetch",
    "note_letters_sent",
    "open_campaign", "open_document", "open_place", "open_report", "propose", "record_term", "record_text",
    "reindex", "remove_document", "remove_funds", "remove_recording",
    "remove_guide", "remove_list", "remove_programme", "report", "revoke_confirm_link", "save_list", "send_funds",
    "settle_report", "start_licence", "step_licence", "tell_funding", "translate", "undo_merge", "update_capacity",
    "verify", "withdraw_proposal", "write_guide",
]  # fmt: skip
