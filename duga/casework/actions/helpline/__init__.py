"""Every write about helplines: lines, calls, call backs, questions about safety, months told on request."""

from duga.casework.actions.helpline.calls import (
    begin_call,
    discard_draft,
    finish_call,
    open_call,
    open_draft,
    record_call,
    reopen_call,
    save_draft,
    take_over_draft,
)
from duga.casework.actions.helpline.contact import (
    choose_code,
    drop_code,
    end_callback,
    find_caller,
    forget_told,
    hand_out_number,
    open_waiting,
)
from duga.casework.actions.helpline.lines import add_line, change_line, close_line, do_obligation, use_instrument
from duga.casework.actions.helpline.months import note_request, refuse_month, release_month, take_month

__all__ = [
    "add_line", "begin_call", "change_line", "choose_code", "close_line", "discard_draft", "do_obligation", "drop_code",
    "end_callback", "find_caller", "finish_call", "forget_told", "hand_out_number", "note_request", "open_call",
    "open_draft", "open_waiting", "record_call", "refuse_month", "release_month", "reopen_call", "save_draft",
    "take_month", "take_over_draft", "use_instrument",
]  # fmt: skip
