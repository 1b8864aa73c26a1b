"""Every write of indicators: taking a snapshot, releasing figures, counting an organisation's own."""

from duga.indicators.actions.building import (
    ask_table,
    discard_old_tables,
    discard_table,
    keep_table,
    share_table,
    take_table,
    unshare_table,
)
from duga.indicators.actions.countings import ask_counting, discard_old_countings, run_counting
from duga.indicators.actions.definitions import check_definition
from duga.indicators.actions.linking import encode_parts, link_round
from duga.indicators.actions.own import (
    PATIENCE,
    ask_own_figures,
    count_own_figures,
    discard_old_figures,
    take_own_figures,
)
from duga.indicators.actions.releases import (
    check_drafts,
    discard_drafts,
    draft_release,
    freeze_release,
    publish_drafts,
    release_all,
    release_tables,
    return_drafts,
    withdraw_release,
)
from duga.indicators.actions.reports import ask_report, count_report, take_network_report, take_report
from duga.indicators.actions.rounds import (
    agree_to_rounds,
    answer_round,
    cancel_round,
    check_round,
    close_round,
    encode_anew,
    end_agreement_to_rounds,
    end_due_rounds,
    end_lost_rounds,
    open_round,
    release_round,
    start_linking,
)
from duga.indicators.actions.snapshots import put_population_beside, take_snapshot
from duga.indicators.actions.supply import draft_supply, release_supply

__all__ = [
    "ask_report",
    "count_report",
    "take_network_report",
    "take_report",
    "ask_table",
    "discard_old_tables",
    "discard_table",
    "keep_table",
    "share_table",
    "take_table",
    "unshare_table",
    "agree_to_rounds",
    "answer_round",
    "cancel_round",
    "check_round",
    "close_round",
    "encode_parts",
    "end_agreement_to_rounds",
    "encode_anew",
    "end_due_rounds",
    "end_lost_rounds",
    "link_round",
    "open_round",
    "release_round",
    "start_linking",
    "PATIENCE",
    "ask_counting",
    "ask_own_figures",
    "check_definition",
    "check_drafts",
    "count_own_figures",
    "discard_drafts",
    "discard_old_countings",
    "discard_old_figures",
    "draft_release",
    "draft_supply",
    "freeze_release",
    "publish_drafts",
    "put_population_beside",
    "release_all",
    "release_supply",
    "release_tables",
    "return_drafts",
    "run_counting",
    "take_own_figures",
    "take_snapshot",
    "withdraw_release",
]
