"""Volunteers, written: who they are, what they learned and gave, and the phone they see their errands on."""

from duga.casework.actions.volunteers.access import (
    end_device,
    enter_phone,
    lock_phone,
    make_card,
    redeem_card,
    unlock_phone,
)
from duga.casework.actions.volunteers.errands import OpenedErrand, open_errands, tick_errand
from duga.casework.actions.volunteers.given import (
    add_training,
    give_hours,
    record_hours,
    take_hours_back,
    take_training_back,
)
from duga.casework.actions.volunteers.importing import import_volunteers, preview_volunteers
from duga.casework.actions.volunteers.letters import hear_volunteer, letter_keys
from duga.casework.actions.volunteers.records import (
    OpenedVolunteer,
    add_volunteer,
    change_volunteer,
    end_volunteer,
    forget_volunteers,
    open_volunteer,
    open_volunteer_names,
    set_volunteer_state,
)

__all__ = [
    "OpenedErrand",
    "OpenedVolunteer",
    "add_training",
    "add_volunteer",
    "change_volunteer",
    "end_device",
    "end_volunteer",
    "enter_phone",
    "forget_volunteers",
    "give_hours",
    "hear_volunteer",
    "import_volunteers",
    "letter_keys",
    "lock_phone",
    "make_card",
    "open_errands",
    "open_volunteer",
    "open_volunteer_names",
    "preview_volunteers",
    "record_hours",
    "redeem_card",
    "set_volunteer_state",
    "take_hours_back",
    "take_training_back",
    "tick_errand",
    "unlock_phone",
]
