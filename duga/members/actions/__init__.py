"""Every write of members. Keyword-only, `by` says who acts, one transaction, one trail entry."""

from duga.members.actions.trail import write_trail

__all__ = ["write_trail"]
