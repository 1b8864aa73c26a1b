"""Protection: which cells of a table to hide, so that nobody can work out a small one.

    safe = protect(table, Rule(minimum=5))
    audit(safe, table).passed          # True, or the table does not leave the house

What the attacker knows is written in `grid` (what adds up, what does not) and `attacker` (how he solves
it); which cells are hidden at least cost is worked out in `choose`. See `protect` for the rule.
"""

from duga.evidence.disclosure.protect import (
    Audit,
    CannotProtect,
    Finding,
    Rule,
    audit,
    protect,
    table_of,
    without_reasons,
)

__all__ = ["Audit", "CannotProtect", "Finding", "Rule", "audit", "protect", "table_of", "without_reasons"]
