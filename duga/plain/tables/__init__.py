"""Tables as organisations keep them: read whatever arrives, guess what its columns mean, write safe ones back."""

from duga.plain.tables.mapping import FieldSpec, Guess, apply_names, guess_mapping, names_of
from duga.plain.tables.model import Note, SheetTable, SourceRow, cell_text, column_letter
from duga.plain.tables.reading import best_table, read_tables
from duga.plain.tables.writing import safe_cell, write_csv, write_rejects, write_xlsx

__all__ = [
    "FieldSpec",
    "Guess",
    "Note",
    "SheetTable",
    "SourceRow",
    "apply_names",
    "best_table",
    "cell_text",
    "column_letter",
    "guess_mapping",
    "names_of",
    "read_tables",
    "safe_cell",
    "write_csv",
    "write_rejects",
    "write_xlsx",
]
