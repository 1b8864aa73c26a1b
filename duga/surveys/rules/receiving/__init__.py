"""What comes in from phones and pages: read without trusting it, and looked at for what seems wrong."""

from duga.surveys.rules.receiving.editing import EDITABLE, Change, check_reason, with_answers
from duga.surveys.rules.receiving.flags import FLAG_WORDS, Flag, flag, flag_of, flagged_words
from duga.surveys.rules.receiving.judging import Judge, differing
from duga.surveys.rules.receiving.reading import Received, content_of, read_submission, safe_name

__all__ = [
    "EDITABLE",
    "FLAG_WORDS",
    "Change",
    "Flag",
    "Judge",
    "Received",
    "check_reason",
    "content_of",
    "differing",
    "flag",
    "flag_of",
    "flagged_words",
    "read_submission",
    "safe_name",
    "with_answers",
]
