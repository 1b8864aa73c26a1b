"""Taking answers in, and what is done with them afterwards."""

from duga.surveys.actions.receiving.incoming import Incoming, drop_orphans
from duga.surveys.actions.receiving.outliers import flag_outliers, look_after_answers
from duga.surveys.actions.receiving.reviewing import (
    Opened,
    comment_submission,
    edit_submission,
    open_attachment,
    open_submission,
    review_submission,
)
from duga.surveys.actions.receiving.taking import News, Taken, receive

__all__ = [
    "Incoming",
    "News",
    "Opened",
    "Taken",
    "comment_submission",
    "drop_orphans",
    "edit_submission",
    "flag_outliers",
    "look_after_answers",
    "open_attachment",
    "open_submission",
    "receive",
    "review_submission",
]
