"""Import, the real door: the spreadsheet an organisation already has, checked row by row, and never twice."""

from duga.casework.actions.imports.outcome import ImportOutcome, Preview, RowError
from duga.casework.actions.imports.run import import_assistance, import_rows, preview_import, undo_import

__all__ = [
    "ImportOutcome",
    "Preview",
    "RowError",
    "import_assistance",
    "import_rows",
    "preview_import",
    "undo_import",
]
