"""The workspace's screens of figures."""

from duga.indicators.views.drafts import counting, draft_new, drafts, snapshot_new
from duga.indicators.views.network import network_figures
from duga.indicators.views.own import figures, figures_file, figures_result

__all__ = [
    "counting",
    "draft_new",
    "drafts",
    "figures",
    "figures_file",
    "figures_result",
    "network_figures",
    "snapshot_new",
]
