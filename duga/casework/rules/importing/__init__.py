"""What a spreadsheet of assistance may say, and how one row of it is read and checked."""

from duga.casework.rules.importing.fields import FIELD_LABELS, FIELDS, check_mapping, missing_fields, split_constants
from duga.casework.rules.importing.given import IGNORE
from duga.casework.rules.importing.rows import BadRow, ParsedRow, RowReader

__all__ = [
    "FIELDS",
    "FIELD_LABELS",
    "IGNORE",
    "BadRow",
    "ParsedRow",
    "RowReader",
    "check_mapping",
    "missing_fields",
    "split_constants",
]
