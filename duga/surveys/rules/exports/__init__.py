"""Answers as tables for others: columns, values and the formats they are written in."""

from duga.surveys.rules.exports.columns import SYSTEM, Column, Form, Table, tables_of
from duga.surveys.rules.exports.odata import Asked, ask, entity, metadata, service
from duga.surveys.rules.exports.odata_filter import Condition, read_filter
from duga.surveys.rules.exports.writing import KINDS, MEDIA_TYPES, Sheet, write

__all__ = [
    "KINDS",
    "MEDIA_TYPES",
    "SYSTEM",
    "Asked",
    "Column",
    "Condition",
    "Form",
    "Sheet",
    "Table",
    "ask",
    "entity",
    "metadata",
    "read_filter",
    "service",
    "tables_of",
    "write",
]
