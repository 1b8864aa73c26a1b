"""What an organisation answers for: reads looked at, glass broken, data kept and erased, questions and breaches."""

from duga.casework.actions.accountability.breaches import change_breach, close_breach, log_breach, remind_of_breaches
from duga.casework.actions.accountability.copying import copy_of_person, look_through_copy
from duga.casework.actions.accountability.glass import break_glass, read_by_glass, review_glass
from duga.casework.actions.accountability.keeping import end_hold, keep_longer, place_hold, set_retention
from duga.casework.actions.accountability.reads import answer_question, ask_reader, judge_read, review_reads
from duga.casework.actions.accountability.rights import answer_request, receive_request, remind_of_requests

__all__ = [
    "answer_question",
    "answer_request",
    "ask_reader",
    "break_glass",
    "change_breach",
    "close_breach",
    "copy_of_person",
    "end_hold",
    "judge_read",
    "keep_longer",
    "log_breach",
    "look_through_copy",
    "place_hold",
    "read_by_glass",
    "receive_request",
    "remind_of_breaches",
    "remind_of_requests",
    "review_glass",
    "review_reads",
    "set_retention",
]
