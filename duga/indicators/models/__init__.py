"""The tables of indicators."""

from duga.indicators.models.countings import Counting
from duga.indicators.models.definitions import DefinitionCheck
from duga.indicators.models.own import OwnFigures
from duga.indicators.models.releases import Release, ReleaseFile, Snapshot
from duga.indicators.models.reports import Report
from duga.indicators.models.rounds import CountingRound, RoundPart, StandingAgreement
from duga.indicators.models.tables import BuiltTable

__all__ = [
    "BuiltTable",
    "Counting", "CountingRound", "DefinitionCheck", "OwnFigures",
    "Release", "ReleaseFile", "Report", "RoundPart", "Snapshot", "StandingAgreement",
]  # fmt: skip
