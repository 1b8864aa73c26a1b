"""The supply side of the evidence: what a directory offers, frozen on a day and counted like everything else.

`freeze` and `open_supply` keep and open it, `count` answers a question, `within_reach` works out who lives how far from
the nearest service.
"""

from duga.evidence.supply.counting import check_question, count, not_known
from duga.evidence.supply.freezing import FOLDER, VERSION, Supply, freeze, of, open_supply, read, verify
from duga.evidence.supply.reach import Settlement, within_reach
from duga.evidence.supply.words import MEASURES

__all__ = [
    "FOLDER",
    "MEASURES",
    "Settlement",
    "Supply",
    "VERSION",
    "check_question",
    "count",
    "freeze",
    "not_known",
    "of",
    "open_supply",
    "read",
    "verify",
    "within_reach",
]
