"""Reading what came in: how it is sealed, which version it belongs to, lists for who reviews."""

from duga.surveys.queries.receiving.boxes import (
    ANSWERS,
    mark_of,
    name_mark,
    open_answers,
    open_box,
    open_xml,
    seal_answers,
    seal_box,
    seal_xml,
)
from duga.surveys.queries.receiving.files import file_path, open_file
from duga.surveys.queries.receiving.kept import Kept, forget_kept
from duga.surveys.queries.receiving.versions import answered_before, assignments_open, judge_of, version_for

__all__ = [
    "ANSWERS",
    "Kept",
    "answered_before",
    "assignments_open",
    "file_path",
    "forget_kept",
    "judge_of",
    "mark_of",
    "name_mark",
    "open_answers",
    "open_box",
    "open_file",
    "open_xml",
    "seal_answers",
    "seal_box",
    "seal_xml",
    "version_for",
]
