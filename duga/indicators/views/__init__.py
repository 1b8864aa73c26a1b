"""The workspace's screens of figures."""

from duga.indicators.views.building import table, table_file, table_new, tables
from duga.indicators.views.checking import check_figures
from duga.indicators.views.definitions import definition, definitions
from duga.indicators.views.drafts import counting, draft_new, drafts, snapshot_new
from duga.indicators.views.network import network_figures
from duga.indicators.views.own import figures, figures_file, figures_result
from duga.indicators.views.reports import (
    network_report,
    network_report_file,
    network_reports,
    report,
    report_file,
    reports,
)
from duga.indicators.views.rounds import (
    organisation_rounds,
    round_,
    round_answer,
    round_new,
    round_result,
    round_step,
    rounds,
)

__all__ = [
    "network_report",
    "network_report_file",
    "network_reports",
    "report",
    "report_file",
    "reports",
    "table",
    "table_file",
    "table_new",
    "tables",
    "organisation_rounds",
    "round_",
    "round_answer",
    "round_new",
    "round_result",
    "round_step",
    "rounds",
    "check_figures",
    "counting",
    "definition",
    "definitions",
    "draft_new",
    "drafts",
    "figures",
    "figures_file",
    "figures_result",
    "network_figures",
    "snapshot_new",
]
