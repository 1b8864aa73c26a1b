"""Many rows into one table, as the ORM would write them: an object of each would cost more than the database does."""

import datetime as dt
from collections.abc import Callable
from functools import lru_cache, partial
from uuid import UUID

from django.db import connection, connections
from django.db.models import NOT_PROVIDED, Model
from django.utils import timezone

from duga.directory.queries.bundles import parts

PART = 5000  #: rows handed to the database together
#: Kinds of columns with few different values, each made ready once.
FEW = frozenset(
    ["BooleanField", "DateField", "FloatField", "IntegerField", "PositiveIntegerField", "PositiveSmallIntegerField",
     "SmallIntegerField"]
)  # fmt: skip
_MISSING = object()


def _write_rows(model, rows: list[dict]) -> None:
    """Inserts dicts {column, or its attribute: value}; what a row leaves out has the column's default.

    Rows keep their order: each was written (`created_at`) a microsecond after the one before it. Raises TypeError for
    a column that is not there.
    """
    columns = model._meta.concrete_fields
    known = {name for column in columns for name in (column.name, column.attname)}
    if unknown := set().union(*rows) - known:
        raise TypeError(f"{model.__name__} has no column {min(unknown)}")
    ready = [(column, _ready(column)) for column in columns]
    quote = connection.ops.quote_name
    names = ", ".join(quote(column.column) for column in columns)
    table = quote(model._meta.db_table)
    for part in parts(rows, PART):
        values = zip(*(_values(column, tell, part) for column, tell in ready), strict=True)
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                    for each in values:
                        copy.write_row(each)
            else:
                marks = ", ".join(["%s"] * len(columns))
                cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(values))  # noqa: S608


def _values(column, tell: Callable, rows) -> list:
    """The values of one column, as the database takes them."""
    told = [row.get(column.attname, _MISSING) for row in rows]
    if column.name != column.attname:
        told = [_key(row.get(column.name, _MISSING)) if value is _MISSING else value
                for row, value in zip(rows, told, strict=True)]  # fmt: skip
    default = _default(column)
    return [tell(default() if value is _MISSING else value) for value in told]


def _key(value):
    return value.pk if isinstance(value, Model) else value


def _default(column) -> Callable:
    if column.default is timezone.now:
        now, number = timezone.now(), iter(range(PART))
        return lambda: now + dt.timedelta(microseconds=next(number))
    return column.default if callable(column.default) and column.default is not NOT_PROVIDED else column.get_default


def _ready(column) -> Callable:
    """What makes a value of this column ready for the database: Django's own way, past what it asks each time anew."""
    database = connections[connection.alias]  # the connection itself: its stand-in looks it up at each word
    whole = partial(column.get_db_prep_save, connection=database)
    kind = (column.target_field if column.is_relation else column).get_internal_type()
    if kind in ("CharField", "TextField"):
        return lambda value: str.__str__(value) if isinstance(value, str) else whole(value)  # a word of an enum too
    if kind == "UUIDField":
        native = database.features.has_native_uuid_field
        ready = (lambda value: value) if native else (lambda value: value.hex)
        return lambda value: ready(value) if value.__class__ is UUID else None if value is None else whole(value)
    if kind == "DateTimeField":
        ready = database.ops.adapt_datetimefield_value
        return lambda value: ready(value) if value.__class__ is dt.datetime and value.tzinfo else whole(value)
    if kind == "JSONField":
        empty = whole({})
        return lambda value: empty if value == {} and value.__class__ is dict else whole(value)
    return lru_cache(4096, typed=True)(whole) if kind in FEW else whole
