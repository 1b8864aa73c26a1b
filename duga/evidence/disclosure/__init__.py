"""Protection: which cells of a table to hide, so that nobody can work out a small one.

    safe = protect(table, Rule(minimum=5))
    audit(safe, table).passed          # True, or the table does not leave the house

What the attacker knows is written in `grid` and `system` (what adds up, what does not) and `attacker` (how he
solves it; by flows in `networks` where a table is one); which cells are hidden at least cost is worked out in `choose`
(by light moves of `circuits`, `boxes` and `rings`, kept as proofs in `moves`); `older` joins what was published before.
See `protect` for the rule, `propose` for coarser tables that hide less.
"""

from duga.evidence.disclosure.propose import Proposal, propose
from duga.evidence.disclosure.protect import (
    Audit,
    CannotProtect,
    Finding,
    audit,
    audit_together,
    protect,
    protect_together,
    table_of,
    without_reasons,
)
from duga.evidence.disclosure.rule import VIOLENCE, Dominance, Limits, Rule

__all__ = [
    "VIOLENCE", "Audit", "CannotProtect", "Dominance", "Finding", "Limits", "Proposal", "Rule", "audit",
    "audit_together", "propose", "protect", "protect_together", "table_of", "without_reasons",
]  # fmt: skip
