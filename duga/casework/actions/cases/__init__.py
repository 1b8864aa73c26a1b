"""Cases, written: opened on a basis, planned, noted, approved, handed over, closed."""

from duga.casework.actions.cases.approving import ask_approval, decide_approval, set_closing_approval
from duga.casework.actions.cases.files import attach_file, open_file, remove_file
from duga.casework.actions.cases.needs import add_need, end_need
from duga.casework.actions.cases.notes import (
    OpenedCase,
    add_note,
    keep_note_draft,
    open_case_texts,
    open_note_draft,
    open_notes,
)
from duga.casework.actions.cases.opening import (
    change_case,
    close_case,
    end_by_transfer,
    hand_over,
    join_case_team,
    leave_case_team,
    open_case,
    reopen_case,
)
from duga.casework.actions.cases.planning import add_goal, add_step, end_goal, end_step

__all__ = [
    "OpenedCase", "add_goal", "add_need", "add_note", "add_step", "ask_approval", "attach_file", "change_case",
    "close_case", "decide_approval", "end_by_transfer", "end_goal", "end_need", "end_step", "hand_over",
    "join_case_team", "keep_note_draft", "leave_case_team", "open_case", "open_case_texts", "open_file",
    "open_note_draft", "open_notes", "remove_file", "reopen_case", "set_closing_approval",
]  # fmt: skip
