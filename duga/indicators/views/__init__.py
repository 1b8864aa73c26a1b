"""The workspace's screens of figures."""

from duga.indicators.views.network import network_figures
from duga.indicators.views.own import figures, figures_file, figures_result

__all__ = ["figures", "figures_file", "figures_result", "network_figures"]
