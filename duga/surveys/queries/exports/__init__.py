"""Answers as tables: what a form's columns are, and its rows, a few at a time."""

from duga.surveys.queries.exports.feeds import feeds_of, form_by_slug, named_form, narrowed
from duga.surveys.queries.exports.rows import COLUMNS, answer_rows, form_tables, keyset

__all__ = ["COLUMNS", "answer_rows", "feeds_of", "form_by_slug", "form_tables", "keyset", "named_form", "narrowed"]
