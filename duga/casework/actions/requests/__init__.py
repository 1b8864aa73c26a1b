"""Requests, written: taken down, assessed, given to somebody, delivered, confirmed, ended; and what the clock does."""

from duga.casework.actions.requests.assigning import (
    answer_assignment,
    assign_request,
    start_assignment,
    take_back_assignment,
)
from duga.casework.actions.requests.calling import (
    OpenedRequest,
    hold_request,
    open_assignment,
    open_request,
    plan_callback,
    release_request,
    tick_callback,
)
from duga.casework.actions.requests.delivering import (
    answer_errand,
    confirm_request,
    deliver,
    not_confirmed,
    not_done,
)
from duga.casework.actions.requests.ending import (
    join_requests,
    part_requests,
    refuse_request,
    reopen_request,
    withdraw_request,
)
from duga.casework.actions.requests.escalating import change_escalation, escalate_due
from duga.casework.actions.requests.taking import (
    assess_request,
    drop_draft,
    drop_old_drafts,
    keep_draft,
    open_draft,
    take_request,
)
from duga.casework.actions.requests.visits import (
    end_visits,
    hand_visit,
    make_visits,
    open_visit,
    plan_visit,
    skip_visit,
)

__all__ = [
    "OpenedRequest",
    "answer_assignment",
    "answer_errand",
    "assess_request",
    "assign_request",
    "change_escalation",
    "confirm_request",
    "deliver",
    "drop_draft",
    "drop_old_drafts",
    "end_visits",
    "escalate_due",
    "hand_visit",
    "hold_request",
    "join_requests",
    "keep_draft",
    "make_visits",
    "not_confirmed",
    "not_done",
    "open_assignment",
    "open_draft",
    "open_request",
    "open_visit",
    "part_requests",
    "plan_callback",
    "plan_visit",
    "refuse_request",
    "release_request",
    "reopen_request",
    "skip_visit",
    "start_assignment",
    "take_back_assignment",
    "take_request",
    "tick_callback",
    "withdraw_request",
]
