"""Every write of casework. Keyword-only, `by` says who acts, one transaction, one trail entry without names."""

from duga.casework.actions.finding import find_people, open_names, possible_duplicates
from duga.casework.actions.households import add_institution, register_household, update_household
from duga.casework.actions.ledger import (
    correct_assistance,
    open_note,
    record_assistance,
    record_tally,
    undo_assistance,
    withdraw_assistance,
)
from duga.casework.actions.lists import (
    add_group,
    attach_scan,
    close_group,
    join_group,
    leave_group,
    make_distribution_list,
    open_distribution_list,
    open_group,
    open_scan,
    record_attendance,
    record_distribution_list,
)
from duga.casework.actions.people import (
    end_basis,
    erase_person,
    open_person,
    open_special,
    register_person,
    seal_person,
    state_basis,
    update_person,
)
from duga.casework.actions.programmes import add_programme, close_programme, name_worker, unname_worker

__all__ = [
    "add_group",
    "add_institution",
    "add_programme",
    "attach_scan",
    "close_group",
    "close_programme",
    "correct_assistance",
    "end_basis",
    "erase_person",
    "find_people",
    "join_group",
    "leave_group",
    "make_distribution_list",
    "name_worker",
    "open_distribution_list",
    "open_group",
    "open_names",
    "open_note",
    "open_person",
    "open_scan",
    "open_special",
    "possible_duplicates",
    "record_assistance",
    "record_attendance",
    "record_distribution_list",
    "record_tally",
    "register_household",
    "register_person",
    "seal_person",
    "state_basis",
    "undo_assistance",
    "unname_worker",
    "update_household",
    "update_person",
    "withdraw_assistance",
]
