"""Every write of indicators: taking a snapshot, releasing figures, counting an organisation's own."""

from duga.indicators.actions.own import PATIENCE, ask_own_figures, count_own_figures, take_own_figures
from duga.indicators.actions.releases import (
    draft_release,
    freeze_release,
    release_all,
    release_tables,
    withdraw_release,
)
from duga.indicators.actions.snapshots import take_snapshot

__all__ = [
    "PATIENCE",
    "ask_own_figures",
    "count_own_figures",
    "draft_release",
    "freeze_release",
    "release_all",
    "release_tables",
    "take_own_figures",
    "take_snapshot",
    "withdraw_release",
]
