"""Work beside deliveries: referrals, requests, cases and feedback, frozen by month and region and counted from there.

`freeze` and `of` keep and open it beside a snapshot's facts, `count` answers a question as `engines.count` does.
"""

from duga.evidence.work.counting import check_question, count
from duga.evidence.work.freezing import FOLDER, VERSION, freeze, of, open_work, read, verify
from duga.evidence.work.words import MEASURES, UNITS

__all__ = [
    "FOLDER",
    "MEASURES",
    "UNITS",
    "VERSION",
    "check_question",
    "count",
    "freeze",
    "of",
    "open_work",
    "read",
    "verify",
]
