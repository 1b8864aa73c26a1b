"""Many rows into one table, as the ORM would write them: an object of each would cost more than the database does."""

import datetime as dt
from collections.abc import Callable
from contextlib import contextmanager
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


class _Aside:
    """Rows put into tables of this connection alone, so that the transaction that takes them over is a short one.

    Making rows ready costs most, and while SQLite's one writer does it everybody else waits. A table aside is nobody's
    but this connection's: no lock, gone with the connection. Used as `with _Aside() as aside:`.
    """

    def __init__(self):
        self.models = []

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        with connection.cursor() as cursor:
            for model in self.models:
                cursor.execute(f"DROP TABLE IF EXISTS {self._name(model)}")
        self.models = []

    def add(self, model, rows: list[dict]) -> None:
        """Makes rows of a table ready, as `_write_rows` takes them; a table's rows come together."""
        table, aside = connection.ops.quote_name(model._meta.db_table), self._name(model)
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {aside}")
            cursor.execute(f"CREATE TEMPORARY TABLE {aside} AS SELECT * FROM {table} WHERE 1 = 0")  # noqa: S608
        self.models.append(model)
        with _in_one_step():
            _write_rows(model, rows, into=aside)

    def take_over(self) -> None:
        """Puts all of it where it belongs, in the caller's transaction, in the order in which it was added."""
        with connection.cursor() as cursor:
            for model in self.models:
                names = ", ".join(connection.ops.quote_name(column.column) for column in model._meta.concrete_fields)
                table = connection.ops.quote_name(model._meta.db_table)
                cursor.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM {self._name(model)}")  # noqa: S608

    @staticmethod
    def _name(model) -> str:
        return connection.ops.quote_name(f"aside_{model._meta.db_table}")


@contextmanager
def _in_one_step():
    """One step of SQLite's, not one for each row; unlike `atomic` it locks nothing that nobody else can see."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        try:
            yield
        except BaseException:
            cursor.execute("ROLLBACK")
            raise
        cursor.execute("COMMIT")


def _write_rows(model, rows: list[dict], into: str = "") -> None:
    """Inserts dicts {column, or its attribute: value}; what a row leaves out has the column's default.

    Rows keep their order: each was written (`created_at`) a microsecond after the one before it. Raises TypeError for
    a column that is not there. `into`: another table of the same columns, quoted.
    """
    columns = model._meta.concrete_fields
    known = {name for column in columns for name in (column.name, column.attname)}
    if unknown := set().union(*rows) - known:
        raise TypeError(f"{model.__name__} has no column {min(unknown)}")
    ready = [(column, _ready(column)) for column in columns]
    quote = connection.ops.quote_name
    names = ", ".join(quote(column.column) for column in columns)
    table = into or quote(model._meta.db_table)
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
