"""Reports: forms as layouts in data, and what stands in each of their cells."""

from duga.indicators.rules.reports.filling import Filled, FilledPart, Source, fill, note_of
from duga.indicators.rules.reports.layouts import (
    FOLDER,
    TOLD_MONTHS,
    Figure,
    Layout,
    Part,
    definition,
    find_layout,
    load_layouts,
    parse_layout,
)
from duga.indicators.rules.reports.numbers import Counted, Need, Numbers, Told, need_of, needs_of, parts_of
from duga.indicators.rules.reports.periods import PERIODS, period_of

__all__ = [
    "FOLDER",
    "PERIODS",
    "TOLD_MONTHS",
    "Counted",
    "Figure",
    "Filled",
    "FilledPart",
    "Layout",
    "Need",
    "Numbers",
    "Part",
    "Source",
    "Told",
    "definition",
    "fill",
    "find_layout",
    "load_layouts",
    "need_of",
    "needs_of",
    "note_of",
    "parts_of",
    "parse_layout",
    "period_of",
]
