"""What a spreadsheet of assistance may say, and how one row of it is read and checked."""

from duga.casework.rules.importing.fields import (
    CODE_LISTS,
    FIELD_LABELS,
    FIELDS,
    check_mapping,
    check_values,
    left_out,
    meaning,
    missing_fields,
    split_constants,
)
from duga.casework.rules.importing.given import IGNORE
from duga.casework.rules.importing.rows import BadRow, ParsedRow, RowReader

__all__ = [
    "CODE_LISTS",
    "FIELDS",
    "FIELD_LABELS",
    "IGNORE",
    "BadRow",
    "ParsedRow",
    "RowReader",
    "check_mapping",
    "check_values",
    "left_out",
    "meaning",
    "missing_fields",
    "split_constants",
]
