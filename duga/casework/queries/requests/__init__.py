"""Requests, read: the board, what is somebody's to do, who could take one, how the day stands. Without names."""

from duga.casework.queries.requests.board import (
    BoardFilter,
    BoardRow,
    board,
    board_counts,
    board_places,
    callbacks,
    drafts,
    same_caller,
)
from duga.casework.queries.requests.doors import (
    HOLD,
    RequestView,
    errand_rows,
    escalation_table,
    named_in,
    own_escalation,
    people_to_tell,
    phone_token,
    request,
    workers_of,
)
from duga.casework.queries.requests.picture import DailyPicture, daily_picture
from duga.casework.queries.requests.work import (
    errands_of,
    everyone_for_visits,
    matches,
    visit,
    visit_turns,
    visits,
    work_of,
)

__all__ = [
    "HOLD",
    "BoardFilter",
    "BoardRow",
    "DailyPicture",
    "RequestView",
    "board",
    "board_counts",
    "board_places",
    "callbacks",
    "daily_picture",
    "drafts",
    "errand_rows",
    "errands_of",
    "everyone_for_visits",
    "escalation_table",
    "matches",
    "named_in",
    "own_escalation",
    "people_to_tell",
    "phone_token",
    "request",
    "same_caller",
    "visit",
    "visit_turns",
    "visits",
    "work_of",
    "workers_of",
]
