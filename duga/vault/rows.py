"""A row written as its `save()` writes it, a few columns read: with statements that are made once for each table.

The work of every action is to write a few rows: the row itself, a line of its history, an entry of the trail and the
end of its chain. Putting the same statement together again costs several times what the database does with it.
"""

from functools import lru_cache
from typing import TypeVar

from django.db import connection, models

Row = TypeVar("Row", bound=models.Model)


@lru_cache(maxsize=256)
def _columns(model, vendor: str, names: tuple[str, ...] = ()) -> list[tuple]:
    """(column, its field) of a table's columns, all or those of these fields."""
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    return [(connection.ops.quote_name(field.column), field) for field in fields if not names or field.name in names]


@lru_cache(maxsize=256)
def _insertion(model, vendor: str) -> str:
    columns = [name for name, _field in _columns(model, vendor)]
    table, marks = connection.ops.quote_name(model._meta.db_table), ", ".join(["%s"] * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 names are ours


@lru_cache(maxsize=256)
def _change(model, vendor: str, names: tuple[str, ...]) -> str:
    settings = ", ".join(f"{name} = %s" for name, _field in _columns(model, vendor, names))
    table, key = (connection.ops.quote_name(name) for name in (model._meta.db_table, model._meta.pk.column))
    return f"UPDATE {table} SET {settings} WHERE {key} = %s"  # noqa: S608 names are ours


def _ready(field, row, add):
    return field.get_db_prep_save(field.pre_save(row, add), connection)


def put(row: Row) -> Row:
    """Inserts a new row whose key is made here (a Record), as `save(force_insert=True)` does."""
    model = type(row)
    values = [_ready(field, row, True) for _name, field in _columns(model, connection.vendor)]
    with connection.cursor() as cursor:
        cursor.execute(_insertion(model, connection.vendor), values)
    row._state.adding, row._state.db = False, connection.alias
    return row


def change(row: Row, *names: str) -> Row:
    """Updates a row that is there, all that was loaded of it or these fields, as `save(update_fields=…)` does."""
    model = type(row)
    absent = row.get_deferred_fields() if not names else ()
    names = names or tuple(
        field.name for field in model._meta.concrete_fields if not field.primary_key and field.attname not in absent
    )
    values = [_ready(field, row, False) for _name, field in _columns(model, connection.vendor, names)]
    key = model._meta.pk.get_db_prep_value(row.pk, connection)
    with connection.cursor() as cursor:
        cursor.execute(_change(model, connection.vendor, names), [*values, key])
        if cursor.rowcount != 1:
            raise model.DoesNotExist(f"{model.__name__} {row.pk} is not there any more")
    return row


@lru_cache(maxsize=256)
def _reading(model, vendor: str, names: tuple[str, ...], equal: tuple[str, ...], empty: tuple[str, ...], lock: bool):
    """(the statement, the fields asked by, [(place, converters)] of the columns that need some)."""
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    quote = connection.ops.quote_name
    wanted, asked = [by_name[name] for name in names], [by_name[name] for name in equal]
    columns = ", ".join(quote(field.column) for field in wanted)
    where = [f"{quote(field.column)} = %s" for field in asked]
    where += [f"{quote(by_name[name].column)} IS NULL" for name in empty]
    tail = " FOR UPDATE" if lock and connection.features.has_select_for_update else ""
    table = quote(model._meta.db_table)
    sql = f"SELECT {columns} FROM {table} WHERE {' AND '.join(where)}{tail}"  # noqa: S608 names are ours
    converters = []
    for place, field in enumerate(wanted):
        column = field.get_col(model._meta.db_table)
        if found := connection.ops.get_db_converters(column) + column.get_db_converters(connection):
            converters.append((place, column, found))
    return sql, asked, converters


def read(model, *names: str, lock: bool = False, **equal) -> list[tuple]:
    """[(columns `names`)] of the rows in which these columns are equal, None: empty. `lock`: until the transaction
    ends, where the database has such locks."""
    empty = tuple(name for name, value in equal.items() if value is None)
    given = {name: value for name, value in equal.items() if value is not None}
    sql, asked, converters = _reading(model, connection.vendor, names, tuple(given), empty, lock)
    values = [field.get_db_prep_value(value, connection) for field, value in zip(asked, given.values(), strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found = [list(row) for row in cursor.fetchall()]
    for row in found:
        for place, column, each in converters:
            for convert in each:
                row[place] = convert(row[place], column, connection)
    return [tuple(row) for row in found]
